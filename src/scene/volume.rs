//! A volume seen through a camera.

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::{Camera, ImageLayer};

/// How the samples along a ray become one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Projection {
    /// The highest (maximum intensity projection).
    #[default]
    Mip,
    /// The lowest.
    MinIp,
    /// Their mean.
    Average,
}

/// A projection of a volume: samples inside it, `step_mm` apart along each ray, made one value, windowed like a slice.
/// Samples lie whole steps before and behind the plane through the camera's target. A ray that misses is black.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeScene {
    /// From where.
    pub camera: Camera,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// What to make of the samples.
    pub projection: Projection,
    /// Distance of samples along the ray.
    pub step_mm: f64,
    /// What is shown.
    pub layer: ImageLayer,
}

impl VolumeScene {
    /// More samples than this on either side of the target are never taken: a step that is too small for the volume
    /// (or no number) is made larger.
    const MOST_STEPS: f64 = 4096.0;

    /// The distance of samples that is drawn, mm. `None` where the volume has no place in the patient.
    pub fn sample_step_mm(&self) -> Option<f64> {
        let geometry = self.layer.volume.geometry()?;
        let forward = self.camera.axes().normal();
        let farthest_mm = geometry
            .corners()
            .iter()
            .map(|corner: &DVec3| (*corner - self.camera.target).dot(forward).abs())
            .fold(0.0, f64::max);
        let wanted_mm = if self.step_mm > 0.0 && self.step_mm.is_finite() {
            self.step_mm
        } else {
            geometry.shortest_edge_mm() / 2.0
        };
        Some(wanted_mm.max(farthest_mm / Self::MOST_STEPS))
    }
}
