//! The surface of a set of voxels: those that have a neighbour across a face outside the set.

use rayon::prelude::*;

use crate::algo::bits::Bits;

/// The voxels of a set that touch the outside with a face; what lies beyond the grid is outside.
pub fn surface_voxels(bits: &Bits) -> Bits {
    let mut surface = bits.clone();
    let rows = bits.dims()[1];
    let (words, row_words) = surface.words_mut();
    words
        .par_chunks_mut(row_words * rows)
        .enumerate()
        .for_each(|(k, slice)| {
            for (j, to) in slice.chunks_mut(row_words).enumerate() {
                let here = bits.row(j, k);
                let beside = [
                    neighbour(bits, j.checked_sub(1), Some(k)),
                    neighbour(bits, Some(j + 1), Some(k)),
                    neighbour(bits, Some(j), k.checked_sub(1)),
                    neighbour(bits, Some(j), Some(k + 1)),
                ];
                for (w, word) in to.iter_mut().enumerate() {
                    if *word == 0 {
                        continue;
                    }
                    let at = |w: Option<usize>| w.and_then(|w| here.get(w)).copied().unwrap_or(0);
                    let mut inner = (*word << 1 | at(w.checked_sub(1)) >> 63) & (*word >> 1 | at(Some(w + 1)) << 63);
                    for row in beside {
                        inner &= row.get(w).copied().unwrap_or(0);
                    }
                    *word &= !inner;
                }
            }
        });
    surface
}

/// A row; nothing outside the grid.
fn neighbour(bits: &Bits, j: Option<usize>, k: Option<usize>) -> &[u64] {
    match (j, k) {
        (Some(j), Some(k)) if j < bits.dims()[1] && k < bits.dims()[2] => bits.row(j, k),
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surfaces_are_what_six_neighbours_say() {
        let dims: [usize; 3] = [131, 6, 5];
        let mut bits = Bits::none(dims);
        for n in (0..131 * 6 * 5usize).filter(|n| n % 11 != 0 && n % 17 != 3) {
            bits.add_run(n / 131 % 6, n / (131 * 6), n % 131, n % 131 + 1);
        }
        let found = surface_voxels(&bits);
        for n in 0..131 * 6 * 5 {
            let at: [usize; 3] = [n % 131, n / 131 % 6, n / (131 * 6)];
            let has_outside = (0..3).any(|axis| {
                [usize::MAX, 1].into_iter().any(|step| {
                    let mut next = at;
                    next[axis] = next[axis].wrapping_add(step);
                    next[axis] >= dims[axis] || !bits.has(next)
                })
            });
            assert_eq!(found.has(at), bits.has(at) && has_outside, "{at:?}");
        }
    }
}
