//! The least and the greatest stored number of every brick of a volume.

use rayon::prelude::*;

use super::field::Stored;

/// Cells along an edge of a brick; the voxels at both ends belong to it.
pub(super) const SIDE: usize = 4;

/// Bricks along an edge of a heap of bricks.
pub(super) const HEAP: usize = 4;

/// What the bricks of a frame hold.
#[derive(Debug)]
pub(super) struct Bricks {
    /// Bricks along i, j and k.
    pub(super) sides: [usize; 3],
    /// Least and greatest number, i fastest, of the numbers that are finite; the least is above the greatest where
    /// there are none.
    pub(super) ranges: Vec<[f32; 2]>,
    /// Heaps of bricks along i, j and k, and what they hold.
    pub(super) heap_sides: [usize; 3],
    pub(super) heaps: Vec<[f32; 2]>,
    /// Whether there are numbers that are not finite.
    pub(super) is_odd: bool,
}

impl Bricks {
    /// Of slices of `columns` × `rows`.
    pub(super) fn new<T: Stored>(slices: &[&[T]], columns: usize, rows: usize) -> Self {
        let sides = [columns, rows, slices.len()].map(|side| side.div_ceil(SIDE));
        let layers: Vec<(Vec<[f32; 2]>, bool)> = (0..sides[2])
            .into_par_iter()
            .map(|layer| {
                let end = slices.len().min((layer + 1) * SIDE + 1);
                of_layer(slices.get(layer * SIDE..end).unwrap_or_default(), columns, rows)
            })
            .collect();
        let is_odd = layers.iter().any(|(_, is_odd)| *is_odd);
        let ranges: Vec<[f32; 2]> = layers.into_iter().flat_map(|(ranges, _)| ranges).collect();
        let heap_sides = sides.map(|side| side.div_ceil(HEAP));
        let mut heaps = vec![[f32::INFINITY, f32::NEG_INFINITY]; heap_sides.iter().product()];
        for (n, row) in ranges.chunks_exact(sides[0]).enumerate() {
            let (j, k) = (n % sides[1] / HEAP, n / sides[1] / HEAP);
            let first = (k * heap_sides[1] + j) * heap_sides[0];
            for (heap, bricks) in heaps.iter_mut().skip(first).zip(row.chunks(HEAP)) {
                *heap = bricks
                    .iter()
                    .fold(*heap, |[low, high], range| [low.min(range[0]), high.max(range[1])]);
            }
        }
        Self {
            sides,
            ranges,
            heap_sides,
            heaps,
            is_odd,
        }
    }

    /// Least and greatest number of all.
    pub(super) fn range(&self) -> [f32; 2] {
        self.ranges
            .iter()
            .fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], range| {
                [low.min(range[0]), high.max(range[1])]
            })
    }

    /// The place of a brick in [`Self::ranges`].
    #[inline(always)]
    pub(super) fn index(sides: [usize; 3], brick: [i32; 3]) -> usize {
        let [i, j, k] = brick.map(|part| part as usize);
        (k * sides[1] + j) * sides[0] + i
    }
}

/// The bricks of one layer, from its slices.
fn of_layer<T: Stored>(slices: &[&[T]], columns: usize, rows: usize) -> (Vec<[f32; 2]>, bool) {
    let mut ranges = Vec::with_capacity(columns.div_ceil(SIDE) * rows.div_ceil(SIDE));
    let mut is_odd = false;
    let (mut low, mut high) = (vec![T::HIGHEST; columns], vec![T::LOWEST; columns]);
    for first in (0..rows).step_by(SIDE) {
        low.fill(T::HIGHEST);
        high.fill(T::LOWEST);
        let end = rows.min(first + SIDE + 1);
        for slice in slices {
            let rows = slice.get(first * columns..end * columns).unwrap_or_default();
            for row in rows.chunks_exact(columns) {
                for ((low, high), number) in low.iter_mut().zip(&mut high).zip(row) {
                    let is_fine = !number.is_odd();
                    is_odd |= !is_fine;
                    *low = if is_fine && *number < *low { *number } else { *low };
                    *high = if is_fine && *number > *high { *number } else { *high };
                }
            }
        }
        for first in (0..columns).step_by(SIDE) {
            let end = columns.min(first + SIDE + 1);
            let (low, high) = (
                low.get(first..end).unwrap_or_default(),
                high.get(first..end).unwrap_or_default(),
            );
            let least = low.iter().fold(T::HIGHEST, |a, b| if *b < a { *b } else { a });
            let most = high.iter().fold(T::LOWEST, |a, b| if *b > a { *b } else { a });
            ranges.push([least.number(), most.number()]);
        }
    }
    (ranges, is_odd)
}
