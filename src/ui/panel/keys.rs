//! The list of keys and of what the mouse does.

use egui::{Grid, RichText, ScrollArea, Window};

use crate::say;
use crate::ui::action::{self, Group};
use crate::ui::{Memory, text, theme};

/// Shows the list while it is wanted.
pub fn show(ctx: &egui::Context, memory: &mut Memory) {
    let mut is_open = memory.shows_keys;
    Window::new(say!("ui-keys"))
        .open(&mut is_open)
        .resizable(false)
        .collapsible(false)
        .default_height(ctx.content_rect().height() * 0.85)
        .show(ctx, |ui| {
            ScrollArea::vertical()
                .max_height(ui.ctx().content_rect().height() * 0.75)
                .show(ui, |ui| {
                    Grid::new("keys").num_columns(2).striped(true).show(ui, |ui| {
                        for (gesture, does) in mouse() {
                            ui.label(RichText::new(gesture).color(theme::of(ui).text_strong));
                            ui.label(does);
                            ui.end_row();
                        }
                        for group in Group::ALL {
                            for row in action::ROWS
                                .iter()
                                .filter(|row| row.group == group && !row.label().is_empty())
                            {
                                let Some(shortcut) = row.shortcut else {
                                    continue;
                                };
                                ui.label(
                                    RichText::new(text::shortcut(ui.ctx(), &shortcut)).color(theme::of(ui).text_strong),
                                );
                                ui.label(row.label());
                                ui.end_row();
                            }
                        }
                    });
                });
        });
    memory.shows_keys = is_open;
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
