//! Where the panes stand in the room that the panels leave.

use egui::{Rect, Vec2, pos2, vec2};

use super::theme;
use crate::app::pane::{Layout, PaneId};

/// The column of small panes takes at least and at most this share of the room; between, its panes are a little wider
/// than high.
const COLUMN: std::ops::RangeInclusive<f32> = 0.22..=0.4;

/// Width of a small pane for its height.
const SMALL_ASPECT: f32 = 1.15;

/// The panes of a layout with their rectangles in points, each a whole number of physical pixels.
pub fn pane_rects(layout: Layout, room: Rect, pixels_per_point: f32) -> Vec<(PaneId, Rect)> {
    let room = room.shrink(theme::PANE_GAP);
    let cells = match layout {
        Layout::Single(_) => vec![room],
        Layout::OneAndThree(_) => one_and_three(room),
        Layout::Quad => grid(room, 2, 2),
    };
    let snap = |at: f32| (at * pixels_per_point).round() / pixels_per_point;
    let snapped = |rect: Rect| {
        Rect::from_min_max(
            pos2(snap(rect.min.x), snap(rect.min.y)),
            pos2(snap(rect.max.x), snap(rect.max.y)),
        )
    };
    layout
        .panes()
        .into_iter()
        .zip(cells.into_iter().map(snapped))
        .filter(|(_, rect)| rect.width() >= 1.0 && rect.height() >= 1.0)
        .collect()
}

/// Cells row by row.
fn grid(room: Rect, columns: u16, rows: u16) -> Vec<Rect> {
    let count = vec2(f32::from(columns), f32::from(rows));
    let cell = (room.size() - theme::PANE_GAP * (count - Vec2::splat(1.0))) / count;
    (0..rows)
        .flat_map(|row| (0..columns).map(move |column| vec2(f32::from(column), f32::from(row))))
        .map(|place| Rect::from_min_size(room.min + place * (cell + Vec2::splat(theme::PANE_GAP)), cell))
        .collect()
}

/// A large cell, and three small ones in a column at its right.
fn one_and_three(room: Rect) -> Vec<Rect> {
    let wanted = (room.height() - 2.0 * theme::PANE_GAP) / 3.0 * SMALL_ASPECT;
    let column = wanted.clamp(COLUMN.start() * room.width(), COLUMN.end() * room.width());
    let (left, right) = (room.max.x - column - theme::PANE_GAP, room.max.x - column);
    let large = Rect::from_min_max(room.min, pos2(left, room.max.y));
    let small = Rect::from_min_max(pos2(right, room.min.y), room.max);
    std::iter::once(large).chain(grid(small, 1, 3)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_are_whole_pixels_and_do_not_overlap() {
        let room = Rect::from_min_size(egui::pos2(231.3, 25.7), egui::vec2(833.1, 701.9));
        for (layout, scale) in [Layout::Quad, Layout::OneAndThree(PaneId::Sagittal)]
            .into_iter()
            .flat_map(|layout| [1.0, 1.25, 1.5, 2.0].map(|scale| (layout, scale)))
        {
            let rects = pane_rects(layout, room, scale);
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

    #[test]
    fn the_large_pane_is_large() {
        for size in [vec2(1000.0, 700.0), vec2(400.0, 700.0), vec2(1400.0, 300.0)] {
            let room = Rect::from_min_size(egui::Pos2::ZERO, size);
            let rects = pane_rects(Layout::OneAndThree(PaneId::Sagittal), room, 1.0);
            let (first, large) = rects[0];
            assert_eq!(first, PaneId::Sagittal);
            for (_, small) in &rects[1..] {
                assert!(large.area() > 3.0 * small.area() && small.left() > large.right());
            }
        }
    }
}
