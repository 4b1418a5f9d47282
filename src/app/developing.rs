//! The path-traced picture of the volume view, which becomes finer while nothing moves.

use std::sync::Arc;

use super::job::JobId;
use super::state::State;
use super::{pane::PaneId, scenes};
use crate::scene::{Scene, VolumeMode, VolumeScene};

/// Samples a pixel gets at most in the window.
pub const SAMPLES: u32 = 256;

/// A picture that a job develops.
pub struct DevelopingPicture {
    /// The job.
    pub job: JobId,
    /// Of what.
    pub scene: VolumeScene,
    /// The revision of its voxels.
    pub revision: usize,
    /// Samples of every pixel so far.
    pub samples: u32,
    /// RGBA, 8 bits, rows from the top; `None` before the first sample.
    pub pixels: Option<Arc<Vec<u8>>>,
}

impl DevelopingPicture {
    /// Whether it is what a scene would develop to.
    pub fn shows(&self, scene: &VolumeScene, revision: usize) -> bool {
        self.revision == revision && self.scene == *scene
    }
}

/// What the volume view would develop to at a size in pixels; `None` where it is drawn otherwise.
pub fn wanted(state: &State, size: [u32; 2]) -> Option<(VolumeScene, usize)> {
    let is_asked_for = state.view.volume.is_cinematic && state.gesture.is_none();
    match scenes::picture(state, PaneId::Volume, size).filter(|_| is_asked_for)? {
        scene @ Scene::Volume(_) => {
            let revision = scene.voxel_revision();
            let Scene::Volume(mut scene) = scene else { return None };
            // Paths of light find out by themselves how open a place is.
            for layer in &mut scene.layers {
                layer.occlusion = None;
            }
            (scene.mode == VolumeMode::Composite).then_some((scene, revision))
        }
        Scene::Slice(_) | Scene::Stack(_) => None,
    }
}
