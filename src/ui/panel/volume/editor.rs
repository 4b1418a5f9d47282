//! The transfer function over the histogram: points of value, opacity and colour, and the curve as a whole.

use std::sync::Arc;

use egui::{CursorIcon, DragValue, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::curve::{self, CurveMemory, Knot, Layout};
use super::{VolumeMemory, fields, paint};
use crate::app::Command;
use crate::app::state::{Entry, Histogram};
use crate::app::transfer::Transfer;
use crate::app::volume_view::VolumeChange;
use crate::model::transfer_function::{TransferFunction, TransferPoint};
use crate::model::volume::VolumeId;
use crate::say;
use crate::scene::VolumeMode;
use crate::ui::panel::histogram::paint_gradient;
use crate::ui::{Commands, text, theme};

/// Height of the plot.
const HEIGHT: f32 = 132.0;
/// Height of the bar below it, which moves and stretches the whole curve.
const BAR: f32 = 13.0;
/// Width of the bar's ends.
const END: f32 = 7.0;
/// Of the values, so many may lie outside of what is seen: single bright voxels would leave no room for the rest.
const OUTSIDE: f64 = 2e-4;
/// Room at the sides, as a share of what is seen.
const MARGIN: f64 = 0.03;

/// What the editor remembers from frame to frame.
#[derive(Default)]
pub struct EditorMemory {
    /// The points.
    pub curve: CurveMemory,
    /// The values that are seen.
    view: Option<(VolumeId, [f64; 2])>,
    counts: Option<Counts>,
    /// The end of the bar that is held, and the curve when it was taken.
    stretch: Option<Stretch>,
}

#[derive(Clone)]
struct Stretch {
    part: Part,
    /// The value under the pointer then.
    from: f64,
    function: Arc<TransferFunction>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Low,
    Whole,
    High,
}

/// Heights of the histogram, counted again only when what they show has changed.
struct Counts {
    of: Arc<Histogram>,
    view: [f64; 2],
    heights: Vec<f32>,
}

/// Shows the editor.
pub fn show(
    ui: &mut Ui,
    entry: &Entry,
    transfer: &Transfer,
    mode: VolumeMode,
    memory: &mut VolumeMemory,
    commands: &mut Commands,
) {
    let function = &transfer.function;
    let knots: Vec<Knot> = function.points().iter().map(knot_of).collect();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let editor = &mut memory.editor;
    let view = seen(entry, transfer, mode, editor);
    let unit = entry.volume().unit.clone().unwrap_or_default();
    let layout = Layout {
        id: egui::Id::unique("transfer-curve"),
        rect,
        view,
        is_rooted: true,
        lowest: f64::MIN,
        name: say!("volume-curve"),
        point: &|n, knot| {
            say!(
                "volume-point",
                number = n + 1,
                value = text::number(knot.x),
                unit = unit.clone(),
                percent = percent(knot.y)
            )
        },
    };
    paint::ground(ui, rect);
    paint::rules(ui, &layout);
    if let Some(counted) = &entry.histogram {
        paint::counts(
            ui,
            rect,
            heights(editor, &counted.histogram, view, rect.width() as usize),
        );
    }
    paint::fill(ui, &layout, &knots);
    zoom(ui, rect, entry.volume().id, view, editor);
    let outcome = curve::show(ui, &layout, &knots, &mut editor.curve);
    let has_changed = outcome.knots.is_some();
    if let Some(knots) = outcome.knots {
        push(commands, function, &knots);
    }
    if outcome.is_settled {
        commands.push(Command::VolumeView(VolumeChange::Settle));
    }
    if mode == VolumeMode::Iso {
        surface(ui, &layout, transfer, &unit, commands);
    }
    bar(ui, &layout, function, editor, commands);
    if !has_changed {
        point_row(ui, entry, function, &knots, &mut editor.curve, commands);
    } else {
        // The row is as high in every frame.
        ui.add_space(ui.spacing().interact_size.y + ui.spacing().item_spacing.y);
    }
}

/// Opacity as a person reads it.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 9.95 && percent.round() != percent {
        format!("{percent:.1}")
    } else {
        format!("{percent:.0}")
    }
}

fn knot_of(point: &TransferPoint) -> Knot {
    Knot {
        x: point.value,
        y: point.opacity,
        color: point.color,
    }
}

/// The function with other points.
fn with_points(function: &TransferFunction, points: Vec<TransferPoint>) -> TransferFunction {
    let gradient = function.gradient().to_vec();
    TransferFunction::new(points, gradient, function.unit_mm(), function.material)
}

