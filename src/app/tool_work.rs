//! What tools do to a segment beyond strokes: fills, lines around something, islands, slices that are copied.

use std::collections::BTreeSet;

use glam::{DVec2, DVec3};

use super::outline::Sight;
use super::paint_rule::Rule;
use super::painting::{self, IslandWork};
use crate::algo::outline::{Enclosed, Polygon};
use crate::algo::paint::repaint;
use crate::algo::plane_layer::PlaneLayer;
use crate::algo::scalpel::{self, Lasso};
use crate::algo::segment::Region;
use crate::algo::segment::flood::flooded;
use crate::model::geometry::Geometry;
use crate::model::label_map::{LabelMap, VoxelBox};
use crate::model::plane::Plane;
use crate::model::segment::{Segment, SegmentTable, default_color};
use crate::model::volume::Volume;
use crate::say;
use crate::scene::Cuts;

/// More islands than this are not made segments.
const MOST_ISLANDS: usize = 200;

/// Something that a tool does.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolWork {
    /// What is connected with a place by values of the image.
    Flood {
        /// The place, LPS mm.
        at: DVec3,
        /// Only at this plane.
        slab: Option<Plane>,
        /// How far values may be from that at the place, if no range limits them.
        tolerance: f64,
    },
    /// What a closed line goes around.
    Around {
        /// Its corners, as the sight counts.
        corners: Vec<DVec2>,
        /// How it was looked at.
        sight: Sight,
        /// What is cut away from the volume view: nobody sees it there.
        cuts: Cuts,
        /// All along the sight, and not the plane alone.
        is_through: bool,
        /// What is outside.
        is_outside: bool,
    },
    /// The connected part of a segment at a place.
    Island {
        /// The place, LPS mm.
        at: DVec3,
        /// What to do with it.
        work: IslandWork,
        /// The segment that it is given to.
        to: u16,
    },
    /// Every island a segment of its own; the largest keeps its name.
    Split,
    /// What the segment has at one plane, at another.
    CopySlice {
        /// From where.
        from: Plane,
        /// To where.
        to: Plane,
    },
}

/// A layer and its segments as they become.
pub struct Worked {
    /// The layer.
    pub map: LabelMap,
    /// The segments, if they change.
    pub table: Option<SegmentTable>,
}

impl ToolWork {
    /// Whether it costs so little that nobody has to wait for it.
    pub(super) fn is_quick(&self) -> bool {
        match self {
            Self::Flood { slab, .. } => slab.is_some(),
            Self::Around { is_through, .. } => !is_through,
            Self::CopySlice { .. } => true,
            Self::Island { .. } | Self::Split => false,
        }
    }

    /// Whether the user is told that it changed nothing: a line may go around nothing.
    pub(super) fn tells_nothing(&self) -> bool {
        !matches!(self, Self::Around { .. } | Self::CopySlice { .. })
    }

    /// Does it to a layer of a map. An error is a sentence that says why it cannot be done.
    pub(super) fn carry_out(
        &self,
        before: &LabelMap,
        table: &SegmentTable,
        rule: &Rule,
        volume: &Volume,
    ) -> Result<Worked, String> {
        let mut map = before.clone();
        let Some(geometry) = volume.geometry() else {
            return Ok(Worked { map, table: None });
        };
        let mut new_table = None;
        match self {
            Self::Flood { at, slab, tolerance } => {
                let from = volume.nearest_voxel(geometry.voxel_at(*at));
                if let Some(from) = from {
                    flood(&mut map, rule, geometry, from, *slab, *tolerance);
                }
            }
            Self::Around {
                corners,
                sight,
                cuts,
                is_through,
                is_outside,
            } => match sight {
                Sight::Plane(plane) => around(&mut map, rule, geometry, corners, (*plane, *is_through), *is_outside),
                Sight::Camera(camera, size) => {
                    let lasso = Lasso {
                        corners,
                        camera,
                        size: *size,
                        is_outside: *is_outside,
                    };
                    let [columns, rows, _] = geometry.dims();
                    if let Some(kept) = scalpel::cut(&lasso, geometry, cuts, None) {
                        everywhere(&mut map, |index @ [i, j, k], old| {
                            let is_cut = !kept.keeps((k * rows + j) * columns + i);
                            if is_cut { rule.label(index, old) } else { old }
                        });
                    }
                }
            },
            Self::Island { at, work, to } => {
                let from = volume.nearest_voxel(geometry.voxel_at(*at));
                if let Some(from) = from {
                    new_table = island(&mut map, table, rule.label, from, (*work, *to))?;
                }
            }
            Self::Split => new_table = split(&mut map, table, rule.label)?,
            Self::CopySlice { from, to } => copy_slice(&mut map, rule, volume, geometry, [*from, *to]),
        }
        Ok(Worked { map, table: new_table })
    }
}

