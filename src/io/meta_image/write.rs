//! Volumes to MetaImage files: `.mha`, one file, packed by zlib.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use flate2::write::ZlibEncoder;
use glam::DVec3;

use crate::io::raw::{CheckedVolume, Numbers, Sums, check, segment_fields};
use crate::io::save::{SaveError, write_checked};
use crate::model::segment::SegmentTable;
use crate::model::volume::{Placement, Volume};
use crate::model::voxels::SampleType;
use crate::say;

/// Image data hardly gain from more.
const ZLIB_LEVEL: u32 = 4;
/// Edges whose cosine is larger are a shear, which other programs would straighten.
const SHEAR_FROM: f64 = 1e-5;

/// Writes a volume whose voxels have all arrived: all its frames, or one. Names and colours of `segments` become fields
/// that other programs leave alone.
///
/// Fails, in one sentence, where MetaImage cannot hold the geometry. What was written is read back and compared before it
/// takes the place of `path`.
pub fn write_meta_image(
    path: &Path,
    volume: &Volume,
    frame: Option<usize>,
    segments: Option<&SegmentTable>,
) -> Result<(), SaveError> {
    let refuse = |why: String| SaveError::refused(path, why);
    if let Some(geometry) = volume.geometry() {
        if geometry.slice_table().is_some() {
            return Err(refuse(say!("io-uneven", format = "MetaImage")));
        }
        let [x, y, z] = edges(volume).map(DVec3::normalize_or_zero);
        if [x.dot(y), y.dot(z), z.dot(x)]
            .iter()
            .any(|cosine| cosine.abs() > SHEAR_FROM)
        {
            return Err(refuse(say!("io-sheared", format = "MetaImage")));
        }
    }
    if volume.voxels.components() == 3 && volume.voxels.sample_type() != SampleType::U8 {
        return Err(refuse(say!("io-mha-wide-colour")));
    }
    let numbers = Numbers::of(volume, frame, segments.is_some()).map_err(refuse)?;
    let mut sums = Sums::new(numbers.frames(), volume.dims()[2]);
    // The header says how many bytes follow, so that they are packed first.
    let pack = |sums: &mut Sums| -> io::Result<Vec<u8>> {
        let mut packed = ZlibEncoder::new(Vec::new(), flate2::Compression::new(ZLIB_LEVEL));
        numbers.write(&mut packed, false, sums)?;
        packed.finish()
    };
    let packed = pack(&mut sums).map_err(|why| SaveError {
        path: path.to_owned(),
        why,
    })?;
    let header = header(volume, &numbers, segments, packed.len());
    write_checked(
        path,
        |out| {
            out.write_all(header.as_bytes())?;
            out.write_all(&packed)
        },
        |copy| {
            let open = |file: &_| Ok(super::read_header_of(file)?.map(CheckedVolume::into_open_volume));
            check(copy, open, &numbers, &sums).map(|_| ())
        },
    )
}

/// Steps from voxel to voxel, LPS mm; of a stack of pictures, along the axes.
fn edges(volume: &Volume) -> [DVec3; 3] {
    match &volume.placement {
        Placement::Patient(geometry) => {
            let matrix = geometry.patient_from_voxel().matrix3;
            [matrix.x_axis, matrix.y_axis, matrix.z_axis]
        }
        Placement::Stack(grid) => [DVec3::X * grid.pixel_size[0], DVec3::Y * grid.pixel_size[1], DVec3::Z],
    }
}

/// The text before the data.
fn header(volume: &Volume, numbers: &Numbers<'_>, segments: Option<&SegmentTable>, bytes: usize) -> String {
    let has_frames = numbers.frames() > 1;
    let edges = edges(volume);
    let join = |all: &[f64]| all.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    let mut matrix = Vec::new();
    for edge in edges {
        matrix.extend((edge / edge.length()).to_array());
        matrix.extend(has_frames.then_some(0.0));
    }
    let mut spacing = edges.map(DVec3::length).to_vec();
    let mut offset = volume
        .geometry()
        .map_or(DVec3::ZERO, |geometry| geometry.patient_from_voxel().translation)
        .to_array()
        .to_vec();
    let mut sizes = volume.dims().map(|side| side.to_string()).to_vec();
    if has_frames {
        matrix.extend([0.0, 0.0, 0.0, 1.0]);
        spacing.push(1.0);
        offset.push(0.0);
        sizes.push(numbers.frames().to_string());
    }
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        writeln!(text, "{name} = {value}").ok();
    };
    line("ObjectType", "Image");
    line("NDims", if has_frames { "4" } else { "3" });
    line("BinaryData", "True");
    line("BinaryDataByteOrderMSB", "False");
    line("CompressedData", "True");
    line("CompressedDataSize", &bytes.to_string());
    line("TransformMatrix", &join(&matrix));
    line("Offset", &join(&offset));
    line("CenterOfRotation", &join(&vec![0.0; offset.len()]));
    line("ElementSpacing", &join(&spacing));
    line("DimSize", &sizes.join(" "));
    if let name @ ("CT" | "MR" | "NM" | "US") = volume.series.modality.as_str() {
        line("Modality", &format!("MET_MOD_{name}"));
    }
    for (name, value) in segments.iter().flat_map(|table| segment_fields(table, volume.dims())) {
        if !name.ends_with("_Tags") {
            line(&name, &value);
        }
    }
    if volume.voxels.components() == 3 {
        line("ElementNumberOfChannels", "3");
    }
    line("ElementType", type_name(numbers.sample_type));
    line("ElementDataFile", "LOCAL");
    text
}

fn type_name(sample_type: SampleType) -> &'static str {
    match sample_type {
        SampleType::U8 => "MET_UCHAR",
        SampleType::I8 => "MET_CHAR",
        SampleType::U16 => "MET_USHORT",
        SampleType::I16 => "MET_SHORT",
        SampleType::U32 => "MET_UINT",
        SampleType::I32 => "MET_INT",
        SampleType::F32 => "MET_FLOAT",
        SampleType::F64 => "MET_DOUBLE",
    }
}
