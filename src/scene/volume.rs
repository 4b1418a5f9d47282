//! Volumes seen through a camera.

use std::sync::Arc;

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::{Camera, Cuts, ImageLayer, LabelLayer, Light, Ray, SurfaceLayer};
use crate::model::geometry::Geometry;
use crate::model::occlusion::Occlusion;
use crate::model::plane::Plane;
use crate::model::transfer_function::TransferFunction;
use crate::model::voxel_mask::VoxelMask;

/// How what lies along a ray becomes a pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumeMode {
    /// The highest value (maximum intensity projection), windowed like a slice.
    #[default]
    Mip,
    /// The lowest value.
    MinIp,
    /// The mean of the values.
    Average,
    /// Lit material of the colours and opacities of the transfer functions, front to back.
    Composite,
    /// The surface where values pass [`VolumeLayer::iso`].
    Iso,
}

impl VolumeMode {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 5] = [Self::Composite, Self::Mip, Self::MinIp, Self::Average, Self::Iso];

    /// Whether values are gathered and windowed.
    pub fn is_projection(self) -> bool {
        matches!(self, Self::Mip | Self::MinIp | Self::Average)
    }
}

/// A volume in the volume view.
#[derive(Clone, Debug)]
pub struct VolumeLayer {
    /// The voxels, their interpolation, and the window of projections.
    pub image: ImageLayer,
    /// Colour and opacity.
    pub transfer: Arc<TransferFunction>,
    /// The value of the surface.
    pub iso: f64,
    /// Which voxels are seen: a place counts if the voxel nearest to it is kept. All of them without a mask.
    pub mask: Option<Arc<VoxelMask>>,
    /// How open its places are; everywhere alike if that is not known. [`VolumeScene::occlusion`] says what is drawn.
    pub occlusion: Option<Arc<Occlusion>>,
}

impl PartialEq for VolumeLayer {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            image,
            transfer,
            iso,
            mask,
            occlusion,
        } = self;
        *image == other.image
            && (Arc::ptr_eq(transfer, &other.transfer) || transfer == &other.transfer)
            && *iso == other.iso
            && *mask == other.mask
            && *occlusion == other.occlusion
    }
}

/// What is seen behind volumes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Background {
    /// Nothing: the picture is transparent there, and what is half seen is half transparent (alpha is not
    /// premultiplied).
    Transparent,
    /// From the top row's colour to the bottom row's.
    Colors([[u8; 3]; 2]),
}

impl Default for Background {
    fn default() -> Self {
        Self::Colors([[0; 3]; 2])
    }
}

impl Background {
    /// One colour.
    pub fn plain(color: [u8; 3]) -> Self {
        Self::Colors([color; 2])
    }

    /// Red, green, blue, alpha, 0 to 1, of row `y` of `height`.
    pub fn at(&self, y: u32, height: u32) -> [f64; 4] {
        match self {
            Self::Transparent => [0.0; 4],
            Self::Colors([top, bottom]) => {
                let t = (f64::from(y) + 0.5) / f64::from(height.max(1));
                let part = |c: usize| (f64::from(top[c]) * (1.0 - t) + f64::from(bottom[c]) * t) / 255.0;
                [part(0), part(1), part(2), 1.0]
            }
        }
    }
}

/// The larger picture that a picture is a tile of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its width and height in pixels.
    pub size: [u32; 2],
    /// Column and row of the tile's first pixel in it.
    pub corner: [u32; 2],
}

/// Volumes seen through a camera: samples inside them and inside the cuts, `step_mm` apart along each ray, whole steps
/// before and behind the plane through the camera's target. Where a ray meets nothing the background is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeScene {
    /// From where.
    pub camera: Camera,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// The picture that this is a tile of, if it is one; the camera's target is in the middle of that picture.
    pub whole: Option<Whole>,
    /// What to make of the samples.
    pub mode: VolumeMode,
    /// Distance of samples along the ray.
    pub step_mm: f64,
    /// What is shown; the first decides the step where none is given. Projections lie over each other, lowest first.
    pub layers: Vec<VolumeLayer>,
    /// Label maps that colour what they cover, and are seen themselves, in composites and with surfaces
    /// (`algo::label_matter`).
    pub labels: Vec<LabelLayer>,
    /// Surfaces, in composites and with surfaces of volumes. At one place slices are before them, and they before
    /// material.
    pub surfaces: Vec<SurfaceLayer>,
    /// The light.
    pub light: Light,
    /// What is cut away.
    pub cuts: Cuts,
    /// Slices that stand in the volume, in composites and with surfaces: opaque pictures of the first layer, windowed,
    /// as far as that volume reaches. Cuts do not cut them.
    pub slices: Vec<Plane>,
    /// What is seen behind.
    pub background: Background,
}

