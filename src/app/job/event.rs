//! What a job tells.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::command::Command;
use super::super::compared_readers::ComparedReaders;
use super::super::preview::RangeKey;
use super::super::probability::Cut;
use super::super::safety::{LabelsKept, LabelsSaved, WorkTaken};
use super::super::segment_work::WorkDone;
use super::super::state::Counted;
use super::super::surfaces::FoundSurfaces;
use super::super::tables::{Judgement, Measured};
use super::super::threshold_curve::Curve;
use super::super::thumbnail::Thumbnail;
use super::super::volume_view::Removal;
use crate::algo::label_counts::LabelsRead;
use crate::io::cases::CaseList;
use crate::io::journal;
use crate::io::load::LoadReport;
use crate::io::measurements::{Found, Saved};
use crate::io::{OpenError, Opened};
use crate::model::label_map::LabelMap;
use crate::model::occlusion::Occlusion;
use crate::model::series_key::SeriesKey;
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::VolumeId;
use crate::model::voxel_mask::VoxelMask;
use crate::model::window::Window;

/// What a job tells. Applied by [`crate::app::update::apply_event`], never recorded.
pub enum JobEvent {
    /// How far it is.
    Progress {
        /// Done.
        done: usize,
        /// Of how many.
        total: usize,
    },
    /// Headers were read.
    Scanned(Opened),
    /// Nothing could be opened.
    ScanFailed(OpenError),
    /// The percentile windows of a volume, for slices and for projections, are known.
    AutoWindow {
        /// Which volume.
        volume: VolumeId,
        /// For slices.
        slices: Window,
        /// For projections.
        projections: Window,
    },
    /// A small picture was made, or could not be.
    Thumbnail(VolumeId, Option<Thumbnail>),
    /// A small picture with a preset of the transfer function was made, or could not be.
    TransferThumbnail(VolumeId, String, Option<Thumbnail>),
    /// A transfer function was read, or why not.
    TransferRead(Result<TransferFunction, String>),
    /// A transfer function was written, or why not.
    TransferSaved(Result<PathBuf, String>),
    /// The values of a volume were counted.
    Counted(VolumeId, Counted),
    /// The labels of a volume were read; `None` if it is no label map.
    Labelled(VolumeId, Option<LabelsRead>, LabelsReading),
    /// A probability map was read; its lowest and highest value, if it has any.
    ProbabilityRead(VolumeId, Option<[f64; 2]>),
    /// A segmentation was cut out of a probability map.
    ProbabilityCut(Box<Cut>),
    /// Voxels were read.
    Loaded(VolumeId, LoadReport),
    /// The user answered.
    Answered(Answer),
    /// A picture was written, or why not.
    PictureSaved(Result<PathBuf, String>),
    /// A movie was written, or why not.
    MovieSaved(Result<PathBuf, String>),
    /// The measurements of some series were read.
    MeasurementsLoaded(Vec<(SeriesKey, Found)>),
    /// The measurements of a series were written, or why not.
    MeasurementsSaved(SeriesKey, Result<Option<Saved>, String>),
    /// A list of measurements was written, or why not.
    MeasurementsExported(Result<PathBuf, String>),
    /// What stays of a volume when something is removed; `None` if nothing was found to be removed.
    Masked(VolumeId, Removal, Option<VoxelMask>),
    /// The surfaces of a label map were found.
    Surfaced(VolumeId, Arc<FoundSurfaces>),
    /// How open the places of a rendered volume are; `None` if that cannot be said.
    Occluded(VolumeId, Option<Arc<Occlusion>>),
    /// A segmentation was written, or why not.
    LabelsSaved(LabelsSaved),
    /// Work on a segment was done.
    SegmentWorked(Box<WorkDone>),
    /// What a range of values would paint.
    RangeFound(Box<(RangeKey, LabelMap)>),
    /// What was painted is kept safe, or why not.
    LabelsKept(LabelsKept),
    /// A list of cases was read, or why not.
    CasesRead(Result<CaseList, String>),
    /// How far the cases are was written, or why not.
    CasesKept(Result<(), String>),
    /// Painted work that programs left behind.
    WorkFound(Vec<journal::Left>),
    /// Such work was read, or why not.
    WorkTaken(Box<WorkTaken>),
    /// A path-traced picture has become finer.
    Developed {
        /// Samples of every pixel.
        samples: u32,
        /// RGBA, 8 bits, rows from the top.
        pixels: Arc<Vec<u8>>,
    },
    /// Two segmentations were compared, or why not.
    Judged(Result<Box<Judgement>, String>),
    /// A probability map was judged threshold by threshold, or why not.
    Curved(Result<Curve, String>),
    /// Several readers were compared, or why not.
    ReadersCompared(Result<Box<ComparedReaders>, String>),
    /// The segments of a map were measured, or why not.
    Measured(Result<Measured, String>),
    /// There is nothing to tell.
    Nothing,
    /// The job broke.
    Panicked,
    /// The system gave no thread for it.
    NoThread,
}

/// How labels were read.
#[derive(Clone, Copy, Debug)]
pub struct LabelsReading {
    /// Whether the file has changed since its header was read.
    pub has_changed: bool,
    /// Whether nobody had said that it is a label map.
    pub is_guess: bool,
}

/// What the user answered in a dialog of the system.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// This is to be done.
    Do(Box<Command>),
    /// A segmentation is to be saved there. Until that is known others may be closed, so that it is named and not counted.
    SaveTo {
        /// Which.
        volume: VolumeId,
        /// Where to.
        path: PathBuf,
    },
    /// Nothing is to be done.
    Nothing,
    /// There was no dialog: the system has none to offer.
    NoDialog,
    /// There was none in which to say where this segmentation is to be saved.
    NoDialogToSave(VolumeId),
}
