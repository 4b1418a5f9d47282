//! Volumes that are too large for the device are exact where bricks of all their voxels are there, and nowhere wrong.

use std::sync::Arc;
use std::time::{Duration, Instant};

use glam::{DMat3, DVec3};
use isocenter::algo;
use isocenter::gpu::{Budget, Gpu, PaneTarget};
use isocenter::model::geometry::Geometry;
use isocenter::model::plane::{Axes, Plane, View};
use isocenter::model::volume::Volume;
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Floor, ImageLayer, Interpolation, Scene, Slab, SlabMode, SliceScene};

use crate::device::gpu_with;
use crate::phantom::{Noise, Recipe, assert_same, even_geometry, layer};
use crate::volumes::psnr;

/// 5 × 4 × 3 bricks.
const DIMS: [usize; 3] = [150, 97, 70];
/// Bytes of the coarse level of such a volume of 16 bits where sides have 128 texels at most.
const COARSE: u64 = 75 * 97 * 70 * 2;
/// Bytes of a brick of 16 bits.
const BRICK: u64 = 32 * 32 * 32 * 2;
/// Room for all bricks, though not for the volume.
const ROOMY: Budget = Budget {
    max_side: 128,
    max_volume_bytes: 1 << 30,
    max_total_bytes: 1 << 31,
};
/// Room for 27 bricks of 60.
const NARROW: Budget = Budget { max_side: 96, ..ROOMY };

/// Room for a coarse level and some bricks (a quarter is left for others).
fn budget_for(bricks: u64) -> Budget {
    Budget {
        max_total_bytes: COARSE + bricks * BRICK * 4 / 3 + 4,
        ..ROOMY
    }
}

fn device(budget: Budget) -> Option<Gpu> {
    let mut gpu = gpu_with(isocenter::gpu::wanted_features())?;
    gpu.set_budget(budget);
    Some(gpu)
}

fn even() -> Geometry {
    even_geometry(DIMS, DMat3::from_diagonal(DVec3::new(0.7, 0.9, 1.3)))
}

fn uneven() -> Geometry {
    let mut noise = Noise(9);
    let mut z = -20.0;
    let origins: Vec<DVec3> = (0..DIMS[2])
        .map(|_| {
            z += noise.between(0.5, 3.0);
            DVec3::new(noise.between(-1.0, 1.0), 0.0, z)
        })
        .collect();
    Geometry::from_slices(DIMS[0], DIMS[1], DVec3::X, DVec3::Y, &origins, 1e-3).unwrap()
}

/// Numbers without any order: whatever is read in the wrong place shows.
fn noisy(geometry: Geometry, sample_type: SampleType, arrived: Option<Vec<usize>>) -> Arc<Volume> {
    let mut noise = Noise(1234);
    let mut recipe = Recipe::new(geometry, sample_type);
    recipe.arrived = arrived;
    let most = if sample_type == SampleType::U8 { 255.0 } else { 2000.0 };
    recipe.volume(|_, _| noise.between(0.0, most).round())
}

fn oblique() -> Axes {
    Axes::from_normal_up(DVec3::new(0.2, 0.3, 0.9), DVec3::new(0.0, -1.0, 0.0)).unwrap()
}

fn slab() -> Slab {
    Slab {
        thickness_mm: 6.0,
        mode: SlabMode::Mip,
    }
}

/// Through a voxel index.
fn slice_at(volume: &Arc<Volume>, axes: Axes, voxel: DVec3, slab: Option<Slab>, interpolation: Interpolation) -> Scene {
    let most = if volume.voxels.sample_type() == SampleType::U8 {
        255.0
    } else {
        2000.0
    };
    Scene::Slice(SliceScene {
        plane: Plane {
            center: volume.geometry().unwrap().patient_at(voxel),
            axes,
        },
        mm_per_pixel: 0.83,
        size: [130, 110],
        slab,
        layers: vec![ImageLayer {
            interpolation,
            ..layer(volume, Window::linear(most / 2.0, most))
        }],
        labels: Vec::new(),
    })
}

