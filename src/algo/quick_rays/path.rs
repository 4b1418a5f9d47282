//! A ray among the voxels of one volume, in fixed point: 32 bits before the point and 32 behind it.

use glam::{DAffine3, DVec3};

use super::view::Sight;
use crate::algo::sample::SNAP;

/// One voxel.
pub(super) const ONE: f64 = 4_294_967_296.0;

/// A place among voxels, in fixed point.
pub(super) type Place = [i64; 3];

/// The samples of a ray that lie in a volume: sample m, 0 to `count` − 1, is at `first + m * step`.
pub(super) struct Path {
    pub(super) first: Place,
    pub(super) step: Place,
    pub(super) count: i32,
    /// From the first of the samples between eight voxels to the first behind them.
    pub(super) inner: [i32; 2],
    /// Number of the first sample, counted from the plane through the target.
    pub(super) number: f64,
    /// Steps for a 65536th of a voxel along each axis.
    slowness: [f32; 3],
}

impl Path {
    /// `None` where a ray has no sample in the volume.
    pub(super) fn new(voxel_from_patient: &DAffine3, last: DVec3, sight: &Sight) -> Option<Self> {
        let step = voxel_from_patient.matrix3 * (sight.ray.direction * sight.step_mm);
        let start = voxel_from_patient.transform_point3(sight.ray.origin) + step * sight.shift;
        if !(start.is_finite() && step.is_finite()) {
            return None;
        }
        let margin = 0.5 + SNAP;
        let [near, far] = range(start, step, DVec3::splat(-margin), last + margin);
        let first = near.max(sight.kept[0] - SNAP).ceil();
        let final_one = far.min(sight.kept[1] + SNAP).floor();
        let count = final_one - first + 1.0;
        if !(1.0..=1e6).contains(&count) {
            return None;
        }
        // Farther from the border than fixed point can err over all steps.
        let safe = 4e-6;
        let [enter, leave] = if last.min_element() < 1.0 {
            [1.0, 0.0]
        } else {
            range(start, step, DVec3::splat(safe), last - safe)
        };
        let enter = (enter.ceil() - first).clamp(0.0, count);
        let leave = (leave.floor() - first + 1.0).clamp(enter, count);
        let fixed = |at: DVec3| at.to_array().map(|part| (part * ONE) as i64);
        Some(Self {
            first: fixed(start + step * first),
            step: fixed(step),
            count: count as i32,
            inner: [enter as i32, leave as i32],
            number: first,
            slowness: step
                .to_array()
                .map(|part| (1.0 / part.abs().max(1e-12) / 65536.0) as f32),
        })
    }

    /// Where a sample is.
    #[inline(always)]
    pub(super) fn at(&self, m: i32) -> Place {
        let along = |axis: usize| self.first[axis] + self.step[axis] * i64::from(m);
        [along(0), along(1), along(2)]
    }

    /// Where the next sample is.
    #[inline(always)]
    pub(super) fn after(&self, at: Place) -> Place {
        [at[0] + self.step[0], at[1] + self.step[1], at[2] + self.step[2]]
    }

    /// The box of so many voxels a side in which a place between eight voxels is.
    #[inline(always)]
    pub(super) fn box_of<const SIDE: usize>(at: Place) -> [i32; 3] {
        let side = |at: i64| ((at >> 32) as u32 / SIDE as u32) as i32;
        [side(at[0]), side(at[1]), side(at[2])]
    }

    /// How many samples from this one on lie in its box of so many voxels a side, and in `reach` more on all sides; at
    /// least one.
    #[inline(always)]
    pub(super) fn samples_within<const SIDE: usize>(&self, at: Place, its_box: [i32; 3], reach: i32) -> i32 {
        let side = SIDE as i32;
        let steps = |axis: usize| {
            let left = if self.step[axis] >= 0 {
                (i64::from((its_box[axis] + 1 + reach) * side) << 32) - at[axis]
            } else {
                at[axis] - (i64::from((its_box[axis] - reach) * side) << 32)
            };
            (left >> 16) as i32 as f32 * self.slowness[axis]
        };
        (steps(0).min(steps(1)).min(steps(2)).min(1e6) - 1e-3) as i32 + 1
    }
}

/// Which multiples of a step lie in a box: from where to where. Empty (first beyond last) if none do.
fn range(start: DVec3, step: DVec3, low: DVec3, high: DVec3) -> [f64; 2] {
    let mut range = [f64::NEG_INFINITY, f64::INFINITY];
    for axis in 0..3 {
        let (at, by) = (start[axis], step[axis]);
        if by.abs() < 1e-12 {
            if at < low[axis] || at > high[axis] {
                return [1.0, 0.0];
            }
            continue;
        }
        let (a, b) = ((low[axis] - at) / by, (high[axis] - at) / by);
        range = [range[0].max(a.min(b)), range[1].min(a.max(b))];
    }
    range
}
