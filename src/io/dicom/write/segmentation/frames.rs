//! Which frames a segmentation has, and their pixels.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::super::ground::Ground;
use super::{Numbered, SegmentationKind, SegmentationToWrite};
use crate::io::source::OpenVolume;
use crate::model::voxels::Samples;
use crate::say;

/// Maximum Fractional Value.
pub(super) const MOST_FRACTION: u8 = 255;

/// Where a frame lies and what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FramePlace {
    /// Index of its segment; 0 in a label map.
    pub(super) segment: usize,
    /// Slice of the grid.
    pub(super) slice: usize,
}

/// The frames of a segmentation.
pub(super) struct Frames<'a> {
    kind: SegmentationKind,
    ground: &'a Ground,
    segments: &'a [Numbered<'a>],
    /// Samples of each slab of the volume.
    slabs: Vec<&'a Samples>,
    what: SegmentationToWrite<'a>,
    /// In the order of the file: by segment, then by slice.
    pub(super) places: Vec<FramePlace>,
    /// Segments share voxels.
    pub(super) do_overlap: bool,
    /// How far a share is at most from what the file has for it.
    pub(super) farthest: f64,
    /// Number in the file of each label, by frame of the volume.
    numbers: BTreeMap<(usize, u32), (usize, u16)>,
}

/// What there is in a slice.
#[derive(Default)]
struct Slice {
    /// Indices of the segments.
    segments: BTreeSet<usize>,
    /// Some of them share a voxel.
    do_overlap: bool,
    /// There is a number that is no share.
    is_odd: bool,
    /// How far a share is at most from what the file has for it.
    farthest: f64,
}

