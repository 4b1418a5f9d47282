//! Path tracing through volumes: light that is scattered in material, until it leaves the volume or is used up.
//!
//! **Material.** The transfer function that composites are drawn with says how dense material is: of `opacity` in
//! [`unit_mm`](crate::model::transfer_function::TransferFunction::unit_mm) follows an extinction of
//! `−ln(1 − opacity) / unit_mm` per mm, times the factor of the gradient. Its colour is the share of light that a
//! collision scatters (the albedo), made linear. Where values change fast, a collision is with a surface, which sends
//! light evenly to its side (Lambert); elsewhere it is with a cloud, which sends it evenly everywhere. Which of both is
//! decided by chance ([`surface_share`]).
//!
//! **Light.** An even sky around the patient, a little brighter above the viewer's head, which paths meet when they
//! leave; and a key light as wide as a window, which every collision asks for through the material between.
//!
//! **Method.** Free paths are found by tracking with fictitious collisions (Woodcock 1965; delta tracking), light
//! through material by ratio tracking (Novák and others 2014); both are right on average whatever bounds are used, so
//! that pictures of few samples are grainy but not false. Paths that carry little are ended by chance (Russian
//! roulette), which loses and makes no light. Everything is counted in linear light and shown in sRGB.
//!
//! Sources: Kroes, Post, Botha, "Exposure Render", PLoS ONE 7 (2012); Novák and others, "Monte Carlo Methods for
//! Volumetric Light Transport Simulation", Computer Graphics Forum 37 (2018).

mod bounds;
mod chance;
mod medium;
mod path;

use rayon::prelude::*;

use crate::scene::VolumeScene;

use super::raycast::over;
pub use medium::Tracking;
use medium::{Media, Prepared};
use path::Sky;
pub use path::surface_share;

/// A picture that becomes finer with every sample.
pub struct Developing {
    scene: VolumeScene,
    prepared: Prepared,
    /// Linear red, green, blue and opacity of every pixel, added up.
    sums: Vec<[f32; 4]>,
    samples: u32,
}

impl Developing {
    /// Without any sample yet.
    pub fn new(scene: VolumeScene, tracking: Tracking) -> Self {
        let [width, height] = scene.size;
        Self {
            prepared: Prepared::new(&scene, tracking),
            scene,
            sums: vec![[0.0; 4]; width as usize * height as usize],
            samples: 0,
        }
    }

    /// How many samples every pixel has.
    pub fn samples(&self) -> u32 {
        self.samples
    }

    /// One more sample for every pixel. Sample n of a pixel is always the same.
    pub fn add_sample(&mut self) {
        let scene = &self.scene;
        let [width, height] = scene.size.map(|side| side.max(1));
        let media = Media::new(scene, &self.prepared);
        let sky = Sky::of(scene);
        let sample = self.samples;
        self.sums
            .par_chunks_mut(width as usize)
            .zip(0..height)
            .for_each(|(row, y)| {
                for (sum, x) in row.iter_mut().zip(0..width) {
                    let light = path::sample(scene, &media, &sky, [x, y], sample);
                    for (part, new) in sum.iter_mut().zip(light) {
                        *part += new;
                    }
                }
            });
        self.samples += 1;
    }

    /// Linear red, green, blue (as far as the pixel is not background) and opacity of every pixel, rows from the top.
    pub fn light(&self) -> impl Iterator<Item = [f32; 4]> + '_ {
        let share = 1.0 / self.samples.max(1) as f32;
        self.sums.iter().map(move |sum| sum.map(|part| part * share))
    }

    /// The picture so far: RGBA, 8 bits, rows from the top.
    pub fn picture(&self) -> Vec<u8> {
        let width = self.scene.size[0].max(1);
        self.light()
            .zip(0_u32..)
            .flat_map(|([red, green, blue, opacity], n)| {
                // What lies before the background is coded first, so that edges blend as those of composites do.
                let part = |light: f32| {
                    let of_all = f64::from(light) / f64::from(opacity.max(1e-6));
                    coded(of_all) * f64::from(opacity)
                };
                over(
                    &self.scene,
                    n / width,
                    [part(red), part(green), part(blue), f64::from(opacity)],
                )
            })
            .collect()
    }
}

/// Linear light as sRGB codes it (IEC 61966-2-1), 0 to 1; what is brighter than white is rolled off softly.
fn coded(light: f64) -> f64 {
    /// From here on light is compressed.
    const SHOULDER: f64 = 0.8;
    let light = light.max(0.0);
    let shown = if light <= SHOULDER {
        light
    } else {
        let room = 1.0 - SHOULDER;
        SHOULDER + room * (1.0 - (-(light - SHOULDER) / room).exp())
    };
    if shown <= 0.003_130_8 {
        12.92 * shown
    } else {
        1.055 * shown.powf(1.0 / 2.4) - 0.055
    }
}

/// The linear light of a coded one.
fn linear(code: f64) -> f64 {
    if code <= 0.040_45 {
        code / 12.92
    } else {
        ((code + 0.055) / 1.055).powf(2.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_light_belong_together() {
        for code in [0.0, 0.02, 0.3, 0.7, 0.9] {
            assert!((coded(linear(code)) - code).abs() < 1e-9, "{code}");
        }
        assert!(coded(1.0) < coded(5.0) && coded(5.0) <= 1.0);
    }
}
