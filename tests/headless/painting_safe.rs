//! What is painted is never lost: saving, the journal, and what is left behind.

use std::path::Path;
use std::sync::Arc;

use glam::DVec2;
use isocenter::app::overlays::{self, SegmentChange};
use isocenter::app::painting::PaintChange;
use isocenter::app::pane::PaneId;
use isocenter::app::tool::{Button, Modifiers, PointerAction, Tool};
use isocenter::app::{Command, Program};
use isocenter::io::home::Home;
use isocenter::io::journal;

use crate::dicom_builder::CtSeries;
use crate::driver::*;
use crate::painting_killed::place;

pub const NONE: Modifiers = Modifiers {
    ctrl: false,
    shift: false,
    alt: false,
};

fn at_home(home: &Path, image: &Path) -> Program {
    let mut program = laid_out(Program::at_home(Arc::new(|| {}), Home::at(home)));
    open(&mut program, image);
    program
}

fn paint(program: &mut Program, from: DVec2, to: DVec2) {
    run(
        program,
        Command::SetTool {
            tool: Some(Tool::Brush),
        },
    );
    run(program, Command::Paint(PaintChange::Radius(4.0)));
    drag(program, PaneId::Axial, Button::Left, from, to, NONE);
    wait(program);
}

pub fn labels(program: &Program) -> Vec<u16> {
    let (_, entry, _) = overlays::over_shown(program.state()).next().expect("a label map");
    entry
        .volume()
        .voxels
        .label_map(0)
        .expect("it can be painted")
        .to_dense()
}

fn save(program: &mut Program, path: &Path) {
    let path = Some(path.to_owned());
    run(program, Command::SaveSegmentation { index: None, path });
    wait(program);
}

fn texts(program: &Program) -> String {
    let all: Vec<&str> = program.state().messages.iter().map(|said| said.text.as_str()).collect();
    all.join("\n")
}

pub fn at(x: f64, y: f64) -> DVec2 {
    DVec2::new(x, y)
}

fn journals(home: &Path) -> Vec<journal::Left> {
    journal::left(&Home::at(home))
}

#[test]
fn a_saved_segmentation_is_there_again_and_what_it_replaced_is_kept() {
    let (mut program, folder) = opened();
    let path = folder.path().join("seg.nii.gz");
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    assert!(overlays::any_unsaved(program.state()));
    save(&mut program, &path);
    assert!(!overlays::any_unsaved(program.state()), "{}", texts(&program));
    let first = (std::fs::read(&path).unwrap(), labels(&program));
    paint(&mut program, at(190.0, 130.0), at(210.0, 160.0));
    assert!(overlays::any_unsaved(program.state()));
    run(
        &mut program,
        Command::SaveSegmentation {
            index: None,
            path: None,
        },
    );
    wait(&mut program);
    assert_eq!(std::fs::read(folder.path().join("seg.nii.gz.bak")).unwrap(), first.0);
    let second = labels(&program);
    assert_ne!(first.1, second);
    let mut again = program_on(&folder.path().join("one.nii"));
    open(&mut again, &path);
    assert_eq!(labels(&again), second);
    let (_, _, overlay) = overlays::over_shown(again.state()).next().unwrap();
    assert_eq!(overlay.table.segments[0].name, "Label 1");
}

#[test]
fn a_file_that_another_program_changed_is_not_touched() {
    let (mut program, folder) = opened();
    let path = folder.path().join("seg.nii");
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    save(&mut program, &path);
    let other = b"something else".to_vec();
    std::fs::write(&path, &other).unwrap();
    paint(&mut program, at(180.0, 130.0), at(210.0, 140.0));
    save(&mut program, &path);
    assert_eq!(std::fs::read(&path).unwrap(), other);
    assert!(
        texts(&program).contains("another program has changed"),
        "{}",
        texts(&program)
    );
    assert!(overlays::any_unsaved(program.state()));
}

#[test]
fn what_cannot_be_saved_is_said_and_stays_unsaved() {
    let (mut program, folder) = opened();
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    for name in ["seg.txt", "missing/seg.nii"] {
        save(&mut program, &folder.path().join(name));
        assert!(overlays::any_unsaved(program.state()), "{name}");
        assert!(!folder.path().join(name).exists());
    }
}