fn push(commands: &mut Commands, function: &TransferFunction, knots: &[Knot]) {
    let points = knots
        .iter()
        .map(|knot| TransferPoint {
            value: knot.x,
            opacity: knot.y,
            color: knot.color,
        })
        .collect();
    push_function(commands, with_points(function, points));
}

pub(super) fn push_function(commands: &mut Commands, function: TransferFunction) {
    commands.push(Command::VolumeView(VolumeChange::Transfer(function)));
}

/// The values to show: all that counts of the data, and the whole curve. They stay while something is dragged.
fn seen(entry: &Entry, transfer: &Transfer, mode: VolumeMode, memory: &mut EditorMemory) -> [f64; 2] {
    let id = entry.volume().id;
    let before = memory.view.filter(|(of, _)| *of == id).map(|(_, view)| view);
    let mut curve = transfer.function.range().unwrap_or([0.0, 1.0]);
    if mode == VolumeMode::Iso {
        curve = [curve[0].min(transfer.iso), curve[1].max(transfer.iso)];
    }
    let is_held = memory.curve.is_held() || memory.stretch.is_some();
    if let Some(view) = before
        && (is_held || (curve[1] >= view[0] && curve[0] <= view[1]))
    {
        return view;
    }
    let bulk = match (&entry.histogram, entry.auto_window) {
        (Some(counted), _) => counted.histogram.bulk(OUTSIDE),
        (None, Some(window)) => window.edges(),
        (None, None) => curve,
    };
    let view = with_margin([bulk[0].min(curve[0]), bulk[1].max(curve[1])]);
    // Before the values are counted nothing is kept: the view will be another.
    if entry.histogram.as_ref().is_some_and(|counted| counted.is_complete) {
        memory.view = Some((id, view));
    }
    view
}

fn with_margin([low, high]: [f64; 2]) -> [f64; 2] {
    let width = (high - low).max(low.abs().max(high.abs()) * 1e-6).max(1e-9);
    [low - MARGIN * width, high + MARGIN * width]
}

/// Ctrl and the wheel, or two fingers, bring a part of the values nearer.
fn zoom(ui: &Ui, rect: Rect, id: VolumeId, view: [f64; 2], memory: &mut EditorMemory) {
    let factor = f64::from(ui.input(egui::InputState::zoom_delta));
    if factor == 1.0 || !ui.rect_contains_pointer(rect) {
        return;
    }
    let Some(at) = ui.input(|input| input.pointer.hover_pos()) else {
        return;
    };
    let middle = view[0] + (view[1] - view[0]) * f64::from((at.x - rect.left()) / rect.width());
    let nearer = view.map(|edge| middle + (edge - middle) / factor);
    if nearer[1] - nearer[0] > (view[0].abs() + view[1].abs()) * 1e-6 {
        memory.view = Some((id, nearer));
    }
}

fn heights<'a>(memory: &'a mut EditorMemory, histogram: &Arc<Histogram>, view: [f64; 2], columns: usize) -> &'a [f32] {
    let columns = columns.max(2);
    let is_current = memory.counts.as_ref().is_some_and(|counts| {
        Arc::ptr_eq(&counts.of, histogram) && counts.view == view && counts.heights.len() == columns
    });
    if !is_current {
        // The logarithm shows the few voxels of a vessel beside the many of air.
        let densities = histogram.densities(view, columns);
        let heights: Vec<f64> = densities.into_iter().map(f64::ln_1p).collect();
        let highest = heights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        memory.counts = Some(Counts {
            of: Arc::clone(histogram),
            view,
            heights: heights.iter().map(|height| (height / highest) as f32).collect(),
        });
    }
    memory.counts.as_ref().map_or(&[], |counts| &counts.heights)
}

/// The value of the surface: a line that is dragged.
fn surface(ui: &mut Ui, layout: &Layout<'_>, transfer: &Transfer, unit: &str, commands: &mut Commands) {
    let x = layout.place(transfer.iso, 0.0).x;
    let line = Rect::from_x_y_ranges(x - 5.0..=x + 5.0, layout.rect.y_range());
    let response = ui.interact(line, layout.id.with("iso"), Sense::drag());
    let name = say!(
        "volume-iso-line",
        value = text::number(transfer.iso),
        unit = unit.to_owned()
    );
    response.widget_info(|| WidgetInfo::slider(true, transfer.iso, &name));
    let width = if response.hovered() || response.dragged() {
        2.5
    } else {
        1.5
    };
    let stroke = egui::Stroke::new(width, theme::of(ui).accent_line);
    ui.painter()
        .with_clip_rect(layout.rect)
        .vline(x, layout.rect.y_range(), stroke);
    if response.dragged()
        && let Some(at) = response.interact_pointer_pos()
    {
        let share = f64::from((at.x - layout.rect.left()) / layout.rect.width());
        let value = layout.view[0] + share * (layout.view[1] - layout.view[0]);
        commands.push(Command::VolumeView(VolumeChange::Iso(value)));
    }
    fields::settle(&response, commands);
    response
        .on_hover_text(name)
        .on_hover_cursor(CursorIcon::ResizeHorizontal);
}

