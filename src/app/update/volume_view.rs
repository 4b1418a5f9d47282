//! How volumes are rendered.

use std::sync::Arc;

use super::super::state::{Entry, State};
use super::super::transfer::Transfer;
use super::super::transfer_presets::transfer_preset;
use super::super::volume_view::VolumeChange;
use crate::model::window::Window;
use crate::scene::Camera;

/// Applies a change. Numbers that are none change nothing.
pub(super) fn change(state: &mut State, change: VolumeChange) {
    let view = &mut state.view.volume;
    match change {
        VolumeChange::Mode(mode) => view.mode = mode,
        VolumeChange::Light(light) => view.light = light,
        VolumeChange::Cuts(cuts) => view.cuts = cuts,
        VolumeChange::Background(background) => view.background = background,
        VolumeChange::Perspective(degrees) if degrees.is_finite() => {
            state.view.camera.perspective_deg = degrees.clamp(0.0, Camera::MOST_PERSPECTIVE_DEG);
        }
        other => {
            if let Some(entry) = state.shown_mut() {
                change_transfer(entry, other);
            }
        }
    }
}

fn change_transfer(entry: &mut Entry, change: VolumeChange) {
    let values = values_of(entry);
    let Some(transfer) = &mut entry.display.transfer else {
        return;
    };
    match change {
        VolumeChange::Preset(name) => {
            if let Some(preset) = transfer_preset(&name) {
                *transfer = Transfer::of_preset(preset, values);
            }
        }
        VolumeChange::Transfer(function) => {
            transfer.preset = None;
            transfer.function = Arc::new(function.tidied());
        }
        VolumeChange::Iso(value) if value.is_finite() => transfer.iso = value,
        _ => {}
    }
}

/// Where the values of a volume mostly lie.
fn values_of(entry: &Entry) -> Window {
    entry
        .auto_window
        .or(entry.display.window)
        .unwrap_or(Window::linear(0.0, 1.0))
}

/// Chooses the first transfer function of a volume, and follows its data as long as nothing else was chosen.
pub(super) fn ensure_transfer(entry: &mut Entry) {
    let values = values_of(entry);
    let first = Transfer::first(entry.volume(), values);
    let is_untouched = match (&entry.display.transfer, &first) {
        (Some(current), Some(first)) => current.preset == first.preset,
        (current, _) => current.is_none(),
    };
    if is_untouched {
        entry.display.transfer = first;
    }
}
