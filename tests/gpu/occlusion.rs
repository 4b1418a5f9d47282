//! Light in crevices: shaders and the quick caster against the twin, and whether what is deep is dark.

use std::sync::Arc;

use glam::{DMat3, DVec2, DVec3};
use isocenter::algo::occlusion::{self, OcclusionRequest};
use isocenter::algo::quick_rays::QuickRays;
use isocenter::algo::raycast;
use isocenter::algo::surface_nets::smooth::BlockSurfaces;
use isocenter::gpu::Gpu;
use isocenter::model::geometry::Geometry;
use isocenter::model::label_map::LabelMap;
use isocenter::model::segment::LabelColors;
use isocenter::model::transfer_function::{GradientPoint, Material, TransferFunction};
use isocenter::model::volume::Volume;
use isocenter::model::voxel_mask::VoxelMask;
use isocenter::model::voxels::SampleType;
use isocenter::scene::{ClipPlane, LabelLayer, Scene, SurfaceLayer, VolumeMode, VolumeScene};

use crate::device::gpu;
use crate::phantom::{Recipe, even_geometry};
use crate::volumes::{deep, point, psnr, scene};

/// Width of the pit, mm.
const PIT_MM: f64 = 8.0;

/// A block with a pit from its front, 24 mm deep: 1000 inside, −100 outside, soft over a millimetre.
fn pit(geometry: &Geometry, sample_type: SampleType) -> Arc<Volume> {
    let place = geometry.clone();
    let center = geometry.center();
    Recipe::new(geometry.clone(), sample_type).volume(move |[i, j, k], _| {
        let at = place.patient_at(DVec3::new(i as f64, j as f64, k as f64)) - center;
        // mm outside the block and inside the pit, which opens towards the patient's front (−y).
        let outside = (at.abs() - 20.0).max_element();
        let in_pit = (PIT_MM / 2.0 - DVec2::new(at.x, at.z).abs().max_element()).min(4.0 - at.y);
        let inwards = -outside.max(in_pit);
        (-100.0 + 1100.0 / (1.0 + (-4.0 * inwards).exp())).round()
    })
}

fn even() -> Geometry {
    even_geometry([56, 56, 56], DMat3::from_diagonal(DVec3::splat(0.9)))
}

/// Slices three times as far apart as voxels.
fn anisotropic() -> Geometry {
    even_geometry([72, 56, 24], DMat3::from_diagonal(DVec3::new(0.7, 0.9, 2.1)))
}

fn sheared() -> Geometry {
    even_geometry(
        [64, 60, 40],
        DMat3::from_cols(
            DVec3::new(0.9, 0.1, 0.0),
            DVec3::new(-0.1, 0.95, 0.05),
            DVec3::new(0.25, 0.3, 1.4),
        ),
    )
}

/// From the front, as material or as a surface, with its field.
fn pit_scene(volume: &Arc<Volume>, mode: VolumeMode, sides: [f64; 2]) -> VolumeScene {
    let mut scene = scene(volume, mode, sides);
    scene.camera.target = volume.geometry().unwrap().center();
    scene.camera.mm_per_pixel = 0.9;
    let points = vec![point(200.0, 0.0, [230, 200, 180]), point(500.0, 0.95, [230, 200, 180])];
    let layer = &mut scene.layers[0];
    layer.transfer = Arc::new(TransferFunction::new(points, Vec::new(), 1.0, Material::default()));
    layer.iso = 450.0;
    scene.light.occlusion = 0.8;
    occlusion::add(&mut scene);
    scene
}

fn both(gpu: &mut Gpu, scene: &VolumeScene) -> [Vec<u8>; 2] {
    let drawn = gpu.picture(&Scene::Volume(scene.clone())).unwrap();
    [drawn, QuickRays::default().draw(scene).expect("the usual case")]
}

/// Fails unless shader and quick caster draw what the twin draws, and unless that differs from open places as much as
/// this, dB.
fn assert_alike(what: &str, gpu: &mut Gpu, scene: &VolumeScene, most_db: f64) {
    assert!(scene.layers.iter().all(|layer| layer.occlusion.is_some()), "{what}");
    let twin = raycast::draw_volume(scene);
    for (who, drawn) in ["shader", "quick caster"].iter().zip(both(gpu, scene)) {
        let db = psnr(&drawn, &twin);
        assert!(db >= 40.0, "{what}, {who}: {db:.1} dB");
    }
    // It makes a difference at all.
    let mut open = scene.clone();
    open.light.occlusion = 0.0;
    let db = psnr(&raycast::draw_volume(&open), &twin);
    assert!(db < most_db, "{what}: as good as open, {db:.1} dB");
}

