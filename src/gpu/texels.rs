//! From stored samples to the bytes of texels.

use std::borrow::Cow;

use crate::for_samples;
use crate::model::voxels::{SampleType, Samples, Voxels};

use super::budget::Level;
use super::format::VoxelFormat;

/// Stands for not-a-number: far above every value, so that any weight that counts leaves it recognisable. The shader
/// has the same number (`shaders/common/shade_gray.wgsl`).
const NOT_A_NUMBER: f32 = 1e36;
/// Values are kept below this, also infinite ones.
const MOST: f32 = 1e29;

fn float(value: f64) -> f32 {
    if value.is_nan() {
        NOT_A_NUMBER
    } else {
        (value as f32).clamp(-MOST, MOST)
    }
}

/// The 8-bit level of one part of a stored colour.
fn color_level(stored: f64, sample_type: SampleType) -> u8 {
    let most = sample_type.color_max();
    (stored / most * 255.0 + 0.5).floor().clamp(0.0, 255.0) as u8
}

/// Stored numbers, pixel by pixel, as texels of a format.
pub(super) fn encode(samples: &Samples, format: VoxelFormat) -> Cow<'_, [u8]> {
    match (format, samples) {
        (VoxelFormat::Unorm8, Samples::U8(v)) => Cow::Borrowed(v),
        (VoxelFormat::Unorm8, Samples::I8(v)) => v.iter().map(|s| (*s as u8) ^ 0x80).collect(),
        (VoxelFormat::Unorm16 | VoxelFormat::Uint16, Samples::U16(v)) => {
            Cow::Borrowed(bytemuck::cast_slice(v))
        }
        (VoxelFormat::Unorm16 | VoxelFormat::Uint16, Samples::I16(v)) => {
            Cow::Owned(bytes_of(v.iter().map(|s| (*s as u16) ^ 0x8000)))
        }
        (VoxelFormat::Color, samples) => for_samples!(samples, v => {
            v.chunks_exact(3).flat_map(|rgb| color_texel([rgb[0], rgb[1], rgb[2]].map(|s| color_level(number(s), samples.sample_type())))).collect()
        }),
        (VoxelFormat::Float32, samples) => {
            for_samples!(samples, v => Cow::Owned(bytes_of(v.iter().map(|s| float(number(*s))))))
        }
        // Voxels never change their type, so the format is always one of theirs.
        (VoxelFormat::Unorm8 | VoxelFormat::Unorm16 | VoxelFormat::Uint16, _) => Cow::Borrowed(&[]),
    }
}

fn color_texel([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}

fn bytes_of<T: bytemuck::NoUninit>(numbers: impl Iterator<Item = T>) -> Vec<u8> {
    let numbers: Vec<T> = numbers.collect();
    bytemuck::cast_slice(&numbers).to_vec()
}

/// Any sample as `f64`, exactly.
pub(super) trait Number {
    /// The number.
    fn number(self) -> f64;
}

macro_rules! numbers {
    ($($kind:ty),*) => { $(impl Number for $kind { #[inline] fn number(self) -> f64 { f64::from(self) } })* };
}
numbers!(u8, i8, u16, i16, u32, i32, f32, f64);

/// Any sample as `f64`, exactly.
#[inline]
pub(super) fn number(sample: impl Number) -> f64 {
    sample.number()
}

/// One slice of a coarse level: each texel the mean of its block of voxels. `None` until all of them have arrived.
pub(super) fn encode_coarse(
    voxels: &Voxels,
    frame: usize,
    slice: usize,
    level: Level,
    format: VoxelFormat,
) -> Option<Vec<u8>> {
    let dims = voxels.dims();
    let [columns, rows, _] = level.texels(dims);
    let span = |at: usize, axis: usize| {
        at * level.factors[axis]..((at + 1) * level.factors[axis]).min(dims[axis])
    };
    if span(slice, 2).any(|k| !voxels.has_slice(k, frame)) {
        return None;
    }
    let parts = voxels.components();
    let mut bytes = Vec::with_capacity(columns * rows * format.texel_bytes());
    for (j, i) in (0..rows).flat_map(|j| (0..columns).map(move |i| (j, i))) {
        let mut sums = [0.0; 3];
        let mut count = 0.0;
        for k in span(slice, 2) {
            for (y, x) in span(j, 1).flat_map(|y| span(i, 0).map(move |x| (y, x))) {
                for (part, sum) in sums.iter_mut().enumerate().take(parts) {
                    *sum += voxels.stored([x, y, k], frame, part)?;
                }
                count += 1.0;
            }
        }
        push(
            &mut bytes,
            sums.map(|sum| sum / count),
            format,
            voxels.sample_type(),
        );
    }
    Some(bytes)
}

fn push(bytes: &mut Vec<u8>, means: [f64; 3], format: VoxelFormat, sample_type: SampleType) {
    let whole = (means[0] - format.texel_offset(sample_type)).round();
    match format {
        VoxelFormat::Unorm8 => bytes.push(whole as u8),
        VoxelFormat::Unorm16 | VoxelFormat::Uint16 => bytes.extend((whole as u16).to_ne_bytes()),
        VoxelFormat::Float32 => bytes.extend(float(means[0]).to_ne_bytes()),
        VoxelFormat::Color => bytes.extend(color_texel(
            means.map(|mean| color_level(mean, sample_type)),
        )),
    }
}
