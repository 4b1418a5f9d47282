//! Planes whose columns and rows run along axes of the voxels: what depends on the column or on the row alone is found
//! once, and a line of voxels is read once for all rows of pixels beside it.

use rayon::prelude::*;

use super::greys::{Greys, STEEPEST};
use super::{Plan, SNAP};

/// Rows of pixels drawn in one go.
const BAND_ROWS: usize = 32;
/// A step sideways that no picture is wide enough to notice, voxels.
const SIDEWAYS: f64 = 1e-10;

/// A place along one axis: between the voxel `low` and the next one. `t` is 0 where there is no next one.
#[derive(Clone, Copy)]
struct Tap {
    low: usize,
    t: f32,
}

impl Tap {
    /// `None` outside, which begins half a voxel beyond the outermost centres.
    fn new(at: f64, last: f64) -> Option<Self> {
        if !(at >= -0.5 - SNAP && at <= last + 0.5 + SNAP) {
            return None;
        }
        // Beyond the outermost centre the outermost voxel goes on.
        let at = at.clamp(0.0, last);
        let low = (at + SNAP) as u32;
        let t = at - f64::from(low);
        Some(Self {
            low: low as usize,
            t: if t < SNAP { 0.0 } else { t as f32 },
        })
    }
}

/// A picture along the axes of the voxels.
pub(super) struct Aligned<'a> {
    greys: &'a Greys,
    /// The axes along which columns, rows and the third direction run.
    axes: [usize; 3],
    width: usize,
    /// The first column in the volume, and the taps from it on, counted from `first`.
    left: usize,
    columns: Vec<Tap>,
    rows: Vec<Option<Tap>>,
    depth: Tap,
    /// The part of a line of voxels that is looked at.
    first: usize,
    count: usize,
    /// Voxels from row to row of a slice.
    stride: usize,
}

impl<'a> Aligned<'a> {
    /// `None` where the plane lies askew, or where the window is so steep that f32 would show.
    pub(super) fn new(plan: &Plan<'_>, greys: &'a Greys) -> Option<Self> {
        let along = |step: glam::DVec3| (0..3).find(|axis| (0..3).all(|n| n == *axis || step[n].abs() < SIDEWAYS));
        let (a, b) = (along(plan.right)?, along(plan.down)?);
        if a == b || greys.scale.abs() > STEEPEST {
            return None;
        }
        let c = 3 - a - b;
        let [width, height] = plan.size;
        let tap = |axis: usize, step: f64, n: u32| Tap::new(plan.base[axis] + step * f64::from(n), plan.last[axis]);
        let all: Vec<Option<Tap>> = (0..width).map(|x| tap(a, plan.right[a], x)).collect();
        let left = all.iter().take_while(|tap| tap.is_none()).count();
        let mut columns: Vec<Tap> = all.into_iter().flatten().collect();
        let depth = Tap::new(plan.base[c], plan.last[c]);
        // Nothing of the volume in the picture: no rows.
        let is_empty = columns.is_empty() || depth.is_none();
        let first = columns.iter().map(|tap| tap.low).min().unwrap_or_default();
        let end = columns.iter().map(|tap| tap.low + 2).max().unwrap_or_default();
        for tap in &mut columns {
            tap.low -= first;
        }
        Some(Self {
            greys,
            axes: [a, b, c],
            width: width as usize,
            left,
            columns,
            rows: (0..height)
                .map(|y| tap(b, plan.down[b], y).filter(|_| !is_empty))
                .collect(),
            depth: depth.unwrap_or(Tap { low: 0, t: 0.0 }),
            first,
            count: end.min(plan.last[a] as usize + 1) - first,
            stride: plan.columns,
        })
    }

    /// Draws into an empty picture.
    pub(super) fn draw<T: Copy + Sync + Into<i32>>(&self, slices: &[&[T]], picture: &mut [[u8; 4]]) {
        picture
            .par_chunks_mut(self.width.max(1) * BAND_ROWS)
            .zip(self.rows.par_chunks(BAND_ROWS))
            .for_each(|(band, rows)| {
                // The lines of voxels before and behind a row of pixels.
                let mut kept = [(usize::MAX, Vec::new()), (usize::MAX, Vec::new())];
                let mut between = Vec::new();
                for (pixels, tap) in band.chunks_exact_mut(self.width.max(1)).zip(rows) {
                    let Some(Tap { low, t }) = *tap else { continue };
                    if kept[0].0 == low + 1 || kept[1].0 == low {
                        kept.swap(0, 1);
                    }
                    let [before, behind] = &mut kept;
                    self.read(slices, low, before);
                    if t == 0.0 {
                        self.shade(&before.1, pixels);
                        continue;
                    }
                    self.read(slices, low + 1, behind);
                    between.clear();
                    between.extend(before.1.iter().zip(&behind.1).map(|(a, b)| mix(*a, *b, t)));
                    self.shade(&between, pixels);
                }
            });
    }

    /// A row of pixels from the line of voxels under it.
    fn shade(&self, line: &[f32], pixels: &mut [[u8; 4]]) {
        for (pixel, tap) in pixels.iter_mut().skip(self.left).zip(&self.columns) {
            if let Some([a, b]) = line.get(tap.low..).and_then(|rest| rest.first_chunk()) {
                *pixel = self.greys.pixel(mix(*a, *b, tap.t));
            }
        }
    }

    /// The line of voxels at `row`, less [`Greys::near`], unless it is there already.
    fn read<T: Copy + Into<i32>>(&self, slices: &[&[T]], row: usize, (kept, line): &mut (usize, Vec<f32>)) {
        if *kept == row {
            return;
        }
        *kept = row;
        line.clear();
        let mut at = [self.first; 3];
        at[self.axes[1]] = row;
        at[self.axes[2]] = self.depth.low;
        let mut next = at;
        next[self.axes[2]] += 1;
        let run = |at: [usize; 3]| {
            let slice = slices.get(at[2]).copied().unwrap_or_default();
            slice.get(at[1] * self.stride + at[0]..).unwrap_or_default()
        };
        match self.axes[0] {
            0 => self.mixed(run(at).iter(), || run(next).iter(), line),
            1 => self.mixed(
                run(at).iter().step_by(self.stride),
                || run(next).iter().step_by(self.stride),
                line,
            ),
            _ => {
                let through = |at: [usize; 3]| {
                    let place = at[1] * self.stride + at[0];
                    slices.iter().skip(self.first).filter_map(move |slice| slice.get(place))
                };
                self.mixed(through(at), || through(next), line);
            }
        }
        // A voxel more, which has no weight, spares asking whether there is a next one.
        if let Some(last) = line.last().copied() {
            line.push(last);
        }
    }

    #[inline]
    fn mixed<'t, T: Copy + Into<i32> + 't, I: Iterator<Item = &'t T>>(
        &self,
        low: impl Iterator<Item = &'t T>,
        high: impl FnOnce() -> I,
        line: &mut Vec<f32>,
    ) {
        let near = self.greys.near;
        let number = |stored: &T| {
            let stored: i32 = (*stored).into();
            (stored - near) as f32
        };
        let t = self.depth.t;
        let low = low.take(self.count);
        if t == 0.0 {
            line.extend(low.map(number));
        } else {
            line.extend(low.zip(high()).map(|(a, b)| mix(number(a), number(b), t)));
        }
    }
}

#[inline]
fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}
