//! From stored samples to the bytes of texels.

use std::ops::Range;

use crate::for_samples;
use crate::model::label_map::VoxelBox;
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

/// Appends one slice of a volume, texel by voxel. Nothing is appended where it has not arrived.
pub(super) fn encode(bytes: &mut Vec<u8>, voxels: &Voxels, frame: usize, slice: usize, format: VoxelFormat) {
    if let Some((samples, first)) = slice_of(voxels, frame, slice) {
        encode_run(bytes, samples, first..first + voxels.slice_samples(), format);
    }
}

/// Appends a box of a volume, texel by voxel. Zeros are appended for slices that have not arrived.
pub(super) fn encode_box(bytes: &mut Vec<u8>, voxels: &Voxels, frame: usize, part: &VoxelBox, format: VoxelFormat) {
    let [columns, rows, slices] = part;
    let (width, parts) = (voxels.dims()[0], voxels.components());
    let slice_bytes = columns.len() * rows.len() * format.texel_bytes();
    for slice in slices.clone() {
        let end = bytes.len() + slice_bytes;
        if let Some((samples, first)) = slice_of(voxels, frame, slice) {
            for row in rows.clone() {
                let start = first + (row * width + columns.start) * parts;
                encode_run(bytes, samples, start..start + columns.len() * parts, format);
            }
        }
        bytes.resize(end, 0);
    }
}

fn encode_run(bytes: &mut Vec<u8>, samples: &Samples, range: Range<usize>, format: VoxelFormat) {
    match (format, samples) {
        (VoxelFormat::Unorm8, Samples::U8(v)) => bytes.extend(part(v, range)),
        (VoxelFormat::Unorm8, Samples::I8(v)) => {
            bytes.extend(part(v, range).iter().map(|s| (*s as u8) ^ 0x80));
        }
        (VoxelFormat::Unorm16 | VoxelFormat::Uint16, Samples::U16(v)) => {
            bytes.extend_from_slice(bytemuck::cast_slice(part(v, range)));
        }
        (VoxelFormat::Unorm16 | VoxelFormat::Uint16, Samples::I16(v)) => {
            extend(bytes, part(v, range).iter().map(|s| (*s as u16) ^ 0x8000));
        }
        (VoxelFormat::Color, samples) => for_samples!(samples, v => {
            let level = |s| color_level(number(s), samples.sample_type());
            let pixels = part(v, range).as_chunks::<3>().0.iter();
            extend(bytes, pixels.map(|rgb| color_texel(rgb.map(level))));
        }),
        (VoxelFormat::Float32, samples) => for_samples!(samples, v => {
            extend(bytes, part(v, range).iter().map(|s| float(number(*s))));
        }),
        // Voxels never change their type, so the format is always one of theirs.
        (VoxelFormat::Unorm8 | VoxelFormat::Unorm16 | VoxelFormat::Uint16, _) => {}
    }
}

/// The slab that holds a slice, and where in it the slice begins. `None` until it has arrived.
pub(super) fn slice_of(voxels: &Voxels, frame: usize, slice: usize) -> Option<(&Samples, usize)> {
    let slab = voxels.slab_of(slice, frame);
    let in_slab = slice - voxels.slab_range(slab).first_slice;
    Some((voxels.slab(slab)?, in_slab * voxels.slice_samples()))
}

/// A part of a slab; nothing of it where it is not all there.
pub(super) fn part<T>(samples: &[T], range: Range<usize>) -> &[T] {
    samples.get(range).unwrap_or_default()
}

