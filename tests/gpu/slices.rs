//! Planes and slabs: every mode of the slice shader against its twin.

use glam::{DMat3, DVec3};
use isocenter::algo;
use isocenter::model::plane::{Plane, View};
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Scene, SliceScene};

use crate::device::gpu;
use crate::phantom::{Noise, Recipe, assert_same, even_geometry, layer};

#[test]
fn first() {
    let Some(mut gpu) = gpu() else { return };
    let geometry = even_geometry(
        [23, 19, 14],
        DMat3::from_diagonal(DVec3::new(0.8, 1.1, 2.3)),
    );
    let center = geometry.center();
    let mut noise = Noise(7);
    let volume = Recipe::new(geometry, SampleType::I16)
        .volume(|_, _| noise.between(-1000.0, 3000.0).round());
    let scene = Scene::Slice(SliceScene {
        plane: Plane {
            center: center + DVec3::splat(0.123),
            axes: View::Coronal.axes(),
        },
        mm_per_pixel: 0.2,
        size: [150, 201],
        slab: None,
        layers: vec![layer(&volume, Window::linear(300.0, 40.0))],
    });
    let picture = gpu.picture(&scene).expect("a picture");
    assert_same("first", &picture, &algo::draw(&scene));
}
