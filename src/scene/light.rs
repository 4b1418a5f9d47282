//! How volumes are lit.

use glam::DVec3;
use serde::{Deserialize, Serialize};

/// The light of a volume view.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Light {
    /// Whether surfaces are shaded at all.
    pub is_shaded: bool,
    /// Towards the light, from the viewer's seat: x to the right, y up, z towards the viewer. Any length.
    pub towards: DVec3,
    /// How dark surfaces become where they are seen edge on, 0 to 1.
    pub silhouettes: f64,
    /// How dark crevices of volumes become where surfaces are shaded, 0 to 1 ([`crate::model::occlusion`]); 0: not at
    /// all.
    pub occlusion: f64,
}

impl Default for Light {
    fn default() -> Self {
        Self {
            is_shaded: true,
            towards: DVec3::new(-0.4, 0.6, 1.0),
            silhouettes: 0.0,
            occlusion: Self::USUAL_OCCLUSION,
        }
    }
}

impl Light {
    /// How dark crevices become at first.
    pub const USUAL_OCCLUSION: f64 = 0.6;

    /// The direction towards the light in the patient, of length 1, for a viewer whose screen has these axes. A
    /// direction that is none shines from the viewer.
    pub fn direction(&self, axes: &crate::model::plane::Axes) -> DVec3 {
        let towards = axes.right * self.towards.x - axes.down * self.towards.y - axes.normal() * self.towards.z;
        towards.try_normalize().unwrap_or(-axes.normal())
    }
}
