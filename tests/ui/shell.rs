//! The manners of the window: start page, toolbar, layouts, panels, settings page and help sheet, by their names.

use egui::Key;
use egui_kittest::kittest::Queryable as _;
use isocenter::app::pane::{Arrangement, Layout, PaneId};
use isocenter::app::settings::Theme;
use isocenter::app::{Command, Home, version};
use isocenter::window::Begin;

use crate::support::{Bench, pane, rest, until, volume, window, window_on};

fn dispatch(bench: &mut Bench, command: Command) {
    let ctx = bench.ctx.clone();
    bench.state_mut().dispatch(&ctx, [command]);
    rest(bench);
}

#[test]
fn what_was_opened_stands_on_the_start_page_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "one.nii");
    let begin = Begin {
        paths: vec![path],
        home: Some(Home::at(folder.path().join("home"))),
        ..Begin::default()
    };
    let Some(mut bench) = window(begin) else {
        return;
    };
    until(&mut bench, "it is shown", |state| state.shown().is_some());
    dispatch(&mut bench, Command::CloseAll);
    bench.get_by_label("one.nii").click();
    until(&mut bench, "it is shown again", |state| state.shown().is_some());
    dispatch(&mut bench, Command::CloseAll);
    bench.get_by_label("Forget one.nii").click();
    rest(&mut bench);
    assert!(bench.query_by_label("one.nii").is_none());
    assert!(bench.state().state().settings.recent.is_empty());
}

#[test]
fn layouts_and_panels_have_buttons() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut bench) = window_on(&volume(folder.path(), "one.nii")) else {
        return;
    };
    bench.get_by_label("One large, three small").click();
    rest(&mut bench);
    assert_eq!(bench.state().state().view.layout, Layout::OneAndThree(PaneId::Axial));
    let (large, small) = (pane(&bench, "Axial pane"), pane(&bench, "Coronal pane"));
    assert!(large.area() > 3.0 * small.area() && small.left() > large.right());
    bench.get_by_label("Study browser").click();
    rest(&mut bench);
    assert!(bench.query_by_label("Path").is_none());
    assert!(pane(&bench, "Axial pane").left() < large.left());
    bench.get_by_label("Four panes").click();
    rest(&mut bench);
    assert_eq!(bench.state().state().view.layout, Layout::Quad);
    assert_eq!(bench.state().state().settings.layout, Arrangement::Quad);
}

#[test]
fn settings_take_effect_at_once() {
    let Some(mut bench) = window(Begin::default()) else {
        return;
    };
    bench.key_press_modifiers(egui::Modifiers::COMMAND, Key::Comma);
    rest(&mut bench);
    bench.get_by_label("Light").click();
    rest(&mut bench);
    assert_eq!(bench.state().state().settings.theme, Theme::Light);
    assert_eq!(bench.ctx.theme(), egui::Theme::Light);
    bench.get_by_label("left (neurological)").click();
    rest(&mut bench);
    assert!(bench.state().state().view.is_neurological);
    bench.get_by_label("As at first").click();
    rest(&mut bench);
    assert_eq!(bench.ctx.theme(), egui::Theme::Dark);
    assert!(!bench.state().state().view.is_neurological);
    bench.key_press(Key::Escape);
    rest(&mut bench);
    assert!(bench.query_by_label("As at first").is_none());
}

#[test]
fn the_help_sheet_finds_keys_and_closes_by_its_own() {
    let Some(mut bench) = window(Begin::default()) else {
        return;
    };
    bench.key_press(Key::F1);
    rest(&mut bench);
    bench.get_by_label("Shift + move");
    bench.get_by_label("Search").type_text("crosshair");
    rest(&mut bench);
    bench.get_by_label("Shift + move");
    assert!(bench.query_by_label("Next series").is_none());
    bench.key_press(Key::F1);
    rest(&mut bench);
    assert!(bench.query_by_label("Search").is_none());
    bench.get_by_label("Help").click();
    rest(&mut bench);
    bench.get_by_label("About Isocenter").click();
    rest(&mut bench);
    let about = bench.query_all_by_label_contains(version::full()).next();
    assert!(about.is_some());
}
