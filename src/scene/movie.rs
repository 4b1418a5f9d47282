//! A scene that moves: volumes turn once around, planes and stored pictures go through the volume from end to end.

use super::{Background, Camera, Scene, StackScene, VolumeScene};

/// Pictures of a scene, one after another. They are values like the scene itself: the n-th can be drawn without those
/// before it.
#[derive(Clone, Debug)]
pub struct Movie {
    /// What moves. A volume's turn begins at its camera; where a plane lies along its normal does not matter, nor which
    /// of the stored pictures is shown.
    pub scene: Scene,
    /// How many pictures.
    pub frames: usize,
}

impl Movie {
    /// The n-th picture, counted from 0. After the last one of a turn the first one fits on. A sweep goes the way its
    /// plane looks; of equal parts of the first layer's extent each picture shows the middle.
    pub fn frame(&self, n: usize) -> Scene {
        let frames = self.frames.max(1);
        let n = n.min(frames - 1);
        match &self.scene {
            Scene::Volume(scene) => Scene::Volume(VolumeScene {
                camera: Camera {
                    azimuth_deg: scene.camera.azimuth_deg + 360.0 * n as f64 / frames as f64,
                    ..scene.camera
                },
                ..scene.clone()
            }),
            Scene::Slice(scene) => {
                let normal = scene.plane.axes.normal();
                let mut scene = scene.clone();
                let geometry = scene.layers.first().and_then(|layer| layer.volume.geometry());
                if let Some(geometry) = geometry {
                    let (low, high) = geometry.extent_along(normal);
                    let at = low + (high - low) * (n as f64 + 0.5) / frames as f64;
                    scene.plane.center += normal * (at - scene.plane.center.dot(normal));
                }
                Scene::Slice(scene)
            }
            Scene::Stack(scene) => {
                let slices = scene.layer.volume.dims()[2];
                let slice = (n as f64 + 0.5) * slices as f64 / frames as f64;
                Scene::Stack(StackScene {
                    slice: (slice as usize).min(slices.saturating_sub(1)),
                    ..scene.clone()
                })
            }
        }
    }

    /// Whether its pictures may be seen through.
    pub fn is_transparent(&self) -> bool {
        matches!(&self.scene, Scene::Volume(scene) if scene.background == Background::Transparent)
    }
}