#[test]
fn crevices_are_as_dark_for_everybody() {
    let Some(mut gpu) = gpu() else { return };
    let grids = [("even", even()), ("anisotropic", anisotropic()), ("sheared", sheared())];
    for (name, geometry) in grids {
        let volume = pit(&geometry, SampleType::I16);
        for mode in [VolumeMode::Composite, VolumeMode::Iso] {
            for sides in [[0.0, 0.0], [15.0, -12.0]] {
                let mut scene = pit_scene(&volume, mode, sides);
                // Samples so near that jitter is no difference.
                scene.step_mm = 0.1;
                assert_alike(&format!("{name} {mode:?} {sides:?}"), &mut gpu, &scene, 40.0);
            }
        }
    }
}

#[test]
fn all_that_a_field_depends_on() {
    let Some(mut gpu) = gpu() else { return };
    let volume = pit(&anisotropic(), SampleType::F32);
    let center = volume.geometry().unwrap().center();
    let mut try_with = |what: &str, change: &dyn Fn(&mut VolumeScene)| {
        let mut scene = pit_scene(&volume, VolumeMode::Composite, [15.0, 12.0]);
        scene.step_mm = 0.1;
        change(&mut scene);
        occlusion::add(&mut scene);
        assert_alike(what, &mut gpu, &scene, 50.0);
    };
    try_with("lens", &|scene| scene.camera.perspective_deg = 40.0);
    try_with("clipped", &|scene| {
        let normal = DVec3::new(0.6, 0.0, 0.8);
        scene.cuts.planes = vec![ClipPlane {
            normal,
            offset_mm: normal.dot(center) - 6.0,
        }];
    });
    try_with("masked", &|scene| {
        let dims = volume.dims();
        scene.layers[0].mask = Some(Arc::new(VoxelMask::new(dims, |n| n % dims[0] > 20)));
    });
    try_with("thin and of edges", &|scene| {
        let steep = [(20.0, 0.2), (200.0, 1.0)];
        let steep = steep.map(|(per_mm, factor)| GradientPoint { per_mm, factor });
        let points = vec![point(100.0, 0.0, [230, 200, 180]), point(900.0, 0.4, [200, 230, 180])];
        let function = TransferFunction::new(points, steep.to_vec(), 1.0, Material::default());
        scene.layers[0].transfer = Arc::new(function);
    });
    try_with("two volumes", &|scene| {
        let other = crate::volumes::ball(&sheared(), SampleType::I16);
        let mut other = deep(&other);
        other.image.opacity = 0.7;
        scene.layers.push(other);
    });
}

