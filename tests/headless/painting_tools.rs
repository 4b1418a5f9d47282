//! Tools beyond the brush, driven as people drive them, and counted against what every voxel says for itself.

use std::collections::BTreeSet;

use glam::{DVec2, DVec3};
use isocenter::app::overlays::{self, SegmentChange};
use isocenter::app::painting::{Cut, IslandWork, Over, PaintChange, Within};
use isocenter::app::pane::PaneId;
use isocenter::app::segment_work::{Logic, SegmentWork};
use isocenter::app::tool::{Button, Modifiers, PointerAction, Tool};
use isocenter::app::{Command, Program, scenes};
use isocenter::model::plane::Plane;

use crate::driver::*;
use crate::painting::{Dice, NONE, at, change, count, counted, painted, places, stroke, take};

const SHIFT: Modifiers = Modifiers { shift: true, ..NONE };

fn middle(program: &Program, pane: PaneId) -> DVec2 {
    scenes::pane_size(program.state(), pane) / 2.0
}

fn click(program: &mut Program, pane: PaneId, point: DVec2, modifiers: Modifiers) {
    pointer(program, pane, PointerAction::Press(Button::Left), point, modifiers);
    pointer(program, pane, PointerAction::Release, point, modifiers);
    wait(program);
}

/// Draws freehand through points, and lets go at the first.
fn draw(program: &mut Program, pane: PaneId, points: &[DVec2], modifiers: Modifiers) {
    pointer(program, pane, PointerAction::Press(Button::Left), points[0], modifiers);
    for point in &points[1..] {
        pointer(program, pane, PointerAction::Move, *point, modifiers);
    }
    pointer(program, pane, PointerAction::Release, points[0], modifiers);
    wait(program);
}

/// Sets corners by clicks and closes at the first one.
fn corners(program: &mut Program, pane: PaneId, points: &[DVec2]) {
    for point in points.iter().chain(points.first()) {
        click(program, pane, *point, NONE);
    }
}

/// How often a closed line goes around a point, by the angles under which its edges are seen.
fn turns(line: &[DVec2], point: DVec2) -> i64 {
    let mut sum = 0.0;
    for n in 0..line.len() {
        let (a, b) = (line[n] - point, line[(n + 1) % line.len()] - point);
        sum += a.perp_dot(b).atan2(a.dot(b));
    }
    (sum / std::f64::consts::TAU).round() as i64
}

/// An arrowhead around the middle of a pane, in points.
fn arrow(program: &Program, pane: PaneId) -> Vec<DVec2> {
    let middle = middle(program, pane) + at(1.3, 0.7);
    [[-40.0, -31.0], [47.0, -12.0], [11.0, 3.0], [21.0, 43.0]]
        .map(|corner| middle + DVec2::from_array(corner) * 1.7)
        .to_vec()
}

/// The voxels whose centre lies inside a line of points, within half a voxel step of the plane, or anywhere along it.
fn inside(program: &Program, pane: PaneId, line: &[DVec2], is_through: bool) -> BTreeSet<[usize; 3]> {
    let plane: Plane = scenes::plane(program.state(), pane).unwrap();
    let (volume, _) = painted(program);
    let edges = volume.geometry().unwrap().patient_from_voxel().matrix3;
    let normal = plane.axes.right.cross(plane.axes.down);
    let reach: f64 = (0..3).map(|n| edges.col(n).dot(normal).abs()).sum::<f64>() / 2.0;
    places(volume)
        .into_iter()
        .filter(|(_, place)| {
            let seen = scenes::point_of(program.state(), pane, *place).unwrap();
            let height = (*place - plane.center).dot(normal);
            (is_through || (height.abs() < reach)) && turns(line, seen) % 2 != 0
        })
        .map(|(index, _)| index)
        .collect()
}

