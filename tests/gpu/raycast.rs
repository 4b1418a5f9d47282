//! Material and surfaces through a camera: the twin against numbers that are known, and the pictures against the twin.

use glam::{DAffine3, DMat3, DVec3};
use isocenter::algo::{gradient::gradient, raycast};
use isocenter::model::geometry::Geometry;
use isocenter::model::plane::Plane;
use isocenter::model::segment::LabelColors;
use isocenter::model::transfer_function::{GradientPoint, Material, TransferFunction, TransferPoint};
use isocenter::model::voxel_mask::VoxelMask;
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Background, Camera, CropBox, ImageLayer, LabelLayer, VolumeMode, VolumeScene};

use crate::phantom::{Recipe, deep, even_geometry, layer};

fn camera(target: DVec3) -> Camera {
    Camera {
        target,
        azimuth_deg: 0.0,
        elevation_deg: 0.0,
        mm_per_pixel: 1.0,
        perspective_deg: 0.0,
    }
}

/// A volume of one value everywhere.
fn even(value: f64) -> ImageLayer {
    let recipe = Recipe::new(even_geometry([20, 20, 20], DMat3::IDENTITY), SampleType::I16);
    layer(&recipe.volume(|_, _| value), Window::linear(50.0, 100.0))
}

fn one_color(opacity: f64, color: [u8; 3]) -> TransferFunction {
    let point = TransferPoint {
        value: 0.0,
        opacity,
        color,
    };
    TransferFunction::new(vec![point], Vec::new(), 1.0, Material::default())
}

fn scene(image: ImageLayer, mode: VolumeMode) -> VolumeScene {
    let target = image.volume.geometry().unwrap().center();
    VolumeScene::new(camera(target), [9, 9], mode, 0.5, vec![deep(image)])
}

fn middle(picture: &[u8]) -> [u8; 4] {
    picture[4 * (4 * 9 + 4)..][..4].try_into().unwrap()
}

#[test]
fn gradients_are_those_of_the_patient_on_any_grid() {
    // Value = 30x − 20y + 50z in the patient, on a sheared grid of flat voxels.
    let wanted = DVec3::new(30.0, -20.0, 50.0);
    let edges = DMat3::from_cols(
        DVec3::new(0.7, 0.1, 0.0),
        DVec3::new(-0.1, 0.9, 0.0),
        DVec3::new(0.4, -0.8, 2.5),
    );
    let geometry = Geometry::from_affine([12, 11, 10], DAffine3::from_mat3_translation(edges, DVec3::ZERO)).unwrap();
    let place = geometry.clone();
    let recipe = Recipe::new(geometry, SampleType::F64);
    let volume = recipe.volume(|[i, j, k], _| place.patient_at(DVec3::new(i as f64, j as f64, k as f64)).dot(wanted));
    let image = layer(&volume, Window::linear(0.0, 1.0));
    for at in [DVec3::splat(5.0), DVec3::new(3.3, 7.25, 4.9)] {
        let got = gradient(&image, volume.geometry().unwrap(), at, 0.0);
        assert!((got - wanted * volume.rescale.slope).length() < 1e-3, "{got}");
    }
}

#[test]
fn light_is_lost_in_material_as_beer_and_lambert_say() {
    let mut scene = scene(even(80.0), VolumeMode::Composite);
    scene.light.is_shaded = false;
    scene.layers[0].transfer = std::sync::Arc::new(one_color(0.05, [200, 100, 40]));
    scene.background = Background::plain([10, 20, 250]);
    for step_mm in [0.25, 0.5, 1.0] {
        scene.step_mm = step_mm;
        let left = 0.95f64.powf(20.0);
        let wanted = [200.0, 100.0, 40.0].map(|part| part * (1.0 - left));
        let behind = [10.0, 20.0, 250.0].map(|part| part * left);
        let got = middle(&raycast::draw_volume(&scene));
        for c in 0..3 {
            // The last sample may stand for a little more than there is.
            assert!(
                (f64::from(got[c]) - wanted[c] - behind[c]).abs() < 6.0,
                "{got:?} {step_mm}"
            );
        }
        assert_eq!(got[3], 255);
    }
    scene.background = Background::Transparent;
    let got = middle(&raycast::draw_volume(&scene));
    assert!(got[3].abs_diff(163) < 6, "{got:?}");
    assert_eq!(&got[..3], &[200, 100, 40], "what is half seen keeps its colour");
}

#[test]
fn a_surface_is_met_where_it_is() {
    // Values fall by 10 a mm from 100 at y = 0.
    let recipe = Recipe::new(
        even_geometry([20, 30, 20], DMat3::from_diagonal(DVec3::new(1.0, 0.7, 1.3))),
        SampleType::F32,
    );
    let place = recipe.volume(|_, _| 0.0).geometry().unwrap().clone();
    let volume = recipe.volume(|[i, j, k], _| {
        let at = place.patient_at(DVec3::new(i as f64, j as f64, k as f64));
        10.0 * at.y
    });
    let slope = volume.rescale.slope;
    let target = place.center();
    let mut scene = scene(layer(&volume, Window::linear(0.0, 100.0)), VolumeMode::Iso);
    scene.camera = camera(target);
    scene.layers[0].iso = 10.0 * (target.y + 1.234) * slope + volume.rescale.intercept;
    for perspective_deg in [0.0, 40.0] {
        scene.camera.perspective_deg = perspective_deg;
        let met = raycast::place_under(&scene, 4.5, 4.5).unwrap();
        assert!((met.y - target.y - 1.234).abs() < 0.01, "{met}");
    }
    scene.cuts.crop = Some(CropBox {
        low: target - 100.0,
        high: DVec3::new(100.0, target.y + 1.0, 1000.0),
    });
    assert_eq!(raycast::place_under(&scene, 4.5, 4.5), None, "it is cut away");
}

