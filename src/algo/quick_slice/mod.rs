//! Planes and slabs as fast as a processor draws them. Where the graphics device is the processor itself, this stands in
//! for `shaders/slice.wgsl` in the usual case: one opaque grey volume of whole numbers that has arrived in full, evenly
//! spaced, interpolated linearly; probability maps may lie over it. It is the arithmetic of [`super::reslice`] in f64,
//! arranged by rows and rays.

mod aligned;
mod askew;
mod farthest;
mod greys;

use glam::DVec3;
use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::volume::Value;
use crate::model::voxels::Samples;
use crate::model::window::WindowFunction;
use crate::scene::{ImageLayer, Interpolation, Scene, SlabMode, SliceScene};

use super::reslice::lay_over;
use super::runs::slices;
use super::sample::SNAP;
use super::shade::color;
use aligned::Aligned;
use askew::Askew;
use greys::Greys;

/// Pixels that are drawn together.
const TILE_COLUMNS: usize = 32;
const TILE_ROWS: usize = 8;

/// The picture, RGBA of 8 bits, rows from the top; `None` where the scene is not of the usual case.
pub fn draw(scene: &Scene) -> Option<Vec<u8>> {
    let Scene::Slice(scene) = scene else { return None };
    let [layer, above @ ..] = scene.layers.as_slice() else {
        return None;
    };
    let voxels = &layer.volume.voxels;
    let geometry = layer
        .volume
        .geometry()
        .filter(|geometry| geometry.slice_table().is_none())?;
    let is_usual = voxels.components() == 1
        && layer.interpolation == Interpolation::Linear
        && layer.opacity >= 1.0
        && voxels.is_complete()
        && layer.frame < voxels.frames()
        && layer.floor.is_none()
        && above.iter().all(|layer| layer.floor.is_some());
    if !is_usual {
        return None;
    }
    let plan = Plan::new(scene, layer, geometry)?;
    macro_rules! drawn {
        ($variant:ident) => {
            plan.draw(&slices(voxels, layer.frame, |samples| match samples {
                Samples::$variant(samples) => Some(samples.as_slice()),
                _ => None,
            })?)
        };
    }
    let mut picture = match voxels.slab(voxels.slab_of(0, layer.frame))?.as_ref() {
        Samples::U8(_) => drawn!(U8),
        Samples::I8(_) => drawn!(I8),
        Samples::U16(_) => drawn!(U16),
        Samples::I16(_) => drawn!(I16),
        Samples::U32(_) | Samples::I32(_) | Samples::F32(_) | Samples::F64(_) => return None,
    };
    // Of what begins at a floor little is seen, and its numbers are of any kind.
    for layer in above {
        lay_over(&mut picture, scene, layer);
    }
    Some(picture)
}

/// What is made of the stored numbers along a ray.
#[derive(Clone, Copy, PartialEq)]
enum Gather {
    Highest,
    Lowest,
    Mean,
}

/// Where pixels lie among the voxels, and what becomes of their numbers.
struct Plan<'a> {
    layer: &'a ImageLayer,
    size: [u32; 2],
    /// The voxel under pixel (0, 0) at sample 0; then the steps from pixel to pixel, row to row, sample to sample.
    base: DVec3,
    right: DVec3,
    down: DVec3,
    depth: DVec3,
    /// Steps from the first to the last sample of a slab.
    steps: Option<u32>,
    gather: Gather,
    /// A stored number beyond which no other changes the grey of a highest or lowest one.
    settled: Option<f64>,
    /// A stored number up to which all look alike as highest or lowest ones.
    dull: Option<f64>,
    /// From stored numbers to pixels, where the window rises straight.
    greys: Option<Greys>,
    columns: usize,
    /// The last index along each axis.
    last: DVec3,
}

