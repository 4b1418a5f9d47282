//! Segments painted with the pointer through the whole program, compared with a search for the distance.

use glam::{DVec2, DVec3};
use isocenter::app::overlays::{self, SegmentChange};
use isocenter::app::painting::{Over, PaintChange};
use isocenter::app::pane::PaneId;
use isocenter::app::planes::Alignment;
use isocenter::app::segment_work::SegmentWork;
use isocenter::app::state::JobSubject;
use isocenter::app::tool::{Button, Modifiers, PointerAction, Tool};
use isocenter::app::{Command, Program, scenes};
use isocenter::model::volume::{Value, Volume};

use crate::driver::*;
use crate::nifti_file::{lps_grid, write_i16};
use crate::painting_tools;

pub const NONE: Modifiers = Modifiers {
    ctrl: false,
    shift: false,
    alt: false,
};

pub fn take(program: &mut Program, tool: Tool) {
    run(program, Command::SetTool { tool: Some(tool) });
}

pub fn change(program: &mut Program, change: PaintChange) {
    run(program, Command::Paint(change));
}

pub fn stroke(program: &mut Program, pane: PaneId, from: DVec2, to: DVec2) {
    drag(program, pane, Button::Left, from, to, NONE);
    wait(program);
}

/// The painted map, and its labels in memory order.
pub fn painted(program: &Program) -> (&Volume, Vec<u16>) {
    let (_, entry, _) = overlays::over_shown(program.state()).next().expect("a label map");
    let volume = entry.volume();
    (
        volume,
        volume.voxels.label_map(0).expect("it can be painted").to_dense(),
    )
}

pub fn count(program: &Program, label: u16) -> usize {
    painted(program).1.iter().filter(|n| **n == label).count()
}

pub fn counted(program: &Program, label: u32) -> u64 {
    let (_, _, overlay) = overlays::over_shown(program.state()).next().unwrap();
    overlay
        .counts
        .as_ref()
        .and_then(|counts| counts.get(&label))
        .map_or(0, |count| count.voxels)
}

pub fn places(volume: &Volume) -> Vec<([usize; 3], DVec3)> {
    let geometry = volume.geometry().unwrap();
    let [x, y, z] = volume.dims();
    (0..x * y * z)
        .map(|n| [n % x, n / x % y, n / (x * y)])
        .map(|index| (index, geometry.patient_at(DVec3::from_array(index.map(|at| at as f64)))))
        .collect()
}

fn to_segment(place: DVec3, from: DVec3, to: DVec3) -> f64 {
    let way = to - from;
    let share = ((place - from).dot(way) / way.length_squared().max(1e-30)).clamp(0.0, 1.0);
    place.distance(from + way * share)
}

pub fn at(x: f64, y: f64) -> DVec2 {
    DVec2::new(x, y)
}

#[test]
fn the_first_stroke_makes_a_segmentation_and_covers_what_a_search_finds() {
    for is_oblique in [false, true] {
        let (mut program, _folder) = opened();
        if is_oblique {
            run(
                &mut program,
                Command::RotateLines {
                    pane: PaneId::Coronal,
                    degrees: 31.0,
                },
            );
        }
        take(&mut program, Tool::Brush);
        change(&mut program, PaintChange::Radius(6.3));
        change(&mut program, PaintChange::Ball(true));
        let size = scenes::pane_size(program.state(), PaneId::Axial);
        let (from, to) = (size / 2.0 - at(30.0, 4.0), size / 2.0 + at(25.0, 17.0));
        let ends = [from, to].map(|point| scenes::patient_at(program.state(), PaneId::Axial, point).unwrap());
        stroke(&mut program, PaneId::Axial, from, to);
        let (volume, labels) = painted(&program);
        let mut covered = 0;
        for ((index, place), label) in places(volume).into_iter().zip(labels) {
            let distance = to_segment(place, ends[0], ends[1]);
            if (distance - 6.3).abs() > 1e-9 {
                assert_eq!(label, u16::from(distance < 6.3), "{index:?} {distance}");
            }
            covered += usize::from(label == 1);
        }
        assert!(covered > 50, "{covered}");
        assert_eq!(counted(&program, 1), covered as u64);
        assert_eq!(program.state().history.undo_name(), Some("a stroke"));
        // One gesture is one step, and both ways are exact.
        run(&mut program, Command::Undo);
        assert_eq!((count(&program, 1), counted(&program, 1)), (0, 0));
        run(&mut program, Command::Redo);
        assert_eq!((count(&program, 1), counted(&program, 1)), (covered, covered as u64));
    }
}

