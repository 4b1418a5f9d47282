//! Reading a file again that has changed, and having files watched for that.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::command::Effect;
use super::super::overlays::{Becomes, Overlay};
use super::super::probability::Probability;
use super::super::state::{Entry, JobSubject, Level, LoadState, State};
use super::{file, overlay, safety};
use crate::io::segmentation::Stamp;
use crate::io::{OpenVolume, Opened, unplaced};
use crate::model::volume::VolumeId;
use crate::say;

/// The file that a volume is read from, or was saved to since, if it is one that can be read again.
pub(super) fn file_of(entry: &Entry) -> Option<PathBuf> {
    let saved = entry.overlay.as_ref().and_then(|overlay| overlay.path.as_ref());
    if let Some((path, _)) = saved {
        return Some(path.clone());
    }
    let place = entry.from_file().source.file().filter(|place| !place.is_unpacked())?;
    Some(place.path().to_owned())
}

/// Whether the n-th volume can be read again.
pub fn can_reload(entry: &Entry) -> bool {
    file_of(entry).is_some()
}

/// Has the file of the n-th volume watched, or no longer.
pub(super) fn watch(state: &mut State, index: usize, yes: bool) -> Vec<Effect> {
    if let Some(entry) = state.document.entries.get_mut(index) {
        entry.is_watched = yes && file_of(entry).is_some();
    }
    let watched = state.document.entries.iter().filter(|entry| entry.is_watched);
    vec![Effect::Watch {
        paths: watched.filter_map(file_of).collect(),
    }]
}

/// A watched file has changed.
pub(in crate::app) fn file_changed(state: &mut State, path: &Path) -> Vec<Effect> {
    let now = Stamp::of(path);
    let is_ours = |entry: &Entry| {
        let own = entry.overlay.as_ref().and_then(|overlay| overlay.path.as_ref());
        own.is_some_and(|(own, stamp)| own == path && *stamp == now)
    };
    let changed: Vec<usize> = state
        .document
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.is_watched && file_of(entry).as_deref() == Some(path) && !is_ours(entry))
        .map(|(index, _)| index)
        .collect();
    changed.into_iter().flat_map(|index| reload(state, index)).collect()
}

fn is_unsaved(entry: &Entry) -> bool {
    let overlay = entry.overlay.as_ref();
    overlay.is_some_and(|overlay| overlay.is_unsaved(entry.volume()))
}

/// Says why a file is not read again.
fn tell_unsaved(state: &mut State, index: usize) {
    if let Some(path) = state.document.entries.get(index).and_then(file_of) {
        let path = path.display().to_string();
        state.tell(Level::Error, say!("app-reload-unsaved", path = path));
    }
}

/// Begins to read the file of the n-th volume again. What was painted and is not saved is not given up for it.
pub(super) fn reload(state: &mut State, index: usize) -> Vec<Effect> {
    let Some(entry) = state.document.entries.get(index) else {
        return Vec::new();
    };
    let (Some(path), id) = (file_of(entry), entry.volume().id) else {
        return Vec::new();
    };
    if is_unsaved(entry) {
        tell_unsaved(state, index);
        return Vec::new();
    }
    let is_under_way = state
        .jobs
        .values()
        .any(|status| status.subject == JobSubject::Reload(id));
    if is_under_way {
        return Vec::new();
    }
    set_becomes(state, index, None);
    let title = say!("app-job-scan", path = path.display().to_string());
    let job = file::begin(state, title, JobSubject::Reload(id));
    vec![Effect::StartScan {
        job,
        paths: Some(vec![path]),
    }]
}

/// Begins to read the file of the n-th label map again, so that it becomes something else.
pub(super) fn become_another(state: &mut State, index: usize, becomes: Becomes) -> Vec<Effect> {
    let effects = reload(state, index);
    set_becomes(state, index, Some(becomes));
    effects
}

fn set_becomes(state: &mut State, index: usize, becomes: Option<Becomes>) {
    let entry = state.document.entries.get_mut(index);
    if let Some(overlay) = entry.and_then(|entry| entry.overlay.as_mut()) {
        overlay.becomes = becomes;
    }
}

