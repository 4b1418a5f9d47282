//! How a volume's values become colour and opacity: presets, changes that can be undone, the user's own, files.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::command::Effect;
use super::super::history::{Edit, Step, TransferEdit};
use super::super::state::{Entry, JobSubject, Level, State};
use super::super::transfer::Transfer;
use super::super::transfer_presets::transfer_preset;
use super::super::user_presets::{UserPreset, tidy_name};
use super::super::volume_view::VolumeChange;
use super::{file, look};
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::VolumeId;
use crate::model::window::Window;
use crate::say;

/// Applies a change of the shown volume's colours. Numbers that are none change nothing.
pub(super) fn change(state: &mut State, change: VolumeChange) {
    match change {
        VolumeChange::Transfer(function) => try_out(state, |now| now.changed(function.tidied())),
        VolumeChange::Iso(value) if value.is_finite() => try_out(state, |now| Transfer {
            iso: value,
            ..now.clone()
        }),
        VolumeChange::Settle => settle(state),
        VolumeChange::Preset(name) => choose_preset(state, &name, say!("app-step-preset")),
        VolumeChange::ResetTransfer => {
            let transfer = state.shown().and_then(|entry| entry.display.transfer.as_ref());
            if let Some(name) = transfer.and_then(|transfer| transfer.origin.clone()) {
                choose_preset(state, &name, say!("app-step-reset-transfer"));
            }
        }
        VolumeChange::Window { center, width } => set_projection_window(state, center, width),
        VolumeChange::AutoWindow => {
            if let Some(entry) = state.shown_mut() {
                let display = &mut entry.display;
                display.projection_window = entry.auto_projection_window.or(display.projection_window);
            }
        }
        other => change_presets(state, other),
    }
}

fn set_projection_window(state: &mut State, center: f64, width: f64) {
    if let Some(entry) = state.shown_mut()
        && center.is_finite()
        && width.is_finite()
    {
        let window = Window::linear(center, width);
        entry.display.projection_window = Some(Window {
            width: width.max(window.smallest_width()),
            ..window
        });
    }
}

/// Changes the list of the user's presets.
fn change_presets(state: &mut State, change: VolumeChange) {
    match change {
        VolumeChange::SavePreset(name) => save_preset(state, &name),
        VolumeChange::RenamePreset { from, to } => {
            let presets = &mut state.settings.transfer_presets;
            let to = tidy_name(&to).filter(|to| !presets.contains_key(to));
            if let Some((to, preset)) = to.and_then(|to| Some((to, presets.remove(&from)?))) {
                presets.insert(to.clone(), preset);
                rename_shown(state, &from, Some(&to));
            }
        }
        VolumeChange::DeletePreset(name) => {
            state.settings.transfer_presets.remove(&name);
            // A built-in preset of that name is none of the user's.
            if transfer_preset(&name).is_none() {
                rename_shown(state, &name, None);
            }
        }
        // The others are applied elsewhere, or are numbers that are none.
        _ => {}
    }
}

fn save_preset(state: &mut State, name: &str) {
    settle(state);
    let Some(name) = tidy_name(name) else { return };
    let Some(entry) = state.shown_mut() else { return };
    let values = values_of(entry);
    let Some(now) = entry.display.transfer.clone() else {
        return;
    };
    let preset = UserPreset::new(&now, entry.volume(), values);
    entry.display.transfer = Some(Transfer {
        preset: Some(name.clone()),
        origin: Some(name.clone()),
        ..now
    });
    state.transfer_thumbnails.forget_preset(&name);
    state.settings.transfer_presets.insert(name, preset);
}

/// What came from a preset comes from it under its new name, or from none.
fn rename_shown(state: &mut State, from: &str, to: Option<&str>) {
    state.transfer_thumbnails.forget_preset(from);
    for entry in &mut state.document.entries {
        if let Some(transfer) = &mut entry.display.transfer {
            for name in [&mut transfer.preset, &mut transfer.origin] {
                if name.as_deref() == Some(from) {
                    *name = to.map(str::to_owned);
                }
            }
        }
    }
}

