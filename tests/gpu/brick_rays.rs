//! Rays and label maps through bricks of volumes that are too large for the device, against the twins.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo::brush::{Cover, Footprint, Stroke};
use isocenter::algo::{self, label_counts, paint, raycast};
use isocenter::gpu::{Budget, Gpu};
use isocenter::model::geometry::Geometry;
use isocenter::model::label_map::LabelMap;
use isocenter::model::plane::{Axes, Plane, View};
use isocenter::model::segment::LabelColors;
use isocenter::model::transfer_function::{Material, TransferFunction};
use isocenter::model::volume::{Rescale, Volume};
use isocenter::model::voxel_mask::VoxelMask;
use isocenter::model::voxels::{SampleType, Voxels};
use isocenter::scene::{ClipPlane, Interpolation, LabelLayer, Scene, SliceScene, VolumeMode, VolumeScene};

use crate::device::gpu_with;
use crate::phantom::{Recipe, assert_same, even_geometry};
use crate::volumes::{ball, deep, point, psnr, scene};

/// 5 × 4 × 3 bricks.
const DIMS: [usize; 3] = [134, 104, 80];
/// Room for all bricks, though not for the volume.
const ROOMY: Budget = Budget {
    max_side: 128,
    max_volume_bytes: 1 << 30,
    max_total_bytes: 1 << 31,
};

fn device(budget: Budget) -> Option<Gpu> {
    let mut gpu = gpu_with(isocenter::gpu::wanted_features())?;
    gpu.set_budget(budget);
    Some(gpu)
}

fn geometry() -> Geometry {
    even_geometry(DIMS, DMat3::from_diagonal(DVec3::new(0.21, 0.25, 0.36)))
}

/// The same grid, its slices not evenly spaced.
fn uneven() -> Geometry {
    let origins: Vec<DVec3> = (0..DIMS[2])
        .map(|k| {
            let gap = if k > 40 { 1.7 } else { 0.0 };
            DVec3::new((k % 3) as f64 * 0.1, 0.0, k as f64 * 0.34 + gap)
        })
        .collect();
    Geometry::from_slices(DIMS[0], DIMS[1], DVec3::X * 0.21, DVec3::Y * 0.25, &origins, 1e-3).unwrap()
}

fn colors() -> Arc<LabelColors> {
    Arc::new(LabelColors::up_to(9))
}

/// Labels in and around the ball.
fn label_of(geometry: &Geometry, [i, j, k]: [usize; 3]) -> f64 {
    let at = geometry.patient_at(DVec3::new(i as f64, j as f64, k as f64)) - geometry.center();
    if at.length() < 7.0 {
        2.0
    } else if at.x > 8.0 && at.z.abs() < 4.0 {
        5.0
    } else {
        0.0
    }
}

fn label_map(geometry: &Geometry) -> Arc<Volume> {
    Recipe::new(geometry.clone(), SampleType::U8).volume(|index, _| label_of(geometry, index))
}

/// The same voxels as a map that can be painted.
fn painted(volume: &Volume, map: &LabelMap) -> Arc<Volume> {
    let mut painted = volume.with_voxels(Voxels::of_labels(vec![map.clone()]).unwrap());
    painted.rescale = Rescale::IDENTITY;
    Arc::new(painted)
}

/// Fails unless a picture is the twin's, of a volume that is not all on the device, and nothing is to be said of it. Of
/// the nearest voxels, whose edges are a matter of the last bit, it may be as much as where all is.
fn assert_alike(what: &str, gpu: &mut Gpu, scene: &VolumeScene) {
    let twin = raycast::draw_volume(scene);
    let has_edges = scene
        .layers
        .iter()
        .any(|layer| layer.image.interpolation == Interpolation::Nearest);
    let scene = Scene::Volume(scene.clone());
    let picture = gpu.picture(&scene).unwrap();
    let db = psnr(&picture, &twin);
    println!("{what}: {db:.1} dB");
    if db < 40.0 {
        assert!(has_edges, "{what}: {db:.1} dB");
        let mut plain = gpu_with(isocenter::gpu::wanted_features()).unwrap();
        let plain_db = psnr(&plain.picture(&scene).unwrap(), &twin);
        assert!(
            db >= plain_db - 0.3,
            "{what}: {db:.1} dB, {plain_db:.1} dB without bricks"
        );
    }
    for layer in scene.layers() {
        assert!(
            !gpu.level(&layer.volume, 0).unwrap().is_full(),
            "{what}: all of it fits"
        );
    }
    assert_eq!(gpu.notice(&scene), None, "{what}");
}