#[test]
fn a_disc_stays_in_its_slice_and_escape_leaves_nothing() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Brush);
    change(&mut program, PaintChange::Radius(8.0));
    let middle = scenes::pane_size(program.state(), PaneId::Coronal) / 2.0;
    stroke(&mut program, PaneId::Coronal, middle, middle + at(12.0, 0.0));
    let (volume, labels) = painted(&program);
    let rows: std::collections::BTreeSet<usize> = places(volume)
        .iter()
        .zip(&labels)
        .filter(|(_, label)| **label == 1)
        .map(|((index, _), _)| index[1])
        .collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    let before = labels;
    pointer(
        &mut program,
        PaneId::Axial,
        PointerAction::Press(Button::Left),
        middle,
        NONE,
    );
    pointer(
        &mut program,
        PaneId::Axial,
        PointerAction::Move,
        middle + at(40.0, 9.0),
        NONE,
    );
    assert_ne!(painted(&program).1, before, "it is seen while it is drawn");
    run(&mut program, Command::CancelGesture);
    assert_eq!(painted(&program).1, before);
    pointer(
        &mut program,
        PaneId::Axial,
        PointerAction::Release,
        middle + at(40.0, 9.0),
        NONE,
    );
    assert_eq!(painted(&program).1, before);
    run(&mut program, Command::Undo);
    assert_eq!(count(&program, 1), 0);
}

#[test]
fn strokes_keep_what_they_may_not_cover() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Brush);
    change(&mut program, PaintChange::Radius(7.0));
    let middle = scenes::pane_size(program.state(), PaneId::Axial) / 2.0;
    stroke(&mut program, PaneId::Axial, middle, middle);
    let first = count(&program, 1);
    run(&mut program, Command::AddSegment { index: 1 });
    let locked = |is_locked| Command::SetSegment {
        index: 1,
        label: 1,
        change: SegmentChange::Locked(is_locked),
    };
    run(&mut program, locked(true));
    stroke(&mut program, PaneId::Axial, middle, middle + at(20.0, 0.0));
    assert_eq!(count(&program, 1), first, "locked");
    let second = count(&program, 2);
    assert!(second > 0);
    run(&mut program, locked(false));
    change(&mut program, PaintChange::Over(Over::Background));
    stroke(&mut program, PaneId::Axial, middle, middle);
    assert_eq!(count(&program, 1), first, "only the background");
    change(&mut program, PaintChange::Over(Over::Unlocked));
    take(&mut program, Tool::Eraser);
    stroke(&mut program, PaneId::Axial, middle, middle + at(20.0, 0.0));
    assert_eq!(
        (count(&program, 1), count(&program, 2)),
        (first, 0),
        "the eraser takes its segment"
    );
    change(&mut program, PaintChange::Over(Over::All));
    stroke(&mut program, PaneId::Axial, middle, middle);
    assert_eq!(count(&program, 1), 0, "or all of them");
    assert_eq!(counted(&program, 1), 0);
}

#[test]
fn only_values_in_the_range_are_painted() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Brush);
    change(&mut program, PaintChange::Radius(30.0));
    change(&mut program, PaintChange::Ball(true));
    let image = std::sync::Arc::clone(program.state().shown().unwrap().volume());
    let value = |index| match image.value(index, 0) {
        Some(Value::Scalar(value)) => value,
        _ => f64::NAN,
    };
    let middle = image.dims().map(|side| side / 2);
    let (low, high) = (value(middle) - 15.0, value(middle) + 15.0);
    change(&mut program, PaintChange::Range(Some([high, low])));
    let center = scenes::pane_size(program.state(), PaneId::Axial) / 2.0;
    stroke(&mut program, PaneId::Axial, center, center);
    let (volume, labels) = painted(&program);
    let mut inside = 0;
    for ((index, _), label) in places(volume).into_iter().zip(labels) {
        if label == 1 {
            inside += 1;
            assert!((low..=high).contains(&value(index)), "{index:?}");
        }
    }
    assert!(inside > 0 && inside < volume.voxels.dims().iter().product::<usize>());
}

