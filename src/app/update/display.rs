//! How the shown volume is turned into grey and colour.

use std::sync::Arc;

use super::super::command::Command;
use super::super::presets;
use super::super::state::{Entry, State};
use super::transfer::ensure_transfer;
use crate::model::window::{Window, WindowFunction};

/// Applies a command about the display of the shown volume.
pub(super) fn update(state: &mut State, command: Command) {
    let Some(entry) = state.shown_mut() else {
        return;
    };
    match command {
        Command::SetWindow { center, width } if center.is_finite() && width.is_finite() => {
            let function = entry
                .display
                .window
                .map_or(WindowFunction::Linear, |window| window.function);
            let window = Window {
                center,
                width,
                function,
            };
            entry.display.window = Some(Window {
                width: width.max(window.smallest_width()),
                ..window
            });
        }
        Command::SetWindowFunction { function } => {
            if let Some(window) = &mut entry.display.window {
                window.function = function;
                window.width = window.width.max(window.smallest_width());
            }
        }
        Command::WindowPreset { name } => {
            if let Some(preset) = presets::window_preset(&name) {
                entry.display.window = Some(preset.window());
            }
        }
        Command::FileWindow { index } => {
            if let Some(named) = entry.open.volume.windows.get(index) {
                entry.display.window = Some(named.window);
            }
        }
        Command::AutoWindow => entry.display.window = entry.auto_window.or(entry.display.window),
        Command::ToggleInvert => entry.display.invert = !entry.display.invert,
        Command::SetColorMap { name } => {
            if let Some(map) = presets::color_map(&name) {
                entry.display.color_map = Arc::clone(map);
            }
        }
        Command::SetInterpolation { interpolation } => entry.display.interpolation = interpolation,
        Command::SetFrame { frame } => entry.display.frame = frame.min(entry.open.volume.voxels.frames() - 1),
        Command::StepFrame { steps } => {
            let last = entry.open.volume.voxels.frames() - 1;
            entry.display.frame = entry.display.frame.saturating_add_signed(steps as isize).min(last);
        }
        // The other commands are routed elsewhere.
        _ => {}
    }
}

/// The percentile windows are known, or known better: they are shown unless something else was chosen.
pub(super) fn take_auto_windows(entry: &mut Entry, slices: Window, projections: Window) {
    let display = &mut entry.display;
    if display.window.is_none() || display.window == entry.auto_window {
        display.window = Some(slices);
    }
    let projection = &mut display.projection_window;
    if projection.is_none() || *projection == entry.auto_projection_window {
        *projection = Some(projections);
    }
    entry.auto_window = Some(slices);
    entry.auto_projection_window = Some(projections);
    ensure_transfer(entry);
}

/// Without a window nothing is drawn: a volume of one value, or one that was stopped early, gets a plain one.
pub(super) fn ensure_window(entry: &mut Entry) {
    if entry.display.window.is_none() {
        entry.display.window = Some(entry.auto_window.unwrap_or(Window::linear(0.0, 1.0)));
    }
    if entry.display.projection_window.is_none() {
        entry.display.projection_window = entry.display.window;
    }
    ensure_transfer(entry);
}
