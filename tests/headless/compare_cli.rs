//! `isocenter compare`, run as a program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::nifti_file::{lps_grid, write_i16};

fn compare(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .arg("compare")
        .args(arguments)
        .output()
        .unwrap()
}

fn as_json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A map with a box of label 1, and of label 2 where the box has none.
fn write_box(folder: &Path, name: &str, low: [usize; 3], high: [usize; 3], other: Option<[usize; 3]>) -> PathBuf {
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    write_i16(folder, name, [10, 10, 10], grid, |i, j, k| {
        let at = [i, j, k];
        if (0..3).all(|axis| (low[axis]..high[axis]).contains(&at[axis])) {
            1
        } else {
            2 * i16::from(other == Some(at))
        }
    })
}

#[test]
fn a_shifted_box_is_judged_as_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let a = write_box(folder.path(), "a.nii", [1, 1, 1], [5, 5, 5], Some([9, 9, 9]));
    let b = write_box(folder.path(), "b.nii", [3, 1, 1], [7, 5, 5], None);
    let answer = as_json(&compare(&[&a, &b, Path::new("--json")]));
    let one = &answer["labels"][0];
    let near = |name: &str, expected: f64| {
        let found = one[name].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-12, "{name}: {found}");
    };
    // 64 voxels each, 32 in both, of 1000.
    near("dice", 0.5);
    near("jaccard", 1.0 / 3.0);
    near("sensitivity", 0.5);
    near("precision", 0.5);
    near("specificity", 904.0 / 936.0);
    near("positive_likelihood_ratio", 0.5 / (32.0 / 936.0));
    near("negative_likelihood_ratio", 0.5 / (904.0 / 936.0));
    // Two steps of 2 mm along i.
    near("hausdorff_mm", 4.0);
    near("hd95_mm", 4.0);
    near("volume_a_ml", 64.0 * 24.0 / 1000.0);
    near("volume_difference_ml", 0.0);
    // The surface of a box of 4 is all but 8 voxels; a column of it along i holds four where the column is on the
    // outside, else two. Outside columns (12): two voxels at 4 and 2 mm, two shared. Inner columns (4): the end at 4
    // mm; the other end lies inside B's box, 2 mm from its end.
    near(
        "mean_surface_distance_mm",
        (12.0 * (4.0 + 2.0) + 4.0 * (4.0 + 2.0)) / 56.0,
    );
    assert_eq!(one["label"], json!(1));
    let missed = &answer["labels"][1];
    assert_eq!(
        (&missed["label"], &missed["dice"], &missed["hd95_mm"]),
        (&json!(2), &json!(0.0), &Value::Null)
    );
    assert_eq!(
        (&missed["precision"], &missed["sensitivity"]),
        (&Value::Null, &json!(0.0))
    );
    assert_eq!(answer["mean"]["dice"], json!(0.25));
    let text = String::from_utf8(compare(&[&a, &b]).stdout).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.lines().nth(1).unwrap().contains("0.5000"), "{text}");
}

#[test]
fn two_empty_maps_have_no_labels() {
    let folder = tempfile::tempdir().unwrap();
    let a = write_box(folder.path(), "a.nii", [1; 3], [1; 3], None);
    let b = write_box(folder.path(), "b.nii", [1; 3], [1; 3], None);
    let answer = as_json(&compare(&[&a, &b, Path::new("--json")]));
    assert_eq!(answer, json!({"labels": [], "mean": {"dice": null}}));
}

#[test]
fn a_map_on_another_grid_is_sampled_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let a = write_box(folder.path(), "a.nii", [2, 2, 2], [6, 6, 6], None);
    // The same box on voxels half as large, whose first centre is a quarter of a voxel off.
    let fine = lps_grid([1.0, 1.5, 2.0], [9.5, 19.25, 29.0]);
    let b = write_i16(folder.path(), "b.nii", [20, 20, 20], fine, |i, j, k| {
        i16::from([i, j, k].iter().all(|n| (4..12).contains(n)))
    });
    let output = compare(&[&a, &b, Path::new("--json")]);
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.lines().count() == 1 && said.contains("b.nii"), "{said}");
    let answer = as_json(&output);
    assert_eq!(answer["labels"][0]["dice"], json!(1.0));
    assert_eq!(answer["labels"][0]["hausdorff_mm"], json!(0.0));
    let quiet = compare(&[&a, &b, Path::new("-q")]);
    assert!(quiet.stderr.is_empty());
}

#[test]
fn what_is_no_label_map_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let map = write_box(folder.path(), "a.nii", [1; 3], [5; 3], None);
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let image = write_i16(folder.path(), "image.nii", [10, 10, 10], grid, |i, _, _| i as i16 - 5);
    for pair in [[&map, &image], [&image, &map]] {
        let output = compare(&pair.map(PathBuf::as_path));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.lines().count() == 1 && said.contains("image.nii"), "{said}");
        assert!(output.stdout.is_empty());
    }
    let names = compare(&[&map, &map, Path::new("--by"), Path::new("name")]);
    assert_eq!(names.status.code(), Some(1));
    assert_eq!(compare(&[&map]).status.code(), Some(2));
}

#[test]
fn probabilities_are_judged_threshold_by_threshold() {
    let folder = tempfile::tempdir().unwrap();
    let grid = || lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let is_truth = |i: usize, j: usize, k: usize| (i + j + k).is_multiple_of(3) && i < 6;
    let value = |i: usize, j: usize, k: usize| ((i * 7 + j * 11 + k * 5) % 101) as i16;
    let truth = write_i16(folder.path(), "truth.nii", [9, 8, 7], grid(), |i, j, k| {
        4 * i16::from(is_truth(i, j, k))
    });
    let map = write_i16(folder.path(), "prob.nii", [9, 8, 7], grid(), value);
    let answer = as_json(&compare(&[
        &truth,
        &map,
        Path::new("--probability"),
        Path::new("--json"),
    ]));
    assert_eq!(answer["label"], 4);
    let curve = answer["thresholds"].as_array().unwrap();
    assert_eq!(curve.len(), 101);
    let mut best = 0.0_f64;
    for at in curve {
        let threshold = at["threshold"].as_f64().unwrap();
        let (mut a, mut b, mut both) = (0.0, 0.0, 0.0);
        for k in 0..7 {
            for j in 0..8 {
                for i in 0..9 {
                    let is_reached = f64::from(value(i, j, k)) >= threshold;
                    a += f64::from(u8::from(is_truth(i, j, k)));
                    b += f64::from(u8::from(is_reached));
                    both += f64::from(u8::from(is_reached && is_truth(i, j, k)));
                }
            }
        }
        let dice = 2.0 * both / (a + b);
        best = best.max(dice);
        assert!((at["dice"].as_f64().unwrap() - dice).abs() < 1e-12, "{threshold}");
        assert!((at["sensitivity"].as_f64().unwrap() - both / a).abs() < 1e-12);
        assert!((at["precision"].as_f64().unwrap() - both / b).abs() < 1e-12);
    }
    assert!((answer["best"]["dice"].as_f64().unwrap() - best).abs() < 1e-12);
    // Which label is meant has to be said where there are several.
    let several = write_i16(folder.path(), "several.nii", [9, 8, 7], grid(), |i, _, _| {
        (i % 3) as i16
    });
    let refused = compare(&[&several, &map, Path::new("--probability")]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--label"));
}
