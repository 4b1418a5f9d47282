//! From pointer events to drags: which tool takes hold, what each move does, and how Escape takes it back.

use glam::DVec2;

use super::super::pane::PaneId;
use super::super::planes::Alignment;
use super::super::scenes;
use super::super::state::State;
use super::super::tool::measure::CLICK;
use super::super::tool::{
    self, Before, Button, Gesture, GestureKind, Modifiers, PointerAction, PointerEvent, Tool, crop, crop::CropSide,
    crosshair, navigate as turns, scalpel, window as tool_window,
};
use super::{look, mask, measure, navigate, outline, paint, planes, transfer};
use crate::scene::SlabMode;

/// Applies one pointer event.
pub(super) fn pointer(state: &mut State, event: PointerEvent) {
    if !event.at.is_finite() {
        return;
    }
    match event.action {
        PointerAction::Press(button) => {
            let is_second_click = state.gesture.as_ref().is_some_and(|gesture| {
                gesture.kind == GestureKind::Place && gesture.pane == event.pane && button == Button::Left
            });
            if is_second_click {
                measure::end_line(state, event.pane, event.at);
                return set_kind(state, GestureKind::Finish);
            }
            let sets_corner = state.gesture.as_ref().is_some_and(|gesture| {
                gesture.kind == GestureKind::Corners && gesture.pane == event.pane && button == Button::Left
            });
            if sets_corner {
                if outline::press(state, event.at, event.modifiers.shift) {
                    state.gesture = None;
                }
                return;
            }
            settle(state);
            state.view.focused = event.pane;
            if state.shown().is_some() {
                begin(state, event, button);
            }
        }
        PointerAction::Move => drag(state, event),
        PointerAction::Release => {
            drag(state, event);
            release(state, event);
        }
    }
}

/// The pointer moved without a button: a line that is drawn from click to click follows it.
pub(super) fn hover(state: &mut State, at: Option<(PaneId, DVec2)>) {
    state.hover = at;
    state.traced = None;
    if let Some((pane, at)) = at {
        match &state.gesture {
            Some(gesture) if gesture.kind == GestureKind::Corners && gesture.pane == pane => outline::lead(state, at),
            Some(_) => {}
            None => outline::trace(state, pane, at),
        }
    }
    if let (Some(gesture), Some((pane, at))) = (&state.gesture, at)
        && gesture.kind == GestureKind::Place
        && gesture.pane == pane
    {
        measure::end_line(state, pane, at);
    }
}

fn set_kind(state: &mut State, kind: GestureKind) {
    if let Some(gesture) = &mut state.gesture {
        gesture.kind = kind;
    }
}

fn release(state: &mut State, event: PointerEvent) {
    let Some(gesture) = state.gesture.take() else {
        return;
    };
    match gesture.kind {
        // A click: the next one sets the other end.
        GestureKind::Draw if (event.at - gesture.start).length() <= CLICK => {
            state.gesture = Some(Gesture {
                kind: GestureKind::Place,
                ..gesture
            });
        }
        GestureKind::Draw | GestureKind::Finish => measure::finish_line(state, gesture.pane),
        GestureKind::Move(_) => measure::finish_move(state, &gesture.before),
        GestureKind::Scalpel => mask::cut(state, event.modifiers.alt),
        GestureKind::Paint => paint::finish(state),
        // A click: the next ones set the other corners.
        GestureKind::Outline if !outline::is_drawn(state) => {
            state.gesture = Some(Gesture {
                kind: GestureKind::Corners,
                ..gesture
            });
        }
        GestureKind::Corners => state.gesture = Some(gesture),
        GestureKind::Outline => outline::close(state, event.modifiers.shift),
        GestureKind::Pick => outline::pick(state, gesture.pane, event.at, event.modifiers.shift),
        GestureKind::Window if gesture.pane == PaneId::Volume => {
            transfer::dragged(state, gesture.before.transfer);
        }
        GestureKind::Crop(_) => look::dragged_crop(state, gesture.before.crop),
        GestureKind::Side(side) if (event.at - gesture.start).length() <= CLICK => {
            restore_place(state, &gesture.before);
            navigate::look_from(state, side);
        }
        _ => {}
    }
}

