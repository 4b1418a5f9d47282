//! The line at the bottom: what stands under the pointer, and what this program is not.

use egui::{Align, Layout, RichText, Ui};

use crate::app::{State, identifiers, readout};
use crate::say;
use crate::ui::{text, theme};

/// Shows the line.
pub fn show(ui: &mut Ui, state: &State) {
    ui.horizontal(|ui| {
        let found = state.hover.and_then(|(pane, at)| readout::readout(state, pane, at));
        let line = match (found, state.shown()) {
            (Some(found), Some(entry)) => text::readout(&found, entry.volume()).join("    "),
            (None, Some(entry)) if entry.volume().geometry().is_some() => {
                let found = readout::at_crosshair(state);
                say!(
                    "ui-at-crosshair",
                    readout =
                        found.map_or_else(String::new, |found| text::readout(&found, entry.volume()).join("    "))
                )
            }
            _ => String::new(),
        };
        ui.label(line);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(say!("ui-not-for-diagnosis")).color(theme::of(ui).warning));
            if identifiers::are_hidden(state) {
                let sign = RichText::new(say!("ui-identifiers-hidden")).color(theme::of(ui).text_on_accent);
                egui::Frame::new()
                    .fill(theme::of(ui).accent)
                    .corner_radius(theme::CORNER)
                    .inner_margin(egui::Margin::symmetric(6, 0))
                    .show(ui, |ui| ui.label(sign).on_hover_text(say!("ui-hide-identifiers-tip")));
            }
        });
    });
}
