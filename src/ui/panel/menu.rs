//! The menu bar, and the items that other menus share with it.

use egui::{Button, MenuBar, Response, RichText, Role, Ui, WidgetInfo};

use super::toolbar;
use crate::app::pane::PaneId;
use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::action::{self, Action, Group, Row};
use crate::ui::{Commands, Memory, input, text, theme};

/// Width of a menu, so that shortcuts stand apart from names.
const WIDTH: f32 = 230.0;

/// The bar at the top of the window.
pub fn bar(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    // Names of menus stand as high as the tools beside them.
    ui.spacing_mut().interact_size.y = theme::BAR;
    MenuBar::new().ui(ui, |ui| {
        for group in Group::ALL {
            ui.menu_button(group.label(), |ui| {
                ui.set_min_width(WIDTH);
                menu(ui, group, state, memory, commands);
            });
        }
        toolbar::show(ui, state, memory, commands);
    });
}

fn menu(ui: &mut Ui, group: Group, state: &State, memory: &mut Memory, commands: &mut Commands) {
    for row in action::ROWS
        .iter()
        .filter(|row| row.group == group && !matches!(row.action, Action::Preset(_)))
    {
        if row.begins_section {
            ui.separator();
        }
        item(ui, row.action, state.view.focused, state, memory, commands);
        if row.action == Action::OpenFolder {
            recent(ui, state, commands);
        }
    }
    if group == Group::Window {
        ui.separator();
        presets(ui, state, commands, false);
    }
}

/// What was opened last.
fn recent(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let recent = &state.settings.recent;
    // Names of folders are often names of patients.
    let is_open = !recent.is_empty() && !identifiers::are_hidden(state);
    ui.add_enabled_ui(is_open, |ui| {
        ui.menu_button(say!("window-recent"), |ui| {
            ui.set_min_width(WIDTH);
            for recent in recent {
                let is_there = !state.missing.contains(&recent.paths);
                let button = Button::new(text::recent_name(recent));
                let response = ui
                    .add_enabled(is_there, button)
                    .on_hover_text(text::paths(&recent.paths))
                    .on_disabled_hover_text(say!("window-recent-missing"));
                if response.clicked() {
                    commands.push(Command::Open {
                        paths: recent.paths.clone(),
                    });
                    ui.close();
                }
            }
            ui.separator();
            if ui.button(say!("window-recent-clear")).clicked() {
                commands.push(Command::ForgetAllRecent);
                ui.close();
            }
        });
    });
}

/// One action as an item of a menu or a bar.
pub fn item(ui: &mut Ui, action: Action, pane: PaneId, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let Some(row) = action::find(action) else {
        return;
    };
    let request = row.request(state, pane);
    let mut button = Button::new(row.label_now(state)).selected(row.is_on(state) == Some(true));
    if let Some(shortcut) = row.shortcut {
        button = button.shortcut_text(text::shortcut(ui.ctx(), &shortcut));
    }
    let response = ui.add_enabled(request.is_some(), button);
    // Without the shortcut, which is no part of the name.
    response.widget_info(|| WidgetInfo::labeled(Role::Button, request.is_some(), row.label_now(state)));
    let response = tip(response, row);
    if response.clicked()
        && let Some(request) = request
    {
        input::carry_out(request, memory, commands);
        ui.close();
    }
}

/// What an action is called, its key and what it does, under the pointer.
pub fn tip(response: Response, row: &Row) -> Response {
    let key = row.shortcut.map(|key| text::shortcut(&response.ctx, &key));
    tip_saying(response, &row.label(), key.as_deref(), row.tip().as_deref())
}

/// The same for a button that does what an action of the table does.
pub fn tip_of(response: Response, action: Action) -> Response {
    match action::find(action) {
        Some(row) => tip(response, row),
        None => response,
    }
}

/// A name with its key, and what there is to say about it, under the pointer.
pub fn tip_saying(response: Response, name: &str, key: Option<&str>, more: Option<&str>) -> Response {
    let show = |ui: &mut Ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).color(theme::of(ui).text_strong));
            if let Some(key) = key {
                ui.weak(key);
            }
        });
        if let Some(more) = more {
            ui.label(more);
        }
    };
    response.on_hover_ui(show).on_disabled_hover_ui(show)
}

/// The key of an action, for a tip.
pub fn key_of(ctx: &egui::Context, action: Action) -> Option<String> {
    Some(text::shortcut(ctx, &action::find(action)?.shortcut?))
}

/// The window presets that fit what is shown, all or only those with a key.
pub fn presets(ui: &mut Ui, state: &State, commands: &mut Commands, only_with_key: bool) {
    for preset in state
        .shown()
        .into_iter()
        .flat_map(text::presets_for)
        .filter(|preset| preset.key.is_some() || !only_with_key)
    {
        let mut button = Button::new(preset.title());
        if let Some(key) = preset.key {
            button = button.shortcut_text(key.to_string());
        }
        let key = preset.key.map(|key| key.to_string());
        let response = ui.add(button);
        if tip_saying(
            response,
            &preset.title(),
            key.as_deref(),
            Some(&text::window(&preset.window())),
        )
        .clicked()
        {
            commands.push(Command::WindowPreset {
                name: preset.name.clone(),
            });
            ui.close();
        }
    }
}
