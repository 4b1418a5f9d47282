//! What was measured, over the picture: lines with the value beside them, and handles under the pointer.

use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, Vec2, vec2};

use super::Pane;
use crate::app::State;
use crate::app::measurements::{self, ShownLine};
use crate::app::tool::measure::Part;
use crate::ui::{text, theme};

/// Half the length of the marks at the ends.
const END: f32 = 4.0;
/// Between an end and the value.
const TEXT_GAP: f32 = 9.0;
/// The value stays this far from the pane's edges.
const INSET: f32 = 4.0;

/// Paints the lines of a pane.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    if pane.pictures.is_empty() {
        return;
    }
    let lines = measurements::lines_in(state, pane.id);
    for line in &lines {
        paint_line(painter, pane.rect, line);
    }
    // The selected line is the last and has the first choice of place.
    let mut taken = Vec::new();
    for line in lines.iter().rev() {
        paint_value(painter, pane.rect, line, &mut taken);
    }
}

fn ends(rect: Rect, line: &ShownLine) -> [Pos2; 2] {
    [line.a, line.b].map(|point| rect.min + Vec2::new(point.x as f32, point.y as f32))
}

fn color(line: &ShownLine) -> Color32 {
    theme::measure_color(line.is_selected || line.hovered.is_some()).gamma_multiply(line.opacity as f32)
}

fn paint_line(painter: &Painter, rect: Rect, line: &ShownLine) {
    let [a, b] = ends(rect, line);
    let is_lively = line.is_selected || line.hovered.is_some();
    let color = color(line);
    let rim = theme::PANE_RIM.gamma_multiply(line.opacity as f32);
    let width = if line.hovered == Some(Part::Whole) { 2.0 } else { 1.5 };
    let along = (b - a).normalized();
    let across = vec2(-along.y, along.x) * END;
    let has_handles = is_lively && !line.is_faded || line.hovered.is_some();
    for (width, color) in [(width + 2.0, rim), (width, color)] {
        let stroke = Stroke::new(width, color);
        painter.line_segment([a, b], stroke);
        if !has_handles {
            for end in [a, b] {
                painter.line_segment([end - across, end + across], stroke);
            }
        }
    }
    if has_handles {
        for (n, end) in [a, b].into_iter().enumerate() {
            handle(painter, end, color, line.hovered == Some(Part::Point(n)));
        }
    }
}

fn handle(painter: &Painter, at: Pos2, color: Color32, is_hovered: bool) {
    let radius = theme::HANDLE_RADIUS + if is_hovered { 1.5 } else { 0.0 };
    let fill = if is_hovered { color } else { theme::PANE_RIM };
    painter.circle(at, radius + 1.0, theme::PANE_RIM, Stroke::NONE);
    painter.circle(at, radius, fill, Stroke::new(1.5, color));
}

/// The value, beyond an end that is in sight, the one that was set last if possible, inside the pane and beside the
/// values that stand there already.
fn paint_value(painter: &Painter, rect: Rect, line: &ShownLine, taken: &mut Vec<Rect>) {
    let (Some(value), [a, b]) = (&line.text, ends(rect, line)) else {
        return;
    };
    let (font, color) = (theme::measure_font(), color(line));
    let size = painter.layout_no_wrap(value.clone(), font.clone(), color).size();
    let below = vec2(0.0, size.y + 2.0);
    let places: Vec<Rect> = [(a, b), (b, a)]
        .into_iter()
        .filter(|(_, end)| rect.contains(*end))
        .map(|(from, end)| beyond(end, end - from, size, rect.shrink(INSET)))
        .collect();
    let Some(first) = places.first().copied() else { return };
    let lower = (1..4u8).map(|n| first.translate(below * f32::from(n)));
    let place = places
        .iter()
        .copied()
        .chain(lower)
        .find(|place| rect.contains_rect(*place) && taken.iter().all(|other| !other.intersects(*place)))
        .unwrap_or(first);
    taken.push(place);
    text::over_picture(painter, place.min, Align2::LEFT_TOP, value, font, color);
}

/// Room for a text of a size beyond the end of a line that comes from this direction, moved into the pane.
fn beyond(end: Pos2, along: Vec2, size: Vec2, room: Rect) -> Rect {
    let (anchor, offset) = match (along.x.abs() >= along.y.abs(), along.x >= 0.0, along.y >= 0.0) {
        (true, true, _) => (Align2::LEFT_CENTER, vec2(TEXT_GAP, 0.0)),
        (true, false, _) => (Align2::RIGHT_CENTER, vec2(-TEXT_GAP, 0.0)),
        (false, _, true) => (Align2::CENTER_TOP, vec2(0.0, TEXT_GAP)),
        (false, _, false) => (Align2::CENTER_BOTTOM, vec2(0.0, -TEXT_GAP)),
    };
    let wanted = anchor.anchor_size(end + offset, size);
    wanted.translate(vec2(
        (room.min.x - wanted.min.x).max(0.0) - (wanted.max.x - room.max.x).max(0.0),
        (room.min.y - wanted.min.y).max(0.0) - (wanted.max.y - room.max.y).max(0.0),
    ))
}
