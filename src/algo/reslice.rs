//! Planes and slabs drawn slowly and obviously: the CPU twin of `shaders/slice.wgsl`.

use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::volume::Value;
use crate::scene::{Floor, ImageLayer, Scene, SliceScene};

use super::labels::offsets_within;
use super::sample::{Sample, sample};
use super::shade::{Gather, blend, color, gathered};

/// Any scene as RGBA, 8 bits, rows from the top; black and opaque where there is nothing.
pub fn draw(scene: &Scene) -> Vec<u8> {
    match scene {
        Scene::Slice(scene) => draw_slice(scene),
        Scene::Stack(scene) => super::stack::draw_stack(scene),
        Scene::Volume(scene) => super::raycast::draw_volume(scene),
    }
}

/// A plane or slab.
pub fn draw_slice(scene: &SliceScene) -> Vec<u8> {
    let [width, height] = scene.size.map(|side| side as usize);
    let mut picture = [0, 0, 0, 255].repeat(width * height);
    for layer in &scene.layers {
        lay_over(&mut picture, scene, layer);
    }
    super::labels::lay_over(&mut picture, scene);
    picture
}

/// Lays one layer of a scene over its picture: RGBA of 8 bits, rows from the top.
pub fn lay_over(picture: &mut [u8], scene: &SliceScene, layer: &ImageLayer) {
    let Some(geometry) = layer.volume.geometry() else {
        return;
    };
    let near = offsets_within(layer.floor.map_or(0, |floor| floor.outline_width() as isize));
    let under = |x: f64, y: f64| sample_under(scene, layer, geometry, [x, y]);
    let reaches = |value: Value, floor: &Floor| match value {
        Value::Scalar(value) => layer.volume.rescale.reaches(value, floor.value),
        Value::Rgb(_) => false,
    };
    let (pixels, _) = picture.as_chunks_mut::<4>();
    let rows = pixels
        .par_chunks_mut(scene.size[0].max(1) as usize)
        .zip(0..scene.size[1]);
    rows.for_each(|(row, y)| {
        for (pixel, x) in row.iter_mut().zip(0..scene.size[0]) {
            let (x, y) = (f64::from(x), f64::from(y));
            let Sample::Value(value) = under(x, y) else { continue };
            let Some(floor) = &layer.floor else {
                blend(pixel, color(layer, value), layer.opacity);
                continue;
            };
            if !reaches(value, floor) {
                continue;
            }
            let is_below = |[dx, dy]: &[isize; 2]| match under(x + *dx as f64, y + *dy as f64) {
                Sample::Value(value) => !reaches(value, floor),
                Sample::Nothing => true,
                Sample::Pending => false,
            };
            let is_edge = floor.outline > layer.opacity && near.iter().any(is_below);
            blend(
                pixel,
                color(layer, value),
                if is_edge { floor.outline } else { layer.opacity },
            );
        }
    });
}

/// Draws every pixel on its own, rows in parallel. `draw` gets column, row and a black pixel.
pub(super) fn draw_pixels([width, height]: [u32; 2], draw: impl Fn(u32, u32, &mut [u8; 4]) + Sync) -> Vec<u8> {
    let mut picture = vec![[0, 0, 0, 255]; width as usize * height as usize];
    picture
        .par_chunks_mut(width.max(1) as usize)
        .zip(0..height)
        .for_each(|(row, y)| {
            for (pixel, x) in row.iter_mut().zip(0..width) {
                draw(x, y, pixel);
            }
        });
    picture.into_flattened()
}

/// What a layer has under a pixel, which may lie beyond the picture.
fn sample_under(scene: &SliceScene, layer: &ImageLayer, geometry: &Geometry, [x, y]: [f64; 2]) -> Sample {
    let [width, height] = scene.size.map(f64::from);
    let right_mm = (x + 0.5 - width / 2.0) * scene.mm_per_pixel;
    let down_mm = (y + 0.5 - height / 2.0) * scene.mm_per_pixel;
    let at = scene.plane.patient_at(right_mm, down_mm);
    let sample_at = |depth_mm: f64| {
        let patient = at + scene.plane.axes.normal() * depth_mm;
        sample(
            &layer.volume,
            geometry.voxel_at(patient),
            layer.frame,
            layer.interpolation,
        )
    };
    let Some(slab) = scene.slab else {
        return sample_at(0.0);
    };
    let steps = slab.steps(geometry.shortest_edge_mm());
    let step_mm = slab.thickness_mm / f64::from(steps);
    let samples: Vec<Sample> = (0..=steps)
        .map(|n| sample_at(f64::from(n) * step_mm - slab.thickness_mm / 2.0))
        .collect();
    // Part of a slab would be a plausible picture of something else.
    if samples.contains(&Sample::Pending) {
        return Sample::Pending;
    }
    let gather = if layer.floor.is_some() {
        Gather::Highest
    } else {
        slab.mode.into()
    };
    let values = samples.iter().filter_map(|sample| match sample {
        Sample::Value(value) => Some(*value),
        Sample::Nothing | Sample::Pending => None,
    });
    gathered(gather, values).map_or(Sample::Nothing, Sample::Value)
}
