//! How a picture of a pane is made, and where it goes: to a file or to the clipboard.

use egui::Ui;

use super::{dialog, menu};
use crate::app::command::PictureStyle;
use crate::app::pane::PaneId;
use crate::app::{Command, State, scenes};
use crate::say;
use crate::ui::action::Action;
use crate::ui::{Commands, Memory, theme};

/// Pixels of the picture for a pixel of the pane.
const SCALES: [f32; 4] = [1.0, 2.0, 3.0, 4.0];

/// Shows what can be chosen, for the pane with the focus.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let pane = state.view.focused;
    let mut style = state.view.picture_style;
    ui.horizontal(|ui| {
        ui.label(say!("ui-picture-scale"));
        for scale in SCALES {
            ui.selectable_value(&mut style.scale, scale, say!("ui-picture-times", scale = scale))
                .on_hover_text(say!("ui-picture-scale-tip"));
        }
        size(ui, state, pane, style);
    });
    ui.checkbox(&mut style.annotated, say!("ui-picture-annotated"));
    ui.label(
        egui::RichText::new(say!("ui-picture-annotated-tip"))
            .color(theme::of(ui).text_weak)
            .size(theme::FONT_SMALL),
    );
    if style != state.view.picture_style {
        commands.push(Command::SetPictureStyle { style });
    }
    ui.add_space(theme::GAP);
    ui.horizontal(|ui| {
        if dialog::main_button(ui, say!("ui-picture-save")).clicked() {
            commands.push(Command::ChoosePicture { pane, style });
            memory.dialog = None;
        }
        let copy = ui.button(say!("ui-copy-picture"));
        if menu::tip_of(copy, Action::CopyPicture).clicked() {
            commands.push(Command::CopyPicture { pane, style });
            memory.dialog = None;
        }
    });
}

/// How large the picture will be, at the right.
fn size(ui: &mut Ui, state: &State, pane: PaneId, style: PictureStyle) {
    let pixels_per_point = f64::from(ui.ctx().pixels_per_point() * style.scale);
    let [width, height] = scenes::picture_size(state, pane, pixels_per_point);
    let size = say!(
        "ui-picture-size",
        width = width.to_string(),
        height = height.to_string()
    );
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.label(egui::RichText::new(size).color(theme::of(ui).text_weak));
    });
}
