//! Lists of cases: which mask belongs to which image, and working through them.

use std::path::Path;
use std::sync::Arc;

use glam::DVec2;
use isocenter::app::cases::{CaseChange, CaseStatus};
use isocenter::app::leaving::LeaveAnswer;
use isocenter::app::overlays;
use isocenter::app::painting::{self, PaintChange};
use isocenter::app::pane::PaneId;
use isocenter::app::tool::{Button, Modifiers, Tool};
use isocenter::app::{Command, Effect, Program};
use isocenter::io::cases::{self, CaseList};
use isocenter::io::home::Home;

use crate::driver::*;

const NONE: Modifiers = Modifiers {
    ctrl: false,
    shift: false,
    alt: false,
};

fn touch(folder: &Path, names: &[&str]) {
    for name in names {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"").unwrap();
    }
}

/// Images and masks of a list, as paths from its folder.
fn pairs(list: &CaseList, folder: &Path) -> Vec<(String, String)> {
    let short = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
    let pair = |case: &cases::Case| {
        let mask = case.mask.as_ref().map_or(String::new(), |mask| short(mask));
        (short(&case.image), mask)
    };
    list.cases.iter().map(pair).collect()
}

fn expected(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(image, mask): &(&str, &str)| ((*image).to_owned(), (*mask).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn masks_beside_images_are_found_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "p10.nii.gz",
        "p10_seg.nii.gz",
        "p2.nii.gz",
        "P2-Mask.nii",
        "p3.nrrd",
        "p3.seg.nrrd",
        "desegmented.nii",
        "notes.txt",
        ".hidden.nii",
    ];
    touch(folder.path(), &names);
    let list = cases::read(folder.path()).unwrap();
    let found = pairs(&list, folder.path());
    let wanted = [
        ("desegmented.nii", ""),
        ("p2.nii.gz", ""),
        ("p3.nrrd", "p3.seg.nrrd"),
        ("p10.nii.gz", "p10_seg.nii.gz"),
    ];
    assert_eq!(found, expected(&wanted), "a name in other letters is another name");
    assert_eq!(list.file, folder.path().join("cases.csv"));
}

#[test]
fn two_folders_and_a_folder_for_each_case_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "imagesTr/liver_1_0000.nii.gz",
        "imagesTr/liver_1_0001.nii.gz",
        "imagesTr/liver_2_0000.nii.gz",
        "labelsTr/liver_1.nii.gz",
        "imagesTs/liver_9_0000.nii.gz",
    ];
    touch(folder.path(), &names);
    let found = pairs(&cases::read(folder.path()).unwrap(), folder.path());
    let wanted = [
        ("imagesTr/liver_1_0000.nii.gz", "labelsTr/liver_1.nii.gz"),
        ("imagesTr/liver_2_0000.nii.gz", ""),
        ("imagesTs/liver_9_0000.nii.gz", ""),
    ];
    assert_eq!(found, expected(&wanted));

    let folder = tempfile::tempdir().unwrap();
    let names = [
        "b/image.nii",
        "b/label.nii",
        "a/IM0001",
        "a/IM0002",
        "a/mask.nii.gz",
        "c/.nothing",
    ];
    touch(folder.path(), &names);
    let found = pairs(&cases::read(folder.path()).unwrap(), folder.path());
    assert_eq!(
        found,
        expected(&[("a", "a/mask.nii.gz"), ("b/image.nii", "b/label.nii")])
    );
}

