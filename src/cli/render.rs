//! `isocenter render`: one picture as a PNG, drawn by the same code as the panes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use glam::{DVec2, DVec3};

use super::annotations::annotate;
use super::{Failure, Outcome, output, parse_numbers, source};
use crate::algo::needed_slabs::needed_slabs;
use crate::algo::percentile;
use crate::app::presets;
use crate::gpu::Gpu;
use crate::io::OpenVolume;
use crate::io::png::write_png;
use crate::model::color_map::ColorMap;
use crate::model::geometry::Geometry;
use crate::model::plane::{Axes, Plane, View};
use crate::model::volume::Volume;
use crate::model::window::{Window, WindowFunction};
use crate::say;
use crate::scene::{
    Camera, ImageLayer, Interpolation, Projection, Scene, Slab, SlabMode, SliceScene, StackScene,
    VolumeScene,
};

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isocenter render scan/ --out axial.png --view axial --at 0,10,-35 --window 40,400\n  isocenter render scan/ --out lung.png --view coronal --slab 8 --slab-mode mip --window lung\n  isocenter render scan/ --out mip.png --view volume --mode mip --camera 30,10"
)]
pub(super) struct RenderArgs {
    /// A file or folder.
    path: PathBuf,
    /// Where to write the picture.
    #[arg(long, short, value_name = "FILE.png", value_parser = parse_png)]
    out: PathBuf,
    /// Which volume: its number in `info`, or a series UID.
    #[arg(long, value_name = "N|UID")]
    series: Option<String>,
    /// From where [default: axial; stack, if the pictures have no place in space].
    #[arg(long, value_enum)]
    view: Option<ViewArg>,
    /// The place in the middle of the picture, LPS mm [default: the volume's centre].
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_numbers::<3>)]
    at: Option<[f64; 3]>,
    /// Width and height in pixels.
    #[arg(long, value_name = "WxH", default_value = "512x512", value_parser = parse_size)]
    size: [u32; 2],
    /// Height of the picture in mm [default: the volume fits].
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    fov: Option<f64>,
    /// Centre and width, the name of a preset, or `auto` [default: the file's first window, else auto].
    #[arg(long, value_name = "C,W|PRESET|auto", allow_hyphen_values = true, value_parser = parse_window)]
    window: Option<WindowArg>,
    /// How values between voxels are found.
    #[arg(long, value_enum, default_value_t = InterpolationArg::Linear)]
    interpolation: InterpolationArg,
    /// The direction of view of an oblique plane.
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_numbers::<3>, required_if_eq("view", "oblique"))]
    normal: Option<[f64; 3]>,
    /// What is up in an oblique plane.
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_numbers::<3>, required_if_eq("view", "oblique"))]
    up: Option<[f64; 3]>,
    /// Thickness of a slab.
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    slab: Option<f64>,
    /// What a slab shows of the values across it.
    #[arg(long, value_enum, default_value_t = SlabModeArg::Mip, requires = "slab")]
    slab_mode: SlabModeArg,
    /// Colours instead of grey.
    #[arg(long, value_name = "NAME", value_parser = parse_color_map)]
    colormap: Option<Arc<ColorMap>>,
    /// Which time point, from 0.
    #[arg(long, value_name = "T", default_value_t = 0)]
    frame: usize,
    /// Which stored slice `--view stack` shows, from 0 [default: the middle].
    #[arg(long, value_name = "K")]
    slice: Option<usize>,
    /// What `--view volume` makes of the values along a ray.
    #[arg(long, value_enum, default_value_t = ModeArg::Mip)]
    mode: ModeArg,
    /// Where `--view volume` looks from: degrees to the patient's left, degrees up, and how much closer.
    #[arg(long, value_name = "AZIMUTH,ELEVATION[,ZOOM]", default_value = "0,0", allow_hyphen_values = true, value_parser = parse_camera)]
    camera: CameraArg,
    /// Distance of the samples of `--view volume` [default: half the shortest voxel edge].
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    step: Option<f64>,
    /// What lies behind a volume; projections stand on black.
    #[arg(long, value_name = "#RRGGBB", default_value = "#000000", value_parser = ["#000000"])]
    background: String,
    /// Writes orientation letters, a scale bar and text onto the picture.
    #[arg(long)]
    annotations: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ViewArg {
    Axial,
    Coronal,
    Sagittal,
    Oblique,
    Stack,
    Volume,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InterpolationArg {
    Nearest,
    Linear,
    Cubic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SlabModeArg {
    Mip,
    Minip,
    Mean,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ModeArg {
    Mip,
    Minip,
    Average,
}

impl ModeArg {
    /// What is made of the samples.
    pub(super) fn projection(self) -> Projection {
        match self {
            Self::Mip => Projection::Mip,
            Self::Minip => Projection::MinIp,
            Self::Average => Projection::Average,
        }
    }

    /// Its name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mip => "mip",
            Self::Minip => "minip",
            Self::Average => "average",
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum WindowArg {
    Auto,
    Given { center: f64, width: f64 },
    Preset(Window),
}

#[derive(Clone, Copy, Debug)]
struct CameraArg {
    azimuth_deg: f64,
    elevation_deg: f64,
    zoom: f64,
}

fn parse_png(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_png = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
    if is_png {
        Ok(path)
    } else {
        Err(say!("cli-not-a-png"))
    }
}

pub(super) fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let side = |side: &str| side.trim().parse::<u32>().ok().filter(|side| *side > 0);
    let sides = text
        .split_once(['x', 'X'])
        .and_then(|(width, height)| Some([side(width)?, side(height)?]));
    sides.ok_or_else(|| say!("cli-not-a-size", word = text.to_owned()))
}

pub(super) fn parse_positive(text: &str) -> Result<f64, String> {
    let [number] = parse_numbers::<1>(text)?;
    if number > 0.0 {
        Ok(number)
    } else {
        Err(say!("cli-not-positive", word = text.to_owned()))
    }
}

fn parse_window(text: &str) -> Result<WindowArg, String> {
    if text == "auto" {
        return Ok(WindowArg::Auto);
    }
    if let Some(preset) = presets::window_preset(text) {
        return Ok(WindowArg::Preset(preset.window()));
    }
    if !text.contains(',') {
        return Err(say!("cli-no-such-preset", name = text.to_owned()));
    }
    let [center, width] = parse_numbers::<2>(text)?;
    if width > 0.0 {
        Ok(WindowArg::Given { center, width })
    } else {
        Err(say!("cli-not-positive", word = width.to_string()))
    }
}

fn parse_color_map(name: &str) -> Result<Arc<ColorMap>, String> {
    presets::color_map(name)
        .cloned()
        .ok_or_else(|| say!("cli-no-such-color-map", name = name.to_owned()))
}

fn parse_camera(text: &str) -> Result<CameraArg, String> {
    let (azimuth_deg, elevation_deg, zoom) = if text.split(',').count() == 3 {
        let [azimuth, elevation, zoom] = parse_numbers::<3>(text)?;
        (azimuth, elevation, zoom)
    } else {
        let [azimuth, elevation] = parse_numbers::<2>(text)?;
        (azimuth, elevation, 1.0)
    };
    if zoom > 0.0 {
        Ok(CameraArg {
            azimuth_deg,
            elevation_deg,
            zoom,
        })
    } else {
        Err(say!("cli-not-positive", word = zoom.to_string()))
    }
}

pub(super) fn render(args: &RenderArgs, quiet: bool) -> Outcome {
    let open = source::open_one(&args.path, args.series.as_deref(), quiet)?;
    let volume = &open.volume;
    if args.frame >= volume.voxels.frames() {
        return Err(Failure(say!(
            "cli-no-such-frame",
            frame = args.frame,
            count = volume.voxels.frames()
        )));
    }
    // Which voxels are needed does not depend on the window, and the window may depend on voxels.
    let unwindowed = scene(args, layer(args, volume, Window::linear(128.0, 256.0)))?;
    load_needed(&open, &unwindowed, window_slabs(args, volume), quiet)?;
    let scene = scene(args, layer(args, volume, window(args, volume)))?;
    let mut gpu = Gpu::headless()?;
    let mut picture = gpu.picture(&scene)?;
    let notice = gpu
        .level(volume, args.frame)
        .and_then(|level| level.notice(volume.dims()));
    if let Some(notice) = notice
        && !quiet
    {
        output::complain(&say!("cli-warning", message = notice));
    }
    if args.annotations {
        annotate(&mut picture, &scene)?;
    }
    Ok(write_png(&args.out, scene.size(), &picture)?)
}

/// Decodes what a scene shows, and some slabs besides, and nothing else.
pub(super) fn load_needed(
    open: &OpenVolume,
    scene: &Scene,
    mut slabs: BTreeSet<usize>,
    quiet: bool,
) -> Outcome {
    slabs.extend(needed_slabs(scene).into_iter().flatten());
    if slabs.len() == open.volume.voxels.slab_count() {
        source::load(open, quiet).map(|_| ())
    } else {
        source::load_slabs(open, &slabs, quiet)
    }
}

/// The slabs from which the window is taken, if it is taken from values.
fn window_slabs(args: &RenderArgs, volume: &Volume) -> BTreeSet<usize> {
    let is_auto = match args.window {
        Some(WindowArg::Auto) => true,
        Some(WindowArg::Given { .. } | WindowArg::Preset(_)) => false,
        None => volume.windows.is_empty(),
    };
    if is_auto {
        percentile::auto_window_slabs(volume, args.frame)
    } else {
        BTreeSet::new()
    }
}

fn window(args: &RenderArgs, volume: &Volume) -> Window {
    let from_file = volume.windows.first().map(|named| named.window);
    let auto = || percentile::auto_window(volume, args.frame);
    match args.window {
        Some(WindowArg::Given { center, width }) => Window {
            center,
            width,
            function: asked_function(volume),
        },
        Some(WindowArg::Preset(window)) => window,
        Some(WindowArg::Auto) => auto().unwrap_or(Window::linear(128.0, 256.0)),
        None => from_file
            .or_else(auto)
            .unwrap_or(Window::linear(128.0, 256.0)),
    }
}

/// The curve of a window that is given as centre and width: LINEAR, unless a DICOM file names another (VOI LUT
/// Function, PS3.3 C.11.2.1.3). Other formats only have a range.
fn asked_function(volume: &Volume) -> WindowFunction {
    let from_file = volume
        .windows
        .first()
        .filter(|_| volume.series.format == "dicom");
    from_file
        .map(|named| named.window.function)
        .unwrap_or_default()
}

fn layer(args: &RenderArgs, volume: &Arc<Volume>, window: Window) -> ImageLayer {
    ImageLayer {
        volume: Arc::clone(volume),
        frame: args.frame,
        window,
        invert: volume.is_inverted,
        color_map: args.colormap.clone().unwrap_or_else(presets::gray),
        interpolation: match args.interpolation {
            InterpolationArg::Nearest => Interpolation::Nearest,
            InterpolationArg::Linear => Interpolation::Linear,
            InterpolationArg::Cubic => Interpolation::Cubic,
        },
        opacity: 1.0,
    }
}

fn scene(args: &RenderArgs, layer: ImageLayer) -> Result<Scene, Failure> {
    let has_place = layer.volume.geometry().is_some();
    let view = args.view.unwrap_or(if has_place {
        ViewArg::Axial
    } else {
        ViewArg::Stack
    });
    let axes = match view {
        ViewArg::Stack => return stack_scene(args, layer),
        ViewArg::Volume => return volume_scene(args, layer),
        ViewArg::Axial => View::Axial.axes(),
        ViewArg::Coronal => View::Coronal.axes(),
        ViewArg::Sagittal => View::Sagittal.axes(),
        ViewArg::Oblique => {
            let asked = args.normal.zip(args.up).and_then(|(normal, up)| {
                Axes::from_normal_up(DVec3::from_array(normal), DVec3::from_array(up))
            });
            asked.ok_or_else(|| Failure(say!("cli-normal-up-parallel")))?
        }
    };
    let geometry = place_of(&layer.volume)?;
    let center = args.at.map_or_else(|| geometry.center(), DVec3::from_array);
    let slab = args.slab.map(|thickness_mm| Slab {
        thickness_mm,
        mode: match args.slab_mode {
            SlabModeArg::Mip => SlabMode::Mip,
            SlabModeArg::Minip => SlabMode::MinIp,
            SlabModeArg::Mean => SlabMode::Mean,
        },
    });
    let mm_per_pixel = mm_per_pixel(args, geometry, axes);
    Ok(Scene::Slice(SliceScene {
        plane: Plane { center, axes },
        mm_per_pixel,
        size: args.size,
        slab,
        layers: vec![layer],
    }))
}

fn place_of(volume: &Volume) -> Result<&Geometry, Failure> {
    volume
        .geometry()
        .ok_or_else(|| Failure(say!("cli-view-without-space")))
}

/// Of the field of view that was asked for, or of one in which the volume fits.
fn mm_per_pixel(args: &RenderArgs, geometry: &Geometry, axes: Axes) -> f64 {
    let [width, height] = args.size.map(f64::from);
    let extent = |direction| {
        let (low, high) = geometry.extent_along(direction);
        high - low
    };
    args.fov.map_or_else(
        || (extent(axes.right) / width).max(extent(axes.down) / height),
        |fov| fov / height,
    )
}

fn stack_scene(args: &RenderArgs, layer: ImageLayer) -> Result<Scene, Failure> {
    let slices = layer.volume.dims()[2];
    let slice = args.slice.unwrap_or(slices / 2);
    if slice >= slices {
        return Err(Failure(say!(
            "cli-no-such-slice",
            slice = slice,
            count = slices
        )));
    }
    let (center, fitting): (DVec2, f64) = StackScene::fit(&layer.volume, args.size);
    let units_per_pixel = args
        .fov
        .map_or(fitting, |fov| fov / f64::from(args.size[1]));
    Ok(Scene::Stack(StackScene {
        layer,
        slice,
        center,
        units_per_pixel,
        size: args.size,
    }))
}

fn volume_scene(args: &RenderArgs, layer: ImageLayer) -> Result<Scene, Failure> {
    let geometry = place_of(&layer.volume)?;
    let mut camera = Camera {
        target: args.at.map_or_else(|| geometry.center(), DVec3::from_array),
        azimuth_deg: args.camera.azimuth_deg,
        elevation_deg: args.camera.elevation_deg,
        mm_per_pixel: 1.0,
    };
    camera.mm_per_pixel = mm_per_pixel(args, geometry, camera.axes()) / args.camera.zoom;
    let projection = args.mode.projection();
    let step_mm = args.step.unwrap_or(geometry.shortest_edge_mm() / 2.0);
    Ok(Scene::Volume(VolumeScene {
        camera,
        size: args.size,
        projection,
        step_mm,
        layer,
    }))
}
