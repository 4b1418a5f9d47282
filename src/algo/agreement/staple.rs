//! What several readers have in common: who marks what, and the truth that is most likely behind it.
//!
//! STAPLE is after Warfield, Zou and Wells, *Simultaneous truth and performance level estimation*, IEEE Transactions on
//! Medical Imaging 23 (2004), one label against the rest, with the mean share of marked voxels as the prior. Since a
//! voxel's part in it depends only on which readers mark it, the sums run over such patterns and not over voxels.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::model::label_grid::LabelGrid;

/// Readers at most: one bit of a [`Pattern`] each.
pub const MOST_READERS: usize = 32;

/// Which readers mark a voxel, the first one in the lowest bit.
pub type Pattern = u32;

/// Where the iteration ends: no reader's sensitivity and specificity changes by more.
const SETTLED: f64 = 1e-10;
const MOST_ITERATIONS: usize = 10_000;
/// What readers are thought to be at first.
const FIRST_GUESS: f64 = 0.99999;

/// How well a reader does, by the likely truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Performance {
    /// The share of the truth that the reader marks.
    pub sensitivity: f64,
    /// The share of what is not the truth that the reader leaves.
    pub specificity: f64,
}

/// The likely truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Staple {
    /// Reader by reader.
    pub readers: Vec<Performance>,
    /// How likely a voxel is the truth, by who marks it.
    pub likelihood: BTreeMap<Pattern, f64>,
}

/// How many voxels each set of readers marks with a label, nobody's included. The grids are of one size, at most
/// [`MOST_READERS`].
pub fn patterns(readers: &[&LabelGrid], label: u16) -> BTreeMap<Pattern, u64> {
    let slices = readers.first().map_or(0, |grid| grid.dims()[2]);
    let of_slice = |k: usize| {
        let mut counts: BTreeMap<Pattern, u64> = BTreeMap::new();
        let mut run = (0, 0);
        pattern_of_slice(readers, label, k, |_, pattern| {
            // Neighbours are mostly alike.
            if pattern == run.0 {
                run.1 += 1;
            } else {
                *counts.entry(run.0).or_default() += run.1;
                run = (pattern, 1);
            }
        });
        *counts.entry(run.0).or_default() += run.1;
        counts
    };
    let joined = |mut a: BTreeMap<Pattern, u64>, b: BTreeMap<Pattern, u64>| {
        for (pattern, count) in b {
            *a.entry(pattern).or_default() += count;
        }
        a
    };
    (0..slices).into_par_iter().map(of_slice).reduce(BTreeMap::new, joined)
}

/// Tells of each voxel of a slice, by its place in it, who marks it.
pub fn pattern_of_slice(readers: &[&LabelGrid], label: u16, k: usize, mut tell: impl FnMut(usize, Pattern)) {
    let slices: Vec<&[u16]> = readers.iter().take(MOST_READERS).map(|grid| grid.slice(k)).collect();
    let count = slices.iter().map(|slice| slice.len()).min().unwrap_or(0);
    for at in 0..count {
        let bit = |(reader, slice): (usize, &&[u16])| {
            let marks = slice.get(at).is_some_and(|found| *found == label);
            Pattern::from(marks) << reader
        };
        tell(at, slices.iter().enumerate().map(bit).sum());
    }
}

/// Estimates the truth behind what `readers` readers mark. `None` where nobody marks anything.
pub fn staple(patterns: &BTreeMap<Pattern, u64>, readers: usize) -> Option<Staple> {
    let voxels: u64 = patterns.values().sum();
    let marked: u64 = patterns
        .iter()
        .map(|(pattern, count)| u64::from(pattern.count_ones()) * count)
        .sum();
    if marked == 0 || readers == 0 {
        return None;
    }
    let prior = marked as f64 / (voxels as f64 * readers as f64);
    let first = Performance {
        sensitivity: FIRST_GUESS,
        specificity: FIRST_GUESS,
    };
    let mut performances = vec![first; readers];
    for _ in 0..MOST_ITERATIONS {
        let next = improved(patterns, prior, &performances);
        let change = next.iter().zip(&performances).map(|(a, b)| {
            let (p, q) = (a.sensitivity - b.sensitivity, a.specificity - b.specificity);
            p.abs().max(q.abs())
        });
        let is_settled = change.fold(0.0, f64::max) < SETTLED;
        performances = next;
        if is_settled {
            break;
        }
    }
    let likelihood = patterns
        .keys()
        .map(|pattern| (*pattern, likelihood(*pattern, prior, &performances)))
        .collect();
    Some(Staple {
        readers: performances,
        likelihood,
    })
}

fn marks(pattern: Pattern, reader: usize) -> bool {
    pattern >> reader & 1 == 1
}

/// How likely a voxel that these readers mark is the truth (the paper's E-step).
fn likelihood(pattern: Pattern, prior: f64, performances: &[Performance]) -> f64 {
    let (mut is_truth, mut is_not) = (prior, 1.0 - prior);
    for (reader, performance) in performances.iter().enumerate() {
        if marks(pattern, reader) {
            is_truth *= performance.sensitivity;
            is_not *= 1.0 - performance.specificity;
        } else {
            is_truth *= 1.0 - performance.sensitivity;
            is_not *= performance.specificity;
        }
    }
    let sum = is_truth + is_not;
    if sum > 0.0 { is_truth / sum } else { 0.0 }
}

