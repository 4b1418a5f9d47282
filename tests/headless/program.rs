//! The whole program driven by commands, without a window: panes and what the pointer does in them.

use glam::{DVec2, DVec3};
use isocenter::app::pane::PaneId;
use isocenter::app::planes::Alignment;
use isocenter::app::state::LoadState;
use isocenter::app::tool::{Button, Modifiers, PointerAction, Tool, crosshair};
use isocenter::app::{Command, Program, readout, scenes};
use isocenter::model::volume::Value;
use isocenter::scene::{Scene, SlabMode};

use crate::driver::*;

#[test]
fn opening_shows_the_middle_of_the_volume_whole() {
    let (program, _folder) = opened();
    let state = program.state();
    let entry = state.shown().unwrap();
    assert_eq!(entry.load, LoadState::Loaded);
    assert!(entry.volume().voxels.is_complete());
    assert!(state.jobs.is_empty() && state.messages.is_empty());
    assert!(near(voxel_of_crosshair(&program), DVec3::new(10.0, 15.0, 20.0)));
    let window = entry.display.window.unwrap();
    assert!(window.width > 18_000.0 && window.width < 24_000.0, "{window:?}");
    // The volume fits every pane by itself: one of its sides takes nearly all of the pane's.
    let extent = [20.0 * 1.0, 30.0 * 0.75, 40.0 * 2.5];
    for (pane, [right, down]) in PaneId::PLANES.into_iter().zip([[0, 1], [0, 2], [1, 2]]) {
        let Some(Scene::Slice(scene)) = scenes::scene(state, pane, 2.0, scenes::Quality::Still) else {
            panic!("{pane:?}")
        };
        assert_eq!(scene.size, [800, 600]);
        let taken = (extent[right] / scene.mm_per_pixel / 800.0).max(extent[down] / scene.mm_per_pixel / 600.0);
        assert!(taken > 0.95 && taken < 1.0, "{pane:?}: {taken}");
    }
}

#[test]
fn magnifying_is_for_all_panes_and_turning_magnifies_nothing() {
    let (mut program, _folder) = opened();
    let scales = |program: &Program| PaneId::PLANES.map(|pane| scenes::mm_per_point(program.state(), pane));
    let before = scales(&program);
    assert!(before[0] < 0.5 * before[1], "{before:?}");
    let (pane, at) = (PaneId::Sagittal, DVec2::new(200.0, 150.0));
    run(&mut program, Command::Zoom { pane, at, factor: 2.0 });
    for (now, before) in scales(&program).into_iter().zip(before) {
        assert!((now - before / 2.0).abs() < 1e-12);
    }
    let magnified = scales(&program);
    let degrees = 40.0;
    run(&mut program, Command::RotateLines { pane, degrees });
    assert_eq!(scales(&program), magnified);
}

#[test]
fn a_click_moves_the_crosshair_of_all_panes() {
    let (mut program, _folder) = opened();
    let at = DVec2::new(212.0, 131.0);
    let expected = scenes::patient_at(program.state(), PaneId::Axial, at).unwrap();
    drag(&mut program, PaneId::Axial, Button::Left, at, at, Modifiers::default());
    assert!(near(program.state().view.crosshair, expected));
    for pane in [PaneId::Coronal, PaneId::Sagittal] {
        let plane = scenes::plane(program.state(), pane).unwrap();
        assert!(
            plane.coordinates_of(expected).z.abs() < 1e-9,
            "{pane:?} does not pass through the crosshair"
        );
    }
    // What is read out there is what the file has there.
    let readout = readout::readout(program.state(), PaneId::Axial, at).unwrap();
    let [i, j, k] = readout.voxel.unwrap();
    assert_eq!(readout.value, Some(Value::Scalar((i + 20 * j + 600 * k) as f64)));
    let lps = readout.lps.unwrap();
    assert!((lps.x - (ORIGIN[0] + i as f64 * SPACING[0])).abs() <= SPACING[0] / 2.0 + 1e-6);
    assert_eq!(k, 20);
}

