//! The footprint of the brush, true in every pane: a circle where it is cut, a line where a disc is seen from its side.

use egui::{Painter, Pos2, Stroke, pos2};
use glam::DVec3;

use super::Pane;
use crate::app::State;
use crate::app::tool::paint::{self, Footprint};
use crate::app::{painting, pane::PaneId, scenes};
use crate::ui::theme;

/// Paints it around the place that the pointer rests on.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    let Some((hovered, at)) = state.hover else { return };
    if pane.id == PaneId::Volume || pane.id == PaneId::Stack || painting::brush(state, hovered).is_none() {
        return;
    }
    let place = paint::place_at(state, hovered, at);
    let (Some(center), Some(footprint)) = (place, paint::footprint(state, hovered)) else {
        return;
    };
    let Some(normal) = scenes::plane(state, pane.id).map(|plane| (plane.axes.normal(), plane.center)) else {
        return;
    };
    let (normal, on_plane) = normal;
    let radius = state.painting.radius_mm;
    let above = normal.dot(center - on_plane);
    let color = painting::segment(state).map_or(theme::CROP, |(_, segment)| {
        let [r, g, b] = segment.color;
        egui::Color32::from_rgb(r, g, b)
    });
    match footprint {
        Footprint::Ball if above.abs() < radius => {
            circle(
                painter,
                pane,
                state,
                center,
                (radius * radius - above * above).sqrt(),
                color,
            );
        }
        Footprint::Ball => {}
        Footprint::Disc { normal: disc } if disc.dot(normal).abs() > 1.0 - 1e-9 => {
            if pane.id == hovered {
                circle(painter, pane, state, center, radius, color);
            }
        }
        Footprint::Disc { normal: disc } => {
            if let Some(ends) = chord(center, disc, radius, normal, above) {
                let ends = ends.map(|end| screen(pane, state, end));
                if let [Some(from), Some(to)] = ends {
                    painter.line_segment([from, to], Stroke::new(3.0, theme::PANE_RIM));
                    painter.line_segment([from, to], Stroke::new(1.5, color));
                }
            }
        }
    }
}

/// Where a disc meets a plane from which its middle is `above` mm away along `normal`.
fn chord(center: DVec3, disc: DVec3, radius: f64, normal: DVec3, above: f64) -> Option<[DVec3; 2]> {
    let along = disc.cross(normal).normalize_or_zero();
    let across = along.cross(disc);
    // From the middle across to the plane.
    let way = -above / across.dot(normal);
    (way.abs() < radius).then(|| {
        let half = (radius * radius - way * way).sqrt();
        let middle = center + across * way;
        [middle - along * half, middle + along * half]
    })
}

fn circle(painter: &Painter, pane: &Pane<'_>, state: &State, center: DVec3, radius_mm: f64, color: egui::Color32) {
    if let Some(at) = screen(pane, state, center) {
        let radius = (radius_mm / scenes::mm_per_point(state, pane.id)) as f32;
        painter.circle_stroke(at, radius, Stroke::new(3.0, theme::PANE_RIM));
        painter.circle_stroke(at, radius, Stroke::new(1.5, color));
    }
}

fn screen(pane: &Pane<'_>, state: &State, place: DVec3) -> Option<Pos2> {
    let point = scenes::point_of(state, pane.id, place)?;
    Some(pane.rect.min + pos2(point.x as f32, point.y as f32).to_vec2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_is_cut_in_a_chord() {
        let ends = chord(DVec3::new(1.0, 2.0, 3.0), DVec3::Z, 5.0, DVec3::X, 4.0).unwrap();
        for end in ends {
            assert!((end.x - -3.0).abs() < 1e-12, "{end}");
            assert!(((end.y - 2.0).abs() - 3.0).abs() < 1e-12, "{end}");
            assert!((end.z - 3.0).abs() < 1e-12, "{end}");
        }
        assert_eq!(chord(DVec3::ZERO, DVec3::Z, 5.0, DVec3::X, 6.0), None);
    }
}
