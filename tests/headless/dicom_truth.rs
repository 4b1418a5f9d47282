//! Real and generated DICOM files against what other libraries say about them (`expected.json` beside the checkout).
//! Skipped, with a word, where that folder is not there.

use std::path::{Path, PathBuf};

use dicom_core::Tag;
use glam::DVec3;
use isocenter::io::dicom::prescan::prescan_file;
use isocenter::io::{self, OpenVolume, Progress};
use isocenter::model::volume::Value;
use serde_json::Value as Json;

fn data() -> Option<(PathBuf, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    match std::fs::read_to_string(folder.join("expected.json")) {
        Ok(text) => Some((folder, serde_json::from_str(&text).expect("expected.json can be read"))),
        Err(_) => {
            println!("skipped: there is no ../shared/data");
            None
        }
    }
}

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().into_iter().flatten().filter_map(Json::as_f64).collect()
}

fn close(got: f64, expected: f64) -> bool {
    (got - expected).abs() <= 1e-3 + 1e-5 * expected.abs()
}

/// One grey series that makes one volume.
fn check_series(id: &str, open: &OpenVolume, want: &Json) {
    let report = io::load(open, &Progress::silent());
    assert_eq!((report.failed_slabs, report.warnings), (0, Vec::new()), "{id}");
    let volume = &open.volume;
    let expected = &want["volume"];
    let shape: Vec<usize> = numbers(&expected["shape_kji"]).iter().map(|n| *n as usize).collect();
    let dims = volume.dims();
    assert_eq!([dims[2], dims[1], dims[0]], shape[..3], "{id}");
    let lossy = if expected["sha256_stored"].is_null() { 2.0 } else { 0.0 };
    for sample in expected["samples"].as_array().into_iter().flatten() {
        let at: Vec<usize> = numbers(&sample["kji"]).iter().map(|n| *n as usize).collect();
        let number = sample["value"].as_f64().or(sample["stored"].as_f64());
        let (Some(number), Some(Value::Scalar(got))) = (number, volume.value([at[2], at[1], at[0]], 0)) else {
            panic!("{id}: no number at {at:?}")
        };
        assert!(
            close(got, number) || (got - number).abs() <= lossy,
            "{id} at {at:?}: {got} instead of {number}"
        );
    }
    let mut sum = 0.0;
    for k in 0..dims[2] {
        for (j, i) in (0..dims[1]).flat_map(|j| (0..dims[0]).map(move |i| (j, i))) {
            if let Some(Value::Scalar(value)) = volume.value([i, j, k], 0) {
                sum += value;
            }
        }
    }
    let mean = sum / dims.iter().product::<usize>() as f64;
    let expected_mean = expected["rescaled"]["mean"].as_f64().expect("a mean");
    assert!(
        (mean - expected_mean).abs() <= lossy + 1e-4 * (1.0 + expected_mean.abs()),
        "{id}: mean {mean} instead of {expected_mean}"
    );
    check_places(id, open, want);
}

/// Slices lie where other libraries put them.
fn check_places(id: &str, open: &OpenVolume, want: &Json) {
    let positions = numbers(&want["slice_positions_along_normal"]);
    let normal = DVec3::from_slice(&numbers(&want["normal"])[..3]);
    let geometry = open.volume.geometry().unwrap_or_else(|| panic!("{id} has a place"));
    for (k, expected) in positions.iter().enumerate() {
        let got = geometry.patient_at(DVec3::new(0.0, 0.0, k as f64)).dot(normal);
        assert!(
            (got - expected).abs() < 0.01,
            "{id}: slice {k} at {got} instead of {expected}"
        );
    }
    if want["uniform"] == Json::Bool(false) {
        assert!(geometry.slice_table().is_some(), "{id}");
        assert!(!open.volume.warnings.is_empty(), "{id}");
        return;
    }
    let rows = want["geometry"]["affine_lps"]
        .as_array()
        .filter(|_| positions.len() > 1);
    for (r, row) in rows.into_iter().flatten().enumerate().take(3) {
        let affine = geometry.patient_from_voxel();
        let [x, y, z] = [affine.matrix3.x_axis, affine.matrix3.y_axis, affine.matrix3.z_axis];
        for (got, expected) in [x[r], y[r], z[r], affine.translation[r]].into_iter().zip(numbers(row)) {
            assert!(
                (got - expected).abs() < 0.01,
                "{id}: {got} instead of {expected} in row {r}"
            );
        }
    }
}

#[test]
fn series_are_what_other_libraries_say() {
    let Some((folder, expected)) = data() else {
        return;
    };
    let mut checked = 0;
    for item in expected["items"].as_array().into_iter().flatten() {
        let (id, dest) = (item["id"].as_str().unwrap_or(""), item["dest"].as_str().unwrap_or(""));
        let is_series = item["kind"] == "series" && !dest.contains("dicomdir");
        for want in item["series"].as_array().into_iter().flatten().filter(|_| is_series) {
            if want["volume"].is_null() || want["samples_per_pixel"] != 1 {
                continue;
            }
            let opened = io::scan(&[folder.join(dest)], &Progress::silent())
                .unwrap_or_else(|err| panic!("{id}: {}", err.message));
            let open = opened
                .volumes
                .iter()
                .find(|open| want["series_uid"] == open.volume.series.series_uid.as_str())
                .unwrap_or_else(|| panic!("{id} is a volume; skipped: {:?}", opened.skipped));
            check_series(id, open, want);
            checked += 1;
        }
    }
    assert!(checked > 30, "only {checked} series were there");
}

#[test]
fn names_in_other_scripts_are_read() {
    let Some((folder, expected)) = data() else {
        return;
    };
    let words = |name: &str| -> Vec<String> {
        name.split(['^', '=', ' ', ','])
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    for item in expected["items"].as_array().into_iter().flatten() {
        for file in item["files"].as_array().into_iter().flatten() {
            let (Some(path), Some(name)) = (file["path"].as_str(), file["patient_name"].as_str()) else {
                continue;
            };
            if !path.contains("charset") {
                continue;
            }
            let found = prescan_file(&folder.join(path)).unwrap_or_else(|err| panic!("{path}: {err}"));
            let got = words(&found.elements.root().text(Tag(0x10, 0x10)).unwrap_or_default());
            assert_eq!(got, words(name), "{path}");
        }
    }
}
