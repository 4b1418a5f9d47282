//! Planes and slabs: every mode of the slice shader against its twin.

use std::sync::Arc;

use glam::{DMat3, DQuat, DVec3};
use isocenter::algo::{self, quick_slice};
use isocenter::gpu::Gpu;
use isocenter::model::color_map::{ColorMap, ColorStop};
use isocenter::model::geometry::Geometry;
use isocenter::model::plane::{Axes, Plane, View};
use isocenter::model::volume::{Rescale, Volume};
use isocenter::model::voxels::SampleType;
use isocenter::model::window::{Window, WindowFunction};
use isocenter::scene::{ImageLayer, Interpolation, Scene, Slab, SlabMode, SliceScene};

use crate::device::gpu;
use crate::phantom::{Noise, Recipe, assert_same, even_geometry, layer};

const INTERPOLATIONS: [Interpolation; 3] = [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic];
const SLAB_MODES: [SlabMode; 3] = [SlabMode::Mip, SlabMode::MinIp, SlabMode::Mean];
const FUNCTIONS: [WindowFunction; 3] = [
    WindowFunction::Linear,
    WindowFunction::LinearExact,
    WindowFunction::Sigmoid,
];

/// A box of noise with edges of thousands of units between neighbours: nothing is harder to interpolate exactly.
fn noise_volume(geometry: Geometry, sample_type: SampleType) -> Arc<Volume> {
    let mut noise = Noise(0x9E37_79B9);
    let mut recipe = Recipe::new(geometry, sample_type);
    recipe.rescale = Rescale {
        slope: 1.5,
        intercept: -1024.0,
    };
    recipe.volume(|_, _| noise.between(0.0, 4000.0).round())
}

fn anisotropic() -> Geometry {
    even_geometry([23, 19, 14], DMat3::from_diagonal(DVec3::new(0.8, 1.1, 2.3)))
}

/// Gantry tilt: the slices are displaced, not turned.
fn sheared() -> Geometry {
    let turn = DMat3::from_quat(DQuat::from_rotation_z(0.2));
    let edges = DMat3::from_cols(DVec3::X * 0.9, DVec3::Y * 0.9, DVec3::new(0.1, -0.8, 2.1));
    even_geometry([21, 20, 13], turn * edges)
}

/// Slices at uneven distances, displaced sideways too.
fn uneven() -> Geometry {
    let mut noise = Noise(77);
    let mut z = 0.0;
    let origins: Vec<DVec3> = (0..15)
        .map(|_| {
            z += noise.between(0.6, 4.0);
            DVec3::new(noise.between(-2.0, 2.0), noise.between(-2.0, 2.0), z)
        })
        .collect();
    let geometry = Geometry::from_slices(22, 18, DVec3::X * 0.9, DVec3::Y * 1.2, &origins, 1e-3).unwrap();
    assert!(geometry.slice_table().is_some());
    geometry
}

fn oblique() -> Axes {
    Axes::from_normal_up(DVec3::new(0.3, -0.7, 0.6), DVec3::new(0.1, 0.2, 0.9)).unwrap()
}

fn scene(axes: Axes, slab: Option<Slab>, layer: ImageLayer) -> Scene {
    let center = layer.volume.geometry().unwrap().center();
    Scene::Slice(SliceScene {
        plane: Plane {
            center: center + DVec3::new(0.31, -0.27, 0.43),
            axes,
        },
        mm_per_pixel: 0.31,
        size: [97, 84],
        slab,
        layers: vec![layer],
        labels: Vec::new(),
    })
}

fn hold(gpu: &mut Gpu, what: &str, scene: &Scene) {
    let picture = gpu.picture(scene).unwrap();
    let twin = algo::draw(scene);
    assert_same(what, &picture, &twin);
    if let Some(quick) = quick_slice::draw(scene) {
        assert_same(&format!("{what}, drawn by the processor"), &quick, &twin);
    }
}

#[test]
fn the_processor_draws_the_usual_case_itself_and_leaves_the_others() {
    let volume = noise_volume(anisotropic(), SampleType::I16);
    let usual = layer(&volume, Window::linear(2000.0, 6000.0));
    let of = |layer: ImageLayer| quick_slice::draw(&scene(oblique(), None, layer));
    assert!(of(usual.clone()).is_some());
    for interpolation in [Interpolation::Nearest, Interpolation::Cubic] {
        assert!(
            of(ImageLayer {
                interpolation,
                ..usual.clone()
            })
            .is_none()
        );
    }
    assert!(of(ImageLayer { opacity: 0.5, ..usual }).is_none());
    let uneven = noise_volume(uneven(), SampleType::I16);
    assert!(of(layer(&uneven, Window::linear(2000.0, 6000.0))).is_none());
}

