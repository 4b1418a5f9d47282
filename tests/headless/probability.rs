//! Probability maps over images, driven by commands: which volumes become such maps, what is drawn of them, what is made
//! of them.

use std::path::{Path, PathBuf};

use glam::{DVec2, DVec3};
use isocenter::app::pane::PaneId;
use isocenter::app::probability::{Probability, ProbabilityChange, probabilities_at};
use isocenter::app::scenes::{Quality, scene};
use isocenter::app::state::Level;
use isocenter::app::tool::{Button, PointerAction, Tool};
use isocenter::app::volume_view::VolumeChange;
use isocenter::app::{Command, Program};
use isocenter::scene::{ImageLayer, Scene};

use crate::driver::*;
use crate::float_file::write_f32;
use crate::nifti_file::{lps_grid, write_i16};
use crate::painting::{NONE, take};

fn grid() -> [[f32; 4]; 3] {
    lps_grid(SPACING.map(|mm| mm as f32), ORIGIN.map(|mm| mm as f32))
}

/// i/20 in the slices from 10 on, no number in slice 3, 0 in the others.
fn share(i: usize, _: usize, k: usize) -> f32 {
    match k {
        10.. => i as f32 / 20.0,
        3 => f32::NAN,
        _ => 0.0,
    }
}

fn map_file(folder: &Path, name: &str, certain: f32) -> PathBuf {
    write_f32(folder, name, DIMS, grid(), |i, j, k| certain * share(i, j, k))
}

/// A program with an image and a map that were dropped together.
fn opened_with(name: &str, certain: f32) -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let map = map_file(folder.path(), name, certain);
    let mut program = empty_program();
    run(
        &mut program,
        Command::Open {
            paths: vec![map, image],
        },
    );
    wait(&mut program);
    (program, folder)
}

/// The place of the only map in the document, and the map.
fn map_of(program: &Program) -> Option<(usize, Probability)> {
    let entries = program.state().document.entries.iter().enumerate();
    entries
        .clone()
        .find_map(|(n, entry)| Some((n, entry.probability.clone()?)))
}

fn ask(program: &mut Program, index: usize, change: ProbabilityChange) {
    run(program, Command::Probability { index, change });
    wait(program);
}

/// What lies over the image in a slice.
fn above(program: &Program) -> Vec<ImageLayer> {
    match scene(program.state(), PaneId::Axial, 1.0, Quality::Still) {
        Some(Scene::Slice(slice)) => slice.layers[1..].to_vec(),
        _ => panic!("a slice"),
    }
}

fn name_of_shown(program: &Program) -> String {
    program.state().shown().unwrap().volume().series.description.clone()
}

#[test]
fn a_map_that_is_called_so_lies_over_its_image() {
    for (name, certain) in [
        ("liver_prob.nii", 1.0),
        ("softmax1.nii", 100.0),
        ("Probability.nii", 255.0),
    ] {
        let (mut program, _folder) = opened_with(name, certain);
        let (index, map) = map_of(&program).expect("a probability map");
        assert_eq!(map.certain, Some(f64::from(certain)), "{name}");
        assert_eq!(name_of_shown(&program), "one");
        let layers = above(&program);
        let floor = layers[0].floor.expect("a floor");
        assert_eq!(floor.value, 0.5 * f64::from(certain));
        assert_eq!(
            (layers[0].window.center, layers[0].window.width),
            (floor.value, 2.0 * floor.value)
        );
        ask(&mut program, index, ProbabilityChange::Threshold(0.25));
        ask(&mut program, index, ProbabilityChange::Colors("hot".to_owned()));
        ask(&mut program, index, ProbabilityChange::Opacity(0.75));
        ask(&mut program, index, ProbabilityChange::Outline(false));
        let layer = above(&program).remove(0);
        let floor = layer.floor.unwrap();
        assert_eq!((floor.value, floor.outline), (0.25 * f64::from(certain), 0.0));
        assert_eq!((layer.opacity, layer.color_map.name()), (0.75, "hot"));
        // Numbers that are none, and colours that are not known, change nothing.
        ask(&mut program, index, ProbabilityChange::Threshold(f64::NAN));
        ask(&mut program, index, ProbabilityChange::Threshold(7.0));
        ask(&mut program, index, ProbabilityChange::Colors("mud".to_owned()));
        ask(&mut program, index, ProbabilityChange::Certain(3.0));
        let (_, map) = map_of(&program).unwrap();
        assert_eq!((map.threshold, map.certain), (1.0, Some(f64::from(certain))));
        for expected in [0, 1] {
            run(&mut program, Command::ToggleOverlays);
            assert_eq!(above(&program).len(), expected);
        }
        ask(&mut program, index, ProbabilityChange::Visible(false));
        assert!(above(&program).is_empty());
    }
}

