//! The voxels of a volume that reach a value.

use rayon::prelude::*;

use crate::model::label_map::{BLOCK_SIDE, LabelMap};
use crate::model::volume::Volume;

/// Label 1 at every voxel of a frame whose value reaches `floor` ([`crate::model::volume::Rescale::reaches`]), on the
/// volume's own grid. What has not arrived, and what is no number, does not reach it.
pub fn labels_reaching(volume: &Volume, frame: usize, floor: f64) -> LabelMap {
    let [columns, rows, slices] = volume.dims();
    let reaches = |index: [usize; 3]| {
        let stored = volume.voxels.stored(index, frame, 0);
        let value = stored.map(|stored| volume.rescale.value(stored));
        value.is_some_and(|value| volume.rescale.reaches(value, floor))
    };
    let part = |first: usize| {
        let depth = BLOCK_SIDE.min(slices - first);
        let mut labels = Vec::with_capacity(columns * rows * depth);
        for k in first..first + depth {
            for j in 0..rows {
                labels.extend((0..columns).map(|i| u16::from(reaches([i, j, k]))));
            }
        }
        LabelMap::from_dense([columns, rows, depth], &labels)
    };
    let firsts: Vec<usize> = (0..slices).step_by(BLOCK_SIDE).collect();
    LabelMap::stacked(firsts.into_par_iter().map(part).collect())
}
