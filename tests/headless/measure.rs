//! Lengths drawn with the pointer through the whole program, compared with arithmetic of our own.

use glam::{DVec2, DVec3};
use isocenter::app::measurements::{lines_in, lines_in_picture, of_shown};
use isocenter::app::pane::PaneId;
use isocenter::app::planes::Alignment;
use isocenter::app::tool::measure::Part;
use isocenter::app::tool::{Button, GestureKind, Modifiers, PointerAction, Tool, take_hold};
use isocenter::app::{Command, Program, scenes};
use isocenter::model::measurement::{Measurement, Shape, Space, Unit};

use crate::dicom_builder::CtSeries;
use crate::driver::*;
use crate::nifti_file::write_i16;

const NONE: Modifiers = Modifiers {
    ctrl: false,
    shift: false,
    alt: false,
};

pub fn list(program: &Program) -> Vec<Measurement> {
    of_shown(program.state()).map_or_else(Vec::new, |series| series.list.clone())
}

fn ends(measurement: &Measurement) -> [DVec3; 2] {
    let Shape::Length { points } = measurement.shape;
    points
}

fn millimetres(program: &Program, index: usize) -> f64 {
    let entry = program.state().shown().unwrap();
    let quantity = list(program)[index].quantity(&entry.volume().placement);
    assert_eq!(quantity.unit, Unit::Millimetres);
    quantity.value
}

pub fn take_length(program: &mut Program) {
    run(
        program,
        Command::SetTool {
            tool: Some(Tool::Length),
        },
    );
}

/// Draws a length in a pane. What it writes to disk has ended when this comes back.
pub fn draw(program: &mut Program, pane: PaneId, from: DVec2, to: DVec2) {
    take_length(program);
    drag(program, pane, Button::Left, from, to, NONE);
    wait(program);
}

/// Draws from one place of the patient to another, as a pane shows them.
fn draw_between(program: &mut Program, pane: PaneId, from: DVec3, to: DVec3) {
    let at = |place| scenes::point_of(program.state(), pane, place).unwrap();
    let (from, to) = (at(from), at(to));
    draw(program, pane, from, to);
}

fn at(x: f64, y: f64) -> DVec2 {
    DVec2::new(x, y)
}

/// A volume whose voxel edges are neither perpendicular nor equal, as rows of an affine in RAS.
const SHEARED: [[f32; 4]; 3] = [[-0.8, 0.1, 0.3, 12.0], [0.05, -1.3, 0.5, -7.0], [0.02, 0.2, 3.0, 41.0]];

/// The place of a voxel in LPS, by our own arithmetic.
fn sheared(voxel: [f64; 3]) -> DVec3 {
    let row = |n: usize| {
        f64::from(SHEARED[n][0]) * voxel[0]
            + f64::from(SHEARED[n][1]) * voxel[1]
            + f64::from(SHEARED[n][2]) * voxel[2]
            + f64::from(SHEARED[n][3])
    };
    DVec3::new(-row(0), -row(1), row(2))
}

#[test]
fn lengths_are_exact_in_a_sheared_anisotropic_volume() {
    let folder = tempfile::tempdir().unwrap();
    let path = write_i16(folder.path(), "sheared.nii", [24, 20, 16], SHEARED, |i, j, k| {
        (i + j + k) as i16
    });
    let mut program = program_on(&path);
    // Two voxels of one slice: the axial pane shows the volume's own slices.
    let k = voxel_of_crosshair(&program).z.round();
    let (a, b) = (sheared([2.0, 3.0, k]), sheared([19.0, 15.0, k]));
    draw_between(&mut program, PaneId::Axial, a, b);
    assert!((millimetres(&program, 0) - (b - a).length()).abs() < 1e-5);
    let [from, to] = ends(&list(&program)[0]);
    assert!(near(from, a) && near(to, b), "{from} {to}");
    // In the patient's own planes, which cut the voxels askew.
    run(
        &mut program,
        Command::Align {
            alignment: Alignment::Anatomical,
        },
    );
    let cross = program.state().view.crosshair;
    let (a, b) = (cross + DVec3::new(-4.0, 0.0, 9.0), cross + DVec3::new(3.5, 0.0, -8.0));
    draw_between(&mut program, PaneId::Coronal, a, b);
    assert!((millimetres(&program, 1) - 7.5f64.hypot(17.0)).abs() < 1e-9);
    let (a, b) = (cross + DVec3::new(0.0, 2.0, -6.0), cross + DVec3::new(0.0, -5.0, 3.0));
    draw_between(&mut program, PaneId::Sagittal, a, b);
    assert!((millimetres(&program, 2) - 7.0f64.hypot(9.0)).abs() < 1e-9);
}

