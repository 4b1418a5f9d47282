//! Volumes through a camera, drawn by the shaders, against their twin in f64.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo::raycast;
use isocenter::model::geometry::Geometry;
use isocenter::model::plane::{Plane, View};
use isocenter::model::segment::LabelColors;
use isocenter::model::transfer_function::{GradientPoint, Material, TransferFunction, TransferPoint};
use isocenter::model::volume::{Rescale, Volume};
use isocenter::model::voxel_mask::VoxelMask;
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{
    Background, Camera, ClipPlane, CropBox, Interpolation, LabelLayer, Scene, VolumeLayer, VolumeMode, VolumeScene,
    Whole,
};

use crate::device::gpu;
use crate::phantom::{Recipe, even_geometry, layer};

const SIDES: [[f64; 2]; 8] = [
    [0.0, 0.0],
    [180.0, 0.0],
    [90.0, 0.0],
    [-90.0, 0.0],
    [0.0, 90.0],
    [0.0, -90.0],
    [37.0, 21.0],
    [-125.0, -48.0],
];

/// A soft ball with a dense core and a rod beside it, values from 0 to 1200.
pub fn ball(geometry: &Geometry, sample_type: SampleType) -> Arc<Volume> {
    let mut recipe = Recipe::new(geometry.clone(), sample_type);
    recipe.rescale = Rescale {
        slope: 2.0,
        intercept: -100.0,
    };
    let place = geometry.clone();
    let center = geometry.center();
    recipe.volume(move |[i, j, k], _| {
        let at = place.patient_at(DVec3::new(i as f64, j as f64, k as f64)) - center;
        let soft = |distance: f64, edge: f64| 1.0 / (1.0 + ((distance - edge) / 1.2).exp());
        let rod = (at - DVec3::new(6.0, -4.0, 0.0)).truncate().length();
        let value = 400.0 * soft(at.length(), 10.0) + 500.0 * soft(at.length(), 4.0) + 700.0 * soft(rod, 2.0);
        (value + 100.0) / 2.0
    })
}

pub fn point(value: f64, opacity: f64, color: [u8; 3]) -> TransferPoint {
    TransferPoint { value, opacity, color }
}

fn transfer(gradient: Vec<GradientPoint>) -> TransferFunction {
    let points = vec![
        point(120.0, 0.0, [90, 20, 10]),
        point(300.0, 0.08, [220, 110, 70]),
        point(600.0, 0.25, [255, 230, 190]),
        point(1000.0, 0.8, [250, 250, 255]),
    ];
    TransferFunction::new(points, gradient, 1.0, Material::default())
}

pub fn deep(volume: &Arc<Volume>) -> VolumeLayer {
    VolumeLayer {
        image: layer(volume, Window::linear(400.0, 900.0)),
        transfer: Arc::new(transfer(Vec::new())),
        iso: 250.0,
        mask: None,
        occlusion: None,
    }
}

pub fn scene(volume: &Arc<Volume>, mode: VolumeMode, [azimuth_deg, elevation_deg]: [f64; 2]) -> VolumeScene {
    let camera = Camera {
        target: volume.geometry().unwrap().center() + DVec3::new(1.0, 0.5, -1.0),
        azimuth_deg,
        elevation_deg,
        mm_per_pixel: 0.6,
        perspective_deg: 0.0,
    };
    VolumeScene::new(camera, [64, 51], mode, 0.25, vec![deep(volume)])
}

/// Even, sheared, and with a gap between slices.
fn grids() -> [(&'static str, Geometry); 3] {
    let even = even_geometry([30, 26, 20], DMat3::from_diagonal(DVec3::new(0.9, 1.0, 1.5)));
    let sheared = even_geometry(
        [30, 28, 20],
        DMat3::from_cols(DVec3::X, DVec3::Y, DVec3::new(0.2, 0.5, 1.5)),
    );
    let origins: Vec<DVec3> = (0..18)
        .map(|k| {
            let gap = if k > 8 { 1.7 } else { 0.0 };
            DVec3::new(f64::from(k % 3) * 0.4, 0.0, f64::from(k) * 1.4 + gap)
        })
        .collect();
    let uneven = Geometry::from_slices(30, 28, DVec3::X, DVec3::Y, &origins, 1e-3).unwrap();
    [("even", even), ("sheared", sheared), ("uneven", uneven)]
}

/// Peak signal to noise of two pictures, dB.
pub fn psnr(a: &[u8], b: &[u8]) -> f64 {
    let squares: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 / (squares / a.len() as f64).max(1e-9)).log10()
}

