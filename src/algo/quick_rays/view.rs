//! The rays of a picture.

use glam::DVec3;

use crate::algo::sample::SNAP;
use crate::scene::{ClipPlane, Ray, VolumeScene, Whole};

/// What all rays of a picture have in common.
pub(super) struct View {
    /// The place under the top left corner of the first pixel, in the plane through the target.
    corner: DVec3,
    right: DVec3,
    down: DVec3,
    forward: DVec3,
    eye: Option<DVec3>,
    /// Column and row of the first pixel in the whole picture.
    first: [u32; 2],
    cuts: Vec<ClipPlane>,
    /// Distance of samples.
    pub(super) step_mm: f64,
}

/// A ray with its samples: `shift + n` steps from the origin, for whole n.
pub(super) struct Sight {
    pub(super) ray: Ray,
    /// 0 to 1.
    pub(super) shift: f64,
    /// The part of the ray that lies before the viewer and inside the cuts, steps from the first sample place.
    pub(super) kept: [f64; 2],
    pub(super) step_mm: f64,
}

impl View {
    /// `None` where no volume has a place in the patient.
    pub(super) fn new(scene: &VolumeScene) -> Option<Self> {
        Some(Self::with_step(scene, scene.sample_step_mm()?))
    }

    /// With samples so far from each other.
    pub(super) fn with_step(scene: &VolumeScene, step_mm: f64) -> Self {
        let Whole { size, corner: first } = scene.whole();
        let camera = &scene.camera;
        let axes = camera.axes();
        let (right, down) = (axes.right * camera.mm_per_pixel, axes.down * camera.mm_per_pixel);
        let from_middle = |n: usize| f64::from(first[n]) - f64::from(size[n]) / 2.0;
        Self {
            corner: camera.target + right * from_middle(0) + down * from_middle(1),
            right,
            down,
            forward: axes.normal(),
            eye: camera
                .distance_mm(size[1])
                .map(|distance_mm| camera.target - axes.normal() * distance_mm),
            first,
            cuts: scene.cuts.half_spaces().collect(),
            step_mm,
        }
    }

    /// The ray through the middle of a pixel; `is_jittered`: its samples are moved by a part of a step that differs
    /// from pixel to pixel, so that steps make no rings.
    pub(super) fn sight(&self, x: u32, y: u32, is_jittered: bool) -> Sight {
        let origin = self.corner + self.right * (f64::from(x) + 0.5) + self.down * (f64::from(y) + 0.5);
        let (direction, to_eye_mm) = match self.eye {
            None => (self.forward, f64::INFINITY),
            Some(eye) => {
                let from_eye = origin - eye;
                let length = from_eye.length();
                (from_eye / length, length)
            }
        };
        let shift = if is_jittered {
            jitter(x + self.first[0], y + self.first[1])
        } else {
            0.0
        };
        let mut kept = [-to_eye_mm, f64::INFINITY];
        for plane in &self.cuts {
            let beyond = plane.normal.dot(origin) - plane.offset_mm;
            let slope = plane.normal.dot(direction);
            if slope.abs() < 1e-12 {
                if beyond < 0.0 {
                    kept = [1.0, 0.0];
                    break;
                }
            } else if slope > 0.0 {
                kept[0] = kept[0].max(-beyond / slope);
            } else {
                kept[1] = kept[1].min(-beyond / slope);
            }
        }
        Sight {
            ray: Ray {
                origin,
                direction,
                to_eye_mm,
            },
            shift,
            kept: kept.map(|mm| mm / self.step_mm - shift),
            step_mm: self.step_mm,
        }
    }
}

impl Sight {
    /// Leaves out the samples that are so far from the ray's origin, or farther.
    pub(super) fn end_before(&mut self, depth_mm: f64) {
        self.kept[1] = self.kept[1].min(depth_mm / self.step_mm - self.shift - 2.0 * SNAP);
    }
}

/// Noise from 0 to 1 in which neighbours differ as much as they can (interleaved gradient noise, Jimenez 2014).
fn jitter(x: u32, y: u32) -> f64 {
    let wave = (0.067_110_56 * f64::from(x) + 0.005_837_15 * f64::from(y)).fract();
    (52.982_918_9 * wave).fract()
}
