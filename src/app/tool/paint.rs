//! The brush and the eraser: what a stroke makes of a label map.

use std::collections::BTreeSet;

use glam::{DVec2, DVec3};

use super::Tool;
pub use crate::algo::brush::Footprint;
use crate::algo::brush::{Cover, Stroke};
use crate::algo::paint;
use crate::app::overlays::Overlay;
use crate::app::painting::{self, Over, Painting};
use crate::app::pane::PaneId;
use crate::app::scenes;
use crate::app::state::State;
use crate::model::geometry::Geometry;
use crate::model::label_map::LabelMap;
use crate::model::volume::{Value, Volume};

/// The brush at a point of a pane: its middle in the patient, LPS mm.
pub fn place_at(state: &State, pane: PaneId, at: DVec2) -> Option<DVec3> {
    painting::tool(state, pane)?;
    scenes::patient_at(state, pane, at)
}

/// What is moved in a pane.
pub fn footprint(state: &State, pane: PaneId) -> Option<Footprint> {
    if state.painting.is_ball {
        return Some(Footprint::Ball);
    }
    let normal = scenes::plane(state, pane)?.axes.normal();
    Some(Footprint::Disc { normal })
}

/// What the label of a voxel becomes that a tool covers.
pub struct Rule<'a> {
    label: u16,
    over: Over,
    is_erasing: bool,
    locked: BTreeSet<u16>,
    image: Option<(&'a Volume, usize, [f64; 2])>,
    grid: &'a Geometry,
    is_same_grid: bool,
}

impl<'a> Rule<'a> {
    /// The rule for a tool that paints `label` into a map on a grid.
    pub fn new(state: &'a State, tool: Tool, label: u16, overlay: &Overlay, grid: &'a Volume) -> Option<Self> {
        let Painting { over, range, .. } = state.painting;
        let segments = &overlay.table.segments;
        let locked = segments.iter().filter(|segment| segment.is_locked);
        let image = state.shown().zip(range).map(|(entry, range)| {
            let volume: &Volume = entry.volume();
            (volume, entry.display.frame, range)
        });
        Some(Self {
            label,
            over,
            is_erasing: tool == Tool::Eraser,
            locked: locked.filter_map(|segment| u16::try_from(segment.label).ok()).collect(),
            is_same_grid: image.is_some_and(|(volume, ..)| crate::app::overlays::same_grid(volume, grid)),
            image,
            grid: grid.geometry()?,
        })
    }

    /// The label that a voxel gets.
    pub fn label(&self, index: [usize; 3], old: u16) -> u16 {
        let may_cover = match (self.over, self.is_erasing) {
            (Over::All, _) => true,
            // The eraser takes the segment that is painted, and leaves the others.
            (_, true) => old == self.label && !self.locked.contains(&old),
            (Over::Unlocked, false) => !self.locked.contains(&old),
            (Over::Background, false) => old == 0,
        };
        let new = if self.is_erasing { 0 } else { self.label };
        // The value is asked for last: it costs the most.
        if may_cover && new != old && self.is_in_range(index) {
            new
        } else {
            old
        }
    }

    fn is_in_range(&self, index: [usize; 3]) -> bool {
        let Some((volume, frame, [low, high])) = self.image else {
            return true;
        };
        let index = if self.is_same_grid {
            Some(index)
        } else {
            let place = self.grid.patient_at(DVec3::from_array(index.map(|at| at as f64)));
            let voxel = volume.geometry().map(|geometry| geometry.voxel_at(place));
            voxel.and_then(|voxel| volume.nearest_voxel(voxel))
        };
        let value = index.and_then(|index| volume.value(index, frame));
        matches!(value, Some(Value::Scalar(value)) if value >= low && value <= high)
    }
}

/// Paints the way of the brush from one place to another.
pub fn stroke(map: &mut LabelMap, stroke: Stroke, geometry: &Geometry, rule: &Rule<'_>) -> bool {
    let cover = Cover::new(stroke, geometry);
    paint::stroke(map, &cover, |index, old| rule.label(index, old))
}
