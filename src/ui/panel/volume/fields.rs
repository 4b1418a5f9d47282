//! Fields of the volume panel: numbers that are dragged are one change from press to release.

use egui::{DragValue, Response, RichText, Slider, Ui, emath::Numeric};

use crate::app::Command;
use crate::app::volume_view::VolumeChange;
use crate::ui::{Commands, theme};

/// Room for the name of a slider.
const NAME: f32 = 74.0;

/// A heading of a part of the panel.
pub fn heading(ui: &mut Ui, text: String) {
    ui.add_space(theme::GAP);
    ui.label(
        RichText::new(text)
            .color(theme::of(ui).text_weak)
            .size(theme::FONT_SMALL),
    );
}

/// A named slider. Answers the number while it changes.
pub fn slider<T: Numeric>(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    mut number: T,
    range: std::ops::RangeInclusive<T>,
    decimals: usize,
) -> (Option<T>, Response) {
    let response = ui
        .horizontal(|ui| {
            let height = ui.spacing().interact_size.y;
            let left = egui::Layout::left_to_right(egui::Align::Center);
            ui.allocate_ui_with_layout(egui::vec2(NAME, height), left, |ui| {
                ui.set_min_width(NAME);
                ui.add(egui::Label::new(name).truncate());
            });
            ui.spacing_mut().slider_width = (ui.available_width() - 50.0).max(30.0);
            let response = ui.add(Slider::new(&mut number, range).fixed_decimals(decimals));
            let value = number.to_f64();
            response.widget_info(|| egui::WidgetInfo::slider(true, value, name));
            response.on_hover_text(tip)
        })
        .inner;
    (response.changed().then_some(number), response)
}

/// A number field. Answers the number while it changes.
pub fn number(
    ui: &mut Ui,
    name: &str,
    mut now: f64,
    make: impl FnOnce(DragValue<'_>) -> DragValue<'_>,
) -> (Option<f64>, Response) {
    let label = ui.label(name);
    let response = ui.add(make(DragValue::new(&mut now))).labelled_by(label.id);
    (response.changed().then_some(now), response)
}

/// Ends a change of the transfer function where a field was let go.
pub fn settle(response: &Response, commands: &mut Commands) {
    let is_over = response.drag_stopped() || response.lost_focus();
    let is_at_once = response.changed() && !response.dragged() && !response.has_focus();
    if is_over || is_at_once {
        commands.push(Command::VolumeView(VolumeChange::Settle));
    }
}
