//! The volume view, driven as people drive it: camera, cuts, surfaces.

use glam::{DVec2, DVec3};
use isocenter::app::developing::SAMPLES;
use isocenter::app::pane::PaneId;
use isocenter::app::tool::cube::{self, Side};
use isocenter::app::tool::{Button, Modifiers, PointerAction, crop};
use isocenter::app::volume_view::{SliceCut, VolumeChange};
use isocenter::app::{Command, Program, scenes};
use isocenter::scene::{Background, Light, Scene, VolumeMode, VolumeScene};

use crate::driver;
use crate::driver::step_names;
use crate::nifti_file::{lps_grid, write_i16};

/// Voxels of 2 mm, 1000 in a ball and 0 around it.
const DIMS: [usize; 3] = [40, 44, 36];
const BALL_MM: f64 = 25.0;

fn with_ball() -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let middle = DVec3::from_array(DIMS.map(|side| (side as f64 - 1.0) / 2.0));
    let grid = lps_grid([2.0; 3], [-10.0, 5.0, 100.0]);
    let path = write_i16(folder.path(), "ball.nii", DIMS, grid, |i, j, k| {
        let from_middle_mm = 2.0 * (DVec3::new(i as f64, j as f64, k as f64) - middle).length();
        // 500 lies on the sphere.
        (500.0 + 100.0 * (BALL_MM - from_middle_mm)).clamp(0.0, 1000.0) as i16
    });
    (driver::program_on(&path), folder)
}

fn pointer(program: &mut Program, pane: PaneId, action: PointerAction, at: DVec2) {
    driver::pointer(program, pane, action, at, Modifiers::default());
}

fn drag(program: &mut Program, pane: PaneId, from: DVec2, to: DVec2) {
    driver::drag(program, pane, Button::Left, from, to, Modifiers::default());
}

fn resize(program: &mut Program, pane: PaneId, side: f64) {
    let size = DVec2::splat(side);
    driver::run(program, Command::ResizePane { pane, size });
}

fn scene(program: &Program) -> VolumeScene {
    match scenes::scene(program.state(), PaneId::Volume, 1.0, scenes::Quality::Still) {
        Some(Scene::Volume(scene)) => scene,
        _ => panic!("no volume view"),
    }
}

fn change(program: &mut Program, change: VolumeChange) {
    driver::run(program, Command::VolumeView(change));
}

#[test]
fn a_click_on_the_cube_looks_from_there_and_a_drag_turns() {
    let (mut program, _folder) = with_ball();
    resize(&mut program, PaneId::Volume, 400.0);
    let face = cube::faces(program.state())
        .into_iter()
        .find(|face| face.side == Side::Head)
        .unwrap();
    drag(&mut program, PaneId::Volume, face.middle, face.middle);
    let camera = program.state().view.camera;
    assert_eq!([camera.azimuth_deg, camera.elevation_deg], [0.0, 90.0]);
    drag(
        &mut program,
        PaneId::Volume,
        DVec2::new(360.0, 360.0),
        DVec2::new(360.0, 320.0),
    );
    assert_eq!(program.state().view.camera.elevation_deg, 70.0);
    driver::run(&mut program, Command::LookFrom { side: Side::Right });
    assert!(Side::Right.is_seen_by(&program.state().view.camera));
}

#[test]
fn a_drag_turns_about_what_it_took_hold_of() {
    let (mut program, _folder) = with_ball();
    resize(&mut program, PaneId::Volume, 400.0);
    change(&mut program, VolumeChange::Mode(VolumeMode::Iso));
    change(&mut program, VolumeChange::Iso(500.0));
    let at = DVec2::new(190.0, 205.0);
    let held = scenes::place_under(program.state(), at).unwrap();
    drag(&mut program, PaneId::Volume, at, at + DVec2::new(23.0, -17.0));
    let seen = scenes::volume_point_of(program.state(), held).unwrap();
    assert!((seen - at).length() < 1e-6, "{seen}");
}

