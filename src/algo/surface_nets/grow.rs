//! Gives a surface back the volume of its voxels: corners that are rounded off are lost to thin and small segments.

use glam::DVec3;
use rayon::prelude::*;

use crate::model::mesh::Mesh;

/// How often the step is found anew: it is exact for small steps.
const ROUNDS: usize = 2;
/// Volumes that differ by less are the same.
const NEAR: f64 = 5e-4;

/// Moves every point along its normal by the same length, so that the surface encloses `volume_mm3`: at most `most_mm` in
/// each of two rounds, so that thin walls stay apart.
pub(super) fn to_volume(mesh: &mut Mesh, volume_mm3: f64, most_mm: f64) {
    for _ in 0..ROUNDS {
        let missing = volume_mm3 - mesh.volume_mm3();
        if missing.abs() <= NEAR * volume_mm3 {
            return;
        }
        // Six times the slope of the volume as a point moves.
        let mut slopes = vec![DVec3::ZERO; mesh.vertices.len()];
        for triangle in &mesh.triangles {
            let [a, b, c] = mesh.corners(*triangle);
            let area = (b - a).cross(c - a);
            for corner in triangle {
                if let Some(slope) = slopes.get_mut(*corner as usize) {
                    *slope += area;
                }
            }
        }
        let slope: f64 = slopes.par_iter().map(|slope| slope.length()).sum::<f64>() / 6.0;
        let step = (missing / slope).clamp(-most_mm, most_mm);
        if !step.is_finite() {
            return;
        }
        let moved = mesh.vertices.par_iter_mut().zip(&slopes);
        moved.for_each(|(vertex, slope)| *vertex += slope.normalize_or_zero() * step);
    }
}
