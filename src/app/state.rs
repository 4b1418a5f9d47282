//! Everything the program knows. Only [`super::update`] changes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use glam::{DVec2, DVec3};

use super::cases::Cases;
use super::command::PictureStyle;
use super::developing::DevelopingPicture;
use super::history::History;
use super::job::JobId;
use super::leaving::Leaving;
use super::measurements::Measurements;
use super::outline::{Outline, Traced};
use super::overlays::{Overlay, OverlayView};
use super::painting::{Begun, Painting};
use super::pane::{Layout, PaneId, PlanePane, StackPane};
use super::planes::{Alignment, anatomical_axes};
use super::preview::{Preview, RangeSeen};
use super::probability::Probability;
use super::settings::Settings;
use super::tables::Tables;
use super::thumbnail::Thumbnails;
use super::tool::{Gesture, Tool};
use super::tool_work::ToolWork;
use super::transfer::Transfer;
use super::transfer_thumbnail::TransferThumbnails;
use super::volume_view::VolumeView;
pub use crate::algo::histogram::Histogram;
use crate::algo::occlusion::OcclusionRequest;
use crate::io::home::Home;
use crate::io::journal::{Journal, Left};
use crate::io::{OpenVolume, Skipped};
use crate::model::color_map::ColorMap;
use crate::model::occlusion::Occlusion;
use crate::model::volume::{Volume, VolumeId};
use crate::model::voxel_mask::VoxelMask;
use crate::model::window::Window;
use crate::scene::{Camera, Interpolation};

/// The whole program, but for jobs and pixels.
pub struct State {
    /// What is open.
    pub document: Document,
    /// Small pictures of what is open.
    pub thumbnails: Thumbnails,
    /// Small pictures of what is shown, with each preset of its transfer function.
    pub transfer_thumbnails: TransferThumbnails,
    /// How it is looked at.
    pub view: View,
    /// What is being dragged.
    pub gesture: Option<Gesture>,
    /// How segments are painted.
    pub painting: Painting,
    /// Painted work that programs left behind, the newest first.
    pub left_work: Vec<Left>,
    /// What is to be left once unsaved work is safe.
    pub leaving: Option<Leaving>,
    /// The list of cases that is worked through.
    pub cases: Option<Cases>,
    /// The segmentations that could not be kept safe, which the user knows, and when that was last tried.
    pub(super) journal_failed: BTreeMap<VolumeId, Instant>,
    /// Journals of work that is in files by now, or is no more.
    pub(super) ended_journals: Vec<Arc<Journal>>,
    /// The stroke that is being painted.
    pub(super) stroke: Option<Begun>,
    /// Work on a segment that waits for a yes.
    pub preview: Option<Preview>,
    /// What the range of values would paint.
    pub range_seen: Option<RangeSeen>,
    /// The line that is being drawn around something.
    pub outline: Option<Outline>,
    /// The line of one value under the pointer, while it is shown.
    pub traced: Option<Traced>,
    /// Work that a tool has found and that is to be begun, and whether it takes away.
    pub(super) tool_work: Option<(ToolWork, bool)>,
    /// Where the pointer rests: pane, and place in it in points.
    pub hover: Option<(PaneId, DVec2)>,
    /// The path-traced picture of the volume view, if there is one.
    pub developing: Option<DevelopingPicture>,
    /// Jobs under way, oldest first.
    pub jobs: BTreeMap<JobId, JobStatus>,
    /// What the user should read, oldest first.
    pub messages: Vec<Message>,
    /// Tables about segmentations.
    pub tables: Tables,
    /// What was measured in the open series.
    pub measurements: Measurements,
    /// What can be undone.
    pub history: History,
    /// Where the user's own data is; `None` for a program that remembers nothing.
    pub(super) home: Option<Home>,
    /// What is remembered from session to session.
    pub settings: Settings,
    /// Where the settings are kept, if anywhere.
    pub settings_file: Option<PathBuf>,
    /// Recent files that are not there any more.
    pub missing: BTreeSet<Vec<PathBuf>>,
    /// Whether the user knows that the settings cannot be written.
    pub(super) is_settings_loss_told: bool,
    /// The id of the newest job.
    pub(super) last_job: u64,
}

/// What is open.
#[derive(Default)]
pub struct Document {
    /// Volumes, in the order in which they were opened.
    pub entries: Vec<Entry>,
    /// Name and ID of every patient that was opened, in that order: hidden ones are numbered by it.
    pub patients: Vec<(String, String)>,
    /// Files that were not used, and why.
    pub skipped: Vec<Skipped>,
}

