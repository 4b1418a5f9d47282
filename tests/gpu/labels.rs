//! Label maps over a slice: the shader against its twin, on grids of their own.

use std::sync::Arc;

use glam::{DMat3, DQuat, DVec3};
use isocenter::algo;
use isocenter::algo::brush::{Cover, Footprint, Stroke};
use isocenter::algo::{label_counts, paint};
use isocenter::gpu::{Budget, Gpu};
use isocenter::model::geometry::Geometry;
use isocenter::model::label_map::LabelMap;
use isocenter::model::plane::{Axes, Plane, View};
use isocenter::model::segment::{LabelColors, Segment, SegmentTable};
use isocenter::model::volume::{Rescale, Volume};
use isocenter::model::voxels::{SampleType, Voxels};
use isocenter::model::window::Window;
use isocenter::scene::{LabelLayer, Scene, Slab, SlabMode, SliceScene};

use crate::device::gpu;
use crate::phantom::{Noise, Recipe, assert_same, assert_within, even_geometry, layer};

fn image() -> Arc<Volume> {
    let mut noise = Noise(31);
    let grid = even_geometry([30, 28, 17], DMat3::from_diagonal(DVec3::new(0.9, 0.8, 1.9)));
    Recipe::new(grid, SampleType::I16).volume(|_, _| noise.between(0.0, 4000.0).round())
}

/// Blocks of labels 0 to 5 and some single voxels of label 300.
fn label(index: [usize; 3]) -> f64 {
    let [i, j, k] = index;
    if (i * 7 + j * 5 + k * 3) % 61 == 0 {
        return 300.0;
    }
    ((i / 4 + j / 3 + k / 2) % 6) as f64
}

fn label_map(geometry: Geometry, sample_type: SampleType) -> Arc<Volume> {
    Recipe::new(geometry, sample_type).volume(|index, _| label(index))
}

fn grids() -> Vec<(&'static str, Geometry)> {
    let tilt = DMat3::from_cols(DVec3::X * 0.9, DVec3::Y * 0.9, DVec3::new(0.1, -0.8, 2.1));
    let turn = DMat3::from_quat(DQuat::from_rotation_z(0.3) * DQuat::from_rotation_x(-0.4));
    let mut noise = Noise(77);
    let mut z = 190.0;
    let origins: Vec<DVec3> = (0..13)
        .map(|_| {
            z += noise.between(0.6, 4.0);
            DVec3::new(noise.between(-2.0, 2.0), noise.between(-18.0, -16.0), z)
        })
        .collect();
    vec![
        (
            "anisotropic",
            even_geometry([25, 26, 8], DMat3::from_diagonal(DVec3::new(1.1, 0.7, 4.0))),
        ),
        ("tilted", even_geometry([24, 22, 13], tilt)),
        (
            "mirrored",
            even_geometry([24, 22, 13], DMat3::from_diagonal(DVec3::new(-1.0, 0.9, -2.0))),
        ),
        ("turned", even_geometry([24, 22, 13], turn * 1.3)),
        (
            "uneven",
            Geometry::from_slices(22, 18, DVec3::X * 0.9, DVec3::Y * 1.2, &origins, 1e-3).unwrap(),
        ),
    ]
}

fn oblique() -> Axes {
    Axes::from_normal_up(DVec3::new(0.3, -0.7, 0.6), DVec3::new(0.1, 0.2, 0.9)).unwrap()
}

fn colors() -> Arc<LabelColors> {
    Arc::new(LabelColors::up_to(300))
}

fn scene(axes: Axes, labels: Vec<LabelLayer>) -> SliceScene {
    let image = image();
    let center = image.geometry().unwrap().center() + DVec3::new(0.31, -0.27, 0.43);
    SliceScene {
        plane: Plane { center, axes },
        mm_per_pixel: 0.31,
        size: [97, 84],
        slab: None,
        layers: vec![layer(&image, Window::linear(2000.0, 6000.0))],
        labels,
    }
}

fn hold(gpu: &mut Gpu, what: &str, scene: &SliceScene) {
    let scene = Scene::Slice(scene.clone());
    let picture = gpu.picture(&scene).unwrap();
    assert_same(what, &picture, &algo::draw(&scene));
}

