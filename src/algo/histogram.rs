//! How often each value occurs in a volume: exact counts in bins of one width.

use rayon::prelude::*;

use super::value_range::ToNumber;
use crate::for_samples;
use crate::model::volume::Volume;
use crate::model::voxels::Samples;

/// Bins of whole numbers at most: every 16-bit number has one of its own.
const MAX_WHOLE_BINS: f64 = 65536.0;
/// Bins of values that are not whole numbers.
const FRACTION_BINS: f64 = 4096.0;

/// Counts of values, in the volume's unit. Padding, NaN and infinities are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    low: f64,
    bin_width: f64,
    counts: Vec<u64>,
}

/// What the stored numbers of a volume span.
#[derive(Clone, Copy)]
struct Span {
    low: f64,
    high: f64,
    is_whole: bool,
}

impl Span {
    const EMPTY: Self = Self {
        low: f64::INFINITY,
        high: f64::NEG_INFINITY,
        is_whole: true,
    };

    fn with(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            is_whole: self.is_whole && other.is_whole,
        }
    }
}

/// Bins of stored numbers: bin n holds those from `first + n·step` up to the next bin's.
#[derive(Clone, Copy)]
struct Bins {
    first: f64,
    step: f64,
    count: usize,
}

impl Bins {
    /// Whole numbers stand in the middle of their bins, so that each has one of its own or shares it with as many
    /// others as every bin has.
    fn over(span: Span) -> Option<Self> {
        let extent = span.high - span.low;
        if !(extent.is_finite() && extent >= 0.0) {
            return None;
        }
        if span.is_whole {
            let step = ((extent + 1.0) / MAX_WHOLE_BINS).ceil();
            return Some(Self {
                first: span.low - 0.5,
                step,
                count: (extent / step).floor() as usize + 1,
            });
        }
        let step = extent / FRACTION_BINS;
        // All the same, or so close together that they cannot be told apart.
        if span.low + step <= span.low {
            let step = span.low.abs().max(1.0) * 1e-3;
            return Some(Self {
                first: span.low - step / 2.0,
                step,
                count: 1,
            });
        }
        Some(Self {
            first: span.low,
            step,
            count: FRACTION_BINS as usize,
        })
    }

    fn index(self, stored: f64) -> usize {
        // The highest number of all belongs to the last bin.
        (((stored - self.first) / self.step) as usize).min(self.count - 1)
    }
}

