//! The scale bar: a round length, about a quarter of the pane.

use egui::{Align2, Painter, Stroke, pos2, vec2};

use super::Pane;
use crate::app::pane::PaneId;
use crate::app::{State, scenes};
use crate::model::volume::Placement;
use crate::ui::{text, theme};

/// Room below the bar, so that the letter at the bottom edge has its place.
const ABOVE_EDGE: f32 = 24.0;
/// Half the height of its end marks.
const END: f32 = 3.0;
/// Share of the pane's width that it may take.
const SHARE: f64 = 0.28;

/// mm per point of a pane; `None` where millimetres are not known.
fn mm_per_point(pane: PaneId, state: &State) -> Option<f64> {
    match pane {
        PaneId::Volume => Some(scenes::camera_mm_per_point(state)),
        PaneId::Stack => match &state.shown()?.volume().placement {
            Placement::Stack(grid) if !grid.is_calibrated => None,
            _ => Some(scenes::stack_units_per_point(state)),
        },
        _ => Some(scenes::mm_per_point(state)),
    }
}

/// The longest of 1, 2, 5, 10, 20, 50 … that is no more than `most`.
pub(super) fn round_length(most: f64) -> f64 {
    let decade = 10f64.powf(most.log10().floor());
    [5.0, 2.0, 1.0]
        .into_iter()
        .map(|n| n * decade)
        .find(|length| *length <= most * (1.0 + 1e-9))
        .unwrap_or(decade)
}

/// Paints the bar.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    let Some(mm_per_point) = mm_per_point(pane.id, state).filter(|mm| mm.is_finite() && *mm > 0.0) else {
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
    text::over_picture(
        painter,
        middle - vec2(0.0, END),
        Align2::CENTER_BOTTOM,
        &text::length(mm),
        theme::pane_font(),
        theme::PANE_TEXT,
    );
}

#[cfg(test)]
mod tests {
    use super::round_length;

    #[test]
    fn lengths_are_round() {
        for (most, length) in [
            (73.0, 50.0),
            (50.0, 50.0),
            (49.9, 20.0),
            (1.99, 1.0),
            (0.23, 0.2),
            (1000.0, 1000.0),
        ] {
            assert!((round_length(most) - length).abs() < 1e-9 * length, "{most}");
        }
    }
}
