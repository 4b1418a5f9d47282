//! How well several readers agree, label by label: every pair of them, and each with the truth that is most likely behind
//! all.

use std::collections::BTreeSet;

use serde::Serialize;

use super::named_map::NamedMap;
use crate::algo::agreement::{Overlap, Staple, overlaps, pattern_of_slice, patterns, slice_shares, staple};
use crate::model::label_grid::LabelGrid;
use crate::model::segment::{Segment, SegmentTable, default_color};
use crate::say;

/// One label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelReaders {
    /// It.
    pub label: u16,
    /// Its name, if any reader's map has one.
    pub name: String,
    /// Every pair of readers, counted from 0.
    pub pairs: Vec<PairDice>,
    /// The mean of these.
    pub mean_dice: Option<f64>,
    /// Reader by reader.
    pub readers: Vec<ReaderOfLabel>,
    /// What is more likely than not the truth, mL.
    pub consensus_ml: f64,
    /// What all readers mark, mL.
    pub by_all_ml: f64,
    /// What any reader marks, mL.
    pub by_any_ml: f64,
}

/// Two readers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairDice {
    /// One.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// How well they agree.
    pub dice: f64,
}

/// A reader, by the likely truth (STAPLE). `None` where nobody marks the label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReaderOfLabel {
    /// Volume, mL.
    pub volume_ml: f64,
    /// The share of the likely truth that is marked.
    pub sensitivity: Option<f64>,
    /// The share of the rest that is not.
    pub specificity: Option<f64>,
}

/// What several readers make of one image.
pub struct Readers {
    /// Label by label.
    pub labels: Vec<LabelReaders>,
    /// The likely truth: of each voxel the label that is most likely there, if it is more likely than not.
    pub consensus: LabelGrid,
    /// How many readers give a voxel the label that most of them give it; 0 where nobody gives one.
    pub agreement: LabelGrid,
}

/// Compares the maps of several readers, which lie on one grid and whose labels are paired. `None` if there are none.
pub fn compare(maps: &[NamedMap]) -> Option<Readers> {
    let first = maps.first()?;
    let labels: BTreeSet<u16> = maps
        .iter()
        .flat_map(|map| map.labels().into_iter().chain(map.named()))
        .collect();
    let dims = first.geometry.dims();
    let slice_size = dims[0] * dims[1];
    let mut likeliest = vec![(0.5_f32, 0_u16); slice_size * dims[2]];
    let mut agreement = vec![0_u16; likeliest.len()];
    let mut found = Vec::new();
    for label in labels {
        let grids: Vec<&LabelGrid> = maps
            .iter()
            .filter_map(|map| map.layers.get(map.layer_of(label)))
            .collect();
        if grids.len() != maps.len() {
            continue;
        }
        let counted = patterns(&grids, label);
        let truth = staple(&counted, grids.len());
        for k in 0..dims[2] {
            pattern_of_slice(&grids, label, k, |at, pattern| {
                if pattern == 0 {
                    return;
                }
                let at = k * slice_size + at;
                let likelihood = truth.as_ref().and_then(|truth| truth.likelihood.get(&pattern));
                if let (Some(likelihood), Some(best)) = (likelihood, likeliest.get_mut(at))
                    && *likelihood as f32 > best.0
                {
                    *best = (*likelihood as f32, label);
                }
                if let Some(most) = agreement.get_mut(at) {
                    *most = (*most).max(pattern.count_ones() as u16);
                }
            });
        }
        found.push(of_label(maps, &grids, label, truth.as_ref()));
    }
    let consensus: Vec<u16> = likeliest.into_iter().map(|(_, label)| label).collect();
    Some(Readers {
        labels: found,
        consensus: LabelGrid::new(dims, consensus)?,
        agreement: LabelGrid::new(dims, agreement)?,
    })
}

/// The segments of the likely truth: each label as the first reader who has it calls and colours it.
pub fn consensus_table(maps: &[NamedMap], labels: &[LabelReaders]) -> SegmentTable {
    let segment = |label: &LabelReaders| {
        let number = u32::from(label.label);
        let known = maps.iter().find_map(|map| map.segments.get(number)).cloned();
        let name = || match label.name.as_str() {
            "" => say!("app-segment", label = number),
            name => name.to_owned(),
        };
        Segment {
            layer: 0,
            is_visible: true,
            is_locked: false,
            ..known.unwrap_or_else(|| Segment::new(number, name(), default_color(number)))
        }
    };
    SegmentTable::from_segments(labels.iter().map(segment).collect())
}

fn of_label(maps: &[NamedMap], grids: &[&LabelGrid], label: u16, truth: Option<&Staple>) -> LabelReaders {
    let geometry = &maps[0].geometry;
    let overlap = |a: usize, b: usize| {
        let found = overlaps(grids[a], grids[b], geometry).unwrap_or_default();
        found.get(&label).copied().unwrap_or(Overlap::default())
    };
    let mut pairs = Vec::new();
    let mut volumes = vec![0.0; maps.len()];
    for a in 0..maps.len() {
        for b in a + 1..maps.len() {
            let found = overlap(a, b);
            volumes[a] = found.volume_a_mm3 / 1000.0;
            volumes[b] = found.volume_b_mm3 / 1000.0;
            pairs.push(PairDice {
                a,
                b,
                dice: found.dice(),
            });
        }
    }
    let mean = pairs.iter().map(|pair| pair.dice).sum::<f64>() / pairs.len() as f64;
    let dims = geometry.dims();
    // Slices may be uneven: each has its own voxel volume.
    let mean_ml = geometry.patient_from_voxel().matrix3.determinant().abs() / 1000.0;
    let shares = slice_shares(geometry);
    let mut sums = [0.0; 3];
    let all = u32::MAX >> (32 - grids.len().clamp(1, 32));
    for k in 0..dims[2] {
        let mut counts = [0_u64; 3];
        pattern_of_slice(grids, label, k, |_, pattern| {
            let likelihood = truth.and_then(|truth| truth.likelihood.get(&pattern)).copied();
            counts[0] += u64::from(likelihood.unwrap_or(0.0) > 0.5);
            counts[1] += u64::from(pattern == all);
            counts[2] += u64::from(pattern != 0);
        });
        let voxel_ml = mean_ml * shares.get(k).copied().unwrap_or(1.0);
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count as f64 * voxel_ml;
        }
    }
    let reader = |n: usize| ReaderOfLabel {
        volume_ml: volumes[n],
        sensitivity: truth.map(|truth| truth.readers[n].sensitivity),
        specificity: truth.map(|truth| truth.readers[n].specificity),
    };
    LabelReaders {
        label,
        name: maps
            .iter()
            .map(|map| map.name(label))
            .find(|name| !name.is_empty())
            .unwrap_or_default(),
        mean_dice: (!pairs.is_empty()).then_some(mean),
        pairs,
        readers: (0..maps.len()).map(reader).collect(),
        consensus_ml: sums[0],
        by_all_ml: sums[1],
        by_any_ml: sums[2],
    }
}
