//! The histogram of the shown series with its window drawn on it: an edge or the middle of the window can be dragged, a
//! double click chooses the automatic one.

use std::sync::Arc;

use egui::{CursorIcon, Mesh, Rect, Response, RichText, Sense, Stroke, Ui, pos2, vec2};
use egui_plot::{Line, Plot, PlotPoint, PlotPoints, PlotTransform, Span, VLine};

use crate::app::Command;
use crate::app::state::{Counted, Entry, Histogram};
use crate::model::color_map::ColorMap;
use crate::model::volume::VolumeId;
use crate::model::window::{Window, WindowFunction};
use crate::say;
use crate::ui::{Commands, text, theme};

/// Height of the curve in points.
const HEIGHT: f32 = 92.0;
/// Height of the strip of colours below it.
const STRIP: f32 = 7.0;
/// How near to an edge the pointer takes hold of it, in points.
const REACH: f32 = 6.0;
/// A window whose edges are nearer than this keeps a middle that can be taken hold of.
const NARROW: f32 = 3.0 * REACH;
/// Of the values, so many may lie outside of what is seen at first: single bright voxels would leave no room for the rest.
const OUTSIDE: f64 = 2e-4;
/// A window that takes less of the width than this is brought nearer.
const TOO_SMALL: f64 = 0.07;
/// Then so many of its widths are seen.
const WIDTHS_SEEN: f64 = 4.0;
/// Room above the highest count.
const TOP: f64 = 1.06;
/// Points of a curve that is no straight line.
const CURVE_POINTS: usize = 48;

/// What the histogram remembers from frame to frame.
#[derive(Default)]
pub struct HistogramMemory {
    /// The values that are seen.
    view: Option<(VolumeId, [f64; 2])>,
    held: Option<Held>,
    curve: Option<Curve>,
}

/// What is being dragged.
#[derive(Clone, Copy, Debug)]
struct Held {
    grip: Grip,
    /// The value where it was taken hold of.
    from: f64,
    /// The window's edges then.
    edges: [f64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grip {
    Low,
    High,
    Middle,
}

/// The points of the curve, made again only when what they show has changed.
struct Curve {
    of: Arc<Histogram>,
    view: [f64; 2],
    columns: usize,
    points: Vec<PlotPoint>,
}

/// Shows the histogram, or why there is none yet.
pub fn show(ui: &mut Ui, entry: &Entry, memory: &mut HistogramMemory, commands: &mut Commands) {
    let (Some(counted), Some(window)) = (&entry.histogram, entry.display.window) else {
        let size = vec2(ui.available_width(), HEIGHT);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        ui.painter()
            .rect_filled(rect, f32::from(theme::CORNER), theme::of(ui.ctx()).sunken);
        let font = egui::FontId::proportional(theme::FONT_SMALL);
        let color = theme::of(ui.ctx()).text_weak;
        ui.painter().text(
            rect.center(),
            egui::Align2::CENTER_CENTER,
            say!("ui-histogram-waits"),
            font,
            color,
        );
        ui.label(RichText::new(" ").size(theme::FONT_SMALL));
        return;
    };
    let view = seen(entry.volume().id, &counted.histogram, &window, memory);
    let columns = ui.available_width().max(1.0) as usize;
    bring_up_to_date(&mut memory.curve, &counted.histogram, view, columns);
    let points = memory.curve.as_ref().map_or(&[][..], |curve| &curve.points);
    let is_inverted = entry.display.invert != entry.volume().is_inverted;
    let (response, transform) = plot(ui, points, view, &window, is_inverted);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, say!("ui-histogram")));
    strip(ui, &transform, &window, is_inverted, &entry.display.color_map);
    drag(ui, &response, &transform, &window, &mut memory.held, commands);
    if response.double_clicked() && entry.auto_window.is_some() {
        commands.push(Command::AutoWindow);
    }
    readout(ui, &response, &transform, counted, entry);
    response.on_hover_text(say!("ui-histogram-tip"));
}

