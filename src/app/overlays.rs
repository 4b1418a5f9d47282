//! Label maps over the shown image: what of them is seen, and how.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::state::{Entry, State};
use super::surfaces::{FoundSurfaces, VolumeLook};
use super::{preview, probability};
use crate::algo::label_counts::LabelCount;
use crate::io::OpenVolume;
use crate::io::journal::{self, Journal};
use crate::io::segmentation::Stamp;
use crate::model::coding::Coding;
use crate::model::segment::{LabelColors, Segment, SegmentTable, default_color};
use crate::model::volume::{Value, Volume, VolumeId};
use crate::say;
use crate::scene::LabelLayer;

/// The most labels with which a map of whole numbers is still taken for a label map without being said to be one.
pub const MOST_LABELS: usize = 1024;

/// Steps of the opacity by key, and its first value.
pub const OPACITY_STEP: f32 = 0.1;
/// See [`OPACITY_STEP`].
pub const FIRST_OPACITY: f32 = 0.4;

/// Widths of outlines, points of the screen.
pub const OUTLINE_WIDTHS: std::ops::RangeInclusive<f32> = 0.5..=4.0;

/// How label maps are seen, all alike.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OverlayView {
    /// Whether any are.
    #[serde(skip, default = "always")]
    pub is_on: bool,
    /// Opacity of the inside, 0 to 1.
    pub opacity: f32,
    /// Opacity of outlines, 0 to 1; `None`: twice that of the inside, so that edges are seen before the picture is covered.
    pub outline: Option<f32>,
    /// Width of outlines, points of the screen.
    pub outline_width: f32,
    /// Only outlines.
    pub outlines_only: bool,
    /// Opacity of surfaces in the volume view, 0 to 1.
    pub surface_opacity: f32,
}

impl Default for OverlayView {
    fn default() -> Self {
        Self {
            is_on: true,
            opacity: FIRST_OPACITY,
            outline: None,
            outline_width: 1.25,
            outlines_only: false,
            surface_opacity: 1.0,
        }
    }
}

fn always() -> bool {
    true
}

impl OverlayView {
    /// Opacity of outlines, 0 to 1.
    pub fn outline_opacity(&self) -> f32 {
        self.outline.unwrap_or((2.0 * self.opacity).min(1.0))
    }

    /// The same with every number where it may be: files are written by people too.
    pub(super) fn in_range(self) -> Self {
        let first = Self::default();
        let share = |share: f32, first: f32| {
            if share.is_finite() {
                share.clamp(0.0, 1.0)
            } else {
                first
            }
        };
        let width = if self.outline_width.is_finite() {
            self.outline_width.clamp(*OUTLINE_WIDTHS.start(), *OUTLINE_WIDTHS.end())
        } else {
            first.outline_width
        };
        Self {
            opacity: share(self.opacity, first.opacity),
            outline: self.outline.map(|outline| share(outline, 1.0)),
            outline_width: width,
            surface_opacity: share(self.surface_opacity, first.surface_opacity),
            ..self
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
    /// What it is in the volume view.
    pub look: VolumeLook,
    /// Its surfaces, as far as they were found: they may be of earlier labels.
    pub surfaces: Option<Arc<FoundSurfaces>>,
    /// What was counted; `None` until all of it has arrived.
    pub counts: Option<Arc<BTreeMap<u32, LabelCount>>>,
    /// As it was opened, with its voxels in the file; `None` until it can be painted, of one that was made here, and
    /// once it was saved: then the file has another header.
    pub(super) file: Option<OpenVolume>,
    /// The state of labels and table that is in a file; `None` of what is in none.
    pub(super) saved: Option<Saved>,
    /// The file that it is saved to, and how that was when it was last read or written.
    pub(super) path: Option<(PathBuf, Option<Stamp>)>,
    /// The image that was shown when it was made here.
    pub(super) made_over: Option<VolumeId>,
    /// Where its changes are kept until they are saved.
    pub(super) journal: Option<Kept>,
    /// What the user knows of what its file cannot hold.
    pub(super) told: BTreeSet<String>,
    /// What it becomes once its file is read again.
    pub(super) becomes: Option<Becomes>,
}

/// What a label map becomes instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Becomes {
    /// An image.
    Image,
    /// A probability map.
    Probability,
}

/// A journal and the state that it has.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) journal: Arc<Journal>,
    pub(super) state: journal::State,
    /// The sum of the revisions of its maps.
    pub(super) revision: u64,
    /// The file that it names.
    pub(super) path: Option<(PathBuf, Option<Stamp>)>,
}

/// A state of a label map that is in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// The revision of its voxels.
    pub revision: u64,
    /// Its segments.
    pub table: SegmentTable,
}

