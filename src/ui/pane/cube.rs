//! The orientation cube of the volume view.

use egui::{Align2, Color32, FontFamily, FontId, Painter, Pos2, Shape, Stroke, pos2};
use glam::DVec2;

use super::Pane;
use crate::app::State;
use crate::app::pane::PaneId;
use crate::app::tool::cube;
use crate::model::orientation::letters;
use crate::ui::theme;

/// Size of a letter on a face that faces the viewer.
const LETTER: f32 = 15.0;

/// Paints the faces that are seen, with their letters; the one under the pointer is brighter.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) {
    if pane.id != PaneId::Volume || pane.pictures.is_empty() {
        return;
    }
    let origin = pane.rect.min;
    let at = |point: DVec2| -> Pos2 { pos2(origin.x + point.x as f32, origin.y + point.y as f32) };
    let pointed = state
        .hover
        .filter(|(pane, _)| *pane == PaneId::Volume)
        .and_then(|(_, point)| cube::side_at(state, point));
    for face in cube::faces(state) {
        let is_pointed = pointed == Some(face.side);
        let shade = (60.0 + 70.0 * face.facing) as u8 + if is_pointed { 50 } else { 0 };
        let fill = Color32::from_rgb(shade, shade, shade.saturating_add(8));
        let outline = Stroke::new(1.0, Color32::from_black_alpha(160));
        painter.add(Shape::convex_polygon(face.corners.map(at).to_vec(), fill, outline));
        let size = LETTER * face.facing.sqrt() as f32;
        if size > 6.0 {
            painter.text(
                at(face.middle),
                Align2::CENTER_CENTER,
                letters(face.side.outward()),
                FontId::new(size, FontFamily::Proportional),
                if is_pointed { Color32::WHITE } else { theme::PANE_STRONG },
            );
        }
    }
}
