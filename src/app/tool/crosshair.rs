//! The crosshair of a pane: the lines in which the other two planes cut it, with handles to turn them and to make the
//! slices thick.

use glam::{DQuat, DVec2};

use super::GestureKind;
use crate::app::pane::{PaneId, PlanePane};
use crate::app::scenes;
use crate::app::state::State;

/// How near the pointer must be to a handle, in points.
const REACH: f64 = 9.0;

/// The turning handles stand at this share of the pane's smaller side from the crosshair, the slab handles nearer.
const ROTATE_AT: f64 = 0.36;
const SLAB_AT: f64 = 0.20;

/// A slab handle stands at least this far from its line, in points.
const SLAB_APART: f64 = 8.0;

/// One line of a pane's crosshair.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The pane whose plane cuts here.
    pub of: PaneId,
    /// Direction on the screen, a unit vector.
    pub direction: DVec2,
    /// Half the thickness of that pane's slab, in points; 0 without one.
    pub half_slab: f64,
    /// The two turning handles.
    pub rotate_handles: [DVec2; 2],
    /// The four slab handles.
    pub slab_handles: [DVec2; 4],
}

/// The crosshair of a pane in points from its top left.
#[derive(Clone, Copy, Debug)]
pub struct Crosshair {
    /// Where the lines cross.
    pub center: DVec2,
    /// The lines of the other two planes.
    pub lines: [Line; 2],
}

/// The crosshair as it is seen in a plane pane.
pub fn crosshair(state: &State, pane: PaneId) -> Option<Crosshair> {
    let own = scenes::shown_axes(state, pane)?;
    let center = scenes::point_of(state, pane, state.view.crosshair)?;
    let mm_per_point = scenes::mm_per_point(state, pane);
    let side = scenes::pane_size(state, pane).min_element();
    let line = |of: PaneId| -> Option<Line> {
        let other = state.view.plane(of)?;
        let along = own.normal().cross(other.axes.normal());
        let direction = DVec2::new(along.dot(own.right), along.dot(own.down)).try_normalize()?;
        let half_slab = other.slab.map_or(0.0, |slab| slab.thickness_mm / 2.0 / mm_per_point);
        let across = direction.perp() * half_slab.max(SLAB_APART);
        let (far, near) = (direction * side * ROTATE_AT, direction * side * SLAB_AT);
        Some(Line {
            of,
            direction,
            half_slab,
            rotate_handles: [center + far, center - far],
            slab_handles: [
                center + near + across,
                center + near - across,
                center - near + across,
                center - near - across,
            ],
        })
    };
    let mut others = PaneId::PLANES.into_iter().filter(|other| *other != pane);
    Some(Crosshair {
        center,
        lines: [line(others.next()?)?, line(others.next()?)?],
    })
}

/// What a left press at a point of a plane pane takes hold of.
pub fn take_hold(state: &State, pane: PaneId, at: DVec2) -> GestureKind {
    let Some(crosshair) = crosshair(state, pane).filter(|_| state.view.crosshair_visible) else {
        return GestureKind::Crosshair;
    };
    let is_near = |handle: &DVec2| (*handle - at).length() <= REACH;
    for line in &crosshair.lines {
        if line.rotate_handles.iter().any(is_near) {
            return GestureKind::Rotate;
        }
        if line.slab_handles.iter().any(is_near) {
            return GestureKind::Slab(line.of);
        }
    }
    GestureKind::Crosshair
}

/// How far the pointer went round the crosshair's centre, radians clockwise on the screen.
pub fn turn(center: DVec2, from: DVec2, to: DVec2) -> f64 {
    let (a, b) = (from - center, to - center);
    if a.length() < 1.0 || b.length() < 1.0 {
        0.0
    } else {
        a.perp_dot(b).atan2(a.dot(b))
    }
}

/// The planes after a pane's lines were turned about its own normal: the pane itself stays, the other two follow.
pub fn rotated_planes(state: &State, planes: [PlanePane; 3], pane: PaneId, radians: f64) -> Option<[PlanePane; 3]> {
    let rotation = DQuat::from_axis_angle(scenes::shown_axes(state, pane)?.normal(), radians);
    let mut turned = planes;
    for (plane, id) in turned.iter_mut().zip(PaneId::PLANES) {
        if id != pane {
            plane.axes = plane.axes.rotated(rotation);
        }
    }
    Some(turned)
}

/// Thickness in mm after a slab handle of `of`'s line was dragged from `from` to `to`; it was `before_mm`.
pub fn slab_thickness_mm(
    state: &State,
    pane: PaneId,
    of: PaneId,
    before_mm: f64,
    from: DVec2,
    to: DVec2,
) -> Option<f64> {
    let crosshair = crosshair(state, pane)?;
    let line = crosshair.lines.iter().find(|line| line.of == of)?;
    let apart = |at: DVec2| (at - crosshair.center).perp_dot(line.direction).abs();
    Some((before_mm + 2.0 * (apart(to) - apart(from)) * scenes::mm_per_point(state, pane)).max(0.0))
}
