//! What stands around the panes.

pub mod browser;
pub mod colors;
pub mod display;
pub mod drop;
pub mod histogram;
pub mod jobs;
pub mod keys;
pub mod measurements;
pub mod menu;
pub mod messages;
pub mod series;
pub mod start;
pub mod status;

use egui::{Panel, Ui};

use super::{Commands, Memory, theme};
use crate::app::State;

/// Lays the panels out around the room for the panes. They show the state and push commands.
pub fn show_all(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    Panel::top("menu")
        .frame(theme::panel_frame())
        .show(ui, |ui| menu::bar(ui, state, memory, commands));
    messages::show(ui, state, commands);
    Panel::bottom("status")
        .frame(theme::panel_frame())
        .show(ui, |ui| status::show(ui, state));
    Panel::left("browser")
        .default_size(theme::BROWSER_WIDTH)
        .min_size(120.0)
        .frame(theme::panel_frame())
        .show(ui, |ui| browser::show(ui, state, memory, commands));
    if state.shown().is_some() {
        Panel::right("display")
            .default_size(theme::DISPLAY_WIDTH)
            .min_size(140.0)
            .frame(theme::panel_frame())
            .show(ui, |ui| {
                measurements::show(ui, state, memory, commands);
                display::show(ui, state, memory, commands);
            });
    }
    keys::show(ui.ctx(), memory);
}
