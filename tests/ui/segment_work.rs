//! Work on whole segments by the buttons of the panel: a range of values, seeds, smoothing all, combining two.

use std::collections::BTreeMap;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use isocenter::app::Command;
use isocenter::app::leaving::Leave;
use isocenter::app::painting::PaintChange;
use isocenter::app::tool::Tool;
use isocenter::window::Begin;

use crate::nifti_file::{lps_grid, write_i16};
use crate::support::{Bench, DIMS, name_label_map, rest, until, volume, window_of_size};

/// What the image of [`volume`] has.
fn value([i, j, k]: [usize; 3]) -> f64 {
    (12 * i + 7 * j + 11 * k + 40 * ((i / 5 + j / 4 + k / 3) % 2)) as f64
}

/// Two blocks side by side, 1 and 2, with a ragged border.
fn label([i, j, k]: [usize; 3]) -> i16 {
    let is_in = (8..28).contains(&i) && (8..26).contains(&j) && (6..22).contains(&k);
    match i >= 18 + (j + k) % 2 {
        _ if !is_in => 0,
        false => 1,
        true => 2,
    }
}

fn places() -> impl Iterator<Item = [usize; 3]> {
    let [columns, rows, slices] = DIMS;
    (0..slices).flat_map(move |k| (0..rows).flat_map(move |j| (0..columns).map(move |i| [i, j, k])))
}

/// A window with the brush in hand, label 1 chosen, and what can be done with the whole segment unfolded.
fn opened() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([1.0, 1.1, 2.0], [-20.0, -15.0, 100.0]);
    let labels = write_i16(folder.path(), "seg.nii", DIMS, grid, |i, j, k| label([i, j, k]));
    name_label_map(&labels);
    let begin = Begin {
        paths: vec![volume(folder.path(), "one.nii"), labels],
        ..Begin::default()
    };
    let mut bench = window_of_size(begin, [1280.0, 1000.0])?;
    until(&mut bench, "the segments are counted", |state| {
        let counted = |entry: &isocenter::app::state::Entry| {
            entry.overlay.as_ref().is_some_and(|overlay| overlay.counts.is_some())
        };
        let has_histogram = state.shown().is_some_and(|entry| entry.histogram.is_some());
        state.document.entries.iter().any(counted) && has_histogram && state.jobs.is_empty()
    });
    give(
        &mut bench,
        Command::SetTool {
            tool: Some(Tool::Brush),
        },
    );
    give(&mut bench, Command::Paint(PaintChange::Into { index: 1, label: 1 }));
    bench.get_by_label("The whole segment").click();
    // It opens slowly enough to be seen.
    for _ in 0..30 {
        bench.step();
    }
    rest(&mut bench);
    Some((bench, folder))
}

fn give(bench: &mut Bench, command: Command) {
    let ctx = bench.ctx.clone();
    bench.state_mut().dispatch(&ctx, [command]);
    rest(bench);
}

/// Clicks a button and waits until its work is done.
fn click(bench: &mut Bench, label: &str) {
    bench.get_by_role_and_label(Role::Button, label).click();
    bench.step();
    until(bench, label, |state| state.jobs.is_empty());
}

/// How many voxels each label has, counted in the map.
fn counts(bench: &Bench) -> BTreeMap<u16, usize> {
    let entry = &bench.state().state().document.entries[1];
    let mut counts = BTreeMap::new();
    for label in entry.volume().voxels.label_map(0).unwrap().to_dense() {
        *counts.entry(label).or_default() += 1;
    }
    counts
}

fn of(label: u16, counts: &BTreeMap<u16, usize>) -> usize {
    counts.get(&label).copied().unwrap_or(0)
}

