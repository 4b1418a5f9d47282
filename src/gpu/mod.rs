//! Scenes in, pixels out: the only place that knows wgpu.
//!
//! A [`Gpu`] owns a device, the volumes that are resident on it and the pipelines. [`Gpu::picture`] draws a scene and
//! reads it back; [`PaneTarget`] keeps a picture on the device for the window and draws it again only if its scene or
//! its voxels changed. Both go through [`Gpu::draw_into`], so that a pane and a PNG are the same pixels.
//!
//! Slices are drawn layer by layer (`pipelines`); volumes seen through a camera are drawn together (`volume_pass`).
//!
//! Where the device is the processor itself, slices of the usual kind are drawn by `algo::quick_slice` without a shader.
//!
//! Grey is exact: slices interpolate by hand in f32 (`shaders/common/sample.wgsl`); only rays use texture filtering.

mod allowance;
mod bricks;
mod budget;
mod color_maps;
mod crossings;
mod detail;
mod device;
mod error;
mod format;
mod label_colors;
mod need;
mod painted;
mod pipelines;
mod readback;
mod renderer;
mod resident;
mod shader;
mod slice_table;
mod store;
mod target;
mod texels;
mod uniform;
mod volume_mask;
mod volume_occlusion;
mod volume_pass;
mod volume_pipelines;
mod volume_shader;
mod volume_table;
mod volume_view;
mod voxel_map;

pub use budget::{Budget, Level};
pub use device::{Adapter, device_descriptor, wanted_features};
pub use error::GpuError;
pub use format::VoxelFormat;
pub use renderer::{Drawn, Gpu};
pub use shader::{Program, sources};
pub use target::{PICTURE_FORMAT, PaneTarget};
pub use uniform::LayerUniform;
pub use volume_shader::{SlotText, VolumeProgram, volume_sources};
pub use volume_view::{MatterUniform, ViewUniform};
