//! Segmentations to DICOM (PS3.3 A.51, C.8.20): binary, fractional, or a label map (Supplement 243), one file.
//!
//! Frames stand on the reference image's own slices where the map has its voxels, each with its place in the patient;
//! empty ones are left out.

mod frames;
mod object;

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use dicom_dictionary_std::uids;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use self::frames::Frames;
use super::super::header::read_header;
use super::super::seg;
use super::ground::Ground;
use super::study::Study;
use super::{SHEAR_FROM, check_sides};
use crate::io::blank;
use crate::io::save::{SaveError, write_checked};
use crate::io::source::OpenVolume;
use crate::model::segment::{MOST_LABEL, Segment, SegmentTable};
use crate::model::volume::{Placement, Volume};
use crate::model::voxels::{SampleType, Voxels};
use crate::say;

/// How segments are stored (Segmentation Type).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentationKind {
    /// A bit for each voxel of each segment, which may overlap. Segments are numbered from 1 in the order of their labels.
    Binary,
    /// Probabilities of 0 to 1, each frame of the volume a segment.
    Fractional,
    /// One number for each voxel, which is the label.
    LabelMap,
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

/// Numbers of frames and segments that DICOM can hold.
const MOST_FRAMES: usize = i32::MAX as usize;
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
    let mut warnings = Vec::new();
    if ground.is_apart {
        warnings.push(say!("io-seg-other-grid"));
    }
    let segments = numbered(what, kind, &mut warnings).map_err(refuse)?;
    let frames = Frames::find(what, kind, &ground, &segments).map_err(refuse)?;
    let bits = frames.bits_per_pixel() * (ground.dims()[0] * ground.dims()[1]) as u64 * frames.places.len() as u64;
    if frames.places.len() > MOST_FRAMES || bits.div_ceil(8) > MOST_BYTES {
        return Err(refuse(say!("io-seg-too-large", frames = frames.places.len())));
    }
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

/// The bytes of a file. First into memory: what the disk says would be lost in what dicom-rs says.
pub(super) fn file_bytes(object: InMemDicomObject, transfer_syntax: &str) -> Result<Vec<u8>, String> {
    let meta = FileMetaTableBuilder::new().transfer_syntax(transfer_syntax);
    let file = object.with_meta(meta).map_err(|err| err.to_string())?;
    let mut bytes = Vec::new();
    file.write_all(&mut bytes).map_err(|err| err.to_string())?;
    Ok(bytes)
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
    if what.table.segments.is_empty() {
        return Err(say!("io-seg-no-segments"));
    }
    if kind == SegmentationKind::LabelMap && what.frame.is_none() && what.table.layers() > 1 {
        return Err(say!("io-seg-label-map-overlap"));
    }
    let numbered: Vec<Numbered<'_>> = what
        .table
        .segments
        .iter()
        .filter(|segment| (1..=MOST_LABEL).contains(&segment.label))
        .enumerate()
        .map(|(n, segment)| {
            let number = match kind {
                SegmentationKind::LabelMap => segment.label,
                SegmentationKind::Binary | SegmentationKind::Fractional => n as u32 + 1,
            };
            Numbered {
                segment: Cow::Borrowed(segment),
                number: u16::try_from(number).unwrap_or(u16::MAX),
                frame: what.frame.unwrap_or(segment.layer),
            }
        })
        .collect();
    let moved = numbered.iter().find(|one| u32::from(one.number) != one.segment.label);
    if let Some(moved) = moved.filter(|_| kind == SegmentationKind::Binary) {
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
    let dims = ground.dims();
    let voxels = Voxels::new(dims, 1, 1, SampleType::U16, 1).map_err(io::Error::other)?;
    let mut grid = what.volume.with_voxels(voxels);
    grid.placement = Placement::Patient(ground.geometry.clone());
    grid.series
        .frame_of_reference_uid
        .clone_from(&study.frame_of_reference_uid);
    let source = blank::source(&grid);
    let image = OpenVolume {
        volume: Arc::new(grid),
        source,
    };
    let back = seg::build(&file, header, std::slice::from_ref(&image)).map_err(io::Error::other)?;
    if back.volume.dims() != dims {
        return Err(wrong());
    }
    frames.compare(&back).then_some(()).ok_or_else(wrong)
}