/// The values to show. They stay while a window is dragged, and otherwise as long as the window is well seen: a scale
/// that moves with every change could not be read.
fn seen(id: VolumeId, histogram: &Histogram, window: &Window, memory: &mut HistogramMemory) -> [f64; 2] {
    let [low, high] = window.edges();
    let before = memory.view.filter(|(of, _)| *of == id).map(|(_, view)| view);
    if let Some(view) = before
        && (memory.held.is_some() || is_well_seen([low, high], view, histogram))
    {
        return view;
    }
    let bulk = histogram.bulk(OUTSIDE);
    let mut view = [
        bulk[0].min(low.max(histogram.low())),
        bulk[1].max(high.min(histogram.high())),
    ];
    let width = (high - low).max(histogram.bin_width());
    if width < TOO_SMALL * (view[1] - view[0]) {
        let middle = (low + high) / 2.0;
        view = [middle - WIDTHS_SEEN / 2.0 * width, middle + WIDTHS_SEEN / 2.0 * width];
    }
    let margin = 0.02 * (view[1] - view[0]).max(histogram.bin_width());
    let view = [view[0] - margin, view[1] + margin];
    memory.view = Some((id, view));
    view
}

/// Whether a window can be read and taken hold of in a view, as far as there are values where it lies.
fn is_well_seen([low, high]: [f64; 2], view: [f64; 2], histogram: &Histogram) -> bool {
    let width = (high - low).max(histogram.bin_width());
    let all = histogram.high() - histogram.low();
    let seen = view[1] - view[0];
    let inside = low.max(histogram.low()) >= view[0] && high.min(histogram.high()) <= view[1];
    // Seen from near, a window that has become much wider again wants to be seen from afar.
    let is_near = seen < 0.5 * all;
    inside && width >= TOO_SMALL * 0.8 * seen && !(is_near && width > 0.9 * seen)
}

fn bring_up_to_date(curve: &mut Option<Curve>, histogram: &Arc<Histogram>, view: [f64; 2], columns: usize) {
    let is_current = curve
        .as_ref()
        .is_some_and(|curve| Arc::ptr_eq(&curve.of, histogram) && curve.view == view && curve.columns == columns);
    if is_current {
        return;
    }
    // The logarithm shows the few voxels of a lesion beside the many of air.
    let heights: Vec<f64> = histogram.densities(view, columns).into_iter().map(f64::ln_1p).collect();
    let highest = heights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let step = (view[1] - view[0]) / columns as f64;
    let points = heights
        .iter()
        .enumerate()
        .map(|(n, height)| PlotPoint::new(view[0] + (n as f64 + 0.5) * step, height / highest))
        .collect();
    *curve = Some(Curve {
        of: Arc::clone(histogram),
        view,
        columns,
        points,
    });
}

fn plot(
    ui: &mut Ui,
    points: &[PlotPoint],
    view: [f64; 2],
    window: &Window,
    is_inverted: bool,
) -> (Response, PlotTransform) {
    let colors = theme::of(ui.ctx());
    let [low, high] = window.edges();
    let shown = Plot::new("histogram")
        .height(HEIGHT)
        .set_margin_fraction(vec2(0.0, 0.0))
        .show_axes(false)
        .show_grid(false)
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
        .show(ui, |plot| {
            plot.set_plot_bounds_x(view[0]..=view[1]);
            plot.set_plot_bounds_y(0.0..=TOP);
            let shade = colors.accent.gamma_multiply(0.22);
            plot.add(Span::new("", low..=high).fill(shade).border(Stroke::NONE));
            plot.line(
                Line::new("", PlotPoints::Borrowed(points))
                    .stroke(Stroke::new(1.0, colors.text_weak))
                    .fill(0.0)
                    .fill_alpha(0.45)
                    .allow_hover(false),
            );
            plot.line(
                Line::new("", ramp(window, view, is_inverted))
                    .stroke(Stroke::new(1.5, colors.text_strong))
                    .allow_hover(false),
            );
            for edge in [low, high] {
                plot.vline(
                    VLine::new("", edge)
                        .stroke(Stroke::new(1.5, colors.accent))
                        .allow_hover(false),
                );
            }
        });
    (shown.response, shown.transform)
}

