//! What the user is asked by the system's dialogs, and the pictures that come of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use isocenter::app::command::PictureStyle;
use isocenter::app::job::{Answer, JobId};
use isocenter::app::pane::PaneId;
use isocenter::app::state::Level;
use isocenter::app::tool::Tool;
use isocenter::app::{Choice, Command, Effect, Program};

const PATIENCE: Duration = Duration::from_secs(60);

fn asked(program: &mut Program, command: Command) -> (JobId, Choice) {
    match program.dispatch(command).as_slice() {
        [Effect::Choose { job, choice }] => (*job, *choice),
        others => panic!("expected one question, got {} effects", others.len()),
    }
}

fn wait(program: &mut Program) -> Vec<Effect> {
    let (has_ended, effects) = program.wait(PATIENCE);
    assert!(has_ended);
    effects
}

fn program() -> Program {
    Program::new(Arc::new(|| {}))
}

#[test]
fn what_was_chosen_is_opened_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("session.jsonl");
    let chosen = PathBuf::from("/nowhere/chosen.nii");
    let mut program = program();
    program.record_to(Box::new(std::fs::File::create(&record).unwrap()));
    let (job, choice) = asked(&mut program, Command::ChooseFiles);
    assert_eq!(choice, Choice::Files);
    assert_eq!(program.state().jobs.len(), 1);
    // One dialog at a time.
    assert!(program.dispatch(Command::ChooseFolder).is_empty());
    let open = Command::Open {
        paths: vec![chosen.clone()],
    };
    let answer = open.clone();
    program.answer_later(job, move || Answer::Do(Box::new(answer)));
    assert!(wait(&mut program).is_empty());
    // It was carried out: the file is not there, and that is said.
    let messages = &program.state().messages;
    assert!(
        messages.len() == 1 && messages[0].text.contains("/nowhere/chosen.nii"),
        "{messages:?}"
    );
    assert!(program.state().jobs.is_empty());
    let recorded: Vec<Command> = std::fs::read_to_string(&record)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(recorded, [open]);
}

#[test]
fn a_closed_dialog_does_nothing_and_a_missing_one_leads_to_the_path_field() {
    let mut program = program();
    let (job, _) = asked(&mut program, Command::ChooseFolder);
    program.answer_later(job, || Answer::Nothing);
    assert!(wait(&mut program).is_empty());
    assert!(program.state().messages.is_empty() && program.state().jobs.is_empty());

    let (job, _) = asked(&mut program, Command::ChooseFiles);
    program.answer_later(job, || Answer::NoDialog);
    assert!(matches!(wait(&mut program).as_slice(), [Effect::TypePath]));
    assert_eq!(program.state().messages.len(), 1);
}

#[test]
fn without_a_dialog_a_segmentation_is_saved_beside_its_image() {
    let (mut program, folder) = crate::driver::opened();
    crate::painting::take(&mut program, Tool::Brush);
    let at = glam::DVec2::new(200.0, 150.0);
    for is_again in [false, true] {
        crate::painting::stroke(&mut program, PaneId::Axial, at, at);
        let save = Command::ChooseSegmentationFile { index: None };
        let (job, choice) = asked(&mut program, save);
        let Choice::Segmentation(volume) = choice else {
            panic!("{choice:?}");
        };
        program.answer_later(job, move || Answer::NoDialogToSave(volume));
        wait(&mut program);
        // What has a file by then stays in it: nobody named another.
        assert!(folder.path().join("one_seg.nii.gz").exists());
        assert!(!folder.path().join("one_seg-2.nii.gz").exists());
        let has_error = |program: &Program| {
            let mut messages = program.state().messages.iter();
            messages.any(|message| message.level == Level::Error)
        };
        assert_eq!(has_error(&program), is_again);
    }
}

#[test]
fn an_answer_to_a_cancelled_question_is_stale() {
    let mut program = program();
    let (job, _) = asked(&mut program, Command::ChooseFiles);
    program.answer_later(job, || Answer::Do(Box::new(Command::OpenDemo)));
    assert!(matches!(program.dispatch(Command::CancelAll).as_slice(), []));
    assert!(wait(&mut program).is_empty());
    assert!(program.state().document.entries.is_empty() && program.state().jobs.is_empty());
}

#[test]
fn a_picture_is_written_or_the_reason_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program();
    let good = folder.path().join("pane.png");
    let bad = Path::new("/nowhere/pane.png").to_owned();
    for (path, level) in [(good.clone(), Level::Note), (bad, Level::Error)] {
        let save = Command::SavePicture {
            pane: PaneId::Axial,
            path: path.clone(),
            size: None,
            style: PictureStyle::default(),
        };
        assert!(
            matches!(program.dispatch(save).as_slice(), [Effect::SavePicture { path: asked, .. }] if *asked == path)
        );
        program.write_picture(path.clone(), [2, 1], vec![0, 0, 0, 255, 255, 255, 255, 255]);
        assert!(wait(&mut program).is_empty());
        let message = program.state().messages.last().unwrap();
        assert_eq!(message.level, level);
        assert!(message.text.contains(&path.display().to_string()));
    }
    assert!(std::fs::read(&good).unwrap().starts_with(b"\x89PNG"));
}
