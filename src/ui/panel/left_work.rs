//! Painted work that a program left behind when it ended: brought back or thrown away by a click.

use egui::{Label, RichText, Role, Ui, WidgetInfo};

use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::{Commands, theme};

/// Shows the list, if there is any.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    if state.left_work.is_empty() {
        return;
    }
    ui.label(
        RichText::new(say!("ui-left-work"))
            .size(theme::FONT_HEADING)
            .color(theme::of(ui).text_strong),
    );
    for (index, left) in state.left_work.iter().enumerate() {
        ui.horizontal(|ui| {
            let back = ui.button(say!("ui-left-work-back"));
            let name = if identifiers::are_hidden(state) {
                say!("ui-left-work-number", number = index + 1)
            } else {
                left.head.name.clone()
            };
            let says = say!("ui-left-work-back-name", name = name.clone());
            back.widget_info(|| WidgetInfo::labeled(Role::Button, true, &says));
            if back.on_hover_text(says.clone()).clicked() {
                commands.push(Command::RecoverWork { index });
            }
            let away = ui.small_button(say!("ui-left-work-away"));
            if away.on_hover_text(say!("ui-left-work-away-tip")).clicked() {
                commands.push(Command::DiscardWork { index });
            }
            // A long name makes the panel no wider.
            ui.add(Label::new(RichText::new(name).color(theme::of(ui).text)).truncate());
        });
    }
    ui.add_space(2.0 * theme::GAP);
}
