//! How the shown series is displayed: window, colours, slabs, time, and what is doubtful about it.

use egui::{Button, ComboBox, DragValue, RichText, ScrollArea, Slider, Ui};

use super::{colors, histogram, menu};
use crate::app::pane::PaneId;
use crate::app::state::Entry;
use crate::app::{Command, State, identifiers};
use crate::model::window::{Window, WindowFunction};
use crate::say;
use crate::scene::{Interpolation, Slab, SlabMode};
use crate::ui::action::Action;
use crate::ui::{Commands, Memory, pane, text, theme};

/// Slabs are set in steps of this many mm.
const SLAB_SPEED: f64 = 0.5;

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let Some(entry) = state.shown() else { return };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(theme::GAP);
        warnings(ui, entry, state);
        let is_gray = entry.volume().voxels.components() == 1;
        if is_gray {
            window(ui, entry, memory, commands);
            colors::show(ui, entry, commands);
        }
        interpolation(ui, entry, commands);
        if entry.volume().voxels.frames() > 1 {
            frames(ui, entry, commands);
        }
        if entry.volume().geometry().is_some() {
            slabs(ui, state, commands);
        } else if entry.volume().dims()[2] > 1 {
            stack(ui, state, entry, commands);
        }
        if is_gray {
            windows(ui, entry, state, commands);
        }
    });
}

fn heading(ui: &mut Ui, text: String) {
    ui.add_space(theme::GAP);
    ui.label(
        RichText::new(text)
            .color(theme::of(ui).text_weak)
            .size(theme::FONT_SMALL),
    );
}

fn window(ui: &mut Ui, entry: &Entry, memory: &mut Memory, commands: &mut Commands) {
    heading(ui, say!("ui-window"));
    histogram::show(ui, entry, &mut memory.histogram, commands);
    if let Some(now) = entry.display.window {
        fields(ui, now, commands);
        ui.horizontal(|ui| {
            let label = ui.label(say!("ui-function"));
            let combo = ComboBox::from_id_salt("function")
                .selected_text(function_name(now.function))
                .show_ui(ui, |ui| {
                    for function in [
                        WindowFunction::Linear,
                        WindowFunction::LinearExact,
                        WindowFunction::Sigmoid,
                    ] {
                        if ui
                            .selectable_label(now.function == function, function_name(function))
                            .clicked()
                        {
                            commands.push(Command::SetWindowFunction { function });
                        }
                    }
                });
            let response = combo.response.labelled_by(label.id);
            menu::tip_saying(response, &say!("ui-function"), None, Some(&say!("ui-function-tip")));
        });
    }
    ui.horizontal_wrapped(|ui| {
        let auto = ui.add_enabled(entry.auto_window.is_some(), Button::new(say!("ui-auto-window")));
        if menu::tip_of(auto, Action::AutoWindow).clicked() {
            commands.push(Command::AutoWindow);
        }
        let is_on = entry.display.invert;
        let invert = ui.add(Button::new(say!("ui-invert")).selected(is_on));
        invert.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_on, say!("ui-invert")));
        if menu::tip_of(invert, Action::Invert).clicked() {
            commands.push(Command::ToggleInvert);
        }
    });
}

/// The windows that can be chosen: the file's, and those that people know by name.
fn windows(ui: &mut Ui, entry: &Entry, state: &State, commands: &mut Commands) {
    let windows = &entry.volume().windows;
    if !windows.is_empty() {
        heading(ui, say!("ui-file-windows"));
        // Some files repeat the same window for every reader.
        for (index, named) in windows
            .iter()
            .enumerate()
            .filter(|(n, named)| !windows[..*n].contains(named))
        {
            let name = if named.name.is_empty() {
                say!("ui-file-window-number", number = (index + 1).to_string())
            } else {
                identifiers::text(state, &named.name)
            };
            if preset_row(ui, &name, &named.window, None, entry) {
                commands.push(Command::FileWindow { index });
            }
        }
    }
    let fitting: Vec<_> = text::presets_for(entry).collect();
    if !fitting.is_empty() {
        heading(ui, say!("ui-presets"));
    }
    for preset in fitting {
        if preset_row(ui, &preset.title(), &preset.window(), preset.key, entry) {
            commands.push(Command::WindowPreset {
                name: preset.name.clone(),
            });
        }
    }
}

fn fields(ui: &mut Ui, now: Window, commands: &mut Commands) {
    ui.horizontal(|ui| {
        let (mut center, mut width) = (now.center, now.width);
        let decimals = text::decimals(now.width);
        let speed = (now.width / 200.0).max(1e-6);
        let label = ui.label(say!("ui-width"));
        let field = DragValue::new(&mut width)
            .speed(speed)
            .range(now.smallest_width()..=f64::MAX)
            .max_decimals(decimals);
        let response = ui.add(field).labelled_by(label.id);
        let has_width = menu::tip_saying(response, &say!("ui-width-name"), None, Some(&say!("ui-field-tip"))).changed();
        let label = ui.label(say!("ui-center-field"));
        let response = ui
            .add(DragValue::new(&mut center).speed(speed).max_decimals(decimals))
            .labelled_by(label.id);
        let has_center =
            menu::tip_saying(response, &say!("ui-center-name"), None, Some(&say!("ui-field-tip"))).changed();
        if has_center || has_width {
            commands.push(Command::SetWindow { center, width });
        }
    });
}

