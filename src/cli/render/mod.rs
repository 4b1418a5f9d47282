//! `isocenter render`: one picture as a PNG, or a movie, drawn by the same code as the panes.

mod args;
mod overlays;
mod surfaces;

use std::collections::BTreeSet;
use std::sync::Arc;

use glam::{DVec2, DVec3};

use args::{InterpolationArg, SlabModeArg, ViewArg, WindowArg};
pub(super) use args::{ModeArg, RenderArgs, no_such_transfer, parse_positive, parse_share, parse_size};

use super::picture::LazyGpu;
use super::{Failure, Outcome, movie, output, source};
use crate::algo::cinematic::{Developing, Tracking};
use crate::algo::needed_slabs::needed_slabs;
use crate::algo::{occlusion, percentile};
use crate::app::annotations::{Beside, annotate};
use crate::app::movie::{Film, check};
use crate::app::presets;
use crate::app::transfer::Transfer;
use crate::app::transfer_presets;
use crate::io::png::write_png;
use crate::io::{self, OpenVolume};
use crate::model::geometry::Geometry;
use crate::model::plane::{Axes, Plane, View};
use crate::model::volume::Volume;
use crate::model::window::{Window, WindowFunction};
use crate::say;
use crate::scene::{
    Camera, Cuts, ImageLayer, Interpolation, Movie, Scene, Slab, SlabMode, SliceScene, StackScene, VolumeLayer,
    VolumeScene,
};

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
    if let Some(frames) = args.movie_frames() {
        let film = film(args, unwindowed, frames);
        check(&film.path, &film.settings)?;
        let mut slabs = window_slabs(args, volume);
        slabs.extend((0..frames).flat_map(|n| needed_slabs(&film.movie.frame(n))).flatten());
        load_needed(&open, &film.movie.scene, slabs, quiet)?;
    } else {
        load_needed(&open, &unwindowed, window_slabs(args, volume), quiet)?;
    }
    let mut scene = scene(args, layer(args, volume, window(args, volume)))?;
    overlays::lay_over(args, &mut scene, quiet)?;
    surfaces::add(args, &mut scene, quiet)?;
    if let Scene::Volume(scene) = &mut scene
        && args.mode != ModeArg::Cinematic
    {
        occlusion::add(scene);
    }
    if let Some(frames) = args.movie_frames() {
        let film = film(args, scene, frames);
        let mut gpu = LazyGpu::default();
        movie::save(&film, &mut gpu, quiet)?;
        complain_of_level(&gpu, &film.movie.scene, quiet);
        return Ok(());
    }
    let mut gpu = LazyGpu::default();
    let mut picture = if let (ModeArg::Cinematic, Scene::Volume(scene)) = (args.mode, &scene) {
        let bar = output::Bar::new(quiet);
        developed(args, scene, |samples| {
            bar.is_at(samples as usize, args.samples as usize);
        })
    } else {
        gpu.get()?.picture(&scene)?
    };
    complain_of_level(&gpu, &scene, quiet);
    if args.annotations {
        annotate(&mut picture, &scene, &Beside::default())?;
    }
    Ok(write_png(&args.out, scene.size(), &picture)?)
}

fn film(args: &RenderArgs, scene: Scene, frames: usize) -> Film {
    let annotations = args.annotations.then(Beside::default);
    Film {
        samples: (args.mode == ModeArg::Cinematic).then_some(args.samples),
        ..Film::new(
            args.out.clone(),
            Movie { scene, frames },
            args.fps,
            !args.once,
            annotations,
        )
    }
}

/// Says that a volume is drawn coarser than it is, if so.
fn complain_of_level(gpu: &LazyGpu, scene: &Scene, quiet: bool) {
    let notice = gpu.started().and_then(|gpu| gpu.notice(scene));
    if let Some(notice) = notice
        && !quiet
    {
        output::complain(&say!("cli-warning", message = notice));
    }
}

/// Path-traces a picture, with as many samples as were asked for.
fn developed(args: &RenderArgs, scene: &VolumeScene, tell: impl Fn(u32)) -> Vec<u8> {
    let mut developing = Developing::new(scene.clone(), Tracking::Bounded);
    for _ in 0..args.samples {
        developing.add_sample();
        tell(developing.samples());
    }
    developing.picture()
}

/// Decodes what a scene shows, and some slabs besides, and nothing else.
pub(super) fn load_needed(open: &OpenVolume, scene: &Scene, mut slabs: BTreeSet<usize>, quiet: bool) -> Outcome {
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
        None => from_file.or_else(auto).unwrap_or(Window::linear(128.0, 256.0)),
    }
}