impl Overlay {
    /// One whose segments may be known already.
    pub fn new(table: SegmentTable, is_visible: bool) -> Self {
        Self {
            colors: Arc::new(table.colors()),
            table,
            is_visible,
            look: VolumeLook::default(),
            surfaces: None,
            counts: None,
            file: None,
            saved: None,
            path: None,
            made_over: None,
            journal: None,
            told: BTreeSet::new(),
            becomes: None,
        }
    }

    /// One that was made in the program, with these labels.
    pub(super) fn made(table: SegmentTable, counts: BTreeMap<u32, LabelCount>) -> Self {
        Self {
            counts: Some(Arc::new(counts)),
            ..Self::new(table, true)
        }
    }

    /// Whether its labels are known, so that it can be painted.
    pub fn is_read(&self) -> bool {
        self.counts.is_some()
    }

    /// Takes note of voxels that labels gained or lost.
    pub(super) fn gained(&mut self, balance: &BTreeMap<u16, i64>) {
        let Some(counts) = &mut self.counts else { return };
        let counts = Arc::make_mut(counts);
        for (label, voxels) in balance.iter().filter(|(label, _)| **label > 0) {
            let count = counts.entry(u32::from(*label)).or_default();
            count.voxels = count.voxels.saturating_add_signed(*voxels);
        }
        counts.retain(|_, count| count.voxels > 0);
    }

    /// Whether there is anything in it that is in no file.
    pub fn is_unsaved(&self, volume: &Volume) -> bool {
        let revision = volume.voxels.painted_revision();
        match &self.saved {
            Some(saved) => self.is_read() && (saved.revision != revision || saved.table != self.table),
            None => self.counts.as_ref().is_some_and(|counts| !counts.is_empty()),
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
    /// Kept from being painted over, or not.
    Locked(bool),
    /// What it is, in codes. A segment that was never named takes the name, and the colour if one is usual.
    Coding(Box<Coding>),
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

/// Whether any label map or probability map is drawn over the shown image.
pub fn any_seen(state: &State) -> bool {
    let any_labels = || over_shown(state).any(|(_, _, overlay)| overlay.is_visible);
    let any_probability = || probability::over_shown(state).any(|(_, _, map)| map.is_visible);
    state.view.overlays.is_on && (any_labels() || any_probability())
}

/// Whether any label map has changes that are in no file.
pub fn any_unsaved(state: &State) -> bool {
    state.document.entries.iter().any(|entry| {
        let overlay = entry.overlay.as_ref();
        overlay.is_some_and(|overlay| overlay.is_unsaved(entry.volume()))
    })
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
    layers_where(state, pixels_per_point, true, |_, _| true)
}

/// The same of some maps only; what would be painted is shown in slices alone.
pub(super) fn layers_where(
    state: &State,
    pixels_per_point: f64,
    is_slice: bool,
    is_wanted: impl Fn(&Entry, &Overlay) -> bool,
) -> Vec<LabelLayer> {
    let view = state.view.overlays;
    if !view.is_on {
        return Vec::new();
    }
    let outline_px = (f64::from(view.outline_width) * pixels_per_point).round().max(1.0) as u32;
    over_shown(state)
        .filter(|(_, entry, overlay)| overlay.is_visible && is_wanted(entry, overlay))
        .flat_map(|(_, entry, overlay)| {
            frames(entry, overlay).map(move |frame| {
                let colors = Arc::clone(&overlay.colors);
                let mut layer = LabelLayer::new(Arc::clone(entry.volume()), colors, view.opacity, outline_px);
                layer.frame = frame;
                layer.outline = view.outline_opacity();
                if view.outlines_only {
                    layer.fill = 0.0;
                }
                layer
            })
        })
        .chain(preview::layers(state, is_slice, outline_px))
        .collect()
}

/// The frames of a label map that are seen: its layers, or the time point.
pub(super) fn frames(entry: &Entry, overlay: &Overlay) -> std::ops::Range<usize> {
    match overlay.table.layers().min(entry.volume().voxels.frames()) {
        0 | 1 => entry.display.frame..entry.display.frame + 1,
        layers => 0..layers,
    }
}

/// The segments at a place, LPS mm: label and name, of the maps that are seen, the uppermost first.
pub fn segments_at(state: &State, lps: DVec3) -> Vec<(u32, String)> {
    if !state.view.overlays.is_on {
        return Vec::new();
    }
    let mut found: Vec<(u32, String)> = over_shown(state)
        .filter(|(_, _, overlay)| overlay.is_visible)
        .flat_map(|(_, entry, overlay)| frames(entry, overlay).map(move |frame| (entry, overlay, frame)))
        .filter_map(|(entry, overlay, frame)| {
            let volume = entry.volume();
            let index = volume.nearest_voxel(volume.geometry()?.voxel_at(lps))?;
            let label = match volume.value(index, frame)? {
                Value::Scalar(value) if value.is_finite() => (value + 0.5).floor().clamp(0.0, 1e9) as u32,
                _ => return None,
            };
            // Only what is drawn is named.
            overlay.colors.get(label)?;
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
