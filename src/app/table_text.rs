//! The shown table as text, for the clipboard and for a file.

use std::path::Path;

use serde_json::{Value, json};

use super::agreement::mean_dice;
use super::state::State;
use super::tables::Table;
use super::threshold_curve::Curve;
use super::{agreement, compared_readers, label_statistics, threshold_curve};
use crate::algo::agreement::AtThreshold;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableFormat {
    /// Comma-separated values, RFC 4180.
    Csv,
    /// The same as the command line prints.
    Json,
}

impl TableFormat {
    /// As the name of a file says: `.json`, and everything else is CSV.
    pub(super) fn of(path: &Path) -> Self {
        let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        if is_json { Self::Json } else { Self::Csv }
    }
}

/// The shown table; `None` if there are no numbers in it.
pub(super) fn text(state: &State, format: TableFormat) -> Option<String> {
    match format {
        TableFormat::Csv => csv(state),
        TableFormat::Json => serde_json::to_string_pretty(&value(state)?).ok(),
    }
}

fn csv(state: &State) -> Option<String> {
    let tables = &state.tables;
    match tables.shown? {
        Table::Agreement if tables.shows_curve => {
            let found = tables.curve.as_ref()?;
            Some(threshold_curve::to_csv(&found.points))
        }
        Table::Agreement => Some(agreement::to_csv(&tables.judgement.as_ref()?.labels)),
        Table::Readers => Some(compared_readers::to_csv(tables.readers.as_ref()?)),
        Table::Statistics => Some(label_statistics::to_csv(&tables.measured.as_ref()?.segments)),
    }
}

fn value(state: &State) -> Option<Value> {
    let tables = &state.tables;
    Some(match tables.shown? {
        Table::Agreement if tables.shows_curve => curve(tables.curve.as_ref()?),
        Table::Agreement => {
            let labels = &tables.judgement.as_ref()?.labels;
            json!({ "labels": labels, "mean": { "dice": mean_dice(labels) } })
        }
        Table::Readers => {
            let found = tables.readers.as_ref()?;
            let dice: Vec<f64> = found.labels.iter().filter_map(|label| label.mean_dice).collect();
            let mean = (!dice.is_empty()).then(|| dice.iter().sum::<f64>() / dice.len() as f64);
            json!({ "readers": found.names, "labels": found.labels, "mean": { "dice": mean } })
        }
        Table::Statistics => json!({ "segments": tables.measured.as_ref()?.segments }),
    })
}

fn curve(found: &Curve) -> Value {
    let at = |at: &AtThreshold| {
        json!({
            "threshold": at.threshold,
            "dice": at.dice,
            "sensitivity": at.sensitivity,
            "precision": at.precision,
        })
    };
    let named = found.labels.iter().find(|(label, _)| *label == found.label);
    json!({
        "label": found.label,
        "name": named.map(|(_, name)| name),
        "thresholds": found.points.iter().map(at).collect::<Vec<_>>(),
        "best": found.points.get(found.best).map(at),
    })
}
