//! The line at the bottom: what stands under the pointer, what is under way, and what this program is not.

use egui::{Align, Layout, RichText, Ui};

use super::{jobs, menu, series};
use crate::app::{State, identifiers, overlays, probability, readout};
use crate::say;
use crate::ui::action::Action;
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
            if identifiers::are_hidden(state) {
                let sign = RichText::new(say!("ui-identifiers-hidden")).color(theme::of(ui).text_on_accent);
                egui::Frame::new()
                    .fill(theme::of(ui).accent)
                    .corner_radius(theme::CORNER)
                    .inner_margin(egui::Margin::symmetric(6, 0))
                    .show(ui, |ui| menu::tip_of(ui.label(sign), Action::Identifiers));
            }
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
    let hovered = state.hover.and_then(|(pane, at)| readout::readout(state, pane, at));
    let found = hovered.or_else(|| readout::at_crosshair(state));
    let (Some(found), Some(entry)) = (found, state.shown()) else {
        return String::new();
    };
    let mut parts = text::readout(&found, entry.volume());
    let segments = found
        .lps
        .map_or_else(Vec::new, |place| overlays::segments_at(state, place));
    parts.extend(
        segments
            .into_iter()
            .map(|(label, name)| say!("ui-segment-here", label = label, name = identifiers::text(state, &name))),
    );
    let probabilities = found
        .lps
        .map_or_else(Vec::new, |place| probability::probabilities_at(state, place));
    parts.extend(probabilities.into_iter().map(|(p, entry)| {
        let name = series::title(entry, state);
        say!("judge-probability-here", name = name, p = text::probability(p))
    }));
    let readout = parts.join("    ");
    if hovered.is_some() {
        readout
    } else {
        say!("ui-at-crosshair", readout = readout)
    }
}
