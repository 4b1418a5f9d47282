//! The brush and the eraser: what a stroke makes of a label map.

use glam::{DVec2, DVec3};

pub use crate::algo::brush::Footprint;
use crate::algo::brush::{Cover, Stroke};
use crate::algo::paint;
use crate::app::paint_rule::Rule;
use crate::app::painting;
use crate::app::pane::PaneId;
use crate::app::scenes;
use crate::app::state::State;
use crate::model::geometry::Geometry;
use crate::model::label_map::LabelMap;

/// The brush at a point of a pane: its middle in the patient, LPS mm.
pub fn place_at(state: &State, pane: PaneId, at: DVec2) -> Option<DVec3> {
    painting::brush(state, pane)?;
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

/// Paints the way of the brush from one place to another.
pub fn stroke(map: &mut LabelMap, stroke: Stroke, geometry: &Geometry, rule: &Rule) -> bool {
    let cover = Cover::new(stroke, geometry);
    paint::stroke(map, &cover, |index, old| rule.label(index, old))
}
