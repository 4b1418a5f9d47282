//! In which texture format the samples of a volume are kept so that not one of them changes.

use crate::model::voxels::{SampleType, Voxels};

/// How stored numbers become texels. No half floats and no signed normalised formats: both lose numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VoxelFormat {
    /// 8 bits, normalised; signed ones moved up by 128.
    Unorm8,
    /// 16 bits, normalised; signed ones moved up by 32768.
    Unorm16,
    /// 16 bits as whole numbers, where the adapter has no normalised ones; signed ones moved up by 32768.
    Uint16,
    /// Everything else as f32.
    Float32,
    /// Red, green, blue of 8 bits each.
    Color,
}

impl VoxelFormat {
    /// The format for some voxels on a device with `features`.
    pub fn of(voxels: &Voxels, features: wgpu::Features) -> Self {
        if voxels.components() == 3 {
            return Self::Color;
        }
        match voxels.sample_type() {
            SampleType::U8 | SampleType::I8 => Self::Unorm8,
            SampleType::U16 | SampleType::I16 if features.contains(wgpu::Features::TEXTURE_FORMAT_16BIT_NORM) => {
                Self::Unorm16
            }
            SampleType::U16 | SampleType::I16 => Self::Uint16,
            SampleType::U32 | SampleType::I32 | SampleType::F32 | SampleType::F64 => Self::Float32,
        }
    }

    /// wgpu's name for it.
    pub fn texture_format(self) -> wgpu::TextureFormat {
        match self {
            Self::Unorm8 => wgpu::TextureFormat::R8Unorm,
            Self::Unorm16 => wgpu::TextureFormat::R16Unorm,
            Self::Uint16 => wgpu::TextureFormat::R16Uint,
            Self::Float32 => wgpu::TextureFormat::R32Float,
            Self::Color => wgpu::TextureFormat::Rgba8Unorm,
        }
    }

    /// Bytes of a texel.
    pub fn texel_bytes(self) -> usize {
        match self {
            Self::Unorm8 => 1,
            Self::Unorm16 | Self::Uint16 => 2,
            Self::Float32 | Self::Color => 4,
        }
    }

    /// What a texel, read as 0 to 1, is multiplied with to become a whole number (or stays as it is).
    pub fn texel_scale(self) -> f32 {
        match self {
            Self::Unorm8 => 255.0,
            Self::Unorm16 => 65535.0,
            Self::Uint16 | Self::Float32 | Self::Color => 1.0,
        }
    }

    /// What is added to a texel's number to become the stored one.
    pub fn texel_offset(self, sample_type: SampleType) -> f64 {
        match (self, sample_type) {
            (Self::Unorm8, SampleType::I8) => -128.0,
            (Self::Unorm16 | Self::Uint16, SampleType::I16) => -32768.0,
            _ => 0.0,
        }
    }

    /// Whether texels hold whole numbers, exactly.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Unorm8 | Self::Unorm16 | Self::Uint16)
    }

    /// Whether the device can interpolate it, coarsely, for rays.
    pub fn is_filterable(self, features: wgpu::Features) -> bool {
        match self {
            Self::Unorm8 | Self::Unorm16 | Self::Color => true,
            Self::Uint16 => false,
            Self::Float32 => features.contains(wgpu::Features::FLOAT32_FILTERABLE),
        }
    }
}