fn axial(volume: &Arc<Volume>, slice: f64) -> Scene {
    let voxel = DVec3::new(74.5, 48.0, slice);
    slice_at(volume, View::Axial.axes(), voxel, None, Interpolation::Linear)
}

fn slices(volume: &Arc<Volume>) -> Vec<Scene> {
    let middle = DVec3::new(74.3, 48.2, 31.6);
    let mut scenes = vec![
        axial(volume, 31.0),
        slice_at(volume, oblique(), middle, Some(slab()), Interpolation::Linear),
        slice_at(
            volume,
            View::Coronal.axes(),
            middle,
            Some(slab()),
            Interpolation::Nearest,
        ),
    ];
    for interpolation in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
        for axes in [View::Axial.axes(), View::Sagittal.axes(), oblique()] {
            scenes.push(slice_at(volume, axes, middle, None, interpolation));
        }
    }
    scenes
}

/// Fails unless a picture is the twin's, of a volume that is not all on the device, and nothing is to be said of it.
fn assert_exact(what: &str, gpu: &mut Gpu, scene: &Scene) {
    assert_same(what, &gpu.picture(scene).unwrap(), &algo::draw(scene));
    for layer in scene.layers() {
        assert!(
            !gpu.level(&layer.volume, 0).unwrap().is_full(),
            "{what}: all of it fits"
        );
    }
    assert_eq!(gpu.notice(scene), None, "{what}");
}

#[test]
fn slices_through_bricks_are_those_of_the_twin() {
    let types = [SampleType::I16, SampleType::U8, SampleType::F32];
    for features in [isocenter::gpu::wanted_features(), wgpu::Features::empty()] {
        let Some(mut gpu) = gpu_with(features) else { return };
        gpu.set_budget(ROOMY);
        for sample_type in types {
            for geometry in [even(), uneven()] {
                let volume = noisy(geometry, sample_type, None);
                for (n, scene) in slices(&volume).iter().enumerate() {
                    assert_exact(&format!("{} {n}", sample_type.name()), &mut gpu, scene);
                }
            }
        }
    }
}

#[test]
fn colours_and_what_is_no_number_come_in_bricks_too() {
    let Some(mut gpu) = device(ROOMY) else { return };
    let mut noise = Noise(5);
    let mut recipe = Recipe::new(even(), SampleType::U8);
    recipe.components = 3;
    let colors = recipe.volume(|_, _| noise.between(0.0, 255.0).round());
    let holes = Recipe::new(even(), SampleType::F32).volume(|_, _| {
        let number = noise.between(0.0, 2000.0);
        if number < 20.0 { f64::NAN } else { number }
    });
    for (n, scene) in slices(&colors).iter().enumerate() {
        assert_exact(&format!("colours {n}"), &mut gpu, scene);
    }
    // A hole of hardly any weight counts as a number: as much as where all of the volume is on the device.
    let Some(mut plain) = gpu_with(isocenter::gpu::wanted_features()) else {
        return;
    };
    for (n, scene) in slices(&holes).iter().enumerate() {
        let whole = plain.picture(scene).unwrap();
        assert_same(&format!("holes {n}"), &gpu.picture(scene).unwrap(), &whole);
        assert!(plain.level(&holes, 0).unwrap().is_full() && !gpu.level(&holes, 0).unwrap().is_full());
        assert_eq!(gpu.notice(scene), None, "holes {n}");
    }
    let scene = axial(&holes, 31.4);
    assert_exact("a plane with holes", &mut gpu, &scene);
}