/// A preset's function for a volume; the user's own come after those that are built in.
pub(super) fn preset_for(state: &State, entry: &Entry, name: &str) -> Option<Transfer> {
    let values = values_of(entry);
    let own = || {
        let preset = state.settings.transfer_presets.get(name)?;
        Some(Transfer::of_user_preset(name, preset, values))
    };
    transfer_preset(name)
        .map(|preset| Transfer::of_preset(preset, values))
        .or_else(own)
}

fn choose_preset(state: &mut State, name: &str, step: String) {
    settle(state);
    let Some(after) = state.shown().and_then(|entry| preset_for(state, entry, name)) else {
        return;
    };
    let Some(entry) = state.shown_mut() else { return };
    let id = entry.volume().id;
    if let Some(before) = entry.display.transfer.replace(after.clone()) {
        did(state, id, before, after, step);
    }
}

/// Changes the transfer function of the shown volume until it is settled.
fn try_out(state: &mut State, change: impl FnOnce(&Transfer) -> Transfer) {
    let Some(entry) = state.shown_mut() else { return };
    let id = entry.volume().id;
    let Some(before) = entry.display.transfer.clone() else {
        return;
    };
    entry.display.transfer = Some(change(&before));
    if state.view.volume.trying.as_ref().is_none_or(|(of, _)| *of != id) {
        settle(state);
        state.view.volume.trying = Some((id, before));
    }
}

/// What was being changed stays, as one step.
pub(super) fn settle(state: &mut State) {
    look::settle(state);
    let Some((id, before)) = state.view.volume.trying.take() else {
        return;
    };
    let after = state
        .document
        .entry(id)
        .and_then(|entry| entry.display.transfer.clone());
    if let Some(after) = after {
        did(state, id, before, after, say!("app-step-transfer"));
    }
}

/// What was being changed is as before.
pub(super) fn take_back(state: &mut State) {
    if let Some((id, before)) = state.view.volume.trying.take()
        && let Some(entry) = state.document.entry_mut(id)
    {
        entry.display.transfer = Some(before);
    }
}

/// Notes a step that can be undone.
fn did(state: &mut State, volume: VolumeId, before: Transfer, after: Transfer, name: String) {
    if before != after {
        let edit = Edit::Transfer(TransferEdit { volume, before, after });
        state.history.did(Step { name, edit });
    }
}

/// The curve of the shown volume was dragged in its pane: one step.
pub(super) fn dragged(state: &mut State, before: Option<Transfer>) {
    let shown = state.shown();
    let now = shown.and_then(|entry| Some((entry.volume().id, entry.display.transfer.clone()?)));
    if let Some(((id, after), before)) = now.zip(before) {
        did(state, id, before, after, say!("app-step-transfer"));
    }
}

/// Goes one step back or on.
pub(super) fn apply_edit(state: &mut State, edit: &TransferEdit) {
    if let Some(entry) = state.document.entry_mut(edit.volume) {
        entry.display.transfer = Some(edit.after.clone());
    }
}

/// Reads a transfer function from a file.
pub(super) fn import(state: &mut State, path: PathBuf) -> Vec<Effect> {
    let title = say!("app-job-transfer", path = path.display().to_string());
    let job = file::begin(state, title, JobSubject::Transfer);
    vec![Effect::ReadTransfer { job, path }]
}

/// Writes the transfer function of the shown volume to a file.
pub(super) fn export(state: &mut State, path: PathBuf) -> Vec<Effect> {
    settle(state);
    let Some(function) = state
        .shown()
        .and_then(|entry| entry.display.transfer.as_ref())
        .map(|transfer| Arc::clone(&transfer.function))
    else {
        return Vec::new();
    };
    let title = say!("app-job-picture", path = path.display().to_string());
    let job = file::begin(state, title, JobSubject::Picture);
    vec![Effect::WriteTransfer { job, path, function }]
}

/// A transfer function was read, or why not.
pub(super) fn read(state: &mut State, read: Result<TransferFunction, String>) {
    match read {
        Ok(function) => {
            settle(state);
            try_out(state, |now| now.changed(function));
            settle(state);
        }
        Err(why) => state.tell(Level::Error, why),
    }
}

/// Where the values of a volume mostly lie.
pub(super) fn values_of(entry: &Entry) -> Window {
    let voxels = &entry.volume().voxels;
    if voxels.components() > 1 {
        // Colours are classified by their luminance.
        return Window::between(0.0, voxels.sample_type().color_max());
    }
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
