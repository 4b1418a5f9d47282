//! A volume seen through a camera.

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
/// A ray that misses the volume is black.
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
