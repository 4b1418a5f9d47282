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

/// Where a layer begins to be seen: what is lower is not drawn, so that the picture below stays as it is. In a slab the
/// highest value counts, whatever becomes of the other layers: what is seen is what reaches the floor anywhere in it.
/// Slices only; what is seen of a volume through a camera is its transfer function's business.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// The lowest value that is drawn, by the rule of [`crate::model::volume::Rescale::reaches`].
    pub value: f64,
    /// Opacity of the outline, 0 to 1; where that of the layer is higher, there is none. It is a band inside the edge, as
    /// that of [`super::LabelLayer`].
    pub outline: f32,
    /// Width of the outline in pixels, 1 to [`super::WIDEST_OUTLINE_PX`].
    pub outline_px: u32,
}

impl Floor {
    /// The width of the outline that is drawn.
    pub fn outline_width(&self) -> u32 {
        self.outline_px.clamp(1, super::WIDEST_OUTLINE_PX)
    }
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
    /// Where it begins to be seen; all of it is without.
    pub floor: Option<Floor>,
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
            floor,
        } = self;
        volume.id == other.volume.id
            && *frame == other.frame
            && *window == other.window
            && *invert == other.invert
            && (Arc::ptr_eq(color_map, &other.color_map) || color_map == &other.color_map)
            && *interpolation == other.interpolation
            && *opacity == other.opacity
            && *floor == other.floor
    }
}