impl<'a> Plan<'a> {
    fn new(scene: &SliceScene, layer: &'a ImageLayer, geometry: &Geometry) -> Option<Self> {
        let per_mm = geometry.voxel_from_patient().matrix3;
        let [width, height] = scene.size.map(f64::from);
        let axes = &scene.plane.axes;
        let (steps, first_mm, step_mm) = match scene.slab {
            None => (None, 0.0, 0.0),
            Some(slab) => {
                let steps = slab.steps(geometry.shortest_edge_mm());
                (
                    Some(steps),
                    -slab.thickness_mm / 2.0,
                    slab.thickness_mm / f64::from(steps),
                )
            }
        };
        let corner = scene.plane.center
            + axes.right * ((0.5 - width / 2.0) * scene.mm_per_pixel)
            + axes.down * ((0.5 - height / 2.0) * scene.mm_per_pixel)
            + axes.normal() * first_mm;
        let rescale = &layer.volume.rescale;
        let mode = scene.slab.map_or(SlabMode::Mip, |slab| slab.mode);
        // The highest value is the lowest stored number where the slope is negative.
        let (gather, end) = match (mode, rescale.slope < 0.0) {
            (SlabMode::Mip, false) => (Gather::Highest, 0.5),
            (SlabMode::Mip, true) => (Gather::Lowest, 0.5),
            (SlabMode::MinIp, false) => (Gather::Lowest, -0.5),
            (SlabMode::MinIp, true) => (Gather::Highest, -0.5),
            (SlabMode::Mean, _) => (Gather::Mean, 0.0),
        };
        let edge = |end: f64| {
            (layer.window.function != WindowFunction::Sigmoid && gather != Gather::Mean)
                .then(|| (layer.window.center + layer.window.width * end - rescale.intercept) / rescale.slope)
                .filter(|stored| stored.is_finite())
        };
        let greys = Greys::new(layer);
        let dims = geometry.dims();
        let plan = Self {
            layer,
            size: scene.size,
            base: geometry.voxel_from_patient().transform_point3(corner),
            right: per_mm * (axes.right * scene.mm_per_pixel),
            down: per_mm * (axes.down * scene.mm_per_pixel),
            depth: per_mm * (axes.normal() * step_mm),
            steps,
            gather,
            settled: edge(end),
            dull: edge(-end).filter(|_| greys.is_some()),
            greys,
            columns: dims[0],
            last: DVec3::from_array(dims.map(|side| side as f64 - 1.0)),
        };
        [plan.base, plan.right, plan.down, plan.depth]
            .iter()
            .all(|v| v.is_finite())
            .then_some(plan)
    }

    fn draw<T: Copy + Default + Sync + Into<i32>>(&self, slices: &[&[T]]) -> Vec<u8> {
        let [width, height] = self.size;
        let columns = width.max(1) as usize;
        let mut picture = vec![[0, 0, 0, 255]; width as usize * height as usize];
        if self.steps.is_none()
            && let Some(greys) = &self.greys
        {
            if let Some(aligned) = Aligned::new(self, greys) {
                aligned.draw(slices, &mut picture);
                return picture.into_flattened();
            }
            if let Some(askew) = Askew::new(self, greys) {
                askew.draw(slices, &mut picture);
                return picture.into_flattened();
            }
        }
        picture
            .par_chunks_mut(columns * TILE_ROWS)
            .zip((0..height).step_by(TILE_ROWS).collect::<Vec<_>>())
            .for_each(|(band, first)| {
                let place = |x: u32, y: u32| self.base + self.down * f64::from(y) + self.right * f64::from(x);
                if let Some(steps) = self.steps
                    && self.is_straight()
                {
                    for (row, y) in band.chunks_exact_mut(columns).zip(first..) {
                        self.straight_row(slices, |x| place(x, y), steps, row);
                    }
                    return;
                }
                let Some(steps) = self.steps else {
                    for (row, y) in band.chunks_exact_mut(columns).zip(first..) {
                        let start = self.base + self.down * f64::from(y);
                        for (pixel, x) in row.iter_mut().zip(0..width) {
                            self.shade(self.sample(slices, start + self.right * f64::from(x)), pixel);
                        }
                    }
                    return;
                };
                // Neighbours in both directions meet the same voxels while these are in the cache.
                let mut promising = 0;
                for left in (0..width).step_by(TILE_COLUMNS) {
                    for (row, y) in band.chunks_exact_mut(columns).zip(first..) {
                        let tile = row.iter_mut().zip(0..width).skip(left as usize);
                        for (pixel, x) in tile.take(TILE_COLUMNS) {
                            self.shade(self.along(slices, place(x, y), steps, &mut promising), pixel);
                        }
                    }
                }
            });
        picture.into_flattened()
    }

