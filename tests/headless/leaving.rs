//! Leaving work that is not saved: it is asked for, saved or kept, and never lost.

use std::path::Path;
use std::sync::Arc;

use glam::DVec2;
use isocenter::app::job::Answer;
use isocenter::app::leaving::{Leave, LeaveAnswer};
use isocenter::app::overlays;
use isocenter::app::painting::PaintChange;
use isocenter::app::pane::PaneId;
use isocenter::app::segment_work::SegmentWork;
use isocenter::app::tool::{Button, Modifiers, Tool};
use isocenter::app::{Choice, Command, Effect, Program};
use isocenter::io::home::Home;
use isocenter::io::journal;

use crate::driver::*;

const NONE: Modifiers = Modifiers {
    ctrl: false,
    shift: false,
    alt: false,
};

/// A program with something painted that is in no file.
fn painted(folder: &Path) -> Program {
    let image = write_volume(folder, "one.nii");
    let home = Home::at(folder.join("home"));
    let mut program = laid_out(Program::at_home(Arc::new(|| {}), home));
    open(&mut program, &image);
    paint(&mut program, 150.0);
    program
}

fn paint(program: &mut Program, y: f64) {
    let tool = Some(Tool::Brush);
    run(program, Command::SetTool { tool });
    run(program, Command::Paint(PaintChange::Radius(4.0)));
    let (from, to) = (DVec2::new(180.0, y), DVec2::new(210.0, y));
    drag(program, PaneId::Axial, Button::Left, from, to, NONE);
    wait(program);
}

fn save_to(program: &mut Program, path: &Path) {
    let path = Some(path.to_owned());
    run(program, Command::SaveSegmentation { index: None, path });
    wait(program);
}

fn labels(program: &Program) -> Vec<u16> {
    let (_, entry, _) = overlays::over_shown(program.state()).next().expect("a label map");
    entry.volume().voxels.label_map(0).unwrap().to_dense()
}

/// What comes back of a command and of the jobs that it began.
fn effects_of(program: &mut Program, command: Command) -> Vec<Effect> {
    let mut effects = program.dispatch(command);
    effects.extend(program.wait(std::time::Duration::from_secs(20)).1);
    effects
}

fn quits(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Quit))
}

#[test]
fn nothing_is_asked_where_everything_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = painted(folder.path());
    save_to(&mut program, &folder.path().join("seg.nii.gz"));
    assert!(quits(&effects_of(&mut program, Command::Leave(Leave::Quit))));
    assert!(
        !effects_of(&mut program, Command::Leave(Leave::CloseAll))
            .iter()
            .any(|it| matches!(it, Effect::Quit))
    );
    assert!(program.state().document.entries.is_empty());
}

#[test]
fn who_stays_has_lost_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = painted(folder.path());
    let before = labels(&program);
    for how in [Leave::Quit, Leave::CloseAll, Leave::Close(1)] {
        assert!(!quits(&effects_of(&mut program, Command::Leave(how))));
        assert!(program.state().leaving.is_some());
        assert!(!quits(&effects_of(
            &mut program,
            Command::AnswerLeaving(LeaveAnswer::Stay)
        )));
        assert!(program.state().leaving.is_none());
        assert_eq!(labels(&program), before);
    }
    // The image alone can be closed: its segmentation stays.
    assert!(effects_of(&mut program, Command::Leave(Leave::Close(0))).is_empty());
    assert_eq!(program.state().document.entries.len(), 1);
}

#[test]
fn what_is_saved_first_is_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = painted(folder.path());
    let path = folder.path().join("seg.nii.gz");
    save_to(&mut program, &path);
    paint(&mut program, 120.0);
    let wanted = labels(&program);
    assert!(!quits(&effects_of(&mut program, Command::Leave(Leave::Quit))));
    assert!(quits(&effects_of(
        &mut program,
        Command::AnswerLeaving(LeaveAnswer::Save)
    )));
    let mut again = program_on(&folder.path().join("one.nii"));
    open(&mut again, &path);
    assert_eq!(labels(&again), wanted);
}

#[test]
fn where_a_file_has_to_be_chosen_it_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    for chosen in [Some("seg.nii"), None] {
        let mut program = painted(folder.path());
        effects_of(&mut program, Command::Leave(Leave::CloseAll));
        let effects = program.dispatch(Command::AnswerLeaving(LeaveAnswer::Save));
        let asked = effects.iter().find_map(|effect| match effect {
            Effect::Choose {
                job,
                choice: Choice::Segmentation(volume),
            } => Some((*job, *volume)),
            _ => None,
        });
        let (job, volume) = asked.expect("a dialog");
        assert_eq!(program.state().document.entries.len(), 2, "nothing is closed yet");
        let path = chosen.map(|name| folder.path().join(name));
        let answer = path
            .clone()
            .map_or(Answer::Nothing, |path| Answer::SaveTo { volume, path });
        program.answer_later(job, move || answer);
        wait(&mut program);
        assert!(program.state().leaving.is_none());
        match path {
            Some(path) => {
                assert!(path.is_file());
                assert!(program.state().document.entries.is_empty());
            }
            None => assert_eq!(
                program.state().document.entries.len(),
                2,
                "the dialog was closed: it stays"
            ),
        }
    }
}

#[test]
fn what_cannot_be_saved_is_not_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = painted(folder.path());
    let path = folder.path().join("seg.nii.gz");
    save_to(&mut program, &path);
    std::fs::write(&path, b"somebody else's").unwrap();
    paint(&mut program, 120.0);
    let before = labels(&program);
    effects_of(&mut program, Command::Leave(Leave::Quit));
    assert!(!quits(&effects_of(
        &mut program,
        Command::AnswerLeaving(LeaveAnswer::Save)
    )));
    assert!(program.state().leaving.is_none());
    assert_eq!(labels(&program), before);
}

