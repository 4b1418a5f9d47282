//! The lowest and highest number in every brick of a volume, so that rays can leap over what cannot change them.
//!
//! A brick is [`SIDE`] voxels long, and counts one voxel more at its far sides: interpolation between two bricks reads
//! both.

use super::texels::Number;

/// Voxels along a brick; `BRICK_BITS` in `shaders/volume/slot.wgsl` is its logarithm.
pub(super) const SIDE: usize = 16;

/// Lowest and highest number; of nothing, the other way round.
type Range = [f32; 2];
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
        let [width, height, depth] = counts(self.dims).map(|count| count as u32);
        wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: depth,
        }
    }

    /// The ranges of all bricks as texels, i fastest.
    pub(super) fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.ranges)
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
    fn what_is_not_a_number_is_left_out() {
        assert_eq!(range_of(&[f32::NAN, 2.0, -1.0], 0.0), [-1.0, 2.0]);
        assert_eq!(range_of(&[f64::NAN], 0.0), EMPTY);
        assert_eq!(range_of(&[f32::INFINITY], 0.0)[1], f32::INFINITY);
    }
}