/// A small generator of numbers, so that a failure can be repeated.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn one_of_a_thousand(program: &mut Program, dice: &mut Dice, done: usize) {
    let pane = PaneId::PLANES[dice.below(3) as usize];
    let size = scenes::pane_size(program.state(), pane);
    let mut point = || size * DVec2::new(dice.below(1000) as f64, dice.below(1000) as f64) / 1000.0;
    let (from, to) = (point(), point());
    match dice.below(16) {
        0 => change(program, PaintChange::Radius(1.0 + dice.below(90) as f64 / 10.0)),
        1 => change(program, PaintChange::Ball(dice.below(2) == 0)),
        2 => run(
            program,
            Command::Align {
                alignment: [Alignment::Anatomical, Alignment::Acquisition][dice.below(2) as usize],
            },
        ),
        3 => run(
            program,
            Command::RotateLines {
                pane,
                degrees: dice.below(90) as f64,
            },
        ),
        4 if done % 97 == 5 => run(program, Command::AddSegment { index: 1 }),
        5 => change(
            program,
            PaintChange::Into {
                index: 1,
                label: 1 + dice.below(3) as u32,
            },
        ),
        6 if done % 50 == 7 => run(
            program,
            Command::RemoveSegment {
                index: 1,
                label: 1 + dice.below(3) as u32,
            },
        ),
        12..=15 => painting_tools::any_tool(program, dice, pane, [from, to]),
        _ => {
            take(program, if dice.below(3) == 0 { Tool::Eraser } else { Tool::Brush });
            drag(program, pane, Button::Left, from, to, NONE);
        }
    }
}

#[test]
fn undoing_a_thousand_commands_leads_back_bit_for_bit() {
    let (mut program, _folder) = opened();
    run(&mut program, Command::NewSegmentation);
    let mut dice = Dice(20_261_126);
    let mut states = vec![painted(&program).1];
    let mut names = vec![None];
    let mut done = 0;
    while done < 1000 {
        one_of_a_thousand(&mut program, &mut dice, done);
        done += 1;
        let name = program.state().history.undo_name().map(str::to_owned);
        let now = painted(&program).1;
        if states.last() != Some(&now) || names.last() != Some(&name) {
            states.push(now);
            names.push(name);
        }
    }
    let (first, last) = (states[0].clone(), states.last().unwrap().clone());
    assert!(states.iter().filter(|state| **state != first).count() > 100);
    let mut undone = 0;
    while program.state().history.undo_name().is_some() {
        run(&mut program, Command::Undo);
        undone += 1;
        let now = painted(&program).1;
        if undone % 100 == 0 {
            assert!(states.contains(&now), "a state that was never there");
        }
    }
    assert!(undone > 300, "{undone}");
    assert_eq!(painted(&program).1, first);
    while program.state().history.redo_name().is_some() {
        run(&mut program, Command::Redo);
    }
    assert_eq!(painted(&program).1, last);
}

fn work(program: &mut Program, work: SegmentWork) {
    run(program, Command::WorkOnSegment { work });
    wait(program);
}

