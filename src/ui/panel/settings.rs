//! The settings page: what holds from session to session. Everything takes effect at once.

use egui::{RichText, ScrollArea, Slider, Ui};

use super::dialog;
use crate::app::pane::Arrangement;
use crate::app::settings::{SCALES, Setting, Settings, Theme};
use crate::app::{Command, State};
use crate::say;
use crate::scene::Interpolation;
use crate::ui::{Commands, theme};

/// Room for the name of a setting.
const NAME: f32 = 160.0;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let settings = &state.settings;
    ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        dialog::section(ui, &say!("window-settings-look"));
        look(ui, settings, commands);
        dialog::section(ui, &say!("window-settings-panes"));
        panes(ui, settings, commands);
        dialog::section(ui, &say!("window-settings-mouse"));
        line(ui, &say!("window-settings-drag"), |ui| {
            let mut up_is_brighter = settings.up_is_brighter;
            if ui
                .checkbox(&mut up_is_brighter, say!("window-settings-brighter"))
                .changed()
            {
                commands.push(Command::SetSetting(Setting::UpIsBrighter(up_is_brighter)));
            }
        });
        dialog::section(ui, &say!("window-settings-memory"));
        memory(ui, state, commands);
        ui.add_space(theme::GAP);
    });
}

/// The name of a setting, and the setting.
fn line(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let room = egui::vec2(NAME.min(ui.available_width() / 3.0), ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(room, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_width(room.x);
            ui.add(egui::Label::new(name).truncate());
        });
        add(ui);
    });
}

/// One of several values, side by side. Answers the one that was chosen.
fn choice<T: Copy + PartialEq>(ui: &mut Ui, now: T, values: &[(T, String)]) -> Option<T> {
    let mut chosen = None;
    for (value, name) in values {
        if ui.selectable_label(now == *value, name).clicked() {
            chosen = Some(*value);
        }
    }
    chosen
}

fn look(ui: &mut Ui, settings: &Settings, commands: &mut Commands) {
    line(ui, &say!("window-settings-theme"), |ui| {
        let themes = [
            (Theme::Dark, say!("window-settings-dark")),
            (Theme::Light, say!("window-settings-light")),
            (Theme::System, say!("window-settings-system")),
        ];
        if let Some(theme) = choice(ui, settings.theme, &themes) {
            commands.push(Command::SetSetting(Setting::Theme(theme)));
        }
    });
    line(ui, &say!("window-settings-scale"), |ui| {
        let mut percent = (settings.scale * 100.0).round();
        let range = SCALES.start() * 100.0..=SCALES.end() * 100.0;
        let slider = Slider::new(&mut percent, range)
            .step_by(5.0)
            .suffix(say!("window-percent"))
            // While it is dragged, the slider must not move away under the pointer.
            .update_while_editing(false);
        let response = ui.add(slider);
        response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(percent), say!("window-settings-scale")));
        if response.drag_stopped() || (response.changed() && !response.dragged()) {
            commands.push(Command::SetSetting(Setting::Scale(percent / 100.0)));
        }
    });
}

fn panes(ui: &mut Ui, settings: &Settings, commands: &mut Commands) {
    line(ui, &say!("window-settings-layout"), |ui| {
        let layouts = [
            (Arrangement::Single, say!("window-layout-single")),
            (Arrangement::OneAndThree, say!("window-layout-one-and-three")),
            (Arrangement::Quad, say!("window-layout-quad")),
        ];
        if let Some(layout) = choice(ui, settings.layout, &layouts) {
            commands.push(Command::SetLayout { layout });
        }
    });
    line(ui, &say!("window-settings-sides"), |ui| {
        let sides = [
            (false, say!("window-settings-radiological")),
            (true, say!("window-settings-neurological")),
        ];
        if let Some(is_neurological) = choice(ui, settings.is_neurological, &sides) {
            commands.push(Command::SetSetting(Setting::Neurological(is_neurological)));
        }
    });
    line(ui, &say!("window-settings-interpolation"), |ui| {
        let ways = [
            (Interpolation::Nearest, say!("ui-nearest")),
            (Interpolation::Linear, say!("ui-linear")),
            (Interpolation::Cubic, say!("ui-cubic")),
        ];
        if let Some(way) = choice(ui, settings.interpolation, &ways) {
            commands.push(Command::SetSetting(Setting::Interpolation(way)));
        }
    });
    line(ui, &say!("ui-crosshair"), |ui| {
        let mut crosshair = settings.crosshair;
        if ui.checkbox(&mut crosshair, say!("window-settings-crosshair")).changed() {
            commands.push(Command::SetSetting(Setting::Crosshair(crosshair)));
        }
    });
}

fn memory(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let count = state.settings.recent.len();
    line(ui, &say!("window-settings-recent"), |ui| {
        ui.label(say!("window-settings-recent-count", count = count));
        ui.add_enabled_ui(count > 0, |ui| {
            if ui.button(say!("window-recent-clear")).clicked() {
                commands.push(Command::ForgetAllRecent);
            }
        });
    });
    line(ui, &say!("window-settings-all"), |ui| {
        if ui
            .button(say!("window-settings-reset"))
            .on_hover_text(say!("window-settings-reset-tip"))
            .clicked()
        {
            commands.push(Command::ResetSettings);
        }
    });
    let kept = match &state.settings_file {
        Some(path) => say!("window-settings-kept", path = path.display().to_string()),
        None => say!("window-settings-not-kept"),
    };
    let text = RichText::new(kept)
        .color(theme::of(ui).text_weak)
        .size(theme::FONT_SMALL);
    ui.add(egui::Label::new(text).wrap());
}
