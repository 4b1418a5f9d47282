//! The built-in study: what is drawn is what the phantom says, and left is left.

use std::time::Instant;

use glam::DVec3;
use isocenter::algo::phantom::AIR_HU;
use isocenter::io::{Progress, demo, load};
use isocenter::model::volume::{Value, Volume};

/// A little generator, so that places are many and always the same.
fn places(count: usize) -> impl Iterator<Item = [usize; 3]> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    (0..count).map(move |_| [next(256), next(256), next(200)])
}

fn hu(volume: &Volume, patient: [f64; 3]) -> f64 {
    let voxel = volume.geometry().unwrap().voxel_at(DVec3::from_array(patient));
    match volume.nearest_voxel(voxel).and_then(|index| volume.value(index, 0)) {
        Some(Value::Scalar(value)) => value,
        other => panic!("no value at {patient:?}: {other:?}"),
    }
}

#[test]
fn voxels_are_what_the_phantom_says() {
    let began = Instant::now();
    let opened = demo::open();
    let report = load(&opened, &Progress::silent());
    println!("made in {:?}", began.elapsed());
    assert!(report.warnings.is_empty() && opened.volume.voxels.is_complete());
    let geometry = opened.volume.geometry().unwrap();
    let mut solid = 0;
    for index in places(20_000) {
        let patient = geometry.patient_at(DVec3::from_array(index.map(|n| n as f64)));
        let expected = demo::phantom().value_at(patient);
        solid += usize::from(expected != AIR_HU);
        assert_eq!(
            opened.volume.value(index, 0),
            Some(Value::Scalar(f64::from(expected))),
            "at {index:?}, {patient}"
        );
    }
    assert!(solid > 5000, "{solid} of the places lie in something");
}

#[test]
fn left_is_left() {
    let opened = demo::open();
    load(&opened, &Progress::silent());
    let volume = &opened.volume;
    let named = |patient: [f64; 3]| {
        demo::phantom()
            .structure_at(DVec3::from_array(patient))
            .map(|structure| structure.name)
    };
    // The apex of the heart points to the left, the same place on the right is lung.
    assert_eq!(
        (named([58.0, -50.0, -125.0]), named([-58.0, -50.0, -110.0])),
        (Some("heart"), Some("right lung"))
    );
    assert_eq!(hu(volume, [58.0, -50.0, -125.0]), 60.0);
    // Liver right, stomach with its gas in front and spleen left.
    assert_eq!(hu(volume, [-70.0, -20.0, -165.0]), 110.0);
    assert_eq!(
        (
            hu(volume, [64.0, -40.0, -185.0]),
            hu(volume, [64.0, -10.0, -195.0]),
            hu(volume, [100.0, 42.0, -184.0])
        ),
        (-970.0, 20.0, 125.0)
    );
    // The bleeding is in the left half of the brain, the nodule in the right lung.
    assert_eq!(
        (hu(volume, [43.0, -6.0, 170.0]), hu(volume, [-82.0, -22.0, -42.0])),
        (72.0, 35.0)
    );
    assert_ne!(hu(volume, [-43.0, -6.0, 170.0]), 72.0);
    // The face looks forward, the table is at the back.
    assert_eq!(
        (named([0.0, -108.0, 116.0]).is_some(), named([0.0, 113.5, 0.0])),
        (true, Some("table"))
    );
}

#[test]
fn volumes_of_targets_are_right() {
    let truth = demo::open_truth();
    load(&truth, &Progress::silent());
    let voxel_ml = truth
        .volume
        .geometry()
        .unwrap()
        .patient_from_voxel()
        .matrix3
        .determinant()
        .abs()
        / 1000.0;
    let mut counts = [0usize; 256];
    for slab in 0..truth.volume.voxels.slab_count() {
        let isocenter::model::voxels::Samples::U8(labels) = &**truth.volume.voxels.slab(slab).unwrap() else {
            panic!("labels are bytes")
        };
        labels.iter().for_each(|label| counts[usize::from(*label)] += 1);
    }
    let mut targets = 0;
    for structure in demo::phantom().structures() {
        let counted_ml = counts[usize::from(structure.label)] as f64 * voxel_ml;
        assert!(counted_ml > 0.0, "{} is nowhere to be seen", structure.name);
        if let Some(volume_ml) = structure.volume_ml {
            targets += 1;
            assert!(
                (counted_ml / volume_ml - 1.0).abs() < 0.03,
                "{}: {counted_ml} mL of {volume_ml} mL",
                structure.name
            );
        }
    }
    assert_eq!(targets, 3);
}
