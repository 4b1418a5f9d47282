//! Everything a person can ask for, as values: recorded, replayed, tested, bound to keys and menus.

use std::path::PathBuf;

use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

use super::cases::CaseChange;
pub use super::effect::{Choice, Effect};
use super::job::JobId;
use super::leaving::{Leave, LeaveAnswer};
use super::movie::{MovieFormat, MovieStyle};
use super::overlays::SegmentChange;
use super::painting::PaintChange;
use super::pane::{Arrangement, PaneId};
use super::planes::Alignment;
use super::probability::ProbabilityChange;
use super::segment_work::SegmentWork;
use super::settings::{PanelId, Setting, WindowPlace};
use super::surfaces::VolumeLook;
use super::tables::TableChange;
use super::tool::cube::Side;
use super::tool::{PointerEvent, Tool};
use super::volume_view::VolumeChange;
pub use super::written::{MeasurementsFile, PictureStyle};
use crate::model::volume::VolumeId;
use crate::model::window::{Window, WindowFunction};
use crate::scene::{Interpolation, SlabMode};

/// Something a person asks for. As JSON: `{"set_window":{"center":40,"width":400}}`, `"auto_window"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Reads files and folders, and shows the largest series of them.
    Open {
        /// What to read.
        paths: Vec<PathBuf>,
    },
    /// Opens the built-in study.
    OpenDemo,
    /// Lets the user choose files; the window answers with `Open`.
    ChooseFiles,
    /// Lets the user choose a folder; the window answers with `Open`.
    ChooseFolder,
    /// Lets the user choose a file; the window answers with `SavePicture`.
    ChoosePicture {
        /// The pane.
        pane: PaneId,
        /// How it is made.
        #[serde(default)]
        style: PictureStyle,
    },
    /// Puts what a pane shows on the clipboard, as a picture.
    CopyPicture {
        /// The pane.
        pane: PaneId,
        /// How it is made.
        #[serde(default)]
        style: PictureStyle,
    },
    /// How pictures are made from now on.
    SetPictureStyle {
        /// So.
        style: PictureStyle,
    },
    /// Stops a job; what it has done so far stays.
    CancelJob {
        /// Which.
        job: JobId,
    },
    /// Stops all jobs.
    CancelAll,
    /// Closes everything.
    CloseAll,
    /// Shows the n-th volume of the document.
    Show {
        /// Counted from 0, in the order of opening.
        index: usize,
    },
    /// Shows the next (1) or previous (−1) volume of the document.
    StepSeries {
        /// How many.
        steps: i64,
    },
    /// Closes the n-th volume of the document.
    Close {
        /// Counted from 0, in the order of opening.
        index: usize,
    },
    /// Reads the file of the n-th volume again.
    Reload {
        /// Counted from 0, in the order of opening.
        index: usize,
    },
    /// Has the file of the n-th volume read again whenever it changes, or no longer.
    Watch {
        /// Counted from 0, in the order of opening.
        index: usize,
        /// Whether.
        yes: bool,
    },
    /// The volumes whose thumbnails are seen; those that are missing are made, in this order.
    WantThumbnails {
        /// Which.
        volumes: Vec<VolumeId>,
    },
    /// Something the pointer did in a pane.
    Pointer(PointerEvent),
    /// Where the pointer rests, for the readout; `None` when it left the panes.
    Hover {
        /// Pane, and place in it in points from its top left.
        at: Option<(PaneId, DVec2)>,
    },
    /// Ends what is being dragged and puts everything back.
    CancelGesture,
    /// Closes a line that is drawn corner by corner around something.
    FinishOutline,
    /// Takes its last corner back.
    DropCorner,
    /// Copies what the segment that is painted has in a pane's slice to the next (1) or the previous one (−1), and
    /// moves the pane there.
    CopySlice {
        /// The pane.
        pane: PaneId,
        /// Which way.
        steps: i64,
    },
    /// Moves a pane through its slices; positive is deeper into the picture.
    Scroll {
        /// The pane.
        pane: PaneId,
        /// How many slices.
        steps: i64,
    },
    /// Moves a pane to its first or last slice.
    ScrollToEnd {
        /// The pane.
        pane: PaneId,
        /// The last one instead of the first.
        last: bool,
    },
    /// Moves the crosshair.
    SetCrosshair {
        /// LPS mm.
        lps: DVec3,
    },
    /// Shows another stored picture in the stack pane.
    SetStackSlice {
        /// Counted from 0.
        slice: usize,
    },
    /// Magnifies about a place of a pane.
    Zoom {
        /// The pane.
        pane: PaneId,
        /// The place that stays where it is, in points from the pane's top left.
        at: DVec2,
        /// Above 1 magnifies.
        factor: f64,
    },
    /// Turns the camera of the volume view.
    SetCamera {
        /// Degrees to the patient's left.
        azimuth_deg: f64,
        /// Degrees towards the head.
        elevation_deg: f64,
    },
    /// Looks at the volume straight from a side.
    LookFrom {
        /// From where.
        side: Side,
    },
    /// Begins to path-trace what the volume view shows.
    Develop {
        /// Width and height in pixels.
        size: [u32; 2],
    },
    /// Changes how volumes are rendered.
    VolumeView(VolumeChange),
    /// Lets the user choose a file; the window answers with `ImportTransfer`, or to write with `ExportTransfer`.
    ChooseTransferFile {
        /// Whether it shall be written.
        write: bool,
    },
    /// Reads the transfer function of the shown volume from a file.
    ImportTransfer {
        /// Which.
        path: PathBuf,
    },
    /// Writes the transfer function of the shown volume to a file.
    ExportTransfer {
        /// Where to.
        path: PathBuf,
    },
    /// The presets of transfer functions that are seen; small pictures of the shown volume with them are made.
    WantTransferThumbnails {
        /// By name, in this order.
        presets: Vec<String>,
    },
    /// Sets the window.
    SetWindow {
        /// Centre in the volume's unit.
        center: f64,
        /// Width in the volume's unit.
        width: f64,
    },
    /// Sets the curve of the window.
    SetWindowFunction {
        /// The curve.
        function: WindowFunction,
    },
    /// A window preset by name (`lung`, `brain`, …).
    WindowPreset {
        /// Its name.
        name: String,
    },
    /// One of the file's own windows.
    FileWindow {
        /// Counted from 0.
        index: usize,
    },
    /// The window from the 0.5th to the 99.5th percentile.
    AutoWindow,
    /// Exchanges black and white.
    ToggleInvert,
    /// A colour map by name.
    SetColorMap {
        /// Its name.
        name: String,
    },
    /// How values between voxels are found.
    SetInterpolation {
        /// The way.
        interpolation: Interpolation,
    },
    /// Makes the slices of a pane thick.
    SetSlab {
        /// The pane.
        pane: PaneId,
        /// Thickness; 0 makes them thin again.
        thickness_mm: f64,
        /// What to make of the samples.
        mode: SlabMode,
    },
    /// Shows a time point.
    SetFrame {
        /// Counted from 0.
        frame: usize,
    },
    /// Goes on (1) or back (−1) in time.
    StepFrame {
        /// How many.
        steps: i64,
    },
    /// Aligns the planes.
    Align {
        /// With what.
        alignment: Alignment,
    },
    /// From the acquisition's planes to the patient's and back.
    ToggleAlignment,
    /// Turns a pane's two crosshair lines, and with them the planes of the other two panes.
    RotateLines {
        /// The pane.
        pane: PaneId,
        /// Clockwise on the screen.
        degrees: f64,
    },
    /// Radiological or neurological convention.
    ToggleConvention,
    /// Whether nothing is shown that identifies a patient.
    ToggleIdentifiers,
    /// Whether crosshair lines are drawn.
    ToggleCrosshair,
    /// What left drag does; `null` leaves it to the layout.
    SetTool {
        /// The tool.
        tool: Option<Tool>,
    },
    /// Shows or hides all measurements.
    ToggleMeasurements,
    /// Adds a length to the shown series.
    AddLength {
        /// Its ends in LPS mm; of pictures without a place in space in column, row and picture, counted from 0.
        points: [DVec3; 2],
        /// What it is called; it gets a number if absent.
        #[serde(default)]
        name: Option<String>,
    },
    /// Makes a measurement of the shown series the one that keys act on.
    SelectMeasurement {
        /// Counted from 0; `null` selects none.
        index: Option<usize>,
    },
    /// Shows a measurement where it was drawn.
    GoToMeasurement {
        /// Counted from 0.
        index: usize,
    },
    /// Gives a measurement another name.
    RenameMeasurement {
        /// Counted from 0.
        index: usize,
        /// The name.
        name: String,
    },
    /// Shows or hides a measurement.
    SetMeasurementVisible {
        /// Counted from 0.
        index: usize,
        /// Whether it is drawn.
        visible: bool,
    },
    /// Deletes a measurement.
    DeleteMeasurement {
        /// Counted from 0; the selected one if absent.
        #[serde(default)]
        index: Option<usize>,
    },
    /// Takes the last change of the user's work back.
    Undo,
    /// Does it again.
    Redo,
    /// Goes back or on to where so many steps of the history were done.
    GoToStep {
        /// How many.
        done: usize,
    },
    /// Lets the user choose a file; the window answers with `SaveMeasurements`.
    ChooseMeasurementsFile {
        /// Of which format.
        format: MeasurementsFile,
    },
    /// Writes the measurements of the shown series: as CSV if the name ends so, else as JSON.
    SaveMeasurements {
        /// Where to.
        path: PathBuf,
    },
    /// Puts the measurements of the shown series on the clipboard, as CSV.
    CopyMeasurements,
    /// One pane alone, or all again.
    ToggleMaximised {
        /// The pane.
        pane: PaneId,
    },
    /// The pane that keys act on.
    Focus {
        /// The pane.
        pane: PaneId,
    },
    /// The next pane gets the keys.
    FocusNext,
    /// Planes, place, magnification and camera as at opening; the window stays.
    ResetView,
    /// The crosshair comes to the middle of all panes.
    CenterOnCrosshair,
    /// The window laid a pane out.
    ResizePane {
        /// The pane.
        pane: PaneId,
        /// Width and height in points.
        size: DVec2,
    },
    /// Writes what a pane shows as a PNG.
    SavePicture {
        /// The pane.
        pane: PaneId,
        /// Where to.
        path: PathBuf,
        /// Width and height in pixels; as in the window if absent.
        #[serde(default)]
        size: Option<[u32; 2]>,
        /// How it is made. A size overrules its scale.
        #[serde(default)]
        style: PictureStyle,
    },
    /// Lets the user choose a file; the window answers with `SaveMovie`.
    ChooseMovie {
        /// The pane.
        pane: PaneId,
        /// What kind of file.
        format: MovieFormat,
        /// How it is made.
        #[serde(default)]
        style: MovieStyle,
    },
    /// Writes a movie of a pane as it is now: the volume view turns once around, planes and stored pictures go through
    /// the volume.
    SaveMovie {
        /// The pane.
        pane: PaneId,
        /// Where to; the name says the format.
        path: PathBuf,
        /// How it is made.
        #[serde(default)]
        style: MovieStyle,
    },
    /// Writes a picture of the whole window as a PNG, once everything in it has settled.
    SaveWindow {
        /// Where to.
        path: PathBuf,
    },
    /// Other panes, now and in the next session.
    SetLayout {
        /// How they shall stand.
        layout: Arrangement,
    },
    /// Changes what is remembered from session to session.
    SetSetting(Setting),
    /// Everything on the settings page as at first.
    ResetSettings,
    /// Shows or hides a panel.
    TogglePanel {
        /// Which.
        panel: PanelId,
    },
    /// The window laid a panel out.
    ResizePanel {
        /// Which.
        panel: PanelId,
        /// Its width in points.
        size: f32,
    },
    /// The window was moved, or given another size.
    PlaceWindow(WindowPlace),
    /// Takes something off the list of recent files.
    ForgetRecent {
        /// What was opened together.
        paths: Vec<PathBuf>,
    },
    /// Empties the list of recent files.
    ForgetAllRecent,
    /// Uses a volume as a label map over the image, or as an image.
    UseAsSegmentation {
        /// Its place in the document, counted from 0.
        index: usize,
        /// As a label map.
        yes: bool,
    },
    /// Uses a volume as a probability map over the image, or changes how such a map is seen.
    Probability {
        /// Its place in the document, counted from 0.
        index: usize,
        /// What is to be different.
        change: ProbabilityChange,
    },
    /// Shows or hides all label maps and probability maps.
    ToggleOverlays,
    /// Shows or hides a label map.
    SetOverlayVisible {
        /// Its place in the document, counted from 0.
        index: usize,
        /// Whether it is drawn.
        visible: bool,
    },
    /// What a label map is in the volume view.
    SetOverlayLook {
        /// Its place in the document, counted from 0.
        index: usize,
        /// Surfaces, voxels or nothing.
        look: VolumeLook,
    },
    /// How opaque surfaces of segments are in the volume view.
    SetSurfaceOpacity {
        /// 0 to 1.
        opacity: f32,
    },
    /// How much label maps cover.
    SetOverlayOpacity {
        /// 0 to 1.
        opacity: f32,
    },
    /// How strong and how wide the outlines of all label maps are.
    SetOutline {
        /// 0 to 1; `null`: twice that of the inside.
        opacity: Option<f32>,
        /// Points of the screen.
        width: f32,
    },
    /// The same in steps.
    StepOverlayOpacity {
        /// Positive covers more.
        steps: i64,
    },
    /// Whether only the outlines of segments are drawn.
    SetOutlinesOnly {
        /// Only these.
        only: bool,
    },
    /// Changes a segment of a label map.
    SetSegment {
        /// The label map's place in the document, counted from 0.
        index: usize,
        /// The segment's label.
        label: u32,
        /// What is to be different.
        change: SegmentChange,
    },
    /// Shows or hides all segments of a label map.
    ShowAllSegments {
        /// The label map's place in the document, counted from 0.
        index: usize,
        /// Whether they are drawn.
        visible: bool,
    },
    /// Brings the crosshair into a segment.
    GoToSegment {
        /// The label map's place in the document, counted from 0.
        index: usize,
        /// The segment's label.
        label: u32,
    },
    /// Judges and measures segmentations.
    Tables(TableChange),
    /// Makes an empty segmentation on the grid of the shown image.
    NewSegmentation,
    /// Adds a segment to a label map.
    AddSegment {
        /// The label map's place in the document, counted from 0.
        index: usize,
    },
    /// Takes a segment out of a label map, with its voxels.
    RemoveSegment {
        /// The label map's place in the document, counted from 0.
        index: usize,
        /// The segment's label.
        label: u32,
    },
    /// Lets the user choose a file; the window answers with `SaveSegmentation`.
    ChooseSegmentationFile {
        /// The label map's place in the document, counted from 0; the one that is painted if absent.
        #[serde(default)]
        index: Option<usize>,
    },
    /// Saves a label map.
    SaveSegmentation {
        /// The label map's place in the document, counted from 0; the one that is painted if absent.
        #[serde(default)]
        index: Option<usize>,
        /// Where to; its own file if absent, and where it has none, the user is asked.
        #[serde(default)]
        path: Option<PathBuf>,
    },
    /// Brings painted work back that a program left behind.
    RecoverWork {
        /// Its place in the list, counted from 0.
        index: usize,
    },
    /// Throws such work away.
    DiscardWork {
        /// Its place in the list, counted from 0.
        index: usize,
    },
    /// Works on the whole segment that is painted.
    WorkOnSegment {
        /// What is to be done.
        work: SegmentWork,
    },
    /// The same, but it is only shown, and waits for `accept_preview` or `reject_preview`.
    PreviewWork {
        /// What is to be done.
        work: SegmentWork,
    },
    /// Takes over what is shown.
    AcceptPreview,
    /// Forgets what is shown.
    RejectPreview,
    /// Limits painting to the values above the threshold that parts the image's values best (Otsu).
    FindThreshold,
    /// Changes how segments are painted.
    Paint(PaintChange),
    /// Takes a message off the screen.
    DismissMessage {
        /// Counted from the oldest.
        index: usize,
    },
    /// Gives the graphics device up and opens the window again on a new one; everything else stays as it is.
    RestartGraphics,
    /// Leaves what is open, but not before unsaved work is safe: the user is asked what is to become of it.
    Leave(Leave),
    /// The answer to that question.
    AnswerLeaving(LeaveAnswer),
    /// Something with the list of cases.
    Cases(CaseChange),
    /// Ends the program at once. Unsaved work is kept, to be offered at the next start.
    Quit,
}

impl Command {
    /// The command that sets a whole window but keeps its curve.
    pub fn set_window(window: Window) -> Self {
        Self::SetWindow {
            center: window.center,
            width: window.width,
        }
    }
}
