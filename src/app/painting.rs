//! Painting segments: into which one, with which brush, and what may be painted over.

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::overlays::{self, Overlay};
use super::pane::PaneId;
use super::state::{Entry, State};
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
        }
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

/// The label map that is painted, with its place in the document. `None` where there is none over the image.
pub fn target(state: &State) -> Option<(usize, &Entry, &Overlay)> {
    let mut first = None;
    for (index, entry, overlay) in overlays::over_shown(state) {
        if Some(entry.volume().id) == state.painting.target {
            return Some((index, entry, overlay));
        }
        if overlay.is_visible && overlay.is_read() && first.is_none() {
            first = Some((index, entry, overlay));
        }
    }
    first
}

/// The segment that is painted.
pub fn segment(state: &State) -> Option<(usize, &Segment)> {
    let (index, _, overlay) = target(state)?;
    let chosen = overlay.table.get(state.painting.label);
    Some((index, chosen.or_else(|| overlay.table.segments.first())?))
}

/// Whether a pane can be painted in now, and with which tool.
pub fn tool(state: &State, pane: PaneId) -> Option<Tool> {
    let tool = state.view.tool_in(pane).filter(|tool| tool.paints())?;
    (pane != PaneId::Volume && pane != PaneId::Stack && state.shown().is_some()).then_some(tool)
}

/// The next label of a table that is free.
pub(super) fn free_label(segments: &[Segment]) -> Option<u32> {
    let highest = segments.iter().map(|segment| segment.label).max().unwrap_or(0);
    if highest < MOST_LABEL {
        return Some(highest + 1);
    }
    (1..=MOST_LABEL).find(|label| segments.iter().all(|segment| segment.label != *label))
}
