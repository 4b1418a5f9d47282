//! The lowest and highest number in every brick of a volume, so that rays can leap over what cannot change them.
//!
//! A brick is [`SIDE`] voxels long, and counts one voxel more at its far sides: interpolation between two bricks reads
//! both.

use crate::algo::needed_bricks::{BRICK_SIDE, bricks_along};

use super::texels::Number;

/// Voxels along a brick; `BRICK_BITS` in `shaders/volume/slot.wgsl` is its logarithm.
pub(super) const SIDE: usize = 16;

/// Lowest and highest number; of nothing, the other way round.
pub(super) type Range = [f32; 2];
const EMPTY: Range = [1e30, -1e30];
/// Of which nothing is known: never leapt over.
const ANYTHING: Range = [-1e30, 1e30];

/// Ranges while the slices of a volume arrive.
pub(super) struct Bricks {
    dims: [usize; 3],
    /// i fastest.
    ranges: Vec<Range>,
}

impl Bricks {
    /// Of a volume of which nothing has arrived.
    pub(super) fn new(dims: [usize; 3]) -> Self {
        Self {
            dims,
            ranges: vec![EMPTY; counts(dims).iter().product()],
        }
    }

    /// One brick that stands for every other: of the volume nothing will be known.
    pub(super) fn unknown() -> Self {
        Self {
            dims: [1; 3],
            ranges: vec![ANYTHING],
        }
    }

    /// Takes a slice of single numbers. `offset` is what texels are less than stored numbers.
    pub(super) fn take<T: Number>(&mut self, numbers: &[T], slice: usize, offset: f64) {
        let columns = self.dims[0];
        let [bricks, rows, _] = counts(self.dims);
        let layer = bricks * rows;
        for (j, row) in numbers.chunks_exact(columns).enumerate() {
            for i in 0..bricks {
                let end = (i * SIDE + SIDE + 1).min(columns);
                let range = range_of(&row[i * SIDE..end], offset);
                for k in bricks_of(slice) {
                    for j in bricks_of(j) {
                        if let Some(brick) = self.ranges.get_mut(k * layer + j * bricks + i) {
                            widen(brick, range);
                        }
                    }
                }
            }
        }
    }

    /// Bricks along i, j, k.
    pub(super) fn size(&self) -> wgpu::Extent3d {
        size(self.dims)
    }

    /// The ranges of all bricks as texels, i fastest.
    pub(super) fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.ranges)
    }
}

/// The same for the larger bricks in which voxels come to the device where not all do (`algo::needed_bricks`).
pub(super) struct DetailRanges {
    /// Of their own voxels, i fastest.
    own: Vec<Range>,
    /// Of all voxels that anything is made of that is made of theirs too.
    around: Vec<Range>,
    is_whole: bool,
}

impl DetailRanges {
    /// Of a volume of which all has arrived. `is_whole`: whether numbers are whole ones of 16 bits at most.
    pub(super) fn new(bricks: &Bricks, is_whole: bool) -> Self {
        Self {
            own: bricks.united(0),
            around: bricks.united(1),
            is_whole,
        }
    }

    /// Lowest and highest number that a picture may make of a brick's voxels and their neighbours.
    pub(super) fn around(&self, brick: usize) -> Range {
        self.around.get(brick).copied().unwrap_or(ANYTHING)
    }

    /// The number that all voxels of a brick are, if they are one that fits into the table.
    pub(super) fn uniform(&self, brick: usize) -> Option<u16> {
        let [low, high] = self.own.get(brick).copied()?;
        (self.is_whole && low == high).then_some(low as u16)
    }
}

impl Bricks {
    /// For each brick of [`BRICK_SIDE`] voxels the range of all that is in it, and of `more` of these bricks around it.
    fn united(&self, more: usize) -> Vec<Range> {
        const TIMES: usize = BRICK_SIDE / SIDE;
        let across = counts(self.dims);
        let mut united = Vec::new();
        let [own_i, own_j, own_k]: [Vec<_>; 3] = std::array::from_fn(|axis| {
            let reach = |brick: usize| {
                let start = (brick * TIMES).saturating_sub(more);
                start..(brick * TIMES + TIMES + more).min(across[axis])
            };
            (0..bricks_along(self.dims)[axis]).map(reach).collect()
        });
        for slices in &own_k {
            for rows in &own_j {
                for columns in &own_i {
                    let mut range = EMPTY;
                    for k in slices.clone() {
                        for j in rows.clone() {
                            let row = (k * across[1] + j) * across[0];
                            let own = self.ranges.get(row + columns.start..row + columns.end);
                            own.unwrap_or_default().iter().for_each(|by| widen(&mut range, *by));
                        }
                    }
                    united.push(range);
                }
            }
        }
        united
    }
}

