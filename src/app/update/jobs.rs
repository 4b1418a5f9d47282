//! What jobs bring back. Events of jobs that the state no longer knows are stale and dropped.

use std::cmp::Reverse;
use std::sync::Arc;

use super::super::command::{Command, Effect};
use super::super::job::{Answer, JobEvent, JobId};
use super::super::presets;
use super::super::state::{Counted, Display, Entry, JobSubject, Level, LoadState, State};
use super::{
    cases, developing, display, file, leaving, mask, measure, occlusion, overlay, probability, reload, safety,
    segment_work, settings, surfaces, tables, thumbnails, transfer, transfer_thumbnails,
};
use crate::io::load::LoadReport;
use crate::io::{OpenVolume, Opened, unplaced};
use crate::model::volume::VolumeId;
use crate::say;
use crate::scene::Interpolation;

/// Applies what a job told; `is_over` with its last event.
pub fn apply_event(state: &mut State, job: JobId, event: JobEvent, is_over: bool) -> Vec<Effect> {
    if !state.jobs.contains_key(&job) {
        return Vec::new();
    }
    // What the user chose in a dialog is carried out next, and belongs to what is being left.
    let is_choice = chosen(state, &event).is_some();
    let mut effects = match event {
        JobEvent::Scanned(opened)
            if let Some(JobSubject::Reload(id)) = state.jobs.get(&job).map(|status| status.subject.clone()) =>
        {
            reload::take(state, id, opened)
        }
        JobEvent::Scanned(opened) => {
            if let Some(JobSubject::Paths(paths)) = state.jobs.get(&job).map(|status| status.subject.clone())
                && !opened.volumes.is_empty()
            {
                settings::remember(state, &paths);
            }
            scanned(state, opened)
        }
        JobEvent::Judged(found) => tables::judged(state, found),
        JobEvent::Labelled(id, read, how) => overlay::counted(state, id, read, how),
        JobEvent::ProbabilityRead(id, range) => probability::read(state, id, range),
        JobEvent::CasesRead(read) => cases::read(state, read),
        JobEvent::WorkTaken(taken) => safety::took_over(state, *taken),
        JobEvent::Loaded(id, report) => {
            loaded(state, job, id, report);
            count(state, id).into_iter().collect()
        }
        JobEvent::Answered(Answer::SaveTo { volume, .. }) if state.document.entry(volume).is_none() => {
            state.tell(Level::Note, say!("app-segmentation-gone"));
            Vec::new()
        }
        JobEvent::Answered(Answer::NoDialog) => {
            state.tell(Level::Error, say!("app-no-dialog"));
            vec![Effect::TypePath]
        }
        JobEvent::Answered(Answer::NoDialogToSave(volume)) => safety::save_beside(state, volume),
        other => {
            take_in(state, job, other);
            Vec::new()
        }
    };
    if is_over {
        state.jobs.remove(&job);
    }
    effects.extend(measure::due(state));
    effects.extend(segment_work::due(state));
    effects.extend(overlay::due(state));
    effects.extend(probability::due(state));
    effects.extend(surfaces::due(state));
    tables::forget_closed(state);
    effects.extend(occlusion::due(state));
    effects.extend(developing::due(state));
    effects.extend(safety::due(state));
    if !is_choice {
        effects.extend(leaving::due(state));
    }
    effects.extend(cases::due(state));
    effects.extend(thumbnails::next(state));
    effects.extend(transfer_thumbnails::next(state));
    effects
}

/// The command that the user's choice in a dialog is, if what it was about is still there.
pub fn chosen(state: &State, event: &JobEvent) -> Option<Command> {
    match event {
        JobEvent::Answered(Answer::Do(command)) => Some((**command).clone()),
        JobEvent::Answered(Answer::SaveTo { volume, path }) => {
            let mut entries = state.document.entries.iter();
            let index = entries.position(|entry| entry.volume().id == *volume)?;
            Some(Command::SaveSegmentation {
                index: Some(index),
                path: Some(path.clone()),
            })
        }
        _ => None,
    }
}

