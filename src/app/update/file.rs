//! Opening, showing and closing.

use std::path::{Path, PathBuf};

use super::super::command::{Choice, Effect};
use super::super::job::JobId;
use super::super::overlays;
use super::super::pane::{Layout, PaneId, StackPane};
use super::super::probability;
use super::super::scenes;
use super::super::state::{JobStatus, JobSubject, LoadState, State};
use super::super::thumbnail::Thumbnails;
use super::super::transfer_thumbnail::TransferThumbnails;
use super::{layout_for, navigate};
use crate::model::volume::VolumeId;
use crate::say;

/// Notes a job that is about to begin.
pub(super) fn begin(state: &mut State, title: String, subject: JobSubject) -> JobId {
    let job = state.next_job();
    let progress = None;
    state.jobs.insert(
        job,
        JobStatus {
            title,
            progress,
            subject,
        },
    );
    job
}

/// Begins to read headers, beside whatever else is being read.
pub(super) fn open(state: &mut State, paths: Option<Vec<PathBuf>>) -> Vec<Effect> {
    if paths.as_ref().is_some_and(Vec::is_empty) {
        return Vec::new();
    }
    let title = match paths.as_deref() {
        None => say!("app-job-demo"),
        Some([path]) => say!("app-job-scan", path = path.display().to_string()),
        Some(several) => say!("app-job-scan-several", count = several.len()),
    };
    let subject = JobSubject::Paths(paths.clone().unwrap_or_default());
    let job = begin(state, title, subject);
    vec![Effect::StartScan { job, paths }]
}

/// Has the user choose, unless a dialog is open already.
pub(super) fn choose(state: &mut State, choice: Choice) -> Vec<Effect> {
    if state.jobs.values().any(|status| status.subject == JobSubject::Question) {
        return Vec::new();
    }
    let job = begin(state, say!("app-job-choose"), JobSubject::Question);
    vec![Effect::Choose { job, choice }]
}

/// A picture is about to be written.
pub(in crate::app) fn begin_picture(state: &mut State, path: &Path) -> JobId {
    let title = say!("app-job-picture", path = path.display().to_string());
    begin(state, title, JobSubject::Picture)
}

/// Asks a job to stop. A question is forgotten at once: nobody can close the system's dialog for the user.
pub(super) fn cancel_job(state: &mut State, job: JobId) -> Vec<Effect> {
    if state
        .jobs
        .get(&job)
        .is_some_and(|status| status.subject == JobSubject::Question)
    {
        state.jobs.remove(&job);
    }
    vec![Effect::CancelJob(job)]
}

/// Shows the n-th volume. A label map or probability map is shown over the image that is seen, if it belongs to it.
pub(super) fn show_index(state: &mut State, index: usize) -> Vec<Effect> {
    let is_labels = overlays::over_shown(state).any(|(over, ..)| over == index);
    if is_labels || probability::over_shown(state).any(|(over, ..)| over == index) {
        super::overlay::set_visible(state, index, true);
        return Vec::new();
    }
    show_alone(state, index)
}

fn show_alone(state: &mut State, index: usize) -> Vec<Effect> {
    match state.document.entries.get(index).map(|entry| entry.volume().id) {
        Some(id) => show(state, id),
        None => Vec::new(),
    }
}

/// Shows the next or a previous volume; stops at the ends.
pub(super) fn step_series(state: &mut State, steps: i64) -> Vec<Effect> {
    let count = state.document.entries.len();
    let Some(now) = state
        .document
        .entries
        .iter()
        .position(|entry| Some(entry.volume().id) == state.view.shown)
    else {
        return Vec::new();
    };
    let next = now.saturating_add_signed(steps as isize).min(count.saturating_sub(1));
    if next == now {
        Vec::new()
    } else {
        show_alone(state, next)
    }
}

/// Puts a volume into the panes and has its voxels read. Loading of volumes that are no longer seen stops; what has
/// arrived of them stays.
pub(super) fn show(state: &mut State, id: VolumeId) -> Vec<Effect> {
    super::pointer::settle(state);
    let mut effects = Vec::new();
    if state.view.shown != Some(id) {
        effects.extend(stop_other_loads(state, id));
        let same_space = shares_space(state, id);
        let mm_per_point = scenes::mm_per_point(state, navigate::leading_plane(state));
        state.view.shown = Some(id);
        adapt_layout(state);
        // Who measures or paints in one series goes on with it in the next, and from case to case.
        state.view.tool = state.view.tool.filter(|tool| tool.measures() || tool.paints());
        state.measurements.selected = None;
        state.view.stack = StackPane {
            slice: state.shown().map_or(0, |entry| entry.volume().dims()[2] / 2),
            ..StackPane::default()
        };
        // Another series of the same study is looked at in the same place, as far as both have one.
        if same_space {
            navigate::keep_place(state, mm_per_point);
        } else {
            navigate::reset(state);
        }
    }
    effects.extend(load(state, id));
    effects
}

