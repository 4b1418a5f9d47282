//! The CT of the built-in study: values follow from the labels, truth is exact, and left is left.

use std::collections::BTreeMap;

use glam::DVec3;
use isocenter::algo::phantom;
use isocenter::io::demo;
use isocenter::model::geometry::Geometry;

/// The demo at a third of its resolution: the same code in a thirtieth of the time.
fn small() -> Geometry {
    phantom::grid([170, 170, 100], [2.4, 2.4, 6.0]).expect("a grid of constants")
}

fn named(label: u8) -> &'static str {
    demo::phantom()
        .labelled(label)
        .map_or("air", |structure| structure.name)
}

/// Labels of one whole slice of the demo's own grid, and its values.
fn slice_at(geometry: &Geometry, z: f64) -> (Vec<u8>, Vec<i16>) {
    let k = geometry.voxel_at(DVec3::new(0.0, 0.0, z)).z.round() as usize;
    (
        demo::phantom().labels(geometry, k, 1),
        demo::phantom().values(geometry, k, 1),
    )
}

fn index_at(geometry: &Geometry, lps: [f64; 3]) -> usize {
    let voxel = geometry.voxel_at(DVec3::from_array(lps)).round();
    voxel.y as usize * geometry.dims()[0] + voxel.x as usize
}

#[test]
fn slices_are_the_same_alone_and_together() {
    let geometry = small();
    let together = demo::phantom().values(&geometry, 40, 3);
    let alone = demo::phantom().values(&geometry, 41, 1);
    let size = geometry.dims()[0] * geometry.dims()[1];
    assert_eq!(together[size..2 * size], alone[..]);
}

#[test]
fn left_is_left() {
    let geometry = phantom::demo_geometry().expect("a grid of constants");
    let at = |lps: [f64; 3]| {
        let (labels, _) = slice_at(&geometry, lps[2]);
        named(labels[index_at(&geometry, lps)])
    };
    // The left ventricle is on the left, and there is lung in the same place on the right.
    assert_eq!(
        (at([44.0, -24.0, -110.0]), at([-70.0, -24.0, -110.0])),
        ("left ventricle", "right lung")
    );
    // Liver right, stomach and spleen left.
    assert_eq!(
        (at([-70.0, -20.0, -190.0]), at([98.0, 38.0, -186.0])),
        ("liver", "spleen")
    );
    // The bleeding is in the left half of the brain, the nodule in the right lung.
    assert_eq!(
        (at([43.0, -6.0, 170.0]), at([-82.0, -22.0, -42.0])),
        ("bleeding", "lung nodule")
    );
    // The back is behind: spine and table.
    assert_eq!(
        (at([0.0, 58.0, -100.0]).contains("vertebra"), at([0.0, 112.0, -100.0])),
        (true, "table")
    );
}

#[test]
fn volumes_and_places_of_targets_are_exact() {
    let geometry = phantom::demo_geometry().expect("a grid of constants");
    let voxel_ml = geometry.patient_from_voxel().matrix3.determinant().abs() / 1000.0;
    let targets = [
        ("lung nodule", [-82.0, -22.0, -42.0], 10.0),
        ("liver lesion", [-86.0, -8.0, -190.0], 17.0),
        ("small liver lesion", [-48.0, -34.0, -176.0], 10.0),
        ("bleeding", [43.0, -6.0, 170.0], 22.0),
    ];
    for (name, center, reach_mm) in targets {
        let structure = demo::phantom().structure(name).expect("a target");
        let first = geometry.voxel_at(DVec3::new(0.0, 0.0, center[2] - reach_mm)).z.floor() as usize;
        let count = (2.0 * reach_mm / 2.0).ceil() as usize + 2;
        let labels = demo::phantom().labels(&geometry, first, count);
        let size = geometry.dims()[0] * geometry.dims()[1];
        let (mut voxels, mut sum) = (0.0, DVec3::ZERO);
        for (n, _) in labels
            .iter()
            .enumerate()
            .filter(|(_, label)| **label == structure.label)
        {
            let in_slice = n % size;
            let index = [
                in_slice % geometry.dims()[0],
                in_slice / geometry.dims()[0],
                first + n / size,
            ];
            voxels += 1.0;
            sum += geometry.patient_at(DVec3::from_array(index.map(|n| n as f64)));
        }
        let expected = structure.volume_ml.expect("the volume of a target is known");
        assert!(
            (voxels * voxel_ml / expected - 1.0).abs() < 0.03,
            "{name}: {} mL of {expected} mL",
            voxels * voxel_ml
        );
        assert!(
            (sum / voxels).distance(DVec3::from_array(center)) < 0.3,
            "{name} is elsewhere"
        );
    }
}

#[test]
fn values_are_the_structures_own() {
    let geometry = phantom::demo_geometry().expect("a grid of constants");
    let columns = geometry.dims()[0];
    let mut sums = BTreeMap::<&str, (f64, f64)>::new();
    for z in [-186.0, -110.0, -60.0, 170.0] {
        let (labels, values) = slice_at(&geometry, z);
        for n in 3 * columns..labels.len() - 3 * columns {
            // Only voxels with three of the same structure on every side: the blur has not reached these.
            let around = [1, 2, 3]
                .iter()
                .flat_map(|d| [n - d, n + d, n - d * columns, n + d * columns]);
            if around.into_iter().all(|other| labels[other] == labels[n]) {
                let (sum, count) = sums.entry(named(labels[n])).or_default();
                *sum += f64::from(values[n]);
                *count += 1.0;
            }
        }
    }
    let mut compared = 0;
    for (name, (sum, count)) in sums {
        let Some(structure) = demo::phantom().structure(name) else {
            continue;
        };
        // Hills of texture move the mean of a small sample a little. Fat between muscles, and the lungs' density from front to back, are meant to move the mean.
        let is_even = !name.contains("muscle") && !name.contains("lung") && !name.contains("bronch");
        if is_even && count > 150.0 {
            compared += 1;
            assert!(
                (sum / count - f64::from(structure.hu)).abs() < 14.0,
                "{name}: {} HU in {count} voxels, not {}",
                sum / count,
                structure.hu
            );
        }
    }
    assert!(compared >= 10, "{compared} structures");
}

#[test]
fn every_structure_is_seen() {
    let geometry = phantom::grid([256, 256, 300], [1.6, 1.6, 2.0]).expect("a grid of constants");
    let labels = demo::phantom().labels(&geometry, 0, 300);
    let mut counts = [0usize; 256];
    labels.iter().for_each(|label| counts[usize::from(*label)] += 1);
    for structure in demo::phantom().structures() {
        assert!(
            counts[usize::from(structure.label)] > 0,
            "{} is nowhere to be seen",
            structure.name
        );
    }
}
