//! Volumes seen through a camera as fast as a processor draws them. Where the graphics device is the processor itself,
//! this stands in for `shaders/volume/*.wgsl` in the usual case: grey volumes of up to 16 bits or of `f32` that have
//! arrived in full, evenly spaced, interpolated linearly. It is held against the twin, [`super::raycast`].
//!
//! Rays leap over bricks in which nothing is seen. The least and greatest number of every brick is found once for a
//! volume; which bricks are seen, and how far the next seen one is, once for a transfer function.

mod bricks;
mod composite;
mod crossings;
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
mod veil;
mod view;

use glam::Vec3A;

use crate::scene::{VolumeMode, VolumeScene};

use super::raycast::{over, slices};
use super::shade::{blend, color};
use crate::model::volume::Value;
use composite::Sum;
pub use crossings::{Crossing, Crossings};
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
        let crossings = Crossings::of(scene);
        let has_sheets = !(scene.slices.is_empty() && crossings.is_empty());
        let seen = |x: u32, y: u32, is_jittered: bool, through: Through| {
            let mut sight = view.sight(x, y, is_jittered);
            let sheets = if has_sheets {
                sheets(scene, &mut sight, crossings.under(x, y))
            } else {
                Vec::new()
            };
            finish(y, through(&layers, &sight, &sheets).done())
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

/// What volumes and sheets are along a ray.
type Through = fn(&[Box<dyn Layer + '_>], &Sight, &[Sheet]) -> Sum;

/// What a ray meets at one place: a slice or a surface.
struct Sheet {
    at_mm: f64,
    color: Vec3A,
    opacity: f32,
}

/// The slices and surfaces that are seen along a ray, nearest first; the ray ends before the first that hides all.
fn sheets(scene: &VolumeScene, sight: &mut Sight, crossings: &[Crossing]) -> Vec<Sheet> {
    let slices = slices(scene, &sight.ray).into_iter().map(|(at_mm, color)| Sheet {
        at_mm,
        color: Vec3A::from_array(color.map(|part| part as f32)),
        opacity: 1.0,
    });
    let surfaces = crossings.iter().map(|crossing| Sheet {
        at_mm: f64::from(crossing.at_mm),
        color: crossing.color,
        opacity: crossing.opacity,
    });
    let mut sheets: Vec<Sheet> = slices.chain(surfaces).collect();
    sheets.sort_by(|a, b| a.at_mm.total_cmp(&b.at_mm));
    if let Some(last) = sheets.iter().position(|sheet| sheet.opacity >= 1.0) {
        sight.end_before(sheets[last].at_mm);
        sheets.truncate(last + 1);
    }
    sheets
}
