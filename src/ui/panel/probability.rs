//! A probability map in the list of what lies over the image: its threshold, colours and opacity.

use egui::{ComboBox, Rect, RichText, Role, Sense, Slider, TextWrapMode, Ui, WidgetInfo, pos2, vec2};

use super::histogram::paint_gradient;
use super::{colors, series};
use crate::app::probability::{CERTAINTIES, Probability, ProbabilityChange, name_of};
use crate::app::state::Entry;
use crate::app::{Command, State, identifiers};
use crate::model::color_map::ColorMap;
use crate::say;
use crate::ui::{Commands, text, theme};

/// Height of the strip of colours.
const STRIP: f32 = 8.0;
/// Room for the number behind a slider.
const NUMBER: f32 = 56.0;

/// Shows a map, its place in the document being `index`.
pub(super) fn show(
    ui: &mut Ui,
    index: usize,
    state: &State,
    entry: &Entry,
    map: &Probability,
    commands: &mut Commands,
) {
    ui.add_space(2.0);
    let name = series::title(entry, state);
    let mut push = |change| commands.push(Command::Probability { index, change });
    ui.horizontal(|ui| {
        // A long name does not push the sliders out of the panel.
        ui.style_mut().wrap_mode = Some(TextWrapMode::Truncate);
        let mut is_visible = map.is_visible;
        let title = RichText::new(&name).color(theme::of(ui).text_strong);
        let response = ui.checkbox(&mut is_visible, title);
        if response
            .on_hover_text(say!("ui-map-tip", name = name.clone()))
            .changed()
        {
            push(ProbabilityChange::Visible(is_visible));
        }
        if map.is_visible && map.certain.is_none() {
            ui.label(RichText::new(say!("ui-map-loading")).color(theme::of(ui).text_weak));
        }
    });
    if !map.is_visible || map.certain.is_none() {
        return;
    }
    let said = say!("judge-probability-threshold-of", name = name.clone());
    let tip = say!("judge-probability-threshold-tip");
    if let Some(threshold) = share(ui, say!("judge-probability-threshold"), &said, tip, map.threshold) {
        push(ProbabilityChange::Threshold(threshold));
    }
    strip(ui, &map.color_map, map.threshold);
    let said = say!("judge-probability-opacity-of", name = name.clone());
    let opacity = share(
        ui,
        say!("judge-probability-opacity"),
        &said,
        say!("judge-probability-opacity-tip"),
        f64::from(map.opacity),
    );
    if let Some(opacity) = opacity {
        push(ProbabilityChange::Opacity(opacity as f32));
    }
    ui.horizontal(|ui| {
        let said = say!("judge-probability-colors", name = name.clone());
        if let Some(colors) = colors::choose(ui, &map.color_map, said) {
            push(ProbabilityChange::Colors(colors));
        }
        let mut has_outline = map.has_outline;
        let said = say!("judge-probability-outline-of", name = name.clone());
        let response = ui.checkbox(&mut has_outline, say!("judge-probability-outline"));
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, has_outline, &said));
        if response.on_hover_text(say!("judge-probability-outline-tip")).changed() {
            push(ProbabilityChange::Outline(has_outline));
        }
    });
    ui.horizontal_wrapped(|ui| {
        let tip = say!("judge-probability-segment-tip");
        let response = ui.button(say!("judge-probability-segment")).on_hover_text(tip);
        let said = say!("judge-probability-segment-of", name = name.clone());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
        if response.clicked() {
            push(ProbabilityChange::Segment);
        }
        certain(ui, map, &name, &mut push);
    });
    frame(ui, state, entry, &name, &mut push);
}

/// A share from 0 to 1; the new one if it was changed.
fn share(ui: &mut Ui, name: String, said: &str, tip: String, now: f64) -> Option<f64> {
    ui.horizontal(|ui| {
        let mut share = now;
        ui.label(name);
        ui.spacing_mut().slider_width = (ui.available_width() - NUMBER).max(40.0);
        let slider = Slider::new(&mut share, 0.0..=1.0).step_by(0.01).fixed_decimals(2);
        let response = ui.add(slider);
        response.widget_info(|| WidgetInfo::slider(true, share, said));
        response.on_hover_text(tip).changed().then_some(share)
    })
    .inner
}

/// The colours from 0 to 1. What is below the threshold is sunk.
fn strip(ui: &mut Ui, map: &ColorMap, threshold: f64) {
    let size = vec2(ui.available_width(), STRIP);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let edge = rect.left() + rect.width() * threshold as f32;
    paint_gradient(ui, rect, |x| {
        map.color(((x - rect.left()) / rect.width() * 255.0).round() as u8)
    });
    let colors = theme::of(ui);
    let below = Rect::from_min_max(rect.min, pos2(edge, rect.bottom()));
    ui.painter().rect_filled(below, 0.0, colors.sunken.gamma_multiply(0.85));
    ui.painter()
        .vline(edge, rect.y_range(), egui::Stroke::new(1.5, colors.accent));
}

/// Which value is certain.
fn certain(ui: &mut Ui, map: &Probability, name: &str, push: &mut impl FnMut(ProbabilityChange)) {
    let word = |value: f64| say!("judge-probability-certain", value = text::number(value));
    let now = map.certain.unwrap_or(1.0);
    let combo = ComboBox::from_id_salt("certain").selected_text(RichText::new(word(now)).size(theme::FONT_SMALL));
    let shown = combo.show_ui(ui, |ui| {
        for value in CERTAINTIES {
            if ui.selectable_label(value == now, word(value)).clicked() {
                push(ProbabilityChange::Certain(value));
            }
        }
    });
    let said = say!("judge-probability-certain-of", name = name.to_owned());
    let response = shown.response;
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &said));
    response.on_hover_text(say!("judge-probability-certain-tip"));
}

/// Which of several segments is seen.
fn frame(ui: &mut Ui, state: &State, entry: &Entry, name: &str, push: &mut impl FnMut(ProbabilityChange)) {
    let frames = entry.volume().voxels.frames();
    if frames < 2 {
        return;
    }
    let word = |frame: usize| {
        let segment = identifiers::text(state, &name_of(entry, frame));
        format!("{}. {segment}", frame + 1)
    };
    let now = entry.display.frame;
    let combo = ComboBox::from_id_salt("frame")
        .selected_text(word(now))
        .width(ui.available_width() - 8.0)
        .truncate();
    let shown = combo.show_ui(ui, |ui| {
        for frame in 0..frames {
            if ui.selectable_label(frame == now, word(frame)).clicked() {
                push(ProbabilityChange::Frame(frame));
            }
        }
    });
    let said = say!("judge-probability-frame", name = name.to_owned());
    let response = shown.response;
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &said));
}
