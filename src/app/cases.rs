//! A list of cases that is worked through: one is open, and going to another one saves what was painted.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use crate::io::cases::CaseStatus;
use crate::io::cases::{Case, CaseList};
use crate::model::volume::VolumeId;

/// What can be asked of the list. Cases are counted from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseChange {
    /// Lets the user choose a list, or a folder with cases; the window answers with `Open`.
    Choose {
        /// A folder instead of a list.
        folder: bool,
    },
    /// Opens a list: a table with images and masks, or a folder with cases.
    Open {
        /// It.
        path: PathBuf,
    },
    /// Goes to a case.
    Go(usize),
    /// Goes to the next (1) or previous (-1) one.
    Step(i64),
    /// Says how far a case is.
    Mark {
        /// Which; the one that is open if `null`.
        index: Option<usize>,
        /// How far it is.
        status: CaseStatus,
    },
    /// The open one is done: goes to the next that is not.
    DoneAndNext,
    /// Puts the list away. What is open stays.
    Close,
}

/// The list, and where in it the user is.
#[derive(Clone, Debug)]
pub struct Cases {
    /// The list.
    pub list: CaseList,
    /// The case that is open.
    pub current: Option<usize>,
    /// Cases of which is still to be written how far they are.
    pub(super) changed: Vec<usize>,
    /// Those of which it is being written now, or could not be: these are tried again with the next change.
    pub(super) written: Vec<usize>,
    /// Files that segmentations of the open case are being saved to and that may not be there yet.
    pub(super) promised: BTreeMap<VolumeId, PathBuf>,
    /// What is to be said of the last case in the next one.
    pub(super) notes: Vec<String>,
    /// A case that is done as soon as it is saved, though something else was asked for meanwhile.
    pub(super) done_once_saved: Option<usize>,
}

impl Cases {
    pub(super) fn new(list: CaseList) -> Self {
        Self {
            list,
            current: None,
            changed: Vec::new(),
            written: Vec::new(),
            promised: BTreeMap::new(),
            notes: Vec::new(),
            done_once_saved: None,
        }
    }

    /// How many are done.
    pub fn done(&self) -> usize {
        let is_done = |case: &&Case| case.status == CaseStatus::Done;
        self.list.cases.iter().filter(is_done).count()
    }

    /// The next case from the open one on that is not done, round the end; `None` if all others are.
    pub fn next_open(&self) -> Option<usize> {
        let count = self.list.cases.len();
        let from = self.current.map_or(0, |current| current + 1);
        (from..from + count)
            .map(|index| index % count)
            .find(|index| self.current != Some(*index) && self.list.cases[*index].status != CaseStatus::Done)
    }

    /// The case some steps from the open one, if there is one.
    pub fn at_step(&self, steps: i64) -> Option<usize> {
        let index = match self.current {
            Some(current) => current.checked_add_signed(isize::try_from(steps).ok()?)?,
            None => 0,
        };
        (index < self.list.cases.len()).then_some(index)
    }
}
