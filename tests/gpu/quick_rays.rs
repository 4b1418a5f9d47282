//! The quick caster of processors against its twin.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo::quick_rays::QuickRays;
use isocenter::algo::raycast;
use isocenter::model::geometry::Geometry;
use isocenter::model::plane::{Plane, View};
use isocenter::model::transfer_function::{GradientPoint, Material, TransferFunction, TransferPoint};
use isocenter::model::volume::{Rescale, Volume};
use isocenter::model::voxel_mask::VoxelMask;
use isocenter::model::voxels::SampleType;
use isocenter::model::window::{Window, WindowFunction};
use isocenter::scene::{
    Background, Camera, ClipPlane, CropBox, Cuts, Interpolation, VolumeLayer, VolumeMode, VolumeScene, Whole,
};

use crate::phantom::{Noise, Recipe, assert_within, even_geometry, layer};

const PROJECTIONS: [VolumeMode; 3] = [VolumeMode::Mip, VolumeMode::MinIp, VolumeMode::Average];
const TYPES: [SampleType; 5] = [
    SampleType::U8,
    SampleType::I8,
    SampleType::U16,
    SampleType::I16,
    SampleType::F32,
];

fn quick(scene: &VolumeScene) -> Vec<u8> {
    QuickRays::default().draw(scene).expect("the usual case")
}

fn even() -> Geometry {
    even_geometry([37, 30, 21], DMat3::from_diagonal(DVec3::new(0.8, 1.0, 1.7)))
}

fn sheared() -> Geometry {
    even_geometry(
        [30, 34, 19],
        DMat3::from_cols(
            DVec3::new(0.9, 0.2, 0.0),
            DVec3::new(-0.2, 0.9, 0.1),
            DVec3::new(0.3, 0.8, 1.6),
        ),
    )
}

/// Balls and waves, from 0 to 100, that fit into every type.
fn lumps(geometry: &Geometry, sample_type: SampleType, slope: f64) -> Arc<Volume> {
    let mut recipe = Recipe::new(geometry.clone(), sample_type);
    recipe.rescale = Rescale {
        slope,
        intercept: -20.0,
    };
    let place = geometry.clone();
    let center = geometry.center();
    recipe.volume(|[i, j, k], _| {
        let at = place.patient_at(DVec3::new(i as f64, j as f64, k as f64)) - center;
        let ball = |middle: DVec3, radius: f64| 90.0 / (1.0 + ((at - middle).length() - radius).exp());
        let sum = ball(DVec3::new(3.0, 2.0, -1.0), 6.0).max(ball(DVec3::new(-7.0, -3.0, 4.0), 4.0));
        (sum + 5.0 * (at.x * 0.9).sin() * (at.z * 0.7).cos() + 5.0).round()
    })
}

fn material(points: &[(f64, f64, [u8; 3])], gradient: Vec<GradientPoint>) -> Arc<TransferFunction> {
    let points = points
        .iter()
        .map(|(value, opacity, color)| TransferPoint {
            value: *value,
            opacity: *opacity,
            color: *color,
        })
        .collect();
    Arc::new(TransferFunction::new(points, gradient, 1.0, Material::default()))
}

/// A picture of a volume from a side, its values from −20 to 80 × slope.
fn scene(volume: &Arc<Volume>, mode: VolumeMode, sides: [f64; 2], perspective_deg: f64) -> VolumeScene {
    let slope = volume.rescale.slope;
    let at = |stored: f64| stored * slope - 20.0;
    let mut points = [
        (at(20.0), 0.0, [150, 40, 30]),
        (at(50.0), 0.2, [230, 160, 90]),
        (at(85.0), 0.7, [255, 250, 240]),
    ];
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let image = layer(volume, Window::linear(at(40.0), 100.0 * slope.abs()));
    let layer = VolumeLayer {
        image,
        transfer: material(&points, Vec::new()),
        iso: at(45.0),
        mask: None,
        occlusion: None,
    };
    let camera = Camera {
        target: volume.geometry().unwrap().center() + DVec3::new(1.0, -0.5, 0.7),
        azimuth_deg: sides[0],
        elevation_deg: sides[1],
        mm_per_pixel: 0.61,
        perspective_deg,
    };
    VolumeScene::new(camera, [64, 57], mode, 0.37, vec![layer])
}

/// Peak signal to noise ratio of two pictures, dB.
fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let error = a
        .iter()
        .zip(b)
        .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2))
        .sum::<f64>()
        / a.len() as f64;
    20.0 * (255.0 / error.sqrt().max(1e-9)).log10()
}

