//! `isocenter measure`, run as a program.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::driver::write_volume;
use crate::nifti_file::write_i16;

fn measure(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .arg("measure")
        .args(arguments)
        .output()
        .unwrap()
}

fn as_json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn points_of_a_list_are_measured_in_mm() {
    let folder = tempfile::tempdir().unwrap();
    // A shear: k leans along i.
    let rows = [[-0.5, 0.0, -1.0, 3.0], [0.0, -2.0, 0.0, 4.0], [0.0, 0.0, 3.0, 5.0]];
    let image = write_i16(folder.path(), "a.nii", [10, 10, 10], rows, |i, _, _| i as i16);
    let points = folder.path().join("points.json");
    let list = json!([
        {"name": "in mm", "kind": "length", "points": [[0, 0, 0], [3, 4, 12]]},
        {"kind": "length", "space": "voxel", "points": [[1, 1, 1], [3, 2, 5]]},
    ]);
    std::fs::write(&points, list.to_string()).unwrap();
    let answer = as_json(&measure(&[&image, &points, Path::new("--json")]));
    let all = answer["measurements"].as_array().unwrap();
    assert_eq!((all[0]["value"].as_f64(), &all[0]["unit"]), (Some(13.0), &json!("mm")));
    assert_eq!(all[0]["name"], "in mm");
    // Two steps of i, one of j, four of k, by hand.
    let expected = (2.0f64 * 0.5 + 4.0).hypot(2.0).hypot(12.0);
    assert!((all[1]["value"].as_f64().unwrap() - expected).abs() < 1e-9);
    assert_eq!(all[1]["points_voxel"][1][2].as_f64().map(f64::round), Some(5.0));
    let text = measure(&[&image, &points]);
    assert_eq!(
        String::from_utf8(text.stdout).unwrap().lines().next(),
        Some("13.0 mm\tin mm")
    );
}

#[test]
fn what_is_no_list_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let points = folder.path().join("points.json");
    let newer = r#"{"format":"isocenter-measurements","version":9,"series":[]}"#;
    let others = r#"{"format":"isocenter-measurements","version":1,"series":[{"series_uid":"1.2"}]}"#;
    let pixels = r#"[{"kind":"length","space":"picture","points":[[0,0,0],[1,1,0]]}]"#;
    let angle = r#"[{"kind":"angle","points":[[0,0,0],[1,1,0]]}]"#;
    for text in [
        "",
        "{}",
        "[{\"kind\":\"length\",\"points\":[[1,2,3]]}]",
        newer,
        others,
        pixels,
        angle,
    ] {
        std::fs::write(&points, text).unwrap();
        let output = measure(&[&image, &points]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}: {said}");
        assert!(
            said.lines().count() == 1 && said.contains("points.json"),
            "{text}: {said}"
        );
        assert!(output.stdout.is_empty());
    }
    let missing = measure(&[&image, &folder.path().join("none.json")]);
    assert_eq!(missing.status.code(), Some(1));
}

#[test]
fn what_the_window_wrote_is_measured_again() {
    use isocenter::app::pane::PaneId;
    let (mut program, folder) = crate::driver::opened();
    let (from, to) = (glam::DVec2::new(120.0, 90.0), glam::DVec2::new(210.0, 160.0));
    crate::measure::draw(&mut program, PaneId::Sagittal, from, to);
    let drawn = crate::measure::list(&program)[0].clone();
    let expected = drawn
        .quantity(&program.state().shown().unwrap().volume().placement)
        .value;
    let sidecar = folder.path().join(isocenter::io::measurements::FILE_NAME);
    let answer = as_json(&measure(&[
        &folder.path().join("one.nii"),
        &sidecar,
        Path::new("--json"),
    ]));
    let value = answer["measurements"][0]["value"].as_f64().unwrap();
    assert!((value - expected).abs() < 1e-12);
    assert_eq!(answer["measurements"][0]["name"], "Length 1");
}

#[test]
fn programs_that_write_at_the_same_time_lose_nothing() {
    const PROGRAMS: usize = 3;
    const LINES: usize = 12;
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let running: Vec<_> = (0..PROGRAMS)
        .map(|program| {
            let script = folder.path().join(format!("{program}.jsonl"));
            let open = json!({"open": {"paths": [image]}});
            let lines = (0..LINES).map(|n| {
                let points = [[-10.0, 5.0, 100.0], [-10.0 + n as f64, 6.0, 100.0]];
                json!({"add_length": {"points": points, "name": format!("{program}.{n}")}})
            });
            let text: Vec<String> = std::iter::once(open)
                .chain(lines)
                .map(|line| line.to_string())
                .collect();
            std::fs::write(&script, text.join("\n")).unwrap();
            Command::new(env!("CARGO_BIN_EXE_isocenter"))
                .arg("run")
                .arg(script)
                .spawn()
                .unwrap()
        })
        .collect();
    for mut program in running {
        assert!(program.wait().unwrap().success());
    }
    let kept = std::fs::read(folder.path().join("isocenter-measurements.json")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    let names: std::collections::BTreeSet<&str> = kept["series"][0]["measurements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), PROGRAMS * LINES);
    let hidden = std::fs::read_dir(folder.path()).unwrap().flatten();
    let hidden = hidden.filter(|entry| entry.file_name().to_string_lossy().starts_with('.'));
    assert_eq!(hidden.count(), 0, "nothing stays behind");
}