#[test]
fn a_table_keeps_what_else_stands_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("work.csv");
    let text = "Age;Scan;Seg;Status;Note\n61;a.nii;a_seg.nii;done;\"one; two\"\n;/abs/b.nii;;;\n";
    std::fs::write(&file, text).unwrap();
    let list = cases::read(&file).unwrap();
    assert_eq!(list.cases.len(), 2);
    assert_eq!(list.cases[0].status, CaseStatus::Done);
    assert_eq!(list.cases[0].mask, Some(folder.path().join("a_seg.nii")));
    assert_eq!(list.cases[1].image, Path::new("/abs/b.nii"));
    let mut second = list.cases[1].clone();
    second.status = CaseStatus::Review;
    second.mask = Some(folder.path().join("masks/b.nii"));
    // Another program has written meanwhile.
    std::fs::write(&file, text.replace("61", "62")).unwrap();
    cases::write(&list, &[second.clone()]).unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    let expected = "Age;Scan;Seg;Status;Note\n62;a.nii;a_seg.nii;done;\"one; two\"\n;/abs/b.nii;masks/b.nii;review;\n";
    assert_eq!(written, expected);
    assert_eq!(cases::read(&file).unwrap().cases[1], second);
}

#[test]
fn a_table_without_titles_gets_them_with_the_first_state() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("work.csv");
    std::fs::write(&file, "a.nii\nb.nii\n").unwrap();
    let list = cases::read(&file).unwrap();
    let mut first = list.cases[0].clone();
    first.status = CaseStatus::Done;
    cases::write(&list, &[first]).unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written, "image,status\na.nii,done\nb.nii\n");
    let again = cases::read(&file).unwrap();
    assert_eq!(
        again.cases.iter().map(|case| case.status).collect::<Vec<_>>(),
        [CaseStatus::Done, CaseStatus::Open]
    );
}

#[test]
fn what_is_no_list_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let binary = folder.path().join("binary.csv");
    std::fs::write(&binary, [0xff, 0xfe, 0, 1, b'\n', 0xff]).unwrap();
    let nothing = folder.path().join("nothing.csv");
    std::fs::write(&nothing, "image,mask\n,\n").unwrap();
    for path in [empty, binary, nothing, folder.path().join("absent.csv")] {
        let why = cases::read(&path).unwrap_err();
        assert!(why.starts_with("cannot open ") && why.contains(": "), "{why}");
    }
}

fn cases_of(program: &Program) -> &isocenter::app::cases::Cases {
    program.state().cases.as_ref().expect("a list of cases")
}

fn ask(program: &mut Program, change: CaseChange) {
    run(program, Command::Cases(change));
    wait(program);
}

fn paint(program: &mut Program, from: DVec2) {
    let tool = Some(Tool::Brush);
    run(program, Command::SetTool { tool });
    run(program, Command::Paint(PaintChange::Radius(3.0)));
    drag(
        program,
        PaneId::Axial,
        Button::Left,
        from,
        from + DVec2::new(20.0, 5.0),
        NONE,
    );
    wait(program);
}

fn labels(program: &Program) -> Option<Vec<u16>> {
    let (_, entry, _) = overlays::over_shown(program.state()).next()?;
    Some(entry.volume().voxels.label_map(0)?.to_dense())
}

fn table(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("cases.csv")).unwrap()
}