fn labelled(program: &Program, wanted: u16) -> BTreeSet<[usize; 3]> {
    let (volume, labels) = painted(program);
    let found = places(volume).into_iter().zip(labels);
    found
        .filter(|(_, label)| *label == wanted)
        .map(|((index, _), _)| index)
        .collect()
}

fn undo_name(program: &Program) -> Option<String> {
    program.state().history.undo_name().map(str::to_owned)
}

fn oblique(program: &mut Program) {
    for (pane, degrees) in [(PaneId::Coronal, 31.0), (PaneId::Sagittal, -17.0)] {
        run(program, Command::RotateLines { pane, degrees });
    }
}

#[test]
fn the_lasso_fills_what_is_inside_at_the_plane_and_nothing_else() {
    for pane in PaneId::PLANES {
        for is_oblique in [false, true] {
            for is_freehand in [false, true] {
                let (mut program, _folder) = opened();
                if is_oblique {
                    oblique(&mut program);
                }
                take(&mut program, Tool::Lasso);
                let line = arrow(&program, pane);
                if is_freehand {
                    draw(&mut program, pane, &line, NONE);
                } else {
                    corners(&mut program, pane, &line);
                }
                let expected = inside(&program, pane, &line, false);
                assert!(expected.len() > 20, "{pane:?} {}", expected.len());
                assert_eq!(labelled(&program, 1), expected, "{pane:?} {is_oblique} {is_freehand}");
                assert_eq!(counted(&program, 1), expected.len() as u64);
                assert_eq!(undo_name(&program).as_deref(), Some("filling"));
                // Shift takes it away again; both are one step each.
                draw(&mut program, pane, &line, SHIFT);
                assert_eq!(count(&program, 1), 0);
                run(&mut program, Command::Undo);
                assert_eq!(labelled(&program, 1), expected);
                run(&mut program, Command::Undo);
                assert_eq!(count(&program, 1), 0);
                assert_eq!(undo_name(&program), None);
            }
        }
    }
}

#[test]
fn a_line_of_corners_can_be_taken_back_closed_by_key_and_abandoned() {
    let (mut program, _folder) = opened();
    run(&mut program, Command::NewSegmentation);
    take(&mut program, Tool::Lasso);
    let pane = PaneId::Axial;
    let line = arrow(&program, pane);
    for point in line.iter().chain([&at(3.0, 3.0)]) {
        click(&mut program, pane, *point, NONE);
    }
    run(&mut program, Command::DropCorner);
    // The pane may be magnified and moved on meanwhile.
    let expected = inside(&program, pane, &line, false);
    let zoom = Command::Zoom {
        pane,
        at: at(100.0, 100.0),
        factor: 1.4,
    };
    run(&mut program, zoom);
    run(&mut program, Command::FinishOutline);
    wait(&mut program);
    assert_eq!(labelled(&program, 1), expected);
    run(&mut program, Command::ResetView);
    for point in &line {
        click(&mut program, pane, *point, NONE);
    }
    run(&mut program, Command::CancelGesture);
    assert!(program.state().outline.is_none());
    run(&mut program, Command::FinishOutline);
    wait(&mut program);
    assert_eq!(labelled(&program, 1), expected);
    run(&mut program, Command::Undo);
    assert_eq!(undo_name(&program), None);
}

