//! A pane's plane in patient space.

use glam::{DMat3, DQuat, DVec3};
use serde::{Deserialize, Serialize};

/// The three standard directions of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Seen from the feet.
    Axial,
    /// Seen from the front.
    Coronal,
    /// Seen from the patient's left.
    Sagittal,
}

impl View {
    /// All views, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Axial, Self::Coronal, Self::Sagittal];

    /// The screen's right and down direction in patient space (LPS): the radiological convention.
    pub fn axes(self) -> Axes {
        match self {
            Self::Axial => Axes {
                right: DVec3::X,
                down: DVec3::Y,
            },
            Self::Coronal => Axes {
                right: DVec3::X,
                down: DVec3::NEG_Z,
            },
            Self::Sagittal => Axes {
                right: DVec3::Y,
                down: DVec3::NEG_Z,
            },
        }
    }
}

/// Two perpendicular unit vectors in patient space: where the screen's right and down point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axes {
    /// Unit vector to the right of the screen.
    pub right: DVec3,
    /// Unit vector down the screen.
    pub down: DVec3,
}

impl Axes {
    /// Axes from a viewing normal and a direction that shall point up: right = normal × up, down = −up made
    /// perpendicular to the normal. `None` if the two are parallel or not numbers.
    pub fn from_normal_up(normal: DVec3, up: DVec3) -> Option<Self> {
        let normal = normal.try_normalize()?;
        let right = normal.cross(up).try_normalize()?;
        Some(Self {
            right,
            down: normal.cross(right),
        })
    }

    /// right × down: the direction away from the viewer.
    pub fn normal(&self) -> DVec3 {
        self.right.cross(self.down)
    }

    /// The axes turned by a rotation, made perpendicular again so that errors do not add up.
    pub fn rotated(&self, rotation: DQuat) -> Self {
        let right = (rotation * self.right).normalize();
        let normal = (rotation * self.normal()).normalize();
        Self {
            right,
            down: normal.cross(right).normalize(),
        }
    }

    /// Left and right exchanged (the neurological convention).
    pub fn mirrored(&self) -> Self {
        Self {
            right: -self.right,
            down: self.down,
        }
    }

    /// Right, down and normal as the columns of a matrix.
    pub fn matrix(&self) -> DMat3 {
        DMat3::from_cols(self.right, self.down, self.normal())
    }
}

/// A plane in patient space: the place at the middle of the picture and the screen's directions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// What is shown in the middle of the picture, LPS mm.
    pub center: DVec3,
    /// The screen's right and down.
    pub axes: Axes,
}

impl Plane {
    /// The place of a point of the picture, given in mm right of and below its middle.
    pub fn patient_at(&self, right_mm: f64, down_mm: f64) -> DVec3 {
        self.center + self.axes.right * right_mm + self.axes.down * down_mm
    }

    /// How far a place lies to the right, down and behind the plane, mm.
    pub fn coordinates_of(&self, patient: DVec3) -> DVec3 {
        let offset = patient - self.center;
        DVec3::new(
            offset.dot(self.axes.right),
            offset.dot(self.axes.down),
            offset.dot(self.axes.normal()),
        )
    }
}
