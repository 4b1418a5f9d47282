//! What is shown before it is done: work on a segment that waits for a yes, and what a range of values would paint.

use std::sync::Arc;

use super::paint_rule::Rule;
use super::painting;
use super::pane::PaneId;
use super::scenes;
use super::segment_work::WorkDone;
use super::state::State;
use crate::algo::paint::repaint;
use crate::algo::plane_layer::PlaneLayer;
use crate::model::label_map::{LabelMap, VoxelBox};
use crate::model::plane::Plane;
use crate::model::segment::{LabelColors, SegmentTable};
use crate::model::volume::{Volume, VolumeId};
use crate::model::voxels::Voxels;
use crate::scene::LabelLayer;

/// Opacity of what is only shown.
const OPACITY: f32 = 0.5;

/// Work that was done and is not taken over yet.
pub struct Preview {
    /// What it would change.
    pub done: WorkDone,
    /// What changes, as a label map of its own: voxels that a segment loses have its label.
    pub seen: Arc<Volume>,
    /// What it is drawn in.
    pub colors: Arc<LabelColors>,
}

impl Preview {
    /// Of work on a map that would change something.
    pub(super) fn of(state: &State, done: WorkDone, before: Option<VolumeId>) -> Option<Self> {
        let entry = state.document.entry(done.id)?;
        let (_, delta) = done.change.as_ref()?;
        Some(Self {
            seen: seen(entry.volume(), delta.shown(), before)?,
            colors: lightened(&entry.overlay.as_ref()?.table),
            done,
        })
    }
}

/// What a range of values would paint in the slices that are seen.
pub struct RangeSeen {
    /// Of which state of things.
    pub(super) key: RangeKey,
    /// The voxels that would be painted.
    pub seen: Arc<Volume>,
    /// What they are drawn in.
    pub colors: Arc<LabelColors>,
}

/// Everything on which that depends.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeKey {
    target: VolumeId,
    revision: u64,
    image: (VolumeId, usize, usize),
    planes: Vec<Plane>,
    painting: painting::Painting,
    table: SegmentTable,
}

/// What is to be found out for it.
#[derive(Clone, Debug)]
pub struct RangeRequest {
    /// Of which state of things.
    pub(super) key: RangeKey,
    volume: Arc<Volume>,
    layer: usize,
    rule: Rule,
}

impl RangeKey {
    /// The map that would be painted.
    pub(super) fn target(&self) -> VolumeId {
        self.target
    }
}

impl RangeRequest {
    /// What is to be found out now, if a range is to be seen.
    pub(super) fn of(state: &State) -> Option<Self> {
        let painting = &state.painting;
        painting
            .range
            .filter(|_| painting.shows_range && state.view.overlays.is_on)?;
        let (index, segment) = painting::segment(state)?;
        let entry = state.document.entries.get(index)?;
        let overlay = entry.overlay.as_ref()?;
        let shown = state.shown()?;
        let volume = Arc::clone(entry.volume());
        let label = u16::try_from(segment.label).ok()?;
        // Else nothing could be found out, again and again.
        volume.geometry()?;
        volume.voxels.label_map(segment.layer)?;
        let in_plane = |pane| {
            let plane = scenes::plane(state, pane)?;
            // Where on the plane the pane looks is no matter.
            let center = plane.axes.normal() * plane.axes.normal().dot(plane.center);
            Some(Plane { center, ..plane })
        };
        let key = RangeKey {
            target: volume.id,
            revision: volume.voxels.painted_revision(),
            image: (shown.volume().id, shown.display.frame, shown.volume().voxels.revision()),
            planes: PaneId::PLANES.into_iter().filter_map(in_plane).collect(),
            // Sizes of brushes and the like are no matter.
            painting: painting::Painting {
                target: None,
                label: segment.label,
                range: painting.range,
                over: painting.over,
                within: painting.within,
                ..painting::Painting::default()
            },
            table: overlay.table.clone(),
        };
        Some(Self {
            key,
            layer: segment.layer,
            rule: Rule::new(state, false, label, overlay, &volume)?,
            volume,
        })
    }

    /// The voxels at the planes that would be painted.
    pub(super) fn carry_out(&self) -> Option<LabelMap> {
        let geometry = self.volume.geometry()?;
        let before = self.volume.voxels.label_map(self.layer)?;
        let mut map = LabelMap::empty(before.dims());
        let all: VoxelBox = map.dims().map(|side| 0..side);
        for plane in &self.key.planes {
            // Planes are told by their normal and how far they are from the patient's origin alone.
            let layer = PlaneLayer::at(geometry, on_plane(plane, geometry.center()), plane.axes.normal());
            repaint(
                &mut map,
                &all,
                |part| layer.may_touch(geometry, part),
                |index, shown| {
                    let place = geometry.patient_at(glam::DVec3::from_array(index.map(|at| at as f64)));
                    if shown != 0 || !layer.has(index, place) {
                        return shown;
                    }
                    let old = before.get(index).unwrap_or(0);
                    let new = self.rule.label(index, old);
                    if new == old { 0 } else { new }
                },
            );
        }
        Some(map)
    }
}

/// The place of a plane that is nearest to another place.
fn on_plane(plane: &Plane, near: glam::DVec3) -> glam::DVec3 {
    let normal = plane.axes.normal();
    near + normal * normal.dot(plane.center - near)
}

impl RangeSeen {
    pub(super) fn of(state: &State, key: RangeKey, map: LabelMap) -> Option<Self> {
        let entry = state.document.entry(key.target)?;
        let before = state.range_seen.as_ref().map(|seen| seen.seen.id);
        Some(Self {
            seen: seen(entry.volume(), map, before)?,
            colors: lightened(&entry.overlay.as_ref()?.table),
            key,
        })
    }
}

/// A volume of its own on the grid of another, or the next state of one.
fn seen(grid: &Volume, map: LabelMap, before: Option<VolumeId>) -> Option<Arc<Volume>> {
    let mut volume = grid.with_voxels(Voxels::of_labels(vec![map]).ok()?);
    volume.id = before.unwrap_or_else(VolumeId::fresh);
    Some(Arc::new(volume))
}

/// The colours of segments, half-way to white: what is only shown is told apart from what is there.
fn lightened(table: &SegmentTable) -> Arc<LabelColors> {
    let mut table = table.clone();
    for segment in &mut table.segments {
        segment.color = segment.color.map(|part| part / 2 + 128);
        segment.is_visible = true;
    }
    Arc::new(table.colors())
}

/// What is only shown, over a picture with outlines of a width.
pub(super) fn layers(state: &State, with_range: bool, outline_px: u32) -> Vec<LabelLayer> {
    let work = state.preview.as_ref().map(|preview| (&preview.seen, &preview.colors));
    let range = state.range_seen.as_ref().filter(|_| with_range);
    let range = range.map(|range| (&range.seen, &range.colors));
    work.into_iter()
        .chain(range)
        .map(|(volume, colors)| LabelLayer::new(Arc::clone(volume), Arc::clone(colors), OPACITY, outline_px))
        .collect()
}