    fn shade(&self, stored: Option<f64>, pixel: &mut [u8; 4]) {
        let Some(stored) = stored else { return };
        if let Some(greys) = &self.greys {
            *pixel = greys.pixel((stored - f64::from(greys.near)) as f32);
        } else {
            let [r, g, b] = color(self.layer, Value::Scalar(self.layer.volume.rescale.value(stored)));
            *pixel = [r, g, b, 255];
        }
    }

    /// Whether the picture lies along the slices, so that rays go straight through them.
    fn is_straight(&self) -> bool {
        let sideways = self.depth.truncate().abs().max_element();
        sideways < 1e-12 && self.right.z.abs() < 1e-12 && self.down.z.abs() < 1e-12
    }

    /// A row of a slab along the slices: each slice is interpolated once, for the whole row.
    fn straight_row<T: Copy + Into<i32>>(
        &self,
        slices: &[&[T]],
        place: impl Fn(u32) -> DVec3,
        steps: u32,
        row: &mut [[u8; 4]],
    ) {
        let mut inner = Vec::with_capacity(row.len());
        for (n, x) in (0..row.len()).zip(0..) {
            let first = place(x);
            if self.is_within(first) && self.is_within(first + self.depth * f64::from(steps)) {
                let (i, j) = (first.x as u32 as usize, first.y as u32 as usize);
                inner.push((n, j * self.columns + i, first.x - i as f64, first.y - j as f64));
            } else {
                self.shade(self.along(slices, first, steps, &mut 0), &mut row[n]);
            }
        }
        let first_z = place(0).z;
        let in_slice = |k: usize| -> Vec<f64> {
            let slice = slices.get(k).copied().unwrap_or_default();
            let between = |(_, corner, x, y): &(usize, usize, f64, f64)| self.in_slice(slice, *corner, *x, *y);
            inner.iter().map(|at| between(at).unwrap_or_default()).collect()
        };
        let start = match self.gather {
            Gather::Highest => f64::NEG_INFINITY,
            Gather::Lowest => f64::INFINITY,
            Gather::Mean => 0.0,
        };
        let mut all = vec![start; inner.len()];
        let mut known: Option<(usize, Vec<f64>, Vec<f64>)> = None;
        for n in 0..=steps {
            let z = first_z + self.depth.z * f64::from(n);
            let k = z as u32 as usize;
            let (low, high) = match known.take() {
                Some((at, low, high)) if at == k => (low, high),
                Some((at, _, high)) if at + 1 == k => (high, in_slice(k + 1)),
                Some((at, low, _)) if at == k + 1 => (in_slice(k), low),
                _ => (in_slice(k), in_slice(k + 1)),
            };
            let t = z - k as f64;
            let samples = low.iter().zip(&high).map(|(low, high)| mix(*low, *high, t));
            let pairs = all.iter_mut().zip(samples);
            match self.gather {
                Gather::Highest => pairs.for_each(|(all, sample)| *all = if sample > *all { sample } else { *all }),
                Gather::Lowest => pairs.for_each(|(all, sample)| *all = if sample < *all { sample } else { *all }),
                Gather::Mean => pairs.for_each(|(all, sample)| *all += sample),
            }
            known = Some((k, low, high));
        }
        let divisor = if self.gather == Gather::Mean {
            f64::from(steps + 1)
        } else {
            1.0
        };
        for ((n, ..), all) in inner.iter().zip(all) {
            self.shade(Some(all / divisor), &mut row[*n]);
        }
    }

    /// Whether all eight neighbours of a place are voxels.
    fn is_within(&self, at: DVec3) -> bool {
        at.cmpge(DVec3::ZERO).all() && at.cmplt(self.last).all()
    }

