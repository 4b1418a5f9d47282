//! The panes: pictures that keep up with the input, and what the mouse does in them.

use egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, vec2};
use egui_kittest::kittest::Queryable as _;
use isocenter::algo::{raycast, reslice};
use isocenter::app::pane::{Layout, PaneId};
use isocenter::app::scenes::{self, Quality};
use isocenter::app::volume_view::VolumeChange;
use isocenter::app::{Command, readout};
use isocenter::scene::{Scene, VolumeMode, VolumeScene};
use isocenter::window::Begin;

use crate::support::{
    Bench, DIMS, drag, is_loaded, middle_of, pane, picture, rest, until, volume, window_at_scale, window_on,
};

fn opened() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "one.nii");
    Some((window_on(&path)?, folder))
}

fn do_it(bench: &mut Bench, command: Command) {
    let ctx = bench.ctx.clone();
    bench.state_mut().dispatch(&ctx, [command]);
}

fn wheel(bench: &mut Bench, at: Pos2, delta: f32, modifiers: Modifiers) {
    bench.hover_at(at);
    bench.step();
    bench.event(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, delta),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers,
    });
    bench.step();
}

#[test]
fn a_pane_is_the_scene_pixel_by_pixel() {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "one.nii");
    for scale in [1.0, 1.25, 2.0] {
        let begin = Begin {
            paths: vec![path.clone()],
            ..Begin::default()
        };
        let Some(mut bench) = window_at_scale(begin, scale) else {
            return;
        };
        until(&mut bench, "the file is loaded", is_loaded);
        do_it(&mut bench, Command::ToggleCrosshair);
        rest(&mut bench);
        for (id, label) in [
            (PaneId::Axial, "Axial pane"),
            (PaneId::Coronal, "Coronal pane"),
            (PaneId::Sagittal, "Sagittal pane"),
        ] {
            assert_shows_its_scene(&mut bench, id, label, scale);
        }
    }
}

/// The middle of a pane is what the twin draws, pixel for pixel.
fn assert_shows_its_scene(bench: &mut Bench, id: PaneId, label: &str, scale: f32) {
    let image = picture(bench);
    let rect = pane(bench, label);
    let pixels = |points: f32| (points * scale).round() as u32;
    let state = bench.state().state();
    let scene = scenes::scene(state, id, f64::from(scale), Quality::Still).unwrap();
    let [width, height] = scene.size();
    assert_eq!([pixels(rect.width()), pixels(rect.height())], [width, height]);
    let twin = reslice::draw(&scene);
    let mut greys = std::collections::BTreeSet::new();
    for y in height / 4..height * 3 / 4 {
        for x in width / 4..width * 3 / 4 {
            let shown = image.pixel(pixels(rect.min.x) + x, pixels(rect.min.y) + y);
            let expected = &twin[4 * (y * width + x) as usize..][..4];
            assert!(
                (0..3).all(|c| shown[c].abs_diff(expected[c]) <= 1),
                "{label} at {x}, {y}, scale {scale}: {shown:?} is not {expected:?}"
            );
            greys.insert(shown[0]);
        }
    }
    assert!(greys.len() > 20, "{label} shows next to nothing");
}

#[test]
fn the_volume_at_rest_is_the_scene_in_full() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    // Every value counts in a projection; lit material is held against its twin where there are many pictures of it.
    do_it(&mut bench, Command::VolumeView(VolumeChange::Mode(VolumeMode::Mip)));
    do_it(&mut bench, Command::ToggleCrosshair);
    rest(&mut bench);
    let rect = pane(&bench, "3D pane");
    let state = bench.state().state();
    let Some(Scene::Volume(whole)) = scenes::scene(state, PaneId::Volume, 1.0, Quality::Still) else {
        panic!("the 3D pane shows something else")
    };
    // The middle, so that the twin is done soon: a side of the same parity has the same pixel centres.
    let size = whole.size.map(|side| 60 + side % 2);
    let twin = raycast::draw_volume(&VolumeScene { size, ..whole.clone() });
    let corner = [0, 1].map(|n| (whole.size[n] - size[n]) / 2);
    let image = picture(&mut bench);
    let mut greys = std::collections::BTreeSet::new();
    for y in 0..size[1] {
        for x in 0..size[0] {
            let shown = image.pixel(rect.min.x as u32 + corner[0] + x, rect.min.y as u32 + corner[1] + y);
            let expected = &twin[4 * (y * size[0] + x) as usize..][..4];
            // Rays go through the texture's own filter, which is not exact.
            assert!(
                (0..3).all(|c| shown[c].abs_diff(expected[c]) <= 3),
                "{x}, {y}: {shown:?} is not {expected:?}"
            );
            greys.insert(shown[0]);
        }
    }
    assert!(greys.len() > 10, "the 3D pane shows next to nothing");
}

