//! Pictures of the graphics device, held against the CPU twins. Without an adapter these tests say that they are
//! skipped, unless `REQUIRE_GPU=1`.

#![cfg(test)]

#[path = "../common/nifti_file.rs"]
mod nifti_file;

mod cinematic;
mod device;
mod phantom;

mod axis_orders;
mod formats;
mod labels;
mod large;
mod levels;
mod movies;
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
