//! Path tracing against what is known of light: nothing is lost or made, graininess falls as it should, and clever
//! bounds give the picture of plain ones.

use std::sync::Arc;

use glam::{DAffine3, DMat3, DVec3};
use isocenter::algo::cinematic::{Developing, Tracking};
use isocenter::model::geometry::Geometry;
use isocenter::model::transfer_function::{Material, TransferFunction, TransferPoint};
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Background, Camera, CropBox, VolumeMode, VolumeScene};

use crate::phantom::{Recipe, deep, layer};

const SIDE: u32 = 16;

/// A ball of 20 mm in a sheared grid, value 1000 inside.
fn ball(color: [u8; 3], opacity: f64) -> VolumeScene {
    let edges = DMat3::from_cols(
        DVec3::new(1.5, 0.1, 0.0),
        DVec3::new(-0.2, 1.4, 0.1),
        DVec3::new(0.3, 0.0, 2.5),
    );
    let geometry = Geometry::from_affine([36, 36, 24], DAffine3::from_mat3_translation(edges, DVec3::ZERO)).unwrap();
    let (place, center) = (geometry.clone(), geometry.center());
    let recipe = Recipe::new(geometry, SampleType::I16);
    let volume = recipe.volume(|[i, j, k], _| {
        let at = place.patient_at(DVec3::new(i as f64, j as f64, k as f64));
        (500.0 + 250.0 * (20.0 - (at - center).length())).clamp(0.0, 1000.0)
    });
    let [low, high] = [0.0, 1000.0].map(|stored| volume.rescale.value(stored));
    let point = |value, opacity| TransferPoint { value, opacity, color };
    let transfer = TransferFunction::new(
        vec![point(low, 0.0), point(high, opacity)],
        Vec::new(),
        1.0,
        Material::default(),
    );
    let mut layer = deep(layer(&volume, Window::linear(500.0, 1000.0)));
    layer.transfer = Arc::new(transfer);
    let camera = Camera {
        target: center,
        azimuth_deg: 20.0,
        elevation_deg: 10.0,
        mm_per_pixel: 3.3,
        perspective_deg: 0.0,
    };
    VolumeScene::new(camera, [SIDE, SIDE], VolumeMode::Composite, 0.5, vec![layer])
}

fn developed(scene: &VolumeScene, tracking: Tracking, samples: u32) -> Vec<[f32; 4]> {
    let mut picture = Developing::new(scene.clone(), tracking);
    (0..samples).for_each(|_| picture.add_sample());
    assert_eq!(picture.samples(), samples);
    picture.light().collect()
}

fn mean(light: &[[f32; 4]], part: usize) -> f64 {
    light.iter().map(|pixel| f64::from(pixel[part])).sum::<f64>() / light.len() as f64
}

#[test]
fn a_white_ball_cannot_be_told_from_an_even_sky() {
    // Without a key light the sky is the same everywhere; what absorbs nothing sends back exactly as much.
    let mut scene = ball([255; 3], 0.9);
    scene.light.is_shaded = false;
    let light = developed(&scene, Tracking::Bounded, 48);
    let covered: Vec<[f32; 4]> = light.into_iter().filter(|pixel| pixel[3] > 0.99).collect();
    assert!(covered.len() > 30);
    for part in 0..3 {
        let found = mean(&covered, part);
        assert!((found - 1.0).abs() < 0.005, "{found}");
    }
    for pixel in covered {
        assert!((pixel[0] - 1.0).abs() < 1e-3, "every path ends in the sky: {pixel:?}");
    }
}

#[test]
fn a_grey_ball_is_darker_the_more_it_scatters() {
    let mut thin = ball([160; 3], 0.05);
    let mut dense = ball([160; 3], 0.95);
    for scene in [&mut thin, &mut dense] {
        scene.light.is_shaded = false;
    }
    let middle = |light: Vec<[f32; 4]>| {
        let [red, .., opacity] = light[(SIDE * SIDE / 2 + SIDE / 2) as usize];
        red / opacity
    };
    let thin = middle(developed(&thin, Tracking::Bounded, 400));
    let dense = middle(developed(&dense, Tracking::Bounded, 400));
    assert!(dense < thin - 0.05 && dense > 0.02 && thin < 1.0, "{dense} {thin}");
}