#[test]
fn a_surface_is_where_the_ball_is() {
    let (mut program, _folder) = with_ball();
    resize(&mut program, PaneId::Volume, 300.0);
    driver::run(&mut program, Command::LookFrom { side: Side::Left });
    change(&mut program, VolumeChange::Mode(VolumeMode::Iso));
    change(&mut program, VolumeChange::Iso(500.0));
    let met = scenes::place_under(program.state(), DVec2::splat(150.0)).unwrap();
    let center = scene(&program).camera.target;
    assert!((met - center - DVec3::X * BALL_MM).length() < 1.0, "{met}");
    assert_eq!(scenes::place_under(program.state(), DVec2::splat(1.0)), None);
}

#[test]
fn the_crop_box_is_moved_by_its_handles_in_every_pane() {
    let (mut program, _folder) = with_ball();
    for pane in PaneId::QUAD {
        resize(&mut program, pane, 300.0);
    }
    assert!(crop::handles(program.state(), PaneId::Axial).is_empty());
    change(&mut program, VolumeChange::ShowCrop(true));
    for pane in PaneId::QUAD {
        let before = program.state().view.volume.cuts.crop.unwrap();
        let handles = crop::handles(program.state(), pane);
        assert!(handles.len() >= 4, "{pane:?}");
        assert!(crop::lines(program.state(), pane).len() >= 4);
        let handle = handles.into_iter().find(|handle| handle.side.is_high).unwrap();
        drag(&mut program, pane, handle.at, handle.at - handle.per_mm * 3.0);
        let after = program.state().view.volume.cuts.crop.unwrap();
        let moved = before.high - after.high;
        assert!((moved[handle.side.axis] - 3.0).abs() < 1e-6, "{pane:?} {moved}");
        assert!((moved.element_sum() - 3.0).abs() < 1e-6 && before.low == after.low);
    }
    // Escape puts it back.
    let before = program.state().view.volume.cuts.crop;
    let handle = crop::handles(program.state(), PaneId::Axial)[0];
    pointer(
        &mut program,
        PaneId::Axial,
        PointerAction::Press(Button::Left),
        handle.at,
    );
    pointer(
        &mut program,
        PaneId::Axial,
        PointerAction::Move,
        handle.at + handle.per_mm * 2.0,
    );
    assert_ne!(program.state().view.volume.cuts.crop, before);
    driver::run(&mut program, Command::CancelGesture);
    assert_eq!(program.state().view.volume.cuts.crop, before);
    change(&mut program, VolumeChange::ResetCuts);
    change(&mut program, VolumeChange::ShowCrop(false));
    assert!(crop::handles(program.state(), PaneId::Axial).is_empty());
}

#[test]
fn cuts_follow_the_slices() {
    let (mut program, _folder) = with_ball();
    let center = scene(&program).camera.target;
    change(
        &mut program,
        VolumeChange::SliceCut {
            pane: PaneId::Axial,
            cut: SliceCut::Before,
        },
    );
    driver::run(
        &mut program,
        Command::SetCrosshair {
            lps: center + DVec3::Z * 4.0,
        },
    );
    assert!(!scene(&program).cuts.keeps(center + DVec3::Z * 3.0));
    assert!(scene(&program).cuts.keeps(center + DVec3::Z * 5.0));
    driver::run(&mut program, Command::SetCrosshair { lps: center });
    assert!(scene(&program).cuts.keeps(center + DVec3::Z * 3.0));
    for _ in 0..9 {
        change(&mut program, VolumeChange::AddClipPlane);
    }
    assert_eq!(scene(&program).cuts.planes.len(), 7, "six of one's own and the slice");
    change(&mut program, VolumeChange::ResetCuts);
    assert!(scene(&program).cuts.planes.is_empty());
}

