//! The slices of a frame as runs of samples of one type, for whoever goes through many of them.

use crate::model::voxels::{Samples, Voxels};

/// The slices of a frame, each a run of samples; `None` if any could not be read.
pub(super) fn slices<'a, T>(
    voxels: &'a Voxels,
    frame: usize,
    of_type: impl Fn(&'a Samples) -> Option<&'a [T]>,
) -> Option<Vec<&'a [T]>> {
    let [columns, rows, count] = voxels.dims();
    let size = columns * rows;
    (0..count)
        .map(|slice| {
            let slab = voxels.slab_of(slice, frame);
            let first = (slice - voxels.slab_range(slab).first_slice) * size;
            of_type(voxels.slab(slab)?)?.get(first..first + size)
        })
        .collect()
}