#[test]
fn who_looks_elsewhere_gets_other_bricks() {
    let Some(mut gpu) = device(NARROW) else { return };
    let volume = noisy(even(), SampleType::I16, None);
    let mut bytes = 0;
    for slice in [10.0, 40.0, 66.0, 11.5, 41.0, 10.0] {
        assert_exact(&format!("slice {slice}"), &mut gpu, &axial(&volume, slice));
        bytes = bytes.max(gpu.resident_bytes());
    }
    // 75 × 49 × 70 texels of the coarse level and 27 bricks.
    assert_eq!(bytes, 75 * 49 * 70 * 2 + 27 * BRICK);
    // In another pane the others are needed at once.
    let both = [axial(&volume, 10.0), axial(&volume, 66.0)];
    for scene in both.iter().chain(&both) {
        assert_same("in turns", &gpu.picture(scene).unwrap(), &algo::draw(scene));
    }
}

#[test]
fn what_is_all_of_one_number_takes_no_room() {
    // Eight bricks are worth it, and a slice needs twenty.
    let Some(mut gpu) = device(budget_for(8)) else { return };
    let mut noise = Noise(3);
    let volume = Recipe::new(even(), SampleType::I16).volume(|[i, j, _], _| {
        let is_inside = (40..90).contains(&i) && (40..60).contains(&j);
        if is_inside {
            noise.between(0.0, 2000.0).round()
        } else {
            -3.0
        }
    });
    for slice in [31.5, 8.0] {
        assert_exact(&format!("slice {slice}"), &mut gpu, &axial(&volume, slice));
    }
}

#[test]
fn with_too_little_room_the_picture_is_between() {
    let volume = noisy(even(), SampleType::I16, None);
    let scene = axial(&volume, 31.5);
    let twin = algo::draw(&scene);
    let mut last = 0.0;
    for bricks in [0, 8, 20, 36] {
        let Some(mut gpu) = device(budget_for(bricks)) else {
            return;
        };
        let picture = gpu.picture(&scene).unwrap();
        let db = psnr(&picture, &twin);
        println!("{bricks} bricks: {db:.1} dB");
        assert!(db > last + 0.3, "{bricks} bricks: {db:.1} dB after {last:.1} dB");
        last = db;
        let notice = gpu.notice(&scene).expect("it is coarser than it is");
        assert_eq!(notice.contains("parts"), bricks > 0, "{notice}");
        assert!(notice.contains("150 × 97 × 70"), "{notice}");
    }
    // Both layers of twenty bricks are read.
    let Some(mut gpu) = device(budget_for(48)) else { return };
    assert_exact("all", &mut gpu, &scene);
}

#[test]
fn where_memory_runs_out_there_are_fewer_bricks_or_none() {
    let volume = noisy(even(), SampleType::I16, None);
    let scene = axial(&volume, 31.0);
    let twin = algo::draw(&scene);
    let mut bytes = Vec::new();
    // What is refused is more than: the 60 bricks, all but 16, all but the coarse level, also that.
    for above in [5_000_000, COARSE + 50_000, BRICK * 8 - 1, 10_000] {
        let Some(mut gpu) = device(ROOMY) else { return };
        gpu.refuse_above(above);
        let picture = gpu.picture(&scene).unwrap();
        let notice = gpu.notice(&scene);
        if above == 5_000_000 {
            assert_same("all", &picture, &twin);
            assert_eq!(notice, None);
        } else {
            assert!(psnr(&picture, &twin) > 8.0);
            assert!(notice.is_some());
        }
        bytes.push(gpu.resident_bytes());
    }
    assert_eq!(bytes[1], COARSE + 16 * BRICK);
    assert!(bytes.is_sorted_by(|a, b| a > b), "{bytes:?}");
}

