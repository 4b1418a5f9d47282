//! The orientation cube of the volume view: which of its faces are seen, and the six sides from which the camera looks.

use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

use crate::app::pane::PaneId;
use crate::app::scenes;
use crate::app::state::State;
use crate::model::plane::Axes;
use crate::scene::Camera;

/// A side of the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The front.
    Anterior,
    /// The back.
    Posterior,
    /// The patient's left.
    Left,
    /// The patient's right.
    Right,
    /// Above the head.
    Head,
    /// Below the feet.
    Feet,
}

impl Side {
    /// All six.
    pub const ALL: [Self; 6] = [
        Self::Anterior,
        Self::Posterior,
        Self::Left,
        Self::Right,
        Self::Head,
        Self::Feet,
    ];

    /// From the middle of the patient to this side, LPS.
    pub fn outward(self) -> DVec3 {
        match self {
            Self::Anterior => -DVec3::Y,
            Self::Posterior => DVec3::Y,
            Self::Left => DVec3::X,
            Self::Right => -DVec3::X,
            Self::Head => DVec3::Z,
            Self::Feet => -DVec3::Z,
        }
    }

    /// Azimuth and elevation of a camera that looks from there, degrees. From the feet the picture is the axial one.
    pub fn angles_deg(self) -> [f64; 2] {
        match self {
            Self::Anterior => [0.0, 0.0],
            Self::Posterior => [180.0, 0.0],
            Self::Left => [90.0, 0.0],
            Self::Right => [270.0, 0.0],
            Self::Head => [0.0, 90.0],
            Self::Feet => [0.0, -90.0],
        }
    }

    /// Whether a camera looks straight from there.
    pub fn is_seen_by(self, camera: &Camera) -> bool {
        camera.axes().normal().dot(self.outward()) < -1.0 + 1e-9
    }
}

/// Half an edge of the cube, points.
const HALF: f64 = 17.0;
/// From the pane's corner to the middle of the cube, points.
const FROM_CORNER: f64 = 40.0;
/// Panes smaller than this have none, points.
const LEAST_PANE: f64 = 150.0;

/// A face as it is seen.
#[derive(Clone, Copy, Debug)]
pub struct Face {
    /// Which.
    pub side: Side,
    /// Its corners around, in points from the pane's top left.
    pub corners: [DVec2; 4],
    /// Its middle.
    pub middle: DVec2,
    /// How much it is turned to the viewer, 0 to 1.
    pub facing: f64,
}

/// The faces that are seen, the one that faces the viewer most last. None in a pane without room.
pub fn faces(state: &State) -> Vec<Face> {
    let size = scenes::pane_size(state, PaneId::Volume);
    if size.min_element() < LEAST_PANE {
        return Vec::new();
    }
    let axes = state.view.camera.axes();
    let center = size - DVec2::splat(FROM_CORNER);
    let mut faces: Vec<Face> = Side::ALL
        .into_iter()
        .filter_map(|side| face(side, &axes, center))
        .collect();
    faces.sort_by(|a, b| a.facing.total_cmp(&b.facing));
    faces
}

fn face(side: Side, axes: &Axes, center: DVec2) -> Option<Face> {
    let outward = side.outward();
    let facing = -outward.dot(axes.normal());
    if facing <= 0.02 {
        return None;
    }
    let on_screen = |place: DVec3| center + DVec2::new(place.dot(axes.right), place.dot(axes.down)) * HALF;
    let across = outward.any_orthonormal_vector().abs();
    let along = outward.cross(across);
    Some(Face {
        side,
        corners: [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
            .map(|(a, b)| on_screen(outward + across * a + along * b)),
        middle: on_screen(outward),
        facing,
    })
}

/// The face at a point of the volume view.
pub fn side_at(state: &State, at: DVec2) -> Option<Side> {
    let is_inside = |face: &Face| {
        let turns = (0..4).map(|n| {
            let (from, to) = (face.corners[n], face.corners[(n + 1) % 4]);
            (to - from).perp_dot(at - from)
        });
        let (left, right) = turns.fold((true, true), |(left, right), turn| {
            (left && turn >= 0.0, right && turn <= 0.0)
        });
        left || right
    };
    faces(state)
        .iter()
        .rev()
        .find(|face| is_inside(face))
        .map(|face| face.side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_at_a_side_sees_its_face_in_the_middle() {
        for side in Side::ALL {
            let [azimuth_deg, elevation_deg] = side.angles_deg();
            let mut state = State::new();
            state.view.sizes.insert(PaneId::Volume, DVec2::new(400.0, 300.0));
            state.view.camera.azimuth_deg = azimuth_deg;
            state.view.camera.elevation_deg = elevation_deg;
            assert!(side.is_seen_by(&state.view.camera), "{side:?}");
            assert_eq!(faces(&state).len(), 1, "{side:?}");
            assert_eq!(side_at(&state, DVec2::new(360.0, 260.0)), Some(side));
            assert_eq!(side_at(&state, DVec2::new(300.0, 260.0)), None);
        }
    }

    #[test]
    fn three_faces_are_seen_from_a_corner() {
        let mut state = State::new();
        state.view.sizes.insert(PaneId::Volume, DVec2::new(400.0, 300.0));
        state.view.camera.azimuth_deg = 30.0;
        state.view.camera.elevation_deg = 25.0;
        let seen: Vec<Side> = faces(&state).iter().map(|face| face.side).collect();
        assert_eq!(seen.len(), 3);
        for side in [Side::Anterior, Side::Left, Side::Head] {
            assert!(seen.contains(&side));
            let face = faces(&state).into_iter().find(|face| face.side == side).unwrap();
            assert_eq!(side_at(&state, face.middle), Some(side));
        }
    }
}
