//! Work on a whole segment, beside the window: margins, islands, holes, thresholds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::paint_rule::Rule;
use super::tool_work::{ToolWork, Worked};
use crate::algo::paint::repaint;
use crate::algo::segment::between::filled_between;
use crate::algo::segment::grow::{self, Ground};
use crate::algo::segment::{Islands, Region, Stop, bounds, room, smooth};
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
    /// Takes what the majority of a ball around each voxel says.
    Median {
        /// Radius in mm.
        mm: f64,
    },
    /// Takes bumps away that are thinner than twice this.
    Open {
        /// Radius in mm.
        mm: f64,
    },
    /// Closes gaps that are thinner than twice this.
    Close {
        /// Radius in mm.
        mm: f64,
    },
    /// Takes the voxels of which a Gaussian sees more inside than outside.
    Gaussian {
        /// Standard deviation in mm.
        mm: f64,
    },
    /// Smooths all segments of its layer together by a Gaussian, so that they go on touching each other.
    SmoothAll {
        /// Standard deviation in mm.
        mm: f64,
    },
    /// Grows all segments of its layer until they meet, along what is alike in the image.
    GrowSeeds,
    /// Combines it with another segment.
    Combine {
        /// The other segment's label.
        other: u32,
        /// How.
        how: Logic,
    },
    /// Takes all its voxels away.
    Clear,
}

/// How a segment is combined with another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Logic {
    /// What either has.
    Union,
    /// What both have.
    Intersection,
    /// What it has and the other has not.
    Subtract,
    /// What only one of them has.
    Xor,
    /// What the other has.
    Copy,
}

impl Logic {
    fn holds(self, [own, other]: [bool; 2]) -> bool {
        match self {
            Self::Union => own || other,
            Self::Intersection => own && other,
            Self::Subtract => own && !other,
            Self::Xor => own != other,
            Self::Copy => other,
        }
    }
}

