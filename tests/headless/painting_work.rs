//! Work that concerns several segments, that is shown first, or that goes back through the history.

use std::collections::BTreeSet;

use glam::DVec3;
use isocenter::app::overlays::SegmentChange;
use isocenter::app::painting::PaintChange;
use isocenter::app::pane::PaneId;
use isocenter::app::segment_work::{Logic, SegmentWork};
use isocenter::app::tool::Tool;
use isocenter::app::{Command, Program, scenes};

use crate::driver::*;
use crate::nifti_file::{lps_grid, write_i16};
use crate::painting::{at, change, count, counted, painted, places, stroke, take};

fn work(program: &mut Program, work: SegmentWork) {
    run(program, Command::WorkOnSegment { work });
    wait(program);
}

fn preview(program: &mut Program, work: SegmentWork) {
    run(program, Command::PreviewWork { work });
    wait(program);
}

fn labels(program: &Program) -> Vec<u16> {
    painted(program).1
}

fn undo_name(program: &Program) -> Option<String> {
    program.state().history.undo_name().map(str::to_owned)
}

/// Two balls side by side in two segments; the second is painted.
fn two_segments() -> (Program, tempfile::TempDir) {
    let (mut program, folder) = opened();
    take(&mut program, Tool::Brush);
    change(&mut program, PaintChange::Ball(true));
    change(&mut program, PaintChange::Radius(4.0));
    let middle = scenes::pane_size(program.state(), PaneId::Axial) / 2.0;
    stroke(
        &mut program,
        PaneId::Axial,
        middle - at(45.0, 0.0),
        middle - at(45.0, 0.0),
    );
    run(&mut program, Command::AddSegment { index: 1 });
    stroke(
        &mut program,
        PaneId::Axial,
        middle + at(45.0, 0.0),
        middle + at(45.0, 20.0),
    );
    (program, folder)
}

#[test]
fn segments_are_combined_as_sets() {
    let (mut program, _folder) = two_segments();
    let before = labels(&program);
    let (first, second) = (count(&program, 1), count(&program, 2));
    assert!(first > 50 && second > 50);
    // No voxel has two labels of one layer: what both have is nothing, and what one gets the other loses.
    for (how, own, other) in [
        (Logic::Union, first + second, 0),
        (Logic::Xor, first + second, 0),
        (Logic::Copy, first, 0),
        (Logic::Intersection, 0, first),
    ] {
        work(&mut program, SegmentWork::Combine { other: 1, how });
        assert_eq!((count(&program, 2), count(&program, 1)), (own, other), "{how:?}");
        assert_eq!(counted(&program, 2), own as u64);
        assert_eq!(undo_name(&program).as_deref(), Some("combining Label 2"));
        run(&mut program, Command::Undo);
        assert_eq!(labels(&program), before);
    }
    let steps = program.state().history.done_count();
    let how = Logic::Subtract;
    work(&mut program, SegmentWork::Combine { other: 1, how });
    assert_eq!(program.state().history.done_count(), steps, "nothing overlaps");
    run(
        &mut program,
        Command::SetSegment {
            index: 1,
            label: 1,
            change: SegmentChange::Locked(true),
        },
    );
    let how = Logic::Union;
    work(&mut program, SegmentWork::Combine { other: 1, how });
    assert_eq!(labels(&program), before, "a locked segment gives nothing");
}

#[test]
fn every_kind_of_smoothing_is_one_step_and_together_no_gap_opens() {
    let (mut program, _folder) = two_segments();
    let before = labels(&program);
    for smoothing in [
        SegmentWork::Median { mm: 2.0 },
        SegmentWork::Open { mm: 2.0 },
        SegmentWork::Gaussian { mm: 1.5 },
        SegmentWork::SmoothAll { mm: 1.0 },
    ] {
        work(&mut program, smoothing.clone());
        assert_ne!(labels(&program), before, "{smoothing:?}");
        run(&mut program, Command::Undo);
        assert_eq!(labels(&program), before, "{smoothing:?}");
    }
    // A ragged border between two segments that fill everything.
    work(&mut program, SegmentWork::Threshold { low: -1e9, high: 1e9 });
    let range = Some([9_000.0, 12_000.0]);
    run(&mut program, Command::Paint(PaintChange::Into { index: 1, label: 1 }));
    change(&mut program, PaintChange::Range(range));
    change(&mut program, PaintChange::Radius(60.0));
    let middle = scenes::pane_size(program.state(), PaneId::Coronal) / 2.0;
    stroke(&mut program, PaneId::Coronal, middle, middle);
    let before = labels(&program);
    assert!(!before.contains(&0) && before.contains(&1) && before.contains(&2));
    work(&mut program, SegmentWork::SmoothAll { mm: 2.0 });
    let after = labels(&program);
    assert!(after != before && !after.contains(&0), "no gap opens");
}

