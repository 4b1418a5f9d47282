//! How well a segmentation agrees with a reference, label by label: what `isocenter compare` prints and the panel shows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::label_statistics::quoted;
use super::named_map::{NamedMap, Pairing};
use crate::algo::agreement::{Overlap, Overlaps, SurfaceDistances, overlaps, surface_distances};

/// One label. What would be a division by nothing, or a distance to nothing, is `None`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(
    missing_docs,
    reason = "the names say it, and what they mean stands at `algo::agreement`"
)]
pub struct LabelAgreement {
    pub label: u16,
    /// Its number in the judged map, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_b: Option<u16>,
    pub name: String,
    pub dice: f64,
    pub jaccard: f64,
    pub sensitivity: Option<f64>,
    pub specificity: Option<f64>,
    pub precision: Option<f64>,
    pub positive_likelihood_ratio: Option<f64>,
    pub negative_likelihood_ratio: Option<f64>,
    pub hausdorff_mm: Option<f64>,
    pub hd95_mm: Option<f64>,
    pub mean_surface_distance_mm: Option<f64>,
    pub volume_a_ml: f64,
    pub volume_b_ml: f64,
    pub volume_difference_ml: f64,
}

/// Judges map B by map A, which lie on one grid: every label that is in one of them or among their names.
pub fn judge(a: &NamedMap, b: &NamedMap, pairing: &Pairing) -> Vec<LabelAgreement> {
    let mut counted: BTreeMap<(usize, usize), Overlaps> = BTreeMap::new();
    for (layer_a, map_a) in a.layers.iter().enumerate() {
        for (layer_b, map_b) in b.layers.iter().enumerate() {
            let found = overlaps(map_a, map_b, &a.geometry).unwrap_or_default();
            counted.insert((layer_a, layer_b), found);
        }
    }
    let found = counted.values().flat_map(|found| found.keys().copied());
    let labels: BTreeSet<u16> = found.chain(a.named()).chain(b.named()).collect();
    let nothing = Overlap {
        voxels: a.layers.first().map_or(0, |layer| layer.labels().len() as u64),
        ..Overlap::default()
    };
    let of_label = |label: u16| {
        let layers = (a.layer_of(label), b.layer_of(label));
        let overlap = counted
            .get(&layers)
            .and_then(|found| found.get(&label))
            .copied()
            .unwrap_or(nothing);
        let maps = a.layers.get(layers.0).zip(b.layers.get(layers.1));
        let boxes = [overlap.box_a, overlap.box_b];
        let distances = maps.and_then(|(a_map, b_map)| surface_distances([a_map, b_map], label, boxes, &a.geometry));
        let own = pairing.own_numbers.get(&label).copied();
        LabelAgreement {
            label_b: own.filter(|_| overlap.b > 0 || !b.name(label).is_empty()),
            name: [a.name(label), b.name(label)]
                .into_iter()
                .find(|name| !name.is_empty())
                .unwrap_or_default(),
            ..measured(label, &overlap, distances)
        }
    };
    labels.into_iter().map(of_label).collect()
}

/// The mean Dice over labels; `None` if there are none.
pub fn mean_dice(labels: &[LabelAgreement]) -> Option<f64> {
    let count = labels.len() as f64;
    (!labels.is_empty()).then(|| labels.iter().map(|one| one.dice).sum::<f64>() / count)
}

fn measured(label: u16, overlap: &Overlap, distances: Option<SurfaceDistances>) -> LabelAgreement {
    let [volume_a_ml, volume_b_ml] = [overlap.volume_a_mm3 / 1000.0, overlap.volume_b_mm3 / 1000.0];
    LabelAgreement {
        label,
        label_b: None,
        name: String::new(),
        dice: overlap.dice(),
        jaccard: overlap.jaccard(),
        sensitivity: overlap.sensitivity(),
        specificity: overlap.specificity(),
        precision: overlap.precision(),
        positive_likelihood_ratio: overlap.positive_likelihood_ratio(),
        negative_likelihood_ratio: overlap.negative_likelihood_ratio(),
        hausdorff_mm: distances.map(|all| all.hausdorff_mm),
        hd95_mm: distances.map(|all| all.hd95_mm),
        mean_surface_distance_mm: distances.map(|all| all.mean_mm),
        volume_a_ml,
        volume_b_ml,
        volume_difference_ml: volume_b_ml - volume_a_ml,
    }
}

/// As comma-separated values (RFC 4180), with a heading; what is not there is empty.
pub fn to_csv(labels: &[LabelAgreement]) -> String {
    let heading = "label,name,dice,jaccard,sensitivity,specificity,precision,positive_likelihood_ratio,\
                   negative_likelihood_ratio,hausdorff_mm,hd95_mm,mean_surface_distance_mm,volume_a_ml,volume_b_ml,\
                   volume_difference_ml";
    let mut lines = vec![heading.to_owned()];
    for one in labels {
        let numbers = [
            Some(one.dice),
            Some(one.jaccard),
            one.sensitivity,
            one.specificity,
            one.precision,
            one.positive_likelihood_ratio,
            one.negative_likelihood_ratio,
            one.hausdorff_mm,
            one.hd95_mm,
            one.mean_surface_distance_mm,
            Some(one.volume_a_ml),
            Some(one.volume_b_ml),
            Some(one.volume_difference_ml),
        ];
        let mut fields = vec![one.label.to_string(), quoted(&one.name)];
        fields.extend(numbers.map(|number| number.map_or_else(String::new, |number| number.to_string())));
        lines.push(fields.join(","));
    }
    lines.join("\r\n") + "\r\n"
}
