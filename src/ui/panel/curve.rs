//! How well a probability map agrees with a segment, threshold by threshold: a curve in which a threshold is chosen.

use egui::{ComboBox, RichText, Role, Sense, Stroke, Ui, WidgetInfo};
use egui_plot::{Corner, Legend, Line, MarkerShape, Plot, PlotPoint, Points, VLine};

use super::tables::number;
use crate::app::probability::ProbabilityChange;
use crate::app::tables::TableChange;
use crate::app::threshold_curve::{AtThreshold, Curve};
use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::{Commands, text, theme};

/// Thresholds are chosen in steps of this share.
const STEPS: f64 = 100.0;
/// Room around the curves.
const MARGIN: f64 = 0.02;

/// Shows the curve, and what it says of the threshold that is on.
pub(super) fn show(ui: &mut Ui, state: &State, found: &Curve, commands: &mut Commands) {
    let place = |id| state.document.entries.iter().position(|entry| entry.volume().id == id);
    let (Some(index), Some(reference)) = (place(found.probability), place(found.reference)) else {
        return;
    };
    let map = state
        .document
        .entries
        .get(index)
        .and_then(|entry| entry.probability.as_ref());
    let threshold = map.map(|map| map.threshold);
    let set = |threshold: f64, commands: &mut Commands| {
        let change = ProbabilityChange::Threshold(threshold);
        commands.push(Command::Probability { index, change });
    };
    ui.horizontal_wrapped(|ui| {
        label(ui, state, found, [reference, index], commands);
        if let Some(best) = found.points.get(found.best) {
            let text = say!(
                "judge-curve-best",
                threshold = text::probability(best.threshold),
                dice = number(Some(best.dice), 4)
            );
            ui.label(RichText::new(text).color(theme::of(ui).text_strong));
            let take = ui.button(say!("judge-curve-take"));
            if take.on_hover_text(say!("judge-curve-take-tip")).clicked() {
                set(best.threshold, commands);
            }
        }
        if let Some(at) = threshold.and_then(|threshold| nearest(&found.points, threshold)) {
            let text = say!(
                "judge-curve-at",
                threshold = text::probability(at.threshold),
                dice = number(Some(at.dice), 4),
                sensitivity = number(at.sensitivity, 4),
                precision = number(at.precision, 4)
            );
            ui.label(RichText::new(text).color(theme::of(ui).text_weak));
        }
    });
    if let Some(threshold) = plot(ui, found, threshold) {
        set(threshold, commands);
    }
}

/// The label that the map is judged by, where there are several.
fn label(ui: &mut Ui, state: &State, found: &Curve, [reference, probability]: [usize; 2], commands: &mut Commands) {
    if found.labels.len() < 2 {
        return;
    }
    let word = |(label, name): &(u16, String)| format!("{label} {}", identifiers::text(state, name));
    let now = found.labels.iter().find(|(label, _)| *label == found.label);
    let combo = ComboBox::from_id_salt("curve label").selected_text(now.map_or_else(String::new, word));
    let shown = combo.show_ui(ui, |ui| {
        for one in &found.labels {
            if ui.selectable_label(one.0 == found.label, word(one)).clicked() {
                commands.push(Command::Tables(TableChange::Curve {
                    reference,
                    probability,
                    label: Some(one.0),
                }));
            }
        }
    });
    let said = say!("judge-curve-label");
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &said));
    shown.response.on_hover_text(said);
}

fn nearest(points: &[AtThreshold], threshold: f64) -> Option<&AtThreshold> {
    let distance = |at: &&AtThreshold| (at.threshold - threshold).abs();
    points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// The curves. Answers the threshold that was clicked on or dragged to.
fn plot(ui: &mut Ui, found: &Curve, threshold: Option<f64>) -> Option<f64> {
    let colors = theme::of(ui.ctx());
    let points = |value: &dyn Fn(&AtThreshold) -> Option<f64>| -> Vec<PlotPoint> {
        let point = |at: &AtThreshold| Some(PlotPoint::new(at.threshold, value(at)?));
        found.points.iter().filter_map(point).collect()
    };
    let curves = [
        (say!("ui-table-dice"), points(&|at| Some(at.dice)), colors.accent, 2.0),
        (
            say!("ui-table-sensitivity"),
            points(&|at| at.sensitivity),
            theme::CURVES[0],
            1.0,
        ),
        (
            say!("ui-table-precision"),
            points(&|at| at.precision),
            theme::CURVES[1],
            1.0,
        ),
    ];
    let shown = Plot::new("threshold curve")
        .height(ui.available_height().max(60.0))
        .show_x(false)
        .show_y(false)
        .show_crosshair(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .sense(Sense::click_and_drag())
        .legend(Legend::default().position(Corner::LeftTop))
        .show(ui, |plot| {
            plot.set_plot_bounds_x(-MARGIN..=1.0 + MARGIN);
            plot.set_plot_bounds_y(-MARGIN..=1.0 + 3.0 * MARGIN);
            for (name, points, color, width) in &curves {
                let points = egui_plot::PlotPoints::Borrowed(points);
                plot.line(
                    Line::new(name.clone(), points)
                        .stroke(Stroke::new(*width, *color))
                        .allow_hover(false),
                );
            }
            if let Some(threshold) = threshold {
                let stroke = Stroke::new(1.5, colors.text_strong);
                plot.vline(VLine::new("", threshold).stroke(stroke).allow_hover(false));
            }
            if let Some(best) = found.points.get(found.best) {
                plot.points(
                    Points::new("", vec![[best.threshold, best.dice]])
                        .shape(MarkerShape::Diamond)
                        .radius(6.0)
                        .color(colors.accent)
                        .allow_hover(false),
                );
            }
        });
    let response = shown.response;
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, say!("judge-curve")));
    let is_chosen = response.clicked() || response.dragged();
    let at = response.interact_pointer_pos().filter(|_| is_chosen);
    response.on_hover_text_at_pointer(say!("judge-curve-tip"));
    let value = shown.transform.value_from_position(at?).x;
    Some((value.clamp(0.0, 1.0) * STEPS).round() / STEPS)
}