/// The colours of the values, and over them a bar from the first to the last point: its middle moves the curve, its
/// ends stretch it.
fn bar(
    ui: &mut Ui,
    layout: &Layout<'_>,
    function: &Arc<TransferFunction>,
    memory: &mut EditorMemory,
    commands: &mut Commands,
) {
    ui.add_space(-ui.spacing().item_spacing.y + 2.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), BAR), Sense::hover());
    let value_at = |x: f32| {
        let share = f64::from((x - rect.left()) / rect.width());
        layout.view[0] + share * (layout.view[1] - layout.view[0])
    };
    paint_gradient(ui, rect.shrink2(vec2(0.0, 4.0)), |x| {
        function.at(value_at(x)).color.map(|part| (part * 255.0).round() as u8)
    });
    let Some([low, high]) = function.range() else { return };
    let x = |value: f64| layout.place(value, 0.0).x.clamp(rect.left() + END, rect.right() - END);
    let (left, right) = (x(low), x(high));
    let parts = [
        (
            Part::Whole,
            Rect::from_x_y_ranges(left..=right.max(left + 1.0), rect.y_range()),
            say!("volume-bar-whole"),
        ),
        (
            Part::Low,
            Rect::from_x_y_ranges(left - END..=left, rect.y_range()),
            say!("volume-bar-low"),
        ),
        (
            Part::High,
            Rect::from_x_y_ranges(right..=right + END, rect.y_range()),
            say!("volume-bar-high"),
        ),
    ];
    for (n, (part, area, name)) in parts.into_iter().enumerate() {
        let response = ui.interact(area, layout.id.with(("bar", n)), Sense::drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let colors = theme::of(ui);
        let is_lively = response.hovered() || response.dragged();
        let color = if is_lively { colors.accent_line } else { colors.text };
        if part == Part::Whole {
            let stroke = egui::Stroke::new(1.0, color.gamma_multiply(0.8));
            ui.painter().hline(area.x_range(), rect.top() + 1.5, stroke);
            ui.painter().hline(area.x_range(), rect.bottom() - 1.5, stroke);
        } else {
            ui.painter().rect_filled(area.shrink2(vec2(1.0, 0.5)), 2.0, color);
        }
        if response.drag_started() {
            let from = ui
                .input(|input| input.pointer.press_origin())
                .map_or(low, |at| value_at(at.x));
            memory.stretch = Some(Stretch {
                part,
                from,
                function: Arc::clone(function),
            });
        }
        if let (true, Some(held), Some(at)) = (response.dragged(), &memory.stretch, response.interact_pointer_pos()) {
            push_function(commands, stretched(held, value_at(at.x) - held.from));
        }
        fields::settle(&response, commands);
        let icon = if part == Part::Whole {
            CursorIcon::Grab
        } else {
            CursorIcon::ResizeHorizontal
        };
        response.on_hover_text(name).on_hover_cursor(icon);
    }
    if !ui.input(|input| input.pointer.primary_down()) {
        memory.stretch = None;
    }
}

/// The whole curve moved, or one of its ends while the other stays.
fn stretched(held: &Stretch, by: f64) -> TransferFunction {
    let function = &held.function;
    let Some([low, high]) = function.range() else {
        return TransferFunction::clone(function);
    };
    let width = high - low;
    // An end never comes to the other one.
    let least = width * 0.02;
    let (scale, fixed) = match held.part {
        Part::Whole => return function.mapped(1.0, by),
        _ if width <= 0.0 => return TransferFunction::clone(function),
        Part::Low => ((width - by).max(least) / width, high),
        Part::High => ((width + by).max(least) / width, low),
    };
    function.mapped(scale, fixed - fixed * scale)
}

