//! What a picture is: plain values that say everything needed to draw it, and nothing else.
//!
//! Panes build scenes from the state and the command line builds them from flags; `gpu` draws them, and `algo` draws
//! the same scenes slowly and obviously, so that tests can hold the two pictures against each other.

mod camera;
mod cuts;
mod label;
mod layer;
mod light;
mod movie;
mod slice;
mod stack;
mod surface;
mod volume;

pub use camera::{Camera, Ray};
pub use cuts::{ClipPlane, CropBox, Cuts};
pub use label::{LabelLayer, WIDEST_OUTLINE_PX};
pub use layer::{Floor, ImageLayer, Interpolation};
pub use light::Light;
pub use movie::Movie;
pub use slice::{Slab, SlabMode, SliceScene};
pub use stack::StackScene;
pub use surface::SurfaceLayer;
pub use volume::{Background, VolumeLayer, VolumeMode, VolumeScene, Whole};

/// Any picture.
#[derive(Clone, Debug)]
pub enum Scene {
    /// A plane through volumes in the patient.
    Slice(SliceScene),
    /// One stored picture in its own pixels.
    Stack(StackScene),
    /// Volumes seen through a camera.
    Volume(VolumeScene),
}

impl Scene {
    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        match self {
            Self::Slice(scene) => scene.size,
            Self::Stack(scene) => scene.size,
            Self::Volume(scene) => scene.size,
        }
    }

    /// The image layers, lowest first.
    pub fn layers(&self) -> impl Iterator<Item = &ImageLayer> {
        let (flat, deep): (&[ImageLayer], &[VolumeLayer]) = match self {
            Self::Slice(scene) => (&scene.layers, &[]),
            Self::Stack(scene) => (std::slice::from_ref(&scene.layer), &[]),
            Self::Volume(scene) => (&[], &scene.layers),
        };
        flat.iter().chain(deep.iter().map(|layer| &layer.image))
    }

    /// The label maps over them, lowest first.
    pub fn labels(&self) -> &[LabelLayer] {
        match self {
            Self::Slice(scene) => &scene.labels,
            Self::Volume(scene) => &scene.labels,
            Self::Stack(_) => &[],
        }
    }

    /// Whether two scenes make the same picture of the same voxels (those that have arrived by now).
    pub fn same_picture(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Slice(a), Self::Slice(b)) => a == b,
            (Self::Stack(a), Self::Stack(b)) => a == b,
            (Self::Volume(a), Self::Volume(b)) => a == b,
            _ => false,
        }
    }

    /// Sum of the voxel revisions of all layers and label maps: a scene drawn at another revision must be drawn again.
    pub fn voxel_revision(&self) -> usize {
        let images = self.layers().map(|layer| &layer.volume);
        let labels = self.labels().iter().map(|layer| &layer.volume);
        images.chain(labels).map(|volume| volume.voxels.revision()).sum()
    }
}
