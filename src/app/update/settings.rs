//! What is remembered from session to session.

use std::path::{Path, PathBuf};

use super::super::overlays::OverlayView;
use super::super::pane::{Arrangement, PaneId};
use super::super::recent::{self, Recent};
use super::super::settings::keeper::Report;
use super::super::settings::{PanelId, Setting, Settings, WindowPlace};
use super::super::state::{Level, State};
use super::layout_for;
use crate::say;

/// Begins with what is remembered.
pub(in crate::app) fn take(state: &mut State, settings: Settings, file: PathBuf, note: Option<String>) {
    state.view.is_neurological = settings.is_neurological;
    state.view.crosshair_visible = settings.crosshair;
    settings.painting.take_up(&mut state.painting);
    state.view.overlays = settings.overlays.in_range();
    state.settings = settings;
    state.settings_file = Some(file);
    state.view.layout = layout_for(state);
    if let Some(note) = note {
        state.tell(Level::Error, note);
    }
}

/// Changes a setting; what is on the screen follows at once.
pub(super) fn set(state: &mut State, setting: Setting) {
    state.settings.set(setting);
    match setting {
        Setting::Neurological(is_neurological) => state.view.is_neurological = is_neurological,
        Setting::Crosshair(is_visible) => state.view.crosshair_visible = is_visible,
        Setting::Interpolation(interpolation) => {
            if let Some(entry) = state.shown_mut() {
                entry.display.interpolation = interpolation;
            }
        }
        Setting::Theme(_) | Setting::Scale(_) | Setting::UpIsBrighter(_) => {}
    }
}

/// Everything that can be set as at first. What was opened, and where window and panels are, stays.
pub(super) fn reset(state: &mut State) {
    let first = Settings::default();
    for setting in [
        Setting::Theme(first.theme),
        Setting::Scale(first.scale),
        Setting::Neurological(first.is_neurological),
        Setting::Crosshair(first.crosshair),
        Setting::Interpolation(first.interpolation),
        Setting::UpIsBrighter(first.up_is_brighter),
    ] {
        set(state, setting);
    }
    first.painting.take_up(&mut state.painting);
    state.settings.painting = first.painting;
    state.view.overlays = OverlayView {
        is_on: state.view.overlays.is_on,
        ..first.overlays
    };
    state.settings.overlays = first.overlays;
    set_layout(state, first.layout);
}

/// Other panes, and the same for the next session.
pub(super) fn set_layout(state: &mut State, layout: Arrangement) {
    state.settings.layout = layout;
    if layout == Arrangement::OneAndThree && PaneId::QUAD.contains(&state.view.focused) {
        state.view.large = state.view.focused;
    }
    state.view.layout = layout_for(state);
}

/// Shows or hides a panel.
pub(super) fn toggle_panel(state: &mut State, panel: PanelId) {
    let place = state.settings.panels.entry(panel).or_default();
    place.is_open = !place.is_open;
}

/// A panel was given another size.
pub(super) fn resize_panel(state: &mut State, panel: PanelId, size: f32) {
    state.settings.panels.entry(panel).or_default().size = Some(size);
}

/// The window was moved. Of one that fills the screen, the place that it goes back to stays.
pub(super) fn place_window(state: &mut State, place: WindowPlace) {
    if !place.is_possible() {
        return;
    }
    match &mut state.settings.window {
        Some(known) if place.is_maximised => known.is_maximised = true,
        known => *known = Some(place),
    }
}

/// Something was opened.
pub(super) fn remember(state: &mut State, paths: &[PathBuf]) {
    if let Some(recent) = Recent::now(paths) {
        recent::remember(&mut state.settings.recent, recent);
    }
}

/// Takes something off the list of recent files.
pub(super) fn forget(state: &mut State, paths: &[PathBuf]) {
    state.settings.recent.retain(|recent| recent.paths != paths);
}

/// What the keeper found.
pub(in crate::app) fn kept(state: &mut State, path: &Path, report: Report) {
    match report {
        Report::Note(note) => state.tell(Level::Error, note),
        Report::NotSaved(why) if !state.is_settings_loss_told => {
            state.is_settings_loss_told = true;
            tracing::warn!("{} is not written: {why}", path.display());
            state.tell(Level::Error, say!("app-settings-not-saved", why = why));
        }
        Report::NotSaved(_) => {}
        Report::Missing(missing) => state.missing = missing,
    }
}
