//! Judging probability maps threshold by threshold, and several readers side by side, driven by commands.

use std::path::Path;

use glam::{DVec2, DVec3};
use isocenter::app::overlays::SegmentChange;
use isocenter::app::painting::PaintChange;
use isocenter::app::pane::PaneId;
use isocenter::app::probability::probabilities_at;
use isocenter::app::tables::{Table, TableChange};
use isocenter::app::tool::Tool;
use isocenter::app::{Command, Effect, Program};

use crate::driver::{empty_program, open, run, wait};
use crate::float_file::write_f32;
use crate::nifti_file::{lps_grid, write_i16};
use crate::painting::{stroke, take};

const SIZE: [usize; 3] = [30, 20, 10];

fn place() -> [[f32; 4]; 3] {
    lps_grid([1.0, 2.0, 3.0], [5.0, 6.0, 7.0])
}

fn is_in(at: [usize; 3], low: [usize; 3], high: [usize; 3]) -> bool {
    (0..3).all(|n| (low[n]..high[n]).contains(&at[n]))
}

/// Writes a label map of one block.
fn block(folder: &Path, name: &str, label: i16, low: [usize; 3], high: [usize; 3]) {
    write_i16(folder, name, SIZE, place(), |i, j, k| {
        if is_in([i, j, k], low, high) { label } else { 0 }
    });
}

fn opened(names: &[&str], write: impl Fn(&Path)) -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    write_i16(folder.path(), "image.nii", SIZE, place(), |i, j, k| {
        (i + 40 * j + 900 * k) as i16 - 3
    });
    write(folder.path());
    let mut program = empty_program();
    for name in [&["image.nii"], names].concat() {
        open(&mut program, &folder.path().join(name));
    }
    (program, folder)
}

fn ask(program: &mut Program, change: TableChange) {
    run(program, Command::Tables(change));
    wait(program);
}

fn copied(program: &mut Program) -> Vec<String> {
    match &program.dispatch(Command::Tables(TableChange::Copy))[..] {
        [Effect::CopyText(text)] => text.lines().map(str::to_owned).collect(),
        _ => panic!("no table"),
    }
}

/// Half of the reference at 0.9, the other half at 0.4 and with it 96 voxels beside.
fn with_probability() -> (Program, tempfile::TempDir) {
    opened(&["a.nii", "prob.nii"], |folder| {
        block(folder, "a.nii", 3, [4, 4, 2], [10, 10, 6]);
        write_f32(folder, "prob.nii", SIZE, place(), |i, j, k| match [i, j, k] {
            at if is_in(at, [4, 4, 2], [10, 10, 4]) => 0.9,
            at if is_in(at, [4, 4, 2], [14, 10, 6]) && (k >= 4 || i >= 10) => 0.4,
            _ => 0.0,
        });
    })
}