#[test]
fn work_on_a_segment_is_one_step_and_comes_back() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Brush);
    change(&mut program, PaintChange::Radius(4.0));
    change(&mut program, PaintChange::Ball(true));
    let middle = scenes::pane_size(program.state(), PaneId::Axial) / 2.0;
    stroke(&mut program, PaneId::Axial, middle, middle);
    let before = painted(&program).1;
    for (todo, is_larger) in [
        (SegmentWork::Margin { mm: 3.0 }, Some(true)),
        (SegmentWork::Margin { mm: -1.5 }, Some(false)),
        (SegmentWork::Hollow { mm: 1.0 }, Some(false)),
        (SegmentWork::Threshold { low: -1e9, high: 1e9 }, Some(true)),
        (SegmentWork::Clear, Some(false)),
        (SegmentWork::FillHoles, None),
        (SegmentWork::KeepLargest, None),
    ] {
        let steps = program.state().history.undo_name().map(str::to_owned);
        work(&mut program, todo.clone());
        let after = painted(&program).1;
        let voxels = |labels: &[u16]| labels.iter().filter(|label| **label == 1).count();
        let Some(is_larger) = is_larger else {
            assert_eq!(after, before, "{todo:?} changes nothing");
            assert_eq!(program.state().history.undo_name().map(str::to_owned), steps);
            continue;
        };
        assert_eq!(voxels(&after) > voxels(&before), is_larger, "{todo:?}");
        assert_eq!(counted(&program, 1), voxels(&after) as u64);
        run(&mut program, Command::Undo);
        assert_eq!(painted(&program).1, before, "{todo:?}");
    }
    // The slices between two that were painted.
    work(&mut program, SegmentWork::Clear);
    change(&mut program, PaintChange::Ball(false));
    stroke(&mut program, PaneId::Axial, middle, middle);
    run(
        &mut program,
        Command::Scroll {
            pane: PaneId::Axial,
            steps: 6,
        },
    );
    stroke(&mut program, PaneId::Axial, middle, middle);
    let two = count(&program, 1);
    work(&mut program, SegmentWork::FillBetween);
    assert_eq!(count(&program, 1), two / 2 * 7);
    run(&mut program, Command::FindThreshold);
    assert!(program.state().painting.range.is_some());
}

#[test]
fn who_paints_after_the_last_segment_was_removed_gets_a_new_one() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Brush);
    drag(
        &mut program,
        PaneId::Axial,
        Button::Left,
        at(190.0, 150.0),
        at(210.0, 150.0),
        NONE,
    );
    run(&mut program, Command::RemoveSegment { index: 1, label: 1 });
    assert!(painted(&program).1.iter().all(|label| *label == 0));
    drag(
        &mut program,
        PaneId::Axial,
        Button::Left,
        at(190.0, 150.0),
        at(210.0, 150.0),
        NONE,
    );
    let (_, _, overlay) = overlays::over_shown(program.state()).next().unwrap();
    assert_eq!(overlay.table.segments.len(), 1);
    assert!(painted(&program).1.contains(&1));
}

/// A stroke that has begun, with the button still down.
fn half_a_stroke(program: &mut Program) {
    let press = PointerAction::Press(Button::Left);
    pointer(program, PaneId::Axial, press, at(150.0, 130.0), NONE);
    pointer(program, PaneId::Axial, PointerAction::Move, at(230.0, 160.0), NONE);
}

fn let_go(program: &mut Program) {
    for action in [PointerAction::Move, PointerAction::Release] {
        pointer(program, PaneId::Axial, action, at(300.0, 160.0), NONE);
    }
}

#[test]
fn what_comes_in_the_middle_of_a_stroke_ends_it_and_loses_nothing() {
    let (mut program, folder) = opened();
    take(&mut program, Tool::Brush);
    half_a_stroke(&mut program);
    let half = painted(&program).1;
    assert!(half.contains(&1));
    // The key of another tool.
    take(&mut program, Tool::Eraser);
    assert_eq!(program.state().history.undo_name(), Some("a stroke"));
    let_go(&mut program);
    assert_eq!(painted(&program).1, half);
    run(&mut program, Command::Undo);
    assert_eq!(count(&program, 1), 0);
    // Saving has what was painted so far.
    take(&mut program, Tool::Brush);
    half_a_stroke(&mut program);
    let path = folder.path().join("seg.nii");
    let save = Command::SaveSegmentation {
        index: None,
        path: Some(path.clone()),
    };
    run(&mut program, save);
    wait(&mut program);
    let_go(&mut program);
    assert_eq!(painted(&program).1, half);
    assert!(!overlays::any_unsaved(program.state()));
    // A file that was being opened takes the place of the image.
    run(&mut program, Command::Undo);
    half_a_stroke(&mut program);
    open(&mut program, &write_volume(folder.path(), "two.nii"));
    assert_eq!(painted(&program).1, half);
    assert_eq!(program.state().history.undo_name(), Some("a stroke"));
    run(&mut program, Command::Undo);
    assert_eq!(count(&program, 1), 0);
}

