//! Surfaces in volumes: the shaders and the quick caster of processors against the twin, which finds every triangle that
//! a ray goes through.

use std::sync::Arc;

use glam::DVec3;
use isocenter::algo::quick_rays::QuickRays;
use isocenter::algo::raycast;
use isocenter::algo::surface_nets::smooth::BlockSurfaces;
use isocenter::model::geometry::Geometry;
use isocenter::model::label_map::LabelMap;
use isocenter::model::plane::{Plane, View};
use isocenter::model::surface::Surface;
use isocenter::model::voxels::SampleType;
use isocenter::scene::{ClipPlane, CropBox, Scene, SurfaceLayer, VolumeMode, VolumeScene, Whole};

use crate::device::gpu;
use crate::nifti_file::{lps_grid, write_i16};
use crate::phantom::even_geometry;
use crate::volumes::{ball, psnr, scene};

/// A ball of so many mm around a place beside the middle of a grid.
fn shell(geometry: &Geometry, aside: DVec3, radius_mm: f64) -> Arc<Surface> {
    let dims = geometry.dims();
    let labels: Vec<u16> = (0..dims.iter().product::<usize>())
        .map(|n| {
            let voxel = [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]].map(|at| at as f64);
            let at = geometry.patient_at(DVec3::from_array(voxel));
            u16::from(at.distance(geometry.center() + aside) < radius_mm)
        })
        .collect();
    let map = LabelMap::from_dense(dims, &labels);
    let (found, _) = BlockSurfaces::of(&map, geometry, None, &|| false).unwrap();
    Arc::clone(&found.by_label()[&1])
}

/// Two surfaces, one in the other, both within the ball of the volume, and one beside that crosses both.
fn nested(geometry: &Geometry, mode: VolumeMode) -> VolumeScene {
    let volume = ball(geometry, SampleType::I16);
    let layer = |aside: DVec3, radius_mm: f64, color: [u8; 3], opacity: f32| SurfaceLayer {
        surface: shell(geometry, aside, radius_mm),
        color,
        opacity,
    };
    let mut plain = scene(&volume, mode, [30.0, 20.0]);
    if mode == VolumeMode::Iso {
        // Else the volume's surface hides what is in it.
        plain.layers[0].image.opacity = 0.4;
    }
    VolumeScene {
        surfaces: vec![
            layer(DVec3::ZERO, 9.0, [240, 200, 40], 0.35),
            layer(DVec3::X, 5.0, [40, 120, 255], 0.6),
            layer(DVec3::new(-4.0, -3.0, 5.0), 4.0, [230, 60, 60], 1.0),
        ],
        ..plain
    }
}

fn grid() -> Geometry {
    even_geometry([40, 36, 30], glam::DMat3::from_diagonal(DVec3::new(0.8, 0.8, 1.1)))
}

fn assert_alike(what: &str, scene: &VolumeScene, gpu: Option<&mut isocenter::gpu::Gpu>) {
    let twin = raycast::draw_volume(scene);
    let without = raycast::draw_volume(&VolumeScene {
        surfaces: Vec::new(),
        ..scene.clone()
    });
    assert!(psnr(&twin, &without) < 40.0, "{what}: no surface is seen");
    let quick = QuickRays::default().draw(scene).expect("the usual case");
    let db = psnr(&quick, &twin);
    assert!(db >= 38.0, "{what}, quick: {db:.1} dB");
    if let Some(gpu) = gpu {
        let picture = gpu.picture(&Scene::Volume(scene.clone())).unwrap();
        let db = psnr(&picture, &twin);
        assert!(db >= 40.0, "{what}, shader: {db:.1} dB");
    }
}