#[test]
fn lengths_are_exact_under_gantry_tilt_and_uneven_spacing() {
    let folder = tempfile::tempdir().unwrap();
    // Uneven steps, and each slice shifted along its columns as a tilted gantry does.
    let series = CtSeries {
        slices: vec![[0.0, 0.0], [2.0, 0.5], [5.5, 1.4], [7.0, 1.9], [12.0, 3.0]],
        ..CtSeries::new(5)
    };
    series.write(folder.path());
    let mut program = program_on(folder.path());
    let place = |i: f64, j: f64, k: usize| {
        // Columns are 0.5 mm apart along +x, rows 0.75 mm along +y (see the builder).
        DVec3::from(series.origin(k)) + DVec3::new(0.5 * i, 0.75 * j, 0.0)
    };
    let (a, b) = (place(1.0, 1.0, 2), place(6.0, 4.0, 2));
    run(&mut program, Command::SetCrosshair { lps: a });
    draw_between(&mut program, PaneId::Axial, a, b);
    assert!((millimetres(&program, 0) - 2.5f64.hypot(2.25)).abs() < 1e-6);
    // Along the table, across three uneven steps: the sagittal pane shows all slices where they are.
    let (a, b) = (place(3.0, 2.0, 1), place(3.0, 4.0, 4));
    run(&mut program, Command::SetCrosshair { lps: a });
    draw_between(&mut program, PaneId::Sagittal, a, b);
    let expected = (10.0f64).hypot(2.5 + 1.5);
    assert!(
        (millimetres(&program, 1) - expected).abs() < 1e-6,
        "{}",
        millimetres(&program, 1)
    );
}

#[test]
fn a_line_in_an_oblique_pane_lies_in_its_plane() {
    let (mut program, _folder) = opened();
    run(
        &mut program,
        Command::RotateLines {
            pane: PaneId::Axial,
            degrees: 30.0,
        },
    );
    let scale = scenes::mm_per_point(program.state(), PaneId::Coronal);
    draw(&mut program, PaneId::Coronal, at(120.0, 90.0), at(260.0, 210.0));
    assert!((millimetres(&program, 0) - 140f64.hypot(120.0) * scale).abs() < 1e-9);
    // The coronal plane, turned by 30° about the axis of the body.
    let (sin, cos) = 30f64.to_radians().sin_cos();
    let [a, b] = ends(&list(&program)[0]);
    let normals = [DVec3::new(-sin, cos, 0.0), DVec3::new(sin, cos, 0.0)];
    let cross = program.state().view.crosshair;
    let lies_in = |normal: &DVec3| (a - cross).dot(*normal).abs() < 1e-9 && (b - cross).dot(*normal).abs() < 1e-9;
    assert_eq!(normals.iter().filter(|normal| lies_in(normal)).count(), 1);
}

#[test]
fn a_line_is_solid_in_its_slice_and_faint_elsewhere() {
    let (mut program, _folder) = opened();
    draw(&mut program, PaneId::Axial, at(150.0, 130.0), at(230.0, 160.0));
    let lines = lines_in(program.state(), PaneId::Axial);
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].is_faded && lines[0].opacity == 1.0);
    let scale = scenes::mm_per_point(program.state(), PaneId::Axial);
    assert_eq!(lines[0].text, Some(format!("{:.1} mm", 80f64.hypot(30.0) * scale)));
    assert!((lines[0].a - at(150.0, 130.0)).length() < 1e-9 && (lines[0].b - at(230.0, 160.0)).length() < 1e-9);
    for pane in [PaneId::Coronal, PaneId::Sagittal] {
        let lines = lines_in(program.state(), pane);
        assert!(
            lines[0].is_faded && lines[0].text.is_none() && lines[0].opacity < 0.6,
            "{pane:?}"
        );
    }
    assert!(lines_in(program.state(), PaneId::Volume).is_empty());
    // A slice further it is faint, and fainter the farther it is; a thick slab takes it in again.
    let mut last = 1.0;
    for _ in 0..3 {
        run(
            &mut program,
            Command::Scroll {
                pane: PaneId::Axial,
                steps: 2,
            },
        );
        let lines = lines_in(program.state(), PaneId::Axial);
        assert!(lines[0].is_faded && lines[0].opacity < last);
        last = lines[0].opacity;
    }
    run(
        &mut program,
        Command::SetSlab {
            pane: PaneId::Axial,
            thickness_mm: 31.0,
            mode: isocenter::scene::SlabMode::default(),
        },
    );
    assert!(!lines_in(program.state(), PaneId::Axial)[0].is_faded);
    // The same lines for a picture of another size: 400 × 300 points from top to bottom.
    let lines = lines_in_picture(program.state(), PaneId::Axial, [900, 900]);
    assert!((lines[0].a - at(450.0 + (150.0 - 200.0) * 3.0, 450.0 + (130.0 - 150.0) * 3.0)).length() < 1e-6);
}

