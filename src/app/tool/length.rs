//! The length tool: a line from where the button goes down to where it comes up, or from click to click.

use glam::DVec2;

use super::measure;
use crate::app::pane::PaneId;
use crate::app::state::State;
use crate::model::measurement::{Measurement, Shape};

/// The line that a press at a point of a pane begins; `None` where there is nothing to measure in.
pub fn begin(state: &State, pane: PaneId, at: DVec2, name: String) -> Option<Measurement> {
    let (space, place) = measure::place_at(state, pane, at)?;
    let shape = Shape::Length { points: [place, place] };
    Some(measure::new(state, pane, name, space, shape))
}

/// The line with its second end at a point of a pane.
pub fn ended(state: &State, pane: PaneId, line: &Measurement, at: DVec2) -> Option<Measurement> {
    let (space, place) = measure::place_at(state, pane, at)?;
    let mut line = line.clone();
    if space == line.space {
        let Shape::Length { points } = &mut line.shape;
        points[1] = place;
    }
    Some(line)
}
