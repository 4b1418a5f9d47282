//! Stored numbers of a volume as the 8 or 16 bit pixels of a DICOM image.

use rayon::prelude::*;

use crate::for_samples;
use crate::model::volume::{Rescale, Volume};
use crate::model::voxels::{SampleType, Samples};

/// How samples become pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PixelPlan {
    /// Bits Allocated, 8 or 16.
    pub(super) bits: u16,
    /// Pixel Representation: two's complement.
    pub(super) is_signed: bool,
    /// From pixel to value.
    pub(super) rescale: Rescale,
    /// pixel = (stored − offset) / step.
    offset: f64,
    step: f64,
    /// Distance of two values that can still be told apart, if values were rounded.
    pub(super) rounded_to: Option<f64>,
}

/// What pixels the samples of some slabs need. Whole numbers that fit into 16 bits stay exact; others are rounded to
/// 65536 steps between the lowest and the highest.
pub(super) fn plan(volume: &Volume, slabs: &[&Samples], may_have_8_bits: bool) -> PixelPlan {
    let direct = |bits: u16, is_signed: bool| PixelPlan {
        bits,
        is_signed,
        rescale: volume.rescale,
        offset: 0.0,
        step: 1.0,
        rounded_to: None,
    };
    match volume.voxels.sample_type() {
        SampleType::U8 if may_have_8_bits => return direct(8, false),
        SampleType::U8 | SampleType::U16 => return direct(16, false),
        SampleType::I8 | SampleType::I16 => return direct(16, true),
        SampleType::U32 | SampleType::I32 | SampleType::F32 | SampleType::F64 => {}
    }
    let found = slabs
        .par_iter()
        .map(|samples| Range::of(samples))
        .reduce(Range::empty, Range::and);
    let (low, high) = if found.low <= found.high {
        (found.low, found.high)
    } else {
        (0.0, 0.0)
    };
    let is_whole = found.is_whole && high - low <= 65535.0;
    if is_whole && low >= 0.0 && high <= 65535.0 {
        return direct(16, false);
    }
    if is_whole && low >= -32768.0 && high <= 32767.0 {
        return direct(16, true);
    }
    let step = if is_whole || high <= low {
        1.0
    } else {
        (high - low) / 65535.0
    };
    let Rescale { slope, intercept } = volume.rescale;
    PixelPlan {
        bits: 16,
        is_signed: false,
        rescale: Rescale {
            slope: slope * step,
            intercept: intercept + slope * low,
        },
        offset: low,
        step,
        rounded_to: (!is_whole).then_some((slope * step).abs()),
    }
}

impl PixelPlan {
    /// The bytes of one picture, little endian, padded to an even number. What is no number becomes the lowest.
    pub(super) fn bytes(&self, samples: &Samples, first: usize, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count * usize::from(self.bits / 8) + 1);
        match samples {
            Samples::U8(all) if self.bits == 8 => {
                bytes.extend_from_slice(all.get(first..first + count).unwrap_or_default());
            }
            Samples::U16(all) => all
                .iter()
                .skip(first)
                .take(count)
                .for_each(|sample| bytes.extend(sample.to_le_bytes())),
            Samples::I16(all) => all
                .iter()
                .skip(first)
                .take(count)
                .for_each(|sample| bytes.extend(sample.to_le_bytes())),
            other => {
                for stored in (first..first + count).filter_map(|n| other.get(n)) {
                    // The cast keeps NaN at 0 and both ends in range.
                    let pixel = ((stored - self.offset) / self.step).round();
                    bytes.extend(if self.is_signed {
                        (pixel as i16).to_le_bytes()
                    } else {
                        (pixel as u16).to_le_bytes()
                    });
                }
            }
        }
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        bytes
    }
}

/// What numbers there are.
#[derive(Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
    is_whole: bool,
}

impl Range {
    fn empty() -> Self {
        Self {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            is_whole: true,
        }
    }

    #[expect(clippy::unnecessary_cast, reason = "the same arm serves every type")]
    fn of(samples: &Samples) -> Self {
        let add = |range: Self, number: f64| {
            if !number.is_finite() {
                return range;
            }
            Self {
                low: range.low.min(number),
                high: range.high.max(number),
                is_whole: range.is_whole && number.fract() == 0.0,
            }
        };
        for_samples!(samples, all => all.iter().fold(Self::empty(), |range, sample| add(range, *sample as f64)))
    }

    fn and(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            is_whole: self.is_whole && other.is_whole,
        }
    }
}