#[test]
fn the_scissors_cut_through_all_slices_and_from_the_volume_view() {
    for pane in [PaneId::Coronal, PaneId::Volume] {
        for cut in [Cut::EraseInside, Cut::EraseOutside, Cut::FillInside] {
            let (mut program, _folder) = opened();
            oblique(&mut program);
            run(&mut program, Command::NewSegmentation);
            if cut != Cut::FillInside {
                run(&mut program, work(SegmentWork::Threshold { low: -1e9, high: 1e9 }));
                wait(&mut program);
            }
            take(&mut program, Tool::Scissors);
            change(&mut program, PaintChange::Cut(cut));
            let line = arrow(&program, pane);
            draw(&mut program, pane, &line, NONE);
            let (volume, labels) = painted(&program);
            let mut inside_count = 0;
            for ((index, place), label) in places(volume).into_iter().zip(&labels) {
                let state = program.state();
                let seen = match pane {
                    PaneId::Volume => scenes::volume_point_of(state, place),
                    _ => scenes::point_of(state, pane, place),
                };
                let is_inside = turns(&line, seen.unwrap()) % 2 != 0;
                let expected = is_inside != (cut == Cut::EraseInside);
                assert_eq!(*label == 1, expected, "{pane:?} {cut:?} {index:?}");
                inside_count += usize::from(is_inside);
            }
            assert!(inside_count > 100 && inside_count < labels.len() / 2);
            assert_eq!(undo_name(&program).as_deref(), Some("a cut of the scissors"));
            run(&mut program, Command::Undo);
            let before = if cut == Cut::FillInside { 0 } else { labels.len() };
            assert_eq!(count(&program, 1), before);
        }
    }
}

fn work(work: SegmentWork) -> Command {
    Command::WorkOnSegment { work }
}

fn value([i, j, k]: [usize; 3]) -> f64 {
    (i + 20 * j + 600 * k) as f64
}

/// What is reached from a voxel by steps over faces.
fn reached(from: [usize; 3], may: impl Fn([usize; 3]) -> bool) -> BTreeSet<[usize; 3]> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(index) = waiting.pop() {
        if !may(index) || !found.insert(index) {
            continue;
        }
        for n in 0..3 {
            for step in [-1_isize, 1] {
                let mut beside = index;
                beside[n] = beside[n].wrapping_add_signed(step);
                if beside[n] < DIMS[n] {
                    waiting.push(beside);
                }
            }
        }
    }
    found
}

#[test]
fn a_fill_goes_as_far_as_values_are_similar() {
    for is_oblique in [false, true] {
        for fills_volume in [false, true] {
            for range in [None, Some([11_000.0, 12_900.0])] {
                let (mut program, _folder) = opened();
                if is_oblique {
                    oblique(&mut program);
                }
                take(&mut program, Tool::Fill);
                change(&mut program, PaintChange::Tolerance(645.0));
                change(&mut program, PaintChange::FillsVolume(fills_volume));
                change(&mut program, PaintChange::Range(range));
                let pane = PaneId::Axial;
                let point = middle(&program, pane) + at(2.0, 1.0);
                let state = program.state();
                let geometry = state.shown().unwrap().volume().geometry().unwrap();
                let plane = scenes::plane(state, pane).unwrap();
                let normal = plane.axes.normal();
                let edges = geometry.patient_from_voxel().matrix3;
                let reach: f64 = (0..3).map(|n| edges.col(n).dot(normal).abs()).sum::<f64>() / 2.0;
                let clicked = geometry.voxel_at(scenes::patient_at(state, pane, point).unwrap());
                let from = clicked.to_array().map(|at| at.round() as usize);
                let [low, high] = range.unwrap_or([value(from) - 645.0, value(from) + 645.0]);
                let may = |index: [usize; 3]| {
                    let place = geometry.patient_at(DVec3::from_array(index.map(|at| at as f64)));
                    let is_near = (place - plane.center).dot(normal).abs() < reach;
                    (low..=high).contains(&value(index)) && (fills_volume || is_near)
                };
                let expected = reached(from, may);
                assert!(expected.len() > 50, "{}", expected.len());
                click(&mut program, pane, point, NONE);
                assert_eq!(labelled(&program, 1), expected, "{is_oblique} {fills_volume} {range:?}");
                run(&mut program, Command::Undo);
                assert_eq!(count(&program, 1), 0);
            }
        }
    }
}

