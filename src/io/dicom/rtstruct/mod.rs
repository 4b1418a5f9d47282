//! RT Structure Sets (PS3.3 A.19, C.8.8.5, C.8.8.6): contours, which become a label map on their image's grid.

mod grid;
mod read;
mod source;

use std::sync::Arc;

use rayon::prelude::*;

use self::source::{ContourSource, Part};
use crate::algo::rasterize::{RasterRegion, RowRun, rasterize};
use crate::io::source::OpenVolume;
use crate::model::coding::Detail;
use crate::model::segment::{MOST_LABEL, Segment, SegmentTable, default_color};
use crate::model::volume::{Placement, Rescale, Volume, VolumeId};
use crate::model::voxels::{SampleType, Voxels};
use crate::say;

pub use self::read::{ContourFile, MODALITY};

/// More layers than this are refused: each costs as much as the whole grid.
const MOST_LAYERS: usize = 256;

impl ContourFile {
    /// The regions as a label map: on the grid of the image that they were drawn on, if it is among `images`, else on a
    /// grid of their own. Regions that overlap are in layers. The error is the reason for the user.
    pub fn into_open_volume(self, images: &[OpenVolume]) -> Result<OpenVolume, String> {
        let mut warnings = self.warnings.clone();
        let grid = grid::grid_for(&self, images, &mut warnings)?;
        let rasters: Vec<RasterRegion> = self.regions.par_iter().map(|region| rasterize(region, &grid)).collect();
        let left_out: usize = rasters.iter().map(|raster| raster.left_out).sum();
        if left_out > 0 {
            warnings.push(say!("io-rtstruct-left-out", count = left_out));
        }
        let layers = layers_of(&rasters);
        let layer_count = layers.iter().max().map_or(1, |last| last + 1);
        if layer_count > MOST_LAYERS {
            return Err(say!("io-seg-too-many-layers", count = layer_count, most = MOST_LAYERS));
        }
        let segments = self.regions.iter().zip(&layers).map(|(region, layer)| Segment {
            layer: *layer,
            detail: region.coding.clone().map(|coding| {
                Arc::new(Detail {
                    coding: Some(coding),
                    ..Detail::default()
                })
            }),
            ..Segment::new(
                region.number,
                region.name.clone(),
                region.color.unwrap_or_else(|| default_color(region.number)),
            )
        });
        let table = SegmentTable::from_segments(segments.collect());
        let highest = self.regions.iter().map(|region| region.number).max().unwrap_or(0);
        let sample_type = if highest <= 255 {
            SampleType::U8
        } else {
            SampleType::U16
        };
        let dims = grid.dims();
        let voxels = Voxels::new(dims, layer_count, 1, sample_type, 1).map_err(|err| err.to_string())?;
        let mut parts: Vec<Vec<Part>> = vec![Vec::new(); voxels.slab_count()];
        for ((region, raster), layer) in self.regions.iter().zip(rasters).zip(&layers) {
            for (slice, runs) in raster.slices {
                if let Some(slab) = parts.get_mut(layer * dims[2] + slice) {
                    slab.push(Part {
                        label: region.number.min(MOST_LABEL) as u16,
                        runs,
                    });
                }
            }
        }
        let volume = Volume {
            id: VolumeId::fresh(),
            series: self.series,
            placement: Placement::Patient(grid),
            voxels,
            rescale: Rescale::IDENTITY,
            unit: None,
            windows: Vec::new(),
            is_inverted: false,
            padding: None,
            warnings,
        };
        Ok(OpenVolume {
            volume: Arc::new(volume),
            source: Arc::new(ContourSource {
                file: self.file,
                columns: dims[0],
                rows: dims[1],
                sample_type,
                parts,
                table,
                references: self.references.map(Arc::new),
            }),
        })
    }
}

/// The layer of each region: the lowest in which no other has a voxel of it.
fn layers_of(rasters: &[RasterRegion]) -> Vec<usize> {
    let mut layers: Vec<Vec<&RasterRegion>> = Vec::new();
    rasters
        .iter()
        .map(|raster| {
            let free = layers
                .iter()
                .position(|layer| layer.iter().all(|other| !do_overlap(raster, other)));
            let layer = free.unwrap_or(layers.len());
            if layer == layers.len() {
                layers.push(Vec::new());
            }
            if let Some(layer) = layers.get_mut(layer) {
                layer.push(raster);
            }
            layer
        })
        .collect()
}

fn do_overlap(a: &RasterRegion, b: &RasterRegion) -> bool {
    a.slices
        .iter()
        .any(|(slice, runs)| b.slices.get(slice).is_some_and(|others| do_runs_meet(runs, others)))
}

/// Whether two lists of runs, each in the order of rows and columns, share a pixel.
fn do_runs_meet(a: &[RowRun], b: &[RowRun]) -> bool {
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        if one.row == other.row && one.from < other.to && other.from < one.to {
            return true;
        }
        if (one.row, one.to) <= (other.row, other.to) {
            left.next();
        } else {
            right.next();
        }
    }
    false
}