#[test]
fn a_slice_stands_where_it_lies_and_hides_what_is_behind() {
    let mut scene = scene(even(80.0), VolumeMode::Composite);
    scene.light.is_shaded = false;
    scene.layers[0].transfer = std::sync::Arc::new(one_color(0.02, [200, 100, 40]));
    scene.slices = vec![Plane {
        center: scene.camera.target,
        axes: scene.camera.axes(),
    }];
    let got = middle(&raycast::draw_volume(&scene));
    let grey = scene.layers[0].image.window.grey(80.0) * 255.0;
    let left = 0.98f64.powf(10.0);
    for (c, color) in [200.0, 100.0, 40.0].into_iter().enumerate() {
        let wanted = color * (1.0 - left) + grey * left;
        assert!((f64::from(got[c]) - wanted).abs() < 3.0, "{got:?} {wanted}");
    }
    assert_eq!(got[3], 255);
}

/// What lies 4½ mm behind the middle or farther has a label.
fn behind(fill: f32) -> LabelLayer {
    let recipe = Recipe::new(even_geometry([20, 20, 20], DMat3::IDENTITY), SampleType::U8);
    let labels = recipe.volume(|[_, j, _], _| if j >= 15 { 2.0 } else { 0.0 });
    LabelLayer::new(labels, std::sync::Arc::new(LabelColors::up_to(3)), fill, 1)
}

#[test]
fn the_place_under_a_pixel_is_what_the_picture_shows_there() {
    let image = even(80.0);
    let center = image.volume.geometry().unwrap().center();
    let depth = |scene: &VolumeScene| raycast::place_under(scene, 4.5, 4.5).map(|place| place.y - center.y);
    let is_at = |scene: &VolumeScene, wanted: f64, what: &str| {
        let met = depth(scene).expect(what);
        // A sample is half a millimetre, and hardly seen material takes some.
        assert!((met - wanted).abs() < 0.6, "{what}: {met} mm behind the middle");
    };
    let mut scene = scene(image, VolumeMode::Composite);
    scene.layers[0].transfer = std::sync::Arc::new(one_color(0.001, [200, 100, 40]));
    assert_eq!(depth(&scene), None, "mist");
    scene.slices = vec![Plane {
        center: center + DVec3::Y * 3.0,
        axes: scene.camera.axes(),
    }];
    is_at(&scene, 3.0, "a slice in mist");
    scene.slices.clear();
    for (fill, wanted) in [(1.0, 4.5), (0.3, 5.0)] {
        scene.labels = vec![behind(fill)];
        is_at(&scene, wanted, "a label in mist");
    }
    let mut alone = scene.clone();
    alone.layers.clear();
    is_at(&alone, 5.0, "a label alone");
    alone.mode = VolumeMode::Iso;
    is_at(&alone, 4.5, "the sheet of a label alone");

    scene.mode = VolumeMode::Iso;
    scene.layers[0].iso = 1e6;
    is_at(&scene, 4.5, "the sheet of a label");
    scene.slices = vec![Plane {
        center: center + DVec3::Y * 2.0,
        axes: scene.camera.axes(),
    }];
    is_at(&scene, 2.0, "a slice before it");
    scene.slices.clear();
    // A thin veil before it is looked through.
    scene.layers[0].iso = 0.0;
    scene.layers[0].image.opacity = 0.1;
    is_at(&scene, 4.5, "a label behind a veil");
    scene.labels.clear();
    is_at(&scene, -10.0, "a veil before nothing");

    // Material that is seen only where values change is not, where they do not.
    scene.mode = VolumeMode::Composite;
    scene.layers[0].image.opacity = 1.0;
    scene.layers[0].transfer = std::sync::Arc::new(one_color(0.9, [200, 100, 40]));
    is_at(&scene, -10.0, "material");
    let steep = [(10.0, 0.0), (20.0, 1.0)].map(|(per_mm, factor)| GradientPoint { per_mm, factor });
    let point = TransferPoint {
        value: 0.0,
        opacity: 0.9,
        color: [200, 100, 40],
    };
    let steep = TransferFunction::new(vec![point], steep.to_vec(), 1.0, Material::default());
    scene.layers[0].transfer = std::sync::Arc::new(steep);
    assert_eq!(depth(&scene), None, "even material");
}

#[test]
fn what_a_mask_takes_away_is_not_seen() {
    let mut scene = scene(even(80.0), VolumeMode::Composite);
    let dims = scene.layers[0].image.volume.dims();
    // The front half, and of the rest nothing on the patient's right.
    let keeps = |index: usize| (index / dims[0]) % dims[1] >= dims[1] / 2 && index % dims[0] >= dims[0] / 2;
    scene.layers[0].mask = Some(std::sync::Arc::new(VoxelMask::new(dims, keeps)));
    scene.light.is_shaded = false;
    scene.layers[0].transfer = std::sync::Arc::new(one_color(0.1, [255, 255, 255]));
    let picture = raycast::draw_volume(&scene);
    let row = &picture[4 * 4 * 9..][..4 * 9];
    assert_eq!(row[0], 0);
    let left = 0.9f64.powf(10.0);
    assert!((f64::from(row[4 * 8]) - 255.0 * (1.0 - left)).abs() < 8.0, "{row:?}");
    scene.mode = VolumeMode::Mip;
    let picture = raycast::draw_volume(&scene);
    assert_eq!(picture[4 * 4 * 9], 0);
    assert!(picture[4 * (4 * 9 + 8)] > 100);
}
