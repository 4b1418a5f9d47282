//! Everything that was done, step by step: a click on a step goes there.

use egui::{RichText, ScrollArea, Ui};

use crate::app::{Command, State};
use crate::say;
use crate::ui::panel::rows::rows;
use crate::ui::{Commands, theme};

/// Height of the list, points.
const HEIGHT: f32 = 360.0;

/// Shows the steps, the newest at the bottom; those that were undone are grey.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let history = &state.history;
    let done = history.done_count();
    ScrollArea::vertical()
        .max_height(HEIGHT)
        .auto_shrink([false, true])
        .stick_to_bottom(true)
        .show(ui, |ui| {
            let beginning = say!("ui-history-beginning");
            let height = ui.spacing().interact_size.y;
            rows(ui, history.len() + 1, height, None, |ui, n| {
                let name = n
                    .checked_sub(1)
                    .map_or(Some(beginning.as_str()), |step| history.name(step));
                let Some(name) = name else { return };
                let text = if n > 0 {
                    say!("ui-history-step", number = n, name = name.to_owned())
                } else {
                    name.to_owned()
                };
                let mut rich = RichText::new(text);
                if n > done {
                    rich = rich.color(theme::of(ui).text_weak);
                }
                let tip = if n > done {
                    say!("ui-history-redo-tip")
                } else {
                    say!("ui-history-back-tip")
                };
                let row = ui.push_id(n, |ui| ui.selectable_label(n == done, rich)).inner;
                if row.on_hover_text(tip).clicked() {
                    commands.push(Command::GoToStep { done: n });
                }
            });
        });
    let mb = |bytes: usize| (bytes as f64 / f64::from(1 << 20) * 10.0).round() / 10.0;
    let used = say!(
        "ui-history-bytes",
        used = mb(history.bytes()),
        most = mb(crate::app::history::MAX_BYTES)
    );
    ui.label(RichText::new(used).color(theme::of(ui).text_weak))
        .on_hover_text(say!("ui-history-bytes-tip"));
}
