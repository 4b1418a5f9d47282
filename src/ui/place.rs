//! Where the window stands on the screen: as the last time, if there still is a screen there.

use egui::{Pos2, Rect, ViewportBuilder, ViewportCommand, pos2, vec2};

use super::icon;
use crate::app::Command;
use crate::app::settings::{Settings, WindowPlace};
use crate::say;

/// Size of the window at first, in points.
const FIRST_SIZE: [f32; 2] = [1280.0, 800.0];

/// The smallest window.
const LEAST_SIZE: [f32; 2] = [480.0, 320.0];

/// So much of the top of a window has to be on a screen for a hand to get hold of it, in pixels.
const HANDHOLD: [f32; 2] = [120.0, 24.0];

/// The window to begin with.
pub fn viewport(place: Option<WindowPlace>) -> ViewportBuilder {
    let mut viewport = ViewportBuilder::default()
        .with_title(say!("ui-start-title"))
        .with_app_id("isocenter")
        .with_icon(icon::image())
        .with_inner_size(place.map_or(FIRST_SIZE, |place| place.size))
        .with_min_inner_size(LEAST_SIZE)
        .with_drag_and_drop(true);
    if let Some(position) = place.and_then(|place| place.position) {
        viewport = viewport.with_position(position);
    }
    if place.is_some_and(|place| place.is_maximised) {
        viewport = viewport.with_maximized(true);
    }
    viewport
}

/// Watches where the window stands.
#[derive(Default)]
pub struct Placing {
    is_checked: bool,
}

impl Placing {
    /// To be called in each frame. Brings the window back onto a screen at first, and asks for its place to be
    /// remembered when that has changed.
    pub fn look(&mut self, ctx: &egui::Context, frame: &eframe::Frame, settings: &Settings) -> Option<Command> {
        if !std::mem::replace(&mut self.is_checked, true) {
            bring_back(ctx, frame);
        }
        let (inner, outer, is_maximised, is_other) = ctx.input(|input| {
            let viewport = input.viewport();
            let is_other = viewport.minimized == Some(true) || viewport.fullscreen == Some(true);
            (viewport.inner_rect, viewport.outer_rect, viewport.maximized, is_other)
        });
        let inner = inner.filter(|_| !is_other)?;
        let scale = ctx.zoom_factor();
        let place = WindowPlace {
            position: outer.map(|outer| rounded((outer.min.to_vec2() * scale).into())),
            size: rounded((inner.size() * scale).into()),
            is_maximised: is_maximised == Some(true),
        };
        let is_known = match settings.window {
            Some(known) if place.is_maximised => known.is_maximised,
            known => known == Some(place),
        };
        (!is_known && place.is_possible()).then_some(Command::PlaceWindow(place))
    }
}

fn rounded(at: [f32; 2]) -> [f32; 2] {
    at.map(f32::round)
}

/// A window whose screen went away comes to the middle of one that is there.
fn bring_back(ctx: &egui::Context, frame: &eframe::Frame) {
    let Some(window) = frame.winit_window() else {
        return;
    };
    let Ok(at) = window.outer_position() else {
        return;
    };
    let size = window.outer_size();
    let window_rect = Rect::from_min_size(
        pos2(at.x as f32, at.y as f32),
        vec2(size.width as f32, size.height as f32),
    );
    let screens: Vec<Rect> = window
        .available_monitors()
        .map(|monitor| {
            let (at, size) = (monitor.position(), monitor.size());
            Rect::from_min_size(
                pos2(at.x as f32, at.y as f32),
                vec2(size.width as f32, size.height as f32),
            )
        })
        .collect();
    if let Some(better) = place_on(&screens, window_rect) {
        let points = better.to_vec2() / ctx.pixels_per_point();
        ctx.send_viewport_cmd(ViewportCommand::OuterPosition(points.to_pos2()));
    }
}

/// Where a window should rather stand, in pixels; `None` if it can be reached where it is.
fn place_on(screens: &[Rect], window: Rect) -> Option<Pos2> {
    let top = Rect::from_min_size(window.min, vec2(window.width(), HANDHOLD[1]));
    let is_reachable = screens.iter().any(|screen| {
        let seen = screen.intersect(top);
        seen.width() >= HANDHOLD[0].min(window.width()) && seen.height() >= HANDHOLD[1] / 2.0
    });
    let first = screens.first().filter(|_| !is_reachable)?;
    let at = first.center() - window.size() / 2.0;
    Some(at.max(first.min))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_comes_back_from_a_screen_that_went_away() {
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(1920.0, 1080.0));
        let window = |x, y| Rect::from_min_size(pos2(x, y), vec2(1280.0, 800.0));
        assert_eq!(place_on(&[screen], window(100.0, 100.0)), None);
        assert_eq!(place_on(&[screen], window(-1100.0, 0.0)), None, "a part is enough");
        let middle = Some(pos2(320.0, 140.0));
        assert_eq!(place_on(&[screen], window(2500.0, 100.0)), middle);
        assert_eq!(place_on(&[screen], window(-1270.0, 100.0)), middle);
        assert_eq!(
            place_on(&[screen], window(100.0, -300.0)),
            middle,
            "its top cannot be reached"
        );
        let second = Rect::from_min_size(pos2(1920.0, 0.0), vec2(1920.0, 1080.0));
        assert_eq!(place_on(&[screen, second], window(2500.0, 100.0)), None);
        // Where the system tells of no screens, nothing is known to be wrong.
        assert_eq!(place_on(&[], window(9000.0, 100.0)), None);
        // A window larger than the screen keeps its top on it.
        let large = Rect::from_min_size(pos2(5000.0, 0.0), vec2(3000.0, 2000.0));
        assert_eq!(place_on(&[screen], large), Some(Pos2::ZERO));
    }
}
