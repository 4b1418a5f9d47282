//! How well a map of probabilities agrees with a reference, threshold by threshold.

use glam::DVec3;
use rayon::prelude::*;

use crate::algo::sample::{Sample, sample};
use crate::model::geometry::Geometry;
use crate::model::label_grid::LabelGrid;
use crate::model::volume::{Value, Volume};
use crate::scene::Interpolation;

/// What a threshold makes of the map: voxels of at least this value against a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtThreshold {
    /// It.
    pub threshold: f64,
    /// 2 |A∩B| / (|A| + |B|); 1 where both are empty.
    pub dice: f64,
    /// The share of the label that is reached; `None` where there is none of it.
    pub sensitivity: Option<f64>,
    /// The share of what is reached that is of the label; `None` where nothing is.
    pub precision: Option<f64>,
}

/// How many voxels of the grid have at least each value, of the label and of the rest.
#[derive(Clone, Debug)]
struct Reached {
    /// By the number of thresholds that they reach.
    inside: Vec<u64>,
    outside: Vec<u64>,
}

/// Judges a map by a label for each of `thresholds`, which rise, by the rule of
/// [`crate::model::volume::Rescale::reaches`]. The map is sampled at the voxel centres of the
/// reference's grid, between its own linearly; outside of it there is nothing.
pub fn threshold_curve(
    reference: &LabelGrid,
    label: u16,
    geometry: &Geometry,
    map: &Volume,
    frame: usize,
    thresholds: &[f64],
) -> Vec<AtThreshold> {
    let [columns, rows, slices] = reference.dims();
    let none = || Reached {
        inside: vec![0; thresholds.len() + 1],
        outside: vec![0; thresholds.len() + 1],
    };
    let Some(place) = map.geometry() else {
        return Vec::new();
    };
    let of_slice = |k: usize| {
        let mut found = none();
        for j in 0..rows {
            for i in 0..columns {
                let at = place.voxel_at(geometry.patient_at(DVec3::new(i as f64, j as f64, k as f64)));
                let reached = match sample(map, at, frame, Interpolation::Linear) {
                    Sample::Value(Value::Scalar(value)) => {
                        thresholds.partition_point(|threshold| map.rescale.reaches(value, *threshold))
                    }
                    _ => 0,
                };
                let counts = if reference.get([i, j, k]) == label {
                    &mut found.inside
                } else {
                    &mut found.outside
                };
                counts[reached] += 1;
            }
        }
        found
    };
    let joined = |mut a: Reached, b: Reached| {
        let add = |to: &mut Vec<u64>, from: &[u64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut a.inside, &b.inside);
        add(&mut a.outside, &b.outside);
        a
    };
    let counted = (0..slices).into_par_iter().map(of_slice).reduce(none, joined);
    let all: u64 = counted.inside.iter().sum();
    let ratio = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let of_threshold = |(n, threshold): (usize, &f64)| {
        let hits: u64 = counted.inside[n + 1..].iter().sum();
        let reached = hits + counted.outside[n + 1..].iter().sum::<u64>();
        AtThreshold {
            threshold: *threshold,
            dice: ratio(2 * hits, all + reached).unwrap_or(1.0),
            sensitivity: ratio(hits, all),
            precision: ratio(hits, reached),
        }
    };
    thresholds.iter().enumerate().map(of_threshold).collect()
}

/// Which threshold has the highest Dice; of several the middle one. `None` of no thresholds.
pub fn best_threshold(curve: &[AtThreshold]) -> Option<usize> {
    let highest = curve.iter().map(|at| at.dice).fold(f64::NEG_INFINITY, f64::max);
    let best = (0..curve.len()).filter(|n| curve.get(*n).is_some_and(|at| at.dice >= highest));
    let best: Vec<usize> = best.collect();
    best.get(best.len() / 2).copied()
}

/// Thresholds from one value to another, `count` of them, evenly apart.
pub fn even_thresholds(low: f64, high: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|n| low + (high - low) * n as f64 / last).collect()
}