#[test]
fn what_is_kept_is_offered_at_once_and_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = painted(folder.path());
    let wanted = labels(&program);
    effects_of(&mut program, Command::Leave(Leave::CloseAll));
    effects_of(&mut program, Command::AnswerLeaving(LeaveAnswer::Keep));
    assert!(program.state().document.entries.is_empty());
    assert_eq!(program.state().left_work.len(), 1);
    run(&mut program, Command::RecoverWork { index: 0 });
    wait(&mut program);
    assert_eq!(labels(&program), wanted);
    effects_of(&mut program, Command::Leave(Leave::Quit));
    assert!(quits(&effects_of(
        &mut program,
        Command::AnswerLeaving(LeaveAnswer::Keep)
    )));
    drop(program);
    let home = Home::at(folder.path().join("home"));
    let mut next = laid_out(Program::at_home(Arc::new(|| {}), home));
    wait(&mut next);
    assert_eq!(next.state().left_work.len(), 1);
    run(&mut next, Command::RecoverWork { index: 0 });
    wait(&mut next);
    assert_eq!(labels(&next), wanted);
}

fn work(program: &mut Program, is_preview: bool) {
    let work = SegmentWork::Margin { mm: 3.0 };
    run(
        program,
        if is_preview {
            Command::PreviewWork { work }
        } else {
            Command::WorkOnSegment { work }
        },
    );
}

#[test]
fn work_that_is_under_way_is_waited_for_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seg.nii.gz");
    for is_patient in [false, true] {
        let mut program = painted(folder.path());
        save_to(&mut program, &path);
        let before = labels(&program);
        work(&mut program, false);
        assert!(program.dispatch(Command::Leave(Leave::Quit)).is_empty());
        assert!(program.state().leaving.is_some(), "it is asked for");
        let answer = Command::AnswerLeaving(LeaveAnswer::Save);
        let effects = if is_patient {
            wait(&mut program);
            assert!(program.state().leaving.is_some(), "what came of it is not saved");
            effects_of(&mut program, answer)
        } else {
            effects_of(&mut program, answer)
        };
        assert!(quits(&effects));
        let grown = labels(&program);
        assert_ne!(before, grown);
        let mut again = program_on(&folder.path().join("one.nii"));
        open(&mut again, &path);
        assert_eq!(labels(&again), grown);
    }
}

#[test]
fn what_is_only_shown_is_not_dropped_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = painted(folder.path());
    save_to(&mut program, &folder.path().join("seg.nii.gz"));
    let before = labels(&program);
    work(&mut program, true);
    wait(&mut program);
    for answer in [LeaveAnswer::Stay, LeaveAnswer::Save] {
        assert!(program.state().preview.is_some());
        assert!(!quits(&effects_of(&mut program, Command::Leave(Leave::Quit))));
        let effects = effects_of(&mut program, Command::AnswerLeaving(answer));
        assert_eq!(quits(&effects), answer == LeaveAnswer::Save);
    }
    assert!(program.state().preview.is_none());
    assert_eq!(labels(&program), before);
}

#[test]
fn what_is_closed_meanwhile_changes_nothing_of_what_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seg.nii");
    for is_gone in [false, true] {
        let mut program = painted(folder.path());
        let wanted = labels(&program);
        let other = write_volume(folder.path(), "two.nii");
        open(&mut program, &other);
        run(&mut program, Command::Show { index: 0 });
        wait(&mut program);
        effects_of(&mut program, Command::Leave(Leave::Close(1)));
        let effects = program.dispatch(Command::AnswerLeaving(LeaveAnswer::Save));
        let [Effect::Choose { job, choice }] = effects[..] else {
            panic!("no dialog");
        };
        let Choice::Segmentation(volume) = choice else {
            panic!("{choice:?}");
        };
        let index = usize::from(is_gone);
        assert!(program.dispatch(Command::Close { index }).is_empty());
        let answer = Answer::SaveTo {
            volume,
            path: path.clone(),
        };
        program.answer_later(job, move || answer);
        wait(&mut program);
        assert!(program.state().leaving.is_none());
        let entries = &program.state().document.entries;
        assert_eq!(entries.len(), 1 + usize::from(is_gone));
        assert!(
            entries.iter().all(|entry| entry.overlay.is_none()),
            "it is closed and no other"
        );
        if is_gone {
            let said = program.state().messages.last().map(|said| said.text.clone());
            assert!(said.is_some_and(|said| said.contains("was closed meanwhile")));
        } else {
            let mut again = program_on(&folder.path().join("one.nii"));
            open(&mut again, &path);
            assert_eq!(labels(&again), wanted);
            std::fs::remove_file(&path).unwrap();
        }
        assert!(!is_gone || !path.exists());
    }
}

#[test]
fn what_cannot_be_kept_is_said_once_and_tried_now_and_then() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("data"), b"no folder").unwrap();
    let mut program = painted(folder.path());
    run(&mut program, Command::NewSegmentation);
    // It comes to rest with two of them.
    paint(&mut program, 150.0);
    assert!(!program.state().can_keep_work());
    let said = program.state().messages.iter();
    assert_eq!(said.filter(|said| said.text.contains("cannot be kept safe")).count(), 1);
    // There is room again at the last moment.
    std::fs::remove_file(home.join("data")).unwrap();
    drop(program);
    assert_eq!(journal::left(&Home::at(home)).len(), 2);
}
