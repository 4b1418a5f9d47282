//! What can be done with the whole segment that is painted, each by a button.

use egui::{ComboBox, DragValue, Id, Role, Ui, WidgetInfo};

use crate::app::segment_work::{Logic, SegmentWork};
use crate::app::{Command, State, painting};
use crate::ui::Commands;
use crate::{say, words};

/// The reach of margins at first, mm.
const FIRST_MM: f64 = 2.0;
/// Parts below this are small, mL.
const SMALL_ML: f64 = 0.1;

/// Shows the buttons, folded away at first.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    if painting::segment(state).is_none() {
        return;
    }
    egui::CollapsingHeader::new(say!("ui-work"))
        .default_open(false)
        .show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ranges(ui, state, commands);
            });
            shape(ui, commands);
            parts(ui, commands);
            together(ui, state, commands);
        });
}

/// What reaches so many mm.
fn shape(ui: &mut Ui, commands: &mut Commands) {
    let id = Id::unique("segment-work-mm");
    let mut mm = ui.data(|data| data.get_temp(id)).unwrap_or(FIRST_MM);
    let works = [
        (SegmentWork::Margin { mm }, "work-grow"),
        (SegmentWork::Margin { mm: -mm }, "work-shrink"),
        (SegmentWork::Hollow { mm }, "work-hollow"),
        (SegmentWork::Smooth { mm }, "work-smooth"),
        (SegmentWork::Median { mm }, "work-median"),
        (SegmentWork::Open { mm }, "work-open"),
        (SegmentWork::Close { mm }, "work-close"),
        (SegmentWork::Gaussian { mm }, "work-gaussian"),
        (SegmentWork::SmoothAll { mm }, "work-smooth-all"),
    ];
    ui.horizontal_wrapped(|ui| {
        for (work, key) in works {
            keyed_button(ui, key, Command::WorkOnSegment { work }, commands);
        }
        ui.label(say!("work-mm"));
        let value = DragValue::new(&mut mm)
            .range(0.1..=100.0)
            .speed(0.1)
            .max_decimals(1)
            .suffix(" mm");
        let value = ui.add(value).on_hover_text(say!("work-mm-tip"));
        value.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, say!("work-mm-name")));
        if value.changed() {
            ui.data_mut(|data| data.insert_temp(id, mm));
        }
    });
}

/// What concerns other segments too.
fn together(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let Some((_, _, overlay)) = painting::target(state) else {
        return;
    };
    let own = painting::segment(state).map(|(_, segment)| segment.label);
    let others: Vec<_> = overlay
        .table
        .segments
        .iter()
        .filter(|segment| Some(segment.label) != own)
        .collect();
    ui.add_enabled_ui(!others.is_empty(), |ui| {
        ui.horizontal_wrapped(|ui| {
            let work = SegmentWork::GrowSeeds;
            keyed_button(ui, "work-grow-seeds", Command::PreviewWork { work }, commands);
        });
    });
    let Some(first) = others.first() else { return };
    ui.horizontal_wrapped(|ui| {
        let id = Id::unique("segment-work-other");
        let chosen: Option<u32> = ui.data(|data| data.get_temp(id));
        let mut other = *others
            .iter()
            .find(|segment| Some(segment.label) == chosen)
            .unwrap_or(first);
        let combo = ComboBox::from_id_salt("combine-with")
            .selected_text(&other.name)
            .truncate()
            .show_ui(ui, |ui| {
                for segment in &others {
                    if ui
                        .selectable_label(segment.label == other.label, &segment.name)
                        .clicked()
                    {
                        other = segment;
                    }
                }
            });
        ui.data_mut(|data| data.insert_temp(id, other.label));
        combo
            .response
            .on_hover_text(say!("work-other-tip"))
            .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, say!("work-other")));
        for (how, key) in [
            (Logic::Union, "work-union"),
            (Logic::Intersection, "work-intersection"),
            (Logic::Subtract, "work-subtract"),
            (Logic::Xor, "work-xor"),
            (Logic::Copy, "work-copy"),
        ] {
            let other = other.label;
            let work = SegmentWork::Combine { other, how };
            keyed_button(ui, key, Command::WorkOnSegment { work }, commands);
        }
    });
}

/// What is shown and waits for a yes.
pub fn preview(ui: &mut Ui, state: &State, commands: &mut Commands) {
    if let Some(preview) = &state.preview {
        ui.horizontal_wrapped(|ui| {
            ui.label(say!("ui-preview", name = preview.done.name.clone()));
            keyed_button(ui, "ui-preview-accept", Command::AcceptPreview, commands);
            keyed_button(ui, "ui-preview-reject", Command::RejectPreview, commands);
        });
    }
}

/// A button with words of the catalogue.
fn keyed_button(ui: &mut Ui, key: &str, command: Command, commands: &mut Commands) {
    let label = words::lookup(key, &[]);
    let response = ui
        .small_button(&label)
        .on_hover_text(words::lookup(&format!("{key}-tip"), &[]));
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, &label));
    if response.clicked() {
        commands.push(command);
    }
}

/// What concerns connected parts, and all of it.
fn parts(ui: &mut Ui, commands: &mut Commands) {
    let id = Id::unique("segment-work-ml");
    let mut ml = ui.data(|data| data.get_temp(id)).unwrap_or(SMALL_ML);
    ui.horizontal_wrapped(|ui| {
        let work = SegmentWork::FillBetween;
        keyed_button(ui, "work-between", Command::PreviewWork { work }, commands);
        for (work, key) in [
            (SegmentWork::FillHoles, "work-holes"),
            (SegmentWork::KeepLargest, "work-largest"),
            (SegmentWork::Split, "work-split"),
            (SegmentWork::Clear, "work-clear"),
            (SegmentWork::DropSmall { ml }, "work-small"),
        ] {
            keyed_button(ui, key, Command::WorkOnSegment { work }, commands);
        }
        let speed = ml / 50.0;
        let value = DragValue::new(&mut ml)
            .range(0.001..=1000.0)
            .speed(speed)
            .max_decimals(3)
            .suffix(" mL");
        let value = ui.add(value).on_hover_text(say!("work-small-tip"));
        value.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, say!("work-small-name")));
        if value.changed() {
            ui.data_mut(|data| data.insert_temp(id, ml));
        }
    });
}

fn ranges(ui: &mut Ui, state: &State, commands: &mut Commands) {
    keyed_button(ui, "work-otsu", Command::FindThreshold, commands);
    let range = state.painting.range;
    ui.add_enabled_ui(range.is_some(), |ui| {
        let [low, high] = range.unwrap_or_default();
        let work = SegmentWork::Threshold { low, high };
        keyed_button(ui, "work-threshold", Command::WorkOnSegment { work }, commands);
    });
}