/// Grey from the bottom to the top, as the window makes it of each value.
fn ramp(window: &Window, view: [f64; 2], is_inverted: bool) -> PlotPoints<'static> {
    let [low, high] = window.edges();
    let points: Vec<[f64; 2]> = if window.function == WindowFunction::Sigmoid {
        (0..=CURVE_POINTS)
            .map(|n| view[0] + (view[1] - view[0]) * n as f64 / CURVE_POINTS as f64)
            .map(|value| [value, window.grey(value)])
            .collect()
    } else {
        vec![
            [view[0].min(low), 0.0],
            [low, 0.0],
            [high, 1.0],
            [view[1].max(high), 1.0],
        ]
    };
    points
        .into_iter()
        .map(|[value, grey]| [value, if is_inverted { 1.0 - grey } else { grey }])
        .collect()
}

/// The colours in which the values above are seen.
fn strip(ui: &mut Ui, transform: &PlotTransform, window: &Window, is_inverted: bool, map: &ColorMap) {
    ui.add_space(-ui.spacing().item_spacing.y + 1.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), STRIP), Sense::hover());
    let color_at = |x: f32| {
        let value = transform.value_from_position(pos2(x, 0.0)).x;
        let level = window.level(value);
        map.color(if is_inverted { 255 - level } else { level })
    };
    paint_gradient(ui, rect, color_at);
}

/// Paints a rectangle whose colour depends on the distance from the left alone, told by its place in the window.
pub(super) fn paint_gradient(ui: &Ui, rect: Rect, color_at: impl Fn(f32) -> [u8; 3]) {
    let mut mesh = Mesh::default();
    let columns = rect.width().max(1.0) as u32;
    for n in 0..=columns {
        let x = rect.left() + rect.width() * n as f32 / columns as f32;
        let [r, g, b] = color_at(x);
        let color = egui::Color32::from_rgb(r, g, b);
        mesh.colored_vertex(pos2(x, rect.top()), color);
        mesh.colored_vertex(pos2(x, rect.bottom()), color);
        if n > 0 {
            mesh.add_triangle(2 * n - 2, 2 * n - 1, 2 * n);
            mesh.add_triangle(2 * n - 1, 2 * n, 2 * n + 1);
        }
    }
    ui.painter().add(mesh);
}

/// What the pointer would take hold of at a place of the screen.
fn grip_at(x: f32, low: f32, high: f32) -> Option<Grip> {
    let is_narrow = high - low < NARROW;
    let reach_inside = if is_narrow { 0.0 } else { REACH };
    if x >= low - REACH && x < low + reach_inside {
        Some(Grip::Low)
    } else if x > high - reach_inside && x <= high + REACH {
        Some(Grip::High)
    } else {
        (x >= low && x <= high).then_some(Grip::Middle)
    }
}

