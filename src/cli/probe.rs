//! `isocenter probe`: values at voxels (as stored there) and at places of the patient (trilinear).

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{ArgMatches, Args};
use glam::DVec3;
use serde::Serialize;

use super::{Failure, Outcome, output, parse_numbers, source};
use crate::algo::sample;
use crate::model::volume::{Value, Volume};
use crate::say;
use crate::scene::Interpolation;

#[derive(Args)]
#[command(after_help = "Example:\n  isocenter probe scan/ --voxel 256,256,40 --at -12.5,30,812.5 --json")]
pub(super) struct ProbeArgs {
    /// A file or folder.
    path: PathBuf,
    /// A voxel: i,j,k or, in time, i,j,k,t (may be given again).
    #[arg(long, value_name = "I,J,K", allow_hyphen_values = true, value_parser = parse_voxel)]
    voxel: Vec<VoxelArg>,
    /// A place in LPS mm: x,y,z (may be given again).
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_numbers::<3>)]
    at: Vec<[f64; 3]>,
    /// Which volume: its number in `info`, or a series UID.
    #[arg(long, value_name = "N|UID")]
    series: Option<String>,
    /// The time point of all points that do not name one.
    #[arg(long, default_value_t = 0)]
    frame: usize,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug)]
struct VoxelArg {
    index: [i64; 3],
    frame: Option<usize>,
}

fn parse_voxel(text: &str) -> Result<VoxelArg, String> {
    let whole = |number: f64| {
        if number.fract() == 0.0 && number.abs() < 1e15 {
            Ok(number as i64)
        } else {
            Err(say!("cli-not-an-index", word = text.to_owned()))
        }
    };
    if text.split(',').count() == 4 {
        let [i, j, k, t] = parse_numbers::<4>(text)?;
        let frame = usize::try_from(whole(t)?).map_err(|_| say!("cli-not-an-index", word = text.to_owned()))?;
        return Ok(VoxelArg {
            index: [whole(i)?, whole(j)?, whole(k)?],
            frame: Some(frame),
        });
    }
    let [i, j, k] = parse_numbers::<3>(text)?;
    Ok(VoxelArg {
        index: [whole(i)?, whole(j)?, whole(k)?],
        frame: None,
    })
}

/// In which order the points were asked: for each, whether it is a voxel.
pub(super) fn asked_order(matches: &ArgMatches) -> Vec<bool> {
    let Some(matches) = matches.subcommand_matches("probe") else {
        return Vec::new();
    };
    let places = |name, is_voxel| {
        matches
            .indices_of(name)
            .into_iter()
            .flatten()
            .map(move |place| (place, is_voxel))
    };
    let mut order: Vec<(usize, bool)> = places("voxel", true).chain(places("at", false)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, is_voxel)| is_voxel).collect()
}

#[derive(Serialize)]
struct ProbeJson {
    series_uid: String,
    unit: Option<String>,
    points: Vec<PointJson>,
}

#[derive(Serialize)]
struct PointJson {
    voxel: Option<[f64; 3]>,
    lps: Option<[f64; 3]>,
    frame: usize,
    value: ValueJson,
}

/// A number, three of a colour, or `null` outside. What is no number in JSON (NaN) is `null` too.
#[derive(Serialize)]
#[serde(untagged)]
enum ValueJson {
    Scalar(Option<f64>),
    Rgb([f64; 3]),
}

/// A point that was asked for, in both coordinates where there are both.
struct Point {
    voxel: Option<DVec3>,
    lps: Option<DVec3>,
    frame: usize,
    interpolation: Interpolation,
}

