//! Measuring as a user does: the key, the drag, the list.

use egui::{Key, Modifiers, Vec2};
use egui_kittest::kittest::Queryable as _;
use isocenter::app::measurements::of_shown;
use isocenter::app::tool::Tool;
use isocenter::model::measurement::Measurement;

use crate::support::{Bench, drag, middle_of, pane, picture, rest, until, volume, window_on};

fn opened() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "one.nii");
    Some((window_on(&path)?, folder))
}

fn list(bench: &Bench) -> Vec<Measurement> {
    of_shown(bench.state().state()).map_or_else(Vec::new, |series| series.list.clone())
}

fn press(bench: &mut Bench, modifiers: Modifiers, key: Key) {
    bench.key_press_modifiers(modifiers, key);
    bench.step();
}

/// Draws a line in the middle of a pane.
fn draw(bench: &mut Bench, label: &str, by: Vec2) {
    let from = pane(bench, label).center() - by / 2.0 + Vec2::new(0.0, 40.0);
    drag(bench, from, by);
    until(bench, "it is saved", |state| state.jobs.is_empty());
}

#[test]
fn the_key_the_drag_and_the_list() {
    let Some((mut bench, folder)) = opened() else {
        return;
    };
    press(&mut bench, Modifiers::NONE, Key::L);
    assert_eq!(bench.state().state().view.active_tool(), Tool::Length);
    let before = middle_of(&mut bench, "Coronal pane");
    let crosshair = bench.state().state().view.crosshair;
    draw(&mut bench, "Axial pane", Vec2::new(60.0, 10.0));
    draw(&mut bench, "Coronal pane", Vec2::new(60.0, 20.0));
    assert_eq!(list(&bench).len(), 2);
    assert_eq!(bench.state().state().view.crosshair, crosshair);
    assert_ne!(before, middle_of(&mut bench, "Coronal pane"), "the line is seen");
    assert!(folder.path().join("isocenter-measurements.json").exists());
    // A click in the list goes there.
    bench.get_by_label("Go to Length 1").click();
    rest(&mut bench);
    let state = bench.state().state();
    assert_ne!(state.view.crosshair, crosshair);
    assert_eq!(state.measurements.selected(), Some(list(&bench)[0].id));
    // Hidden, and shown again, changes the picture there and back.
    let seen = picture(&mut bench);
    bench.get_by_label("Show Length 1").click();
    rest(&mut bench);
    assert_ne!(seen, picture(&mut bench));
    press(&mut bench, Modifiers::COMMAND, Key::Z);
    rest(&mut bench);
    assert!(list(&bench)[0].is_visible);
    press(&mut bench, Modifiers::NONE, Key::Delete);
    rest(&mut bench);
    assert_eq!(list(&bench).len(), 1);
    press(&mut bench, Modifiers::COMMAND, Key::Z);
    assert_eq!(list(&bench).len(), 2);
    press(&mut bench, Modifiers::COMMAND, Key::Y);
    assert_eq!(list(&bench).len(), 1);
    press(&mut bench, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    bench.get_by_label("Delete Length 2").click();
    rest(&mut bench);
    assert!(list(&bench).is_empty());
    press(&mut bench, Modifiers::NONE, Key::Escape);
    assert_eq!(bench.state().state().view.active_tool(), Tool::Crosshair);
}

#[test]
fn a_name_is_changed_in_its_place() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    press(&mut bench, Modifiers::NONE, Key::L);
    draw(&mut bench, "Sagittal pane", Vec2::new(50.0, 10.0));
    let at = bench.get_by_label("Go to Length 1").rect().center();
    for _ in 0..2 {
        bench.drag_at(at);
        bench.drop_at(at);
        bench.step();
    }
    rest(&mut bench);
    for key in [Key::Home, Key::End] {
        bench.key_press(key);
    }
    bench.event(egui::Event::Text(" left".to_owned()));
    bench.step();
    bench.key_press(Key::Enter);
    bench.step();
    rest(&mut bench);
    assert_eq!(list(&bench)[0].name, "Length 1 left");
    assert!(bench.query_by_label("Go to Length 1 left").is_some());
}
