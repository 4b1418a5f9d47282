//! The one seam from the bytes of a picture to its samples: any allocated, stored and high bit, either byte order,
//! planes, chroma, palettes (PS3.5 section 8, PS3.3 C.7.6.3.1).

use super::layout::{ColorModel, Layout, SampleFormat};
use crate::for_samples;
use crate::model::voxels::{SampleType, Samples};

/// Turns the stored bytes of a picture into its samples. `bytes` may be shorter or longer than the picture; how many
/// samples were there is returned, the rest is 0.
pub fn samples_of(bytes: &[u8], layout: &Layout) -> (Samples, usize) {
    if let Some(palette) = &layout.palette {
        let (indices, present) = stored_numbers(bytes, layout, layout.pixel_count());
        let colors = indices.iter().flat_map(|stored| palette.color(*stored));
        let samples = match palette.sample_type() {
            SampleType::U16 => Samples::U16(colors.collect()),
            _ => Samples::U8(colors.map(|value| value.min(255) as u8).collect()),
        };
        return (samples, present * 3);
    }
    if let Some(lookup) = &layout.lookup {
        let (stored, present) = stored_numbers(bytes, layout, layout.pixel_count());
        return (
            Samples::U16(stored.iter().map(|stored| lookup.value(*stored)).collect()),
            present,
        );
    }
    if layout.color == ColorModel::YbrFull422 {
        return (expand_422(bytes, layout), layout.decoded_samples());
    }
    let (mut samples, present) = plain_samples(bytes, layout);
    if layout.samples == 3 {
        if layout.is_planar {
            interleave(&mut samples);
        }
        if layout.color == ColorModel::YbrFull {
            rgb_from_ybr(&mut samples);
        }
    }
    (samples, present)
}

/// Fills what the file does not hold: with the padding value, else with the lowest that is there.
pub fn fill_missing(samples: &mut Samples, present: usize, padding: Option<f64>) {
    for_samples!(samples, v => {
        let have = present.min(v.len());
        let (have, missing) = v.split_at_mut(have);
        let lowest = have.iter().copied().reduce(|a, b| if b < a { b } else { a }).unwrap_or_default();
        missing.fill(padding.map_or(lowest, |padding| padding as _));
    });
}

/// Where the counting bits are, and what they mean.
#[derive(Clone, Copy)]
struct Bits {
    shift: u32,
    stored: u32,
    is_signed: bool,
}

impl Bits {
    /// Cuts the counting bits out of the allocated ones and extends the sign (PS3.5 8.1.1).
    fn value(self, word: u32) -> i64 {
        let mask = u32::MAX >> (32 - self.stored.clamp(1, 32));
        let bits = (word >> self.shift) & mask;
        let is_negative = self.is_signed && bits >> (self.stored - 1) & 1 == 1;
        i64::from(bits) - if is_negative { 1 << self.stored } else { 0 }
    }
}

fn plain_samples(bytes: &[u8], layout: &Layout) -> (Samples, usize) {
    let count = layout.decoded_samples();
    match layout.format {
        SampleFormat::Float => {
            let (values, present) = words(bytes, layout, count, |word: [u8; 4]| f32::from_le_bytes(word));
            (Samples::F32(values), present)
        }
        SampleFormat::Double => {
            let (values, present) = words(bytes, layout, count, |word: [u8; 8]| f64::from_le_bytes(word));
            (Samples::F64(values), present)
        }
        SampleFormat::Integer { .. } => {
            macro_rules! narrowed {
                ($($kind:ident => $variant:ident $primitive:ty),*) => {
                    match layout.stored_sample_type() {
                        $(SampleType::$kind => {
                            let (values, present) = integers(bytes, layout, count, |value| value as $primitive);
                            (Samples::$variant(values), present)
                        })*
                        // Whole numbers are never kept as floats.
                        SampleType::F32 | SampleType::F64 => (Samples::F32(Vec::new()), 0),
                    }
                };
            }
            narrowed!(U8 => U8 u8, I8 => I8 i8, U16 => U16 u16, I16 => I16 i16, U32 => U32 u32, I32 => I32 i32)
        }
    }
}

