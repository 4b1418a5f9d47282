//! What is to be done that is not a change of state, and questions that the system's dialogs ask.

use std::path::PathBuf;
use std::sync::Arc;

use super::command::{MeasurementsFile, PictureStyle};
use super::job::JobId;
use super::movie::{Film, MovieFormat, MovieStyle};
use super::pane::PaneId;
use super::preview::RangeRequest;
use super::probability::CutRequest;
use super::safety::{LabelsToKeep, LabelsToSave};
use super::segment_work::WorkRequest;
use super::surfaces::SurfacesRequest;
use super::tables::MapRequest;
use super::threshold_curve::CurveRequest;
use super::transfer_thumbnail::ThumbnailRequest;
use super::volume_view::Removal;
use crate::algo::occlusion::OcclusionRequest;
use crate::io::OpenVolume;
use crate::io::cases::{Case, CaseList};
use crate::io::home::Home;
use crate::io::journal::Journal;
use crate::io::measurements::{Places, ToSave};
use crate::model::series_key::SeriesKey;
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::{Volume, VolumeId};
use crate::scene::VolumeScene;

/// What a dialog of the system is to ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// Files to open.
    Files,
    /// Folders to open.
    Folders,
    /// A file to write the picture of a pane to.
    Picture(PaneId, PictureStyle),
    /// A file to write a movie of a pane to.
    Movie(PaneId, MovieFormat, MovieStyle),
    /// A file to write measurements to.
    Measurements(MeasurementsFile),
    /// A file to write a segmentation to, answered with [`super::job::Answer::SaveTo`].
    Segmentation(VolumeId),
    /// A file to write the shown table to.
    Table,
    /// A list of cases.
    CaseList,
    /// A folder with cases.
    CaseFolder,
    /// A file with a transfer function, to be read.
    Transfer,
    /// A file to write a transfer function to.
    TransferTo,
}

