//! What stands under the pointer: place, voxel and value.

use glam::{DVec2, DVec3};

use super::pane::PaneId;
use super::scenes;
use super::state::State;
use crate::model::geometry::Geometry;
use crate::model::volume::Value;

/// What stands under a point of a pane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Readout {
    /// The place in LPS mm; `None` where a picture has no place in space.
    pub lps: Option<DVec3>,
    /// The nearest voxel.
    pub voxel: Option<[usize; 3]>,
    /// Its value; `None` outside, where it has not arrived, and where it cannot be read.
    pub value: Option<Value>,
    /// The time point.
    pub frame: usize,
}

/// What stands under a point of a pane, given in points from its top left. `None` where a pane shows no plane.
///
/// The value is the nearest voxel's, not an interpolated one: a number that stands in the file.
pub fn readout(state: &State, pane: PaneId, at: DVec2) -> Option<Readout> {
    let entry = state.shown()?;
    let volume = entry.volume();
    let frame = entry.display.frame;
    let (lps, voxel) = match pane {
        PaneId::Volume => return None,
        PaneId::Stack => {
            let pixel = scenes::stack_pixel_at(state, at)?;
            let index = DVec3::new(pixel.x, pixel.y, state.view.stack.slice as f64);
            (volume.geometry().map(|geometry| geometry.patient_at(index)), index)
        }
        PaneId::Axial | PaneId::Coronal | PaneId::Sagittal => {
            let lps = scenes::patient_at(state, pane, at)?;
            (Some(lps), volume.geometry()?.voxel_at(lps))
        }
    };
    let voxel = volume.nearest_voxel(voxel);
    Some(Readout {
        lps,
        voxel,
        value: voxel.and_then(|index| volume.value(index, frame)),
        frame,
    })
}

/// What stands at the crosshair; `None` where nothing with a place in the patient is shown.
pub fn at_crosshair(state: &State) -> Option<Readout> {
    let entry = state.shown()?;
    let volume = entry.volume();
    let lps = state.view.crosshair;
    let voxel = volume.nearest_voxel(volume.geometry()?.voxel_at(lps));
    Some(Readout {
        lps: Some(lps),
        voxel,
        value: voxel.and_then(|index| volume.value(index, entry.display.frame)),
        frame: entry.display.frame,
    })
}

/// The slice of the volume that a pane shows, counted from 1, and how many there are; `None` where it cuts between
/// the volume's own directions.
pub fn slice_number(state: &State, pane: PaneId) -> Option<(usize, usize)> {
    let volume = state.shown()?.volume();
    if pane == PaneId::Stack {
        return Some((state.view.stack.slice + 1, volume.dims()[2]));
    }
    slice_along(
        volume.geometry()?,
        state.view.plane(pane)?.axes.normal(),
        state.view.crosshair,
    )
}

/// The slice in which a place lies, counted from 1, and how many there are, going through the volume along a normal;
/// `None` where that is between the volume's own directions.
pub fn slice_along(geometry: &Geometry, normal: DVec3, place: DVec3) -> Option<(usize, usize)> {
    let per_mm = geometry.voxel_from_patient().matrix3;
    let axis = (0..3).find(|axis| per_mm.row(*axis).normalize_or_zero().dot(normal).abs() > 1.0 - 1e-6)?;
    let at = geometry.voxel_at(place)[axis].round();
    let count = geometry.dims()[axis];
    Some((at.clamp(0.0, count as f64 - 1.0) as usize + 1, count))
}
