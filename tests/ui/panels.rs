//! The panels around the panes.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use isocenter::app::Command;
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