/// Fails unless the shader's picture is the twin's, and the twin's is a picture of something.
fn assert_alike(what: &str, gpu: &mut isocenter::gpu::Gpu, scene: &VolumeScene, least_db: f64) {
    let picture = gpu.picture(&Scene::Volume(scene.clone())).unwrap();
    let twin = raycast::draw_volume(scene);
    let db = psnr(&picture, &twin);
    if std::env::var_os("SAY_PSNR").is_some() {
        eprintln!("{what}: {db:.1} dB");
    }
    assert!(db >= least_db, "{what}: {db:.1} dB");
    let first = &twin[..4];
    assert!(
        twin.as_chunks::<4>().0.iter().any(|pixel| pixel != first),
        "{what}: nothing is seen"
    );
}

#[test]
fn material_from_all_sides_on_any_grid() {
    let Some(mut gpu) = gpu() else { return };
    for (name, geometry) in grids() {
        let volume = ball(&geometry, SampleType::I16);
        for sides in SIDES {
            let scene = scene(&volume, VolumeMode::Composite, sides);
            assert_alike(&format!("{name} {sides:?}"), &mut gpu, &scene, 40.0);
        }
    }
}

#[test]
fn surfaces_from_all_sides_on_any_grid() {
    let Some(mut gpu) = gpu() else { return };
    for (name, geometry) in grids() {
        let volume = ball(&geometry, SampleType::I16);
        for sides in SIDES {
            let scene = scene(&volume, VolumeMode::Iso, sides);
            assert_alike(&format!("surface {name} {sides:?}"), &mut gpu, &scene, 40.0);
        }
    }
}

/// In all modes: what a lens, cuts, a coloured background, silhouettes, gradients, masks, slices and tiles change.
#[test]
fn everything_that_a_scene_can_ask_for() {
    let Some(mut gpu) = gpu() else { return };
    for (name, geometry) in grids() {
        let volume = ball(&geometry, SampleType::I16);
        let center = geometry.center();
        for mode in VolumeMode::ALL {
            let plain = scene(&volume, mode, [30.0, 20.0]);
            let mut try_with = |what: &str, change: &dyn Fn(&mut VolumeScene)| {
                let mut scene = plain.clone();
                change(&mut scene);
                assert_alike(&format!("{name} {mode:?} {what}"), &mut gpu, &scene, 40.0);
            };
            try_with("lens", &|scene| scene.camera.perspective_deg = 50.0);
            try_with("crop", &|scene| {
                scene.cuts.crop = Some(CropBox {
                    low: center - DVec3::new(20.0, 2.3, 20.0),
                    high: center + DVec3::new(5.2, 30.0, 4.1),
                });
            });
            try_with("plane in a lens", &|scene| {
                scene.camera.perspective_deg = 30.0;
                scene.cuts.planes = vec![ClipPlane {
                    normal: DVec3::new(0.6, 0.8, 0.0),
                    offset_mm: center.dot(DVec3::new(0.6, 0.8, 0.0)) + 0.77,
                }];
            });
            try_with("background", &|scene| {
                scene.background = Background::Colors([[20, 60, 200], [240, 200, 10]]);
            });
            try_with("transparent", &|scene| scene.background = Background::Transparent);
            try_with("unlit edges", &|scene| {
                scene.light.silhouettes = 0.8;
                scene.light.towards = DVec3::new(1.0, 0.2, 0.3);
            });
            try_with("unlit", &|scene| scene.light.is_shaded = false);
            try_with("steep only", &|scene| {
                let steep = [(20.0, 0.1), (90.0, 1.0)];
                let steep = steep.map(|(per_mm, factor)| GradientPoint { per_mm, factor });
                scene.layers[0].transfer = Arc::new(transfer(steep.to_vec()));
            });
            try_with("mask", &|scene| {
                let dims = volume.dims();
                let keeps = |index: usize| index % dims[0] > 14 || (index / dims[0]) % dims[1] > 12;
                scene.layers[0].mask = Some(Arc::new(VoxelMask::new(dims, keeps)));
            });
            try_with("slices", &|scene| {
                let plane = |view: View| Plane {
                    center,
                    axes: view.axes(),
                };
                scene.slices = View::ALL.map(plane).to_vec();
            });
            try_with("tile", &|scene| {
                scene.camera.perspective_deg = 35.0;
                scene.background = Background::Colors([[200, 60, 0], [0, 0, 90]]);
                scene.whole = Some(Whole {
                    size: [120, 91],
                    corner: [40, 23],
                });
            });
            for interpolation in [Interpolation::Nearest, Interpolation::Cubic] {
                // On steps of a voxel a sample's own place decides.
                scene_with(
                    &mut gpu,
                    &plain,
                    interpolation,
                    &format!("{name} {mode:?} {interpolation:?}"),
                );
            }
        }
    }
}