#[test]
fn a_trace_fills_what_the_line_of_a_value_goes_around() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Trace);
    let pane = PaneId::Axial;
    let point = middle(&program, pane) + at(20.0, 13.0);
    run(
        &mut program,
        Command::Hover {
            at: Some((pane, point)),
        },
    );
    let traced = program.state().traced.clone().expect("a line is shown");
    // The line goes through the pointer.
    let nearest = traced.corners.iter().map(|corner| {
        let place = traced.plane.patient_at(corner.x, corner.y);
        scenes::point_of(program.state(), pane, place).unwrap().distance(point)
    });
    assert!(nearest.fold(f64::INFINITY, f64::min) < 8.0);
    assert_eq!(program.state().history.undo_name(), None, "it is only shown");
    let state = program.state();
    let geometry = state.shown().unwrap().volume().geometry().unwrap();
    let clicked = geometry.voxel_at(scenes::patient_at(state, pane, point).unwrap());
    let level = clicked.x + 20.0 * clicked.y + 600.0 * clicked.z;
    let slice = clicked.z.round() as usize;
    click(&mut program, pane, point, NONE);
    let filled = labelled(&program, 1);
    let mut expected = 0;
    for j in 0..DIMS[1] {
        for i in 0..DIMS[0] {
            let above = value([i, j, slice]) - level;
            // Within a voxel of the line the cells' own lines decide.
            if above.abs() > 20.0 && i > 0 && i + 1 < DIMS[0] {
                assert_eq!(filled.contains(&[i, j, slice]), above > 0.0, "{i} {j} {above}");
                expected += usize::from(above > 0.0);
            }
        }
    }
    assert!(expected > 50);
    assert!(filled.iter().all(|index| index[2] == slice));
    run(&mut program, Command::Hover { at: None });
    assert!(program.state().traced.is_none());
}

/// Three islands of one segment.
fn islands(program: &mut Program) -> [DVec2; 3] {
    let middle = middle(program, PaneId::Axial);
    let points = [middle - at(100.0, 0.0), middle, middle + at(100.0, 0.0)];
    take(program, Tool::Brush);
    change(program, PaintChange::Ball(true));
    for (point, radius) in points.into_iter().zip([2.0, 3.5, 1.5]) {
        change(program, PaintChange::Radius(radius));
        stroke(program, PaneId::Axial, point, point);
    }
    take(program, Tool::Islands);
    points
}

