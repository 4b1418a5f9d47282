//! Volumes that are too large for the device are shown at a coarser level, and it is said.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo;
use isocenter::gpu::{Budget, GpuError, Level, PaneTarget, VoxelFormat};
use isocenter::model::plane::{Plane, View};
use isocenter::model::volume::Volume;
use isocenter::model::voxels::{SampleType, Voxels};
use isocenter::model::window::Window;
use isocenter::scene::{Scene, SliceScene};

use crate::device::{gpu, gpu_with};
use crate::phantom::{Recipe, assert_within, even_geometry, layer};

const WIDE: Budget = Budget {
    max_side: 2048,
    max_volume_bytes: 1 << 30,
    max_total_bytes: 1 << 31,
};

/// So smooth that a coarser level looks nearly the same.
fn smooth(sample_type: SampleType, arrived: Option<Vec<usize>>) -> Arc<Volume> {
    let geometry = even_geometry([64, 61, 30], DMat3::from_diagonal(DVec3::new(0.5, 0.5, 1.0)));
    let mut recipe = Recipe::new(geometry, sample_type);
    recipe.arrived = arrived;
    recipe.slices_per_slab = 4;
    recipe.volume(|[i, j, k], _| (40.0 + i as f64 + j as f64 + 2.0 * k as f64).round())
}

fn slice(volume: &Arc<Volume>) -> Scene {
    Scene::Slice(SliceScene {
        plane: Plane {
            center: volume.geometry().unwrap().center(),
            axes: View::Coronal.axes(),
        },
        mm_per_pixel: 0.4,
        size: [90, 90],
        slab: None,
        layers: vec![layer(volume, Window::linear(120.0, 255.0))],
        labels: Vec::new(),
    })
}

#[test]
fn a_volume_beyond_the_budget_is_coarser_and_in_its_place() {
    let Some(mut gpu) = gpu_with(isocenter::gpu::wanted_features()) else {
        return;
    };
    for sample_type in [SampleType::U8, SampleType::I16, SampleType::F32] {
        let volume = smooth(sample_type, None);
        let scene = slice(&volume);
        gpu.set_budget(Budget {
            max_side: 32,
            max_volume_bytes: 20_000,
            ..WIDE
        });
        let picture = gpu.picture(&scene).unwrap();
        let level = gpu.level(&volume, 0).unwrap();
        assert!(level.texels(volume.dims()).iter().all(|side| *side <= 32), "{level:?}");
        assert!(!level.is_full());
        assert!(
            level
                .notice(volume.dims())
                .is_some_and(|text| text.contains("64 × 61 × 30")),
            "{:?}",
            level.notice(volume.dims())
        );
        // Half a coarse voxel at the rim has no neighbour to interpolate with, so the ramp ends early there.
        assert_within(sample_type.name(), &picture, &algo::draw(&scene), 4, 0.12);
    }
}

#[test]
fn a_coarse_slice_comes_when_all_of_it_has_arrived() {
    let Some(mut gpu) = gpu_with(isocenter::gpu::wanted_features()) else {
        return;
    };
    gpu.set_budget(Budget { max_side: 10, ..WIDE });
    // Three slices make one; slabs have four.
    let partial = smooth(SampleType::I16, Some(vec![0, 1]));
    let scene = slice(&partial);
    let before = gpu.picture(&scene).unwrap();
    let lit = |picture: &[u8]| picture.as_chunks::<4>().0.iter().filter(|pixel| pixel[0] > 0).count();
    let whole = smooth(SampleType::I16, None);
    for slab in 2..whole.voxels.slab_count() {
        partial
            .voxels
            .publish(slab, whole.voxels.slab(slab).unwrap().as_ref().clone())
            .unwrap();
    }
    let after = gpu.picture(&scene).unwrap();
    assert!(
        lit(&before) > 0 && lit(&before) * 2 < lit(&after),
        "{} of {}",
        lit(&before),
        lit(&after)
    );
    assert_eq!(after, gpu.picture(&slice(&whole)).unwrap());
}

#[test]
fn levels_fit_the_budget() {
    let voxels = Voxels::new([5000, 512, 400], 1, 1, SampleType::I16, 8).unwrap();
    assert_eq!(
        Level::fitting(
            &voxels,
            VoxelFormat::Unorm16,
            &Budget {
                max_side: 8192,
                max_volume_bytes: 3 << 30,
                ..WIDE
            }
        ),
        Level::FULL
    );
    let by_side = Level::fitting(
        &voxels,
        VoxelFormat::Unorm16,
        &Budget {
            max_volume_bytes: 3 << 30,
            ..WIDE
        },
    );
    assert_eq!(by_side.factors, [3, 1, 1]);
    let by_bytes = Level::fitting(
        &voxels,
        VoxelFormat::Unorm16,
        &Budget {
            max_volume_bytes: 1 << 20,
            ..WIDE
        },
    );
    assert!(by_bytes.bytes([5000, 512, 400], VoxelFormat::Unorm16) <= 1 << 20);
    assert_eq!(by_bytes.notice([5000, 512, 400]).is_some(), !by_bytes.is_full());
    // Sizes that multiply beyond 64 bits do not wrap.
    let dims = [1 << 31; 3];
    assert_eq!(Level::FULL.bytes(dims, VoxelFormat::Float32), u64::MAX);
}

#[test]
fn the_longest_unused_volume_gives_way() {
    let Some(mut gpu) = gpu_with(isocenter::gpu::wanted_features()) else {
        return;
    };
    let bytes = 64 * 61 * 30 * 2;
    gpu.set_budget(Budget {
        max_total_bytes: 2 * bytes + 1000,
        ..WIDE
    });
    let volumes = [(); 3].map(|()| smooth(SampleType::I16, None));
    for volume in &volumes {
        gpu.picture(&slice(volume)).unwrap();
    }
    assert_eq!(gpu.resident_bytes(), 2 * bytes);
    assert!(gpu.level(&volumes[0], 0).is_none() && gpu.level(&volumes[2], 0).is_some());
    // What nobody holds any more goes with the next picture.
    let first = Arc::clone(&volumes[0]);
    drop(volumes);
    gpu.picture(&slice(&first)).unwrap();
    assert_eq!(gpu.resident_bytes(), bytes);
}

#[test]
fn sizes_that_cannot_be_drawn_are_refused_in_a_sentence() {
    let Some(mut gpu) = gpu() else { return };
    let volume = smooth(SampleType::U8, None);
    for size in [[0, 10], [10, 0], [1_000_000, 10]] {
        let mut scene = slice(&volume);
        if let Scene::Slice(slice) = &mut scene {
            slice.size = size;
        }
        let refused = gpu.picture(&scene).unwrap_err();
        assert!(matches!(refused, GpuError::PictureSize { .. }), "{refused}");
        assert!(
            refused.to_string().contains(&format!("{} × {}", size[0], size[1])),
            "{refused}"
        );
        assert!(PaneTarget::new(&gpu, size).is_err());
    }
}
