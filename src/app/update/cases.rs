//! Working through a list of cases.

use std::path::PathBuf;

use super::super::cases::{CaseChange, CaseStatus, Cases};
use super::super::command::{Choice, Effect};
use super::super::leaving::{Leave, unsaved};
use super::super::state::{JobSubject, Level, State};
use super::{file, leaving};
use crate::io::cases::CaseList;
use crate::say;

/// Does what is asked.
pub(super) fn change(state: &mut State, change: CaseChange) -> Vec<Effect> {
    match change {
        CaseChange::Choose { folder: false } => file::choose(state, Choice::CaseList),
        CaseChange::Choose { folder: true } => file::choose(state, Choice::CaseFolder),
        CaseChange::Open { path } => {
            let title = say!("app-job-cases", path = path.display().to_string());
            let job = file::begin(state, title, JobSubject::Cases);
            vec![Effect::ReadCases { job, path }]
        }
        CaseChange::Go(index) => go(state, Some(index)),
        CaseChange::Step(steps) => {
            let index = state.cases.as_ref().and_then(|cases| cases.at_step(steps));
            go(state, index)
        }
        CaseChange::Mark { index, status } => {
            mark(state, index, status);
            Vec::new()
        }
        CaseChange::DoneAndNext => {
            mark(state, None, CaseStatus::Done);
            let next = state.cases.as_ref().and_then(Cases::next_open);
            if next.is_none() && state.cases.is_some() {
                state.tell(Level::Note, say!("app-cases-all-done"));
                return save(state);
            }
            go(state, next)
        }
        CaseChange::Close => {
            state.cases = None;
            Vec::new()
        }
    }
}

fn go(state: &mut State, index: Option<usize>) -> Vec<Effect> {
    let is_case = |index: &usize| {
        let cases = state.cases.as_ref();
        cases.is_some_and(|cases| *index < cases.list.cases.len())
    };
    match index.filter(is_case) {
        Some(index) => leaving::begin(state, Leave::Case(index)),
        None => Vec::new(),
    }
}

/// Saves the open case, of which nothing comes after.
fn save(state: &mut State) -> Vec<Effect> {
    let left: Vec<usize> = unsaved(state, Leave::CloseAll).map(|(index, _)| index).collect();
    left.into_iter()
        .flat_map(|index| {
            let path = path_of(state, index);
            super::safety::save(state, Some(index), path)
        })
        .collect()
}

fn mark(state: &mut State, index: Option<usize>, status: CaseStatus) {
    let Some(cases) = &mut state.cases else { return };
    let Some(index) = index.or(cases.current) else { return };
    if let Some(case) = cases.list.cases.get_mut(index)
        && case.status != status
    {
        case.status = status;
        cases.changed.push(index);
    }
}

/// A list was read: its first case that is not done is opened.
pub(super) fn read(state: &mut State, read: Result<CaseList, String>) -> Vec<Effect> {
    match read {
        Ok(list) => {
            let cases = Cases::new(list);
            let first = cases.next_open().unwrap_or(0);
            state.cases = Some(cases);
            go(state, Some(first))
        }
        Err(why) => {
            state.tell(Level::Error, why);
            Vec::new()
        }
    }
}

/// Opens a case instead of what is open.
pub(super) fn show(state: &mut State, index: usize) -> Vec<Effect> {
    let Some(cases) = &mut state.cases else {
        return Vec::new();
    };
    let Some(case) = cases.list.cases.get(index) else {
        return Vec::new();
    };
    let mask = case.mask.clone().filter(|mask| mask.exists());
    let paths: Vec<PathBuf> = std::iter::once(case.image.clone()).chain(mask).collect();
    cases.current = Some(index);
    let mut effects = file::close_all(state);
    effects.extend(file::open(state, Some(paths)));
    effects
}

/// Where a segmentation of the open case is saved to; `None` if it has a file of its own.
pub(super) fn path_of(state: &mut State, index: usize) -> Option<PathBuf> {
    let entry = state.document.entries.get(index)?;
    if entry.overlay.as_ref().is_some_and(|overlay| overlay.path.is_some()) {
        return None;
    }
    let cases = state.cases.as_mut()?;
    let current = cases.current?;
    let case = cases.list.cases.get_mut(current)?;
    // The mask that the list names is written where it says, if it is not there yet.
    let named = case.mask.clone().filter(|mask| !mask.exists());
    let path = named.unwrap_or_else(|| case.new_mask());
    if case.mask.as_ref() != Some(&path) {
        case.mask = Some(path.clone());
        cases.changed.push(current);
    }
    Some(path)
}

/// Has written how far the cases are, if that has changed and is not being written now.
pub(in crate::app) fn due(state: &mut State) -> Vec<Effect> {
    let is_under_way = state.jobs.values().any(|status| status.subject == JobSubject::Cases);
    let Some(cases) = state
        .cases
        .as_mut()
        .filter(|cases| !is_under_way && !cases.changed.is_empty())
    else {
        return Vec::new();
    };
    // What was being written and is still here could not be.
    cases.written.append(&mut cases.changed);
    let list = cases.list.clone();
    let written = cases.written.iter();
    let changed = written.filter_map(|index| list.cases.get(*index).cloned()).collect();
    let title = say!("app-job-cases", path = list.file.display().to_string());
    let job = file::begin(state, title, JobSubject::Cases);
    vec![Effect::KeepCases { job, list, changed }]
}

/// How far the cases are was written, or not.
pub(super) fn kept(state: &mut State, kept: Result<(), String>) {
    match (kept, &mut state.cases) {
        (Ok(()), Some(cases)) => cases.written.clear(),
        (Ok(()), None) => {}
        (Err(why), _) => state.tell(Level::Error, why),
    }
}