fn scene_with(gpu: &mut isocenter::gpu::Gpu, plain: &VolumeScene, interpolation: Interpolation, what: &str) {
    let mut scene = plain.clone();
    scene.layers[0].image.interpolation = interpolation;
    let least_db = if interpolation == Interpolation::Nearest {
        26.0
    } else {
        40.0
    };
    assert_alike(what, gpu, &scene, least_db);
}

#[test]
fn every_type_of_voxels() {
    let Some(mut gpu) = gpu() else { return };
    let [(_, geometry), ..] = grids();
    for sample_type in [SampleType::U8, SampleType::U16, SampleType::I16, SampleType::F32] {
        let mut recipe = Recipe::new(geometry.clone(), sample_type);
        let scale = if sample_type == SampleType::U8 { 0.2 } else { 1.0 };
        recipe.rescale = Rescale {
            // High stored numbers may be low values.
            slope: if sample_type == SampleType::U16 { -1.0 } else { 1.0 } / scale,
            intercept: if sample_type == SampleType::U16 { 1300.0 } else { 0.0 },
        };
        let (slope, intercept) = (recipe.rescale.slope, recipe.rescale.intercept);
        let like = ball(&geometry, SampleType::F64);
        let volume = recipe.volume(|voxel, _| {
            let value = like.rescale.value(like.voxels.stored(voxel, 0, 0).unwrap());
            let stored = (value - intercept) / slope;
            if sample_type == SampleType::F32 {
                stored
            } else {
                stored.round()
            }
        });
        for mode in VolumeMode::ALL {
            let scene = scene(&volume, mode, [30.0, 20.0]);
            assert_alike(&format!("{sample_type:?} {mode:?}"), &mut gpu, &scene, 40.0);
        }
    }
}

#[test]
fn volumes_of_colour() {
    let Some(mut gpu) = gpu() else { return };
    let [(_, geometry), ..] = grids();
    let mut recipe = Recipe::new(geometry.clone(), SampleType::U8);
    recipe.components = 3;
    let like = ball(&geometry, SampleType::F64);
    let volume = recipe.volume(|voxel, part| {
        let value = like.rescale.value(like.voxels.stored(voxel, 0, 0).unwrap()) / 1200.0 * 250.0;
        (value * [1.0, 0.8, 0.5][part]).round().clamp(0.0, 255.0)
    });
    for mode in VolumeMode::ALL {
        let mut scene = scene(&volume, mode, [30.0, 20.0]);
        let points = vec![point(30.0, 0.0, [255, 0, 0]), point(150.0, 0.6, [255, 255, 200])];
        scene.layers[0].transfer = Arc::new(TransferFunction::new(points, Vec::new(), 1.0, Material::default()));
        scene.layers[0].iso = 60.0;
        assert_alike(&format!("colour {mode:?}"), &mut gpu, &scene, 40.0);
    }
}