#[test]
fn work_that_was_not_saved_is_offered_and_comes_back_whole() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let mut program = at_home(home.path(), &image);
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    paint(&mut program, at(100.0, 100.0), at(210.0, 110.0));
    run(&mut program, Command::Undo);
    wait(&mut program);
    let painted = labels(&program);
    assert!(journals(home.path()).is_empty(), "it is not left behind yet");
    drop(program);
    let mut next = Program::at_home(Arc::new(|| {}), Home::at(home.path()));
    wait(&mut next);
    assert_eq!(next.state().left_work.len(), 1, "{}", texts(&next));
    run(&mut next, Command::RecoverWork { index: 0 });
    wait(&mut next);
    assert_eq!(labels(&next), painted, "its image is opened with it");
    assert!(next.state().left_work.is_empty());
    // It goes on in the same journal until it is saved; then there is nothing left.
    let mut next = laid_out(next);
    paint(&mut next, at(100.0, 100.0), at(210.0, 110.0));
    let painted = labels(&next);
    drop(next);
    let mut third = Program::at_home(Arc::new(|| {}), Home::at(home.path()));
    wait(&mut third);
    run(&mut third, Command::RecoverWork { index: 0 });
    wait(&mut third);
    assert_eq!(labels(&third), painted);
    save(&mut third, &folder.path().join("seg.nii.gz"));
    drop(third);
    assert!(journals(home.path()).is_empty());
}

#[test]
fn work_can_be_thrown_away() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let mut program = at_home(home.path(), &image);
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    drop(program);
    let mut next = Program::at_home(Arc::new(|| {}), Home::at(home.path()));
    wait(&mut next);
    run(&mut next, Command::DiscardWork { index: 0 });
    assert!(journals(home.path()).is_empty());
}

