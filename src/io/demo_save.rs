//! The built-in study as files, with its truth: what other programs can be held against.

use std::io;
use std::path::Path;

use glam::DVec3;
use serde::Serialize;

use super::save::{SaveError, write_atomically, write_folder};
use super::source::OpenVolume;
use super::{Progress, demo, dicom, load, nifti};
use crate::model::volume::Volume;
use crate::say;

#[derive(Serialize)]
struct TruthJson {
    structures: Vec<StructureJson>,
}

/// One structure as the label map has it.
#[derive(Serialize)]
struct StructureJson {
    label: u8,
    name: &'static str,
    hu: i16,
    voxels: usize,
    /// Of the voxels.
    volume_ml: f64,
    /// Of the body itself, where it is one ellipsoid that nothing covers.
    exact_volume_ml: Option<f64>,
    centroid_lps: Option<[f64; 3]>,
}

/// Writes `ct/` (a DICOM series), `truth.nii.gz` (its label map) and `truth.json` into a new or empty folder.
pub fn save(folder: &Path) -> Result<(), SaveError> {
    let ct = loaded(demo::open(), folder)?;
    let truth = loaded(demo::open_truth(), folder)?;
    write_folder(folder, |new| {
        let written = dicom::write_series(&new.join("ct"), &ct.volume, None)
            .and_then(|_| nifti::write_nifti(&new.join("truth.nii.gz"), &truth.volume, None))
            .and_then(|()| {
                write_atomically(&new.join("truth.json"), |out| {
                    serde_json::to_writer_pretty(out, &describe(&truth.volume)).map_err(io::Error::from)
                })
            });
        // The name that the user knows, not the one of the new folder before it takes its place.
        written.map_err(|err| SaveError {
            path: folder.to_owned(),
            why: err.why,
        })
    })
}

fn loaded(open: OpenVolume, folder: &Path) -> Result<OpenVolume, SaveError> {
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

fn describe(truth: &Volume) -> TruthJson {
    let [columns, rows, slices] = truth.dims();
    // Of each label: how many voxels, and the sum of their indices.
    let mut found = vec![(0usize, DVec3::ZERO); 256];
    for (k, j, i) in (0..slices).flat_map(|k| (0..rows).flat_map(move |j| (0..columns).map(move |i| (k, j, i)))) {
        let label = truth.voxels.stored([i, j, k], 0, 0).unwrap_or(0.0);
        if let Some((count, sum)) = found.get_mut(label as usize) {
            *count += 1;
            *sum += DVec3::new(i as f64, j as f64, k as f64);
        }
    }
    let voxel_ml = truth.geometry().map_or(0.0, |geometry| {
        geometry.patient_from_voxel().matrix3.determinant().abs() / 1000.0
    });
    let structures = demo::phantom().structures().iter().map(|structure| {
        let (voxels, sum) = found.get(usize::from(structure.label)).copied().unwrap_or_default();
        let centroid = truth
            .geometry()
            .filter(|_| voxels > 0)
            .map(|geometry| geometry.patient_at(sum / voxels as f64).to_array());
        StructureJson {
            label: structure.label,
            name: structure.name,
            hu: structure.hu,
            voxels,
            volume_ml: voxels as f64 * voxel_ml,
            exact_volume_ml: structure.volume_ml,
            centroid_lps: centroid,
        }
    });
    TruthJson {
        structures: structures.collect(),
    }
}
