//! The pictures that are timed: planes that step through a volume, cameras that turn about it.

use std::sync::Arc;

use glam::{DMat3, DVec3};

use super::BenchView;
use crate::app::presets;
use crate::model::geometry::Geometry;
use crate::model::occlusion::Occlusion;
use crate::model::plane::{Axes, Plane, View};
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::Volume;
use crate::model::window::Window;
use crate::scene::{
    Camera, ImageLayer, Interpolation, Scene, Slab, SlabMode, SliceScene, VolumeLayer, VolumeMode, VolumeScene,
};

/// Height of slice pictures.
pub(super) const SLICE_FOV_MM: f64 = 360.0;
/// How far the oblique plane travels.
const OBLIQUE_TRAVEL_MM: f64 = 120.0;
/// The angle of view of volumes.
const PERSPECTIVE_DEG: f64 = 20.0;
/// The middle part of the volume through which planes step.
const TRAVEL: f64 = 0.8;

fn layer(volume: &Arc<Volume>, window: Window) -> ImageLayer {
    ImageLayer {
        volume: Arc::clone(volume),
        frame: 0,
        window,
        invert: volume.is_inverted,
        color_map: presets::gray(),
        interpolation: Interpolation::Linear,
        opacity: 1.0,
        floor: None,
    }
}

/// The middle stored slice as an axial picture would first show it.
pub(super) fn middle_slice(volume: &Arc<Volume>, geometry: &Geometry, window: Window) -> Scene {
    let [columns, rows, slices] = volume.dims().map(|side| side as f64);
    let matrix = geometry.patient_from_voxel().matrix3;
    let (right, normal) = (matrix.x_axis.normalize_or(DVec3::X), geometry.normal());
    let center = geometry.patient_at(DVec3::new(
        (columns - 1.0) / 2.0,
        (rows - 1.0) / 2.0,
        (slices / 2.0).floor(),
    ));
    Scene::Slice(SliceScene {
        plane: Plane {
            center,
            axes: Axes {
                right,
                down: normal.cross(right),
            },
        },
        mm_per_pixel: SLICE_FOV_MM / 512.0,
        size: [512, 512],
        slab: None,
        layers: vec![layer(volume, window)],
        labels: Vec::new(),
    })
}

/// Planes that step along their normal.
pub(super) struct SliceFrames<'a> {
    pub(super) volume: &'a Arc<Volume>,
    pub(super) geometry: &'a Geometry,
    pub(super) view: BenchView,
    pub(super) size: [u32; 2],
    pub(super) fov_mm: f64,
    pub(super) slab_mm: Option<f64>,
    pub(super) window: Window,
    pub(super) count: u32,
}

impl SliceFrames<'_> {
    pub(super) fn scene(&self, frame: u32) -> Scene {
        let axes = match self.view {
            BenchView::Axial => View::Axial.axes(),
            BenchView::Coronal => View::Coronal.axes(),
            BenchView::Sagittal => View::Sagittal.axes(),
            BenchView::Oblique => oblique(),
        };
        let normal = axes.normal();
        let (low, high) = self.geometry.extent_along(normal);
        let travel_mm = if self.view == BenchView::Oblique {
            OBLIQUE_TRAVEL_MM
        } else {
            high - low
        };
        let share = (f64::from(frame) + 0.5) / f64::from(self.count) - 0.5;
        Scene::Slice(SliceScene {
            plane: Plane {
                center: self.geometry.center() + normal * (travel_mm * TRAVEL * share),
                axes,
            },
            mm_per_pixel: self.fov_mm / f64::from(self.size[1]),
            size: self.size,
            slab: self.slab_mm.map(|thickness_mm| Slab {
                thickness_mm,
                mode: SlabMode::Mip,
            }),
            layers: vec![layer(self.volume, self.window)],
            labels: Vec::new(),
        })
    }
}

/// A plane that is aligned with nothing.
fn oblique() -> Axes {
    const TURN_RAD: f64 = 0.35;
    let normal = DVec3::new(1.0, 0.8, 0.6).normalize();
    let right = DVec3::Z.cross(normal).normalize();
    let turn = DMat3::from_axis_angle(normal, TURN_RAD);
    Axes {
        right: turn * right,
        down: turn * normal.cross(right),
    }
}

/// A camera that goes once around the patient.
pub(super) struct VolumeFrames<'a> {
    pub(super) volume: &'a Arc<Volume>,
    pub(super) geometry: &'a Geometry,
    pub(super) size: [u32; 2],
    pub(super) fov_mm: Option<f64>,
    pub(super) window: Window,
    pub(super) mode: VolumeMode,
    pub(super) transfer: Arc<TransferFunction>,
    pub(super) iso: f64,
    pub(super) is_shaded: bool,
    /// How dark crevices become, and where they are.
    pub(super) occlusion: (f64, Option<Arc<Occlusion>>),
    pub(super) step_mm: f64,
    pub(super) count: u32,
}

impl VolumeFrames<'_> {
    pub(super) fn scene(&self, frame: u32) -> Scene {
        let center = self.geometry.center();
        // As VTK resets a camera: the sphere through the outermost voxels just fits 30 degrees, then 1.5 times larger.
        let first = self.geometry.patient_at(DVec3::ZERO);
        let radius_mm = (first - center).length();
        let (sin_a, tan_a) = (15.0_f64.to_radians().sin(), (PERSPECTIVE_DEG / 2.0).to_radians().tan());
        let fov_mm = self.fov_mm.unwrap_or(2.0 * radius_mm / sin_a * tan_a);
        let camera = Camera {
            target: center,
            azimuth_deg: 360.0 * f64::from(frame) / f64::from(self.count),
            elevation_deg: 15.0,
            mm_per_pixel: fov_mm / f64::from(self.size[1]),
            perspective_deg: PERSPECTIVE_DEG,
        };
        let layer = VolumeLayer {
            image: layer(self.volume, self.window),
            transfer: Arc::clone(&self.transfer),
            iso: self.iso,
            mask: None,
            occlusion: self.occlusion.1.clone(),
        };
        let mut scene = VolumeScene::new(camera, self.size, self.mode, self.step_mm, vec![layer]);
        scene.light.is_shaded = self.is_shaded;
        scene.light.occlusion = self.occlusion.0;
        Scene::Volume(scene)
    }
}