#[test]
fn every_format_that_holds_labels_brings_them_back_with_their_names() {
    for name in ["seg.nii.gz", "seg.nii", "seg.seg.nrrd", "seg.nrrd", "seg.mha"] {
        let (mut program, folder) = opened();
        let path = folder.path().join(name);
        paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
        let liver = SegmentChange::Name("liver".to_owned());
        let rename = |change| Command::SetSegment {
            index: 1,
            label: 1,
            change,
        };
        run(&mut program, rename(liver));
        run(&mut program, rename(SegmentChange::Color([10, 200, 30])));
        save(&mut program, &path);
        assert!(!overlays::any_unsaved(program.state()), "{name}: {}", texts(&program));
        let mut again = program_on(&folder.path().join("one.nii"));
        open(&mut again, &path);
        assert_eq!(labels(&again), labels(&program), "{name}");
        let (index, _, overlay) = overlays::over_shown(again.state()).next().unwrap();
        let segment = &overlay.table.segments[0];
        assert_eq!(
            (segment.name.as_str(), segment.color),
            ("liver", [10, 200, 30]),
            "{name}"
        );
        // What is saved once more from there is the same again, and the one before is kept.
        run(
            &mut again,
            Command::SetSegment {
                index,
                label: 1,
                change: SegmentChange::Name("spleen".to_owned()),
            },
        );
        run(
            &mut again,
            Command::SaveSegmentation {
                index: Some(index),
                path: None,
            },
        );
        wait(&mut again);
        assert!(!overlays::any_unsaved(again.state()), "{name}: {}", texts(&again));
        assert!(folder.path().join(format!("{name}.bak")).exists(), "{name}");
        let mut third = program_on(&folder.path().join("one.nii"));
        open(&mut third, &path);
        let (_, _, overlay) = overlays::over_shown(third.state()).next().unwrap();
        assert_eq!(overlay.table.segments[0].name, "spleen", "{name}");
        let left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
            .filter(|name| name.ends_with(".tmp"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn a_save_that_fails_leaves_both_files_as_they_were() {
    let (mut program, folder) = opened();
    let path = folder.path().join("seg.nii");
    for _ in 0..2 {
        paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
        save(&mut program, &path);
        run(&mut program, Command::Undo);
    }
    let before = [path.clone(), folder.path().join("seg.nii.bak")].map(|file| std::fs::read(file).unwrap());
    // Nothing can take the name of a folder with something in it.
    let occupied = folder.path().join("other.nii");
    std::fs::create_dir(&occupied).unwrap();
    std::fs::write(occupied.join("x"), b"x").unwrap();
    paint(&mut program, at(100.0, 150.0), at(110.0, 160.0));
    save(&mut program, &occupied);
    assert!(overlays::any_unsaved(program.state()));
    let after = [path, folder.path().join("seg.nii.bak")].map(|file| std::fs::read(file).unwrap());
    assert!(before == after);
}

#[test]
fn recovered_work_still_knows_whether_its_file_was_changed() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let path = folder.path().join("seg.nii");
    let mut program = at_home(home.path(), &image);
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    save(&mut program, &path);
    paint(&mut program, at(180.0, 130.0), at(210.0, 140.0));
    drop(program);
    std::fs::write(&path, b"another program's").unwrap();
    let mut next = Program::at_home(Arc::new(|| {}), Home::at(home.path()));
    wait(&mut next);
    run(&mut next, Command::RecoverWork { index: 0 });
    wait(&mut next);
    run(
        &mut next,
        Command::SaveSegmentation {
            index: None,
            path: None,
        },
    );
    wait(&mut next);
    assert_eq!(std::fs::read(&path).unwrap(), b"another program's");
    assert!(texts(&next).contains("another program has changed"), "{}", texts(&next));
}

/// A program that is killed between writing a file and noting that is no other program.
#[test]
fn work_that_its_file_has_already_can_be_saved() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let path = folder.path().join("seg.nii");
    let mut program = at_home(home.path(), &image);
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    save(&mut program, &path);
    paint(&mut program, at(180.0, 130.0), at(210.0, 140.0));
    drop(program);
    let mut other = program_on(&image);
    paint(&mut other, at(180.0, 150.0), at(210.0, 160.0));
    paint(&mut other, at(180.0, 130.0), at(210.0, 140.0));
    save(&mut other, &path);
    let mut next = Program::at_home(Arc::new(|| {}), Home::at(home.path()));
    wait(&mut next);
    run(&mut next, Command::RecoverWork { index: 0 });
    wait(&mut next);
    assert_eq!(labels(&next), labels(&other));
    let own = Command::SaveSegmentation {
        index: None,
        path: None,
    };
    run(&mut next, own);
    wait(&mut next);
    assert!(!overlays::any_unsaved(next.state()), "{}", texts(&next));
}

#[test]
fn what_was_taken_back_is_no_work_that_was_left_behind() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let mut program = at_home(home.path(), &image);
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    assert_eq!(kept(home.path()), 1);
    run(&mut program, Command::Undo);
    wait(&mut program);
    assert_eq!(kept(home.path()), 0);
    run(&mut program, Command::Redo);
    wait(&mut program);
    save(&mut program, &folder.path().join("seg.nii"));
    assert_eq!(kept(home.path()), 0);
    let begin = PointerAction::Press(Button::Left);
    pointer(&mut program, PaneId::Axial, begin, at(180.0, 130.0), NONE);
    pointer(&mut program, PaneId::Axial, PointerAction::Move, at(210.0, 130.0), NONE);
    wait(&mut program);
    assert_eq!(kept(home.path()), 1);
    run(&mut program, Command::CancelGesture);
    wait(&mut program);
    assert_eq!(kept(home.path()), 0);
}

/// How many journals there are, those of running programs too.
fn kept(home: &Path) -> usize {
    std::fs::read_dir(home.join("data").join("journal")).map_or(0, Iterator::count)
}

#[test]
fn the_last_strokes_before_the_end_are_kept_too() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let mut program = at_home(home.path(), &image);
    run(
        &mut program,
        Command::SetTool {
            tool: Some(Tool::Brush),
        },
    );
    for n in 0..12 {
        // Nobody waits for what is being written.
        drag(&mut program, PaneId::Axial, Button::Left, place(n), place(n), NONE);
    }
    let painted = labels(&program);
    drop(program);
    let mut next = Program::at_home(Arc::new(|| {}), Home::at(home.path()));
    wait(&mut next);
    assert_eq!(next.state().left_work.len(), 1);
    run(&mut next, Command::RecoverWork { index: 0 });
    wait(&mut next);
    assert_eq!(labels(&next), painted);
}

