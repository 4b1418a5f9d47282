//! Tables of segmentations: judging one by another, stepping through what they disagree on, measuring segments.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::command::Effect;
use super::super::compared_readers::ComparedReaders;
use super::super::effect::Choice;
use super::super::probability::{self, Probability};
use super::super::state::{Entry, JobSubject, Level, LoadState, State};
use super::super::table_text::{self, TableFormat};
use super::super::tables::{Judgement, MapRequest, Measured, Table, TableChange};
use super::super::threshold_curve::{Curve, CurveRequest};
use super::{file, jobs, navigate, overlay, paint};
use crate::algo::agreement::MOST_READERS;
use crate::model::volume::VolumeId;
use crate::say;

/// Carries out what was asked of the tables.
pub(super) fn change(state: &mut State, change: TableChange) -> Vec<Effect> {
    match change {
        TableChange::Show(table) => {
            state.tables.shown = table;
            Vec::new()
        }
        TableChange::Judge { reference, judged } => begin_judging(state, reference, judged),
        TableChange::Curve {
            reference,
            probability,
            label,
        } => begin_curve(state, reference, probability, label),
        TableChange::Compare { readers } => begin_comparing(state, &readers),
        TableChange::AddConsensus => {
            add_consensus(state);
            Vec::new()
        }
        TableChange::AddAgreement => {
            add_agreement(state);
            Vec::new()
        }
        TableChange::StepDisagreement(steps) => {
            step(state, steps);
            Vec::new()
        }
        TableChange::Measure { index } => begin_measuring(state, index),
        TableChange::Copy => {
            let text = table_text::text(state, TableFormat::Csv);
            text.map_or_else(Vec::new, |text| vec![Effect::CopyText(text)])
        }
        TableChange::Choose => file::choose(state, Choice::Table),
        TableChange::Save { path } => save(state, path),
    }
}

fn begin_judging(state: &mut State, reference: usize, judged: usize) -> Vec<Effect> {
    let is_probability = [reference, judged].map(|index| {
        let entry = state.document.entries.get(index);
        entry.is_some_and(|entry| entry.probability.is_some())
    });
    match is_probability {
        [false, true] => return begin_curve(state, reference, judged, None),
        [true, false] => return begin_curve(state, judged, reference, None),
        _ => {}
    }
    state.tables.shown = Some(Table::Agreement);
    let maps = [request(state, reference), request(state, judged)];
    let ([Some(a), Some(b)], false) = (maps, is_busy(state) || reference == judged) else {
        return Vec::new();
    };
    let job = file::begin(state, say!("app-job-judge"), JobSubject::Table);
    vec![Effect::StartJudging {
        job,
        maps: Box::new([a, b]),
    }]
}

fn begin_curve(state: &mut State, reference: usize, probability: usize, label: Option<u16>) -> Vec<Effect> {
    state.tables.shown = Some(Table::Agreement);
    let entry = state.document.entries.get(probability);
    let map = entry.and_then(|entry| Some((entry, entry.probability.as_ref()?)));
    let (Some((entry, map)), Some(reference), false) = (map, request(state, reference), is_busy(state)) else {
        return Vec::new();
    };
    let frame = entry.display.frame;
    let request = CurveRequest {
        reference,
        map: entry.open.clone(),
        frame,
        certain: map.certain,
        label,
        name: probability::name_of(entry, frame),
    };
    let job = file::begin(state, say!("app-job-curve"), JobSubject::Table);
    vec![Effect::StartCurve {
        job,
        request: Box::new(request),
    }]
}

fn begin_comparing(state: &mut State, readers: &[usize]) -> Vec<Effect> {
    state.tables.shown = Some(Table::Readers);
    let unlike: BTreeSet<usize> = readers.iter().copied().collect();
    let maps: Option<Vec<MapRequest>> = readers.iter().map(|index| request(state, *index)).collect();
    let can_be_compared = (2..=MOST_READERS).contains(&readers.len()) && unlike.len() == readers.len();
    let (Some(maps), true, false) = (maps, can_be_compared, is_busy(state)) else {
        return Vec::new();
    };
    let job = file::begin(state, say!("app-job-readers"), JobSubject::Table);
    vec![Effect::CompareReaders { job, maps }]
}

