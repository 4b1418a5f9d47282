//! Label maps over images, driven by commands: which volumes become overlays, what is drawn, what is counted.

use std::path::{Path, PathBuf};

use glam::DVec3;
use isocenter::app::overlays::{self, SegmentChange};
use isocenter::app::pane::PaneId;
use isocenter::app::scenes::{Quality, scene};
use isocenter::app::state::Level;
use isocenter::app::{Command, Program};
use isocenter::model::coding::Coding;
use isocenter::scene::Scene;

use crate::driver::*;
use crate::nifti_file::{lps_grid, write_i16};

fn grid() -> [[f32; 4]; 3] {
    lps_grid(SPACING.map(|mm| mm as f32), ORIGIN.map(|mm| mm as f32))
}

/// Label 2 in a box of 4 × 5 × 6 voxels from (3, 10, 20), label 7 in one voxel.
fn label([i, j, k]: [usize; 3]) -> i16 {
    if (3..7).contains(&i) && (10..15).contains(&j) && (20..26).contains(&k) {
        2
    } else if [i, j, k] == [15, 4, 33] {
        7
    } else {
        0
    }
}

/// Labels on the grid of the image; `is_named` gives the file the intent of a label map (NIFTI_INTENT_LABEL, 1002).
fn label_map(folder: &Path, name: &str, is_named: bool) -> PathBuf {
    let path = write_i16(folder, name, DIMS, grid(), |i, j, k| label([i, j, k]));
    if is_named {
        name_label_map(&path);
    }
    path
}

fn name_label_map(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[68..70].copy_from_slice(&1002i16.to_le_bytes());
    std::fs::write(path, bytes).unwrap();
}

fn open(program: &mut Program, path: PathBuf) {
    run(program, Command::Open { paths: vec![path] });
    wait(program);
}

fn maps(program: &Program) -> usize {
    overlays::over_shown(program.state()).count()
}

fn overlay(program: &Program) -> overlays::Overlay {
    let state = program.state();
    let (_, _, overlay) = overlays::over_shown(state).next().expect("a label map");
    overlay.clone()
}

fn drawn(program: &Program) -> usize {
    match scene(program.state(), PaneId::Axial, 1.0, Quality::Still) {
        Some(Scene::Slice(slice)) => slice.labels.len(),
        _ => 0,
    }
}

#[test]
fn a_label_map_over_its_image_is_an_overlay_whether_it_says_so_or_not() {
    for is_named in [true, false] {
        let (mut program, folder) = opened();
        let image = program.state().view.shown;
        open(&mut program, label_map(folder.path(), "seg.nii", is_named));
        let state = program.state();
        assert_eq!(state.view.shown, image, "the image stays");
        assert_eq!(maps(&program), 1);
        assert_eq!(drawn(&program), 1);
        let overlay = state.document.entries[1].overlay.as_ref().unwrap();
        let labels: Vec<u32> = overlay.table.segments.iter().map(|segment| segment.label).collect();
        assert_eq!(labels, [2, 7]);
        assert_eq!(overlay.counts.as_ref().unwrap()[&2].voxels, 120);
        run(&mut program, Command::GoToSegment { index: 1, label: 7 });
        assert!(near(voxel_of_crosshair(&program), DVec3::new(15.0, 4.0, 33.0)));
        assert_eq!(
            overlays::segments_at(program.state(), program.state().view.crosshair),
            [(7, "Label 7".to_owned())]
        );
        run(&mut program, Command::GoToSegment { index: 1, label: 2 });
        let [i, j, k] = voxel_of_crosshair(&program).round().to_array().map(|at| at as usize);
        assert_eq!(label([i, j, k]), 2);
    }
}

#[test]
fn another_image_on_the_same_grid_is_an_image() {
    let (mut program, folder) = opened();
    let first = program.state().view.shown;
    let second = write_volume(folder.path(), "two.nii");
    open(&mut program, second);
    assert_eq!(maps(&program), 0);
    assert_ne!(program.state().view.shown, first);
    assert!(program.state().shown().unwrap().display.window.is_some());
}

#[test]
fn image_and_label_map_opened_together_find_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let paths = vec![
        label_map(folder.path(), "seg.nii", true),
        write_volume(folder.path(), "one.nii"),
    ];
    let mut program = Program::new(std::sync::Arc::new(|| {}));
    run(&mut program, Command::Open { paths });
    wait(&mut program);
    assert_eq!(maps(&program), 1);
    assert_eq!(drawn(&program), 1);
    assert!(overlay(&program).counts.is_some());
}

