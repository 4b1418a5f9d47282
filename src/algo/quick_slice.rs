//! Planes and slabs as fast as a processor draws them. Where the graphics device is the processor itself, this stands in
//! for `shaders/slice.wgsl` in the usual case: one opaque grey volume of whole numbers that has arrived in full, evenly
//! spaced, interpolated linearly. It is the arithmetic of [`super::reslice`] in f64, arranged by rows and rays.

use glam::DVec3;
use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::volume::Value;
use crate::model::voxels::{Samples, Voxels};
use crate::model::window::WindowFunction;
use crate::scene::{ImageLayer, Interpolation, Scene, SlabMode, SliceScene};

use super::sample::SNAP;
use super::shade::color;

/// The picture, RGBA of 8 bits, rows from the top; `None` where the scene is not of the usual case.
pub fn draw(scene: &Scene) -> Option<Vec<u8>> {
    let Scene::Slice(scene) = scene else { return None };
    let [layer] = scene.layers.as_slice() else { return None };
    let voxels = &layer.volume.voxels;
    let geometry = layer
        .volume
        .geometry()
        .filter(|geometry| geometry.slice_table().is_none())?;
    let is_usual = voxels.components() == 1
        && layer.interpolation == Interpolation::Linear
        && layer.opacity >= 1.0
        && voxels.is_complete()
        && layer.frame < voxels.frames();
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
    match voxels.slab(voxels.slab_of(0, layer.frame))?.as_ref() {
        Samples::U8(_) => Some(drawn!(U8)),
        Samples::I8(_) => Some(drawn!(I8)),
        Samples::U16(_) => Some(drawn!(U16)),
        Samples::I16(_) => Some(drawn!(I16)),
        Samples::U32(_) | Samples::I32(_) | Samples::F32(_) | Samples::F64(_) => None,
    }
}

