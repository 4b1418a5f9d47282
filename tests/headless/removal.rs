//! Table and bone are removed from the demo's CT, held against its truth.

use std::collections::BTreeMap;

use isocenter::algo::{body_mask, bone_mask};
use isocenter::io::demo;
use isocenter::io::{self, Progress};
use isocenter::model::voxel_mask::VoxelMask;

/// Voxels of each structure of the phantom that a mask keeps, and all of them.
fn kept(mask: &VoxelMask) -> BTreeMap<&'static str, (usize, usize)> {
    use rayon::prelude::*;
    let geometry = isocenter::algo::phantom::demo_geometry().expect("a grid of constants");
    let [columns, rows, slices] = geometry.dims();
    let counts: Vec<Vec<(usize, usize)>> = (0..slices)
        .into_par_iter()
        .map(|k| {
            let mut counts = vec![(0, 0); 256];
            for (n, label) in demo::phantom().labels(&geometry, k, 1).into_iter().enumerate() {
                let count = &mut counts[usize::from(label)];
                count.0 += usize::from(mask.keeps(k * columns * rows + n));
                count.1 += 1;
            }
            counts
        })
        .collect();
    let mut sums = BTreeMap::new();
    for counts in counts {
        for (label, count) in counts.into_iter().enumerate() {
            let name = demo::phantom()
                .labelled(label as u8)
                .map_or("air", |structure| structure.name);
            let sum: &mut (usize, usize) = sums.entry(name).or_default();
            sum.0 += count.0;
            sum.1 += count.1;
        }
    }
    sums
}

fn part(counts: &BTreeMap<&'static str, (usize, usize)>, is_in: impl Fn(&str) -> bool) -> f64 {
    let sums = counts
        .iter()
        .filter(|(name, _)| is_in(name))
        .fold((0, 0), |sum, (_, count)| (sum.0 + count.0, sum.1 + count.1));
    sums.0 as f64 / sums.1 as f64
}

const BESIDE: [&str; 4] = ["air", "table", "table foam", "mattress"];

const BONES: [&str; 9] = [
    "skull",
    "diploe",
    "inner table",
    "base of the skull",
    "vertebrae",
    "vertebral arches",
    "spinous and transverse processes",
    "ribs",
    "rib marrow",
];

#[test]
fn the_demo_loses_its_table_and_its_bones() {
    let ct = demo::open_all().remove(0);
    io::load(&ct, &Progress::silent());
    let body = kept(&body_mask::without_table(&ct.volume, 0, &|_, _| true).unwrap());
    let vessels = kept(&bone_mask::without_bone(&ct.volume, 0, &|_, _| true).unwrap());
    let of_body = part(&body, |name| !BESIDE.contains(&name));
    let of_lungs = part(&body, |name| name.ends_with(" lung"));
    let of_table = part(&body, |name| name == "table");
    let of_bone = part(&vessels, |name| BONES.contains(&name));
    let of_aorta = part(&vessels, |name| name == "aorta");
    let of_branches = part(&vessels, |name| name == "branches of the aorta");
    let figures = format!(
        "kept of body {of_body:.4}, lungs {of_lungs:.4}, table {of_table:.4}; \
         of bone {of_bone:.4}, aorta {of_aorta:.4}, its branches {of_branches:.4}"
    );
    eprintln!("{figures}");
    assert!(of_body > 0.99 && of_lungs > 0.95 && of_table < 0.12, "{figures}");
    assert!(of_bone < 0.05 && of_aorta > 0.98 && of_branches > 0.9, "{figures}");
}
