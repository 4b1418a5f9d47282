//! Label maps that are painted, on the device: after a stroke only what it changed is uploaded again.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use crate::model::label_map::{BLOCK_SIDE, BlockLabels, LabelMap, VoxelBox};
use crate::model::volume::Volume;

use super::allowance::Allowance;
use super::budget::Level;
use super::device::Context;
use super::error::GpuError;
use super::resident::Resident;

/// What of a painted map is on the device.
#[derive(Default)]
pub(super) struct Painted {
    /// The blocks as they were uploaded; shared with the map that they are from.
    blocks: Vec<Uploaded>,
}

/// A block as it was uploaded.
struct Uploaded {
    /// 0 of one that was not.
    stamp: u64,
    /// Textures are empty at first.
    labels: BlockLabels,
}

/// The texels of a block along one axis, each with the voxel that it shows: of a coarse level the one in the middle.
struct Side {
    texels: Range<usize>,
    voxels: Vec<usize>,
}

impl Side {
    /// `voxels` are those of the map, `first` is the block's first.
    fn of(level: Level, dims: [usize; 3], axis: usize, voxels: &Range<usize>, first: usize) -> Self {
        let middle = |texel| {
            let span = level.span(dims, axis, texel);
            span.start + span.len() / 2
        };
        let low = voxels.start / level.factors[axis];
        let high = voxels.end.div_ceil(level.factors[axis]).min(level.texels(dims)[axis]);
        let shown: Vec<(usize, usize)> = (low..high)
            .map(|texel| (texel, middle(texel)))
            .filter(|(_, voxel)| voxels.contains(voxel))
            .collect();
        let start = shown.first().map_or(0, |(texel, _)| *texel);
        Self {
            texels: start..start + shown.len(),
            voxels: shown.into_iter().map(|(_, voxel)| voxel - first).collect(),
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
        if self.painted.blocks.is_empty() {
            let empty = || Uploaded {
                stamp: 0,
                labels: BlockLabels::Uniform(0),
            };
            self.painted.blocks = (0..map.block_count()).map(|_| empty()).collect();
            self.load_all_slices(context, volume.dims());
        }
        let mut waiting: Vec<usize> = (0..map.block_count())
            .zip(&self.painted.blocks)
            .filter(|(block, uploaded)| uploaded.stamp != map.stamp(*block))
            .map(|(block, _)| block)
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
            let changed = self.painted.blocks.get(block).and_then(|uploaded| {
                let sides = map.voxels_of(block).map(|side| side.len());
                changed_box(&uploaded.labels, map.block(block), sides)
            });
            if let Some(changed) = changed {
                let bytes = self.write_changed(context, map, block, &changed);
                allowance.spend(bytes, start);
            }
            if let Some(uploaded) = self.painted.blocks.get_mut(block) {
                *uploaded = Uploaded {
                    stamp: map.stamp(block),
                    labels: map.block(block).clone(),
                };
            }
        }
        context.check()?;
        Ok(is_done)
    }

    /// Writes a box of a block, counted from the block's first voxel. Answers how many bytes it wrote.
    fn write_changed(&self, context: &Context, map: &LabelMap, block: usize, changed: &VoxelBox) -> usize {
        let (dims, own) = (map.dims(), map.voxels_of(block));
        let [i, j, k]: [Side; 3] = std::array::from_fn(|axis| {
            let first = own[axis].start;
            let voxels = first + changed[axis].start..first + changed[axis].end;
            Side::of(self.level, dims, axis, &voxels, first)
        });
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

/// The smallest box around the labels of a block that differ from what they were, of those within `sides`.
fn changed_box(was: &BlockLabels, is: &BlockLabels, sides: [usize; 3]) -> Option<VoxelBox> {
    if let (BlockLabels::Uniform(was), BlockLabels::Uniform(is)) = (was, is) {
        return (was != is).then(|| sides.map(|side| 0..side));
    }
    let (mut low, mut high) = ([usize::MAX; 3], [0; 3]);
    for k in 0..sides[2] {
        for j in 0..sides[1] {
            let row = (k * BLOCK_SIDE + j) * BLOCK_SIDE;
            let differs = |i: &usize| was.get(row + i) != is.get(row + i);
            let Some(first) = (0..sides[0]).find(differs) else {
                continue;
            };
            let last = (first..sides[0]).rev().find(differs).unwrap_or(first);
            for (axis, (start, end)) in [(first, last), (j, j), (k, k)].into_iter().enumerate() {
                low[axis] = low[axis].min(start);
                high[axis] = high[axis].max(end + 1);
            }
        }
    }
    (low[0] < high[0]).then(|| std::array::from_fn(|axis| low[axis]..high[axis]))
}
