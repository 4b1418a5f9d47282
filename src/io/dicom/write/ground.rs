//! The grid that a segmentation is written on: the reference image's own where the map's voxels are the image's, in
//! whatever order of axes, so that each frame lies on one of its slices; else the map's own grid.

use std::io;
use std::sync::Arc;

use glam::DVec3;

use super::super::references::{References, SourceImage};
use super::study::Study;
use crate::io::blank;
use crate::io::source::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::volume::{Placement, Volume, VolumeKind};
use crate::model::voxels::{SampleType, Voxels};
use crate::say;

/// Voxel centres this near to each other, in voxels, are one.
const SAME_VOXEL: f64 = 0.02;

/// Which voxel of a map a voxel of the grid is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Axis {
    /// The map's axis that runs along this one.
    of_map: usize,
    is_reversed: bool,
    /// The grid's index of the map's first (or, reversed, last) voxel.
    offset: usize,
}

/// A grid, and the map's voxels on it.
pub(super) struct Ground {
    pub(super) geometry: Geometry,
    axes: [Axis; 3],
    map_dims: [usize; 3],
    /// The images of its slices.
    pub(super) references: Option<Arc<References>>,
    /// There is a reference, and the map lies on another grid.
    pub(super) is_apart: bool,
}

impl Ground {
    pub(super) fn of(map: &Geometry, reference: Option<&OpenVolume>) -> Self {
        let own = |references, is_apart| Self {
            geometry: map.clone(),
            axes: [0, 1, 2].map(|of_map| Axis {
                of_map,
                is_reversed: false,
                offset: 0,
            }),
            map_dims: map.dims(),
            references,
            is_apart,
        };
        let Some(open) = reference else {
            return own(None, false);
        };
        let references = open.source.references();
        let Some((grid, axes)) = open
            .volume
            .geometry()
            .and_then(|grid| Some((grid, axes_on(grid, map)?)))
        else {
            // The series is named all the same, but no slice of it is.
            let references = references.map(|all| Arc::new(all.without_slices()));
            return own(references, true);
        };
        Self {
            geometry: grid.clone(),
            axes,
            map_dims: map.dims(),
            references,
            is_apart: false,
        }
    }

    pub(super) fn dims(&self) -> [usize; 3] {
        self.geometry.dims()
    }

    /// The images that a slice was drawn on, those of the first series first.
    pub(super) fn sources(&self, slice: usize) -> impl Iterator<Item = &SourceImage> {
        let all = self.references.iter().flat_map(|references| references.series());
        all.flat_map(move |series| series.slices.get(slice).into_iter().flatten())
    }

    /// What is odd about it, each a sentence.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.is_apart.then(|| say!("io-seg-other-grid")).into_iter().collect()
    }

    /// An empty image on it, in the frame of reference of a study: what a file that was written is read back on.
    pub(super) fn as_image(&self, volume: &Volume, study: &Study) -> io::Result<OpenVolume> {
        let voxels = Voxels::new(self.dims(), 1, 1, SampleType::U16, 1).map_err(io::Error::other)?;
        let mut grid = volume.with_voxels(voxels);
        grid.placement = Placement::Patient(self.geometry.clone());
        grid.series.kind = VolumeKind::Image;
        grid.series
            .frame_of_reference_uid
            .clone_from(&study.frame_of_reference_uid);
        let source = blank::source(&grid);
        Ok(OpenVolume {
            volume: Arc::new(grid),
            source,
        })
    }

    /// The map's voxel at a voxel of the grid; `None` beyond the map.
    pub(super) fn map_index(&self, index: [usize; 3]) -> Option<[usize; 3]> {
        let mut found = [0; 3];
        for (axis, at) in self.axes.iter().zip(index) {
            let size = self.map_dims[axis.of_map];
            let from_first = at.checked_sub(axis.offset).filter(|at| *at < size)?;
            found[axis.of_map] = if axis.is_reversed {
                size - 1 - from_first
            } else {
                from_first
            };
        }
        Some(found)
    }
}

/// How a map's voxels lie among those of a grid; `None` where they are not the same, or not all in it.
fn axes_on(grid: &Geometry, map: &Geometry) -> Option<[Axis; 3]> {
    let dims = map.dims();
    let linear = grid.voxel_from_patient().matrix3 * map.patient_from_voxel().matrix3;
    let mut axes: [Option<Axis>; 3] = [None; 3];
    let first = grid.voxel_at(map.patient_at(DVec3::ZERO));
    for (of_map, size) in dims.into_iter().enumerate() {
        let step = linear.col(of_map);
        let of_grid = (0..3).max_by(|a, b| step[*a].abs().total_cmp(&step[*b].abs()))?;
        let is_reversed = step[of_grid] < 0.0;
        let lowest = first[of_grid] - if is_reversed { size as f64 - 1.0 } else { 0.0 };
        // One slice has a thickness that nobody measured; it may be along either way.
        let is_one = size == 1 || (step[of_grid].abs() - 1.0).abs() * size as f64 <= SAME_VOXEL;
        let fits = lowest.round() >= 0.0 && lowest.round() + size as f64 <= grid.dims()[of_grid] as f64;
        if !is_one || !fits || axes[of_grid].is_some() {
            return None;
        }
        axes[of_grid] = Some(Axis {
            of_map,
            is_reversed,
            offset: lowest.round() as usize,
        });
    }
    let [Some(i), Some(j), Some(k)] = axes else {
        return None;
    };
    let ground = Ground {
        geometry: grid.clone(),
        axes: [i, j, k],
        map_dims: dims,
        references: None,
        is_apart: false,
    };
    // Every slice, and its corners, where the map says.
    let is_same = |index: [usize; 3]| {
        ground.map_index(index).is_none_or(|found| {
            let there = map.patient_at(DVec3::from_array(found.map(|n| n as f64)));
            let here = DVec3::from_array(index.map(|n| n as f64));
            (grid.voxel_at(there) - here).abs().max_element() <= SAME_VOXEL
        })
    };
    let ends = [0, 1].map(|axis| {
        let axis_on: Axis = ground.axes[axis];
        [axis_on.offset, axis_on.offset + dims[axis_on.of_map] - 1]
    });
    let all = (0..grid.dims()[2]).flat_map(|k| {
        ends[0]
            .into_iter()
            .flat_map(move |i| ends[1].into_iter().map(move |j| [i, j, k]))
    });
    all.into_iter().all(is_same).then_some(ground.axes)
}
