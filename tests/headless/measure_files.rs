//! Measurements are there again: beside the study, in the user's folder, and whatever stands in the file already.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use glam::DVec2;
use isocenter::app::pane::PaneId;
use isocenter::app::{Command, Effect, Program};
use isocenter::io::home::Home;
use isocenter::io::measurements::FILE_NAME;
use isocenter::model::measurement::Measurement;
use serde_json::{Value, json};

use crate::dicom_builder::CtSeries;
use crate::driver::*;
use crate::measure::{draw, list, take_length};

fn line(program: &mut Program, y: f64) {
    draw(
        program,
        PaneId::Axial,
        DVec2::new(150.0, y),
        DVec2::new(250.0, y + 10.0),
    );
}

fn study() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = write_volume(folder.path(), "one.nii");
    (folder, path)
}

fn sidecar(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn reopened(path: &Path) -> Vec<Measurement> {
    list(&program_on(path))
}

fn texts(program: &Program) -> Vec<String> {
    program.state().messages.iter().map(|said| said.text.clone()).collect()
}

#[test]
fn measurements_are_there_again_at_the_next_opening() {
    let (folder, path) = study();
    let mut program = program_on(&path);
    assert!(!sidecar(folder.path()).exists(), "nothing was measured yet");
    line(&mut program, 100.0);
    line(&mut program, 140.0);
    run(
        &mut program,
        Command::RenameMeasurement {
            index: 1,
            name: "Long \"axis\", left".to_owned(),
        },
    );
    wait(&mut program);
    let made = list(&program);
    assert_eq!(made.len(), 2);
    assert_eq!(reopened(&path), made);
    // The value stands in the file for whoever reads it without us.
    let file = read(&sidecar(folder.path()));
    let written = &file["series"][0]["measurements"][0];
    let placement = &program.state().shown().unwrap().volume().placement;
    assert_eq!(written["value"].as_f64(), Some(made[0].quantity(placement).value));
    assert_eq!((&written["unit"], &written["kind"]), (&json!("mm"), &json!("length")));
    // Undo reaches the disk too.
    run(&mut program, Command::DeleteMeasurement { index: Some(0) });
    run(&mut program, Command::Undo);
    run(&mut program, Command::Undo);
    wait(&mut program);
    let names: Vec<String> = reopened(&path).into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["Length 1", "Length 2"]);
    // And the folder opens without a word about the file.
    let again = program_on(folder.path());
    assert!(again.state().document.skipped.is_empty() && texts(&again).is_empty());
}

#[test]
fn ending_the_program_loses_nothing() {
    let (_folder, path) = study();
    let mut program = program_on(&path);
    take_length(&mut program);
    for n in 0..5 {
        let y = 100.0 + 20.0 * f64::from(n);
        let button = isocenter::app::tool::Button::Left;
        let (from, to) = (DVec2::new(150.0, y), DVec2::new(250.0, y));
        drag(&mut program, PaneId::Axial, button, from, to, Default::default());
    }
    // Nobody polls any more.
    drop(program);
    assert_eq!(reopened(&path).len(), 5);
    let mut program = program_on(&path);
    run(&mut program, Command::DeleteMeasurement { index: Some(2) });
    run(&mut program, Command::CloseAll);
    wait(&mut program);
    assert_eq!(reopened(&path).len(), 4);
}

#[test]
fn another_series_with_the_same_name_has_its_own() {
    let (folder, path) = study();
    let mut program = program_on(&path);
    line(&mut program, 100.0);
    drop(program);
    // A file of the same name on another grid.
    let grid = crate::nifti_file::lps_grid([1.0, 1.0, 1.0], [0.0; 3]);
    crate::nifti_file::write_i16(folder.path(), "one.nii", [20, 20, 20], grid, |i, _, _| i as i16);
    let mut program = program_on(&path);
    assert!(list(&program).is_empty());
    line(&mut program, 100.0);
    wait(&mut program);
    let file = read(&sidecar(folder.path()));
    assert_eq!(
        file["series"].as_array().unwrap().len(),
        2,
        "the first one's are still there"
    );
}

