//! What stands where the panes will be: how to begin, and what was opened last.

use egui::{Align, Label, Layout, Rect, Response, RichText, ScrollArea, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::toolbar::glyph_button;
use super::{jobs, left_work, menu, path};
use crate::app::recent::{self, Recent};
use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::action::{self, Action};
use crate::ui::{Commands, Memory, glyph, icon, input, text, theme};

/// The page is no wider.
const WIDTH: f32 = 760.0;

/// Narrower than this, one column stands below the other.
const TWO_COLUMNS: f32 = 560.0;

/// Height of something that can be chosen.
const ROW: f32 = 34.0;

/// Shows the start page.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let room = ui.available_size();
        let width = (room.x - 4.0 * theme::GAP).clamp(200.0, WIDTH);
        ui.add_space((room.y * 0.12).clamp(theme::GAP, 120.0));
        ui.horizontal(|ui| {
            ui.add_space(((room.x - width) / 2.0).max(0.0));
            ui.vertical(|ui| {
                ui.set_width(width);
                heading(ui);
                ui.add_space(2.0 * theme::GAP);
                if jobs::any(state) {
                    jobs::list(ui, state, commands);
                    ui.add_space(2.0 * theme::GAP);
                }
                left_work::show(ui, state, commands);
                columns(ui, width, state, memory, commands);
                ui.add_space(3.0 * theme::GAP);
                ui.label(RichText::new(say!("ui-start-drop")).color(theme::of(ui).text_weak));
                ui.add_space(theme::GAP);
            });
        });
    });
}

fn heading(ui: &mut Ui) {
    ui.horizontal(|ui| {
        icon::show(ui, 48.0);
        ui.add_space(theme::GAP);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.label(
                RichText::new(say!("ui-start-title"))
                    .size(theme::FONT_TITLE)
                    .color(theme::of(ui).text_strong),
            );
            ui.label(RichText::new(say!("ui-start-subtitle")).color(theme::of(ui).text_weak));
        });
    });
}

fn columns(ui: &mut Ui, width: f32, state: &State, memory: &mut Memory, commands: &mut Commands) {
    if width < TWO_COLUMNS {
        begin(ui, state, memory, commands);
        ui.add_space(2.0 * theme::GAP);
        last(ui, state, commands);
        return;
    }
    ui.horizontal_top(|ui| {
        let gap = 6.0 * theme::GAP;
        let left = (width - gap) * 0.42;
        ui.allocate_ui_with_layout(vec2(left, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(left);
            begin(ui, state, memory, commands);
        });
        ui.add_space(gap - 2.0 * theme::GAP);
        ui.vertical(|ui| {
            ui.set_width(width - left - gap);
            last(ui, state, commands);
        });
    });
}

fn title(ui: &mut Ui, text: String) {
    ui.label(
        RichText::new(text)
            .size(theme::FONT_HEADING)
            .color(theme::of(ui).text_strong),
    );
    ui.add_space(2.0);
}

/// Ways to begin.
fn begin(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    title(ui, say!("window-start-begin"));
    for (action, label) in [
        (Action::OpenFiles, say!("ui-start-files")),
        (Action::OpenFolder, say!("ui-start-folder")),
        (Action::OpenDemo, say!("ui-start-demo")),
        (Action::TypePath, say!("ui-start-path")),
    ] {
        way(ui, action, &label, state, memory, commands);
    }
    if super::has_browser(state) {
        // The browser has the field for paths.
        return;
    }
    ui.add_space(theme::GAP);
    path::field(ui, state, memory, commands);
}

