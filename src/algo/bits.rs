//! One bit a voxel in rows of whole words, so that neighbours along every axis are found by shifting words.

use rayon::prelude::*;

use super::value_range::ToNumber as _;
use crate::for_samples;
use crate::model::volume::Volume;
use crate::model::voxel_mask::VoxelMask;

/// A set of voxels. Every row begins with a word of its own; what is left of the last word is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits {
    dims: [usize; 3],
    row_words: usize,
    words: Vec<u64>,
}

impl Bits {
    /// No voxel of a volume of this size.
    pub fn none(dims: [usize; 3]) -> Self {
        let row_words = dims[0].div_ceil(64);
        Self {
            dims,
            row_words,
            words: vec![0; row_words * dims[1] * dims[2]],
        }
    }

    /// The voxels of a time point with a value from `low` to `high`, in the volume's unit; what is no number is none of
    /// them. `None` of colours, and as long as slabs are missing.
    pub fn between(volume: &Volume, frame: usize, low: f64, high: f64) -> Option<Self> {
        let voxels = &volume.voxels;
        let mut found = Self::none(volume.dims());
        let [columns, rows, slices] = found.dims;
        if voxels.components() != 1 || frame >= voxels.frames() || columns * rows == 0 {
            return None;
        }
        let is_there = |k: usize| voxels.slab(voxels.slab_of(k, frame)).is_some();
        if !(0..slices).all(is_there) {
            return None;
        }
        let row_words = found.row_words;
        found
            .words
            .par_chunks_mut(row_words * rows)
            .enumerate()
            .for_each(|(k, slice)| {
                let slab = voxels.slab_of(k, frame);
                let skipped = (k - voxels.slab_range(slab).first_slice) * columns * rows;
                let Some(samples) = voxels.slab(slab) else { return };
                for_samples!(&**samples, numbers => {
                    let here = numbers.get(skipped..skipped + columns * rows).unwrap_or_default();
                    for (row, bits) in here.chunks(columns).zip(slice.chunks_mut(row_words)) {
                        for (part, word) in row.chunks(64).zip(bits) {
                            for (bit, number) in part.iter().enumerate() {
                                let value = volume.rescale.value(number.number());
                                *word |= u64::from(low <= value && value <= high) << bit;
                            }
                        }
                    }
                });
            });
        Some(found)
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        self.dims
    }

    /// The words of a row.
    pub fn row(&self, j: usize, k: usize) -> &[u64] {
        let first = (k * self.dims[1] + j) * self.row_words;
        self.words.get(first..first + self.row_words).unwrap_or_default()
    }

    /// All words, and how many of them are a row.
    pub(super) fn words_mut(&mut self) -> (&mut [u64], usize) {
        (&mut self.words, self.row_words)
    }

    /// Whether a voxel is one of them.
    pub fn has(&self, [i, j, k]: [usize; 3]) -> bool {
        i < self.dims[0] && self.row(j, k).get(i / 64).is_some_and(|word| word >> (i % 64) & 1 == 1)
    }

