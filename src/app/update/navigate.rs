//! Moving through the volume: crosshair, slices, pan, zoom, camera, layout.

use glam::{DVec2, DVec3};

use super::super::pane::{Layout, PaneId};
use super::super::planes::Alignment;
use super::super::scenes;
use super::super::state::State;
use super::super::tool::cube::Side;
use super::super::tool::navigate::clamped;
use super::{layout_for, planes};
use crate::model::geometry::Geometry;
use crate::scene::Camera;

/// A direction this close to a voxel axis (in voxels across for one along) moves from slice to slice exactly.
const ALONG_AXIS: f64 = 1e-3;

/// Moves the crosshair, but not out of the volume.
pub(super) fn set_crosshair(state: &mut State, lps: DVec3) {
    let Some(geometry) = state.shown().and_then(|entry| entry.volume().geometry()) else {
        return;
    };
    if lps.is_finite() {
        state.view.crosshair = inside(geometry, lps);
    }
}

/// The place itself, or the nearest in the volume along its voxel axes.
fn inside(geometry: &Geometry, lps: DVec3) -> DVec3 {
    let voxel = geometry.voxel_at(lps);
    if geometry.contains(voxel) {
        return lps;
    }
    let [x, y, z] = geometry.dims().map(|n| n as f64 - 1.0);
    geometry.patient_at(voxel.clamp(DVec3::ZERO, DVec3::new(x, y, z)))
}

/// Moves a pane through its slices.
pub(super) fn scroll(state: &mut State, pane: PaneId, steps: i64) {
    if pane == PaneId::Stack {
        let slice = state.view.stack.slice.saturating_add_signed(steps as isize);
        return set_stack_slice(state, slice);
    }
    let (Some(plane), Some(entry)) = (state.view.plane(pane), state.shown()) else {
        return;
    };
    let Some(geometry) = entry.volume().geometry() else {
        return;
    };
    let moved = stepped(geometry, state.view.crosshair, plane.axes.normal(), steps);
    set_crosshair(state, moved);
}

/// A place moved along a normal by whole slices: from voxel centre to voxel centre where the normal is a voxel axis,
/// by the finest voxel step otherwise.
fn stepped(geometry: &Geometry, from: DVec3, normal: DVec3, steps: i64) -> DVec3 {
    let per_mm = geometry.voxel_from_patient().matrix3 * normal;
    let axis = (0..3)
        .max_by(|a, b| per_mm[*a].abs().total_cmp(&per_mm[*b].abs()))
        .unwrap_or(2);
    // Moving along the normal may slide along the slice (tilt), but must not leave it: that decides "along an axis".
    let axis_plane_normal = geometry.voxel_from_patient().matrix3.row(axis).normalize_or_zero();
    if (axis_plane_normal.dot(normal).abs() - 1.0).abs() > ALONG_AXIS {
        return from + normal * geometry.step_along_mm(normal) * steps as f64;
    }
    let mut voxel = geometry.voxel_at(from);
    let last = geometry.dims()[axis] as f64 - 1.0;
    let direction = if per_mm[axis] < 0.0 { -1.0 } else { 1.0 };
    voxel[axis] = (voxel[axis].round() + direction * steps as f64).clamp(0.0, last);
    let target = geometry.patient_at(voxel);
    from + normal * (target - from).dot(normal)
}

/// Moves a pane to its first or last slice.
pub(super) fn scroll_to_end(state: &mut State, pane: PaneId, last: bool) {
    let Some(entry) = state.shown() else { return };
    let [_, _, depth] = entry.volume().dims();
    if pane == PaneId::Stack {
        return set_stack_slice(state, if last { depth.saturating_sub(1) } else { 0 });
    }
    let (Some(plane), Some(geometry)) = (state.view.plane(pane), entry.volume().geometry()) else {
        return;
    };
    let normal = plane.axes.normal();
    let (low, high) = geometry.extent_along(normal);
    let half_step = geometry.step_along_mm(normal) / 2.0;
    let at = if last { high - half_step } else { low + half_step };
    let from = state.view.crosshair;
    let near = from + normal * (at - from.dot(normal));
    let snapped = stepped(geometry, near, normal, 0);
    set_crosshair(state, snapped);
}

/// Shows another stored picture.
pub(super) fn set_stack_slice(state: &mut State, slice: usize) {
    if let Some(entry) = state.shown() {
        state.view.stack.slice = slice.min(entry.volume().dims()[2].saturating_sub(1));
    }
}

/// Magnifies all panes alike; the place under the pointer stays where it is, in the other panes the crosshair does.
pub(super) fn zoom(state: &mut State, pane: PaneId, at: DVec2, factor: f64) {
    if !(factor.is_finite() && factor > 0.0 && at.is_finite()) {
        return;
    }
    if pane == PaneId::Volume {
        state.view.camera_zoom = clamped(state.view.camera_zoom * factor);
        return;
    }
    if pane == PaneId::Stack {
        let before = scenes::stack_units_per_point(state);
        state.view.zoom = clamped(state.view.zoom * factor);
        let after = scenes::stack_units_per_point(state);
        state.view.stack.offset += (at - scenes::pane_size(state, pane) / 2.0) * (before - after);
        return;
    }
    let anchors: Vec<Option<(DVec2, DVec3)>> = PaneId::PLANES
        .iter()
        .map(|id| {
            let point = if *id == pane {
                Some(at)
            } else {
                scenes::point_of(state, *id, state.view.crosshair)
            };
            point.and_then(|point| Some((point, scenes::patient_at(state, *id, point)?)))
        })
        .collect();
    state.view.zoom = clamped(state.view.zoom * factor);
    for (id, anchor) in PaneId::PLANES.into_iter().zip(anchors) {
        if let Some((point, patient)) = anchor
            && let Some(now) = scenes::patient_at(state, id, point)
            && let Some(plane) = state.view.plane_mut(id)
        {
            plane.center += patient - now;
        }
    }
}