impl Document {
    /// The entry of a volume.
    pub fn entry(&self, id: VolumeId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.volume().id == id)
    }

    /// The entry of a volume, to be changed.
    pub(super) fn entry_mut(&mut self, id: VolumeId) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.volume().id == id)
    }
}

/// A volume of the document.
pub struct Entry {
    /// The volume and its source.
    pub open: OpenVolume,
    /// How far its voxels are.
    pub load: LoadState,
    /// Doubts that came up while its voxels were read; those of its header stand in the volume.
    pub load_warnings: Vec<String>,
    /// How it is shown.
    pub display: Display,
    /// Present where it is used as a label map.
    pub overlay: Option<Overlay>,
    /// Present where it is used as a probability map.
    pub probability: Option<Probability>,
    /// Whether its file is read again when it changes.
    pub is_watched: bool,
    /// Its voxels were looked at, and they are no labels.
    pub(super) is_image: bool,
    /// The percentile window, once enough voxels are there.
    pub auto_window: Option<Window>,
    /// How often each value occurs: in some slices, and once all are there, in all of them.
    pub histogram: Option<Counted>,
    /// The percentile window of projections.
    pub auto_projection_window: Option<Window>,
    /// How open its places are in the volume view, as was last found.
    pub occlusion: Option<Arc<Occlusion>>,
    /// For what that was last looked for.
    pub(super) occlusion_asked: Option<OcclusionRequest>,
}

impl Entry {
    /// The volume with its voxels as they are in the file.
    pub fn from_file(&self) -> &OpenVolume {
        let file = self.overlay.as_ref().and_then(|overlay| overlay.file.as_ref());
        file.unwrap_or(&self.open)
    }

    /// The volume.
    pub fn volume(&self) -> &Arc<Volume> {
        &self.open.volume
    }

    /// Whether it lies over an image instead of being one.
    pub fn lies_over(&self) -> bool {
        self.overlay.is_some() || self.probability.is_some()
    }

    /// All doubts about it, those of the header first.
    pub fn warnings(&self) -> impl Iterator<Item = &str> {
        self.open
            .volume
            .warnings
            .iter()
            .chain(&self.load_warnings)
            .map(String::as_str)
    }
}

/// A histogram and what it was counted in.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The counts.
    pub histogram: Arc<Histogram>,
    /// The revision of the voxels that were there.
    pub revision: usize,
    /// Whether these were all that there are.
    pub is_complete: bool,
}

/// How far the voxels of a volume are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadState {
    /// Only the header was read.
    Header,
    /// A job is decoding.
    Loading(JobId),
    /// All there.
    Loaded,
    /// The user stopped it; what had arrived is shown.
    Stopped,
}

/// How a volume is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Display {
    /// The window; `None` until the file's or the automatic one is known.
    pub window: Option<Window>,
    /// The window of the projections in the volume view, which show brighter voxels than slices do.
    pub projection_window: Option<Window>,
    /// Black and white exchanged by the user (on top of MONOCHROME1).
    pub invert: bool,
    /// From grey to colour.
    pub color_map: Arc<ColorMap>,
    /// Between voxel centres.
    pub interpolation: Interpolation,
    /// Which time point.
    pub frame: usize,
    /// Colour and opacity in the volume view; `None` until its values are known.
    pub transfer: Option<Transfer>,
    /// Which voxels are seen in the volume view; all of them without a mask.
    pub mask: Option<Arc<VoxelMask>>,
}

/// How the document is looked at.
pub struct View {
    /// The volume in the panes.
    pub shown: Option<VolumeId>,
    /// Which panes are seen.
    pub layout: Layout,
    /// The pane that is the large one where there is one.
    pub large: PaneId,
    /// The pane that keys act on.
    pub focused: PaneId,
    /// Size of each pane in points, as the window laid them out.
    pub sizes: BTreeMap<PaneId, DVec2>,
    /// The one place that all panes point at, LPS mm.
    pub crosshair: DVec3,
    /// Whether its lines are drawn.
    pub crosshair_visible: bool,
    /// Whether measurements are seen; each of them can be hidden by itself too.
    pub shows_measurements: bool,
    /// What the planes are aligned with.
    pub alignment: Alignment,
    /// The plane panes, in the order of [`PaneId::PLANES`].
    pub planes: [PlanePane; 3],
    /// The stack pane.
    pub stack: StackPane,
    /// Magnification of all panes alike; at 1 the volume fits each of them.
    pub zoom: f64,
    /// The camera of the volume view; its scale follows from `camera_zoom`.
    pub camera: Camera,
    /// Magnification of the volume view; 1 fits the volume.
    pub camera_zoom: f64,
    /// How volumes are rendered.
    pub volume: VolumeView,
    /// How pictures of panes are made.
    pub picture_style: PictureStyle,
    /// How label maps are seen.
    pub overlays: OverlayView,
    /// The patient's left is on the screen's left: the neurological convention.
    pub is_neurological: bool,
    /// Nothing is shown that identifies a patient; see [`super::identifiers`].
    pub hides_identifiers: bool,
    /// What left drag does; `None` leaves it to the layout.
    pub tool: Option<Tool>,
}

