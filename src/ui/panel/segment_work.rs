//! What can be done with the whole segment that is painted, each by a button.

use egui::{DragValue, Id, Role, Ui, WidgetInfo};

use crate::app::segment_work::SegmentWork;
use crate::app::{Command, State, painting};
use crate::say;
use crate::ui::Commands;

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
        });
}

/// What reaches so many mm.
fn shape(ui: &mut Ui, commands: &mut Commands) {
    let id = Id::unique("segment-work-mm");
    let mut mm = ui.data(|data| data.get_temp(id)).unwrap_or(FIRST_MM);
    ui.horizontal_wrapped(|ui| {
        for (work, label, tip) in [
            (
                SegmentWork::Margin { mm },
                say!("ui-work-grow"),
                say!("ui-work-grow-tip"),
            ),
            (
                SegmentWork::Margin { mm: -mm },
                say!("ui-work-shrink"),
                say!("ui-work-shrink-tip"),
            ),
            (
                SegmentWork::Smooth { mm },
                say!("ui-work-smooth"),
                say!("ui-work-smooth-tip"),
            ),
            (
                SegmentWork::Hollow { mm },
                say!("ui-work-hollow"),
                say!("ui-work-hollow-tip"),
            ),
        ] {
            button(ui, &label, tip, work, commands);
        }
        ui.label(say!("ui-work-mm"));
        let value = DragValue::new(&mut mm)
            .range(0.1..=100.0)
            .speed(0.1)
            .max_decimals(1)
            .suffix(" mm");
        if ui.add(value).on_hover_text(say!("ui-work-mm-tip")).changed() {
            ui.data_mut(|data| data.insert_temp(id, mm));
        }
    });
}

/// What concerns connected parts, and all of it.
fn parts(ui: &mut Ui, commands: &mut Commands) {
    ui.horizontal_wrapped(|ui| {
        for (work, label, tip) in [
            (
                SegmentWork::FillBetween,
                say!("ui-work-between"),
                say!("ui-work-between-tip"),
            ),
            (SegmentWork::FillHoles, say!("ui-work-holes"), say!("ui-work-holes-tip")),
            (
                SegmentWork::KeepLargest,
                say!("ui-work-largest"),
                say!("ui-work-largest-tip"),
            ),
            (
                SegmentWork::DropSmall { ml: SMALL_ML },
                say!("ui-work-small"),
                say!("ui-work-small-tip"),
            ),
            (SegmentWork::Split, say!("ui-work-split"), say!("ui-work-split-tip")),
            (SegmentWork::Clear, say!("ui-work-clear"), say!("ui-work-clear-tip")),
        ] {
            button(ui, &label, tip, work, commands);
        }
    });
}

fn ranges(ui: &mut Ui, state: &State, commands: &mut Commands) {
    if ui
        .small_button(say!("ui-work-otsu"))
        .on_hover_text(say!("ui-work-otsu-tip"))
        .clicked()
    {
        commands.push(Command::FindThreshold);
    }
    let range = state.painting.range;
    ui.add_enabled_ui(range.is_some(), |ui| {
        let [low, high] = range.unwrap_or_default();
        let work = SegmentWork::Threshold { low, high };
        button(
            ui,
            &say!("ui-work-threshold"),
            say!("ui-work-threshold-tip"),
            work,
            commands,
        );
    });
}

fn button(ui: &mut Ui, label: &str, tip: String, work: SegmentWork, commands: &mut Commands) {
    let response = ui.small_button(label).on_hover_text(tip);
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, label));
    if response.clicked() {
        commands.push(Command::WorkOnSegment { work });
    }
}
