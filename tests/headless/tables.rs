//! Tables about segmentations, driven by commands: agreement, what differs, statistics.

use glam::DVec3;
use isocenter::app::painting::PaintChange;
use isocenter::app::segment_work::SegmentWork;
use isocenter::app::state::Level;
use isocenter::app::tables::{Table, TableChange};
use isocenter::app::{Command, Effect, Program};

use crate::driver::{empty_program, open, run, voxel_of_crosshair, wait};
use crate::nifti_file::{lps_grid, write_i16};

/// An image, a reference with a block of label 1, and a map in which that block is shifted and another one is added.
fn opened() -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([1.0, 2.0, 3.0], [5.0, 6.0, 7.0]);
    let dims = [30, 20, 10];
    write_i16(folder.path(), "image.nii", dims, grid, |i, j, k| {
        (i + 40 * j + 900 * k) as i16 - 3
    });
    let is_in = |at: [usize; 3], low: [usize; 3], high: [usize; 3]| (0..3).all(|n| (low[n]..high[n]).contains(&at[n]));
    write_i16(folder.path(), "a.nii", dims, grid, |i, j, k| {
        i16::from(is_in([i, j, k], [4, 4, 2], [10, 10, 6]))
    });
    write_i16(folder.path(), "b.nii", dims, grid, |i, j, k| {
        i16::from(is_in([i, j, k], [6, 4, 2], [12, 10, 6])) + 2 * i16::from(is_in([i, j, k], [20, 14, 7], [23, 17, 9]))
    });
    let mut program = empty_program();
    open(&mut program, &folder.path().join("image.nii"));
    open(&mut program, &folder.path().join("a.nii"));
    open(&mut program, &folder.path().join("b.nii"));
    (program, folder)
}

fn ask(program: &mut Program, change: TableChange) {
    run(program, Command::Tables(change));
    wait(program);
}

#[test]
fn one_map_is_judged_by_another_and_what_differs_is_walked_through() {
    let (mut program, _folder) = opened();
    ask(
        &mut program,
        TableChange::Judge {
            reference: 1,
            judged: 2,
        },
    );
    let state = program.state();
    let found = state.tables.judgement.as_ref().expect("a judgement");
    assert_eq!(state.tables.shown, Some(Table::Agreement));
    let first = &found.labels[0];
    assert_eq!(first.label, 1);
    // 6·6·4 voxels each, 4·6·4 in both.
    assert!((first.dice - 96.0 / 144.0).abs() < 1e-12, "{first:?}");
    assert_eq!((first.hausdorff_mm, found.labels[1].dice), (Some(2.0), 0.0));
    // Two slabs of 48 voxels and a block of 18, each of 6 mm³.
    let sizes: Vec<f64> = found
        .places
        .iter()
        .map(|place| (place.volume_ml * 1000.0).round())
        .collect();
    assert_eq!(sizes, [288.0, 288.0, 108.0]);
    // The differences lie over the image, and the maps are put away.
    let entry = &state.document.entries[3];
    let overlay = entry.overlay.as_ref().expect("a label map");
    assert!(overlay.is_visible && overlay.counts.is_some());
    let counts: Vec<u64> = overlay
        .counts
        .as_ref()
        .unwrap()
        .values()
        .map(|count| count.voxels)
        .collect();
    assert_eq!(counts, [96, 48, 66]);
    let hidden = [1, 2].map(|n| state.document.entries[n].overlay.as_ref().unwrap().is_visible);
    assert_eq!(hidden, [false; 2]);
    let mut seen = Vec::new();
    for _ in 0..4 {
        ask(&mut program, TableChange::StepDisagreement(1));
        seen.push(voxel_of_crosshair(&program).round().to_array().map(|n| n as usize));
    }
    assert!(
        (4..6).contains(&seen[0][0]) && (10..12).contains(&seen[1][0]),
        "{seen:?}"
    );
    assert_eq!((seen[2], seen[3]), ([21, 15, seen[2][2]], seen[0]));
    ask(&mut program, TableChange::StepDisagreement(-1));
    assert!(voxel_of_crosshair(&program).distance(DVec3::new(21.0, 15.0, 7.5)) < 1.0);
    let copied = program.dispatch(Command::Tables(TableChange::Copy));
    assert!(
        matches!(&copied[..], [Effect::CopyText(text)] if text.starts_with("label,name,dice")),
        "no table"
    );
    // Again, the other way round: one map of differences, not two.
    ask(
        &mut program,
        TableChange::Judge {
            reference: 2,
            judged: 1,
        },
    );
    assert_eq!(program.state().document.entries.len(), 4);
    assert_eq!(program.state().tables.piece, None);
    run(&mut program, Command::Close { index: 1 });
    assert!(program.state().tables.judgement.is_none());
}

