//! One stored picture of a volume in its own pixels, at its own aspect.

use glam::DVec2;

use super::ImageLayer;
use crate::model::volume::{Placement, Volume};

/// A stored slice or a picture that has no place in space. i runs to the right, j downwards.
/// The centre of pixel (x, y) shows the stored pixel
/// `center + ((x + ½ − W/2)·units_per_pixel / pixel width, (y + ½ − H/2)·units_per_pixel / pixel height)`.
#[derive(Clone, Debug, PartialEq)]
pub struct StackScene {
    /// What is shown.
    pub layer: ImageLayer,
    /// Which stored slice.
    pub slice: usize,
    /// The stored pixel (fractional, centres are whole) in the middle of the picture.
    pub center: DVec2,
    /// Units (mm where the pixel size is known) per pixel of the picture.
    pub units_per_pixel: f64,
    /// Width and height in pixels.
    pub size: [u32; 2],
}

impl StackScene {
    /// Width and height of a stored pixel: mm where known, else only their ratio counts.
    pub fn pixel_size(volume: &Volume) -> [f64; 2] {
        match &volume.placement {
            Placement::Patient(geometry) => [geometry.spacing().x, geometry.spacing().y],
            Placement::Stack(grid) => grid.pixel_size,
        }
    }

    /// The middle of a picture and the units per pixel at which all of it is seen.
    pub fn fit(volume: &Volume, size: [u32; 2]) -> (DVec2, f64) {
        let [columns, rows, _] = volume.dims();
        let [width, height] = Self::pixel_size(volume);
        let units =
            (columns as f64 * width / f64::from(size[0].max(1))).max(rows as f64 * height / f64::from(size[1].max(1)));
        (DVec2::new(columns as f64 - 1.0, rows as f64 - 1.0) / 2.0, units)
    }
}
