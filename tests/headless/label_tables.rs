//! Tables of labels beside label maps and opened with them: names and colours reach the volume.

use std::path::Path;

use isocenter::io::{Opened, Progress, scan};

use super::made_nifti::{Made, file, gzip};

fn map() -> Vec<u8> {
    gzip(&Made::i16(&[4, 3, 2], (0..24).map(|v| v % 3)).bytes())
}

fn names(opened: &Opened, volume: usize) -> Vec<String> {
    let table = opened.volumes[volume].source.segments().unwrap_or_default();
    table.segments.into_iter().map(|segment| segment.name).collect()
}

fn open(paths: &[&Path]) -> Opened {
    scan(
        &paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>(),
        &Progress::silent(),
    )
    .unwrap()
}

#[test]
fn a_table_of_the_same_name_is_taken_by_itself() {
    for (name, text) in [
        ("pred.json", r#"{"1": "spleen", "2": "liver"}"#),
        ("pred.txt", "1 spleen 255 0 0 0\n2 liver 0 255 0 0\n"),
        ("pred.csv", "label,name\n1,spleen\n2,liver\n"),
        ("pred.label", "1 255 0 0 1 1 1 \"spleen\"\n2 0 0 255 1 1 1 \"liver\"\n"),
        ("labels.tsv", "index\tname\n1\tspleen\n2\tliver\n"),
        (
            "dataset.json",
            r#"{"labels": {"background": 0, "spleen": 1, "liver": 2}}"#,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let image = file(folder.path(), "pred.nii.gz", &map());
        file(folder.path(), name, text.as_bytes());
        assert_eq!(names(&open(&[&image]), 0), ["spleen", "liver"], "{name}");
        let by_folder = open(&[folder.path()]);
        assert_eq!(names(&by_folder, 0), ["spleen", "liver"], "{name}");
        assert!(by_folder.skipped.is_empty(), "{:?}", by_folder.skipped);
    }
}

#[test]
fn a_table_of_another_name_is_not_guessed_but_taken_when_it_is_opened_with_the_map() {
    let folder = tempfile::tempdir().unwrap();
    let image = file(folder.path(), "pred.nii.gz", &map());
    let table = file(folder.path(), "names.json", br#"{"spleen": 1}"#);
    let alone = open(&[folder.path()]);
    assert!(names(&alone, 0).is_empty());
    assert_eq!(alone.skipped.len(), 1);
    assert_eq!(alone.skipped[0].path, table);
    let together = open(&[&image, &table]);
    assert_eq!(names(&together, 0), ["spleen"]);
    assert!(together.skipped.is_empty());
    // Without a map it is nothing to open.
    assert!(scan(&[table], &Progress::silent()).is_err());
}

#[test]
fn numbers_with_fractions_have_no_labels_and_a_damaged_table_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let floats = Made::new(&[2, 2, 2], 16, 32, 4, vec![0; 32]);
    let image = file(folder.path(), "scan.nii", &floats.bytes());
    file(folder.path(), "scan.json", br#"{"1": "spleen"}"#);
    assert!(names(&open(&[&image]), 0).is_empty());
    let map = file(folder.path(), "map.nii.gz", &map());
    let damaged = file(folder.path(), "map.json", br#"{"1": "spleen"#);
    let opened = open(&[&map]);
    assert_eq!(opened.volumes.len(), 1);
    assert_eq!(opened.skipped.len(), 1);
    assert_eq!(opened.skipped[0].path, damaged);
}

#[test]
fn names_go_beside_what_has_no_room_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let image = file(folder.path(), "pred.nii.gz", &map());
    file(folder.path(), "pred.json", br#"{"1": "spleen", "2": "liver"}"#);
    let elsewhere = tempfile::tempdir().unwrap();
    let out = elsewhere.path().join("again.nii");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .arg("convert")
        .args([&image, &out])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(names(&open(&[&out]), 0), ["spleen", "liver"]);
}