#[test]
fn segments_are_measured_in_the_shown_image() {
    let (mut program, _folder) = opened();
    ask(&mut program, TableChange::Measure { index: 2 });
    let found = program.state().tables.measured.as_ref().expect("a table");
    let block = &found.segments[1];
    assert_eq!((block.label, block.voxels), (2, 18));
    // The middle voxel is 21, 15, between slices 7 and 8.
    let mean = 21.0 + 40.0 * 15.0 + 900.0 * 7.5 - 3.0;
    assert!((block.mean.unwrap() - mean).abs() < 1e-9);
    assert!((block.volume_ml - 0.108).abs() < 1e-12);
    let copied = program.dispatch(Command::Tables(TableChange::Copy));
    assert!(
        matches!(&copied[..], [Effect::CopyText(text)] if text.lines().count() == 3),
        "no table"
    );
    ask(&mut program, TableChange::Show(None));
    assert_eq!(program.state().tables.shown, None);
    assert!(program.dispatch(Command::Tables(TableChange::Copy)).is_empty());
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let (mut program, _folder) = opened();
    for (reference, judged) in [(1, 1), (0, 1), (1, 9)] {
        ask(&mut program, TableChange::Judge { reference, judged });
        assert!(program.state().tables.judgement.is_none());
    }
    ask(&mut program, TableChange::Measure { index: 0 });
    ask(&mut program, TableChange::StepDisagreement(1));
    assert!(program.state().tables.measured.is_none());
    let line = serde_json::to_string(&Command::Tables(TableChange::Judge {
        reference: 1,
        judged: 2,
    }))
    .unwrap();
    assert_eq!(
        serde_json::from_str::<Command>(&line).unwrap(),
        Command::Tables(TableChange::Judge {
            reference: 1,
            judged: 2
        })
    );
}

#[test]
fn a_table_is_written_as_its_name_says_and_tells_when_its_map_was_painted() {
    let (mut program, folder) = opened();
    ask(&mut program, TableChange::Measure { index: 2 });
    let [csv, json] = ["numbers.csv", "numbers.json"].map(|name| folder.path().join(name));
    for path in [&csv, &json] {
        ask(&mut program, TableChange::Save { path: path.clone() });
    }
    let text = std::fs::read_to_string(&csv).unwrap();
    assert!(
        text.starts_with("label,name,voxels,") && text.lines().count() == 3,
        "{text}"
    );
    let value: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(value["segments"][0]["voxels"], 6 * 6 * 4);
    assert_eq!(value["segments"][0]["bounding_box"][1], serde_json::json!([11, 9, 5]));
    let has_changed = |program: &Program| {
        let state = program.state();
        state.tables.measured.as_ref().unwrap().basis.has_changed(state)
    };
    assert!(!has_changed(&program));
    let change = PaintChange::Into { index: 2, label: 1 };
    run(&mut program, Command::Paint(change));
    let work = SegmentWork::Clear;
    run(&mut program, Command::WorkOnSegment { work });
    wait(&mut program);
    assert!(has_changed(&program));
    run(&mut program, Command::Undo);
    assert!(
        program
            .state()
            .messages
            .iter()
            .all(|message| message.level != Level::Error)
    );
}
