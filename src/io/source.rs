//! The seam between formats and the rest: a volume whose voxels are still in files, and how to get them.

use std::path::PathBuf;
use std::sync::Arc;

use super::dicom::references::References;
use super::place::FilePlace;
use super::unplaced::Unplaced;
use crate::model::segment::SegmentTable;
use crate::model::volume::Volume;
use crate::model::voxels::Samples;

/// What was found in the paths that the user gave.
#[derive(Default)]
pub struct Opened {
    /// Volumes, in the order of patient, study, series number.
    pub volumes: Vec<OpenVolume>,
    /// Files that were not used, each with the reason.
    pub skipped: Vec<Skipped>,
}

/// A file that was not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Which.
    pub path: PathBuf,
    /// Why, in one sentence.
    pub reason: String,
}

/// A volume and where its voxels come from.
#[derive(Clone)]
pub struct OpenVolume {
    /// The volume; its slabs are empty until they are loaded.
    pub volume: Arc<Volume>,
    /// Reads its slabs.
    pub source: Arc<dyn SlabSource>,
}

impl std::fmt::Debug for OpenVolume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenVolume")
            .field("id", &self.volume.id)
            .finish_non_exhaustive()
    }
}

/// A decoded slab and what was wrong with it.
#[derive(Debug)]
pub struct SlabRead {
    /// The samples, of the volume's type and of the slab's length.
    pub samples: Samples,
    /// Doubts, each a sentence (a slice was cut short and filled up, …).
    pub warnings: Vec<String>,
}

/// A slab could not be read at all. The message is a sentence for the user that names the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SlabError {
    /// What happened, to which file, and why.
    pub message: String,
}

/// Decodes slabs of one volume. Called from many threads at once.
pub trait SlabSource: Send + Sync {
    /// Decodes one slab. Must not panic on any bytes (it is called under `catch_unwind` all the same).
    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError>;

    /// What the numbers of a label map stand for, where that is known.
    fn segments(&self) -> Option<SegmentTable> {
        None
    }

    /// The images of DICOM series that the volume is made of, or was drawn on.
    fn references(&self) -> Option<Arc<References>> {
        None
    }

    /// The file that the volume is read from, or the first of them; `None` of what is made and not read.
    fn file(&self) -> Option<&FilePlace> {
        None
    }

    /// What the file does not say of where the volume lies; `None` if it says all.
    fn unplaced(&self) -> Option<&Unplaced> {
        None
    }

    /// Whether numbers from 0 to 1 are the share of a voxel that a segment fills, and not how probable it is there.
    fn is_occupancy(&self) -> bool {
        false
    }

    /// Whether slabs are best read in one stream, with [`Self::read_in_order`].
    fn streams(&self) -> bool {
        false
    }

    /// Decodes every slab from first to last, for sources where slab n costs reading all before it (a gzip stream).
    /// `publish` takes each slab as it is ready and answers whether to go on. `None` where slabs can be read in any order.
    fn read_in_order(&self, _publish: &mut dyn FnMut(usize, SlabRead) -> bool) -> Option<Result<(), SlabError>> {
        None
    }
}