#[test]
fn rays_through_bricks_are_those_of_the_twin() {
    for geometry in [geometry(), uneven()] {
        let Some(mut gpu) = device(ROOMY) else { return };
        let volume = ball(&geometry, SampleType::I16);
        for mode in VolumeMode::ALL {
            for interpolation in [Interpolation::Linear, Interpolation::Nearest] {
                let mut scene = scene(&volume, mode, [30.0, 20.0]);
                scene.layers[0].image.interpolation = interpolation;
                assert_alike(&format!("{mode:?} {interpolation:?}"), &mut gpu, &scene);
            }
        }
    }
}

#[test]
fn projections_through_bricks_are_exact() {
    let Some(mut gpu) = device(ROOMY) else { return };
    let volume = ball(&geometry(), SampleType::I16);
    for mode in [VolumeMode::Mip, VolumeMode::MinIp, VolumeMode::Average] {
        let scene = scene(&volume, mode, [-40.0, 15.0]);
        let twin = raycast::draw_volume(&scene);
        let picture = gpu.picture(&Scene::Volume(scene)).unwrap();
        crate::phantom::assert_within(&format!("{mode:?}"), &picture, &twin, 1, 0.001);
    }
}

#[test]
fn all_that_a_scene_can_ask_for_reads_bricks() {
    let Some(mut gpu) = device(ROOMY) else { return };
    let geometry = geometry();
    let volume = ball(&geometry, SampleType::F32);
    let labels = label_map(&geometry);
    let map = label_counts::label_map(&labels, 0).unwrap();
    for mode in [VolumeMode::Composite, VolumeMode::Iso] {
        let plain = scene(&volume, mode, [30.0, 20.0]);
        let mut try_with = |what: &str, change: &dyn Fn(&mut VolumeScene)| {
            let mut scene = plain.clone();
            change(&mut scene);
            assert_alike(&format!("{mode:?} {what}"), &mut gpu, &scene);
        };
        try_with("lens", &|scene| scene.camera.perspective_deg = 50.0);
        try_with("cut", &|scene| {
            scene.cuts.planes = vec![ClipPlane {
                normal: DVec3::new(0.6, 0.8, 0.0),
                offset_mm: geometry.center().dot(DVec3::new(0.6, 0.8, 0.0)) + 0.77,
            }];
        });
        try_with("mask", &|scene| {
            let keeps = |index: usize| index % DIMS[0] > 60 || (index / DIMS[0]) % DIMS[1] > 50;
            scene.layers[0].mask = Some(Arc::new(VoxelMask::new(DIMS, keeps)));
        });
        try_with("slices", &|scene| {
            scene.slices = [View::Axial, View::Sagittal]
                .map(|view| Plane {
                    center: geometry.center() + DVec3::new(0.3, -0.4, 0.2),
                    axes: view.axes(),
                })
                .to_vec();
        });
        try_with("labels", &|scene| {
            scene.labels = vec![LabelLayer::new(Arc::clone(&labels), colors(), 0.3, 1)];
        });
        try_with("painted labels", &|scene| {
            scene.labels = vec![LabelLayer::new(painted(&labels, &map), colors(), 0.3, 1)];
        });
    }
}

