//! Surfaces of segments in cinematic light, against what is known of light and against the twin that draws them without.

use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::algo::cinematic::{Developing, Tracking};
use isocenter::algo::raycast;
use isocenter::algo::surface_nets::smooth::BlockSurfaces;
use isocenter::model::geometry::Geometry;
use isocenter::model::label_map::LabelMap;
use isocenter::model::surface::Surface;
use isocenter::model::transfer_function::TransferFunction;
use isocenter::model::voxels::SampleType;
use isocenter::scene::{Background, ClipPlane, SurfaceLayer, VolumeMode, VolumeScene};

use crate::phantom::even_geometry;
use crate::volumes::{ball, point, scene};

fn grid() -> Geometry {
    even_geometry([40, 36, 30], DMat3::from_diagonal(DVec3::new(0.8, 0.8, 1.1)))
}

/// A ball of so many mm around the middle of the grid.
fn shell(geometry: &Geometry, radius_mm: f64) -> Arc<Surface> {
    let dims = geometry.dims();
    let labels: Vec<u16> = (0..dims.iter().product::<usize>())
        .map(|n| {
            let voxel = [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]].map(|at| at as f64);
            let at = geometry.patient_at(DVec3::from_array(voxel));
            u16::from(at.distance(geometry.center()) < radius_mm)
        })
        .collect();
    let map = LabelMap::from_dense(dims, &labels);
    let (found, _) = BlockSurfaces::of(&map, geometry, None, &|| false).unwrap();
    Arc::clone(&found.by_label()[&1])
}

/// A ball's surface of 9 mm in a volume of which nothing is seen.
fn alone(color: [u8; 3], opacity: f32) -> VolumeScene {
    let geometry = grid();
    let mut scene = scene(&ball(&geometry, SampleType::I16), VolumeMode::Composite, [30.0, 20.0]);
    scene.camera.target = geometry.center();
    scene.size = [41, 41];
    scene.layers[0].transfer = Arc::new(TransferFunction::default());
    scene.background = Background::Transparent;
    // From the side, so that the middle mirrors no light to the viewer.
    scene.light.towards = DVec3::new(1.0, 0.0, 0.15);
    scene.surfaces = vec![SurfaceLayer {
        surface: shell(&geometry, 9.0),
        color,
        opacity,
    }];
    scene
}

fn developed(scene: &VolumeScene, samples: u32) -> Vec<[f32; 4]> {
    let mut picture = Developing::new(scene.clone(), Tracking::Bounded);
    (0..samples).for_each(|_| picture.add_sample());
    picture.light().collect()
}

/// Mean light and opacity of the middle 5 × 5 pixels of 41 × 41.
fn middle(light: &[[f32; 4]]) -> [f64; 4] {
    around(light, [20, 20])
}

fn around(light: &[[f32; 4]], [x, y]: [usize; 2]) -> [f64; 4] {
    let pixels = (y - 2..=y + 2).flat_map(|y| (x - 2..=x + 2).map(move |x| light[y * 41 + x]));
    pixels.fold([0.0; 4], |sum, pixel| {
        std::array::from_fn(|n| sum[n] + f64::from(pixel[n]) / 25.0)
    })
}

/// The light that sRGB codes (IEC 61966-2-1).
fn linear(code: u8) -> f64 {
    ((f64::from(code) / 255.0 + 0.055) / 1.055).powf(2.4)
}

#[test]
fn they_stand_where_the_twin_has_them() {
    let scene = alone([255; 3], 1.0);
    let light = developed(&scene, 16);
    let twin = raycast::draw_volume(&scene);
    let (mut inside, mut outside) = (0, 0);
    for (light, pixel) in light.iter().zip(twin.as_chunks::<4>().0) {
        // Paths go through all of a pixel, so that those at the rim are half covered.
        match pixel[3] {
            255 if light[3] > 0.99 => inside += 1,
            0 if light[3] < 0.01 => outside += 1,
            _ => assert!(light[3] > 0.01 && light[3] < 0.99, "{light:?} {pixel:?}"),
        }
    }
    // A disc of 9 mm in pixels of 0.6 mm: 707 of 1681, of which about 94 lie on the rim.
    assert!((600..=720).contains(&inside) && outside > 860, "{inside} {outside}");
}