fn everywhere(map: &mut LabelMap, label: impl Fn([usize; 3], u16) -> u16 + Sync) {
    let all: VoxelBox = map.dims().map(|side| 0..side);
    repaint(map, &all, |_| true, label);
}

fn flood(map: &mut LabelMap, rule: &Rule, geometry: &Geometry, from: [usize; 3], slab: Option<Plane>, tolerance: f64) {
    let [low, high] = match (rule.range(), rule.value(from)) {
        (Some(range), _) => range,
        (None, Some(value)) => [value - tolerance, value + tolerance],
        (None, None) => return,
    };
    // The plane goes through the voxel that was clicked, and not beside it.
    let layer = slab.map(|plane| PlaneLayer::at(geometry, plane.center, plane.axes.normal()));
    let may = |index: [usize; 3]| {
        layer.is_none_or(|layer| layer.has(index, geometry.patient_at(place(index))))
            && rule.value(index).is_some_and(|value| value >= low && value <= high)
    };
    let dims = map.dims();
    if let Some(reached) = flooded(dims, from, None, &may) {
        let all: VoxelBox = dims.map(|side| 0..side);
        repaint(
            map,
            &all,
            |part| layer.is_none_or(|layer| layer.may_touch(geometry, part)),
            |index @ [i, j, k], old| {
                let is_in = reached.get((k * dims[1] + j) * dims[0] + i) == Some(&true);
                if is_in { rule.label(index, old) } else { old }
            },
        );
    }
}

fn place(index: [usize; 3]) -> DVec3 {
    DVec3::from_array(index.map(|at| at as f64))
}

fn around(
    map: &mut LabelMap,
    rule: &Rule,
    geometry: &Geometry,
    corners: &[DVec2],
    (plane, is_through): (Plane, bool),
    is_outside: bool,
) {
    let Some(polygon) = Polygon::new(corners) else { return };
    let enclosed = Enclosed::new(&polygon, plane, is_through, geometry);
    let all: VoxelBox = map.dims().map(|side| 0..side);
    repaint(
        map,
        &all,
        |part| is_outside || enclosed.may_touch(part),
        |index, old| {
            let new = rule.label(index, old);
            if new != old && enclosed.has(index) != is_outside {
                new
            } else {
                old
            }
        },
    );
}

fn island(
    map: &mut LabelMap,
    table: &SegmentTable,
    label: u16,
    at: [usize; 3],
    (work, to): (IslandWork, u16),
) -> Result<Option<SegmentTable>, String> {
    let Some(region) = Region::of(map, label, [0; 3]) else {
        return Ok(None);
    };
    let parts = region.parts();
    let part_of = |index| region.own(index).and_then(|own| parts.part_at(own));
    let Some(chosen) = part_of(at) else { return Ok(None) };
    let is_whole = parts.sizes().len() == 1;
    let (inside, outside, table) = match work {
        IslandWork::Keep => (label, 0, None),
        IslandWork::Remove => (0, label, None),
        IslandWork::Give => (to, label, None),
        IslandWork::Part if is_whole => return Ok(None),
        IslandWork::Part => {
            let (table, new) = with_new_segments(table, label, 1)?;
            (new.first().copied().unwrap_or(label), label, Some(table))
        }
    };
    let voxels = region.voxels.clone();
    repaint(
        map,
        &voxels,
        |_| true,
        |index, old| match part_of(index) {
            Some(part) if part == chosen => inside,
            Some(_) => outside,
            None => old,
        },
    );
    Ok(table)
}

