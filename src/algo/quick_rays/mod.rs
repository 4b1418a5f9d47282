//! Volumes seen through a camera as fast as a processor draws them. Where the graphics device is the processor itself,
//! this stands in for `shaders/volume/*.wgsl` in the usual case: grey volumes of up to 16 bits or of `f32` that have
//! arrived in full, evenly spaced, interpolated linearly. It is held against the twin, [`super::raycast`].
//!
//! Rays leap over bricks in which nothing is seen. The least and greatest number of every brick is found once for a
//! volume; which bricks are seen, and how far the next seen one is, once for a transfer function.

mod bricks;
mod composite;
mod field;
mod kept;
mod lamp;
mod layer;
mod leaps;
mod path;
mod project;
mod surface;
mod tables;
mod tiles;
mod view;

use glam::Vec3A;

use crate::scene::{VolumeMode, VolumeScene};

use super::raycast::{over, slices};
use super::shade::{blend, color};
use crate::model::volume::Value;
use composite::Sum;
use kept::Kept;
use layer::Layer;
use project::Trail;
use view::{Sight, View};

/// Draws volumes, and keeps what it has found out about them.
#[derive(Debug, Default)]
pub struct QuickRays {
    kept: Kept,
}

impl QuickRays {
    /// The picture, RGBA of 8 bits, rows from the top; `None` where the scene is not of the usual case.
    pub fn draw(&self, scene: &VolumeScene) -> Option<Vec<u8>> {
        if !scene.labels.is_empty() || scene.layers.is_empty() {
            return None;
        }
        let view = View::new(scene)?;
        let layers = self.layers(scene, &view)?;
        let plain = tiles::plain_background(scene);
        let finish = |y: u32, front: [f32; 4]| {
            if front[3] <= 0.0
                && let Some(plain) = plain
            {
                return plain;
            }
            over(scene, y, front.map(f64::from))
        };
        // The first slice that stands in the way hides all behind it.
        let behind = |sight: &mut Sight| {
            let (depth_mm, color) = slices(scene, &sight.ray).into_iter().next()?;
            sight.end_before(depth_mm);
            Some(Vec3A::from_array(color.map(|part| part as f32)))
        };
        let seen = |x: u32, y: u32, is_jittered: bool, through: fn(&[Box<dyn Layer + '_>], &Sight) -> Sum| {
            let mut sight = view.sight(x, y, is_jittered);
            let slice = if scene.slices.is_empty() {
                None
            } else {
                behind(&mut sight)
            };
            let mut sum = through(&layers, &sight);
            if let Some(color) = slice {
                sum.add(color, 1.0);
            }
            finish(y, sum.done())
        };
        Some(match scene.mode {
            VolumeMode::Composite => tiles::draw(scene.size, || (), |(), x, y| seen(x, y, true, composite::through)),
            VolumeMode::Iso => tiles::draw(scene.size, || (), |(), x, y| seen(x, y, false, surface::through)),
            VolumeMode::Mip | VolumeMode::MinIp | VolumeMode::Average => {
                let trails = || vec![Trail::new(scene.size[0]); layers.len()];
                tiles::draw(scene.size, trails, |trails, x, y| {
                    let sight = view.sight(x, y, false);
                    let mut pixel = finish(y, [0.0; 4]);
                    for ((quick, trail), layer) in layers.iter().zip(trails).zip(&scene.layers) {
                        let image = &layer.image;
                        if let Some(stored) = quick.gathered(&sight, trail, x) {
                            let value = image.volume.rescale.value(f64::from(stored));
                            blend(&mut pixel, color(image, Value::Scalar(value)), image.opacity);
                            pixel[3] = pixel[3].max((image.opacity.clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
                        }
                    }
                    pixel
                })
            }
        })
    }

    fn layers<'a>(&self, scene: &'a VolumeScene, view: &View) -> Option<Vec<Box<dyn Layer + 'a>>> {
        let of = |layer| layer::of(scene, layer, view, &self.kept);
        scene.layers.iter().map(of).collect()
    }

    /// How far from the plane through the target the nearest surface is under each pixel, mm, rows from the top; `None`
    /// as in [`Self::draw`].
    pub fn surface_depths(&self, scene: &VolumeScene) -> Option<Vec<Option<f64>>> {
        let view = View::new(scene)?;
        let layers = self.layers(scene, &view)?;
        let [width, height] = scene.size;
        let depth = |(x, y): (u32, u32)| {
            let sight = view.sight(x, y, false);
            let hits = layers.iter().filter_map(|layer| layer.surface(&sight));
            hits.map(|(steps, ..)| steps * view.step_mm).min_by(f64::total_cmp)
        };
        Some(
            (0..height)
                .flat_map(|y| (0..width).map(move |x| (x, y)))
                .map(depth)
                .collect(),
        )
    }
}