/// How well readers do by the truth that is likely by what was thought of them (the M-step).
fn improved(patterns: &BTreeMap<Pattern, u64>, prior: f64, performances: &[Performance]) -> Vec<Performance> {
    // Of each reader: the truth that is marked, and the rest that is not.
    let mut found = vec![(0.0, 0.0); performances.len()];
    let (mut truth, mut rest) = (0.0, 0.0);
    for (pattern, count) in patterns {
        let likelihood = likelihood(*pattern, prior, performances);
        let (is_truth, is_not) = (likelihood * *count as f64, (1.0 - likelihood) * *count as f64);
        truth += is_truth;
        rest += is_not;
        for (reader, (hits, passes)) in found.iter_mut().enumerate() {
            if marks(*pattern, reader) {
                *hits += is_truth;
            } else {
                *passes += is_not;
            }
        }
    }
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 1.0 };
    let performance = |(hits, passes): &(f64, f64)| Performance {
        sensitivity: share(*hits, truth),
        specificity: share(*passes, rest),
    };
    found.iter().map(performance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(labels: &[u16]) -> LabelGrid {
        LabelGrid::new([labels.len() / 2, 1, 2], labels.to_vec()).unwrap()
    }

    #[test]
    fn patterns_say_who_marks_what() {
        let (a, b) = (grid(&[5, 5, 0, 1, 5, 0]), grid(&[5, 0, 0, 5, 5, 5]));
        let found = patterns(&[&a, &b], 5);
        assert_eq!(found, BTreeMap::from([(0, 1), (1, 1), (2, 2), (3, 2)]));
        assert!(patterns(&[], 5).is_empty());
    }

    /// The same voxel by voxel, as the paper has it.
    fn slow(marks: &[Vec<bool>]) -> (Vec<f64>, Vec<(f64, f64)>) {
        let (readers, voxels) = (marks.len(), marks[0].len());
        let all = marks.iter().flatten().filter(|mark| **mark).count();
        let prior = all as f64 / (readers * voxels) as f64;
        let mut performance = vec![(FIRST_GUESS, FIRST_GUESS); readers];
        let mut weights = vec![0.0; voxels];
        for _ in 0..4000 {
            for (voxel, weight) in weights.iter_mut().enumerate() {
                let (mut a, mut b) = (prior, 1.0 - prior);
                for (reader, (p, q)) in performance.iter().enumerate() {
                    (a, b) = if marks[reader][voxel] {
                        (a * p, b * (1.0 - q))
                    } else {
                        (a * (1.0 - p), b * q)
                    };
                }
                *weight = a / (a + b);
            }
            let sum: f64 = weights.iter().sum();
            for (reader, performance) in performance.iter_mut().enumerate() {
                let hits: f64 = (0..voxels).filter(|at| marks[reader][*at]).map(|at| weights[at]).sum();
                let passes: f64 = (0..voxels)
                    .filter(|at| !marks[reader][*at])
                    .map(|at| 1.0 - weights[at])
                    .sum();
                *performance = (hits / sum, passes / (voxels as f64 - sum));
            }
        }
        (weights, performance)
    }

    #[test]
    fn staple_equals_the_paper_voxel_by_voxel() {
        let mut dice = 7_u64;
        let mut next = || {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (dice >> 40) as f64 / f64::from(1 << 24)
        };
        let truth: Vec<bool> = (0..400).map(|at| (at / 20) % 4 == 1).collect();
        // Two good readers, one who marks too much, one who guesses.
        let slips = [(0.05, 0.02), (0.1, 0.03), (0.02, 0.25), (0.5, 0.5)];
        let marks: Vec<Vec<bool>> = slips
            .iter()
            .map(|(missed, added)| {
                let mark = |is_truth: &bool| {
                    let chance = next();
                    if *is_truth { chance >= *missed } else { chance < *added }
                };
                truth.iter().map(mark).collect()
            })
            .collect();
        let grids: Vec<LabelGrid> = marks
            .iter()
            .map(|marks| grid(&marks.iter().map(|mark| u16::from(*mark)).collect::<Vec<_>>()))
            .collect();
        let grids: Vec<&LabelGrid> = grids.iter().collect();
        let found = staple(&patterns(&grids, 1), 4).unwrap();
        let (weights, performance) = slow(&marks);
        for (ours, theirs) in found.readers.iter().zip(&performance) {
            assert!((ours.sensitivity - theirs.0).abs() < 1e-7, "{ours:?} {theirs:?}");
            assert!((ours.specificity - theirs.1).abs() < 1e-7, "{ours:?} {theirs:?}");
        }
        for (at, weight) in weights.iter().enumerate() {
            let pattern = (0..4).map(|reader| u32::from(marks[reader][at]) << reader).sum::<u32>();
            assert!((found.likelihood[&pattern] - weight).abs() < 1e-7);
        }
        // The good ones are found to be good, and the guess to be one.
        assert!(found.readers[0].sensitivity > 0.9 && found.readers[0].specificity > 0.9);
        assert!(found.readers[3].sensitivity < 0.7);
    }

    #[test]
    fn readers_who_agree_are_right_and_nothing_marked_is_nothing() {
        let agreed = BTreeMap::from([(0, 90), (7, 10)]);
        let found = staple(&agreed, 3).unwrap();
        assert!(found.likelihood[&7] > 0.999_999 && found.likelihood[&0] < 1e-6);
        assert_eq!(staple(&BTreeMap::from([(0, 90)]), 3), None);
        assert_eq!(staple(&BTreeMap::new(), 3), None);
        // All of it is marked by all.
        assert!(staple(&BTreeMap::from([(7, 90)]), 3).unwrap().likelihood[&7] > 0.999);
    }
}
