//! A plane, or a slab, through volumes in the patient.

use serde::{Deserialize, Serialize};

use super::{ImageLayer, LabelLayer};
use crate::model::plane::Plane;

/// How the values across a slab become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlabMode {
    /// The highest (maximum intensity projection).
    #[default]
    Mip,
    /// The lowest.
    MinIp,
    /// Their mean.
    Mean,
}

/// A thick slice: samples from end to end across `thickness_mm`, centred on the plane.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slab {
    /// Thickness in mm.
    pub thickness_mm: f64,
    /// What to make of the samples.
    pub mode: SlabMode,
}

impl Slab {
    /// How many steps lie between the first and the last sample, at most the shortest voxel edge apart.
    /// Samples lie at −T/2 + n·T/steps, n = 0 ..= steps.
    pub fn steps(&self, shortest_edge_mm: f64) -> u32 {
        (self.thickness_mm / shortest_edge_mm.max(1e-6))
            .ceil()
            .clamp(1.0, 4096.0) as u32
    }
}

/// A picture of a plane. The centre of pixel (x, y) lies at
/// `plane.center + (x + ½ − W/2)·mm_per_pixel·right + (y + ½ − H/2)·mm_per_pixel·down`.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceScene {
    /// Where.
    pub plane: Plane,
    /// How large a pixel is.
    pub mm_per_pixel: f64,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// A slab, or the plane alone.
    pub slab: Option<Slab>,
    /// What is shown, lowest first. Volumes without a place in the patient are not drawn.
    pub layers: Vec<ImageLayer>,
    /// The label maps over them, lowest first, on their own grids.
    pub labels: Vec<LabelLayer>,
}