#[test]
fn a_range_of_values_is_set_found_and_added() {
    let Some((mut bench, _folder)) = opened() else { return };
    let range = |bench: &Bench| bench.state().state().painting.range;
    assert_eq!(range(&bench), None);
    bench.get_by_label("Only values").click();
    rest(&mut bench);
    let first = range(&bench).expect("a range");
    click(&mut bench, "Otsu");
    let found = range(&bench).expect("a range");
    assert!(found != first && found[0] > 100.0 && found[0] < 900.0, "{found:?}");
    let [low, high] = [400.0, 500.0];
    give(&mut bench, Command::Paint(PaintChange::Range(Some([low, high]))));
    click(&mut bench, "Threshold");
    // Over what is not locked: the other segment gives what is in the range.
    let expected = places().filter(|at| label(*at) == 1 || (low..=high).contains(&value(*at)));
    assert_eq!(of(1, &counts(&bench)), expected.count());
    bench.get_by_label("Only values").click();
    rest(&mut bench);
    assert_eq!(range(&bench), None);
}

#[test]
fn seeds_grow_when_that_is_accepted() {
    let Some((mut bench, _folder)) = opened() else { return };
    let before = counts(&bench);
    click(&mut bench, "Grow from seeds");
    assert_eq!(counts(&bench), before, "it is only shown");
    click(&mut bench, "Reject");
    assert!(bench.state().state().preview.is_none());
    assert_eq!(counts(&bench), before);
    click(&mut bench, "Grow from seeds");
    click(&mut bench, "Accept");
    let after = counts(&bench);
    assert!(
        of(1, &after) > of(1, &before) && of(2, &after) > of(2, &before),
        "{after:?}"
    );
    give(&mut bench, Command::Undo);
    assert_eq!(counts(&bench), before);
}

#[test]
fn what_is_only_shown_is_named_when_everything_is_to_be_closed() {
    let Some((mut bench, _folder)) = opened() else { return };
    click(&mut bench, "Grow from seeds");
    for (button, is_left) in [("Stay", false), ("Leave", true)] {
        give(&mut bench, Command::Leave(Leave::CloseAll));
        let said = "Only shown, and dropped unless you stay and take it over: growing from seeds";
        assert!(bench.query_by_label(said).is_some());
        assert!(
            bench.query_by_label("Keep for later").is_none(),
            "nothing is to be kept"
        );
        bench.get_by_role_and_label(Role::Button, button).click();
        rest(&mut bench);
        assert_eq!(bench.state().state().document.entries.is_empty(), is_left);
    }
}

#[test]
fn all_segments_are_smoothed_together_without_a_gap() {
    let Some((mut bench, _folder)) = opened() else { return };
    let labels = |bench: &Bench| {
        let entry = &bench.state().state().document.entries[1];
        entry.volume().voxels.label_map(0).unwrap().to_dense()
    };
    let before = labels(&bench);
    click(&mut bench, "Smooth all");
    let after = labels(&bench);
    // Deep inside, where both were, every voxel has one of them, and the border is another one.
    let inside = |labels: &[u16]| -> Vec<u16> {
        let deep = |[i, j, k]: [usize; 3]| (13..23).contains(&i) && (12..22).contains(&j) && (10..18).contains(&k);
        places()
            .zip(labels)
            .filter(|(at, _)| deep(*at))
            .map(|(_, label)| *label)
            .collect()
    };
    assert!(inside(&after).iter().all(|label| *label > 0), "no gap opens");
    assert_ne!(inside(&before), inside(&after), "the border is smoother");
    bench.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    rest(&mut bench);
    assert_eq!(labels(&bench), before);
}

#[test]
fn two_segments_are_combined_by_a_button_each() {
    let Some((mut bench, _folder)) = opened() else { return };
    let before = counts(&bench);
    let [one, two] = [of(1, &before), of(2, &before)];
    // They have no voxel in common, and what one gets the other gives.
    for (button, expected) in [
        ("Union", [one + two, 0]),
        ("Intersect", [0, two]),
        ("Copy", [two, 0]),
        ("Xor", [one + two, 0]),
    ] {
        click(&mut bench, button);
        let after = counts(&bench);
        assert_eq!([of(1, &after), of(2, &after)], expected, "{button}");
        give(&mut bench, Command::Undo);
        assert_eq!(counts(&bench), before, "{button}");
    }
    click(&mut bench, "Subtract");
    assert_eq!(counts(&bench), before, "there is nothing to take away");
}