#[test]
fn a_click_alone_makes_nothing_and_two_clicks_make_a_line() {
    let (mut program, _folder) = opened();
    take_length(&mut program);
    let click = |program: &mut Program, place| drag(program, PaneId::Axial, Button::Left, place, place, NONE);
    click(&mut program, at(150.0, 130.0));
    assert!(list(&program).is_empty());
    // The line follows the pointer, and Escape takes it back.
    run(
        &mut program,
        Command::Hover {
            at: Some((PaneId::Axial, at(180.0, 170.0))),
        },
    );
    let lines = lines_in(program.state(), PaneId::Axial);
    assert!((lines[0].b - at(180.0, 170.0)).length() < 1e-9 && lines[0].text.is_some());
    run(&mut program, Command::CancelGesture);
    assert!(lines_in(program.state(), PaneId::Axial).is_empty() && program.state().gesture.is_none());
    click(&mut program, at(150.0, 130.0));
    click(&mut program, at(190.0, 160.0));
    let scale = scenes::mm_per_point(program.state(), PaneId::Axial);
    assert!((millimetres(&program, 0) - 50.0 * scale).abs() < 1e-9);
    // Twice at the same place is no line either.
    click(&mut program, at(90.0, 90.0));
    click(&mut program, at(91.0, 90.0));
    assert_eq!(list(&program).len(), 1);
    assert!(program.state().gesture.is_none());
}

#[test]
fn escape_while_drawing_leaves_nothing() {
    let (mut program, _folder) = opened();
    take_length(&mut program);
    let press = PointerAction::Press(Button::Left);
    pointer(&mut program, PaneId::Sagittal, press, at(100.0, 100.0), NONE);
    pointer(
        &mut program,
        PaneId::Sagittal,
        PointerAction::Move,
        at(160.0, 120.0),
        NONE,
    );
    assert_eq!(lines_in(program.state(), PaneId::Sagittal).len(), 1);
    run(&mut program, Command::CancelGesture);
    pointer(
        &mut program,
        PaneId::Sagittal,
        PointerAction::Release,
        at(160.0, 120.0),
        NONE,
    );
    assert!(list(&program).is_empty() && lines_in(program.state(), PaneId::Sagittal).is_empty());
    assert_eq!(program.state().history.undo_name(), None);
}

#[test]
fn handles_and_lines_are_dragged() {
    let (mut program, _folder) = opened();
    draw(&mut program, PaneId::Axial, at(150.0, 130.0), at(250.0, 130.0));
    let scale = scenes::mm_per_point(program.state(), PaneId::Axial);
    // Taken 5 points beside the handle, which keeps this distance.
    let hold = take_hold(program.state(), PaneId::Axial, at(254.0, 133.0));
    assert_eq!(hold, GestureKind::Move(Part::Point(1)));
    drag(
        &mut program,
        PaneId::Axial,
        Button::Left,
        at(254.0, 133.0),
        at(274.0, 143.0),
        NONE,
    );
    assert!((millimetres(&program, 0) - 120f64.hypot(10.0) * scale).abs() < 1e-9);
    let before = millimetres(&program, 0);
    let [a, _] = ends(&list(&program)[0]);
    assert_eq!(
        take_hold(program.state(), PaneId::Axial, at(210.0, 136.0)),
        GestureKind::Move(Part::Whole)
    );
    drag(
        &mut program,
        PaneId::Axial,
        Button::Left,
        at(210.0, 135.0),
        at(200.0, 155.0),
        NONE,
    );
    assert!((millimetres(&program, 0) - before).abs() < 1e-9);
    let [moved, _] = ends(&list(&program)[0]);
    assert!(near(moved - a, DVec3::new(-10.0 * scale, 20.0 * scale, 0.0)));
    // With the crosshair tool handles can be taken, but beside the line the crosshair moves.
    run(&mut program, Command::SetTool { tool: None });
    run(&mut program, Command::SelectMeasurement { index: None });
    assert_eq!(
        take_hold(program.state(), PaneId::Axial, at(140.0, 150.0)),
        GestureKind::Move(Part::Point(0))
    );
    assert_eq!(
        take_hold(program.state(), PaneId::Axial, at(170.0, 152.0)),
        GestureKind::Crosshair
    );
    wait(&mut program);
}

