//! Volumes to NRRD files, and label maps to 3D Slicer's `.seg.nrrd`: one file, packed by gzip, in LPS.
//!
//! Numbers are written in the shortest form that is read back to the last bit, so that the map from voxels to the patient
//! stays what it is, sheared or not.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use flate2::write::GzEncoder;

use crate::io::raw::{CheckedVolume, Numbers, Sums, check, segment_fields};
use crate::io::save::{SaveError, write_checked};
use crate::model::segment::SegmentTable;
use crate::model::volume::{Placement, StackGrid, Volume};
use crate::model::voxels::SampleType;
use crate::say;

/// Image data hardly gain from more.
const GZIP_LEVEL: u32 = 4;

/// Writes a volume whose voxels have all arrived: all its frames, or one. With `segments` it becomes a segmentation with
/// 3D Slicer's fields, whose frames are its layers.
///
/// Fails, in one sentence, where NRRD cannot hold the geometry. What was written is read back and compared before it takes
/// the place of `path`.
pub fn write_nrrd(
    path: &Path,
    volume: &Volume,
    frame: Option<usize>,
    segments: Option<&SegmentTable>,
) -> Result<(), SaveError> {
    let refuse = |why: String| SaveError::refused(path, why);
    if volume
        .geometry()
        .is_some_and(|geometry| geometry.slice_table().is_some())
    {
        return Err(refuse(say!("io-uneven", format = "NRRD")));
    }
    let numbers = Numbers::of(volume, frame, segments.is_some()).map_err(refuse)?;
    let is_woven = segments.is_some() && numbers.frames() > 1;
    let header = header(volume, &numbers, segments);
    // Checksums, from writing to checking.
    let sums = RefCell::new(Sums::new(numbers.frames(), volume.dims()[2]));
    write_checked(
        path,
        |out| {
            out.write_all(header.as_bytes())?;
            let mut packed = GzEncoder::new(out, flate2::Compression::new(GZIP_LEVEL));
            numbers.write(&mut packed, is_woven, &mut sums.borrow_mut())?;
            packed.finish().map(|_| ())
        },
        |copy| {
            let open = |file: &_| Ok(super::read_header_of(file)?.map(CheckedVolume::into_open_volume));
            check(copy, open, &numbers, &sums.borrow()).map(|_| ())
        },
    )
}

/// The text before the data, the blank line included.
fn header(volume: &Volume, numbers: &Numbers<'_>, segments: Option<&SegmentTable>) -> String {
    let dims = volume.dims();
    let mut axes: Vec<(usize, &str)> = dims.iter().map(|side| (*side, "domain")).collect();
    let mut first_of_space = 0;
    if volume.voxels.components() == 3 {
        axes.insert(0, (3, "RGB-color"));
        first_of_space += 1;
    }
    if numbers.frames() > 1 {
        // Layers of one voxel stand together, as Slicer wants them; time points follow each other.
        let at = if segments.is_some() { 0 } else { axes.len() };
        axes.insert(at, (numbers.frames(), "list"));
        first_of_space += usize::from(at == 0);
    }
    let join = |all: &mut dyn Iterator<Item = String>| all.collect::<Vec<_>>().join(" ");
    let on_space = |of_space: &dyn Fn(usize) -> String, other: &str| {
        join(&mut (0..axes.len()).map(|at| match at.checked_sub(first_of_space) {
            Some(n @ 0..3) => of_space(n),
            _ => other.to_owned(),
        }))
    };
    let mut text = String::from("NRRD0005\n");
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        writeln!(text, "{name}: {value}").ok();
    };
    line("type", type_name(numbers.sample_type));
    line("dimension", &axes.len().to_string());
    if let Placement::Patient(geometry) = &volume.placement {
        let map = geometry.patient_from_voxel();
        let vector = |v: glam::DVec3| format!("({},{},{})", v.x, v.y, v.z);
        line("space", "left-posterior-superior");
        line("sizes", &join(&mut axes.iter().map(|(size, _)| size.to_string())));
        line("space directions", &on_space(&|n| vector(map.matrix3.col(n)), "none"));
        line("space units", "\"mm\" \"mm\" \"mm\"");
        line("space origin", &vector(map.translation));
    } else {
        line("sizes", &join(&mut axes.iter().map(|(size, _)| size.to_string())));
        if let Placement::Stack(StackGrid { pixel_size, .. }) = &volume.placement {
            let size = |n: usize| pixel_size.get(n).copied().unwrap_or(1.0).to_string();
            line("spacings", &on_space(&size, "nan"));
        }
    }
    line("kinds", &join(&mut axes.iter().map(|(_, kind)| (*kind).to_owned())));
    line("endian", "little");
    line("encoding", "gzip");
    if let Some(unit) = &volume.unit {
        line("sample units", &unit.replace(['\n', '\r'], " "));
    }
    if let Some(table) = segments {
        let fixed = [
            ("Segmentation_ContainedRepresentationNames", "Binary labelmap|"),
            ("Segmentation_MasterRepresentation", "Binary labelmap"),
            ("Segmentation_ReferenceImageExtentOffset", "0 0 0"),
        ];
        for (key, value) in fixed {
            writeln!(text, "{key}:={value}").ok();
        }
        for (key, value) in segment_fields(table, dims) {
            writeln!(text, "{key}:={}", value.replace('\\', "\\\\")).ok();
        }
    }
    text.push('\n');
    text
}

fn type_name(sample_type: SampleType) -> &'static str {
    match sample_type {
        SampleType::U8 => "uint8",
        SampleType::I8 => "int8",
        SampleType::U16 => "uint16",
        SampleType::I16 => "int16",
        SampleType::U32 => "uint32",
        SampleType::I32 => "int32",
        SampleType::F32 => "float",
        SampleType::F64 => "double",
    }
}
