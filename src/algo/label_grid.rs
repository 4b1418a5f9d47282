//! Label maps out of volumes, on their own grid or on another one.

use glam::DVec3;
use rayon::prelude::*;

use super::bits::Bits;
use super::sample::SNAP;
use super::value_range::ToNumber;
use crate::for_samples;
use crate::model::geometry::Geometry;
use crate::model::label_grid::{IndexBox, LabelGrid};
use crate::model::segment::MOST_LABEL;
use crate::model::volume::{Rescale, Volume};
use crate::model::voxels::Samples;

/// The labels of a time point of a volume. `None` if it is no label map (colours, values that are not whole, negative
/// or above [`MOST_LABEL`]), or if slabs are missing.
pub fn label_grid(volume: &Volume, frame: usize) -> Option<LabelGrid> {
    let voxels = &volume.voxels;
    let dims @ [columns, rows, slices] = volume.dims();
    if voxels.components() != 1 || frame >= voxels.frames() {
        return None;
    }
    if let Some(painted) = voxels.label_map(frame) {
        return LabelGrid::new(dims, painted.to_dense());
    }
    let is_there = |k: usize| voxels.slab(voxels.slab_of(k, frame)).is_some();
    if !(0..slices).all(is_there) {
        return None;
    }
    let size = columns * rows;
    let mut labels = vec![0; size * slices];
    let all_labels = labels.par_chunks_mut(size).enumerate().map(|(k, slice)| {
        let slab = voxels.slab_of(k, frame);
        let first = (k - voxels.slab_range(slab).first_slice) * size;
        voxels
            .slab(slab)
            .is_some_and(|samples| take(samples, first, &volume.rescale, slice))
    });
    all_labels
        .reduce(|| true, |a, b| a && b)
        .then(|| LabelGrid::new(dims, labels))
        .flatten()
}

/// Copies the samples from `first` on; whether they are labels.
fn take(samples: &Samples, first: usize, rescale: &Rescale, to: &mut [u16]) -> bool {
    let range = first..first + to.len();
    let is_plain = *rescale == Rescale::IDENTITY;
    match samples {
        Samples::U8(stored) if is_plain => stored.get(range).is_some_and(|from| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = u16::from(*from));
            true
        }),
        Samples::U16(stored) if is_plain => stored.get(range).is_some_and(|from| {
            to.copy_from_slice(from);
            true
        }),
        _ => for_samples!(samples, stored => stored.get(range).is_some_and(|from| {
            to.iter_mut().zip(from).all(|(to, from)| {
                let value = rescale.value(from.number());
                *to = value as u16;
                f64::from(*to) == value
            })
        })),
    }
}

/// A map as it is at the voxel centres of another grid, nearest label; 0 outside it.
pub fn resampled(map: &LabelGrid, from: &Geometry, onto: &Geometry) -> Option<LabelGrid> {
    let dims @ [columns, rows, slices] = onto.dims();
    let size = columns.checked_mul(rows)?;
    let mut labels = vec![0; size.checked_mul(slices)?];
    let most = map.dims().map(|n| n as f64 - 0.5);
    labels.par_chunks_mut(size).enumerate().for_each(|(k, slice)| {
        // Within a slice both maps are affine, but for a table of slices on the other side.
        for (j, row) in slice.chunks_mut(columns).enumerate() {
            for (i, label) in row.iter_mut().enumerate() {
                let at = from.voxel_at(onto.patient_at(DVec3::new(i as f64, j as f64, k as f64)));
                let is_inside = at.cmpge(DVec3::splat(-0.5)).all() && at.cmplt(DVec3::from_array(most)).all();
                if is_inside {
                    *label = map.get((at + (0.5 + SNAP)).floor().to_array().map(|n| n as usize));
                }
            }
        }
    });
    LabelGrid::new(dims, labels)
}

/// The voxels of one label within a box, whose lowest corner becomes voxel (0, 0, 0).
pub fn bits_of(map: &LabelGrid, label: u16, within: &IndexBox) -> Bits {
    let [i, j, k] = within.low;
    let dims @ [columns, rows, _] = within.dims();
    let mut bits = Bits::none(dims);
    let (words, row_words) = bits.words_mut();
    words
        .par_chunks_mut(row_words * rows)
        .enumerate()
        .for_each(|(n, slice)| {
            for (m, to) in slice.chunks_mut(row_words).enumerate() {
                let row = map.row(j + m, k + n).get(i..i + columns).unwrap_or_default();
                for (part, word) in row.chunks(64).zip(to) {
                    *word = word_of(part, label);
                }
            }
        });
    bits
}

/// The voxels of a grid whose number fulfils a condition.
pub fn bits_where(dims: [usize; 3], numbers: &[u8], is_in: impl Fn(u8) -> bool + Sync) -> Bits {
    let mut bits = Bits::none(dims);
    let (words, row_words) = bits.words_mut();
    let rows = numbers.par_chunks(dims[0]);
    words.par_chunks_mut(row_words).zip(rows).for_each(|(to, row)| {
        for (part, word) in row.chunks(64).zip(to) {
            for (bit, number) in part.iter().enumerate() {
                *word |= u64::from(is_in(*number)) << bit;
            }
        }
    });
    bits
}

/// One bit for each of up to 64 labels: whether it is this one.
#[inline]
fn word_of(part: &[u16], label: u16) -> u64 {
    let differ = part.iter().fold(0, |bits, other| bits | (other ^ label));
    if differ == 0 {
        return u64::MAX >> (64 - part.len());
    }
    let mut word = 0;
    for (n, eight) in part.chunks(8).enumerate() {
        let mut byte = 0u64;
        for (bit, other) in eight.iter().enumerate() {
            byte |= u64::from(*other == label) << bit;
        }
        word |= byte << (8 * n);
    }
    word
}

// Labels are kept in 16 bits.
const _: () = assert!(MOST_LABEL == u16::MAX as u32);

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DMat3};

    use super::*;

    #[test]
    fn a_map_is_sampled_where_it_lies() {
        let map = LabelGrid::new([4, 1, 1], vec![1, 2, 3, 4]).unwrap();
        let geometry = |dims, step: f64, first: f64| {
            let affine = DAffine3 {
                matrix3: DMat3::from_diagonal(DVec3::new(step, 1.0, 1.0)),
                translation: DVec3::X * first,
            };
            Geometry::from_affine(dims, affine).unwrap()
        };
        let from = geometry([4, 1, 1], 2.0, 0.0);
        let onto = geometry([6, 2, 1], -1.0, 4.5);
        let sampled = resampled(&map, &from, &onto).unwrap();
        assert_eq!(sampled.row(0, 0), [3, 3, 2, 2, 1, 1]);
        assert_eq!(sampled.row(1, 0), [0; 6]);
    }

    #[test]
    fn bits_are_the_voxels_of_a_label() {
        let dims = [150, 3, 2];
        let labels: Vec<u16> = (0..900u32).map(|n| (n * n / 7 % 5) as u16).collect();
        let map = LabelGrid::new(dims, labels).unwrap();
        let within = IndexBox {
            low: [3, 1, 0],
            high: [140, 2, 1],
        };
        let bits = bits_of(&map, 4, &within);
        for k in 0..2 {
            for j in 0..2 {
                for i in 0..138 {
                    assert_eq!(bits.has([i, j, k]), map.get([i + 3, j + 1, k]) == 4);
                }
            }
        }
        assert!(!bits.has([138, 0, 0]));
    }
}