#[test]
fn other_names_are_images_until_the_user_says_otherwise() {
    let (mut program, _folder) = opened_with("problem.nii", 1.0);
    assert!(map_of(&program).is_none());
    let index = program
        .state()
        .document
        .entries
        .iter()
        .position(|entry| entry.volume().series.description == "problem")
        .unwrap();
    run(&mut program, Command::Show { index });
    wait(&mut program);
    ask(&mut program, index, ProbabilityChange::Use(true));
    assert_eq!(name_of_shown(&program), "one", "the image comes back");
    assert_eq!(above(&program).len(), 1);
    ask(&mut program, index, ProbabilityChange::Use(false));
    assert!(map_of(&program).is_none());
    assert_eq!(name_of_shown(&program), "problem");
}

#[test]
fn a_map_alone_is_an_image() {
    let folder = tempfile::tempdir().unwrap();
    let program = program_on(&map_file(folder.path(), "prob.nii", 1.0));
    assert!(map_of(&program).is_none() && program.state().view.shown.is_some());
}

#[test]
fn values_that_are_no_probabilities_are_said_to_be_none() {
    let (program, _folder) = opened_with("prob.nii", 3000.0);
    assert!(map_of(&program).is_none());
    let told = program
        .state()
        .messages
        .iter()
        .find(|message| message.level == Level::Error);
    let text = &told.expect("a sentence").text;
    assert!(text.contains("prob") && text.contains("2850"), "{text}");
}

/// Whole numbers that are labels are labels, whatever the file is called; those to 100 are not.
#[test]
fn whole_numbers_are_believed_by_their_values() {
    for (highest, is_probability) in [(90_i16, true), (700, false)] {
        let folder = tempfile::tempdir().unwrap();
        let image = write_volume(folder.path(), "one.nii");
        let map = write_i16(folder.path(), "prob.nii", DIMS, grid(), |i, _, _| {
            if i == 4 { highest } else { 0 }
        });
        let mut program = empty_program();
        run(
            &mut program,
            Command::Open {
                paths: vec![image, map],
            },
        );
        wait(&mut program);
        let entry = &program.state().document.entries[1];
        assert_eq!(entry.probability.is_some(), is_probability, "{highest}");
        assert_eq!(entry.overlay.is_some(), !is_probability, "{highest}");
    }
}

#[test]
fn the_probability_at_a_place_is_read_from_the_file() {
    let (mut program, _folder) = opened_with("prob_map.nii", 100.0);
    let at = |program: &Program, voxel: [f64; 3]| {
        let state = program.state();
        let place = state.shown().unwrap().volume().geometry().unwrap();
        let found = probabilities_at(state, place.patient_at(DVec3::from_array(voxel)));
        found.first().map(|(p, _)| *p)
    };
    assert!((at(&program, [12.3, 4.0, 15.0]).unwrap() - 0.6).abs() < 1e-6);
    assert_eq!(at(&program, [12.0, 4.0, 5.0]), Some(0.0));
    assert_eq!(at(&program, [12.0, 4.0, 3.0]), None, "no number");
    assert_eq!(at(&program, [-3.0, 4.0, 15.0]), None, "outside");
    run(&mut program, Command::ToggleOverlays);
    assert_eq!(at(&program, [12.0, 4.0, 15.0]), None, "hidden");
}

