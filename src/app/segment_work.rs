//! Work on a whole segment, beside the window: margins, islands, holes, thresholds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::paint_rule::Rule;
use super::tool_work::{ToolWork, Worked};
use crate::algo::paint::repaint;
use crate::algo::segment::between::filled_between;
use crate::algo::segment::{Islands, Region};
use crate::model::geometry::Geometry;
use crate::model::label_delta::LabelDelta;
use crate::model::label_map::{LabelMap, VoxelBox};
use crate::model::segment::SegmentTable;
use crate::model::volume::{Volume, VolumeId};
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
    /// Makes each of its connected parts a segment of its own; the largest keeps its name.
    Split,
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
            Self::Split => say!("app-step-split", name = name),
            Self::Merge { .. } => say!("app-step-merge", name = name),
            Self::Clear => say!("app-step-clear", name = name),
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Work {
    /// With the whole segment.
    Whole(SegmentWork),
    /// By a tool.
    Tool(ToolWork),
}

/// Something to be done.
#[derive(Clone, Debug)]
pub struct WorkRequest {
    /// What.
    pub work: Work,
    /// The label map, with voxels that are painted.
    pub volume: Arc<Volume>,
    /// Its layer.
    pub layer: usize,
    /// The segment, and what may be covered.
    pub rule: Rule,
    /// All segments of the map.
    pub table: SegmentTable,
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
    /// The segments as they were and as they become, if they change too.
    pub tables: Option<(SegmentTable, SegmentTable)>,
    /// What it is called as a step.
    pub name: String,
    /// Why it could not be done.
    pub refused: Option<String>,
    /// Whether the user is told that nothing changed.
    pub tells_nothing: bool,
}

impl WorkRequest {
    pub(super) fn carry_out(&self) -> WorkDone {
        let before = self.volume.voxels.label_map(self.layer);
        let worked = before.map(|before| self.worked(before)).transpose();
        let (worked, refused) = match worked {
            Ok(worked) => (worked, None),
            Err(why) => (None, Some(why)),
        };
        let tables = worked.as_ref().and_then(|worked| worked.table.clone());
        let change = before.zip(worked).and_then(|(before, worked)| {
            let delta = LabelDelta::between(before, &worked.map)?;
            Some((worked.map, delta))
        });
        WorkDone {
            id: self.volume.id,
            layer: self.layer,
            revision: before.map_or(0, LabelMap::revision),
            tables: tables
                .map(|after| (self.table.clone(), after))
                .filter(|_| change.is_some()),
            change,
            name: self.name.clone(),
            refused,
            tells_nothing: match &self.work {
                Work::Whole(_) => true,
                Work::Tool(work) => work.tells_nothing(),
            },
        }
    }

    fn worked(&self, before: &LabelMap) -> Result<Worked, String> {
        match &self.work {
            Work::Whole(SegmentWork::Split) => ToolWork::Split.carry_out(before, &self.table, &self.rule, &self.volume),
            Work::Tool(work) => work.carry_out(before, &self.table, &self.rule, &self.volume),
            Work::Whole(work) => {
                let mut map = before.clone();
                if let Some(geometry) = self.volume.geometry() {
                    self.change(work, &mut map, geometry);
                }
                Ok(Worked { map, table: None })
            }
        }
    }

    fn change(&self, work: &SegmentWork, map: &mut LabelMap, geometry: &Geometry) {
        let label = self.rule.label;
        let spacing = geometry.spacing().to_array();
        // As many voxels as a margin of this reaches.
        let room = |mm: f64| spacing.map(|step| (mm.max(0.0) / step).ceil().min(1e6) as usize + 1);
        let everywhere: VoxelBox = map.dims().map(|side| 0..side);
        let region = |mm: f64| Region::of(map, label, room(mm));
        let region = match *work {
            SegmentWork::Threshold { low, high } => {
                let rule = self.rule.clone().with_range(Some([low, high]));
                repaint(map, &everywhere, |_| true, |index, old| rule.label(index, old));
                return;
            }
            SegmentWork::Merge { other } => {
                let other = u16::try_from(other).unwrap_or(0);
                map.relabel(|old| if old == other && old != 0 { label } else { old });
                return;
            }
            SegmentWork::Split => return,
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
        if self.rule.may_cover(old) { self.rule.label } else { old }
    }
}
