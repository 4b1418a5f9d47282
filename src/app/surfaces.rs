//! Segments as smooth surfaces in the volume view.

use std::sync::Arc;

use crate::algo::surface_nets::smooth::BlockSurfaces;
use crate::model::segment::LabelColors;
use crate::scene::SurfaceLayer;

/// The surfaces of labels that are drawn, in their colours.
pub fn layers(found: &BlockSurfaces, colors: &LabelColors, opacity: f32) -> Vec<SurfaceLayer> {
    let of_label = found.by_label().iter().filter_map(|(label, surface)| {
        Some(SurfaceLayer {
            surface: Arc::clone(surface),
            color: colors.get(u32::from(*label))?,
            opacity,
        })
    });
    of_label.collect()
}