#[test]
fn another_volume_is_read_to_be_rendered_with_the_shown_one() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([2.0; 3], [-10.0, 5.0, 100.0]);
    let one = write_i16(folder.path(), "one.nii", DIMS, grid, |i, j, k| (i * j + 40 * k) as i16);
    let other = lps_grid([4.0; 3], [-12.0, 0.0, 90.0]);
    let two = write_i16(folder.path(), "two.nii", [20, 21, 22], other, |i, j, k| {
        (3000 + i * j * k) as i16
    });
    let mut program = driver::program_on(&one);
    driver::open(&mut program, &two);
    driver::run(&mut program, Command::Show { index: 0 });
    driver::wait(&mut program);
    assert_eq!(scene(&program).layers.len(), 1);
    let also = |yes| Command::VolumeView(VolumeChange::Also { index: 1, yes });
    driver::run(&mut program, also(true));
    driver::wait(&mut program);
    let together = scene(&program);
    assert_eq!(together.layers.len(), 2);
    assert!(together.layers[1].image.volume.voxels.is_complete());
    assert_eq!(together.layers[0].image.volume.dims(), DIMS);
    // It is no longer rendered beside itself when it is the one that is shown.
    driver::run(&mut program, Command::Show { index: 1 });
    assert_eq!(scene(&program).layers.len(), 1);
    driver::run(&mut program, Command::Show { index: 0 });
    driver::run(&mut program, also(false));
    assert_eq!(scene(&program).layers.len(), 1);
}

#[test]
fn a_resting_view_is_path_traced_until_something_changes() {
    let (mut program, _folder) = with_ball();
    resize(&mut program, PaneId::Volume, 24.0);
    let size = [24, 24];
    driver::run(&mut program, Command::Develop { size });
    assert!(program.state().developing.is_none(), "nobody asked for it");
    change(&mut program, VolumeChange::Cinematic(true));
    assert_eq!(scene(&program).mode, VolumeMode::Composite);
    driver::run(&mut program, Command::Develop { size });
    driver::wait(&mut program);
    let picture = program.state().developing.as_ref().unwrap();
    assert_eq!(picture.samples, SAMPLES);
    let pixels = picture.pixels.as_ref().unwrap();
    assert_eq!(pixels.len(), 24 * 24 * 4);
    assert!(pixels.chunks_exact(4).any(|pixel| pixel[0] > 60), "the ball is lit");
    // The same again is not begun anew.
    driver::run(&mut program, Command::Develop { size });
    assert!(!program.is_busy());
    driver::run(&mut program, Command::LookFrom { side: Side::Head });
    assert!(program.state().developing.is_none(), "it shows the ball from elsewhere");
    driver::run(&mut program, Command::Develop { size });
    assert!(program.is_busy());
    change(&mut program, VolumeChange::Mode(VolumeMode::Mip));
    assert!(program.state().developing.is_none());
    driver::wait(&mut program);
    assert!(
        program.state().developing.is_none(),
        "what was stopped does not come back"
    );
}

/// The names of all steps, the oldest first.
fn steps(program: &Program) -> Vec<String> {
    step_names(program)
}

#[test]
fn the_look_of_the_volume_view_is_undone_gesture_by_gesture() {
    let (mut program, _folder) = with_ball();
    let view = |program: &Program| program.state().view.volume.clone();
    let first = view(&program);
    // A drag of the light is many changes and one step.
    for n in 1..=5 {
        let towards = DVec3::new(0.1 * f64::from(n), 0.0, 1.0);
        change(&mut program, VolumeChange::Light(Light { towards, ..first.light }));
    }
    assert!(view(&program).is_being_changed() && steps(&program).is_empty());
    change(&mut program, VolumeChange::Settle);
    let lit = view(&program).light;
    assert_eq!(steps(&program).len(), 1);
    // Another part ends what was being changed before.
    change(
        &mut program,
        VolumeChange::Light(Light {
            silhouettes: 0.5,
            occlusion: 0.0,
            ..lit
        }),
    );
    change(&mut program, VolumeChange::Background(Background::plain([255; 3])));
    change(&mut program, VolumeChange::Mode(VolumeMode::Iso));
    change(&mut program, VolumeChange::Cinematic(true));
    // What changes nothing is no step.
    change(&mut program, VolumeChange::Cinematic(true));
    change(&mut program, VolumeChange::ShowSlices(true));
    assert_eq!(steps(&program).len(), 6);
    let last = view(&program);
    let undo = |program: &mut Program| driver::run(program, Command::Undo);
    undo(&mut program);
    assert!(!view(&program).shows_slices);
    undo(&mut program);
    assert_eq!(
        (view(&program).mode, view(&program).is_cinematic),
        (VolumeMode::Iso, false)
    );
    undo(&mut program);
    assert_eq!(view(&program).mode, first.mode);
    undo(&mut program);
    assert_eq!(view(&program).background, first.background);
    assert_eq!(view(&program).light.silhouettes, 0.5);
    undo(&mut program);
    assert_eq!(view(&program).light, lit);
    undo(&mut program);
    assert_eq!(view(&program), first);
    for _ in 0..6 {
        driver::run(&mut program, Command::Redo);
    }
    assert_eq!(view(&program), last);
    // Escape takes back what is being changed.
    change(&mut program, VolumeChange::Background(Background::plain([9; 3])));
    driver::run(&mut program, Command::CancelGesture);
    assert_eq!(view(&program), last);
    // What is undone while something is being changed is that.
    change(&mut program, VolumeChange::Background(Background::plain([9; 3])));
    undo(&mut program);
    assert_eq!(view(&program), last);
}

