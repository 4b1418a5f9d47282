//! `isocenter stats`, run as a program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::nifti_file::{lps_grid, write_i16};

fn stats(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .arg("stats")
        .args(arguments)
        .output()
        .unwrap()
}

fn as_json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const LABELS: &str = "--labels";
const JSON: &str = "--json";

/// A block of four voxels along i, two along j, one along k.
fn write_block(folder: &Path) -> PathBuf {
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    write_i16(folder, "seg.nii", [10, 10, 10], grid, |i, j, k| {
        i16::from((2..6).contains(&i) && (5..7).contains(&j) && k == 3) * 7
    })
}

#[test]
fn a_block_is_measured_as_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let seg = write_block(folder.path());
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let image = write_i16(folder.path(), "image.nii", [10, 10, 10], grid, |i, j, _| {
        (i * i) as i16 - 10 * (j as i16 - 5)
    });
    let csv = folder.path().join("out.csv");
    let output = stats(&[
        &image,
        Path::new(LABELS),
        &seg,
        Path::new(JSON),
        Path::new("--csv"),
        &csv,
    ]);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer = as_json(&output);
    let one = &answer["segments"][0];
    assert_eq!(answer["segments"].as_array().unwrap().len(), 1);
    assert_eq!((&one["label"], &one["voxels"]), (&json!(7), &json!(8)));
    let near = |name: &str, expected: f64| {
        let found = one[name].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{name}: {found}");
    };
    // −6, −1, 4, 6, 9, 15, 16, 25.
    let values: [f64; 8] = [-6.0, -1.0, 4.0, 6.0, 9.0, 15.0, 16.0, 25.0];
    let mean = values.iter().sum::<f64>() / 8.0;
    near("mean", mean);
    near(
        "sd",
        (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 8.0).sqrt(),
    );
    near("min", -6.0);
    near("max", 25.0);
    near("median", 7.5);
    near("p5", -6.0 + 0.35 * 5.0);
    near("p95", 16.0 + 0.65 * 9.0);
    near("volume_ml", 8.0 * 24.0 / 1000.0);
    let centroid = [10.0 + 2.0 * 3.5, 20.0 + 3.0 * 5.5, 30.0 + 4.0 * 3.0];
    for (axis, expected) in centroid.into_iter().enumerate() {
        let found = one["centroid_lps"][axis].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    }
    assert_eq!(one["bounding_box"], json!([[2, 5, 3], [5, 6, 3]]));
    // 6 and 3 mm between centres, and half a voxel more at both ends along i or along j.
    near("longest_axial_diameter_mm", 8f64.hypot(3.0));
    near("longest_diameter_mm", 8f64.hypot(3.0));
    let surface = one["surface_mm2"].as_f64().unwrap();
    // Of the box itself: 2 · (8·6 + 8·4 + 6·4).
    assert!(surface > 150.0 && surface <= 208.0, "{surface}");
    let table = std::fs::read_to_string(&csv).unwrap();
    assert!(table.lines().nth(1).unwrap().starts_with("7,,8,0.192"), "{table}");
    let text = String::from_utf8(stats(&[&image, Path::new(LABELS), &seg]).stdout).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn an_image_on_another_grid_is_sampled_between_its_voxels() {
    let folder = tempfile::tempdir().unwrap();
    let seg = write_block(folder.path());
    // A ramp along x of 3 a mm, on coarser voxels, that ends within the block: half of it lies outside.
    let grid = lps_grid([5.0, 5.0, 5.0], [0.0, 20.0, 30.0]);
    let image = write_i16(folder.path(), "image.nii", [4, 10, 10], grid, |i, _, _| 15 * i as i16);
    let output = stats(&[&image, Path::new(LABELS), &seg, Path::new(JSON)]);
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.contains("image.nii") && said.lines().count() == 2, "{said}");
    let one = &as_json(&output)["segments"][0];
    // Columns at 14, 16, 18 and 20 mm; the image ends at 17.5 mm, and beyond its last centre, at 15, it stays as it is.
    let mean = (14.0 * 3.0 + 45.0) / 2.0;
    assert!((one["mean"].as_f64().unwrap() - mean).abs() < 1e-3, "{one}");
    assert_eq!(one["voxels"], json!(8));
    assert!(said.contains('4'), "{said}");
}

#[test]
fn what_cannot_be_measured_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let seg = write_block(folder.path());
    let far = lps_grid([1.0, 1.0, 1.0], [900.0, 0.0, 0.0]);
    let elsewhere = write_i16(folder.path(), "far.nii", [4, 4, 4], far, |i, _, _| i as i16);
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let image = write_i16(folder.path(), "image.nii", [10, 10, 10], grid, |i, _, _| i as i16 - 5);
    for (image, labels) in [(&elsewhere, &seg), (&seg, &image)] {
        let output = stats(&[image, Path::new(LABELS), labels]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(output.stdout.is_empty());
    }
    let frame = stats(&[&image, Path::new(LABELS), &seg, Path::new("--frame"), Path::new("3")]);
    assert_eq!(frame.status.code(), Some(1));
    assert_eq!(stats(&[&image]).status.code(), Some(2));
}
