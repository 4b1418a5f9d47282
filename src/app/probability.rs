//! Probability maps over the shown image: which volumes are such maps, what of them is seen, and how.

use std::sync::{Arc, LazyLock};

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::made_map::{MadeLabels, counts_of};
use super::overlays::shares_space;
use super::presets;
use super::state::{Entry, State};
use crate::algo::threshold::labels_reaching;
use crate::model::color_map::ColorMap;
use crate::model::segment::{Segment, SegmentTable, default_color};
use crate::model::transfer_function::{Material, TransferFunction, TransferPoint};
use crate::model::volume::{Value, Volume, VolumeId, VolumeKind};
use crate::model::voxels::SampleType;
use crate::model::window::{Window, WindowFunction};
use crate::say;
use crate::scene::{Floor, ImageLayer, Interpolation, VolumeLayer};

/// What is seen of a map at first.
pub const FIRST_THRESHOLD: f64 = 0.5;
/// See [`FIRST_THRESHOLD`].
pub const FIRST_OPACITY: f32 = 0.5;
/// The colours of a map at first: even steps for the eye, none of them grey, told apart with any colour vision.
pub const FIRST_COLORS: &str = "viridis";
/// The values that can stand for certainty: of shares, of percent, and of bytes.
pub const CERTAINTIES: [f64; 3] = [1.0, 100.0, 255.0];
/// Resampling lets values swing a little beyond the ends.
const SWING: f64 = 0.05;

/// A volume that is used as a probability map.
#[derive(Clone, Debug, PartialEq)]
pub struct Probability {
    /// The value that stands for certainty, one of [`CERTAINTIES`]; `None` until its values are known.
    pub certain: Option<f64>,
    /// The least probability that is drawn, 0 to 1.
    pub threshold: f64,
    /// Colours from 0 to 1: those of a probability do not depend on the threshold.
    pub color_map: Arc<ColorMap>,
    /// 0 to 1; the outline is twice as strong.
    pub opacity: f32,
    /// Whether there is an outline at the threshold.
    pub has_outline: bool,
    /// Whether it is drawn.
    pub is_visible: bool,
}

impl Probability {
    /// One whose values are not known yet, or are shares.
    pub fn new(certain: Option<f64>) -> Self {
        static COLORS: LazyLock<Arc<ColorMap>> =
            LazyLock::new(|| presets::color_map(FIRST_COLORS).cloned().unwrap_or_else(presets::gray));
        Self {
            certain,
            threshold: FIRST_THRESHOLD,
            color_map: Arc::clone(&COLORS),
            opacity: FIRST_OPACITY,
            has_outline: true,
            is_visible: true,
        }
    }

    /// The window, from impossible to certain.
    pub(super) fn window(certain: f64) -> Window {
        Window {
            function: WindowFunction::LinearExact,
            ..Window::linear(certain / 2.0, certain)
        }
    }

    /// As it is drawn over a slice; `None` until its values are known.
    pub fn layer(&self, volume: &Arc<Volume>, frame: usize, outline_px: u32) -> Option<ImageLayer> {
        let certain = self.certain?;
        Some(ImageLayer {
            volume: Arc::clone(volume),
            frame,
            window: Self::window(certain),
            invert: false,
            color_map: Arc::clone(&self.color_map),
            interpolation: Interpolation::Linear,
            opacity: self.opacity,
            floor: Some(Floor {
                value: self.threshold * certain,
                outline: if self.has_outline {
                    (2.0 * self.opacity).min(1.0)
                } else {
                    0.0
                },
                outline_px,
            }),
        })
    }

    /// As it is rendered in the volume view: nothing below the threshold, and above it the same colours.
    pub(super) fn volume_layer(&self, volume: &Arc<Volume>, frame: usize) -> Option<VolumeLayer> {
        /// Stops of the colours.
        const STOPS: usize = 16;
        let certain = self.certain?;
        let point = |probability: f64, opacity: f64| TransferPoint {
            value: probability * certain,
            opacity,
            color: self.color_map.color((probability * 255.0 + 0.5).floor() as u8),
        };
        let opacity = f64::from(self.opacity);
        let from = |n: usize| self.threshold + (1.0 - self.threshold) * n as f64 / STOPS as f64;
        let mut points = vec![point(self.threshold, 0.0)];
        points.extend((0..=STOPS).map(|n| point(from(n), opacity)));
        let transfer = TransferFunction::new(points, Vec::new(), 1.0, Material::default());
        let image = ImageLayer {
            opacity: 1.0,
            floor: None,
            ..self.layer(volume, frame, 1)?
        };
        Some(VolumeLayer {
            image,
            transfer: Arc::new(transfer),
            iso: self.threshold * certain,
            mask: None,
            occlusion: None,
        })
    }
}