/// The processor's own way against the twin, without a graphics device.
fn hold_quick(what: &str, scene: &Scene) {
    let quick = quick_slice::draw(scene).unwrap_or_else(|| panic!("{what} is the usual case"));
    assert_same(what, &quick, &algo::draw(scene));
}

#[test]
fn planes_along_the_voxels_turned_flipped_and_partly_outside() {
    let ways = [DVec3::X, DVec3::NEG_X, DVec3::Y, DVec3::NEG_Y, DVec3::Z, DVec3::NEG_Z];
    let volume = noise_volume(anisotropic(), SampleType::I16);
    let windows = [
        Window::linear(2000.0, 6000.0),
        Window::linear(1800.0, 60.0),
        Window::linear(1800.0, 2.0),
    ];
    for window in windows {
        for (right, down) in ways.iter().flat_map(|right| ways.map(|down| (*right, down))) {
            if right.dot(down) != 0.0 {
                continue;
            }
            let mut scene = scene(Axes { right, down }, None, layer(&volume, window));
            for (shift, pixel) in [
                (DVec3::ZERO, 0.31),
                (DVec3::new(7.0, -8.0, 6.0), 0.31),
                (DVec3::X, 0.033),
            ] {
                let Scene::Slice(slice) = &mut scene else {
                    unreachable!("a slice was asked for")
                };
                slice.plane.center = volume.geometry().unwrap().center() + shift;
                slice.mm_per_pixel = pixel;
                hold_quick(&format!("{right} {down} {window:?} {shift} {pixel}"), &scene);
            }
        }
    }
}

#[test]
fn planes_along_the_voxels_of_every_type_inversion_and_slope() {
    for sample_type in [SampleType::U8, SampleType::I8, SampleType::U16, SampleType::I16] {
        let (least, most) = match sample_type {
            SampleType::U8 => (0.0, 255.0),
            SampleType::I8 => (-128.0, 127.0),
            SampleType::U16 => (0.0, 65535.0),
            _ => (-32768.0, 32767.0),
        };
        for slope in [0.75, -2.0] {
            for slices in [1, 9] {
                let mut noise = Noise(11);
                let mut recipe = Recipe::new(even_geometry([23, 19, slices], DMat3::IDENTITY), sample_type);
                recipe.rescale = Rescale {
                    slope,
                    intercept: -30.0,
                };
                let volume = recipe.volume(|_, _| noise.between(least, most).round());
                let middle = recipe.rescale.value((least + most) / 2.0);
                for share in [0.8, 0.1] {
                    let window = Window::linear(middle, (most - least) * slope.abs() * share);
                    for invert in [false, true] {
                        let layer = ImageLayer {
                            invert,
                            ..layer(&volume, window)
                        };
                        let what = format!("{sample_type:?} {slope} {slices} {share} {invert}");
                        hold_quick(&what, &scene(View::Axial.axes(), None, layer));
                    }
                }
            }
        }
    }
}

#[test]
fn planes_askew_of_every_type_near_and_partly_outside() {
    for (sample_type, slope, intercept) in [
        (SampleType::U8, 8.0, -300.0),
        (SampleType::I8, -1.0, 0.0),
        (SampleType::U16, -1.0, 4000.0),
        (SampleType::I16, 0.5, 7.0),
    ] {
        let stored = match sample_type {
            SampleType::U8 => 125.0,
            SampleType::I8 => 0.0,
            _ => 2000.0,
        };
        let mut noise = Noise(5);
        let mut recipe = Recipe::new(sheared(), sample_type);
        recipe.rescale = Rescale { slope, intercept };
        let middle = recipe.rescale.value(stored);
        let volume = recipe.volume(|_, _| (stored + noise.between(-120.0, 120.0)).round());
        let askew = [
            oblique(),
            Axes::from_normal_up(DVec3::new(-0.9, 0.1, -0.2), DVec3::X).unwrap(),
            Axes::from_normal_up(DVec3::new(0.01, 0.7, 0.0), DVec3::Z).unwrap(),
        ];
        for (axes, width) in askew
            .into_iter()
            .flat_map(|axes| [300.0, 20.0, 1.0].map(|width| (axes, width)))
        {
            let mut scene = scene(axes, None, layer(&volume, Window::linear(middle, width)));
            for (shift, pixel) in [
                (DVec3::ZERO, 0.31),
                (DVec3::new(5.0, -6.0, 9.0), 0.11),
                (DVec3::Y, 0.02),
            ] {
                let Scene::Slice(slice) = &mut scene else {
                    unreachable!("a slice was asked for")
                };
                slice.plane.center = volume.geometry().unwrap().center() + shift;
                slice.mm_per_pixel = pixel;
                slice.size = [211, 64];
                hold_quick(&format!("{sample_type:?} {axes:?} {width} {shift} {pixel}"), &scene);
            }
        }
    }
}

