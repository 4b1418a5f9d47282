//! Files that are read again, by command or because they changed.

use std::path::Path;
use std::time::{Duration, Instant};

use glam::DVec2;
use isocenter::app::overlays::{self, SegmentChange};
use isocenter::app::painting::PaintChange;
use isocenter::app::pane::PaneId;
use isocenter::app::segment_work::SegmentWork;
use isocenter::app::surfaces::VolumeLook;
use isocenter::app::tool::{Button, Modifiers, Tool};
use isocenter::app::{Command, Program};
use isocenter::model::window::Window;

use crate::driver::*;
use crate::nifti_file::{lps_grid, write_i16};

const NONE: Modifiers = Modifiers {
    ctrl: false,
    shift: false,
    alt: false,
};

fn write_labels(folder: &Path, threshold: usize) {
    let grid = lps_grid(SPACING.map(|mm| mm as f32), ORIGIN.map(|mm| mm as f32));
    write_i16(folder, "seg.nii", DIMS, grid, |i, _, _| i16::from(i < threshold));
}

/// A program with an image and its label map, whose file is watched.
fn watching(folder: &Path) -> Program {
    let image = write_volume(folder, "one.nii");
    write_labels(folder, 4);
    let mut program = program_on(&image);
    open(&mut program, &folder.join("seg.nii"));
    run(&mut program, Command::Watch { index: 1, yes: true });
    assert_eq!(count(&program), 4 * DIMS[1] * DIMS[2]);
    program
}

/// How many voxels of the map have label 1.
fn count(program: &Program) -> usize {
    let (_, entry, overlay) = overlays::over_shown(program.state()).next().expect("a label map");
    if !overlay.is_read() {
        return 0;
    }
    let map = entry.volume().voxels.label_map(0).expect("it is read").to_dense();
    map.iter().filter(|label| **label == 1).count()
}

/// Lets the program run until something is so.
fn until(program: &mut Program, what: impl Fn(&Program) -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(20);
    while !what(program) {
        if Instant::now() > end {
            return false;
        }
        let (_, effects) = program.poll();
        assert!(effects.is_empty());
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

fn says(program: &Program, text: &str) -> bool {
    program.state().messages.iter().any(|said| said.text.contains(text))
}

fn paint(program: &mut Program) {
    let tool = Some(Tool::Brush);
    run(program, Command::SetTool { tool });
    run(program, Command::Paint(PaintChange::Radius(4.0)));
    let (from, to) = (DVec2::new(200.0, 150.0), DVec2::new(230.0, 150.0));
    drag(program, PaneId::Axial, Button::Left, from, to, NONE);
    wait(program);
}

#[test]
fn a_watched_map_follows_its_file_and_keeps_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = watching(folder.path());
    let name = SegmentChange::Name("Tumour".to_owned());
    run(
        &mut program,
        Command::SetSegment {
            index: 1,
            label: 1,
            change: name,
        },
    );
    assert!(program.state().history.undo_name().is_some());
    // A name that is in no file would stand in the way: it is saved first, and that is no change of another's.
    let path = Some(folder.path().join("seg.nii"));
    run(&mut program, Command::SaveSegmentation { index: Some(1), path });
    wait(&mut program);
    std::thread::sleep(Duration::from_millis(1200));
    let (_, effects) = program.poll();
    assert!(effects.is_empty() && !says(&program, "was read again"));
    for threshold in [6, 2] {
        write_labels(folder.path(), threshold);
        let wanted = threshold * DIMS[1] * DIMS[2];
        assert!(until(&mut program, |program| count(program) == wanted), "{threshold}");
    }
    let (_, _, overlay) = overlays::over_shown(program.state()).next().unwrap();
    assert_eq!(overlay.table.segments[0].name, "Tumour");
    // What was done to the map before is about nothing any more.
    assert_eq!(program.state().history.undo_name(), None);
    assert!(says(&program, "was read again"));
    // Once it is watched no longer, nothing happens.
    wait(&mut program);
    run(&mut program, Command::Watch { index: 1, yes: false });
    write_labels(folder.path(), 5);
    std::thread::sleep(Duration::from_millis(1200));
    let (_, effects) = program.poll();
    assert!(effects.is_empty());
    assert_eq!(count(&program), 2 * DIMS[1] * DIMS[2]);
}

#[test]
fn what_was_painted_is_not_given_up_for_a_file_that_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = watching(folder.path());
    paint(&mut program);
    let painted = count(&program);
    write_labels(folder.path(), 6);
    assert!(until(&mut program, |program| says(program, "is not saved")));
    assert_eq!(count(&program), painted);
}

#[test]
fn the_steps_of_a_map_go_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = watching(folder.path());
    paint(&mut program);
    assert!(program.state().history.undo_name().is_some());
    run(&mut program, Command::Close { index: 1 });
    assert_eq!(program.state().history.undo_name(), None);
}

#[test]
fn a_file_that_is_broken_for_a_while_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = watching(folder.path());
    std::fs::write(folder.path().join("seg.nii"), b"half of it").unwrap();
    assert!(until(&mut program, |program| !program.state().messages.is_empty()));
    wait(&mut program);
    assert_eq!(count(&program), 4 * DIMS[1] * DIMS[2]);
    write_labels(folder.path(), 6);
    assert!(until(&mut program, |program| count(program) == 6 * DIMS[1] * DIMS[2]));
}