/// What can be changed of a probability map. As JSON: `{"probability":{"index":1,"change":{"threshold":0.3}}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbabilityChange {
    /// Whether it is one.
    Use(bool),
    /// Shown or hidden.
    Visible(bool),
    /// The least probability that is drawn, 0 to 1.
    Threshold(f64),
    /// A colour map by name.
    Colors(String),
    /// How opaque it is, 0 to 1.
    Opacity(f32),
    /// Whether there is an outline at the threshold.
    Outline(bool),
    /// The value that stands for certainty: 1, 100 or 255.
    Certain(f64),
    /// Which of several segments, counted from 0.
    Frame(usize),
    /// Makes a label map of what reaches the threshold.
    Segment,
}

/// The value that stands for certainty in a map with these lowest and highest values. 1 if none is higher, else 100, else
/// 255, as percentages and bytes are stored; a little beyond the ends is taken for the swing of resampling. `None` if they
/// are no probabilities.
pub fn certain_value([low, high]: [f64; 2]) -> Option<f64> {
    CERTAINTIES
        .into_iter()
        .find(|certain| high <= certain * (1.0 + SWING) && low >= -SWING * high.max(1.0))
}

/// Whether a volume is a probability map by its own word: a fractional segmentation in DICOM.
pub fn says_so(volume: &Volume) -> bool {
    let is_segmentation = volume.series.kind == VolumeKind::Segmentation && volume.series.format == "dicom";
    is_segmentation && is_fraction(volume) && volume.geometry().is_some()
}

/// Whether a volume is a probability map by its name: `prob`, `probability` or `softmax`. Its values have a say later.
pub(super) fn is_named_so(entry: &Entry) -> bool {
    let volume = entry.volume();
    let is_grid = volume.geometry().is_some() && volume.voxels.components() == 1;
    let file = entry.open.source.file().and_then(|file| file.name().file_name());
    let file = file.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    is_grid && [file.as_str(), &volume.series.description].into_iter().any(has_word)
}

fn is_fraction(volume: &Volume) -> bool {
    matches!(volume.voxels.sample_type(), SampleType::F32 | SampleType::F64)
}

/// Whether a word of a name says that it is about probabilities: `liver_prob.nii`, `softmax-2`, but not `problem`.
fn has_word(name: &str) -> bool {
    const WORDS: [&str; 7] = [
        "prob",
        "probs",
        "proba",
        "probmap",
        "probability",
        "probabilities",
        "softmax",
    ];
    let lower = name.to_lowercase();
    lower
        .split(|letter: char| !letter.is_alphabetic())
        .any(|word| WORDS.contains(&word))
}

/// The probability maps that lie over the shown image, lowest first, with their index in the document.
pub fn over_shown(state: &State) -> impl Iterator<Item = (usize, &Entry, &Probability)> {
    let shown = state.shown();
    state
        .document
        .entries
        .iter()
        .enumerate()
        .filter_map(move |(index, entry)| {
            let is_over = shown.is_some_and(|shown| shares_space(shown.volume(), entry.volume()));
            Some((index, entry, entry.probability.as_ref().filter(|_| is_over)?))
        })
}

/// What is drawn over the slices of the shown image, for a picture with so many pixels in a point.
pub(super) fn layers(state: &State, pixels_per_point: f64) -> Vec<ImageLayer> {
    if !state.view.overlays.is_on {
        return Vec::new();
    }
    let outline_px = (1.25 * pixels_per_point).round().max(1.0) as u32;
    over_shown(state)
        .filter(|(_, _, map)| map.is_visible)
        .filter_map(|(_, entry, map)| map.layer(entry.volume(), entry.display.frame, outline_px))
        .collect()
}

