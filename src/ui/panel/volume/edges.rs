//! What makes edges count: opacity by how strongly values change from place to place. Hidden until it is asked for.

use egui::{Id, Sense, Ui, vec2};

use super::curve::{self, Knot, Layout};
use super::{VolumeMemory, editor, paint};
use crate::app::Command;
use crate::app::state::Entry;
use crate::app::transfer::Transfer;
use crate::app::volume_view::VolumeChange;
use crate::model::transfer_function::{GradientPoint, TransferFunction};
use crate::say;
use crate::ui::{Commands, text, theme};

/// Height of the plot.
const HEIGHT: f32 = 62.0;

/// Shows the switch, and the curve where it is on.
pub fn show(ui: &mut Ui, entry: &Entry, transfer: &Transfer, memory: &mut VolumeMemory, commands: &mut Commands) {
    let function = &transfer.function;
    let mut is_on = !function.gradient().is_empty();
    let response = ui
        .checkbox(&mut is_on, say!("volume-edges"))
        .on_hover_text(say!("volume-edges-tip"));
    if response.changed() {
        let gradient = if is_on { first(entry) } else { Vec::new() };
        editor::push_function(commands, with_gradient(function, gradient));
        commands.push(Command::VolumeView(VolumeChange::Settle));
    }
    if !is_on || function.gradient().is_empty() {
        return;
    }
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let gray = [190; 3];
    let knots: Vec<Knot> = function
        .gradient()
        .iter()
        .map(|point| Knot {
            x: point.per_mm,
            y: point.factor,
            color: gray,
        })
        .collect();
    let last = knots.last().map_or(0.0, |knot| knot.x);
    let widest = match memory.edges_to {
        Some((id, widest)) if id == entry.volume().id && (memory.edges.is_held() || last <= widest) => widest,
        _ => (last * 1.6).max(typical(entry)),
    };
    memory.edges_to = Some((entry.volume().id, widest));
    let unit = entry.volume().unit.clone().unwrap_or_default();
    let layout = Layout {
        id: Id::unique("edges"),
        rect,
        view: [-0.02 * widest, widest],
        is_rooted: false,
        lowest: 0.0,
        name: say!("volume-edges-curve"),
        point: &|n, knot| {
            say!(
                "volume-edge-point",
                number = n + 1,
                value = text::number(knot.x),
                unit = unit.clone(),
                percent = format!("{:.0}", knot.y * 100.0)
            )
        },
    };
    paint::ground(ui, rect);
    paint::fill(ui, &layout, &knots);
    let outcome = curve::show(ui, &layout, &knots, &mut memory.edges);
    if let Some(knots) = outcome.knots {
        let gradient = knots
            .iter()
            .map(|knot| GradientPoint {
                per_mm: knot.x,
                factor: knot.y,
            })
            .collect();
        editor::push_function(commands, with_gradient(function, gradient));
    }
    if outcome.is_settled {
        commands.push(Command::VolumeView(VolumeChange::Settle));
    }
    let axis = egui::RichText::new(say!("volume-edges-axis"))
        .size(theme::FONT_SMALL)
        .color(theme::of(ui).text_weak);
    ui.label(axis);
}

fn with_gradient(function: &TransferFunction, gradient: Vec<GradientPoint>) -> TransferFunction {
    TransferFunction::new(
        function.points().to_vec(),
        gradient,
        function.unit_mm(),
        function.material,
    )
}

/// A change of value per mm that an edge between tissues has, about.
fn typical(entry: &Entry) -> f64 {
    entry.auto_window.map_or(100.0, |window| window.width * 0.15).max(1e-9)
}

/// Flat places fade, edges stay.
fn first(entry: &Entry) -> Vec<GradientPoint> {
    let edge = typical(entry);
    [(0.0, 0.0), (edge * 0.1, 0.1), (edge * 0.5, 1.0)]
        .map(|(per_mm, factor)| GradientPoint { per_mm, factor })
        .to_vec()
}