#[test]
fn bricks_come_with_their_slices() {
    let Some(mut gpu) = device(ROOMY) else { return };
    for geometry in [even(), uneven()] {
        // Two slices a slab: 4 to 11 and 32 to 35.
        let growing = noisy(geometry.clone(), SampleType::I16, Some(vec![2, 3, 4, 5, 16, 17]));
        let whole = noisy(geometry, SampleType::I16, None);
        for slice in [6.5, 11.0, 11.5, 31.5, 33.5, 50.0] {
            let scene = axial(&growing, slice);
            let twin = algo::draw(&scene);
            let picture = gpu.picture(&scene).unwrap();
            if twin.as_chunks::<4>().0.iter().all(|pixel| *pixel == [0, 0, 0, 255]) {
                assert!(picture == twin, "something is shown of slices that have not arrived");
            } else {
                assert_same(&format!("slice {slice}"), &picture, &twin);
            }
        }
        for slab in (0..whole.voxels.slab_count()).rev() {
            let has_arrived = growing.voxels.slab(slab).is_some();
            if !has_arrived {
                let arriving = whole.voxels.slab(slab).unwrap().as_ref().clone();
                growing.voxels.publish(slab, arriving).unwrap();
            }
            if slab % 9 == 0 {
                let scene = axial(&growing, 31.5);
                let twin = algo::draw(&scene);
                let picture = gpu.picture(&scene).unwrap();
                assert!(psnr(&picture, &twin) > 60.0, "while slab {slab} arrives");
            }
        }
        for (n, scene) in slices(&growing).iter().enumerate() {
            assert_exact(&format!("{n}"), &mut gpu, scene);
        }
    }
}

#[test]
fn a_pane_gets_finer_while_bricks_come() {
    let Some(mut gpu) = device(Budget {
        max_side: 1024,
        max_volume_bytes: 100 << 20,
        ..ROOMY
    }) else {
        return;
    };
    // 128 MiB, of which 75 MiB may be bricks: the plane needs half as much.
    let mut recipe = Recipe::new(even_geometry([512, 512, 256], DMat3::IDENTITY), SampleType::I16);
    recipe.slices_per_slab = 8;
    let mut noise = Noise(77);
    let volume = recipe.volume(|_, _| noise.between(0.0, 2000.0).round());
    let center = DVec3::new(255.0, 255.0, 127.5);
    let mut scene = slice_at(&volume, oblique(), center, None, Interpolation::Linear);
    if let Scene::Slice(slice) = &mut scene {
        slice.mm_per_pixel = 3.0;
    }
    let mut target = PaneTarget::new(&gpu, scene.size()).unwrap();
    let begin = Instant::now();
    let (mut unfinished, mut coarse) = (0, 0);
    while !target.update(&mut gpu, &scene).unwrap().is_complete {
        unfinished += 1;
        coarse += usize::from(target.notice().is_some());
        assert!(!target.is_current(&scene));
        assert!(begin.elapsed() < Duration::from_secs(60), "it never ends");
    }
    // The coarse level may come after the bricks of the plane.
    assert!(unfinished >= coarse && coarse >= 1, "all of it came in one frame");
    assert!(target.is_current(&scene));
    assert_eq!(target.notice(), None);
    assert_same("in the end", &gpu.read(&target).unwrap(), &algo::draw(&scene));
}

/// The outline of what reaches a floor is drawn where a pixel near it does not, also beyond the picture.
#[test]
fn outlines_read_bricks_beyond_the_picture() {
    let Some(mut gpu) = device(ROOMY) else { return };
    // Stripes from the second brick on, which are even at a coarse level.
    let volume = Recipe::new(even(), SampleType::U8).volume(|[i, ..], _| match i {
        0..32 => 200.0,
        i if i % 2 == 0 => 0.0,
        _ => 250.0,
    });
    let mut image = layer(&volume, Window::linear(128.0, 256.0));
    image.opacity = 0.3;
    image.floor = Some(Floor {
        value: volume.rescale.value(100.0),
        outline: 0.9,
        outline_px: 8,
    });
    // Ten voxels to either side: the last pixel is more than half a voxel before the next brick.
    let scene = Scene::Slice(SliceScene {
        plane: Plane {
            center: even().patient_at(DVec3::new(20.5, 48.0, 20.0)),
            axes: View::Axial.axes(),
        },
        mm_per_pixel: 0.35,
        size: [40, 40],
        slab: None,
        layers: vec![image],
        labels: Vec::new(),
    });
    assert_exact("an outline", &mut gpu, &scene);
}
