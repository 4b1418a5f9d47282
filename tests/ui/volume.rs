//! The controls of the volume view, by accessible label.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use isocenter::app::Command;
use isocenter::app::pane::PaneId;
use isocenter::app::transfer::Transfer;
use isocenter::app::volume_view::VolumeChange;
use isocenter::scene::{Light, VolumeMode};

use crate::support::{Bench, drag, pane, rest, until, volume, window_on};

/// A window whose 3D pane has the keys, so that its controls are seen.
fn opened() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "one.nii");
    let mut bench = window_on(&path)?;
    do_it(
        &mut bench,
        Command::VolumeView(VolumeChange::Mode(VolumeMode::Composite)),
    );
    do_it(&mut bench, Command::Focus { pane: PaneId::Volume });
    until(&mut bench, "the values are counted", |state| {
        let counted = &state.shown().unwrap().histogram;
        counted.as_ref().is_some_and(|counted| counted.is_complete)
    });
    Some((bench, folder))
}

fn do_it(bench: &mut Bench, command: Command) {
    let ctx = bench.ctx.clone();
    bench.state_mut().dispatch(&ctx, [command]);
    rest(bench);
}

fn transfer(bench: &Bench) -> Transfer {
    let entry = bench.state().state().shown().unwrap();
    entry.display.transfer.clone().unwrap()
}

fn point(bench: &Bench, number: usize) -> Rect {
    bench.get_by_label_contains(&format!("Point {number}:")).rect()
}

fn undo(bench: &mut Bench) {
    bench.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    rest(bench);
}

#[test]
fn the_controls_are_those_of_the_pane_with_the_keys() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench.get_by_label("Transfer function");
    assert!(bench.query_by_label("Histogram").is_none());
    do_it(&mut bench, Command::Focus { pane: PaneId::Axial });
    bench.get_by_label("Histogram");
    assert!(bench.query_by_label("Transfer function").is_none());
    // What was chosen by hand stays, from slice to slice.
    bench.get_by_role_and_label(Role::Button, "Volume").click();
    rest(&mut bench);
    do_it(&mut bench, Command::Focus { pane: PaneId::Coronal });
    bench.get_by_label("Transfer function");
}

#[test]
fn mode_and_preset_are_one_click() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let mode = |bench: &Bench| bench.state().state().view.volume.mode;
    assert_eq!(mode(&bench), VolumeMode::Composite);
    bench.get_by_role_and_label(Role::Button, "MIP").click();
    rest(&mut bench);
    assert_eq!(mode(&bench), VolumeMode::Mip);
    assert!(bench.query_by_label("Transfer function").is_none());
    bench.get_by_role_and_label(Role::Button, "Composite").click();
    rest(&mut bench);
    let first = transfer(&bench);
    bench.get_by_role_and_label(Role::Button, "MR angiography").click();
    rest(&mut bench);
    assert_eq!(transfer(&bench).preset.as_deref(), Some("mr-angio"));
    undo(&mut bench);
    assert_eq!(transfer(&bench), first);
    until(&mut bench, "the presets have pictures", |state| {
        let id = state.shown().unwrap().volume().id;
        let wanted = state.transfer_thumbnails.wanted();
        !wanted.is_empty()
            && wanted
                .iter()
                .all(|name| state.transfer_thumbnails.get(id, name).is_some())
    });
}

#[test]
fn a_point_is_dragged_and_taken_back_in_one_step() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let first = transfer(&bench);
    let from = point(&bench, 2).center();
    bench.drag_at(from);
    bench.step();
    for step in 1..=3 {
        bench.hover_at(from + vec2(2.0, -10.0) * step as f32);
        bench.step();
    }
    bench.drop_at(from + vec2(6.0, -30.0));
    rest(&mut bench);
    let moved = transfer(&bench);
    let (before, after) = (first.function.points()[1], moved.function.points()[1]);
    assert!(
        after.value > before.value && after.opacity > before.opacity,
        "{after:?}"
    );
    assert_eq!(after.color, before.color);
    assert_eq!(moved.function.points()[2], first.function.points()[2]);
    assert_eq!(moved.preset, None);
    let there = point(&bench, 2).center();
    assert!(
        (there - (from + vec2(6.0, -30.0))).length() < 1.0,
        "it is where it was let go"
    );
    undo(&mut bench);
    assert_eq!(transfer(&bench), first);
}

