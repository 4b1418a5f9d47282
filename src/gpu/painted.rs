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

/// The texels of a box along one axis, each with the voxel that it shows, counted from the box's first: of a coarse level
/// the one in the middle.
struct Side {
    texels: Range<usize>,
    voxels: Vec<usize>,
}

impl Side {
    /// `voxels` are those of the map.
    fn of(level: Level, dims: [usize; 3], axis: usize, voxels: &Range<usize>) -> Self {
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
        let mut gathered = Gathered::default();
        for block in waiting {
            if allowance.is_spent() {
                is_done = false;
                break;
            }
            let own = map.voxels_of(block);
            let changed = self.painted.blocks.get(block).and_then(|uploaded| {
                let sides = [&own[0], &own[1], &own[2]].map(ExactSizeIterator::len);
                changed_box(&uploaded.labels, map.block(block), sides)
            });
            if let Some(changed) = changed {
                let changed = std::array::from_fn(|axis| {
                    let first = own[axis].start;
                    first + changed[axis].start..first + changed[axis].end
                });
                if let Some(full) = gathered.add(changed) {
                    self.write_changed(context, map, &full, allowance);
                }
            }
            if let Some(uploaded) = self.painted.blocks.get_mut(block) {
                *uploaded = Uploaded {
                    stamp: map.stamp(block),
                    labels: map.block(block).clone(),
                };
            }
        }
        if let Some(rest) = gathered.boxed {
            self.write_changed(context, map, &rest, allowance);
        }
        context.check()?;
        Ok(is_done)
    }

    /// Writes a box of the map, which takes off the allowance.
    fn write_changed(&self, context: &Context, map: &LabelMap, changed: &VoxelBox, allowance: &mut Allowance) {
        let start = Instant::now();
        let dims = map.dims();
        let [i, j, k]: [Side; 3] = std::array::from_fn(|axis| Side::of(self.level, dims, axis, &changed[axis]));
        let labels = map.dense_box(changed);
        let texels = if self.level.factors == [1; 3] {
            labels
        } else {
            let [columns, rows] = [changed[0].len(), changed[1].len()];
            let mut texels: Vec<u16> = Vec::with_capacity(i.voxels.len() * j.voxels.len() * k.voxels.len());
            for slice in &k.voxels {
                for row in &j.voxels {
                    let start = (slice * rows + row) * columns;
                    texels.extend(i.voxels.iter().filter_map(|column| labels.get(start + column)));
                }
            }
            texels
        };
        if texels.is_empty() {
            return;
        }
        let origin = [&i, &j, &k].map(|side| side.texels.start as u32);
        let size = [&i, &j, &k].map(|side| side.texels.len() as u32);
        self.write_box(context, bytemuck::cast_slice(&texels), origin, size);
        allowance.spend(texels.len() * 2, start);
    }
}

/// Changed boxes of neighbouring blocks that are written as one: a write has a cost of its own.
#[derive(Default)]
struct Gathered {
    boxed: Option<VoxelBox>,
    /// Voxels that were to be written.
    needed: usize,
}

/// Voxels that are written at once at most.
const MOST_AT_ONCE: usize = 1 << 19;

impl Gathered {
    /// Adds a box. Answers the box that has to be written first if it can't be one with it without much that did not
    /// change.
    fn add(&mut self, changed: VoxelBox) -> Option<VoxelBox> {
        let size = |it: &VoxelBox| it.iter().map(ExactSizeIterator::len).product::<usize>();
        let own = size(&changed);
        let Some(boxed) = &self.boxed else {
            *self = Self {
                boxed: Some(changed),
                needed: own,
            };
            return None;
        };
        let both: VoxelBox = std::array::from_fn(|axis| {
            boxed[axis].start.min(changed[axis].start)..boxed[axis].end.max(changed[axis].end)
        });
        let needed = self.needed + own;
        if size(&both) <= MOST_AT_ONCE.min(needed * 2) {
            *self = Self {
                boxed: Some(both),
                needed,
            };
            return None;
        }
        self.needed = own;
        self.boxed.replace(changed)
    }
}

/// The smallest box around the labels of a block that differ from what they were, of those within `sides`.
fn changed_box(was: &BlockLabels, is: &BlockLabels, sides: [usize; 3]) -> Option<VoxelBox> {
    if let (BlockLabels::Uniform(was), BlockLabels::Uniform(is)) = (was, is) {
        return (was != is).then(|| sides.map(|side| 0..side));
    }
    let (mut low, mut high) = ([usize::MAX; 3], [0; 3]);
    const SLICE: usize = BLOCK_SIDE * BLOCK_SIDE;
    for k in 0..sides[2] {
        if !is.differs(was, k * SLICE..(k + 1) * SLICE) {
            continue;
        }
        for j in 0..sides[1] {
            let row = k * SLICE + j * BLOCK_SIDE;
            if !is.differs(was, row..row + BLOCK_SIDE) {
                continue;
            }
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
