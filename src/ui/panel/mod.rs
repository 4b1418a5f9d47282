//! What stands around the panes.

pub mod about;
pub mod browser;
pub mod cases;
pub mod colors;
mod curve;
pub mod cuts;
pub mod dialog;
pub mod display;
pub mod drop;
pub mod histogram;
mod history;
pub mod jobs;
pub mod keys;
pub mod leaving;
pub mod left_work;
pub mod measurements;
pub mod menu;
pub mod messages;
pub mod movie;
pub mod paint_tools;
pub mod painting;
pub mod path;
pub mod picture;
mod probability;
mod range_slider;
mod readers;
mod rows;
mod segment_name;
pub mod segment_work;
pub mod segments;
pub mod series;
pub mod settings;
pub mod start;
pub mod status;
pub mod tables;
pub mod together;
pub mod toolbar;
pub mod volume;

use egui::{Panel, PanelState, Ui};

use super::{Commands, Memory, theme};
use crate::app::settings::PanelId;
use crate::app::{Command, State};

/// Lays the panels out around the room for the panes. They show the state and push commands.
pub fn show_all(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    Panel::top("menu")
        .frame(theme::panel_frame())
        .show(ui, |ui| menu::bar(ui, state, memory, commands));
    messages::show(ui, state, commands);
    Panel::bottom("status")
        .frame(theme::panel_frame())
        .show(ui, |ui| status::show(ui, state, commands));
    if has_browser(state) && state.settings.is_open(PanelId::Browser) {
        side(ui, state, PanelId::Browser, commands, |ui, commands| {
            browser::show(ui, state, memory, commands);
        });
    }
    if state.shown().is_some() && state.settings.is_open(PanelId::Display) {
        side(ui, state, PanelId::Display, commands, |ui, commands| {
            measurements::show(ui, state, memory, commands);
            segments::show(ui, state, memory, commands);
            if volume::tabs(ui, state, memory) {
                volume::show(ui, state, memory, commands);
            } else {
                display::show(ui, state, memory, commands);
            }
        });
    }
    tables::show(ui, state, commands);
    dialog::show(ui.ctx(), state, memory, commands);
    leaving::show(ui.ctx(), state, commands);
}

/// Whether there is anything for the browser to show.
pub fn has_browser(state: &State) -> bool {
    !state.document.entries.is_empty() || !state.document.skipped.is_empty() || state.cases.is_some()
}

/// What egui knows the panels beside the panes by.
const BROWSER: &str = "browser";
const DISPLAY: &str = "display";

/// The largest share of the window that a panel beside the panes takes, alone and with another at the other side.
const LARGEST: f32 = 0.4;
const LARGEST_OF_TWO: f32 = 0.28;
/// Narrower than this nothing in a panel can be read, points.
const LEGIBLE: f32 = 206.0;

/// A panel beside the panes, as wide as it was left.
fn side(ui: &mut Ui, state: &State, id: PanelId, commands: &mut Commands, add: impl FnOnce(&mut Ui, &mut Commands)) {
    let (panel, name, usual, least) = match id {
        PanelId::Browser => (Panel::left(BROWSER), BROWSER, theme::BROWSER_WIDTH, 120.0),
        PanelId::Display => (Panel::right(DISPLAY), DISPLAY, theme::DISPLAY_WIDTH, 140.0),
    };
    let are_two = [PanelId::Browser, PanelId::Display].map(|panel| state.settings.is_open(panel)) == [true; 2];
    let share = if are_two { LARGEST_OF_TWO } else { LARGEST };
    let largest = (ui.ctx().content_rect().width() * share).max(LEGIBLE);
    // What a narrow window squeezed is as wide as it was when there is room again.
    let key = ui.scope_id().with(name);
    let last = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or(key.with("largest"), largest), largest));
    if last != largest {
        ui.data_mut(|data| data.remove::<PanelState>(key));
    }
    let shown = panel
        .default_size(state.settings.size(id).unwrap_or(usual))
        .min_size(least)
        .max_size(largest)
        .frame(theme::panel_frame())
        .show(ui, |ui| add(ui, commands));
    let size = shown.response.rect.width().round();
    let known = state.settings.size(id);
    // A window that is too narrow for the panel says nothing about how wide it shall be.
    let is_squeezed = size >= largest.floor() - 1.0;
    if known != Some(size) && !is_squeezed && ui.ctx().input(|input| input.pointer.any_released()) {
        commands.push(Command::ResizePanel { panel: id, size });
    }
}
