//! `isocenter readers`, run as a program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::nifti_file::{lps_grid, write_i16};

fn readers(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .arg("readers")
        .args(arguments)
        .output()
        .unwrap()
}

const DIMS: [usize; 3] = [12, 10, 6];

/// A reader who marks the columns from `low` up to `high` with label 2, and one voxel with label 7.
fn reader(folder: &Path, name: &str, low: usize, high: usize) -> PathBuf {
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    write_i16(folder, name, DIMS, grid, |i, j, k| {
        if [i, j, k] == [11, 9, 5] {
            7
        } else {
            2 * i16::from((low..high).contains(&i))
        }
    })
}

#[test]
fn three_readers_are_compared_in_pairs_and_with_the_likely_truth() {
    let folder = tempfile::tempdir().unwrap();
    let maps = [
        reader(folder.path(), "a.nii", 2, 8),
        reader(folder.path(), "b.nii", 3, 8),
        reader(folder.path(), "c.nii", 2, 9),
    ];
    let (truth, agreed) = (folder.path().join("truth.nii.gz"), folder.path().join("agreed.nii"));
    let mut arguments: Vec<&Path> = maps.iter().map(PathBuf::as_path).collect();
    arguments.extend([Path::new("--json"), Path::new("--consensus"), &truth]);
    arguments.extend([Path::new("--agreement"), &agreed]);
    let output = readers(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let two = &answer["labels"][0];
    assert_eq!(
        (two["label"].as_u64(), answer["labels"][1]["label"].as_u64()),
        (Some(2), Some(7))
    );
    // Columns in common and columns of both.
    let expected = [10.0 / 11.0, 12.0 / 13.0, 10.0 / 12.0];
    for (pair, dice) in two["pairs"].as_array().unwrap().iter().zip(expected) {
        assert!((pair["dice"].as_f64().unwrap() - dice).abs() < 1e-12, "{pair}");
    }
    let mean = expected.iter().sum::<f64>() / 3.0;
    assert!((two["mean_dice"].as_f64().unwrap() - mean).abs() < 1e-12);
    let column_ml = 60.0 * 24.0 / 1000.0;
    let near = |name: &str, columns: f64| {
        let found = two[name].as_f64().unwrap();
        assert!((found - columns * column_ml).abs() < 1e-9, "{name}: {found}");
    };
    // The last column of the third reader has the voxel of label 7, which all agree on; it is another column.
    near("by_all_ml", 5.0);
    near("by_any_ml", 7.0);
    near("consensus_ml", 6.0);
    assert!(two["readers"][0]["sensitivity"].as_f64().unwrap() > 0.999);
    assert!((two["readers"][1]["sensitivity"].as_f64().unwrap() - 5.0 / 6.0).abs() < 1e-3);
    assert_eq!(answer["labels"][1]["mean_dice"], 1.0);
    // The maps that were written: the likely truth is the first reader's, and of each voxel how many agree.
    let compared = Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .args([Path::new("compare"), &maps[0], &truth, Path::new("--json")])
        .output()
        .unwrap();
    let compared: Value = serde_json::from_slice(&compared.stdout).unwrap();
    assert_eq!(compared["mean"]["dice"], 1.0);
    let probed = Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .args([Path::new("probe"), &agreed, Path::new("--json")])
        .args([
            "--voxel", "2,0,0", "--voxel", "5,0,0", "--voxel", "8,0,0", "--voxel", "11,9,5", "--voxel", "0,0,0",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&probed.stdout).into_owned();
    let probed: Value = serde_json::from_slice(&probed.stdout).unwrap();
    let values: Vec<Option<f64>> = probed
        .as_array()
        .or(probed["points"].as_array())
        .map_or(Vec::new(), |points| {
            points.iter().map(|point| point["value"].as_f64()).collect()
        });
    assert_eq!(values, [2.0, 3.0, 1.0, 3.0, 0.0].map(Some), "{text}");
    let table = std::fs::read_to_string(folder.path().join("agreed.label")).unwrap();
    assert!(
        table.contains("\"1 reader\"") && table.contains("\"3 readers\""),
        "{table}"
    );
}

#[test]
fn one_reader_is_too_few_and_a_wrong_name_is_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let a = reader(folder.path(), "a.nii", 2, 8);
    assert_eq!(readers(&[&a]).status.code(), Some(2));
    let refused = readers(&[&a, &a, Path::new("--consensus"), Path::new("truth.png")]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!Path::new("truth.png").exists());
}
