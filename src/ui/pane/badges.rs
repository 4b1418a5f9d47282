//! What must not be overlooked: doubts about the geometry, a mirrored convention, voxels that are still to come.

use egui::{Align2, Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::Pane;
use crate::app::pane::PaneId;
use crate::app::state::{Entry, JobSubject, LoadState};
use crate::app::{State, identifiers};
use crate::say;
use crate::ui::{text, theme};

/// A badge: what it says, how much it matters, and what it says to those who point at it.
struct Badge {
    text: String,
    color: Color32,
    details: Vec<String>,
}

fn badges(pane: &Pane<'_>, state: &State, entry: &Entry) -> Vec<Badge> {
    let mut badges = Vec::new();
    let mut add = |text: String, color: Color32, details: Vec<String>| {
        badges.push(Badge { text, color, details });
    };
    let is_plane = pane.id.view().is_some();
    if state.view.is_neurological && is_plane && pane.id != PaneId::Sagittal {
        add(
            say!("ui-neurological"),
            theme::PANE_WARNING,
            vec![say!("ui-neurological-tip")],
        );
    }
    let warnings: Vec<String> = entry.warnings().map(|text| identifiers::text(state, text)).collect();
    if !warnings.is_empty() {
        add(
            say!("ui-warnings", count = warnings.len()),
            theme::PANE_WARNING,
            warnings,
        );
    }
    if let Some(notice) = &pane.notice {
        add(notice.clone(), theme::PANE_WARNING, Vec::new());
    }
    match entry.load {
        LoadState::Loading(job) => {
            let progress = state
                .jobs
                .get(&job)
                .filter(|status| matches!(status.subject, JobSubject::Volume(_)))
                .and_then(|status| status.progress);
            let percent = progress.map_or(0, |(done, total)| done * 100 / total.max(1));
            add(
                say!("ui-loading", percent = percent.to_string()),
                theme::PANE_STRONG,
                Vec::new(),
            );
        }
        LoadState::Stopped => add(say!("ui-stopped"), theme::PANE_WARNING, vec![say!("ui-stopped-tip")]),
        LoadState::Header | LoadState::Loaded => {}
    }
    badges
}

/// Shows the badges of a pane, below one another on its right, from a height of the window on.
pub(super) fn show(ui: &mut Ui, pane: &Pane<'_>, state: &State, below: f32) {
    let Some(entry) = state.shown() else { return };
    let mut at = pos2(pane.rect.right() - theme::PANE_INSET, below + 2.0);
    let widest = pane.rect.width() * 0.5;
    let painter = ui.painter_at(pane.rect);
    for (n, badge) in badges(pane, state, entry).into_iter().enumerate() {
        let short = text::shortened(&painter, &badge.text, &theme::pane_font(), widest);
        let drawn: Rect = text::over_picture(&painter, at, Align2::RIGHT_TOP, &short, theme::pane_font(), badge.color);
        at += vec2(0.0, drawn.height() + 2.0);
        let response = ui.interact(drawn, super::input::pane_id(pane.id).with(("badge", n)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &badge.text));
        let details = if badge.details.is_empty() && short != badge.text {
            std::slice::from_ref(&badge.text)
        } else {
            &badge.details
        };
        if !details.is_empty() {
            response.on_hover_ui(|ui| {
                for detail in details {
                    ui.label(detail);
                }
            });
        }
    }
}
