//! Planes and slabs drawn slowly and obviously: the CPU twin of `shaders/slice.wgsl`.

use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::volume::Value;
use crate::scene::{ImageLayer, Scene, SliceScene};

use super::sample::{Sample, sample};
use super::shade::{blend, color, gathered};

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
    let mut picture = draw_pixels(scene.size, |x, y, pixel| {
        for layer in &scene.layers {
            let Some(geometry) = layer.volume.geometry() else {
                continue;
            };
            if let Some(value) = value_under(scene, layer, geometry, [x, y]) {
                blend(pixel, color(layer, value), layer.opacity);
            }
        }
    });
    super::labels::lay_over(&mut picture, scene);
    picture
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

fn value_under(scene: &SliceScene, layer: &ImageLayer, geometry: &Geometry, [x, y]: [u32; 2]) -> Option<Value> {
    let [width, height] = scene.size.map(f64::from);
    let right_mm = (f64::from(x) + 0.5 - width / 2.0) * scene.mm_per_pixel;
    let down_mm = (f64::from(y) + 0.5 - height / 2.0) * scene.mm_per_pixel;
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
        return if let Sample::Value(value) = sample_at(0.0) {
            Some(value)
        } else {
            None
        };
    };
    let steps = slab.steps(geometry.shortest_edge_mm());
    let step_mm = slab.thickness_mm / f64::from(steps);
    let samples: Vec<Sample> = (0..=steps)
        .map(|n| sample_at(f64::from(n) * step_mm - slab.thickness_mm / 2.0))
        .collect();
    // Part of a slab would be a plausible picture of something else.
    if samples.contains(&Sample::Pending) {
        return None;
    }
    gathered(
        slab.mode.into(),
        samples.iter().filter_map(|sample| {
            if let Sample::Value(value) = sample {
                Some(*value)
            } else {
                None
            }
        }),
    )
}
