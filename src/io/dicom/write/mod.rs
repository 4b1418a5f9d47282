//! Volumes to DICOM: a folder with one single-frame image a slice, Explicit VR Little Endian.
//!
//! A new series of the same study, patient and frame of reference; every image has a UID of its own. Each slice
//! stands where it stands, so uneven spacing and tilt need nothing special.

mod codes;
mod contours;
mod ground;
mod modules;
mod pet;
mod pixels;
mod segmentation;
mod study;
mod text;
mod uid;

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::path::Path;

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use rayon::prelude::*;

pub use self::contours::write_contours;
use self::modules::{ImageClass, Picture, SeriesWriter};
pub use self::pet::PetAcquisition;
pub use self::segmentation::{SegmentationKind, SegmentationToWrite, write_segmentation};
use crate::io::save::{SaveError, write_checked, write_folder};
use crate::model::volume::Volume;
use crate::model::voxels::SampleType;
use crate::say;

/// Rows and columns that are not perpendicular cannot be told in DICOM; the largest cosine that is rounding.
const SHEAR_FROM: f64 = 1e-4;

/// What is compared, beside the pixels, when a file is read back.
const CHECKED: [Tag; 6] = [
    tags::IMAGE_POSITION_PATIENT,
    tags::IMAGE_ORIENTATION_PATIENT,
    tags::PIXEL_SPACING,
    tags::RESCALE_SLOPE,
    tags::RESCALE_INTERCEPT,
    tags::PATIENT_NAME,
];

/// Writes a volume whose voxels have all arrived, all its frames or one, into a new (or empty) folder. Every file is
/// read back. Gives warnings, each a sentence; fails in one sentence where DICOM cannot hold the volume.
pub fn write_series(folder: &Path, volume: &Volume, frame: Option<usize>) -> Result<Vec<String>, SaveError> {
    write(folder, volume, frame, None)
}

/// The same for a volume in Bq/ml whose acquisition is known: a PET series from which uptake values can be computed.
pub fn write_pet_series(folder: &Path, volume: &Volume, pet: &PetAcquisition) -> Result<Vec<String>, SaveError> {
    write(folder, volume, None, Some(pet))
}

fn write(
    folder: &Path,
    volume: &Volume,
    frame: Option<usize>,
    pet: Option<&PetAcquisition>,
) -> Result<Vec<String>, SaveError> {
    let refuse = |why: String| SaveError::refused(folder, why);
    check_fit(volume).map_err(refuse)?;
    let frames = frame.map_or(0..volume.voxels.frames(), |frame| frame..frame + 1);
    let slabs = volume.voxels.slabs_of_frames(frames.clone());
    let slabs = slabs.ok_or_else(|| refuse(say!("io-not-loaded")))?;
    let class = if pet.is_some() {
        ImageClass::Pet
    } else {
        ImageClass::of(volume)
    };
    let plan = pixels::plan(volume, &slabs, class == ImageClass::SecondaryCapture);
    let writer = SeriesWriter::new(volume, class, plan).with_pet(pet);
    let slices = volume.dims()[2];
    write_folder(folder, |new| {
        (0..slices * frames.len()).into_par_iter().try_for_each(|n| {
            let picture = Picture {
                slice: n % slices,
                frame: n / slices,
                frames: frames.len(),
            };
            let slab = volume.voxels.slab_of(picture.slice, picture.frame);
            let samples = slabs.get(slab).ok_or_else(|| refuse(say!("io-not-loaded")))?;
            let first = (picture.slice - volume.voxels.slab_range(slab).first_slice) * volume.voxels.slice_samples();
            let image = writer.image(picture, plan.bytes(samples, first, volume.voxels.slice_samples()));
            write_image(&new.join(format!("IM{:05}.dcm", n + 1)), image).map_err(|err| SaveError {
                path: folder.to_owned(),
                why: err.why,
            })
        })
    })?;
    Ok(plan
        .rounded_to
        .map(|step| say!("io-dicom-rounded", step = format!("{step:.3e}")))
        .into_iter()
        .collect())
}

/// The bytes of a file. First into memory: what the disk says would be lost in what dicom-rs says.
fn file_bytes(object: InMemDicomObject, transfer_syntax: &str) -> Result<Vec<u8>, String> {
    let meta = FileMetaTableBuilder::new().transfer_syntax(transfer_syntax);
    let file = object.with_meta(meta).map_err(|err| err.to_string())?;
    let mut bytes = Vec::new();
    file.write_all(&mut bytes).map_err(|err| err.to_string())?;
    Ok(bytes)
}

/// Rows and Columns are counts of 16 bits.
fn check_sides(columns: usize, rows: usize) -> Result<(), String> {
    if columns.max(rows) > usize::from(u16::MAX) {
        return Err(say!("io-dicom-sides", columns = columns, rows = rows));
    }
    Ok(())
}

/// What a series of single-frame images cannot hold.
fn check_fit(volume: &Volume) -> Result<(), String> {
    let [columns, rows, _] = volume.dims();
    check_sides(columns, rows)?;
    if volume.voxels.components() == 3 && volume.voxels.sample_type() != SampleType::U8 {
        return Err(say!("io-dicom-wide-colour"));
    }
    if let Some(geometry) = volume.geometry() {
        let matrix = geometry.patient_from_voxel().matrix3;
        if matrix
            .x_axis
            .normalize_or_zero()
            .dot(matrix.y_axis.normalize_or_zero())
            .abs()
            > SHEAR_FROM
        {
            return Err(say!("io-dicom-shear"));
        }
    }
    Ok(())
}

/// Writes one file, and reads it back before it counts.
fn write_image(path: &Path, image: InMemDicomObject) -> Result<(), SaveError> {
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let file = image
        .with_meta(meta)
        .map_err(|err| SaveError::refused(path, err.to_string()))?;
    // First into memory: what the disk says would be lost in what dicom-rs says.
    let mut bytes = Vec::new();
    file.write_all(&mut bytes)
        .map_err(|err| SaveError::refused(path, err.to_string()))?;
    write_checked(
        path,
        |out| out.write_all(&bytes),
        |copy| {
            let back = dicom_object::open_file(copy).map_err(io::Error::other)?;
            // Text of an odd length was padded.
            let value = |object: &InMemDicomObject, tag| {
                object
                    .get(tag)
                    .and_then(|element| element.to_bytes().ok())
                    .map(|bytes| bytes.trim_ascii_end().to_vec())
            };
            let is_same = |tag| value(&back, tag) == value(&file, tag);
            let pixels = |object: &InMemDicomObject| {
                object
                    .get(tags::PIXEL_DATA)
                    .and_then(|element| element.to_bytes().ok().map(Cow::into_owned))
            };
            if pixels(&back) == pixels(&file) && CHECKED.into_iter().all(is_same) {
                Ok(())
            } else {
                Err(io::Error::other(say!("io-read-back")))
            }
        },
    )
}
