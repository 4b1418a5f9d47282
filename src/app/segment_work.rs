//! Work on a whole segment, beside the window: margins, islands, holes, thresholds.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::overlays;
use super::painting::Over;
use crate::algo::paint::repaint;
use crate::algo::segment::between::filled_between;
use crate::algo::segment::{Islands, Region};
use crate::model::geometry::Geometry;
use crate::model::label_delta::LabelDelta;
use crate::model::label_map::{LabelMap, VoxelBox};
use crate::model::volume::{Value, Volume, VolumeId};
use crate::say;

/// What is to be done with a segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentWork {
    /// Adds every voxel of the image between two values, ends included.
    Threshold {
        /// From.
        low: f64,
        /// To.
        high: f64,
    },
    /// Makes it larger by so many mm all around, or smaller if below 0.
    Margin {
        /// By how much.
        mm: f64,
    },
    /// Closes gaps and takes bumps away that are thinner than twice this.
    Smooth {
        /// Radius in mm.
        mm: f64,
    },
    /// Leaves a rim of this thickness.
    Hollow {
        /// Thickness in mm.
        mm: f64,
    },
    /// Fills what it encloses.
    FillHoles,
    /// Fills the slices between those that were painted.
    FillBetween,
    /// Keeps the largest connected part.
    KeepLargest,
    /// Drops connected parts that are smaller.
    DropSmall {
        /// Than this, mL.
        ml: f64,
    },
    /// Takes another segment in.
    Merge {
        /// Its label.
        other: u32,
    },
    /// Takes all its voxels away.
    Clear,
}

impl SegmentWork {
    /// What it is called as a step, of a segment with a name.
    pub fn step_name(&self, name: &str) -> String {
        let name = name.to_owned();
        match self {
            Self::Threshold { .. } => say!("app-step-threshold", name = name),
            Self::Margin { mm } if *mm < 0.0 => say!("app-step-shrink", name = name),
            Self::Margin { .. } => say!("app-step-grow", name = name),
            Self::Smooth { .. } => say!("app-step-smooth", name = name),
            Self::Hollow { .. } => say!("app-step-hollow", name = name),
            Self::FillHoles => say!("app-step-holes", name = name),
            Self::FillBetween => say!("app-step-between", name = name),
            Self::KeepLargest | Self::DropSmall { .. } => say!("app-step-islands", name = name),
            Self::Merge { .. } => say!("app-step-merge", name = name),
            Self::Clear => say!("app-step-clear", name = name),
        }
    }
}

/// Something to be done.
#[derive(Clone, Debug)]
pub struct WorkRequest {
    /// What.
    pub work: SegmentWork,
    /// The label map, with voxels that are painted.
    pub volume: Arc<Volume>,
    /// Its layer.
    pub layer: usize,
    /// The segment.
    pub label: u16,
    /// What may be covered.
    pub over: Over,
    /// Segments that stay as they are.
    pub locked: BTreeSet<u16>,
    /// The image under it, and its time point.
    pub image: Option<(Arc<Volume>, usize)>,
    /// What it is called as a step.
    pub name: String,
}

/// What came of it.
#[derive(Debug)]
pub struct WorkDone {
    /// Of which label map.
    pub id: VolumeId,
    /// Of which layer.
    pub layer: usize,
    /// The revision that it was done with: if the map has changed since, it no longer holds.
    pub revision: u64,
    /// The layer as it becomes, and what differs; `None` if nothing does.
    pub change: Option<(LabelMap, LabelDelta)>,
    /// What it is called as a step.
    pub name: String,
}

impl WorkRequest {
    pub(super) fn carry_out(&self) -> WorkDone {
        let before = self.volume.voxels.label_map(self.layer);
        let change = before.zip(self.volume.geometry()).and_then(|(before, geometry)| {
            let mut map = before.clone();
            self.change(&mut map, geometry);
            let delta = LabelDelta::between(before, &map)?;
            Some((map, delta))
        });
        WorkDone {
            id: self.volume.id,
            layer: self.layer,
            revision: before.map_or(0, LabelMap::revision),
            change,
            name: self.name.clone(),
        }
    }

    fn change(&self, map: &mut LabelMap, geometry: &Geometry) {
        let label = self.label;
        let spacing = geometry.spacing().to_array();
        // As many voxels as a margin of this reaches.
        let room = |mm: f64| spacing.map(|step| (mm.max(0.0) / step).ceil().min(1e6) as usize + 1);
        let everywhere: VoxelBox = map.dims().map(|side| 0..side);
        let region = |mm: f64| Region::of(map, label, room(mm));
        let region = match self.work {
            SegmentWork::Threshold { low, high } => {
                let inside = self.between(low, high, geometry);
                let change = |index, old| if inside(index) { self.covered(old) } else { old };
                repaint(map, &everywhere, |_| true, change);
                return;
            }
            SegmentWork::Merge { other } => {
                let other = u16::try_from(other).unwrap_or(0);
                map.relabel(|old| if old == other && old != 0 { label } else { old });
                return;
            }
            SegmentWork::Clear => {
                map.relabel(|old| if old == label { 0 } else { old });
                return;
            }
            SegmentWork::Margin { mm } => region(mm).map(|region| region.with_margin(mm, spacing)),
            SegmentWork::Smooth { mm } => region(2.0 * mm).map(|region| region.smoothed(mm, spacing)),
            SegmentWork::Hollow { mm } => region(0.0).map(|region| region.hollow(mm, spacing)),
            SegmentWork::FillHoles => region(0.0).map(Region::filled),
            SegmentWork::FillBetween => region(0.0).map(|region| filled_between(region, spacing)),
            SegmentWork::KeepLargest => region(0.0).map(|region| region.islands(Islands::Largest)),
            SegmentWork::DropSmall { ml } => {
                let voxel_ml = geometry.patient_from_voxel().matrix3.determinant().abs() / 1000.0;
                let voxels = (ml / voxel_ml).ceil().clamp(0.0, 1e15) as usize;
                region(0.0).map(|region| region.islands(Islands::OfAtLeast(voxels)))
            }
        };
        if let Some(region) = region {
            let change = |index, old| match (region.has(index), old == label) {
                (true, true) => label,
                (true, false) => self.covered(old),
                (false, true) => 0,
                (false, false) => old,
            };
            repaint(map, &region.voxels.clone(), |_| true, change);
        }
    }

    /// What becomes of a label that the segment would cover.
    fn covered(&self, old: u16) -> u16 {
        let may = match self.over {
            Over::All => true,
            Over::Unlocked => !self.locked.contains(&old),
            Over::Background => old == 0,
        };
        if may { self.label } else { old }
    }

    /// Whether the image has a value in a range at a voxel of the map.
    fn between<'a>(&'a self, low: f64, high: f64, grid: &'a Geometry) -> impl Fn([usize; 3]) -> bool + Sync + 'a {
        let image = self.image.as_ref();
        let is_same = image.is_some_and(|(image, _)| overlays::same_grid(image, &self.volume));
        move |index: [usize; 3]| {
            let Some((image, frame)) = image else { return false };
            let index = if is_same {
                Some(index)
            } else {
                let place = grid.patient_at(glam::DVec3::from_array(index.map(|at| at as f64)));
                let voxel = image.geometry().map(|geometry| geometry.voxel_at(place));
                voxel.and_then(|voxel| image.nearest_voxel(voxel))
            };
            let value = index.and_then(|index| image.value(index, *frame));
            matches!(value, Some(Value::Scalar(value)) if value >= low && value <= high)
        }
    }
}
