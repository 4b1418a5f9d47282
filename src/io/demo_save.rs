//! The built-in study as files, with its truth: what other programs can be held against.

use std::io;
use std::path::Path;

use glam::DVec3;
use serde::Serialize;

use super::demo::Content;
use super::save::{SaveError, write_atomically, write_folder};
use super::source::OpenVolume;
use super::{Progress, demo, dicom, load, nifti};
use crate::algo::phantom::{self, SEGMENTS};
use crate::model::volume::{Value, Volume};
use crate::say;

#[derive(Serialize)]
struct TruthJson {
    /// Activity concentration of SUV 1 in the PET.
    bq_ml_per_suv: f64,
    segments: Vec<SegmentJson>,
}

/// One segment as the label map has it.
#[derive(Serialize)]
struct SegmentJson {
    label: u8,
    name: &'static str,
    voxels: usize,
    volume_ml: f64,
    /// Of the body itself, where it is one ellipsoid that nothing covers.
    exact_volume_ml: Option<f64>,
    centroid_lps: Option<[f64; 3]>,
    /// Over its voxels in the CT.
    mean_hu: Option<f64>,
    sd_hu: Option<f64>,
}

/// Sums over the voxels of a label.
#[derive(Clone, Copy, Default)]
struct Sums {
    voxels: usize,
    index: DVec3,
    value: f64,
    value_squared: f64,
}

/// Writes into a new or empty folder: `ct/` and `pet/` (DICOM series), `truth.nii.gz` and `model.nii.gz` (label maps),
/// `probability.nii.gz`, and `truth.json`.
pub fn save(folder: &Path) -> Result<(), SaveError> {
    let ct = loaded(Content::Ct, folder)?;
    let truth = loaded(Content::Truth, folder)?;
    write_folder(folder, |new| {
        let write = || -> Result<(), SaveError> {
            dicom::write_series(&new.join("ct"), &ct.volume, None)?;
            let pet = loaded(Content::Pet, folder)?;
            dicom::write_pet_series(&new.join("pet"), &pet.volume, &demo::PET)?;
            nifti::write_nifti(&new.join("truth.nii.gz"), &truth.volume, None)?;
            for (content, name) in [
                (Content::Model, "model.nii.gz"),
                (Content::Probability, "probability.nii.gz"),
            ] {
                nifti::write_nifti(&new.join(name), &loaded(content, folder)?.volume, None)?;
            }
            write_atomically(&new.join("truth.json"), |out| {
                serde_json::to_writer_pretty(out, &describe(&truth.volume, &ct.volume)).map_err(io::Error::from)
            })
        };
        // The name that the user knows, not the one of the new folder before it takes its place.
        write().map_err(|err| SaveError {
            path: folder.to_owned(),
            why: err.why,
        })
    })
}

fn loaded(content: Content, folder: &Path) -> Result<OpenVolume, SaveError> {
    let open = demo::open_one(content);
    let report = load(&open, &Progress::silent());
    if report.failed_slabs > 0 {
        return Err(SaveError::refused(
            folder,
            report
                .warnings
                .into_iter()
                .next()
                .unwrap_or_else(|| say!("io-not-loaded")),
        ));
    }
    Ok(open)
}

fn describe(truth: &Volume, ct: &Volume) -> TruthJson {
    let [columns, rows, slices] = truth.dims();
    let mut found = [Sums::default(); 256];
    for (k, j, i) in (0..slices).flat_map(|k| (0..rows).flat_map(move |j| (0..columns).map(move |i| (k, j, i)))) {
        let label = truth.voxels.stored([i, j, k], 0, 0).unwrap_or(0.0) as u8;
        if label == 0 {
            continue;
        }
        let sums = &mut found[usize::from(label)];
        sums.voxels += 1;
        sums.index += DVec3::new(i as f64, j as f64, k as f64);
        if let Some(Value::Scalar(value)) = ct.value([i, j, k], 0) {
            sums.value += value;
            sums.value_squared += value * value;
        }
    }
    let voxel_ml = truth.geometry().map_or(0.0, |geometry| {
        geometry.patient_from_voxel().matrix3.determinant().abs() / 1000.0
    });
    let segments = SEGMENTS.iter().map(|segment| {
        let sums = found[usize::from(segment.label)];
        let count = sums.voxels as f64;
        let mean = (sums.voxels > 0).then(|| sums.value / count);
        SegmentJson {
            label: segment.label,
            name: segment.name,
            voxels: sums.voxels,
            volume_ml: count * voxel_ml,
            exact_volume_ml: demo::phantom()
                .structure(segment.name)
                .and_then(|structure| structure.volume_ml),
            centroid_lps: truth
                .geometry()
                .filter(|_| sums.voxels > 0)
                .map(|geometry| geometry.patient_at(sums.index / count).to_array()),
            mean_hu: mean,
            sd_hu: mean.map(|mean| (sums.value_squared / count - mean * mean).max(0.0).sqrt()),
        }
    });
    TruthJson {
        bq_ml_per_suv: phantom::bq_ml_per_suv(),
        segments: segments.collect(),
    }
}