const SIDES: [[f64; 2]; 5] = [[0.0, 0.0], [90.0, 0.0], [0.0, -90.0], [37.0, 21.0], [-120.0, -65.0]];

#[test]
fn projections_are_exact() {
    for (name, geometry) in [("even", even()), ("sheared", sheared())] {
        for sample_type in TYPES {
            let volume = lumps(&geometry, sample_type, 1.0);
            for mode in PROJECTIONS {
                for (sides, perspective_deg) in SIDES.into_iter().zip([0.0, 0.0, 30.0, 0.0, 70.0]) {
                    let scene = scene(&volume, mode, sides, perspective_deg);
                    let what = format!("{name} {sample_type:?} {mode:?} {sides:?}");
                    assert_within(&what, &quick(&scene), &raycast::draw_volume(&scene), 1, 0.0);
                }
            }
        }
    }
}

#[test]
fn projections_of_turned_numbers_and_sigmoid_windows_are_exact() {
    for slope in [-1.5, 0.25] {
        let volume = lumps(&sheared(), SampleType::I16, slope);
        for mode in PROJECTIONS {
            for function in [
                WindowFunction::Sigmoid,
                WindowFunction::LinearExact,
                WindowFunction::Linear,
            ] {
                let mut scene = scene(&volume, mode, [37.0, 21.0], 25.0);
                scene.layers[0].image.window.function = function;
                scene.layers[0].image.invert = slope > 0.0;
                let what = format!("{slope} {mode:?} {function:?}");
                assert_within(&what, &quick(&scene), &raycast::draw_volume(&scene), 1, 0.0);
            }
        }
    }
}

/// With the steps of the twin a quarter as long.
fn fine(scene: &VolumeScene) -> Vec<u8> {
    raycast::draw_volume(&VolumeScene {
        step_mm: scene.step_mm / 4.0,
        ..scene.clone()
    })
}

fn assert_material(what: &str, scene: &VolumeScene) {
    let (drawn, wanted) = (quick(scene), fine(scene));
    let psnr = psnr(&drawn, &wanted);
    assert!(psnr >= 40.0, "{what}: {psnr:.1} dB");
    assert!(wanted.iter().any(|part| *part != wanted[0]), "{what} shows nothing");
}

#[test]
fn material_is_that_of_fine_steps() {
    let steep = vec![
        GradientPoint {
            per_mm: 3.0,
            factor: 0.1,
        },
        GradientPoint {
            per_mm: 20.0,
            factor: 1.0,
        },
    ];
    for (name, geometry) in [("even", even()), ("sheared", sheared())] {
        for (sample_type, slope) in TYPES.into_iter().zip([1.0, -1.5, 0.5, 3.0, 1.0]) {
            let volume = lumps(&geometry, sample_type, slope);
            for (sides, perspective_deg) in SIDES.into_iter().zip([0.0, 30.0, 0.0, 0.0, 60.0]) {
                let mut scene = scene(&volume, VolumeMode::Composite, sides, perspective_deg);
                let what = format!("{name} {sample_type:?} {sides:?}");
                assert_material(&what, &scene);
                scene.light.is_shaded = false;
                assert_material(&format!("{what} without light"), &scene);
                scene.light.is_shaded = true;
                scene.light.silhouettes = 0.7;
                scene.background = Background::Colors([[20, 40, 90], [200, 190, 180]]);
                let points: Vec<_> = scene.layers[0].transfer.points().to_vec();
                let function = TransferFunction::new(points, steep.clone(), 2.0, Material::default());
                scene.layers[0].transfer = Arc::new(function);
                scene.layers[0].image.opacity = 0.8;
                assert_material(&format!("{what} with edges only"), &scene);
            }
        }
    }
}

#[test]
fn cuts_tiles_and_clear_backgrounds_are_those_of_the_twin() {
    let volume = lumps(&sheared(), SampleType::I16, 1.0);
    let center = volume.geometry().unwrap().center();
    for mode in VolumeMode::ALL {
        let mut scene = scene(&volume, mode, [30.0, 20.0], 20.0);
        scene.cuts = Cuts {
            crop: Some(CropBox {
                low: center - DVec3::new(9.0, 8.0, 7.3),
                high: center + DVec3::new(8.1, 7.7, 9.9),
            }),
            planes: vec![ClipPlane {
                normal: DVec3::new(0.5, -1.0, 0.7).normalize(),
                offset_mm: DVec3::new(0.5, -1.0, 0.7).normalize().dot(center) - 2.0,
            }],
        };
        scene.background = Background::Transparent;
        scene.whole = Some(Whole {
            size: [90, 80],
            corner: [13, 11],
        });
        let (drawn, wanted) = (quick(&scene), raycast::draw_volume(&scene));
        if mode.is_projection() {
            assert_within(&format!("{mode:?}"), &drawn, &wanted, 1, 0.0);
        } else {
            let psnr = psnr(&drawn, &wanted);
            // Jittered samples begin a part of a step behind the cut.
            assert!(psnr >= 32.0, "{mode:?}: {psnr:.1} dB");
        }
    }
}

