//! Working through a list of cases.

use std::path::{Path, PathBuf};

use super::super::cases::{CaseChange, CaseStatus, Cases};
use super::super::command::{Choice, Effect};
use super::super::leaving::{Goal, Leaving};
use super::super::overlays;
use super::super::recent;
use super::super::state::{JobSubject, Level, State};
use super::{file, leaving};
use crate::io::cases::CaseList;
use crate::model::volume::VolumeId;
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
        CaseChange::DoneAndNext => done_and_next(state),
        CaseChange::Close => put_away(state),
    }
}

fn go(state: &mut State, index: Option<usize>) -> Vec<Effect> {
    let is_case = |index: &usize| {
        let cases = state.cases.as_ref();
        cases.is_some_and(|cases| *index < cases.list.cases.len())
    };
    match index.filter(is_case) {
        Some(to) => leaving::begin_with(state, Goal::Case { to, done: None }),
        None => Vec::new(),
    }
}

/// The open case is done as soon as it is saved: then the next one is opened.
fn done_and_next(state: &mut State) -> Vec<Effect> {
    let Some(cases) = &state.cases else {
        return Vec::new();
    };
    let goal = match (cases.next_open(), cases.current) {
        (Some(to), done) => Goal::Case { to, done },
        (None, Some(last)) => Goal::Done(last),
        (None, None) => {
            tell_all_done(state);
            return Vec::new();
        }
    };
    leaving::begin_with(state, goal)
}

/// Says that there is nothing left to be done.
pub(super) fn tell_all_done(state: &mut State) {
    state.tell(Level::Note, say!("app-cases-all-done"));
}

/// Marks a case as done, if one is named.
pub(super) fn done(state: &mut State, case: Option<usize>) {
    if case.is_some() {
        mark(state, case, CaseStatus::Done);
    }
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
            let mut effects = put_away(state);
            let cases = Cases::new(list);
            let first = cases.next_open().unwrap_or(0);
            state.cases = Some(cases);
            effects.extend(go(state, Some(first)));
            effects
        }
        Err(why) => {
            state.tell(Level::Error, why);
            Vec::new()
        }
    }
}

/// Puts the list away, and has written what is not written of it yet.
fn put_away(state: &mut State) -> Vec<Effect> {
    let effect = state.cases.as_ref().is_some_and(|cases| !cases.changed.is_empty());
    let effects = if effect { write(state) } else { Vec::new() };
    state.cases = None;
    effects
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
    cases.promised.clear();
    let notes = std::mem::take(&mut cases.notes);
    let mut effects = file::close_all(state);
    for note in notes {
        state.tell(Level::Note, note);
    }
    effects.extend(file::open(state, Some(paths)));
    effects
}

/// Files are opened instead of what was open: the case whose image is among them is the open one, or none is.
pub(super) fn opened_instead(state: &mut State, paths: &[PathBuf]) {
    if let Some(cases) = &mut state.cases {
        let images = cases
            .list
            .cases
            .iter()
            .map(|case| std::path::absolute(&case.image).ok());
        let images: Vec<Option<PathBuf>> = images.collect();
        let which = |is_it: &dyn Fn(&Path, &Path) -> bool| -> Vec<usize> {
            let is_among = |image: &Path| paths.iter().any(|path| is_it(image, path));
            let found = images.iter().enumerate();
            found
                .filter(|(_, image)| image.as_deref().is_some_and(is_among))
                .map(|(index, _)| index)
                .collect()
        };
        // A case that is a folder is known by a file in it, and one that is a file by its folder, if that has no other.
        let exact = which(&|image, path| image == path);
        let near = which(&|image, path| path.starts_with(image) || image.starts_with(path));
        cases.current = exact.first().or(near.first().filter(|_| near.len() == 1)).copied();
        cases.promised.clear();
    }
}

/// The open case, if a segmentation was painted on its image. What was made of another image that was opened beside it is
/// not the case's.
fn case_of(state: &State, index: usize) -> Option<usize> {
    let cases = state.cases.as_ref()?;
    let current = cases.current?;
    let case = cases.list.cases.get(current)?;
    let map = state.document.entries.get(index)?;
    let made_over = map.overlay.as_ref()?.made_over;
    let made_over = made_over.and_then(|id| state.document.entry(id));
    let mut images = match made_over {
        Some(image) => std::slice::from_ref(image),
        None => &state.document.entries[..],
    }
    .iter();
    images
        .any(|image| {
            !image.lies_over()
                && overlays::same_grid(image.volume(), map.volume())
                && recent::lies_in(image, std::slice::from_ref(&case.image))
        })
        .then_some(current)
}

/// Where a segmentation of the open case that has no file is saved to: the mask that the list names, unless there is one
/// already; then a name beside it that is free. `None` where it is not the case's.
pub(super) fn path_of(state: &mut State, index: usize) -> Option<PathBuf> {
    let current = case_of(state, index)?;
    let id = state.document.entries.get(index)?.volume().id;
    let cases = state.cases.as_mut()?;
    let case = cases.list.cases.get(current)?;
    if let Some(path) = cases.promised.get(&id) {
        return Some(path.clone());
    }
    let is_taken = |path: &Path| cases.promised.values().any(|promised| promised == path);
    let named = case.mask.clone().filter(|mask| !mask.exists() && !is_taken(mask));
    let path = named.unwrap_or_else(|| case.new_mask(is_taken));
    cases.promised.insert(id, path.clone());
    Some(path)
}

/// A segmentation was saved: if it is the first of the open case, the list names it from now on.
pub(super) fn saved(state: &mut State, id: VolumeId, path: &Path) {
    let index = state.document.entries.iter().position(|entry| entry.volume().id == id);
    let current = index.and_then(|index| case_of(state, index));
    let was_promised = not_saved(state, id);
    let is_leaving = matches!(
        state.leaving,
        Some(Leaving {
            goal: Goal::Case { .. },
            ..
        })
    );
    let Some(cases) = &mut state.cases else { return };
    let Some((current, case)) = current.and_then(|at| Some((at, cases.list.cases.get_mut(at)?))) else {
        return;
    };
    let known = case.mask.as_deref().filter(|mask| mask.exists());
    match known {
        None => {
            case.mask = Some(path.to_owned());
            cases.changed.push(current);
        }
        Some(mask) if was_promised && mask != path => {
            let [path, mask] = [path, mask].map(|path| path.display().to_string());
            let note = say!("app-case-further-mask", path = path, mask = mask);
            if is_leaving {
                // Going to the next case takes messages off the screen.
                cases.notes.push(note);
            } else {
                state.tell(Level::Note, note);
            }
        }
        Some(_) => {}
    }
}

/// A segmentation is not being saved any more. Answers whether a name was found for it here.
pub(super) fn not_saved(state: &mut State, id: VolumeId) -> bool {
    let cases = state.cases.as_mut();
    cases.is_some_and(|cases| cases.promised.remove(&id).is_some())
}

/// Has written how far the cases are, if that has changed and is not being written now.
pub(in crate::app) fn due(state: &mut State) -> Vec<Effect> {
    let is_under_way = state.jobs.values().any(|status| status.subject == JobSubject::Cases);
    let is_due = state.cases.as_ref().is_some_and(|cases| !cases.changed.is_empty());
    if is_under_way || !is_due {
        return Vec::new();
    }
    write(state)
}

fn write(state: &mut State) -> Vec<Effect> {
    let Some(cases) = &mut state.cases else {
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
