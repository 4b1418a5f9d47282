//! Label maps over the shown image: what of them is seen, and how.

use std::collections::BTreeMap;
use std::sync::Arc;

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::state::{Entry, State};
use crate::algo::label_counts::LabelCount;
use crate::model::segment::{LabelColors, Segment, SegmentTable, default_color};
use crate::model::volume::Volume;
use crate::say;
use crate::scene::LabelLayer;

/// The most labels with which a map of whole numbers is still taken for a label map.
pub const MOST_LABELS: usize = 1024;

/// Steps of the opacity by key, and its first value.
pub const OPACITY_STEP: f32 = 0.1;
/// See [`OPACITY_STEP`].
pub const FIRST_OPACITY: f32 = 0.4;

/// How label maps are seen, all alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OverlayView {
    /// Whether any are.
    pub is_on: bool,
    /// Opacity of the inside, 0 to 1; outlines are twice as strong.
    pub opacity: f32,
    /// Only outlines.
    pub outlines_only: bool,
}

impl Default for OverlayView {
    fn default() -> Self {
        Self {
            is_on: true,
            opacity: FIRST_OPACITY,
            outlines_only: false,
        }
    }
}

/// A volume that is used as a label map.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// Its segments, as far as they are known: of a file, those that were found in it.
    pub table: SegmentTable,
    /// The same as colours to draw with.
    pub colors: Arc<LabelColors>,
    /// Whether it is drawn.
    pub is_visible: bool,
    /// What was counted; `None` until all of it has arrived.
    pub counts: Option<Arc<BTreeMap<u32, LabelCount>>>,
}

impl Overlay {
    /// One whose segments may be known already.
    pub fn new(table: SegmentTable, is_visible: bool) -> Self {
        Self {
            colors: Arc::new(table.colors()),
            table,
            is_visible,
            counts: None,
        }
    }

    /// Takes note of the labels in the map; those without a name get one.
    pub(super) fn take_counts(&mut self, counts: BTreeMap<u32, LabelCount>) {
        for label in counts.keys().copied() {
            if self.table.get(label).is_none() {
                let name = say!("app-segment", label = label);
                self.table
                    .segments
                    .push(Segment::new(label, name, default_color(label)));
            }
        }
        self.table.segments.sort_by_key(|segment| segment.label);
        self.counts = Some(Arc::new(counts));
        self.recolor();
    }

    /// The frames of the map that are seen at once: all layers of segments that overlap, else the one that is shown.
    fn frames_seen(&self, shown: usize) -> std::ops::RangeInclusive<usize> {
        match self.table.layer_count() {
            1 => shown..=shown,
            layers => 0..=layers - 1,
        }
    }

    /// Makes the colours follow the table.
    pub(super) fn recolor(&mut self) {
        self.colors = Arc::new(self.table.colors());
    }
}

/// What can be changed of a segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentChange {
    /// Another name.
    Name(String),
    /// Another colour: red, green, blue.
    Color([u8; 3]),
    /// Shown or hidden.
    Visible(bool),
}

/// The label maps that lie over the shown image, lowest first, with their index in the document.
pub fn over_shown(state: &State) -> impl Iterator<Item = (usize, &Entry, &Overlay)> {
    let shown = state.shown();
    state
        .document
        .entries
        .iter()
        .enumerate()
        .filter_map(move |(index, entry)| {
            let is_over = shown.is_some_and(|shown| shares_space(shown.volume(), entry.volume()));
            Some((index, entry, entry.overlay.as_ref().filter(|_| is_over)?))
        })
}

/// Whether any label map is drawn over the shown image.
pub fn any_seen(state: &State) -> bool {
    state.view.overlays.is_on && over_shown(state).any(|(_, _, overlay)| overlay.is_visible)
}

/// Whether one volume may be drawn over another: both stand in a patient, and nothing says that it is not the same one.
pub fn shares_space(image: &Volume, map: &Volume) -> bool {
    let uids = [image, map].map(|volume| volume.series.frame_of_reference_uid.as_str());
    let is_same = uids.iter().any(|uid| uid.is_empty()) || uids[0] == uids[1];
    image.id != map.id && is_same && image.geometry().is_some() && map.geometry().is_some()
}

/// Whether two volumes have the same voxels in the same places.
pub fn same_grid(a: &Volume, b: &Volume) -> bool {
    match (a.geometry(), b.geometry()) {
        (Some(one), Some(other)) => {
            let shortest = one.shortest_edge_mm();
            one.dims() == other.dims()
                && one
                    .corners()
                    .iter()
                    .zip(other.corners())
                    .all(|(a, b)| a.distance(b) < 0.05 * shortest)
        }
        _ => false,
    }
}

/// Whether two volumes overlap at all, by the boxes around them along the patient's axes.
pub fn overlaps(a: &Volume, b: &Volume) -> bool {
    let (Some(a), Some(b)) = (a.geometry(), b.geometry()) else {
        return false;
    };
    [DVec3::X, DVec3::Y, DVec3::Z].into_iter().all(|axis| {
        let ((low, high), (other_low, other_high)) = (a.extent_along(axis), b.extent_along(axis));
        low <= other_high && other_low <= high
    })
}

/// What is drawn over the shown image, for a picture with so many pixels in a point.
pub(super) fn layers(state: &State, pixels_per_point: f64) -> Vec<LabelLayer> {
    let view = state.view.overlays;
    if !view.is_on {
        return Vec::new();
    }
    let outline_px = (1.25 * pixels_per_point).round().max(1.0) as u32;
    over_shown(state)
        .filter(|(_, _, overlay)| overlay.is_visible)
        .flat_map(|(_, entry, overlay)| {
            let frames = overlay.frames_seen(entry.display.frame);
            frames.map(move |frame| (entry, overlay, frame))
        })
        .map(|(entry, overlay, frame)| {
            let colors = Arc::clone(&overlay.colors);
            let mut layer = LabelLayer::new(Arc::clone(entry.volume()), colors, view.opacity, outline_px);
            layer.frame = frame;
            if view.outlines_only {
                layer.fill = 0.0;
            }
            layer
        })
        .collect()
}

/// The segments at a place, LPS mm: label and name, of the maps that are seen, the uppermost first.
pub fn segments_at(state: &State, lps: DVec3) -> Vec<(u32, String)> {
    if !state.view.overlays.is_on {
        return Vec::new();
    }
    let mut found: Vec<(u32, String)> = over_shown(state)
        .filter(|(_, _, overlay)| overlay.is_visible)
        .flat_map(|(_, entry, overlay)| {
            let frames = overlay.frames_seen(entry.display.frame);
            frames.map(move |frame| (entry, overlay, frame))
        })
        .filter_map(|(entry, overlay, frame)| {
            let volume = entry.volume();
            let index = volume.nearest_voxel(volume.geometry()?.voxel_at(lps))?;
            let label = match volume.value(index, frame)? {
                crate::model::volume::Value::Scalar(value) if value >= 1.0 => value as u32,
                _ => return None,
            };
            let name = overlay
                .table
                .get(label)
                .map_or_else(|| say!("app-segment", label = label), |segment| segment.name.clone());
            Some((label, name))
        })
        .collect();
    found.reverse();
    found
}
