//! `isocenter render` and `isocenter bench` as a person calls them.

use std::path::Path;
use std::process::{Command, Output};

use crate::device::gpu;
use crate::nifti_file::{lps_grid, write_i16};

fn isocenter(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .current_dir(folder)
        .args(words)
        .output()
        .unwrap()
}

fn study() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rows = lps_grid([2.0, 2.0, 3.0], [-20.0, -18.0, -15.0]);
    write_i16(folder.path(), "ct.nii", [20, 18, 10], rows, |i, j, k| {
        (i * 40 + j * 10 + k) as i16
    });
    folder
}

#[test]
fn every_view_is_a_picture_of_the_size_that_was_asked_for() {
    if gpu().is_none() {
        return;
    }
    let folder = study();
    let views: [&[&str]; 10] = [
        &["--view", "axial"],
        &["--view", "coronal", "--slab", "6", "--slab-mode", "minip"],
        &["--view", "sagittal", "--interpolation", "cubic", "--window", "300,700"],
        &[
            "--view", "oblique", "--normal", "0,0.5,1", "--up", "0,-1,0", "--at", "1,2,-3",
        ],
        &["--view", "stack", "--slice", "3", "--annotations"],
        &["--view", "volume", "--mode", "average", "--camera", "30,-20,1.5"],
        &[
            "--view",
            "volume",
            "--mode",
            "composite",
            "--preset",
            "ct-bone",
            "--background",
            "none",
        ],
        &[
            "--view",
            "volume",
            "--mode",
            "iso",
            "--iso",
            "30",
            "--perspective",
            "30",
            "--crop",
            "-90,-90,-900,90,90,900",
        ],
        &["--view", "volume", "--mode", "cinematic", "--samples", "2"],
        &["--window", "auto", "--fov", "50"],
    ];
    for view in views {
        let words = [&["render", "ct.nii", "--out", "out.png", "--size", "64x48"], view].concat();
        let done = isocenter(folder.path(), &words);
        assert!(
            done.status.success(),
            "{view:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert!(done.stdout.is_empty(), "{view:?} prints something");
        let bytes = std::fs::read(folder.path().join("out.png")).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (64, 48));
        std::fs::remove_file(folder.path().join("out.png")).unwrap();
    }
}

/// The RGB of a written picture.
fn pixels(path: &Path) -> Vec<[u8; 3]> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(std::fs::read(path).unwrap()))
        .read_info()
        .unwrap();
    let parts = reader.info().color_type.samples();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut bytes).unwrap();
    let of = |pixel: &[u8]| match *pixel {
        [r, g, b, ..] => [r, g, b],
        [grey, ..] => [grey; 3],
        [] => [0; 3],
    };
    bytes.chunks_exact(parts).map(of).collect()
}

#[test]
fn a_probability_map_is_laid_over_where_it_reaches_the_threshold() {
    if gpu().is_none() {
        return;
    }
    let folder = study();
    let rows = lps_grid([2.0, 2.0, 3.0], [-20.0, -18.0, -15.0]);
    // Percent: 5·i, the same in every row and slice.
    write_i16(folder.path(), "percent.nii", [20, 18, 10], rows, |i, _, _| {
        (5 * i) as i16
    });
    // A pixel a voxel.
    let picture = |flags: &[&str]| {
        let words = [
            &[
                "render", "ct.nii", "--out", "out.png", "--size", "20x18", "--fov", "36", "--at", "-1,-1,0",
            ],
            flags,
        ]
        .concat();
        let done = isocenter(folder.path(), &words);
        assert!(
            done.status.success(),
            "{flags:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        pixels(&folder.path().join("out.png"))
    };
    let is_grey = |pixel: &[u8; 3]| pixel[0] == pixel[1] && pixel[1] == pixel[2];
    let over = ["--probability", "percent.nii"];
    let plain = picture(&[]);
    assert!(plain.iter().all(is_grey));
    // 0.5 is reached from column 10 on, 0.6 from column 12, 0.96 nowhere.
    for (threshold, reached) in [(None, 10), (Some("0.6"), 8), (Some("0.61"), 7), (Some("0.96"), 0)] {
        let flags = threshold.map_or_else(Vec::new, |threshold| vec!["--threshold", threshold]);
        let seen = picture(&[&over[..], &flags].concat());
        let colored = seen.iter().filter(|pixel| !is_grey(pixel)).count();
        assert_eq!(colored, reached * 18, "{threshold:?}");
        for (n, (with, without)) in seen.iter().zip(&plain).enumerate() {
            assert!(n % 20 >= 20 - reached || with == without, "pixel {n}");
        }
    }
    // At full opacity the colours are those of the map alone: column 19 is 0.95, red of `red` 0.95 · 255.
    let red = picture(
        &[
            &over[..],
            &["--probability-opacity", "1", "--probability-colormap", "red"],
        ]
        .concat(),
    );
    assert_eq!(red[19], [242, 46, 46]);
    let refused: [&[&str]; 4] = [
        &["--probability", "ct.nii"],
        &["--probability", "percent.nii", "--view", "volume"],
        &["--probability", "percent.nii", "--threshold", "1.5"],
        &["--threshold", "0.5"],
    ];
    for flags in refused {
        let words = [&["render", "ct.nii", "--out", "no.png"], flags].concat();
        let done = isocenter(folder.path(), &words);
        assert!(!done.status.success() && !done.stderr.is_empty(), "{flags:?}");
        assert!(!folder.path().join("no.png").exists());
    }
}

#[test]
fn what_cannot_be_rendered_is_refused() {
    let folder = study();
    let refused: [(&[&str], i32); 13] = [
        (&["--view", "oblique"], 2),
        (&["--view", "oblique", "--normal", "0,0,1", "--up", "0,0,2"], 1),
        (&["--view", "volume", "--mode", "gloss"], 2),
        (&["--view", "volume", "--preset", "no-such-colours"], 2),
        (&["--view", "volume", "--transfer", "no-such-file.json"], 1),
        (&["--view", "volume", "--clip", "0,0,0,1"], 2),
        (&["--view", "volume", "--background", "blue"], 2),
        (&["--window", "no-such-preset"], 2),
        (&["--size", "0x10"], 2),
        (&["--slab", "-1"], 2),
        (&["--slab-mode", "mip"], 2),
        (&["--frame", "7"], 1),
        (&["--view", "stack", "--slice", "10"], 1),
    ];
    for (flags, code) in refused {
        let words = [&["render", "ct.nii", "--out", "out.png"], flags].concat();
        let done = isocenter(folder.path(), &words);
        assert_eq!(
            done.status.code(),
            Some(code),
            "{flags:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert!(!done.stderr.is_empty() && done.stdout.is_empty());
        assert!(!folder.path().join("out.png").exists());
    }
    assert_eq!(
        isocenter(folder.path(), &["render", "ct.nii", "--out", "out.jpg"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_benchmark_of_one_stage_reports_that_stage() {
    if gpu().is_none() {
        return;
    }
    let folder = study();
    let words = [
        "bench", "ct.nii", "--only", "slices", "--size", "32x32", "--frames", "2", "--json",
    ];
    let done = isocenter(folder.path(), &words);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert!(report["load_ms"].is_null() && report["first_picture_ms"].is_null());
    assert_eq!(report["slices"].as_array().unwrap().len(), 3);
    assert_eq!(report["slices"][0]["frames"], 2);
    assert!(report["slices"][0]["median_ms"].as_f64().unwrap() > 0.0);
    assert!(report["volumes"].as_array().unwrap().is_empty());
    assert_eq!(report["volume"]["dims"], serde_json::json!([20, 18, 10]));
}
