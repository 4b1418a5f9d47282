//! Sets of voxels made larger and smaller, a word of 64 voxels at a time.

use rayon::prelude::*;

use super::bits::Bits;
use super::components::Components;

/// The voxels of a length along each axis, rounded; `spacing` in mm.
pub fn voxels(mm: f64, spacing: [f64; 3]) -> [usize; 3] {
    // A cast of what is no number is 0.
    spacing.map(|step| (mm / step).round().min(1e6) as usize)
}

/// All voxels in whose box of so many voxels to each side one of them lies.
#[must_use]
pub fn dilated(bits: &Bits, radius: [usize; 3]) -> Bits {
    let mut bits = bits.clone();
    for (axis, radius) in radius.into_iter().enumerate() {
        let mut reached = 0;
        let radius = radius.min(bits.dims()[axis]);
        // What reaches so far on both sides, set beside itself, reaches three times as far.
        while reached < radius {
            let step = (2 * reached + 1).min(radius - reached);
            bits = spread(bits, axis, step);
            reached += step;
        }
    }
    bits
}

/// The voxels in whose box all are; what lies outside the volume counts as one of them.
#[must_use]
pub fn eroded(bits: &Bits, radius: [usize; 3]) -> Bits {
    dilated(&bits.clone().inverse(), radius).inverse()
}

/// Without what is thinner than the box.
#[must_use]
pub fn opened(bits: &Bits, radius: [usize; 3]) -> Bits {
    dilated(&eroded(bits, radius), radius)
}

/// With gaps filled that are thinner than the box.
#[must_use]
pub fn closed(bits: &Bits, radius: [usize; 3]) -> Bits {
    eroded(&dilated(bits, radius), radius)
}

/// What is reached from some voxels within others over no more than a length, from voxel to voxel.
#[must_use]
pub fn grown(from: &Bits, within: &Bits, mm: f64, spacing: [f64; 3]) -> Bits {
    let unit = spacing.into_iter().fold(f64::INFINITY, f64::min);
    let mut bits = from.clone();
    for [before, now] in (0..voxels(mm, [unit; 3])[0]).map(|n| [n as f64 * unit, (n + 1) as f64 * unit]) {
        let radius = spacing.map(|step| usize::from((now / step + 1e-9).floor() > (before / step + 1e-9).floor()));
        bits = dilated(&bits, radius).and(within);
    }
    bits
}

/// With the holes of each plane across an axis filled: what does not reach the plane's edge, up to `most` voxels.
#[must_use]
pub fn filled(bits: &Bits, axis: usize, most: usize) -> Bits {
    let planes: Vec<Bits> = (0..bits.dims()[axis])
        .into_par_iter()
        .map(|n| {
            let around = bits.plane(axis, n).inverse();
            Components::of(&around).inner(most)
        })
        .collect();
    let mut bits = bits.clone();
    for (n, plane) in planes.iter().enumerate() {
        bits.add_plane(axis, n, plane);
    }
    bits
}

/// Each voxel, and those so many steps before and after it.
fn spread(mut bits: Bits, axis: usize, step: usize) -> Bits {
    let rows = bits.dims()[1];
    if axis == 0 {
        let (words, row_words) = bits.words_mut();
        words.par_chunks_mut((row_words * rows).max(1)).for_each(|slice| {
            let mut before = vec![0; row_words];
            for row in slice.chunks_mut(row_words.max(1)) {
                before.copy_from_slice(row);
                shift_into(row, &before, step);
            }
        });
        bits.tidy();
        return bits;
    }
    let before = bits.clone();
    let [_, rows, slices] = before.dims();
    let (words, row_words) = bits.words_mut();
    words.par_chunks_mut(row_words.max(1)).enumerate().for_each(|(n, row)| {
        let (j, k) = (n % rows, n / rows);
        let (at, end) = if axis == 1 { (j, rows) } else { (k, slices) };
        let others = [at.checked_sub(step), Some(at + step).filter(|at| *at < end)];
        for at in others.into_iter().flatten() {
            let other = if axis == 1 {
                before.row(at, k)
            } else {
                before.row(j, at)
            };
            for (to, from) in row.iter_mut().zip(other) {
                *to |= from;
            }
        }
    });
    bits
}

/// Adds a row, shifted to both sides.
fn shift_into(row: &mut [u64], before: &[u64], step: usize) {
    let (whole, part) = (step / 64, step % 64);
    let word = |at: Option<usize>| at.and_then(|at| before.get(at)).copied().unwrap_or(0);
    for (n, to) in row.iter_mut().enumerate() {
        let (up, down) = (n.checked_sub(whole), Some(n + whole));
        let mut bits = word(up) << part | word(down) >> part;
        if part > 0 {
            bits |= word(n.checked_sub(whole + 1)) >> (64 - part);
            bits |= word(Some(n + whole + 1)) << (64 - part);
        }
        *to |= bits;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(dims: [usize; 3]) -> Bits {
        let mut bits = Bits::none(dims);
        for n in 0..dims.iter().product() {
            if (n * n + n / 3) % 53 == 0 {
                let i = n % dims[0];
                bits.add_run(n / dims[0] % dims[1], n / dims[0] / dims[1], i, i + 1);
            }
        }
        bits
    }

    fn each(dims: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
        (0..dims.iter().product()).map(move |n: usize| [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]])
    }

    fn near(bits: &Bits, at: [usize; 3], radius: [usize; 3]) -> bool {
        each(bits.dims()).any(|other| bits.has(other) && (0..3).all(|a| other[a].abs_diff(at[a]) <= radius[a]))
    }

    #[test]
    fn larger_and_smaller_are_what_boxes_say() {
        for (dims, radius) in [
            ([70, 5, 4], [3, 1, 0]),
            ([9, 8, 7], [0, 2, 1]),
            ([150, 2, 2], [66, 0, 1]),
        ] {
            let bits = some(dims);
            let larger = dilated(&bits, radius);
            let smaller = eroded(&larger, radius);
            for at in each(dims) {
                assert_eq!(larger.has(at), near(&bits, at, radius), "{at:?}");
                assert_eq!(smaller.has(at), !near(&larger.clone().inverse(), at, radius));
            }
            // What was there is there after closing.
            assert_eq!(bits.clone().and(&smaller), bits);
        }
    }

    #[test]
    fn holes_are_filled_and_bays_are_not() {
        let dims = [20, 12, 3];
        let mut ring = Bits::none(dims);
        for k in 0..3 {
            for j in 2..10 {
                ring.add_run(j, k, 3, 5);
                ring.add_run(j, k, 14, 16);
            }
            ring.add_run(2, k, 3, 16);
            if k != 1 {
                ring.add_run(9, k, 3, 16);
            }
        }
        assert!(!filled(&ring, 2, 8).has([8, 5, 0]));
        let filled = filled(&ring, 2, usize::MAX);
        assert!(filled.has([8, 5, 0]) && filled.has([8, 5, 2]));
        assert!(!filled.has([8, 5, 1]) && !filled.has([1, 5, 0]));
    }

    #[test]
    fn growing_stays_within_and_stops() {
        let dims = [40, 3, 9];
        let mut tube = Bits::none(dims);
        tube.add_run(1, 4, 0, 40);
        let mut seed = Bits::none(dims);
        seed.add_run(1, 4, 10, 11);
        let grown = grown(&seed, &tube, 5.0, [1.0, 1.0, 2.0]);
        assert_eq!(grown.count(), 11);
        assert!(grown.has([5, 1, 4]) && grown.has([15, 1, 4]));
    }
}