#[test]
fn everything_can_be_undone_and_done_again() {
    let (mut program, _folder) = opened();
    draw(&mut program, PaneId::Axial, at(150.0, 130.0), at(250.0, 130.0));
    let drawn = list(&program);
    drag(
        &mut program,
        PaneId::Axial,
        Button::Left,
        at(250.0, 130.0),
        at(250.0, 190.0),
        NONE,
    );
    let moved = list(&program);
    run(
        &mut program,
        Command::RenameMeasurement {
            index: 0,
            name: "  Nodule \n".to_owned(),
        },
    );
    let renamed = list(&program);
    assert_eq!(renamed[0].name, "Nodule");
    run(
        &mut program,
        Command::SetMeasurementVisible {
            index: 0,
            visible: false,
        },
    );
    assert!(lines_in(program.state(), PaneId::Axial).is_empty());
    let hidden = list(&program);
    run(&mut program, Command::DeleteMeasurement { index: None });
    assert!(list(&program).is_empty());
    let states = [Vec::new(), hidden, renamed, moved, drawn, Vec::new()];
    for (n, expected) in states.iter().enumerate().skip(1) {
        assert!(program.state().history.undo_name().is_some());
        run(&mut program, Command::Undo);
        assert_eq!(list(&program), *expected, "undo {n}");
    }
    run(&mut program, Command::Undo);
    for expected in states.iter().rev().skip(1) {
        run(&mut program, Command::Redo);
        assert_eq!(list(&program), *expected);
    }
    run(&mut program, Command::Redo);
    wait(&mut program);
    run(&mut program, Command::CloseAll);
    assert_eq!(program.state().history.undo_name(), None);
}

#[test]
fn going_to_a_measurement_restores_its_plane() {
    let (mut program, _folder) = opened();
    run(
        &mut program,
        Command::RotateLines {
            pane: PaneId::Axial,
            degrees: 25.0,
        },
    );
    run(
        &mut program,
        Command::RotateLines {
            pane: PaneId::Sagittal,
            degrees: -10.0,
        },
    );
    draw(&mut program, PaneId::Coronal, at(120.0, 90.0), at(220.0, 160.0));
    let planes = program.state().view.planes;
    run(&mut program, Command::ResetView);
    run(
        &mut program,
        Command::SetCrosshair {
            lps: DVec3::new(-8.0, 7.0, 103.0),
        },
    );
    assert!(lines_in(program.state(), PaneId::Coronal)[0].is_faded);
    run(&mut program, Command::GoToMeasurement { index: 0 });
    let state = program.state();
    for (now, then) in state.view.planes.iter().zip(&planes) {
        assert!(near(now.axes.normal(), then.axes.normal()));
    }
    let (now, then) = (state.view.planes[1].axes, planes[1].axes);
    assert!(near(now.right, then.right) && near(now.down, then.down));
    assert_eq!(state.view.alignment, Alignment::Oblique);
    let line = &lines_in(state, PaneId::Coronal)[0];
    assert!(!line.is_faded && line.is_selected);
    let [a, b] = ends(&list(&program)[0]);
    assert!(near(state.view.crosshair, (a + b) / 2.0));
    // And back to one that was drawn in the volume's own planes.
    run(&mut program, Command::ResetView);
    draw(&mut program, PaneId::Axial, at(150.0, 130.0), at(230.0, 160.0));
    run(&mut program, Command::GoToMeasurement { index: 0 });
    run(&mut program, Command::GoToMeasurement { index: 1 });
    assert_eq!(program.state().view.alignment, Alignment::Acquisition);
}

