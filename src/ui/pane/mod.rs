//! One pane: its picture, what is drawn over it, its frame and its menu.

mod badges;
mod brush;
mod corners;
mod crop;
mod crosshair;
mod cube;
mod letters;
mod measurements;
mod outline;
pub mod refine;
mod scale_bar;
mod scalpel;

use egui::{Rect, Role, Sense, StrokeKind, WidgetInfo};

use super::picture::{Picture, WHOLE};
use super::{Commands, Memory, action, input, panel, theme};
use crate::app::State;
use crate::app::pane::PaneId;
use crate::app::tool;
use crate::model::plane::View;
use crate::say;

/// What a pane is called, for those who cannot see it and for tests.
pub fn name(pane: PaneId) -> String {
    match pane {
        PaneId::Axial => say!("ui-pane-axial"),
        PaneId::Coronal => say!("ui-pane-coronal"),
        PaneId::Sagittal => say!("ui-pane-sagittal"),
        PaneId::Volume => say!("ui-pane-volume"),
        PaneId::Stack => say!("ui-pane-stack"),
    }
}

/// The short name of a pane.
pub fn short_name(pane: PaneId) -> String {
    match pane {
        PaneId::Axial => say!("ui-axial"),
        PaneId::Coronal => say!("ui-coronal"),
        PaneId::Sagittal => say!("ui-sagittal"),
        PaneId::Volume => say!("ui-volume-title"),
        PaneId::Stack => say!("ui-stack-title"),
    }
}

/// One letter for a pane, where there is little room.
pub fn letter_of(view: View) -> String {
    match view {
        View::Axial => say!("ui-axial-letter"),
        View::Coronal => say!("ui-coronal-letter"),
        View::Sagittal => say!("ui-sagittal-letter"),
    }
}

pub(crate) use corners::slab_mode;

/// A pane to be shown.
pub struct Pane<'a> {
    /// Which.
    pub id: PaneId,
    /// Where, in points.
    pub rect: Rect,
    /// Its pictures, lowest first; none while there is nothing to show.
    pub pictures: &'a [Picture],
    /// What the picture itself deserves to be said about, such as a coarser level.
    pub notice: Option<String>,
}

/// Shows a pane.
pub fn show(ui: &mut egui::Ui, pane: &Pane<'_>, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let response = ui.interact(pane.rect, input::pane_id(pane.id), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name(pane.id)));
    let painter = ui.painter_at(pane.rect);
    // Every layer of pixels costs where the processor draws, so nothing is painted that a picture covers.
    if !pane.pictures.first().is_some_and(|picture| picture.part == WHOLE) {
        painter.rect_filled(pane.rect, 0.0, theme::PANE_EMPTY);
    }
    for picture in pane.pictures {
        picture.paint(&painter, pane.rect);
    }
    if state.shown().is_some() {
        let is_hovered = state.hover.is_some_and(|(hovered, _)| hovered == pane.id);
        crosshair::paint(&painter, pane, state, is_hovered);
        measurements::paint(&painter, pane, state);
        crop::paint(&painter, pane, state);
        scalpel::paint(&painter, pane, state);
        outline::paint(&painter, pane, state);
        brush::paint(&painter, pane, state);
        letters::paint(&painter, pane, state);
        cube::paint(&painter, pane, state);
        scale_bar::paint(&painter, pane, state);
        let below = corners::paint(&painter, pane, state);
        badges::show(ui, pane, state, below);
    }
    let is_alone = state.view.layout.panes().len() == 1;
    painter.rect_stroke(
        pane.rect,
        0.0,
        theme::pane_frame(pane.id, state.view.focused == pane.id && !is_alone),
        StrokeKind::Inside,
    );
    cursor(&response, pane, state);
    menu(&response, pane.id, state, memory, commands);
}

/// The pointer tells what a press would take hold of.
fn cursor(response: &egui::Response, pane: &Pane<'_>, state: &State) {
    use crate::app::tool::GestureKind;
    use crate::app::tool::measure::Part;
    use egui::CursorIcon;
    if !response.hovered() && !response.dragged() {
        return;
    }
    let kind = match (&state.gesture, state.hover) {
        (Some(gesture), _) => Some(gesture.kind),
        (None, Some((hovered, at))) if hovered == pane.id => Some(tool::take_hold(state, hovered, at)),
        _ => None,
    };
    let icon = match (kind, state.gesture.is_some()) {
        (Some(GestureKind::Rotate), _) => CursorIcon::Alias,
        (Some(GestureKind::Slab(of)), _) => across(pane.id, of, state),
        (Some(GestureKind::Move(Part::Point(_))), _) => CursorIcon::Move,
        (Some(GestureKind::Move(Part::Whole)), false) => CursorIcon::Grab,
        (Some(GestureKind::Move(Part::Whole)), true) => CursorIcon::Grabbing,
        (Some(GestureKind::Pan | GestureKind::Turn | GestureKind::Side(_)), true) => CursorIcon::Grabbing,
        (Some(GestureKind::Crop(_)), _) => CursorIcon::Move,
        (Some(GestureKind::Side(_)), false) => CursorIcon::PointingHand,
        (Some(GestureKind::Zoom), true) => CursorIcon::ZoomIn,
        _ => CursorIcon::Crosshair,
    };
    response.ctx.set_cursor_icon(icon);
}

/// The arrows across the line of another pane's plane.
fn across(pane: PaneId, of: PaneId, state: &State) -> egui::CursorIcon {
    let lines = crate::app::tool::crosshair::crosshair(state, pane).map(|crosshair| crosshair.lines);
    let line = lines.iter().flatten().find(|line| line.of == of);
    if line.is_some_and(|line| line.direction.x.abs() > line.direction.y.abs()) {
        egui::CursorIcon::ResizeVertical
    } else {
        egui::CursorIcon::ResizeHorizontal
    }
}

fn menu(response: &egui::Response, pane: PaneId, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let opens = memory.opens_menu.take_if(|opening| *opening == pane).is_some();
    let open = opens.then_some(egui::SetOpenCommand::Bool(true));
    egui::Popup::menu(response)
        .open_memory(open.or_else(|| response.clicked().then_some(egui::SetOpenCommand::Bool(false))))
        .at_pointer_fixed()
        .show(|ui| {
            for action in action::PANE_MENU {
                panel::menu::item(ui, *action, pane, state, memory, commands);
            }
            ui.separator();
            panel::menu::presets(ui, state, commands, true);
        });
}
