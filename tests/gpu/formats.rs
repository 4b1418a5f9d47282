//! Every sample type arrives on the device as it is, down to the last number.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo;
use isocenter::gpu::{Gpu, VoxelFormat};
use isocenter::model::plane::{Plane, View};
use isocenter::model::volume::Volume;
use isocenter::model::voxels::SampleType;
use isocenter::model::window::{Window, WindowFunction};
use isocenter::scene::{Camera, Interpolation, Scene, SliceScene, VolumeMode};

use crate::device::{gpu, gpu_with};
use crate::phantom::{Noise, Recipe, assert_same, assert_within, even_geometry, layer, projection};

const TYPES: [SampleType; 8] = [
    SampleType::U8,
    SampleType::I8,
    SampleType::U16,
    SampleType::I16,
    SampleType::U32,
    SampleType::I32,
    SampleType::F32,
    SampleType::F64,
];

fn bounds(sample_type: SampleType) -> (f64, f64) {
    match sample_type {
        SampleType::U8 => (0.0, 255.0),
        SampleType::I8 => (-128.0, 127.0),
        SampleType::U16 => (0.0, 65535.0),
        SampleType::I16 => (-32768.0, 32767.0),
        SampleType::U32 => (0.0, 1e6),
        SampleType::I32 => (-1e6, 1e6),
        SampleType::F32 | SampleType::F64 => (-3.5, 12.25),
    }
}

fn slice(volume: &Arc<Volume>, window: Window, interpolation: Interpolation) -> Scene {
    let geometry = volume.geometry().unwrap();
    let mut layer = layer(volume, window);
    layer.interpolation = interpolation;
    Scene::Slice(SliceScene {
        plane: Plane {
            center: geometry.center() + DVec3::new(0.2, 0.1, 0.3),
            axes: View::Coronal.axes(),
        },
        mm_per_pixel: 0.21,
        size: [90, 80],
        slab: None,
        layers: vec![layer],
        labels: Vec::new(),
    })
}

fn small() -> isocenter::model::geometry::Geometry {
    even_geometry([15, 12, 11], DMat3::from_diagonal(DVec3::new(1.0, 1.2, 1.4)))
}

fn hold_all_types(gpu: &mut Gpu) {
    for sample_type in TYPES {
        let (low, high) = bounds(sample_type);
        let mut noise = Noise(3);
        let is_whole = !matches!(sample_type, SampleType::F32 | SampleType::F64);
        let volume = Recipe::new(small(), sample_type).volume(|_, _| {
            let number = noise.between(low, high);
            if is_whole { number.round() } else { number }
        });
        for interpolation in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
            let scene = slice(&volume, Window::between(low, high), interpolation);
            assert_same(sample_type.name(), &gpu.picture(&scene).unwrap(), &algo::draw(&scene));
        }
    }
}

#[test]
fn every_sample_type() {
    let Some(mut gpu) = gpu() else { return };
    hold_all_types(&mut gpu);
}

#[test]
fn every_sample_type_without_optional_features() {
    let Some(mut gpu) = gpu_with(wgpu::Features::empty()) else {
        return;
    };
    assert!(
        !gpu.device()
            .features()
            .contains(wgpu::Features::TEXTURE_FORMAT_16BIT_NORM)
    );
    hold_all_types(&mut gpu);
    hold_neighbours(&mut gpu);
    // Rays without a filterable format.
    let mut noise = Noise(8);
    let volume = Recipe::new(small(), SampleType::I16).volume(|_, _| noise.between(-500.0, 500.0).round());
    let scene = projection(
        Camera {
            target: volume.geometry().unwrap().center(),
            azimuth_deg: 30.0,
            elevation_deg: 20.0,
            mm_per_pixel: 0.3,
            perspective_deg: 0.0,
        },
        [60, 60],
        VolumeMode::Mip,
        0.6,
        layer(&volume, Window::linear(200.0, 700.0)),
    );
    assert_within(
        "rays by hand",
        &gpu.picture(&scene).unwrap(),
        &algo::draw(&scene),
        1,
        0.005,
    );
}

