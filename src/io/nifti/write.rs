//! Volumes to NIfTI files: NIfTI-1, or NIfTI-2 where a side is too long for it.
//!
//! Stored numbers and their scaling are kept as they are. The sform always holds the exact map; the qform, which
//! cannot hold a shear, only where it says the same.

use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;

use flate2::Crc;
use flate2::write::GzEncoder;
use glam::{DAffine3, DMat3, DQuat, DVec3};

use super::datatype::code_of;
use super::fields::{FieldValue, Fields, Version};
use super::read_header;
use crate::io::save::{SaveError, write_checked};
use crate::model::geometry::Geometry;
use crate::model::volume::{Placement, Rescale, Volume, VolumeKind};
use crate::model::voxels::{SampleType, Samples};
use crate::model::window::{Window, WindowFunction};
use crate::{for_samples, say};

/// The longest side that NIfTI-1 can tell.
const LONGEST_SIDE_OF_ONE: usize = i16::MAX as usize;
/// Code of a place in the scanner's (here: the patient's) own coordinates.
const SCANNER_ANATOMY: i64 = 1;
/// Millimetres.
const UNIT_MM: i64 = 2;
const INTENT_LABEL: i64 = 1002;
const RGB24: i64 = 128;
/// Image data hardly gain from more.
const GZIP_LEVEL: u32 = 4;
/// Edges whose cosine is larger are a shear. A qform in 32 bits cannot be told apart below.
const SHEAR_FROM: f64 = 1e-5;

/// Writes a volume whose voxels have all arrived: all its frames, or one. Gzipped if `path` ends with `.gz`.
///
/// Fails, in one sentence, where NIfTI cannot hold the geometry. What was written is read back and compared before
/// it takes the place of `path`.
pub fn write_nifti(path: &Path, volume: &Volume, frame: Option<usize>) -> Result<(), SaveError> {
    let refuse = |why: String| SaveError::refused(path, why);
    if volume
        .geometry()
        .is_some_and(|geometry| geometry.slice_table().is_some())
    {
        return Err(refuse(say!("io-uneven", format = "NIfTI")));
    }
    if volume.voxels.components() == 3 && volume.voxels.sample_type() != SampleType::U8 {
        return Err(refuse(say!("io-nifti-wide-colour")));
    }
    let frames = frame.map_or(0..volume.voxels.frames(), |frame| frame..frame + 1);
    let slabs = volume.voxels.slabs_of_frames(frames.clone());
    let slabs = slabs.ok_or_else(|| refuse(say!("io-not-loaded")))?;
    let header = header(volume, frames.len()).encode();
    let is_gzip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    // The checksum of the voxels, from writing to checking.
    let written = Cell::new(0);
    let body = |out: &mut dyn Write| -> io::Result<()> {
        let mut sum = Crc::new();
        out.write_all(&header)?;
        // No extensions follow.
        out.write_all(&[0; 4])?;
        slabs
            .iter()
            .try_for_each(|samples| write_samples(out, samples, &mut sum))?;
        written.set(sum.sum());
        Ok(())
    };
    write_checked(
        path,
        |out| {
            if is_gzip {
                let mut packed = GzEncoder::new(out, flate2::Compression::new(GZIP_LEVEL));
                body(&mut packed)?;
                packed.finish().map(|_| ())
            } else {
                body(out)
            }
        },
        |copy| match check(copy, volume, frames.len())? {
            sum if sum == written.get() => Ok(()),
            _ => Err(io::Error::other(say!("io-read-back"))),
        },
    )
}

/// Samples in little endian order, added to a checksum.
fn write_samples(out: &mut dyn Write, samples: &Samples, sum: &mut Crc) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(1 << 16);
    for_samples!(samples, all => {
        for part in all.chunks(1 << 13) {
            bytes.clear();
            part.iter().for_each(|sample| bytes.extend_from_slice(&sample.to_le_bytes()));
            sum.update(&bytes);
            out.write_all(&bytes)?;
        }
    });
    Ok(())
}

