//! Probability maps over a slice: what reaches the threshold and what does not, by the shader, by the processor's own
//! way and by the twin.

use std::sync::Arc;

use glam::{DMat3, DQuat, DVec3};
use isocenter::algo::{self, quick_slice};
use isocenter::app::probability::Probability;
use isocenter::gpu::Gpu;
use isocenter::model::geometry::Geometry;
use isocenter::model::plane::{Axes, Plane, View};
use isocenter::model::volume::{Rescale, Volume};
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Floor, ImageLayer, Scene, Slab, SlabMode, SliceScene};

use crate::device::gpu;
use crate::phantom::{Noise, Recipe, assert_same, even_geometry, layer};

fn image() -> Arc<Volume> {
    let mut noise = Noise(5);
    let grid = even_geometry([30, 28, 17], DMat3::from_diagonal(DVec3::new(0.9, 0.8, 1.9)));
    Recipe::new(grid, SampleType::I16).volume(|_, _| noise.between(0.0, 4000.0).round())
}

/// As it is drawn with a threshold.
fn over(volume: &Arc<Volume>, certain: f64, threshold: f64, opacity: f32, outline_px: u32) -> ImageLayer {
    let map = Probability {
        threshold,
        opacity,
        ..Probability::new(Some(certain))
    };
    map.layer(volume, 0, outline_px).unwrap()
}

fn scene(axes: Axes, slab: Option<Slab>, above: Vec<ImageLayer>) -> Scene {
    let image = image();
    let mut layers = vec![layer(&image, Window::linear(2000.0, 6000.0))];
    layers.extend(above);
    Scene::Slice(SliceScene {
        plane: Plane {
            center: image.geometry().unwrap().center() + DVec3::new(0.31, -0.27, 0.43),
            axes,
        },
        mm_per_pixel: 0.31,
        size: [97, 84],
        slab,
        layers,
        labels: Vec::new(),
    })
}

fn hold(gpu: &mut Gpu, what: &str, scene: &Scene) {
    let twin = algo::draw(scene);
    assert_same(what, &gpu.picture(scene).unwrap(), &twin);
    if let Some(quick) = quick_slice::draw(scene) {
        assert_same(&format!("{what}, drawn by the processor"), &quick, &twin);
    }
}

/// Other grids than the image's.
fn grids() -> Vec<(&'static str, Geometry)> {
    let tilt = DMat3::from_cols(DVec3::X * 0.9, DVec3::Y * 0.9, DVec3::new(0.1, -0.8, 2.1));
    let turn = DMat3::from_quat(DQuat::from_rotation_z(0.3) * DQuat::from_rotation_x(-0.4));
    let mut noise = Noise(77);
    let mut z = 190.0;
    let origins: Vec<DVec3> = (0..13)
        .map(|_| {
            z += noise.between(0.6, 4.0);
            DVec3::new(noise.between(-2.0, 2.0), noise.between(-18.0, -16.0), z)
        })
        .collect();
    vec![
        ("tilted", even_geometry([24, 22, 13], tilt)),
        ("turned", even_geometry([14, 12, 13], turn * 1.7)),
        (
            "uneven",
            Geometry::from_slices(22, 18, DVec3::X * 0.9, DVec3::Y * 1.2, &origins, 1e-3).unwrap(),
        ),
    ]
}

/// Blobs of probability, some of it no number.
fn blobs(grid: Geometry, sample_type: SampleType, certain: f64) -> Arc<Volume> {
    let mut noise = Noise(19);
    Recipe::new(grid, sample_type).volume(|[i, j, k], _| {
        let wave = (i as f64 * 0.7).sin() * (j as f64 * 0.5).cos() * (k as f64 * 0.6).sin();
        let share = (0.5 + 0.5 * wave).clamp(0.0, 1.0);
        match sample_type {
            SampleType::F32 | SampleType::F64 if noise.next() < 0.03 => f64::NAN,
            SampleType::F32 | SampleType::F64 => share * certain,
            _ => (share * certain).round(),
        }
    })
}