#[test]
fn a_probability_map_is_judged_threshold_by_threshold() {
    let (mut program, _folder) = with_probability();
    // Whichever of them comes first, the label map is the reference.
    for (reference, judged) in [(1, 2), (2, 1)] {
        ask(&mut program, TableChange::Judge { reference, judged });
        let tables = &program.state().tables;
        assert_eq!((tables.shown, tables.shows_curve), (Some(Table::Agreement), true));
        let found = tables.curve.as_ref().expect("a curve");
        assert_eq!((found.label, found.points.len()), (3, 101));
        let at = |hundredths: usize| {
            let at = found.points[hundredths];
            assert!((at.threshold - hundredths as f64 / 100.0).abs() < 1e-12);
            (at.dice, at.sensitivity, at.precision)
        };
        // Everything, 6000 voxels, of which 144 are the reference.
        assert_eq!(at(0), (288.0 / 6144.0, Some(1.0), Some(144.0 / 6000.0)));
        // The reference and 96 voxels more.
        assert_eq!(at(1), (288.0 / 384.0, Some(1.0), Some(144.0 / 240.0)));
        assert_eq!(at(40), at(1));
        // Half of the reference: at 0.9 too, though the file's 0.9 is a little less than the number.
        assert_eq!(at(41), (144.0 / 216.0, Some(0.5), Some(1.0)));
        assert_eq!(at(90), at(41));
        assert_eq!(at(91), (0.0, Some(0.0), None));
        // In the middle of the best ones, 0.01 to 0.40.
        assert_eq!(found.best, 21);
    }
    let lines = copied(&mut program);
    assert_eq!(
        (lines.len(), lines[0].as_str()),
        (102, "threshold,dice,sensitivity,precision")
    );
    assert_eq!(lines[41], "0.4,0.75,1,0.6");
    assert_eq!(lines[101], "1,0,0,");
    // By a label that is nowhere, and of a map that is none.
    ask(
        &mut program,
        TableChange::Curve {
            reference: 1,
            probability: 2,
            label: Some(9),
        },
    );
    let found = program.state().tables.curve.as_ref().unwrap();
    assert_eq!((found.label, found.points[50].dice), (9, 0.0));
    ask(
        &mut program,
        TableChange::Curve {
            reference: 1,
            probability: 1,
            label: None,
        },
    );
    assert_eq!(program.state().tables.curve.as_ref().unwrap().label, 9);
    run(&mut program, Command::Close { index: 2 });
    assert!(program.state().tables.curve.is_none());
    assert!(program.dispatch(Command::Tables(TableChange::Copy)).is_empty());
}

fn with_readers() -> (Program, tempfile::TempDir) {
    opened(&["a.nii", "b.nii", "c.nii"], |folder| {
        block(folder, "a.nii", 1, [4, 4, 2], [10, 10, 6]);
        block(folder, "b.nii", 1, [6, 4, 2], [12, 10, 6]);
        block(folder, "c.nii", 1, [4, 4, 2], [10, 10, 6]);
    })
}