/// Counts the values of some slabs, those that have arrived. `is_cancelled` is asked now and then. `None` for colour,
/// where there is nothing to count, and when cancelled.
pub fn histogram(
    volume: &Volume,
    slabs: impl IntoIterator<Item = usize>,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Histogram> {
    if volume.voxels.components() != 1 {
        return None;
    }
    let slabs: Vec<&Samples> = slabs
        .into_iter()
        .filter_map(|slab| volume.voxels.slab(slab).map(AsRef::as_ref))
        .collect();
    let span = slabs
        .par_iter()
        .filter(|_| !is_cancelled())
        .map(|samples| for_samples!(samples, v => span(v, volume.padding)))
        .reduce(|| Span::EMPTY, Span::with);
    let bins = Bins::over(span)?;
    // Each thread counts its share of the slabs for itself.
    let share = slabs.len().div_ceil(2 * rayon::current_num_threads()).max(1);
    let counts = slabs
        .par_chunks(share)
        .map(|slabs| {
            let mut counts = vec![0; bins.count];
            for samples in slabs.iter().take_while(|_| !is_cancelled()) {
                for_samples!(samples, v => count(v, volume.padding, bins, &mut counts));
            }
            counts
        })
        .reduce(
            || vec![0; bins.count],
            |mut a, b| {
                a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
                a
            },
        );
    (!is_cancelled()).then(|| of_values(bins, counts, volume))
}

/// From stored numbers to values; a negative slope turns the bins round.
fn of_values(bins: Bins, mut counts: Vec<u64>, volume: &Volume) -> Histogram {
    let value = |stored| volume.rescale.value(stored);
    let (a, b) = (value(bins.first), value(bins.first + bins.step * bins.count as f64));
    if a > b {
        counts.reverse();
    }
    if a == b {
        // A slope of zero: all values are the same.
        return Histogram {
            low: a - 0.5,
            bin_width: 1.0,
            counts: vec![counts.iter().sum()],
        };
    }
    Histogram {
        low: a.min(b),
        bin_width: bins.step * volume.rescale.slope.abs(),
        counts,
    }
}

fn measured<T: Copy + ToNumber>(samples: &[T], padding: Option<(f64, f64)>) -> impl Iterator<Item = f64> {
    samples.iter().map(ToNumber::number).filter(move |stored| {
        stored.is_finite() && !padding.is_some_and(|(low, high)| *stored >= low && *stored <= high)
    })
}

fn span<T: Copy + ToNumber>(samples: &[T], padding: Option<(f64, f64)>) -> Span {
    measured(samples, padding).fold(Span::EMPTY, |span, stored| {
        span.with(Span {
            low: stored,
            high: stored,
            is_whole: stored == stored.trunc(),
        })
    })
}

fn count<T: Copy + ToNumber>(samples: &[T], padding: Option<(f64, f64)>, bins: Bins, counts: &mut [u64]) {
    for stored in measured(samples, padding) {
        if let Some(count) = counts.get_mut(bins.index(stored)) {
            *count += 1;
        }
    }
}

impl Histogram {
    /// Lower edge of the first bin.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Upper edge of the last bin.
    pub fn high(&self) -> f64 {
        self.low + self.bin_width * self.counts.len() as f64
    }

    /// Width of a bin.
    pub fn bin_width(&self) -> f64 {
        self.bin_width
    }

    /// How often, from the lowest bin to the highest.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// How many values were counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many values are in the same bin as `value`; 0 outside.
    pub fn count_at(&self, value: f64) -> u64 {
        let at = (value - self.low) / self.bin_width;
        // Negative numbers and NaN would become 0.
        if at >= 0.0 {
            self.counts.get(at as usize).copied().unwrap_or(0)
        } else {
            0
        }
    }

    /// The edges of the bins between which all but a share of the values lie, half of the share on each side.
    pub fn bulk(&self, share_outside: f64) -> [f64; 2] {
        let skipped = (self.total() as f64 * share_outside / 2.0).floor() as u64;
        let bins_below = |counts: &mut dyn Iterator<Item = &u64>| {
            let mut sum = 0;
            counts
                .take_while(|count| {
                    sum += **count;
                    sum <= skipped
                })
                .count() as f64
        };
        [
            self.low + self.bin_width * bins_below(&mut self.counts.iter()),
            self.high() - self.bin_width * bins_below(&mut self.counts.iter().rev()),
        ]
    }

    /// Counts a bin, on average, under each of some columns side by side between two values: what a curve shows. A bin
    /// that lies under two columns is shared out between them.
    pub fn densities(&self, [low, high]: [f64; 2], columns: usize) -> Vec<f64> {
        let bins = self.counts.len() as f64;
        // In bins from the first one's lower edge.
        let edge = |column: usize| (low + (high - low) * column as f64 / columns as f64 - self.low) / self.bin_width;
        (0..columns)
            .map(|column| {
                let (from, to) = (edge(column), edge(column + 1));
                let (first, last) = (from.clamp(0.0, bins), to.clamp(0.0, bins));
                let under = self
                    .counts
                    .get(first.floor() as usize..last.ceil() as usize)
                    .unwrap_or(&[]);
                let sum: f64 = (first.floor() as usize..)
                    .zip(under)
                    .map(|(bin, count)| *count as f64 * (last.min(bin as f64 + 1.0) - first.max(bin as f64)))
                    .sum();
                sum / (to - from)
            })
            .collect()
    }
}
