//! From the pixels of a scene to the voxels of one of its volumes, in f64: all that the shaders know of geometry.

use glam::{DAffine3, DVec3};

use crate::model::geometry::Geometry;
use crate::model::volume::Volume;
use crate::scene::{ImageLayer, LabelLayer, Scene, Slab, SlabMode, SliceScene, StackScene, VolumeMode, VolumeScene};

/// How the samples under a pixel become one value. The numbers are the shader's (`GATHER_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Gather {
    None = 0,
    Highest = 1,
    Lowest = 2,
    Mean = 3,
}

/// An affine map from (pixel, pixel, sample) to voxel indices on the mean grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct VoxelMap {
    /// The voxel in the middle of the picture (between pixels where the size is even), at sample 0.
    pub(super) center: DVec3,
    /// From pixel to pixel.
    pub(super) right: DVec3,
    /// From row to row.
    pub(super) down: DVec3,
    /// From sample to sample.
    pub(super) depth: DVec3,
    /// Steps from the first to the last sample (of a ray: the volume's box decides).
    pub(super) steps: u32,
    pub(super) gather: Gather,
    /// Whether indices are those before the slice table.
    pub(super) uses_table: bool,
}

impl VoxelMap {
    /// The map of one layer of a scene; `None` where the layer cannot be drawn in it.
    pub(super) fn of(scene: &Scene, layer: &ImageLayer) -> Option<Self> {
        let map = match scene {
            Scene::Slice(scene) => {
                let map = Self::of_slice(scene, scene.slab, layer.volume.geometry()?);
                match map.gather {
                    Gather::Lowest | Gather::Mean if layer.floor.is_some() => Self {
                        gather: Gather::Highest,
                        ..map
                    },
                    _ => map,
                }
            }
            Scene::Stack(scene) => Self::of_stack(scene),
            Scene::Volume(scene) => return Self::of_view(scene, &layer.volume, scene.sample_step_mm()?),
        };
        map.is_finite().then_some(map)
    }

    /// The map of a label map over a slice: of the middle plane, if it is a slab.
    pub(super) fn of_labels(scene: &SliceScene, layer: &LabelLayer) -> Option<Self> {
        let map = Self::of_slice(scene, None, layer.volume.geometry()?);
        map.is_finite().then_some(map)
    }

    fn is_finite(&self) -> bool {
        let parts = [self.center, self.right, self.down, self.depth];
        parts.iter().all(|v| v.is_finite())
    }

    fn of_slice(scene: &SliceScene, slab: Option<Slab>, geometry: &Geometry) -> Self {
        let DAffine3 { matrix3: per_mm, .. } = *geometry.voxel_from_patient();
        let axes = &scene.plane.axes;
        let normal = axes.normal();
        let (steps, first_mm, step_mm, gather) = match slab {
            None => (0, 0.0, 0.0, Gather::None),
            Some(slab) => {
                let steps = slab.steps(geometry.shortest_edge_mm());
                let gather = match slab.mode {
                    SlabMode::Mip => Gather::Highest,
                    SlabMode::MinIp => Gather::Lowest,
                    SlabMode::Mean => Gather::Mean,
                };
                (
                    steps,
                    -slab.thickness_mm / 2.0,
                    slab.thickness_mm / f64::from(steps),
                    gather,
                )
            }
        };
        Self {
            center: geometry
                .voxel_from_patient()
                .transform_point3(scene.plane.center + normal * first_mm),
            right: per_mm * (axes.right * scene.mm_per_pixel),
            down: per_mm * (axes.down * scene.mm_per_pixel),
            depth: per_mm * (normal * step_mm),
            steps,
            gather,
            uses_table: geometry.slice_table().is_some(),
        }
    }

    fn of_stack(scene: &StackScene) -> Self {
        let [width, height] = StackScene::pixel_size(&scene.layer.volume);
        Self {
            center: scene.center.extend(scene.slice as f64),
            right: DVec3::X * (scene.units_per_pixel / width),
            down: DVec3::Y * (scene.units_per_pixel / height),
            depth: DVec3::ZERO,
            steps: 0,
            gather: Gather::None,
            uses_table: false,
        }
    }

    /// The map of a volume or a label map seen through a camera; `None` where it has no place in the patient.
    pub(super) fn of_view(scene: &VolumeScene, volume: &Volume, step_mm: f64) -> Option<Self> {
        let geometry = volume.geometry()?;
        let axes = scene.camera.axes();
        let per_mm = geometry.voxel_from_patient().matrix3;
        let [width, height] = scene.size.map(f64::from);
        let middle = scene.ray(width / 2.0, height / 2.0).origin;
        let map = Self {
            center: geometry.voxel_from_patient().transform_point3(middle),
            right: per_mm * (axes.right * scene.camera.mm_per_pixel),
            down: per_mm * (axes.down * scene.camera.mm_per_pixel),
            depth: per_mm * (axes.normal() * step_mm),
            steps: 0,
            gather: match scene.mode {
                VolumeMode::Mip => Gather::Highest,
                VolumeMode::MinIp => Gather::Lowest,
                VolumeMode::Average => Gather::Mean,
                VolumeMode::Composite | VolumeMode::Iso => Gather::None,
            },
            uses_table: geometry.slice_table().is_some(),
        };
        map.is_finite().then_some(map)
    }
}