#[test]
fn maps_lie_over_an_image_on_grids_of_their_own() {
    let Some(mut gpu) = gpu() else { return };
    let oblique = Axes::from_normal_up(DVec3::new(0.3, -0.7, 0.6), DVec3::new(0.1, 0.2, 0.9)).unwrap();
    let kinds = [
        (SampleType::F32, 1.0),
        (SampleType::F64, 100.0),
        (SampleType::U8, 255.0),
        (SampleType::I16, 100.0),
    ];
    for (name, grid) in grids() {
        for (sample_type, certain) in kinds {
            let map = blobs(grid.clone(), sample_type, certain);
            for axes in [View::Axial.axes(), View::Sagittal.axes(), oblique] {
                for (threshold, opacity, outline_px) in [(0.5, 0.4, 1), (0.3, 0.6, 3), (0.8, 1.0, 2), (0.0, 0.3, 1)] {
                    let above = over(&map, certain, threshold, opacity, outline_px);
                    let what = format!("{name} {sample_type:?} {threshold} {outline_px}");
                    hold(&mut gpu, &what, &scene(axes, None, vec![above]));
                }
            }
        }
    }
}

/// In a slab the highest probability counts, whatever is made of the image.
#[test]
fn in_a_slab_the_highest_probability_counts() {
    let Some(mut gpu) = gpu() else { return };
    let (_, grid) = grids().swap_remove(0);
    let map = blobs(grid, SampleType::F32, 1.0);
    let mut pictures = Vec::new();
    for mode in [SlabMode::Mip, SlabMode::MinIp, SlabMode::Mean] {
        let slab = Some(Slab {
            thickness_mm: 5.0,
            mode,
        });
        let mut scene = scene(View::Coronal.axes(), slab, vec![over(&map, 1.0, 0.6, 0.5, 1)]);
        hold(&mut gpu, &format!("{mode:?}"), &scene);
        if let Scene::Slice(slice) = &mut scene {
            slice.layers.remove(0);
        }
        pictures.push(algo::draw(&scene));
    }
    assert!(pictures[0] == pictures[1] && pictures[1] == pictures[2]);
}

/// A map alone whose voxels are pixels.
fn pixels(volume: &Arc<Volume>, above: ImageLayer) -> Scene {
    let [columns, rows, _] = volume.dims();
    let middle = DVec3::new((columns as f64 - 1.0) / 2.0, (rows as f64 - 1.0) / 2.0, 1.0);
    Scene::Slice(SliceScene {
        plane: Plane {
            center: volume.geometry().unwrap().patient_at(middle),
            axes: View::Axial.axes(),
        },
        mm_per_pixel: 1.0,
        size: [columns as u32, rows as u32],
        slab: None,
        layers: vec![above],
        labels: Vec::new(),
    })
}

/// Which pixels of the first row are drawn.
fn drawn(picture: &[u8], columns: usize) -> Vec<bool> {
    let first = &picture.as_chunks::<4>().0[..columns];
    first.iter().map(|pixel| pixel[..3] != [0, 0, 0]).collect()
}

