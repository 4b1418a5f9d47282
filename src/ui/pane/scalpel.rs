//! The line of the scalpel while it is drawn over the volume view.

use egui::{Painter, Pos2, Shape, Stroke, pos2};

use super::Pane;
use crate::app::State;
use crate::app::pane::PaneId;
use crate::ui::theme;

/// Paints it: solid where it was drawn, dashed where it will be closed.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    if pane.id != PaneId::Volume {
        return;
    }
    let origin = pane.rect.min;
    let lasso = &state.view.volume.lasso;
    let points: Vec<Pos2> = lasso
        .iter()
        .map(|point| pos2(origin.x + point.x as f32, origin.y + point.y as f32))
        .collect();
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
        return;
    };
    painter.line(points.clone(), Stroke::new(3.0, theme::PANE_RIM));
    painter.extend(Shape::dashed_line(
        &[last, first],
        Stroke::new(1.5, theme::CROP),
        4.0,
        4.0,
    ));
    painter.line(points, Stroke::new(1.5, theme::CROP));
}
