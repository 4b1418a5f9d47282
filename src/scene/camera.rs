//! A camera that turns about a point of the patient.

use glam::DVec3;
use serde::{Deserialize, Serialize};

use crate::model::plane::Axes;

/// A parallel camera on a turntable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// What is in the middle of the picture, LPS mm.
    pub target: DVec3,
    /// Turned to the patient's left; 0 stands in front of the patient. Degrees.
    pub azimuth_deg: f64,
    /// Lifted towards the head. Degrees, −90 to 90.
    pub elevation_deg: f64,
    /// How large a pixel is.
    pub mm_per_pixel: f64,
}

impl Camera {
    /// The screen's right and down; their normal is the direction of view.
    pub fn axes(&self) -> Axes {
        let (sin_a, cos_a) = self.azimuth_deg.to_radians().sin_cos();
        let (sin_e, cos_e) = self.elevation_deg.to_radians().sin_cos();
        let right = DVec3::new(cos_a, sin_a, 0.0);
        let ahead = DVec3::new(-sin_a, cos_a, 0.0);
        let forward = ahead * cos_e - DVec3::Z * sin_e;
        Axes {
            right,
            down: forward.cross(right),
        }
    }
}