#[test]
fn points_are_added_and_deleted() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let first = transfer(&bench);
    let count = first.function.points().len();
    // Above the line, far from any point.
    let rect = bench.get_by_label("Transfer function").rect();
    let at = Pos2::new(point(&bench, 1).center().x - 8.0, rect.top() + 30.0);
    for _ in 0..2 {
        bench.drag_at(at);
        bench.step();
        bench.drop_at(at);
        bench.step();
    }
    rest(&mut bench);
    let more = transfer(&bench);
    assert_eq!(more.function.points().len(), count + 1);
    assert!(more.function.points()[0].opacity > 0.3);
    bench.get_by_label("Delete the point").click();
    rest(&mut bench);
    assert_eq!(transfer(&bench).function, first.function);
    // By right click, but for the last one.
    for left in (1..count).rev() {
        bench.get_by_label_contains("Point 1:").click_secondary();
        rest(&mut bench);
        assert_eq!(transfer(&bench).function.points().len(), left);
    }
    bench.get_by_label_contains("Point 1:").click_secondary();
    rest(&mut bench);
    assert_eq!(transfer(&bench).function.points().len(), 1);
}

#[test]
fn the_empty_plot_moves_the_curve_and_the_bar_stretches_it() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let range = |bench: &Bench| transfer(bench).function.range().unwrap();
    let [low, high] = range(&bench);
    let rect = bench.get_by_label("Transfer function").rect();
    drag(
        &mut bench,
        Pos2::new(rect.left() + 20.0, rect.top() + 20.0),
        vec2(25.0, 4.0),
    );
    rest(&mut bench);
    let moved = range(&bench);
    assert!(moved[0] > low && ((moved[1] - moved[0]) - (high - low)).abs() < 1e-6);
    let end = bench.get_by_label("Stretch the curve at its upper end").rect().center();
    drag(&mut bench, end, vec2(-30.0, 0.0));
    rest(&mut bench);
    let narrow = range(&bench);
    assert!(
        (narrow[0] - moved[0]).abs() < 1e-6 && narrow[1] < moved[1],
        "{narrow:?} after {moved:?}"
    );
    undo(&mut bench);
    undo(&mut bench);
    assert_eq!(range(&bench), [low, high]);
}

#[test]
fn a_point_obeys_the_keyboard() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let first = transfer(&bench);
    let slice = bench.state().state().view.crosshair;
    bench.get_by_label_contains("Point 2:").focus();
    rest(&mut bench);
    for key in [Key::ArrowRight, Key::ArrowUp, Key::ArrowUp] {
        bench.key_press(key);
        rest(&mut bench);
    }
    let (before, after) = (first.function.points()[1], transfer(&bench).function.points()[1]);
    assert!(after.value > before.value);
    assert!((after.opacity - before.opacity - 0.02).abs() < 1e-9);
    bench.key_press(Key::Delete);
    rest(&mut bench);
    assert_eq!(
        transfer(&bench).function.points().len(),
        first.function.points().len() - 1
    );
    assert_eq!(
        bench.state().state().view.crosshair,
        slice,
        "the panes have not heard of it"
    );
}

#[test]
fn the_light_is_turned_on_its_ball() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let light = |bench: &Bench| bench.state().state().view.volume.light;
    bench.get_by_label("Direction of the light").scroll_to_me();
    rest(&mut bench);
    let ball = bench.get_by_label("Direction of the light").rect();
    drag(&mut bench, ball.center(), vec2(12.0, 6.0));
    rest(&mut bench);
    let towards = light(&bench).towards;
    assert!(towards.x > 0.3 && towards.y < -0.1 && towards.z > 0.5, "{towards}");
    bench.get_by_label("Shading").click();
    rest(&mut bench);
    assert!(!light(&bench).is_shaded);
    bench.get_by_label("Reset light").click();
    rest(&mut bench);
    assert_eq!(light(&bench), Light::default());
}

#[test]
fn a_preset_of_one_s_own_is_saved_under_a_name() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench.get_by_role_and_label(Role::Button, "Save").click();
    rest(&mut bench);
    bench.get_by_label("Name of the preset").type_text("Mine");
    rest(&mut bench);
    bench.key_press(Key::Enter);
    rest(&mut bench);
    assert_eq!(transfer(&bench).preset.as_deref(), Some("Mine"));
    let saved = Arc::clone(&transfer(&bench).function);
    bench.get_by_role_and_label(Role::Button, "MR angiography").click();
    rest(&mut bench);
    bench.get_by_role_and_label(Role::Button, "Mine").click();
    rest(&mut bench);
    let values = |function: &isocenter::model::transfer_function::TransferFunction| {
        function
            .points()
            .iter()
            .map(|point| point.value.round())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&transfer(&bench).function), values(&saved));
    // It is deleted by its menu.
    bench.get_by_role_and_label(Role::Button, "Mine").click_secondary();
    rest(&mut bench);
    bench.get_by_label("Delete").click();
    rest(&mut bench);
    assert!(bench.state().state().settings.transfer_presets.is_empty());
    let label = bench.get_by_label("3D pane").accesskit_node().label();
    assert!(label.is_some() && pane(&bench, "3D pane").is_positive());
}