fn begin(state: &mut State, event: PointerEvent, button: Button) {
    let kind = match (button, event.pane) {
        (Button::Left, _) if event.modifiers.ctrl && !event.modifiers.alt => GestureKind::Window,
        (Button::Left, PaneId::Volume)
            if event.modifiers.alt && state.view.tool_in(PaneId::Volume) == Some(Tool::Scalpel) =>
        {
            GestureKind::Scalpel
        }
        (Button::Left, PaneId::Volume) if event.modifiers.alt => GestureKind::Pan,
        (Button::Left, PaneId::Stack) if event.modifiers.alt => GestureKind::Window,
        (Button::Left, _) if event.modifiers.alt => GestureKind::Pan,
        (Button::Left, pane) => tool::take_hold(state, pane, event.at),
        (Button::Middle, _) => GestureKind::Pan,
        (Button::Right, _) => GestureKind::Zoom,
    };
    let measurement = match kind {
        GestureKind::Move(_) => measure::take(state, event.pane, event.at),
        GestureKind::Paint => {
            if !paint::begin(state, event.pane, event.at) {
                return;
            }
            None
        }
        GestureKind::Outline => {
            if !outline::begin(state, event.pane, event.at) {
                return;
            }
            None
        }
        GestureKind::Draw => {
            if !measure::begin_line(state, event.pane, event.at) {
                return;
            }
            None
        }
        _ => {
            // A click beside it lets the selected one go.
            state.measurements.selected.take_if(|_| button == Button::Left);
            None
        }
    };
    let pivot = (kind == GestureKind::Turn)
        .then(|| scenes::place_under(state, event.at))
        .flatten()
        .unwrap_or(state.view.camera.target);
    let view = &state.view;
    let before = Before {
        crosshair: view.crosshair,
        planes: view.planes,
        alignment: view.alignment,
        stack: view.stack,
        zoom: view.zoom,
        camera: view.camera,
        camera_zoom: view.camera_zoom,
        pivot,
        crop: view.volume.cuts.crop,
        window: state.shown().and_then(|entry| entry.display.window),
        projection_window: state.shown().and_then(|entry| entry.display.projection_window),
        transfer: state.shown().and_then(|entry| entry.display.transfer.clone()),
        measurement,
    };
    state.gesture = Some(Gesture {
        pane: event.pane,
        start: event.at,
        kind,
        before,
    });
    if matches!(kind, GestureKind::Crosshair | GestureKind::Scalpel | GestureKind::Paint) {
        drag(state, event);
    }
}

fn drag(state: &mut State, event: PointerEvent) {
    let Some(gesture) = state.gesture.clone() else {
        return;
    };
    let Gesture {
        pane,
        start,
        kind,
        before,
    } = gesture;
    let delta = event.at - start;
    match kind {
        GestureKind::Crosshair => {
            if let Some(lps) = scenes::patient_at(state, pane, event.at) {
                navigate::set_crosshair(state, lps);
            }
        }
        GestureKind::Rotate => rotate(state, pane, &before, start, event.at),
        GestureKind::Slab(of) => slab(state, pane, of, &before, start, event.at),
        GestureKind::Window => drag_window(state, pane, &before, delta, event.modifiers),
        GestureKind::Pan => {
            restore_place(state, &before);
            navigate::pan(state, pane, delta);
        }
        GestureKind::Zoom => {
            restore_place(state, &before);
            navigate::zoom(state, pane, start, turns::zoom_factor(delta));
        }
        GestureKind::Paint => paint::lead(state, pane, event.at),
        GestureKind::Outline => {
            // Until the pointer has left the place, it is a click.
            if delta.length() > CLICK || outline::is_drawn(state) {
                outline::draw(state, event.at);
            }
        }
        GestureKind::Corners => outline::draw(state, event.at),
        GestureKind::Pick => {}
        GestureKind::Scalpel => scalpel::draw(&mut state.view.volume.lasso, event.at),
        GestureKind::Crop(side) => drag_crop(state, pane, &before, side, delta),
        GestureKind::Turn | GestureKind::Side(_) => {
            state.view.camera = turns::turned(before.camera, before.pivot, delta);
        }
        GestureKind::Draw | GestureKind::Place | GestureKind::Finish => measure::end_line(state, pane, event.at),
        GestureKind::Move(part) => measure::move_part(state, pane, &before, part, start, event.at),
    }
}