/// The probabilities at a place, LPS mm, with the names of their maps: those that are seen, the uppermost first. Each is
/// that of the nearest voxel, as in the file, whether it reaches the threshold or not.
pub fn probabilities_at(state: &State, lps: DVec3) -> Vec<(f64, &Entry)> {
    if !state.view.overlays.is_on {
        return Vec::new();
    }
    let seen = over_shown(state).filter(|(_, _, map)| map.is_visible);
    let mut found: Vec<(f64, &Entry)> = seen
        .filter_map(|(_, entry, map)| {
            let volume = entry.volume();
            let index = volume.nearest_voxel(volume.geometry()?.voxel_at(lps))?;
            match volume.value(index, entry.display.frame)? {
                Value::Scalar(value) if value.is_finite() => Some((value / map.certain?, entry)),
                _ => None,
            }
        })
        .collect();
    found.reverse();
    found
}

/// The segment that a frame of a map is about, if its file says so.
fn own_segment(entry: &Entry, frame: usize) -> Option<Segment> {
    let table = entry.from_file().source.segments()?;
    table.segments.into_iter().find(|segment| segment.layer == frame)
}

/// What a frame of a map is about: its segment's name, else the map's.
pub fn name_of(entry: &Entry, frame: usize) -> String {
    let own = own_segment(entry, frame).map(|segment| segment.name);
    own.unwrap_or_else(|| entry.volume().series.description.clone())
}

/// The segment that a frame of a map becomes. Without a name of its own it gets none from the map, whose name may be
/// that of a file and tell who it is.
pub(super) fn segment_of(entry: &Entry, frame: usize) -> Segment {
    let segment = own_segment(entry, frame);
    Segment {
        label: 1,
        layer: 0,
        is_visible: true,
        ..segment.unwrap_or_else(|| Segment::new(1, say!("app-segment", label = 1), default_color(1)))
    }
}

/// What reaches a threshold in a map, to be made a segmentation.
#[derive(Clone)]
pub struct CutRequest {
    /// The map, loaded.
    pub volume: Arc<Volume>,
    /// Which frame of it.
    pub frame: usize,
    /// The lowest value that belongs to the segment.
    pub floor: f64,
    /// The least probability.
    pub threshold: f64,
    /// The segment that it becomes.
    pub segment: Segment,
    /// What the map is about.
    pub name: String,
}

impl CutRequest {
    /// Finds it.
    pub(super) fn carry_out(self) -> Cut {
        let map = labels_reaching(&self.volume, self.frame, self.floor);
        Cut {
            of: self.volume.id,
            labels: MadeLabels {
                description: say!(
                    "app-probability-cut",
                    name = self.name,
                    threshold = self.threshold.to_string()
                ),
                table: SegmentTable::from_segments(vec![self.segment]),
                counts: counts_of(&map),
                map,
            },
        }
    }
}

/// What was cut out of a probability map.
pub struct Cut {
    /// The probability map.
    pub of: VolumeId,
    /// The segmentation that it becomes.
    pub(super) labels: MadeLabels,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        for name in [
            "liver_prob.nii.gz",
            "Softmax-2.nrrd",
            "case1 Probability map",
            "prob1.nii",
            "PROBS",
        ] {
            assert!(has_word(name), "{name}");
        }
        for name in ["problem.nii", "probe", "improbable", "soft max", "", "ct.nii"] {
            assert!(!has_word(name), "{name}");
        }
    }

    #[test]
    fn certainty_follows_from_the_values() {
        let certain = |low, high| certain_value([low, high]);
        assert_eq!(certain(0.0, 0.0), Some(1.0));
        assert_eq!(certain(0.2, 1.0), Some(1.0));
        assert_eq!(certain(-0.03, 1.04), Some(1.0));
        assert_eq!(certain(0.0, 1.2), Some(100.0));
        assert_eq!(certain(0.0, 100.0), Some(100.0));
        assert_eq!(certain(0.0, 106.0), Some(255.0));
        assert_eq!(certain(0.0, 255.0), Some(255.0));
        assert_eq!(certain(0.0, 300.0), None);
        assert_eq!(certain(-7.0, 1.0), None);
        assert_eq!(certain(-40.0, 30.0), None);
    }
}
