//! Lines around something: one that is drawn, and the one of a value under the pointer.

use glam::DVec2;
use serde::{Deserialize, Serialize};

use super::pane::PaneId;
use super::scenes;
use super::state::State;
use crate::model::plane::Plane;
use crate::scene::Camera;

/// Corners of a freehand line stand at least so far apart, in points.
const STEP: f64 = 1.5;
/// A line has no more corners.
const MOST_CORNERS: usize = 4000;
/// A click so near to the first corner closes the line, in points.
const CLOSE_BY: f64 = 8.0;

/// How a pane was looked at when a line was begun.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Corners are mm right of and below the middle of a plane.
    Plane(Plane),
    /// Corners are pixels from the top left of a picture by a camera, with its width and height.
    Camera(Camera, [u32; 2]),
}

impl Sight {
    fn of(state: &State, pane: PaneId) -> Option<Self> {
        Some(match pane {
            PaneId::Volume => {
                let size = scenes::pane_size(state, pane).round().max(DVec2::ONE);
                Self::Camera(scenes::point_camera(state), [size.x as u32, size.y as u32])
            }
            _ => Self::Plane(scenes::plane(state, pane)?),
        })
    }
}

/// A line that is being drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// In which pane.
    pub pane: PaneId,
    /// How that is looked at.
    pub sight: Sight,
    /// Its corners so far, as the sight counts.
    pub corners: Vec<DVec2>,
    /// Where the next corner would be, of a line that is drawn corner by corner.
    pub tail: Option<DVec2>,
}

impl Outline {
    /// One that begins at a point of a pane.
    pub(super) fn begun(state: &State, pane: PaneId, at: DVec2) -> Option<Self> {
        let mut outline = Self {
            pane,
            sight: Sight::of(state, pane)?,
            corners: Vec::new(),
            tail: None,
        };
        outline.corners.push(outline.corner_at(state, at)?);
        Some(outline)
    }

    /// Whether the pane is still looked at from the side from which the line was drawn.
    pub fn is_true(&self, state: &State) -> bool {
        match (self.sight, Sight::of(state, self.pane)) {
            (Sight::Plane(then), Some(Sight::Plane(now))) => then.axes == now.axes,
            (then, now) => Some(then) == now,
        }
    }

    fn corner_at(&self, state: &State, at: DVec2) -> Option<DVec2> {
        match self.sight {
            Sight::Plane(plane) => {
                let place = scenes::patient_at(state, self.pane, at)?;
                Some(plane.coordinates_of(place).truncate())
            }
            // Cameras count in whole points; the middle stays the middle.
            Sight::Camera(_, size) => {
                let whole = DVec2::from_array(size.map(f64::from));
                Some(at - (scenes::pane_size(state, self.pane) - whole) / 2.0)
            }
        }
    }

    /// Where a corner is seen in its pane, in points from the top left.
    pub fn point_of(&self, state: &State, corner: DVec2) -> Option<DVec2> {
        match self.sight {
            Sight::Plane(plane) => scenes::point_of(state, self.pane, plane.patient_at(corner.x, corner.y)),
            Sight::Camera(_, size) => {
                let whole = DVec2::from_array(size.map(f64::from));
                Some(corner + (scenes::pane_size(state, self.pane) - whole) / 2.0)
            }
        }
    }

    fn distance(&self, state: &State, corner: Option<&DVec2>, at: DVec2) -> f64 {
        let point = corner.and_then(|corner| self.point_of(state, *corner));
        point.map_or(f64::INFINITY, |point| point.distance(at))
    }

    /// Draws on to a point of the pane.
    pub(super) fn draw(&mut self, state: &State, at: DVec2) {
        self.tail = None;
        if self.distance(state, self.corners.last(), at) >= STEP {
            self.add_corner(state, at);
        }
    }

    /// Sets a corner.
    pub(super) fn add_corner(&mut self, state: &State, at: DVec2) {
        if self.corners.len() < MOST_CORNERS
            && let Some(corner) = self.corner_at(state, at)
        {
            self.corners.push(corner);
        }
    }

    /// The next corner would be at a point of the pane.
    pub(super) fn lead(&mut self, state: &State, at: DVec2) {
        self.tail = self.corner_at(state, at);
    }

    /// Whether a click at a point closes the line: at its first corner, or once more at its last one.
    pub fn is_closed_by(&self, state: &State, at: DVec2) -> bool {
        self.corners.len() >= 3
            && (self.distance(state, self.corners.first(), at) <= CLOSE_BY
                || self.distance(state, self.corners.last(), at) <= super::tool::measure::CLICK)
    }
}

/// The line of one value around a place of a pane.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// The pane.
    pub pane: PaneId,
    /// Its plane.
    pub plane: Plane,
    /// The corners, mm right of and below the middle of the plane.
    pub corners: Vec<DVec2>,
}
