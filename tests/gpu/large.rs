//! Volumes beyond what a device holds or a frame bears: long ones are shown all the same, large ones come bit by bit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use glam::DMat3;
use isocenter::algo;
use isocenter::gpu::{Budget, PaneTarget};
use isocenter::model::plane::{Plane, View};
use isocenter::model::volume::Volume;
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Camera, Scene, SliceScene, VolumeMode};

use crate::device::{gpu, gpu_with};
use crate::phantom::{Recipe, assert_within, even_geometry, layer, projection};

/// A slow wave along the longest side.
fn wave(dims: [usize; 3], sample_type: SampleType) -> Arc<Volume> {
    let longest = dims.into_iter().max().unwrap_or(1) as f64;
    let mut recipe = Recipe::new(even_geometry(dims, DMat3::IDENTITY), sample_type);
    recipe.slices_per_slab = (1 << 20) / (dims[0] * dims[1]).min(1 << 20);
    recipe.volume(|[i, j, k], _| (500.0 + 400.0 * ((i + j + k) as f64 * 9.0 / longest).sin()).round())
}

fn slice(volume: &Arc<Volume>, view: View, mm_per_pixel: f64, size: [u32; 2]) -> Scene {
    Scene::Slice(SliceScene {
        plane: Plane {
            center: volume.geometry().unwrap().center(),
            axes: view.axes(),
        },
        mm_per_pixel,
        size,
        slab: None,
        layers: vec![layer(volume, Window::linear(500.0, 1000.0))],
        labels: Vec::new(),
    })
}

fn rays(volume: &Arc<Volume>, azimuth_deg: f64, mm_per_pixel: f64, size: [u32; 2]) -> Scene {
    projection(
        Camera {
            target: volume.geometry().unwrap().center(),
            azimuth_deg,
            elevation_deg: 0.0,
            mm_per_pixel,
            perspective_deg: 0.0,
        },
        size,
        VolumeMode::Mip,
        0.5,
        layer(volume, Window::linear(500.0, 1000.0)),
    )
}

#[test]
fn a_volume_far_longer_than_the_device_holds_is_shown() {
    let Some(mut gpu) = gpu() else { return };
    // More than sixteen times what any device holds along a side.
    for (dims, view, azimuth_deg, size) in [
        ([70_000, 4, 4], View::Coronal, 0.0, [101, 3]),
        ([4, 70_000, 4], View::Sagittal, 90.0, [101, 3]),
        ([4, 4, 300_000], View::Coronal, 0.0, [3, 101]),
    ] {
        let volume = wave(dims, SampleType::I16);
        let length = dims.into_iter().max().unwrap_or(1) as f64;
        // The middle row (or column) of the picture runs along the volume.
        let scenes = [
            ("all of it", slice(&volume, view, length / 90.0, size)),
            ("its middle", slice(&volume, view, length / 1000.0, size)),
            ("rays", rays(&volume, azimuth_deg, length / 90.0, size)),
        ];
        for (what, scene) in scenes {
            assert_within(
                &format!("{dims:?} {what}"),
                &gpu.picture(&scene).unwrap(),
                &algo::draw(&scene),
                2,
                0.01,
            );
        }
        assert!(!gpu.level(&volume, 0).unwrap().is_full());
    }
}

#[test]
fn rays_through_a_coarse_level_are_those_of_the_twin() {
    let Some(mut gpu) = gpu_with(isocenter::gpu::wanted_features()) else {
        return;
    };
    gpu.set_budget(Budget {
        max_side: 20,
        max_volume_bytes: 1 << 20,
        max_total_bytes: 1 << 21,
    });
    let volume = wave([60, 20, 45], SampleType::U16);
    let scene = rays(&volume, 0.0, 0.7, [90, 70]);
    assert_within(
        "coarse rays",
        &gpu.picture(&scene).unwrap(),
        &algo::draw(&scene),
        12,
        0.1,
    );
}

#[test]
fn a_large_volume_comes_bit_by_bit() {
    for budget_mib in [16, 1 << 10] {
        let Some(mut gpu) = gpu_with(isocenter::gpu::wanted_features()) else {
            return;
        };
        gpu.set_budget(Budget {
            max_side: 2048,
            max_volume_bytes: budget_mib << 20,
            max_total_bytes: 2 << 30,
        });
        // 128 MiB: twice what one frame may take in.
        let volume = wave([512, 512, 256], SampleType::I16);
        let scene = slice(&volume, View::Coronal, 8.0, [64, 64]);
        let mut target = PaneTarget::new(&gpu, scene.size()).unwrap();
        let mut frames = Vec::new();
        let mut unfinished = 0;
        let begin = Instant::now();
        loop {
            let start = Instant::now();
            let drawn = target.update(&mut gpu, &scene).unwrap();
            frames.push(start.elapsed());
            if drawn.is_complete {
                break;
            }
            unfinished += 1;
            assert!(begin.elapsed() < Duration::from_secs(60), "it never ends");
        }
        frames.sort_unstable();
        let [median, longest] = [frames[frames.len() / 2], frames[frames.len() - 1]];
        println!("{budget_mib} MiB: {unfinished} unfinished frames, median {median:?}, longest {longest:?}");
        assert!(unfinished >= 1, "all of it came in one frame");
        assert_eq!(gpu.read(&target).unwrap(), gpu.picture(&scene).unwrap());
        assert_eq!(gpu.level(&volume, 0).unwrap().is_full(), budget_mib == 1 << 10);
    }
}
