//! Which segments can share a layer: those that have no voxel in common.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::super::header::DicomFile;
use super::super::source::read_picture;
use super::grid::Spot;
use super::{SegHeader, SegKind};
use crate::model::segment::SegmentTable;
use crate::say;

/// More layers than this are refused: each costs as much as the whole grid.
const MOST_LAYERS: usize = 256;

/// So many pictures of layers are never too many, whatever the file holds.
const ALWAYS_SLABS: usize = 1 << 20;
/// Of more there may be so many for each frame of the file: small files must not make large grids of empty layers.
const SLABS_OF_FRAME: usize = 4;

/// The layer of each segment number. Reads the pixels of a binary segmentation of several segments, unless the file
/// says that none overlap; the segments take the lowest layer that is free wherever they are, in the order of numbers. In a
/// fractional one each of the segments that are `told` has a layer, one without a frame too.
pub(super) fn assign(
    file: &DicomFile,
    header: &SegHeader,
    frames: &[(usize, u32, Spot)],
    told: &SegmentTable,
) -> Result<BTreeMap<u32, usize>, String> {
    let mut by_number: BTreeMap<u32, Vec<(usize, Spot)>> = BTreeMap::new();
    for (frame, number, spot) in frames {
        by_number.entry(*number).or_default().push((*frame, *spot));
    }
    let mut layers = BTreeMap::new();
    if matches!(header.kind, SegKind::Fractional { .. }) {
        let numbers: BTreeSet<u32> = by_number
            .into_keys()
            .chain(told.segments.iter().map(|segment| segment.label))
            .collect();
        layers.extend(numbers.into_iter().zip(0..));
    } else if header.kind == SegKind::LabelMap || header.is_disjoint || by_number.len() < 2 {
        layers.extend(by_number.keys().map(|number| (*number, 0)));
    } else {
        let mut taken: Vec<BTreeMap<Spot, Vec<u64>>> = Vec::new();
        for (number, parts) in by_number {
            // A frame that cannot be read is told when the slice is read.
            let masks: Vec<(Spot, Vec<u64>)> = parts
                .par_iter()
                .filter_map(|(frame, spot)| Some((*spot, mask_of(file, *frame)?)))
                .collect();
            let is_free = |layer: &BTreeMap<Spot, Vec<u64>>| {
                masks.iter().all(|(spot, mask)| {
                    layer
                        .get(spot)
                        .is_none_or(|there| there.iter().zip(mask).all(|(a, b)| a & b == 0))
                })
            };
            let layer = taken.iter().position(is_free).unwrap_or(taken.len());
            if layer == taken.len() {
                taken.push(BTreeMap::new());
            }
            if let Some(there) = taken.get_mut(layer) {
                for (spot, mask) in masks {
                    let words = there.entry(spot).or_insert_with(|| vec![0; mask.len()]);
                    words.iter_mut().zip(&mask).for_each(|(word, more)| *word |= more);
                }
            }
            layers.insert(number, layer);
        }
    }
    let count = layers.values().max().map_or(1, |last| last + 1);
    if count > MOST_LAYERS {
        return Err(say!("io-seg-too-many-layers", count = count, most = MOST_LAYERS));
    }
    Ok(layers)
}

/// Whether a grid of so many slices may have so many layers, by how many frames the file has. The error is the reason for
/// the user.
pub(super) fn check_slabs(slices: usize, layers: usize, frames: usize) -> Result<(), String> {
    let slabs = slices.saturating_mul(layers);
    let most = frames.saturating_mul(SLABS_OF_FRAME).max(ALWAYS_SLABS);
    if slabs > most {
        return Err(say!("io-seg-too-many-slabs", slices = slices, layers = layers));
    }
    Ok(())
}

/// The pixels of a frame as bits.
fn mask_of(file: &DicomFile, frame: usize) -> Option<Vec<u64>> {
    let samples = read_picture(&file.pixels, frame).ok()?.samples;
    let is_set = |at: usize| samples.get(at).is_some_and(|sample| sample != 0.0);
    let word = |first: usize| {
        let bits = (0..64).filter(|bit| is_set(first + bit));
        bits.fold(0, |word, bit| word | 1_u64 << bit)
    };
    Some((0..samples.len()).step_by(64).map(word).collect())
}