fn save(program: &mut Program, path: Option<&Path>) {
    let path = path.map(Path::to_owned);
    run(program, Command::SaveSegmentation { index: None, path });
    wait(program);
    assert!(!overlays::any_unsaved(program.state()));
}

#[test]
fn a_map_that_was_saved_becomes_an_image_and_a_map_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seg.nii");
    let mut program = watching(folder.path());
    paint(&mut program);
    save(&mut program, None);
    // What was 16 bits of a number is 8 now.
    let (_, entry, _) = overlays::over_shown(program.state()).next().unwrap();
    let painted = entry.volume().voxels.label_map(0).unwrap().to_dense();
    let name = entry.volume().series.description.clone();
    run(&mut program, Command::UseAsSegmentation { index: 1, yes: false });
    wait(&mut program);
    let shown = program.state().shown().unwrap();
    assert!(shown.volume().series.description.starts_with(&name));
    assert!(shown.overlay.is_none());
    let at = |n: usize| [n % DIMS[0], n / DIMS[0] % DIMS[1], n / (DIMS[0] * DIMS[1])];
    for (n, label) in painted.iter().enumerate() {
        assert_eq!(
            shown.volume().voxels.stored(at(n), 0, 0),
            Some(f64::from(*label)),
            "{n}"
        );
    }
    run(&mut program, Command::UseAsSegmentation { index: 1, yes: true });
    wait(&mut program);
    let before = count(&program);
    assert_eq!(before, painted.iter().filter(|label| **label == 1).count());
    run(
        &mut program,
        Command::WorkOnSegment {
            work: SegmentWork::Clear,
        },
    );
    wait(&mut program);
    save(&mut program, None);
    let mut again = program_on(&folder.path().join("one.nii"));
    open(&mut again, &path);
    assert_eq!((count(&program), count(&again)), (0, 0));
    let kept = std::fs::read(folder.path().join("seg.nii.bak")).unwrap();
    assert_eq!(
        kept.iter().rev().take(painted.len()).filter(|byte| **byte == 1).count(),
        before
    );
}

#[test]
fn a_map_that_was_saved_under_another_name_follows_that_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = watching(folder.path());
    let look = VolumeLook::Hidden;
    run(&mut program, Command::SetOverlayLook { index: 1, look });
    paint(&mut program);
    let painted = count(&program);
    save(&mut program, Some(&folder.path().join("mine.nii")));
    write_labels(folder.path(), 6);
    std::thread::sleep(Duration::from_millis(1200));
    let (_, effects) = program.poll();
    assert!(effects.is_empty());
    wait(&mut program);
    assert_eq!(count(&program), painted);
    run(&mut program, Command::Reload { index: 1 });
    wait(&mut program);
    assert_eq!(count(&program), painted);
    let (_, _, overlay) = overlays::over_shown(program.state()).next().unwrap();
    assert_eq!(overlay.look, look);
}

#[test]
fn who_paints_while_a_file_is_read_again_is_told_that_it_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = watching(folder.path());
    run(&mut program, Command::Watch { index: 1, yes: false });
    write_labels(folder.path(), 6);
    run(&mut program, Command::Reload { index: 1 });
    paint(&mut program);
    assert!(says(&program, "is not saved"));
    assert!(count(&program) > 4 * DIMS[1] * DIMS[2]);
    assert!(count(&program) < 6 * DIMS[1] * DIMS[2]);
}

#[test]
fn a_file_that_changed_before_it_was_painted_is_not_saved_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.seg.nrrd");
    let mut program = watching(folder.path());
    paint(&mut program);
    save(&mut program, Some(&path));
    // Nothing is painted until there is an image below.
    let mut program = program_on(&path);
    let file = std::fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(std::time::SystemTime::now() + Duration::from_secs(2))
        .unwrap();
    open(&mut program, &folder.path().join("one.nii"));
    run(&mut program, Command::Show { index: 1 });
    wait(&mut program);
    assert!(says(&program, "has changed since it was opened"));
    run(
        &mut program,
        Command::WorkOnSegment {
            work: SegmentWork::Clear,
        },
    );
    wait(&mut program);
    run(
        &mut program,
        Command::SaveSegmentation {
            index: None,
            path: None,
        },
    );
    wait(&mut program);
    assert!(says(&program, "another program has changed"));
    assert!(overlays::any_unsaved(program.state()));
}

#[test]
fn an_image_is_read_again_and_seen_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let mut program = program_on(&image);
    let window = Window {
        center: 300.0,
        width: 50.0,
        ..program.state().shown().unwrap().display.window.unwrap()
    };
    run(&mut program, Command::set_window(window));
    let grid = lps_grid(SPACING.map(|mm| mm as f32), ORIGIN.map(|mm| mm as f32));
    write_i16(folder.path(), "one.nii", DIMS, grid, |_, _, k| 7 * k as i16);
    run(&mut program, Command::Reload { index: 0 });
    wait(&mut program);
    let shown = program.state().shown().unwrap();
    assert_eq!(program.state().document.entries.len(), 1);
    assert_eq!(shown.volume().voxels.stored([3, 3, 2], 0, 0), Some(14.0));
    let now = shown.display.window.unwrap();
    assert_eq!((now.center, now.width), (300.0, 50.0));
    assert!(shown.histogram.as_ref().is_some_and(|counted| counted.is_complete));
}