/// One way to begin, with its picture and its key.
fn way(ui: &mut Ui, action: Action, label: &str, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let Some(row) = action::find(action) else {
        return;
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, label));
    let colors = theme::of(ui);
    background(ui, rect, &response);
    let picture = Rect::from_min_size(rect.min, Vec2::splat(ROW));
    if let Some(glyph) = glyph::of(action) {
        glyph.paint(ui.painter(), picture, theme::GLYPH, colors.accent_line);
    }
    let middle = egui::pos2(rect.left() + ROW + theme::GAP / 2.0, rect.center().y);
    let font = egui::FontId::proportional(theme::FONT_LARGE);
    ui.painter()
        .text(middle, egui::Align2::LEFT_CENTER, label, font, colors.text_strong);
    if let Some(shortcut) = row.shortcut {
        let at = egui::pos2(rect.right() - theme::GAP, rect.center().y);
        let font = egui::FontId::proportional(theme::FONT_SMALL);
        let key = text::shortcut(ui.ctx(), &shortcut);
        ui.painter()
            .text(at, egui::Align2::RIGHT_CENTER, key, font, colors.text_weak);
    }
    let response = menu::tip(response, row);
    if response.clicked()
        && let Some(request) = row.request(state, state.view.focused)
    {
        input::carry_out(request, memory, commands);
    }
}

fn background(ui: &Ui, rect: Rect, response: &Response) {
    let colors = theme::of(ui);
    if response.hovered() {
        ui.painter()
            .rect_filled(rect, f32::from(theme::CORNER), colors.widget_hovered);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.0, colors.accent);
        ui.painter()
            .rect_stroke(rect, f32::from(theme::CORNER), stroke, egui::StrokeKind::Inside);
    }
}

/// What was opened last.
fn last(ui: &mut Ui, state: &State, commands: &mut Commands) {
    title(ui, say!("window-start-recent"));
    if state.settings.recent.is_empty() {
        let text = RichText::new(say!("window-start-no-recent")).color(theme::of(ui).text_weak);
        ui.add(Label::new(text).wrap());
        return;
    }
    if identifiers::are_hidden(state) {
        let text = RichText::new(say!("ui-recent-hidden")).color(theme::of(ui).text_weak);
        ui.add(Label::new(text).wrap());
        return;
    }
    let now = recent::seconds_now();
    for recent in &state.settings.recent {
        let is_there = !state.missing.contains(&recent.paths);
        entry(ui, recent, is_there, now, commands);
    }
}

fn entry(ui: &mut Ui, recent: &Recent, is_there: bool, now: u64, commands: &mut Commands) {
    let name = text::recent_name(recent);
    let colors = theme::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let width = ui.available_width() - 28.0;
        let sense = if is_there { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), sense);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, is_there, &name));
        if is_there {
            background(ui, rect, &response);
        }
        let inner = rect.shrink2(vec2(theme::GAP, 2.0));
        let (small, font) = (
            egui::FontId::proportional(theme::FONT_SMALL),
            egui::FontId::proportional(theme::FONT),
        );
        let (color, when) = if is_there {
            (colors.text_strong, text::ago(recent.opened, now))
        } else {
            (colors.text_weak, say!("window-recent-missing"))
        };
        let painter = ui.painter();
        let when = painter.text(
            inner.right_top() + vec2(0.0, 1.0),
            egui::Align2::RIGHT_TOP,
            when,
            small.clone(),
            colors.text_weak,
        );
        let room = inner.width() - when.width() - theme::GAP;
        let short = text::shortened(painter, &name, &font, room);
        painter.text(inner.left_top(), egui::Align2::LEFT_TOP, short, font, color);
        let folder = recent
            .folder()
            .map_or_else(String::new, |folder| folder.display().to_string());
        let folder = text::shortened_start(painter, &folder, &small, inner.width());
        painter.text(
            inner.left_bottom(),
            egui::Align2::LEFT_BOTTOM,
            folder,
            small,
            colors.text_weak,
        );
        if response.on_hover_text(text::paths(&recent.paths)).clicked() {
            commands.push(Command::Open {
                paths: recent.paths.clone(),
            });
        }
        let forget = say!("window-recent-forget", name = name);
        if glyph_button(ui, &glyph::CLOSE, None, &forget)
            .on_hover_text(say!("window-recent-forget-tip"))
            .clicked()
        {
            commands.push(Command::ForgetRecent {
                paths: recent.paths.clone(),
            });
        }
    });
}
