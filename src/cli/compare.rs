//! `isocenter compare`: how well a segmentation agrees with a reference, label by label.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::label_maps::{LabelMap, MatchBy, Pairing, pair};
use super::table::{cell, table};
use super::{Failure, Outcome, output};
use crate::algo::agreement::{Overlap, SurfaceDistances, overlaps, surface_distances};
use crate::say;

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct CompareArgs {
    /// The reference: a label map.
    reference: PathBuf,
    /// The label map that is judged.
    judged: PathBuf,
    /// What makes labels of both one [default: their names where both have some in common, else their numbers].
    #[arg(long, value_enum)]
    by: Option<MatchBy>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "Distances are those of surface voxels, in mm: voxels with a neighbour across a face outside the label. HD95 is the larger of the two directed 95th percentiles, the mean distance is over both directions together. On different grids, the judged map is sampled on the reference's.\n\nExample:\n  isocenter compare truth.nii.gz model.nii.gz --json";

#[derive(Serialize)]
struct CompareJson {
    labels: Vec<LabelJson>,
    mean: MeanJson,
}

#[derive(Serialize)]
struct MeanJson {
    /// Over all labels; `null` if there are none.
    dice: Option<f64>,
}

/// One label. What would be a division by nothing, or a distance to nothing, is `null`.
#[derive(Serialize)]
struct LabelJson {
    label: u16,
    /// Its number in the judged map, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    label_b: Option<u16>,
    name: String,
    dice: f64,
    jaccard: f64,
    sensitivity: Option<f64>,
    specificity: Option<f64>,
    precision: Option<f64>,
    positive_likelihood_ratio: Option<f64>,
    negative_likelihood_ratio: Option<f64>,
    hausdorff_mm: Option<f64>,
    hd95_mm: Option<f64>,
    mean_surface_distance_mm: Option<f64>,
    volume_a_ml: f64,
    volume_b_ml: f64,
    volume_difference_ml: f64,
}

pub(super) fn compare(args: &CompareArgs, quiet: bool) -> Outcome {
    let a = LabelMap::read(&args.reference, quiet)?;
    let mut b = LabelMap::read(&args.judged, quiet)?;
    b.bring_onto(&a, quiet)?;
    let pairing = pair(&a, &mut b, args.by, quiet)?;
    let labels = judge(&a, &b, &pairing)?;
    let count = labels.len() as f64;
    let dice = (!labels.is_empty()).then(|| labels.iter().map(|one| one.dice).sum::<f64>() / count);
    let answer = CompareJson {
        labels,
        mean: MeanJson { dice },
    };
    if args.json {
        output::print_json(&answer)
    } else {
        output::print(&readable(&answer))
    }
}

/// Every label that is in one of the maps or among their names.
fn judge(a: &LabelMap, b: &LabelMap, pairing: &Pairing) -> Result<Vec<LabelJson>, Failure> {
    let geometry = a.geometry()?;
    let found = overlaps(&a.grid, &b.grid, geometry).unwrap_or_default();
    let voxels = a.grid.labels().len() as u64;
    let named = [a, b].map(|map| map.segments.segments.iter().map(|segment| segment.label as u16));
    let labels: BTreeSet<u16> = found.keys().copied().chain(named.into_iter().flatten()).collect();
    let nothing = Overlap {
        voxels,
        ..Overlap::default()
    };
    let all: BTreeMap<u16, Overlap> = labels
        .into_iter()
        .map(|label| (label, found.get(&label).copied().unwrap_or(nothing)))
        .collect();
    let of_label = |(label, overlap): (&u16, &Overlap)| {
        let boxes = [overlap.box_a, overlap.box_b];
        let distances = surface_distances([&a.grid, &b.grid], *label, boxes, geometry);
        let own = pairing.own_numbers.get(label).copied();
        let name = Some(a.name(*label)).filter(|name| !name.is_empty());
        LabelJson {
            label_b: own.filter(|_| overlap.b > 0 || !b.name(*label).is_empty()),
            ..row(*label, name.unwrap_or_else(|| b.name(*label)), overlap, distances)
        }
    };
    Ok(all.iter().map(of_label).collect())
}

fn row(label: u16, name: String, overlap: &Overlap, distances: Option<SurfaceDistances>) -> LabelJson {
    let [volume_a_ml, volume_b_ml] = [overlap.volume_a_mm3 / 1000.0, overlap.volume_b_mm3 / 1000.0];
    LabelJson {
        label,
        label_b: None,
        name,
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

fn readable(answer: &CompareJson) -> String {
    if answer.labels.is_empty() {
        return say!("cli-compare-nothing");
    }
    let headings = [
        say!("cli-table-label"),
        say!("cli-table-name"),
        say!("cli-table-dice"),
        say!("cli-table-jaccard"),
        say!("cli-table-sensitivity"),
        say!("cli-table-specificity"),
        say!("cli-table-precision"),
        say!("cli-table-hausdorff"),
        say!("cli-table-hd95"),
        say!("cli-table-mean-distance"),
        say!("cli-table-volume-a"),
        say!("cli-table-volume-b"),
        say!("cli-table-difference"),
    ];
    let rows: Vec<Vec<String>> = answer
        .labels
        .iter()
        .map(|one| {
            let mut row = vec![one.label.to_string(), one.name.clone()];
            let shares = [
                Some(one.dice),
                Some(one.jaccard),
                one.sensitivity,
                one.specificity,
                one.precision,
            ];
            row.extend(shares.map(|share| cell(share, 4)));
            let lengths = [one.hausdorff_mm, one.hd95_mm, one.mean_surface_distance_mm];
            row.extend(lengths.map(|length| cell(length, 2)));
            let volumes = [one.volume_a_ml, one.volume_b_ml, one.volume_difference_ml];
            row.extend(volumes.map(|volume| cell(Some(volume), 2)));
            row
        })
        .collect();
    let mean = say!("cli-compare-mean", dice = cell(answer.mean.dice, 4));
    format!("{}\n{mean}", table(&headings, &rows, 2))
}
