//! `isocenter compare`: how well a segmentation agrees with a reference, label by label.

mod threshold;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::app::agreement::{LabelAgreement, judge, mean_dice};
use crate::cli::label_maps::{LabelMap, MatchBy, pair};
use crate::cli::table::{cell, table};
use crate::cli::{Outcome, output};
use crate::say;

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(in crate::cli) struct CompareArgs {
    /// The reference: a label map.
    reference: PathBuf,
    /// The label map that is judged.
    judged: PathBuf,
    /// What makes labels of both one [default: their names where both have some in common, else their numbers].
    #[arg(long, value_enum)]
    by: Option<MatchBy>,
    /// The judged map holds probabilities: Dice for every threshold, and the best of them.
    #[arg(long, conflicts_with = "by")]
    probability: bool,
    /// The label of the reference that the probabilities are of [default: its only one].
    #[arg(long, value_name = "N", requires = "probability")]
    label: Option<u16>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "Distances are those of surface voxels, in mm: voxels with a neighbour across a face outside the label. HD95 is the larger of the two directed 95th percentiles, the mean distance is over both directions together. On different grids, the judged map is sampled on the reference's.\n\nExample:\n  isocenter compare truth.nii.gz model.nii.gz --json";

#[derive(Serialize)]
struct CompareJson {
    labels: Vec<LabelAgreement>,
    mean: MeanJson,
}

#[derive(Serialize)]
struct MeanJson {
    /// Over all labels; `null` if there are none.
    dice: Option<f64>,
}

pub(in crate::cli) fn compare(args: &CompareArgs, quiet: bool) -> Outcome {
    if args.probability {
        let a = LabelMap::read(&args.reference, quiet)?;
        return threshold::compare(args, &a, quiet);
    }
    let (a, mut b) = LabelMap::read_both([&args.reference, &args.judged], quiet)?;
    b.bring_onto(&a, quiet)?;
    let pairing = pair(&a, &mut b, args.by, quiet)?;
    let labels = judge(&a.map, &b.map, &pairing);
    let answer = CompareJson {
        mean: MeanJson {
            dice: mean_dice(&labels),
        },
        labels,
    };
    if args.json {
        output::print_json(&answer)
    } else {
        output::print(&readable(&answer))
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
