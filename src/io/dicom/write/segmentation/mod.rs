//! Segmentations to DICOM (PS3.3 A.51, C.8.20): binary, fractional, or a label map (Supplement 243), one file.
//!
//! Frames stand on the reference image's own slices where the map has its voxels, each with its place in the patient;
//! empty ones are left out.

mod frames;
mod object;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;

use dicom_dictionary_std::uids;
use rayon::prelude::*;

use self::frames::Frames;
use super::super::header::read_header;
use super::super::seg;
use super::ground::Ground;
use super::study::Study;
use super::{SHEAR_FROM, check_sides, file_bytes};
use crate::io::save::{SaveError, write_checked};
use crate::io::source::OpenVolume;
use crate::model::segment::{MOST_LABEL, Segment, SegmentTable};
use crate::model::volume::Volume;
use crate::say;

/// How segments are stored (Segmentation Type).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentationKind {
    /// A bit for each voxel of each segment, which may overlap. Segments are numbered from 1 in the order of their labels.
    Binary,
    /// Probabilities of 0 to 1, each frame of the volume a segment.
    Fractional,
    /// The same numbers as the share of each voxel that a segment fills.
    Occupancy,
    /// One number for each voxel, which is the label.
    LabelMap,
}

impl SegmentationKind {
    /// Whether voxels hold shares of 1 and not labels.
    pub(super) fn is_fractional(self) -> bool {
        matches!(self, Self::Fractional | Self::Occupancy)
    }
}

/// A segmentation to be written.
#[derive(Clone, Copy)]
pub struct SegmentationToWrite<'a> {
    /// Its voxels, which have all arrived.
    pub volume: &'a Volume,
    /// Its segments.
    pub table: &'a SegmentTable,
    /// Only this frame; else a frame for each layer.
    pub frame: Option<usize>,
    /// What it was made on: patient, study and grid are this image's.
    pub reference: Option<&'a OpenVolume>,
}

impl SegmentationToWrite<'_> {
    /// Makes sure that the segments can be told apart and numbered, and that none of the map's labels would be lost: each is
    /// one of a segment. The error is the reason for the user.
    pub(super) fn check_labels(&self) -> Result<(), String> {
        let segments = &self.table.segments;
        if segments.is_empty() {
            return Err(say!("io-seg-no-segments"));
        }
        if segments.len() > MOST_LABEL as usize {
            return Err(say!(
                "io-seg-too-many-segments",
                count = segments.len(),
                most = MOST_LABEL
            ));
        }
        if let Some(odd) = segments.iter().find(|one| !(1..=MOST_LABEL).contains(&one.label)) {
            return Err(say!(
                "io-seg-odd-label",
                name = odd.name.clone(),
                label = odd.label,
                most = MOST_LABEL
            ));
        }
        let voxels = &self.volume.voxels;
        let frame_of = |segment: &Segment| self.frame.unwrap_or(segment.layer);
        let known: BTreeSet<(usize, u32)> = segments.iter().map(|one| (frame_of(one), one.label)).collect();
        // Layers without a segment too: what is in one would be lost as a whole.
        for frame in self.frames().filter(|frame| *frame < voxels.frames()) {
            let slabs = voxels.slabs_of_frames(frame..frame + 1);
            let slabs = slabs.ok_or_else(|| say!("io-not-loaded"))?;
            let is_known = |value: f64| value.fract() == 0.0 && known.contains(&(frame, value as u32));
            let are_known = slabs.par_iter().all(|samples| {
                let mut last = 0.0;
                let mut values = (0..samples.len()).filter_map(|n| samples.get(n));
                values.all(|stored| {
                    let value = self.volume.rescale.value(stored);
                    // Labels come in runs.
                    let is_new = value != last;
                    last = value;
                    !is_new || value == 0.0 || is_known(value)
                })
            });
            if !are_known {
                return Err(say!("io-seg-nameless"));
            }
        }
        Ok(())
    }

    /// Makes sure that every frame of probabilities has one segment. The error is the reason for the user.
    fn check_shares(&self) -> Result<(), String> {
        let segments = &self.table.segments;
        if segments.is_empty() {
            return Err(say!("io-seg-no-segments"));
        }
        let mut of_frame: BTreeMap<usize, &Segment> = BTreeMap::new();
        for segment in segments {
            if let Some(other) = of_frame.insert(self.frame.unwrap_or(segment.layer), segment) {
                return Err(say!(
                    "io-seg-shared-frame",
                    name = other.name.clone(),
                    other = segment.name.clone()
                ));
            }
        }
        match self.frames().find(|frame| !of_frame.contains_key(frame)) {
            Some(frame) => Err(say!("io-seg-frame-nameless", frame = frame)),
            None => Ok(()),
        }
    }

    /// The frames that are written.
    pub(super) fn frames(&self) -> Range<usize> {
        self.frame
            .map_or(0..self.volume.voxels.frames(), |frame| frame..frame + 1)
    }
}

/// Shares that the file has farther than this from what they were are told; what comes from 32 bits is nearer.
const MOST_ROUNDED: f64 = 1e-6;
/// Number of Frames is an IS: at most 2³¹ − 1.
const MOST_FRAMES: u64 = i32::MAX as u64;
/// Bytes of pixels that a plain element can hold.
const MOST_BYTES: u64 = u32::MAX as u64 - 1;

