//! `isocenter compare --probability`: how well a map of probabilities agrees with a reference, threshold by threshold.

use serde::Serialize;

use super::CompareArgs;
use crate::algo::agreement::{AtThreshold, best_threshold, even_thresholds, threshold_curve};
use crate::algo::value_range::value_range;
use crate::cli::label_maps::{LabelMap, open_probabilities};
use crate::cli::table::{cell, table};
use crate::cli::{Failure, Outcome, output, source};
use crate::io::unplaced;
use crate::say;

/// Thresholds of the curve, and every how many of them people read one.
const COUNT: usize = 101;
const READ_EVERY: usize = 5;

#[derive(Serialize)]
struct CurveJson {
    label: u16,
    name: String,
    thresholds: Vec<ThresholdJson>,
    /// The one with the highest Dice; of several the middle one.
    best: ThresholdJson,
}

#[derive(Clone, Copy, Serialize)]
struct ThresholdJson {
    threshold: f64,
    dice: f64,
    sensitivity: Option<f64>,
    precision: Option<f64>,
}

impl From<AtThreshold> for ThresholdJson {
    fn from(at: AtThreshold) -> Self {
        Self {
            threshold: at.threshold,
            dice: at.dice,
            sensitivity: at.sensitivity,
            precision: at.precision,
        }
    }
}

pub(super) fn compare(args: &CompareArgs, reference: &LabelMap, quiet: bool) -> Outcome {
    let labels = reference.map.labels();
    let label = match (args.label, labels.len()) {
        (Some(label), _) => label,
        (None, 1) => labels.first().copied().unwrap_or(1),
        (None, _) => {
            let first: Vec<String> = labels.iter().take(12).map(u16::to_string).collect();
            return Err(Failure(say!("cli-compare-which-label", labels = first.join(", "))));
        }
    };
    let open = open_probabilities(&args.judged, quiet)?;
    let open = unplaced::lie_on(&open, &reference.open.volume).unwrap_or(open);
    if open.volume.geometry().is_none() || open.volume.voxels.components() != 1 {
        let path = args.judged.display().to_string();
        return Err(Failure(say!("cli-compare-no-probabilities", path = path)));
    }
    source::load(&open, quiet)?;
    let [low, high] = value_range(&open.volume).unwrap_or([0.0, 1.0]);
    // Shares go from 0 to 1, whichever of them occur.
    let (low, high) = if low >= 0.0 && high <= 1.0 {
        (0.0, 1.0)
    } else {
        (low, high)
    };
    let layer = reference.map.layer_of(label);
    let grid = reference
        .map
        .layers
        .get(layer)
        .ok_or_else(|| Failure(say!("cli-compare-nothing")))?;
    let curve = threshold_curve(
        grid,
        label,
        &reference.map.geometry,
        &open.volume,
        0,
        &even_thresholds(low, high, COUNT),
    );
    let best = best_threshold(&curve).and_then(|n| curve.get(n).copied());
    let best = best.ok_or_else(|| Failure(say!("cli-compare-nothing")))?;
    let answer = CurveJson {
        label,
        name: reference.map.name(label),
        thresholds: curve.into_iter().map(ThresholdJson::from).collect(),
        best: best.into(),
    };
    if args.json {
        output::print_json(&answer)
    } else {
        output::print(&readable(&answer))
    }
}

fn readable(answer: &CurveJson) -> String {
    let headings = [
        say!("cli-table-threshold"),
        say!("cli-table-dice"),
        say!("cli-table-sensitivity"),
        say!("cli-table-precision"),
    ];
    let row = |at: &ThresholdJson| {
        vec![
            cell(Some(at.threshold), 3),
            cell(Some(at.dice), 4),
            cell(at.sensitivity, 4),
            cell(at.precision, 4),
        ]
    };
    let rows: Vec<Vec<String>> = answer.thresholds.iter().step_by(READ_EVERY).map(row).collect();
    let best = say!(
        "cli-compare-best",
        threshold = cell(Some(answer.best.threshold), 3),
        dice = cell(Some(answer.best.dice), 4)
    );
    format!("{}\n{best}", table(&headings, &rows, 0))
}
