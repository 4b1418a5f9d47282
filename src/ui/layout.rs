//! Where the panes stand in the room that the panels leave.

use egui::{Rect, Vec2};

use super::theme;
use crate::app::pane::{Layout, PaneId};

/// The panes of a layout with their rectangles in points, each a whole number of physical pixels.
pub fn pane_rects(layout: Layout, room: Rect, pixels_per_point: f32) -> Vec<(PaneId, Rect)> {
    let room = room.shrink(theme::PANE_GAP);
    let panes = layout.panes();
    let columns = if panes.len() > 1 { 2 } else { 1 };
    let rows = panes.len().div_ceil(columns);
    let cell = (room.size() - theme::PANE_GAP * Vec2::new(columns as f32 - 1.0, rows as f32 - 1.0))
        / Vec2::new(columns as f32, rows as f32);
    let snap = |at: f32| (at * pixels_per_point).round() / pixels_per_point;
    panes
        .into_iter()
        .enumerate()
        .map(|(n, pane)| {
            let place = Vec2::new((n % columns) as f32, (n / columns) as f32);
            let min = room.min + place * (cell + Vec2::splat(theme::PANE_GAP));
            let max = min + cell;
            (
                pane,
                Rect::from_min_max(
                    egui::pos2(snap(min.x), snap(min.y)),
                    egui::pos2(snap(max.x), snap(max.y)),
                ),
            )
        })
        .filter(|(_, rect)| rect.width() >= 1.0 && rect.height() >= 1.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_are_whole_pixels_and_do_not_overlap() {
        let room = Rect::from_min_size(egui::pos2(231.3, 25.7), egui::vec2(833.1, 701.9));
        for scale in [1.0, 1.25, 1.5, 2.0] {
            let rects = pane_rects(Layout::Quad, room, scale);
            assert_eq!(rects.len(), 4);
            for (n, (_, a)) in rects.iter().enumerate() {
                for edge in [a.min.x, a.min.y, a.max.x, a.max.y] {
                    assert!(
                        (edge * scale - (edge * scale).round()).abs() < 1e-3,
                        "{edge} at {scale}"
                    );
                }
                assert!(rects[..n].iter().all(|(_, b)| !a.intersect(*b).is_positive()));
            }
        }
        assert_eq!(pane_rects(Layout::Single(PaneId::Stack), room, 1.0).len(), 1);
    }
}