impl View {
    /// Where the camera stands at first: in front, a little to the patient's left and above.
    pub(super) fn first_camera() -> Camera {
        Camera {
            target: DVec3::ZERO,
            azimuth_deg: 25.0,
            elevation_deg: 15.0,
            mm_per_pixel: 1.0,
            perspective_deg: 0.0,
        }
    }

    /// The plane of a pane.
    pub fn plane(&self, pane: PaneId) -> Option<&PlanePane> {
        PaneId::PLANES.iter().position(|p| *p == pane).map(|n| &self.planes[n])
    }

    /// The plane of a pane, to be changed.
    pub(super) fn plane_mut(&mut self, pane: PaneId) -> Option<&mut PlanePane> {
        PaneId::PLANES
            .iter()
            .position(|p| *p == pane)
            .map(|n| &mut self.planes[n])
    }

    /// What left drag does: what was chosen, else the crosshair in linked panes, the window in a single one.
    pub fn active_tool(&self) -> Tool {
        self.tool.unwrap_or(match self.layout {
            Layout::Single(_) => Tool::Window,
            Layout::Quad | Layout::OneAndThree(_) => Tool::Crosshair,
        })
    }

    /// What left drag does in a pane; `None` in the volume view, where it turns the camera unless the window tool or
    /// the scalpel or the scissors were chosen. Pictures that have no place in space have no crosshair.
    pub fn tool_in(&self, pane: PaneId) -> Option<Tool> {
        match (pane, self.active_tool()) {
            (PaneId::Volume, _) => self
                .tool
                .filter(|tool| matches!(tool, Tool::Window | Tool::Scalpel | Tool::Scissors)),
            (PaneId::Stack, tool) if tool == Tool::Crosshair || tool == Tool::Scalpel || tool.paints() => {
                Some(Tool::Window)
            }
            (_, Tool::Scalpel) => Some(Tool::Crosshair),
            (_, tool) => Some(tool),
        }
    }
}

/// A job under way.
#[derive(Clone, Debug, PartialEq)]
pub struct JobStatus {
    /// What it does, for the user.
    pub title: String,
    /// Done and total, once it can tell.
    pub progress: Option<(usize, usize)>,
    /// What it is about.
    pub subject: JobSubject,
}

/// What a job is about.
#[derive(Clone, Debug, PartialEq)]
pub enum JobSubject {
    /// Waiting for the user's answer in a dialog of the system.
    Question,
    /// Writing a picture.
    Picture,
    /// Writing a movie.
    Movie,
    /// Making a small picture.
    Thumbnail(VolumeId),
    /// Making small pictures with presets of the transfer function.
    TransferThumbnails(VolumeId),
    /// Reading a transfer function.
    Transfer,
    /// Counting values.
    Histogram(VolumeId),
    /// Reading a label map.
    Labels(VolumeId),
    /// Reading a probability map.
    Probability(VolumeId),
    /// Cutting a segmentation out of a probability map.
    Cut(VolumeId),
    /// Reading headers of these; of the built-in study if empty.
    Paths(Vec<PathBuf>),
    /// Reading the file of a volume again.
    Reload(VolumeId),
    /// Decoding voxels.
    Volume(VolumeId),
    /// Reading or writing measurements.
    Measurements,
    /// Working on a whole segment.
    Segment(VolumeId),
    /// Finding the surfaces of a label map.
    Surfaces(VolumeId),
    /// Finding how open the places of a rendered volume are.
    Occlusion(VolumeId),
    /// Finding out what a range of values would paint.
    Range(VolumeId),
    /// Writing a segmentation.
    SavingLabels(VolumeId),
    /// Keeping painted work safe, or looking for such work.
    Journal,
    /// Reading a list of cases, or writing how far they are.
    Cases,
    /// Path tracing the volume view.
    Developing,
    /// Looking for what is to be removed from the volume view.
    Mask(VolumeId),
    /// Judging or measuring segmentations.
    Table,
}

