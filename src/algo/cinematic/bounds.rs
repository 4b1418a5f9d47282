//! How dense material can be at most in every part of a volume, so that free paths through thin parts are long.

use glam::DVec3;
use rayon::prelude::*;

use super::medium::Material;
use crate::model::volume::Volume;

/// Cells along an edge of a part.
const SIDE: usize = 8;

/// The greatest extinction of every part.
pub(super) struct Bounds {
    /// Parts along i, j and k.
    sides: [usize; 3],
    /// Cells along an edge of a part.
    side: f64,
    /// The last part along i, j and k.
    last: DVec3,
    /// Per mm, i fastest.
    most: Vec<f32>,
}

impl Bounds {
    /// One bound for the whole volume.
    pub(super) fn plain(material: &Material) -> Self {
        Self {
            sides: [1; 3],
            side: f64::INFINITY,
            last: DVec3::ZERO,
            most: vec![material.most_in(f64::NEG_INFINITY, f64::INFINITY)],
        }
    }

    /// A bound for every part of a frame that has arrived in full. A part has the voxels at both of its ends, since
    /// interpolation reads both.
    pub(super) fn parts(volume: &Volume, frame: usize, material: &Material) -> Self {
        let dims = volume.dims();
        let sides = dims.map(|side| side.div_ceil(SIDE));
        let most = (0..sides.iter().product::<usize>())
            .into_par_iter()
            .map(|part| {
                let at = [
                    part % sides[0],
                    part / sides[0] % sides[1],
                    part / (sides[0] * sides[1]),
                ];
                let [i, j, k] =
                    std::array::from_fn(|axis| at[axis] * SIDE..=(at[axis] * SIDE + SIDE).min(dims[axis] - 1));
                let mut range = [f64::INFINITY, f64::NEG_INFINITY];
                for k in k {
                    for j in j.clone() {
                        for i in i.clone() {
                            let stored = volume.voxels.stored([i, j, k], frame, 0).unwrap_or(f64::NAN);
                            let value = volume.rescale.value(stored);
                            range = [range[0].min(value), range[1].max(value)];
                        }
                    }
                }
                material.most_in(range[0], range[1])
            })
            .collect();
        Self {
            sides,
            side: SIDE as f64,
            last: DVec3::from_array(sides.map(|side| side as f64 - 1.0)),
            most,
        }
    }

    /// The greatest extinction around a place of a ray `from + along · t` (voxels), and how far the ray goes until that
    /// may change, counted in `t` from the ray's beginning.
    pub(super) fn around(&self, from: DVec3, along: DVec3, t: f64) -> (f32, f64) {
        if self.most.len() == 1 {
            return (self.most[0], f64::INFINITY);
        }
        let part = ((from + along * t) / self.side).floor().clamp(DVec3::ZERO, self.last);
        let [i, j, k] = part.to_array().map(|at| at as usize);
        let most = self.most.get((k * self.sides[1] + j) * self.sides[0] + i);
        let mut end = f64::INFINITY;
        for axis in 0..3 {
            let is_onward = along[axis] > 0.0;
            // The outermost parts go on to the volume's end.
            let is_outermost = if is_onward {
                part[axis] >= self.last[axis]
            } else {
                part[axis] <= 0.0
            };
            if along[axis] != 0.0 && !is_outermost {
                let wall = (part[axis] + if is_onward { 1.0 } else { 0.0 }) * self.side;
                end = end.min((wall - from[axis]) / along[axis]);
            }
        }
        (most.copied().unwrap_or(0.0), end)
    }
}
