//! The same anatomy stored in all 48 axis orders and directions makes the same picture.

use std::sync::Arc;

use glam::{DAffine3, DMat3, DVec3};
use isocenter::algo;
use isocenter::model::geometry::Geometry;
use isocenter::model::plane::{Axes, Plane, View};
use isocenter::model::volume::Volume;
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Camera, Scene, SliceScene, VolumeMode};

use crate::device::gpu;
use crate::phantom::{Recipe, assert_same, layer, projection};

/// Voxels of the anatomy along x, y, z, and their edges.
const SIDES: [usize; 3] = [13, 11, 9];
const EDGES_MM: [f64; 3] = [1.0, 1.4, 2.2];

/// No two places of it are alike.
fn anatomy(place: [usize; 3]) -> f64 {
    let [x, y, z] = place.map(|n| n as f64);
    (x * 37.0 + y * 91.0 + z * 171.0 + (x * y * 7.0 + z * z * 13.0) % 101.0).round()
}

/// Axis a of the volume runs along patient axis `order[a]`, backwards where `flips[a]`.
fn stored(order: [usize; 3], flips: [bool; 3]) -> Arc<Volume> {
    let dims = order.map(|axis| SIDES[axis]);
    let mut edges = [DVec3::ZERO; 3];
    let mut origin = DVec3::ZERO;
    for a in 0..3 {
        let axis = order[a];
        edges[a][axis] = if flips[a] { -EDGES_MM[axis] } else { EDGES_MM[axis] };
        origin[axis] = if flips[a] {
            (SIDES[axis] as f64 - 1.0) * EDGES_MM[axis]
        } else {
            0.0
        };
    }
    let affine = DAffine3 {
        matrix3: DMat3::from_cols(edges[0], edges[1], edges[2]),
        translation: origin,
    };
    let geometry = Geometry::from_affine(dims, affine).unwrap();
    Recipe::new(geometry, SampleType::I16).volume(|index, _| {
        let mut place = [0; 3];
        for a in 0..3 {
            place[order[a]] = if flips[a] { dims[a] - 1 - index[a] } else { index[a] };
        }
        anatomy(place)
    })
}

fn all_orders() -> impl Iterator<Item = ([usize; 3], [bool; 3])> {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    orders
        .into_iter()
        .flat_map(|order| (0..8).map(move |bits| (order, [bits & 1 == 1, bits & 2 == 2, bits & 4 == 4])))
}

fn scenes(volume: &Arc<Volume>) -> Vec<Scene> {
    let layer = layer(volume, Window::linear(1200.0, 2600.0));
    let center = DVec3::new(6.17, 7.31, 8.53);
    let oblique = Axes::from_normal_up(DVec3::new(0.4, 0.5, -0.7), DVec3::new(0.0, -1.0, 0.2)).unwrap();
    let slice = |axes| {
        Scene::Slice(SliceScene {
            plane: Plane { center, axes },
            mm_per_pixel: 0.47,
            size: [48, 44],
            slab: None,
            layers: vec![layer.clone()],
            labels: Vec::new(),
        })
    };
    let mut scenes: Vec<Scene> = View::ALL.map(|view| slice(view.axes())).into();
    scenes.push(slice(oblique));
    scenes.push(projection(
        Camera {
            target: center,
            azimuth_deg: 25.0,
            elevation_deg: -15.0,
            mm_per_pixel: 0.8,
            perspective_deg: 0.0,
        },
        [40, 40],
        VolumeMode::Average,
        0.5,
        layer.clone(),
    ));
    scenes
}

#[test]
fn all_48_make_the_same_pictures() {
    let Some(mut gpu) = gpu() else { return };
    let expected: Vec<Vec<u8>> = scenes(&stored([0, 1, 2], [false; 3])).iter().map(algo::draw).collect();
    let mut count = 0;
    for (order, flips) in all_orders() {
        for (scene, expected) in scenes(&stored(order, flips)).iter().zip(&expected) {
            let what = format!("{order:?} {flips:?}");
            assert_same(&format!("twin {what}"), &algo::draw(scene), expected);
            // Rays go through the texture's filter, whose weights are coarse.
            let levels = if matches!(scene, Scene::Volume(_)) { 2 } else { 1 };
            crate::phantom::assert_within(&what, &gpu.picture(scene).unwrap(), expected, levels, 0.01);
        }
        count += 1;
    }
    assert_eq!(count, 48);
}

/// Bright blocks at the patient's left, front and head appear where a radiologist expects them.
#[test]
fn left_front_and_head_are_where_they_belong() {
    let Some(mut gpu) = gpu() else { return };
    let geometry = Geometry::from_affine(
        [60, 60, 60],
        DAffine3 {
            matrix3: DMat3::from_diagonal(DVec3::splat(2.0)),
            translation: DVec3::splat(-59.0),
        },
    )
    .unwrap();
    let near = |a: usize, low: usize| (low..low + 8).contains(&a);
    let volume =
        Recipe::new(geometry, SampleType::I16).volume(|[i, j, k], _| match (near(i, 44), near(j, 8), near(k, 44)) {
            (true, ..) if near(j, 26) && near(k, 26) => 1000.0,
            (_, true, _) if near(i, 26) && near(k, 26) => 700.0,
            (.., true) if near(i, 26) && near(j, 26) => 400.0,
            _ => 0.0,
        });
    let expected = [
        (View::Axial, vec![([80, 50], 1000.0), ([50, 20], 700.0)]),
        (View::Coronal, vec![([80, 50], 1000.0), ([50, 20], 400.0)]),
        (View::Sagittal, vec![([20, 50], 700.0), ([50, 20], 400.0)]),
    ];
    let window = Window::linear(500.0, 1001.0);
    for (view, spots) in expected {
        let scene = Scene::Slice(SliceScene {
            plane: Plane {
                center: DVec3::ZERO,
                axes: view.axes(),
            },
            mm_per_pixel: 1.2,
            size: [100, 100],
            slab: None,
            layers: vec![layer(&volume, window)],
            labels: Vec::new(),
        });
        let picture = gpu.picture(&scene).unwrap();
        for ([x, y], value) in spots {
            let got = picture.as_chunks::<4>().0[y * 100 + x];
            assert_eq!(got[..3], [window.level(value); 3], "{view:?} at {x}, {y}");
        }
    }
}
