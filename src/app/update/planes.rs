//! Turning planes and making slices thick.

use super::super::pane::PaneId;
use super::super::planes::{Alignment, acquisition_axes, anatomical_axes};
use super::super::state::State;
use super::super::tool::crosshair;
use crate::scene::{Slab, SlabMode};

/// A slab is never thicker than this.
const MAX_SLAB_MM: f64 = 1000.0;

/// Turns all planes to the volume's own or to the patient's directions.
pub(super) fn align(state: &mut State, alignment: Alignment) {
    let axes = match (alignment, state.shown().and_then(|entry| entry.volume().geometry())) {
        (Alignment::Oblique, _) => return,
        (Alignment::Acquisition, Some(geometry)) => acquisition_axes(geometry),
        (Alignment::Acquisition | Alignment::Anatomical, _) => anatomical_axes(),
    };
    for (plane, axes) in state.view.planes.iter_mut().zip(axes) {
        plane.axes = axes;
        plane.upright = axes;
    }
    state.view.alignment = alignment;
}

/// From the acquisition's planes to the patient's; from anything else back to the acquisition's.
pub(super) fn toggle(state: &mut State) {
    let next = if state.view.alignment == Alignment::Acquisition {
        Alignment::Anatomical
    } else {
        Alignment::Acquisition
    };
    align(state, next);
}

/// Turns the lines of a pane.
pub(super) fn rotate(state: &mut State, pane: PaneId, degrees: f64) {
    if degrees.is_finite()
        && let Some(planes) = crosshair::rotated_planes(state, state.view.planes, pane, degrees.to_radians())
    {
        state.view.planes = planes;
        state.view.alignment = Alignment::Oblique;
    }
}

/// Makes the slices of a pane thick; what is thinner than half a voxel becomes a plane.
pub(super) fn set_slab(state: &mut State, pane: PaneId, thickness_mm: f64, mode: SlabMode) {
    let thinnest = state
        .shown()
        .and_then(|entry| entry.volume().geometry())
        .map_or(0.0, |geometry| geometry.shortest_edge_mm() / 2.0);
    if let Some(plane) = state.view.plane_mut(pane) {
        let is_thick = thickness_mm.is_finite() && thickness_mm > thinnest;
        plane.slab = is_thick.then(|| Slab {
            thickness_mm: thickness_mm.min(MAX_SLAB_MM),
            mode,
        });
    }
}
