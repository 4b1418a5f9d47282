//! From stored numbers to pixels with one multiplication: rescale, window, inversion and colour map of a layer made one.

use crate::model::window::WindowFunction;
use crate::scene::ImageLayer;

/// Added to a number from 0 to 255, this leaves the nearest whole number in the lowest bits.
const WHOLE: f32 = 8_388_608.0;
/// So that halves are rounded up, as everywhere.
const UP: f64 = 1.0 / 1024.0;
/// Levels for a step of the stored numbers up to which the f32 of [`super::aligned`] stays well within one level.
pub(super) const STEEPEST: f32 = 32.0;

/// What becomes of stored numbers under a window that rises straight.
pub(super) struct Greys {
    /// A whole stored number near the middle of the window. Numbers are taken relative to it, so that f32 is exact where
    /// the window is.
    pub(super) near: i32,
    /// Levels for a step of the stored numbers.
    pub(super) scale: f32,
    /// The level of `near`.
    level: f32,
    colors: [[u8; 4]; 256],
}

impl Greys {
    /// `None` of sigmoids, of steps and of windows far from all numbers of 16 bits.
    pub(super) fn new(layer: &ImageLayer) -> Option<Self> {
        let [low, high] = layer.window.edges();
        let rescale = &layer.volume.rescale;
        let near = (((low + high) / 2.0 - rescale.intercept) / rescale.slope).round();
        let is_usual = layer.window.function != WindowFunction::Sigmoid && high > low && near.abs() < 131_072.0;
        if !is_usual {
            return None;
        }
        let share = (rescale.value(near) - low) / (high - low);
        let (scale, share) = if layer.invert {
            (-rescale.slope / (high - low), 1.0 - share)
        } else {
            (rescale.slope / (high - low), share)
        };
        let greys = Self {
            near: near as i32,
            scale: (scale * 255.0) as f32,
            level: (share * 255.0 + UP) as f32,
            colors: std::array::from_fn(|level| {
                let [r, g, b] = layer.color_map.color(level as u8);
                [r, g, b, 255]
            }),
        };
        (greys.scale.is_finite() && greys.level.is_finite()).then_some(greys)
    }

    /// The pixel of a stored number less [`Self::near`].
    #[inline]
    pub(super) fn pixel(&self, above_near: f32) -> [u8; 4] {
        let level = above_near * self.scale + self.level;
        let level = if level > 0.0 { level } else { 0.0 };
        let level = if level < 255.0 { level } else { 255.0 };
        self.colors[usize::from((level + WHOLE).to_bits() as u8)]
    }
}
