//! Leaving what is open while some of it is not saved: the user is asked, the work is saved or kept, and only then is it
//! left.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::state::{Entry, State};
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

/// What is to become of unsaved work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveAnswer {
    /// It is saved.
    Save,
    /// It is kept in its journal, to be brought back or thrown away later.
    Keep,
    /// Nothing is left.
    Stay,
}

/// Something that is to be left.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// How.
    pub how: Leave,
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

/// The segmentations that would be left unsaved, with their places in the document.
pub fn unsaved(state: &State, how: Leave) -> impl Iterator<Item = (usize, &Entry)> {
    let entries = state.document.entries.iter().enumerate();
    entries.filter(move |(index, entry)| {
        let is_left = match how {
            Leave::Close(closed) => *index == closed,
            Leave::Quit | Leave::CloseAll | Leave::Case(_) => true,
        };
        let overlay = entry.overlay.as_ref();
        is_left && overlay.is_some_and(|overlay| overlay.is_unsaved(entry.volume()))
    })
}