#[test]
fn several_volumes_lie_in_each_other() {
    let Some(mut gpu) = gpu() else { return };
    let grids = grids();
    let volumes: Vec<Arc<Volume>> = (0..4)
        .map(|n| ball(&grids[n % 3].1, if n == 2 { SampleType::F32 } else { SampleType::I16 }))
        .collect();
    for mode in VolumeMode::ALL {
        for count in 2..=4 {
            let mut scene = scene(&volumes[0], mode, [30.0, 20.0]);
            scene.layers = volumes.iter().take(count).map(deep).collect();
            for (n, layer) in scene.layers.iter_mut().enumerate().skip(1) {
                layer.image.opacity = 0.6;
                layer.iso = 300.0 + 150.0 * n as f64;
                let hot = vec![
                    point(300.0 + 50.0 * n as f64, 0.0, [255, 40, 0]),
                    point(900.0, 0.5, [20, 255, 90]),
                ];
                layer.transfer = Arc::new(TransferFunction::new(hot, Vec::new(), 2.0, Material::default()));
            }
            assert_alike(&format!("{count} volumes {mode:?}"), &mut gpu, &scene, 40.0);
        }
    }
}

#[test]
fn label_maps_colour_volumes_and_are_seen() {
    let Some(mut gpu) = gpu() else { return };
    for (name, geometry) in grids() {
        let volume = ball(&geometry, SampleType::I16);
        let center = geometry.center();
        let mut recipe = Recipe::new(geometry.clone(), SampleType::U8);
        recipe.slices_per_slab = 3;
        let labels = recipe.volume(|[i, j, k], _| {
            let at = geometry.patient_at(DVec3::new(i as f64, j as f64, k as f64)) - center;
            let is_near = |x: f64, radius: f64| (at - DVec3::new(x, 0.0, 0.0)).length() < radius;
            if is_near(-5.0, 6.0) {
                3.0
            } else if is_near(7.0, 4.0) {
                11.0
            } else {
                0.0
            }
        });
        for mode in [VolumeMode::Composite, VolumeMode::Iso, VolumeMode::Mip] {
            for fill in [0.2, 1.0] {
                let mut scene = scene(&volume, mode, [30.0, 20.0]);
                let colors = Arc::new(LabelColors::up_to(20));
                scene.labels = vec![LabelLayer::new(Arc::clone(&labels), colors, fill, 1)];
                assert_alike(&format!("labels {name} {mode:?} {fill}"), &mut gpu, &scene, 40.0);
                let without = VolumeScene {
                    labels: Vec::new(),
                    ..scene.clone()
                };
                let changes = raycast::draw_volume(&without) != raycast::draw_volume(&scene);
                assert_eq!(changes, !mode.is_projection(), "{mode:?}");
            }
        }
    }
}

/// A plane through the middle that cuts away what is before it, by a normal of no axis.
fn through_the_middle(geometry: &Geometry) -> Vec<ClipPlane> {
    let normal = DVec3::new(0.6, 0.8, 0.0);
    vec![ClipPlane {
        normal,
        offset_mm: geometry.center().dot(normal) + 0.77,
    }]
}

/// Where nothing changes there is no slope, and what rounding leaves of one has no direction.
#[test]
fn within_a_label_light_comes_back_as_from_what_faces_the_viewer() {
    let Some(mut gpu) = gpu() else { return };
    for (name, geometry) in grids() {
        let volume = ball(&geometry, SampleType::I16);
        let everywhere = Recipe::new(geometry.clone(), SampleType::U8).volume(|_, _| 3.0);
        for mode in [VolumeMode::Composite, VolumeMode::Iso] {
            for planes in [Vec::new(), through_the_middle(&geometry)] {
                let mut scene = scene(&volume, mode, [30.0, 20.0]);
                let colors = Arc::new(LabelColors::up_to(5));
                scene.labels = vec![LabelLayer::new(Arc::clone(&everywhere), colors, 0.3, 1)];
                let what = format!("{name} {mode:?}, {} cuts", planes.len());
                scene.cuts.planes = planes;
                assert_alike(&what, &mut gpu, &scene, 40.0);
            }
        }
    }
}