fn drag(
    ui: &Ui,
    response: &Response,
    transform: &PlotTransform,
    window: &Window,
    held: &mut Option<Held>,
    commands: &mut Commands,
) {
    let [low, high] = window.edges();
    let screen = |value: f64| transform.position_from_point(&PlotPoint::new(value, 0.0)).x;
    let value = |x: f32| transform.value_from_position(pos2(x, 0.0)).x;
    let grip = |x: f32| grip_at(x, screen(low), screen(high));
    if response.drag_started_by(egui::PointerButton::Primary) {
        let origin = ui.input(|input| input.pointer.press_origin());
        *held = origin.and_then(|origin| {
            Some(Held {
                grip: grip(origin.x)?,
                from: value(origin.x),
                edges: [low, high],
            })
        });
    }
    if !response.dragged() {
        *held = None;
    }
    let pointer = response.interact_pointer_pos();
    if let (Some(held), Some(at)) = (*held, pointer) {
        let edges = moved(held, value(at.x) - held.from, window);
        let next = window.with_edges(edges);
        if next != *window {
            commands.push(Command::set_window(next));
        }
    }
    let grip = held.map(|held| held.grip).or_else(|| grip(response.hover_pos()?.x));
    match grip {
        Some(Grip::Low | Grip::High) => ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal),
        Some(Grip::Middle) if held.is_some() => ui.ctx().set_cursor_icon(CursorIcon::Grabbing),
        Some(Grip::Middle) => ui.ctx().set_cursor_icon(CursorIcon::Grab),
        None => {}
    }
}

/// The edges after a drag by `by`, on round values of the scale that the window has.
fn moved(held: Held, by: f64, window: &Window) -> [f64; 2] {
    let [low, high] = held.edges;
    let scale = 10f64.powi(i32::try_from(text::decimals(high - low)).unwrap_or(0));
    let round = |value: f64| (value * scale).round() / scale;
    let narrowest = window.smallest_width().max(1.0 / scale);
    match held.grip {
        Grip::Low => [round(low + by).min(high - narrowest), high],
        Grip::High => [low, round(high + by).max(low + narrowest)],
        Grip::Middle => {
            let by = round(by);
            [low + by, high + by]
        }
    }
}

/// The value under the pointer and how many voxels have it; without one, how many were counted.
fn readout(ui: &mut Ui, response: &Response, transform: &PlotTransform, counted: &Counted, entry: &Entry) {
    let histogram = &counted.histogram;
    let under = response.hover_pos().map(|at| transform.value_from_position(at).x);
    let line = match under {
        Some(value) => {
            let decimals = text::decimals(histogram.bin_width() * 50.0);
            let number = format!("{value:.decimals$}");
            say!(
                "ui-histogram-value",
                value = match &entry.volume().unit {
                    Some(unit) => say!("ui-value-unit", value = number, unit = unit.clone()),
                    None => number,
                },
                count = text::grouped(histogram.count_at(value))
            )
        }
        None if counted.is_complete => say!("ui-histogram-all", count = text::grouped(histogram.total())),
        None => say!("ui-histogram-part", count = text::grouped(histogram.total())),
    };
    let color = theme::of(ui.ctx()).text_weak;
    ui.add(egui::Label::new(RichText::new(line).color(color).size(theme::FONT_SMALL)).truncate());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_and_middle_are_told_apart_even_of_a_narrow_window() {
        assert_eq!(grip_at(99.0, 100.0, 200.0), Some(Grip::Low));
        assert_eq!(grip_at(104.0, 100.0, 200.0), Some(Grip::Low));
        assert_eq!(grip_at(150.0, 100.0, 200.0), Some(Grip::Middle));
        assert_eq!(grip_at(203.0, 100.0, 200.0), Some(Grip::High));
        assert_eq!(grip_at(80.0, 100.0, 200.0), None);
        assert_eq!(grip_at(101.0, 100.0, 104.0), Some(Grip::Middle));
        assert_eq!(grip_at(98.0, 100.0, 104.0), Some(Grip::Low));
        assert_eq!(grip_at(106.0, 100.0, 104.0), Some(Grip::High));
    }

    #[test]
    fn an_edge_never_passes_the_other() {
        let window = Window::linear(40.0, 400.0);
        let held = |grip| Held {
            grip,
            from: 0.0,
            edges: window.edges(),
        };
        assert_eq!(moved(held(Grip::Low), 1e6, &window), [238.0, 239.0]);
        assert_eq!(moved(held(Grip::High), -1e6, &window), [-160.0, -159.0]);
        assert_eq!(moved(held(Grip::Middle), 10.4, &window), [-150.0, 249.0]);
    }
}