#[test]
fn labels_on_every_grid_filled_and_outlined() {
    let Some(mut gpu) = gpu() else { return };
    for (name, grid) in grids() {
        for sample_type in [SampleType::U16, SampleType::I16, SampleType::I32, SampleType::F32] {
            let map = label_map(grid.clone(), sample_type);
            for axes in [View::Axial.axes(), View::Sagittal.axes(), oblique()] {
                for (opacity, outline_px) in [(0.3, 1), (0.5, 2), (0.4, 3), (0.2, 4)] {
                    let labels = vec![LabelLayer::new(Arc::clone(&map), colors(), opacity, outline_px)];
                    let what = format!("{name} {sample_type:?} {opacity} {outline_px}");
                    hold(&mut gpu, &what, &scene(axes, labels));
                }
            }
        }
    }
}

#[test]
fn several_maps_lie_over_each_other_and_hidden_segments_are_not_there() {
    let Some(mut gpu) = gpu() else { return };
    let segment = |label, is_visible| Segment {
        is_visible,
        ..Segment::new(label, String::new(), [250, 10, label as u8])
    };
    let table = SegmentTable {
        segments: vec![segment(1, false), segment(2, true), segment(4, false)],
    };
    let maps: Vec<LabelLayer> = grids()
        .into_iter()
        .map(|(_, grid)| LabelLayer::new(label_map(grid, SampleType::U16), Arc::new(table.colors()), 0.4, 2))
        .collect();
    let mut many = scene(oblique(), maps.clone());
    hold(&mut gpu, "five maps", &many);
    many.slab = Some(Slab {
        thickness_mm: 4.0,
        mode: SlabMode::Mip,
    });
    hold(&mut gpu, "over a slab", &many);
    // The middle plane of the slab is the plane: the labels lie where they lay.
    let black = |slab| SliceScene {
        layers: Vec::new(),
        slab,
        ..scene(oblique(), maps.clone())
    };
    let (thin, thick) = (Scene::Slice(black(None)), Scene::Slice(black(many.slab)));
    assert_eq!(gpu.picture(&thin).unwrap(), gpu.picture(&thick).unwrap());
}

#[test]
fn the_pixels_of_the_maps_own_grid_have_their_labels_colours() {
    let Some(mut gpu) = gpu() else { return };
    let map = label_map(even_geometry([33, 30, 7], DMat3::IDENTITY), SampleType::U16);
    let colors = colors();
    let layer = LabelLayer {
        outline: 0.0,
        ..LabelLayer::new(Arc::clone(&map), Arc::clone(&colors), 1.0, 1)
    };
    let native = Scene::Slice(SliceScene {
        plane: Plane {
            center: map.geometry().unwrap().patient_at(DVec3::new(16.0, 14.5, 4.0)),
            axes: View::Axial.axes(),
        },
        mm_per_pixel: 1.0,
        size: [33, 30],
        slab: None,
        layers: Vec::new(),
        labels: vec![layer],
    });
    for (n, pixel) in gpu.picture(&native).unwrap().as_chunks::<4>().0.iter().enumerate() {
        let expected = colors.get(label([n % 33, n / 33, 4]) as u32).unwrap_or([0, 0, 0]);
        assert_eq!(pixel[..3], expected, "pixel {n}");
    }
}

#[test]
fn an_outline_is_as_wide_as_it_says() {
    let Some(mut gpu) = gpu() else { return };
    // One square of 20 × 20 pixels.
    let grid = even_geometry([40, 40, 3], DMat3::IDENTITY);
    let map = Recipe::new(grid, SampleType::U8)
        .volume(|[i, j, _], _| f64::from(u8::from((10..30).contains(&i) && (10..30).contains(&j))));
    let center = map.geometry().unwrap().patient_at(DVec3::new(19.5, 19.5, 1.0));
    for outline_px in 1..=4 {
        let labels = vec![LabelLayer {
            fill: 0.0,
            outline: 1.0,
            ..LabelLayer::new(Arc::clone(&map), colors(), 1.0, outline_px)
        }];
        let framed = Scene::Slice(SliceScene {
            plane: Plane {
                center,
                axes: View::Axial.axes(),
            },
            mm_per_pixel: 1.0,
            size: [40, 40],
            slab: None,
            layers: Vec::new(),
            labels,
        });
        let picture = gpu.picture(&framed).unwrap();
        let colored = picture.as_chunks::<4>().0.iter().filter(|p| p[..3] != [0; 3]).count();
        let inside = 20 - 2 * outline_px as usize;
        assert_eq!(colored, 20 * 20 - inside * inside, "{outline_px} pixels");
    }
}