/// Moves the picture of a pane by points of the screen.
pub(super) fn pan(state: &mut State, pane: PaneId, delta: DVec2) {
    match pane {
        PaneId::Stack => {
            let units = scenes::stack_units_per_point(state);
            state.view.stack.offset -= delta * units;
        }
        PaneId::Volume => {
            let axes = state.view.camera.axes();
            let offset = delta * scenes::camera_mm_per_point(state);
            state.view.camera.target -= axes.right * offset.x + axes.down * offset.y;
        }
        PaneId::Axial | PaneId::Coronal | PaneId::Sagittal => {
            let offset = delta * scenes::mm_per_point(state, pane);
            let Some(axes) = scenes::shown_axes(state, pane) else {
                return;
            };
            if let Some(plane) = state.view.plane_mut(pane) {
                plane.center -= axes.right * offset.x + axes.down * offset.y;
            }
        }
    }
}

/// Turns the camera.
pub(super) fn set_camera(state: &mut State, azimuth_deg: f64, elevation_deg: f64) {
    if azimuth_deg.is_finite() && elevation_deg.is_finite() {
        state.view.camera.azimuth_deg = azimuth_deg.rem_euclid(360.0);
        state.view.camera.elevation_deg = elevation_deg.clamp(-90.0, 90.0);
    }
}

/// Looks straight from a side.
pub(super) fn look_from(state: &mut State, side: Side) {
    let [azimuth_deg, elevation_deg] = side.angles_deg();
    set_camera(state, azimuth_deg, elevation_deg);
}

/// Everything about place, planes and magnification as at opening.
pub(super) fn reset(state: &mut State) {
    planes::align(state, Alignment::Acquisition);
    state.view.zoom = 1.0;
    state.view.stack.offset = DVec2::ZERO;
    let perspective_deg = state.view.camera.perspective_deg;
    state.view.camera = Camera {
        perspective_deg,
        ..super::super::state::View::first_camera()
    };
    state.view.camera_zoom = 1.0;
    for plane in &mut state.view.planes {
        plane.slab = None;
    }
    let Some(geometry) = state.shown().and_then(|entry| entry.volume().geometry()).cloned() else {
        return;
    };
    // On a voxel centre, so that the acquisition's planes show stored slices.
    let middle = DVec3::from_array(geometry.dims().map(|n| (n / 2) as f64));
    state.view.crosshair = geometry.patient_at(middle);
    state.view.camera.target = geometry.center();
    for plane in &mut state.view.planes {
        plane.center = geometry.center();
    }
}

/// The pane whose scale stays when another series comes: the focused one, if it shows a plane.
pub(super) fn leading_plane(state: &State) -> PaneId {
    state.view.focused.view().map_or(PaneId::Axial, |_| state.view.focused)
}

/// Another volume in the same space: the place stays and so do `mm_per_point`; planes follow the new acquisition if
/// they followed the old one.
pub(super) fn keep_place(state: &mut State, mm_per_point: f64) {
    if state.view.alignment == Alignment::Acquisition {
        planes::align(state, Alignment::Acquisition);
    }
    state.view.zoom = clamped(state.view.zoom * scenes::mm_per_point(state, leading_plane(state)) / mm_per_point);
    let crosshair = state.view.crosshair;
    set_crosshair(state, crosshair);
}

/// The crosshair comes to the middle of every pane.
pub(super) fn center(state: &mut State) {
    for plane in &mut state.view.planes {
        plane.center = state.view.crosshair;
    }
    state.view.camera.target = state.view.crosshair;
}

/// Takes note of how the window laid a pane out.
pub(super) fn resize(state: &mut State, pane: PaneId, size: DVec2) {
    if size.is_finite() && size.min_element() > 0.0 {
        state.view.sizes.insert(pane, size);
    }
}

/// One pane alone, or all again.
pub(super) fn toggle_maximised(state: &mut State, pane: PaneId) {
    let is_alone = matches!(state.view.layout, Layout::Single(_));
    state.view.layout = match (is_alone, layout_for(state)) {
        (false, _) => Layout::Single(pane),
        // One pane was what was chosen: all of them is what remains.
        (true, Layout::Single(only)) if only != PaneId::Stack => Layout::Quad,
        (true, all) => all,
    };
    if !state.view.layout.panes().contains(&state.view.focused) {
        state.view.focused = pane;
    }
}

/// The next pane gets the keys; of one pane alone, or of a large one, the next one takes its place.
pub(super) fn focus_next(state: &mut State) {
    let panes = match state.view.layout {
        Layout::Single(PaneId::Stack) => vec![PaneId::Stack],
        _ => PaneId::QUAD.to_vec(),
    };
    let now = panes.iter().position(|pane| *pane == state.view.focused).unwrap_or(0);
    state.view.focused = panes[(now + 1) % panes.len()];
    match state.view.layout {
        Layout::Single(_) => state.view.layout = Layout::Single(state.view.focused),
        Layout::OneAndThree(_) => {
            state.view.large = state.view.focused;
            state.view.layout = Layout::OneAndThree(state.view.focused);
        }
        Layout::Quad => {}
    }
}