    /// Adds the voxels of a row from `start` to before `end`.
    pub(super) fn add_run(&mut self, j: usize, k: usize, start: usize, end: usize) {
        let first = (k * self.dims[1] + j) * self.row_words;
        let mut at = start;
        while at < end.min(self.dims[0]) {
            let count = (64 - at % 64).min(end - at);
            if let Some(word) = self.words.get_mut(first + at / 64) {
                *word |= (u64::MAX >> (64 - count)) << (at % 64);
            }
            at += count;
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.words.par_iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// All the others.
    #[must_use]
    pub fn inverse(mut self) -> Self {
        self.words.par_iter_mut().for_each(|word| *word = !*word);
        self.tidy();
        self
    }

    /// Those in both.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// Those in one of them or in both.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// Those that are not in the other.
    #[must_use]
    pub fn without(self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    fn zip(mut self, other: &Self, both: impl Fn(u64, u64) -> u64 + Sync) -> Self {
        self.words
            .par_iter_mut()
            .zip(&other.words)
            .for_each(|(a, b)| *a = both(*a, *b));
        self
    }

    /// Empties what is left of each row's last word.
    pub(super) fn tidy(&mut self) {
        let used = self.dims[0] % 64;
        if used > 0 {
            let row_words = self.row_words;
            for row in self.words.chunks_mut(row_words) {
                if let Some(last) = row.last_mut() {
                    *last &= u64::MAX >> (64 - used);
                }
            }
        }
    }

    /// The voxels of the plane with index `n` along an axis, as a volume of one slice.
    pub(super) fn plane(&self, axis: usize, n: usize) -> Self {
        let [columns, rows, slices] = self.dims;
        let size = match axis {
            0 => [rows, slices, 1],
            1 => [columns, slices, 1],
            _ => [columns, rows, 1],
        };
        let mut plane = Self::none(size);
        let row_words = plane.row_words;
        for (v, to) in plane.words.chunks_mut(row_words.max(1)).enumerate() {
            match axis {
                0 => {
                    for u in (0..rows).filter(|u| self.has([n, *u, v])) {
                        to[u / 64] |= 1 << (u % 64);
                    }
                }
                1 => to.copy_from_slice(self.row(n, v)),
                _ => to.copy_from_slice(self.row(v, n)),
            }
        }
        plane
    }

    /// Adds the voxels of such a plane.
    pub(super) fn add_plane(&mut self, axis: usize, n: usize, plane: &Self) {
        for v in 0..plane.dims[1] {
            let (j, k) = match axis {
                0 => {
                    for u in (0..plane.dims[0]).filter(|u| plane.has([*u, v, 0])) {
                        self.add_run(u, v, n, n + 1);
                    }
                    continue;
                }
                1 => (n, v),
                _ => (v, n),
            };
            let first = (k * self.dims[1] + j) * self.row_words;
            for (to, from) in self.words.iter_mut().skip(first).zip(plane.row(v, 0)) {
                *to |= from;
            }
        }
    }

    /// As a mask that keeps these.
    pub fn to_mask(&self) -> VoxelMask {
        let columns = self.dims[0];
        let mut words = vec![0u64; self.dims.iter().product::<usize>().div_ceil(64)];
        for (n, row) in self.words.chunks(self.row_words.max(1)).enumerate() {
            for (w, bits) in row.iter().enumerate() {
                let at = n * columns + w * 64;
                let (word, shift) = (at / 64, at % 64);
                if let Some(to) = words.get_mut(word) {
                    *to |= bits << shift;
                }
                if let (1.., Some(to)) = (shift, words.get_mut(word + 1)) {
                    *to |= bits >> (64 - shift);
                }
            }
        }
        VoxelMask::from_words(self.dims, words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn every(dims: [usize; 3], step: usize) -> Bits {
        let mut bits = Bits::none(dims);
        for n in (0..dims.iter().product()).step_by(step) {
            let i = n % dims[0];
            bits.add_run(n / dims[0] % dims[1], n / dims[0] / dims[1], i, i + 1);
        }
        bits
    }

    #[test]
    fn bits_stand_where_voxels_are() {
        for dims in [[5, 3, 2], [64, 2, 2], [130, 3, 2]] {
            let bits = every(dims, 7);
            let mask = bits.to_mask();
            for n in 0..dims.iter().product() {
                let at = [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]];
                assert_eq!((bits.has(at), mask.keeps(n)), (n % 7 == 0, n % 7 == 0));
            }
            let count: usize = dims.iter().product();
            assert_eq!(bits.clone().inverse().count(), count - bits.count());
            for axis in 0..3 {
                let mut again = Bits::none(dims);
                for n in 0..dims[axis] {
                    again.add_plane(axis, n, &bits.plane(axis, n));
                }
                assert_eq!(again, bits);
            }
        }
    }
}