#[test]
fn surfaces_lie_where_those_of_the_twin_do() {
    for geometry in [even(), sheared()] {
        for slope in [1.0, -2.0] {
            let volume = lumps(&geometry, SampleType::I16, slope);
            for (sides, perspective_deg) in SIDES.into_iter().zip([0.0, 30.0, 0.0, 50.0, 0.0]) {
                let scene = scene(&volume, VolumeMode::Iso, sides, perspective_deg);
                let what = format!("{slope} {sides:?}");
                assert_within(&what, &quick(&scene), &raycast::draw_volume(&scene), 2, 0.002);
                let depths = QuickRays::default().surface_depths(&scene).expect("the usual case");
                let mut met = 0;
                for (x, y) in (5..60).step_by(7).flat_map(|x| (5..50).step_by(7).map(move |y| (x, y))) {
                    let wanted = raycast::place_under(&scene, f64::from(x) + 0.5, f64::from(y) + 0.5);
                    let got = depths[y as usize * 64 + x as usize];
                    assert_eq!(wanted.is_some(), got.is_some(), "{what} {x} {y}");
                    if let (Some(wanted), Some(got)) = (wanted, got) {
                        let ray = scene.ray(f64::from(x) + 0.5, f64::from(y) + 0.5);
                        let apart_mm = ((wanted - ray.origin).dot(ray.direction) - got).abs();
                        assert!(apart_mm < 0.08, "{what} {x} {y}: {apart_mm} mm");
                        met += 1;
                    }
                }
                assert!(met > 3, "{what}: hardly any surface");
            }
        }
    }
}

#[test]
fn several_volumes_lie_in_each_other() {
    let (a, b) = (
        lumps(&even(), SampleType::I16, 1.0),
        lumps(&sheared(), SampleType::U8, -1.0),
    );
    for mode in VolumeMode::ALL {
        let mut both = scene(&a, mode, [25.0, 15.0], 30.0);
        let mut other = scene(&b, mode, [25.0, 15.0], 30.0).layers.remove(0);
        other.image.opacity = 0.6;
        both.layers.push(other);
        if mode.is_projection() {
            let what = format!("{mode:?}");
            assert_within(&what, &quick(&both), &raycast::draw_volume(&both), 1, 0.0);
        } else {
            let psnr = psnr(&quick(&both), &fine(&both));
            assert!(psnr >= 38.0, "{mode:?}: {psnr:.1} dB");
        }
    }
}

#[test]
fn masks_and_slices_are_those_of_the_twin() {
    let volume = lumps(&sheared(), SampleType::I16, 1.0);
    let center = volume.geometry().unwrap().center();
    for mode in VolumeMode::ALL {
        let mut masked = scene(&volume, mode, [30.0, 20.0], 20.0);
        masked.layers[0].mask = Some(Arc::new(VoxelMask::new(volume.dims(), |n| n % 30 < 20 && n % 7 > 0)));
        let mut sliced = scene(&volume, mode, [30.0, 20.0], 20.0);
        sliced.slices = [View::Axial, View::Coronal]
            .map(|view| Plane {
                center: center + 2.3,
                axes: view.axes(),
            })
            .to_vec();
        for scene in [masked, sliced] {
            let (drawn, wanted) = (quick(&scene), raycast::draw_volume(&scene));
            let psnr = psnr(&drawn, &wanted);
            let least = if mode.is_projection() { 55.0 } else { 32.0 };
            assert!(psnr >= least, "{mode:?}: {psnr:.1} dB");
        }
    }
}