#[test]
fn going_through_the_cases_saves_each() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.nii", "two.nii", "three.nii"] {
        write_volume(folder.path(), name);
    }
    let mut program = empty_program();
    let path = folder.path().to_owned();
    ask(&mut program, CaseChange::Open { path });
    // In the order of their names: one, three, two.
    assert_eq!(cases_of(&program).current, Some(0));
    assert_eq!(cases_of(&program).list.cases[1].name(), "three");
    assert_eq!(labels(&program), None);
    paint(&mut program, DVec2::new(180.0, 150.0));
    let first = labels(&program).unwrap();
    assert!(first.iter().any(|label| *label > 0));
    ask(&mut program, CaseChange::DoneAndNext);
    assert_eq!(cases_of(&program).current, Some(1));
    assert!(folder.path().join("one_seg.nii.gz").is_file());
    assert_eq!(labels(&program), None, "nothing of the last case is left");
    assert_eq!(
        table(folder.path()),
        "image,mask,status\none.nii,one_seg.nii.gz,done\nthree.nii,,open\ntwo.nii,,open\n"
    );
    // Nothing was painted here: nothing is written.
    ask(&mut program, CaseChange::Step(1));
    assert_eq!(cases_of(&program).current, Some(2));
    assert!(!folder.path().join("three_seg.nii.gz").exists());
    // Back in the first one the mask is there, and is painted on.
    ask(&mut program, CaseChange::Go(0));
    assert_eq!(labels(&program).unwrap(), first);
    paint(&mut program, DVec2::new(200.0, 110.0));
    let second = labels(&program).unwrap();
    assert_ne!(first, second);
    ask(
        &mut program,
        CaseChange::Mark {
            index: Some(2),
            status: CaseStatus::Review,
        },
    );
    ask(&mut program, CaseChange::DoneAndNext);
    assert_eq!(cases_of(&program).current, Some(1));
    ask(&mut program, CaseChange::DoneAndNext);
    assert_eq!(cases_of(&program).current, Some(2));
    paint(&mut program, DVec2::new(180.0, 150.0));
    ask(&mut program, CaseChange::DoneAndNext);
    let said = &program.state().messages;
    assert!(said.iter().any(|said| said.text == "All cases are done"), "{said:?}");
    assert_eq!(cases_of(&program).done(), 3);
    assert!(!overlays::any_unsaved(program.state()));
    // Another day: everything is as it was left, and the list knows it.
    let mut again = empty_program();
    let path = folder.path().to_owned();
    ask(&mut again, CaseChange::Open { path });
    assert_eq!(cases_of(&again).done(), 3);
    ask(&mut again, CaseChange::Go(0));
    assert_eq!(labels(&again).unwrap(), second);
    let mask = cases_of(&again).list.cases[0].mask.clone();
    assert_eq!(mask, Some(folder.path().join("one_seg.nii.gz")));
}

#[test]
fn a_case_is_done_though_something_else_is_asked_for_while_it_is_saved() {
    let folder = images(&["one.nii", "two.nii"]);
    let mut program = empty_program();
    let path = folder.path().to_owned();
    ask(&mut program, CaseChange::Open { path });
    paint(&mut program, DVec2::new(180.0, 150.0));
    // The mask is still being written when the next command comes.
    run(&mut program, Command::Cases(CaseChange::DoneAndNext));
    ask(&mut program, CaseChange::Step(1));
    assert_eq!(cases_of(&program).current, Some(1));
    assert_eq!(cases_of(&program).done(), 1);
    assert!(folder.path().join("one_seg.nii.gz").is_file());
}

#[test]
fn a_case_that_cannot_be_saved_stays_open() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.nii", "two.nii"] {
        write_volume(folder.path(), name);
    }
    let mut program = empty_program();
    let path = folder.path().to_owned();
    ask(&mut program, CaseChange::Open { path });
    paint(&mut program, DVec2::new(180.0, 150.0));
    ask(&mut program, CaseChange::Step(1));
    ask(&mut program, CaseChange::Step(-1));
    std::fs::write(folder.path().join("one_seg.nii.gz"), b"somebody else's").unwrap();
    paint(&mut program, DVec2::new(200.0, 110.0));
    let painted = labels(&program);
    for change in [CaseChange::Step(1), CaseChange::DoneAndNext] {
        ask(&mut program, change);
        assert_eq!(cases_of(&program).current, Some(0));
        assert_eq!(labels(&program), painted);
        assert!(program.state().leaving.is_none());
    }
    assert_eq!(cases_of(&program).done(), 0, "what is not saved is not done");
    // Nor is the last one.
    let status = CaseStatus::Done;
    ask(&mut program, CaseChange::Mark { index: Some(1), status });
    ask(&mut program, CaseChange::DoneAndNext);
    assert_eq!(cases_of(&program).done(), 1);
    let said = &program.state().messages;
    assert!(
        said.iter()
            .any(|said| said.text.contains("another program has changed")),
        "{said:?}"
    );
    assert!(!said.iter().any(|said| said.text == "All cases are done"), "{said:?}");
}

fn images(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        write_volume(folder.path(), name);
    }
    folder
}