/// Reads a file back: its geometry must be that of the volume. Gives the checksum of its voxels.
fn check(path: &Path, volume: &Volume, frames: usize) -> io::Result<u32> {
    let wrong = || io::Error::other(say!("io-read-back"));
    let read = read_header(path)
        .map_err(io::Error::other)?
        .ok_or_else(wrong)?
        .into_open_volume();
    let voxels = &read.volume.voxels;
    if voxels.dims() != volume.dims()
        || voxels.frames() != frames
        || voxels.sample_type() != volume.voxels.sample_type()
        || read.volume.rescale != as_stored(volume, frames)
    {
        return Err(wrong());
    }
    if let (Some(there), Some(here)) = (read.volume.geometry(), volume.geometry()) {
        let apart_mm = there
            .corners()
            .iter()
            .zip(here.corners())
            .map(|(a, b)| (*a - b).length())
            .fold(0.0, f64::max);
        if apart_mm > 0.01 * here.shortest_edge_mm() {
            return Err(wrong());
        }
    }
    let mut sum = Crc::new();
    let mut add = |samples: &Samples| write_samples(&mut io::sink(), samples, &mut sum);
    let mut outcome = Ok(());
    let streamed = read.source.read_in_order(&mut |_, slab| {
        outcome = add(&slab.samples);
        outcome.is_ok()
    });
    match streamed {
        Some(streamed) => streamed.map_err(io::Error::other)?,
        None => (0..voxels.slab_count())
            .try_for_each(|slab| add(&read.source.read_slab(slab).map_err(io::Error::other)?.samples))?,
    }
    outcome.map(|()| sum.sum())
}

/// The scaling as the header will tell it: in 32 bits in NIfTI-1.
fn as_stored(volume: &Volume, frames: usize) -> Rescale {
    let narrow = |number: f64| {
        if version(volume, frames) == Version::One {
            f64::from(number as f32)
        } else {
            number
        }
    };
    match volume.voxels.components() {
        1 => Rescale {
            slope: narrow(volume.rescale.slope),
            intercept: narrow(volume.rescale.intercept),
        },
        _ => Rescale::IDENTITY,
    }
}

fn version(volume: &Volume, frames: usize) -> Version {
    if volume
        .dims()
        .iter()
        .chain([&frames])
        .any(|side| *side > LONGEST_SIDE_OF_ONE)
    {
        Version::Two
    } else {
        Version::One
    }
}

fn header(volume: &Volume, frames: usize) -> Fields {
    let version = version(volume, frames);
    let mut fields = Fields::zeroed(version);
    set_grid(&mut fields, volume, frames);
    let magic = match version {
        Version::One => "n+1",
        Version::Two => "n+2\0\r\n\u{1a}\n",
    };
    fields.set("magic", FieldValue::Text(magic.to_owned()));
    let description = shortened(&volume.series.description, 79);
    fields.set("descrip", FieldValue::Text(description));
    let mut reals = |name: &str, all: &[f64]| fields.set(name, FieldValue::Reals(all.to_vec()));
    reals("scl_slope", &[volume.rescale.slope]);
    reals("scl_inter", &[volume.rescale.intercept]);
    if let Some((low, high)) = volume.windows.first().and_then(|named| ends(named.window)) {
        reals("cal_min", &[low]);
        reals("cal_max", &[high]);
    }
    match &volume.placement {
        Placement::Patient(geometry) => set_place(&mut fields, geometry),
        // No sform and no qform: it lies nowhere.
        Placement::Stack(grid) => {
            let [width, height] = grid.pixel_size;
            reals("pixdim", &[1.0, width, height, 1.0, 1.0, 1.0, 1.0, 1.0]);
        }
    }
    fields
}

