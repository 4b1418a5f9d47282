//! The study browser by accessible label.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use isocenter::window::Begin;

use crate::support::{Bench, rest, until, volume, window};

/// A window with two series, and their thumbnails.
fn two_series() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.nii", "two.nii"] {
        volume(folder.path(), name);
    }
    let mut bench = window(Begin {
        paths: vec![folder.path().to_owned()],
        ..Begin::default()
    })?;
    until(&mut bench, "the thumbnails are made", |state| {
        let entries = &state.document.entries;
        entries.len() == 2
            && entries
                .iter()
                .all(|entry| state.thumbnails.is_settled(entry.volume().id))
    });
    Some((bench, folder))
}

fn shown(bench: &Bench) -> Option<usize> {
    let state = bench.state().state();
    let shown = state.view.shown?;
    state
        .document
        .entries
        .iter()
        .position(|entry| entry.volume().id == shown)
}

#[test]
fn a_click_shows_a_series() {
    let Some((mut bench, _folder)) = two_series() else {
        return;
    };
    assert!(
        bench
            .state()
            .state()
            .document
            .entries
            .iter()
            .all(|entry| { bench.state().state().thumbnails.get(entry.volume().id).is_some() })
    );
    for (index, name) in [(1, "two"), (0, "one")] {
        bench.get_by_role_and_label(Role::Button, name).click();
        rest(&mut bench);
        assert_eq!(shown(&bench), Some(index));
    }
}

#[test]
fn the_keyboard_walks_through_the_list() {
    let Some((mut bench, _folder)) = two_series() else {
        return;
    };
    bench.get_by_role_and_label(Role::Button, "one").click();
    rest(&mut bench);
    bench.key_press(egui::Key::F6);
    rest(&mut bench);
    bench.key_press(egui::Key::ArrowDown);
    rest(&mut bench);
    assert_eq!(shown(&bench), Some(0), "the arrow only points");
    bench.key_press(egui::Key::Enter);
    rest(&mut bench);
    assert_eq!(shown(&bench), Some(1));
    // Then the keys belong to the pictures again.
    bench.key_press(egui::Key::Escape);
    rest(&mut bench);
    let before = bench.state().state().view.crosshair;
    bench.key_press(egui::Key::ArrowDown);
    rest(&mut bench);
    assert_ne!(bench.state().state().view.crosshair, before);
}

#[test]
fn a_series_is_closed_by_its_menu() {
    let Some((mut bench, _folder)) = two_series() else {
        return;
    };
    bench.get_by_label("two").click_secondary();
    rest(&mut bench);
    bench.get_by_label("Close").click();
    rest(&mut bench);
    assert!(bench.query_by_label("two").is_none());
    assert_eq!(bench.state().state().document.entries.len(), 1);
    bench.get_by_label("one");
}