impl JobSubject {
    /// The volume that it is about.
    pub fn volume(&self) -> Option<VolumeId> {
        match self {
            Self::Volume(id)
            | Self::Reload(id)
            | Self::Labels(id)
            | Self::Probability(id)
            | Self::Cut(id)
            | Self::Histogram(id)
            | Self::Thumbnail(id)
            | Self::Mask(id)
            | Self::SavingLabels(id)
            | Self::Segment(id)
            | Self::Surfaces(id)
            | Self::Occlusion(id)
            | Self::Range(id)
            | Self::TransferThumbnails(id) => Some(*id),
            Self::Question
            | Self::Picture
            | Self::Movie
            | Self::Transfer
            | Self::Paths(_)
            | Self::Measurements
            | Self::Table
            | Self::Journal
            | Self::Cases
            | Self::Developing => None,
        }
    }

    /// Whether it is small work that goes on beside, which nobody waits for or stops.
    pub fn is_quiet(&self) -> bool {
        matches!(
            self,
            Self::Histogram(_)
                | Self::Thumbnail(_)
                | Self::TransferThumbnails(_)
                | Self::Measurements
                | Self::Surfaces(_)
                | Self::Occlusion(_)
                | Self::Journal
                | Self::Cases
                | Self::Developing
                | Self::Range(_)
        )
    }
}

/// Something that the user should read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How serious it is.
    pub level: Level,
    /// One or two sentences.
    pub text: String,
}

/// How serious a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Note,
    /// Something did not work.
    Error,
}

impl State {
    /// Messages kept; older ones are dropped.
    pub(super) const MAX_MESSAGES: usize = 100;

    /// An empty program.
    pub fn new() -> Self {
        let planes = anatomical_axes().map(|axes| PlanePane {
            axes,
            upright: axes,
            center: DVec3::ZERO,
            slab: None,
        });
        Self {
            document: Document::default(),
            thumbnails: Thumbnails::default(),
            transfer_thumbnails: TransferThumbnails::default(),
            view: View {
                shown: None,
                layout: Layout::Quad,
                large: PaneId::Axial,
                focused: PaneId::Axial,
                sizes: BTreeMap::new(),
                crosshair: DVec3::ZERO,
                crosshair_visible: true,
                shows_measurements: true,
                alignment: Alignment::Acquisition,
                planes,
                stack: StackPane::default(),
                zoom: 1.0,
                camera: View::first_camera(),
                camera_zoom: 1.0,
                volume: VolumeView::default(),
                is_neurological: false,
                picture_style: PictureStyle::default(),
                overlays: OverlayView::default(),
                hides_identifiers: false,
                tool: None,
            },
            gesture: None,
            painting: Painting::default(),
            left_work: Vec::new(),
            leaving: None,
            cases: None,
            journal_failed: BTreeMap::new(),
            ended_journals: Vec::new(),
            stroke: None,
            preview: None,
            range_seen: None,
            outline: None,
            traced: None,
            tool_work: None,
            hover: None,
            developing: None,
            jobs: BTreeMap::new(),
            messages: Vec::new(),
            tables: Tables::default(),
            measurements: Measurements::default(),
            history: History::default(),
            home: None,
            settings: Settings::default(),
            settings_file: None,
            missing: BTreeSet::new(),
            is_settings_loss_told: false,
            last_job: 0,
        }
    }

    /// Whether work that is not saved can be kept for later.
    pub fn can_keep_work(&self) -> bool {
        self.home.is_some() && self.journal_failed.is_empty()
    }

    /// The entry in the panes.
    pub fn shown(&self) -> Option<&Entry> {
        self.document.entry(self.view.shown?)
    }

    /// The entry in the panes, to be changed.
    pub(super) fn shown_mut(&mut self) -> Option<&mut Entry> {
        self.document.entry_mut(self.view.shown?)
    }

    /// A job id that was not used before.
    pub(super) fn next_job(&mut self) -> JobId {
        self.last_job += 1;
        JobId(self.last_job)
    }

    /// Adds a message.
    pub(super) fn tell(&mut self, level: Level, text: String) {
        if self.messages.len() == Self::MAX_MESSAGES {
            self.messages.remove(0);
        }
        self.messages.push(Message { level, text });
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}