fn says(program: &Program, text: &str) -> bool {
    program.state().messages.iter().any(|said| said.text.contains(text))
}

#[test]
fn a_further_map_of_a_case_does_not_take_the_place_of_its_mask() {
    let folder = images(&["one.nii", "two.nii"]);
    let mut program = empty_program();
    let path = folder.path().to_owned();
    ask(&mut program, CaseChange::Open { path });
    paint(&mut program, DVec2::new(180.0, 150.0));
    let first = labels(&program);
    ask(&mut program, CaseChange::Step(1));
    ask(&mut program, CaseChange::Step(-1));
    run(&mut program, Command::NewSegmentation);
    paint(&mut program, DVec2::new(200.0, 110.0));
    ask(&mut program, CaseChange::Step(1));
    assert_eq!(cases_of(&program).current, Some(1));
    assert!(says(&program, "the list goes on naming"));
    assert!(folder.path().join("one_seg-2.nii.gz").is_file());
    let mask = cases_of(&program).list.cases[0].mask.clone();
    assert_eq!(mask, Some(folder.path().join("one_seg.nii.gz")));
    ask(&mut program, CaseChange::Step(-1));
    assert_eq!(labels(&program), first);
    // What lies beside the mask is no image.
    assert_eq!(cases::read(folder.path()).unwrap().cases.len(), 2);
    std::fs::remove_file(folder.path().join("cases.csv")).unwrap();
    let found = pairs(&cases::read(folder.path()).unwrap(), folder.path());
    assert_eq!(found, expected(&[("one.nii", "one_seg.nii.gz"), ("two.nii", "")]));
}

#[test]
fn a_case_that_is_saved_by_key_has_its_mask_in_the_list() {
    let folder = images(&["one.nii", "two.nii"]);
    let mut program = empty_program();
    let path = folder.path().to_owned();
    ask(&mut program, CaseChange::Open { path });
    paint(&mut program, DVec2::new(180.0, 150.0));
    run(&mut program, Command::NewSegmentation);
    paint(&mut program, DVec2::new(200.0, 110.0));
    // Two at once get two names.
    for index in [1, 2] {
        let (index, path) = (Some(index), None);
        run(&mut program, Command::SaveSegmentation { index, path });
    }
    wait(&mut program);
    assert!(!overlays::any_unsaved(program.state()));
    for name in ["one_seg.nii.gz", "one_seg-2.nii.gz"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
    let written = table(folder.path());
    assert!(written.contains("one.nii,one_seg"), "{written}");
}

#[test]
fn what_was_painted_over_another_image_is_not_the_mask_of_the_case() {
    let folder = images(&["one.nii", "two.nii"]);
    let elsewhere = images(&["three.nii"]);
    let mut program = empty_program();
    let path = folder.path().to_owned();
    ask(&mut program, CaseChange::Open { path });
    open(&mut program, &elsewhere.path().join("three.nii"));
    let shown = program.state().shown().unwrap();
    assert_eq!(shown.volume().series.description, "three");
    paint(&mut program, DVec2::new(180.0, 150.0));
    let mut effects = program.dispatch(Command::Cases(CaseChange::Step(1)));
    effects.extend(program.poll().1);
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Choose { .. })),
        "a file has to be chosen"
    );
    assert_eq!(cases_of(&program).current, Some(0));
    assert_eq!(cases_of(&program).list.cases[0].mask, None);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn work_of_another_case_is_brought_back_into_that_case() {
    let folder = images(&["one.nii", "two.nii"]);
    let home = tempfile::tempdir().unwrap();
    let begun = || laid_out(Program::at_home(Arc::new(|| {}), Home::at(home.path())));
    let change = || CaseChange::Open {
        path: folder.path().to_owned(),
    };
    let mut program = begun();
    ask(&mut program, change());
    paint(&mut program, DVec2::new(180.0, 150.0));
    let painted = labels(&program);
    drop(program);
    let mut program = begun();
    wait(&mut program);
    ask(&mut program, change());
    ask(&mut program, CaseChange::Go(1));
    run(&mut program, Command::RecoverWork { index: 0 });
    wait(&mut program);
    assert_eq!(cases_of(&program).current, Some(0));
    assert_eq!(program.state().shown().unwrap().volume().series.description, "one");
    assert_eq!(labels(&program), painted);
    assert!(program.state().left_work.is_empty());
    ask(&mut program, CaseChange::Step(1));
    assert!(folder.path().join("one_seg.nii.gz").is_file());
    assert!(!folder.path().join("two_seg.nii.gz").exists());
    // Unsaved work of the other case is asked for first.
    drop(program);
    std::fs::remove_file(folder.path().join("one_seg.nii.gz")).unwrap();
    let mut program = begun();
    ask(&mut program, change());
    paint(&mut program, DVec2::new(180.0, 150.0));
    drop(program);
    let mut program = begun();
    wait(&mut program);
    ask(&mut program, change());
    ask(&mut program, CaseChange::Go(1));
    paint(&mut program, DVec2::new(200.0, 110.0));
    run(&mut program, Command::RecoverWork { index: 0 });
    wait(&mut program);
    assert!(program.state().leaving.is_some());
    assert_eq!(program.state().left_work.len(), 1);
    run(&mut program, Command::AnswerLeaving(LeaveAnswer::Save));
    wait(&mut program);
    assert!(folder.path().join("two_seg.nii.gz").is_file());
    assert_eq!(cases_of(&program).current, Some(0));
    assert_eq!(labels(&program), painted);
}