#[test]
fn the_neurological_convention_changes_no_length() {
    let (mut program, _folder) = opened();
    run(&mut program, Command::ToggleConvention);
    let a = scenes::patient_at(program.state(), PaneId::Axial, at(150.0, 130.0)).unwrap();
    draw(&mut program, PaneId::Axial, at(150.0, 130.0), at(230.0, 160.0));
    let scale = scenes::mm_per_point(program.state(), PaneId::Axial);
    assert!((millimetres(&program, 0) - 80f64.hypot(30.0) * scale).abs() < 1e-9);
    assert!(near(ends(&list(&program)[0])[0], a));
    run(&mut program, Command::ToggleConvention);
    run(&mut program, Command::GoToMeasurement { index: 0 });
    assert_eq!(program.state().view.alignment, Alignment::Acquisition);
    let lines = lines_in(program.state(), PaneId::Axial);
    assert!(
        (lines[0].a.x - (400.0 - 150.0)).abs() < 1e-6,
        "mirrored with the picture"
    );
}

/// Pictures without a place in space: two of a secondary capture, with or without a pixel size.
fn pictures(tag: Option<(u16, u16)>) -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let series = CtSeries {
        columns: 40,
        rows: 20,
        ..CtSeries::new(2)
    };
    for k in 0..2 {
        let mut picture = series
            .slice(k)
            .text((8, 0x60), "CS", "OT")
            .without((0x20, 0x32))
            .without((0x20, 0x37))
            .without((0x28, 0x30));
        if let Some(tag) = tag {
            picture = picture.decimals(tag, &[0.5, 0.25]);
        }
        let bytes = picture.file(series.transfer_syntax);
        std::fs::write(folder.path().join(format!("{k}.dcm")), bytes).unwrap();
    }
    let program = program_on(folder.path());
    (program, folder)
}

#[test]
fn pictures_without_a_place_are_measured_in_their_own_pixels() {
    let pixel_spacing = (0x28, 0x30);
    let imager_spacing = (0x18, 0x1164);
    for (tag, unit, ending) in [
        (None, Unit::Pixels, " px"),
        // What is measured is its shadow.
        (Some(imager_spacing), Unit::DetectorMillimetres, " mm at the detector"),
        (Some(pixel_spacing), Unit::Millimetres, " mm"),
    ] {
        let (mut program, _folder) = pictures(tag);
        let state = program.state();
        assert!(state.shown().unwrap().volume().geometry().is_none(), "{tag:?}");
        run(&mut program, Command::SetStackSlice { slice: 0 });
        let point = |program: &Program, pixel| scenes::stack_point_of(program.state(), pixel).unwrap();
        let (from, to) = (point(&program, at(5.0, 4.0)), point(&program, at(35.0, 16.0)));
        draw(&mut program, PaneId::Stack, from, to);
        let measured = &list(&program)[0];
        assert_eq!(measured.space, Space::Picture);
        let [a, b] = ends(measured);
        assert!(
            near(a, DVec3::new(5.0, 4.0, 0.0)) && near(b, DVec3::new(35.0, 16.0, 0.0)),
            "{a} {b}"
        );
        let quantity = measured.quantity(&program.state().shown().unwrap().volume().placement);
        let text = lines_in(program.state(), PaneId::Stack)[0].text.clone().unwrap();
        // 30 columns of 0.25 mm, 12 rows of 0.5 mm.
        let expected = match unit {
            Unit::Pixels => 30f64.hypot(12.0),
            Unit::Millimetres | Unit::DetectorMillimetres => 7.5f64.hypot(6.0),
        };
        assert_eq!(quantity.unit, unit);
        assert!((quantity.value - expected).abs() < 1e-6, "{tag:?}");
        assert!(text.ends_with(ending), "{text}");
        run(&mut program, Command::SetStackSlice { slice: 1 });
        assert!(
            lines_in(program.state(), PaneId::Stack).is_empty(),
            "it belongs to its picture"
        );
        run(&mut program, Command::GoToMeasurement { index: 0 });
        assert_eq!(program.state().view.stack.slice, 0);
    }
}
