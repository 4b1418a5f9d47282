//! How open the surroundings of each place of a volume are, for the volume view: crevices get less light.

use std::sync::atomic::{AtomicU64, Ordering};

use glam::DVec3;

/// Openness on a coarse grid: cells of whole voxels, the last along an axis as long as the others. Cheap to compare by
/// its id.
#[derive(Clone, Debug)]
pub struct Occlusion {
    id: u64,
    voxels_per_cell: [usize; 3],
    cells: [usize; 3],
    /// i fastest; 0 is shut in, 255 open.
    open: Vec<u8>,
}

impl PartialEq for Occlusion {
    /// Fields of one id are the same.
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Occlusion {
    /// Of a volume of `dims` voxels, from one number a cell, i fastest. What is missing is open.
    pub fn new(dims: [usize; 3], voxels_per_cell: [usize; 3], mut open: Vec<u8>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let voxels_per_cell = voxels_per_cell.map(|count| count.max(1));
        let cells = Self::cells_of(dims, voxels_per_cell);
        open.resize(cells.iter().product(), u8::MAX);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            voxels_per_cell,
            cells,
            open,
        }
    }

    /// Cells along i, j, k of a volume of `dims` voxels; at least one.
    pub fn cells_of(dims: [usize; 3], voxels_per_cell: [usize; 3]) -> [usize; 3] {
        std::array::from_fn(|axis| dims[axis].div_ceil(voxels_per_cell[axis].max(1)).max(1))
    }

    /// No other field has it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Cells along i, j, k.
    pub fn cells(&self) -> [usize; 3] {
        self.cells
    }

    /// Voxels of a cell along i, j, k.
    pub fn voxels_per_cell(&self) -> [usize; 3] {
        self.voxels_per_cell
    }

    /// One number a cell, i fastest: 0 is shut in, 255 open.
    pub fn open(&self) -> &[u8] {
        &self.open
    }

    /// Whether it is of a volume of this size.
    pub fn fits(&self, dims: [usize; 3]) -> bool {
        Self::cells_of(dims, self.voxels_per_cell) == self.cells
    }

    /// How open it is around a fractional voxel index, 0 to 1: between the centres of cells along straight lines, beyond
    /// the outermost as there.
    pub fn open_at(&self, voxel: DVec3) -> f64 {
        let per_cell = DVec3::from_array(self.voxels_per_cell.map(|count| count as f64));
        let last = DVec3::from_array(self.cells.map(|count| count as f64 - 1.0));
        let at = ((voxel + 0.5) / per_cell - 0.5).clamp(DVec3::ZERO, last);
        let low = at.floor();
        let t = at - low;
        let cell = |corner: DVec3| {
            let [i, j, k] = (low + corner).min(last).to_array().map(|part| part as usize);
            let index = (k * self.cells[1] + j) * self.cells[0] + i;
            f64::from(self.open.get(index).copied().unwrap_or(u8::MAX)) / 255.0
        };
        let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
        let row = |y: f64, z: f64| mix(cell(DVec3::new(0.0, y, z)), cell(DVec3::new(1.0, y, z)), t.x);
        let plane = |z: f64| mix(row(0.0, z), row(1.0, z), t.y);
        mix(plane(0.0), plane(1.0), t.z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lies_on_the_centres_of_its_cells() {
        // Five voxels in cells of two: 0–1, 2–3 and 4–5, of which the last voxel is not there.
        let field = Occlusion::new([5, 2, 1], [2, 2, 4], vec![0, 51, 255]);
        assert_eq!(field.cells(), [3, 1, 1]);
        assert!(field.fits([6, 1, 3]) && !field.fits([7, 1, 3]));
        let along = |i: f64| field.open_at(DVec3::new(i, 0.3, 0.0));
        assert_eq!([along(-0.5), along(0.5), along(2.5), along(4.5)], [0.0, 0.0, 0.2, 1.0]);
        assert!((along(1.5) - 0.1).abs() < 1e-12 && (along(3.0) - 0.4).abs() < 1e-12);
        assert_ne!(field, Occlusion::new([5, 2, 1], [2, 2, 4], vec![0, 51, 255]));
        assert_eq!(
            Occlusion::new([5, 2, 1], [2, 2, 4], Vec::new()).open_at(DVec3::ZERO),
            1.0
        );
    }
}