fn begin_measuring(state: &mut State, index: usize) -> Vec<Effect> {
    state.tables.shown = Some(Table::Statistics);
    let shown = state.shown().map(|entry| (entry.open.clone(), entry.display.frame));
    let (Some(map), Some((image, frame)), false) = (request(state, index), shown, is_busy(state)) else {
        return Vec::new();
    };
    let job = file::begin(state, say!("app-job-statistics"), JobSubject::Table);
    vec![Effect::StartMeasuring {
        job,
        map: Box::new(map),
        image,
        frame,
    }]
}

/// Whether a table is being computed.
fn is_busy(state: &State) -> bool {
    state.jobs.values().any(|status| status.subject == JobSubject::Table)
}

fn request(state: &State, index: usize) -> Option<MapRequest> {
    let entry = state.document.entries.get(index)?;
    let overlay = entry.overlay.as_ref()?;
    Some(MapRequest {
        open: entry.open.clone(),
        segments: overlay.table.clone(),
    })
}

/// Two maps were compared: what differs lies over the image, and they themselves are put away so that it is seen.
pub(super) fn judged(state: &mut State, found: Result<Box<Judgement>, String>) -> Vec<Effect> {
    let found = match found {
        Ok(found) => *found,
        Err(why) => {
            state.tell(Level::Error, why);
            return Vec::new();
        }
    };
    let are_there = [found.reference, found.judged].map(|id| state.document.entry(id).is_some());
    if are_there != [true; 2] {
        return Vec::new();
    }
    let before = state.tables.judgement.take().map(|before| before.differences.volume.id);
    // What the user made of it stays.
    let is_unsaved = |entry: &Entry| {
        let overlay = entry.overlay.as_ref();
        overlay.is_some_and(|overlay| overlay.is_unsaved(entry.volume()))
    };
    let before = before.filter(|id| !state.document.entry(*id).is_some_and(is_unsaved));
    let mut effects = before.map_or_else(Vec::new, |id| close(state, id));
    let mut entry = jobs::entry(found.differences.clone(), state.settings.interpolation);
    entry.load = LoadState::Loaded;
    state.document.entries.push(entry);
    for id in [found.reference, found.judged] {
        if let Some(overlay) = state.document.entry_mut(id).and_then(|entry| entry.overlay.as_mut()) {
            overlay.is_visible = false;
        }
    }
    state.view.overlays.is_on = true;
    (state.tables.judgement, state.tables.piece) = (Some(found), None);
    state.tables.shows_curve = false;
    // The differences themselves need nothing to be read, but their labels are counted.
    effects.retain(|effect| !matches!(effect, Effect::StartLoad { .. }));
    effects
}

fn close(state: &mut State, id: VolumeId) -> Vec<Effect> {
    let index = state.document.entries.iter().position(|entry| entry.volume().id == id);
    index.map_or_else(Vec::new, |index| file::close(state, index))
}

/// A map was measured.
pub(super) fn measured(state: &mut State, found: Result<Measured, String>) {
    match found {
        Ok(found) => state.tables.measured = Some(found),
        Err(why) => state.tell(Level::Error, why),
    }
}

/// A probability map was judged.
pub(super) fn curved(state: &mut State, found: Result<Curve, String>) {
    match found {
        Ok(found) => {
            state.tables.curve = Some(found);
            state.tables.shows_curve = true;
        }
        Err(why) => state.tell(Level::Error, why),
    }
}

/// Several readers were compared.
pub(super) fn readers_compared(state: &mut State, found: Result<Box<ComparedReaders>, String>) {
    match found {
        Ok(found) => state.tables.readers = Some(*found),
        Err(why) => state.tell(Level::Error, why),
    }
}

