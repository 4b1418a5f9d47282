//! The bar of tools beside the menus: what is needed often, as small pictures with their names under the pointer.

use egui::{ComboBox, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::menu;
use crate::app::state::Entry;
use crate::app::{State, identifiers};
use crate::say;
use crate::ui::action::{self, Action};
use crate::ui::glyph::{self, Glyph};
use crate::ui::{Commands, Memory, input, text, theme};

/// A button of the bar.
const BUTTON: Vec2 = vec2(27.0, theme::BAR);

/// Width of the list of windows.
const PRESETS: f32 = 150.0;

/// Shows the bar in what is left of a row: layouts and panels at the right, and as many groups of tools as fit.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let right_to_left = egui::Layout::right_to_left(egui::Align::Center);
    ui.with_layout(right_to_left, |ui| {
        ui.spacing_mut().item_spacing.x = 1.0;
        for group in action::TOOLBAR_RIGHT.iter().rev() {
            if !fits(ui, group) {
                break;
            }
            for action in group.iter().rev() {
                button(ui, *action, state, memory, commands);
            }
            gap(ui);
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 1.0;
            for group in action::TOOLBAR {
                if !fits(ui, group) {
                    return;
                }
                gap(ui);
                for action in *group {
                    button(ui, *action, state, memory, commands);
                }
            }
            if let Some(entry) = state.shown()
                && entry.volume().voxels.components() == 1
                && ui.available_width() > PRESETS + 4.0 * theme::GAP
            {
                gap(ui);
                presets(ui, state, entry, commands);
            }
        });
    });
}

fn fits(ui: &Ui, group: &[Action]) -> bool {
    let width: f32 = group.iter().map(|_| BUTTON.x + 1.0).sum();
    ui.available_width() >= width + 2.0 * theme::GAP
}

/// A fine line between groups.
fn gap(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(2.0 * theme::GAP, BUTTON.y), Sense::hover());
    let line = Rect::from_center_size(rect.center(), vec2(1.0, BUTTON.y - 8.0));
    ui.painter().rect_filled(line, 0.0, theme::of(ui).line);
}

fn button(ui: &mut Ui, action: Action, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let (Some(row), Some(glyph)) = (action::find(action), glyph::of(action)) else {
        return;
    };
    let request = row.request(state, state.view.focused);
    let is_on = row.is_on(state);
    let response = ui
        .add_enabled_ui(request.is_some(), |ui| glyph_button(ui, glyph, is_on, &row.label()))
        .inner;
    let response = menu::tip(response, row);
    if response.clicked()
        && let Some(request) = request
    {
        input::carry_out(request, memory, commands);
    }
}

/// A button that is only a picture. `is_on` for those that switch something.
pub fn glyph_button(ui: &mut Ui, glyph: &Glyph, is_on: Option<bool>, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(BUTTON, Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| match is_on {
        Some(is_on) => WidgetInfo::selected(Role::Button, is_enabled, is_on, name),
        None => WidgetInfo::labeled(Role::Button, is_enabled, name),
    });
    let colors = theme::of(ui);
    let (fill, color) = match (is_on == Some(true), response.hovered(), is_enabled) {
        (_, _, false) => (None, colors.text_weak.gamma_multiply(0.5)),
        (true, ..) => (Some(colors.selected), colors.text_strong),
        (false, true, _) => (Some(colors.widget_hovered), colors.text_strong),
        (false, false, _) => (None, colors.text),
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, f32::from(theme::CORNER), fill);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.0, colors.accent);
        ui.painter()
            .rect_stroke(rect, f32::from(theme::CORNER), stroke, egui::StrokeKind::Inside);
    }
    glyph.paint(ui.painter(), rect, theme::GLYPH, color);
    response
}

/// The window that is on, by name or by numbers, and those that can be chosen.
fn presets(ui: &mut Ui, state: &State, entry: &Entry, commands: &mut Commands) {
    let now = entry.display.window.map_or_else(String::new, |window| {
        let name = text::window_name(entry, &window).map(|name| identifiers::text(state, &name));
        name.unwrap_or_else(|| text::window_numbers(&window))
    });
    let combo = ComboBox::from_id_salt("toolbar-presets")
        .selected_text(now)
        .width(PRESETS)
        .truncate()
        .height(f32::INFINITY)
        .show_ui(ui, |ui| {
            ui.set_min_width(PRESETS + 40.0);
            menu::presets(ui, state, commands, false);
        });
    let name = say!("window-presets");
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &name));
    menu::tip_saying(combo.response, &name, None, Some(&say!("window-presets-tip")));
}
