//! What the pointer does in a pane: one file a tool. Tools compute; [`super::update`] applies what they found.

pub mod crop;
pub mod crosshair;
pub mod cube;
pub mod length;
pub mod measure;
pub mod navigate;
pub mod paint;
pub mod scalpel;
pub mod window;

use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

use super::pane::{PaneId, PlanePane, StackPane};
use super::planes::Alignment;
use super::state::State;
use super::transfer::Transfer;
use crate::model::measurement::Measurement;
use crate::model::window::Window;
use crate::scene::{Camera, CropBox};

/// What the left button does in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// Moves the crosshair, turns its lines, makes slices thick.
    Crosshair,
    /// Changes the window.
    Window,
    /// Measures lengths.
    Length,
    /// Cuts away what a line drawn over the volume view encloses. In other panes it is the crosshair.
    Scalpel,
    /// Paints a segment.
    Brush,
    /// Takes a segment away.
    Eraser,
    /// Fills what is connected with the place that is clicked by similar values.
    Fill,
    /// Fills what is drawn around in a pane's slice, freehand or corner by corner.
    Lasso,
    /// The same through all slices, or from the volume view.
    Scissors,
    /// Fills what the line of one value through the place that is clicked goes around.
    Trace,
    /// Works on the connected part of a segment that is clicked.
    Islands,
}

impl Tool {
    /// Whether it makes measurements.
    pub fn measures(self) -> bool {
        matches!(self, Self::Length)
    }

    /// Whether it changes label maps.
    pub fn paints(self) -> bool {
        self.is_brush() || self.draws_around() || matches!(self, Self::Fill | Self::Trace | Self::Islands)
    }

    /// Whether it has a size and is moved over what it changes.
    pub fn is_brush(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser)
    }

    /// Whether a closed line is drawn with it around segments.
    pub fn draws_around(self) -> bool {
        matches!(self, Self::Lasso | Self::Scissors)
    }
}

/// What a left press at a point of a pane, without keys, takes hold of.
pub fn take_hold(state: &State, pane: PaneId, at: DVec2) -> GestureKind {
    if let Some(handle) = crop::handle_at(state, pane, at) {
        return GestureKind::Crop(handle.side);
    }
    let grip = measure::grip_at(state, pane, at).map(|grip| GestureKind::Move(grip.part));
    if pane == PaneId::Volume
        && let Some(side) = cube::side_at(state, at)
    {
        return GestureKind::Side(side);
    }
    match state.view.tool_in(pane) {
        None => GestureKind::Turn,
        Some(Tool::Scalpel) => GestureKind::Scalpel,
        Some(Tool::Brush | Tool::Eraser) => GestureKind::Paint,
        Some(Tool::Lasso | Tool::Scissors) => GestureKind::Outline,
        Some(Tool::Fill | Tool::Trace | Tool::Islands) => GestureKind::Pick,
        Some(Tool::Window) => grip.unwrap_or(GestureKind::Window),
        Some(Tool::Length) => grip.unwrap_or(GestureKind::Draw),
        Some(Tool::Crosshair) => match (grip, crosshair::take_hold(state, pane, at)) {
            (Some(grip @ GestureKind::Move(measure::Part::Point(_))), _) => grip,
            (Some(grip), GestureKind::Crosshair) => grip,
            (_, held) => held,
        },
    }
}

/// A pointer button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// The active tool.
    Left,
    /// Pans.
    Middle,
    /// Zooms.
    Right,
}

/// What the pointer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointerAction {
    /// A button goes down.
    Press(Button),
    /// The pointer moves with the button down.
    Move,
    /// The button goes up.
    Release,
}

/// Keys held with the pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Modifiers {
    /// Ctrl (Cmd on a Mac).
    pub ctrl: bool,
    /// Shift.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
}

/// Something that the pointer did in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointerEvent {
    /// The pane in which the button went down.
    pub pane: PaneId,
    /// What.
    pub action: PointerAction,
    /// Where, in points from the pane's top left.
    pub at: DVec2,
    /// With which keys.
    #[serde(default)]
    pub modifiers: Modifiers,
}

/// A drag under way.
#[derive(Clone, Debug)]
pub struct Gesture {
    /// The pane in which it began.
    pub pane: PaneId,
    /// Where it began, in points.
    pub start: DVec2,
    /// What it does.
    pub kind: GestureKind,
    /// Everything it may change, as it was: each move is computed from there, so nothing adds up and Escape restores it.
    pub before: Before,
}

/// What a drag does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GestureKind {
    /// Moves the crosshair.
    Crosshair,
    /// Turns the crosshair lines of the pane.
    Rotate,
    /// Changes the slab of a pane by a handle on its line.
    Slab(PaneId),
    /// Changes the window.
    Window,
    /// Moves the picture.
    Pan,
    /// Magnifies about the place where it began.
    Zoom,
    /// Turns the camera.
    Turn,
    /// Moves a side of the crop box.
    Crop(crop::CropSide),
    /// Draws the line of the scalpel.
    Scalpel,
    /// Paints or erases.
    Paint,
    /// Draws a line around something with the button down.
    Outline,
    /// Draws it corner by corner: the button is up in between.
    Corners,
    /// The place where the button goes up is what counts.
    Pick,
    /// A face of the orientation cube: a click looks from there, a drag turns.
    Side(cube::Side),
    /// Draws a measurement while the button is down.
    Draw,
    /// Draws a measurement while the button is up: its first point was clicked.
    Place,
    /// The button went down to set the last point.
    Finish,
    /// Moves a measurement or a part of it.
    Move(measure::Part),
}

/// What a drag may change.
#[derive(Clone, Debug)]
pub struct Before {
    /// The crosshair.
    pub crosshair: DVec3,
    /// The planes.
    pub planes: [PlanePane; 3],
    /// Their alignment.
    pub alignment: Alignment,
    /// The stack pane.
    pub stack: StackPane,
    /// Magnification.
    pub zoom: f64,
    /// The camera.
    pub camera: Camera,
    /// Its magnification.
    pub camera_zoom: f64,
    /// The place about which it turns, LPS mm.
    pub pivot: DVec3,
    /// The crop box.
    pub crop: Option<CropBox>,
    /// The window of the shown volume.
    pub window: Option<Window>,
    /// The window of its projections.
    pub projection_window: Option<Window>,
    /// The transfer function of the shown volume.
    pub transfer: Option<Transfer>,
    /// The measurement that was taken hold of.
    pub measurement: Option<Measurement>,
}