/// The curve of a window that is given as centre and width: LINEAR, unless a DICOM file names another (VOI LUT
/// Function, PS3.3 C.11.2.1.3). Other formats only have a range.
fn asked_function(volume: &Volume) -> WindowFunction {
    let from_file = volume.windows.first().filter(|_| volume.series.format == "dicom");
    from_file.map(|named| named.window.function).unwrap_or_default()
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
        floor: None,
    }
}

fn scene(args: &RenderArgs, layer: ImageLayer) -> Result<Scene, Failure> {
    let has_place = layer.volume.geometry().is_some();
    let view = args
        .view
        .unwrap_or(if has_place { ViewArg::Axial } else { ViewArg::Stack });
    let axes = match view {
        ViewArg::Stack => return stack_scene(args, layer),
        ViewArg::Volume => return volume_scene(args, layer),
        ViewArg::Axial => View::Axial.axes(),
        ViewArg::Coronal => View::Coronal.axes(),
        ViewArg::Sagittal => View::Sagittal.axes(),
        ViewArg::Oblique => {
            let asked = args
                .normal
                .zip(args.up)
                .and_then(|(normal, up)| Axes::from_normal_up(DVec3::from_array(normal), DVec3::from_array(up)));
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
        labels: Vec::new(),
    }))
}

fn place_of(volume: &Volume) -> Result<&Geometry, Failure> {
    volume.geometry().ok_or_else(|| Failure(say!("cli-view-without-space")))
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
        return Err(Failure(say!("cli-no-such-slice", slice = slice, count = slices)));
    }
    let (center, fitting): (DVec2, f64) = StackScene::fit(&layer.volume, args.size);
    let units_per_pixel = args.fov.map_or(fitting, |fov| fov / f64::from(args.size[1]));
    Ok(Scene::Stack(StackScene {
        layer,
        slice,
        center,
        units_per_pixel,
        size: args.size,
    }))
}

/// With the transfer function that was asked for, or the first of the volume's modality.
fn volume_layer(args: &RenderArgs, image: ImageLayer) -> Result<VolumeLayer, Failure> {
    // The window of slices that follows the data, as far as it is read: what data-driven presets are scaled by.
    let values = percentile::auto_window(&image.volume, args.frame).unwrap_or(image.window);
    let preset = args
        .preset
        .or_else(|| transfer_presets::first_for(&image.volume, values));
    let transfer = preset.map(|preset| Transfer::of_preset(preset, values));
    let iso = args.iso.or(transfer.as_ref().map(|transfer| transfer.iso));
    let function = match &args.transfer {
        Some(path) => Arc::new(io::transfer::read(path)?),
        None => transfer.map(|transfer| transfer.function).unwrap_or_default(),
    };
    Ok(VolumeLayer {
        image,
        transfer: function,
        iso: iso.unwrap_or(0.0),
        mask: None,
        occlusion: None,
    })
}

fn volume_scene(args: &RenderArgs, layer: ImageLayer) -> Result<Scene, Failure> {
    let geometry = place_of(&layer.volume)?;
    let mut camera = Camera {
        target: args.at.map_or_else(|| geometry.center(), DVec3::from_array),
        azimuth_deg: args.camera.azimuth_deg,
        elevation_deg: args.camera.elevation_deg,
        mm_per_pixel: 1.0,
        perspective_deg: args.perspective.unwrap_or(0.0).min(Camera::MOST_PERSPECTIVE_DEG),
    };
    // A turntable fits from all its sides.
    let turned = (0..args.turntable.unwrap_or(1)).map(|n| {
        let azimuth_deg = camera.azimuth_deg + 360.0 * n as f64 / args.turntable.unwrap_or(1) as f64;
        mm_per_pixel(args, geometry, Camera { azimuth_deg, ..camera }.axes())
    });
    camera.mm_per_pixel = turned.fold(0.0, f64::max) / args.camera.zoom;
    let step_mm = args.step.unwrap_or(geometry.shortest_edge_mm() / 2.0);
    let layer = volume_layer(args, layer)?;
    let mut scene = VolumeScene::new(camera, args.size, args.mode.mode(), step_mm, vec![layer]);
    scene.light.is_shaded = args.shade || !args.no_shade;
    scene.light.occlusion = f64::from(args.occlusion);
    if let Some(towards) = args.light {
        scene.light.towards = DVec3::from_array(towards);
    }
    scene.cuts = Cuts {
        crop: args.crop,
        planes: args.clip.clone(),
    };
    scene.background = args.background;
    Ok(Scene::Volume(scene))
}
