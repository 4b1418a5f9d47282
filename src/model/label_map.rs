//! A label map that can be painted: blocks of 32³ labels, shared until they change.
//!
//! A block of one label is that label alone, and a copy of a map shares all blocks with it: a snapshot for a job, a step
//! of the history and an entry of the journal cost what changed, and a mostly empty map costs nearly nothing.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Voxels along each edge of a block.
pub const BLOCK_SIDE: usize = 32;
/// Voxels of a block.
pub const BLOCK_VOXELS: usize = BLOCK_SIDE * BLOCK_SIDE * BLOCK_SIDE;

/// The labels of a block.
#[derive(Clone, Debug)]
pub enum BlockLabels {
    /// One label everywhere.
    Uniform(u16),
    /// [`BLOCK_VOXELS`] labels, i fastest. Beyond the map's edge they are 0.
    Dense(Arc<[u16]>),
}

/// A block and the moment of its last change.
#[derive(Clone, Debug)]
struct Block {
    /// Blocks of one stamp are the same.
    stamp: u64,
    labels: BlockLabels,
}

/// A box of voxels, ends excluded.
pub type VoxelBox = [Range<usize>; 3];

/// A grid of labels 0 ..= 65535; 0 is none.
#[derive(Clone, Debug)]
pub struct LabelMap {
    dims: [usize; 3],
    /// Blocks along i, j, k.
    across: [usize; 3],
    blocks: Vec<Block>,
    revision: u64,
}

/// What of a box is in another one. Sides that do not meet are empty.
pub fn within(voxels: &VoxelBox, other: &VoxelBox) -> VoxelBox {
    std::array::from_fn(|axis| {
        let start = voxels[axis].start.max(other[axis].start);
        start..voxels[axis].end.min(other[axis].end).max(start)
    })
}

