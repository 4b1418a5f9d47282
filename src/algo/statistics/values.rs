//! What an image has in each label: mean, spread, percentiles.

use std::collections::BTreeMap;

use glam::DVec3;
use rayon::prelude::*;

use super::extent::run_length;
use crate::algo::sample::value_at;
use crate::algo::value_range::ToNumber;
use crate::for_samples;
use crate::model::geometry::Geometry;
use crate::model::label_grid::LabelGrid;
use crate::model::volume::{Rescale, Value, Volume};
use crate::scene::Interpolation;

/// Of the values in a label, in the image's unit. Percentiles are linear between ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ValueStatistics {
    /// How many values there are: voxels where the image has none, or no number, are left out.
    pub count: u64,
    pub mean: f64,
    /// Of the population: the mean square is over all values.
    pub sd: f64,
    pub min: f64,
    pub max: f64,
    pub median: f64,
    pub p5: f64,
    pub p95: f64,
}

/// By label; a label in which the image has no values is not there.
pub type Values = BTreeMap<u16, ValueStatistics>;

/// The percentiles that are given besides the median.
const PERCENTS: [f64; 3] = [5.0, 50.0, 95.0];

/// The values of a time point of an image in each label. On the map's own grid they are the voxels' values; else the
/// image is sampled between its voxels at the centres of the labels' (`map_geometry`). `None` of colours, or if slabs
/// of the image are missing.
pub fn value_statistics(
    map: &LabelGrid,
    map_geometry: &Geometry,
    image: &Volume,
    frame: usize,
    is_same_grid: bool,
) -> Option<Values> {
    let voxels = &image.voxels;
    if voxels.components() != 1 || frame >= voxels.frames() {
        return None;
    }
    let slices = image.dims()[2];
    if !(0..slices).all(|k| voxels.has_slice(k, frame)) {
        return None;
    }
    if !is_same_grid {
        return Some(sampled(map, map_geometry, image, frame));
    }
    if map.dims() != image.dims() {
        return None;
    }
    let first = voxels.slab(voxels.slab_of(0, frame))?;
    Some(for_samples!(&**first, samples => stored(map, image, frame, samples)))
}

/// From the stored numbers of the map's own grid. The samples say their type only.
fn stored<T: Stored>(map: &LabelGrid, image: &Volume, frame: usize, _: &[T]) -> Values {
    let [columns, rows, slices] = map.dims();
    let parts = (4 * rayon::current_num_threads()).min(slices);
    let gathered: Vec<Gathered<T>> = (0..parts)
        .into_par_iter()
        .map(|part| {
            let mut gathered = Gathered::default();
            for k in part * slices / parts..(part + 1) * slices / parts {
                let voxels = &image.voxels;
                let slab = voxels.slab_of(k, frame);
                let first = (k - voxels.slab_range(slab).first_slice) * columns * rows;
                let samples = voxels.slab(slab).and_then(|samples| T::of(samples));
                let slice = samples.and_then(|all| all.get(first..first + columns * rows));
                for (j, values) in slice.unwrap_or_default().chunks(columns).enumerate() {
                    gathered.add_row(map.row(j, k), values);
                }
            }
            gathered
        })
        .collect();
    reduced(gathered, &image.rescale)
}

/// From the image between its voxels.
fn sampled(map: &LabelGrid, geometry: &Geometry, image: &Volume, frame: usize) -> Values {
    let Some(from) = image.geometry() else {
        return Values::new();
    };
    let [_, rows, slices] = map.dims();
    let gathered: Vec<Gathered<f64>> = (0..slices)
        .into_par_iter()
        .map(|k| {
            let mut gathered = Gathered::default();
            for j in 0..rows {
                for (i, label) in map.row(j, k).iter().enumerate().filter(|(_, label)| **label > 0) {
                    let at = from.voxel_at(geometry.patient_at(DVec3::new(i as f64, j as f64, k as f64)));
                    if let Some(Value::Scalar(value)) = value_at(image, at, frame, Interpolation::Linear) {
                        gathered.of(*label).push(value);
                    }
                }
            }
            gathered
        })
        .collect();
    reduced(gathered, &Rescale::IDENTITY)
}

