//! How open places in a volume are: what their surroundings leave of light that comes from all sides (ambient
//! occlusion), on a coarse grid, so that it follows the transfer function at once.
//!
//! The volume is cut into cells of about [`CELL_MM`]; the opacity of each is that of its material along its edge. Of
//! the cells within [`REACH_MM`] (a box that is blurred twice) the mean opacity is taken. On a flat wall half of the
//! surroundings are solid, in a corner three quarters or more, on a ridge a quarter: a place with half of them solid
//! counts as four fifths open, one with less than three eighths as fully open.

use glam::DVec3;
use rayon::prelude::*;

use crate::model::volume::Volume;
use crate::scene::VolumeLayer;

/// The usual edge of a cell, mm.
pub const CELL_MM: f64 = 4.0;
/// How far the surroundings reach, mm.
pub const REACH_MM: f64 = 14.0;
/// Cells along an axis at most.
const MOST_CELLS: usize = 160;
/// Voxels of a cell that are looked at along each axis.
const LOOKS: usize = 2;

/// The openness of a volume as a transfer function shows it.
#[derive(Clone, Debug)]
pub struct Openness {
    /// Cells along i, j and k.
    cells: [usize; 3],
    /// Voxels along a cell.
    voxels_per_cell: DVec3,
    /// 0 to 1 of every cell, i fastest.
    open: Vec<f32>,
}

impl Openness {
    /// Of a layer that has a place in the patient and one number a voxel; slices that have not arrived are empty.
    pub fn new(layer: &VolumeLayer) -> Option<Self> {
        let image = &layer.image;
        let volume = &*image.volume;
        let spacing = volume.geometry()?.spacing();
        if volume.voxels.components() != 1 || image.frame >= volume.voxels.frames() {
            return None;
        }
        let dims = volume.dims();
        let cells: [usize; 3] = std::array::from_fn(|axis| {
            let extent_mm = dims[axis] as f64 * spacing[axis];
            ((extent_mm / CELL_MM).ceil() as usize).clamp(1, MOST_CELLS.min(dims[axis].max(1)))
        });
        let voxels_per_cell = DVec3::from_array(std::array::from_fn(|axis| dims[axis] as f64 / cells[axis] as f64));
        let cell_mm = voxels_per_cell * spacing;
        let mut solid = solidity(layer, volume, cells, voxels_per_cell, cell_mm.element_sum() / 3.0);
        for axis in 0..3 {
            let radius = (REACH_MM / cell_mm[axis] / 2.0).round().max(1.0) as usize;
            // Twice a box is nearly a bell.
            for _ in 0..2 {
                solid = blurred(&solid, cells, axis, radius);
            }
        }
        Some(Self {
            cells,
            voxels_per_cell,
            open: solid
                .into_iter()
                .map(|solid| (1.6 * (1.0 - solid)).clamp(0.0, 1.0))
                .collect(),
        })
    }

    /// Cells along i, j and k.
    pub fn cells(&self) -> [usize; 3] {
        self.cells
    }

    /// Openness of every cell, i fastest, 0 to 1.
    pub fn open(&self) -> &[f32] {
        &self.open
    }

    /// Openness at a fractional voxel index: interpolated between the middles of cells; beyond the outermost they go on.
    pub fn at(&self, voxel: DVec3) -> f64 {
        let last = DVec3::from_array(self.cells.map(|side| side as f64 - 1.0));
        let at = ((voxel + 0.5) / self.voxels_per_cell - 0.5).clamp(DVec3::ZERO, last);
        let low = at.floor();
        let t = at - low;
        let [i, j, k] = low.to_array().map(|part| part as usize);
        let cell = |di: usize, dj: usize, dk: usize| {
            let [i, j, k] = [i + di, j + dj, k + dk];
            let (i, j, k) = (
                i.min(self.cells[0] - 1),
                j.min(self.cells[1] - 1),
                k.min(self.cells[2] - 1),
            );
            f64::from(self.open[(k * self.cells[1] + j) * self.cells[0] + i])
        };
        let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
        let plane = |dk| {
            let row = |dj| mix(cell(0, dj, dk), cell(1, dj, dk), t.x);
            mix(row(0), row(1), t.y)
        };
        mix(plane(0), plane(1), t.z)
    }
}

/// How much of the light along its edge each cell takes away.
fn solidity(layer: &VolumeLayer, volume: &Volume, cells: [usize; 3], per_cell: DVec3, edge_mm: f64) -> Vec<f32> {
    let transfer = &layer.transfer;
    let dims = volume.dims();
    let looks = |cell: usize, axis: usize| -> [usize; LOOKS] {
        std::array::from_fn(|n| {
            let at = (cell as f64 + (n as f64 + 0.5) / LOOKS as f64) * per_cell[axis];
            (at as usize).min(dims[axis] - 1)
        })
    };
    let frame = layer.image.frame;
    (0..cells[1] * cells[2])
        .into_par_iter()
        .flat_map_iter(|row| {
            let (rows, slices) = (looks(row % cells[1], 1), looks(row / cells[1], 2));
            (0..cells[0]).map(move |cell| {
                let mut sum = 0.0;
                for k in slices.into_iter().filter(|k| volume.voxels.has_slice(*k, frame)) {
                    for j in rows {
                        for i in looks(cell, 0) {
                            let index = (k * dims[1] + j) * dims[0] + i;
                            let is_kept = layer.mask.as_ref().is_none_or(|mask| mask.keeps(index));
                            let stored = volume.voxels.stored([i, j, k], frame, 0).unwrap_or(f64::NAN);
                            let value = volume.rescale.value(stored);
                            if is_kept && !value.is_nan() {
                                sum += transfer.over_step(transfer.at(value).opacity, edge_mm);
                            }
                        }
                    }
                }
                (sum / (LOOKS * LOOKS * LOOKS) as f64) as f32
            })
        })
        .collect()
}

/// The mean over `radius` cells to both sides along an axis; beyond the end there is nothing solid.
fn blurred(cells: &[f32], sides: [usize; 3], axis: usize, radius: usize) -> Vec<f32> {
    let stride: usize = sides[..axis].iter().product();
    let side = sides[axis];
    let share = 1.0 / (2 * radius + 1) as f32;
    let line = |index: usize| {
        let at = index / stride % side;
        let first = index - at * stride;
        let low = at.saturating_sub(radius);
        let high = (at + radius).min(side - 1);
        (low..=high).map(|n| cells[first + n * stride]).sum::<f32>() * share
    };
    (0..cells.len()).into_par_iter().map(line).collect()
}