#[test]
fn cuts_are_undone() {
    let (mut program, _folder) = with_ball();
    resize(&mut program, PaneId::Axial, 300.0);
    change(&mut program, VolumeChange::ShowCrop(true));
    let crop = program.state().view.volume.cuts.crop;
    let handle = crop::handles(program.state(), PaneId::Axial)[0];
    drag(&mut program, PaneId::Axial, handle.at, handle.at + handle.per_mm * 3.0);
    let moved = program.state().view.volume.cuts.crop;
    assert_ne!(moved, crop);
    change(&mut program, VolumeChange::AddClipPlane);
    let id = program.state().view.shown.unwrap();
    // Everything at once is one step.
    change(&mut program, VolumeChange::ResetCuts);
    assert!(program.state().view.volume.cuts.planes.is_empty());
    assert_eq!(steps(&program).len(), 4);
    driver::run(&mut program, Command::Undo);
    assert_eq!(program.state().view.volume.cuts.planes.len(), 1);
    driver::run(&mut program, Command::Undo);
    assert!(program.state().view.volume.cuts.planes.is_empty());
    assert_eq!(program.state().view.volume.cuts.crop, moved);
    driver::run(&mut program, Command::Undo);
    assert_eq!(program.state().view.volume.cuts.crop, crop);
    driver::run(&mut program, Command::Undo);
    assert_eq!(program.state().view.volume.cuts.crop, None);
    assert!(!program.state().view.volume.shows_crop);
    assert_eq!(program.state().view.shown, Some(id));
}

#[test]
fn light_in_crevices_is_found_beside_the_window() {
    let (mut program, _folder) = with_ball();
    let field = |program: &Program| scene(program).layers[0].occlusion.clone();
    let strength = |occlusion: f64| {
        VolumeChange::Light(Light {
            occlusion,
            ..Light::default()
        })
    };
    change(&mut program, strength(0.5));
    driver::wait(&mut program);
    let first = field(&program).expect("a field");
    // The same is not looked for again, nor for another strength or from another side.
    change(&mut program, strength(0.7));
    driver::run(&mut program, Command::LookFrom { side: Side::Head });
    assert!(!program.is_busy());
    assert_eq!(field(&program).as_ref(), Some(&first));
    // Another curve has another field; until it is found the old one is drawn.
    let mut function = (*scene(&program).layers[0].transfer).clone();
    function = function.mapped(1.0, 40.0);
    change(&mut program, VolumeChange::Transfer(function));
    driver::wait(&mut program);
    assert_eq!(field(&program).as_ref(), Some(&first), "it is still being dragged");
    change(&mut program, VolumeChange::Settle);
    assert!(program.is_busy());
    assert_eq!(field(&program).as_ref(), Some(&first));
    driver::wait(&mut program);
    let second = field(&program).expect("a field");
    assert_ne!(second, first);
    // So has what is cut away; and nothing is found where nothing is dimmed.
    change(&mut program, VolumeChange::AddClipPlane);
    driver::wait(&mut program);
    assert_ne!(field(&program).as_ref(), Some(&second));
    change(&mut program, strength(0.0));
    change(&mut program, VolumeChange::ResetCuts);
    assert!(!program.is_busy());
}