/// How many voxels of which type, and where in the file.
fn set_grid(fields: &mut Fields, volume: &Volume, frames: usize) {
    let version = fields.version();
    let sample_type = volume.voxels.sample_type();
    let (datatype, bits) = match volume.voxels.components() {
        3 => (RGB24, 24),
        _ => (code_of(sample_type), sample_type.byte_size() as i64 * 8),
    };
    let [i, j, k] = volume.dims().map(|side| side as i64);
    let rank = if frames > 1 { 4 } else { 3 };
    let mut integers = |name: &str, all: &[i64]| fields.set(name, FieldValue::Integers(all.to_vec()));
    integers("sizeof_hdr", &[version.header_bytes() as i64]);
    integers("dim", &[rank, i, j, k, frames as i64, 1, 1, 1]);
    integers("datatype", &[datatype]);
    integers("bitpix", &[bits]);
    integers("xyzt_units", &[UNIT_MM]);
    if volume.series.kind == VolumeKind::Segmentation {
        integers("intent_code", &[INTENT_LABEL]);
    }
    // Behind the header and the four bytes that say that no extensions follow.
    let offset = version.header_bytes() + 4;
    let offset = match version {
        Version::One => FieldValue::Reals(vec![offset as f64]),
        Version::Two => FieldValue::Integers(vec![offset as i64]),
    };
    fields.set("vox_offset", offset);
}

/// The values that a window shows as black and as white; `None` where it has no ends.
fn ends(window: Window) -> Option<(f64, f64)> {
    match window.function {
        // PS3.3 C.11.2.1.2.1.
        WindowFunction::Linear => {
            let (center, half) = (window.center - 0.5, (window.width - 1.0) / 2.0);
            Some((center - half, center + half))
        }
        WindowFunction::LinearExact => {
            let half = window.width / 2.0;
            Some((window.center - half, window.center + half))
        }
        WindowFunction::Sigmoid => None,
    }
}

/// Where it lies, in RAS mm.
fn set_place(fields: &mut Fields, geometry: &Geometry) {
    let affine =
        DAffine3::from_mat3(DMat3::from_diagonal(DVec3::new(-1.0, -1.0, 1.0))) * *geometry.patient_from_voxel();
    let [x, y, z] = [affine.matrix3.x_axis, affine.matrix3.y_axis, affine.matrix3.z_axis];
    let spacing = geometry.spacing();
    let translation = affine.translation;
    let mut reals = |name: &str, all: &[f64]| fields.set(name, FieldValue::Reals(all.to_vec()));
    for (name, row) in [("srow_x", DVec3::X), ("srow_y", DVec3::Y), ("srow_z", DVec3::Z)] {
        reals(name, &[x.dot(row), y.dot(row), z.dot(row), translation.dot(row)]);
    }
    let (x, y, z) = (x / spacing.x, y / spacing.y, z / spacing.z);
    let is_sheared = [x.dot(y), y.dot(z), z.dot(x)]
        .iter()
        .any(|cosine| cosine.abs() > SHEAR_FROM);
    let handedness = if x.cross(y).dot(z) < 0.0 { -1.0 } else { 1.0 };
    reals(
        "pixdim",
        &[handedness, spacing.x, spacing.y, spacing.z, 1.0, 1.0, 1.0, 1.0],
    );
    if !is_sheared {
        // Of the two quaternions of a turn the header can tell the one with w ≥ 0.
        let turn = DQuat::from_mat3(&DMat3::from_cols(x, y, z * handedness)).normalize();
        let turn = if turn.w < 0.0 { -turn } else { turn };
        for (name, part) in [
            ("quatern_b", turn.x),
            ("quatern_c", turn.y),
            ("quatern_d", turn.z),
            ("qoffset_x", translation.x),
            ("qoffset_y", translation.y),
            ("qoffset_z", translation.z),
        ] {
            reals(name, &[part]);
        }
    }
    fields.set(
        "qform_code",
        FieldValue::Integers(vec![if is_sheared { 0 } else { SCANNER_ANATOMY }]),
    );
    fields.set("sform_code", FieldValue::Integers(vec![SCANNER_ANATOMY]));
}

/// The beginning of a text, at most so many bytes, cut between characters.
fn shortened(text: &str, bytes: usize) -> String {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}