#[test]
fn islands_are_kept_removed_given_and_made_segments() {
    let (mut program, _folder) = opened();
    let points = islands(&mut program);
    let all = labelled(&program, 1);
    let state = program.state();
    let geometry = painted(&program).0.geometry().unwrap();
    let voxel = geometry.voxel_at(scenes::patient_at(state, PaneId::Axial, points[0]).unwrap());
    let first = reached(voxel.to_array().map(|at| at.round() as usize), |index| {
        all.contains(&index)
    });
    let others: BTreeSet<_> = all.difference(&first).copied().collect();
    assert!(!first.is_empty() && others.len() > first.len());
    run(&mut program, Command::AddSegment { index: 1 });
    for (work, kept, given) in [
        (IslandWork::Keep, &first, None),
        (IslandWork::Remove, &others, None),
        (IslandWork::Give, &others, Some(2)),
        (IslandWork::Part, &others, Some(3)),
    ] {
        change(&mut program, PaintChange::Islands(work));
        click(&mut program, PaneId::Axial, points[0], NONE);
        assert_eq!(labelled(&program, 1), *kept, "{work:?}");
        if let Some(label) = given {
            assert_eq!(labelled(&program, label), first);
            let (_, _, overlay) = overlays::over_shown(program.state()).next().unwrap();
            assert!(overlay.table.get(u32::from(label)).is_some());
            assert_eq!(counted(&program, u32::from(label)), first.len() as u64);
        }
        run(&mut program, Command::Undo);
        assert_eq!(labelled(&program, 1), all);
        let (_, _, overlay) = overlays::over_shown(program.state()).next().unwrap();
        assert_eq!(overlay.table.segments.len(), 2);
    }
    // All of them at once; the largest keeps its name.
    run(&mut program, Command::Paint(PaintChange::Into { index: 1, label: 1 }));
    run(&mut program, work(SegmentWork::Split));
    wait(&mut program);
    let sizes = [1, 3, 4].map(|label| count(&program, label));
    assert!(sizes[0] > sizes[1] && sizes[1] > sizes[2] && sizes[2] > 0, "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), all.len());
    assert_eq!(labelled(&program, 3), first);
    run(&mut program, Command::Undo);
    assert_eq!(labelled(&program, 1), all);
    // A click beside them changes nothing, and says so.
    let steps = undo_name(&program);
    click(&mut program, PaneId::Axial, at(3.0, 3.0), NONE);
    assert_eq!(undo_name(&program), steps);
    assert_eq!(labelled(&program, 1), all);
    assert!(!program.state().messages.is_empty());
}

#[test]
fn a_slice_is_copied_to_the_next_one_and_the_pane_goes_there() {
    for pane in PaneId::PLANES {
        for steps in [1, -1] {
            let (mut program, _folder) = opened();
            take(&mut program, Tool::Lasso);
            let line = arrow(&program, pane);
            draw(&mut program, pane, &line, NONE);
            let first = labelled(&program, 1);
            let before = voxel_of_crosshair(&program);
            run(&mut program, Command::CopySlice { pane, steps });
            let moved = voxel_of_crosshair(&program) - before;
            let way = moved.to_array().map(|at| at.round() as isize);
            assert_eq!(way.iter().map(|step| step.abs()).sum::<isize>(), 1, "{way:?}");
            let copied = first.iter().map(|index| {
                let mut index = *index;
                (0..3).for_each(|n| index[n] = index[n].wrapping_add_signed(way[n]));
                index
            });
            let expected: BTreeSet<_> = first.iter().copied().chain(copied).collect();
            assert_eq!(labelled(&program, 1), expected, "{pane:?} {steps}");
            run(&mut program, Command::Undo);
            assert_eq!(labelled(&program, 1), first);
        }
    }
}

#[test]
fn tools_keep_to_the_rules() {
    let (mut program, _folder) = opened();
    take(&mut program, Tool::Lasso);
    let pane = PaneId::Axial;
    let line = arrow(&program, pane);
    let shifted: Vec<DVec2> = line.iter().map(|point| *point + at(15.0, 0.0)).collect();
    draw(&mut program, pane, &line, NONE);
    let first = labelled(&program, 1);
    let other = inside(&program, pane, &shifted, false);
    run(&mut program, Command::AddSegment { index: 1 });
    let both: BTreeSet<_> = first.intersection(&other).copied().collect();
    assert!(!both.is_empty() && both.len() < other.len());
    let beyond: BTreeSet<_> = other.difference(&first).copied().collect();
    let in_range = |index: &[usize; 3]| (11_900.0..=12_200.0).contains(&value(*index));
    let cases: [(PaintChange, BTreeSet<[usize; 3]>); 6] = [
        (PaintChange::Over(Over::Background), beyond.clone()),
        (PaintChange::Within(Within::Segment(1)), both.clone()),
        (PaintChange::Within(Within::OutsideOthers), beyond.clone()),
        (PaintChange::Within(Within::Visible), both.clone()),
        (
            PaintChange::Range(Some([11_900.0, 12_200.0])),
            other.iter().copied().filter(in_range).collect(),
        ),
        (PaintChange::Over(Over::All), other.clone()),
    ];
    for (rule, expected) in cases {
        change(&mut program, rule.clone());
        draw(&mut program, pane, &shifted, NONE);
        assert_eq!(labelled(&program, 2), expected, "{rule:?}");
        if !expected.is_empty() {
            run(&mut program, Command::Undo);
        }
        assert_eq!((labelled(&program, 1), count(&program, 2)), (first.clone(), 0));
        change(&mut program, PaintChange::Over(Over::Unlocked));
        change(&mut program, PaintChange::Within(Within::Anywhere));
        change(&mut program, PaintChange::Range(None));
    }
    let lock = |label| Command::SetSegment {
        index: 1,
        label,
        change: SegmentChange::Locked(true),
    };
    run(&mut program, lock(1));
    draw(&mut program, pane, &shifted, NONE);
    assert_eq!(labelled(&program, 2), beyond);
    assert_eq!(labelled(&program, 1), first);
    run(&mut program, lock(2));
    draw(&mut program, pane, &shifted, SHIFT);
    take(&mut program, Tool::Islands);
    change(&mut program, PaintChange::Islands(IslandWork::Remove));
    let inside_first = middle(&program, pane) - at(10.0, 10.0);
    click(&mut program, pane, inside_first, NONE);
    assert_eq!(labelled(&program, 2), beyond);
    assert_eq!(labelled(&program, 1), first, "a locked segment stays");
}

/// Something that any of the tools does, for random sequences.
pub fn any_tool(program: &mut Program, dice: &mut Dice, pane: PaneId, [from, to]: [DVec2; 2]) {
    let third = DVec2::new(from.y, to.x);
    change(program, PaintChange::Erases(dice.below(3) == 0));
    let within = [
        Within::Anywhere,
        Within::Segment(1),
        Within::Visible,
        Within::OutsideOthers,
    ];
    change(program, PaintChange::Within(within[dice.below(4) as usize]));
    match dice.below(13) {
        0 => {
            take(program, Tool::Lasso);
            draw(program, pane, &[from, to, third], NONE);
        }
        1 => {
            take(program, Tool::Lasso);
            corners(program, pane, &[from, to, third]);
            run(program, Command::CancelGesture);
        }
        2 => {
            take(program, Tool::Scissors);
            let cuts = [Cut::EraseInside, Cut::EraseOutside, Cut::FillInside];
            change(program, PaintChange::Cut(cuts[dice.below(3) as usize]));
            let pane = if dice.below(2) == 0 { pane } else { PaneId::Volume };
            draw(program, pane, &[from, to, third], NONE);
        }
        3 => {
            take(program, Tool::Fill);
            change(program, PaintChange::Tolerance(dice.below(700) as f64));
            change(program, PaintChange::FillsVolume(dice.below(2) == 0));
            click(program, pane, from, NONE);
        }
        4 => {
            take(program, Tool::Trace);
            click(program, pane, from, NONE);
        }
        5 => {
            take(program, Tool::Islands);
            let works = [IslandWork::Keep, IslandWork::Remove, IslandWork::Give, IslandWork::Part];
            change(program, PaintChange::Islands(works[dice.below(4) as usize]));
            click(program, pane, from, NONE);
        }
        6 => {
            let steps = if dice.below(2) == 0 { 1 } else { -1 };
            run(program, Command::CopySlice { pane, steps });
        }
        8 => run(program, work(SegmentWork::SmoothAll { mm: 1.0 })),
        9 => run(program, work(SegmentWork::Gaussian { mm: 1.0 })),
        10 => {
            let logic = [
                Logic::Union,
                Logic::Xor,
                Logic::Copy,
                Logic::Intersection,
                Logic::Subtract,
            ];
            let (other, how) = (1 + dice.below(3) as u32, logic[dice.below(5) as usize]);
            run(program, work(SegmentWork::Combine { other, how }));
        }
        11 => {
            let work = SegmentWork::GrowSeeds;
            run(program, Command::PreviewWork { work });
            wait(program);
            let answer = [Command::AcceptPreview, Command::RejectPreview];
            run(program, answer[usize::from(dice.below(4) > 0)].clone());
        }
        7 if dice.below(4) == 0 => run(program, work(SegmentWork::Split)),
        _ => run(program, work(SegmentWork::FillBetween)),
    }
    wait(program);
}
