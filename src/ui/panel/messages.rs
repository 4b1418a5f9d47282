//! What the user should read, until it is dismissed.

use egui::{Frame, Margin, Panel, Ui};

use crate::app::state::Level;
use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::{Commands, theme};

/// Messages seen at a time; the newest ones.
const SEEN: usize = 3;

/// Shows the newest messages as strips below the menu.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let first = state.messages.len().saturating_sub(SEEN);
    for (index, message) in state.messages.iter().enumerate().skip(first) {
        let (fill, color) = match message.level {
            Level::Note => (theme::of(ui).note_fill, theme::of(ui).text),
            Level::Error => (theme::of(ui).error_fill, theme::of(ui).text_strong),
        };
        let frame = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 3));
        Panel::top(("message", index - first))
            .frame(frame)
            .resizable(false)
            .show(ui, |ui| {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button(say!("ui-dismiss")).clicked() {
                        commands.push(Command::DismissMessage { index });
                    }
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        ui.add(
                            egui::Label::new(egui::RichText::new(identifiers::text(state, &message.text)).color(color))
                                .wrap(),
                        );
                    });
                });
            });
    }
}