#[test]
fn the_wheel_goes_through_the_volumes_own_slices() {
    let (mut program, _folder) = opened();
    run(
        &mut program,
        Command::Scroll {
            pane: PaneId::Axial,
            steps: 3,
        },
    );
    assert!(near(voxel_of_crosshair(&program), DVec3::new(10.0, 15.0, 23.0)));
    assert_eq!(readout::slice_number(program.state(), PaneId::Axial), Some((24, 40)));
    run(
        &mut program,
        Command::Scroll {
            pane: PaneId::Coronal,
            steps: -5,
        },
    );
    let at = voxel_of_crosshair(&program);
    assert!(
        (at.y - 15.0).abs() > 4.99 && near(at, DVec3::new(10.0, at.y.round(), 23.0)),
        "{at}"
    );
    run(
        &mut program,
        Command::Scroll {
            pane: PaneId::Axial,
            steps: 1000,
        },
    );
    assert!(near(
        voxel_of_crosshair(&program).with_y(0.0),
        DVec3::new(10.0, 0.0, 39.0)
    ));
    run(
        &mut program,
        Command::ScrollToEnd {
            pane: PaneId::Axial,
            last: false,
        },
    );
    assert!(near(
        voxel_of_crosshair(&program).with_y(0.0),
        DVec3::new(10.0, 0.0, 0.0)
    ));
}

#[test]
fn dragging_the_window_is_proportional_and_escape_takes_it_back() {
    let (mut program, _folder) = opened();
    run(
        &mut program,
        Command::SetWindow {
            center: 40.0,
            width: 400.0,
        },
    );
    let ctrl = Modifiers {
        ctrl: true,
        ..Modifiers::default()
    };
    let (from, to) = (DVec2::new(100.0, 100.0), DVec2::new(150.0, 80.0));
    drag(&mut program, PaneId::Axial, Button::Left, from, to, ctrl);
    let window = program.state().shown().unwrap().display.window.unwrap();
    // 50 points to the right: a quarter wider. 20 points up: the centre a tenth of the width higher.
    assert!(
        (window.width - 500.0).abs() < 1e-9 && (window.center - 80.0).abs() < 1e-9,
        "{window:?}"
    );
    pointer(
        &mut program,
        PaneId::Axial,
        PointerAction::Press(Button::Left),
        from,
        ctrl,
    );
    pointer(&mut program, PaneId::Axial, PointerAction::Move, to, ctrl);
    assert_ne!(program.state().shown().unwrap().display.window.unwrap(), window);
    run(&mut program, Command::CancelGesture);
    assert_eq!(program.state().shown().unwrap().display.window.unwrap(), window);
    // The window tool makes plain left drag do the same.
    let crosshair = program.state().view.crosshair;
    run(
        &mut program,
        Command::SetTool {
            tool: Some(Tool::Window),
        },
    );
    drag(
        &mut program,
        PaneId::Axial,
        Button::Left,
        from,
        to,
        Modifiers::default(),
    );
    assert_ne!(program.state().shown().unwrap().display.window.unwrap(), window);
    assert_eq!(program.state().view.crosshair, crosshair);
}

#[test]
fn zoom_keeps_the_place_under_the_pointer_and_pan_moves_it() {
    let (mut program, _folder) = opened();
    let at = DVec2::new(250.0, 90.0);
    let before = scenes::patient_at(program.state(), PaneId::Coronal, at).unwrap();
    run(
        &mut program,
        Command::Zoom {
            pane: PaneId::Coronal,
            at,
            factor: 2.5,
        },
    );
    assert!(near(
        scenes::patient_at(program.state(), PaneId::Coronal, at).unwrap(),
        before
    ));
    let to = at + DVec2::new(-33.0, 21.0);
    drag(
        &mut program,
        PaneId::Coronal,
        Button::Middle,
        at,
        to,
        Modifiers::default(),
    );
    assert!(near(
        scenes::patient_at(program.state(), PaneId::Coronal, to).unwrap(),
        before
    ));
    drag(
        &mut program,
        PaneId::Coronal,
        Button::Right,
        to,
        to - DVec2::new(0.0, 120.0),
        Modifiers::default(),
    );
    assert!((program.state().view.zoom - 5.0).abs() < 1e-9);
    assert!(near(
        scenes::patient_at(program.state(), PaneId::Coronal, to).unwrap(),
        before
    ));
    run(&mut program, Command::ResetView);
    assert_eq!(program.state().view.zoom, 1.0);
}

