//! What can go wrong on the graphics device, each in one sentence for the user.

use crate::say;

/// A picture could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GpuError {
    /// There is no graphics adapter, not even a software one.
    #[error("{}", say!("gpu-no-adapter"))]
    NoAdapter,
    /// The adapter would not give a device.
    #[error("{}", say!("gpu-no-device", adapter = adapter.clone(), why = why.clone()))]
    NoDevice {
        /// Its name.
        adapter: String,
        /// What the driver said.
        why: String,
    },
    /// The picture is larger than the adapter allows, or empty.
    #[error("{}", say!("gpu-picture-size", width = width.to_string(), height = height.to_string(), most = most.to_string()))]
    PictureSize {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The longest side that the adapter can draw.
        most: u32,
    },
    /// One picture cannot have so much in it.
    #[error("{}", say!("gpu-too-many-volumes"))]
    TooManyVolumes,
    /// The driver is known to break when so much is in one picture.
    #[error("{}", say!("gpu-old-driver", driver = .0.clone()))]
    OldDriver(String),
    /// Memory ran out, at every level of detail.
    #[error("{}", say!("gpu-out-of-memory"))]
    OutOfMemory,
    /// The device was lost (driver restart, unplugged).
    #[error("{}", say!("gpu-device-lost", why = .0.clone()))]
    DeviceLost(String),
    /// The device did not finish in time.
    #[error("{}", say!("gpu-timeout"))]
    Timeout,
    /// The driver refused a command. This is a defect of the program.
    #[error("{}", say!("gpu-refused", why = .0.clone()))]
    Refused(String),
}

impl GpuError {
    /// From what wgpu says.
    pub(super) fn from_wgpu(err: &wgpu::Error) -> Self {
        match err {
            wgpu::Error::OutOfMemory { .. } => Self::OutOfMemory,
            other => Self::Refused(first_line(&other.to_string())),
        }
    }
}

/// Drivers write paragraphs; a sentence for the user is one line.
pub(super) fn first_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(": ").chars().take(300).collect()
}
