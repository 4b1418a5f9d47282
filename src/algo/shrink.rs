//! Volumes and masks with fewer voxels.

use glam::{DAffine3, DMat3, DVec3};
use rayon::prelude::*;

use super::gradient::scalar;
use crate::model::geometry::Geometry;
use crate::model::volume::{Placement, Rescale, Value, Volume, VolumeId};
use crate::model::voxel_mask::VoxelMask;
use crate::model::voxels::{SampleType, Samples, Voxels};

/// One frame of a volume with at most `most` voxels along each side: means of eight voxels of each block, in the
/// volume's unit (of colours their luminance). Uneven slices become even ones. `None` where the volume has no place in
/// the patient.
pub fn shrunk(volume: &Volume, frame: usize, most: usize) -> Option<Volume> {
    let geometry = volume.geometry()?;
    let dims = volume.dims();
    let factors = dims.map(|side| side.div_ceil(most.max(1)).max(1));
    let small: [usize; 3] = std::array::from_fn(|n| (dims[n] / factors[n]).max(1));
    let voxels = Voxels::new(small, 1, 1, SampleType::F32, 1).ok()?;
    (0..small[2]).into_par_iter().for_each(|k| {
        let mut means = Vec::with_capacity(small[0] * small[1]);
        for (j, i) in (0..small[1]).flat_map(|j| (0..small[0]).map(move |i| (j, i))) {
            means.push(mean(volume, frame, [i, j, k], factors));
        }
        // Each slice is published once.
        voxels.publish(k, Samples::F32(means)).ok();
    });
    Some(Volume {
        id: VolumeId::fresh(),
        series: volume.series.clone(),
        placement: Placement::Patient(grid(geometry, small, factors)?),
        voxels,
        rescale: Rescale::IDENTITY,
        unit: volume.unit.clone(),
        windows: Vec::new(),
        is_inverted: volume.is_inverted,
        padding: None,
        warnings: Vec::new(),
    })
}

/// A mask with a bit for each cube of voxels whose edge, one voxel, is doubled so many times: kept if at least half of what
/// there is of it is.
pub fn shrunk_mask(mask: &VoxelMask, doublings: u32) -> VoxelMask {
    let side = 1_usize << doublings.min(16);
    let dims = mask.dims();
    let small = dims.map(|voxels| voxels.div_ceil(side));
    let count: usize = small.iter().product();
    let is_kept = |cube: usize| {
        let at = [
            cube % small[0],
            cube / small[0] % small[1],
            cube / (small[0] * small[1]),
        ];
        let [columns, rows, slices] =
            std::array::from_fn(|axis| at[axis] * side..(at[axis] * side + side).min(dims[axis]));
        let mut kept = 0;
        for k in slices.clone() {
            for j in rows.clone() {
                let row = (k * dims[1] + j) * dims[0];
                kept += columns.clone().filter(|i| mask.keeps(row + i)).count();
            }
        }
        2 * kept >= columns.len() * rows.len() * slices.len()
    };
    let word = |n: usize| {
        (0..64)
            .filter(|bit| n * 64 + bit < count && is_kept(n * 64 + bit))
            .fold(0, |word, bit| word | 1 << bit)
    };
    VoxelMask::from_words(small, (0..count.div_ceil(64)).into_par_iter().map(word).collect())
}

/// The mean of a block; NaN where nothing of it is known.
fn mean(volume: &Volume, frame: usize, at: [usize; 3], factors: [usize; 3]) -> f32 {
    // One on either side of the middle, so that the mean stands in it.
    let along = |n: usize| {
        let (first, side) = (at[n] * factors[n], factors[n]);
        let near = side / 4;
        let both = [first + near, first + side - 1 - near];
        both.into_iter().take(if side == 1 { 1 } else { 2 })
    };
    let (mut sum, mut count) = (0.0, 0.0);
    for k in along(2) {
        for j in along(1) {
            for i in along(0) {
                let value = value(volume, frame, [i, j, k]);
                if value.is_finite() {
                    sum += value;
                    count += 1.0;
                }
            }
        }
    }
    (sum / count) as f32
}

fn value(volume: &Volume, frame: usize, index: [usize; 3]) -> f64 {
    let part = |part: usize| volume.voxels.stored(index, frame, part).unwrap_or(f64::NAN);
    if volume.voxels.components() == 3 {
        scalar(Value::Rgb([part(0), part(1), part(2)]))
    } else {
        volume.rescale.value(part(0))
    }
}

fn grid(geometry: &Geometry, dims: [usize; 3], factors: [usize; 3]) -> Option<Geometry> {
    let scale = DVec3::from_array(factors.map(|factor| factor as f64));
    let fine = geometry.patient_from_voxel();
    // The centre of the first block.
    let first = fine.transform_point3((scale - DVec3::ONE) / 2.0);
    let coarse = DAffine3 {
        matrix3: fine.matrix3 * DMat3::from_diagonal(scale),
        translation: first,
    };
    Geometry::from_affine(dims, coarse).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_mask_keeps_what_most_of_it_is() {
        // The last cube along i is one voxel wide.
        let mask = VoxelMask::new([5, 4, 2], |index| index % 5 >= 3 || index / 5 % 4 == 0);
        let small = shrunk_mask(&mask, 1);
        assert_eq!(small.dims(), [3, 2, 1]);
        let kept: Vec<bool> = (0..6).map(|cube| small.keeps(cube)).collect();
        assert_eq!(kept, [true, true, true, false, true, true]);
        assert_eq!(shrunk_mask(&mask, 0).words(), mask.words());
        assert_eq!(shrunk_mask(&mask, 3).count(), 1);
    }
}
