//! The body in a CT, without the table, cushions and blankets beside it.
//!
//! What is thick is the body, with everything that hangs together with it by more than a thin sheet: so it does not
//! run along the shell of a table. Where a table is thick and touches the skin it stays: better that than to lose
//! body. Small parts that hang on it (ears, nose, fingers) are its own, large ones are not. Lungs and airways are
//! holes of the slices across the patient and belong to it.

use super::bits::Bits;
use super::components::Components;
use super::morphology::{dilated, eroded, filled, grown, opened, voxels};
use crate::model::geometry::Geometry;
use crate::model::volume::Volume;
use crate::model::voxel_mask::VoxelMask;

/// Denser than this is no air, HU.
const TISSUE_HU: f64 = -350.0;
/// What survives this from all sides is thick, mm.
const THICK_MM: f64 = 6.0;
/// Parts of what is thick that are smaller than this part of the largest are none of the body.
const LEAST_PART: f64 = 0.02;
/// What is no thicker than twice this is no way into something else, mm.
const THIN_MM: f64 = 1.2;
/// What hangs on the body and is smaller belongs to it, ml.
const OWN_ML: f64 = 15.0;
/// Skin is blurred into the air, mm.
const MARGIN_MM: f64 = 1.0;
/// Steps of which the listener is told.
const STEPS: usize = 7;

/// What stays of a CT when the table is removed. `goes_on` hears how many of how many steps are done and answers false
/// to stop. `None` if it was stopped, if slabs are missing, of colours, where no body is found, and where nothing
/// would be removed.
pub fn without_table(volume: &Volume, frame: usize, goes_on: &dyn Fn(usize, usize) -> bool) -> Option<VoxelMask> {
    let step = |done: usize| goes_on(done, STEPS).then_some(());
    let spacing = volume
        .geometry()
        .map_or([1.0; 3], |geometry| geometry.spacing().to_array());
    step(0)?;
    let tissue = Bits::between(volume, frame, TISSUE_HU, f64::INFINITY)?;
    step(1)?;
    let thick = largest_parts(&eroded(&tissue, voxels(THICK_MM, spacing)));
    if thick.is_empty() {
        return None;
    }
    step(2)?;
    let parts = Components::of(&opened(&tissue, voxels(THIN_MM, spacing)));
    let touched = parts.touched(&thick);
    let body = parts.select(|part| touched.get(part) == Some(&true));
    drop((parts, thick));
    step(3)?;
    // What was too thin on the surface; over a gap to the table there is no way.
    let body = grown(&body, &tissue, 2.0 * THIN_MM, spacing);
    step(4)?;
    let body = with_own_parts(body, tissue, spacing);
    step(5)?;
    let body = filled(&body, volume.geometry().map_or(2, across), usize::MAX);
    step(6)?;
    let body = dilated(&body, voxels(MARGIN_MM, spacing));
    step(STEPS)?;
    let count: usize = body.dims().iter().product();
    (body.count() < count).then(|| body.to_mask())
}

fn largest_parts(bits: &Bits) -> Bits {
    let parts = Components::of(bits);
    let largest = parts.sizes().iter().copied().max().unwrap_or(0) as f64;
    parts.select(|part| {
        parts
            .sizes()
            .get(part)
            .is_some_and(|size| *size as f64 >= LEAST_PART * largest)
    })
}

/// The body with small things that touch it.
fn with_own_parts(body: Bits, tissue: Bits, spacing: [f64; 3]) -> Bits {
    let most = OWN_ML * 1000.0 / spacing.iter().product::<f64>();
    let rest = Components::of(&tissue.without(&body));
    let touched = rest.touched(&dilated(&body, [1; 3]));
    let own = rest.select(|part| {
        let is_small = rest.sizes().get(part).is_some_and(|size| *size as f64 <= most);
        is_small && touched.get(part) == Some(&true)
    });
    body.or(&own)
}

/// The axis of the volume that runs most from feet to head.
pub(super) fn across(geometry: &Geometry) -> usize {
    let matrix = geometry.patient_from_voxel().matrix3;
    let along = |axis: usize| {
        let axis = matrix.col(axis);
        axis.z.abs() / axis.length().max(1e-12)
    };
    (0..3).fold(
        2,
        |best, axis| if along(axis) > along(best) + 1e-6 { axis } else { best },
    )
}