/// Numbers by label.
struct Gathered<T>(Vec<Vec<T>>);

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Gathered<T> {
    fn of(&mut self, label: u16) -> &mut Vec<T> {
        let at = usize::from(label);
        if at >= self.0.len() {
            self.0.resize_with(at + 1, Vec::new);
        }
        &mut self.0[at]
    }

    fn add_row(&mut self, labels: &[u16], values: &[T]) {
        let mut start = 0;
        while let Some(label) = labels.get(start).copied() {
            let end = start + run_length(labels.get(start..).unwrap_or_default());
            if let (1.., Some(run)) = (label, values.get(start..end)) {
                self.of(label).extend_from_slice(run);
            }
            start = end;
        }
    }
}

fn reduced<T: Stored>(gathered: Vec<Gathered<T>>, rescale: &Rescale) -> Values {
    let mut by_label: BTreeMap<u16, Vec<Vec<T>>> = BTreeMap::new();
    for part in gathered {
        for (label, values) in part.0.into_iter().enumerate().filter(|(_, values)| !values.is_empty()) {
            by_label.entry(label as u16).or_default().push(values);
        }
    }
    by_label
        .into_par_iter()
        .filter_map(|(label, parts)| Some((label, rescaled(T::summary(parts)?, rescale))))
        .collect()
}

/// Of stored numbers: the same as [`ValueStatistics`], with the percentiles of [`PERCENTS`].
#[derive(Clone, Copy)]
struct Summary {
    count: u64,
    mean: f64,
    sd: f64,
    min: f64,
    max: f64,
    percentiles: [f64; 3],
}

fn rescaled(stored: Summary, rescale: &Rescale) -> ValueStatistics {
    let value = |number: f64| rescale.value(number);
    let [mut low, median, mut high] = stored.percentiles.map(value);
    let (mut min, mut max) = (value(stored.min), value(stored.max));
    // A negative slope turns them round.
    if rescale.slope < 0.0 {
        (low, high, min, max) = (high, low, max, min);
    }
    ValueStatistics {
        count: stored.count,
        mean: value(stored.mean),
        sd: stored.sd * rescale.slope.abs(),
        min,
        max,
        median,
        p5: low,
        p95: high,
    }
}

/// A type of stored numbers, and how many of them are summed up.
trait Stored: Copy + Send + Sync + ToNumber + 'static {
    /// The samples, if they are of this type.
    fn of(samples: &crate::model::voxels::Samples) -> Option<&[Self]>;

    /// `None` of no numbers.
    fn summary(parts: Vec<Vec<Self>>) -> Option<Summary>;
}

/// Numbers of at most 16 bits are counted, which is exact and quick.
macro_rules! counted {
    ($($name:ident $t:ty),*) => { $(impl Stored for $t {
        fn of(samples: &crate::model::voxels::Samples) -> Option<&[Self]> {
            match samples {
                crate::model::voxels::Samples::$name(stored) => Some(stored),
                _ => None,
            }
        }

        fn summary(parts: Vec<Vec<Self>>) -> Option<Summary> {
            let lowest = i32::from(Self::MIN);
            let mut counts = vec![0u64; (i32::from(Self::MAX) - lowest) as usize + 1];
            for number in parts.iter().flatten() {
                counts[(i32::from(*number) - lowest) as usize] += 1;
            }
            summary_of_counts(&counts, f64::from(lowest))
        }
    })* };
}

counted!(U8 u8, I8 i8, U16 u16, I16 i16);

/// Others are put in order, as far as percentiles need it.
macro_rules! ordered {
    ($($name:ident $t:ty),*) => { $(impl Stored for $t {
        fn of(samples: &crate::model::voxels::Samples) -> Option<&[Self]> {
            match samples {
                crate::model::voxels::Samples::$name(stored) => Some(stored),
                _ => None,
            }
        }

        fn summary(parts: Vec<Vec<Self>>) -> Option<Summary> {
            summary_of_numbers(parts, |a, b| a.number().total_cmp(&b.number()))
        }
    })* };
}

ordered!(U32 u32, I32 i32, F32 f32, F64 f64);

