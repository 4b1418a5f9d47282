//! The graphics adapter and its device: which one, with what, and what became of it.

use std::sync::{Arc, Mutex};

use super::error::{GpuError, first_line};
use crate::say;

/// What is known about the adapter that draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// Its name.
    pub name: String,
    /// Its driver, with version where known.
    pub driver: String,
    /// `vulkan`, `metal`, `dx12`, `gl`.
    pub backend: String,
    /// Whether it is the processor that draws.
    pub is_software: bool,
}

impl Adapter {
    /// Volumes and label maps that one picture through a camera may have, where the driver cannot be trusted with more:
    /// Mesa's software driver before version 23 ends the process while it draws three, as seen with 22.3.6.
    pub(super) fn most_together(&self) -> Option<usize> {
        let (_, version) = self.driver.strip_prefix("llvmpipe")?.split_once("Mesa ")?;
        let major: u32 = version.split('.').next()?.parse().ok()?;
        (major < 23).then_some(2)
    }

    fn from_info(info: &wgpu::AdapterInfo) -> Self {
        let driver = [info.driver.as_str(), info.driver_info.as_str()]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        Self {
            name: info.name.clone(),
            driver,
            backend: info.backend.to_string(),
            is_software: info.device_type == wgpu::DeviceType::Cpu,
        }
    }
}

/// The optional features that drawing makes use of. It works without any of them.
pub fn wanted_features() -> wgpu::Features {
    wgpu::Features::TEXTURE_FORMAT_16BIT_NORM | wgpu::Features::FLOAT32_FILTERABLE
}

/// How to ask an adapter for a device: the wanted features that it has, and its own limits for textures and buffers.
/// For those who make the device themselves (the window).
pub fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    let limits = adapter.limits();
    let base = if adapter.get_info().backend == wgpu::Backend::Gl {
        wgpu::Limits::downlevel_webgl2_defaults()
    } else {
        wgpu::Limits::default()
    };
    wgpu::DeviceDescriptor {
        label: Some("isocenter"),
        required_features: wanted_features() & adapter.features(),
        required_limits: wgpu::Limits {
            max_texture_dimension_2d: limits.max_texture_dimension_2d,
            max_texture_dimension_3d: limits.max_texture_dimension_3d,
            max_buffer_size: limits.max_buffer_size,
            // Volumes and label maps that are seen together are read by one shader.
            max_sampled_textures_per_shader_stage: limits.max_sampled_textures_per_shader_stage.min(64),
            ..base
        },
        ..Default::default()
    }
}

/// A device, its queue, and what it complained about.
pub(super) struct Context {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) adapter: Adapter,
    complaint: Arc<Mutex<Option<GpuError>>>,
}

impl Context {
    /// The best adapter there is, without a window: a discrete or integrated GPU before the processor.
    /// `features` are those to use if the adapter has them.
    pub(super) fn headless(features: wgpu::Features) -> Result<Self, GpuError> {
        let mut adapters = adapters(wgpu::Backends::PRIMARY);
        if adapters.is_empty() {
            // GL comes last: it is slower, and looking for it alone makes some systems complain on stderr.
            adapters = self::adapters(wgpu::Backends::GL);
        }
        adapters.sort_by_key(|adapter| rank(&adapter.get_info()));
        let mut last = GpuError::NoAdapter;
        for adapter in adapters {
            let mut descriptor = device_descriptor(&adapter);
            descriptor.required_features &= features;
            match pollster::block_on(adapter.request_device(&descriptor)) {
                Ok((device, queue)) => {
                    return Ok(Self::from_parts(device, queue, &adapter.get_info()));
                }
                Err(err) => {
                    last = GpuError::NoDevice {
                        adapter: adapter.get_info().name,
                        why: first_line(&err.to_string()),
                    }
                }
            }
        }
        Err(last)
    }

    pub(super) fn from_parts(device: wgpu::Device, queue: wgpu::Queue, info: &wgpu::AdapterInfo) -> Self {
        let complaint = Arc::new(Mutex::new(None));
        let note = |into: &Arc<Mutex<Option<GpuError>>>, err: GpuError| {
            tracing::error!("graphics: {err}");
            if let Ok(mut complaint) = into.lock() {
                // A loss is worse than whatever was said before.
                match err {
                    GpuError::DeviceLost(_) => *complaint = Some(err),
                    err => {
                        complaint.get_or_insert(err);
                    }
                }
            }
        };
        // wgpu's own answer to an error that nobody awaits is a panic.
        let from_driver = Arc::clone(&complaint);
        device.on_uncaptured_error(Arc::new(move |err: wgpu::Error| {
            note(&from_driver, GpuError::from_wgpu(&err));
        }));
        let when_lost = Arc::clone(&complaint);
        device.set_device_lost_callback(move |reason, message| {
            if reason != wgpu::DeviceLostReason::Destroyed {
                note(&when_lost, GpuError::DeviceLost(first_line(&message)));
            }
        });
        Self {
            device,
            queue,
            adapter: Adapter::from_info(info),
            complaint,
        }
    }

    /// Whether the device is lost: nothing can be drawn with it any more.
    pub(super) fn is_lost(&self) -> bool {
        self.complaint
            .lock()
            .is_ok_and(|complaint| matches!(&*complaint, Some(GpuError::DeviceLost(_))))
    }

    /// Gives the device up.
    pub(super) fn lose(&self) {
        if let Ok(mut complaint) = self.complaint.lock() {
            *complaint = Some(GpuError::DeviceLost(say!("gpu-given-up")));
        }
        self.device.destroy();
    }

    /// The first thing that the device complained about since the last time; a loss stays.
    pub(super) fn check(&self) -> Result<(), GpuError> {
        let Ok(mut complaint) = self.complaint.lock() else {
            return Ok(());
        };
        match &*complaint {
            Some(lost @ GpuError::DeviceLost(_)) => Err(lost.clone()),
            _ => complaint.take().map_or(Ok(()), Err),
        }
    }
}

/// The adapters of some backends, of those that the environment allows (`WGPU_BACKEND`).
fn adapters(backends: wgpu::Backends) -> Vec<wgpu::Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    descriptor.backends &= backends;
    descriptor.flags = wgpu::InstanceFlags::from_build_config().with_env();
    if descriptor.backends.is_empty() {
        return Vec::new();
    }
    let backends = descriptor.backends;
    pollster::block_on(wgpu::Instance::new(descriptor).enumerate_adapters(backends))
}

fn rank(info: &wgpu::AdapterInfo) -> u8 {
    match info.device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::Adapter;

    #[test]
    fn old_software_drivers_draw_two_volumes_at_most() {
        let of = |driver: &str| {
            let adapter = Adapter {
                name: "llvmpipe (LLVM 15.0.6, 256 bits)".into(),
                driver: driver.into(),
                backend: "vulkan".into(),
                is_software: true,
            };
            adapter.most_together()
        };
        assert_eq!(of("llvmpipe Mesa 22.3.6 (LLVM 15.0.6)"), Some(2));
        assert_eq!(of("llvmpipe Mesa 25.0.7-2~bpo12+1 (LLVM 15.0.6)"), None);
        assert_eq!(of("radv Mesa 22.3.6"), None);
        assert_eq!(of("llvmpipe"), None);
    }
}