impl SegmentWork {
    /// What it is called as a step, of a segment with a name.
    pub fn step_name(&self, name: &str) -> String {
        let name = name.to_owned();
        match self {
            Self::Threshold { .. } => say!("app-step-threshold", name = name),
            Self::Margin { mm } if *mm < 0.0 => say!("app-step-shrink", name = name),
            Self::Margin { .. } => say!("app-step-grow", name = name),
            Self::Median { .. } | Self::Open { .. } | Self::Close { .. } | Self::Gaussian { .. } => {
                say!("app-step-smooth", name = name)
            }
            Self::SmoothAll { .. } => say!("app-step-smooth-all"),
            Self::GrowSeeds => say!("app-step-grow-seeds"),
            Self::Combine { .. } => say!("app-step-combine", name = name),
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
    /// Whether it is shown first and waits for a yes.
    pub is_preview: bool,
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
    /// Whether it is shown first and waits for a yes.
    pub is_preview: bool,
    /// Whether the user is told that nothing changed.
    pub tells_nothing: bool,
}

impl WorkRequest {
    /// Does it. What comes of it after a stop is of no use.
    pub(super) fn carry_out(&self, stop: Stop<'_>) -> WorkDone {
        let before = self.volume.voxels.label_map(self.layer);
        let worked = before.map(|before| self.worked(before, stop)).transpose();
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
            is_preview: self.is_preview,
            tells_nothing: match &self.work {
                Work::Whole(_) => true,
                Work::Tool(work) => work.tells_nothing(),
            },
        }
    }

    fn worked(&self, before: &LabelMap, stop: Stop<'_>) -> Result<Worked, String> {
        match &self.work {
            Work::Whole(SegmentWork::Split) => ToolWork::Split.carry_out(before, &self.table, &self.rule, &self.volume),
            Work::Tool(work) => work.carry_out(before, &self.table, &self.rule, &self.volume),
            Work::Whole(work) => {
                let mut map = before.clone();
                if let Some(geometry) = self.volume.geometry() {
                    self.change(work, &mut map, geometry, stop)?;
                }
                Ok(Worked { map, table: None })
            }
        }
    }

    fn change(
        &self,
        work: &SegmentWork,
        map: &mut LabelMap,
        geometry: &Geometry,
        stop: Stop<'_>,
    ) -> Result<(), String> {
        let label = self.rule.label;
        match *work {
            SegmentWork::Threshold { low, high } => {
                let everywhere: VoxelBox = map.dims().map(|side| 0..side);
                let rule = self.rule.clone().with_range(Some([low, high]));
                repaint(map, &everywhere, |_| true, |index, old| rule.label(index, old));
            }
            SegmentWork::Merge { other } => {
                let other = u16::try_from(other).unwrap_or(0);
                map.relabel(|old| if old == other && old != 0 { label } else { old });
            }
            SegmentWork::Clear => {
                map.relabel(|old| if old == label { 0 } else { old });
            }
            SegmentWork::SmoothAll { mm } => self.smooth_all(map, limited(mm, geometry), geometry, stop),
            SegmentWork::GrowSeeds => return self.grow_seeds(map, geometry, stop),
            SegmentWork::Combine { other, how } => self.combine(map, other, how),
            _ => {
                if let Some(region) = self.reshaped(work, map, geometry, stop) {
                    let change = |index, old| match (region.has(index), old == label) {
                        (true, false) => self.rule.label(index, old),
                        (false, true) => self.rule.without(index, old),
                        _ => old,
                    };
                    repaint(map, &region.voxels.clone(), |_| true, change);
                }
            }
        }
        Ok(())
    }

    /// The segment as it becomes, where that is asked of it alone; `None` if it has no voxel.
    fn reshaped(&self, work: &SegmentWork, map: &LabelMap, geometry: &Geometry, stop: Stop<'_>) -> Option<Region> {
        let region = |mm: f64| Region::of(map, self.rule.label, room(geometry, mm));
        let limited = |mm: f64| limited(mm, geometry);
        // Over no distance nothing is evened out.
        if let SegmentWork::Median { mm } | SegmentWork::Gaussian { mm } = work
            && (mm.is_nan() || *mm <= 0.0)
        {
            return None;
        }
        Some(match *work {
            SegmentWork::Median { mm } => {
                let mm = limited(mm);
                smooth::median(region(mm)?, mm, geometry, stop)
            }
            SegmentWork::Gaussian { mm } => {
                let mm = limited(mm);
                smooth::gaussian(region(smooth::gaussian_reach_mm(mm))?, mm, geometry, stop)
            }
            SegmentWork::Open { mm } => {
                let mm = limited(mm);
                region(mm)?
                    .with_margin(-mm, geometry, stop)
                    .with_margin(mm, geometry, stop)
            }
            SegmentWork::Close { mm } => {
                let mm = limited(mm);
                region(2.0 * mm)?
                    .with_margin(mm, geometry, stop)
                    .with_margin(-mm, geometry, stop)
            }
            SegmentWork::Margin { mm } => {
                let mm = limited(mm);
                region(mm)?.with_margin(mm, geometry, stop)
            }
            SegmentWork::Smooth { mm } => {
                let mm = limited(mm);
                region(2.0 * mm)?.smoothed(mm, geometry, stop)
            }
            SegmentWork::Hollow { mm } => region(0.0)?.hollow(limited(mm), geometry, stop),
            SegmentWork::FillHoles => region(0.0)?.filled(),
            SegmentWork::FillBetween => filled_between(region(0.0)?, geometry, stop),
            SegmentWork::KeepLargest => region(0.0)?.islands(Islands::Largest),
            SegmentWork::DropSmall { ml } => {
                let voxel_ml = geometry.patient_from_voxel().matrix3.determinant().abs() / 1000.0;
                let voxels = (ml / voxel_ml).ceil().clamp(0.0, 1e15) as usize;
                region(0.0)?.islands(Islands::OfAtLeast(voxels))
            }
            // These concern more than the one segment, or its table.
            SegmentWork::Threshold { .. }
            | SegmentWork::Merge { .. }
            | SegmentWork::Clear
            | SegmentWork::SmoothAll { .. }
            | SegmentWork::GrowSeeds
            | SegmentWork::Combine { .. }
            | SegmentWork::Split => return None,
        })
    }

    /// The box around all labels of a map, larger by so many mm, as far as the map goes.
    fn around_all(map: &LabelMap, room: [usize; 3]) -> Option<VoxelBox> {
        let labels = map.counts();
        let boxes = labels.keys().filter_map(|label| bounds(map, *label));
        let tight = boxes.reduce(|a, b| {
            std::array::from_fn(|axis| a[axis].start.min(b[axis].start)..a[axis].end.max(b[axis].end))
        })?;
        let dims = map.dims();
        Some(std::array::from_fn(|axis| {
            let side = &tight[axis];
            side.start.saturating_sub(room[axis])..side.end.saturating_add(room[axis]).min(dims[axis])
        }))
    }

    fn smooth_all(&self, map: &mut LabelMap, mm: f64, geometry: &Geometry, stop: Stop<'_>) {
        if mm.is_nan() || mm <= 0.0 {
            return;
        }
        let reach = smooth::gaussian_reach_mm(mm);
        let Some(voxels) = Self::around_all(map, room(geometry, reach)) else {
            return;
        };
        let labels = in_box(&voxels, |index| map.get(index).unwrap_or(0));
        let smooth = smooth::joint(&labels, &voxels, mm, geometry, stop);
        repaint(
            map,
            &voxels,
            |_| true,
            |index, old| {
                let new = smooth.get(place_in(&voxels, index)).copied().unwrap_or(old);
                // A locked segment neither gives nor takes.
                let is_free = !self.rule.is_locked(old) && !self.rule.is_locked(new);
                if is_free { new } else { old }
            },
        );
    }

    fn grow_seeds(&self, map: &mut LabelMap, geometry: &Geometry, stop: Stop<'_>) -> Result<(), String> {
        /// What is looked at around the seeds, as a part of the box around them.
        const MARGIN: usize = 10;
        let Some(tight) = Self::around_all(map, [0; 3]) else {
            return Ok(());
        };
        let room = tight.map(|side| side.len() / MARGIN + 3);
        let Some(voxels) = Self::around_all(map, room) else {
            return Ok(());
        };
        let dims = voxels.clone().map(|side| side.len());
        if dims.iter().product::<usize>() > grow::MOST_VOXELS {
            return Err(say!("work-grow-too-large"));
        }
        let labels = map.counts();
        let free = (1..=u16::MAX).rev().find(|label| !labels.contains_key(label));
        let wall = free.ok_or_else(|| say!("app-no-free-label"))?;
        let values = in_box(&voxels, |index| {
            self.rule.value(index).map_or(f32::NAN, |value| value as f32)
        });
        let seeds = in_box(&voxels, |index| match map.get(index).unwrap_or(0) {
            // What may not be painted is not gone through, and what is locked does not grow.
            0 if self.rule.may_paint(index) => 0,
            0 => wall,
            label if self.rule.is_locked(label) => wall,
            label => label,
        });
        let ground = Ground {
            dims,
            spacing: geometry.spacing().to_array(),
            values: &values,
            wall,
        };
        let grown = grow::grown(&ground, &seeds, stop);
        repaint(
            map,
            &voxels,
            |_| true,
            |index, old| {
                let new = grown.get(place_in(&voxels, index)).copied().unwrap_or(0);
                if old == 0 && new != wall { new } else { old }
            },
        );
        Ok(())
    }

    fn combine(&self, map: &mut LabelMap, other: u32, how: Logic) {
        let layer = self.table.get(other).map_or(self.layer, |segment| segment.layer);
        let Some(others) = self.volume.voxels.label_map(layer) else {
            return;
        };
        let label = self.rule.label;
        let other = u16::try_from(other).unwrap_or(0);
        let everywhere: VoxelBox = map.dims().map(|side| 0..side);
        repaint(
            map,
            &everywhere,
            |_| true,
            |index, old| {
                let has_other = other != 0 && others.get(index) == Some(other);
                match (how.holds([old == label, has_other]), old == label) {
                    (true, false) => self.rule.label(index, old),
                    (false, true) => self.rule.without(index, old),
                    _ => old,
                }
            },
        );
    }
}

/// A distance, no longer than there is any between two voxels of a grid.
fn limited(mm: f64, geometry: &Geometry) -> f64 {
    let middle = geometry.center();
    let corners = geometry.corners();
    let most = 2.0 * corners.iter().map(|corner| corner.distance(middle)).fold(0.0, f64::max);
    mm.clamp(-most, most)
}

/// Something of every voxel of a box, i fastest.
fn in_box<T>(voxels: &VoxelBox, of: impl Fn([usize; 3]) -> T) -> Vec<T> {
    let mut all = Vec::with_capacity(voxels.iter().map(ExactSizeIterator::len).product());
    for k in voxels[2].clone() {
        for j in voxels[1].clone() {
            all.extend(voxels[0].clone().map(|i| of([i, j, k])));
        }
    }
    all
}

/// Where a voxel of a map stands in such a list.
fn place_in(voxels: &VoxelBox, [i, j, k]: [usize; 3]) -> usize {
    let [own_i, own_j, own_k] = voxels;
    ((k - own_k.start) * own_j.len() + j - own_j.start) * own_i.len() + i - own_i.start
}