#[test]
fn a_label_map_named_before_its_image_is_found_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    label_map(folder.path(), "a_seg.nii", false);
    write_volume(folder.path(), "ct.nii");
    let mut program = empty_program();
    open(&mut program, folder.path().to_owned());
    let shown = program.state().shown().unwrap();
    assert_eq!(shown.volume().series.description, "ct");
    assert_eq!(maps(&program), 1);
    assert_eq!(overlay(&program).table.segments.len(), 2);
}

#[test]
fn two_images_on_one_grid_stay_images() {
    let folder = tempfile::tempdir().unwrap();
    write_volume(folder.path(), "a.nii");
    write_volume(folder.path(), "b.nii");
    let mut program = empty_program();
    open(&mut program, folder.path().to_owned());
    assert!(!program.is_busy());
    assert_eq!(maps(&program), 0);
    assert!(
        program
            .state()
            .document
            .entries
            .iter()
            .all(|entry| entry.overlay.is_none())
    );
}

#[test]
fn a_label_map_alone_is_a_grey_image_that_is_not_black_and_waits_for_its_image() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::new(std::sync::Arc::new(|| {}));
    open(&mut program, label_map(folder.path(), "seg.nii", true));
    let window = program.state().shown().unwrap().display.window.unwrap();
    assert!(
        window.level(7.0) > 240 && window.level(0.0) < 16 && window.level(2.0) > 40,
        "{window:?}"
    );
    let image = write_volume(folder.path(), "one.nii");
    open(&mut program, image);
    assert_eq!(maps(&program), 1);
    assert_eq!(drawn(&program), 1);
}

#[test]
fn a_label_map_elsewhere_is_said_and_the_image_stays() {
    let (mut program, folder) = opened();
    let image = program.state().view.shown;
    let far = lps_grid([1.0; 3], [4000.0, 0.0, 0.0]);
    let path = write_i16(folder.path(), "far.nii", [5, 5, 5], far, |i, _, _| i as i16);
    name_label_map(&path);
    open(&mut program, path);
    let state = program.state();
    assert_eq!(state.view.shown, image);
    assert_eq!(drawn(&program), 1, "it is drawn where it is");
    assert!(
        state
            .messages
            .iter()
            .any(|said| said.level == Level::Error && said.text.contains("nowhere near"))
    );
}

#[test]
fn one_click_changes_what_a_volume_is() {
    let (mut program, folder) = opened();
    let image = program.state().view.shown;
    open(&mut program, label_map(folder.path(), "seg.nii", false));
    run(&mut program, Command::UseAsSegmentation { index: 1, yes: false });
    wait(&mut program);
    assert_eq!(maps(&program), 0);
    assert_ne!(program.state().view.shown, image);
    run(&mut program, Command::UseAsSegmentation { index: 1, yes: true });
    wait(&mut program);
    assert_eq!(program.state().view.shown, image);
    assert_eq!(maps(&program), 1);
    run(&mut program, Command::UseAsSegmentation { index: 9, yes: true });
    run(&mut program, Command::CloseAll);
    assert_eq!(maps(&program), 0);
}

#[test]
fn what_is_drawn_follows_the_commands() {
    let (mut program, folder) = opened();
    open(&mut program, label_map(folder.path(), "seg.nii", true));
    let layer = |program: &Program| match scene(program.state(), PaneId::Axial, 1.0, Quality::Still) {
        Some(Scene::Slice(slice)) => slice.labels.first().cloned(),
        _ => None,
    };
    run(&mut program, Command::ToggleOverlays);
    assert!(layer(&program).is_none());
    run(&mut program, Command::ToggleOverlays);
    for _ in 0..20 {
        run(&mut program, Command::StepOverlayOpacity { steps: 1 });
    }
    assert_eq!(layer(&program).unwrap().fill, 1.0);
    run(&mut program, Command::SetOverlayOpacity { opacity: 0.25 });
    run(&mut program, Command::SetOutlinesOnly { only: true });
    let seen = layer(&program).unwrap();
    assert_eq!((seen.fill, seen.outline), (0.0, 0.5));
    let color = [1, 2, 3];
    let change = |label, change| Command::SetSegment {
        index: 1,
        label,
        change,
    };
    run(&mut program, change(2, SegmentChange::Color(color)));
    let hide = change(7, SegmentChange::Visible(false));
    run(&mut program, hide.clone());
    let colors = layer(&program).unwrap().colors;
    assert_eq!((colors.get(2), colors.get(7)), (Some(color), None));
    let named = change(2, SegmentChange::Name("Liver".to_owned()));
    run(&mut program, named.clone());
    assert_eq!(overlay(&program).table.get(2).unwrap().name, "Liver");
    let hidden = Command::SetOverlayVisible {
        index: 1,
        visible: false,
    };
    run(&mut program, hidden);
    assert!(layer(&program).is_none());
    // Numbers that are none of the label maps' change nothing, and all of it can be written down.
    run(&mut program, Command::GoToSegment { index: 5, label: 1 });
    run(&mut program, Command::SetOverlayOpacity { opacity: f32::NAN });
    assert_eq!(program.state().view.overlays.opacity, 0.25);
    for command in [
        hide,
        named,
        Command::ToggleOverlays,
        Command::UseAsSegmentation { index: 0, yes: true },
    ] {
        let line = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&line).unwrap(), command, "{line}");
    }
}