/// What is seen though the values around a brick do not say so.
#[test]
fn bricks_are_there_where_something_is_seen_beyond_their_values() {
    let Some(mut gpu) = device(ROOMY) else { return };
    let geometry = geometry();
    let place = geometry.clone();
    // A curve through 0 and 1000 goes on beyond.
    let steps = Recipe::new(geometry.clone(), SampleType::I16).volume(|[i, j, k], _| {
        let is_high = (i / 12 + j / 10 + k / 7).is_multiple_of(2);
        if is_high { 1000.0 } else { 0.0 }
    });
    for mode in [VolumeMode::Composite, VolumeMode::Iso] {
        let mut scene = scene(&steps, mode, [30.0, 20.0]);
        let points = vec![point(1005.0, 0.0, [90, 200, 10]), point(1050.0, 0.7, [250, 240, 255])];
        let layer = &mut scene.layers[0];
        layer.transfer = Arc::new(TransferFunction::new(points, Vec::new(), 1.0, Material::default()));
        layer.image.interpolation = Interpolation::Cubic;
        layer.iso = 1020.0;
        // What is seen is as thin as a voxel.
        scene.step_mm = 0.04;
        assert_alike(&format!("a curve, {mode:?}"), &mut gpu, &scene);
    }
    // All numbers are above the surface, in the middle brick and what is around it, and end there.
    let wavy = move |[i, j, k]: [usize; 3]| {
        let at = place.patient_at(DVec3::new(i as f64, j as f64, k as f64)) - place.center();
        (
            at.length(),
            1000.0 + 300.0 * (at.x * 1.3).sin() * (at.y * 1.1).cos() * (at.z * 1.7).sin(),
        )
    };
    let holed = Recipe::new(geometry.clone(), SampleType::F32).volume(|index, _| match wavy(index) {
        (from_middle, value) if from_middle < 2.4 => value,
        _ => f64::NAN,
    });
    let mut in_nothing = scene(&holed, VolumeMode::Iso, [30.0, 20.0]);
    in_nothing.camera.mm_per_pixel = 0.15;
    // At the border of what is no number the last bit decides what values are around.
    in_nothing.light.is_shaded = false;
    assert_alike("numbers among nothing", &mut gpu, &in_nothing);
    let full = Recipe::new(geometry.clone(), SampleType::I16).volume(|index, _| wavy(index).1.round());
    let mut from_inside = scene(&full, VolumeMode::Iso, [30.0, 20.0]);
    from_inside.camera.perspective_deg = 60.0;
    let distance_mm = from_inside.camera.distance_mm(from_inside.size[1]).unwrap();
    from_inside.camera.target = geometry.center() + from_inside.camera.axes().normal() * distance_mm;
    assert_alike("an eye inside", &mut gpu, &from_inside);
}

/// A mask for which there is too little room is drawn with larger bits: of one that has nothing smaller nothing is lost.
#[test]
fn a_mask_that_is_too_large_has_larger_bits() {
    let volume = ball(&geometry(), SampleType::F32);
    let mut scene = scene(&volume, VolumeMode::Composite, [30.0, 20.0]);
    let keeps =
        |index: usize| index % DIMS[0] >= 60 || (index / DIMS[0]) % DIMS[1] >= 48 || index >= DIMS[0] * DIMS[1] * 40;
    scene.layers[0].mask = Some(Arc::new(VoxelMask::new(DIMS, keeps)));
    let scene = Scene::Volume(scene);
    let bytes = (DIMS.iter().product::<usize>() / 8) as u64;
    // At the same coarse level of the volume.
    let [all, large] = [bytes, bytes - 8].map(|max_volume_bytes| {
        let mut gpu = device(Budget {
            max_volume_bytes,
            ..ROOMY
        })?;
        let picture = gpu.picture(&scene).unwrap();
        Some((picture, gpu.level(&volume, 0).unwrap()))
    });
    assert_eq!(all, large);
}

#[test]
fn with_too_little_room_rays_are_between() {
    let volume = ball(&geometry(), SampleType::I16);
    for mode in VolumeMode::ALL {
        let plain = scene(&volume, mode, [30.0, 20.0]);
        let twin = raycast::draw_volume(&plain);
        let scene = Scene::Volume(plain);
        // Coarse levels of a sixteenth, and none or eight bricks of sixty besides.
        let level = Budget {
            max_volume_bytes: 160_000,
            ..ROOMY
        };
        let with_bricks = Budget {
            max_volume_bytes: 640_000 + 12 * 65_536,
            ..ROOMY
        };
        let [coarse, between] = [level, with_bricks].map(|budget| {
            let Some(mut gpu) = device(budget) else { return f64::NAN };
            let picture = gpu.picture(&scene).unwrap();
            assert!(gpu.notice(&scene).is_some(), "{mode:?}");
            psnr(&picture, &twin)
        });
        println!("{mode:?}: {coarse:.1} dB, {between:.1} dB with bricks");
        assert!(
            coarse.is_nan() || between > coarse,
            "{mode:?}: {coarse:.1} dB, {between:.1} dB"
        );
    }
}

