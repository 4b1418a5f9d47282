//! Small pictures of the shown volume, one with each preset of its transfer function.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::thumbnail::Thumbnail;
use super::transfer::Transfer;
use crate::algo;
use crate::algo::quick_rays::QuickRays;
use crate::model::volume::{Volume, VolumeId};
use crate::model::window::Window;
use crate::scene::{Camera, ImageLayer, Interpolation, Light, Scene, VolumeLayer, VolumeMode, VolumeScene};

/// Width and height in pixels.
pub const SIDE: u32 = 128;
/// Longest side in voxels of the volume that is drawn: more is not seen at this size.
const MOST_VOXELS: usize = 112;
/// From where: in front, a little to the patient's left and above.
const FROM_DEG: [f64; 2] = [25.0, 12.0];
/// The middle of the volume fills the picture; its corners are seldom more than air.
const CLOSER: f64 = 1.45;
/// Pictures kept at most; a few megabytes.
const KEPT: usize = 120;

/// What small pictures are made of.
#[derive(Clone)]
pub struct ThumbnailRequest {
    /// The volume.
    pub volume: Arc<Volume>,
    /// The time point.
    pub frame: usize,
    /// Names and functions, in the order in which they are made.
    pub presets: Vec<(String, Transfer)>,
}

/// The pictures that there are, and those that are wanted.
#[derive(Default)]
pub struct TransferThumbnails {
    made: BTreeMap<(VolumeId, String), Option<Arc<Thumbnail>>>,
    wanted: Vec<String>,
}

impl TransferThumbnails {
    /// The picture of a volume with a preset, if it was made and could be.
    pub fn get(&self, id: VolumeId, preset: &str) -> Option<&Arc<Thumbnail>> {
        self.made.get(&(id, preset.to_owned()))?.as_ref()
    }

    /// The presets that were asked for last.
    pub fn wanted(&self) -> &[String] {
        &self.wanted
    }

    /// Those of them that are still to be made for a volume.
    pub(super) fn missing(&self, id: VolumeId) -> Vec<String> {
        let is_missing = |name: &&String| !self.made.contains_key(&(id, (*name).clone()));
        self.wanted.iter().filter(is_missing).cloned().collect()
    }

    pub(super) fn want(&mut self, wanted: Vec<String>) {
        self.wanted = wanted;
    }

    pub(super) fn put(&mut self, id: VolumeId, preset: String, picture: Option<Thumbnail>) {
        if self.made.len() >= KEPT {
            self.made.retain(|(of, _), _| *of == id);
        }
        self.made.insert((id, preset), picture.map(Arc::new));
    }

    pub(super) fn forget(&mut self, id: VolumeId) {
        self.made.retain(|(of, _), _| *of != id);
    }

    pub(super) fn forget_preset(&mut self, preset: &str) {
        self.made.retain(|(_, of), _| of != preset);
    }
}

/// Draws a volume with one transfer function after the other, and tells each, until it is cancelled.
pub fn make(request: &ThumbnailRequest, is_cancelled: &dyn Fn() -> bool, tell: &dyn Fn(&str, Option<Thumbnail>)) {
    let small = algo::shrink::shrunk(&request.volume, request.frame, MOST_VOXELS).map(Arc::new);
    let rays = QuickRays::default();
    for (name, transfer) in &request.presets {
        if is_cancelled() {
            return;
        }
        let picture = small.as_ref().and_then(|small| picture(&rays, small, transfer));
        tell(name, picture);
    }
}

fn picture(rays: &QuickRays, volume: &Arc<Volume>, transfer: &Transfer) -> Option<Thumbnail> {
    let geometry = volume.geometry()?;
    let [azimuth_deg, elevation_deg] = FROM_DEG;
    let diagonal_mm = (geometry.corners()[7] - geometry.corners()[0]).length();
    let camera = Camera {
        target: geometry.center(),
        azimuth_deg,
        elevation_deg,
        mm_per_pixel: diagonal_mm / CLOSER / f64::from(SIDE),
        perspective_deg: 0.0,
    };
    let image = ImageLayer {
        volume: Arc::clone(volume),
        frame: 0,
        window: Window::linear(0.0, 1.0),
        invert: false,
        color_map: super::presets::gray(),
        interpolation: Interpolation::Linear,
        opacity: 1.0,
        floor: None,
    };
    let layer = VolumeLayer {
        image,
        transfer: Arc::clone(&transfer.function),
        iso: transfer.iso,
        mask: None,
        occlusion: None,
    };
    let step_mm = geometry.shortest_edge_mm() * 0.75;
    let size = [SIDE, SIDE];
    let scene = VolumeScene {
        light: Light::default(),
        ..VolumeScene::new(camera, size, VolumeMode::Composite, step_mm, vec![layer])
    };
    Some(Thumbnail {
        size,
        rgba: rays.draw(&scene).unwrap_or_else(|| algo::draw(&Scene::Volume(scene))),
    })
}