#[test]
fn lines_turn_the_other_planes_and_reset_puts_them_back() {
    let (mut program, _folder) = opened();
    let axial = program.state().view.planes[0].axes;
    let cross = crosshair::crosshair(program.state(), PaneId::Axial).unwrap();
    let handle = cross.lines[0].rotate_handles[0];
    let arm = handle - cross.center;
    let turned = cross.center + DVec2::from_angle(30f64.to_radians()).rotate(arm);
    drag(
        &mut program,
        PaneId::Axial,
        Button::Left,
        handle,
        turned,
        Modifiers::default(),
    );
    let view = &program.state().view;
    assert_eq!(view.alignment, Alignment::Oblique);
    assert_eq!(view.planes[0].axes, axial);
    let normals = view.planes.map(|plane| plane.axes.normal());
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        assert!(normals[a].dot(normals[b]).abs() < 1e-9);
    }
    let turn = normals[1].angle_between(DVec3::Y).to_degrees();
    assert!((turn - 30.0).abs() < 1e-6, "{turn}");
    // The handle is where it was dragged to.
    let now = crosshair::crosshair(program.state(), PaneId::Axial).unwrap();
    assert!(
        now.lines
            .iter()
            .flat_map(|line| line.rotate_handles)
            .any(|h| (h - turned).length() < 1e-6)
    );
    run(&mut program, Command::ResetView);
    assert_eq!(program.state().view.alignment, Alignment::Acquisition);
    assert!((program.state().view.planes[1].axes.normal() - DVec3::Y).length() < 1e-12);
}

#[test]
fn slab_handles_make_slices_thick() {
    let (mut program, _folder) = opened();
    let cross = crosshair::crosshair(program.state(), PaneId::Sagittal).unwrap();
    let line = cross.lines.iter().find(|line| line.of == PaneId::Axial).unwrap();
    let handle = line.slab_handles[0];
    let outwards = (handle - cross.center).project_onto(line.direction.perp()).normalize();
    drag(
        &mut program,
        PaneId::Sagittal,
        Button::Left,
        handle,
        handle + outwards * 20.0,
        Modifiers::default(),
    );
    let slab = program.state().view.planes[0].slab.unwrap();
    let expected = 2.0 * 20.0 * scenes::mm_per_point(program.state(), PaneId::Sagittal);
    assert!((slab.thickness_mm - expected).abs() < 1e-6, "{slab:?} {expected}");
    run(
        &mut program,
        Command::SetSlab {
            pane: PaneId::Axial,
            thickness_mm: 0.0,
            mode: SlabMode::Mip,
        },
    );
    assert!(program.state().view.planes[0].slab.is_none());
}

#[test]
fn the_neurological_switch_mirrors_left_and_right_only() {
    let (mut program, _folder) = opened();
    let at = DVec2::new(300.0, 150.0);
    let radiological = scenes::patient_at(program.state(), PaneId::Axial, at).unwrap();
    let sagittal = scenes::patient_at(program.state(), PaneId::Sagittal, at).unwrap();
    run(&mut program, Command::ToggleConvention);
    let mirrored = scenes::patient_at(program.state(), PaneId::Axial, DVec2::new(100.0, 150.0)).unwrap();
    assert!(near(mirrored, radiological));
    assert!(near(
        scenes::patient_at(program.state(), PaneId::Sagittal, at).unwrap(),
        sagittal
    ));
}