fn split(map: &mut LabelMap, table: &SegmentTable, label: u16) -> Result<Option<SegmentTable>, String> {
    let Some(region) = Region::of(map, label, [0; 3]) else {
        return Ok(None);
    };
    let parts = region.parts();
    let sizes = parts.sizes();
    if sizes.len() < 2 {
        return Ok(None);
    }
    if sizes.len() > MOST_ISLANDS {
        return Err(say!("app-too-many-islands", count = sizes.len(), most = MOST_ISLANDS));
    }
    let mut by_size: Vec<usize> = (0..sizes.len()).collect();
    by_size.sort_by_key(|part| std::cmp::Reverse(sizes.get(*part).copied()));
    let (table, new) = with_new_segments(table, label, sizes.len() - 1)?;
    let mut label_of = vec![label; sizes.len()];
    for (part, label) in by_size.iter().skip(1).zip(new) {
        if let Some(place) = label_of.get_mut(*part) {
            *place = label;
        }
    }
    let voxels = region.voxels.clone();
    repaint(
        map,
        &voxels,
        |_| true,
        |index, old| {
            let part = region.own(index).and_then(|own| parts.part_at(own));
            part.and_then(|part| label_of.get(part).copied()).unwrap_or(old)
        },
    );
    Ok(Some(table))
}

/// A table with some segments more, in the layer of one, and their labels.
fn with_new_segments(table: &SegmentTable, of: u16, count: usize) -> Result<(SegmentTable, Vec<u16>), String> {
    let mut table = table.clone();
    let source = table.get(u32::from(of)).cloned();
    let (name, layer) = source.map_or((String::new(), 0), |segment| (segment.name, segment.layer));
    let mut labels = Vec::with_capacity(count);
    let taken: BTreeSet<String> = table.segments.iter().map(|segment| segment.name.clone()).collect();
    let mut number = 2;
    for _ in 0..count {
        let label = painting::free_label(&table.segments);
        let Some((label, short)) = label.and_then(|label| Some((label, u16::try_from(label).ok()?))) else {
            return Err(say!("app-no-free-label"));
        };
        let mut new_name = say!("app-segment-part", name = name.clone(), number = number);
        while taken.contains(&new_name) {
            number += 1;
            new_name = say!("app-segment-part", name = name.clone(), number = number);
        }
        number += 1;
        let mut segment = Segment::new(label, new_name, default_color(label));
        segment.layer = layer;
        table.segments.push(segment);
        labels.push(short);
    }
    table.segments.sort_by_key(|segment| segment.label);
    Ok((table, labels))
}

fn copy_slice(map: &mut LabelMap, rule: &Rule, volume: &Volume, geometry: &Geometry, [from, to]: [Plane; 2]) {
    let layer = PlaneLayer::at(geometry, to.center, to.axes.normal());
    let way = to.center - from.center;
    let before = map.clone();
    let all: VoxelBox = map.dims().map(|side| 0..side);
    repaint(
        map,
        &all,
        |part| layer.may_touch(geometry, part),
        |index, old| {
            let place = geometry.patient_at(place(index));
            if !layer.has(index, place) {
                return old;
            }
            let source = volume.nearest_voxel(geometry.voxel_at(place - way));
            let has_it = source.and_then(|index| before.get(index)) == Some(rule.label);
            if has_it { rule.label(index, old) } else { old }
        },
    );
}
