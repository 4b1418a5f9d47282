//! Pictures of the graphics device, held against the CPU twins. Without an adapter these tests say that they are
//! skipped, unless `REQUIRE_GPU=1`.

#![cfg(test)]

#[path = "../common/nifti_file.rs"]
mod nifti_file;

mod cinematic;
mod cinematic_surfaces;
mod device;
mod phantom;

mod axis_orders;
mod brick_rays;
mod bricks;
mod formats;
mod labels;
mod large;
mod levels;
mod movies;
mod occlusion;
mod partial;
mod probability;
mod program;
mod projections;
mod quick_rays;
mod raycast;
mod shaders;
mod slices;
mod stacks;
mod surfaces;
mod survival;
mod targets;
mod volumes;
mod volumes_of_nothing;
