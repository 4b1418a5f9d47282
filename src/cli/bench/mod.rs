//! `isocenter bench`: how long its own stages take on this machine.
//!
//! Every frame is drawn off-screen, finished and read back; no two frames are alike. Pictures that are drawn before the
//! clock runs warm up pipelines and caches.

mod edits;
mod frames;
pub mod interface;
mod presets;
mod segments;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use cpu_time::ProcessTime;
use serde::Serialize;

use super::render::{ModeArg, load_needed, parse_positive, parse_share, parse_size};
use super::{Failure, Outcome, output, parse_numbers, source};
use crate::algo::{occlusion, percentile};
use crate::gpu::Gpu;
use crate::io::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::window::Window;
use crate::say;
use crate::scene::Scene;

use frames::{SliceFrames, VolumeFrames};
use presets::{BenchPreset, parse_preset};

#[derive(Args)]
#[command(after_help = "Example:\n  isocenter bench scan/ --only slices --size 512x512 --frames 60 --json")]
pub(super) struct BenchArgs {
    /// A file or folder.
    path: PathBuf,
    /// Which volume: its number in `info`, or a series UID.
    #[arg(long, value_name = "N|UID")]
    series: Option<String>,
    /// One stage only; the others report nothing.
    #[arg(long, value_enum)]
    only: Option<Stage>,
    /// Width and height of the pictures [default: slices 512x512 and 1024x1024, volumes 512x512].
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    size: Option<[u32; 2]>,
    /// Pictures of each kind [default: slices 60, volumes 20, strokes 10, and 3 times each work on segments].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    frames: Option<u32>,
    /// One view of the slices only.
    #[arg(long, value_enum)]
    view: Option<BenchView>,
    /// Height of the pictures [default: slices 360 mm, volumes as they fit].
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    fov: Option<f64>,
    /// Thickness of slabs, of which the slices show the highest values.
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    slab: Option<f64>,
    /// Centre and width.
    #[arg(long, value_name = "C,W", default_value = "220,760", allow_hyphen_values = true, value_parser = parse_numbers::<2>)]
    window: [f64; 2],
    /// What the volume pictures make of the values along a ray.
    #[arg(long, value_enum, default_value_t = ModeArg::Mip)]
    mode: ModeArg,
    /// Colours and opacities of the volume pictures: `vtk-ct`, `vtk-mr`, or a preset of the program.
    #[arg(long, value_name = "NAME", default_value = "vtk-ct", value_parser = parse_preset)]
    preset: BenchPreset,
    /// Lights surfaces.
    #[arg(long, overrides_with = "no_shade")]
    shade: bool,
    /// Shows colours as they are, without light.
    #[arg(long)]
    no_shade: bool,
    /// How dark crevices of lit volumes become, 0 to 1.
    #[arg(long, value_name = "0..1", default_value_t = 0.0, value_parser = parse_share)]
    occlusion: f32,
    /// Distance of the samples along a ray [default: half the shortest voxel edge].
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    step: Option<f64>,
    /// A label map on the volume's grid, for work on segments: overlaps, surfaces, filling, growing and the rest.
    #[arg(long, value_name = "SEG")]
    labels: Option<PathBuf>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl BenchArgs {
    /// Whether it is the window's to measure.
    pub(super) fn is_of_interface(&self) -> bool {
        self.only == Some(Stage::Interface)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    Load,
    Slices,
    Volumes,
    Edits,
    Segments,
    Interface,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
enum BenchView {
    Axial,
    Coronal,
    Sagittal,
    Oblique,
}

#[derive(Default, Serialize)]
struct Report {
    adapter: Option<String>,
    driver: Option<String>,
    backend: Option<String>,
    volume: VolumeReport,
    scan_ms: Option<f64>,
    load_ms: Option<f64>,
    load_cpu_ms: Option<f64>,
    load_peak_rss_bytes: Option<u64>,
    upload_ms: Option<f64>,
    gpu_bytes: Option<u64>,
    first_picture_ms: Option<f64>,
    slices: Vec<SliceReport>,
    volumes: Vec<VolumesReport>,
    edits: Vec<Timed>,
    segments: Vec<Timed>,
    peak_rss_bytes: Option<u64>,
}

/// Milliseconds of a piece of work.
#[derive(Clone, Debug, Serialize)]
struct Timed {
    what: String,
    median_ms: f64,
    /// Of the whole process, all threads.
    cpu_ms: f64,
}

#[derive(Default, Serialize)]
struct VolumeReport {
    dims: [usize; 3],
    bytes: usize,
}

#[derive(Serialize)]
struct SliceReport {
    view: BenchView,
    size: [u32; 2],
    interpolation: &'static str,
    slab_mm: Option<f64>,
    #[serde(flatten)]
    times: Times,
}

#[derive(Serialize)]
struct VolumesReport {
    mode: &'static str,
    shaded: bool,
    size: [u32; 2],
    step_mm: f64,
    preset: Option<String>,
    /// How long it took to find where crevices are, where they are dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    occlusion_ms: Option<f64>,
    #[serde(flatten)]
    times: Times,
}

/// Milliseconds of a frame.
#[derive(Clone, Copy, Debug, Serialize)]
struct Times {
    frames: u32,
    median_ms: f64,
    p95_ms: f64,
    /// Of the whole process, all threads, a frame.
    cpu_ms: f64,
}

pub(super) fn bench(args: &BenchArgs, quiet: bool) -> Outcome {
    let runs = |stage| args.only.is_none_or(|only| only == stage);
    let mut report = Report::default();
    let open = load(args, quiet, &mut report)?;
    if !runs(Stage::Load) {
        (
            report.scan_ms,
            report.load_ms,
            report.load_cpu_ms,
            report.load_peak_rss_bytes,
        ) = (None, None, None, None);
    }
    if runs(Stage::Load) {
        report.first_picture_ms = Some(first_picture_ms(args, quiet)?);
    }
    if runs(Stage::Slices) || runs(Stage::Volumes) || runs(Stage::Edits) {
        draw(args, &open, &runs, &mut report)?;
    }
    match &args.labels {
        Some(labels) if runs(Stage::Segments) => {
            report.segments = segments::segments(&open.volume, labels, args.frames.unwrap_or(3), quiet)?;
        }
        None if args.only == Some(Stage::Segments) => return Err(Failure(say!("cli-bench-no-labels"))),
        _ => {}
    }
    report.peak_rss_bytes = peak_rss_bytes();
    if args.json {
        output::print_json(&report)
    } else {
        output::print(&readable(&report))
    }
}

/// Scans and decodes everything, and notes what it took.
fn load(args: &BenchArgs, quiet: bool, report: &mut Report) -> Result<OpenVolume, Failure> {
    let (begun, cpu) = (Instant::now(), ProcessTime::now());
    let open = source::open_one(&args.path, args.series.as_deref(), quiet)?;
    report.scan_ms = Some(ms(begun));
    source::load(&open, quiet)?;
    report.load_ms = Some(ms(begun));
    report.load_cpu_ms = Some(cpu.elapsed().as_secs_f64() * 1e3);
    report.load_peak_rss_bytes = peak_rss_bytes();
    report.volume = VolumeReport {
        dims: open.volume.dims(),
        bytes: open.volume.voxels.byte_size(),
    };
    Ok(open)
}

/// From nothing to the picture of the middle slice, with the files already in the system's cache.
fn first_picture_ms(args: &BenchArgs, quiet: bool) -> Result<f64, Failure> {
    let begun = Instant::now();
    let open = source::open_one(&args.path, args.series.as_deref(), true)?;
    let Some(geometry) = open.volume.geometry() else {
        return Err(no_place());
    };
    let from_file = open.volume.windows.first().map(|named| named.window);
    let scene = |window| frames::middle_slice(&open.volume, geometry, window);
    let auto = if from_file.is_some() {
        BTreeSet::new()
    } else {
        percentile::auto_window_slabs(&open.volume, 0)
    };
    load_needed(&open, &scene(Window::linear(0.0, 1.0)), auto, quiet)?;
    let window = from_file
        .or_else(|| percentile::auto_window(&open.volume, 0))
        .unwrap_or(Window::linear(128.0, 256.0));
    Gpu::headless()?.picture(&scene(window))?;
    Ok(ms(begun))
}

fn draw(args: &BenchArgs, open: &OpenVolume, runs: &dyn Fn(Stage) -> bool, report: &mut Report) -> Outcome {
    let volume = &open.volume;
    let Some(geometry) = volume.geometry() else {
        return Err(no_place());
    };
    let mut gpu = Gpu::headless()?;
    let adapter = gpu.adapter();
    report.adapter = Some(adapter.name.clone());
    report.driver = Some(adapter.driver.clone());
    report.backend = Some(adapter.backend.clone());
    let window = Window::linear(args.window[0], args.window[1]);
    let begun = Instant::now();
    gpu.upload(&frames::middle_slice(volume, geometry, window))?;
    report.upload_ms = Some(ms(begun));
    report.gpu_bytes = Some(gpu.resident_bytes());
    if runs(Stage::Slices) {
        let sizes = args
            .size
            .map_or_else(|| vec![[512, 512], [1024, 1024]], |size| vec![size]);
        let views = args.view.map_or_else(
            || vec![BenchView::Axial, BenchView::Sagittal, BenchView::Oblique],
            |view| vec![view],
        );
        for view in views {
            for size in &sizes {
                let frames = SliceFrames {
                    volume,
                    geometry,
                    view,
                    size: *size,
                    fov_mm: args.fov.unwrap_or(frames::SLICE_FOV_MM),
                    slab_mm: args.slab,
                    window,
                    count: args.frames.unwrap_or(60),
                };
                let times = timed(&mut gpu, frames.count, |n| frames.scene(n))?;
                report.slices.push(SliceReport {
                    view,
                    size: *size,
                    interpolation: "linear",
                    slab_mm: args.slab,
                    times,
                });
            }
        }
    }
    if runs(Stage::Edits) {
        let strokes = args.frames.unwrap_or(10);
        report.edits = edits::edits(&mut gpu, volume, geometry, window, strokes)?;
    }
    if runs(Stage::Volumes) {
        report.volumes.push(volumes(args, &mut gpu, open, geometry)?);
    }
    Ok(())
}

fn volumes(args: &BenchArgs, gpu: &mut Gpu, open: &OpenVolume, geometry: &Geometry) -> Result<VolumesReport, Failure> {
    let mut frames = VolumeFrames {
        volume: &open.volume,
        geometry,
        size: args.size.unwrap_or([512, 512]),
        fov_mm: args.fov,
        window: Window::linear(args.window[0], args.window[1]),
        mode: args.mode.mode(),
        transfer: Arc::new(args.preset.function.clone()),
        iso: args.preset.iso,
        is_shaded: args.shade || !args.no_shade,
        occlusion: (f64::from(args.occlusion), None),
        step_mm: args.step.unwrap_or(geometry.shortest_edge_mm() / 2.0),
        count: args.frames.unwrap_or(20),
    };
    let begun = Instant::now();
    if let Scene::Volume(mut scene) = frames.scene(0) {
        occlusion::add(&mut scene);
        frames.occlusion.1 = scene.layers.pop().and_then(|layer| layer.occlusion);
    }
    let occlusion_ms = frames.occlusion.1.is_some().then(|| ms(begun));
    let times = timed(gpu, frames.count, |n| frames.scene(n))?;
    Ok(VolumesReport {
        occlusion_ms,
        mode: args.mode.name(),
        shaded: !frames.mode.is_projection() && frames.is_shaded,
        size: frames.size,
        step_mm: frames.step_mm,
        preset: (!frames.mode.is_projection()).then(|| args.preset.name.clone()),
        times,
    })
}

/// Draws frames 0 to `count` and reads each back.
fn timed(gpu: &mut Gpu, count: u32, scene: impl Fn(u32) -> Scene) -> Result<Times, Failure> {
    const WARM_UP: u32 = 3;
    for n in 0..WARM_UP.min(count) {
        gpu.picture(&scene(n))?;
    }
    let cpu = ProcessTime::now();
    let mut times = Vec::new();
    for n in 0..count {
        let begun = Instant::now();
        gpu.picture(&scene(n))?;
        times.push(ms(begun));
    }
    let cpu_ms = cpu.elapsed().as_secs_f64() * 1e3 / f64::from(count);
    let mut at = |percent| percentile::percentile(&mut times, percent).unwrap_or(f64::NAN);
    Ok(Times {
        frames: count,
        median_ms: at(50.0),
        p95_ms: at(95.0),
        cpu_ms,
    })
}

fn no_place() -> Failure {
    Failure(say!("cli-view-without-space"))
}

fn ms(since: Instant) -> f64 {
    ms_of(since.elapsed())
}

fn ms_of(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The most memory that the process has held so far, where the system tells (Linux).
fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

fn readable(report: &Report) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"));
    let mut lines = vec![say!(
        "cli-bench-load",
        dims = report.volume.dims.map(|side| side.to_string()).join(" × "),
        scan = number(report.scan_ms),
        load = number(report.load_ms),
        first = number(report.first_picture_ms),
        upload = number(report.upload_ms)
    )];
    lines.extend(report.adapter.clone());
    let line = |what: String, [width, height]: [u32; 2], times: &Times| {
        say!(
            "cli-bench-frames",
            what = what,
            size = format!("{width}x{height}"),
            median = format!("{:.2}", times.median_ms),
            p95 = format!("{:.2}", times.p95_ms),
            cpu = format!("{:.2}", times.cpu_ms)
        )
    };
    lines.extend(
        report
            .slices
            .iter()
            .map(|slice| line(format!("{:?}", slice.view).to_lowercase(), slice.size, &slice.times)),
    );
    lines.extend(
        report
            .volumes
            .iter()
            .map(|volume| line(volume.mode.to_owned(), volume.size, &volume.times)),
    );
    lines.extend(report.edits.iter().chain(&report.segments).map(|work| {
        say!(
            "cli-bench-work",
            what = work.what.clone(),
            median = format!("{:.2}", work.median_ms),
            cpu = format!("{:.2}", work.cpu_ms)
        )
    }));
    lines.join("\n")
}
