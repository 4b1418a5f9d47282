//! The menu bar, and the items that other menus share with it.

use egui::{Button, MenuBar, Role, Ui, WidgetInfo};

use crate::app::pane::PaneId;
use crate::app::tool::Tool;
use crate::app::{Command, State};
use crate::ui::action::{self, Action, Group};
use crate::ui::{Commands, Memory, input, text};

/// The bar at the top of the window.
pub fn bar(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    MenuBar::new().ui(ui, |ui| {
        for group in Group::ALL {
            ui.menu_button(group.label(), |ui| {
                for row in action::ROWS
                    .iter()
                    .filter(|row| row.group == group && !matches!(row.action, Action::Preset(_)))
                {
                    item(ui, row.action, state.view.focused, state, memory, commands);
                }
                if group == Group::Window {
                    ui.separator();
                    presets(ui, state, commands, false);
                }
            });
        }
        if state.shown().is_none() {
            return;
        }
        ui.separator();
        for action in [
            Action::Tool(Tool::Window),
            Action::Tool(Tool::Length),
            Action::ToggleAlignment,
            Action::Crosshair,
            Action::ResetView,
        ] {
            item(ui, action, state.view.focused, state, memory, commands);
        }
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
    let mut response = ui.add_enabled(request.is_some(), button);
    // Without the shortcut, which is no part of the name.
    response.widget_info(|| WidgetInfo::labeled(Role::Button, request.is_some(), row.label_now(state)));
    if let Some(tip) = row.tip() {
        response = response.on_hover_text(tip);
    }
    if response.clicked()
        && let Some(request) = request
    {
        input::carry_out(request, memory, commands);
        ui.close();
    }
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
        if ui.add(button).on_hover_text(text::window(&preset.window())).clicked() {
            commands.push(Command::WindowPreset {
                name: preset.name.clone(),
            });
            ui.close();
        }
    }
}
