//! The panels around the panes.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use isocenter::app::Command;
use isocenter::app::command::PictureStyle;
use isocenter::app::pane::PaneId;
use isocenter::app::presets;

use crate::support::{Bench, middle_of, rest, until, volume, window_on};

fn opened() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "one.nii");
    Some((window_on(&path)?, folder))
}

#[test]
fn a_preset_is_one_click() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let before = middle_of(&mut bench, "Axial pane");
    bench.get_by_label("Lung").click();
    bench.step();
    let state = bench.state().state();
    assert_eq!(
        state.shown().unwrap().display.window,
        presets::window_preset("lung").map(presets::WindowPreset::window)
    );
    assert_ne!(before, middle_of(&mut bench, "Axial pane"));
}

#[test]
fn numbers_can_be_typed() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench
        .get_by_role_and_label(Role::SpinButton, "W")
        .set_value_accesskit(321.0);
    rest(&mut bench);
    bench
        .get_by_role_and_label(Role::SpinButton, "C")
        .set_value_accesskit(123.0);
    rest(&mut bench);
    let window = bench.state().state().shown().unwrap().display.window.unwrap();
    assert_eq!((window.center, window.width), (123.0, 321.0));
}

#[test]
fn a_slab_is_set_in_millimetres_and_told_in_the_pane() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench
        .get_by_role_and_label(Role::SpinButton, "Coronal")
        .set_value_accesskit(12.0);
    rest(&mut bench);
    let slab = bench.state().state().view.plane(PaneId::Coronal).unwrap().slab.unwrap();
    assert_eq!(slab.thickness_mm, 12.0);
}

#[test]
fn the_menu_lists_what_can_be_done() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench.get_by_label("View").click();
    rest(&mut bench);
    bench.get_by_label("Neurological convention").click();
    rest(&mut bench);
    assert!(bench.state().state().view.is_neurological);
}

#[test]
fn closing_everything_leads_back_to_the_start_page() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let ctx = bench.ctx.clone();
    bench.state_mut().dispatch(&ctx, [Command::CloseAll]);
    rest(&mut bench);
    bench.get_by_label("Open the demo study");
    assert!(bench.query_by_label("Axial pane").is_none());
}

#[test]
fn a_picture_is_saved_in_the_panes_own_pixels() {
    let Some((mut bench, folder)) = opened() else {
        return;
    };
    // Before: the message that follows takes some of the room.
    let rect = crate::support::pane(&bench, "Axial pane");
    let path = folder.path().join("pane.png");
    let ctx = bench.ctx.clone();
    let save = Command::SavePicture {
        pane: PaneId::Axial,
        path: path.clone(),
        size: None,
        style: PictureStyle::default(),
    };
    bench.state_mut().dispatch(&ctx, [save]);
    until(&mut bench, "the picture is written", |state| {
        state.jobs.is_empty() && !state.messages.is_empty()
    });
    let bytes = std::fs::read(&path).unwrap();
    // Width and height stand in the first chunk of a PNG.
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!([number(16), number(20)], [rect.width() as u32, rect.height() as u32]);
}

/// Where a value stands on the histogram, from the value under the pointer told below it.
fn value_at(bench: &mut Bench, at: egui::Pos2) -> f64 {
    bench.hover_at(at);
    rest(bench);
    let label = bench.get_by_label_contains(" voxels").accesskit_node().value().unwrap();
    let (value, _) = label.split_once(':').expect("a value and its count");
    value.split(' ').next().unwrap().parse().unwrap()
}

/// Where the histogram has a value, found by halving.
fn place_of(bench: &mut Bench, value: f64) -> egui::Pos2 {
    let rect = bench.get_by_label("Histogram").rect();
    let (mut left, mut right) = (rect.left(), rect.right());
    while right - left > 0.25 {
        let middle = (left + right) / 2.0;
        if value_at(bench, egui::pos2(middle, rect.center().y)) < value {
            left = middle;
        } else {
            right = middle;
        }
    }
    egui::pos2(left, rect.center().y)
}

#[test]
fn the_window_is_dragged_on_the_histogram() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    let ctx = bench.ctx.clone();
    let start = Command::SetWindow {
        center: 400.0,
        width: 400.0,
    };
    bench.state_mut().dispatch(&ctx, [start]);
    until(&mut bench, "the values are counted", |state| {
        state
            .shown()
            .unwrap()
            .histogram
            .as_ref()
            .is_some_and(|counted| counted.is_complete)
    });
    let edges = |bench: &Bench| bench.state().state().shown().unwrap().display.window.unwrap().edges();
    let [low, high] = edges(&bench);

    // The upper edge goes where the pointer goes, the lower one stays.
    let from = place_of(&mut bench, high);
    let to = place_of(&mut bench, 900.0);
    crate::support::drag(&mut bench, from, to - from);
    rest(&mut bench);
    let after = edges(&bench);
    assert!(
        (after[0] - low).abs() < 1.5 && (after[1] - 900.0).abs() < 15.0,
        "{after:?}"
    );

    // The middle moves both.
    let from = place_of(&mut bench, 500.0);
    let to = place_of(&mut bench, 450.0);
    crate::support::drag(&mut bench, from, to - from);
    rest(&mut bench);
    let moved = edges(&bench);
    assert!(
        ((moved[1] - moved[0]) - (after[1] - after[0])).abs() < 1e-9,
        "{moved:?}"
    );
    assert!((moved[0] - (after[0] - 50.0)).abs() < 15.0, "{moved:?}");

    // A double click: automatic.
    let middle = bench.get_by_label("Histogram").rect().center();
    for _ in 0..2 {
        bench.drag_at(middle);
        bench.step();
        bench.drop_at(middle);
        bench.step();
    }
    rest(&mut bench);
    let entry = bench.state().state().shown().unwrap();
    assert_eq!(entry.display.window, entry.auto_window);
}

#[test]
fn colours_are_chosen_by_name() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench.get_by_role_and_label(Role::ComboBox, "Colours").click();
    rest(&mut bench);
    bench.get_by_label("Viridis").click();
    rest(&mut bench);
    assert_eq!(
        bench.state().state().shown().unwrap().display.color_map.name(),
        "viridis"
    );
}
