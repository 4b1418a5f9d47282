//! How much of the sky is seen from inside a volume's material (ambient occlusion), on a coarse grid.
//!
//! Light of the surroundings comes to a cell from 26 directions: to its neighbours and on from there. Along each, what
//! is seen of the sky is swept from cell to cell: a cell lets through what its material does, and the farther away it
//! is, the less it counts, so that only what is near makes crevices dark. Directions count by the part of the sphere
//! that is nearest to them in the patient, so that neither the spacing of voxels nor a sheared grid matters. Over a
//! plane half of the sky is seen; that is open.

mod matter;
mod sky;

use std::sync::Arc;

use glam::DVec3;

use crate::model::occlusion::Occlusion;
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::Volume;
use crate::model::voxel_mask::VoxelMask;
use crate::scene::{Cuts, ImageLayer, VolumeLayer, VolumeMode, VolumeScene};

/// Cells at most.
const MOST_CELLS: usize = 1 << 20;
/// Cells along an axis at most: what any device has as a texture.
const MOST_ALONG: usize = 512;
/// A cell is at least so many of the shortest voxel edges wide.
const LEAST_EDGES: f64 = 2.0;

/// What a field is of: all that it depends on.
#[derive(Clone, Debug)]
pub struct OcclusionRequest {
    image: ImageLayer,
    matter: Matter,
    mask: Option<Arc<VoxelMask>>,
    cuts: Cuts,
}

#[derive(Clone, Debug)]
enum Matter {
    /// Material of a transfer function.
    Transfer(Arc<TransferFunction>),
    /// All that is at or above a value.
    Above(f64),
}

impl PartialEq for OcclusionRequest {
    fn eq(&self, other: &Self) -> bool {
        let (own, others) = (&self.image, &other.image);
        let is_same_matter = match (&self.matter, &other.matter) {
            (Matter::Transfer(a), Matter::Transfer(b)) => Arc::ptr_eq(a, b) || a == b,
            (Matter::Above(a), Matter::Above(b)) => a == b,
            _ => false,
        };
        is_same_matter
            && own.volume.id == others.volume.id
            && own.volume.voxels.revision() == others.volume.voxels.revision()
            && own.frame == others.frame
            && own.opacity == others.opacity
            && self.mask == other.mask
            && self.cuts == other.cuts
    }
}

impl OcclusionRequest {
    /// Of a volume as it is drawn; `None` where there is nothing to be lit: in projections, of a volume that has no
    /// place in the patient, and before its voxels are there.
    pub fn new(layer: &VolumeLayer, mode: VolumeMode, cuts: &Cuts) -> Option<Self> {
        let matter = match mode {
            VolumeMode::Composite => Matter::Transfer(Arc::clone(&layer.transfer)),
            VolumeMode::Iso => Matter::Above(layer.iso),
            VolumeMode::Mip | VolumeMode::MinIp | VolumeMode::Average => return None,
        };
        let image = &layer.image;
        image.volume.geometry()?;
        image.volume.voxels.is_complete().then(|| Self {
            image: image.clone(),
            matter,
            mask: layer.mask.clone(),
            cuts: cuts.clone(),
        })
    }

    /// The volume.
    pub fn volume(&self) -> &Arc<Volume> {
        &self.image.volume
    }

    /// Works it out, on all cores; `None` if it was told to stop.
    pub fn field(&self, is_over: &(dyn Fn() -> bool + Sync)) -> Option<Occlusion> {
        let grid = Grid::of(&self.image.volume)?;
        let opacity = matter::opacity(self, &grid, is_over)?;
        let open = sky::openness(&grid, &opacity, is_over)?;
        Some(Occlusion::new(self.image.volume.dims(), grid.voxels_per_cell, open))
    }
}

/// Gives all volumes of a scene the fields that they are drawn with, if they are dimmed at all.
pub fn add(scene: &mut VolumeScene) {
    if !(scene.light.is_shaded && scene.light.occlusion > 0.0) {
        return;
    }
    for layer in &mut scene.layers {
        let request = OcclusionRequest::new(layer, scene.mode, &scene.cuts);
        layer.occlusion = request.and_then(|request| request.field(&|| false)).map(Arc::new);
    }
}

/// The cells of a volume.
struct Grid {
    voxels_per_cell: [usize; 3],
    cells: [usize; 3],
    /// From cell to cell along i, j, k.
    edges: [DVec3; 3],
    /// The edge of a cube as large as a cell.
    side_mm: f64,
    /// How far away material counts little.
    reach_mm: f64,
}

impl Grid {
    fn of(volume: &Volume) -> Option<Self> {
        /// The reach as a share of the edge of a cube as large as the volume.
        const REACH: f64 = 0.2;
        let geometry = volume.geometry()?;
        let dims = volume.dims();
        let matrix = geometry.patient_from_voxel().matrix3;
        let voxel = [matrix.x_axis, matrix.y_axis, matrix.z_axis];
        let lengths = voxel.map(|edge| edge.length().max(1e-9));
        let voxel_mm3 = matrix.determinant().abs();
        let whole_mm3 = dims.iter().map(|side| *side as f64).product::<f64>() * voxel_mm3;
        let least_mm = lengths.iter().fold(f64::INFINITY, |a, b| a.min(*b)) * LEAST_EDGES;
        let mut wanted_mm = least_mm.max((whole_mm3 / MOST_CELLS as f64).cbrt());
        if !(wanted_mm.is_finite() && wanted_mm > 0.0) {
            return None;
        }
        loop {
            let voxels_per_cell: [usize; 3] = std::array::from_fn(|axis| {
                let fitting = (wanted_mm / lengths[axis]).round() as usize;
                fitting.clamp(dims[axis].div_ceil(MOST_ALONG), dims[axis]).max(1)
            });
            let cells = Occlusion::cells_of(dims, voxels_per_cell);
            if cells.iter().product::<usize>() <= MOST_CELLS || voxels_per_cell == dims {
                let cell_mm3 = voxels_per_cell.iter().map(|side| *side as f64).product::<f64>() * voxel_mm3;
                let side_mm = cell_mm3.cbrt().max(1e-9);
                return Some(Self {
                    voxels_per_cell,
                    cells,
                    edges: std::array::from_fn(|axis| voxel[axis] * voxels_per_cell[axis] as f64),
                    side_mm,
                    reach_mm: (whole_mm3.cbrt() * REACH).max(side_mm),
                });
            }
            wanted_mm *= 1.05;
        }
    }
}
