//! Scenes in, pixels out: the only place that knows wgpu.