/// A window that can be chosen, with its key and its numbers. True if it was.
fn preset_row(ui: &mut Ui, name: &str, window: &Window, key: Option<u8>, entry: &Entry) -> bool {
    let is_on = entry.display.window == Some(*window);
    let label = match key {
        Some(key) => say!("ui-preset-with-key", key = key.to_string(), name = name.to_owned()),
        None => name.to_owned(),
    };
    let numbers = RichText::new(text::window_numbers(window))
        .color(theme::of(ui).text_weak)
        .size(theme::FONT_SMALL);
    let button = Button::selectable(is_on, label)
        .right_text(numbers)
        .min_size(egui::vec2(ui.available_width(), 0.0));
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_on, name));
    let key = key.map(|key| key.to_string());
    menu::tip_saying(response, name, key.as_deref(), Some(&text::window(window))).clicked()
}

fn function_name(function: WindowFunction) -> String {
    match function {
        WindowFunction::Linear => say!("ui-linear-window"),
        WindowFunction::LinearExact => say!("ui-linear-exact"),
        WindowFunction::Sigmoid => say!("ui-sigmoid"),
    }
}

fn interpolation(ui: &mut Ui, entry: &Entry, commands: &mut Commands) {
    ui.horizontal(|ui| {
        let label = ui.label(say!("ui-interpolation"));
        let name = |way| match way {
            Interpolation::Nearest => say!("ui-nearest"),
            Interpolation::Linear => say!("ui-linear"),
            Interpolation::Cubic => say!("ui-cubic"),
        };
        let now = entry.display.interpolation;
        let combo = ComboBox::from_id_salt("interpolation")
            .selected_text(name(now))
            .show_ui(ui, |ui| {
                for interpolation in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
                    if ui.selectable_label(now == interpolation, name(interpolation)).clicked() {
                        commands.push(Command::SetInterpolation { interpolation });
                    }
                }
            });
        let response = combo.response.labelled_by(label.id);
        menu::tip_saying(
            response,
            &say!("ui-interpolation"),
            None,
            Some(&say!("ui-interpolation-tip")),
        );
    });
}

fn frames(ui: &mut Ui, entry: &Entry, commands: &mut Commands) {
    heading(ui, say!("ui-time"));
    let count = entry.volume().voxels.frames();
    let mut frame = entry.display.frame + 1;
    let slider = ui.add(Slider::new(&mut frame, 1..=count));
    slider.widget_info(|| egui::WidgetInfo::slider(true, frame as f64, say!("ui-time")));
    if slider.changed() {
        commands.push(Command::SetFrame {
            frame: frame.saturating_sub(1),
        });
    }
}

fn stack(ui: &mut Ui, state: &State, entry: &Entry, commands: &mut Commands) {
    heading(ui, say!("ui-picture"));
    let mut slice = state.view.stack.slice + 1;
    let slider = ui.add(Slider::new(&mut slice, 1..=entry.volume().dims()[2]));
    slider.widget_info(|| egui::WidgetInfo::slider(true, slice as f64, say!("ui-picture")));
    if slider.changed() {
        commands.push(Command::SetStackSlice {
            slice: slice.saturating_sub(1),
        });
    }
}

fn slabs(ui: &mut Ui, state: &State, commands: &mut Commands) {
    heading(ui, say!("ui-slabs"));
    egui::Grid::new("slabs").num_columns(3).show(ui, |ui| {
        for id in PaneId::PLANES {
            let Some(plane) = state.view.plane(id) else {
                continue;
            };
            slab_row(ui, id, plane.slab, commands);
            ui.end_row();
        }
    });
}

fn slab_row(ui: &mut Ui, id: PaneId, slab: Option<Slab>, commands: &mut Commands) {
    let (now_mm, now_mode) = slab.map_or((0.0, SlabMode::default()), |slab| (slab.thickness_mm, slab.mode));
    let mut thickness_mm = now_mm;
    let label = ui.colored_label(theme::of(ui).pane_name(id), pane::short_name(id));
    let field = DragValue::new(&mut thickness_mm)
        .speed(SLAB_SPEED)
        .range(0.0..=1000.0)
        .fixed_decimals(1)
        .suffix(say!("ui-mm-suffix"));
    let field = ui.add(field).labelled_by(label.id);
    let name = pane::short_name(id);
    if menu::tip_saying(field, &name, None, Some(&say!("ui-slab-tip"))).changed() {
        commands.push(Command::SetSlab {
            pane: id,
            thickness_mm,
            mode: now_mode,
        });
    }
    let combo = ComboBox::from_id_salt(("slab", id))
        .selected_text(pane::slab_mode(now_mode))
        .show_ui(ui, |ui| {
            for mode in [SlabMode::Mip, SlabMode::MinIp, SlabMode::Mean] {
                if ui.selectable_label(now_mode == mode, pane::slab_mode(mode)).clicked() {
                    let thickness_mm = if now_mm > 0.0 { now_mm } else { FIRST_SLAB_MM };
                    commands.push(Command::SetSlab {
                        pane: id,
                        thickness_mm,
                        mode,
                    });
                }
            }
        });
    let response = combo.response.labelled_by(label.id);
    menu::tip_saying(response, &name, None, Some(&say!("ui-slab-mode-tip")));
}

/// The thickness that choosing a mode gives to a thin plane.
const FIRST_SLAB_MM: f64 = 10.0;

fn warnings(ui: &mut Ui, entry: &Entry, state: &State) {
    let mut warnings = entry.warnings().peekable();
    if warnings.peek().is_none() {
        return;
    }
    heading(ui, say!("ui-warnings-heading"));
    for warning in warnings {
        ui.colored_label(theme::of(ui).warning, identifiers::text(state, warning));
    }
}