/// Numbers and colour of the chosen point.
fn point_row(
    ui: &mut Ui,
    entry: &Entry,
    function: &TransferFunction,
    knots: &[Knot],
    memory: &mut CurveMemory,
    commands: &mut Commands,
) {
    let Some((n, knot)) = memory.selected.and_then(|n| Some((n, *knots.get(n)?))) else {
        ui.horizontal(|ui| {
            ui.set_min_height(ui.spacing().interact_size.y);
            let hint = egui::RichText::new(say!("volume-curve-hint"))
                .size(theme::FONT_SMALL)
                .color(theme::of(ui).text_weak);
            ui.add(egui::Label::new(hint).truncate())
                .on_hover_text(say!("volume-curve-tip"));
        });
        return;
    };
    ui.horizontal(|ui| {
        ui.set_min_height(ui.spacing().interact_size.y);
        let mut color = knot.color;
        let response = ui
            .color_edit_button_srgb(&mut color)
            .on_hover_text(say!("volume-point-color"));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, say!("volume-point-color")));
        let mut next = (response.changed()).then_some(Knot { color, ..knot });
        let mut ends = vec![response];
        let (numbers, fields) = point_numbers(ui, entry, function, knots, n);
        next = numbers.or(next);
        ends.extend(fields);
        let delete = say!("volume-point-delete");
        let button = ui
            .add_enabled(knots.len() > 1, egui::Button::new("×").frame(false))
            .on_hover_text(&delete);
        button.widget_info(|| WidgetInfo::labeled(Role::Button, knots.len() > 1, &delete));
        let mut all = knots.to_vec();
        if button.clicked() {
            all.remove(n);
            memory.selected = None;
            push(commands, function, &all);
            commands.push(Command::VolumeView(VolumeChange::Settle));
        } else if let Some(next) = next {
            all[n] = next;
            push(commands, function, &all);
        }
        for response in ends {
            fields::settle(&response, commands);
        }
    });
}

/// Value and opacity of a point. Answers the point while they change.
fn point_numbers(
    ui: &mut Ui,
    entry: &Entry,
    function: &TransferFunction,
    knots: &[Knot],
    n: usize,
) -> (Option<Knot>, [egui::Response; 2]) {
    let knot = knots[n];
    let mut next = None;
    let span = function.range().map_or(1.0, |[low, high]| high - low).max(1e-9);
    let unit = entry.volume().unit.as_ref();
    let mut value = knot.x;
    let field = DragValue::new(&mut value)
        .speed(span / 300.0)
        .max_decimals(text::decimals(span))
        .suffix(unit.map_or_else(String::new, |unit| format!(" {unit}")));
    let of_value = ui.add(field).on_hover_text(say!("volume-point-value"));
    if of_value.changed() {
        let low = n.checked_sub(1).map_or(f64::MIN, |n| knots[n].x);
        let high = knots.get(n + 1).map_or(f64::MAX, |knot| knot.x);
        let x = value.min(high).max(low);
        next = Some(Knot { x, ..knot });
    }
    let mut percent = knot.y * 100.0;
    let field = DragValue::new(&mut percent)
        .speed(0.25)
        .range(0.0..=100.0)
        .max_decimals(1)
        .suffix(" %");
    let of_opacity = ui.add(field).on_hover_text(say!("volume-point-opacity"));
    if of_opacity.changed() {
        let y = percent / 100.0;
        next = Some(Knot { y, ..knot });
    }
    (next, [of_value, of_opacity])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::transfer_function::Material;

    fn held(part: Part) -> Stretch {
        let point = |value: f64| TransferPoint {
            value,
            opacity: 0.5,
            color: [1, 2, 3],
        };
        let points = vec![point(100.0), point(150.0), point(300.0)];
        Stretch {
            part,
            from: 0.0,
            function: Arc::new(TransferFunction::new(points, Vec::new(), 1.0, Material::default())),
        }
    }

    fn values(function: &TransferFunction) -> Vec<f64> {
        function.points().iter().map(|point| point.value).collect()
    }

    #[test]
    fn the_bar_moves_the_curve_and_its_ends_stretch_it() {
        assert_eq!(values(&stretched(&held(Part::Whole), -10.0)), [90.0, 140.0, 290.0]);
        assert_eq!(values(&stretched(&held(Part::High), 200.0)), [100.0, 200.0, 500.0]);
        assert_eq!(values(&stretched(&held(Part::Low), 100.0)), [200.0, 225.0, 300.0]);
        let narrowest = values(&stretched(&held(Part::High), -1e9));
        assert!(narrowest[0] == 100.0 && narrowest[2] > 100.0);
    }

    #[test]
    fn percents_are_short() {
        assert_eq!([0.5, 0.025, 0.09, 0.1234].map(percent), ["50", "2.5", "9", "12"]);
    }
}
