//! The help sheet: every key from the table of actions, and what the mouse does.

use egui::{RichText, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use super::dialog;
use crate::say;
use crate::ui::action::{self, Group};
use crate::ui::{Memory, text, theme};

/// The narrowest column of the sheet.
const COLUMN: f32 = 330.0;

/// Room for a key or a gesture.
const KEY: f32 = 132.0;

/// A part of the sheet: its heading, and keys or gestures with what they do.
struct Part {
    title: String,
    lines: Vec<(String, String)>,
}

/// Shows the sheet.
pub fn show(ui: &mut Ui, memory: &mut Memory) {
    search(ui, memory);
    let sought = memory.sought.trim().to_lowercase();
    let parts = parts(ui.ctx(), &sought);
    if parts.is_empty() {
        ui.weak(say!("window-keys-none"));
        return;
    }
    ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        let columns = if ui.available_width() >= 2.0 * COLUMN { 2 } else { 1 };
        let columns = columns.min(parts.len());
        let total: usize = parts.iter().map(height).sum();
        ui.columns(columns, |columns| {
            // Parts stay whole; a new column begins when the last one has its share.
            let count = columns.len();
            let mut above = 0;
            for part in &parts {
                let column = (above * count / total.max(1)).min(count - 1);
                if let Some(ui) = columns.get_mut(column) {
                    lines(ui, part);
                }
                above += height(part);
            }
        });
    });
}

fn height(part: &Part) -> usize {
    part.lines.len() + 2
}

fn search(ui: &mut Ui, memory: &mut Memory) {
    let field = TextEdit::singleline(&mut memory.sought)
        .hint_text(say!("window-keys-search"))
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(true, "", &memory.sought, "");
        info.label = Some(say!("window-keys-search"));
        info
    });
    if std::mem::take(&mut memory.focus_search) {
        response.request_focus();
    }
}

/// Everything in which the sought text occurs.
fn parts(ctx: &egui::Context, sought: &str) -> Vec<Part> {
    let mouse = Part {
        title: say!("window-keys-mouse"),
        lines: mouse().into(),
    };
    let keys = Group::ALL.into_iter().map(|group| Part {
        title: group.label(),
        lines: action::ROWS
            .iter()
            .filter(|row| row.group == group && !row.label().is_empty())
            .filter_map(|row| Some((text::shortcut(ctx, &row.shortcut?), row.label())))
            .collect(),
    });
    let is_sought =
        |(key, does): &(String, String)| key.to_lowercase().contains(sought) || does.to_lowercase().contains(sought);
    std::iter::once(mouse)
        .chain(keys)
        .map(|part| Part {
            lines: part.lines.into_iter().filter(is_sought).collect(),
            ..part
        })
        .filter(|part| !part.lines.is_empty())
        .collect()
}

fn lines(ui: &mut Ui, part: &Part) {
    ui.spacing_mut().item_spacing.y = 3.0;
    dialog::section(ui, &part.title);
    for (key, does) in &part.lines {
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(vec2(KEY, 0.0), egui::Layout::left_to_right(egui::Align::Min), |ui| {
                ui.set_min_width(KEY);
                ui.add(egui::Label::new(RichText::new(key).color(theme::of(ui).text_strong)).wrap());
            });
            ui.add(egui::Label::new(does).wrap());
        });
    }
}

fn mouse() -> [(String, String); 9] {
    [
        (say!("ui-mouse-left"), say!("ui-mouse-left-does")),
        (say!("ui-mouse-control-left"), say!("ui-mouse-control-left-does")),
        (say!("ui-mouse-middle"), say!("ui-mouse-middle-does")),
        (say!("ui-mouse-right"), say!("ui-mouse-right-does")),
        (say!("ui-mouse-right-click"), say!("ui-mouse-right-click-does")),
        (say!("ui-mouse-wheel"), say!("ui-mouse-wheel-does")),
        (say!("ui-mouse-control-wheel"), say!("ui-mouse-control-wheel-does")),
        (say!("ui-mouse-shift"), say!("ui-mouse-shift-does")),
        (say!("ui-mouse-double"), say!("ui-mouse-double-does")),
    ]
}