/// Labels and surfaces get as much light as the volume that they lie in.
#[test]
fn labels_and_surfaces_are_dark_in_crevices_too() {
    let Some(mut gpu) = gpu() else { return };
    let geometry = anisotropic();
    let volume = pit(&geometry, SampleType::I16);
    let place = geometry.clone();
    // A ball in the pit, before its floor, and a larger one beside its mouth: no face lies along the rays.
    let label_of = |[i, j, k]: [usize; 3]| {
        let at = place.patient_at(DVec3::new(i as f64, j as f64, k as f64)) - place.center();
        let is_in_pit = at.distance(DVec3::new(0.0, 3.0, 0.0)) < PIT_MM * 0.7;
        let is_on_plain = at.distance(DVec3::new(13.0, -19.0, 0.0)) < PIT_MM;
        u16::from(is_in_pit) + 2 * u16::from(is_on_plain)
    };
    let labels = Recipe::new(geometry.clone(), SampleType::U8).volume(|at, _| f64::from(label_of(at)));
    let dims = geometry.dims();
    let dense: Vec<u16> = (0..dims.iter().product())
        .map(|n: usize| label_of([n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]]))
        .collect();
    let (found, _) = BlockSurfaces::of(&LabelMap::from_dense(dims, &dense), &geometry, None, &|| false).unwrap();
    let surfaces = found.by_label().values().map(|surface| SurfaceLayer {
        surface: Arc::clone(surface),
        color: [230, 190, 60],
        opacity: 1.0,
    });
    let surfaces: Vec<SurfaceLayer> = surfaces.collect();
    for mode in [VolumeMode::Composite, VolumeMode::Iso] {
        for sides in [[0.0, 0.0], [15.0, -12.0]] {
            let mut plain = pit_scene(&volume, mode, sides);
            plain.step_mm = 0.1;
            let mut labelled = plain.clone();
            labelled.labels = vec![LabelLayer::new(
                Arc::clone(&labels),
                Arc::new(LabelColors::up_to(3)),
                1.0,
                1,
            )];
            let mut with_surfaces = plain;
            with_surfaces.surfaces = surfaces.clone();
            for (what, scene) in [("labels", labelled), ("surfaces", with_surfaces)] {
                let what = format!("{what} {mode:?} {sides:?}");
                let twin = raycast::draw_volume(&scene);
                let mut in_the_open = scene.clone();
                in_the_open.light.occlusion = 0.0;
                let open = raycast::draw_volume(&in_the_open);
                // Where material is cut off by a surface, samples are put off by more than a level: light adds nothing.
                let drawn = [&scene, &in_the_open].map(|scene| gpu.picture(&Scene::Volume(scene.clone())).unwrap());
                let [db, least] = [psnr(&drawn[0], &twin), psnr(&drawn[1], &open).min(41.0) - 1.0];
                assert!(db >= least, "{what}: {db:.1} dB, {least:.1} dB in the open");
                let quick = [&scene, &in_the_open].map(|scene| QuickRays::default().draw(scene));
                if let [Some(dark), Some(light)] = quick {
                    let [db, least] = [psnr(&dark, &twin), psnr(&light, &open).min(39.0) - 1.0];
                    assert!(
                        db >= least,
                        "{what}, quick caster: {db:.1} dB, {least:.1} dB in the open"
                    );
                }
                if sides == [0.0, 0.0] {
                    let light = |picture: &[u8], x: usize, y: usize| {
                        picture[4 * (y * 64 + x)..][..3]
                            .iter()
                            .map(|part| f64::from(*part))
                            .sum::<f64>()
                    };
                    let left = |x, y| light(&twin, x, y) / light(&open, x, y);
                    // In the middle of the pit, and 12 mm beside it.
                    let (deep, plain) = (left(32, 25), left(45, 25));
                    assert!(deep < 0.8 && plain > 0.9, "{what}: {deep} {plain}");
                }
            }
        }
    }
}

#[test]
fn without_occlusion_pictures_are_as_they_were() {
    let Some(mut gpu) = gpu() else { return };
    let volume = pit(&anisotropic(), SampleType::I16);
    for mode in VolumeMode::ALL {
        let mut with = scene(&volume, mode, [30.0, 20.0]);
        with.light.occlusion = 0.7;
        let plain = with.clone();
        occlusion::add(&mut with);
        assert_eq!(with.layers[0].occlusion.is_some(), !mode.is_projection());
        with.layers[0].occlusion = pit_scene(&volume, VolumeMode::Composite, [0.0; 2]).layers[0]
            .occlusion
            .clone();
        let wanted = both(&mut gpu, &plain);
        for change in [
            |scene: &mut VolumeScene| scene.light.occlusion = 0.0,
            |scene: &mut VolumeScene| scene.light.occlusion = f64::NAN,
        ] {
            let mut off = with.clone();
            change(&mut off);
            assert_eq!(both(&mut gpu, &off), wanted, "{mode:?}");
            assert_eq!(raycast::draw_volume(&off), raycast::draw_volume(&plain), "{mode:?}");
        }
        // Nor where nothing is lit, or where the field is of another volume.
        let mut unlit = with.clone();
        unlit.light.is_shaded = false;
        let mut unlit_plain = plain.clone();
        unlit_plain.light.is_shaded = false;
        assert_eq!(both(&mut gpu, &unlit), both(&mut gpu, &unlit_plain), "{mode:?}");
        if mode.is_projection() {
            assert_eq!(both(&mut gpu, &with), wanted, "{mode:?}");
        }
        let other = pit(&even(), SampleType::I16);
        with.layers[0].occlusion = pit_scene(&other, VolumeMode::Composite, [0.0; 2]).layers[0]
            .occlusion
            .clone();
        assert_eq!(both(&mut gpu, &with), wanted, "{mode:?}");
    }
}

/// The field of the pit at places along its axis and over the block, 0 to 1.
fn openness(geometry: &Geometry) -> [f64; 5] {
    let volume = pit(geometry, SampleType::I16);
    let scene = pit_scene(&volume, VolumeMode::Composite, [0.0, 0.0]);
    let field = scene.layers[0].occlusion.clone().unwrap();
    let center = geometry.center();
    [
        // On the floor of the pit, half-way up, at its mouth, on the plain, and inside the block.
        DVec3::new(0.0, 4.0, 0.0),
        DVec3::new(0.0, -8.0, 0.0),
        DVec3::new(0.0, -20.0, 0.0),
        DVec3::new(12.0, -20.0, 12.0),
        DVec3::new(12.0, 10.0, 12.0),
    ]
    .map(|at| field.open_at(geometry.voxel_at(center + at)))
}

