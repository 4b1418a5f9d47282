//! Rays through volumes against their twin.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo;
use isocenter::model::geometry::Geometry;
use isocenter::model::volume::{Rescale, Volume};
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Camera, ImageLayer, Interpolation, Scene, VolumeMode};

use crate::device::gpu;
use crate::phantom::{Recipe, assert_within, even_geometry, layer, projection};

const PROJECTIONS: [VolumeMode; 3] = [VolumeMode::Mip, VolumeMode::MinIp, VolumeMode::Average];

/// Smooth, so that the texture filter's coarse weights do not show; different along every axis.
fn smooth(geometry: &Geometry, sample_type: SampleType) -> Arc<Volume> {
    let mut recipe = Recipe::new(geometry.clone(), sample_type);
    recipe.rescale = Rescale {
        slope: 2.0,
        intercept: -100.0,
    };
    recipe.volume(|[i, j, k], _| {
        let wave = |n: usize, length: f64| (n as f64 / length).sin();
        (500.0 + 300.0 * wave(i, 3.0) + 150.0 * wave(j, 4.5) * wave(k, 2.5)).round()
    })
}

fn scene(
    volume: &Arc<Volume>,
    mode: VolumeMode,
    [azimuth_deg, elevation_deg]: [f64; 2],
    interpolation: Interpolation,
) -> Scene {
    projection(
        Camera {
            target: volume.geometry().unwrap().center() + DVec3::new(1.0, 2.0, -1.0),
            azimuth_deg,
            elevation_deg,
            mm_per_pixel: 0.5,
            perspective_deg: 0.0,
        },
        [80, 71],
        mode,
        0.4,
        ImageLayer {
            interpolation,
            ..layer(volume, Window::linear(900.0, 1800.0))
        },
    )
}

#[test]
fn projections_from_all_sides() {
    let Some(mut gpu) = gpu() else { return };
    let even = even_geometry([24, 20, 16], DMat3::from_diagonal(DVec3::new(1.0, 1.3, 1.7)));
    let sheared = even_geometry(
        [22, 20, 15],
        DMat3::from_cols(DVec3::X, DVec3::Y, DVec3::new(0.2, 0.9, 1.6)),
    );
    let origins: Vec<DVec3> = (0..16)
        .map(|k| DVec3::new(f64::from(k % 3), 0.0, f64::from(k) * 1.5 + f64::from(k % 2) * 0.4))
        .collect();
    let uneven = Geometry::from_slices(20, 18, DVec3::X, DVec3::Y * 1.1, &origins, 1e-3).unwrap();
    for (name, geometry) in [("even", even), ("sheared", sheared), ("uneven", uneven)] {
        let volume = smooth(&geometry, SampleType::I16);
        for mode in PROJECTIONS {
            for sides in [[0.0, 0.0], [90.0, 0.0], [0.0, -90.0], [37.0, 21.0], [-120.0, -65.0]] {
                let scene = scene(&volume, mode, sides, Interpolation::Linear);
                // A sample on the very surface of the volume may fall on either side of it.
                assert_within(
                    &format!("{name} {mode:?} {sides:?}"),
                    &gpu.picture(&scene).unwrap(),
                    &algo::draw(&scene),
                    2,
                    0.02,
                );
            }
        }
    }
}

#[test]
fn other_formats_and_interpolations() {
    let Some(mut gpu) = gpu() else { return };
    let geometry = even_geometry([20, 18, 12], DMat3::from_diagonal(DVec3::new(1.0, 1.1, 1.9)));
    for sample_type in [SampleType::U16, SampleType::I32, SampleType::F32] {
        let volume = smooth(&geometry, sample_type);
        for interpolation in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
            let scene = scene(&volume, VolumeMode::Mip, [33.0, 12.0], interpolation);
            let what = format!("{} {interpolation:?}", sample_type.name());
            assert_within(&what, &gpu.picture(&scene).unwrap(), &algo::draw(&scene), 2, 0.02);
        }
    }
}

#[test]
fn a_step_that_is_far_too_small_is_made_larger() {
    let Some(mut gpu) = gpu() else { return };
    let volume = smooth(&even_geometry([12, 10, 8], DMat3::IDENTITY), SampleType::I16);
    for step_mm in [1e-12, 0.0, f64::NAN] {
        let mut scene = scene(&volume, VolumeMode::Mip, [10.0, 10.0], Interpolation::Linear);
        if let Scene::Volume(volume_scene) = &mut scene {
            volume_scene.step_mm = step_mm;
            volume_scene.size = [12, 10];
            assert!(volume_scene.sample_step_mm().unwrap() > 1e-3);
        }
        assert_within(
            "tiny steps",
            &gpu.picture(&scene).unwrap(),
            &algo::draw(&scene),
            2,
            0.05,
        );
    }
}
