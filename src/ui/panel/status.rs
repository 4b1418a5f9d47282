//! The line at the bottom: what stands under the pointer, what is under way, and what this program is not.

use egui::{Align, Layout, RichText, Ui};

use super::jobs;
use crate::app::{State, readout};
use crate::say;
use crate::ui::{Commands, text, theme};

/// Height of the line: that of a button, so that nothing moves when one appears.
const HEIGHT: f32 = 22.0;

/// Shows the line.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    ui.horizontal(|ui| {
        ui.set_min_height(HEIGHT);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(
                RichText::new(say!("ui-not-for-diagnosis"))
                    .color(theme::of(ui).warning)
                    .size(theme::FONT_SMALL),
            );
            ui.add_space(theme::GAP);
            // The start page tells more about them.
            if state.shown().is_some() {
                jobs::bar(ui, state, commands);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(line(state)).truncate());
            });
        });
    });
}

fn line(state: &State) -> String {
    let found = state.hover.and_then(|(pane, at)| readout::readout(state, pane, at));
    match (found, state.shown()) {
        (Some(found), Some(entry)) => text::readout(&found, entry.volume()).join("    "),
        (None, Some(entry)) if entry.volume().geometry().is_some() => {
            let found = readout::at_crosshair(state);
            say!(
                "ui-at-crosshair",
                readout = found.map_or_else(String::new, |found| text::readout(&found, entry.volume()).join("    "))
            )
        }
        _ => String::new(),
    }
}