fn color_texel([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}

fn extend<T: bytemuck::NoUninit>(bytes: &mut Vec<u8>, numbers: impl Iterator<Item = T>) {
    let numbers: Vec<T> = numbers.collect();
    bytes.extend_from_slice(bytemuck::cast_slice(&numbers));
}

/// Any sample.
pub(super) trait Number: Copy + PartialOrd {
    /// The lowest of its type, but for infinity.
    const LEAST: Self;
    /// The highest of its type, but for infinity.
    const MOST: Self;
    /// As `f64`, exactly.
    fn number(self) -> f64;
}

macro_rules! numbers {
    ($($kind:ty),*) => { $(impl Number for $kind {
        const LEAST: Self = <$kind>::MIN;
        const MOST: Self = <$kind>::MAX;
        #[inline]
        fn number(self) -> f64 { f64::from(self) }
    })* };
}
numbers!(u8, i8, u16, i16, u32, i32, f32, f64);

/// Any sample as `f64`, exactly.
#[inline]
fn number(sample: impl Number) -> f64 {
    sample.number()
}

/// Appends one slice of a coarse level: each texel the mean of its block of voxels. Nothing is appended until all of
/// them have arrived.
pub(super) fn encode_coarse(
    bytes: &mut Vec<u8>,
    voxels: &Voxels,
    frame: usize,
    slice: usize,
    level: Level,
    format: VoxelFormat,
) {
    let dims = voxels.dims();
    let (columns, parts) = (level.texels(dims)[0], voxels.components());
    let slabs: Option<Vec<_>> = level.span(dims, 2, slice).map(|k| slice_of(voxels, frame, k)).collect();
    let Some(slabs) = slabs else { return };
    let mut sums = vec![0.0; columns * parts];
    for row in 0..level.texels(dims)[1] {
        let lines = level.span(dims, 1, row);
        sums.fill(0.0);
        for (samples, first) in &slabs {
            for line in lines.clone() {
                let start = first + line * dims[0] * parts;
                let line = start..start + dims[0] * parts;
                for_samples!(*samples, v => add_row(&mut sums, part(v, line), parts, level.factors[0]));
            }
        }
        let block = (lines.len() * slabs.len()) as f64;
        for (column, sums) in sums.chunks_exact(parts).enumerate() {
            let count = block * level.span(dims, 0, column).len() as f64;
            push(bytes, sums, count, format, voxels.sample_type());
        }
    }
}

/// The same for labels: each texel is the voxel in the middle of its block.
pub(super) fn encode_picked(
    bytes: &mut Vec<u8>,
    voxels: &Voxels,
    frame: usize,
    slice: usize,
    level: Level,
    format: VoxelFormat,
) {
    let dims = voxels.dims();
    let middle = |axis, texel| {
        let span = level.span(dims, axis, texel);
        span.start + span.len() / 2
    };
    if !level.span(dims, 2, slice).all(|k| voxels.has_slice(k, frame)) {
        return;
    }
    let [columns, rows, _] = level.texels(dims);
    for row in 0..rows {
        for column in 0..columns {
            let index = [middle(0, column), middle(1, row), middle(2, slice)];
            let parts: Vec<f64> = (0..voxels.components())
                .map(|part| voxels.stored(index, frame, part).unwrap_or(0.0))
                .collect();
            push(bytes, &parts, 1.0, format, voxels.sample_type());
        }
    }
}

/// Adds `factor` voxels of a row at a time to the sums of one texel each.
fn add_row<T: Number>(sums: &mut [f64], row: &[T], parts: usize, factor: usize) {
    if factor == 1 {
        for (sum, sample) in sums.iter_mut().zip(row) {
            *sum += number(*sample);
        }
    } else if parts == 1 {
        for (sum, block) in sums.iter_mut().zip(row.chunks(factor)) {
            *sum += block.iter().map(|sample| number(*sample)).sum::<f64>();
        }
    } else {
        for (sums, block) in sums.chunks_exact_mut(parts).zip(row.chunks(factor * parts)) {
            for (n, sample) in block.iter().enumerate() {
                sums[n % parts] += number(*sample);
            }
        }
    }
}

fn push(bytes: &mut Vec<u8>, sums: &[f64], count: f64, format: VoxelFormat, sample_type: SampleType) {
    let mean = |part: usize| sums.get(part).map_or(0.0, |sum| sum / count);
    // Texels that are whole are not negative, so that this rounds.
    let whole = || mean(0) - format.texel_offset(sample_type) + 0.5;
    match format {
        VoxelFormat::Unorm8 => bytes.push(whole() as u8),
        VoxelFormat::Unorm16 | VoxelFormat::Uint16 => bytes.extend((whole() as u16).to_ne_bytes()),
        VoxelFormat::Float32 => bytes.extend(float(mean(0)).to_ne_bytes()),
        VoxelFormat::Color => {
            bytes.extend(color_texel([0, 1, 2].map(|part| color_level(mean(part), sample_type))));
        }
    }
}