#[test]
fn a_plane_along_the_voxels_has_the_colours_of_its_map() {
    let volume = noise_volume(anisotropic(), SampleType::I16);
    let stop = |at, color| ColorStop { at, color };
    let colors = ColorMap::from_stops("fire", &[stop(0.0, [0, 10, 90]), stop(1.0, [255, 200, 7])]).unwrap();
    let fire = ImageLayer {
        color_map: Arc::new(colors),
        ..layer(&volume, Window::linear(2000.0, 6000.0))
    };
    let scene = scene(View::Sagittal.axes(), None, fire);
    hold_quick("fire", &scene);
}

#[test]
fn interpolations_and_slabs_on_every_geometry() {
    let Some(mut gpu) = gpu() else { return };
    let geometries = [
        ("anisotropic", anisotropic()),
        ("sheared", sheared()),
        ("uneven", uneven()),
    ];
    for (name, geometry) in geometries {
        let volume = noise_volume(geometry, SampleType::I16);
        for interpolation in INTERPOLATIONS {
            for mode in [None, Some(SlabMode::Mip), Some(SlabMode::MinIp), Some(SlabMode::Mean)] {
                for axes in [View::Axial.axes(), View::Sagittal.axes(), oblique()] {
                    let slab = mode.map(|mode| Slab {
                        thickness_mm: 3.3,
                        mode,
                    });
                    let wide = ImageLayer {
                        interpolation,
                        ..layer(&volume, Window::linear(2000.0, 6000.0))
                    };
                    hold(
                        &mut gpu,
                        &format!("{name} {interpolation:?} {mode:?}"),
                        &scene(axes, slab, wide),
                    );
                }
            }
        }
    }
}

#[test]
fn a_window_of_forty_units_over_edges_of_thousands() {
    let Some(mut gpu) = gpu() else { return };
    for geometry in [anisotropic(), sheared(), uneven()] {
        let volume = noise_volume(geometry, SampleType::I16);
        for interpolation in INTERPOLATIONS {
            let narrow = ImageLayer {
                interpolation,
                ..layer(&volume, Window::linear(1800.0, 40.0))
            };
            hold(
                &mut gpu,
                &format!("narrow {interpolation:?}"),
                &scene(oblique(), None, narrow),
            );
        }
    }
}

#[test]
fn exact_far_from_the_first_voxel_of_a_large_volume() {
    let Some(mut gpu) = gpu() else { return };
    // Long along one axis: voxel numbers near 2000, where f32 has an eighth of a thousandth of a voxel left.
    let geometry = even_geometry([2000, 9, 8], DMat3::from_diagonal(DVec3::new(0.5, 0.7, 0.9)));
    let volume = noise_volume(geometry, SampleType::I16);
    let far = volume.geometry().unwrap().patient_at(DVec3::new(1985.2, 4.0, 3.5));
    let at_far_end = Scene::Slice(SliceScene {
        plane: Plane {
            center: far,
            axes: View::Axial.axes(),
        },
        mm_per_pixel: 0.043,
        size: [301, 90],
        slab: None,
        layers: vec![layer(&volume, Window::linear(1800.0, 40.0))],
        labels: Vec::new(),
    });
    hold(&mut gpu, "far end", &at_far_end);
    // All of it in one wide picture: pixels far from the middle.
    let wide = Scene::Slice(SliceScene {
        plane: Plane {
            center: volume.geometry().unwrap().center(),
            axes: View::Axial.axes(),
        },
        mm_per_pixel: 0.249,
        size: [4016, 24],
        slab: None,
        layers: vec![layer(&volume, Window::linear(1800.0, 40.0))],
        labels: Vec::new(),
    });
    hold(&mut gpu, "wide", &wide);
}

