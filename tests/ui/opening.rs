//! Opening: by path field, by drop, by command; start page, errors, cancel, a second one while the first still loads.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use isocenter::app::Command;
use isocenter::app::state::{Level, LoadState};
use isocenter::window::Begin;

use crate::support::{is_loaded, rest, until, volume, window, window_on};

#[test]
fn the_start_page_says_how_to_begin_and_sleeps() {
    let Some(mut bench) = window(Begin::default()) else {
        return;
    };
    rest(&mut bench);
    for label in ["Open files", "Open a folder", "Open the demo study", "Type a path"] {
        bench.get_by_label(label);
    }
    assert!(bench.query_by_label("Axial pane").is_none());
    bench.get_by_label("Type a path").click();
    rest(&mut bench);
    assert!(bench.get_by_label("Path").is_focused());
}

#[test]
fn a_typed_path_opens_and_shows_the_series() {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "typed.nii");
    let Some(mut bench) = window(Begin::default()) else {
        return;
    };
    bench.get_by_label("Path").focus();
    bench.step();
    bench
        .get_by_label("Path")
        .type_text(&format!(" \"{}\" ", path.display()));
    bench.step();
    bench.key_press(Key::Enter);
    until(&mut bench, "the typed path is loaded", is_loaded);
    for label in ["Axial pane", "Coronal pane", "Sagittal pane", "3D pane"] {
        bench.get_by_label(label);
    }
}

#[test]
fn the_demo_opens_with_one_click() {
    let Some(mut bench) = window(Begin::default()) else {
        return;
    };
    bench.get_by_label("Open the demo study").click();
    until(&mut bench, "the demo is shown", |state| state.shown().is_some());
    bench.get_by_label("3D pane");
}

#[test]
fn a_path_that_is_not_there_is_told_and_can_be_dismissed() {
    let Some(mut bench) = window(Begin {
        paths: vec![PathBuf::from("/nowhere/at all.nii")],
        ..Begin::default()
    }) else {
        return;
    };
    until(&mut bench, "the error is told", |state| !state.messages.is_empty());
    let message = bench.state().state().messages[0].clone();
    assert_eq!(message.level, Level::Error);
    assert!(message.text.contains("/nowhere/at all.nii"), "{}", message.text);
    bench.get_by_label(&message.text);
    bench.get_by_label("Dismiss").click();
    until(&mut bench, "the message is gone", |state| state.messages.is_empty());
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("only the path counts".to_owned())
    }
}

#[test]
fn a_dropped_folder_opens() {
    let folder = tempfile::tempdir().unwrap();
    volume(folder.path(), "a.nii");
    volume(folder.path(), "b.nii");
    std::fs::write(folder.path().join("notes.txt"), "not an image").unwrap();
    let Some(mut bench) = window(Begin::default()) else {
        return;
    };
    bench
        .input_mut()
        .dropped_files
        .push(Arc::new(Dropped(folder.path().to_owned())));
    bench.step();
    until(&mut bench, "the dropped folder is loaded", is_loaded);
    assert_eq!(bench.state().state().document.entries.len(), 2);
    bench.get_by_label("1 file not used").click();
    rest(&mut bench);
    bench.get_by_label("notes.txt");
}

#[test]
fn one_click_in_the_browser_shows_another_series() {
    let folder = tempfile::tempdir().unwrap();
    volume(folder.path(), "one.nii");
    volume(folder.path(), "second.nii");
    let Some(mut bench) = window_on(folder.path()) else {
        return;
    };
    let other = bench
        .state()
        .state()
        .document
        .entries
        .iter()
        .find(|entry| Some(entry.volume().id) != bench.state().state().view.shown)
        .unwrap();
    let (id, title) = (other.volume().id, isocenter::app::browser::title(other));
    bench.get_by_role_and_label(Role::Button, &title).click();
    until(&mut bench, "the other series is loaded", |state| {
        state.view.shown == Some(id) && is_loaded(state)
    });
}

/// A file so large that reading it takes a while; it takes no room on the disk.
fn large(folder: &Path) -> PathBuf {
    let path = volume(folder, "large.nii");
    let mut bytes = std::fs::read(&path).unwrap();
    for (at, side) in [(42, 1024i16), (44, 1024), (46, 600)] {
        bytes[at..at + 2].copy_from_slice(&side.to_le_bytes());
    }
    std::fs::write(&path, &bytes[..352]).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(352 + 2 * 1024 * 1024 * 600)
        .unwrap();
    path
}

#[test]
fn escape_stops_a_load_and_what_arrived_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = large(folder.path());
    let Some(mut bench) = window(Begin {
        paths: vec![path],
        ..Begin::default()
    }) else {
        return;
    };
    while bench.state().state().shown().is_none() {
        bench.step();
        std::thread::sleep(Duration::from_millis(1));
    }
    bench.key_press(Key::Escape);
    bench.step();
    until(&mut bench, "the load has ended", |state| state.jobs.is_empty());
    let entry = bench.state().state().shown().unwrap();
    assert_eq!(entry.load, LoadState::Stopped);
    assert!(!entry.volume().voxels.is_complete());
    assert!(bench.state().state().messages.is_empty());
    assert!(bench.query_all_by_label("Not all loaded").next().is_some());
}

#[test]
fn a_second_open_while_one_runs_just_works() {
    let folder = tempfile::tempdir().unwrap();
    let (slow, quick) = (large(folder.path()), volume(folder.path(), "quick.nii"));
    let Some(mut bench) = window(Begin {
        paths: vec![slow],
        ..Begin::default()
    }) else {
        return;
    };
    while bench.state().state().shown().is_none() {
        bench.step();
        std::thread::sleep(Duration::from_millis(1));
    }
    let ctx = bench.ctx.clone();
    bench.state_mut().dispatch(&ctx, [Command::Open { paths: vec![quick] }]);
    until(&mut bench, "the second one is loaded", is_loaded);
    let state = bench.state().state();
    assert_eq!(state.document.entries.len(), 2);
    assert_eq!(state.shown().unwrap().volume().dims(), crate::support::DIMS);
}