#[test]
fn seeds_grow_until_they_meet_once_it_is_accepted() {
    let (mut program, _folder) = two_segments();
    let before = labels(&program);
    let steps = program.state().history.done_count();
    preview(&mut program, SegmentWork::GrowSeeds);
    assert_eq!(labels(&program), before, "it is only shown");
    let shown = program.state().preview.as_ref().expect("a preview");
    let seen = shown.seen.voxels.label_map(0).unwrap().to_dense();
    assert!(before.iter().zip(&seen).all(|(old, new)| *old == 0 || *new == 0));
    run(&mut program, Command::RejectPreview);
    assert!(program.state().preview.is_none());
    assert_eq!(program.state().history.done_count(), steps);
    preview(&mut program, SegmentWork::GrowSeeds);
    run(&mut program, Command::AcceptPreview);
    let after = labels(&program);
    assert_eq!(program.state().history.done_count(), steps + 1);
    assert_eq!(undo_name(&program).as_deref(), Some("growing from seeds"));
    for n in 0..after.len() {
        let expected = if before[n] == 0 { seen[n] } else { before[n] };
        assert_eq!(after[n], expected, "{n}");
    }
    // All of a box around the seeds belongs to one of them.
    let grown: BTreeSet<[usize; 3]> = places(painted(&program).0)
        .into_iter()
        .zip(&after)
        .filter(|(_, label)| **label != 0)
        .map(|((index, _), _)| index)
        .collect();
    let side = |axis: usize| {
        let places = grown.iter().map(|index| index[axis]);
        places.clone().max().unwrap() + 1 - places.min().unwrap()
    };
    assert_eq!(grown.len(), side(0) * side(1) * side(2));
    run(&mut program, Command::Undo);
    assert_eq!(labels(&program), before);
    // What is painted meanwhile ends a preview, and it cannot be accepted any more.
    preview(&mut program, SegmentWork::GrowSeeds);
    let middle = scenes::pane_size(program.state(), PaneId::Axial) / 2.0;
    stroke(&mut program, PaneId::Axial, middle, middle);
    let now = labels(&program);
    run(&mut program, Command::AcceptPreview);
    assert_eq!(labels(&program), now);
}

#[test]
fn slices_between_are_shown_and_then_filled_as_they_were_shown() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Brush);
    change(&mut program, PaintChange::Radius(4.0));
    let middle = scenes::pane_size(program.state(), PaneId::Axial) / 2.0;
    stroke(&mut program, PaneId::Axial, middle, middle);
    let pane = PaneId::Axial;
    run(&mut program, Command::Scroll { pane, steps: 5 });
    stroke(&mut program, PaneId::Axial, middle, middle + at(20.0, 0.0));
    let before = labels(&program);
    work(&mut program, SegmentWork::FillBetween);
    let filled = labels(&program);
    assert_ne!(filled, before);
    run(&mut program, Command::Undo);
    preview(&mut program, SegmentWork::FillBetween);
    assert_eq!(labels(&program), before);
    run(&mut program, Command::AcceptPreview);
    assert_eq!(labels(&program), filled);
}

/// Brings the crosshair into the middle of a voxel.
fn stand(program: &mut Program, voxel: DVec3) {
    let geometry = program.state().shown().unwrap().volume().geometry().unwrap();
    let lps = geometry.patient_at(voxel);
    run(program, Command::SetCrosshair { lps });
    wait(program);
}

