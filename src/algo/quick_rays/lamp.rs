//! The light of [`crate::algo::lighting`] in `f32`.

use glam::Vec3A;

use crate::model::transfer_function::Material;
use crate::scene::VolumeScene;

/// Mirrored light is looked up at so many angles.
const ANGLES: usize = 4096;

/// Light on a material.
pub(super) struct Lamp {
    pub(super) is_on: bool,
    towards: Vec3A,
    ambient: f32,
    diffuse: f32,
    /// Mirrored light by the cosine between the normal and half way from the light to the viewer.
    mirrored: Box<[f32; ANGLES]>,
    silhouettes: f32,
}

/// What is the same along a ray.
#[derive(Clone, Copy)]
pub(super) struct Gaze {
    viewer: Vec3A,
    halfway: Option<Vec3A>,
}

/// How much of a colour comes back, and how much light.
#[derive(Clone, Copy, Default)]
pub(super) struct Shine {
    even: f32,
    mirrored: f32,
    edge: f32,
    /// What the surroundings let in.
    open: f32,
}

impl Lamp {
    pub(super) fn new(scene: &VolumeScene, material: &Material) -> Self {
        let mut mirrored = Box::new([0.0; ANGLES]);
        for (n, place) in mirrored.iter_mut().enumerate() {
            let cosine = n as f64 / (ANGLES - 1) as f64;
            *place = (material.specular * cosine.powf(material.shininess)) as f32;
        }
        Self {
            is_on: scene.light.is_shaded,
            towards: scene.light.direction(&scene.camera.axes()).as_vec3a(),
            ambient: material.ambient as f32,
            diffuse: material.diffuse as f32,
            mirrored,
            silhouettes: scene.light.silhouettes.clamp(0.0, 1.0) as f32,
        }
    }

    /// For a ray of this direction.
    #[inline(always)]
    pub(super) fn gaze(&self, direction: Vec3A) -> Gaze {
        Gaze {
            viewer: -direction,
            halfway: (self.towards - direction).try_normalize(),
        }
    }

    /// What comes back where values have this gradient, of any length.
    #[inline(always)]
    pub(super) fn shine(&self, gaze: &Gaze, gradient: Vec3A) -> Shine {
        let normal = gradient.try_normalize().unwrap_or(gaze.viewer);
        let facing = normal.dot(gaze.viewer);
        let (normal, facing) = if facing < 0.0 {
            (-normal, -facing)
        } else {
            (normal, facing)
        };
        let cosine = normal.dot(gaze.halfway.unwrap_or(normal)).clamp(0.0, 1.0);
        let index = (cosine * (ANGLES - 1) as f32 + 8_388_608.0).to_bits() as usize;
        let edge = if self.silhouettes > 0.0 {
            1.0 - self.silhouettes * (1.0 - facing).max(0.0).powi(3)
        } else {
            1.0
        };
        Shine {
            even: self.ambient + self.diffuse * normal.dot(self.towards).max(0.0),
            mirrored: self.mirrored[index & (ANGLES - 1)],
            edge,
            open: 1.0,
        }
    }
}

impl Shine {
    /// The same where the surroundings let in so much.
    #[inline(always)]
    pub(super) fn in_open(self, open: f32) -> Self {
        Self { open, ..self }
    }

    /// A colour in this light.
    #[inline(always)]
    pub(super) fn on(self, color: Vec3A) -> Vec3A {
        let lit = (color * self.even + Vec3A::splat(self.mirrored)) * self.edge;
        lit.max(Vec3A::ZERO).min(Vec3A::ONE) * self.open
    }
}