#[test]
fn within_even_material_light_comes_back_as_from_what_faces_the_viewer() {
    let Some(mut gpu) = gpu() else { return };
    for (name, geometry) in grids() {
        // A tenth is no number of the computer's, and its parts do not sum up to it.
        let volume = Recipe::new(geometry.clone(), SampleType::F32).volume(|[i, j, k], _| {
            let is_in = (4..26).contains(&i) && (4..24).contains(&j) && k > 3;
            if is_in { 0.1 } else { 0.0 }
        });
        for mode in [VolumeMode::Composite, VolumeMode::Iso] {
            for interpolation in [Interpolation::Linear, Interpolation::Cubic] {
                let mut scene = scene(&volume, mode, [30.0, 20.0]);
                scene.cuts.planes = through_the_middle(&geometry);
                let points = vec![point(0.02, 0.0, [220, 110, 70]), point(0.09, 0.5, [255, 230, 190])];
                let layer = &mut scene.layers[0];
                layer.transfer = Arc::new(TransferFunction::new(points, Vec::new(), 1.0, Material::default()));
                layer.iso = 0.05;
                layer.image.window = Window::linear(0.05, 0.1);
                layer.image.interpolation = interpolation;
                // Where a cubic curve begins to bend, slopes are as small as rounding, and have a direction all the same.
                let least_db = if interpolation == Interpolation::Cubic {
                    36.0
                } else {
                    40.0
                };
                assert_alike(
                    &format!("{name} {mode:?} {interpolation:?}"),
                    &mut gpu,
                    &scene,
                    least_db,
                );
            }
        }
    }
}

/// The depth of a surface, by a colour ramp: labels of one voxel each along the ray would be too coarse, so the surface
/// of one volume is coloured by where a second volume has its own.
#[test]
fn surfaces_are_met_within_a_tenth_of_a_voxel() {
    let Some(mut gpu) = gpu() else { return };
    for (name, geometry) in grids() {
        let volume = ball(&geometry, SampleType::F32);
        let mut scene = scene(&volume, VolumeMode::Iso, [25.0, 15.0]);
        scene.light.is_shaded = false;
        // A cut just before the depth hides the surface, and one just behind it does not.
        let depth = |x: u32, y: u32| raycast::place_under(&scene, f64::from(x) + 0.5, f64::from(y) + 0.5);
        let places = [(32, 25), (28, 20), (36, 30), (25, 27)].map(|(x, y)| (x, y, depth(x, y).unwrap()));
        let forward = scene.camera.axes().normal();
        for (x, y, place) in places {
            let seen = |gpu: &mut isocenter::gpu::Gpu, beyond_mm: f64| {
                let mut cut = scene.clone();
                cut.cuts.planes = vec![ClipPlane {
                    normal: -forward,
                    offset_mm: -(place + forward * beyond_mm).dot(forward),
                }];
                let picture = gpu.picture(&Scene::Volume(cut)).unwrap();
                picture[4 * (y * 64 + x) as usize..][..3] != [0, 0, 0]
            };
            assert!(seen(&mut gpu, 0.35), "{name}: the surface is farther away");
            assert!(!seen(&mut gpu, -0.1), "{name}: the surface is nearer");
        }
    }
}

#[test]
fn more_than_one_picture_can_have_is_refused_in_a_sentence() {
    let Some(mut gpu) = gpu() else { return };
    let [(_, geometry), ..] = grids();
    let volume = ball(&geometry, SampleType::I16);
    let mut scene = scene(&volume, VolumeMode::Composite, [0.0, 0.0]);
    scene.layers = vec![deep(&volume); 20];
    let refused = gpu.picture(&Scene::Volume(scene.clone())).unwrap_err();
    assert!(refused.to_string().contains("hide some"), "{refused}");
    // As projections they lie over each other, one at a time.
    scene.mode = VolumeMode::Mip;
    assert!(gpu.picture(&Scene::Volume(scene)).is_ok());
}
