//! Projections through a parallel camera, drawn slowly and obviously: the CPU twin of `shaders/project.wgsl`.

use glam::DVec3;

use crate::model::geometry::Geometry;
use crate::scene::VolumeScene;

use super::reslice::draw_pixels;
use super::sample::{Sample, sample};
use super::shade::{blend, color, gathered};

/// A projection as RGBA, 8 bits, rows from the top; black and opaque where a ray misses. Samples that have not arrived
/// are left out: the picture grows while its volume is read.
pub fn draw_volume(scene: &VolumeScene) -> Vec<u8> {
    let layer = &scene.layer;
    let (Some(geometry), Some(step_mm)) = (layer.volume.geometry(), scene.sample_step_mm()) else {
        return draw_pixels(scene.size, |_, _, _| {});
    };
    let [width, height] = scene.size.map(f64::from);
    let axes = scene.camera.axes();
    let forward = axes.normal();
    let target_mm = scene.camera.target.dot(forward);
    let (near_mm, far_mm) = extent_mm(geometry, forward);
    let first = ((near_mm - target_mm) / step_mm).floor() as i64;
    let last = ((far_mm - target_mm) / step_mm).ceil() as i64;
    draw_pixels(scene.size, |x, y, pixel| {
        let right_mm = (f64::from(x) + 0.5 - width / 2.0) * scene.camera.mm_per_pixel;
        let down_mm = (f64::from(y) + 0.5 - height / 2.0) * scene.camera.mm_per_pixel;
        let at = scene.camera.target + axes.right * right_mm + axes.down * down_mm;
        let values = (first..=last).filter_map(|n| {
            let voxel = geometry.voxel_at(at + forward * (n as f64 * step_mm));
            if let Sample::Value(value) = sample(&layer.volume, voxel, layer.frame, layer.interpolation) {
                Some(value)
            } else {
                None
            }
        });
        if let Some(value) = gathered(scene.projection.into(), values) {
            blend(pixel, color(layer, value), layer.opacity);
        }
    })
}

/// From where to where the volume reaches along a direction, slice by slice: any of them may be displaced sideways.
fn extent_mm(geometry: &Geometry, direction: DVec3) -> (f64, f64) {
    let [columns, rows, slices] = geometry.dims().map(|side| side as f64 - 0.5);
    let places = (0..geometry.dims()[2]).map(|k| k as f64).chain([-0.5, slices]);
    places
        .flat_map(|k| {
            [(-0.5, -0.5), (columns, -0.5), (-0.5, rows), (columns, rows)]
                .map(|(i, j)| geometry.patient_at(DVec3::new(i, j, k)).dot(direction))
        })
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
            (low.min(at), high.max(at))
        })
}
