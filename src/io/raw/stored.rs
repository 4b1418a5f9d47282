//! The types of numbers that files store, and how they come into memory.

use std::io::{self, Read};

use super::input::read_up_to;
use crate::model::voxels::{SampleType, Samples};
use crate::say;

/// A type of stored number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::io) enum Stored {
    /// A type that is kept as it is.
    Plain(SampleType),
    I64,
    U64,
    Rgb24,
    Rgba32,
    Complex64,
    Complex128,
}

impl Stored {
    /// The name shown to people.
    pub(in crate::io) fn name(self) -> &'static str {
        match self {
            Self::Plain(sample_type) => sample_type.name(),
            Self::I64 => "i64",
            Self::U64 => "u64",
            Self::Rgb24 => "rgb24",
            Self::Rgba32 => "rgba32",
            Self::Complex64 => "complex64",
            Self::Complex128 => "complex128",
        }
    }

    /// Bytes of one voxel in the file.
    pub(in crate::io) fn voxel_bytes(self) -> usize {
        match self {
            Self::Plain(sample_type) => sample_type.byte_size(),
            Self::Rgb24 => 3,
            Self::Rgba32 => 4,
            Self::I64 | Self::U64 | Self::Complex64 => 8,
            Self::Complex128 => 16,
        }
    }

    /// The type in memory.
    pub(in crate::io) fn sample_type(self) -> SampleType {
        match self {
            Self::Plain(sample_type) => sample_type,
            Self::Rgb24 | Self::Rgba32 => SampleType::U8,
            Self::Complex64 => SampleType::F32,
            Self::I64 | Self::U64 | Self::Complex128 => SampleType::F64,
        }
    }

    /// Samples of one voxel in memory.
    pub(in crate::io) fn components(self) -> usize {
        if matches!(self, Self::Rgb24 | Self::Rgba32) {
            3
        } else {
            1
        }
    }

    /// What is lost between the file and memory, if anything.
    pub(in crate::io) fn loss(self) -> Option<String> {
        match self {
            Self::Complex64 | Self::Complex128 => Some(say!("io-raw-complex")),
            Self::Rgba32 => Some(say!("io-raw-rgba")),
            _ => None,
        }
    }
}

/// Samples that came out of a file.
pub(in crate::io) struct Decoded {
    pub(in crate::io) samples: Samples,
    /// Whole voxels that the file had; the rest of the samples is 0.
    pub(super) voxels_read: usize,
    /// What stopped the reading early, if not the end of the file.
    pub(super) stopped_by: Option<io::Error>,
    /// Whether whole numbers were rounded because `f64` cannot hold them.
    pub(in crate::io) is_rounded: bool,
}

/// Reads `voxels` voxels. The caller has compared their number with the bytes that the file can hold.
pub(in crate::io) fn decode(
    reader: &mut impl Read,
    stored: Stored,
    voxels: usize,
    is_big_endian: bool,
) -> io::Result<Decoded> {
    let is_swapped = is_big_endian != cfg!(target_endian = "big");
    // Straight into the vector that the volume keeps; turned round in place where the file's order is the other one.
    macro_rules! plain {
        ($variant:ident, $type:ty, $swap:expr) => {{
            let mut samples: Vec<$type> = zeros(voxels)?;
            let (got, stopped_by) = read_up_to(reader, bytemuck::cast_slice_mut(&mut samples));
            let voxels_read = got / size_of::<$type>();
            if let Some(torn) = samples.get_mut(voxels_read) {
                *torn = <$type>::default();
            }
            if is_swapped {
                samples.iter_mut().for_each(|sample| *sample = $swap(*sample));
            }
            Decoded {
                samples: Samples::$variant(samples),
                voxels_read,
                stopped_by,
                is_rounded: false,
            }
        }};
    }
    Ok(match stored {
        Stored::Plain(SampleType::U8) => plain!(U8, u8, u8::swap_bytes),
        Stored::Plain(SampleType::I8) => plain!(I8, i8, i8::swap_bytes),
        Stored::Plain(SampleType::U16) => plain!(U16, u16, u16::swap_bytes),
        Stored::Plain(SampleType::I16) => plain!(I16, i16, i16::swap_bytes),
        Stored::Plain(SampleType::U32) => plain!(U32, u32, u32::swap_bytes),
        Stored::Plain(SampleType::I32) => plain!(I32, i32, i32::swap_bytes),
        Stored::Plain(SampleType::F32) => plain!(F32, f32, |sample: f32| f32::from_bits(sample.to_bits().swap_bytes())),
        Stored::Plain(SampleType::F64) => plain!(F64, f64, |sample: f64| f64::from_bits(sample.to_bits().swap_bytes())),
        Stored::I64 | Stored::U64 | Stored::Rgb24 | Stored::Rgba32 | Stored::Complex64 | Stored::Complex128 => {
            let mut bytes: Vec<u8> = zeros(voxels.saturating_mul(stored.voxel_bytes()))?;
            let (got, stopped_by) = read_up_to(reader, &mut bytes);
            let voxels_read = got / stored.voxel_bytes();
            if let Some(torn) = bytes.get_mut(voxels_read * stored.voxel_bytes()..got) {
                torn.fill(0);
            }
            let (samples, is_rounded) = convert(&bytes, stored, is_big_endian);
            Decoded {
                samples,
                voxels_read,
                stopped_by,
                is_rounded,
            }
        }
    })
}

/// Zeros, or an error where there is no memory for them.
fn zeros<T: bytemuck::Zeroable>(count: usize) -> io::Result<Vec<T>> {
    // The system's fresh pages are zero already: nothing is written twice.
    bytemuck::try_zeroed_vec(count).map_err(|()| io::Error::from(io::ErrorKind::OutOfMemory))
}

/// Voxels of types that memory does not keep as they are; also whether whole numbers were rounded.
fn convert(bytes: &[u8], stored: Stored, is_big_endian: bool) -> (Samples, bool) {
    macro_rules! numbers {
        ($type:ty, $bytes:expr) => {
            $bytes.as_chunks().0.iter().map(|entry| {
                if is_big_endian {
                    <$type>::from_be_bytes(*entry)
                } else {
                    <$type>::from_le_bytes(*entry)
                }
            })
        };
    }
    let mut is_rounded = false;
    let samples = match stored {
        Stored::I64 => Samples::F64(
            numbers!(i64, bytes)
                .map(|number| {
                    is_rounded |= i128::from(number) != (number as f64) as i128;
                    number as f64
                })
                .collect(),
        ),
        Stored::U64 => Samples::F64(
            numbers!(u64, bytes)
                .map(|number| {
                    is_rounded |= i128::from(number) != (number as f64) as i128;
                    number as f64
                })
                .collect(),
        ),
        Stored::Rgba32 => Samples::U8(
            bytes
                .as_chunks::<4>()
                .0
                .iter()
                .flat_map(|[r, g, b, _]| [*r, *g, *b])
                .collect(),
        ),
        Stored::Complex64 => Samples::F32(
            bytes
                .as_chunks::<8>()
                .0
                .iter()
                .map(|pair| numbers!(f32, pair).fold(0.0, f32::hypot))
                .collect(),
        ),
        Stored::Complex128 => Samples::F64(
            bytes
                .as_chunks::<16>()
                .0
                .iter()
                .map(|pair| numbers!(f64, pair).fold(0.0, f64::hypot))
                .collect(),
        ),
        Stored::Rgb24 | Stored::Plain(_) => Samples::U8(bytes.to_vec()),
    };
    (samples, is_rounded)
}