fn next_stamp() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl BlockLabels {
    /// From [`BLOCK_VOXELS`] labels; those of one label become that label alone. `is_inside` tells which of them count.
    fn of(labels: Vec<u16>, inside: [usize; 3]) -> Self {
        let first = labels.first().copied().unwrap_or(0);
        let is_whole = inside == [BLOCK_SIDE; 3];
        let is_uniform = if is_whole {
            labels.iter().all(|label| *label == first)
        } else {
            (0..inside[2]).all(|k| {
                (0..inside[1]).all(|j| {
                    let row = (k * BLOCK_SIDE + j) * BLOCK_SIDE;
                    labels
                        .get(row..row + inside[0])
                        .is_some_and(|row| row.iter().all(|label| *label == first))
                })
            })
        };
        if is_uniform {
            Self::Uniform(first)
        } else {
            Self::Dense(labels.into())
        }
    }

    /// The label at a place in the block, counted i fastest.
    #[inline]
    pub fn get(&self, at: usize) -> u16 {
        match self {
            Self::Uniform(label) => *label,
            Self::Dense(labels) => labels.get(at).copied().unwrap_or(0),
        }
    }

    /// All labels, to be changed.
    pub fn to_vec(&self) -> Vec<u16> {
        match self {
            Self::Uniform(label) => vec![*label; BLOCK_VOXELS],
            Self::Dense(labels) => labels.to_vec(),
        }
    }

    /// Whether the labels of a part, counted i fastest, are other ones than `other` has there.
    #[inline]
    pub fn differs(&self, other: &Self, part: Range<usize>) -> bool {
        match (self, other) {
            (Self::Uniform(a), Self::Uniform(b)) => a != b,
            (Self::Dense(a), Self::Dense(b)) => a.get(part.clone()) != b.get(part),
            (Self::Uniform(one), Self::Dense(labels)) | (Self::Dense(labels), Self::Uniform(one)) => {
                let labels = labels.get(part).unwrap_or_default();
                // All are looked at: that is quicker than to stop at the first.
                labels.iter().fold(0, |sum, label| sum | (label ^ one)) != 0
            }
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Uniform(a), Self::Uniform(b)) => a == b,
            (Self::Dense(a), Self::Dense(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl LabelMap {
    /// A map without any label. `dims` are voxels along i, j, k.
    pub fn empty(dims: [usize; 3]) -> Self {
        let across = dims.map(|side| side.div_ceil(BLOCK_SIDE));
        let stamp = next_stamp();
        let block = Block {
            stamp,
            labels: BlockLabels::Uniform(0),
        };
        Self {
            dims,
            across,
            blocks: vec![block; across.iter().product()],
            revision: stamp,
        }
    }

    /// A map from its labels, i fastest, then j, then k; what is missing is 0.
    pub fn from_dense(dims: [usize; 3], labels: &[u16]) -> Self {
        let mut map = Self::empty(dims);
        let changed = (0..map.block_count())
            .map(|block| (block, map.cut_out(block, labels)))
            .collect();
        map.replace(changed);
        map
    }

    /// Maps of [`BLOCK_SIDE`] slices each, but for the last, one upon the other.
    pub fn stacked(parts: Vec<Self>) -> Self {
        let first = parts.first().map_or([0; 3], |part| part.dims);
        let depth = parts.iter().map(|part| part.dims[2]).sum();
        let dims = [first[0], first[1], depth];
        let across = dims.map(|side| side.div_ceil(BLOCK_SIDE));
        let mut blocks: Vec<Block> = parts.into_iter().flat_map(|part| part.blocks).collect();
        // Parts of other depths have no place here; what is missing has no labels.
        let stamp = next_stamp();
        let labels = BlockLabels::Uniform(0);
        blocks.resize(across.iter().product(), Block { stamp, labels });
        Self {
            dims,
            across,
            blocks,
            revision: stamp,
        }
    }

    /// How many voxels each label has; 0 left out.
    pub fn counts(&self) -> BTreeMap<u16, u64> {
        let mut counts = BTreeMap::new();
        let mut add = |label: u16, voxels: usize| {
            if label > 0 && voxels > 0 {
                *counts.entry(label).or_insert(0) += voxels as u64;
            }
        };
        for block in 0..self.block_count() {
            let [columns, rows, slices] = self.voxels_of(block).map(|side| side.len());
            match self.block(block) {
                BlockLabels::Uniform(label) => add(*label, columns * rows * slices),
                BlockLabels::Dense(labels) => {
                    for (row, labels) in labels.chunks_exact(BLOCK_SIDE).enumerate() {
                        if row % BLOCK_SIDE < rows && row / BLOCK_SIDE < slices {
                            let own = labels.get(..columns).unwrap_or_default();
                            own.chunk_by(|a, b| a == b)
                                .for_each(|run| add(run.first().copied().unwrap_or(0), run.len()));
                        }
                    }
                }
            }
        }
        counts
    }

    /// The map with every label replaced by what `label` makes of it. Blocks are not looked into more than once, and
    /// those of one label not at all. Answers whether anything changed.
    pub fn relabel(&mut self, label: impl Fn(u16) -> u16) -> bool {
        let changed = (0..self.block_count())
            .filter_map(|block| match self.block(block) {
                BlockLabels::Uniform(old) => {
                    let new = label(*old);
                    (new != *old).then_some((block, BlockLabels::Uniform(new)))
                }
                BlockLabels::Dense(old) => {
                    let is_touched = old.chunk_by(|a, b| a == b).any(|run| {
                        let old = run.first().copied().unwrap_or(0);
                        label(old) != old
                    });
                    is_touched.then(|| {
                        let new = old.iter().map(|old| label(*old)).collect();
                        (block, self.block_of(block, new))
                    })
                }
            })
            .collect();
        self.replace(changed)
    }

    /// A voxel that has a label, if any has.
    pub fn find(&self, label: u16) -> Option<[usize; 3]> {
        (0..self.block_count()).find_map(|block| {
            let labels = self.block(block);
            let [own_i, own_j, own_k] = self.voxels_of(block);
            if let BlockLabels::Uniform(uniform) = labels {
                return (*uniform == label).then_some([own_i.start, own_j.start, own_k.start]);
            }
            own_k.clone().find_map(|k| {
                own_j.clone().find_map(|j| {
                    let row = ((k - own_k.start) * BLOCK_SIDE + j - own_j.start) * BLOCK_SIDE;
                    let column = own_i.clone().find(|i| labels.get(row + i - own_i.start) == label);
                    column.map(|i| [i, j, k])
                })
            })
        })
    }

    /// The labels of a block, from those of a whole map.
    fn cut_out(&self, block: usize, labels: &[u16]) -> BlockLabels {
        let voxels = self.voxels_of(block);
        let mut own = vec![0; BLOCK_VOXELS];
        for (n, k) in voxels[2].clone().enumerate() {
            for (m, j) in voxels[1].clone().enumerate() {
                let from = (k * self.dims[1] + j) * self.dims[0] + voxels[0].start;
                let to = (n * BLOCK_SIDE + m) * BLOCK_SIDE;
                let length = voxels[0].len();
                if let (Some(from), Some(to)) = (labels.get(from..from + length), own.get_mut(to..to + length)) {
                    to.copy_from_slice(from);
                }
            }
        }
        BlockLabels::of(own, voxels.map(|side| side.len()))
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        self.dims
    }

    /// Maps of one revision are the same; every change gives another one.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// How many blocks there are.
    pub fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// Blocks of one stamp have the same labels.
    pub fn stamp(&self, block: usize) -> u64 {
        self.blocks.get(block).map_or(0, |block| block.stamp)
    }

    /// The labels of a block.
    pub fn block(&self, block: usize) -> &BlockLabels {
        static NONE: BlockLabels = BlockLabels::Uniform(0);
        self.blocks.get(block).map_or(&NONE, |block| &block.labels)
    }

    /// The voxels of a block that are in the map.
    pub fn voxels_of(&self, block: usize) -> VoxelBox {
        let [across_i, across_j, _] = self.across.map(|side| side.max(1));
        let at = [
            block % across_i,
            block / across_i % across_j,
            block / (across_i * across_j),
        ];
        std::array::from_fn(|axis| {
            let start = at[axis] * BLOCK_SIDE;
            start..(start + BLOCK_SIDE).min(self.dims[axis])
        })
    }

    /// The blocks that a box of voxels touches.
    pub fn blocks_in(&self, voxels: &VoxelBox) -> Vec<usize> {
        let reach: [Range<usize>; 3] = std::array::from_fn(|axis| {
            let side = &voxels[axis];
            let end = side.end.min(self.dims[axis]);
            if side.start < end {
                side.start / BLOCK_SIDE..end.div_ceil(BLOCK_SIDE)
            } else {
                0..0
            }
        });
        let mut blocks = Vec::with_capacity(reach.iter().map(ExactSizeIterator::len).product());
        for k in reach[2].clone() {
            for j in reach[1].clone() {
                let row = (k * self.across[1] + j) * self.across[0];
                blocks.extend(reach[0].clone().map(|i| row + i));
            }
        }
        blocks
    }

    /// The label of a voxel; `None` outside.
    #[inline]
    pub fn get(&self, [i, j, k]: [usize; 3]) -> Option<u16> {
        if i >= self.dims[0] || j >= self.dims[1] || k >= self.dims[2] {
            return None;
        }
        let block = ((k / BLOCK_SIDE) * self.across[1] + j / BLOCK_SIDE) * self.across[0] + i / BLOCK_SIDE;
        let at = ((k % BLOCK_SIDE) * BLOCK_SIDE + j % BLOCK_SIDE) * BLOCK_SIDE + i % BLOCK_SIDE;
        Some(self.blocks.get(block)?.labels.get(at))
    }

    /// What a block becomes whose labels are these; see [`Self::replace`].
    pub fn block_of(&self, block: usize, labels: Vec<u16>) -> BlockLabels {
        BlockLabels::of(labels, self.voxels_of(block).map(|side| side.len()))
    }

    /// Gives blocks other labels. Those that do not change keep their stamp. Answers whether anything changed.
    pub fn replace(&mut self, changed: Vec<(usize, BlockLabels)>) -> bool {
        let mut is_changed = false;
        for (index, labels) in changed {
            if let Some(block) = self.blocks.get_mut(index)
                && !block.labels.is_same(&labels)
            {
                *block = Block {
                    stamp: next_stamp(),
                    labels,
                };
                is_changed = true;
            }
        }
        if is_changed {
            self.revision = next_stamp();
        }
        is_changed
    }

    /// All labels, i fastest, then j, then k.
    pub fn to_dense(&self) -> Vec<u16> {
        self.dense_slices(0..self.dims[2])
    }

    /// The labels of some slices, i fastest, then j, then k.
    pub fn dense_slices(&self, slices: Range<usize>) -> Vec<u16> {
        self.dense_box(&[0..self.dims[0], 0..self.dims[1], slices])
    }

    /// The labels of what of a box is in the map, i fastest, then j, then k.
    pub fn dense_box(&self, voxels: &VoxelBox) -> Vec<u16> {
        let part = within(voxels, &self.dims.map(|side| 0..side));
        let sides = [&part[0], &part[1], &part[2]].map(ExactSizeIterator::len);
        let mut dense = vec![0; sides.iter().product()];
        for block in self.blocks_in(&part) {
            let labels = self.block(block);
            if matches!(labels, BlockLabels::Uniform(0)) {
                continue;
            }
            let own = self.voxels_of(block);
            let shared = within(&own, &part);
            let length = shared[0].len();
            for k in shared[2].clone() {
                for j in shared[1].clone() {
                    let row = (k - part[2].start) * sides[1] + j - part[1].start;
                    let to = row * sides[0] + shared[0].start - part[0].start;
                    let row = (k - own[2].start) * BLOCK_SIDE + j - own[1].start;
                    let from = row * BLOCK_SIDE + shared[0].start - own[0].start;
                    let Some(to) = dense.get_mut(to..to + length) else {
                        continue;
                    };
                    match labels {
                        BlockLabels::Uniform(label) => to.fill(*label),
                        BlockLabels::Dense(labels) => {
                            if let Some(from) = labels.get(from..from + length) {
                                to.copy_from_slice(from);
                            }
                        }
                    }
                }
            }
        }
        dense
    }

    /// Whether two maps have the same labels.
    pub fn is_same(&self, other: &Self) -> bool {
        self.dims == other.dims
            && self
                .blocks
                .iter()
                .zip(&other.blocks)
                .all(|(a, b)| a.stamp == b.stamp || a.labels.is_same(&b.labels))
    }

    /// Bytes of all labels that it holds.
    pub fn byte_size(&self) -> usize {
        let dense = self
            .blocks
            .iter()
            .filter(|block| matches!(block.labels, BlockLabels::Dense(_)));
        dense.count() * BLOCK_VOXELS * 2 + self.blocks.len() * size_of::<Block>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIMS: [usize; 3] = [70, 33, 40];

    fn labels() -> Vec<u16> {
        let count = DIMS.iter().product::<usize>();
        (0..count)
            .map(|n| if n % 7 == 0 && n > 40_000 { (n % 5) as u16 } else { 0 })
            .collect()
    }

    #[test]
    fn a_box_has_the_labels_of_its_voxels() {
        let map = LabelMap::from_dense(DIMS, &labels());
        for part in [[0..70, 0..33, 0..40], [28..36, 0..33, 31..33], [20..99, 30..50, 38..41]] {
            let inside = within(&part, &DIMS.map(|side| 0..side));
            let mut expected = Vec::new();
            for k in inside[2].clone() {
                for j in inside[1].clone() {
                    expected.extend(inside[0].clone().map(|i| map.get([i, j, k]).unwrap()));
                }
            }
            assert!(expected.iter().any(|label| *label > 0));
            assert_eq!(map.dense_box(&part), expected, "{part:?}");
        }
        assert!(map.dense_box(&[5..5, 0..9, 0..9]).is_empty());
        assert!(map.dense_box(&[80..90, 0..9, 0..9]).is_empty());
    }

    #[test]
    fn parts_differ_where_a_label_does() {
        let dense = |at: usize| {
            let mut labels = vec![7; BLOCK_VOXELS];
            labels[at] = 8;
            BlockLabels::Dense(labels.into())
        };
        let (one, other, plain) = (dense(40), dense(70), BlockLabels::Uniform(7));
        assert!(one.differs(&other, 32..64) && other.differs(&one, 64..96) && !one.differs(&other, 96..128));
        assert!(one.differs(&plain, 32..64) && plain.differs(&one, 32..64) && !plain.differs(&one, 64..96));
        assert!(plain.differs(&BlockLabels::Uniform(6), 0..32) && !plain.differs(&plain, 0..32));
    }

    #[test]
    fn it_gives_back_what_it_was_made_of() {
        let labels = labels();
        let map = LabelMap::from_dense(DIMS, &labels);
        assert_eq!(map.to_dense(), labels);
        assert_eq!(map.dense_slices(17..18), labels[17 * 70 * 33..18 * 70 * 33]);
        for (n, label) in labels.iter().enumerate().step_by(11) {
            assert_eq!(map.get([n % 70, n / 70 % 33, n / (70 * 33)]), Some(*label));
        }
        assert_eq!(map.get([70, 0, 0]), None);
        assert!(map.is_same(&LabelMap::from_dense(DIMS, &labels)));
        for (label, voxels) in map.counts() {
            assert_eq!(labels.iter().filter(|other| **other == label).count() as u64, voxels);
        }
        assert_eq!(map.counts().len(), 4);
    }

    #[test]
    fn blocks_of_one_label_are_that_label_even_at_the_edge() {
        let map = LabelMap::from_dense(DIMS, &vec![9; DIMS.iter().product()]);
        assert!((0..map.block_count()).all(|block| matches!(map.block(block), BlockLabels::Uniform(9))));
        assert_eq!(map.block_count(), 3 * 2 * 2);
        assert_eq!(map.voxels_of(11), [64..70, 32..33, 32..40]);
    }

    #[test]
    fn labels_are_exchanged_everywhere() {
        let labels = labels();
        let mut map = LabelMap::from_dense(DIMS, &labels);
        let exchanged = |label: u16| [0, 3, 2, 1, 9][usize::from(label)];
        assert!(map.relabel(exchanged));
        let expected: Vec<u16> = labels.iter().map(|label| exchanged(*label)).collect();
        assert_eq!(map.to_dense(), expected);
        assert!(!map.relabel(|label| label));
        // What lies beyond the edge stays nothing.
        assert!(map.relabel(|_| 7));
        assert_eq!(map.counts(), [(7, labels.len() as u64)].into());
    }

    #[test]
    fn a_copy_shares_all_but_what_changes() {
        let mut map = LabelMap::from_dense(DIMS, &labels());
        let before = map.clone();
        let block = map.blocks_in(&[33..34, 3..4, 3..4])[0];
        let mut changed = map.block(block).to_vec();
        changed[5] = 77;
        let changed = map.block_of(block, changed);
        assert!(map.replace(vec![(block, changed.clone())]));
        assert_ne!(map.revision(), before.revision());
        let differing: Vec<usize> = (0..map.block_count())
            .filter(|block| map.stamp(*block) != before.stamp(*block))
            .collect();
        assert_eq!(differing, [block]);
        let revision = map.revision();
        assert!(!map.replace(vec![(block, changed)]));
        assert_eq!(map.revision(), revision);
        assert!(!map.is_same(&before));
    }
}