/// A bar three pixels wide, a single pixel, and a wedge: worked out on paper for widths 1 and 2.
#[test]
fn thin_structures_are_all_outline_and_corners_are_as_wide_as_sides() {
    let Some(mut gpu) = gpu() else { return };
    let drawn = [
        "..........",
        ".#.#####..",
        "...#####..",
        "...#####..",
        "...#####..",
        "...#####..",
        "...##.##..",
        "..........",
    ];
    let one = [
        "..........",
        ".o.ooooo..",
        "...o###o..",
        "...o###o..",
        "...o###o..",
        "...o#o#o..",
        "...oo.oo..",
        "..........",
    ];
    let two = [
        "..........",
        ".o.ooooo..",
        "...ooooo..",
        "...oo#oo..",
        "...ooooo..",
        "...ooooo..",
        "...oo.oo..",
        "..........",
    ];
    let grid = even_geometry([10, 8, 3], DMat3::IDENTITY);
    let map =
        Recipe::new(grid, SampleType::U8).volume(|[i, j, _], _| f64::from(u8::from(drawn[j].as_bytes()[i] == b'#')));
    let center = map.geometry().unwrap().patient_at(DVec3::new(4.5, 3.5, 1.0));
    for (outline_px, expected) in [(1, one), (2, two)] {
        let scene = Scene::Slice(SliceScene {
            plane: Plane {
                center,
                axes: View::Axial.axes(),
            },
            mm_per_pixel: 1.0,
            size: [10, 8],
            slab: None,
            layers: Vec::new(),
            labels: vec![LabelLayer {
                fill: 0.5,
                outline: 1.0,
                ..LabelLayer::new(Arc::clone(&map), colors(), 1.0, outline_px)
            }],
        });
        let full = colors().get(1).unwrap();
        for picture in [gpu.picture(&scene).unwrap(), algo::draw(&scene)] {
            let rows: Vec<String> = picture
                .chunks(4 * 10)
                .map(|row| {
                    let sign = |pixel: &[u8; 4]| match pixel {
                        [0, 0, 0, _] => '.',
                        [r, g, b, _] if [*r, *g, *b] == full => 'o',
                        _ => '#',
                    };
                    row.as_chunks::<4>().0.iter().map(sign).collect()
                })
                .collect();
            assert_eq!(rows, expected, "{outline_px} pixels");
        }
    }
}

#[test]
fn a_rescaled_map_and_numbers_that_are_no_labels() {
    let Some(mut gpu) = gpu() else { return };
    let grid = even_geometry([25, 26, 8], DMat3::from_diagonal(DVec3::new(1.1, 0.7, 4.0)));
    let mut recipe = Recipe::new(grid.clone(), SampleType::I16);
    recipe.rescale = Rescale {
        slope: 2.0,
        intercept: 1.0,
    };
    // From −9 to labels far above the table.
    let map = recipe.volume(|[i, j, k], _| ((i / 4 + j / 3 + k / 2) % 6) as f64 * 70.0 - 5.0);
    let odd = LabelLayer::new(map, colors(), 0.6, 1);
    hold(&mut gpu, "rescaled", &scene(View::Axial.axes(), vec![odd]));
    let floats = Recipe::new(grid, SampleType::F32).volume(|[i, _, _], _| match i % 5 {
        0 => f64::NAN,
        1 => 3.0,
        2 => f64::INFINITY,
        3 => f64::NEG_INFINITY,
        _ => 4e9,
    });
    let odd = LabelLayer::new(floats, colors(), 0.6, 1);
    hold(&mut gpu, "not numbers", &scene(View::Axial.axes(), vec![odd]));
}

