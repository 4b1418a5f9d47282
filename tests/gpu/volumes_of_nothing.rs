//! Volumes, transfer functions and cuts with which little or nothing is to be seen: a picture, and no number that is none.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::model::transfer_function::{Material, TransferFunction, TransferPoint};
use isocenter::model::volume::Volume;
use isocenter::model::voxels::SampleType;
use isocenter::scene::{Background, CropBox, Scene, VolumeMode, VolumeScene};

use crate::device::gpu;
use crate::phantom::{Recipe, even_geometry};
use crate::volumes::{point, scene};

fn volumes() -> [(&'static str, Arc<Volume>); 7] {
    let with = |dims, sample_type, value: fn([usize; 3]) -> f64| {
        let cube = even_geometry(dims, DMat3::from_diagonal(DVec3::new(1.0, 1.0, 2.0)));
        Recipe::new(cube, sample_type).volume(move |voxel, _| value(voxel))
    };
    let cube = [9, 9, 9];
    [
        ("constant", with(cube, SampleType::I16, |_| 500.0)),
        ("zero", with(cube, SampleType::I16, |_| 0.0)),
        (
            "one slice",
            with([9, 9, 1], SampleType::I16, |[i, ..]| i as f64 * 100.0),
        ),
        (
            "two voxels",
            with([2, 1, 1], SampleType::I16, |[i, ..]| i as f64 * 900.0),
        ),
        ("not a number", with(cube, SampleType::F32, |_| f64::NAN)),
        (
            "some not a number",
            with(cube, SampleType::F32, |[i, j, k]| {
                if (i + j + k) % 3 == 0 { f64::NAN } else { 600.0 }
            }),
        ),
        (
            "infinite",
            with(cube, SampleType::F32, |[i, ..]| {
                if i > 4 { f64::INFINITY } else { f64::NEG_INFINITY }
            }),
        ),
    ]
}

fn transfers() -> [(&'static str, Vec<TransferPoint>); 4] {
    let at = |value: f64| point(value, 0.5, [200, 100, 50]);
    [
        ("usual", vec![at(0.0), at(700.0)]),
        ("none", Vec::new()),
        ("one place", vec![point(500.0, 0.0, [0; 3]), at(500.0), at(500.0)]),
        ("far away", vec![at(-1e300), at(1e300)]),
    ]
}

/// None, of no size, with its ends exchanged, without ends.
fn crops() -> [Option<CropBox>; 4] {
    let of = |low, high| Some(CropBox { low, high });
    let place = DVec3::new(11.3, -7.9, 201.4);
    [
        None,
        of(place, place),
        of(DVec3::splat(500.0), DVec3::splat(-500.0)),
        of(DVec3::splat(f64::NEG_INFINITY), DVec3::splat(f64::INFINITY)),
    ]
}

#[test]
fn nothing_to_see_is_a_picture_too() {
    let Some(mut gpu) = gpu() else { return };
    const BEHIND: [u8; 4] = [30, 60, 90, 255];
    let mut check = |what: &str, scene: VolumeScene, is_empty: bool| {
        let picture = gpu.picture(&Scene::Volume(scene)).unwrap();
        let pixels = picture.as_chunks::<4>().0;
        assert_eq!(pixels[0], BEHIND, "{what}");
        assert!(pixels.iter().all(|pixel| pixel[3] == 255), "{what}");
        assert!(!is_empty || pixels.iter().all(|pixel| *pixel == BEHIND), "{what}");
    };
    for (name, volume) in &volumes() {
        for mode in VolumeMode::ALL {
            let mut plain = scene(volume, mode, [30.0, 20.0]);
            plain.size = [24, 20];
            plain.camera.mm_per_pixel = 2.0;
            plain.background = Background::Colors([[30, 60, 90]; 2]);
            for (transfer, points) in transfers() {
                let function = TransferFunction::new(points, Vec::new(), 1.0, Material::default());
                plain.layers[0].transfer = Arc::new(function);
                for (n, crop) in crops().into_iter().enumerate() {
                    let mut scene = plain.clone();
                    scene.cuts.crop = crop;
                    check(&format!("{name}, {transfer}, {mode:?}, crop {n}"), scene, n == 2);
                }
                let mut scene = plain.clone();
                scene.layers[0].iso = f64::NAN;
                scene.step_mm = f64::NAN;
                let is_empty = mode == VolumeMode::Iso;
                check(&format!("{name}, {transfer}, {mode:?}, no numbers"), scene, is_empty);
            }
            plain.layers.clear();
            check("no volume", plain, true);
        }
    }
}
