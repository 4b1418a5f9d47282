//! What comes with the demo's CT: the PET, the truth, and a model that is good but not perfect.

use glam::DVec3;
use isocenter::algo::phantom::{self, SEGMENTS};
use isocenter::io::demo::{self, Content};
use isocenter::model::geometry::Geometry;
use isocenter::model::volume::VolumeKind;

fn label(name: &str) -> u8 {
    SEGMENTS
        .iter()
        .find(|segment| segment.name == name)
        .map(|segment| segment.label)
        .expect("a segment")
}

/// The slices of a grid between two heights, LPS mm.
fn slices(geometry: &Geometry, low: f64, high: f64) -> (usize, usize) {
    let at = |z: f64| geometry.voxel_at(DVec3::new(0.0, 0.0, z)).z.round() as usize;
    (at(low), at(high) - at(low) + 1)
}

fn coarse() -> Geometry {
    phantom::grid([256, 256, 150], [1.6, 1.6, 4.0]).expect("a grid of constants")
}

/// 2 |A and B| / (|A| + |B|) of one label.
fn dice(a: &[u8], b: &[u8], label: u8) -> f64 {
    let count = |map: &[u8]| map.iter().filter(|other| **other == label).count() as f64;
    let both = a.iter().zip(b).filter(|(a, b)| **a == label && **b == label).count() as f64;
    2.0 * both / (count(a) + count(b))
}

#[test]
fn the_study_is_one() {
    let all = demo::open_all();
    let first = &all[0].volume;
    assert_eq!((first.series.modality.as_str(), first.dims()), ("CT", [512, 512, 300]));
    let mut uids: Vec<&str> = all.iter().map(|open| open.volume.series.series_uid.as_str()).collect();
    uids.dedup();
    assert_eq!(uids.len(), Content::ALL.len());
    for open in &all {
        let series = &open.volume.series;
        assert_eq!(
            (&series.study_uid, &series.frame_of_reference_uid),
            (&first.series.study_uid, &first.series.frame_of_reference_uid)
        );
    }
    let maps = all
        .iter()
        .filter(|open| open.volume.series.kind == VolumeKind::Segmentation);
    assert_eq!(maps.count(), 2);
}

#[test]
fn the_model_is_good_but_not_perfect() {
    let geometry = coarse();
    let (first, count) = slices(&geometry, -200.0, -30.0);
    let truth = demo::phantom().truth(&geometry, first, count);
    let model = demo::phantom().model_output(&geometry, first, count);
    for name in ["right lung", "left lung", "heart", "liver", "spleen"] {
        let dice = dice(&truth, &model, label(name));
        assert!((0.85..0.99).contains(&dice), "{name}: {dice}");
    }
    // One lesion is missed, and one nodule is none.
    let count = |map: &[u8], name: &str| map.iter().filter(|other| **other == label(name)).count();
    assert!(count(&truth, "small liver lesion") > 0);
    assert_eq!(count(&model, "small liver lesion"), 0);
    assert!(count(&model, "lung nodule") as f64 > 1.2 * count(&truth, "lung nodule") as f64);
}

#[test]
fn the_probability_is_highest_in_the_nodule() {
    let geometry = coarse();
    let (first, count) = slices(&geometry, -52.0, -32.0);
    let truth = demo::phantom().truth(&geometry, first, count);
    let probability = demo::phantom().nodule_probability(&geometry, first, count);
    let nodule = label("lung nodule");
    let mean = |wanted: bool| {
        let values: Vec<f64> = truth
            .iter()
            .zip(&probability)
            .filter(|(label, _)| (**label == nodule) == wanted)
            .map(|(_, value)| f64::from(*value) / 255.0)
            .collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    assert!(mean(true) > 0.6 && mean(false) < 0.01, "{} {}", mean(true), mean(false));
}

#[test]
fn uptake_is_what_was_given() {
    let geometry = phantom::pet_geometry().expect("a grid of constants");
    // Mean SUV in a ball.
    let suv = |center: [f64; 3], radius: f64| {
        let (first, count) = slices(&geometry, center[2] - radius, center[2] + radius);
        let activity = demo::phantom().activity(&geometry, first, count);
        let size = geometry.dims()[0] * geometry.dims()[1];
        let inside: Vec<f64> = activity
            .iter()
            .enumerate()
            .filter(|(n, _)| {
                let index = [
                    n % size % geometry.dims()[0],
                    n % size / geometry.dims()[0],
                    first + n / size,
                ];
                let at = geometry.patient_at(DVec3::from_array(index.map(|n| n as f64)));
                at.distance(DVec3::from_array(center)) <= radius
            })
            .map(|(_, stored)| f64::from(*stored) * phantom::STEP_BQ_ML / phantom::bq_ml_per_suv())
            .collect();
        assert!(inside.len() > 5, "{} voxels", inside.len());
        inside.iter().sum::<f64>() / inside.len() as f64
    };
    // In the middle of the liver nothing blurs in.
    let liver = suv([-62.0, 14.0, -188.0], 9.0);
    assert!((liver - phantom::suv_of("liver")).abs() < 0.4, "{liver}");
    // A lesion keeps most of its uptake in spite of the blur, and is hot in the lung and in the liver.
    let nodule = suv([-82.0, -22.0, -42.0], 5.0);
    assert!((4.5..9.5).contains(&nodule), "{nodule}");
    let lesion = suv([-86.0, -8.0, -190.0], 7.0);
    assert!((5.5..7.2).contains(&lesion), "{lesion}");
    let lung = suv([-60.0, 30.0, -60.0], 9.0);
    assert!(lung < 0.8, "{lung}");
}