#[test]
fn places_without_numbers_are_left_out() {
    let mut noise = Noise(7);
    let mut recipe = Recipe::new(even(), SampleType::F32);
    recipe.slices_per_slab = 3;
    let volume = recipe.volume(|[i, j, k], _| match (i + 2 * j + 3 * k) % 97 {
        0 => f64::NAN,
        _ if i > 25 => f64::NAN,
        _ => noise.between(0.0, 100.0),
    });
    for mode in VolumeMode::ALL {
        let scene = scene(&volume, mode, [20.0, 30.0], 0.0);
        let (drawn, wanted) = (quick(&scene), raycast::draw_volume(&scene));
        if !mode.is_projection() {
            let still = VolumeScene {
                step_mm: scene.step_mm / 6.0,
                ..scene.clone()
            };
            let psnr = psnr(&quick(&still), &raycast::draw_volume(&still));
            assert!(psnr >= 30.0, "{mode:?}: {psnr:.1} dB");
        } else {
            assert_within(&format!("{mode:?}"), &drawn, &wanted, 1, 0.0);
        }
    }
}

#[test]
fn nothing_breaks_on_what_hardly_is_a_volume() {
    let flat = |dims: [usize; 3]| even_geometry(dims, DMat3::from_diagonal(DVec3::new(1.0, 1.2, 3.0)));
    for dims in [[1, 1, 1], [2, 1, 1], [1, 1, 2], [24, 20, 1], [1, 20, 24], [9, 8, 2]] {
        for value in [0.0, 50.0] {
            let volume = Recipe::new(flat(dims), SampleType::I16).volume(|[i, _, _], _| value + (i % 2) as f64);
            for mode in VolumeMode::ALL {
                for perspective_deg in [0.0, 90.0] {
                    let mut scene = scene(&volume, mode, [10.0, 40.0], perspective_deg);
                    scene.camera.mm_per_pixel = 0.3;
                    let (drawn, wanted) = (quick(&scene), raycast::draw_volume(&scene));
                    if mode.is_projection() {
                        assert_eq!(drawn.len(), wanted.len());
                        let worst = drawn.iter().zip(&wanted).map(|(a, b)| a.abs_diff(*b)).max();
                        assert!(worst <= Some(1), "{dims:?} {mode:?}: {worst:?}");
                    }
                    scene.size = [12, 11];
                    for step_mm in [0.0, f64::NAN, f64::INFINITY, -1.0, 1e-9, 1e9] {
                        scene.step_mm = step_mm;
                        assert_eq!(quick(&scene).len(), 4 * 12 * 11);
                    }
                    scene.camera.mm_per_pixel = f64::NAN;
                    assert_eq!(quick(&scene).len(), 4 * 12 * 11);
                }
            }
        }
    }
}

#[test]
fn odd_transfer_functions_and_boxes_are_drawn() {
    let volume = lumps(&even(), SampleType::I16, 1.0);
    let step = |value: f64| material(&[(value, 0.0, [0, 0, 0]), (value, 0.9, [250, 200, 100])], Vec::new());
    let functions = [
        material(&[], Vec::new()),
        material(
            &[(30.0, 0.5, [200; 3]), (30.0, 0.5, [100; 3]), (30.0, 0.2, [50; 3])],
            Vec::new(),
        ),
        step(25.0),
        step(1e30),
        step(-1e30),
        material(&[(-1e300, 0.3, [9; 3]), (1e300, 0.4, [200; 3])], Vec::new()),
    ];
    for transfer in functions {
        let mut scene = scene(&volume, VolumeMode::Composite, [10.0, 40.0], 30.0);
        scene.step_mm = 0.1;
        scene.layers[0].transfer = transfer;
        let psnr = psnr(&quick(&scene), &raycast::draw_volume(&scene));
        assert!(psnr >= 36.0, "{:?}: {psnr:.1} dB", scene.layers[0].transfer.points());
    }
    let center = volume.geometry().unwrap().center();
    for mode in VolumeMode::ALL {
        let mut scene = scene(&volume, mode, [10.0, 40.0], 0.0);
        scene.cuts.crop = Some(CropBox {
            low: center,
            high: center,
        });
        assert_eq!(
            quick(&scene),
            raycast::draw_volume(&scene),
            "{mode:?}: a box without room"
        );
    }
}

#[test]
fn what_is_not_usual_is_left_to_others() {
    let volume = lumps(&even(), SampleType::I16, 1.0);
    let mut scene = scene(&volume, VolumeMode::Composite, [0.0, 0.0], 0.0);
    let rays = QuickRays::default();
    assert!(rays.draw(&scene).is_some());
    scene.layers[0].image.interpolation = Interpolation::Cubic;
    assert!(rays.draw(&scene).is_none());
    let mut recipe = Recipe::new(even(), SampleType::I16);
    recipe.arrived = Some(vec![0, 1]);
    let part = recipe.volume(|_, _| 1.0);
    scene.layers[0].image = layer(&part, Window::linear(0.0, 1.0));
    assert!(rays.draw(&scene).is_none(), "it has not arrived");
}
