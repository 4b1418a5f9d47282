//! `isocenter render` of movies as a person calls it: each picture is the one that the flags would give by themselves.

use std::path::Path;
use std::process::{Command, Output};

use crate::device::gpu;
use crate::nifti_file::{lps_grid, write_i16};

fn isocenter(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .current_dir(folder)
        .args(["render", "ct.nii", "--size", "60x40", "--window", "300,700"])
        .args(words)
        .output()
        .unwrap()
}

fn study() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rows = lps_grid([2.0, 2.0, 3.0], [-20.0, -18.0, -15.0]);
    write_i16(folder.path(), "ct.nii", [20, 18, 10], rows, |i, j, k| {
        (i * 40 + j * 10 + k * 20) as i16
    });
    folder
}

/// All pictures of a PNG, animated or not, as RGBA.
fn pictures(path: &Path) -> Vec<Vec<u8>> {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let count = reader
        .info()
        .animation_control()
        .map_or(1, |control| control.num_frames);
    (0..count)
        .map(|_| {
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            if info.color_type == png::ColorType::GrayscaleAlpha {
                pixels
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .flat_map(|[v, a]| [*v, *v, *v, *a])
                    .collect()
            } else {
                pixels
            }
        })
        .collect()
}

fn rendered(folder: &Path, out: &str, words: &[&str]) -> Vec<Vec<u8>> {
    let done = isocenter(folder, &[words, &["--out", out]].concat());
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{words:?}: {said}");
    assert!(done.stdout.is_empty());
    pictures(&folder.join(out))
}

#[test]
fn a_turntable_goes_once_around() {
    if gpu().is_none() {
        return;
    }
    let folder = study();
    for background in ["none", "#102030"] {
        let common = ["--view", "volume", "--background", background, "--fov", "60"];
        let turn = [&common[..], &["--camera", "30,10", "--turntable", "4"]].concat();
        let movie = rendered(folder.path(), "turn.png", &turn);
        assert_eq!(movie.len(), 4);
        for (picture, camera) in movie.iter().zip(["30,10", "120,10", "210,10", "300,10"]) {
            let alone = rendered(
                folder.path(),
                "alone.png",
                &[&common[..], &["--camera", camera]].concat(),
            );
            assert!(*picture == alone[0], "{background}, {camera}");
        }
        assert_ne!(movie[0], movie[1]);
        let is_transparent = movie[0].as_chunks::<4>().0.iter().any(|p| p[3] == 0);
        assert_eq!(is_transparent, background == "none");
    }
}

#[test]
fn a_turntable_fits_from_all_sides() {
    if gpu().is_none() {
        return;
    }
    let folder = study();
    let words = ["--view", "volume", "--turntable", "8", "--background", "none"];
    for picture in rendered(folder.path(), "turn.png", &words) {
        let alpha = |x: usize, y: usize| picture[(y * 60 + x) * 4 + 3];
        // Seen from a corner it is wider than the picture would be if it only had to fit from the front.
        assert!((0..60).all(|x| alpha(x, 0) == 0 && alpha(x, 39) == 0));
        assert!((0..40).any(|y| alpha(30, y) == 255));
    }
}

#[test]
fn a_sweep_goes_through_the_whole_volume() {
    if gpu().is_none() {
        return;
    }
    let folder = study();
    // Ten slices of 3 mm from −16.5 to 13.5 mm: five pictures in the middle of 6 mm each.
    let movie = rendered(folder.path(), "sweep.png", &["--view", "axial", "--sweep", "5"]);
    for (picture, at) in movie
        .iter()
        .zip(["-1,-1,-13.5", "-1,-1,-7.5", "-1,-1,-1.5", "-1,-1,4.5", "-1,-1,10.5"])
    {
        let alone = rendered(folder.path(), "alone.png", &["--view", "axial", "--at", at]);
        assert!(*picture == alone[0], "{at}");
    }
    let stack = rendered(folder.path(), "stack.png", &["--view", "stack", "--sweep", "10"]);
    for (n, picture) in stack.iter().enumerate() {
        let alone = ["--view", "stack", "--slice", &n.to_string()];
        assert!(*picture == rendered(folder.path(), "alone.png", &alone)[0], "slice {n}");
    }
    rendered(folder.path(), "F-0.png", &["--view", "coronal"]);
    let done = isocenter(
        folder.path(),
        &["--view", "coronal", "--sweep", "3", "--out", "S-%02d.png"],
    );
    assert!(done.status.success());
    assert!((0..3).all(|n| folder.path().join(format!("S-{n:02}.png")).exists()));
}

#[test]
fn what_cannot_be_a_movie_is_refused_and_leaves_nothing() {
    let folder = study();
    let refused: [(&[&str], i32); 10] = [
        (&["--turntable", "4", "--out", "a.gif"], 2),
        (&["--view", "volume", "--sweep", "4", "--out", "a.gif"], 2),
        (&["--view", "volume", "--turntable", "0", "--out", "a.gif"], 2),
        (&["--view", "volume", "--turntable", "-4", "--out", "a.gif"], 2),
        (&["--view", "volume", "--turntable", "4000000", "--out", "a.gif"], 2),
        (&["--view", "axial", "--sweep", "4", "--fps", "0", "--out", "a.gif"], 2),
        (&["--view", "axial", "--out", "a.gif"], 2),
        (&["--view", "axial", "--sweep", "4", "--out", "a.avi"], 2),
        (&["--view", "axial", "--sweep", "4", "--fps", "60", "--out", "a.gif"], 1),
        (
            &[
                "--view",
                "volume",
                "--turntable",
                "4",
                "--background",
                "none",
                "--out",
                "a.mp4",
            ],
            1,
        ),
    ];
    for (flags, code) in refused {
        let done = isocenter(folder.path(), flags);
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(code), "{flags:?}: {said}");
        assert!(said.starts_with("error: "), "{said}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{flags:?}");
    }
}
