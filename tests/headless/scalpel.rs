//! The scalpel, driven as people drive it, and held against the camera voxel by voxel.

use std::sync::Arc;

use glam::{DVec2, DVec3};
use isocenter::app::pane::PaneId;
use isocenter::app::tool::{Button, Modifiers, PointerAction, Tool};
use isocenter::app::volume_view::VolumeChange;
use isocenter::app::{Command, Program, scenes};
use isocenter::model::voxel_mask::VoxelMask;
use isocenter::scene::Scene;

use crate::driver;

fn with_scalpel() -> (Program, tempfile::TempDir) {
    let (mut program, folder) = driver::opened();
    let tool = Some(Tool::Scalpel);
    driver::run(&mut program, Command::SetTool { tool });
    (program, folder)
}

fn pointer(program: &mut Program, action: PointerAction, at: DVec2, alt: bool) {
    let modifiers = Modifiers {
        alt,
        ..Modifiers::default()
    };
    driver::pointer(program, PaneId::Volume, action, at, modifiers);
}

const TRIANGLE: [DVec2; 3] = [
    DVec2::new(150.0, 100.0),
    DVec2::new(260.0, 120.0),
    DVec2::new(180.0, 210.0),
];

/// Draws all but the end.
fn draw(program: &mut Program, alt: bool) {
    pointer(program, PointerAction::Press(Button::Left), TRIANGLE[0], alt);
    for n in 0..3 {
        let (from, to) = (TRIANGLE[n], TRIANGLE[(n + 1) % 3]);
        for part in 1..=20 {
            pointer(program, PointerAction::Move, from.lerp(to, f64::from(part) / 20.0), alt);
        }
    }
}

fn cut(program: &mut Program, alt: bool) {
    draw(program, alt);
    pointer(program, PointerAction::Release, TRIANGLE[0], alt);
}

fn mask(program: &Program) -> Option<Arc<VoxelMask>> {
    program.state().shown().unwrap().display.mask.clone()
}

fn is_inside(point: DVec2) -> bool {
    let side = |n: usize| (TRIANGLE[(n + 1) % 3] - TRIANGLE[n]).perp_dot(point - TRIANGLE[n]) > 0.0;
    side(0) == side(1) && side(1) == side(2)
}

/// What should be left: whether each voxel is kept, by where it is seen in the pane.
fn assert_cut(program: &Program, is_outside: bool) {
    let mask = mask(program).unwrap();
    let [columns, rows, _] = driver::DIMS;
    let entry = program.state().shown().unwrap();
    let geometry = entry.volume().geometry().unwrap();
    for n in 0..driver::DIMS.iter().product() {
        let at = [n % columns, n / columns % rows, n / columns / rows].map(|at| at as f64);
        let seen = scenes::volume_point_of(program.state(), geometry.patient_at(DVec3::from_array(at))).unwrap();
        assert_eq!(mask.keeps(n), is_inside(seen) == is_outside, "{at:?} {seen}");
    }
}

#[test]
fn it_cuts_what_was_drawn_around_and_undoes_it() {
    for degrees in [0.0, 50.0] {
        let (mut program, _folder) = with_scalpel();
        driver::run(&mut program, Command::VolumeView(VolumeChange::Perspective(degrees)));
        cut(&mut program, false);
        assert_cut(&program, false);
        let inside = mask(&program).unwrap();
        let count: usize = driver::DIMS.iter().product();
        assert!(inside.count() > 0 && inside.count() < count);
        let Some(Scene::Volume(scene)) = scenes::scene(program.state(), PaneId::Volume, 1.0, scenes::Quality::Still)
        else {
            panic!("no volume view")
        };
        assert_eq!(scene.layers[0].mask.as_ref(), Some(&inside));
        driver::run(&mut program, Command::Undo);
        assert_eq!(mask(&program), None);
        driver::run(&mut program, Command::Redo);
        assert_eq!(mask(&program).unwrap().words(), inside.words());
        // Again is no step of its own.
        cut(&mut program, false);
        assert_eq!(mask(&program), Some(inside.clone()));
        driver::run(&mut program, Command::VolumeView(VolumeChange::ResetCuts));
        assert_eq!(mask(&program), None);
        driver::run(&mut program, Command::Undo);
        assert_eq!(mask(&program).unwrap().words(), inside.words());
        driver::run(&mut program, Command::Undo);
        assert_eq!(mask(&program), None);
    }
}

#[test]
fn alt_or_the_switch_cut_outside_and_both_cut_inside() {
    let (mut program, _folder) = with_scalpel();
    cut(&mut program, true);
    assert_cut(&program, true);
    driver::run(&mut program, Command::Undo);
    driver::run(&mut program, Command::VolumeView(VolumeChange::CutOutside(true)));
    cut(&mut program, false);
    assert_cut(&program, true);
    driver::run(&mut program, Command::Undo);
    cut(&mut program, true);
    assert_cut(&program, false);
}

#[test]
fn escape_and_small_lines_cut_nothing() {
    let (mut program, _folder) = with_scalpel();
    draw(&mut program, false);
    assert!(!program.state().view.volume.lasso.is_empty());
    driver::run(&mut program, Command::CancelGesture);
    assert!(program.state().view.volume.lasso.is_empty());
    pointer(&mut program, PointerAction::Release, TRIANGLE[0], false);
    let at = DVec2::new(200.0, 150.0);
    for to in [at, at + 2.0, at + DVec2::X * 90.0] {
        pointer(&mut program, PointerAction::Press(Button::Left), at, false);
        pointer(&mut program, PointerAction::Move, to, false);
        pointer(&mut program, PointerAction::Release, to, false);
    }
    assert_eq!(mask(&program), None);
    assert_eq!(program.state().history.undo_name(), None);
    // Elsewhere it is the crosshair.
    let before = program.state().view.crosshair;
    let modifiers = Modifiers::default();
    let left = PointerAction::Press(Button::Left);
    driver::pointer(&mut program, PaneId::Axial, left, DVec2::new(210.0, 140.0), modifiers);
    assert_ne!(program.state().view.crosshair, before);
}

#[test]
fn what_the_cuts_hide_is_not_cut() {
    let (mut program, _folder) = with_scalpel();
    driver::run(&mut program, Command::VolumeView(VolumeChange::AddClipPlane));
    cut(&mut program, false);
    let behind = mask(&program).unwrap().count();
    driver::run(&mut program, Command::VolumeView(VolumeChange::ResetCuts));
    cut(&mut program, false);
    assert!(mask(&program).unwrap().count() < behind);
}