impl<'a> Frames<'a> {
    /// Looks for what there is in each slice.
    pub(super) fn find(
        what: &SegmentationToWrite<'a>,
        kind: SegmentationKind,
        ground: &'a Ground,
        segments: &'a [Numbered<'a>],
    ) -> Result<Self, String> {
        let voxels = &what.volume.voxels;
        let slabs = voxels
            .slabs_of_frames(0..voxels.frames())
            .ok_or_else(|| say!("io-not-loaded"))?;
        let numbers = segments
            .iter()
            .enumerate()
            .map(|(n, one)| ((one.frame, one.segment.label), (n, one.number)))
            .collect();
        let mut frames = Self {
            kind,
            ground,
            segments,
            slabs,
            what: *what,
            places: Vec::new(),
            do_overlap: false,
            farthest: 0.0,
            numbers,
        };
        let layers: BTreeSet<usize> = segments.iter().map(|one| one.frame).collect();
        let found: Vec<Slice> = (0..ground.dims()[2])
            .into_par_iter()
            .map(|slice| frames.look(slice, &layers))
            .collect();
        if found.iter().any(|slice| slice.is_odd) {
            return Err(say!("io-seg-not-a-share"));
        }
        frames.do_overlap = found.iter().any(|slice| slice.do_overlap);
        frames.farthest = found.iter().map(|slice| slice.farthest).fold(0.0, f64::max);
        let of_slice = |(slice, found): (usize, Slice)| {
            let segments = found.segments.into_iter();
            segments.map(move |segment| FramePlace { segment, slice })
        };
        let mut places: Vec<FramePlace> = found.into_iter().enumerate().flat_map(of_slice).collect();
        places.sort_unstable();
        if places.is_empty() {
            // An object without a frame is none: the first slice of the first segment says that it is empty.
            places.push(FramePlace { segment: 0, slice: 0 });
        }
        frames.places = places;
        Ok(frames)
    }

    fn look(&self, slice: usize, layers: &BTreeSet<usize>) -> Slice {
        let [columns, rows, _] = self.ground.dims();
        let mut found = Slice::default();
        let mut taken = vec![false; if layers.len() > 1 { columns * rows } else { 0 }];
        for layer in layers {
            let mut last = 0.0;
            for (at, value) in self.plane(slice, *layer).into_iter().enumerate() {
                if value == 0.0 {
                    continue;
                }
                if let Some(taken) = taken.get_mut(at) {
                    found.do_overlap |= std::mem::replace(taken, true);
                }
                if self.kind.is_fractional() {
                    found.is_odd |= !(0.0..=1.0).contains(&value);
                    found.farthest = found.farthest.max((share(value) - value).abs());
                    if fraction(value) > 0 {
                        let segment = self.segments.iter().position(|one| one.frame == *layer);
                        found.segments.extend(segment);
                    }
                } else if value != last {
                    last = value;
                    if let Some((segment, _)) = self.numbers.get(&(*layer, value as u32)) {
                        found.segments.insert(if self.kind == SegmentationKind::LabelMap {
                            0
                        } else {
                            *segment
                        });
                    }
                }
            }
        }
        found
    }

    /// The values of the map in a slice of the grid.
    fn plane(&self, slice: usize, frame: usize) -> Vec<f64> {
        let [columns, rows, _] = self.ground.dims();
        (0..columns * rows)
            .map(|at| self.stored([at % columns, at / columns, slice], frame))
            .collect()
    }

    /// The value of the map at a voxel of the grid; 0 beyond the map.
    fn stored(&self, index: [usize; 3], frame: usize) -> f64 {
        let voxels = &self.what.volume.voxels;
        let Some([i, j, k]) = self.ground.map_index(index) else {
            return 0.0;
        };
        let slab = voxels.slab_of(k, frame);
        let first = (k - voxels.slab_range(slab).first_slice) * voxels.slice_samples();
        let at = first + j * voxels.dims()[0] + i;
        let stored = self.slabs.get(slab).and_then(|samples| samples.get(at));
        self.what.volume.rescale.value(stored.unwrap_or(0.0))
    }

    /// Bits Allocated.
    pub(super) fn bits_per_pixel(&self) -> u64 {
        match self.kind {
            SegmentationKind::Binary => 1,
            SegmentationKind::Fractional | SegmentationKind::Occupancy => 8,
            SegmentationKind::LabelMap if self.segments.iter().all(|one| one.number <= 255) => 8,
            SegmentationKind::LabelMap => 16,
        }
    }

    /// The pixel of a segment where the map has a value.
    fn pixel(&self, segment: usize, value: f64) -> u16 {
        let segment = self.segments.get(segment);
        match self.kind {
            SegmentationKind::Fractional | SegmentationKind::Occupancy => u16::from(fraction(value)),
            SegmentationKind::Binary => {
                u16::from(value != 0.0 && segment.is_some_and(|one| value == f64::from(one.segment.label)))
            }
            SegmentationKind::LabelMap => {
                let layer = segment.map_or(0, |one| one.frame);
                self.numbers.get(&(layer, value as u32)).map_or(0, |found| found.1)
            }
        }
    }

    /// The frame of the volume that a segment is in.
    fn layer(&self, segment: usize) -> usize {
        self.segments.get(segment).map_or(0, |one| one.frame)
    }

    /// Pixel Data: bits run on from frame to frame (PS3.5 8.1.1).
    pub(super) fn pixel_data(&self) -> Vec<u8> {
        let [columns, rows, slices] = self.ground.dims();
        let count = columns * rows;
        let bits = self.bits_per_pixel();
        let mut by_slice: Vec<Vec<(usize, usize)>> = vec![Vec::new(); slices];
        for (n, place) in self.places.iter().enumerate() {
            if let Some(frames) = by_slice.get_mut(place.slice) {
                frames.push((n, place.segment));
            }
        }
        let of_frame = |n: usize, segment: usize, plane: &[f64]| -> (usize, Vec<u8>) {
            let pixels = plane.iter().map(|value| self.pixel(segment, *value));
            match bits {
                1 => {
                    let first = (n * count) % 8;
                    let mut bytes = vec![0_u8; (first + count).div_ceil(8)];
                    for (at, _) in pixels.enumerate().filter(|(_, pixel)| *pixel != 0) {
                        if let Some(byte) = bytes.get_mut((first + at) / 8) {
                            *byte |= 1 << ((first + at) % 8);
                        }
                    }
                    (n * count / 8, bytes)
                }
                8 => (n * count, pixels.map(|pixel| pixel as u8).collect()),
                _ => (n * count * 2, pixels.flat_map(u16::to_le_bytes).collect()),
            }
        };
        let parts: Vec<(usize, Vec<u8>)> = by_slice
            .par_iter()
            .enumerate()
            .flat_map_iter(|(slice, frames)| {
                let mut planes: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
                let made: Vec<_> = frames
                    .iter()
                    .map(|(n, segment)| {
                        let layer = self.layer(*segment);
                        let plane = planes.entry(layer).or_insert_with(|| self.plane(slice, layer));
                        of_frame(*n, *segment, plane)
                    })
                    .collect();
                made
            })
            .collect();
        let total = (self.places.len() as u64 * count as u64 * bits).div_ceil(8) as usize;
        let mut data = vec![0; total + total % 2];
        for (start, bytes) in parts {
            // Two frames may share a byte.
            let into = data.iter_mut().skip(start);
            into.zip(bytes).for_each(|(byte, more)| *byte |= more);
        }
        data
    }

    /// Whether what was read back says the same of every voxel.
    pub(super) fn compare(&self, back: &OpenVolume) -> bool {
        let told = back.source.segments().unwrap_or_default();
        let layer_of: BTreeMap<u32, usize> = told.segments.iter().map(|one| (one.label, one.layer)).collect();
        let is_told = |one: &Numbered<'_>| layer_of.contains_key(&u32::from(one.number));
        let slices = 0..self.ground.dims()[2];
        self.segments.iter().all(is_told)
            && slices
                .into_par_iter()
                .all(|slice| self.compare_slice(slice, back, &layer_of) == Some(true))
    }

    fn compare_slice(&self, slice: usize, back: &OpenVolume, layer_of: &BTreeMap<u32, usize>) -> Option<bool> {
        let voxels = &back.volume.voxels;
        let depth = self.ground.dims()[2];
        let read: Vec<Samples> = (0..voxels.frames())
            .map(|layer| Some(back.source.read_slab(layer * depth + slice).ok()?.samples))
            .collect::<Option<_>>()?;
        let there = |number: u16, at: usize| {
            let layer = layer_of.get(&u32::from(number)).copied().unwrap_or(0);
            read.get(layer).and_then(|samples| samples.get(at)).unwrap_or(0.0)
        };
        let layers: BTreeSet<usize> = self.segments.iter().map(|one| one.frame).collect();
        let (mut expected, mut is_same) = (0_usize, true);
        for layer in layers {
            for (at, value) in self.plane(slice, layer).into_iter().enumerate() {
                if self.kind.is_fractional() {
                    let number = self
                        .segments
                        .iter()
                        .find(|one| one.frame == layer)
                        .map_or(0, |one| one.number);
                    is_same &= (share(value) - there(number, at)).abs() < 1e-6;
                    expected += usize::from(fraction(value) > 0);
                } else if value != 0.0
                    && let Some((_, number)) = self.numbers.get(&(layer, value as u32))
                {
                    is_same &= there(*number, at) == f64::from(*number);
                    expected += 1;
                }
            }
        }
        let is_set = |samples: &Samples| (0..samples.len()).filter(|at| samples.get(*at) != Some(0.0)).count();
        Some(is_same && read.iter().map(is_set).sum::<usize>() == expected)
    }
}

/// A share as the file has it.
fn share(value: f64) -> f64 {
    f64::from(fraction(value)) / f64::from(MOST_FRACTION)
}

/// A share in steps of the largest one.
fn fraction(value: f64) -> u8 {
    // The cast keeps what is no number at 0.
    (value * f64::from(MOST_FRACTION))
        .round()
        .clamp(0.0, f64::from(MOST_FRACTION)) as u8
}
