//! `isocenter measure`: lengths of points in a file, in an image.

use std::path::PathBuf;

use clap::Args;
use glam::DVec3;
use serde::Serialize;

use super::{Failure, Outcome, output, source};
use crate::app::measurements::quantity_text;
use crate::io::measurements::{self, Listed};
use crate::model::measurement::{Measurement, Space};
use crate::model::volume::Volume;
use crate::say;

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct MeasureArgs {
    /// A file or folder.
    path: PathBuf,
    /// What to measure: a list of points, or a file of measurements that the window wrote.
    points: PathBuf,
    /// Which volume: its number in `info`, or a series UID.
    #[arg(long, value_name = "N|UID")]
    series: Option<String>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "The list of points is JSON:\n  [{\"name\": \"long axis\", \"kind\": \"length\", \"points\": [[x, y, z], [x, y, z]]}]\nPoints are places of the patient (LPS mm); with \"space\": \"voxel\" they are voxel indices; of pictures that have no place in space they are column, row and picture, counted from 0, with \"space\": \"picture\".\n\nExample:\n  isocenter measure scan/ points.json --json\n  isocenter measure scan/ scan/isocenter-measurements.json";

/// No honest file is larger.
const MAX_BYTES: u64 = 64 << 20;

#[derive(Serialize)]
struct MeasureJson {
    series_uid: String,
    measurements: Vec<ValueJson>,
}

#[derive(Serialize)]
struct ValueJson {
    name: String,
    kind: &'static str,
    value: f64,
    unit: &'static str,
    /// `null` where the image has no place in space.
    points_lps: Option<Vec<[f64; 3]>>,
    points_voxel: Vec<[f64; 3]>,
}

pub(super) fn measure(args: &MeasureArgs, quiet: bool) -> Outcome {
    let open = source::open_one(&args.path, args.series.as_deref(), quiet)?;
    let bytes = read(args)?;
    let key = measurements::key_of(&open);
    let listed = measurements::from_json(&bytes, &key, &open.volume).map_err(|why| unusable(args, why))?;
    let all: Vec<Measurement> = listed.into_iter().map(Listed::measurement).collect();
    if args.json {
        return output::print_json(&MeasureJson {
            series_uid: open.volume.series.series_uid.clone(),
            measurements: all.iter().map(|one| value(one, &open.volume)).collect(),
        });
    }
    let placement = &open.volume.placement;
    let line = |one: &Measurement| format!("{}\t{}", quantity_text(one.quantity(placement), placement), one.name);
    let lines: Vec<String> = all.iter().map(|one| line(one).trim_end().to_owned()).collect();
    output::print(&lines.join("\n"))
}

fn read(args: &MeasureArgs) -> Result<Vec<u8>, Failure> {
    let size = std::fs::metadata(&args.points).map_err(|err| unusable(args, crate::io::plain(&err)))?;
    if !size.is_file() || size.len() > MAX_BYTES {
        return Err(unusable(args, say!("io-not-a-file")));
    }
    std::fs::read(&args.points).map_err(|err| unusable(args, crate::io::plain(&err)))
}

fn unusable(args: &MeasureArgs, why: String) -> Failure {
    Failure(say!(
        "io-cannot-open",
        path = args.points.display().to_string(),
        why = why
    ))
}

fn value(one: &Measurement, volume: &Volume) -> ValueJson {
    let quantity = one.quantity(&volume.placement);
    let points = one.shape.points();
    let (lps, voxel) = match (one.space, volume.geometry()) {
        (Space::Patient, Some(geometry)) => (
            Some(points.to_vec()),
            points.iter().map(|point| geometry.voxel_at(*point)).collect(),
        ),
        _ => (None, points.to_vec()),
    };
    ValueJson {
        name: one.name.clone(),
        kind: one.shape.kind(),
        value: quantity.value,
        unit: quantity.unit.symbol(),
        points_lps: lps.map(|points| points.iter().map(DVec3::to_array).collect()),
        points_voxel: voxel.iter().map(DVec3::to_array).collect(),
    }
}
