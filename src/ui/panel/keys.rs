//! The help sheet: every key from the table of actions, and what the mouse does.

use egui::{RichText, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use super::dialog;
use crate::say;
use crate::ui::action::{self, Group};
use crate::ui::{Memory, text, theme};

/// The narrowest column of the sheet.
const COLUMN: f32 = 330.0;

/// Room for a key or a gesture.
const KEY: f32 = 118.0;

/// Space between lines.
const LINE_GAP: f32 = 3.0;

/// Height of a heading with the space around it.
const HEADING: f32 = 30.0;

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
        let most = (ui.available_width() / COLUMN).floor().clamp(1.0, 3.0) as usize;
        let count = most.min(parts.len());
        let width = ui.available_width() / count as f32 - KEY - 2.0 * theme::GAP;
        let heights: Vec<f32> = parts.iter().map(|part| height(ui, part, width)).collect();
        let places = balanced(&heights, count);
        ui.columns(count, |columns| {
            for (part, column) in parts.iter().zip(places) {
                if let Some(ui) = columns.get_mut(column) {
                    lines(ui, part);
                }
            }
        });
    });
}

/// Height of a part in points, with its heading.
fn height(ui: &Ui, part: &Part, width: f32) -> f32 {
    let font = egui::FontId::proportional(theme::FONT);
    let of = |text: &str, width: f32| {
        let galley = ui
            .painter()
            .layout(text.to_owned(), font.clone(), theme::of(ui).text, width);
        galley.size().y
    };
    let lines = part
        .lines
        .iter()
        .map(|(key, does)| of(key, KEY).max(of(does, width)) + LINE_GAP);
    lines.sum::<f32>() + HEADING
}

/// Which column each part stands in: parts stay whole and in their order, and the highest column is as low as can be.
fn balanced(heights: &[f32], count: usize) -> Vec<usize> {
    let filled = |limit: f32| {
        let (mut column, mut taken) = (0, 0.0);
        let places: Vec<usize> = heights
            .iter()
            .map(|height| {
                if taken > 0.0 && taken + height > limit {
                    (column, taken) = (column + 1, 0.0);
                }
                taken += height;
                column
            })
            .collect();
        (column < count).then_some(places)
    };
    // The right limit is the height of some parts in a row.
    let sums = (0..heights.len()).flat_map(|from| {
        heights.iter().skip(from).scan(0.0, |sum: &mut f32, height| {
            *sum += height;
            Some(*sum)
        })
    });
    let mut limits: Vec<f32> = sums.collect();
    limits.sort_by(f32::total_cmp);
    limits
        .into_iter()
        .find_map(filled)
        .unwrap_or_else(|| vec![0; heights.len()])
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
    ui.spacing_mut().item_spacing.y = LINE_GAP;
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

#[cfg(test)]
mod tests {
    use super::balanced;

    #[test]
    fn columns_are_about_as_high() {
        assert_eq!(balanced(&[4.0, 1.0, 1.0, 3.0, 3.0], 3), [0, 0, 1, 1, 2]);
        assert_eq!(balanced(&[1.0, 1.0, 1.0, 9.0], 2), [0, 0, 0, 1]);
        assert_eq!(balanced(&[2.0], 1), [0]);
        assert_eq!(balanced(&[3.0, 3.0], 1), [0, 0]);
    }
}