/// Bricks of a volume along i, j, k.
pub(super) fn size(dims: [usize; 3]) -> wgpu::Extent3d {
    let [width, height, depth_or_array_layers] = counts(dims).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers,
    }
}

fn counts(dims: [usize; 3]) -> [usize; 3] {
    dims.map(|side| side.div_ceil(SIDE))
}

/// The bricks to which a row or slice counts: the first of a brick is also the one beyond the brick before.
fn bricks_of(at: usize) -> std::ops::RangeInclusive<usize> {
    at.saturating_sub(1) / SIDE..=at / SIDE
}

fn widen(range: &mut Range, by: Range) {
    *range = [range[0].min(by[0]), range[1].max(by[1])];
}

/// Numbers that are none are left out: rays do not count them either.
fn range_of<T: Number>(numbers: &[T], offset: f64) -> Range {
    // Comparisons in the samples' own type: no number is below NaN, and none above it.
    let (mut low, mut high) = (T::MOST, T::LEAST);
    for number in numbers {
        low = if *number < low { *number } else { low };
        high = if *number > high { *number } else { high };
    }
    if low > high {
        EMPTY
    } else {
        [low, high].map(|n| (n.number() - offset) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brick_knows_its_far_neighbours() {
        let dims = [20, 3, 18];
        let mut bricks = Bricks::new(dims);
        // One bright voxel on the border of the second brick along i, in the second layer of bricks.
        let numbers: Vec<i16> = (0..20 * 3 * 18)
            .map(|n| if n == (16 * 3 + 1) * 20 + 16 { 900 } else { 5 })
            .collect();
        for (slice, numbers) in numbers.chunks_exact(20 * 3).enumerate() {
            bricks.take(numbers, slice, -32768.0);
        }
        let ranges: &[Range] = bytemuck::cast_slice(bricks.bytes());
        assert_eq!(ranges.len(), 4);
        for range in ranges {
            assert_eq!(*range, [5.0 + 32768.0, 900.0 + 32768.0]);
        }
    }

    #[test]
    fn larger_bricks_know_their_own_and_what_is_around() {
        let dims = [100, 3, 40];
        let mut bricks = Bricks::new(dims);
        // One bright voxel in slice 20, in the second brick of 32 along i, next to the first.
        let numbers: Vec<u8> = (0..100 * 3 * 40)
            .map(|n| if n == 20 * 300 + 35 { 90 } else { 7 })
            .collect();
        for (slice, numbers) in numbers.chunks_exact(100 * 3).enumerate() {
            bricks.take(numbers, slice, 0.0);
        }
        let ranges = DetailRanges::new(&bricks, true);
        assert_eq!(
            [0, 1, 2, 3].map(|brick| ranges.uniform(brick)),
            [Some(7), None, Some(7), Some(7)]
        );
        assert_eq!(
            [0, 1, 2, 3].map(|brick| ranges.around(brick)[1]),
            [90.0, 90.0, 7.0, 7.0],
            "the third one's neighbours are voxels 48 to 63"
        );
        assert_eq!(ranges.around(4)[1], 90.0, "above the first");
        assert_eq!(ranges.uniform(8), None, "there are eight");
        let parts = DetailRanges::new(&bricks, false);
        assert_eq!(parts.uniform(0), None);
    }

    #[test]
    fn what_is_not_a_number_is_left_out() {
        assert_eq!(range_of(&[f32::NAN, 2.0, -1.0], 0.0), [-1.0, 2.0]);
        assert_eq!(range_of(&[f64::NAN], 0.0), EMPTY);
        assert_eq!(range_of(&[f32::INFINITY], 0.0)[1], f32::INFINITY);
    }
}
