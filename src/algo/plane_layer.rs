//! The voxels that a plane goes through: what is drawn on a pane is drawn in these.

use glam::DVec3;

use crate::model::geometry::Geometry;
use crate::model::label_map::VoxelBox;

/// Which voxels of a grid lie at a plane: along the acquisition's own slices those of the nearest one; else those whose
/// centre is no further from the plane than half of what a voxel reaches along its normal, so that no plane has holes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneLayer {
    /// A place on the plane, LPS mm.
    place: DVec3,
    normal: DVec3,
    which: Which,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Which {
    /// Those of one slice.
    Slice(usize),
    /// Those whose centre lies above the first and not above the second distance from the plane, mm.
    Between(f64, f64),
    /// None.
    Nowhere,
}

impl PlaneLayer {
    /// The voxels at a plane through a place (LPS mm) with a unit normal.
    pub fn at(geometry: &Geometry, place: DVec3, normal: DVec3) -> Self {
        Self {
            place,
            normal,
            which: which(geometry, place, normal),
        }
    }

    /// Whether a voxel whose centre stands at `place` (LPS mm) is one of them.
    #[inline]
    pub fn has(&self, index: [usize; 3], place: DVec3) -> bool {
        match self.which {
            Which::Slice(slice) => index[2] == slice,
            Which::Between(low, high) => {
                let height = self.normal.dot(place - self.place);
                height > low && height <= high
            }
            Which::Nowhere => false,
        }
    }

    /// How far the centres of the voxels can lie apart along the normal, mm.
    pub fn thickness_mm(&self, geometry: &Geometry) -> f64 {
        match self.which {
            Which::Between(low, high) => high - low,
            Which::Slice(_) => geometry.spacing().max_element(),
            Which::Nowhere => 0.0,
        }
    }

    /// Whether any voxel of a box can be one of them: never false where one is.
    pub fn may_touch(&self, geometry: &Geometry, voxels: &VoxelBox) -> bool {
        match self.which {
            Which::Slice(slice) => voxels[2].contains(&slice),
            Which::Between(low, high) => {
                let heights = corners(geometry, voxels).map(|corner| self.normal.dot(corner - self.place));
                let lowest = heights.into_iter().fold(f64::INFINITY, f64::min);
                let highest = heights.into_iter().fold(f64::NEG_INFINITY, f64::max);
                // Slices that do not stand evenly can lie beyond the corners.
                let spare = if geometry.slice_table().is_some() {
                    highest - lowest
                } else {
                    1e-6
                };
                highest + spare >= low && lowest - spare <= high
            }
            Which::Nowhere => false,
        }
    }
}

/// The outermost centres of a box of voxels, LPS mm.
pub(super) fn corners(geometry: &Geometry, voxels: &VoxelBox) -> [DVec3; 8] {
    std::array::from_fn(|n| {
        let at = |axis: usize| {
            if n >> axis & 1 == 1 {
                voxels[axis].end as f64 - 1.0
            } else {
                voxels[axis].start as f64
            }
        };
        geometry.patient_at(DVec3::new(at(0), at(1), at(2)))
    })
}

fn which(geometry: &Geometry, place: DVec3, normal: DVec3) -> Which {
    /// Cosines above this are of parallel lines.
    const PARALLEL: f64 = 1.0 - 1e-9;
    if normal.dot(geometry.normal()).abs() > PARALLEL {
        let slice = (geometry.voxel_at(place).z + 0.5 + super::sample::SNAP).floor();
        let is_there = slice >= 0.0 && slice < geometry.dims()[2] as f64;
        return if is_there {
            Which::Slice(slice as usize)
        } else {
            Which::Nowhere
        };
    }
    let edges = geometry.patient_from_voxel().matrix3;
    let reach = [edges.x_axis, edges.y_axis, edges.z_axis]
        .iter()
        .map(|edge| edge.dot(normal).abs())
        .sum::<f64>()
        / 2.0;
    let noise = reach * 1e-9;
    Which::Between(-reach + noise, reach + noise)
}