#[test]
fn opacity_is_what_beer_and_lambert_say() {
    // Through the middle of a ball of 1000s: 40 mm less the soft edge.
    let mut scene = ball([255; 3], 0.02);
    scene.size = [3, 3];
    scene.camera.mm_per_pixel = 0.01;
    let light = developed(&scene, Tracking::Bounded, 4000);
    let opacity = mean(&light, 3);
    let wanted = 1.0 - 0.98f64.powf(40.0);
    assert!((opacity - wanted).abs() < 0.02, "{opacity} {wanted}");
    scene.cuts.crop = Some(CropBox {
        low: scene.camera.target - 10.0,
        high: scene.camera.target + 10.0,
    });
    scene.camera.azimuth_deg = 0.0;
    scene.camera.elevation_deg = 0.0;
    let opacity = mean(&developed(&scene, Tracking::Bounded, 4000), 3);
    let wanted = 1.0 - 0.98f64.powf(20.0);
    assert!((opacity - wanted).abs() < 0.02, "cropped: {opacity} {wanted}");
}

#[test]
fn clever_bounds_give_the_picture_of_plain_ones() {
    let mut scene = ball([230, 160, 120], 0.6);
    scene.camera.perspective_deg = 30.0;
    let clever = developed(&scene, Tracking::Bounded, 300);
    let plain = developed(&scene, Tracking::Plain, 300);
    for part in 0..4 {
        let (a, b) = (mean(&clever, part), mean(&plain, part));
        assert!((a - b).abs() < 0.01 * b.max(0.05), "{part}: {a} {b}");
    }
    // Pixel by pixel they differ by graininess only.
    let apart = clever
        .iter()
        .zip(&plain)
        .map(|(a, b)| f64::from((a[0] - b[0]).abs()))
        .sum::<f64>();
    assert!(apart / f64::from(SIDE * SIDE) < 0.03);
}

#[test]
fn graininess_falls_with_the_root_of_the_samples() {
    let scene = ball([230, 160, 120], 0.6);
    let truth = developed(&scene, Tracking::Bounded, 2000);
    let error = |samples| {
        let light = developed(&scene, Tracking::Plain, samples);
        let pairs = light.iter().zip(&truth);
        let apart: f64 = pairs.map(|(a, b)| f64::from(a[0] - b[0]).powi(2)).sum();
        (apart / f64::from(SIDE * SIDE)).sqrt()
    };
    let (few, many) = (error(8), error(128));
    let ratio = few / many;
    assert!(
        (3.0..5.0).contains(&ratio),
        "16 times the samples should be 4 times as good: {ratio}"
    );
}

#[test]
fn pictures_have_a_background_and_an_alpha() {
    let mut scene = ball([255, 200, 160], 0.9);
    scene.background = Background::plain([10, 20, 90]);
    let picture = |scene: &VolumeScene| {
        let mut picture = Developing::new(scene.clone(), Tracking::Bounded);
        (0..16).for_each(|_| picture.add_sample());
        picture.picture()
    };
    let shown = picture(&scene);
    assert_eq!(&shown[..4], &[10, 20, 90, 255]);
    let middle = 4 * (SIDE * SIDE / 2 + SIDE / 2) as usize;
    assert!(
        shown[middle] > 120 && shown[middle] > shown[middle + 2],
        "{:?}",
        &shown[middle..middle + 4]
    );
    scene.background = Background::Transparent;
    let shown = picture(&scene);
    assert_eq!(shown[3], 0);
    assert_eq!(shown[middle + 3], 255);
}

#[test]
fn what_cannot_be_seen_is_an_empty_picture() {
    let mut scene = ball([255; 3], 0.5);
    scene.layers[0].transfer = Arc::new(TransferFunction::default());
    assert_eq!(mean(&developed(&scene, Tracking::Bounded, 2), 3), 0.0);
    scene.layers.clear();
    assert_eq!(mean(&developed(&scene, Tracking::Bounded, 2), 3), 0.0);
    let one_place = |value| TransferPoint {
        value,
        opacity: 1.0,
        color: [255; 3],
    };
    let mut scene = ball([255; 3], 0.5);
    scene.layers[0].transfer = Arc::new(TransferFunction::new(
        vec![one_place(10.0), one_place(10.0)],
        Vec::new(),
        1.0,
        Material::default(),
    ));
    let light = developed(&scene, Tracking::Bounded, 4);
    assert!(light.iter().flatten().all(|part| part.is_finite()));
    scene.cuts.crop = Some(CropBox {
        low: scene.camera.target,
        high: scene.camera.target,
    });
    assert!(
        developed(&scene, Tracking::Bounded, 2)
            .iter()
            .flatten()
            .all(|part| part.is_finite())
    );
}
