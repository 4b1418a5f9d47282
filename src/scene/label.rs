//! A label map over a picture: filled and outlined segments.

use std::sync::Arc;

use crate::model::segment::LabelColors;
use crate::model::volume::Volume;

/// A label map on its own grid. The label of a pixel is the whole number nearest to the value of the nearest voxel at
/// the pixel's place on the plane; of a slab's middle plane, for labels have no maximum and no mean.
///
/// A pixel belongs to the outline of its label if a pixel `outline_px` to its left, right, above or below has another
/// one. Labels that are not drawn count as none.
#[derive(Clone, Debug)]
pub struct LabelLayer {
    /// The label map.
    pub volume: Arc<Volume>,
    /// Which time point.
    pub frame: usize,
    /// What each label is drawn in.
    pub colors: Arc<LabelColors>,
    /// Opacity of the inside, 0 to 1.
    pub fill: f32,
    /// Opacity of the outline, 0 to 1.
    pub outline: f32,
    /// Width of the outline in pixels, at least 1.
    pub outline_px: u32,
}

impl LabelLayer {
    /// Filled at an opacity and outlined at twice that, so that edges are seen before the picture is covered.
    pub fn new(volume: Arc<Volume>, colors: Arc<LabelColors>, opacity: f32, outline_px: u32) -> Self {
        Self {
            volume,
            frame: 0,
            colors,
            fill: opacity.clamp(0.0, 1.0),
            outline: (2.0 * opacity).clamp(0.0, 1.0),
            outline_px: outline_px.max(1),
        }
    }
}

impl PartialEq for LabelLayer {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            volume,
            frame,
            colors,
            fill,
            outline,
            outline_px,
        } = self;
        volume.id == other.volume.id
            && *frame == other.frame
            && (Arc::ptr_eq(colors, &other.colors) || *colors == other.colors)
            && *fill == other.fill
            && *outline == other.outline
            && *outline_px == other.outline_px
    }
}