    /// The stored number at a place; `None` outside, which begins half a voxel beyond the outermost centres.
    #[inline]
    fn sample<T: Copy + Into<i32>>(&self, slices: &[&[T]], at: DVec3) -> Option<f64> {
        if self.is_within(at) {
            return self.between(slices, at);
        }
        let margin = DVec3::splat(0.5 + SNAP);
        if !(at.cmpge(-margin).all() && at.cmple(self.last + margin).all()) {
            return None;
        }
        // Beyond the outermost centre the outermost voxel goes on.
        let at = at.clamp(DVec3::ZERO, self.last);
        let (low, t) = (at.floor(), at.fract());
        let high = (low + 1.0).min(self.last);
        let fetch = |i: f64, j: f64, k: f64| {
            let stored = slices.get(k as usize)?.get(j as usize * self.columns + i as usize)?;
            Some(f64::from((*stored).into()))
        };
        let plane = |k: f64| {
            let above = mix(fetch(low.x, low.y, k)?, fetch(high.x, low.y, k)?, t.x);
            let below = mix(fetch(low.x, high.y, k)?, fetch(high.x, high.y, k)?, t.x);
            Some(mix(above, below, t.y))
        };
        Some(mix(plane(low.z)?, plane(high.z)?, t.z))
    }

    /// The stored number between eight voxels.
    #[inline]
    fn between<T: Copy + Into<i32>>(&self, slices: &[&[T]], at: DVec3) -> Option<f64> {
        let (i, j, k) = (at.x as u32 as usize, at.y as u32 as usize, at.z as u32 as usize);
        let (x, y, z) = (at.x - i as f64, at.y - j as f64, at.z - k as f64);
        let [low, high] = slices.get(k..k + 2)? else {
            return None;
        };
        let first = j * self.columns + i;
        Some(mix(
            self.in_slice(low, first, x, y)?,
            self.in_slice(high, first, x, y)?,
            z,
        ))
    }

    /// The four voxels of a slice that begin at `first`.
    #[inline]
    fn four<T: Copy + Into<i32>>(&self, slice: &[T], first: usize) -> Option<[i32; 4]> {
        let four = slice.get(first..first + self.columns + 2)?;
        let [a, b] = *four.first_chunk()?;
        let [c, d] = *four.last_chunk()?;
        Some([a.into(), b.into(), c.into(), d.into()])
    }

    /// The stored number between the four voxels of a slice that begin at `first`.
    #[inline]
    fn in_slice<T: Copy + Into<i32>>(&self, slice: &[T], first: usize, x: f64, y: f64) -> Option<f64> {
        let [a, b] = *slice.get(first..)?.first_chunk()?;
        let [c, d] = *slice.get(first + self.columns..)?.first_chunk()?;
        let number = |stored: T| f64::from(stored.into());
        Some(mix(mix(number(a), number(b), x), mix(number(c), number(d), x), y))
    }

    /// The samples of a slab made one. For `promising` see [`Self::farthest`].
    fn along<T: Copy + Into<i32>>(
        &self,
        slices: &[&[T]],
        first: DVec3,
        steps: u32,
        promising: &mut u32,
    ) -> Option<f64> {
        let place = |n: u32| first + self.depth * f64::from(n);
        // The box is convex: between two places within it all are.
        if !(self.is_within(first) && self.is_within(place(steps))) {
            return self.gathered((0..=steps).map(|n| self.sample(slices, place(n))));
        }
        match self.gather {
            Gather::Mean => self.gathered((0..=steps).map(|n| self.between(slices, place(n)))),
            Gather::Highest => self.farthest::<T, false>(slices, first, steps, promising),
            Gather::Lowest => self.farthest::<T, true>(slices, first, steps, promising),
        }
    }

    #[inline]
    fn gathered(&self, samples: impl Iterator<Item = Option<f64>>) -> Option<f64> {
        let samples = samples.flatten();
        match self.gather {
            Gather::Highest => samples.reduce(f64::max),
            Gather::Lowest => samples.reduce(f64::min),
            Gather::Mean => {
                let (sum, count) = samples.fold((0.0, 0_u32), |(sum, count), stored| (sum + stored, count + 1));
                (count > 0).then(|| sum / f64::from(count))
            }
        }
    }
}

#[inline]
fn mix(a: f64, b: f64, t: f64) -> f64 {
    a + (b - a) * t
}
