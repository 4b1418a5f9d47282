//! That nothing painted is lost: what is saved, what is kept in journals, and what was left behind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::algo::label_counts::read_labels;
use crate::io::home::Home;
use crate::io::journal::{self, Head, Journal, JournalError};
use crate::io::save::SaveError;
use crate::io::segmentation::{self, Stamp, Written};
use crate::io::{self, OpenVolume, Progress};
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
    pub outcome: Result<Written, SaveError>,
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
        let outcome = match take_over(&path) {
            Ok(Some((journal, mut head, state))) => {
                if let Some(stamp) = head
                    .file
                    .as_deref()
                    .and_then(|file| stamp_if_same(file, head.stamp, &state))
                {
                    head.stamp = Some(stamp);
                }
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

/// Takes a journal over. Another window may look at it just now, which is waited for.
fn take_over(path: &Path) -> Result<Option<(Journal, Head, journal::State)>, JournalError> {
    const TRIES: usize = 20;
    const STEP: Duration = Duration::from_millis(10);
    for _ in 0..TRIES {
        match Journal::take_over(path) {
            Ok(None) => std::thread::sleep(STEP),
            other => return other,
        }
    }
    Ok(None)
}

/// How a file is now that is another one than it was and has the very labels of a state: a program that was killed
/// between saving it and noting that it had is no other program.
fn stamp_if_same(file: &Path, known: Option<Stamp>, state: &journal::State) -> Option<Stamp> {
    if Stamp::of(file).is_none_or(|now| Some(now) == known) {
        return None;
    }
    let never = AtomicBool::new(false);
    let quiet = Progress::new(&never, &|_| {});
    let dims = state.maps.first()?.dims();
    let mut volumes = io::scan(&[file.to_owned()], &quiet).ok()?.volumes.into_iter();
    let open = volumes.find(|open| open.volume.dims() == dims)?;
    io::load(&open, &quiet);
    let read = read_labels(&open.volume, usize::from(u16::MAX), &|| false)?;
    let is_same = read.maps.len() == state.maps.len() && read.maps.iter().zip(&state.maps).all(|(a, b)| a.is_same(b));
    let place = open.source.file().filter(|place| is_same && !place.has_changed())?;
    place.stamp()
}
