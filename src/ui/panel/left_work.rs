//! Painted work that a program left behind when it ended: brought back or thrown away by a click.

use egui::{Label, RichText, Role, Ui, WidgetInfo};

use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::{Commands, theme};

/// With less room than this the name has a line of its own.
const ROOM_FOR_ONE_LINE: f32 = 300.0;

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
        let name = if identifiers::are_hidden(state) {
            say!("ui-left-work-number", number = index + 1)
        } else {
            left.head.name.clone()
        };
        // A long name makes the panel no wider.
        let label = Label::new(RichText::new(&name).color(theme::of(ui).text)).truncate();
        let has_line = ui.available_width() < ROOM_FOR_ONE_LINE;
        let label = if has_line {
            ui.add(label);
            None
        } else {
            Some(label)
        };
        ui.horizontal(|ui| {
            let back = ui.button(say!("ui-left-work-back"));
            let says = say!("ui-left-work-back-name", name = name.clone());
            back.widget_info(|| WidgetInfo::labeled(Role::Button, true, &says));
            if back.on_hover_text(says.clone()).clicked() {
                commands.push(Command::RecoverWork { index });
            }
            // Nothing brings it back: a second click says that it is meant.
            let key = ui.scope_id().with(("thrown-away", index, &left.head.name));
            let is_asked: bool = ui.data(|data| data.get_temp(key)).unwrap_or_default();
            let (text, says) = if is_asked {
                let name = name.clone();
                (
                    say!("work-left-work-away-really"),
                    say!("work-left-work-away-really-name", name = name),
                )
            } else {
                (
                    say!("ui-left-work-away"),
                    say!("work-left-work-away-name", name = name.clone()),
                )
            };
            let away = ui.small_button(text);
            away.widget_info(|| WidgetInfo::labeled(Role::Button, true, &says));
            let away = away.on_hover_text(say!("ui-left-work-away-tip"));
            if away.clicked() {
                ui.data_mut(|data| data.insert_temp(key, !is_asked));
                if is_asked {
                    commands.push(Command::DiscardWork { index });
                }
            } else if is_asked && away.clicked_elsewhere() {
                ui.data_mut(|data| data.insert_temp(key, false));
            }
            if let Some(label) = label {
                ui.add(label);
            }
        });
    }
    ui.add_space(2.0 * theme::GAP);
}
