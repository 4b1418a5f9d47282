//! What a PET scanner measures of the phantom: activity where tissue takes the tracer up, blurred as such a scanner
//! blurs, and noisy.

use super::noise;
use super::painter::Slice;
use super::{Phantom, scanner};
use crate::model::geometry::{Geometry, GeometryError};

/// Activity that is left of the dose at the start of the scan, to which the values are decay-corrected, Bq.
pub const DOSE_BQ: f64 = 240e6;
/// Weight of the patient, g.
pub const WEIGHT_G: f64 = 75e3;
/// Half-life of fluorine-18, s.
pub const HALF_LIFE_S: f64 = 6586.2;
/// Values are stored in these steps, Bq/ml, so that 16 bits hold them.
pub const STEP_BQ_ML: f64 = 2.0;

/// Standard deviation of the scanner's blur, mm: about 6 mm full width at half maximum.
const BLUR_MM: f64 = 2.5;
/// Places across a voxel, in each direction of the slice, at which tissue is asked for.
const FINER: usize = 2;

/// Body-weight SUV of what takes up more or less than blood and muscle do; targets first.
const UPTAKE: [(&str, f64); 24] = [
    ("lung nodule", 9.5),
    ("liver lesion", 7.0),
    ("small liver lesion", 8.0),
    ("grey matter", 8.5),
    ("basal ganglia", 8.0),
    ("cerebellum", 6.5),
    ("white matter", 3.2),
    ("brain stem", 4.0),
    ("bleeding", 0.8),
    ("myocardium", 5.5),
    ("papillary muscles", 5.0),
    ("liver", 2.2),
    ("liver vessels", 1.9),
    ("spleen", 1.9),
    ("kidneys", 3.6),
    ("renal medulla", 6.0),
    ("renal sinus", 14.0),
    ("thyroid", 1.6),
    ("vertebral marrow", 1.7),
    ("colon wall", 2.1),
    ("stomach wall", 2.0),
    ("right lung", 0.4),
    ("left lung", 0.4),
    ("subcutaneous fat", 0.3),
];
/// Everything else of the body.
const OTHER: f64 = 0.9;
/// What takes up nothing.
const COLD: [&str; 12] = [
    "table",
    "table foam",
    "mattress",
    "airways",
    "bronchi",
    "air of nose and sinuses",
    "air of the oesophagus",
    "stomach gas",
    "colon gas",
    "cerebrospinal fluid",
    "ventricles",
    "teeth",
];

/// Body-weight SUV of a structure.
pub fn suv_of(name: &str) -> f64 {
    if COLD.contains(&name) {
        return 0.0;
    }
    UPTAKE
        .iter()
        .find(|(other, _)| *other == name)
        .map_or(OTHER, |(_, suv)| *suv)
}

/// Activity concentration of SUV 1, Bq/ml: the dose spread evenly, 1 g of tissue taken as 1 ml.
pub fn bq_ml_per_suv() -> f64 {
    DOSE_BQ / WEIGHT_G
}

/// The grid of the PET: coarser than the CT's, wider, and not on its voxels.
pub fn pet_geometry() -> Result<Geometry, GeometryError> {
    super::grid([128, 128, 183], [4.07, 4.07, 3.27])
}

impl Phantom {
    /// Activity concentration in steps of [`STEP_BQ_ML`] of a run of slices of a grid, in voxel order.
    pub fn activity(&self, geometry: &Geometry, first_slice: usize, slice_count: usize) -> Vec<i16> {
        let mut suv = [0.0f32; 256];
        for structure in self.structures() {
            suv[usize::from(structure.label)] = suv_of(structure.name) as f32;
        }
        (first_slice..first_slice + slice_count)
            .flat_map(|k| self.activity_of_slice(geometry, k, &suv))
            .collect()
    }

    fn activity_of_slice(&self, geometry: &Geometry, k: usize, suv: &[f32; 256]) -> Vec<i16> {
        let slice = Slice::of(geometry, k);
        let [columns, rows] = slice.size;
        let thickness = geometry.patient_from_voxel().matrix3.z_axis.length();
        // Along the axis: this slice and those within the blur, by their weights.
        let offsets = [-4.0, -2.0, 0.0, 2.0, 4.0];
        let weight = |mm: f64| (-(mm * mm) / (2.0 * BLUR_MM * BLUR_MM)).exp();
        let sum: f64 = offsets.iter().map(|mm| weight(*mm)).sum();
        let mut mean = vec![0.0f32; columns * rows];
        for mm in offsets {
            let finer = slice.finer(FINER, mm);
            let labels = self.labels_of(&finer);
            let share = (weight(mm) / sum) as f32 / (FINER * FINER) as f32;
            for (n, label) in labels.iter().enumerate() {
                let (column, row) = (n % finer.size[0] / FINER, n / finer.size[0] / FINER);
                mean[row * columns + column] += suv[usize::from(*label)] * share;
            }
        }
        let sigma = [slice.across.length(), slice.down.length()].map(|mm| BLUR_MM / mm);
        scanner::blur(&mut mean, slice.size, sigma);
        // Counting noise: its variance follows the value, and thicker slices have less.
        let noise = 0.13 * (3.27 / thickness).sqrt() as f32;
        let steps = (bq_ml_per_suv() / STEP_BQ_ML) as f32;
        mean.iter()
            .enumerate()
            .map(|(n, suv)| {
                let (column, row) = ((n % columns.max(1)) as i64, (n / columns.max(1)) as i64);
                let grain = noise::normal(column, row, k as i64, 91);
                ((suv + grain * noise * suv.max(0.02).sqrt()).max(0.0) * steps).round() as i16
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_up_tracer_is_there() {
        let phantom = Phantom::default();
        for name in UPTAKE.iter().map(|(name, _)| *name).chain(COLD) {
            assert!(phantom.structure(name).is_some(), "{name} is no structure");
        }
        assert!((bq_ml_per_suv() - 3200.0).abs() < 1e-9);
    }
}