#[test]
fn a_map_too_large_for_the_device_has_no_labels_that_are_not_in_it() {
    let Some(shared) = gpu() else { return };
    drop(shared);
    let Ok(gpu) = Gpu::headless() else { return };
    let mut gpu = gpu.with_shaders_only();
    gpu.set_budget(Budget {
        max_volume_bytes: 1500,
        ..Budget::of(&gpu.device().limits(), true)
    });
    let grid = even_geometry([24, 22, 12], DMat3::IDENTITY);
    // The mean of these would be label 2.
    let map = Recipe::new(grid, SampleType::U8).volume(|[i, j, k], _| ((i + j + k) % 2) as f64 * 4.0);
    let labels = vec![LabelLayer::new(Arc::clone(&map), colors(), 1.0, 1)];
    let coarse = Scene::Slice(SliceScene {
        layers: Vec::new(),
        ..scene(View::Axial.axes(), labels)
    });
    let picture = gpu.picture(&coarse).unwrap();
    let four = colors().get(4).unwrap();
    let mut seen = 0;
    for pixel in picture.as_chunks::<4>().0 {
        assert!(pixel[..3] == [0; 3] || pixel[..3] == four, "{pixel:?}");
        seen += usize::from(pixel[..3] == four);
    }
    assert!(seen > 0, "something is seen");
}

#[test]
fn the_processor_lays_the_same_labels_over_its_own_slices() {
    let Some(shared) = gpu() else { return };
    drop(shared);
    let Ok(mut gpu) = Gpu::headless() else { return };
    let (_, grid) = grids().swap_remove(1);
    let labels = vec![LabelLayer::new(label_map(grid, SampleType::U16), colors(), 0.5, 2)];
    let scene = Scene::Slice(scene(oblique(), labels));
    assert_within("quick", &gpu.picture(&scene).unwrap(), &algo::draw(&scene), 1, 0.0001);
}

/// The same voxels as a map that can be painted.
fn painted(volume: &Volume, map: &LabelMap) -> Arc<Volume> {
    let mut painted = volume.with_voxels(Voxels::of_labels(vec![map.clone()]).unwrap());
    painted.rescale = Rescale::IDENTITY;
    Arc::new(painted)
}

#[test]
fn painted_maps_are_drawn_as_they_are_after_every_stroke_and_back() {
    let Some(mut gpu) = gpu() else { return };
    let grid = even_geometry([45, 38, 40], DMat3::from_diagonal(DVec3::new(0.7, 0.8, 0.9)));
    let slabs = label_map(grid.clone(), SampleType::U16);
    let mut map = label_counts::label_map(&slabs, 0).unwrap();
    let scene_of = |volume: Arc<Volume>, axes| scene(axes, vec![LabelLayer::new(volume, colors(), 0.5, 2)]);
    let is_as_slabs = |map: &LabelMap, axes| {
        let one = algo::draw(&Scene::Slice(scene_of(Arc::clone(&slabs), axes)));
        let other = algo::draw(&Scene::Slice(scene_of(painted(&slabs, map), axes)));
        assert_same("painted and not", &one, &other);
    };
    is_as_slabs(&map, oblique());
    let before = map.clone();
    for n in 0..6 {
        let place = grid.patient_at(DVec3::new(5.0 + 6.0 * f64::from(n), 20.0, 8.0 + 5.0 * f64::from(n)));
        let stroke = Stroke {
            from: place,
            to: place + DVec3::new(4.0, -3.0, 1.0),
            radius_mm: 4.0,
            footprint: Footprint::Ball,
        };
        paint::stroke(&mut map, &Cover::new(stroke, &grid), |_, _| (n % 3) as u16);
        let axes = [View::Axial.axes(), oblique()][n as usize % 2];
        hold(&mut gpu, &format!("stroke {n}"), &scene_of(painted(&slabs, &map), axes));
    }
    assert!(!before.is_same(&map));
    hold(
        &mut gpu,
        "all taken back",
        &scene_of(painted(&slabs, &before), oblique()),
    );
    is_as_slabs(&before, View::Axial.axes());
}