#[test]
fn the_input_of_a_frame_is_in_its_picture() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let at = pane(&bench, "Axial pane").center() + vec2(0.0, -60.0);
    bench.hover_at(at);
    rest(&mut bench);
    let before = middle_of(&mut bench, "Axial pane");
    bench.event(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, -3.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    bench.step();
    let with_input = middle_of(&mut bench, "Axial pane");
    assert_ne!(before, with_input, "the wheel is not in the picture of its own frame");
    bench.step();
    assert_eq!(
        with_input,
        middle_of(&mut bench, "Axial pane"),
        "the picture came later than the frame of the wheel"
    );

    // Dragging the window, from frame to frame.
    let ctrl = Modifiers {
        ctrl: true,
        command: true,
        ..Modifiers::NONE
    };
    bench.event(Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed: true,
        modifiers: ctrl,
    });
    bench.step();
    let mut last = middle_of(&mut bench, "Axial pane");
    for step in 1..4 {
        bench.hover_at(at + vec2(0.0, 25.0 * step as f32));
        bench.step();
        let now = middle_of(&mut bench, "Axial pane");
        assert_ne!(last, now, "move {step} is not in the picture of its own frame");
        last = now;
    }
}

#[test]
fn a_whole_drag_between_two_frames_is_not_lost() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let before = bench.state().state().shown().unwrap().display.window.unwrap();
    let ctrl = Modifiers {
        ctrl: true,
        command: true,
        ..Modifiers::NONE
    };
    let from = pane(&bench, "Coronal pane").center();
    let to = from + vec2(50.0, -20.0);
    bench.event(Event::PointerMoved(from));
    bench.event(Event::PointerButton {
        pos: from,
        button: PointerButton::Primary,
        pressed: true,
        modifiers: ctrl,
    });
    bench.event(Event::PointerMoved(from + vec2(10.0, 0.0)));
    bench.event(Event::PointerMoved(to));
    bench.event(Event::PointerButton {
        pos: to,
        button: PointerButton::Primary,
        pressed: false,
        modifiers: ctrl,
    });
    bench.step();
    let after = bench.state().state().shown().unwrap().display.window.unwrap();
    assert!(
        (after.width - before.width * 1.25).abs() < 1e-6 * before.width,
        "{before:?} {after:?}"
    );
    assert!((after.center - (before.center + before.width * 0.1)).abs() < 1e-6 * before.width);
}

#[test]
fn one_notch_is_one_slice_and_control_magnifies_about_the_pointer() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let at = pane(&bench, "Axial pane").center() + vec2(30.0, 20.0);
    let slice = |bench: &Bench| readout::slice_number(bench.state().state(), PaneId::Axial).unwrap();
    let before = slice(&bench);
    assert_eq!(before.1, DIMS[2]);
    wheel(&mut bench, at, -1.0, Modifiers::NONE);
    assert_ne!(slice(&bench).0, before.0);
    wheel(&mut bench, at, 1.0, Modifiers::NONE);
    assert_eq!(slice(&bench), before);
    // A trackpad: many small steps make one slice.
    for _ in 0..6 {
        bench.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -4.0),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        bench.step();
    }
    assert_eq!(slice(&bench).0.abs_diff(before.0), 1);

    let under = |bench: &Bench| {
        let place = at - pane(bench, "Axial pane").min;
        scenes::patient_at(
            bench.state().state(),
            PaneId::Axial,
            glam::DVec2::new(f64::from(place.x), f64::from(place.y)),
        )
        .unwrap()
    };
    let (place, zoom) = (under(&bench), bench.state().state().view.zoom);
    wheel(
        &mut bench,
        at,
        2.0,
        Modifiers {
            ctrl: true,
            command: true,
            ..Modifiers::NONE
        },
    );
    assert!(bench.state().state().view.zoom > zoom * 1.1);
    assert!((under(&bench) - place).length() < 1e-6);
}

