//! Label maps in the window: keys, the list of segments, what is seen.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::nifti_file::write_i16;
use crate::support::{Bench, middle_of, name_label_map, rest, until, volume, window};

use isocenter::window::Begin;

/// A window with an image and a label map on its grid; all of the middle is labelled, from 1 to `labels` in turn.
fn opened(count: usize) -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let image = volume(folder.path(), "one.nii");
    let (dims, sform) = grid_of(&image);
    let labels = write_i16(folder.path(), "seg.nii", dims, sform, |i, j, k| {
        let is_inside = [i, j, k]
            .iter()
            .zip(dims)
            .all(|(at, side)| *at > side / 8 && *at < side - side / 8);
        if is_inside { 1 + (i % count) as i16 } else { 0 }
    });
    name_label_map(&labels);
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

/// The segments of the only label map: label, name, whether it is seen.
fn segments(bench: &Bench) -> Vec<(u32, String, bool)> {
    let entries = &bench.state().state().document.entries;
    let overlay = entries.iter().find_map(|entry| entry.overlay.as_ref()).unwrap();
    let of = |segment: &isocenter::model::segment::Segment| (segment.label, segment.name.clone(), segment.is_visible);
    overlay.table.segments.iter().map(of).collect()
}

#[test]
fn a_double_click_renames_in_place_and_escape_leaves_the_name() {
    let Some((mut bench, _folder)) = opened(1) else { return };
    let double_click = |bench: &mut Bench, name: &str| {
        let place = bench.get_by_label(name).rect().center();
        for _ in 0..2 {
            bench.hover_at(place);
            bench.drag_at(place);
            bench.drop_at(place);
        }
        bench.step();
        rest(bench);
    };
    let name = |bench: &Bench| segments(bench)[0].1.clone();
    double_click(&mut bench, "Go to Label 1");
    bench.get_by_label("New name of Label 1").type_text(" of the liver");
    rest(&mut bench);
    bench.key_press(Key::Enter);
    rest(&mut bench);
    assert_eq!(name(&bench), "Label 1 of the liver");
    // Long enough that the next two clicks are not the third and fourth of a row.
    for _ in 0..90 {
        bench.step();
    }
    double_click(&mut bench, "Go to Label 1 of the liver");
    bench
        .get_by_label("New name of Label 1 of the liver")
        .type_text(" and more");
    rest(&mut bench);
    bench.key_press(Key::Escape);
    rest(&mut bench);
    assert_eq!(name(&bench), "Label 1 of the liver");
    assert!(bench.query_by_label("Go to Label 1 of the liver").is_some());
}

#[test]
fn a_code_is_looked_for_below_the_name_and_chosen() {
    let Some((mut bench, _folder)) = opened(1) else { return };
    let place = bench.get_by_label("Go to Label 1").rect().center();
    for _ in 0..2 {
        bench.hover_at(place);
        bench.drag_at(place);
        bench.drop_at(place);
    }
    bench.step();
    rest(&mut bench);
    // All of the table at first, since the name says nothing.
    assert!(bench.query_by_label("It is Abdomen").is_some());
    bench.get_by_label("Codes for Label 1").click();
    rest(&mut bench);
    assert!(
        bench.query_by_label("New name of Label 1").is_some(),
        "a click in the table ends nothing"
    );
    bench.get_by_label("Codes for Label 1").type_text("left kid");
    rest(&mut bench);
    assert!(bench.query_by_label("It is Abdomen").is_none());
    bench.get_by_label("It is Kidney, left").click();
    rest(&mut bench);
    assert_eq!(
        segments(&bench)[0].1,
        "Kidney, left",
        "what was never named takes the name"
    );
    assert!(bench.query_by_label("Codes for Kidney, left").is_none());
    let entries = &bench.state().state().document.entries;
    let overlay = entries.iter().find_map(|entry| entry.overlay.as_ref()).unwrap();
    assert_eq!(overlay.table.segments[0].coding().code_text(), "SCT 64033007");
    bench.get_by_label("Go to Kidney, left").hover();
    for _ in 0..60 {
        bench.step();
    }
    assert!(
        bench
            .query_by_label_contains("It is: Kidney, left (SCT 64033007)")
            .is_some()
    );
}

#[test]
fn alt_and_a_click_show_one_segment_alone_and_then_all() {
    let Some((mut bench, _folder)) = opened(3) else { return };
    let seen = |bench: &Bench| segments(bench).into_iter().map(|(.., seen)| seen).collect::<Vec<_>>();
    assert_eq!(seen(&bench), [true; 3]);
    for wanted in [[false, true, false], [true; 3]] {
        bench.get_by_label("Show Label 2").click_modifiers(Modifiers::ALT);
        rest(&mut bench);
        assert_eq!(seen(&bench), wanted);
    }
    bench.get_by_label("Show Label 3").click();
    rest(&mut bench);
    bench.get_by_label("Show Label 3").click_modifiers(Modifiers::ALT);
    rest(&mut bench);
    assert_eq!(seen(&bench), [false, false, true]);
}

#[test]
fn the_keys_and_the_list_change_what_is_seen() {
    let Some((mut bench, _folder)) = opened(1) else { return };
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
