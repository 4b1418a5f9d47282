//! Small pictures on buttons, drawn as lines on a grid of 16 by 16 so that they are sharp at every size and in every
//! colour, and no font has to have them.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::action::Action;
use crate::app::pane::Arrangement;
use crate::app::settings::PanelId;
use crate::app::tool::Tool;

/// Side of the grid.
const GRID: f32 = 16.0;

/// Width of the lines, on the grid.
const WIDTH: f32 = 1.2;

/// Part of a picture, on the grid from its top left.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// A line through these points.
    Line(&'static [[f32; 2]]),
    /// The same, closed.
    Loop(&'static [[f32; 2]]),
    /// The same, filled; convex.
    Area(&'static [[f32; 2]]),
    /// A circle: centre and radius.
    Ring([f32; 3]),
    /// The same, filled.
    Dot([f32; 3]),
    /// Part of a circle: centre, radius, and from and to in degrees, clockwise from the right.
    Arc([f32; 5]),
    /// The right half of a circle, filled.
    HalfDot([f32; 3]),
}

/// A small picture.
pub struct Glyph(&'static [Mark]);

use Mark::{Arc, Area, Dot, HalfDot, Line, Loop, Ring};

const FRAME: Mark = Loop(&[[1.5, 2.5], [14.5, 2.5], [14.5, 13.5], [1.5, 13.5]]);

/// A cross that takes something away.
pub const CLOSE: Glyph = Glyph(&[Line(&[[4.0, 4.0], [12.0, 12.0]]), Line(&[[12.0, 4.0], [4.0, 12.0]])]);

/// Something is doubtful or failed.
pub const WARNING: Glyph = Glyph(&[
    Loop(&[[8.0, 2.0], [14.5, 13.5], [1.5, 13.5]]),
    Line(&[[8.0, 6.0], [8.0, 9.5]]),
    Dot([8.0, 11.5, 0.8]),
]);

/// Something is good to know.
pub const NOTE: Glyph = Glyph(&[
    Ring([8.0, 8.0, 6.3]),
    Dot([8.0, 4.9, 0.9]),
    Line(&[[8.0, 7.2], [8.0, 11.6]]),
]);

/// Something to be found.
pub const SEARCH: Glyph = Glyph(&[Ring([7.0, 7.0, 4.5]), Line(&[[10.4, 10.4], [14.0, 14.0]])]);

/// A disc with a study on it: the one that is built in.
const DEMO: Glyph = Glyph(&[
    Ring([8.0, 8.0, 6.3]),
    Ring([8.0, 8.0, 2.2]),
    Line(&[[8.0, 1.7], [8.0, 5.8]]),
    Line(&[[8.0, 10.2], [8.0, 14.3]]),
]);

/// A path that is typed.
const TYPE: Glyph = Glyph(&[
    Loop(&[[1.5, 4.0], [14.5, 4.0], [14.5, 12.0], [1.5, 12.0]]),
    Line(&[[4.5, 6.3], [4.5, 9.7]]),
    Line(&[[7.0, 9.7], [11.5, 9.7]]),
]);

const OPEN_FILES: Glyph = Glyph(&[
    Loop(&[[3.5, 1.5], [9.5, 1.5], [12.5, 4.5], [12.5, 14.5], [3.5, 14.5]]),
    Line(&[[9.5, 1.5], [9.5, 4.5], [12.5, 4.5]]),
]);
const OPEN_FOLDER: Glyph = Glyph(&[Loop(&[
    [1.5, 3.5],
    [6.0, 3.5],
    [7.5, 5.5],
    [14.5, 5.5],
    [14.5, 13.5],
    [1.5, 13.5],
])]);
const SAVE_PICTURE: Glyph = Glyph(&[
    FRAME,
    Line(&[[1.5, 11.5], [5.5, 7.0], [8.7, 10.3], [11.0, 8.2], [14.5, 11.5]]),
    Dot([10.6, 5.6, 1.2]),
]);
const CONTRAST: Glyph = Glyph(&[Ring([8.0, 8.0, 6.0]), HalfDot([8.0, 8.0, 6.0])]);
const LENGTH: Glyph = Glyph(&[
    Line(&[[3.0, 13.0], [13.0, 3.0]]),
    Line(&[[1.0, 11.0], [5.0, 15.0]]),
    Line(&[[11.0, 1.0], [15.0, 5.0]]),
]);
const CROSSHAIR: Glyph = Glyph(&[
    Line(&[[8.0, 1.0], [8.0, 6.0]]),
    Line(&[[8.0, 10.0], [8.0, 15.0]]),
    Line(&[[1.0, 8.0], [6.0, 8.0]]),
    Line(&[[10.0, 8.0], [15.0, 8.0]]),
]);
const PLANES: Glyph = Glyph(&[
    Line(&[[2.5, 1.5], [2.5, 13.5], [14.5, 13.5]]),
    Loop(&[[5.5, 3.5], [12.5, 3.5], [12.5, 10.5], [5.5, 10.5]]),
    Line(&[[5.5, 7.0], [12.5, 7.0]]),
    Line(&[[9.0, 3.5], [9.0, 10.5]]),
]);
const RESET: Glyph = Glyph(&[
    Arc([8.0, 8.5, 5.5, -60.0, 220.0]),
    Line(&[[1.2, 7.2], [3.4, 4.2], [6.6, 6.2]]),
]);
const CENTER: Glyph = Glyph(&[
    Ring([8.0, 8.0, 5.0]),
    Dot([8.0, 8.0, 1.6]),
    Line(&[[8.0, 1.0], [8.0, 3.0]]),
    Line(&[[8.0, 13.0], [8.0, 15.0]]),
    Line(&[[1.0, 8.0], [3.0, 8.0]]),
    Line(&[[13.0, 8.0], [15.0, 8.0]]),
]);
const INVERT: Glyph = Glyph(&[
    Loop(&[[2.5, 2.5], [13.5, 2.5], [13.5, 13.5], [2.5, 13.5]]),
    Area(&[[13.5, 2.5], [13.5, 13.5], [2.5, 13.5]]),
]);
const SINGLE: Glyph = Glyph(&[FRAME]);
const ONE_AND_THREE: Glyph = Glyph(&[
    FRAME,
    Line(&[[10.0, 2.5], [10.0, 13.5]]),
    Line(&[[10.0, 6.2], [14.5, 6.2]]),
    Line(&[[10.0, 9.8], [14.5, 9.8]]),
]);
const QUAD: Glyph = Glyph(&[
    FRAME,
    Line(&[[8.0, 2.5], [8.0, 13.5]]),
    Line(&[[1.5, 8.0], [14.5, 8.0]]),
]);
const LEFT_PANEL: Glyph = Glyph(&[FRAME, Area(&[[1.5, 2.5], [5.8, 2.5], [5.8, 13.5], [1.5, 13.5]])]);
const RIGHT_PANEL: Glyph = Glyph(&[FRAME, Area(&[[10.2, 2.5], [14.5, 2.5], [14.5, 13.5], [10.2, 13.5]])]);
const SETTINGS: Glyph = Glyph(&[
    Line(&[[1.5, 3.5], [14.5, 3.5]]),
    Line(&[[1.5, 8.0], [14.5, 8.0]]),
    Line(&[[1.5, 12.5], [14.5, 12.5]]),
    Dot([10.5, 3.5, 1.9]),
    Dot([5.0, 8.0, 1.9]),
    Dot([11.5, 12.5, 1.9]),
]);
const HELP: Glyph = Glyph(&[
    Ring([8.0, 8.0, 6.3]),
    Arc([8.0, 6.5, 2.1, 180.0, 405.0]),
    Line(&[[9.4, 8.0], [8.0, 9.2], [8.0, 10.2]]),
    Dot([8.0, 12.0, 0.8]),
]);

/// Lit material.
pub const COMPOSITE: Glyph = Glyph(&[
    Loop(&[
        [8.0, 1.5],
        [14.0, 4.8],
        [14.0, 11.2],
        [8.0, 14.5],
        [2.0, 11.2],
        [2.0, 4.8],
    ]),
    Area(&[[2.0, 4.8], [8.0, 8.0], [8.0, 14.5], [2.0, 11.2]]),
    Line(&[[8.0, 8.0], [14.0, 4.8]]),
]);

/// The highest value along a ray.
pub const MIP: Glyph = Glyph(&[
    Line(&[[1.5, 13.0], [5.0, 10.5], [8.0, 3.0], [11.0, 10.5], [14.5, 13.0]]),
    Dot([8.0, 3.0, 1.8]),
]);

/// The lowest value along a ray.
pub const MINIP: Glyph = Glyph(&[
    Line(&[[1.5, 3.0], [5.0, 5.5], [8.0, 13.0], [11.0, 5.5], [14.5, 3.0]]),
    Dot([8.0, 13.0, 1.8]),
]);

/// The mean along a ray.
pub const AVERAGE: Glyph = Glyph(&[
    Line(&[[1.5, 12.5], [4.5, 4.0], [8.0, 12.0], [11.5, 4.0], [14.5, 12.5]]),
    Line(&[[1.5, 8.2], [14.5, 8.2]]),
]);

/// The surface at one value.
pub const SURFACE: Glyph = Glyph(&[
    Ring([8.0, 8.0, 6.0]),
    Arc([8.0, 8.0, 3.4, 180.0, 270.0]),
    Line(&[[12.4, 12.4], [14.6, 14.6]]),
]);

/// A brush.
pub const BRUSH: Glyph = Glyph(&[
    Line(&[[13.5, 2.5], [7.5, 8.5]]),
    Area(&[[6.4, 8.0], [8.4, 10.0], [5.8, 12.6], [2.6, 13.4], [3.6, 10.2]]),
]);
/// An eraser.
pub const ERASER: Glyph = Glyph(&[
    Loop(&[
        [9.0, 2.5],
        [13.5, 7.0],
        [8.0, 12.5],
        [5.0, 12.5],
        [2.5, 10.0],
        [2.5, 9.0],
    ]),
    Line(&[[6.0, 5.5], [10.5, 10.0]]),
    Line(&[[8.0, 13.5], [13.5, 13.5]]),
]);
/// A lock.
pub const LOCK: Glyph = Glyph(&[
    Area(&[[3.5, 7.5], [12.5, 7.5], [12.5, 13.5], [3.5, 13.5]]),
    Arc([8.0, 7.0, 3.0, 180.0, 360.0]),
]);
/// A lock that is open.
pub const UNLOCKED: Glyph = Glyph(&[
    Line(&[[3.5, 7.5], [12.5, 7.5], [12.5, 13.5], [3.5, 13.5], [3.5, 7.5]]),
    Arc([12.0, 6.0, 3.0, 180.0, 360.0]),
]);

/// The picture of an action, if it has one.
pub fn of(action: Action) -> Option<&'static Glyph> {
    Some(match action {
        Action::OpenFiles => &OPEN_FILES,
        Action::OpenFolder => &OPEN_FOLDER,
        Action::OpenDemo => &DEMO,
        Action::TypePath => &TYPE,
        Action::SavePicture => &SAVE_PICTURE,
        Action::Tool(Tool::Window) => &CONTRAST,
        Action::Tool(Tool::Length) => &LENGTH,
        Action::Tool(Tool::Brush) => &BRUSH,
        Action::Tool(Tool::Eraser) => &ERASER,
        Action::Crosshair => &CROSSHAIR,
        Action::ToggleAlignment => &PLANES,
        Action::ResetView => &RESET,
        Action::Center => &CENTER,
        Action::Invert => &INVERT,
        Action::Arrange(Arrangement::Single) => &SINGLE,
        Action::Arrange(Arrangement::OneAndThree) => &ONE_AND_THREE,
        Action::Arrange(Arrangement::Quad) => &QUAD,
        Action::Panel(PanelId::Browser) => &LEFT_PANEL,
        Action::Panel(PanelId::Display) => &RIGHT_PANEL,
        Action::Settings => &SETTINGS,
        Action::Keys => &HELP,
        _ => return None,
    })
}

impl Glyph {
    /// Draws it in the middle of a rectangle, `side` points wide.
    pub fn paint(&self, painter: &Painter, rect: Rect, side: f32, color: Color32) {
        let scale = side / GRID;
        let pixels = painter.pixels_per_point();
        let corner = rect.center() - vec2(side, side) / 2.0;
        // Whole pixels, so that the half ones of the grid are sharp.
        let corner = pos2(
            (corner.x * pixels).round() / pixels,
            (corner.y * pixels).round() / pixels,
        );
        for mark in self.0 {
            painter.add(mark.shape(corner, scale, color));
        }
    }
}

impl Mark {
    fn shape(self, corner: Pos2, scale: f32, color: Color32) -> Shape {
        let stroke = Stroke::new(WIDTH * scale, color);
        let at = |x: f32, y: f32| corner + scale * vec2(x, y);
        let points = |all: &[[f32; 2]]| -> Vec<Pos2> { all.iter().map(|[x, y]| at(*x, *y)).collect() };
        let arc = |[x, y, radius, from, to]: [f32; 5]| -> Vec<Pos2> {
            const STEPS: u16 = 24;
            (0..=STEPS)
                .map(|step| {
                    let angle = (from + (to - from) * f32::from(step) / f32::from(STEPS)).to_radians();
                    at(x + radius * angle.cos(), y + radius * angle.sin())
                })
                .collect()
        };
        match self {
            Line(all) => Shape::line(points(all), stroke),
            Loop(all) => Shape::closed_line(points(all), stroke),
            Area(all) => Shape::convex_polygon(points(all), color, Stroke::NONE),
            Ring([x, y, radius]) => Shape::circle_stroke(at(x, y), radius * scale, stroke),
            Dot([x, y, radius]) => Shape::circle_filled(at(x, y), radius * scale, color),
            Arc(part) => Shape::line(arc(part), stroke),
            HalfDot([x, y, radius]) => Shape::convex_polygon(arc([x, y, radius, -90.0, 90.0]), color, Stroke::NONE),
        }
    }
}
