//! What the device refuses or loses is survived: a coarser volume with a notice, or an error in a sentence.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo::raycast;
use isocenter::gpu::{Budget, Gpu, GpuError};
use isocenter::model::segment::LabelColors;
use isocenter::model::voxels::SampleType;
use isocenter::scene::{LabelLayer, Scene, VolumeMode, VolumeScene};

use crate::device::{gpu, gpu_with};
use crate::phantom::{Recipe, even_geometry};
use crate::volumes::{ball, deep, psnr, scene};

/// A soft ball with a label map, twice as fine as it needs to be, and another volume in it.
fn picture_of(mode: VolumeMode) -> VolumeScene {
    let geometry = even_geometry([60, 52, 40], DMat3::from_diagonal(DVec3::new(0.45, 0.5, 0.75)));
    let volume = ball(&geometry, SampleType::I16);
    let labels = Recipe::new(geometry.clone(), SampleType::U8).volume(|[i, j, k], _| {
        let at = geometry.patient_at(DVec3::new(i as f64, j as f64, k as f64)) - geometry.center();
        if at.length() < 7.0 { 2.0 } else { 0.0 }
    });
    let mut scene = scene(&volume, mode, [30.0, 20.0]);
    scene.layers.push(deep(&ball(&geometry, SampleType::F32)));
    let colors = Arc::new(LabelColors::up_to(9));
    scene.labels = vec![LabelLayer::new(labels, colors, 0.2, 1)];
    scene
}

fn assert_coarse(what: &str, gpu: &mut Gpu, scene: VolumeScene) {
    let twin = raycast::draw_volume(&scene);
    let scene = Scene::Volume(scene);
    let picture = gpu.picture(&scene).unwrap();
    let db = psnr(&picture, &twin);
    assert!(db > 24.0, "{what}: {db:.1} dB");
    for layer in scene.layers() {
        let level = gpu.level(&layer.volume, 0).unwrap();
        assert!(!level.is_full(), "{what}");
    }
    assert!(
        gpu.notice(&scene).is_some_and(|notice| notice.contains("60 × 52 × 40")),
        "{what}"
    );
}

#[test]
fn volumes_beyond_the_budget_are_coarser_in_the_volume_view() {
    for mode in VolumeMode::ALL {
        let Some(mut gpu) = gpu_with(isocenter::gpu::wanted_features()) else {
            return;
        };
        gpu.set_budget(Budget {
            max_side: 30,
            max_volume_bytes: 1 << 20,
            max_total_bytes: 1 << 22,
        });
        assert_coarse(&format!("sides, {mode:?}"), &mut gpu, picture_of(mode));
    }
}

#[test]
fn where_memory_runs_out_volumes_are_coarser() {
    let Some(mut gpu) = gpu_with(isocenter::gpu::wanted_features()) else {
        return;
    };
    gpu.refuse_above(60_000);
    assert_coarse("memory", &mut gpu, picture_of(VolumeMode::Composite));
    // With none at all there is a sentence, and more memory later is made use of.
    let Some(mut gpu) = gpu_with(isocenter::gpu::wanted_features()) else {
        return;
    };
    gpu.refuse_above(0);
    let scene = Scene::Volume(picture_of(VolumeMode::Composite));
    assert_eq!(gpu.picture(&scene), Err(GpuError::OutOfMemory));
    gpu.refuse_above(u64::MAX);
    assert!(gpu.picture(&scene).is_ok() && gpu.notice(&scene).is_none());
}

#[test]
fn a_lost_device_says_so_and_another_takes_its_place() {
    let Some(mut gpu) = gpu() else { return };
    let scene = Scene::Volume(picture_of(VolumeMode::Composite));
    let wanted = gpu.picture(&scene).unwrap();
    for is_drawn_before in [true, false] {
        let Some(mut lost) = gpu_with(isocenter::gpu::wanted_features()) else {
            return;
        };
        if is_drawn_before {
            assert!(lost.picture(&scene).is_ok());
        }
        lost.lose();
        assert!(lost.is_lost());
        for _ in 0..2 {
            let err = lost.picture(&scene).unwrap_err();
            assert!(matches!(err, GpuError::DeviceLost(_)), "{err}");
            assert!(lost.upload(&scene).is_err());
        }
    }
    // Voxels live in memory: a new device shows them as before.
    assert_eq!(gpu.picture(&scene).unwrap(), wanted);
}
