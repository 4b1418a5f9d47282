//! Windowing by drag: to the right is wider, up is a higher centre (a darker picture), in proportion to the width.

use glam::DVec2;

use super::Modifiers;
use crate::app::transfer::Transfer;
use crate::model::window::Window;
use crate::scene::VolumeMode;

/// Points of the screen that a drag takes to change the window by its own width.
const POINTS_PER_WIDTH: f64 = 200.0;

/// A window no wider than this share of the value range still reacts to the pointer.
const FLOOR_SHARE: f64 = 0.002;

/// The window after a drag of `delta` points from `from`. `value_span` is the size of the numbers at hand, so that a
/// tiny window can be widened again. Shift is five times finer.
pub fn dragged(from: Window, delta: DVec2, modifiers: Modifiers, value_span: f64) -> Window {
    let speed = if modifiers.shift { 0.2 } else { 1.0 };
    let unit = from.width.max(value_span * FLOOR_SHARE) / POINTS_PER_WIDTH * speed;
    Window {
        center: from.center - delta.y * unit,
        width: (from.width + delta.x * unit).max(from.smallest_width()),
        function: from.function,
    }
}

/// Points of the screen that a drag takes to move a curve by the span of the values.
const POINTS_PER_SPAN: f64 = 400.0;

/// Points of the screen that a drag takes to make a curve wider by the factor e.
const POINTS_PER_STRETCH: f64 = 150.0;

/// The transfer function after a drag of `delta` points from `from`: to the right is wider about its middle, up is
/// towards higher values, as with a window. Of a surface only its value moves. `value_span` is the size of the numbers
/// at hand. Shift is five times finer.
pub fn dragged_transfer(
    from: &Transfer,
    mode: VolumeMode,
    delta: DVec2,
    modifiers: Modifiers,
    value_span: f64,
) -> Transfer {
    let delta = if modifiers.shift { delta * 0.2 } else { delta };
    let shift = -delta.y * value_span / POINTS_PER_SPAN;
    if mode == VolumeMode::Iso {
        return Transfer {
            iso: from.iso + shift,
            ..from.clone()
        };
    }
    let Some([low, high]) = from.function.range() else {
        return from.clone();
    };
    let middle = (low + high) / 2.0;
    let stretch = (delta.x / POINTS_PER_STRETCH).clamp(-20.0, 20.0).exp();
    if delta == DVec2::ZERO {
        return from.clone();
    }
    from.changed(from.function.mapped(stretch, middle - middle * stretch + shift))
}