/// What [`super::update`] wants done that is not a change of state.
#[derive(Clone)]
pub enum Effect {
    /// Read headers.
    StartScan {
        /// The job's name.
        job: JobId,
        /// Of what; `None` is the built-in study.
        paths: Option<Vec<PathBuf>>,
    },
    /// Decode voxels.
    StartLoad {
        /// The job's name.
        job: JobId,
        /// Of which volume.
        open: OpenVolume,
    },
    /// Make a small picture of a volume.
    StartThumbnail {
        /// The job's name.
        job: JobId,
        /// Of which volume.
        open: OpenVolume,
    },
    /// Read the measurements of series that were opened.
    LoadMeasurements {
        /// The job's name.
        job: JobId,
        /// Of which, and where they are.
        series: Vec<(SeriesKey, Places)>,
    },
    /// Write what was changed of the measurements of a series.
    SaveMeasurements {
        /// The job's name.
        job: JobId,
        /// What.
        request: Box<ToSave>,
    },
    /// Judge a segmentation by a reference, which comes first.
    StartJudging {
        /// The job's name.
        job: JobId,
        /// Both.
        maps: Box<[MapRequest; 2]>,
    },
    /// Judge a probability map threshold by threshold.
    StartCurve {
        /// The job's name.
        job: JobId,
        /// What.
        request: Box<CurveRequest>,
    },
    /// Compare what several readers segmented.
    CompareReaders {
        /// The job's name.
        job: JobId,
        /// Their segmentations.
        maps: Vec<MapRequest>,
    },
    /// Measure the segments of a map.
    StartMeasuring {
        /// The job's name.
        job: JobId,
        /// Of which map.
        map: Box<MapRequest>,
        /// In which image.
        image: OpenVolume,
        /// Its time point.
        frame: usize,
    },
    /// Write a text file.
    WriteText {
        /// The job's name.
        job: JobId,
        /// Where to.
        path: PathBuf,
        /// Its text.
        text: String,
    },
    /// Watch these files, and no others.
    Watch {
        /// Which.
        paths: Vec<PathBuf>,
    },
    /// Read a list of cases.
    ReadCases {
        /// The job's name.
        job: JobId,
        /// The list, or the folder with the cases.
        path: PathBuf,
    },
    /// Write how far the cases of a list are.
    KeepCases {
        /// The job's name.
        job: JobId,
        /// The list.
        list: CaseList,
        /// Those that changed.
        changed: Vec<Case>,
    },
    /// Read a transfer function.
    ReadTransfer {
        /// The job's name.
        job: JobId,
        /// From where.
        path: PathBuf,
    },
    /// Write a transfer function.
    WriteTransfer {
        /// The job's name.
        job: JobId,
        /// Where to.
        path: PathBuf,
        /// Which.
        function: Arc<TransferFunction>,
    },
    /// Make small pictures of a volume with several transfer functions.
    StartTransferThumbnails {
        /// The job's name.
        job: JobId,
        /// Of what.
        request: Box<ThumbnailRequest>,
    },
    /// Put a text on the clipboard.
    CopyText(String),
    /// Count the values of a volume.
    StartHistogram {
        /// The job's name.
        job: JobId,
        /// Of which volume.
        volume: Arc<Volume>,
    },
    /// Read a volume and count its labels.
    StartLabels {
        /// The job's name.
        job: JobId,
        /// Of which volume.
        open: OpenVolume,
        /// Whether nobody said that it is a label map: then it has to look like one.
        is_guess: bool,
    },
    /// Read a probability map, and find its lowest and highest value.
    StartProbability {
        /// The job's name.
        job: JobId,
        /// Of which volume.
        open: OpenVolume,
    },
    /// Cut a segmentation out of a probability map.
    CutProbability {
        /// The job's name.
        job: JobId,
        /// What.
        request: Box<CutRequest>,
    },
    /// Find the surfaces of a label map.
    FindSurfaces {
        /// The job's name.
        job: JobId,
        /// What.
        request: Box<SurfacesRequest>,
    },
    /// Find how open the places of a rendered volume are.
    FindOcclusion {
        /// The job's name.
        job: JobId,
        /// Of what.
        request: Box<OcclusionRequest>,
    },
    /// Look for what is to be removed from the volume view.
    StartMask {
        /// The job's name.
        job: JobId,
        /// Of which volume.
        volume: Arc<Volume>,
        /// Which time point.
        frame: usize,
        /// What.
        removal: Removal,
    },
    /// Write a segmentation.
    SaveLabels {
        /// The job's name.
        job: JobId,
        /// What.
        request: Box<LabelsToSave>,
    },
    /// Work on a whole segment.
    WorkOnSegment {
        /// The job's name.
        job: JobId,
        /// What.
        request: Box<WorkRequest>,
    },
    /// Find out what a range of values would paint.
    FindRange {
        /// The job's name.
        job: JobId,
        /// Of what.
        request: Box<RangeRequest>,
    },
    /// Keep what was painted safe.
    KeepLabels {
        /// The job's name.
        job: JobId,
        /// What.
        request: Box<LabelsToKeep>,
    },
    /// Throw journals away: their work is in files by now, or is no more.
    EndJournals {
        /// The job's name.
        job: JobId,
        /// Which.
        journals: Vec<Arc<Journal>>,
    },
    /// Look for painted work that programs left behind.
    LookForWork {
        /// The job's name.
        job: JobId,
        /// Where.
        home: Home,
    },
    /// Read painted work that a program left behind.
    TakeOverWork {
        /// The job's name.
        job: JobId,
        /// Its journal.
        path: PathBuf,
    },
    /// Path-trace a picture.
    StartDeveloping {
        /// The job's name.
        job: JobId,
        /// Of what.
        scene: Box<VolumeScene>,
        /// How many samples every pixel gets.
        samples: u32,
    },
    /// Stop a job.
    CancelJob(JobId),
    /// Ask the user for paths, and answer with [`super::Program::answer_later`].
    Choose {
        /// The job that waits for the answer.
        job: JobId,
        /// For what.
        choice: Choice,
    },
    /// Let the user type a path: the system has no dialog.
    TypePath,
    /// Draw a picture of a pane, and write it with [`super::Program::write_picture`].
    SavePicture {
        /// The pane.
        pane: PaneId,
        /// Where to.
        path: PathBuf,
        /// Size in pixels.
        size: Option<[u32; 2]>,
        /// How it is made.
        style: PictureStyle,
    },
    /// Draw the pictures of a movie, and hand them over as [`super::Program::start_movie`] says.
    SaveMovie(Box<Film>),
    /// Draw a picture of a pane, and put it on the clipboard.
    CopyPicture {
        /// The pane.
        pane: PaneId,
        /// How it is made.
        style: PictureStyle,
    },
    /// Take a picture of the whole window, and write it with [`super::Program::write_picture`].
    SaveWindow {
        /// Where to.
        path: PathBuf,
    },
    /// Give the graphics device up and go on with a new one.
    RestartGraphics,
    /// End the program.
    Quit,
}