#[test]
fn the_crosshair_moves_all_panes() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let before: Vec<_> = ["Coronal pane", "Sagittal pane"]
        .iter()
        .map(|label| middle_of(&mut bench, label))
        .collect();
    let at = pane(&bench, "Axial pane").center() + vec2(31.0, -23.0);
    drag(&mut bench, at, vec2(6.0, 5.0));
    rest(&mut bench);
    for (label, before) in ["Coronal pane", "Sagittal pane"].iter().zip(before) {
        assert_ne!(before, middle_of(&mut bench, label), "{label}");
    }
    let state = bench.state().state();
    let place = at + vec2(6.0, 5.0) - pane(&bench, "Axial pane").min;
    let expected = scenes::patient_at(
        state,
        PaneId::Axial,
        glam::DVec2::new(f64::from(place.x), f64::from(place.y)),
    )
    .unwrap();
    assert!((state.view.crosshair - expected).length() < 1e-6);
}

#[test]
fn right_click_is_the_menu_and_right_drag_magnifies() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let at = pane(&bench, "Sagittal pane").center();
    let button = |bench: &mut Bench, pos: Pos2, pressed: bool| {
        bench.event(Event::PointerButton {
            pos,
            button: PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        bench.step();
    };
    bench.hover_at(at);
    button(&mut bench, at, true);
    bench.hover_at(at + vec2(0.0, -60.0));
    bench.step();
    button(&mut bench, at + vec2(0.0, -60.0), false);
    assert!(bench.state().state().view.zoom > 1.3);
    assert!(bench.query_by_label("Neurological convention").is_none());
    button(&mut bench, at, true);
    button(&mut bench, at, false);
    rest(&mut bench);
    bench.get_by_label("Neurological convention").click();
    rest(&mut bench);
    assert!(bench.state().state().view.is_neurological);
    assert!(
        bench.query_by_label("Neurological convention").is_none(),
        "the menu stays open"
    );
}

#[test]
fn double_click_maximises_and_brings_all_back() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    for expected in [Layout::Single(PaneId::Coronal), Layout::Quad] {
        let at = pane(&bench, "Coronal pane").center();
        for _ in 0..2 {
            bench.hover_at(at);
            bench.drag_at(at);
            bench.drop_at(at);
        }
        bench.step();
        rest(&mut bench);
        assert_eq!(bench.state().state().view.layout, expected);
        // Long enough that the next two clicks are not the third and fourth of a row.
        bench.run_steps(60);
    }
}

#[test]
fn shift_and_move_take_the_crosshair_along() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let before = bench.state().state().view.crosshair;
    let at = pane(&bench, "Axial pane").center() + vec2(20.0, 14.0);
    bench.hover_at(at);
    bench.step();
    assert_eq!(bench.state().state().view.crosshair, before);
    bench.event(Event::ModifiersChanged(Modifiers::SHIFT));
    bench.event(Event::PointerMoved(at + vec2(1.0, 0.0)));
    bench.step();
    assert_ne!(bench.state().state().view.crosshair, before);
}

#[test]
fn what_is_under_the_pointer_is_told() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let at = pane(&bench, "Axial pane").center() + vec2(17.0, 9.0);
    bench.hover_at(at);
    rest(&mut bench);
    let state = bench.state().state();
    let (hovered, place) = state.hover.unwrap();
    assert_eq!(hovered, PaneId::Axial);
    let found = readout::readout(state, hovered, place).unwrap();
    let [i, j, k] = found.voxel.unwrap();
    let line = bench
        .get_by_label_contains(&format!("Voxel {i}, {j}, {k}"))
        .value()
        .unwrap_or_default();
    let value = 12 * i + 7 * j + 11 * k + 40 * ((i / 5 + j / 4 + k / 3) % 2);
    assert!(line.is_empty() || line.contains(&value.to_string()), "{line}");
    bench.get_by_label_contains(&format!("{value}    Voxel"));
    bench.get_by_label("Not a medical device. Not for diagnosis.");
}