#[test]
fn readers_are_compared_with_each_other_and_with_the_likely_truth() {
    let (mut program, _folder) = with_readers();
    ask(&mut program, TableChange::Compare { readers: vec![1, 2, 3] });
    let tables = &program.state().tables;
    assert_eq!(tables.shown, Some(Table::Readers));
    let found = tables.readers.as_ref().expect("a comparison");
    let label = &found.labels[0];
    // 144 voxels each; of those of the second, 96 are the others' too.
    let dice = [label.dice(0, 1), label.dice(2, 0), label.dice(1, 2), label.dice(1, 1)];
    assert_eq!(dice, [Some(192.0 / 288.0), Some(1.0), Some(192.0 / 288.0), None]);
    // What two of three mark, of 6 mm³ each.
    assert!((label.consensus_ml - 0.864).abs() < 1e-12);
    let [a, b, c] = [0, 1, 2].map(|n| label.readers[n]);
    assert!(a.sensitivity.unwrap() > 0.999 && a == c);
    assert!((b.sensitivity.unwrap() - 96.0 / 144.0).abs() < 1e-3, "{b:?}");
    assert!((b.specificity.unwrap() - (1.0 - 48.0 / 5856.0)).abs() < 1e-3, "{b:?}");
    let lines = copied(&mut program);
    assert_eq!(lines.len(), 4);
    assert!(
        lines[0].ends_with(",dice with a,dice with b,dice with c"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("1,") && lines[1].contains(",a,0.864,"),
        "{}",
        lines[1]
    );
    assert!(lines[1].ends_with(",,0.6666666666666666,1"), "{}", lines[1]);
}

#[test]
fn consensus_and_agreement_come_into_the_document() {
    let (mut program, _folder) = with_readers();
    ask(&mut program, TableChange::AddConsensus);
    assert_eq!(program.state().document.entries.len(), 4, "there is none yet");
    ask(&mut program, TableChange::Compare { readers: vec![1, 2, 3] });
    for _ in 0..2 {
        ask(&mut program, TableChange::AddConsensus);
        let entries = &program.state().document.entries;
        assert_eq!(entries.len(), 5, "once");
        let overlay = entries[4].overlay.as_ref().expect("a segmentation");
        assert_eq!(overlay.counts.as_ref().unwrap()[&1].voxels, 144);
        assert!(overlay.is_visible && overlay.is_unsaved(entries[4].volume()));
        let seen = [1, 2, 3].map(|n| entries[n].overlay.as_ref().unwrap().is_visible);
        assert_eq!(seen, [false; 3]);
    }
    for _ in 0..2 {
        ask(&mut program, TableChange::AddAgreement);
    }
    let state = program.state();
    assert_eq!(state.document.entries.len(), 6);
    let map = state.document.entries[5]
        .probability
        .as_ref()
        .expect("a probability map");
    assert_eq!((map.certain, map.threshold), (Some(1.0), 0.17));
    let geometry = state.shown().unwrap().volume().geometry().unwrap();
    let shares: Vec<f64> = [[5.0, 5.0, 3.0], [7.0, 5.0, 3.0], [11.0, 5.0, 3.0], [20.0, 5.0, 3.0]]
        .iter()
        .map(|voxel| probabilities_at(state, geometry.patient_at(DVec3::from_array(*voxel)))[0].0)
        .collect();
    // Marked by two readers, by all, by one, by nobody.
    for (share, expected) in shares.iter().zip([2.0, 3.0, 1.0, 0.0]) {
        assert!((share - expected / 3.0).abs() < 1e-12, "{shares:?}");
    }
    run(&mut program, Command::Close { index: 1 });
    assert!(program.state().tables.readers.is_none());
}

#[test]
fn who_cannot_be_compared_is_not() {
    let (mut program, _folder) = with_readers();
    for readers in [vec![], vec![1], vec![1, 1], vec![0, 1], vec![1, 9]] {
        ask(&mut program, TableChange::Compare { readers });
        assert!(program.state().tables.readers.is_none());
    }
    let command = Command::Tables(TableChange::Compare { readers: vec![1, 2] });
    let line = serde_json::to_string(&command).unwrap();
    assert_eq!(serde_json::from_str::<Command>(&line).unwrap(), command);
}

#[test]
fn nobody_paints_on_differences_and_what_was_made_of_them_stays() {
    let (mut program, _folder) = opened(&["a.nii", "b.nii"], |folder| {
        block(folder, "a.nii", 1, [4, 4, 2], [10, 10, 6]);
        block(folder, "b.nii", 1, [5, 4, 2], [12, 10, 6]);
    });
    let judge = TableChange::Judge {
        reference: 1,
        judged: 2,
    };
    ask(&mut program, judge.clone());
    let labels = |program: &Program| -> Vec<Vec<u16>> {
        let entries = program.state().document.entries.iter().skip(1);
        entries
            .map(|entry| entry.volume().voxels.label_map(0).unwrap().to_dense())
            .collect()
    };
    let before = labels(&program);
    assert_eq!(before.len(), 3);
    take(&mut program, Tool::Brush);
    // Both maps are hidden now: which one is meant has to be said.
    stroke(
        &mut program,
        PaneId::Axial,
        DVec2::new(190.0, 150.0),
        DVec2::new(210.0, 150.0),
    );
    assert_eq!(labels(&program), before);
    run(&mut program, Command::Paint(PaintChange::Into { index: 2, label: 1 }));
    stroke(
        &mut program,
        PaneId::Axial,
        DVec2::new(190.0, 150.0),
        DVec2::new(210.0, 150.0),
    );
    let after = labels(&program);
    assert_ne!(after[1], before[1]);
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    let name = SegmentChange::Name("mine".to_owned());
    let rename = Command::SetSegment {
        index: 3,
        label: 1,
        change: name,
    };
    run(&mut program, rename);
    ask(&mut program, judge);
    let named = &program.state().document.entries[3].overlay.as_ref().unwrap().table;
    assert_eq!(named.get(1).unwrap().name, "mine");
    assert_eq!(program.state().document.entries.len(), 5);
}
