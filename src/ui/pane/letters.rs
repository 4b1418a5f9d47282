//! Orientation letters on the four edges: where the patient's left, head and front are.

use egui::{Align2, Painter};
use glam::DVec3;

use super::Pane;
use crate::app::pane::PaneId;
use crate::app::{State, scenes};
use crate::model::orientation::letters;
use crate::ui::{text, theme};

/// Room between an edge and its letters.
const INSET: f32 = 5.0;

/// The directions in the patient to the right and down the screen.
fn directions(pane: PaneId, state: &State) -> Option<(DVec3, DVec3)> {
    match pane {
        PaneId::Volume => {
            let axes = state.view.camera.axes();
            Some((axes.right, axes.down))
        }
        PaneId::Stack => {
            let matrix = state.shown()?.volume().geometry()?.patient_from_voxel().matrix3;
            Some((matrix.x_axis.normalize_or_zero(), matrix.y_axis.normalize_or_zero()))
        }
        plane => scenes::shown_axes(state, plane).map(|axes| (axes.right, axes.down)),
    }
}

/// Paints the letters.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    let Some((right, down)) = directions(pane.id, state) else {
        return;
    };
    let rect = pane.rect.shrink(INSET);
    let places = [
        (rect.right_center(), Align2::RIGHT_CENTER, right),
        (rect.left_center(), Align2::LEFT_CENTER, -right),
        (rect.center_bottom(), Align2::CENTER_BOTTOM, down),
        (rect.center_top(), Align2::CENTER_TOP, -down),
    ];
    for (at, anchor, direction) in places {
        text::over_picture(
            painter,
            at,
            anchor,
            &letters(direction),
            theme::letter_font(),
            theme::PANE_STRONG,
        );
    }
}