#[test]
fn tool_and_segment_stay_from_case_to_case() {
    let folder = images(&["one.nii", "two.nii"]);
    let mut program = empty_program();
    let path = folder.path().to_owned();
    ask(&mut program, CaseChange::Open { path });
    for steps in [1, -1] {
        paint(&mut program, DVec2::new(180.0, 150.0));
        run(&mut program, Command::AddSegment { index: 1 });
        paint(&mut program, DVec2::new(180.0, 110.0));
        ask(&mut program, CaseChange::Step(steps));
    }
    let state = program.state();
    assert_eq!(state.view.tool, Some(Tool::Brush));
    assert_eq!(painting::segment(state).map(|(_, segment)| segment.label), Some(2));
}

#[test]
fn a_case_whose_image_is_gone_says_so_and_the_list_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    write_volume(folder.path(), "two.nii");
    let file = folder.path().join("work.csv");
    std::fs::write(&file, "image\none.nii\ntwo.nii\n").unwrap();
    let mut program = empty_program();
    ask(&mut program, CaseChange::Open { path: file });
    assert!(program.state().shown().is_none());
    assert!(!program.state().messages.is_empty());
    ask(&mut program, CaseChange::Step(1));
    assert!(program.state().shown().is_some());
    ask(&mut program, CaseChange::Step(1));
    assert_eq!(cases_of(&program).current, Some(1), "there is nothing behind the last");
}

#[test]
fn how_far_a_case_is_is_written_even_if_the_program_ends_at_once_or_something_was_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.nii", "two.nii"] {
        write_volume(folder.path(), name);
    }
    let mut program = empty_program();
    let path = folder.path().to_owned();
    ask(&mut program, CaseChange::Open { path });
    let mark = |index, status| CaseChange::Mark {
        index: Some(index),
        status,
    };
    // A folder of that name stands in the way.
    std::fs::create_dir(folder.path().join("cases.csv")).unwrap();
    ask(&mut program, mark(0, CaseStatus::Done));
    assert!(!program.state().messages.is_empty());
    std::fs::remove_dir(folder.path().join("cases.csv")).unwrap();
    for status in [CaseStatus::Review, CaseStatus::Done] {
        run(&mut program, Command::Cases(mark(1, status)));
    }
    drop(program);
    assert_eq!(
        table(folder.path()),
        "image,mask,status\none.nii,,done\ntwo.nii,,done\n"
    );
}
