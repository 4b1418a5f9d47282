//! Leaving what is open while some of it is not saved: the user is asked, the work is saved or kept, and only then is it
//! left.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::state::{Entry, JobStatus, JobSubject, State};
use crate::model::volume::VolumeId;

/// How what is open is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leave {
    /// The program ends.
    Quit,
    /// Everything is closed.
    CloseAll,
    /// The n-th volume of the document is closed.
    Close(usize),
    /// Another case of the list is opened, counted from 0. What was painted is saved without a question.
    Case(usize),
}

/// What is to come once unsaved work is safe. Until then other volumes may be closed, so that they are named and not
/// counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The program ends.
    Quit,
    /// Everything is closed.
    CloseAll,
    /// A volume is closed.
    Close(VolumeId),
    /// Another case of the list is opened.
    Case {
        /// Which, counted from 0.
        to: usize,
        /// The case that is done with that.
        done: Option<usize>,
    },
    /// A case of the list is done, and stays open: it was the last one.
    Done(usize),
    /// Everything is closed, and painted work that was left behind is brought back.
    Recover {
        /// Its journal.
        journal: PathBuf,
    },
}

/// What is to become of unsaved work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveAnswer {
    /// It is saved; what is only shown and waits for a yes is dropped.
    Save,
    /// It is kept in its journal, to be brought back or thrown away later.
    Keep,
    /// Nothing is left.
    Stay,
}

/// Something that is to be left.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// What comes then.
    pub goal: Goal,
    /// How far that is.
    pub stage: Stage,
}

/// How far leaving is.
#[derive(Clone, Debug)]
pub enum Stage {
    /// The user is asked.
    Asking,
    /// Work is being saved.
    Saving {
        /// What was tried.
        tried: BTreeSet<VolumeId>,
    },
    /// Work is being kept in journals.
    Keeping,
}

impl Goal {
    fn leaves(&self, id: VolumeId) -> bool {
        match self {
            Self::Close(closed) => id == *closed,
            _ => true,
        }
    }
}

/// The segmentations that would be left unsaved, with their places in the document.
pub fn unsaved<'a>(state: &'a State, goal: &Goal) -> impl Iterator<Item = (usize, &'a Entry)> {
    let entries = state.document.entries.iter().enumerate();
    entries.filter(move |(_, entry)| {
        let overlay = entry.overlay.as_ref();
        goal.leaves(entry.volume().id) && overlay.is_some_and(|overlay| overlay.is_unsaved(entry.volume()))
    })
}

/// The jobs that are still at work on segmentations that would be left.
pub fn under_way<'a>(state: &'a State, goal: &Goal) -> impl Iterator<Item = &'a JobStatus> {
    state.jobs.values().filter(move |status| match status.subject {
        JobSubject::Segment(id) | JobSubject::Cut(id) => goal.leaves(id),
        _ => false,
    })
}

/// What is only shown, waits for a yes, and would be dropped: what it is called.
pub fn unanswered<'a>(state: &'a State, goal: &Goal) -> Option<&'a str> {
    let preview = state.preview.as_ref()?;
    goal.leaves(preview.done.id).then_some(&preview.done.name)
}

/// Whether anything would be lost if it was left at once.
pub fn holds_back(state: &State, goal: &Goal) -> bool {
    unsaved(state, goal).next().is_some()
        || under_way(state, goal).next().is_some()
        || unanswered(state, goal).is_some()
}