#[test]
fn a_range_shows_in_the_slices_what_it_would_paint() {
    let (mut program, _folder) = two_segments();
    let range = [9_000.0, 14_000.0];
    change(&mut program, PaintChange::Range(Some(range)));
    wait(&mut program);
    assert!(program.state().range_seen.is_none());
    let check = |program: &Program| {
        let seen = program.state().range_seen.as_ref().expect("it is shown");
        let seen = seen.seen.voxels.label_map(0).unwrap().to_dense();
        let now = labels(program);
        let crosshair = voxel_of_crosshair(program)
            .to_array()
            .map(|at| (at + 0.5).floor() as usize);
        let mut count = 0;
        for (n, (index, _)) in places(painted(program).0).into_iter().enumerate() {
            let [i, j, k] = index;
            let value = (i + 20 * j + 600 * k) as f64;
            let is_shown = (0..3).any(|axis| index[axis] == crosshair[axis]);
            let is_painted = is_shown && value >= range[0] && value <= range[1] && now[n] != 2;
            assert_eq!(seen[n], if is_painted { 2 } else { 0 }, "{index:?}");
            count += usize::from(is_painted);
        }
        assert!(count > 100, "{count}");
    };
    stand(&mut program, DVec3::new(7.0, 12.0, 17.0));
    change(&mut program, PaintChange::ShowsRange(true));
    wait(&mut program);
    check(&program);
    // It follows the panes and what is painted, and costs no step.
    let steps = program.state().history.done_count();
    let pane = PaneId::Coronal;
    run(&mut program, Command::Scroll { pane, steps: 3 });
    wait(&mut program);
    check(&program);
    stand(&mut program, DVec3::new(11.0, 15.0, 20.0));
    check(&program);
    // Who moves on before it is found out sees it where the pane is then.
    for _ in 0..2 {
        run(&mut program, Command::Scroll { pane, steps: 2 });
    }
    wait(&mut program);
    check(&program);
    assert_eq!(program.state().history.done_count(), steps);
    let [low, high] = range;
    work(&mut program, SegmentWork::Threshold { low, high });
    assert_eq!(program.state().history.done_count(), steps + 1);
    change(&mut program, PaintChange::ShowsRange(false));
    assert!(program.state().range_seen.is_none());
    run(&mut program, Command::FindThreshold);
    assert!(program.state().painting.shows_range);
}

#[test]
fn what_comes_of_work_on_a_segment_that_is_gone_or_locked_is_left() {
    let (mut program, _folder) = two_segments();
    let before = labels(&program);
    let all = || Command::WorkOnSegment {
        work: SegmentWork::Threshold { low: -1e9, high: 1e9 },
    };
    let says = |program: &Program| {
        let mut messages = program.state().messages.iter();
        messages.any(|said| said.text.contains("was removed or locked"))
    };
    run(&mut program, Command::AddSegment { index: 1 });
    run(&mut program, all());
    run(&mut program, Command::Undo);
    wait(&mut program);
    assert!(says(&program));
    assert_eq!(labels(&program), before);
    run(&mut program, Command::DismissMessage { index: 0 });
    run(&mut program, Command::AddSegment { index: 1 });
    run(&mut program, all());
    let change = SegmentChange::Locked(true);
    run(
        &mut program,
        Command::SetSegment {
            index: 1,
            label: 3,
            change,
        },
    );
    wait(&mut program);
    assert!(says(&program));
    assert_eq!(labels(&program), before);
}

#[test]
fn the_history_goes_to_any_of_its_steps() {
    let (mut program, _folder) = opened();
    run(&mut program, Command::NewSegmentation);
    let mut states = vec![labels(&program)];
    let middle = scenes::pane_size(program.state(), PaneId::Axial) / 2.0;
    take(&mut program, Tool::Brush);
    for n in 0..6 {
        let place = middle + at(f64::from(n) * 12.0 - 40.0, 0.0);
        stroke(&mut program, PaneId::Axial, place, place);
        states.push(labels(&program));
    }
    assert!(program.state().history.bytes() > 0);
    for done in [2, 5, 0, 6, 3, 99, 1] {
        run(&mut program, Command::GoToStep { done });
        let done = done.min(6);
        assert_eq!(program.state().history.done_count(), done);
        assert_eq!(labels(&program), states[done], "{done}");
        assert_eq!(program.state().history.len(), 6);
    }
}