#[test]
fn what_reaches_the_threshold_becomes_a_segmentation() {
    let (mut program, folder) = opened_with("liver_prob.nii", 1.0);
    let (index, _) = map_of(&program).unwrap();
    ask(&mut program, index, ProbabilityChange::Threshold(0.6));
    ask(&mut program, index, ProbabilityChange::Segment);
    let state = program.state();
    assert!(!state.document.entries[index].probability.as_ref().unwrap().is_visible);
    let (made, entry) = state
        .document
        .entries
        .iter()
        .enumerate()
        .find(|(_, entry)| entry.overlay.is_some())
        .expect("a segmentation");
    let overlay = entry.overlay.as_ref().unwrap();
    // i from 12 (0.6 itself) to 19, all 30 rows, slices 10 to 39.
    assert_eq!(overlay.counts.as_ref().unwrap()[&1].voxels, 8 * 30 * 30);
    assert_eq!(overlay.table.segments[0].name, "Label 1");
    assert_eq!(entry.volume().series.description, "liver_prob ≥ 0.6");
    assert!(overlay.is_unsaved(entry.volume()), "it is in no file yet");
    let path = folder.path().join("cut.nii.gz");
    run(
        &mut program,
        Command::SaveSegmentation {
            index: Some(made),
            path: Some(path.clone()),
        },
    );
    wait(&mut program);
    let entry = &program.state().document.entries[made];
    assert!(!entry.overlay.as_ref().unwrap().is_unsaved(entry.volume()));
    // It comes back as it was saved.
    let mut again = program_on(&write_volume(folder.path(), "two.nii"));
    open(&mut again, &path);
    let entry = &again.state().document.entries[1];
    let counts = entry.overlay.as_ref().unwrap().counts.clone().unwrap();
    assert_eq!(counts[&1].voxels, 8 * 30 * 30);
}

#[test]
fn a_segmentation_that_is_made_in_the_middle_of_a_stroke_does_not_take_it_over() {
    let (mut program, _folder) = opened_with("liver_prob.nii", 1.0);
    let (index, _) = map_of(&program).unwrap();
    take(&mut program, Tool::Brush);
    run(&mut program, Command::NewSegmentation);
    run(&mut program, Command::AddSegment { index: 2 });
    run(&mut program, Command::ResetView);
    let to = |action, x| (action, DVec2::new(x, 150.0));
    for (action, point) in [
        to(PointerAction::Press(Button::Left), 190.0),
        to(PointerAction::Move, 200.0),
    ] {
        pointer(&mut program, PaneId::Axial, action, point, NONE);
    }
    ask(&mut program, index, ProbabilityChange::Segment);
    for (action, point) in [to(PointerAction::Move, 220.0), to(PointerAction::Release, 220.0)] {
        pointer(&mut program, PaneId::Axial, action, point, NONE);
    }
    wait(&mut program);
    let state = program.state();
    assert_eq!(state.document.entries.len(), 4);
    let counts = state.document.entries[2]
        .overlay
        .as_ref()
        .unwrap()
        .counts
        .clone()
        .unwrap();
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), [2]);
    assert_eq!(state.painting.label, 2);
}

/// Rendered with the image, it is seen where it reaches the threshold.
#[test]
fn a_map_can_be_rendered_together_with_its_image() {
    let (mut program, _folder) = opened_with("prob.nii", 255.0);
    let (index, _) = map_of(&program).unwrap();
    let layers = |program: &Program| match scene(program.state(), PaneId::Volume, 1.0, Quality::Still) {
        Some(Scene::Volume(scene)) => scene.layers,
        _ => panic!("a volume"),
    };
    assert_eq!(layers(&program).len(), 1);
    run(
        &mut program,
        Command::VolumeView(VolumeChange::Also { index, yes: true }),
    );
    wait(&mut program);
    let both = layers(&program);
    let transfer = &both[1].transfer;
    assert_eq!(transfer.at(0.49 * 255.0).opacity, 0.0);
    assert!((transfer.at(0.51 * 255.0).opacity - 0.5).abs() < 1e-6);
}

#[test]
fn commands_are_written_and_read() {
    for change in [
        ProbabilityChange::Use(true),
        ProbabilityChange::Threshold(0.3),
        ProbabilityChange::Colors("hot".to_owned()),
        ProbabilityChange::Segment,
    ] {
        let command = Command::Probability { index: 1, change };
        let line = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&line).unwrap(), command, "{line}");
    }
    let line = r#"{"probability":{"index":1,"change":{"threshold":0.3}}}"#;
    assert!(serde_json::from_str::<Command>(line).is_ok());
}