#[test]
fn surfaces_in_a_shaded_volume_are_where_the_twin_has_them() {
    let mut gpu = gpu();
    let geometry = grid();
    let center = geometry.center();
    for mode in [VolumeMode::Composite, VolumeMode::Iso] {
        let plain = nested(&geometry, mode);
        let mut try_with = |what: &str, change: &dyn Fn(&mut VolumeScene)| {
            let mut scene = plain.clone();
            change(&mut scene);
            assert_alike(&format!("{mode:?} {what}"), &scene, gpu.as_deref_mut());
        };
        try_with("plain", &|_| {});
        try_with("lens", &|scene| scene.camera.perspective_deg = 50.0);
        try_with("a lens among them", &|scene| {
            scene.camera.perspective_deg = 90.0;
            scene.camera.mm_per_pixel = 0.12;
            scene.camera.target = center - DVec3::Y * 3.0;
        });
        try_with("crop", &|scene| {
            scene.cuts.crop = Some(CropBox {
                low: center - DVec3::new(20.0, 2.3, 20.0),
                high: center + DVec3::new(5.2, 30.0, 4.1),
            });
        });
        try_with("plane in a lens", &|scene| {
            scene.camera.perspective_deg = 30.0;
            scene.cuts.planes = vec![ClipPlane {
                normal: DVec3::new(0.6, 0.8, 0.0),
                offset_mm: center.dot(DVec3::new(0.6, 0.8, 0.0)) - 1.2,
            }];
        });
        try_with("unlit edges", &|scene| {
            scene.light.silhouettes = 0.8;
            scene.light.towards = DVec3::new(1.0, 0.2, 0.3);
        });
        try_with("unlit", &|scene| scene.light.is_shaded = false);
        try_with("slices", &|scene| {
            let plane = |view: View| Plane {
                center: center - DVec3::Y * 4.0,
                axes: view.axes(),
            };
            scene.slices = View::ALL.map(plane).to_vec();
        });
        try_with("tile", &|scene| {
            scene.camera.perspective_deg = 35.0;
            scene.whole = Some(Whole {
                size: [120, 91],
                corner: [40, 23],
            });
        });
    }
}

/// Every ray that goes into a closed surface comes out again: no seam lets it through, and none counts twice.
#[test]
fn rays_cross_closed_surfaces_an_even_number_of_times() {
    // Over three blocks a side.
    let geometry = even_geometry([90, 80, 70], glam::DMat3::from_diagonal(DVec3::new(0.5, 0.5, 0.6)));
    for perspective_deg in [0.0, 40.0] {
        let mut scene = nested(&geometry, VolumeMode::Composite);
        scene.surfaces.truncate(1);
        scene.surfaces[0].opacity = 0.01;
        scene.surfaces[0].surface = shell(&geometry, DVec3::ZERO, 16.0);
        scene.camera.perspective_deg = perspective_deg;
        scene.camera.target = geometry.center();
        scene.camera.mm_per_pixel = 0.1;
        scene.size = [400, 400];
        let crossings = isocenter::algo::quick_rays::Crossings::of(&scene);
        let mut inside = 0;
        for (x, y) in (0..400).flat_map(|y| (0..400).map(move |x| (x, y))) {
            let count = crossings.under(x, y).len();
            assert_eq!(count % 2, 0, "{count} crossings at {x}, {y}");
            inside += usize::from(count > 0);
        }
        // A disc of 160 pixels radius.
        assert!((70_000..95_000).contains(&inside), "{inside}");
    }
}

/// A box of one label stands in an image that shows nothing itself, in the colour that a table beside it names.
#[test]
fn render_puts_segments_into_the_volume() {
    if gpu().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let rows = lps_grid([2.0, 2.0, 3.0], [-20.0, -18.0, -15.0]);
    let dims = [20, 18, 10];
    write_i16(folder.path(), "ct.nii", dims, rows, |_, _, _| 0);
    write_i16(folder.path(), "seg.nii", dims, rows, |i, j, k| {
        i16::from((6..14).contains(&i) && (5..13).contains(&j) && (3..7).contains(&k)) * 3
    });
    std::fs::write(folder.path().join("seg.csv"), "label,name,color\n3,Box,#20c040\n").unwrap();
    let render = |flags: &[&str]| {
        let words = ["render", "ct.nii", "--out", "out.png", "--size", "60x60", "--no-shade"];
        std::process::Command::new(env!("CARGO_BIN_EXE_isocenter"))
            .current_dir(folder.path())
            .args(words)
            .args(["--surfaces", "seg.nii"])
            .args(flags)
            .output()
            .unwrap()
    };
    let pixel = |x: usize, y: usize| {
        let bytes = std::fs::read(folder.path().join("out.png")).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let samples = info.color_type.samples();
        let at = (y * 60 + x) * samples;
        [pixels[at], pixels[at + 1], pixels[at + 2]]
    };
    let volume = ["--view", "volume", "--mode", "iso", "--iso", "5000"];
    let done = render(&volume);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(pixel(30, 30), [0x20, 0xc0, 0x40]);
    assert_eq!(pixel(2, 2), [0; 3]);
    // Half seen, in front and behind.
    let done = render(&[&volume[..], &["--surface-opacity", "0.5"]].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(pixel(30, 30), [24, 144, 48]);
    std::fs::remove_file(folder.path().join("out.png")).unwrap();
    for refused in [&["--view", "axial"][..], &["--view", "volume", "--mode", "mip"]] {
        let done = render(refused);
        assert_eq!(done.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&done.stderr).contains("--view volume"));
        assert!(!folder.path().join("out.png").exists());
    }
}
