//! What all measuring tools share: places under the pointer, taking hold of what was measured, and moving it.

use glam::{DVec2, DVec3};

use super::{GestureKind, Tool, length};
use crate::app::measurements::shown::{current, place};
use crate::app::pane::PaneId;
use crate::app::scenes;
use crate::app::state::State;
use crate::model::measurement::{DrawnIn, Measurement, MeasurementId, Shape, Space};

/// How near the pointer must be to a handle, in points.
const HANDLE_REACH: f64 = 8.0;

/// How near it must be to a line.
const LINE_REACH: f64 = 5.0;

/// What is no longer than this on the screen was not meant as a line, in points.
pub const CLICK: f64 = 3.0;

/// What a press takes hold of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grip {
    /// The measurement.
    pub id: MeasurementId,
    /// What of it.
    pub part: Part,
}

/// A part of a measurement that can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One of its points.
    Point(usize),
    /// All of it.
    Whole,
}

/// The place at a point of a pane, and what it is counted in: in the patient wherever the volume has a place there.
pub fn place_at(state: &State, pane: PaneId, at: DVec2) -> Option<(Space, DVec3)> {
    let geometry = state.shown()?.volume().geometry();
    match (pane, geometry) {
        (PaneId::Volume, _) => None,
        (PaneId::Stack, geometry) => {
            let pixel = scenes::stack_pixel_at(state, at)?.extend(state.view.stack.slice as f64);
            Some(match geometry {
                Some(geometry) => (Space::Patient, geometry.patient_at(pixel)),
                None => (Space::Picture, pixel),
            })
        }
        (_, Some(_)) => Some((Space::Patient, scenes::patient_at(state, pane, at)?)),
        (_, None) => None,
    }
}

/// What a press with a measuring tool begins; `None` where there is nothing to measure in.
pub fn begin(state: &State, tool: Tool, pane: PaneId, at: DVec2, name: String) -> Option<Measurement> {
    match tool {
        Tool::Length => length::begin(state, pane, at, name),
        _ => None,
    }
}

/// What is being drawn, with its last point at a point of a pane.
pub fn ended(state: &State, pane: PaneId, drawn: &Measurement, at: DVec2) -> Option<Measurement> {
    match drawn.shape {
        Shape::Length { .. } => length::ended(state, pane, drawn, at),
    }
}

/// A new measurement that is drawn in a pane.
pub fn new(state: &State, pane: PaneId, name: String, space: Space, shape: Shape) -> Measurement {
    let drawn_in = pane
        .view()
        .zip(state.view.plane(pane))
        .map(|(view, plane)| DrawnIn { view, axes: plane.axes });
    Measurement {
        id: MeasurementId::fresh(),
        name,
        is_visible: true,
        space,
        shape,
        drawn_in,
    }
}

/// What a press at a point of a pane would take hold of: a handle before a line, the selected measurement before the
/// others. Faint lines off the plane let the pointer through, but for the selected one. Lines (not their handles) are
/// for the measuring tools, so that the crosshair can be put beside them.
pub fn grip_at(state: &State, pane: PaneId, at: DVec2) -> Option<Grip> {
    let selected = state.measurements.selected();
    let measures = state.view.tool_in(pane).is_some_and(Tool::measures);
    let mut best: Option<(f64, Grip)> = None;
    for measurement in current(state) {
        let is_selected = selected == Some(measurement.id);
        let Some(placed) = place(state, pane, measurement).filter(|placed| placed.is_in_plane || is_selected) else {
            continue;
        };
        let preferred = if is_selected { 0.0 } else { 1.0 };
        let mut offer = |distance: f64, order: f64, part: Part| {
            // Handles count before lines, then the selected one, then what is nearest.
            let rank = order * 1e6 + preferred * 1e3 + distance;
            let grip = Grip {
                id: measurement.id,
                part,
            };
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, grip));
            }
        };
        for (n, end) in placed.ends.iter().enumerate() {
            let distance = (*end - at).length();
            if distance <= HANDLE_REACH {
                offer(distance, 0.0, Part::Point(n));
            }
        }
        let distance = distance_to_line(at, placed.ends);
        if distance <= LINE_REACH && (measures || is_selected) {
            offer(distance, 1.0, Part::Whole);
        }
    }
    best.map(|(_, grip)| grip)
}

/// What of the measurements the pointer rests on, or moves.
pub fn hovered(state: &State, pane: PaneId) -> Option<Grip> {
    if let Some(gesture) = &state.gesture {
        let draft = state.measurements.draft()?;
        return match gesture.kind {
            GestureKind::Move(part) if gesture.pane == pane => Some(Grip { id: draft.id, part }),
            _ => None,
        };
    }
    let (hovered, at) = state.hover?;
    (hovered == pane).then(|| grip_at(state, pane, at)).flatten()
}

/// A measurement after one of its parts was dragged in a pane. The part moves along the pane's plane by as much as the
/// pointer did, so that what was taken hold of beside its middle does not jump, and keeps its distance from the plane.
pub fn dragged(
    state: &State,
    pane: PaneId,
    original: &Measurement,
    part: Part,
    from: DVec2,
    to: DVec2,
) -> Option<Measurement> {
    let (space, start) = place_at(state, pane, from)?;
    let (_, end) = place_at(state, pane, to)?;
    if space != original.space {
        return None;
    }
    match part {
        Part::Whole => Some(original.moved(end - start)),
        Part::Point(n) => {
            let mut moved = original.clone();
            *moved.shape.points_mut().get_mut(n)? += end - start;
            Some(moved)
        }
    }
}

/// How far a point is from a line between two others.
fn distance_to_line(at: DVec2, [a, b]: [DVec2; 2]) -> f64 {
    let along = b - a;
    let length_squared = along.length_squared();
    let share = if length_squared > 0.0 {
        ((at - a).dot(along) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (a + along * share - at).length()
}
