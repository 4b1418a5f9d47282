//! Which voxels of a volume are seen in the volume view.

use std::sync::atomic::{AtomicU64, Ordering};

/// One bit a voxel: whether it is kept. Cheap to compare by its id.
#[derive(Clone, Debug)]
pub struct VoxelMask {
    id: u64,
    dims: [usize; 3],
    /// i fastest; the first voxel is the lowest bit.
    bits: Vec<u64>,
}

impl PartialEq for VoxelMask {
    /// Masks of one id are the same.
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl VoxelMask {
    /// Of a volume of this size, keeping what `keeps` says of the voxel at a place in memory order (i fastest).
    pub fn new(dims: [usize; 3], keeps: impl Fn(usize) -> bool) -> Self {
        let count: usize = dims.iter().product();
        let word = |n: usize| {
            (0..64)
                .filter(|bit| n * 64 + bit < count && keeps(n * 64 + bit))
                .fold(0, |word, bit| word | 1 << bit)
        };
        Self::from_words(dims, (0..count.div_ceil(64)).map(word).collect())
    }

    /// From words of 64 voxels, i fastest, the first voxel the lowest bit. What is missing is not kept.
    pub fn from_words(dims: [usize; 3], mut bits: Vec<u64>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        bits.resize(dims.iter().product::<usize>().div_ceil(64), 0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            dims,
            bits,
        }
    }

    /// No other mask has it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        self.dims
    }

    /// All bits, i fastest, the first voxel the lowest bit.
    pub fn words(&self) -> &[u64] {
        &self.bits
    }

    /// Whether the voxel at a place in memory order is kept.
    pub fn keeps(&self, index: usize) -> bool {
        self.bits
            .get(index / 64)
            .is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Whether the voxel nearest to a fractional index is kept (half-way goes up; beyond the end the outermost).
    pub fn keeps_at(&self, voxel: glam::DVec3) -> bool {
        let nearest = |at: f64, side: usize| (at + 0.5).floor().clamp(0.0, side.saturating_sub(1) as f64) as usize;
        let [columns, rows, slices] = self.dims;
        let (i, j, k) = (
            nearest(voxel.x, columns),
            nearest(voxel.y, rows),
            nearest(voxel.z, slices),
        );
        self.keeps((k * rows + j) * columns + i)
    }

    /// How many voxels are kept.
    pub fn count(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// What both keep. Of masks of different size, the first.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        if self.dims != other.dims {
            return self.clone();
        }
        let both = self.bits.iter().zip(&other.bits).map(|(a, b)| a & b).collect();
        Self::from_words(self.dims, both)
    }
}

#[cfg(test)]
mod tests {
    use glam::DVec3;

    use super::*;

    #[test]
    fn every_voxel_has_its_bit() {
        let mask = VoxelMask::new([5, 7, 4], |index| index % 3 == 0);
        assert!((0..140).all(|index| mask.keeps(index) == (index % 3 == 0)));
        assert!(!mask.keeps(141));
        assert_eq!(mask.count(), 47);
        // Voxel (1, 2, 3) is the 116th.
        assert_eq!(mask.keeps_at(DVec3::new(1.4, 1.5, 3.2)), mask.keeps(116));
        assert_eq!(mask.keeps_at(DVec3::new(-3.0, 0.0, 0.0)), mask.keeps(0));
        let even = VoxelMask::new([5, 7, 4], |index| index % 2 == 0);
        assert_eq!(mask.and(&even).count(), 24);
        assert_ne!(mask, even);
    }
}
