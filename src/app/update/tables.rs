//! Tables of segmentations: judging one by another, stepping through what they disagree on, measuring segments.

use super::super::agreement;
use super::super::command::Effect;
use super::super::label_statistics;
use super::super::state::{JobSubject, Level, LoadState, State};
use super::super::tables::{Judgement, MapRequest, Measured, Table, TableChange};
use super::{file, jobs, navigate};
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
        TableChange::StepDisagreement(steps) => {
            step(state, steps);
            Vec::new()
        }
        TableChange::Measure { index } => begin_measuring(state, index),
        TableChange::Copy => copy(state),
    }
}

fn begin_judging(state: &mut State, reference: usize, judged: usize) -> Vec<Effect> {
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

fn copy(state: &State) -> Vec<Effect> {
    let tables = &state.tables;
    let text = match tables.shown {
        Some(Table::Agreement) => tables.judgement.as_ref().map(|found| agreement::to_csv(&found.labels)),
        Some(Table::Statistics) => tables
            .measured
            .as_ref()
            .map(|found| label_statistics::to_csv(&found.segments)),
        None => None,
    };
    text.map_or_else(Vec::new, |text| vec![Effect::CopyText(text)])
}

/// Forgets what was found of volumes that are closed.
pub(super) fn forget_closed(state: &mut State) {
    let is_open = |id: VolumeId| state.document.entry(id).is_some();
    let tables = &state.tables;
    let judgement = tables.judgement.as_ref();
    let is_stale = judgement.is_some_and(|found| !is_open(found.reference) || !is_open(found.judged));
    let is_old = tables.measured.as_ref().is_some_and(|found| !is_open(found.map));
    if is_stale {
        (state.tables.judgement, state.tables.piece) = (None, None);
    }
    if is_old {
        state.tables.measured = None;
    }
}
