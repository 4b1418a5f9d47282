//! An image as one layer of a picture.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::color_map::ColorMap;
use crate::model::volume::Volume;
use crate::model::window::Window;

/// How values between voxel centres are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// The nearest voxel.
    Nearest,
    /// Trilinear, exact in f32.
    #[default]
    Linear,
    /// Catmull-Rom in each direction.
    Cubic,
}

/// An image in a picture: which voxels, and how their values become colours.
#[derive(Clone, Debug)]
pub struct ImageLayer {
    /// The volume.
    pub volume: Arc<Volume>,
    /// Which time point.
    pub frame: usize,
    /// From value to grey.
    pub window: Window,
    /// Black and white exchanged (after the window, before the colour map); MONOCHROME1 is contained in it.
    pub invert: bool,
    /// From grey to colour.
    pub color_map: Arc<ColorMap>,
    /// Between voxel centres.
    pub interpolation: Interpolation,
    /// 0 to 1, over the layers below (over black for the lowest).
    pub opacity: f32,
}

impl PartialEq for ImageLayer {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            volume,
            frame,
            window,
            invert,
            color_map,
            interpolation,
            opacity,
        } = self;
        volume.id == other.volume.id
            && *frame == other.frame
            && *window == other.window
            && *invert == other.invert
            && (Arc::ptr_eq(color_map, &other.color_map) || color_map == &other.color_map)
            && *interpolation == other.interpolation
            && *opacity == other.opacity
    }
}
