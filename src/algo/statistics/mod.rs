//! What is measured of every label of a map: how large it is and where, what an image has in it, and its shape.

mod diameters;
mod extent;
mod surface_area;
mod values;

pub use diameters::{Diameters, diameters};
pub use extent::{Extent, extents};
pub use surface_area::{sphericity, surface_area_mm2};
pub use values::{ValueStatistics, Values, value_statistics};

use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::label_grid::LabelGrid;

/// Everything that is measured of a label without an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// How large it is, and where.
    pub extent: Extent,
    /// How long it is.
    pub diameters: Diameters,
    /// How large its surface is, mm².
    pub surface_mm2: f64,
}

/// The shapes of all labels in a map, by label. `None` if the map has not the size of its geometry.
pub fn shapes(map: &LabelGrid, geometry: &Geometry) -> Option<Vec<(u16, Shape)>> {
    let all: Vec<(u16, Extent)> = extents(map, geometry)?.into_iter().collect();
    let shape = |(label, extent): &(u16, Extent)| {
        let shape = Shape {
            extent: *extent,
            diameters: diameters(map, *label, &extent.bounds, geometry)?,
            surface_mm2: surface_area_mm2(map, *label, &extent.bounds, geometry),
        };
        Some((*label, shape))
    };
    Some(all.par_iter().filter_map(shape).collect())
}
