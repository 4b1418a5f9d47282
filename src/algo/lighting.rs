//! How light comes back from a surface (Blinn 1977, after Phong), the twin of `shaders/volume/lighting.wgsl`.

use glam::DVec3;

use crate::model::transfer_function::Material;
use crate::scene::{Light, VolumeScene};

/// The light of a picture, with its direction in the patient.
#[derive(Clone, Copy, Debug)]
pub struct Lit {
    light: Light,
    towards: DVec3,
}

impl Lit {
    /// The light of a scene.
    pub fn new(scene: &VolumeScene) -> Self {
        Self {
            light: scene.light,
            towards: scene.light.direction(&scene.camera.axes()),
        }
    }

    /// Whether surfaces are shaded at all.
    pub fn is_shaded(&self) -> bool {
        self.light.is_shaded
    }

    /// The colour, 0 to 1, that comes back from material of a colour where values have this gradient, to a viewer at
    /// the end of a ray of this direction. Both sides of a surface are lit alike: it is turned to the viewer. Where
    /// nothing changes from place to place there is no surface, and light comes back as from one that faces the
    /// viewer.
    pub fn shade(&self, color: [f64; 3], material: &Material, gradient: DVec3, ray: DVec3) -> [f64; 3] {
        if !self.light.is_shaded {
            return color;
        }
        let viewer = -ray;
        let normal = gradient.try_normalize().unwrap_or(viewer);
        let normal = if normal.dot(viewer) < 0.0 { -normal } else { normal };
        let halfway = (self.towards + viewer).try_normalize().unwrap_or(normal);
        let even = material.ambient + material.diffuse * normal.dot(self.towards).max(0.0);
        let mirrored = material.specular * normal.dot(halfway).max(0.0).powf(material.shininess);
        let edge = 1.0 - self.light.silhouettes.clamp(0.0, 1.0) * (1.0 - normal.dot(viewer)).max(0.0).powi(3);
        color.map(|part| ((part * even + mirrored) * edge).clamp(0.0, 1.0))
    }
}