#[test]
fn what_is_deep_is_dark_on_any_grid() {
    let [floor, half, mouth, plain, inside] = openness(&even());
    assert!(plain > 0.9, "{plain}");
    assert!(floor < 0.45 * plain, "{floor} {plain}");
    assert!(floor < half && half < mouth, "{floor} {half} {mouth}");
    assert!(inside < 0.1, "{inside}");
    // The same body, sampled otherwise.
    for geometry in [anisotropic(), sheared()] {
        let other = openness(&geometry);
        for (a, b) in other.iter().zip([floor, half, mouth, plain, inside]) {
            assert!(
                (a - b).abs() < 0.12,
                "{other:?}, {:?}",
                [floor, half, mouth, plain, inside]
            );
        }
    }
}

#[test]
fn a_pit_is_darker_in_the_picture_than_the_plain_around_it() {
    let volume = pit(&even(), SampleType::I16);
    for mode in [VolumeMode::Composite, VolumeMode::Iso] {
        let with = pit_scene(&volume, mode, [0.0, 0.0]);
        let mut without = with.clone();
        without.light.occlusion = 0.0;
        let grey = |scene: &VolumeScene, x: usize, y: usize| {
            f64::from(raycast::draw_volume(scene)[4 * (y * scene.size[0] as usize + x)])
        };
        // The middle of 64 × 51 pixels of 0.9 mm, and 12 mm to the right and below.
        let floor = grey(&with, 32, 25) / grey(&without, 32, 25);
        let plain = grey(&with, 45, 38) / grey(&without, 45, 38);
        assert!(floor < 0.75 && plain > 0.93, "{mode:?}: {floor} {plain}");
    }
}

#[test]
fn a_cut_face_is_open() {
    let volume = pit(&even(), SampleType::I16);
    let center = volume.geometry().unwrap().center();
    let mut scene = pit_scene(&volume, VolumeMode::Composite, [0.0, 0.0]);
    let voxel = volume
        .geometry()
        .unwrap()
        .voxel_at(center + DVec3::new(12.0, 0.0, 12.0));
    let open = |scene: &VolumeScene| scene.layers[0].occlusion.as_ref().unwrap().open_at(voxel);
    assert!(open(&scene) < 0.1, "in the block");
    scene.cuts.planes = vec![ClipPlane {
        normal: DVec3::Y,
        offset_mm: center.y,
    }];
    occlusion::add(&mut scene);
    assert!(open(&scene) > 0.8, "{}", open(&scene));
}

#[test]
fn volumes_that_hardly_are_any_have_a_field_or_none() {
    let flat = |dims: [usize; 3]| even_geometry(dims, DMat3::from_diagonal(DVec3::new(1.0, 1.2, 3.0)));
    let fields = |volume: &Arc<Volume>| {
        for mode in VolumeMode::ALL {
            let mut scene = scene(volume, mode, [10.0, 40.0]);
            occlusion::add(&mut scene);
            let field = &scene.layers[0].occlusion;
            assert_eq!(field.is_some(), !mode.is_projection(), "{mode:?}");
            let drawn = raycast::draw_volume(&scene);
            assert!(drawn.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
        }
    };
    for dims in [[1, 1, 1], [2, 1, 1], [1, 1, 2], [24, 20, 1], [1, 20, 24], [9, 8, 2]] {
        for value in [-100.0, 500.0] {
            fields(&Recipe::new(flat(dims), SampleType::I16).volume(|_, _| value));
        }
        let odd = Recipe::new(flat(dims), SampleType::F32).volume(|[i, j, k], _| match (i + j + k) % 4 {
            0 => f64::NAN,
            1 => f64::INFINITY,
            2 => f64::NEG_INFINITY,
            _ => 800.0,
        });
        fields(&odd);
        fields(&Recipe::new(flat(dims), SampleType::F32).volume(|_, _| f64::NAN));
    }
    // Nothing is said of voxels that have not arrived.
    let mut recipe = Recipe::new(flat([9, 8, 4]), SampleType::I16);
    recipe.arrived = Some(vec![0]);
    let part = recipe.volume(|_, _| 500.0);
    let layer = deep(&part);
    assert!(OcclusionRequest::new(&layer, VolumeMode::Composite, &Default::default()).is_none());
}
