//! The crop box in a pane: its lines and its handles.

use egui::{Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2};
use glam::DVec2;

use super::Pane;
use crate::app::State;
use crate::app::tool::crop;
use crate::ui::theme;

/// Paints the box, if it is shown.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    let origin = pane.rect.min;
    let at = |point: DVec2| -> Pos2 { pos2(origin.x + point.x as f32, origin.y + point.y as f32) };
    for [from, to] in crop::lines(state, pane.id) {
        painter.line_segment([at(from), at(to)], Stroke::new(1.0, theme::CROP.gamma_multiply(0.7)));
    }
    let pointed = state
        .hover
        .filter(|(hovered, _)| *hovered == pane.id)
        .and_then(|(_, point)| crop::handle_at(state, pane.id, point));
    for handle in crop::handles(state, pane.id) {
        let is_pointed = pointed.is_some_and(|pointed| pointed.side == handle.side);
        let half = theme::HANDLE_HALF + if is_pointed { 1.5 } else { 0.0 };
        let square = Rect::from_center_size(at(handle.at), Vec2::splat(2.0 * half));
        painter.rect(
            square,
            1.0,
            theme::CROP,
            Stroke::new(1.0, theme::PANE_RIM),
            StrokeKind::Outside,
        );
    }
}