/// A step between two neighbouring numbers is seen at any place of the range: windows of one unit's width tell them
/// apart exactly.
fn hold_neighbours(gpu: &mut Gpu) {
    let pairs = [
        (SampleType::I16, [-32768.0, -32767.0, -1.0, 0.0, 32766.0, 32767.0]),
        (SampleType::U16, [0.0, 1.0, 32767.0, 32768.0, 65534.0, 65535.0]),
        (SampleType::I8, [-128.0, -127.0, -1.0, 0.0, 126.0, 127.0]),
        (SampleType::U8, [0.0, 1.0, 127.0, 128.0, 254.0, 255.0]),
    ];
    for (sample_type, numbers) in pairs {
        let geometry = even_geometry([6, 4, 3], DMat3::IDENTITY);
        let volume = Recipe::new(geometry, sample_type).volume(|[i, ..], _| numbers[i]);
        for (n, number) in numbers.iter().enumerate() {
            let window = Window {
                center: *number,
                width: 0.5,
                function: WindowFunction::LinearExact,
            };
            let scene = Scene::Slice(SliceScene {
                plane: Plane {
                    center: volume.geometry().unwrap().center(),
                    axes: View::Axial.axes(),
                },
                mm_per_pixel: 1.0,
                size: [6, 1],
                slab: None,
                layers: vec![crate::phantom::layer(&volume, window)],
                labels: Vec::new(),
            });
            let picture = gpu.picture(&scene).unwrap();
            for (i, pixel) in picture.as_chunks::<4>().0.iter().enumerate() {
                let expected = match numbers[i].total_cmp(number) {
                    std::cmp::Ordering::Less => 0,
                    std::cmp::Ordering::Equal => 128,
                    std::cmp::Ordering::Greater => 255,
                };
                assert_eq!(
                    pixel[0],
                    expected,
                    "{} {} in a window at number {n}",
                    sample_type.name(),
                    numbers[i]
                );
            }
        }
    }
}

#[test]
fn neighbouring_numbers_stay_apart_at_the_ends_of_the_range() {
    let Some(mut gpu) = gpu() else { return };
    hold_neighbours(&mut gpu);
}

#[test]
fn colours_are_shown_as_stored() {
    let Some(mut gpu) = gpu() else { return };
    for sample_type in [SampleType::U8, SampleType::U16] {
        let most = bounds(sample_type).1;
        let mut noise = Noise(21);
        let mut recipe = Recipe::new(small(), sample_type);
        recipe.components = 3;
        let volume = recipe.volume(|_, _| noise.between(0.0, most).round());
        for interpolation in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
            let mut scene = slice(&volume, Window::linear(0.0, 2.0), interpolation);
            let Scene::Slice(slice) = &mut scene else {
                unreachable!("a slice was asked for")
            };
            slice.layers[0].invert = true;
            assert_same("colour", &gpu.picture(&scene).unwrap(), &algo::draw(&scene));
        }
        // Where every component is kept, nearest gives the very numbers.
        if sample_type == SampleType::U8 {
            let picture = gpu
                .picture(&slice(&volume, Window::linear(0.0, 2.0), Interpolation::Nearest))
                .unwrap();
            assert_eq!(
                picture,
                algo::draw(&slice(&volume, Window::linear(0.0, 2.0), Interpolation::Nearest))
            );
        }
    }
}

#[test]
fn formats_keep_whole_numbers() {
    let voxels = |sample_type, components| {
        isocenter::model::voxels::Voxels::new([2, 2, 2], 1, components, sample_type, 1).unwrap()
    };
    let all = isocenter::gpu::wanted_features();
    let none = wgpu::Features::empty();
    assert_eq!(VoxelFormat::of(&voxels(SampleType::I16, 1), all), VoxelFormat::Unorm16);
    assert_eq!(VoxelFormat::of(&voxels(SampleType::I16, 1), none), VoxelFormat::Uint16);
    assert_eq!(VoxelFormat::of(&voxels(SampleType::I8, 1), none), VoxelFormat::Unorm8);
    assert_eq!(VoxelFormat::of(&voxels(SampleType::F64, 1), none), VoxelFormat::Float32);
    assert_eq!(VoxelFormat::of(&voxels(SampleType::U8, 3), all), VoxelFormat::Color);
}