fn stored_numbers(bytes: &[u8], layout: &Layout, count: usize) -> (Vec<i64>, usize) {
    integers(bytes, layout, count, |value| value)
}

/// Whole numbers of any allocation, cut to their counting bits.
fn integers<T: Clone + Default>(
    bytes: &[u8],
    layout: &Layout,
    count: usize,
    narrow: impl Fn(i64) -> T,
) -> (Vec<T>, usize) {
    let SampleFormat::Integer {
        allocated,
        stored,
        high_bit,
        is_signed,
    } = layout.format
    else {
        return (Vec::new(), 0);
    };
    let bits = Bits {
        shift: (high_bit + 1).saturating_sub(stored),
        stored,
        is_signed,
    };
    match allocated {
        1 => {
            let all = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
            let mut values: Vec<T> = all.take(count).map(|bit| narrow(bit.into())).collect();
            let present = values.len();
            values.resize(count, T::default());
            (values, present)
        }
        8 => words(bytes, layout, count, |[byte]: [u8; 1]| narrow(bits.value(byte.into()))),
        // The usual width, with shifts that the compiler turns into those of many words at once.
        16 if (stored..=16).contains(&(high_bit + 1)) && stored > 0 => {
            let (up, down) = (15 - high_bit, 16 - stored);
            if is_signed {
                words(bytes, layout, count, |word: [u8; 2]| {
                    narrow(((u16::from_le_bytes(word) << up).cast_signed() >> down).into())
                })
            } else {
                words(bytes, layout, count, |word: [u8; 2]| {
                    narrow((u16::from_le_bytes(word) << up >> down).into())
                })
            }
        }
        16 => words(bytes, layout, count, |word: [u8; 2]| {
            narrow(bits.value(u16::from_le_bytes(word).into()))
        }),
        _ => words(bytes, layout, count, |word: [u8; 4]| {
            narrow(bits.value(u32::from_le_bytes(word)))
        }),
    }
}

/// Words of `N` bytes, turned to little endian, `count` of them; says how many were there.
fn words<const N: usize, T: Clone + Default>(
    bytes: &[u8],
    layout: &Layout,
    count: usize,
    value: impl Fn([u8; N]) -> T,
) -> (Vec<T>, usize) {
    let stored = bytes.as_chunks::<N>().0.iter().take(count);
    let mut values: Vec<T> = Vec::with_capacity(count);
    if layout.is_big_endian {
        values.extend(stored.map(|word| {
            let mut word = *word;
            word.reverse();
            value(word)
        }));
    } else {
        values.extend(stored.map(|word| value(*word)));
    }
    let present = values.len();
    values.resize(count, T::default());
    (values, present)
}

/// Three planes to three numbers a pixel.
fn interleave(samples: &mut Samples) {
    for_samples!(samples, v => {
        let plane = v.len() / 3;
        *v = (0..plane).flat_map(|n| [v[n], v[plane + n], v[2 * plane + n]]).collect();
    });
}

fn rgb_from_ybr(samples: &mut Samples) {
    if let Samples::U8(values) = samples {
        for pixel in values.as_chunks_mut::<3>().0 {
            *pixel = rgb(*pixel);
        }
    }
}

