//! `isocenter readers`: how well several readers of one image agree.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::label_maps::{LabelMap, MatchBy, pair};
use super::table::{cell, table};
use super::{Failure, Outcome, output};
use crate::algo::agreement::MOST_READERS;
use crate::app::named_map::NamedMap;
use crate::app::readers::{LabelReaders, compare, consensus_table};
use crate::io::segmentation;
use crate::model::label_grid::LabelGrid;
use crate::model::label_map::LabelMap as Blocks;
use crate::model::segment::{Segment, SegmentTable, default_color};
use crate::model::volume::Rescale;
use crate::model::voxels::Voxels;
use crate::say;

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct ReadersArgs {
    /// Label maps of one image, one a reader.
    #[arg(num_args = 2.., required = true)]
    maps: Vec<PathBuf>,
    /// What makes labels one [default: their names where maps have some in common with the first, else their numbers].
    #[arg(long, value_enum)]
    by: Option<MatchBy>,
    /// Writes the likely truth to FILE: of each voxel the label that is more likely than not (STAPLE).
    #[arg(long, value_name = "FILE")]
    consensus: Option<PathBuf>,
    /// Writes to FILE how many readers give each voxel the label that most of them give it.
    #[arg(long, value_name = "FILE")]
    agreement: Option<PathBuf>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "STAPLE (Warfield, Zou and Wells 2004) takes each label against the rest, over the whole grid. Maps on other grids are sampled on the first one's.\n\nExample:\n  isocenter readers anna.nii.gz ben.nii.gz carla.nii.gz --consensus truth.nii.gz";

#[derive(Serialize)]
struct ReadersJson {
    readers: Vec<String>,
    labels: Vec<LabelReaders>,
    mean: MeanJson,
}

#[derive(Serialize)]
struct MeanJson {
    /// Over all labels and pairs of readers; `null` if there are none.
    dice: Option<f64>,
}

pub(super) fn readers(args: &ReadersArgs, quiet: bool) -> Outcome {
    if args.maps.len() > MOST_READERS {
        return Err(Failure(say!("cli-readers-too-many", most = MOST_READERS)));
    }
    for path in [&args.consensus, &args.agreement].into_iter().flatten() {
        if !segmentation::is_writable_name(path) {
            return Err(Failure(say!("io-labels-format")));
        }
    }
    let mut read = LabelMap::read_all(&args.maps, quiet)?;
    let first = read.remove(0);
    for other in &mut read {
        other.bring_onto(&first, quiet)?;
        pair(&first, other, args.by, quiet)?;
    }
    let open = first.open.clone();
    let maps: Vec<NamedMap> = std::iter::once(first.map)
        .chain(read.into_iter().map(|other| other.map))
        .collect();
    let found = compare(&maps).ok_or_else(|| Failure(say!("cli-compare-nothing")))?;
    let written = |path: &Path, labels: &LabelGrid, table: SegmentTable| -> Outcome {
        let blocks = Blocks::from_dense(labels.dims(), labels.labels());
        let mut volume = open.volume.with_voxels(Voxels::of_labels(vec![blocks])?);
        volume.rescale = Rescale::IDENTITY;
        // A DICOM segmentation says what it was drawn on, and what is made of it says the same.
        let reference = (open.volume.series.format == "dicom").then_some(&open);
        let written = segmentation::save(path, &volume, &table, None, reference)?;
        for warning in written.warnings.into_iter().filter(|_| !quiet) {
            output::complain(&say!("cli-warning", message = warning));
        }
        Ok(())
    };
    if let Some(path) = &args.consensus {
        written(path, &found.consensus, consensus_table(&maps, &found.labels))?;
    }
    if let Some(path) = &args.agreement {
        let segments = (1..=maps.len()).map(|count| {
            let name = say!("cli-readers-agreed", count = count);
            Segment::new(count as u32, name, default_color(count as u32))
        });
        written(path, &found.agreement, SegmentTable::from_segments(segments.collect()))?;
    }
    let dice = found.labels.iter().filter_map(|label| label.mean_dice);
    let count = dice.clone().count();
    let answer = ReadersJson {
        readers: args.maps.iter().map(|path| path.display().to_string()).collect(),
        mean: MeanJson {
            dice: (count > 0).then(|| dice.sum::<f64>() / count as f64),
        },
        labels: found.labels,
    };
    if args.json {
        output::print_json(&answer)
    } else {
        output::print(&readable(&answer))
    }
}

fn readable(answer: &ReadersJson) -> String {
    if answer.labels.is_empty() {
        return say!("cli-compare-nothing");
    }
    let headings = [
        say!("cli-table-label"),
        say!("cli-table-name"),
        say!("cli-table-reader"),
        say!("cli-table-volume"),
        say!("cli-table-mean-dice"),
        say!("cli-table-sensitivity"),
        say!("cli-table-specificity"),
    ];
    let mut rows = Vec::new();
    for label in &answer.labels {
        for (n, reader) in label.readers.iter().enumerate() {
            let own = label.pairs.iter().filter(|pair| pair.a == n || pair.b == n);
            let mean = own.clone().map(|pair| pair.dice).sum::<f64>() / own.count().max(1) as f64;
            rows.push(vec![
                label.label.to_string(),
                label.name.clone(),
                answer.readers.get(n).cloned().unwrap_or_default(),
                cell(Some(reader.volume_ml), 2),
                cell(Some(mean), 4),
                cell(reader.sensitivity, 4),
                cell(reader.specificity, 6),
            ]);
        }
        rows.push(vec![
            label.label.to_string(),
            label.name.clone(),
            say!("cli-readers-consensus"),
            cell(Some(label.consensus_ml), 2),
            cell(label.mean_dice, 4),
            String::new(),
            String::new(),
        ]);
    }
    let mean = say!("cli-readers-mean", dice = cell(answer.mean.dice, 4));
    format!("{}\n{mean}", table(&headings, &rows, 3))
}
