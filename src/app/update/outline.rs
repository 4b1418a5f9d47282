//! Tools that are clicked or drawn with: what pointer and keys make of them becomes work on the segment.

use glam::DVec2;

use super::super::outline::{Outline, Traced};
use super::super::painting::{self, Cut};
use super::super::pane::PaneId;
use super::super::scenes;
use super::super::state::State;
use super::super::tool::{GestureKind, Tool};
use super::super::tool_work::ToolWork;
use super::{navigate, paint};
use crate::algo::level_trace;

/// Begins a line around something. Answers whether there is anything to change.
pub(super) fn begin(state: &mut State, pane: PaneId, at: DVec2) -> bool {
    state.outline = Outline::begun(state, pane, at);
    state.outline.is_some()
}

/// Whether the line has gone on from where it began.
pub(super) fn is_drawn(state: &State) -> bool {
    state.outline.as_ref().is_some_and(|outline| outline.corners.len() > 1)
}

/// Draws the line on.
pub(super) fn draw(state: &mut State, at: DVec2) {
    change(state, |outline, state| outline.draw(state, at));
}

/// The pointer moves to where the next corner would be.
pub(super) fn lead(state: &mut State, at: DVec2) {
    change(state, |outline, state| outline.lead(state, at));
}

fn change(state: &mut State, change: impl FnOnce(&mut Outline, &State)) {
    if let Some(mut outline) = state.outline.take() {
        change(&mut outline, state);
        state.outline = Some(outline);
    }
}

/// A press sets a corner, or closes the line. Answers whether that ended it.
pub(super) fn press(state: &mut State, at: DVec2, other_way: bool) -> bool {
    let is_closed = state
        .outline
        .as_ref()
        .is_some_and(|outline| outline.is_closed_by(state, at));
    if is_closed {
        close(state, other_way);
    } else {
        change(state, |outline, state| outline.add_corner(state, at));
    }
    is_closed
}

/// Takes the last corner of a line back that is drawn corner by corner.
pub(super) fn drop_corner(state: &mut State) {
    if let Some(outline) = &mut state.outline
        && outline.corners.len() > 1
    {
        outline.corners.pop();
    }
}

/// Closes a line that is drawn corner by corner.
pub(super) fn finish(state: &mut State) {
    if state
        .gesture
        .take_if(|gesture| gesture.kind == GestureKind::Corners)
        .is_some()
    {
        close(state, false);
    }
}

/// The line is closed: what it goes around is filled, or taken away.
pub(super) fn close(state: &mut State, other_way: bool) {
    let Some(outline) = state.outline.take().filter(|outline| outline.is_true(state)) else {
        return;
    };
    let is_through = state.view.tool == Some(Tool::Scissors);
    let (erases, is_outside) = match (is_through, state.painting.cut) {
        (true, cut) => (cut != Cut::FillInside, cut == Cut::EraseOutside),
        (false, _) => (state.painting.erases, false),
    };
    let work = ToolWork::Around {
        corners: outline.corners,
        sight: outline.sight,
        cuts: scenes::cuts(state),
        is_through,
        is_outside,
    };
    want(state, work, erases != other_way);
}

/// Wants work done on the segment that is painted.
fn want(state: &mut State, work: ToolWork, erases: bool) {
    // Where nothing is there is nothing to be taken away.
    let is_possible = !erases || painting::target(state).is_some();
    if is_possible && paint::ready(state).is_some() {
        state.tool_work = Some((work, erases));
    }
}

/// A click with a tool that wants to know a place.
pub(super) fn pick(state: &mut State, pane: PaneId, at: DVec2, other_way: bool) {
    let (Some(place), Some(plane)) = (scenes::patient_at(state, pane, at), scenes::plane(state, pane)) else {
        return;
    };
    let erases = state.painting.erases != other_way;
    match painting::tool(state, pane) {
        Some(Tool::Fill) => {
            let work = ToolWork::Flood {
                at: place,
                slab: (!state.painting.fills_volume).then_some(plane),
                tolerance: painting::tolerance(state),
            };
            want(state, work, erases);
        }
        Some(Tool::Trace) => {
            trace(state, pane, at);
            if let Some(traced) = state.traced.take() {
                let work = ToolWork::Around {
                    corners: traced.corners,
                    sight: super::super::outline::Sight::Plane(traced.plane),
                    cuts: scenes::cuts(state),
                    is_through: false,
                    is_outside: false,
                };
                want(state, work, erases);
            }
        }
        Some(Tool::Islands) => {
            let to = u16::try_from(painting::segment(state).map_or(0, |(_, segment)| segment.label));
            let work = ToolWork::Island {
                at: place,
                work: state.painting.islands,
                to: to.unwrap_or(0),
            };
            state.tool_work = Some((work, false));
        }
        _ => {}
    }
}

/// Finds the line of the value under the pointer, if the tool shows one.
pub(super) fn trace(state: &mut State, pane: PaneId, at: DVec2) {
    state.traced = (painting::tool(state, pane) == Some(Tool::Trace))
        .then(|| {
            let plane = scenes::plane(state, pane)?;
            let point = (at - scenes::pane_size(state, pane) / 2.0) * scenes::mm_per_point(state, pane);
            let entry = state.shown()?;
            let corners = level_trace::trace(entry.volume(), entry.display.frame, plane, point)?;
            Some(Traced { pane, plane, corners })
        })
        .flatten();
}

/// Copies what the segment has in a pane's slice to another one, and goes there.
pub(super) fn copy_slice(state: &mut State, pane: PaneId, steps: i64) {
    super::pointer::settle(state);
    let Some(from) = scenes::plane(state, pane).filter(|_| painting::target(state).is_some()) else {
        return;
    };
    navigate::scroll(state, pane, steps.signum());
    let to = scenes::plane(state, pane).filter(|to| *to != from);
    if let Some(to) = to {
        want(state, ToolWork::CopySlice { from, to }, false);
    }
}
