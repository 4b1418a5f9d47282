//! `isocenter stats`: what is measured of every segment of a label map, and what an image has in it.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::label_maps::LabelMap;
use super::table::{cell, table};
use super::{Failure, Outcome, output, source};
use crate::app::label_statistics::{SegmentStatistics, statistics, to_csv};
use crate::app::overlays::{overlaps, same_grid};
use crate::io::save::write_atomically;
use crate::say;

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct StatsArgs {
    /// The image: a file or folder.
    path: PathBuf,
    /// The segmentation: a label map.
    #[arg(long, value_name = "SEG")]
    labels: PathBuf,
    /// Which volume is the image: its number in `info`, or a series UID.
    #[arg(long, value_name = "N|UID")]
    series: Option<String>,
    /// The time point of the image.
    #[arg(long, default_value_t = 0)]
    frame: usize,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
    /// Writes a table of comma-separated values besides.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

const AFTER_HELP: &str = "Where the image lies on another grid, it is sampled between its voxels at the centres of the segmentation's. Diameters reach half a voxel beyond the outermost voxel centres along each axis; the axial ones lie in the planes of the grid that are nearest to axial, the perpendicular one in the same plane as the longest. The surface is estimated from voxel faces and normals, without a mesh; a sphere's is right within 2 %, what is one or two voxels thin is less certain.\n\nExample:\n  isocenter stats ct/ --labels organs.nii.gz --csv organs.csv";

#[derive(Serialize)]
struct StatsJson {
    segments: Vec<SegmentStatistics>,
}

pub(super) fn stats(args: &StatsArgs, quiet: bool) -> Outcome {
    let image = source::open_one(&args.path, args.series.as_deref(), quiet)?;
    let volume = &image.volume;
    let shown = args.path.display().to_string();
    if args.frame >= volume.voxels.frames() {
        return Err(Failure(say!(
            "cli-no-such-frame",
            frame = args.frame,
            count = volume.voxels.frames()
        )));
    }
    if volume.geometry().is_none() {
        return Err(Failure(say!("cli-labels-without-space", path = shown)));
    }
    let labels = LabelMap::read_on(&args.labels, volume, quiet)?;
    let map_volume = &labels.open.volume;
    if !overlaps(volume, map_volume) {
        return Err(Failure(say!(
            "cli-overlay-elsewhere",
            path = args.labels.display().to_string()
        )));
    }
    if !quiet && !same_grid(volume, map_volume) {
        output::complain(&say!("cli-stats-other-grid", path = shown.clone()));
    }
    source::load(&image, quiet)?;
    let segments = statistics(&labels.map, map_volume, volume, args.frame)
        .ok_or_else(|| Failure(say!("cli-stats-no-values", path = shown)))?;
    let without: u64 = segments
        .iter()
        .map(|one| one.voxels - one.measured.min(one.voxels))
        .sum();
    if without > 0 && !quiet {
        output::complain(&say!("cli-stats-without-value", count = without));
    }
    if let Some(path) = &args.csv {
        write_atomically(path, |out| out.write_all(to_csv(&segments).as_bytes()))?;
    }
    if args.json {
        output::print_json(&StatsJson { segments })
    } else {
        output::print(&readable(&segments))
    }
}

fn readable(segments: &[SegmentStatistics]) -> String {
    if segments.is_empty() {
        return say!("cli-stats-nothing");
    }
    let headings = [
        say!("cli-table-label"),
        say!("cli-table-name"),
        say!("cli-table-voxels"),
        say!("cli-table-volume"),
        say!("cli-table-mean"),
        say!("cli-table-sd"),
        say!("cli-table-min"),
        say!("cli-table-median"),
        say!("cli-table-max"),
        say!("cli-table-p5"),
        say!("cli-table-p95"),
        say!("cli-table-axial"),
        say!("cli-table-perpendicular"),
        say!("cli-table-longest"),
        say!("cli-table-surface"),
        say!("cli-table-sphericity"),
    ];
    let row = |one: &SegmentStatistics| {
        let mut cells = vec![one.label.to_string(), one.name.clone(), one.voxels.to_string()];
        cells.push(cell(Some(one.volume_ml), 2));
        cells.extend([one.mean, one.sd].map(|value| cell(value, 2)));
        cells.extend([one.min, one.median, one.max, one.p5, one.p95].map(|value| cell(value, 1)));
        let lengths = [
            one.longest_axial_diameter_mm,
            one.perpendicular_mm,
            one.longest_diameter_mm,
        ];
        cells.extend(lengths.map(|length| cell(length, 1)));
        cells.push(cell(one.surface_mm2.map(|mm2| mm2 / 100.0), 1));
        cells.push(cell(one.sphericity, 3));
        cells
    };
    table(&headings, &segments.iter().map(row).collect::<Vec<_>>(), 2)
}