#[test]
fn voxels_at_the_threshold_are_drawn_and_those_below_are_not() {
    let Some(mut gpu) = gpu() else { return };
    let at = 0.7_f32;
    let near = |bits: i32| f64::from(f32::from_bits(at.to_bits().wrapping_add_signed(bits)));
    let falling = Rescale {
        slope: -1.0 / 255.0,
        intercept: 1.0,
    };
    let identity = Rescale::IDENTITY;
    let cases = [
        // One step of f32 below 0.7, 0.7 itself, one step above.
        (
            SampleType::F32,
            identity,
            1.0,
            0.7,
            vec![near(-1), near(0), near(1), f64::NAN, 0.0, 1.0],
            [false, true, true, false, false, true],
        ),
        // As f64, which the graphics device does not know.
        (
            SampleType::F64,
            identity,
            1.0,
            0.7,
            vec![near(-1), 0.7, near(1), f64::NAN, 0.3, 0.9],
            [false, true, true, false, false, true],
        ),
        // 0.7 of 255 is 178.5, 0.2 of it 51.
        (
            SampleType::U8,
            identity,
            255.0,
            0.7,
            vec![177.0, 178.0, 179.0, 0.0, 255.0, 51.0],
            [false, false, true, false, true, false],
        ),
        (
            SampleType::U8,
            identity,
            255.0,
            0.2,
            vec![50.0, 51.0, 52.0, 0.0, 255.0, 49.0],
            [false, true, true, false, true, false],
        ),
        // Percent: 0.29 of 100 is 28.999999999999996 in f64.
        (
            SampleType::I16,
            identity,
            100.0,
            0.29,
            vec![28.0, 29.0, 30.0, -1.0, 100.0, 0.0],
            [false, true, true, false, true, false],
        ),
        // High numbers that are low probabilities: 1 - 127/255 is 0.502, 1 - 128/255 is 0.498.
        (
            SampleType::U8,
            falling,
            1.0,
            0.5,
            vec![127.0, 128.0, 0.0, 255.0, 126.0, 129.0],
            [true, false, true, false, true, false],
        ),
    ];
    for (sample_type, rescale, certain, threshold, row, wanted) in cases {
        let mut recipe = Recipe::new(even_geometry([6, 4, 3], DMat3::IDENTITY), sample_type);
        recipe.rescale = rescale;
        let volume = recipe.volume(|[i, ..], _| row[i]);
        let scene = pixels(&volume, over(&volume, certain, threshold, 1.0, 1));
        let what = format!("{sample_type:?} {threshold}");
        assert_eq!(drawn(&algo::draw(&scene), 6), wanted, "the twin: {what}");
        assert_eq!(drawn(&gpu.picture(&scene).unwrap(), 6), wanted, "the shader: {what}");
    }
}

/// A square of six pixels of certainty: twenty of them are its edge, sixteen are not.
#[test]
fn the_outline_is_a_band_inside_the_edge() {
    let Some(mut gpu) = gpu() else { return };
    let grid = even_geometry([10, 10, 3], DMat3::IDENTITY);
    let volume = Recipe::new(grid, SampleType::F32)
        .volume(|[i, j, _], _| f64::from(u8::from((2..8).contains(&i) && (2..8).contains(&j))));
    let count = |picture: &[u8], level: u8| {
        let is_level = |pixel: &&[u8; 4]| pixel[0].abs_diff(level) <= 1;
        picture.as_chunks::<4>().0.iter().filter(is_level).count()
    };
    // The certain end of viridis is (253, 231, 37): half of its red is 127, a quarter 63.
    for (outline, edge, inner) in [(0.5, 20, 16), (0.25, 0, 36), (0.1, 0, 36)] {
        let mut above = over(&volume, 1.0, 0.5, 0.25, 1);
        above.floor = above.floor.map(|floor| Floor { outline, ..floor });
        let scene = pixels(&volume, above);
        for picture in [algo::draw(&scene), gpu.picture(&scene).unwrap()] {
            assert_eq!((count(&picture, 127), count(&picture, 63)), (edge, inner), "{outline}");
            assert_eq!(count(&picture, 0), 64, "{outline}");
        }
    }
}

/// The processor draws the image and lays the map over it.
#[test]
fn the_processor_draws_maps_over_the_usual_case() {
    let (_, grid) = grids().swap_remove(0);
    let map = blobs(grid, SampleType::F32, 1.0);
    let with = scene(View::Axial.axes(), None, vec![over(&map, 1.0, 0.5, 0.5, 1)]);
    assert!(quick_slice::draw(&with).is_some());
    // Any other layer is for the shader.
    let fused = scene(View::Axial.axes(), None, vec![layer(&map, Window::linear(0.5, 1.0))]);
    assert!(quick_slice::draw(&fused).is_none());
}
