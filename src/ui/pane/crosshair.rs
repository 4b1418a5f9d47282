//! The crosshair lines of a pane, each in the colour of the plane that cuts there, with their handles.

use egui::{Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2};
use glam::DVec2;

use super::Pane;
use crate::app::State;
use crate::app::tool::Tool;
use crate::app::tool::crosshair::{self, Line};
use crate::app::{pane::PaneId, scenes};
use crate::ui::theme;

/// Paints lines, slab extents, and (under the pointer) handles.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State, is_hovered: bool) {
    if !state.view.crosshair_visible || pane.pictures.is_empty() {
        return;
    }
    if pane.id == PaneId::Volume {
        return in_volume(painter, pane, state);
    }
    let Some(crosshair) = crosshair::crosshair(state, pane.id) else {
        return;
    };
    let origin = pane.rect.min;
    let center = origin + vec2(crosshair.center);
    let reach = pane.rect.size().length();
    for line in &crosshair.lines {
        let along = vec2(line.direction);
        let stroke = theme::plane_line(line.of);
        for way in [along, -along] {
            let from = center + way * theme::CROSSHAIR_GAP;
            painter.line_segment([from, from + way * reach], stroke);
        }
        if line.half_slab > 0.0 {
            slab(painter, center, line, reach, stroke);
        }
        if is_hovered && state.view.active_tool() == Tool::Crosshair {
            handles(painter, pane.rect, line);
        }
    }
}

/// Half an arm of the cross in the volume view, points.
const ARM: f64 = 14.0;

/// Where the crosshair is in the volume view: a short line along each direction in which two planes meet, in the
/// colour of the third.
fn in_volume(painter: &Painter, pane: &Pane<'_>, state: &State) {
    let arm_mm = ARM * scenes::camera_mm_per_point(state);
    let at = |place| scenes::volume_point_of(state, place).map(|point| pane.rect.min + vec2(point));
    for of in PaneId::PLANES {
        let Some(plane) = state.view.plane(of) else { continue };
        let along = plane.axes.normal() * arm_mm;
        let ends = at(state.view.crosshair - along).zip(at(state.view.crosshair + along));
        if let Some((from, to)) = ends {
            painter.line_segment([from, to], Stroke::new(3.0, theme::PANE_RIM));
            painter.line_segment([from, to], Stroke::new(1.5, theme::pane_color(of)));
        }
    }
}

/// Where a slab begins and ends.
fn slab(painter: &Painter, center: Pos2, line: &Line, reach: f32, stroke: Stroke) {
    let along = vec2(line.direction);
    for side in [1.0, -1.0] {
        let middle = center + vec2(line.direction.perp() * line.half_slab * side);
        painter.extend(Shape::dashed_line(
            &[middle - along * reach, middle + along * reach],
            stroke,
            theme::DASH,
            theme::DASH,
        ));
    }
}

fn handles(painter: &Painter, rect: Rect, line: &Line) {
    let color = theme::pane_color(line.of);
    for handle in line.rotate_handles {
        let at = rect.min + vec2(handle);
        painter.circle(at, theme::HANDLE_RADIUS, theme::PANE_RIM, Stroke::new(1.5, color));
    }
    for handle in line.slab_handles {
        let square = Rect::from_center_size(rect.min + vec2(handle), Vec2::splat(2.0 * theme::HANDLE_HALF));
        painter.rect(
            square,
            0.0,
            theme::PANE_RIM,
            Stroke::new(1.0, color),
            StrokeKind::Middle,
        );
    }
}

fn vec2(v: DVec2) -> Vec2 {
    Vec2::new(v.x as f32, v.y as f32)
}