#[test]
fn saying_what_a_segment_is_names_and_colours_it_and_is_undone() {
    let (mut program, folder) = opened();
    open(&mut program, label_map(folder.path(), "seg.nii", true));
    let code = |label, name: &str| Command::SetSegment {
        index: 1,
        label,
        change: SegmentChange::Coding(Box::new(Coding::of_name(name))),
    };
    let before = overlay(&program).table;
    let liver = Coding::of_name("liver");
    run(&mut program, code(2, "liver"));
    let segment = overlay(&program).table.get(2).unwrap().clone();
    assert_eq!((segment.name.as_str(), segment.coding()), ("Liver", liver.clone()));
    assert_eq!(Some(segment.color), liver.color());
    // A name that was given stays, and so does its colour.
    let name = SegmentChange::Name("Lesion".to_owned());
    run(
        &mut program,
        Command::SetSegment {
            index: 1,
            label: 7,
            change: name,
        },
    );
    let color = overlay(&program).table.get(7).unwrap().color;
    run(&mut program, code(7, "kidney left"));
    let segment = overlay(&program).table.get(7).unwrap().clone();
    assert_eq!((segment.name.as_str(), segment.color), ("Lesion", color));
    assert_eq!(segment.coding().text(), "Kidney, left");
    let names: Vec<String> = step_names(&program);
    assert_eq!(
        names,
        [
            "saying that Liver is Liver",
            "renaming Label 7 to Lesion",
            "saying that Lesion is Kidney, left"
        ]
    );
    let after = overlay(&program).table;
    // The same once more is no step.
    run(&mut program, code(7, "kidney left"));
    assert_eq!(program.state().history.done_count(), 3);
    for _ in 0..3 {
        run(&mut program, Command::Undo);
    }
    assert_eq!(overlay(&program).table, before);
    for _ in 0..3 {
        run(&mut program, Command::Redo);
    }
    assert_eq!(overlay(&program).table, after);
    // As a script has it.
    let text = serde_json::to_string(&code(2, "liver")).unwrap();
    assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), code(2, "liver"));
}

/// Images of 8 bits have few enough values to be labels, and a reader's map may come before them in the alphabet.
#[test]
fn of_an_image_with_few_values_and_its_maps_the_image_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([1.0; 3], [0.0; 3]);
    let dims = [40, 30, 20];
    let is_in = |i: usize, j: usize, k: usize| (10..20).contains(&i) && (8..20).contains(&j) && (5..12).contains(&k);
    for name in ["anna.nii", "ben.nii"] {
        write_i16(folder.path(), name, dims, grid, |i, j, k| i16::from(is_in(i, j, k)));
    }
    write_i16(folder.path(), "scan.nii", dims, grid, |i, j, k| {
        (60 + 2 * i + j + (i * 7919 + j * 104_729 + k * 1_299_709) % 13) as i16
    });
    let mut program = empty_program();
    crate::driver::open(&mut program, folder.path());
    let state = program.state();
    assert_eq!(state.shown().unwrap().volume().series.description, "scan");
    let maps: Vec<&str> = overlays::over_shown(state)
        .map(|(_, entry, _)| entry.volume().series.description.as_str())
        .collect();
    assert_eq!(maps, ["anna", "ben"]);
}
