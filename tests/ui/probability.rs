//! Probability maps and readers in the window: the threshold, the curve, the comparison, and that nothing runs into
//! anything else.

use egui::Rect;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use isocenter::app::Command;
use isocenter::app::probability::Probability;
use isocenter::app::tables::{Table, TableChange};
use isocenter::window::Begin;

use crate::float_file::write_f32;
use crate::nifti_file::{lps_grid, write_i16};
use crate::support::{Bench, DIMS, middle_of, name_label_map, rest, until, volume, window_of_size};

/// The grid of `one.nii`.
fn place() -> [[f32; 4]; 3] {
    lps_grid([1.0, 1.1, 2.0], [-20.0, -15.0, 100.0])
}

/// Whether a voxel is in the reference: a block, `shift` voxels aside.
fn is_in(shift: usize, i: usize, j: usize, k: usize) -> bool {
    (8 + shift..28 + shift).contains(&i) && (8..28).contains(&j) && (6..24).contains(&k)
}

/// A window of a width with an image, three readers' maps of it and a probability map: 0.8 in the block, 0.3 beside it.
fn opened(width: f32) -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = vec![volume(folder.path(), "one.nii")];
    for (name, shift) in [("anna.nii", 0), ("ben.nii", 3), ("carla.nii", 0)] {
        let path = write_i16(folder.path(), name, DIMS, place(), |i, j, k| {
            i16::from(is_in(shift, i, j, k))
        });
        name_label_map(&path);
        paths.push(path);
    }
    let map = write_f32(folder.path(), "block_prob.nii", DIMS, place(), |i, j, k| {
        match [0, 3].map(|shift| is_in(shift, i, j, k)) {
            [true, _] => 0.8,
            [false, true] => 0.3,
            _ => 0.0,
        }
    });
    paths.push(map);
    let begin = Begin {
        paths,
        ..Begin::default()
    };
    let mut bench = window_of_size(begin, [width, 800.0])?;
    until(&mut bench, "the maps are read", |state| {
        let entries = &state.document.entries;
        let labels = entries.iter().filter_map(|entry| entry.overlay.as_ref());
        let is_known = |entry: &isocenter::app::state::Entry| {
            let map = entry.probability.as_ref();
            map.is_some_and(|map| map.certain.is_some())
        };
        labels.filter(|overlay| overlay.counts.is_some()).count() == 3
            && entries.iter().any(is_known)
            && state.jobs.is_empty()
    });
    Some((bench, folder))
}

fn map_of(bench: &Bench) -> Probability {
    let entries = &bench.state().state().document.entries;
    entries.iter().find_map(|entry| entry.probability.clone()).unwrap()
}

fn ask(bench: &mut Bench, change: TableChange) {
    let ctx = bench.ctx.clone();
    bench.state_mut().dispatch(&ctx, [Command::Tables(change)]);
    until(bench, "the table is there", |state| state.jobs.is_empty());
}

/// The place of a volume in the document.
fn index_of(bench: &Bench, name: &str) -> usize {
    let mut entries = bench.state().state().document.entries.iter();
    let is_it = |entry: &isocenter::app::state::Entry| entry.volume().series.description == name;
    entries.position(is_it).expect("it is open")
}

/// Hides the label maps, so that the list has room for the probability map.
fn put_labels_away(bench: &mut Bench) {
    for index in ["anna", "ben", "carla"].map(|name| index_of(bench, name)) {
        let ctx = bench.ctx.clone();
        let hide = Command::SetOverlayVisible { index, visible: false };
        bench.state_mut().dispatch(&ctx, [hide]);
    }
    rest(bench);
}

fn show(bench: &mut Bench, table: Table) {
    ask(bench, TableChange::Show(Some(table)));
}

fn rect(bench: &Bench, label: &str) -> Rect {
    bench.get_by_label(label).rect()
}

#[test]
fn the_threshold_is_a_slider_that_acts_at_once() {
    let Some((mut bench, _folder)) = opened(1280.0) else {
        return;
    };
    put_labels_away(&mut bench);
    let set = |bench: &mut Bench, threshold: f64| {
        bench
            .get_by_role_and_label(Role::Slider, "Threshold of block_prob")
            .set_value_accesskit(threshold);
        rest(bench);
        assert_eq!(map_of(bench).threshold, threshold);
        middle_of(bench, "Axial pane")
    };
    let half = middle_of(&mut bench, "Axial pane");
    let low = set(&mut bench, 0.25);
    let none = set(&mut bench, 0.9);
    assert!(half != low && low != none && half != none);
    assert_eq!(set(&mut bench, 0.5), half);
    bench.get_by_label("Outline of block_prob").click();
    rest(&mut bench);
    assert!(!map_of(&bench).has_outline);
    bench.get_by_role_and_label(Role::CheckBox, "block_prob").click();
    rest(&mut bench);
    assert_eq!(middle_of(&mut bench, "Axial pane"), none, "nothing of it is seen");
}

