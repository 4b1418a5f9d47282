//! The lowest and highest number in every brick of a volume, so that rays can leap over what cannot change them.
//!
//! A brick is [`SIDE`] voxels long, and counts one voxel more at its far sides: interpolation between two bricks reads
//! both.

use crate::for_samples;
use crate::model::voxels::Samples;

use super::texels::number;

/// Voxels along a brick; `BRICK_BITS` in `shaders/common/ray_filtered.wgsl` is its logarithm.
pub(super) const SIDE: usize = 16;

/// Lowest and highest number; of nothing, the other way round.
type Range = [f32; 2];
const EMPTY: Range = [1e30, -1e30];
/// Of which nothing is known: never leapt over.
const ANYTHING: Range = [-1e30, 1e30];

/// Ranges while the slices of a volume arrive.
pub(super) struct Bricks {
    dims: [usize; 3],
    /// For each slice the bricks of a layer, i fastest.
    slices: Vec<Range>,
}

impl Bricks {
    /// Of a volume of which nothing has arrived.
    pub(super) fn new(dims: [usize; 3]) -> Self {
        let [columns, rows, _] = counts(dims);
        Self {
            dims,
            slices: vec![ANYTHING; columns * rows * dims[2]],
        }
    }

    /// Takes whole slices of single numbers. `offset` is what texels are less than stored numbers.
    pub(super) fn take(&mut self, samples: &Samples, first_slice: usize, offset: f64) {
        let [columns, rows, _] = self.dims;
        let bricks = counts(self.dims);
        let layer = bricks[0] * bricks[1];
        let ranges = self.slices.chunks_exact_mut(layer).skip(first_slice);
        for_samples!(samples, v => for (ranges, slice) in ranges.zip(v.chunks_exact(columns * rows)) {
            ranges.fill(EMPTY);
            for (j, row) in slice.chunks_exact(columns).enumerate() {
                for i in 0..bricks[0] {
                    let end = (i * SIDE + SIDE + 1).min(columns);
                    let range = range_of(row[i * SIDE..end].iter().map(|sample| number(*sample)), offset);
                    widen(&mut ranges[j / SIDE * bricks[0] + i], range);
                    // The first row of a brick is also the one beyond the brick before.
                    if j > 0 && j.is_multiple_of(SIDE) {
                        widen(&mut ranges[(j / SIDE - 1) * bricks[0] + i], range);
                    }
                }
            }
        });
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
    pub(super) fn bytes(&self) -> Vec<u8> {
        let [columns, rows, layers] = counts(self.dims);
        let layer = columns * rows;
        let mut ranges = Vec::with_capacity(layer * layers);
        for k in 0..layers {
            let end = (k * SIDE + SIDE + 1).min(self.dims[2]);
            for brick in 0..layer {
                let mut range = EMPTY;
                (k * SIDE..end)
                    .for_each(|slice| widen(&mut range, self.slices[slice * layer + brick]));
                ranges.push(range);
            }
        }
        bytemuck::cast_slice(&ranges).to_vec()
    }
}

fn counts(dims: [usize; 3]) -> [usize; 3] {
    dims.map(|side| side.div_ceil(SIDE))
}

fn widen(range: &mut Range, by: Range) {
    *range = [range[0].min(by[0]), range[1].max(by[1])];
}

/// Numbers that are none are left out: rays do not count them either.
fn range_of(numbers: impl Iterator<Item = f64>, offset: f64) -> Range {
    let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| {
        (low.min(n), high.max(n))
    });
    if low > high {
        EMPTY
    } else {
        [(low - offset) as f32, (high - offset) as f32]
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
        let numbers = (0..20 * 3 * 18)
            .map(|n| if n == (16 * 3 + 1) * 20 + 16 { 900 } else { 5 })
            .collect();
        bricks.take(&Samples::I16(numbers), 0, -32768.0);
        let bytes = bricks.bytes();
        let ranges: &[Range] = bytemuck::cast_slice(&bytes);
        assert_eq!(ranges.len(), 4);
        for range in ranges {
            assert_eq!(*range, [5.0 + 32768.0, 900.0 + 32768.0]);
        }
    }
}
