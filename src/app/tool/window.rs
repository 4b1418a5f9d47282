//! Windowing by drag: to the right is wider, up is a higher centre (a darker picture), in proportion to the width.

use glam::DVec2;

use super::Modifiers;
use crate::model::window::Window;

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