/// An image, and over it a segmentation of two segments that overlap, in layers of their own: columns 2 to 5 and 4 to 7.
fn overlapping() -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let dims = [10, 8, 6];
    let grid = lps_grid([1.0, 1.0, 2.0], [0.0; 3]);
    write_i16(folder.path(), "image.nii", dims, grid, |i, j, k| (i + j + k) as i16);
    let mut file = b"NRRD0005\ntype: uchar\ndimension: 4\nsizes: 2 10 8 6\nspace: left-posterior-superior\n\
        kinds: list domain domain domain\nspace directions: none (1,0,0) (0,1,0) (0,0,2)\nspace origin: (0,0,0)\n\
        encoding: raw\nSegment0_ID:=a\nSegment0_Name:=liver\nSegment0_LabelValue:=1\nSegment0_Layer:=0\n\
        Segment1_ID:=b\nSegment1_Name:=tumour\nSegment1_LabelValue:=1\nSegment1_Layer:=1\n\n"
        .to_vec();
    let columns = (0..8 * 6).flat_map(|_| 0..10);
    file.extend(columns.flat_map(|i| [u8::from((2..6).contains(&i)), u8::from((4..8).contains(&i))]));
    let labels = folder.path().join("two.seg.nrrd");
    std::fs::write(&labels, file).unwrap();
    let mut program = empty_program();
    open(&mut program, &folder.path().join("image.nii"));
    open(&mut program, &labels);
    (program, folder)
}

#[test]
fn segments_of_other_layers_are_combined_and_stay_what_they_are() {
    let (mut program, _folder) = overlapping();
    let column = 8 * 6;
    let count = |program: &Program, label: u32| {
        let overlay = program.state().document.entries[1].overlay.as_ref().unwrap();
        overlay
            .counts
            .as_ref()
            .unwrap()
            .get(&label)
            .map_or(0, |count| count.voxels)
    };
    assert_eq!((count(&program, 1), count(&program, 2)), (4 * column, 4 * column));
    change(&mut program, PaintChange::Into { index: 1, label: 2 });
    for (how, own) in [
        (Logic::Union, 6),
        (Logic::Intersection, 2),
        (Logic::Subtract, 2),
        (Logic::Xor, 4),
        (Logic::Copy, 4),
    ] {
        work(&mut program, SegmentWork::Combine { other: 1, how });
        assert_eq!(
            (count(&program, 2), count(&program, 1)),
            (own * column, 4 * column),
            "{how:?}"
        );
        run(&mut program, Command::Undo);
        assert_eq!(count(&program, 2), 4 * column);
    }
}

#[test]
fn work_on_a_segment_keeps_to_where_painting_is_limited_to() {
    let (mut program, _folder) = two_segments();
    let before = labels(&program);
    let image = program.state().shown().unwrap().volume().clone();
    let value = |index: [usize; 3]| match image.value(index, 0) {
        Some(isocenter::model::volume::Value::Scalar(value)) => value,
        _ => panic!("a value"),
    };
    // The rows in the middle of the segment, of one slice.
    let own: Vec<[usize; 3]> = places(&image)
        .into_iter()
        .zip(&before)
        .filter(|(_, label)| **label == 2)
        .map(|((index, _), _)| index)
        .collect();
    let middle = value(own[own.len() / 2]);
    let limits = middle - 60.0..=middle + 60.0;
    change(&mut program, PaintChange::Range(Some([*limits.start(), *limits.end()])));
    work(&mut program, SegmentWork::Margin { mm: 6.0 });
    let mut gained = 0;
    for ((index, _), (old, new)) in places(&image).into_iter().zip(before.iter().zip(labels(&program))) {
        if *old != new {
            assert!(limits.contains(&value(index)), "{index:?}");
            gained += 1;
        }
    }
    assert!(gained > 0);
}
