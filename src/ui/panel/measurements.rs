//! The list of what was measured in the shown series: a click goes there, the pen renames, the cross deletes.

use egui::{Align, Button, Key, Layout, RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo};

use super::menu;
use crate::app::command::MeasurementsFile;
use crate::app::measurements::{self, SeriesMeasurements};
use crate::app::state::Entry;
use crate::app::{Command, State, identifiers};
use crate::model::measurement::Measurement;
use crate::say;
use crate::ui::action::{self, Action};
use crate::ui::memory::Renaming;
use crate::ui::{Commands, Memory, pane, theme};

/// Height of the panel at first.
const HEIGHT: f32 = 190.0;

/// Shows the panel at the bottom of the room, if there is anything to list or the tool is at hand.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let (Some(entry), Some(series)) = (state.shown(), measurements::of_shown(state)) else {
        return;
    };
    if series.list.is_empty() && !state.view.active_tool().measures() {
        memory.renaming = None;
        return;
    }
    egui::Panel::bottom("measurements")
        .resizable(true)
        .default_size(HEIGHT)
        .min_size(80.0)
        .frame(egui::Frame::new())
        .show(ui, |ui| {
            head(ui, series, state, commands);
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                if series.list.is_empty() {
                    ui.label(RichText::new(say!("ui-measure-how")).color(theme::of(ui).text_weak));
                }
                if let Some(trouble) = &series.trouble {
                    ui.label(RichText::new(identifiers::text(state, trouble)).color(theme::of(ui).warning));
                }
                for (index, measurement) in series.list.iter().enumerate() {
                    ui.push_id(index, |ui| row(ui, index, measurement, entry, state, memory, commands));
                }
            });
        });
}

fn head(ui: &mut Ui, series: &SeriesMeasurements, state: &State, commands: &mut Commands) {
    ui.add_space(theme::GAP);
    ui.horizontal(|ui| {
        if series.list.is_empty() {
            super::dialog::small_heading(ui, say!("ui-measurements"));
            return;
        }
        let mut is_visible = state.view.shows_measurements;
        let name = say!("ui-measurements");
        let text = RichText::new(&name)
            .color(theme::of(ui).text_weak)
            .size(theme::FONT_SMALL);
        let all = ui.checkbox(&mut is_visible, text);
        let all = menu::tip_of(all, Action::Measurements);
        if all.changed() {
            commands.push(Command::ToggleMeasurements);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (label, format) in [("JSON", MeasurementsFile::Json), ("CSV", MeasurementsFile::Csv)] {
                let action = Action::ExportMeasurements(format);
                let Some(row) = action::find(action) else { continue };
                let response = ui.small_button(label);
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, row.label()));
                if menu::tip(response, row).clicked() {
                    commands.push(Command::ChooseMeasurementsFile { format });
                }
            }
        });
    });
}

fn row(
    ui: &mut Ui,
    index: usize,
    measurement: &Measurement,
    entry: &Entry,
    state: &State,
    memory: &mut Memory,
    commands: &mut Commands,
) {
    let name = || identifiers::text(state, &measurement.name);
    ui.horizontal(|ui| {
        let mut is_visible = measurement.is_visible;
        let shows = say!("ui-measure-show", name = name());
        let response = ui.checkbox(&mut is_visible, "").on_hover_text(&shows);
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_visible, &shows));
        if response.changed() {
            commands.push(Command::SetMeasurementVisible {
                index,
                visible: is_visible,
            });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let delete = say!("ui-measure-delete", name = name());
            let response = ui.add(Button::new("×").frame(false));
            let is_selected = state.measurements.selected() == Some(measurement.id);
            let key = menu::key_of(ui.ctx(), Action::DeleteMeasurement).filter(|_| is_selected);
            let response = menu::tip_saying(response, &delete, key.as_deref(), None);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &delete));
            if response.clicked() {
                commands.push(Command::DeleteMeasurement { index: Some(index) });
            }
            let value = RichText::new(measurements::text(measurement, entry)).color(theme::of(ui).text_strong);
            ui.label(value);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                name_of(ui, index, measurement, entry, state, memory, commands);
            });
        });
    });
}

/// The name: a click goes there, a double click lets it be changed.
fn name_of(
    ui: &mut Ui,
    index: usize,
    measurement: &Measurement,
    entry: &Entry,
    state: &State,
    memory: &mut Memory,
    commands: &mut Commands,
) {
    if let Some(renaming) = memory
        .renaming
        .as_mut()
        .filter(|renaming| renaming.id == measurement.id)
    {
        let field = ui.add(TextEdit::singleline(&mut renaming.text).desired_width(f32::INFINITY));
        if std::mem::take(&mut renaming.wants_focus) {
            field.request_focus();
        }
        if field.lost_focus() {
            if !ui.input(|input| input.key_pressed(Key::Escape)) {
                commands.push(Command::RenameMeasurement {
                    index,
                    name: renaming.text.clone(),
                });
            }
            memory.renaming = None;
        }
        return;
    }
    let is_selected = state.measurements.selected() == Some(measurement.id);
    let place = place(measurement, entry);
    let tip = say!("ui-measure-go-tip", place = place.clone());
    let response = ui
        .add(
            Button::selectable(is_selected, identifiers::text(state, &measurement.name))
                .truncate()
                .right_text(
                    RichText::new(place)
                        .size(theme::FONT_SMALL)
                        .color(theme::of(ui).text_weak),
                )
                .sense(Sense::click()),
        )
        .on_hover_text(tip);
    let label = say!("ui-measure-go", name = identifiers::text(state, &measurement.name));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &label));
    if response.double_clicked() && !identifiers::are_hidden(state) {
        memory.renaming = Some(Renaming {
            id: measurement.id,
            text: measurement.name.clone(),
            wants_focus: true,
        });
    } else if response.clicked() {
        commands.push(Command::GoToMeasurement { index });
    }
}

/// Where it was drawn: the pane and the slice, as far as there is one.
fn place(measurement: &Measurement, entry: &Entry) -> String {
    let pane = match measurement.drawn_in {
        Some(drawn) => pane::letter_of(drawn.view),
        None => String::new(),
    };
    match measurements::slice_of(measurement, entry) {
        Some((number, _)) => format!("{pane}{number}"),
        None if measurement.drawn_in.is_some() => say!("ui-measure-oblique", pane = pane),
        None => pane,
    }
}