fn drag_crop(state: &mut State, pane: PaneId, before: &Before, side: CropSide, delta: DVec2) {
    // The handle stands where it stood when the drag began: what a mm is on the screen does not change under it.
    state.view.volume.cuts.crop = before.crop;
    let handle = crop::handles(state, pane)
        .into_iter()
        .find(|handle| handle.side == side);
    if let (Some(handle), Some(crop)) = (handle, before.crop) {
        state.view.volume.cuts.crop = Some(crop::moved(crop, side, crop::distance_mm(&handle, delta)));
    }
}

fn rotate(state: &mut State, pane: PaneId, before: &Before, from: DVec2, to: DVec2) {
    let Some(center) = scenes::point_of(state, pane, state.view.crosshair) else {
        return;
    };
    let radians = crosshair::turn(center, from, to);
    if let Some(turned) = crosshair::rotated_planes(state, before.planes, pane, radians) {
        state.view.planes = turned;
        state.view.alignment = if radians == 0.0 {
            before.alignment
        } else {
            Alignment::Oblique
        };
    }
}

fn slab(state: &mut State, pane: PaneId, of: PaneId, before: &Before, from: DVec2, to: DVec2) {
    let old = PaneId::PLANES
        .iter()
        .zip(&before.planes)
        .find(|(id, _)| **id == of)
        .and_then(|(_, plane)| plane.slab);
    let mode = old.map_or(SlabMode::default(), |slab| slab.mode);
    if let Some(thickness_mm) =
        crosshair::slab_thickness_mm(state, pane, of, old.map_or(0.0, |slab| slab.thickness_mm), from, to)
    {
        planes::set_slab(state, of, thickness_mm, mode);
    }
}

/// Windows the slices, or in the volume view its projections; there the curve of a composite is moved and made wider
/// about its middle, and a surface gets another value.
fn drag_window(state: &mut State, pane: PaneId, before: &Before, delta: DVec2, modifiers: Modifiers) {
    let up_is_brighter = state.settings.up_is_brighter;
    let delta = if up_is_brighter {
        DVec2::new(delta.x, -delta.y)
    } else {
        delta
    };
    let mode = state.view.volume.mode;
    let Some(entry) = state.shown_mut() else {
        return;
    };
    if pane == PaneId::Volume && !mode.is_projection() {
        let span = transfer::values_of(entry).width;
        if let Some(from) = &before.transfer {
            entry.display.transfer = Some(tool_window::dragged_transfer(from, mode, delta, modifiers, span));
        }
        return;
    }
    let (from, window) = match pane {
        PaneId::Volume => (before.projection_window, &mut entry.display.projection_window),
        _ => (before.window, &mut entry.display.window),
    };
    if let Some(from) = from {
        let span = entry.auto_window.map_or(from.width, |auto| auto.width);
        *window = Some(tool_window::dragged(from, delta, modifiers, span));
    }
}

/// Place and magnification as they were when the drag began.
fn restore_place(state: &mut State, before: &Before) {
    state.view.planes = before.planes;
    state.view.stack = before.stack;
    state.view.zoom = before.zoom;
    state.view.camera = before.camera;
    state.view.camera_zoom = before.camera_zoom;
}

/// Something else comes in between: a stroke ends as if the button had been let go, any other drag is taken back.
pub(super) fn settle(state: &mut State) {
    if state
        .gesture
        .take_if(|gesture| gesture.kind == GestureKind::Paint)
        .is_some()
    {
        state.traced = None;
        paint::finish(state);
    }
    cancel(state);
}

/// Takes a drag back.
pub(super) fn cancel(state: &mut State) {
    state.traced = None;
    let Some(Gesture { before, kind, .. }) = state.gesture.take() else {
        return;
    };
    state.outline = None;
    // The view was moved by other means while corners were set: that stays.
    if kind == GestureKind::Corners {
        return;
    }
    paint::cancel(state);
    state.measurements.draft = None;
    state.view.volume.lasso.clear();
    restore_place(state, &before);
    state.view.crosshair = before.crosshair;
    state.view.alignment = before.alignment;
    state.view.volume.cuts.crop = before.crop;
    if let Some(entry) = state.shown_mut() {
        let display = &mut entry.display;
        display.window = before.window.or(display.window);
        display.projection_window = before.projection_window.or(display.projection_window);
        if before.transfer.is_some() {
            display.transfer = before.transfer;
        }
    }
}
