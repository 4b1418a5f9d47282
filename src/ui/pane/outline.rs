//! Lines around something while they are drawn or shown: solid where they go, dashed where they will be closed.

use egui::{Color32, Painter, Pos2, Shape, Stroke, pos2};
use glam::DVec2;

use super::Pane;
use crate::app::{State, painting, scenes};
use crate::ui::theme;

/// Paints the line that is drawn in the pane, and that of one value under the pointer.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    let color = painting::segment(state).map_or(theme::CROP, |(_, segment)| {
        let [r, g, b] = segment.color;
        Color32::from_rgb(r, g, b)
    });
    let on_screen = |point: DVec2| pane.rect.min + pos2(point.x as f32, point.y as f32).to_vec2();
    if let Some(outline) = state.outline.as_ref().filter(|outline| outline.pane == pane.id) {
        let corners = outline.corners.iter().chain(&outline.tail);
        let points: Vec<Pos2> = corners
            .filter_map(|corner| outline.point_of(state, *corner))
            .map(on_screen)
            .collect();
        line(painter, &points, color);
        if outline.tail.is_some() {
            for corner in points.iter().take(outline.corners.len()) {
                painter.circle_filled(*corner, 2.5, color);
            }
        }
    }
    if let Some(traced) = state.traced.as_ref().filter(|traced| traced.pane == pane.id) {
        let points: Vec<Pos2> = traced
            .corners
            .iter()
            .filter_map(|corner| scenes::point_of(state, pane.id, traced.plane.patient_at(corner.x, corner.y)))
            .map(on_screen)
            .collect();
        line(painter, &points, color);
    }
}

fn line(painter: &Painter, points: &[Pos2], color: Color32) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return;
    };
    painter.line(points.to_vec(), Stroke::new(3.0, theme::PANE_RIM));
    painter.extend(Shape::dashed_line(&[*last, *first], Stroke::new(1.5, color), 4.0, 4.0));
    painter.line(points.to_vec(), Stroke::new(1.5, color));
}
