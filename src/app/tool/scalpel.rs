//! The scalpel: a line that is drawn over the volume view, and what it cuts away.

use glam::DVec2;

use crate::algo::scalpel::{self, Lasso};
use crate::app::pane::PaneId;
use crate::app::scenes;
use crate::app::state::State;
use crate::model::voxel_mask::VoxelMask;

/// Corners stand at least so far apart, in points.
const STEP: f64 = 3.0;
/// A line that goes round less than this area, in square points, was not meant as one.
const SMALLEST: f64 = 30.0;
/// A line has no more corners.
const MOST_CORNERS: usize = 4000;

/// Draws on to a point.
pub fn draw(lasso: &mut Vec<DVec2>, at: DVec2) {
    let is_far = lasso.last().is_none_or(|last| (at - *last).length() >= STEP);
    if is_far && lasso.len() < MOST_CORNERS {
        lasso.push(at);
    }
}

/// What is left of the shown volume after a cut; `None` if nothing changes.
pub fn cut(state: &State, lasso: &[DVec2], is_outside: bool) -> Option<VoxelMask> {
    let entry = state.shown()?;
    let low = lasso.iter().copied().fold(DVec2::INFINITY, DVec2::min);
    let high = lasso.iter().copied().fold(DVec2::NEG_INFINITY, DVec2::max);
    if lasso.len() < 3 || (high - low).element_product() < SMALLEST {
        return None;
    }
    let size = scenes::pane_size(state, PaneId::Volume);
    // Cameras count in whole points; the middle stays the middle.
    let whole = size.round().max(DVec2::ONE);
    let corners: Vec<DVec2> = lasso.iter().map(|corner| *corner - (size - whole) / 2.0).collect();
    let lasso = Lasso {
        corners: &corners,
        camera: &scenes::point_camera(state),
        size: [whole.x as u32, whole.y as u32],
        is_outside,
    };
    let geometry = entry.volume().geometry()?;
    scalpel::cut(&lasso, geometry, &scenes::cuts(state), entry.display.mask.as_deref())
}