fn slice(labels: Vec<LabelLayer>, geometry: &Geometry, axes: Axes, offset: f64) -> Scene {
    Scene::Slice(SliceScene {
        plane: Plane {
            center: geometry.center() + axes.normal() * offset,
            axes,
        },
        mm_per_pixel: 0.27,
        size: [110, 100],
        slab: None,
        layers: Vec::new(),
        labels,
    })
}

#[test]
fn label_maps_over_slices_come_in_bricks() {
    let geometry = geometry();
    let labels = label_map(&geometry);
    let map = label_counts::label_map(&labels, 0).unwrap();
    let oblique = Axes::from_normal_up(DVec3::new(0.2, 0.3, 0.9), DVec3::new(0.0, -1.0, 0.0)).unwrap();
    for volume in [Arc::clone(&labels), painted(&labels, &map)] {
        let Some(mut gpu) = device(ROOMY) else { return };
        for axes in [View::Axial.axes(), View::Coronal.axes(), oblique] {
            for offset in [0.0, 6.3] {
                let layer = LabelLayer::new(Arc::clone(&volume), colors(), 0.5, 2);
                let scene = slice(vec![layer], &geometry, axes, offset);
                let what = format!("{:?} at {offset}", axes.normal());
                assert_same(&what, &gpu.picture(&scene).unwrap(), &algo::draw(&scene));
                assert_eq!(gpu.notice(&scene), None, "{what}");
            }
        }
    }
}

#[test]
fn a_stroke_on_a_map_in_bricks_is_seen_at_once_and_taken_back() {
    // Room for eight bricks: what has one label needs none.
    let coarse = 67 * 104 * 80 * 2;
    let Some(mut gpu) = device(Budget {
        max_total_bytes: coarse + 8 * 65_536 * 4 / 3 + 4,
        ..ROOMY
    }) else {
        return;
    };
    let geometry = geometry();
    let empty = Recipe::new(geometry.clone(), SampleType::U16).volume(|_, _| 0.0);
    let mut map = LabelMap::empty(DIMS);
    let before = map.clone();
    // As a pane does, so that what is on the device stays.
    let mut held = Vec::new();
    let mut hold = |what: &str, map: &LabelMap, axes: Axes| {
        held.push(painted(&empty, map));
        let layer = LabelLayer::new(Arc::clone(&held[held.len() - 1]), colors(), 0.5, 2);
        let scene = slice(vec![layer], &geometry, axes, 0.4);
        let picture = gpu.picture(&scene).unwrap();
        let twin = algo::draw(&scene);
        assert!(picture.iter().zip(&twin).all(|(a, b)| a.abs_diff(*b) <= 1), "{what}");
        assert_eq!(gpu.notice(&scene), None, "{what}");
        picture
            .as_chunks::<4>()
            .0
            .iter()
            .filter(|pixel| pixel[..3] != [0; 3])
            .count()
    };
    assert_eq!(hold("nothing", &map, View::Axial.axes()), 0);
    let mut seen = Vec::new();
    for n in 0..6 {
        let place = geometry.center() + DVec3::new(2.5 * f64::from(n) - 8.0, 1.0, 0.5);
        let stroke = Stroke {
            from: place,
            to: place + DVec3::new(2.0, -3.0, 1.0),
            radius_mm: 2.0,
            footprint: Footprint::Ball,
        };
        paint::stroke(&mut map, &Cover::new(stroke, &geometry), |_, _| 1 + (n % 3) as u16);
        let axes = [View::Axial.axes(), View::Coronal.axes()][n as usize % 2];
        seen.push(hold(&format!("stroke {n}"), &map, axes));
    }
    assert!(seen.iter().all(|pixels| *pixels > 50), "{seen:?}");
    assert_eq!(hold("all taken back", &before, View::Axial.axes()), 0);
    assert!(hold("and done again", &map, View::Axial.axes()) > 50);
}

/// Two volumes and a map in bricks, more than one picture may have textures on small devices.
#[test]
fn several_volumes_in_bricks_hide_each_other() {
    let Some(mut gpu) = device(ROOMY) else { return };
    let geometry = geometry();
    let mut scene = scene(&ball(&geometry, SampleType::I16), VolumeMode::Composite, [-30.0, 25.0]);
    scene.layers.push(deep(&ball(&uneven(), SampleType::U8)));
    scene.labels = vec![LabelLayer::new(label_map(&geometry), colors(), 0.3, 1)];
    assert_alike("three", &mut gpu, &scene);
}
