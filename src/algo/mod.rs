//! Pure computation on models and scenes: the CPU twins of the shaders, sampling, statistics.

pub mod percentile;
pub mod sample;
pub mod value_range;