/// Writes one file, and reads it back before it counts. Gives warnings, each a sentence; fails in one sentence where DICOM
/// cannot hold it.
pub fn write_segmentation(
    path: &Path,
    what: &SegmentationToWrite<'_>,
    kind: SegmentationKind,
) -> Result<Vec<String>, SaveError> {
    let refuse = |why: String| SaveError::refused(path, why);
    let geometry = what.volume.geometry().ok_or_else(|| refuse(say!("io-seg-nowhere")))?;
    let ground = Ground::of(geometry, what.reference);
    check(&ground).map_err(refuse)?;
    let mut warnings = ground.warnings();
    let segments = numbered(what, kind, &mut warnings).map_err(refuse)?;
    let frames = Frames::find(what, kind, &ground, &segments).map_err(refuse)?;
    if frames.farthest > MOST_ROUNDED {
        warnings.push(say!("io-seg-rounded", most = frames::MOST_FRACTION));
    }
    check_counts(ground.dims(), frames.places.len() as u64, frames.bits_per_pixel()).map_err(refuse)?;
    let study = Study::of(what.reference, what.volume);
    let object = object::build(what, kind, &ground, &study, &segments, &frames);
    let bytes = file_bytes(object, uids::EXPLICIT_VR_LITTLE_ENDIAN).map_err(refuse)?;
    write_checked(
        path,
        |out| out.write_all(&bytes),
        |copy| read_back(copy, what, &ground, &study, &frames),
    )?;
    Ok(warnings)
}

fn check(ground: &Ground) -> Result<(), String> {
    let [columns, rows, _] = ground.dims();
    check_sides(columns, rows)?;
    let matrix = ground.geometry.patient_from_voxel().matrix3;
    let cosine = matrix.x_axis.normalize_or_zero().dot(matrix.y_axis.normalize_or_zero());
    if cosine.abs() > SHEAR_FROM {
        return Err(say!("io-dicom-shear"));
    }
    Ok(())
}

/// Whether so many frames of so many bits a pixel can be told and held.
fn check_counts([columns, rows, _]: [usize; 3], frames: u64, bits_per_pixel: u64) -> Result<(), String> {
    let pixels = (columns as u64).saturating_mul(rows as u64).saturating_mul(frames);
    if frames > MOST_FRAMES || pixels.saturating_mul(bits_per_pixel).div_ceil(8) > MOST_BYTES {
        return Err(say!("io-seg-too-large", frames = frames));
    }
    Ok(())
}

/// A segment with the number and the frame of the volume that it has in the file.
pub(super) struct Numbered<'a> {
    pub(super) segment: Cow<'a, Segment>,
    pub(super) number: u16,
    pub(super) frame: usize,
}

fn numbered<'a>(
    what: &SegmentationToWrite<'a>,
    kind: SegmentationKind,
    warnings: &mut Vec<String>,
) -> Result<Vec<Numbered<'a>>, String> {
    if kind.is_fractional() {
        what.check_shares()?;
    } else {
        what.check_labels()?;
    }
    if kind == SegmentationKind::LabelMap && what.frame.is_none() && what.table.layers() > 1 {
        return Err(say!("io-seg-label-map-overlap"));
    }
    let numbered: Vec<Numbered<'_>> = what
        .table
        .segments
        .iter()
        .enumerate()
        .map(|(n, segment)| {
            let number = match kind {
                SegmentationKind::LabelMap => segment.label,
                SegmentationKind::Binary | SegmentationKind::Fractional | SegmentationKind::Occupancy => n as u32 + 1,
            };
            Numbered {
                segment: Cow::Borrowed(segment),
                number: u16::try_from(number).unwrap_or(u16::MAX),
                frame: what.frame.unwrap_or(segment.layer),
            }
        })
        .collect();
    let moved = numbered.iter().find(|one| u32::from(one.number) != one.segment.label);
    if let Some(moved) = moved {
        warnings.push(say!(
            "io-seg-renumbered",
            name = moved.segment.name.clone(),
            label = moved.segment.label,
            number = u32::from(moved.number)
        ));
    }
    Ok(numbered)
}

/// Reads a file back on the grid that it was written on: every voxel must be what was to be written.
fn read_back(
    path: &Path,
    what: &SegmentationToWrite<'_>,
    ground: &Ground,
    study: &Study,
    frames: &Frames<'_>,
) -> io::Result<()> {
    let wrong = || io::Error::other(say!("io-read-back"));
    let file = read_header(&path.into()).map_err(io::Error::other)?;
    let header = file.seg.as_ref().ok_or_else(wrong)?;
    let image = ground.as_image(what.volume, study)?;
    let back = seg::build(&file, header, std::slice::from_ref(&image)).map_err(io::Error::other)?;
    if back.volume.dims() != ground.dims() {
        return Err(wrong());
    }
    frames.compare(&back).then_some(()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_that_dicom_has_room_for() {
        // 2³² − 2 bytes are the most that an element has: 65535 frames of 65535 pixels of 8 bits are 4 294 836 225.
        assert!(check_counts([65535, 1, 1], 65535, 8).is_ok());
        assert!(check_counts([65535, 1, 1], 65539, 8).is_err());
        // Bits of 65535 × 65535 pixels fill 537 MB: 7 frames are less than 2³², 8 more than that less one.
        assert!(check_counts([65535, 65535, 1], 7, 1).is_ok());
        assert!(check_counts([65535, 65535, 1], 9, 1).is_err());
        // One pixel of one bit a frame: only their number is too high.
        assert!(check_counts([1, 1, 1], (1 << 31) - 1, 1).is_ok());
        assert!(check_counts([1, 1, 1], 1 << 31, 1).unwrap_err().contains("2147483648"));
        // Nothing overflows on the way.
        assert!(check_counts([65535, 65535, 1], u64::MAX, 16).is_err());
    }
}