#[test]
fn two_programs_keep_theirs_in_one_file() {
    let (folder, path) = study();
    let (mut one, mut other) = (program_on(&path), program_on(&path));
    line(&mut one, 100.0);
    line(&mut other, 140.0);
    line(&mut one, 180.0);
    assert_eq!(reopened(&path).len(), 3);
    // Who writes learns what the other wrote, and can delete it for good.
    assert_eq!(list(&one).len(), 3);
    let index = list(&one).iter().position(|entry| entry.id == list(&other)[0].id);
    run(&mut one, Command::DeleteMeasurement { index });
    wait(&mut one);
    line(&mut other, 220.0);
    let ids = |list: Vec<Measurement>| {
        list.into_iter()
            .map(|entry| entry.id)
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(ids(reopened(&path)), ids(list(&other)));
    assert_eq!(list(&other).len(), 3);
    assert!(sidecar(folder.path()).exists());
}

#[test]
fn what_this_version_does_not_know_is_kept() {
    let (folder, path) = study();
    let mut program = program_on(&path);
    line(&mut program, 100.0);
    drop(program);
    let mut file = read(&sidecar(folder.path()));
    file["author"] = json!("somebody");
    file["series"]
        .as_array_mut()
        .unwrap()
        .push(json!({"series_uid": "1.2.3", "measurements": [{"id": "1"}]}));
    let own = file["series"][0]["measurements"].as_array_mut().unwrap();
    own[0]["colour"] = json!("red");
    own.push(json!({"id": "77", "name": "x", "kind": "ellipse", "space": "patient", "axes": [1, 2]}));
    std::fs::write(sidecar(folder.path()), file.to_string()).unwrap();
    let mut program = program_on(&path);
    assert_eq!(list(&program).len(), 1);
    assert!(texts(&program)[0].contains("does not know"), "{:?}", texts(&program));
    line(&mut program, 150.0);
    let after = read(&sidecar(folder.path()));
    assert_eq!(after["author"], "somebody");
    assert_eq!(after["series"][1], file["series"][1]);
    assert_eq!(after["series"][0]["measurements"][0]["colour"], "red");
    assert_eq!(
        after["series"][0]["measurements"][1],
        file["series"][0]["measurements"][1]
    );
    assert_eq!(after["series"][0]["measurements"].as_array().unwrap().len(), 3);
}

#[test]
fn a_damaged_file_is_set_aside_and_never_lost() {
    for damaged in [
        "{\"format\": \"isocenter-meas",
        "[]",
        "{\"format\":\"isocenter-measurements\",\"version\":1,\"series\":7}",
    ] {
        let (folder, path) = study();
        std::fs::write(sidecar(folder.path()), damaged).unwrap();
        let mut program = program_on(&path);
        assert!(texts(&program)[0].contains("damaged"), "{:?}", texts(&program));
        assert_eq!(
            std::fs::read_to_string(sidecar(folder.path())).unwrap(),
            damaged,
            "looking changes nothing"
        );
        line(&mut program, 100.0);
        assert_eq!(reopened(&path).len(), 1);
        let aside = folder.path().join("isocenter-measurements.damaged-1.json");
        assert_eq!(std::fs::read_to_string(aside).unwrap(), damaged);
        assert!(texts(&program).iter().any(|text| text.contains("damaged-1.json")));
        assert!(program_on(folder.path()).state().document.skipped.is_empty());
    }
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let (folder, path) = study();
    let newer = "{\"format\":\"isocenter-measurements\",\"version\":2,\"series\":{}}";
    std::fs::write(sidecar(folder.path()), newer).unwrap();
    // Without a home there is nowhere to go, and the user hears it.
    let mut program = program_on(&path);
    line(&mut program, 100.0);
    assert!(
        texts(&program).iter().any(|text| text.contains("this session only")),
        "{:?}",
        texts(&program)
    );
    assert!(
        isocenter::app::measurements::of_shown(program.state())
            .unwrap()
            .trouble
            .is_some()
    );
    let home = tempfile::tempdir().unwrap();
    let mut program = program_at(&path, home.path());
    line(&mut program, 100.0);
    drop(program);
    assert_eq!(list(&program_at(&path, home.path())).len(), 1);
    assert_eq!(std::fs::read_to_string(sidecar(folder.path())).unwrap(), newer);
}

fn program_at(path: &Path, home: &Path) -> Program {
    let mut program = laid_out(Program::at_home(Arc::new(|| {}), Home::at(home)));
    open(&mut program, path);
    program
}

/// A folder that cannot be written to, even by a test that runs as root: the name of the sidecar is taken by a folder.
fn blocked(folder: &Path) {
    std::fs::create_dir(sidecar(folder)).unwrap();
}

#[test]
fn where_the_folder_cannot_be_written_the_users_own_serves() {
    let (folder, path) = study();
    let home = tempfile::tempdir().unwrap();
    // One was written beside the study while that was possible.
    let mut program = program_at(&path, home.path());
    line(&mut program, 100.0);
    line(&mut program, 130.0);
    drop(program);
    let beside = std::fs::read(sidecar(folder.path())).unwrap();
    make_read_only(folder.path(), true);
    let could_write = std::fs::write(folder.path().join("probe"), "x").is_ok();
    if !could_write {
        let mut program = program_at(&path, home.path());
        line(&mut program, 160.0);
        run(&mut program, Command::DeleteMeasurement { index: Some(0) });
        drop(program);
        let program = program_at(&path, home.path());
        let mut names: Vec<String> = list(&program).into_iter().map(|entry| entry.name).collect();
        names.sort();
        assert_eq!(names, ["Length 2", "Length 3"]);
        assert!(texts(&program).is_empty());
        assert_eq!(std::fs::read(sidecar(folder.path())).unwrap(), beside);
    }
    make_read_only(folder.path(), false);
    // Where nothing at all can be kept, the user hears it once.
    let (folder, path) = study();
    blocked(folder.path());
    let mut program = program_on(&path);
    line(&mut program, 100.0);
    line(&mut program, 130.0);
    let warned = texts(&program)
        .iter()
        .filter(|text| text.contains("this session only"))
        .count();
    assert_eq!(warned, 1, "{:?}", texts(&program));
    assert_eq!(list(&program).len(), 2);
    let home = tempfile::tempdir().unwrap();
    let mut program = program_at(&path, home.path());
    line(&mut program, 100.0);
    drop(program);
    assert_eq!(list(&program_at(&path, home.path())).len(), 1);
}

#[cfg(unix)]
fn make_read_only(folder: &Path, is_read_only: bool) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if is_read_only { 0o555 } else { 0o755 };
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn make_read_only(_folder: &Path, _is_read_only: bool) {}

#[test]
fn the_demo_and_archives_are_kept_at_home() {
    let home = tempfile::tempdir().unwrap();
    let mut program = laid_out(Program::at_home(Arc::new(|| {}), Home::at(home.path())));
    run(&mut program, Command::OpenDemo);
    wait(&mut program);
    line(&mut program, 120.0);
    drop(program);
    let mut program = laid_out(Program::at_home(Arc::new(|| {}), Home::at(home.path())));
    run(&mut program, Command::OpenDemo);
    wait(&mut program);
    assert_eq!(list(&program).len(), 1);
}

#[test]
fn a_series_is_known_by_its_uid_and_its_patient() {
    let folder = tempfile::tempdir().unwrap();
    CtSeries::new(4).write(folder.path());
    let mut program = program_on(folder.path());
    line(&mut program, 130.0);
    drop(program);
    let file = read(&sidecar(folder.path()));
    assert_eq!(file["series"][0]["series_uid"], "1.2.826.77");
    // The same series, sent again under other file names, brings its measurements along with the sidecar.
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("a")).unwrap();
    CtSeries::new(4).write(&copy.path().join("a"));
    std::fs::rename(sidecar(folder.path()), sidecar(&copy.path().join("a"))).unwrap();
    assert_eq!(reopened(copy.path()).len(), 1);
}

