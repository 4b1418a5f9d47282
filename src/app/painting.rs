//! Painting segments: into which one, with which brush, and what may be painted over.

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::made_map;
use super::overlays::{self, Overlay};
use super::pane::PaneId;
use super::state::{Entry, JobSubject, State};
use super::tool::Tool;
use crate::model::label_map::LabelMap;
use crate::model::segment::{MOST_LABEL, Segment};
use crate::model::volume::VolumeId;

/// Radius of the brush in mm: at first, and its bounds.
pub const FIRST_RADIUS_MM: f64 = 5.0;
/// See [`FIRST_RADIUS_MM`].
pub const RADIUS_MM: std::ops::RangeInclusive<f64> = 0.1..=200.0;
/// A step of the radius by key or wheel.
const RADIUS_STEP: f64 = 1.15;

/// What painting may cover.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Everything.
    All,
    /// Everything but locked segments.
    #[default]
    Unlocked,
    /// Only what has no label.
    Background,
}

/// Where painting is limited to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// Nowhere.
    #[default]
    Anywhere,
    /// To the inside of a segment of the map.
    Segment(u32),
    /// To the inside of the segments that are seen.
    Visible,
    /// To what no other segment has.
    OutsideOthers,
}

/// What a line that is drawn around something does to the segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Takes away what is inside.
    #[default]
    EraseInside,
    /// Takes away what is outside.
    EraseOutside,
    /// Fills the inside.
    FillInside,
}

/// What a click on an island, a connected part of a segment, does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IslandWork {
    /// Keeps it, and drops the segment's others.
    #[default]
    Keep,
    /// Takes it away.
    Remove,
    /// Gives it to the segment that is painted.
    Give,
    /// Makes it a segment of its own.
    Part,
}

/// How segments are painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Painting {
    /// The label map; the first one that is seen where it is none of those over the image.
    pub target: Option<VolumeId>,
    /// The segment's label.
    pub label: u32,
    /// Radius of the brush in mm.
    pub radius_mm: f64,
    /// Whether the brush is a ball, and not a disc in the pane.
    pub is_ball: bool,
    /// What may be covered.
    pub over: Over,
    /// Values of the image, from and to, outside of which nothing is painted.
    pub range: Option<[f64; 2]>,
    /// Whether the panes show what these values would paint.
    pub shows_range: bool,
    /// Where painting is limited to.
    pub within: Within,
    /// Whether what is filled, drawn around or traced is taken away instead of painted.
    pub erases: bool,
    /// How far from the value that was clicked a fill goes, in units of the image; `None`: a share of the window.
    pub tolerance: Option<f64>,
    /// Whether a fill goes through all slices instead of staying in the pane's.
    pub fills_volume: bool,
    /// What the scissors do.
    pub cut: Cut,
    /// What a click on an island does.
    pub islands: IslandWork,
}

impl Default for Painting {
    fn default() -> Self {
        Self {
            target: None,
            label: 1,
            radius_mm: FIRST_RADIUS_MM,
            is_ball: false,
            over: Over::default(),
            range: None,
            shows_range: false,
            within: Within::default(),
            erases: false,
            tolerance: None,
            fills_volume: false,
            cut: Cut::default(),
            islands: IslandWork::default(),
        }
    }
}

/// What of it goes on in the next session: how one paints, and not what.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaintHabits {
    /// [`Painting::radius_mm`].
    pub radius_mm: f64,
    /// [`Painting::is_ball`].
    pub is_ball: bool,
    /// [`Painting::over`].
    pub over: Over,
    /// [`Painting::fills_volume`].
    pub fills_volume: bool,
}

impl Default for PaintHabits {
    fn default() -> Self {
        Self::of(&Painting::default())
    }
}

impl PaintHabits {
    /// As it is now.
    pub(super) fn of(painting: &Painting) -> Self {
        Self {
            radius_mm: painting.radius_mm,
            is_ball: painting.is_ball,
            over: painting.over,
            fills_volume: painting.fills_volume,
        }
    }

    /// Goes on as before.
    pub(super) fn take_up(self, painting: &mut Painting) {
        painting.radius_mm = limited(self.radius_mm);
        painting.is_ball = self.is_ball;
        painting.over = self.over;
        painting.fills_volume = self.fills_volume;
    }
}

/// What can be changed of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaintChange {
    /// Another segment: the label map's place in the document, counted from 0, and the label.
    Into {
        /// The label map.
        index: usize,
        /// The segment.
        label: u32,
    },
    /// Another radius in mm.
    Radius(f64),
    /// A larger (positive) or smaller brush.
    StepRadius(i64),
    /// A ball instead of a disc.
    Ball(bool),
    /// What may be covered.
    Over(Over),
    /// Only between these values of the image; `null`: everywhere.
    Range(Option<[f64; 2]>),
    /// Whether the panes show what these values would paint.
    ShowsRange(bool),
    /// Where painting is limited to.
    Within(Within),
    /// Whether fills and lines take away instead of painting.
    Erases(bool),
    /// How far from the value that was clicked a fill goes, in units of the image.
    Tolerance(f64),
    /// Whether a fill goes through all slices.
    FillsVolume(bool),
    /// What the scissors do.
    Cut(Cut),
    /// What a click on an island does.
    Islands(IslandWork),
}

