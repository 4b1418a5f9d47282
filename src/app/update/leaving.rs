//! Leaving what is open, once unsaved work is safe.

use std::collections::BTreeSet;

use super::super::command::Effect;
use super::super::leaving::{Goal, Leave, LeaveAnswer, Leaving, Stage, holds_back, unanswered, under_way, unsaved};
use super::super::state::{JobSubject, State};
use super::{cases, file, safety};
use crate::model::volume::VolumeId;

/// Leaves what is open, or asks first.
pub(super) fn begin(state: &mut State, how: Leave) -> Vec<Effect> {
    let goal = match how {
        Leave::Quit => Goal::Quit,
        Leave::CloseAll => Goal::CloseAll,
        Leave::Case(to) => Goal::Case { to, done: None },
        Leave::Close(index) => match state.document.entries.get(index) {
            Some(entry) => Goal::Close(entry.volume().id),
            None => return Vec::new(),
        },
    };
    begin_with(state, goal)
}

/// The same with what is to come then.
pub(super) fn begin_with(state: &mut State, goal: Goal) -> Vec<Effect> {
    super::pointer::settle(state);
    let before = state.leaving.take().map(|leaving| leaving.goal);
    if let (Some(Goal::Case { done: Some(done), .. } | Goal::Done(done)), Some(cases)) = (before, &mut state.cases) {
        cases.done_once_saved = Some(done);
    }
    let stage = match goal {
        // Who goes from case to case is not asked two hundred times.
        Goal::Case { .. } | Goal::Done(_) => Stage::Saving { tried: BTreeSet::new() },
        Goal::Quit | Goal::CloseAll | Goal::Close(_) | Goal::Recover { .. } => Stage::Asking,
    };
    state.leaving = Some(Leaving { goal, stage });
    due(state)
}

/// The user has answered.
pub(super) fn answer(state: &mut State, answer: LeaveAnswer) -> Vec<Effect> {
    let Some(leaving) = state.leaving.take() else {
        return Vec::new();
    };
    if answer != LeaveAnswer::Save {
        forget_done(state);
    }
    let stage = match answer {
        LeaveAnswer::Stay => return Vec::new(),
        LeaveAnswer::Save => Stage::Saving { tried: BTreeSet::new() },
        LeaveAnswer::Keep => Stage::Keeping,
    };
    // The user knows what is dropped.
    if unanswered(state, &leaving.goal).is_some() {
        state.preview = None;
    }
    let goal = match leaving.goal {
        Goal::Case { to, .. } if answer == LeaveAnswer::Keep => Goal::Case { to, done: None },
        Goal::Done(_) if answer == LeaveAnswer::Keep => return Vec::new(),
        goal => goal,
    };
    state.leaving = Some(Leaving { goal, stage });
    due(state)
}

/// Goes on with leaving, as far as things are.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    let Some(Leaving { goal, stage }) = state.leaving.clone() else {
        return Vec::new();
    };
    if !holds_back(state, &goal) {
        return go(state, goal);
    }
    // What has been made to be shown first is asked for, even from case to case.
    if unanswered(state, &goal).is_some() {
        let stage = Stage::Asking;
        state.leaving = Some(Leaving { goal, stage });
        return Vec::new();
    }
    let left: Vec<(usize, VolumeId)> = unsaved(state, &goal)
        .map(|(index, entry)| (index, entry.volume().id))
        .collect();
    let is_working = under_way(state, &goal).next().is_some();
    let is_under_way = |of: fn(&JobSubject) -> bool| state.jobs.values().any(|status| of(&status.subject));
    match stage {
        Stage::Asking => Vec::new(),
        Stage::Saving { .. } | Stage::Keeping if is_working => Vec::new(),
        Stage::Saving { mut tried } => {
            // Where a file has to be chosen first, the answer is waited for.
            if is_under_way(|subject| matches!(subject, JobSubject::SavingLabels(_) | JobSubject::Question)) {
                return Vec::new();
            }
            let Some((index, id)) = left.into_iter().find(|(_, id)| !tried.contains(id)) else {
                // What was tried could not be saved, which was said. It stays.
                forget_done(state);
                state.leaving = None;
                return Vec::new();
            };
            tried.insert(id);
            let stage = Stage::Saving { tried };
            state.leaving = Some(Leaving { goal, stage });
            safety::save(state, Some(index), None)
        }
        Stage::Keeping => {
            if !state.can_keep_work() {
                // There is no journal to keep it in.
                let stage = Stage::Asking;
                state.leaving = Some(Leaving { goal, stage });
                return Vec::new();
            }
            if is_under_way(|subject| *subject == JobSubject::Journal)
                || left.iter().any(|(index, _)| !safety::is_kept(state, *index))
            {
                return Vec::new();
            }
            let mut effects = go(state, goal);
            effects.extend(safety::look_for_work(state));
            effects
        }
    }
}

/// What is not saved is not done.
fn forget_done(state: &mut State) {
    if let Some(cases) = &mut state.cases {
        cases.done_once_saved = None;
    }
}

fn go(state: &mut State, goal: Goal) -> Vec<Effect> {
    state.leaving = None;
    // Who closes one volume stays in the case.
    if !matches!(goal, Goal::Close(_)) {
        let done = state.cases.as_mut().and_then(|cases| cases.done_once_saved.take());
        cases::done(state, done);
    }
    match goal {
        Goal::Quit => vec![Effect::Quit],
        Goal::CloseAll => file::close_all(state),
        Goal::Close(id) => {
            let index = state.document.entries.iter().position(|entry| entry.volume().id == id);
            index.map_or_else(Vec::new, |index| file::close(state, index))
        }
        Goal::Case { to, done } => {
            cases::done(state, done);
            cases::show(state, to)
        }
        Goal::Done(case) => {
            cases::done(state, Some(case));
            cases::tell_all_done(state);
            Vec::new()
        }
        Goal::Recover { journal } => {
            let mut effects = file::close_all(state);
            effects.extend(safety::take_over(state, journal));
            effects
        }
    }
}