/// Of how often each whole number from `lowest` on was seen.
fn summary_of_counts(counts: &[u64], lowest: f64) -> Option<Summary> {
    let first = counts.iter().position(|count| *count > 0)?;
    let last = counts.iter().rposition(|count| *count > 0)?;
    let seen = || counts.iter().enumerate().take(last + 1).skip(first);
    let count: u64 = seen().map(|(_, count)| count).sum();
    // Sums of whole numbers are exact.
    let sum: u128 = seen().map(|(n, count)| n as u128 * u128::from(*count)).sum();
    let mean = sum as f64 / count as f64;
    let squares: f64 = seen().map(|(n, count)| *count as f64 * (n as f64 - mean).powi(2)).sum();
    let at_rank = |rank: u64| {
        let mut below = 0;
        seen()
            .find(|(_, count)| {
                below += **count;
                below > rank
            })
            .map_or(last, |(n, _)| n) as f64
    };
    let percentile = |percent: f64| {
        let rank = percent / 100.0 * (count - 1) as f64;
        let low = at_rank(rank.floor() as u64);
        lowest + low + rank.fract() * (at_rank(rank.ceil() as u64) - low)
    };
    Some(Summary {
        count,
        mean: lowest + mean,
        sd: (squares / count as f64).sqrt(),
        min: lowest + first as f64,
        max: lowest + last as f64,
        percentiles: PERCENTS.map(percentile),
    })
}

fn summary_of_numbers<T: Stored>(
    parts: Vec<Vec<T>>,
    order: impl Fn(&T, &T) -> std::cmp::Ordering + Copy,
) -> Option<Summary> {
    let mut numbers = parts.concat();
    drop(parts);
    numbers.retain(|number| number.number().is_finite());
    let last = numbers.len().checked_sub(1)?;
    let mean = numbers.iter().map(ToNumber::number).sum::<f64>() / numbers.len() as f64;
    let squares: f64 = numbers.iter().map(|number| (number.number() - mean).powi(2)).sum();
    let mut percentiles = [0.0; 3];
    // Each search leaves what is above it behind it, so the next one has less to look through.
    let mut begun = 0;
    for (percent, to) in PERCENTS.into_iter().zip(&mut percentiles) {
        let rank = percent / 100.0 * last as f64;
        let at = rank.floor() as usize;
        let rest = numbers.get_mut(begun..)?;
        let (_, low, above) = rest.select_nth_unstable_by(at - begun, order);
        let low = low.number();
        let next = above.iter().min_by(|a, b| order(a, b)).map_or(low, ToNumber::number);
        *to = low + rank.fract() * (next - low);
        begun = at;
    }
    let ends = numbers.iter().map(ToNumber::number);
    let (min, max) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
        (low.min(number), high.max(number))
    });
    Some(Summary {
        count: numbers.len() as u64,
        mean,
        sd: (squares / numbers.len() as f64).sqrt(),
        min,
        max,
        percentiles,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_and_ordering_say_the_same() {
        for count in [1usize, 2, 3, 20, 21, 1000] {
            let numbers: Vec<i16> = (0..count).map(|n| (n * 7919 % 601) as i16 - 300).collect();
            let floats: Vec<f64> = numbers.iter().map(|number| f64::from(*number)).collect();
            let halves = |at: usize| vec![floats[..at].to_vec(), floats[at..].to_vec()];
            let counted = i16::summary(vec![numbers.clone()]).unwrap();
            let ordered = f64::summary(halves(count / 3)).unwrap();
            for (a, b) in [
                (counted.mean, ordered.mean),
                (counted.sd, ordered.sd),
                (counted.min, ordered.min),
                (counted.max, ordered.max),
            ] {
                assert!((a - b).abs() < 1e-9, "{a} {b}");
            }
            let mut sorted = floats.clone();
            sorted.sort_by(f64::total_cmp);
            for (n, percent) in PERCENTS.into_iter().enumerate() {
                let rank = percent / 100.0 * (count as f64 - 1.0);
                let (low, high) = (sorted[rank as usize], sorted[rank.ceil() as usize]);
                let expected = low + rank.fract() * (high - low);
                assert!((counted.percentiles[n] - expected).abs() < 1e-9);
                assert!((ordered.percentiles[n] - expected).abs() < 1e-9);
            }
        }
        assert!(u8::summary(Vec::new()).is_none());
        assert!(f32::summary(vec![vec![f32::NAN]]).is_none());
    }

    #[test]
    fn a_negative_slope_turns_low_and_high_round() {
        let rescale = Rescale {
            slope: -2.0,
            intercept: 1.0,
        };
        let found = rescaled(u8::summary(vec![vec![1, 2, 4]]).unwrap(), &rescale);
        assert_eq!((found.min, found.max, found.median), (-7.0, -1.0, -3.0));
        assert!((found.p5 - (1.0 - 2.0 * 3.8)).abs() < 1e-12 && (found.p95 + 1.2).abs() < 1e-12);
    }
}
