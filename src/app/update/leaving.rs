//! Leaving what is open, once unsaved work is safe.

use std::collections::BTreeSet;

use super::super::command::Effect;
use super::super::leaving::{Leave, LeaveAnswer, Leaving, Stage, unsaved};
use super::super::state::{JobSubject, State};
use super::{cases, file, safety};
use crate::model::volume::VolumeId;

/// Leaves what is open, or asks first.
pub(super) fn begin(state: &mut State, how: Leave) -> Vec<Effect> {
    super::pointer::settle(state);
    let stage = match how {
        // Who goes from case to case is not asked two hundred times.
        Leave::Case(_) => Stage::Saving { tried: BTreeSet::new() },
        Leave::Quit | Leave::CloseAll | Leave::Close(_) => Stage::Asking,
    };
    state.leaving = Some(Leaving { how, stage });
    due(state)
}

/// The user has answered.
pub(super) fn answer(state: &mut State, answer: LeaveAnswer) -> Vec<Effect> {
    let Some(leaving) = &mut state.leaving else {
        return Vec::new();
    };
    match answer {
        LeaveAnswer::Stay => state.leaving = None,
        LeaveAnswer::Save => leaving.stage = Stage::Saving { tried: BTreeSet::new() },
        LeaveAnswer::Keep => leaving.stage = Stage::Keeping,
    }
    due(state)
}

/// Goes on with leaving, as far as things are.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    let Some(Leaving { how, stage }) = state.leaving.clone() else {
        return Vec::new();
    };
    let left: Vec<(usize, VolumeId)> = unsaved(state, how)
        .map(|(index, entry)| (index, entry.volume().id))
        .collect();
    let is_under_way = |of: fn(&JobSubject) -> bool| state.jobs.values().any(|status| of(&status.subject));
    match stage {
        _ if left.is_empty() => go(state, how),
        Stage::Asking => Vec::new(),
        Stage::Saving { mut tried } => {
            // Where a file has to be chosen first, the answer is waited for.
            if is_under_way(|subject| matches!(subject, JobSubject::SavingLabels(_) | JobSubject::Question)) {
                return Vec::new();
            }
            let Some((index, id)) = left.into_iter().find(|(_, id)| !tried.contains(id)) else {
                // What was tried could not be saved, which was said. It stays.
                state.leaving = None;
                return Vec::new();
            };
            tried.insert(id);
            state.leaving = Some(Leaving {
                how,
                stage: Stage::Saving { tried },
            });
            let path = match how {
                Leave::Case(_) => cases::path_of(state, index),
                Leave::Quit | Leave::CloseAll | Leave::Close(_) => None,
            };
            safety::save(state, Some(index), path)
        }
        Stage::Keeping => {
            if !state.can_keep_work() {
                // There is no journal to keep it in.
                state.leaving = Some(Leaving {
                    how,
                    stage: Stage::Asking,
                });
                return Vec::new();
            }
            if is_under_way(|subject| *subject == JobSubject::Journal)
                || left.iter().any(|(index, _)| !safety::is_kept(state, *index))
            {
                return Vec::new();
            }
            let mut effects = go(state, how);
            effects.extend(safety::look_for_work(state));
            effects
        }
    }
}

fn go(state: &mut State, how: Leave) -> Vec<Effect> {
    state.leaving = None;
    match how {
        Leave::Quit => vec![Effect::Quit],
        Leave::CloseAll => file::close_all(state),
        Leave::Close(index) => file::close(state, index),
        Leave::Case(index) => cases::show(state, index),
    }
}
