//! What stands where the panes will be: how to begin.

use egui::{RichText, Ui};

use crate::app::{Command, State};
use crate::say;
use crate::ui::{Commands, Memory, theme};

/// Shows the start page.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() / 3.0 - 60.0).max(theme::GAP));
        ui.label(
            RichText::new(say!("ui-start-title"))
                .size(2.0 * theme::FONT_HEADING)
                .color(theme::of(ui).text_strong),
        );
        ui.label(RichText::new(say!("ui-start-subtitle")).color(theme::of(ui).text_weak));
        ui.add_space(2.0 * theme::GAP);
        if !state.jobs.is_empty() {
            ui.label(say!("ui-start-reading"));
            return;
        }
        for (label, command) in [
            (say!("ui-start-files"), Command::ChooseFiles),
            (say!("ui-start-folder"), Command::ChooseFolder),
            (say!("ui-start-demo"), Command::OpenDemo),
        ] {
            if ui
                .add(egui::Button::new(label).min_size(egui::vec2(240.0, 26.0)))
                .clicked()
            {
                commands.push(command);
            }
        }
        if ui
            .add(egui::Button::new(say!("ui-start-path")).min_size(egui::vec2(240.0, 26.0)))
            .clicked()
        {
            memory.focus_path = true;
        }
        ui.add_space(theme::GAP);
        ui.label(RichText::new(say!("ui-start-drop")).color(theme::of(ui).text_weak));
        ui.add_space(2.0 * theme::GAP);
        ui.label(RichText::new(say!("ui-not-for-diagnosis")).color(theme::of(ui).warning));
    });
}
