//! The list of cases: which are done, which is open, and on to the next.

use egui::{Align, Layout, ProgressBar, Response, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo};

use super::menu;
use super::toolbar::glyph_button;
use crate::app::cases::{CaseChange, CaseStatus, Cases};
use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::action::Action;
use crate::ui::{Commands, glyph, theme};

/// Height of the list.
const HEIGHT: f32 = 168.0;

/// Shows the list, if there is one.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let Some(cases) = &state.cases else { return };
    let (done, all) = (cases.done(), cases.list.cases.len());
    ui.horizontal(|ui| {
        ui.label(RichText::new(say!("ui-cases")).color(theme::of(ui).text_strong));
        ui.label(RichText::new(say!("ui-cases-done", done = done, all = all)).color(theme::of(ui).text_weak));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = say!("ui-cases-close");
            let close = glyph_button(ui, &glyph::CLOSE, None, &name);
            if close.on_hover_text(name).clicked() {
                commands.push(Command::Cases(CaseChange::Close));
            }
        });
    });
    ui.add(ProgressBar::new(done as f32 / all.max(1) as f32).desired_height(3.0));
    ui.horizontal(|ui| {
        let mut step = |ui: &mut Ui, text: String, action: Action, steps: i64| {
            let is_there = cases.at_step(steps).is_some() && cases.current.is_some();
            let button = ui.add_enabled(is_there, egui::Button::new(text));
            if menu::tip_of(button, action).clicked() {
                commands.push(Command::Cases(CaseChange::Step(steps)));
            }
        };
        step(ui, say!("ui-cases-back"), Action::Case(-1), -1);
        step(ui, say!("ui-cases-on"), Action::Case(1), 1);
        let done = ui.add_enabled(cases.current.is_some(), egui::Button::new(say!("ui-cases-done-next")));
        if menu::tip_of(done, Action::CaseDone).clicked() {
            commands.push(Command::Cases(CaseChange::DoneAndNext));
        }
    });
    let height = ui.text_style_height(&egui::TextStyle::Body) + 4.0;
    // The open case is kept in sight when it changes.
    let key = ui.scope_id().with("scrolled");
    let last: Option<usize> = ui.data_mut(|data| {
        let last = data.get_temp(key).unwrap_or_default();
        data.insert_temp(key, cases.current);
        last
    });
    let mut area = ScrollArea::vertical()
        .id_salt("cases")
        .max_height(HEIGHT)
        .auto_shrink([false, true]);
    if let Some(current) = cases.current.filter(|_| last != cases.current) {
        let above = (HEIGHT / height / 2.0).floor();
        area = area.vertical_scroll_offset((current as f32 - above).max(0.0) * (height + ui.spacing().item_spacing.y));
    }
    area.show_rows(ui, height, all, |ui, rows| {
        for index in rows {
            row(ui, state, cases, index, height, commands);
        }
    });
    ui.separator();
}

fn row(ui: &mut Ui, state: &State, cases: &Cases, index: usize, height: f32, commands: &mut Commands) {
    let Some(case) = cases.list.cases.get(index) else {
        return;
    };
    let name = if identifiers::are_hidden(state) {
        say!("ui-case-number", number = index + 1)
    } else {
        case.name()
    };
    let is_current = cases.current == Some(index);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::click());
    let says = format!("{name}, {}", status_name(case.status));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_current, &says));
    let colors = theme::of(ui);
    if is_current || response.hovered() || response.has_focus() {
        let fill = if is_current {
            colors.selected
        } else {
            colors.widget_hovered
        };
        ui.painter().rect_filled(rect, f32::from(theme::CORNER), fill);
    }
    let middle = egui::pos2(rect.left() + 9.0, rect.center().y);
    match case.status {
        CaseStatus::Open => {
            let stroke = egui::Stroke::new(1.0, colors.text_weak);
            ui.painter().circle_stroke(middle, 3.5, stroke);
        }
        CaseStatus::Done => {
            ui.painter().circle_filled(middle, 4.0, colors.accent);
        }
        CaseStatus::Review => {
            ui.painter().circle_filled(middle, 4.0, colors.warning);
        }
    }
    let font = egui::TextStyle::Body.resolve(ui.style());
    let color = if is_current { colors.text_strong } else { colors.text };
    let text = ui.painter().layout_no_wrap(name, font, color);
    let at = egui::pos2(rect.left() + 20.0, rect.center().y - text.size().y / 2.0);
    ui.painter()
        .with_clip_rect(rect.intersect(ui.clip_rect()))
        .galley(at, text, color);
    if response.clicked() {
        commands.push(Command::Cases(CaseChange::Go(index)));
    }
    offers(&response, index, case.status, commands);
}

/// What can be said of a case.
fn offers(response: &Response, index: usize, now: CaseStatus, commands: &mut Commands) {
    response.context_menu(|ui| {
        for status in CaseStatus::ALL {
            if ui.radio(now == status, status_name(status)).clicked() {
                let index = Some(index);
                commands.push(Command::Cases(CaseChange::Mark { index, status }));
                ui.close();
            }
        }
    });
}

fn status_name(status: CaseStatus) -> String {
    match status {
        CaseStatus::Open => say!("ui-case-open"),
        CaseStatus::Done => say!("ui-case-done"),
        CaseStatus::Review => say!("ui-case-review"),
    }
}
