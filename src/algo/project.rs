//! Projections through a camera, drawn slowly and obviously: the CPU twin of `shaders/project.wgsl`.

use crate::scene::VolumeScene;

use super::raycast::{over, samples_of};
use super::reslice::draw_pixels;
use super::sample::{Sample, sample};
use super::shade::{Gather, blend, color, gathered};

/// A projection as RGBA, 8 bits, rows from the top. Samples that have not arrived are left out: the picture grows while
/// its volume is read.
pub(super) fn draw_projection(scene: &VolumeScene) -> Vec<u8> {
    let step_mm = scene.sample_step_mm();
    draw_pixels(scene.size, |x, y, pixel| {
        *pixel = over(scene, y, [0.0; 4]);
        let (Some(step_mm), Some(gather)) = (step_mm, Gather::of(scene.mode)) else {
            return;
        };
        let ray = scene.ray(f64::from(x) + 0.5, f64::from(y) + 0.5);
        for layer in &scene.layers {
            let image = &layer.image;
            let Some(geometry) = image.volume.geometry() else {
                continue;
            };
            let values = samples_of(scene, &ray, step_mm).filter_map(|n| {
                let voxel = geometry.voxel_at(ray.origin + ray.direction * (n as f64 * step_mm));
                if layer.mask.as_ref().is_some_and(|mask| !mask.keeps_at(voxel)) {
                    return None;
                }
                if let Sample::Value(value) = sample(&image.volume, voxel, image.frame, image.interpolation) {
                    Some(value)
                } else {
                    None
                }
            });
            if let Some(value) = gathered(gather, values) {
                blend(pixel, color(image, value), image.opacity);
                pixel[3] = pixel[3].max((image.opacity.clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
            }
        }
    })
}
