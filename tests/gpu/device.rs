//! One device for all tests of this process; tests take turns.

use std::sync::{Mutex, MutexGuard, OnceLock};

use isocenter::gpu::Gpu;

/// The shared device, or `None` (after saying so) where there is no adapter and none is required.
pub fn gpu() -> Option<MutexGuard<'static, Gpu>> {
    static SHARED: OnceLock<Option<Mutex<Gpu>>> = OnceLock::new();
    let shared = SHARED
        .get_or_init(|| accept(Gpu::headless()).map(Mutex::new))
        .as_ref()?;
    Some(shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// A device of its own with only some optional features.
pub fn gpu_with(features: wgpu::Features) -> Option<Gpu> {
    accept(Gpu::headless_with(features))
}

fn accept(made: Result<Gpu, isocenter::gpu::GpuError>) -> Option<Gpu> {
    match made {
        // The stand-in for the slice shader has its own tests against the twin.
        Ok(gpu) => Some(gpu.with_shaders_only()),
        Err(err) if std::env::var_os("REQUIRE_GPU").is_some_and(|wish| wish == "1") => {
            panic!("a graphics adapter is required: {err}")
        }
        Err(err) => {
            eprintln!("skipped: {err}");
            None
        }
    }
}