/// YBR_FULL to RGB (PS3.3 C.7.6.3.1.2, solved for red, green and blue).
fn rgb([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    let (luma, blue, red) = (f64::from(luma), f64::from(blue) - 128.0, f64::from(red) - 128.0);
    [
        luma + 1.402 * red,
        luma - 0.344_136 * blue - 0.714_136 * red,
        luma + 1.772 * blue,
    ]
    .map(|value| (value + 0.5).floor().clamp(0.0, 255.0) as u8)
}

/// YBR_FULL_422: two lumas, then the chroma that both pixels share.
fn expand_422(bytes: &[u8], layout: &Layout) -> Samples {
    let mut pixels: Vec<u8> = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|[y0, y1, blue, red]| [rgb([*y0, *blue, *red]), rgb([*y1, *blue, *red])])
        .flatten()
        .take(layout.decoded_samples())
        .collect();
    pixels.resize(layout.decoded_samples(), 0);
    Samples::U8(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(allocated: u32, stored: u32, high_bit: u32, is_signed: bool) -> Layout {
        Layout {
            columns: 2,
            rows: 1,
            samples: 1,
            format: SampleFormat::Integer {
                allocated,
                stored,
                high_bit,
                is_signed,
            },
            color: ColorModel::Gray,
            palette: None,
            lookup: None,
            is_planar: false,
            is_big_endian: false,
            swaps_byte_pairs: false,
            is_inverted: false,
            photometric: "MONOCHROME2".to_owned(),
        }
    }

    #[test]
    fn only_stored_bits_count_and_the_sign_is_theirs() {
        assert_eq!(
            samples_of(&[0xff, 0xff, 0x00, 0x08], &gray(16, 12, 11, true)),
            (Samples::I16(vec![-1, -2048]), 2)
        );
        assert_eq!(
            samples_of(&[0xff, 0xff, 0x00, 0xf8], &gray(16, 12, 11, false)),
            (Samples::U16(vec![4095, 2048]), 2)
        );
        assert_eq!(
            samples_of(&[0xf0, 0xff, 0x10, 0x00], &gray(16, 12, 15, true)),
            (Samples::I16(vec![-1, 1]), 2)
        );
        assert_eq!(
            samples_of(&[0x0f, 0xf8], &gray(8, 4, 3, true)),
            (Samples::I8(vec![-1, -8]), 2)
        );
        assert_eq!(
            samples_of(&[0xff; 8], &gray(32, 32, 31, true)),
            (Samples::I32(vec![-1, -1]), 2)
        );
        assert_eq!(
            samples_of(&[0xff; 8], &gray(32, 32, 31, false)),
            (Samples::U32(vec![u32::MAX; 2]), 2)
        );
        assert_eq!(samples_of(&[0b10], &gray(1, 1, 0, false)), (Samples::U8(vec![0, 1]), 2));
    }

    #[test]
    fn big_endian_words_are_turned() {
        let layout = Layout {
            is_big_endian: true,
            ..gray(16, 16, 15, true)
        };
        assert_eq!(
            samples_of(&[0xff, 0xfe, 0x01, 0x02], &layout),
            (Samples::I16(vec![-2, 258]), 2)
        );
        let layout = Layout {
            is_big_endian: true,
            ..gray(32, 32, 31, false)
        };
        assert_eq!(
            samples_of(&[0, 0, 1, 2, 0, 0, 0, 3], &layout),
            (Samples::U32(vec![258, 3]), 2)
        );
    }

    #[test]
    fn what_is_missing_is_counted_and_filled() {
        let (mut samples, present) = samples_of(&[5, 0], &gray(16, 16, 15, false));
        assert_eq!((&samples, present), (&Samples::U16(vec![5, 0]), 1));
        fill_missing(&mut samples, present, None);
        assert_eq!(samples, Samples::U16(vec![5, 5]));
        fill_missing(&mut samples, present, Some(63.0));
        assert_eq!(samples, Samples::U16(vec![5, 63]));
    }

    #[test]
    fn colours_come_out_as_rgb_pixels() {
        let color = |color, is_planar| Layout {
            samples: 3,
            color,
            is_planar,
            ..gray(8, 8, 7, false)
        };
        assert_eq!(
            samples_of(&[1, 2, 3, 4, 5, 6], &color(ColorModel::Rgb, false)).0,
            Samples::U8(vec![1, 2, 3, 4, 5, 6])
        );
        assert_eq!(
            samples_of(&[1, 4, 2, 5, 3, 6], &color(ColorModel::Rgb, true)).0,
            Samples::U8(vec![1, 2, 3, 4, 5, 6])
        );
        // Pure red is (76, 85, 255) in YBR_FULL.
        assert_eq!(
            samples_of(&[76, 85, 255, 76, 85, 255], &color(ColorModel::YbrFull, false)).0,
            Samples::U8(vec![254, 0, 0, 254, 0, 0])
        );
        assert_eq!(
            samples_of(&[10, 20, 128, 128], &color(ColorModel::YbrFull422, false)).0,
            Samples::U8(vec![10, 10, 10, 20, 20, 20])
        );
    }
}