/// Takes in what needs nothing to be done.
fn take_in(state: &mut State, job: JobId, event: JobEvent) {
    match event {
        JobEvent::Progress { done, total } => {
            if let Some(status) = state.jobs.get_mut(&job) {
                status.progress = Some((done, total));
            }
        }
        JobEvent::ScanFailed(err) if !err.is_cancelled => state.tell(Level::Error, err.message),
        JobEvent::AutoWindow {
            volume,
            slices,
            projections,
        } => {
            if let Some(entry) = state.document.entry_mut(volume) {
                display::take_auto_windows(entry, slices, projections);
            }
        }
        JobEvent::Thumbnail(id, thumbnail) if state.document.entry(id).is_some() => {
            state.thumbnails.put(id, thumbnail);
        }
        JobEvent::TransferThumbnail(id, preset, picture) if state.document.entry(id).is_some() => {
            state.transfer_thumbnails.put(id, preset, picture);
        }
        JobEvent::TransferRead(read) => transfer::read(state, read),
        JobEvent::ProbabilityCut(cut) => probability::cut(state, *cut),
        JobEvent::Nothing => {
            overlay::stopped(state, job);
            probability::stopped(state, job);
        }
        JobEvent::MeasurementsLoaded(_) | JobEvent::MeasurementsSaved(..) | JobEvent::MeasurementsExported(_) => {
            measure::took_in(state, job, event);
        }
        JobEvent::Measured(found) => tables::measured(state, found),
        JobEvent::Curved(found) => tables::curved(state, found),
        JobEvent::ReadersCompared(found) => tables::readers_compared(state, found),
        JobEvent::LabelsSaved(saved) => safety::saved(state, saved),
        JobEvent::SegmentWorked(done) => segment_work::done(state, *done),
        JobEvent::RangeFound(found) => segment_work::range_found(state, found.0, found.1),
        JobEvent::LabelsKept(kept) => safety::kept(state, kept),
        JobEvent::CasesKept(kept) => cases::kept(state, kept),
        JobEvent::WorkFound(left) => safety::found(state, left),
        JobEvent::Surfaced(id, found) => surfaces::found(state, id, found),
        JobEvent::Occluded(id, field) => occlusion::found(state, id, field),
        JobEvent::Masked(id, removal, mask) => mask::found(state, id, removal, mask),
        JobEvent::Developed { samples, pixels } => developing::take_in(state, job, samples, pixels),
        JobEvent::Counted(id, counted) => take_counts(state, id, counted),
        JobEvent::PictureSaved(Ok(path)) => state.tell(
            Level::Note,
            say!("app-picture-saved", path = path.display().to_string()),
        ),
        JobEvent::TransferSaved(Ok(path)) => state.tell(
            Level::Note,
            say!("app-transfer-saved", path = path.display().to_string()),
        ),
        JobEvent::MovieSaved(Ok(path)) => {
            state.tell(Level::Note, say!("app-movie-saved", path = path.display().to_string()));
        }
        JobEvent::TransferSaved(Err(why)) | JobEvent::PictureSaved(Err(why)) | JobEvent::MovieSaved(Err(why)) => {
            state.tell(Level::Error, why);
        }
        JobEvent::Panicked => broke(state, job, say!("app-job-panicked")),
        JobEvent::NoThread => broke(state, job, say!("app-no-thread")),
        _ => {}
    }
}

/// Adds what was found and shows the largest image of it. What may be a label map of an image is looked at first.
fn scanned(state: &mut State, opened: Opened) -> Vec<Effect> {
    let interpolation = state.settings.interpolation;
    let Opened { mut volumes, skipped } = opened;
    let images = state.document.entries.iter().filter(|entry| entry.overlay.is_none());
    unplaced::settle(
        &mut volumes,
        &images.map(|entry| entry.open.clone()).collect::<Vec<_>>(),
    );
    if !skipped.is_empty() {
        state.tell(Level::Note, say!("app-skipped", count = skipped.len()));
    }
    state.document.skipped.extend(skipped);
    for open in &volumes {
        let patient = &open.volume.series.patient;
        let who = (patient.name.clone(), patient.id.clone());
        if !state.document.patients.contains(&who) {
            state.document.patients.push(who);
        }
    }
    let known = state.document.entries.len();
    state
        .document
        .entries
        .extend(volumes.into_iter().map(|open| entry(open, interpolation)));
    let mut effects = measure::opened(state, known);
    probability::take_named(state, known);
    let (before, new) = state.document.entries.split_at(known);
    let largest = |entries: &mut dyn Iterator<Item = &Entry>| {
        // Of several of one size the first: who names an image and its map names the image first.
        entries
            .enumerate()
            .max_by_key(|(n, entry)| {
                let volume = entry.volume();
                (volume.geometry().is_some(), volume.voxels.byte_size(), Reverse(*n))
            })
            .map(|(_, entry)| entry.volume().id)
    };
    let image = largest(&mut new.iter().filter(|entry| !entry.lies_over()));
    let maps: Vec<VolumeId> = new
        .iter()
        .filter(|entry| {
            // The largest of the new ones can be a map of an image that was there before.
            let others = if Some(entry.volume().id) == image {
                before
            } else {
                &state.document.entries
            };
            overlay::may_be_map(entry, others)
        })
        .map(|entry| entry.volume().id)
        .collect();
    let shown = image
        .filter(|id| !maps.contains(id))
        .or_else(|| largest(&mut new.iter()).filter(|_| image.is_none() && state.view.shown.is_none()));
    effects.extend(shown.map_or_else(Vec::new, |id| file::show(state, id)));
    effects.extend(maps.into_iter().filter_map(|id| overlay::read(state, id)));
    effects
}

