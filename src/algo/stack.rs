//! A stored picture in its own pixels, drawn slowly and obviously.

use glam::DVec3;

use crate::scene::StackScene;

use super::reslice::draw_pixels;
use super::sample::{Sample, sample};
use super::shade::{blend, color};

/// One stored slice as RGBA, 8 bits, rows from the top; black and opaque where there is nothing.
pub fn draw_stack(scene: &StackScene) -> Vec<u8> {
    let [width, height] = scene.size.map(f64::from);
    let [pixel_width, pixel_height] = StackScene::pixel_size(&scene.layer.volume);
    let layer = &scene.layer;
    draw_pixels(scene.size, |x, y, pixel| {
        let i = scene.center.x + (f64::from(x) + 0.5 - width / 2.0) * scene.units_per_pixel / pixel_width;
        let j = scene.center.y + (f64::from(y) + 0.5 - height / 2.0) * scene.units_per_pixel / pixel_height;
        if let Sample::Value(value) = sample(
            &layer.volume,
            DVec3::new(i, j, scene.slice as f64),
            layer.frame,
            layer.interpolation,
        ) {
            blend(pixel, color(layer, value), layer.opacity);
        }
    })
}
