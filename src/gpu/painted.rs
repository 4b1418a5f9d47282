//! Label maps that are painted, on the device: after a stroke only the blocks that it touched are uploaded again.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use crate::model::label_map::{BLOCK_SIDE, BlockLabels, LabelMap};
use crate::model::volume::Volume;

use super::allowance::Allowance;
use super::budget::Level;
use super::device::Context;
use super::error::GpuError;
use super::resident::Resident;

/// What of a painted map is on the device.
#[derive(Default)]
pub(super) struct Painted {
    /// The stamp of each block as it was uploaded; 0 of one that was not.
    stamps: Vec<u64>,
}

/// The texels of a block along one axis, each with the voxel that it shows: of a coarse level the one in the middle.
struct Side {
    texels: Range<usize>,
    voxels: Vec<usize>,
}

impl Side {
    fn of(level: Level, dims: [usize; 3], axis: usize, voxels: &Range<usize>) -> Self {
        let middle = |texel| {
            let span = level.span(dims, axis, texel);
            span.start + span.len() / 2
        };
        let first = voxels.start / level.factors[axis];
        let last = voxels.end.div_ceil(level.factors[axis]).min(level.texels(dims)[axis]);
        let shown: Vec<(usize, usize)> = (first..last)
            .map(|texel| (texel, middle(texel)))
            .filter(|(_, voxel)| voxels.contains(voxel))
            .collect();
        let start = shown.first().map_or(0, |(texel, _)| *texel);
        Self {
            texels: start..start + shown.len(),
            voxels: shown.into_iter().map(|(_, voxel)| voxel - voxels.start).collect(),
        }
    }
}

impl Resident {
    /// Brings the map of a volume up to date, nearest to slice `near` first, as far as the allowance goes. Answers
    /// whether all of it is.
    pub(super) fn upload_painted(
        &mut self,
        context: &Context,
        volume: &Arc<Volume>,
        map: &LabelMap,
        near: f64,
        allowance: &mut Allowance,
    ) -> Result<bool, GpuError> {
        self.hold(volume);
        let is_first = self.painted.stamps.is_empty();
        if is_first {
            self.painted.stamps = vec![0; map.block_count()];
            self.load_all_slices(context, volume.dims());
        }
        let mut waiting: Vec<usize> = (0..map.block_count())
            .filter(|block| self.painted.stamps.get(*block) != Some(&map.stamp(*block)))
            .collect();
        waiting.sort_by_cached_key(|block| {
            let slices = &map.voxels_of(*block)[2];
            ((slices.start + slices.end) as f64 / 2.0 - near).abs() as u64
        });
        let mut is_done = true;
        for block in waiting {
            if allowance.is_spent() {
                is_done = false;
                break;
            }
            let start = Instant::now();
            // Textures are empty at first, as most blocks are.
            let is_there =
                self.painted.stamps.get(block) == Some(&0) && matches!(map.block(block), BlockLabels::Uniform(0));
            if !is_there {
                let bytes = self.write_block(context, map, block);
                allowance.spend(bytes, start);
            }
            if let Some(stamp) = self.painted.stamps.get_mut(block) {
                *stamp = map.stamp(block);
            }
        }
        context.check()?;
        Ok(is_done)
    }

    /// Answers how many bytes it wrote.
    fn write_block(&self, context: &Context, map: &LabelMap, block: usize) -> usize {
        let (dims, voxels) = (map.dims(), map.voxels_of(block));
        let [i, j, k]: [Side; 3] = std::array::from_fn(|axis| Side::of(self.level, dims, axis, &voxels[axis]));
        let labels = map.block(block);
        let mut texels: Vec<u16> = Vec::with_capacity(i.voxels.len() * j.voxels.len() * k.voxels.len());
        for slice in &k.voxels {
            for row in &j.voxels {
                let start = (slice * BLOCK_SIDE + row) * BLOCK_SIDE;
                texels.extend(i.voxels.iter().map(|column| labels.get(start + column)));
            }
        }
        if texels.is_empty() {
            return 0;
        }
        let origin = [&i, &j, &k].map(|side| side.texels.start as u32);
        let size = [&i, &j, &k].map(|side| side.texels.len() as u32);
        self.write_box(context, bytemuck::cast_slice(&texels), origin, size);
        texels.len() * 2
    }
}