impl VolumeScene {
    /// Volumes in the usual light before black, with nothing cut away.
    pub fn new(camera: Camera, size: [u32; 2], mode: VolumeMode, step_mm: f64, layers: Vec<VolumeLayer>) -> Self {
        Self {
            camera,
            size,
            whole: None,
            mode,
            step_mm,
            layers,
            labels: Vec::new(),
            surfaces: Vec::new(),
            light: Light::default(),
            cuts: Cuts::default(),
            slices: Vec::new(),
            background: Background::default(),
        }
    }

    /// Size of the whole picture, and where in it this one's first pixel is.
    pub fn whole(&self) -> Whole {
        self.whole.unwrap_or(Whole {
            size: self.size,
            corner: [0; 2],
        })
    }

    /// How open the places of a layer are and how dark crevices become, 0 to 1, if they are dimmed at all: what light
    /// sends back from a place is multiplied by `1 - strength * (1 - openness)`.
    pub fn occlusion<'a>(&self, layer: &'a VolumeLayer) -> Option<(&'a Arc<Occlusion>, f64)> {
        let strength = self.light.occlusion.clamp(0.0, 1.0);
        let field = layer.occlusion.as_ref()?;
        let is_dimmed = self.light.is_shaded && strength > 0.0 && field.fits(layer.image.volume.dims());
        is_dimmed.then_some((field, strength))
    }

    /// What light that labels and surfaces send back from a place is multiplied by: how open it is there is known of the
    /// first volume that [`Self::occlusion`] dims at all.
    pub fn light_left_at(&self, place: DVec3) -> f64 {
        let dimmed = self.layers.iter().find_map(|layer| {
            let (field, strength) = self.occlusion(layer)?;
            let voxel = layer.image.volume.geometry()?.voxel_at(place);
            Some(1.0 - strength * (1.0 - field.open_at(voxel)))
        });
        dimmed.unwrap_or(1.0)
    }

    /// The ray through a place of the picture, in pixels from its top left corner (the first pixel's centre is ½, ½).
    pub fn ray(&self, x: f64, y: f64) -> Ray {
        let Whole { size, corner } = self.whole();
        self.camera
            .ray(size, x + f64::from(corner[0]), y + f64::from(corner[1]))
    }

    /// Red, green, blue, alpha, 0 to 1, of what is seen behind in a row of the picture.
    pub fn background_at(&self, y: u32) -> [f64; 4] {
        let Whole { size, corner } = self.whole();
        self.background.at(y + corner[1], size[1])
    }

    /// More samples than this on either side of the target are never taken: a step that is too small for the volume
    /// (or no number) is made larger.
    const MOST_STEPS: f64 = 4096.0;

    /// The distance of samples that is drawn, mm. `None` where no volume has a place in the patient.
    pub fn sample_step_mm(&self) -> Option<f64> {
        let forward = self.camera.axes().normal();
        let geometries = || self.layers.iter().filter_map(|layer| layer.image.volume.geometry());
        let farthest_mm = geometries()
            .flat_map(Geometry::corners)
            .map(|corner: DVec3| {
                let from_target = corner - self.camera.target;
                // Rays that spread are longer than their depth.
                if self.camera.perspective_deg > 0.0 {
                    from_target.length() * 2.0
                } else {
                    from_target.dot(forward).abs()
                }
            })
            .fold(0.0, f64::max);
        let shortest_edge_mm = geometries().next()?.shortest_edge_mm();
        let wanted_mm = if self.step_mm > 0.0 && self.step_mm.is_finite() {
            self.step_mm
        } else {
            shortest_edge_mm / 2.0
        };
        Some(wanted_mm.max(farthest_mm / Self::MOST_STEPS))
    }
}
