//! Keys: they act on the focused pane, and only while nobody is typing.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use isocenter::app::pane::PaneId;
use isocenter::app::planes::Alignment;
use isocenter::app::{presets, readout};

use crate::support::{Bench, rest, volume, window_on};

fn opened() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "one.nii");
    Some((window_on(&path)?, folder))
}

fn slice(bench: &Bench, pane: PaneId) -> usize {
    readout::slice_number(bench.state().state(), pane).unwrap().0
}

fn press(bench: &mut Bench, key: Key) {
    bench.key_press(key);
    bench.step();
}

#[test]
fn arrows_step_through_the_focused_pane() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    assert_eq!(bench.state().state().view.focused, PaneId::Axial);
    let first = slice(&bench, PaneId::Axial);
    press(&mut bench, Key::ArrowDown);
    let second = slice(&bench, PaneId::Axial);
    assert_eq!(first.abs_diff(second), 1);
    press(&mut bench, Key::ArrowUp);
    assert_eq!(slice(&bench, PaneId::Axial), first);
    bench.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    bench.step();
    assert_eq!(slice(&bench, PaneId::Axial).abs_diff(first), 10);
    press(&mut bench, Key::Home);
    let start = slice(&bench, PaneId::Axial);
    press(&mut bench, Key::End);
    assert_eq!(
        slice(&bench, PaneId::Axial).abs_diff(start),
        crate::support::DIMS[2] - 1
    );

    press(&mut bench, Key::Tab);
    assert_eq!(bench.state().state().view.focused, PaneId::Coronal);
    let before = slice(&bench, PaneId::Coronal);
    press(&mut bench, Key::ArrowDown);
    assert_eq!(slice(&bench, PaneId::Coronal).abs_diff(before), 1);
}

#[test]
fn letters_and_digits_do_what_the_list_says() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let auto = bench.state().state().shown().unwrap().auto_window;
    for digit in 1..=9u8 {
        let key = Key::from_name(&digit.to_string()).unwrap();
        press(&mut bench, key);
        let window = bench.state().state().shown().unwrap().display.window;
        assert_eq!(
            window,
            presets::window_preset_of_key(digit).map(presets::WindowPreset::window),
            "{digit}"
        );
    }
    press(&mut bench, Key::Num0);
    assert_eq!(bench.state().state().shown().unwrap().display.window, auto);
    press(&mut bench, Key::I);
    assert!(bench.state().state().shown().unwrap().display.invert);
    press(&mut bench, Key::T);
    assert_eq!(bench.state().state().view.alignment, Alignment::Anatomical);
    press(&mut bench, Key::X);
    assert!(!bench.state().state().view.crosshair_visible);
    press(&mut bench, Key::N);
    assert!(bench.state().state().view.is_neurological);
    rest(&mut bench);
    assert!(bench.query_all_by_label("Neurological").next().is_some());
    press(&mut bench, Key::W);
    assert!(bench.state().state().view.active_tool() == isocenter::app::tool::Tool::Window);
    press(&mut bench, Key::F1);
    rest(&mut bench);
    assert!(bench.query_by_label("Shift + move").is_some());
    press(&mut bench, Key::Escape);
    rest(&mut bench);
    assert!(bench.query_by_label("Shift + move").is_none());
}

#[test]
fn letters_belong_to_the_text_field_while_it_is_typed_in() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench.get_by_label("Path").focus();
    bench.step();
    press(&mut bench, Key::I);
    press(&mut bench, Key::ArrowDown);
    assert!(!bench.state().state().shown().unwrap().display.invert);
}

#[test]
fn escape_takes_a_drag_back() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let before = bench.state().state().view.crosshair;
    let at = crate::support::pane(&bench, "Axial pane").center() + egui::vec2(25.0, 30.0);
    bench.drag_at(at);
    bench.step();
    bench.hover_at(at + egui::vec2(9.0, 4.0));
    bench.step();
    assert_ne!(bench.state().state().view.crosshair, before);
    press(&mut bench, Key::Escape);
    assert_eq!(bench.state().state().view.crosshair, before);
    bench.hover_at(at + egui::vec2(20.0, 4.0));
    bench.step();
    bench.drop_at(at + egui::vec2(20.0, 4.0));
    bench.step();
    assert_eq!(bench.state().state().view.crosshair, before);
}

#[test]
fn arrows_still_step_after_a_click_in_a_panel() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let before = slice(&bench, PaneId::Axial);
    bench.get_by_label("Lung").click();
    rest(&mut bench);
    press(&mut bench, Key::ArrowDown);
    assert_eq!(slice(&bench, PaneId::Axial).abs_diff(before), 1);
    bench.get_by_label("View").click();
    rest(&mut bench);
    bench.get_by_label("Neurological convention").click();
    rest(&mut bench);
    press(&mut bench, Key::ArrowDown);
    assert_eq!(slice(&bench, PaneId::Axial).abs_diff(before), 2);
}

#[test]
fn a_click_on_a_pane_takes_the_keyboard_back() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench.get_by_label("Path").focus();
    rest(&mut bench);
    let at = crate::support::pane(&bench, "Sagittal pane").center();
    crate::support::drag(&mut bench, at, egui::vec2(1.0, 0.0));
    assert_eq!(bench.state().state().view.focused, PaneId::Sagittal);
    let before = slice(&bench, PaneId::Sagittal);
    press(&mut bench, Key::ArrowDown);
    assert_eq!(slice(&bench, PaneId::Sagittal).abs_diff(before), 1);
    press(&mut bench, Key::I);
    assert!(bench.state().state().shown().unwrap().display.invert);
}