/// Of the volumes of a file the one that is this one, lying where this one lay if the file does not say.
fn same_of(entry: &Entry, opened: Opened) -> Option<OpenVolume> {
    let is_same = |open: &OpenVolume| {
        let (new, old) = (&open.volume.series, &entry.volume().series);
        new.series_uid == old.series_uid && new.series_number == old.series_number
    };
    let mut volumes = opened.volumes;
    // Arrays of one file have no number but a name.
    let is_named_so =
        |open: &OpenVolume| is_same(open) && open.volume.series.description == entry.volume().series.description;
    let at = volumes
        .iter()
        .position(is_named_so)
        .or_else(|| volumes.iter().position(is_same));
    if volumes.is_empty() {
        return None;
    }
    let mut open = volumes.swap_remove(at.unwrap_or(0));
    if let Some(mut placed) = unplaced::lie_on(&open, entry.volume()) {
        // It lies where it lay, and says of that what it said.
        if let Some(volume) = Arc::get_mut(&mut placed.volume) {
            volume.warnings.clone_from(&entry.volume().warnings);
        }
        open = placed;
    }
    Some(open)
}

/// A file was read again: its volume takes the place of the one before, seen in the same way.
pub(super) fn take(state: &mut State, id: VolumeId, opened: Opened) -> Vec<Effect> {
    let Some(index) = state.document.entries.iter().position(|entry| entry.volume().id == id) else {
        return Vec::new();
    };
    // It may have been painted on meanwhile.
    if is_unsaved(&state.document.entries[index]) {
        tell_unsaved(state, index);
        return Vec::new();
    }
    safety::give_journal_up(state, index);
    let entry = &mut state.document.entries[index];
    let Some(open) = same_of(entry, opened) else {
        return Vec::new();
    };
    let new = open.volume.id;
    let name = open.volume.series.description.clone();
    let becomes = entry.overlay.as_ref().and_then(|overlay| overlay.becomes);
    entry.overlay = entry.overlay.take().filter(|_| becomes.is_none()).map(|old| {
        let read = open.source.segments().unwrap_or_default();
        // Names, colours and what is hidden are as the user left them.
        let table = if old.table.segments.is_empty() { read } else { old.table };
        Overlay {
            look: old.look,
            told: old.told,
            ..Overlay::new(table, old.is_visible)
        }
    });
    if becomes == Some(Becomes::Probability) {
        entry.probability = Some(Probability::new(None));
    }
    entry.open = open;
    entry.load = LoadState::Header;
    entry.load_warnings.clear();
    entry.auto_window = None;
    entry.auto_projection_window = None;
    entry.histogram = None;
    entry.display.mask = None;
    entry.occlusion = None;
    entry.display.frame = entry
        .display
        .frame
        .min(entry.open.volume.voxels.frames().saturating_sub(1));
    let is_map = entry.overlay.is_some();
    if let Some(map) = &mut entry.probability {
        // Its values may be others now.
        map.certain = None;
    }
    let was_shown = take_place(state, id, new);
    match becomes {
        Some(Becomes::Image) => return file::show(state, new),
        Some(Becomes::Probability) => {
            state.view.overlays.is_on = true;
            return overlay::show_image_of(state, new);
        }
        None => {}
    }
    let said = say!("app-reloaded", name = name);
    if state.messages.last().is_none_or(|last| last.text != said) {
        state.tell(Level::Note, said);
    }
    let mut effects = Vec::new();
    if is_map {
        effects.extend(overlay::read(state, new));
    } else if was_shown {
        effects.extend(file::load(state, new));
    }
    effects
}

/// Whatever was about a volume is about another one that took its place. Answers whether it was shown.
fn take_place(state: &mut State, id: VolumeId, new: VolumeId) -> bool {
    state.thumbnails.forget(id);
    state.transfer_thumbnails.forget(id);
    state.history.replaced(id, new);
    for also in state.view.volume.also.iter_mut().filter(|also| **also == id) {
        *also = new;
    }
    if state.painting.target == Some(id) {
        state.painting.target = Some(new);
    }
    let was_shown = state.view.shown == Some(id);
    if was_shown {
        state.view.shown = Some(new);
    }
    was_shown
}
