//! The real program in a real window, with a hand on mouse and keyboard. What the interface does in detail is tested
//! without a window; here counts that the window opens, draws, reacts, sleeps and closes.

use std::time::{Duration, Instant};

use super::desktop::{self, Desktop, Picture};
use crate::nifti_file::{lps_grid, write_i16};

/// Left, top, right, bottom on the screen.
type Part = [usize; 4];

/// The four panes: where the window lies, less its panels, in quarters. Inside their frames and texts.
fn panes(window: Part) -> [Part; 4] {
    let [left, top, right, bottom] = [window[0] + 250, window[1] + 40, window[2] - 220, window[3] - 20];
    let (middle, half) = ((left + right) / 2, (top + bottom) / 2);
    let inside = |[left, top, right, bottom]: Part| [left + 20, top + 70, right - 20, bottom - 60];
    [
        [left, top, middle, half],
        [middle, top, right, half],
        [left, half, middle, bottom],
        [middle, half, right, bottom],
    ]
    .map(inside)
}

fn center([left, top, right, bottom]: Part) -> [i32; 2] {
    [(left + right) as i32 / 2, (top + bottom) as i32 / 2]
}

fn assert_changed(before: &Picture, after: &Picture, parts: &[Part], what: &str) {
    for part in parts {
        let changed = after.changed_pixels(before, *part);
        assert!(
            changed > 50,
            "{what}: {changed} pixels of {part:?} changed; see {}",
            after.keep("failed.png").display()
        );
    }
}

#[test]
fn the_demo_opens_in_a_window_reacts_sleeps_and_closes() {
    if !desktop::is_possible() {
        return;
    }
    let mut desktop = Desktop::with_program(&["demo"]);
    let [axial, coronal, sagittal, projection] = panes(desktop.window_place());

    let all = [axial, coronal, sagittal, projection];
    let began = Instant::now();
    let start = loop {
        let start = desktop.settled_picture();
        let is_empty = |part: &Part| {
            if *part == projection {
                start.colors(*part) <= 400
            } else {
                start.grey_levels(*part) <= 20
            }
        };
        let empty: Vec<Part> = all.into_iter().filter(is_empty).collect();
        if empty.is_empty() {
            break start;
        }
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "the panes at {empty:?} show nothing; see {}",
            start.keep("failed.png").display()
        );
    };
    println!("see {}", start.keep("start.png").display());

    let [x, y] = center(axial);
    desktop.drag(1, [x - 50, y - 30], [x + 40, y + 20]);
    let moved = desktop.settled_picture();
    moved.keep("crosshair-moved.png");
    assert_changed(&start, &moved, &[axial, coronal, sagittal], "dragging the crosshair");

    desktop.press("w");
    desktop.drag(1, [x, y], [x + 80, y - 40]);
    let windowed = desktop.settled_picture();
    windowed.keep("windowed.png");
    assert_changed(&moved, &windowed, &[axial, coronal, sagittal], "dragging the window");

    desktop.point_at(center(coronal));
    desktop.click(5);
    let scrolled = desktop.settled_picture();
    assert_changed(&windowed, &scrolled, &[coronal], "the wheel");

    let [x, y] = center(projection);
    desktop.drag(1, [x, y], [x + 80, y]);
    let turned = desktop.settled_picture();
    turned.keep("turned.png");
    assert_changed(&scrolled, &turned, &[projection], "turning the projection");

    // Once the projection is refined nothing is computed: not a single frame in three seconds.
    let began = Instant::now();
    loop {
        let before = desktop.cpu_time();
        std::thread::sleep(Duration::from_secs(3));
        let used = desktop.cpu_time() - before;
        if used <= Duration::from_millis(10) {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{used:?} of processor time in three seconds at rest"
        );
    }

    let status = desktop.close();
    assert!(status.success(), "closing the window ended the program with {status}");
}

#[test]
fn a_lost_graphics_device_costs_nothing_but_a_moment() {
    if !desktop::is_possible() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("script.jsonl");
    let [before, after] = ["before.png", "after.png"].map(|name| folder.path().join(name));
    let save = |path: &std::path::Path| serde_json::json!({ "save_window": { "path": path } }).to_string();
    let rows = lps_grid([2.0, 2.0, 3.0], [-60.0, -50.0, -45.0]);
    write_i16(folder.path(), "ct.nii", [60, 50, 30], rows, |i, j, k| {
        ((i * 40 + j * 10) ^ (k * 30)) as i16
    });
    let open = serde_json::json!({ "open": { "paths": [folder.path().join("ct.nii")] } }).to_string();
    let lines = [
        &open,
        &save(&before),
        // It says where the picture was written.
        r#"{"dismiss_message":{"index":0}}"#,
        r#""restart_graphics""#,
        &save(&after),
        "",
    ];
    std::fs::write(&script, lines.join("\n")).expect("a script");
    let mut desktop = Desktop::with_program(&["run", "--window", script.to_str().expect("a path")]);
    desktop.wait_for("a picture of the new window", Duration::from_secs(120), |_| {
        after.exists().then_some(())
    });
    // What was open is shown again, in a window of the same size.
    let [before, after] = [before, after].map(|path| {
        let bytes = std::fs::read(path).expect("a picture");
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("pixels");
        ((info.width, info.height), pixels)
    });
    assert_eq!(before.0, after.0);
    let differ = before
        .1
        .iter()
        .zip(&after.1)
        .filter(|(a, b)| a.abs_diff(**b) > 8)
        .count();
    assert!(
        differ * 50 < before.1.len(),
        "{differ} of {} bytes differ",
        before.1.len()
    );
}
