//! A label map over a picture: filled and outlined segments.

use std::sync::Arc;

use crate::model::segment::LabelColors;
use crate::model::volume::Volume;

/// A label map on its own grid. The label of a pixel is the whole number nearest to the value of the nearest voxel at
/// the pixel's place on the plane; of a slab's middle plane, for labels have no maximum and no mean.
///
/// A pixel belongs to the outline of its label if a pixel no more than `outline_px` away (from centre to centre) has
/// another one: a band inside the border, of the same width at any zoom and in any direction. Labels that are not drawn
/// count as none.
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
    /// Opacity of the outline, 0 to 1; where that of the inside is higher, there is no outline.
    pub outline: f32,
    /// Width of the outline in pixels, 1 to [`WIDEST_OUTLINE_PX`].
    pub outline_px: u32,
}

/// The widest outline: every pixel of a segment looks at all that are so near.
pub const WIDEST_OUTLINE_PX: u32 = 8;

impl LabelLayer {
    /// The width of the outline that is drawn.
    pub fn outline_width(&self) -> u32 {
        self.outline_px.clamp(1, WIDEST_OUTLINE_PX)
    }

    /// Filled at an opacity and outlined at twice that, so that edges are seen before the picture is covered.
    pub fn new(volume: Arc<Volume>, colors: Arc<LabelColors>, opacity: f32, outline_px: u32) -> Self {
        Self {
            volume,
            frame: 0,
            colors,
            fill: opacity.clamp(0.0, 1.0),
            outline: (2.0 * opacity).clamp(0.0, 1.0),
            outline_px,
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
            && volume.voxels.painted_revision() == other.volume.voxels.painted_revision()
            && *frame == other.frame
            && (Arc::ptr_eq(colors, &other.colors) || *colors == other.colors)
            && *fill == other.fill
            && *outline == other.outline
            && *outline_px == other.outline_px
    }
}
