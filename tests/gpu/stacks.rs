//! Stored pictures in their own pixels.

use std::sync::Arc;

use glam::{DMat3, DVec2, DVec3};
use isocenter::algo;
use isocenter::model::geometry::Geometry;
use isocenter::model::volume::{PixelScale, Placement, StackGrid, Volume};
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Scene, StackScene};

use crate::device::gpu;
use crate::phantom::{Noise, Recipe, assert_same, even_geometry, layer};

fn noise_volume(recipe: &Recipe) -> Arc<Volume> {
    let mut noise = Noise(99);
    recipe.volume(|_, _| noise.between(0.0, 4000.0).round())
}

#[test]
fn pictures_without_a_place_in_space() {
    let Some(mut gpu) = gpu() else { return };
    let mut recipe = Recipe::new(even_geometry([31, 22, 5], DMat3::IDENTITY), SampleType::U16);
    recipe.placement = Placement::Stack(StackGrid {
        dims: [31, 22, 5],
        pixel_size: [0.5, 0.8],
        pixel_scale: PixelScale::Unknown,
    });
    let volume = noise_volume(&recipe);
    for slice in [0, 3, 4] {
        let size = [120, 95];
        let (center, units_per_pixel) = StackScene::fit(&volume, size);
        let scene = Scene::Stack(StackScene {
            layer: layer(&volume, Window::linear(2000.0, 4000.0)),
            slice,
            center,
            units_per_pixel,
            size,
        });
        assert_same("stack", &gpu.picture(&scene).unwrap(), &algo::draw(&scene));
    }
}

#[test]
fn stored_slices_of_an_uneven_volume() {
    let Some(mut gpu) = gpu() else { return };
    let origins = [0.0, 2.0, 7.0, 7.5, 11.0].map(|z| DVec3::new(z * 0.3, 0.0, z));
    let geometry = Geometry::from_slices(24, 21, DVec3::X * 0.7, DVec3::Y * 0.9, &origins, 1e-3).unwrap();
    let mut recipe = Recipe::new(geometry, SampleType::I16);
    recipe.slices_per_slab = 1;
    recipe.arrived = Some(vec![2]);
    let volume = noise_volume(&recipe);
    let scene = |slice, center| {
        let layer = layer(&volume, Window::linear(2000.0, 4000.0));
        Scene::Stack(StackScene {
            layer,
            slice,
            center,
            units_per_pixel: 0.13,
            size: [101, 100],
        })
    };
    let there = scene(2, DVec2::new(9.3, 12.4));
    assert_same("its own pixels", &gpu.picture(&there).unwrap(), &algo::draw(&there));
    // The slice beside it has not arrived.
    let missing = scene(3, DVec2::new(9.3, 12.4));
    assert!(
        gpu.picture(&missing)
            .unwrap()
            .as_chunks::<4>()
            .0
            .iter()
            .all(|pixel| *pixel == [0, 0, 0, 255])
    );
}
