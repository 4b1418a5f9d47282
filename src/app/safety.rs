//! That nothing painted is lost: what is saved, what is kept in journals, and what was left behind.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::io::OpenVolume;
use crate::io::home::Home;
use crate::io::journal::{self, Head, Journal, JournalError};
use crate::io::save::SaveError;
use crate::io::segmentation::{self, Stamp};
use crate::model::label_map::LabelMap;
use crate::model::segment::SegmentTable;
use crate::model::volume::{Volume, VolumeId};
use crate::say;

/// A segmentation to be written.
#[derive(Clone, Debug)]
pub struct LabelsToSave {
    /// With voxels that are painted.
    pub volume: Arc<Volume>,
    /// Its segments.
    pub table: SegmentTable,
    /// Where to.
    pub path: PathBuf,
    /// How the file was when it was last read or written.
    pub known: Option<Stamp>,
    /// The image that it was painted on.
    pub reference: Option<OpenVolume>,
}

/// One that was written, or not.
#[derive(Debug)]
pub struct LabelsSaved {
    /// Which.
    pub id: VolumeId,
    /// The revision of its voxels that is in the file.
    pub revision: u64,
    /// The segments that are in the file.
    pub table: SegmentTable,
    /// Where to.
    pub path: PathBuf,
    /// How the file is now, or why it was not written.
    pub outcome: Result<Stamp, SaveError>,
}

impl LabelsToSave {
    pub(super) fn save(&self) -> LabelsSaved {
        LabelsSaved {
            id: self.volume.id,
            revision: self.volume.voxels.painted_revision(),
            table: self.table.clone(),
            path: self.path.clone(),
            outcome: segmentation::save(
                &self.path,
                &self.volume,
                &self.table,
                self.known,
                self.reference.as_ref(),
            ),
        }
    }
}

/// Painted work to be kept safe.
#[derive(Clone, Debug)]
pub struct LabelsToKeep {
    /// Which segmentation.
    pub id: VolumeId,
    /// Where the user's own data is.
    pub home: Home,
    /// What it is.
    pub head: Head,
    /// Its journal with the state that it has; `None` where one must be begun.
    pub journal: Option<(Arc<Journal>, journal::State)>,
    /// Whether the journal has another head.
    pub is_head_new: bool,
    /// As it is.
    pub state: journal::State,
    /// The revision of its voxels.
    pub revision: u64,
}

/// Painted work that was kept safe, or not.
#[derive(Debug)]
pub struct LabelsKept {
    /// Which segmentation.
    pub id: VolumeId,
    /// As it was kept.
    pub state: journal::State,
    /// The revision of its voxels.
    pub revision: u64,
    /// The file that its head names.
    pub path: Option<(PathBuf, Option<Stamp>)>,
    /// Its journal, or why there is none.
    pub outcome: Result<Arc<Journal>, JournalError>,
}

impl LabelsToKeep {
    pub(super) fn keep(&self) -> LabelsKept {
        let outcome = match &self.journal {
            Some((journal, before)) => {
                let head = self.is_head_new.then_some(&self.head);
                journal.add(head, before, &self.state).map(|()| Arc::clone(journal))
            }
            None => Journal::begin(&self.home, &self.head, &self.state).map(Arc::new),
        };
        LabelsKept {
            id: self.id,
            state: self.state.clone(),
            revision: self.revision,
            path: self.head.file.clone().map(|file| (file, self.head.stamp)),
            outcome,
        }
    }
}

/// Work that a program left behind, read.
#[derive(Debug)]
pub struct WorkTaken {
    /// Its journal.
    pub path: PathBuf,
    /// What was found, or why nothing was.
    pub outcome: Result<Taken, String>,
}

/// What was found in such a journal.
#[derive(Debug)]
pub struct Taken {
    /// The journal, which goes on.
    pub journal: Arc<Journal>,
    /// What it is about.
    pub head: Head,
    /// The last whole state.
    pub state: journal::State,
    /// How many voxels each label has, all layers together.
    pub counts: BTreeMap<u16, u64>,
}

impl WorkTaken {
    pub(super) fn read(path: PathBuf) -> Self {
        let outcome = match Journal::take_over(&path) {
            Ok(Some((journal, head, state))) => {
                let mut counts = BTreeMap::new();
                for (label, voxels) in state.maps.iter().flat_map(LabelMap::counts) {
                    *counts.entry(label).or_insert(0) += voxels;
                }
                Ok(Taken {
                    journal: Arc::new(journal),
                    head,
                    state,
                    counts,
                })
            }
            Ok(None) => Err(say!("app-work-elsewhere")),
            Err(err) => Err(err.to_string()),
        };
        Self { path, outcome }
    }
}
