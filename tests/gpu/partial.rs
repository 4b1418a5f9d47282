//! Volumes of which only a part has arrived.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo;
use isocenter::algo::needed_slabs::needed_slabs;
use isocenter::model::geometry::Geometry;
use isocenter::model::plane::{Axes, Plane, View};
use isocenter::model::volume::Volume;
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Camera, ImageLayer, Interpolation, Scene, Slab, SlabMode, SliceScene, VolumeMode};

use crate::device::gpu;
use crate::phantom::{Noise, Recipe, assert_same, assert_within, even_geometry, layer, projection};

fn even() -> Geometry {
    even_geometry([17, 15, 20], DMat3::from_diagonal(DVec3::new(1.1, 0.9, 1.5)))
}

fn uneven() -> Geometry {
    let mut noise = Noise(9);
    let mut z = -20.0;
    let origins: Vec<DVec3> = (0..20)
        .map(|_| {
            z += noise.between(0.5, 3.0);
            DVec3::new(noise.between(-1.0, 1.0), 0.0, z)
        })
        .collect();
    Geometry::from_slices(17, 15, DVec3::X, DVec3::Y, &origins, 1e-3).unwrap()
}

fn volume(geometry: &Geometry, arrived: Option<Vec<usize>>) -> Arc<Volume> {
    let mut noise = Noise(1234);
    let mut recipe = Recipe::new(geometry.clone(), SampleType::I16);
    recipe.arrived = arrived;
    recipe.volume(|_, _| noise.between(0.0, 2000.0).round())
}

fn scenes(volume: &Arc<Volume>) -> Vec<Scene> {
    let geometry = volume.geometry().unwrap();
    let oblique = Axes::from_normal_up(DVec3::new(0.2, 0.3, 0.9), DVec3::new(0.0, -1.0, 0.0)).unwrap();
    let mut scenes = Vec::new();
    for interpolation in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
        for (axes, offset) in [
            (View::Axial.axes(), 0.0),
            (View::Axial.axes(), 0.4),
            (oblique, 0.2),
            (View::Sagittal.axes(), 0.1),
        ] {
            for slab in [
                None,
                Some(Slab {
                    thickness_mm: 4.0,
                    mode: SlabMode::Mip,
                }),
            ] {
                // On the centres of slice 7, but for the offset.
                let center = geometry.patient_at(DVec3::new(8.3, 7.1, 7.0 + offset));
                scenes.push(Scene::Slice(SliceScene {
                    plane: Plane { center, axes },
                    mm_per_pixel: 0.4,
                    size: [60, 50],
                    slab,
                    layers: vec![ImageLayer {
                        interpolation,
                        ..layer(volume, Window::linear(1000.0, 2000.0))
                    }],
                    labels: Vec::new(),
                }));
            }
        }
    }
    scenes
}

#[test]
fn what_has_not_arrived_is_black() {
    let Some(mut gpu) = gpu() else { return };
    for geometry in [even(), uneven()] {
        let partial = volume(&geometry, Some(vec![2, 3, 4, 7]));
        for scene in scenes(&partial) {
            let twin = algo::draw(&scene);
            let is_empty = twin.as_chunks::<4>().0.iter().all(|pixel| *pixel == [0, 0, 0, 255]);
            let picture = gpu.picture(&scene).unwrap();
            if is_empty {
                assert!(picture == twin, "something is shown of slices that have not arrived");
            } else {
                assert_same("partial", &picture, &twin);
            }
        }
    }
}

/// With only the slabs that `needed_slabs` names a picture is whole; and it names no more than it must.
#[test]
fn the_needed_slabs_are_enough() {
    let Some(mut gpu) = gpu() else { return };
    for geometry in [even(), uneven()] {
        let whole = volume(&geometry, None);
        for whole_scene in scenes(&whole) {
            let needed: Vec<usize> = needed_slabs(&whole_scene).remove(0).into_iter().collect();
            let partial = volume(&geometry, Some(needed.clone()));
            let mut scene = whole_scene.clone();
            let (Scene::Slice(slice), Scene::Slice(original)) = (&mut scene, &whole_scene) else {
                unreachable!("slices")
            };
            slice.layers[0].volume = partial;
            assert_same("needed", &gpu.picture(&scene).unwrap(), &algo::draw(&whole_scene));
            let is_on_slice = original.plane.axes == View::Axial.axes()
                && original.slab.is_none()
                && geometry.slice_table().is_none();
            if is_on_slice {
                assert!(needed.len() <= 2, "an axial plane needs slabs {needed:?}");
            }
        }
    }
}

#[test]
fn a_plane_on_a_slice_reads_no_other() {
    let Some(mut gpu) = gpu() else { return };
    let geometry = even_geometry([17, 15, 20], DMat3::from_diagonal(DVec3::new(0.7, 0.9, 1.3)));
    let mut recipe = Recipe::new(geometry.clone(), SampleType::I16);
    recipe.slices_per_slab = 1;
    for slice in [0, 7, 19] {
        recipe.arrived = Some(vec![slice]);
        let mut noise = Noise(2);
        let volume = recipe.volume(|_, _| noise.between(0.0, 2000.0).round());
        let scene = Scene::Slice(SliceScene {
            plane: Plane {
                center: geometry.patient_at(DVec3::new(8.0, 7.0, slice as f64)),
                axes: View::Axial.axes(),
            },
            mm_per_pixel: 0.1,
            size: [110, 120],
            slab: None,
            layers: vec![layer(&volume, Window::linear(1000.0, 2000.0))],
            labels: Vec::new(),
        });
        assert_eq!(needed_slabs(&scene)[0].iter().copied().collect::<Vec<_>>(), [slice]);
        let picture = gpu.picture(&scene).unwrap();
        assert_same("on a slice", &picture, &algo::draw(&scene));
        let dark = picture.as_chunks::<4>().0.iter().filter(|pixel| pixel[0] == 0).count();
        assert!(dark < 200, "{dark} pixels of a slice that is there are black");
    }
}

#[test]
fn slabs_that_arrive_later_are_drawn_then() {
    let Some(mut gpu) = gpu() else { return };
    let geometry = even();
    let whole = volume(&geometry, None);
    let growing = volume(&geometry, Some(vec![0, 1]));
    let scene = scenes(&growing).swap_remove(4);
    let before = gpu.picture(&scene).unwrap();
    for slab in 0..whole.voxels.slab_count() {
        growing
            .voxels
            .publish(slab, whole.voxels.slab(slab).unwrap().as_ref().clone())
            .unwrap();
    }
    assert!(growing.voxels.is_complete());
    let after = gpu.picture(&scene).unwrap();
    assert_ne!(before, after);
    assert_same("grown", &after, &algo::draw(&scene));
}

#[test]
fn rays_leave_out_what_has_not_arrived() {
    let Some(mut gpu) = gpu() else { return };
    for geometry in [even(), uneven()] {
        let partial = volume(&geometry, Some(vec![2, 3, 4, 7]));
        for mode in [VolumeMode::Mip, VolumeMode::MinIp, VolumeMode::Average] {
            let scene = projection(
                Camera {
                    target: geometry.center(),
                    azimuth_deg: 40.0,
                    elevation_deg: 10.0,
                    mm_per_pixel: 0.6,
                    perspective_deg: 0.0,
                },
                [60, 60],
                mode,
                0.5,
                layer(&partial, Window::linear(1000.0, 2000.0)),
            );
            assert_within(
                "partial rays",
                &gpu.picture(&scene).unwrap(),
                &algo::draw(&scene),
                1,
                0.01,
            );
        }
    }
}
