//! Segments as surfaces in the volume view, driven by commands and the pointer: what is shown, and that it follows
//! what is painted.

use std::sync::Arc;

use glam::DVec2;
use isocenter::algo::surface_nets::smooth::BlockSurfaces;
use isocenter::app::overlays::{self, SegmentChange};
use isocenter::app::painting::PaintChange;
use isocenter::app::pane::PaneId;
use isocenter::app::scenes::{self, Quality};
use isocenter::app::surfaces::VolumeLook;
use isocenter::app::tool::{Button, Modifiers, Tool};
use isocenter::app::volume_view::VolumeChange;
use isocenter::app::{Command, Program};
use isocenter::scene::{Scene, SurfaceLayer, VolumeMode, VolumeScene};

use crate::driver::*;
use crate::nifti_file::{lps_grid, write_i16};

/// Two boxes over the driver's volume, labels 2 and 5.
fn with_map() -> (Program, tempfile::TempDir) {
    let (mut program, folder) = opened();
    let grid = lps_grid(SPACING.map(|mm| mm as f32), ORIGIN.map(|mm| mm as f32));
    let path = write_i16(folder.path(), "labels.nii", DIMS, grid, |i, j, k| {
        let first = i < 8 && (5..20).contains(&j) && (4..30).contains(&k);
        let second = i > 12 && (10..25).contains(&j) && k > 33;
        i16::from(first) * 2 + i16::from(second) * 5
    });
    open(&mut program, &path);
    (program, folder)
}

fn volume_scene(program: &Program) -> VolumeScene {
    match scenes::scene(program.state(), PaneId::Volume, 1.0, Quality::Still) {
        Some(Scene::Volume(scene)) => scene,
        _ => panic!("the volume view has a scene"),
    }
}

fn surfaces(program: &Program) -> Vec<SurfaceLayer> {
    volume_scene(program).surfaces
}

/// Fails unless the surfaces that are shown are those of the map as it is, made anew.
fn assert_up_to_date(program: &Program, what: &str) {
    let (_, entry, overlay) = overlays::over_shown(program.state()).next().unwrap();
    let volume = entry.volume();
    let map = volume.voxels.label_map(0).unwrap();
    let (anew, _) = BlockSurfaces::of(map, volume.geometry().unwrap(), None, &|| false).unwrap();
    let found = overlay.surfaces.as_ref().expect("surfaces were found");
    assert_eq!(found.revision, volume.voxels.painted_revision(), "{what}");
    let shown = found.frames[0].1.by_label();
    assert_eq!(
        shown.keys().collect::<Vec<_>>(),
        anew.by_label().keys().collect::<Vec<_>>(),
        "{what}"
    );
    for (label, surface) in anew.by_label() {
        // Parts in the order of blocks, bit for bit.
        assert!(**surface == *shown[label], "{what}: label {label}");
    }
}

#[test]
fn a_map_is_surfaces_voxels_or_nothing() {
    let (mut program, _folder) = with_map();
    let scene = volume_scene(&program);
    assert!(scene.labels.is_empty());
    assert_eq!(scene.surfaces.len(), 2);
    assert!(scene.surfaces.iter().all(|layer| layer.opacity == 1.0));
    assert_up_to_date(&program, "at first");
    let change = |label, change| Command::SetSegment {
        index: 1,
        label,
        change,
    };
    run(&mut program, change(5, SegmentChange::Color([1, 2, 3])));
    run(&mut program, Command::SetSurfaceOpacity { opacity: 0.5 });
    let before = surfaces(&program);
    assert_eq!((before[1].color, before[1].opacity), ([1, 2, 3], 0.5));
    run(&mut program, change(2, SegmentChange::Visible(false)));
    let after = surfaces(&program);
    assert_eq!(after.len(), 1);
    // Colours and visibility cost no extraction.
    assert!(Arc::ptr_eq(&after[0].surface, &before[1].surface));
    run(&mut program, change(2, SegmentChange::Visible(true)));

    let look = |look| Command::SetOverlayLook { index: 1, look };
    run(&mut program, look(VolumeLook::Voxels));
    let scene = volume_scene(&program);
    assert_eq!((scene.labels.len(), scene.surfaces.len()), (1, 0));
    run(&mut program, look(VolumeLook::Hidden));
    let scene = volume_scene(&program);
    assert_eq!((scene.labels.len(), scene.surfaces.len()), (0, 0));
    // The planes show it all the same.
    let Some(Scene::Slice(slice)) = scenes::scene(program.state(), PaneId::Axial, 1.0, Quality::Still) else {
        panic!("the axial pane has a scene")
    };
    assert_eq!(slice.labels.len(), 1);
    run(&mut program, look(VolumeLook::Surfaces));
    assert_eq!(surfaces(&program).len(), 2);
    run(&mut program, Command::VolumeView(VolumeChange::Mode(VolumeMode::Mip)));
    assert!(surfaces(&program).is_empty(), "projections have none");
    run(
        &mut program,
        Command::VolumeView(VolumeChange::Mode(VolumeMode::Composite)),
    );
    run(&mut program, Command::ToggleOverlays);
    assert!(surfaces(&program).is_empty());
}

#[test]
fn surfaces_follow_strokes_and_undo() {
    let (mut program, _folder) = with_map();
    run(
        &mut program,
        Command::SetTool {
            tool: Some(Tool::Brush),
        },
    );
    run(&mut program, Command::Paint(PaintChange::Radius(5.0)));
    run(&mut program, Command::Paint(PaintChange::Ball(true)));
    let at_first = surfaces(&program);
    let none = Modifiers {
        ctrl: false,
        shift: false,
        alt: false,
    };
    let mut state = 3_u64;
    let mut next = |below: f64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31) * below
    };
    for n in 0..6 {
        let pane = PaneId::PLANES[n % 3];
        let (from, to) = (
            DVec2::new(next(400.0), next(300.0)),
            DVec2::new(next(400.0), next(300.0)),
        );
        drag(&mut program, pane, Button::Left, from, to, none);
        wait(&mut program);
        assert_up_to_date(&program, &format!("stroke {n}"));
    }
    assert!(surfaces(&program) != at_first, "something was painted");
    while program.state().history.undo_name().is_some() {
        run(&mut program, Command::Undo);
        wait(&mut program);
        assert_up_to_date(&program, "undone");
    }
    let back = surfaces(&program);
    let is_same = |(a, b): (&SurfaceLayer, &SurfaceLayer)| *a.surface == *b.surface && a.color == b.color;
    assert!(back.len() == at_first.len() && back.iter().zip(&at_first).all(is_same));
}

#[test]
fn nothing_is_extracted_for_a_volume_view_that_is_not_seen() {
    let (mut program, folder) = opened();
    run(&mut program, Command::ToggleMaximised { pane: PaneId::Axial });
    let grid = lps_grid(SPACING.map(|mm| mm as f32), ORIGIN.map(|mm| mm as f32));
    let path = write_i16(folder.path(), "labels.nii", DIMS, grid, |i, _, _| i16::from(i < 8));
    open(&mut program, &path);
    let has_surfaces = |program: &Program| {
        let (_, _, overlay) = overlays::over_shown(program.state()).next().unwrap();
        overlay.surfaces.is_some()
    };
    assert!(!has_surfaces(&program));
    run(&mut program, Command::ToggleMaximised { pane: PaneId::Axial });
    wait(&mut program);
    assert!(has_surfaces(&program));
}
