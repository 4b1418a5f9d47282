//! The line at the bottom: what stands under the pointer, and what this program is not.

use egui::{Align, Layout, RichText, Ui};

use crate::app::{State, overlays, readout};
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
        let place = found.and_then(|found| found.lps).or_else(|| {
            let at_crosshair = readout::at_crosshair(state)?;
            at_crosshair.lps
        });
        for (label, name) in place.map_or_else(Vec::new, |place| overlays::segments_at(state, place)) {
            ui.label(
                RichText::new(say!("ui-segment-here", label = label, name = name)).color(theme::of(ui).text_strong),
            );
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(say!("ui-not-for-diagnosis")).color(theme::of(ui).warning));
        });
    });
}
