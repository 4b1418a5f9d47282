//! What the user should read, until it is dismissed.

use egui::{Frame, Label, Margin, Panel, RichText, Sense, Ui, vec2};

use super::toolbar::glyph_button;
use crate::app::state::{Level, Message};
use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::{Commands, glyph, theme};

/// Messages seen at a time; the newest ones.
const SEEN: usize = 3;

/// Shows the newest messages as strips below the menu.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let first = state.messages.len().saturating_sub(SEEN);
    for (index, message) in state.messages.iter().enumerate().skip(first) {
        let colors = theme::of(ui);
        let fill = match message.level {
            Level::Note => colors.note_fill,
            Level::Error => colors.error_fill,
        };
        let frame = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 2));
        Panel::top(("message", index - first))
            .frame(frame)
            .resizable(false)
            .show_separator_line(false)
            .show(ui, |ui| {
                if strip(ui, message, &identifiers::text(state, &message.text)) {
                    commands.push(Command::DismissMessage { index });
                }
            });
    }
}

/// One message. True if it is to go.
fn strip(ui: &mut Ui, message: &Message, text: &str) -> bool {
    let colors = theme::of(ui);
    let (picture, mark) = match message.level {
        Level::Note => (&glyph::NOTE, colors.text),
        Level::Error => (&glyph::WARNING, colors.warning),
    };
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let dismiss = glyph_button(ui, &glyph::CLOSE, None, &say!("ui-dismiss"));
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(theme::GLYPH, theme::GLYPH), Sense::hover());
            picture.paint(ui.painter(), rect, theme::GLYPH, mark);
            ui.add(Label::new(RichText::new(text).color(colors.text_strong)).wrap());
        });
        dismiss.on_hover_text(say!("ui-dismiss")).clicked()
    })
    .inner
}