#[test]
fn undo_in_the_middle_of_a_stroke_takes_back_the_stroke_alone() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Brush);
    stroke(&mut program, PaneId::Axial, at(100.0, 100.0), at(120.0, 100.0));
    let first = painted(&program).1;
    half_a_stroke(&mut program);
    assert_ne!(painted(&program).1, first);
    run(&mut program, Command::Undo);
    assert_eq!(painted(&program).1, first);
    let_go(&mut program);
    assert_eq!(painted(&program).1, first);
    assert_eq!(program.state().history.undo_name(), Some("a stroke"));
    run(&mut program, Command::Undo);
    assert_eq!(count(&program, 1), 0);
}

#[test]
fn the_only_map_is_painted_though_it_is_hidden_and_of_several_one_has_to_be_shown() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Brush);
    stroke(&mut program, PaneId::Axial, at(100.0, 100.0), at(120.0, 100.0));
    let hide = |program: &mut Program, index| run(program, Command::SetOverlayVisible { index, visible: false });
    let first = count(&program, 1);
    // Another segmentation was painted last, and is closed.
    run(&mut program, Command::NewSegmentation);
    hide(&mut program, 1);
    run(&mut program, Command::Close { index: 2 });
    stroke(&mut program, PaneId::Axial, at(200.0, 100.0), at(220.0, 100.0));
    assert_eq!(overlays::over_shown(program.state()).count(), 1);
    assert!(count(&program, 1) > first);
    assert!(overlays::over_shown(program.state()).all(|(_, _, map)| map.is_visible));
    let before = painted(&program).1;
    for _ in 0..2 {
        run(&mut program, Command::NewSegmentation);
    }
    hide(&mut program, 1);
    hide(&mut program, 2);
    run(&mut program, Command::Close { index: 3 });
    stroke(&mut program, PaneId::Axial, at(100.0, 200.0), at(120.0, 200.0));
    assert_eq!(overlays::over_shown(program.state()).count(), 2);
    assert_eq!(painted(&program).1, before);
    let said = program.state().messages.last().map(|said| said.text.clone());
    assert!(said.is_some_and(|said| said.contains("are hidden")));
}

#[test]
fn nothing_is_painted_beside_a_map_that_is_being_read() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([1.0; 3], [0.0; 3]);
    let dims = [160, 160, 160];
    let image = write_i16(folder.path(), "image.nii", dims, grid, |i, j, k| (i + j + k) as i16);
    let mask = write_i16(folder.path(), "mask.nii", dims, grid, |i, _, _| i16::from(i < 9));
    let mut program = program_on(&image);
    take(&mut program, Tool::Brush);
    run(&mut program, Command::Open { paths: vec![mask] });
    let is_reading = |program: &Program| {
        let mut jobs = program.state().jobs.values();
        jobs.any(|status| matches!(status.subject, JobSubject::Labels(_)))
    };
    while !is_reading(&program) {
        assert!(program.poll().1.is_empty());
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    drag(
        &mut program,
        PaneId::Axial,
        Button::Left,
        at(190.0, 150.0),
        at(210.0, 150.0),
        NONE,
    );
    let said = program.state().messages.last().map(|said| said.text.clone());
    assert!(said.is_some_and(|said| said.contains("still being read")));
    wait(&mut program);
    stroke(&mut program, PaneId::Axial, at(190.0, 150.0), at(210.0, 150.0));
    assert_eq!(overlays::over_shown(program.state()).count(), 1);
    assert!(count(&program, 1) > 9 * 160 * 160);
}