#[test]
fn what_reaches_the_threshold_becomes_a_segmentation_by_a_button() {
    let Some((mut bench, _folder)) = opened(1280.0) else {
        return;
    };
    put_labels_away(&mut bench);
    bench.get_by_label("Make a segmentation from block_prob").click();
    bench.step();
    until(&mut bench, "the segmentation is there", |state| {
        state.document.entries.len() == 6 && state.jobs.is_empty()
    });
    let entry = &bench.state().state().document.entries[5];
    let counts = entry.overlay.as_ref().unwrap().counts.clone().unwrap();
    assert_eq!(counts[&1].voxels, 20 * 20 * 18);
}

#[test]
fn a_click_on_the_curve_sets_the_threshold() {
    let Some((mut bench, _folder)) = opened(1280.0) else {
        return;
    };
    show(&mut bench, Table::Agreement);
    bench.get_by_label("Judged by it").click();
    rest(&mut bench);
    let options: Vec<_> = bench.get_all_by_label("block_prob").collect();
    options.last().expect("the map can be chosen").click();
    rest(&mut bench);
    bench.get_by_label("Compare").click();
    bench.step();
    until(&mut bench, "the curve is there", |state| {
        state.tables.curve.is_some() && state.jobs.is_empty()
    });
    // 0.31 to 0.80 give the reference itself; 0.56 is in their middle.
    bench.get_by_label("Best: 1.0000 at 0.56");
    bench.get_by_label("Take it").click();
    rest(&mut bench);
    assert_eq!(map_of(&bench).threshold, 0.56);
    let plot = rect(&bench, "Dice by threshold");
    bench.hover_at(plot.center());
    bench.drag_at(plot.center());
    bench.drop_at(plot.center());
    bench.step();
    rest(&mut bench);
    // The axis of numbers takes a little of the left.
    let threshold = map_of(&bench).threshold;
    assert!((0.42..0.53).contains(&threshold), "{threshold}");
}

#[test]
fn readers_are_chosen_and_compared() {
    let Some((mut bench, _folder)) = opened(1280.0) else {
        return;
    };
    show(&mut bench, Table::Readers);
    bench.get_by_label("Who is compared").click();
    rest(&mut bench);
    let boxes: Vec<_> = bench.get_all_by_role_and_label(Role::CheckBox, "carla").collect();
    boxes.last().expect("she can be left out").click();
    rest(&mut bench);
    bench.key_press(egui::Key::Escape);
    rest(&mut bench);
    bench.get_by_label("Compare readers").click();
    bench.step();
    let compared = |readers: usize| {
        move |state: &isocenter::app::State| {
            let found = state.tables.readers.as_ref();
            found.is_some_and(|found| found.maps.len() == readers) && state.jobs.is_empty()
        }
    };
    until(&mut bench, "two are compared", compared(2));
    let readers = ["anna", "ben", "carla"].map(|name| index_of(&bench, name)).to_vec();
    ask(&mut bench, TableChange::Compare { readers });
    assert!(compared(3)(bench.state().state()));
    // 17 of 20 columns are in both.
    assert!(bench.get_all_by_label("0.8500").count() >= 4);
    bench.get_by_label("Add agreement map").click();
    bench.step();
    rest(&mut bench);
    bench.get_by_role_and_label(Role::CheckBox, "Agreement of readers");
    bench.get_by_label("Add consensus").click();
    bench.step();
    until(&mut bench, "it is kept", |state| state.jobs.is_empty());
    bench.get_by_role_and_label(Role::CheckBox, "SEG Consensus (STAPLE)");
}

/// What stands in the line above a table does not run into what stands at its right end.
#[test]
fn the_head_of_a_table_has_room_for_all_of_it() {
    for width in [900.0, 1100.0, 1280.0, 1600.0] {
        let Some((mut bench, _folder)) = opened(width) else {
            return;
        };
        let [anna, ben, carla] = ["anna", "ben", "carla"].map(|name| index_of(&bench, name));
        let judge = TableChange::Judge {
            reference: anna,
            judged: ben,
        };
        ask(&mut bench, judge);
        let ends = ["Copy as CSV", "Close the table"];
        let heads = [
            (Table::Agreement, vec!["Reference", "Judged by it", "Compare"]),
            (Table::Statistics, vec!["Segmentation", "Measure"]),
            (
                Table::Readers,
                vec![
                    "Who is compared",
                    "Compare readers",
                    "Add consensus",
                    "Add agreement map",
                ],
            ),
        ];
        ask(&mut bench, TableChange::Measure { index: anna });
        ask(
            &mut bench,
            TableChange::Compare {
                readers: vec![anna, ben, carla],
            },
        );
        for (table, left) in heads {
            show(&mut bench, table);
            let rects: Vec<(&str, Rect)> = left
                .into_iter()
                .chain(ends)
                .map(|label| {
                    let all: Vec<Rect> = bench.get_all_by_label(label).map(|node| node.rect()).collect();
                    (label, *all.last().unwrap())
                })
                .collect();
            for (n, (name, one)) in rects.iter().enumerate() {
                for (other_name, other) in &rects[n + 1..] {
                    let overlap = one.intersect(*other);
                    let is_apart = overlap.width() <= 0.0 || overlap.height() <= 0.0;
                    assert!(is_apart, "{width} {table:?}: {name} {one:?}, {other_name} {other:?}");
                }
            }
        }
    }
}
