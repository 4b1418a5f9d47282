//! Label maps in the window: keys, the list of segments, what is seen.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::nifti_file::write_i16;
use crate::support::{Bench, middle_of, rest, until, volume, window};

use isocenter::window::Begin;

/// A window with an image and a label map on its grid; all of the middle is label 1.
fn opened() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let image = volume(folder.path(), "one.nii");
    let (dims, sform) = grid_of(&image);
    let labels = write_i16(folder.path(), "seg.nii", dims, sform, |i, j, k| {
        let is_inside = [i, j, k]
            .iter()
            .zip(dims)
            .all(|(at, side)| *at > side / 8 && *at < side - side / 8);
        i16::from(is_inside)
    });
    let mut bytes = std::fs::read(&labels).unwrap();
    bytes[68..70].copy_from_slice(&1002i16.to_le_bytes());
    std::fs::write(&labels, bytes).unwrap();
    let mut bench = window(Begin {
        paths: vec![image, labels],
        ..Begin::default()
    })?;
    until(&mut bench, "the segments are counted", |state| {
        let counted = |entry: &isocenter::app::state::Entry| {
            entry.overlay.as_ref().is_some_and(|overlay| overlay.counts.is_some())
        };
        state.document.entries.iter().any(counted) && state.jobs.is_empty()
    });
    Some((bench, folder))
}

/// Size and sform of a NIfTI-1 file, read from its bytes.
fn grid_of(path: &std::path::Path) -> ([usize; 3], [[f32; 4]; 3]) {
    let bytes = std::fs::read(path).unwrap();
    let dim = |n: usize| usize::from(u16::from_le_bytes([bytes[40 + 2 * n], bytes[41 + 2 * n]]));
    let number = |at: usize| f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let row = |row: usize| std::array::from_fn(|column| number(280 + 16 * row + 4 * column));
    ([dim(1), dim(2), dim(3)], [row(0), row(1), row(2)])
}

#[test]
fn the_keys_and_the_list_change_what_is_seen() {
    let Some((mut bench, _folder)) = opened() else { return };
    let with = middle_of(&mut bench, "Axial pane");
    bench.key_press_modifiers(Modifiers::NONE, Key::G);
    rest(&mut bench);
    let without = middle_of(&mut bench, "Axial pane");
    assert_ne!(with, without, "G hides the overlay");
    bench.key_press_modifiers(Modifiers::NONE, Key::G);
    rest(&mut bench);
    assert_eq!(with, middle_of(&mut bench, "Axial pane"));
    bench.key_press_modifiers(Modifiers::NONE, Key::CloseBracket);
    rest(&mut bench);
    assert!((bench.state().state().view.overlays.opacity - 0.5).abs() < 1e-6);
    bench.key_press_modifiers(Modifiers::NONE, Key::OpenBracket);
    rest(&mut bench);
    bench.get_by_label("Show Label 1").click();
    rest(&mut bench);
    assert_eq!(without, middle_of(&mut bench, "Axial pane"), "the segment is hidden");
    bench.get_by_label("Show Label 1").click();
    rest(&mut bench);
    bench.get_by_label("Go to Label 1").click();
    rest(&mut bench);
    assert_eq!(with, middle_of(&mut bench, "Axial pane"));
}