/// A stroke under way.
#[derive(Clone, Debug)]
pub struct Begun {
    /// In which map.
    pub volume: VolumeId,
    /// In which of its layers.
    pub layer: usize,
    /// The layer as it was.
    pub before: LabelMap,
    /// The segment, and whether it is taken away: what is chosen meanwhile is for the next stroke.
    pub label: u16,
    /// See [`Self::label`].
    pub is_erasing: bool,
    /// Where the brush is, LPS mm.
    pub at: DVec3,
}

/// A step of the radius.
pub(super) fn stepped(radius_mm: f64, steps: i64) -> f64 {
    limited(radius_mm * RADIUS_STEP.powi(steps.clamp(-100, 100) as i32))
}

/// A radius within its bounds.
pub(super) fn limited(radius_mm: f64) -> f64 {
    let radius_mm = if radius_mm.is_finite() {
        radius_mm
    } else {
        FIRST_RADIUS_MM
    };
    radius_mm.clamp(*RADIUS_MM.start(), *RADIUS_MM.end())
}

/// The label maps over the image that can be painted. What the program found out by comparing others is none: it is found
/// out anew, and what was painted on it would be gone.
fn paintable(state: &State) -> impl Iterator<Item = (usize, &Entry, &Overlay)> {
    overlays::over_shown(state).filter(|(_, entry, _)| !made_map::is_made(entry.volume()))
}

/// The label map that is painted, with its place in the document. `None` where there is none over the image.
pub fn target(state: &State) -> Option<(usize, &Entry, &Overlay)> {
    let mut first = None;
    for (index, entry, overlay) in paintable(state) {
        if Some(entry.volume().id) == state.painting.target {
            return Some((index, entry, overlay));
        }
        if overlay.is_visible && overlay.is_read() && first.is_none() {
            first = Some((index, entry, overlay));
        }
    }
    first
}

/// Which map over the image would be painted if it was read already, by its place in the document. It may turn out to be
/// none: then the image is all there is.
pub(super) fn unread(state: &State) -> Option<usize> {
    if let Some((index, _, overlay)) = target(state) {
        return (!overlay.is_read()).then_some(index);
    }
    let image = state.shown()?.volume();
    let is_being_read = |id| {
        let mut jobs = state.jobs.values();
        jobs.any(|status| status.subject == JobSubject::Labels(id))
    };
    state.document.entries.iter().position(|entry| {
        let overlay = entry.overlay.as_ref();
        let is_awaited = overlay.is_some_and(|overlay| overlay.is_visible && !overlay.is_read());
        overlays::shares_space(image, entry.volume()) && (is_awaited || is_being_read(entry.volume().id))
    })
}

/// The maps over the image that could be painted if they were seen.
pub(super) fn hidden(state: &State) -> Vec<VolumeId> {
    paintable(state)
        .filter(|(_, entry, overlay)| !overlay.is_visible && entry.volume().voxels.label_map(0).is_some())
        .map(|(_, entry, _)| entry.volume().id)
        .collect()
}

/// The segment that is painted.
pub fn segment(state: &State) -> Option<(usize, &Segment)> {
    let (index, _, overlay) = target(state)?;
    let chosen = overlay.table.get(state.painting.label);
    Some((index, chosen.or_else(|| overlay.table.segments.first())?))
}

/// The segment of the map that is painted at a place (LPS mm), the uppermost that is seen: the map's place in the document
/// and the label.
pub fn segment_at(state: &State, lps: DVec3) -> Option<(usize, u32)> {
    let (index, entry, overlay) = target(state)?;
    let volume = entry.volume();
    let voxel = volume.nearest_voxel(volume.geometry()?.voxel_at(lps))?;
    let maps = volume.voxels.label_maps().iter().rev();
    let mut labels = maps.filter_map(|map| map.get(voxel)).map(u32::from);
    labels
        .find(|label| overlay.colors.get(*label).is_some() && overlay.table.get(*label).is_some())
        .map(|label| (index, label))
}

/// The part of the window that a fill goes to each side of the value that was clicked, at first.
const FIRST_TOLERANCE: f64 = 0.1;

/// How far from the value that was clicked a fill goes, in units of the shown image.
pub fn tolerance(state: &State) -> f64 {
    let window = state.shown().and_then(|entry| entry.display.window);
    let first = window.map_or(1.0, |window| window.width * FIRST_TOLERANCE);
    state.painting.tolerance.unwrap_or(first)
}

/// Whether a pane can be painted in now with brush or eraser, and with which of them.
pub fn brush(state: &State, pane: PaneId) -> Option<Tool> {
    tool(state, pane).filter(|tool| tool.is_brush())
}

/// The tool that changes label maps in a pane now.
pub fn tool(state: &State, pane: PaneId) -> Option<Tool> {
    let tool = state.view.tool_in(pane).filter(|tool| tool.paints())?;
    (pane != PaneId::Stack && state.shown().is_some()).then_some(tool)
}

/// The next label of a table that is free.
pub(super) fn free_label(segments: &[Segment]) -> Option<u32> {
    let highest = segments.iter().map(|segment| segment.label).max().unwrap_or(0);
    if highest < MOST_LABEL {
        return Some(highest + 1);
    }
    (1..=MOST_LABEL).find(|label| segments.iter().all(|segment| segment.label != *label))
}
