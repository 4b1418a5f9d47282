//! Planes that lie askew: a row of pixels in runs. A run fetches its voxels one pixel after another, and then mixes them
//! all at once, so that the processor waits for many voxels at a time and mixes several pixels with one instruction.

use std::ops::Range;

use glam::DVec3;
use rayon::prelude::*;

use super::greys::{Greys, STEEPEST};
use super::{Plan, SNAP};

/// Rows of pixels drawn in one go.
const BAND_ROWS: usize = 8;
/// Pixels of a run.
const RUN: usize = 64;
/// One voxel in fixed point: 32 bits before the point and 32 behind it.
const ONE: f64 = 4_294_967_296.0;
/// Columns by which the estimated ends of the inner part of a row are kept away from the border of the volume.
const SLACK: f64 = 1e-6;

/// Where a run begins among the voxels, and its step from pixel to pixel, in fixed point.
#[derive(Clone, Copy)]
struct Way {
    first: [i64; 3],
    step: [i64; 3],
}

/// A picture that lies askew among the voxels.
pub(super) struct Askew<'a> {
    plan: &'a Plan<'a>,
    greys: &'a Greys,
}

impl<'a> Askew<'a> {
    /// `None` where the window is so steep that f32 would show.
    pub(super) fn new(plan: &'a Plan<'a>, greys: &'a Greys) -> Option<Self> {
        (greys.scale.abs() <= STEEPEST).then_some(Self { plan, greys })
    }

    /// Draws into an empty picture.
    pub(super) fn draw<T: Copy + Default + Sync + Into<i32>>(&self, slices: &[&[T]], picture: &mut [[u8; 4]]) {
        let columns = self.plan.size[0].max(1) as usize;
        picture
            .par_chunks_mut(columns * BAND_ROWS)
            .enumerate()
            .for_each(|(band, rows)| {
                for (row, y) in rows.chunks_exact_mut(columns).zip(band * BAND_ROWS..) {
                    self.row(slices, self.plan.base + self.plan.down * y as f64, row);
                }
            });
    }

    /// A row of pixels whose first one has the voxel `start`.
    fn row<T: Copy + Default + Into<i32>>(&self, slices: &[&[T]], start: DVec3, row: &mut [[u8; 4]]) {
        let plan = self.plan;
        let place = |x: usize| start + plan.right * x as f64;
        let margin = DVec3::splat(0.5 + SNAP);
        let outer = self.between(start, -margin, plan.last + margin, -1.0, row.len());
        let inner = self.between(start, DVec3::ZERO, plan.last, SLACK, row.len());
        let inner = inner.start.clamp(outer.start, outer.end)..inner.end.clamp(outer.start, outer.end);
        for x in (outer.start..inner.start).chain(inner.end..outer.end) {
            if let Some(pixel) = row.get_mut(x) {
                plan.shade(plan.sample(slices, place(x)), pixel);
            }
        }
        let left = inner.start;
        for (run, x) in row
            .get_mut(inner)
            .unwrap_or_default()
            .chunks_mut(RUN)
            .zip((left..).step_by(RUN))
        {
            let fixed = |v: DVec3| v.to_array().map(|part| (part * ONE) as i64);
            let way = Way {
                first: fixed(place(x)),
                step: fixed(plan.right),
            };
            // Places go one way along each axis: between two that are within all are.
            if self.is_within(way.first) && self.is_within(way.at(run.len() - 1)) {
                self.run(slices, way, run);
                continue;
            }
            for (pixel, x) in run.iter_mut().zip(x..) {
                plan.shade(plan.sample(slices, place(x)), pixel);
            }
        }
    }

    /// The columns whose places lie from `low` to `high`, less so many at either end; exact to rounding only.
    fn between(&self, start: DVec3, low: DVec3, high: DVec3, less: f64, columns: usize) -> Range<usize> {
        let (mut first, mut end) = (0.0_f64, columns as f64);
        for axis in 0..3 {
            let step = self.plan.right[axis];
            let to_low = (low[axis] - start[axis]) / step;
            let to_high = (high[axis] - start[axis]) / step;
            if to_low.is_finite() && to_high.is_finite() {
                first = first.max(to_low.min(to_high) + less);
                end = end.min(to_low.max(to_high) + 1.0 - less);
            } else if !(low[axis]..=high[axis]).contains(&start[axis]) {
                return 0..0;
            }
        }
        // `end` is the last column and one: what is behind the point belongs to no column.
        let (first, end) = (first.ceil() as usize, end.max(0.0).min(columns as f64) as usize);
        first.min(end)..end
    }

    /// Whether all eight neighbours of a place are voxels.
    fn is_within(&self, at: [i64; 3]) -> bool {
        (0..3).all(|axis| at[axis] >= 0 && ((at[axis] >> 32) as f64) < self.plan.last[axis])
    }

    /// A run of pixels, all of them within the volume.
    fn run<T: Copy + Default + Into<i32>>(&self, slices: &[&[T]], way: Way, run: &mut [[u8; 4]]) {
        let columns = self.plan.columns;
        // Between which voxels pixels lie, and their neighbours in pairs: this line, the next, and both a slice on.
        let mut parts = [[0.0_f32; RUN]; 3];
        let mut pairs = [[[T::default(); 2]; RUN]; 4];
        let mut at = way.first;
        for n in 0..run.len().min(RUN) {
            for (parts, at) in parts.iter_mut().zip(at) {
                // 24 bits are what an f32 holds.
                parts[n] = ((at as u32) >> 8) as i32 as f32 * (1.0 / 16_777_216.0);
            }
            let [i, j, k] = at.map(|part| (part >> 32) as usize);
            let corner = j * columns + i;
            let lines = |slice: &[T]| {
                let lines = slice.get(corner..corner + columns + 2)?;
                Some((*lines.first_chunk()?, *lines.last_chunk()?))
            };
            if let Some([low, high]) = slices.get(k..k + 2)
                && let (Some((a, b)), Some((c, d))) = (lines(low), lines(high))
            {
                pairs[0][n] = a;
                pairs[1][n] = b;
                pairs[2][n] = c;
                pairs[3][n] = d;
            }
            at = std::array::from_fn(|axis| at[axis].wrapping_add(way.step[axis]));
        }
        let near = self.greys.near;
        let mut mixed = [0.0_f32; RUN];
        for (n, mixed) in mixed.iter_mut().enumerate() {
            let [x, y, z] = [parts[0][n], parts[1][n], parts[2][n]];
            let line = |[a, b]: [T; 2]| {
                let [a, b]: [i32; 2] = [a.into(), b.into()];
                mix((a - near) as f32, (b - near) as f32, x)
            };
            let low = mix(line(pairs[0][n]), line(pairs[1][n]), y);
            let high = mix(line(pairs[2][n]), line(pairs[3][n]), y);
            *mixed = mix(low, high, z);
        }
        for (pixel, mixed) in run.iter_mut().zip(mixed) {
            *pixel = self.greys.pixel(mixed);
        }
    }
}

impl Way {
    /// The place of the n-th pixel.
    fn at(self, n: usize) -> [i64; 3] {
        std::array::from_fn(|axis| self.first[axis].wrapping_add(self.step[axis].wrapping_mul(n as i64)))
    }
}

#[inline]
fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}