/// The likely truth becomes a segmentation, and the readers' own are put away so that it is seen. Asked for again it is
/// seen again.
fn add_consensus(state: &mut State) {
    let Some(found) = &state.tables.readers else { return };
    let (like, made, added) = (Arc::clone(&found.like), found.consensus.clone(), found.added);
    let is_there = added.is_some_and(|id| state.document.entry(id).is_some());
    let id = if is_there {
        added
    } else {
        paint::add_made(state, &like, made)
    };
    if let Some(found) = &mut state.tables.readers {
        found.added = id;
    }
    show_instead_of_readers(state, id);
}

/// How many readers agree becomes a probability map.
fn add_agreement(state: &mut State) {
    let Some(found) = &state.tables.readers else { return };
    let (open, readers) = (found.agreement.clone(), found.maps.len());
    let id = open.volume.id;
    if state.document.entry(id).is_none() {
        let mut entry = jobs::entry(open, state.settings.interpolation);
        entry.load = LoadState::Loaded;
        // All that any reader marks is seen: half a reader is where a mark of one ends, between voxels.
        let threshold = (50.0 / readers.max(1) as f64).round() / 100.0;
        entry.probability = Some(Probability {
            threshold,
            ..Probability::new(Some(1.0))
        });
        state.document.entries.push(entry);
    }
    show_instead_of_readers(state, Some(id));
}

fn show_instead_of_readers(state: &mut State, id: Option<VolumeId>) {
    let readers = state.tables.readers.as_ref();
    let readers = readers.map_or_else(Vec::new, |found| found.maps.clone());
    for index in index_of(state, &readers) {
        overlay::set_visible(state, index, false);
    }
    for index in index_of(state, id.as_slice()) {
        overlay::set_visible(state, index, true);
    }
}

/// The places of volumes in the document.
fn index_of(state: &State, ids: &[VolumeId]) -> Vec<usize> {
    let entries = state.document.entries.iter().enumerate();
    entries
        .filter(|(_, entry)| ids.contains(&entry.volume().id))
        .map(|(index, _)| index)
        .collect()
}

/// Brings the crosshair to another piece of disagreement.
fn step(state: &mut State, steps: i64) {
    let Some(judgement) = &state.tables.judgement else {
        return;
    };
    let count = judgement.places.len() as i64;
    if count == 0 {
        return;
    }
    let next = match state.tables.piece {
        Some(piece) => (piece as i64).saturating_add(steps).rem_euclid(count),
        None if steps < 0 => count - 1,
        None => 0,
    };
    let place = judgement.places.get(next as usize).map(|place| place.at);
    state.tables.piece = Some(next as usize);
    if let Some(at) = place {
        navigate::set_crosshair(state, at);
    }
}

fn save(state: &mut State, path: PathBuf) -> Vec<Effect> {
    let Some(text) = table_text::text(state, TableFormat::of(&path)) else {
        return Vec::new();
    };
    let name = say!("app-job-picture", path = path.display().to_string());
    let job = file::begin(state, name, JobSubject::Picture);
    vec![Effect::WriteText { job, path, text }]
}

/// Forgets what was found of volumes that are closed.
pub(super) fn forget_closed(state: &mut State) {
    let is_open = |id: VolumeId| state.document.entry(id).is_some();
    let tables = &state.tables;
    let judgement = tables.judgement.as_ref();
    let is_stale = judgement.is_some_and(|found| !is_open(found.reference) || !is_open(found.judged));
    let is_old = tables.measured.as_ref().is_some_and(|found| !is_open(found.map));
    let is_curve_stale = tables
        .curve
        .as_ref()
        .is_some_and(|found| !is_open(found.reference) || !is_open(found.probability));
    let readers = tables.readers.as_ref();
    let are_readers_stale = readers.is_some_and(|found| !found.maps.iter().all(|id| is_open(*id)));
    if is_curve_stale {
        (state.tables.curve, state.tables.shows_curve) = (None, false);
    }
    if are_readers_stale {
        state.tables.readers = None;
    }
    if is_stale {
        (state.tables.judgement, state.tables.piece) = (None, None);
    }
    if is_old {
        state.tables.measured = None;
    }
}
