//! Pure computation on models and scenes: the CPU twins of the shaders, sampling, statistics.

pub mod histogram;
pub mod needed_slabs;
pub mod percentile;
pub mod phantom;
pub mod project;
pub mod quick_slice;
pub mod resample;
pub mod reslice;
pub mod sample;
pub mod stack;
pub mod value_range;

mod shade;

pub use reslice::draw;