#[test]
fn a_convex_surface_sends_back_its_share_of_an_even_sky() {
    for (color, share) in [([255; 3], 1.0), ([128; 3], linear(128)), ([60; 3], linear(60))] {
        let mut scene = alone(color, 1.0);
        scene.light.is_shaded = false;
        // Light that leaves a ball never comes to it again: once scattered is all.
        let [red, _, _, opacity] = middle(&developed(&scene, 64));
        assert!((opacity - 1.0).abs() < 1e-6);
        assert!((red - share).abs() < 0.01, "{color:?}: {red} {share}");
    }
}

#[test]
fn opacity_is_that_of_two_crossings() {
    let scene = alone([200; 3], 0.4);
    let [.., opacity] = middle(&developed(&scene, 400));
    // In and out again: 1 − 0.6².
    assert!((opacity - 0.64).abs() < 0.015, "{opacity}");
    let twin = raycast::draw_volume(&scene);
    let seen = f64::from(twin[(20 * 41 + 20) * 4 + 3]) / 255.0;
    assert!((seen - 0.64).abs() < 0.003, "{seen}");
}

#[test]
fn the_side_towards_the_light_is_lit_and_the_other_is_in_shadow() {
    let scene = alone([200; 3], 1.0);
    let light = developed(&scene, 64);
    let (left, right) = (around(&light, [9, 20]), around(&light, [31, 20]));
    assert!(right[0] > 1.7 * left[0], "{left:?} {right:?}");
    // The key light gives 1.1 to a surface that faces it; the sky gives about 0.55, and both are scattered once.
    let sky = left[0] / linear(200);
    assert!((0.4..0.75).contains(&sky), "{sky}");
}

#[test]
fn they_hide_what_is_in_them_and_are_hidden_by_what_is_around() {
    let geometry = grid();
    let solid = |scene: &mut VolumeScene, low: f64| {
        let points = vec![point(low, 0.0, [255, 0, 0]), point(low + 1.0, 1.0, [255, 0, 0])];
        let material = isocenter::model::transfer_function::Material::default();
        scene.layers[0].transfer = Arc::new(TransferFunction::new(points, Vec::new(), 0.1, material));
    };
    // The core of the volume's ball, about 4 mm, is within the surface: only blue is seen.
    let mut within = alone([0, 0, 255], 1.0);
    solid(&mut within, 700.0);
    let [red, _, blue, _] = middle(&developed(&within, 12));
    assert!(red < 0.02 && blue > 0.5, "{red} {blue}");
    // The soft ball, about 10 mm, is around a smaller one: only red is seen.
    let mut without = alone([0, 0, 255], 1.0);
    without.surfaces[0].surface = shell(&geometry, 5.0);
    solid(&mut without, 200.0);
    let [red, _, blue, _] = middle(&developed(&without, 12));
    assert!(blue < 0.03 && red > 0.4, "{red} {blue}");
    let normal = without.camera.axes().normal();
    without.cuts.planes = vec![ClipPlane {
        normal,
        offset_mm: normal.dot(geometry.center()) - 4.0,
    }];
    // The cut goes through the surface 4 mm before its middle: its cap is gone, and what fills it is seen.
    let [red, _, blue, opacity] = middle(&developed(&without, 12));
    assert!(
        opacity > 0.999 && blue < 0.03 && red > 0.2,
        "cut open: {red} {blue} {opacity}"
    );
}

#[test]
fn what_is_cut_away_casts_no_shadow() {
    let mut scene = alone([200; 3], 1.0);
    // Over the rim of what is cut open.
    scene.light.towards = DVec3::new(1.0, 0.0, 0.4);
    let geometry = grid();
    // A larger ball around it, cut away but for its far half: the smaller one is lit as if it stood alone.
    let lone = middle(&developed(&scene, 64));
    scene.surfaces.push(SurfaceLayer {
        surface: shell(&geometry, 11.0),
        color: [20; 3],
        opacity: 1.0,
    });
    let hidden = middle(&developed(&scene, 64));
    assert!(hidden[0] < 0.1 * lone[0], "{hidden:?} {lone:?}");
    let normal = scene.camera.axes().normal();
    scene.cuts.planes = vec![ClipPlane {
        normal,
        offset_mm: normal.dot(geometry.center()) - 9.5,
    }];
    let open = middle(&developed(&scene, 64));
    // The rim of the larger one is still around, 1.5 mm deep and dark.
    assert!(open[0] > 0.8 * lone[0], "{open:?} {lone:?}");
}