#[test]
fn windows_inversion_and_colour_maps() {
    let Some(mut gpu) = gpu() else { return };
    let volume = noise_volume(anisotropic(), SampleType::U16);
    let stops = [
        ColorStop {
            at: 0.0,
            color: [0, 10, 90],
        },
        ColorStop {
            at: 0.4,
            color: [200, 30, 5],
        },
        ColorStop {
            at: 1.0,
            color: [255, 255, 240],
        },
    ];
    let colors = Arc::new(ColorMap::from_stops("fire", &stops).unwrap());
    for function in FUNCTIONS {
        for invert in [false, true] {
            for (center, width) in [(700.5, 1.0), (700.0, 350.0), (2000.0, 7000.0)] {
                let grey = ImageLayer {
                    invert,
                    ..layer(
                        &volume,
                        Window {
                            center,
                            width,
                            function,
                        },
                    )
                };
                hold(
                    &mut gpu,
                    &format!("{function:?} {invert} {width}"),
                    &scene(oblique(), None, grey.clone()),
                );
                let colored = ImageLayer {
                    color_map: Arc::clone(&colors),
                    ..grey
                };
                // One level of grey may be several of a colour: compared is only which colours there are.
                let scene = scene(oblique(), None, colored);
                let picture = gpu.picture(&scene).unwrap();
                let from_map = |pixel: &[u8; 4]| colors.colors().contains(&[pixel[0], pixel[1], pixel[2]]);
                let strange = picture
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .filter(|p| !from_map(p) && p[..3] != [0, 0, 0])
                    .count();
                assert_eq!(strange, 0, "colours that are not in the map");
            }
        }
    }
    let smooth = ImageLayer {
        color_map: colors,
        ..layer(&volume, Window::linear(2000.0, 6000.0))
    };
    let scene = scene(View::Axial.axes(), None, smooth);
    let picture = gpu.picture(&scene).unwrap();
    crate::phantom::assert_within("colours", &picture, &algo::draw(&scene), 4, 0.0001);
}

#[test]
fn a_falling_slope_turns_highest_and_lowest_round() {
    let Some(mut gpu) = gpu() else { return };
    let mut noise = Noise(5);
    let mut recipe = Recipe::new(anisotropic(), SampleType::I16);
    recipe.rescale = Rescale {
        slope: -2.0,
        intercept: 500.0,
    };
    let volume = recipe.volume(|_, _| noise.between(-1000.0, 1000.0).round());
    for mode in SLAB_MODES {
        let slab = Some(Slab {
            thickness_mm: 5.0,
            mode,
        });
        let layer = layer(&volume, Window::linear(500.0, 4000.0));
        hold(&mut gpu, &format!("falling {mode:?}"), &scene(oblique(), slab, layer));
    }
}

#[test]
fn layers_lie_over_each_other() {
    let Some(mut gpu) = gpu() else { return };
    let below = noise_volume(anisotropic(), SampleType::I16);
    let above = noise_volume(sheared(), SampleType::U8);
    let mut two = scene(
        View::Coronal.axes(),
        None,
        layer(&below, Window::linear(2000.0, 6000.0)),
    );
    let Scene::Slice(slice) = &mut two else {
        unreachable!("a slice was asked for")
    };
    slice.layers.push(ImageLayer {
        opacity: 0.35,
        ..layer(&above, Window::linear(-900.0, 380.0))
    });
    hold(&mut gpu, "two layers", &two);
}

#[test]
fn the_voxels_own_grid_is_shown_unchanged() {
    let Some(mut gpu) = gpu() else { return };
    let volume = noise_volume(even_geometry([33, 30, 7], DMat3::IDENTITY), SampleType::I16);
    let geometry = volume.geometry().unwrap();
    let native = Scene::Slice(SliceScene {
        plane: Plane {
            center: geometry.patient_at(DVec3::new(16.0, 14.5, 4.0)),
            axes: View::Axial.axes(),
        },
        mm_per_pixel: 1.0,
        size: [33, 30],
        slab: None,
        layers: vec![layer(&volume, Window::linear(2000.0, 6000.0))],
        labels: Vec::new(),
    });
    let picture = gpu.picture(&native).unwrap();
    let window = Window::linear(2000.0, 6000.0);
    for (n, pixel) in picture.as_chunks::<4>().0.iter().enumerate() {
        let Some(isocenter::model::volume::Value::Scalar(value)) = volume.value([n % 33, n / 33, 4], 0) else {
            panic!("voxel {n} is there");
        };
        assert!(pixel[0].abs_diff(window.level(value)) <= 1, "pixel {n}: {pixel:?}");
    }
}

#[test]
fn no_numbers_are_nothing() {
    let Some(mut gpu) = gpu() else { return };
    let mut noise = Noise(11);
    let recipe = Recipe::new(anisotropic(), SampleType::F32);
    let volume = recipe.volume(|_, _| match noise.next() {
        n if n < 0.1 => f64::NAN,
        n if n < 0.15 => f64::INFINITY,
        n => n * 100.0,
    });
    for interpolation in INTERPOLATIONS {
        let layer = ImageLayer {
            interpolation,
            invert: true,
            ..layer(&volume, Window::linear(50.0, 120.0))
        };
        // Infinite values weighed against each other are not numbers either, and cubic weights do that.
        if interpolation != Interpolation::Cubic {
            hold(
                &mut gpu,
                &format!("holes {interpolation:?}"),
                &scene(oblique(), None, layer),
            );
        }
    }
}