/// Planes stay as they stand, one alone too; they and stored pictures take each other's place.
fn adapt_layout(state: &mut State) {
    let layout = layout_for(state);
    let stack = Layout::Single(PaneId::Stack);
    if (layout == stack) != (state.view.layout == stack) {
        state.view.layout = layout;
        state.view.focused = layout.panes()[0];
    }
}

/// Stops reading every volume but one and those that are rendered with it. They count as stopped at once, so that showing them again begins anew.
fn stop_other_loads(state: &mut State, id: VolumeId) -> Vec<Effect> {
    let mut effects = Vec::new();
    for entry in &mut state.document.entries {
        if let LoadState::Loading(job) = entry.load
            && entry.volume().id != id
            && !state.view.volume.also.contains(&entry.open.volume.id)
        {
            entry.load = LoadState::Stopped;
            effects.push(Effect::CancelJob(job));
        }
    }
    effects
}

/// Whether the shown volume and another stand in the same frame of reference.
fn shares_space(state: &State, id: VolumeId) -> bool {
    let (Some(shown), Some(other)) = (state.shown(), state.document.entry(id)) else {
        return false;
    };
    let (a, b) = (shown.volume(), other.volume());
    let uid = &a.series.frame_of_reference_uid;
    !uid.is_empty() && *uid == b.series.frame_of_reference_uid && a.geometry().is_some() && b.geometry().is_some()
}

pub(super) fn load(state: &mut State, id: VolumeId) -> Option<Effect> {
    let job = state.next_job();
    let entry = state.document.entry_mut(id)?;
    if matches!(entry.load, LoadState::Loaded | LoadState::Loading(_)) {
        return None;
    }
    entry.load = LoadState::Loading(job);
    let open = entry.open.clone();
    let title = say!("app-job-load", name = open.volume.series.description.clone());
    state.jobs.insert(
        job,
        JobStatus {
            title,
            progress: None,
            subject: JobSubject::Volume(id),
        },
    );
    Some(Effect::StartLoad { job, open })
}

/// Closes the n-th volume; if it was in the panes, the one after it is shown.
pub(super) fn close(state: &mut State, index: usize) -> Vec<Effect> {
    let Some(id) = state.document.entries.get(index).map(|entry| entry.volume().id) else {
        return Vec::new();
    };
    if state.document.entries.len() == 1 {
        return close_all(state);
    }
    super::pointer::settle(state);
    let about_it: Vec<JobId> = state
        .jobs
        .iter()
        .filter(|(_, status)| status.subject.volume() == Some(id))
        .map(|(job, _)| *job)
        .collect();
    let mut effects: Vec<Effect> = about_it.iter().copied().map(Effect::CancelJob).collect();
    for job in about_it {
        state.jobs.remove(&job);
    }
    super::safety::give_journal_up(state, index);
    state.document.entries.remove(index);
    state.thumbnails.forget(id);
    state.transfer_thumbnails.forget(id);
    state.history.forget(id);
    if state.view.shown == Some(id) {
        state.view.shown = None;
        effects.extend(show_index(state, index.min(state.document.entries.len() - 1)));
    }
    effects
}

/// Closes everything and stops all jobs.
pub(super) fn close_all(state: &mut State) -> Vec<Effect> {
    super::pointer::settle(state);
    let mut effects: Vec<Effect> = state.jobs.keys().copied().map(Effect::CancelJob).collect();
    effects.extend(super::measure::close(state));
    for index in 0..state.document.entries.len() {
        super::safety::give_journal_up(state, index);
    }
    state.document.entries.clear();
    state.document.skipped.clear();
    state.document.patients.clear();
    state.thumbnails = Thumbnails::default();
    state.transfer_thumbnails = TransferThumbnails::default();
    state.jobs.clear();
    state.messages.clear();
    state.view.shown = None;
    state.view.layout = layout_for(state);
    state.hover = None;
    effects
}