pub(super) fn probe(args: &ProbeArgs, order: &[bool], quiet: bool) -> Outcome {
    let open = source::open_one(&args.path, args.series.as_deref(), quiet)?;
    let volume = &open.volume;
    let mut voxels = args.voxel.iter();
    let mut places = args.at.iter();
    let mut points = Vec::new();
    for is_voxel in order {
        let point = if *is_voxel {
            voxels.next().map(|voxel| Ok(at_voxel(volume, voxel, args.frame)))
        } else {
            places.next().map(|at| at_place(volume, *at, args.frame))
        };
        points.extend(point.transpose()?);
    }
    if let Some(point) = points.iter().find(|point| point.frame >= volume.voxels.frames()) {
        return Err(Failure(say!(
            "cli-no-such-frame",
            frame = point.frame,
            count = volume.voxels.frames()
        )));
    }
    source::load_slabs(&open, &slabs(volume, &points), quiet)?;
    let answer = ProbeJson {
        series_uid: volume.series.series_uid.clone(),
        unit: volume.unit.clone(),
        points: points
            .iter()
            .map(|point| PointJson {
                voxel: point.voxel.map(|v| v.to_array()),
                lps: point.lps.map(|p| p.to_array()),
                frame: point.frame,
                value: json(value(volume, point)),
            })
            .collect(),
    };
    if args.json {
        output::print_json(&answer)
    } else {
        output::print(&readable(&answer))
    }
}

fn at_voxel(volume: &Volume, asked: &VoxelArg, frame: usize) -> Point {
    let voxel = DVec3::from_array(asked.index.map(|index| index as f64));
    Point {
        voxel: Some(voxel),
        lps: volume.geometry().map(|geometry| geometry.patient_at(voxel)),
        frame: asked.frame.unwrap_or(frame),
        interpolation: Interpolation::Nearest,
    }
}

fn at_place(volume: &Volume, lps: [f64; 3], frame: usize) -> Result<Point, Failure> {
    let geometry = volume
        .geometry()
        .ok_or_else(|| Failure(say!("cli-place-without-space")))?;
    let lps = DVec3::from_array(lps);
    Ok(Point {
        voxel: Some(geometry.voxel_at(lps)),
        lps: Some(lps),
        frame,
        interpolation: Interpolation::Linear,
    })
}

/// The slabs in which the points lie, and the slices on both sides of them.
fn slabs(volume: &Volume, points: &[Point]) -> BTreeSet<usize> {
    let depth = volume.dims()[2];
    let of_point = |point: &Point| {
        let at = point.voxel.map_or(f64::NAN, |voxel| voxel.z);
        let near = [at.floor(), at.ceil()]
            .into_iter()
            .filter(|k| k.is_finite() && *k > -2.0 && *k < depth as f64 + 1.0);
        near.map(|k| {
            volume
                .voxels
                .slab_of(k.clamp(0.0, depth as f64 - 1.0) as usize, point.frame)
        })
        .collect::<Vec<_>>()
    };
    points.iter().flat_map(of_point).collect()
}

fn value(volume: &Volume, point: &Point) -> Option<Value> {
    sample::value_at(volume, point.voxel?, point.frame, point.interpolation)
}

fn json(value: Option<Value>) -> ValueJson {
    match value {
        Some(Value::Rgb(rgb)) => ValueJson::Rgb(rgb),
        Some(Value::Scalar(number)) => ValueJson::Scalar(number.is_finite().then_some(number)),
        None => ValueJson::Scalar(None),
    }
}

fn readable(answer: &ProbeJson) -> String {
    let listed =
        |numbers: Option<[f64; 3]>| numbers.map_or_else(|| "-".to_owned(), |[x, y, z]| format!("{x:.3},{y:.3},{z:.3}"));
    let line = |point: &PointJson| {
        let value = match &point.value {
            ValueJson::Scalar(Some(number)) => {
                format!("{number} {}", answer.unit.as_deref().unwrap_or(""))
            }
            ValueJson::Scalar(None) => say!("cli-outside"),
            ValueJson::Rgb([r, g, b]) => format!("{r},{g},{b}"),
        };
        format!("{}\t{}\t{}", listed(point.voxel), listed(point.lps), value.trim_end())
    };
    answer.points.iter().map(line).collect::<Vec<_>>().join("\n")
}
