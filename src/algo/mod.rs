//! Pure computation on models and scenes: the CPU twins of the shaders, sampling, statistics.

pub mod agreement;
pub mod bits;
pub mod body_mask;
pub mod bone_mask;
pub mod brush;
pub mod cinematic;
pub mod components;
pub mod gradient;
pub mod histogram;
pub mod label_counts;
pub mod label_grid;
pub mod label_matter;
pub mod labels;
pub mod level_trace;
pub mod lighting;
pub mod mesh_tree;
pub mod morphology;
pub mod needed_slabs;
pub mod outline;
pub mod paint;
pub mod palette;
pub mod percentile;
pub mod phantom;
pub mod pixel_outlines;
pub mod plane_layer;
pub mod quick_rays;
pub mod quick_slice;
pub mod rasterize;
pub mod raycast;
pub mod resample;
pub mod reslice;
pub mod sample;
pub mod scalpel;
pub mod segment;
pub mod shrink;
pub mod stack;
pub mod statistics;
pub mod surface_nets;
pub mod threshold;
pub mod value_range;

mod project;
mod runs;
mod shade;

pub use reslice::draw;