/// The slices of a frame, each a run of samples; `None` if any could not be read.
fn slices<'a, T>(
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
        let settled = (layer.window.function != WindowFunction::Sigmoid && gather != Gather::Mean)
            .then(|| (layer.window.center + layer.window.width * end - rescale.intercept) / rescale.slope)
            .filter(|stored| stored.is_finite());
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
            settled,
            columns: dims[0],
            last: DVec3::from_array(dims.map(|side| side as f64 - 1.0)),
        };
        [plan.base, plan.right, plan.down, plan.depth]
            .iter()
            .all(|v| v.is_finite())
            .then_some(plan)
    }

    fn draw<T: Copy + Sync + Into<f64>>(&self, slices: &[&[T]]) -> Vec<u8> {
        let [width, height] = self.size;
        let mut picture = vec![[0, 0, 0, 255]; width as usize * height as usize];
        picture
            .par_chunks_mut(width.max(1) as usize)
            .zip(0..height)
            .with_min_len(8)
            .for_each(|(row, y)| {
                let start = self.base + self.down * f64::from(y);
                for (pixel, x) in row.iter_mut().zip(0..width) {
                    let at = start + self.right * f64::from(x);
                    let stored = match self.steps {
                        None => self.sample(slices, at),
                        Some(steps) => self.along(slices, at, steps),
                    };
                    if let Some(stored) = stored {
                        let value = Value::Scalar(self.layer.volume.rescale.value(stored));
                        let [r, g, b] = color(self.layer, value);
                        *pixel = [r, g, b, 255];
                    }
                }
            });
        picture.into_flattened()
    }

    /// Whether all eight neighbours of a place are voxels.
    fn is_within(&self, at: DVec3) -> bool {
        at.cmpge(DVec3::ZERO).all() && at.cmplt(self.last).all()
    }

    /// The stored number at a place; `None` outside, which begins half a voxel beyond the outermost centres.
    #[inline]
    fn sample<T: Copy + Into<f64>>(&self, slices: &[&[T]], at: DVec3) -> Option<f64> {
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
            Some((*stored).into())
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
    fn between<T: Copy + Into<f64>>(&self, slices: &[&[T]], at: DVec3) -> Option<f64> {
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

    /// The stored number between the four voxels of a slice that begin at `first`.
    #[inline]
    fn in_slice<T: Copy + Into<f64>>(&self, slice: &[T], first: usize, x: f64, y: f64) -> Option<f64> {
        let [a, b] = *slice.get(first..)?.first_chunk()?;
        let [c, d] = *slice.get(first + self.columns..)?.first_chunk()?;
        Some(mix(mix(a.into(), b.into(), x), mix(c.into(), d.into(), x), y))
    }

    /// The samples of a slab made one.
    fn along<T: Copy + Into<f64>>(&self, slices: &[&[T]], first: DVec3, steps: u32) -> Option<f64> {
        let is_within = self.is_within(first) && self.is_within(first + self.depth * f64::from(steps));
        let place = |n: u32| first + self.depth * f64::from(n);
        // The box is convex: between two places within it all are.
        match (is_within, self.depth.truncate().abs().max_element() < 1e-12) {
            (true, true) => self.down_through(slices, first, steps),
            (true, false) => self.gathered((0..=steps).map(|n| self.between(slices, place(n)))),
            (false, _) => self.gathered((0..=steps).map(|n| self.sample(slices, place(n)))),
        }
    }

    /// The same where the ray goes straight through the slices: in each it meets one place only.
    fn down_through<T: Copy + Into<f64>>(&self, slices: &[&[T]], first: DVec3, steps: u32) -> Option<f64> {
        let (i, j) = (first.x as u32 as usize, first.y as u32 as usize);
        let (x, y) = (first.x - i as f64, first.y - j as f64);
        let corner = j * self.columns + i;
        let in_slice = |k: usize| self.in_slice(slices.get(k)?, corner, x, y);
        let mut known = first.z as u32 as usize;
        let mut pair = [in_slice(known)?, in_slice(known + 1)?];
        self.gathered((0..=steps).map(|n| {
            let z = first.z + self.depth.z * f64::from(n);
            let k = z as u32 as usize;
            if k == known + 1 {
                pair = [pair[1], in_slice(k + 1)?];
                known = k;
            } else if k != known {
                pair = [in_slice(k)?, in_slice(k + 1)?];
                known = k;
            }
            Some(mix(pair[0], pair[1], z - k as f64))
        }))
    }

    #[inline]
    fn gathered(&self, samples: impl Iterator<Item = Option<f64>>) -> Option<f64> {
        let samples = samples.flatten();
        match self.gather {
            Gather::Highest => {
                let settled = self.settled.unwrap_or(f64::INFINITY);
                extreme(samples, |stored, most| stored > most, |most| most >= settled)
            }
            Gather::Lowest => {
                let settled = self.settled.unwrap_or(f64::NEG_INFINITY);
                extreme(samples, |stored, least| stored < least, |least| least <= settled)
            }
            Gather::Mean => {
                let (sum, count) = samples.fold((0.0, 0_u32), |(sum, count), stored| (sum + stored, count + 1));
                (count > 0).then(|| sum / f64::from(count))
            }
        }
    }
}

/// The most extreme sample, or one that is beyond all that can be told apart.
#[inline]
fn extreme(
    mut samples: impl Iterator<Item = f64>,
    is_beyond: impl Fn(f64, f64) -> bool,
    is_settled: impl Fn(f64) -> bool,
) -> Option<f64> {
    let mut extreme = samples.next()?;
    if is_settled(extreme) {
        return Some(extreme);
    }
    for stored in samples {
        if is_beyond(stored, extreme) {
            extreme = stored;
            if is_settled(extreme) {
                break;
            }
        }
    }
    Some(extreme)
}

#[inline]
fn mix(a: f64, b: f64, t: f64) -> f64 {
    a + (b - a) * t
}
