//! The scale bar: a round length, about a quarter of the pane.

use egui::{Align2, Painter, Stroke, pos2, vec2};

use super::Pane;
use crate::app::pane::PaneId;
use crate::app::{State, scenes};
use crate::model::scale::round_length;
use crate::model::volume::{PixelScale, Placement};
use crate::say;
use crate::ui::{text, theme};

/// Room below the bar, so that the letter at the bottom edge has its place.
const ABOVE_EDGE: f32 = 24.0;
/// Half the height of its end marks.
const END: f32 = 3.0;
/// Share of the pane's width that it may take.
const SHARE: f64 = 0.28;

/// mm per point of a pane, and whether they are mm at the detector; `None` where millimetres are not known.
fn mm_per_point(pane: PaneId, state: &State) -> Option<(f64, bool)> {
    match pane {
        PaneId::Volume => Some((scenes::camera_mm_per_point(state), false)),
        PaneId::Stack => {
            let scale = match &state.shown()?.volume().placement {
                Placement::Stack(grid) => grid.pixel_scale,
                Placement::Patient(_) => PixelScale::Patient,
            };
            let is_known = scale != PixelScale::Unknown;
            is_known.then(|| (scenes::stack_units_per_point(state), scale == PixelScale::Detector))
        }
        _ => Some((scenes::mm_per_point(state, pane), false)),
    }
}

/// Paints the bar.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    let Some((mm_per_point, is_at_detector)) =
        mm_per_point(pane.id, state).filter(|(mm, _)| mm.is_finite() && *mm > 0.0)
    else {
        return;
    };
    if pane.rect.width() < theme::ROOM_FOR_TEXT.x {
        return;
    }
    let mm = round_length(f64::from(pane.rect.width()) * SHARE * mm_per_point);
    let width = (mm / mm_per_point) as f32;
    let middle = pos2(pane.rect.center().x, pane.rect.bottom() - ABOVE_EDGE);
    let (from, to) = (middle - vec2(width / 2.0, 0.0), middle + vec2(width / 2.0, 0.0));
    for stroke in [Stroke::new(3.0, theme::PANE_RIM), Stroke::new(1.0, theme::PANE_TEXT)] {
        painter.line_segment([from, to], stroke);
        for end in [from, to] {
            painter.line_segment([end - vec2(0.0, END), end + vec2(0.0, END)], stroke);
        }
    }
    let length = text::length(mm);
    let label = if is_at_detector {
        say!("app-bar-detector", length = length)
    } else {
        length
    };
    text::over_picture(
        painter,
        middle - vec2(0.0, END),
        Align2::CENTER_BOTTOM,
        &label,
        theme::pane_font(),
        theme::PANE_TEXT,
    );
}