/// A segmentation names the series that it was painted on, its patient and its images, so that any program finds them.
#[test]
fn a_dicom_segmentation_names_the_series_below_it() {
    use dicom_dictionary_std::tags;
    let folder = tempfile::tempdir().unwrap();
    CtSeries::new(5).write(folder.path());
    let mut program = program_on(folder.path());
    let series = program.state().shown().unwrap().volume().series.series_uid.clone();
    assert!(!series.is_empty());
    paint(&mut program, at(190.0, 150.0), at(210.0, 160.0));
    let path = folder.path().join("seg.dcm");
    save(&mut program, &path);
    assert!(!overlays::any_unsaved(program.state()), "{}", texts(&program));
    let written = dicom_object::open_file(&path).unwrap();
    let referenced = written.element(tags::REFERENCED_SERIES_SEQUENCE).unwrap();
    let item = &referenced.items().unwrap()[0];
    assert_eq!(
        item.element(tags::SERIES_INSTANCE_UID)
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches('\0'),
        series
    );
    let images = item.element(tags::REFERENCED_INSTANCE_SEQUENCE).unwrap();
    assert!(!images.items().unwrap().is_empty());
}

#[test]
fn the_series_is_opened_again_with_the_work_and_not_one_file_of_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    CtSeries::new(5).write(folder.path());
    let mut program = at_home(home.path(), folder.path());
    let dims = program.state().shown().unwrap().volume().dims();
    assert!(dims[2] > 1);
    paint(&mut program, at(190.0, 150.0), at(210.0, 160.0));
    drop(program);
    let mut next = Program::at_home(Arc::new(|| {}), Home::at(home.path()));
    wait(&mut next);
    run(&mut next, Command::RecoverWork { index: 0 });
    wait(&mut next);
    assert_eq!(next.state().shown().unwrap().volume().dims(), dims);
    assert!(overlays::over_shown(next.state()).next().is_some());
}

#[test]
fn work_comes_back_over_its_own_image_though_others_in_the_folder_look_like_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.nii", "two.nii"] {
        write_volume(folder.path(), name);
    }
    let shown = |program: &Program| program.state().shown().unwrap().volume().series.description.clone();
    for names in [&[""][..], &["one.nii", "two.nii"][..]] {
        let mut program = laid_out(Program::at_home(Arc::new(|| {}), Home::at(home.path())));
        let paths = names.iter().map(|name| folder.path().join(name)).collect();
        run(&mut program, Command::Open { paths });
        wait(&mut program);
        let entries = &program.state().document.entries;
        let index = entries
            .iter()
            .position(|entry| entry.volume().series.description == "two");
        run(&mut program, Command::Show { index: index.unwrap() });
        wait(&mut program);
        assert_eq!(shown(&program), "two");
        paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
        drop(program);
        // Whatever is shown: nothing at all, or the other image.
        for is_other_shown in [false, true] {
            let mut next = laid_out(Program::at_home(Arc::new(|| {}), Home::at(home.path())));
            wait(&mut next);
            if is_other_shown {
                open(&mut next, &folder.path().join("one.nii"));
                assert_eq!(shown(&next), "one");
            }
            run(&mut next, Command::RecoverWork { index: 0 });
            wait(&mut next);
            assert_eq!(shown(&next), "two", "{names:?}");
            assert!(overlays::over_shown(next.state()).next().is_some());
        }
        for left in journals(home.path()) {
            journal::discard(&left.path).unwrap();
        }
    }
}

#[test]
fn what_dicom_cannot_hold_is_said_once() {
    let (mut program, folder) = opened();
    paint(&mut program, at(180.0, 150.0), at(210.0, 160.0));
    run(&mut program, Command::AddSegment { index: 1 });
    paint(&mut program, at(180.0, 130.0), at(210.0, 140.0));
    run(&mut program, Command::RemoveSegment { index: 1, label: 1 });
    for count in 1..3 {
        save(&mut program, &folder.path().join("seg.dcm"));
        assert!(!overlays::any_unsaved(program.state()), "{}", texts(&program));
        paint(&mut program, at(180.0, 110.0), at(200.0 + f64::from(count), 110.0));
    }
    assert_eq!(texts(&program).matches("numbered from 1").count(), 1);
}
