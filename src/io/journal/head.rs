//! What a journal says of the segmentation that it is about.

use std::path::PathBuf;

use glam::{DAffine3, DMat3, DVec3};
use serde::{Deserialize, Serialize};

use crate::io::segmentation::Stamp;
use crate::model::geometry::Geometry;
use crate::model::label_map::{BLOCK_SIDE, LabelMap};

/// Slices that stand even so far beside their places stand evenly, mm.
const EVEN_MM: f64 = 1e-6;

/// What a journal says of the segmentation that it is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Head {
    /// What it is called.
    pub name: String,
    /// The file that it was read from or saved to last, if any.
    pub file: Option<PathBuf>,
    /// How that file was then.
    pub stamp: Option<Stamp>,
    /// What was opened when it was painted, so that it can be opened again.
    pub opened: Vec<PathBuf>,
    /// Frame of Reference UID of its image; empty if there is none.
    pub frame_of_reference_uid: String,
    /// Voxels along i, j, k.
    pub dims: [usize; 3],
    /// How many layers it has.
    pub layers: usize,
    /// From voxel to voxel along rows and along columns, LPS mm.
    pub steps: [[f64; 3]; 2],
    /// The place of the first voxel of each slice and of the one behind the last, LPS mm.
    pub origins: Vec<[f64; 3]>,
    /// When it was begun, in seconds since 1970.
    pub begun: u64,
}

impl Head {
    /// Puts a grid down.
    pub fn set_grid(&mut self, geometry: &Geometry) {
        let matrix = geometry.patient_from_voxel().matrix3;
        self.dims = geometry.dims();
        self.steps = [matrix.x_axis.to_array(), matrix.y_axis.to_array()];
        self.origins = (0..=self.dims[2])
            .map(|slice| geometry.patient_at(DVec3::new(0.0, 0.0, slice as f64)).to_array())
            .collect();
    }

    /// A map of its size without any label; `None` if its layers could not be held.
    pub(super) fn empty_map(&self) -> Option<LabelMap> {
        /// Blocks of all layers together: of a map of 4096³ voxels, two layers.
        const MOST_BLOCKS: usize = 1 << 22;
        let blocks = self
            .dims
            .iter()
            .map(|side| side.div_ceil(BLOCK_SIDE))
            .try_fold(self.layers, usize::checked_mul)?;
        (1..=MOST_BLOCKS).contains(&blocks).then(|| LabelMap::empty(self.dims))
    }

    /// The grid that was put down, if it can be one.
    pub fn grid(&self) -> Option<Geometry> {
        let places: Vec<DVec3> = self.origins.iter().copied().map(DVec3::from_array).collect();
        let [columns, rows, slices] = self.dims;
        let (first, behind) = (*places.first()?, *places.get(slices)?);
        let [step_i, step_j] = self.steps.map(DVec3::from_array);
        // One more than there are slices, so that even one has a thickness.
        let step_k = (behind - first) / slices as f64;
        let affine = DAffine3 {
            matrix3: DMat3::from_cols(step_i, step_j, step_k),
            translation: first,
        };
        let is_even = places
            .iter()
            .enumerate()
            .all(|(k, place)| place.distance(first + step_k * k as f64) < EVEN_MM);
        if is_even {
            Geometry::from_affine(self.dims, affine).ok()
        } else {
            Geometry::from_slices(columns, rows, step_i, step_j, places.get(..slices)?, EVEN_MM).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_come_back() {
        let matrix = glam::DMat3::from_cols(
            DVec3::new(0.7, 0.1, 0.0),
            DVec3::new(-0.1, 0.9, 0.2),
            DVec3::new(0.3, 0.4, -2.5),
        );
        for slices in [1, 2, 30] {
            let affine = glam::DAffine3::from_mat3_translation(matrix, DVec3::new(-12.0, 7.0, 3.0));
            let geometry = Geometry::from_affine([40, 33, slices], affine).unwrap();
            let mut head = Head::default();
            head.set_grid(&geometry);
            let back = head.grid().unwrap();
            for (a, b) in geometry.corners().iter().zip(back.corners()) {
                assert!(a.distance(b) < 1e-9, "{a} {b}");
            }
        }
        let origins = [0.0, 2.0, 7.0, 8.0].map(|z| DVec3::new(z / 3.0, 1.0, z));
        let uneven = Geometry::from_slices(8, 9, DVec3::X, DVec3::Y, &origins, 1e-3).unwrap();
        let mut head = Head::default();
        head.set_grid(&uneven);
        let back = head.grid().unwrap();
        for k in 0..4 {
            let at = DVec3::new(3.0, 4.0, f64::from(k));
            assert!(back.patient_at(at).distance(uneven.patient_at(at)) < 1e-9);
        }
    }
}
