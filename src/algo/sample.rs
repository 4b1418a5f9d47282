//! The value of a volume between its voxel centres. The twin of `shaders/common/sample.wgsl`, in f64.

use glam::DVec3;

use crate::model::volume::{Value, Volume};
use crate::scene::Interpolation;

/// Fractions of a voxel below this are noise of the arithmetic and count as zero, so that a plane through voxel centres
/// needs its own slice only, and half-way between two voxels is the same place to everybody. `SNAP` in
/// `shaders/common/place.wgsl`.
pub const SNAP: f64 = 4e-6;

/// What a volume has at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sample {
    /// A value, in units of the modality.
    Value(Value),
    /// No value: outside, or not a number.
    Nothing,
    /// A slice that is needed has not arrived.
    Pending,
}

/// The voxels that make a value along one axis: up to four indices with their weights, none of them zero.
#[derive(Clone, Copy, Debug, Default)]
struct Taps {
    taps: [(usize, f64); 4],
    count: usize,
}

impl Taps {
    fn new(at: f64, side: usize, interpolation: Interpolation) -> Self {
        let (base, t) = snapped(at);
        let weights: &[(f64, f64)] = match interpolation {
            Interpolation::Nearest => &[((at + 0.5 + SNAP).floor(), 1.0)],
            Interpolation::Linear => &[(base, 1.0 - t), (base + 1.0, t)],
            Interpolation::Cubic => &[
                (base - 1.0, ((2.0 - t) * t - 1.0) * t / 2.0),
                (base, ((3.0 * t - 5.0) * t * t + 2.0) / 2.0),
                (base + 1.0, ((4.0 - 3.0 * t) * t + 1.0) * t / 2.0),
                (base + 2.0, (t - 1.0) * t * t / 2.0),
            ],
        };
        let mut taps = Self::default();
        for (index, weight) in weights.iter().filter(|(_, weight)| *weight != 0.0) {
            // Beyond the outermost centre the outermost voxel goes on.
            taps.taps[taps.count] = (index.clamp(0.0, side as f64 - 1.0) as usize, *weight);
            taps.count += 1;
        }
        taps
    }

    fn iter(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.taps.iter().take(self.count).copied()
    }
}

/// The voxel before a place and the fraction to the next one.
fn snapped(at: f64) -> (f64, f64) {
    let base = at.floor();
    let t = at - base;
    if t > 1.0 - SNAP {
        (base + 1.0, 0.0)
    } else if t < SNAP {
        (base, 0.0)
    } else {
        (base, t)
    }
}

/// Whether a fractional voxel index lies in the volume, which ends half a voxel beyond the outermost centres.
pub fn is_inside(volume: &Volume, voxel: DVec3) -> bool {
    let sides = volume.dims();
    voxel
        .to_array()
        .iter()
        .zip(sides)
        .all(|(at, side)| *at >= -0.5 - SNAP && *at <= side as f64 - 0.5 + SNAP)
}

/// The value at a fractional voxel index (on the true slices). Taps of weight zero are not read.
pub fn sample(volume: &Volume, voxel: DVec3, frame: usize, interpolation: Interpolation) -> Sample {
    if !is_inside(volume, voxel) || frame >= volume.voxels.frames() {
        return Sample::Nothing;
    }
    let [columns, rows, slices] = volume.dims();
    let along_i = Taps::new(voxel.x, columns, interpolation);
    let along_j = Taps::new(voxel.y, rows, interpolation);
    let along_k = Taps::new(voxel.z, slices, interpolation);
    if along_k.iter().any(|(k, _)| !volume.voxels.has_slice(k, frame)) {
        return Sample::Pending;
    }
    let parts = volume.voxels.components();
    let mut sums = [0.0; 3];
    for (k, in_k) in along_k.iter() {
        for (j, in_j) in along_j.iter() {
            for (i, in_i) in along_i.iter() {
                for (part, sum) in sums.iter_mut().enumerate().take(parts) {
                    *sum += in_k * in_j * in_i * volume.voxels.stored([i, j, k], frame, part).unwrap_or(f64::NAN);
                }
            }
        }
    }
    if parts == 3 {
        return Sample::Value(Value::Rgb(sums));
    }
    if sums[0].is_nan() {
        Sample::Nothing
    } else {
        Sample::Value(Value::Scalar(volume.rescale.value(sums[0])))
    }
}

/// The value at a fractional voxel index, if there is one and its slices have arrived.
pub fn value_at(volume: &Volume, voxel: DVec3, frame: usize, interpolation: Interpolation) -> Option<Value> {
    match sample(volume, voxel, frame, interpolation) {
        Sample::Value(value) => Some(value),
        Sample::Nothing | Sample::Pending => None,
    }
}