#[test]
fn a_list_is_exported_as_csv_and_json() {
    let (folder, path) = study();
    let mut program = program_on(&path);
    line(&mut program, 100.0);
    run(
        &mut program,
        Command::RenameMeasurement {
            index: 0,
            name: "a \"b\", c".to_owned(),
        },
    );
    line(&mut program, 140.0);
    let out = tempfile::tempdir().unwrap();
    for name in ["list.csv", "list.json"] {
        run(
            &mut program,
            Command::SaveMeasurements {
                path: out.path().join(name),
            },
        );
    }
    wait(&mut program);
    let csv = std::fs::read_to_string(out.path().join("list.csv")).unwrap();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "series,name,kind,value,unit,space,x1,y1,z1,x2,y2,z2");
    assert!(
        lines[1].starts_with("one.nii,\"a \"\"b\"\", c\",length,"),
        "{}",
        lines[1]
    );
    // The distance of the six numbers is the value.
    let fields: Vec<&str> = lines[2].split(',').collect();
    let number = |n: usize| fields[n].parse::<f64>().unwrap();
    let squares: f64 = (6..9).map(|n| (number(n + 3) - number(n)).powi(2)).sum();
    assert!((squares.sqrt() - number(3)).abs() < 1e-9);
    let json = read(&out.path().join("list.json"));
    assert_eq!(
        json["series"][0]["measurements"],
        read(&sidecar(folder.path()))["series"][0]["measurements"]
    );
    assert!(matches!(program.dispatch(Command::CopyMeasurements)[..], [Effect::CopyText(ref text)] if *text == csv));
}