pub(super) fn entry(open: OpenVolume, interpolation: Interpolation) -> Entry {
    let window = open.volume.windows.first().map(|named| named.window);
    let display = Display {
        window,
        projection_window: None,
        invert: false,
        color_map: presets::gray(),
        interpolation,
        frame: 0,
        transfer: None,
        mask: None,
    };
    let mut entry = Entry {
        open,
        load: LoadState::Header,
        load_warnings: Vec::new(),
        display,
        overlay: None,
        probability: None,
        is_watched: false,
        is_image: false,
        auto_window: None,
        histogram: None,
        auto_projection_window: None,
        occlusion: None,
        occlusion_asked: None,
    };
    overlay::first_role(&mut entry);
    entry
}

fn loaded(state: &mut State, job: JobId, id: VolumeId, report: LoadReport) {
    let Some(entry) = state.document.entry_mut(id) else {
        return;
    };
    if entry.volume().voxels.is_complete() {
        entry.load = LoadState::Loaded;
    } else if entry.load == LoadState::Loading(job) {
        // Another job may have begun in the meantime: then it is the one to say.
        entry.load = LoadState::Stopped;
    }
    for warning in report.warnings {
        if !entry.load_warnings.contains(&warning) {
            entry.load_warnings.push(warning);
        }
    }
    // Of a load that was stopped, the next one will tell.
    if !report.cancelled {
        display::ensure_window(entry);
    }
}

/// Has the values of a volume counted once all of it is there.
fn count(state: &mut State, id: VolumeId) -> Option<Effect> {
    let entry = state.document.entry(id)?;
    let volume = Arc::clone(entry.volume());
    let is_counted = entry.histogram.as_ref().is_some_and(|counted| counted.is_complete);
    if entry.load != LoadState::Loaded || is_counted || volume.voxels.components() != 1 {
        return None;
    }
    let job = file::begin(state, say!("app-job-histogram"), JobSubject::Histogram(id));
    Some(Effect::StartHistogram { job, volume })
}

/// Takes counts that are of more than those before.
fn take_counts(state: &mut State, id: VolumeId, counted: Counted) {
    if let Some(entry) = state.document.entry_mut(id)
        && entry
            .histogram
            .as_ref()
            .is_none_or(|before| !before.is_complete && before.revision <= counted.revision)
    {
        entry.histogram = Some(counted);
    }
}

fn broke(state: &mut State, job: JobId, text: String) {
    state.measurements.broke(job);
    overlay::stopped(state, job);
    probability::stopped(state, job);
    if let Some(JobSubject::Volume(id)) = state.jobs.get(&job).map(|status| status.subject.clone())
        && let Some(entry) = state.document.entry_mut(id)
    {
        entry.load = LoadState::Stopped;
    }
    if let Some(JobSubject::Range(_)) = state.jobs.get(&job).map(|status| &status.subject) {
        // It would break again.
        state.painting.shows_range = false;
    }
    if let Some(JobSubject::Thumbnail(id)) = state.jobs.get(&job).map(|status| status.subject.clone()) {
        // It is not tried again.
        state.thumbnails.put(id, None);
    }
    if let Some(JobSubject::TransferThumbnails(id)) = state.jobs.get(&job).map(|status| status.subject.clone()) {
        for preset in state.transfer_thumbnails.missing(id) {
            state.transfer_thumbnails.put(id, preset, None);
        }
    }
    state.tell(Level::Error, text);
}
