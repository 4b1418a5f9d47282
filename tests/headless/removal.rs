//! Table and bone are removed from the demo's CT, held against its truth.

use std::collections::BTreeMap;

use glam::{DAffine3, DMat3, DVec3};
use isocenter::algo::{body_mask, bone_mask};
use isocenter::io::demo;
use isocenter::io::{self, Progress};
use isocenter::model::geometry::Geometry;
use isocenter::model::volume::{Placement, Rescale, Volume, VolumeId};
use isocenter::model::voxel_mask::VoxelMask;
use isocenter::model::voxels::{SampleType, Samples, Voxels};

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

/// A volume of these values, 2 mm wide, all of it there.
fn volume(dims: [usize; 3], value: impl Fn(usize) -> f32) -> Volume {
    let matrix3 = DMat3::from_diagonal(DVec3::splat(2.0));
    let geometry = Geometry::from_affine(dims, DAffine3::from_mat3_translation(matrix3, DVec3::ZERO)).unwrap();
    let voxels = Voxels::new(dims, 1, 1, SampleType::F32, dims[2]).unwrap();
    let count = dims.iter().product();
    voxels
        .publish(0, Samples::F32((0..count).map(value).collect()))
        .unwrap();
    let like = demo::open_all().remove(0).volume;
    Volume {
        id: VolumeId::fresh(),
        series: like.series.clone(),
        placement: Placement::Patient(geometry),
        voxels,
        rescale: Rescale::IDENTITY,
        unit: None,
        windows: Vec::new(),
        is_inverted: false,
        padding: None,
        warnings: Vec::new(),
    }
}

#[test]
fn nothing_is_removed_from_what_has_no_body_and_no_bone() {
    let goes_on = |_: usize, _: usize| true;
    for dims in [[1, 1, 1], [2, 1, 1], [1, 1, 2], [40, 30, 1], [1, 30, 40], [24, 20, 9]] {
        // Air alone, what is just below both thresholds, and no number anywhere.
        for value in [-1000.0, -350.5, f32::NAN, f32::NEG_INFINITY] {
            let volume = volume(dims, |_| value);
            assert_eq!(body_mask::without_table(&volume, 0, &goes_on), None, "{dims:?} {value}");
            assert_eq!(bone_mask::without_bone(&volume, 0, &goes_on), None, "{dims:?} {value}");
        }
        // Tissue alone: there is no table beside it, and no bone in it.
        let tissue = volume(dims, |_| 40.0);
        assert_eq!(body_mask::without_table(&tissue, 0, &goes_on), None, "{dims:?}");
        assert_eq!(bone_mask::without_bone(&tissue, 0, &goes_on), None, "{dims:?}");
        assert_eq!(body_mask::without_table(&tissue, 7, &goes_on), None, "no such frame");
        assert_eq!(bone_mask::without_bone(&tissue, 7, &goes_on), None, "no such frame");
    }
}

/// What a volume holds, and the value of its n-th voxel.
type Case = (&'static str, fn(usize) -> f32);

#[test]
fn odd_volumes_keep_what_is_no_bone() {
    let goes_on = |_: usize, _: usize| true;
    for dims in [[1, 1, 1], [2, 1, 1], [40, 30, 1], [1, 30, 40], [24, 20, 9]] {
        let count: usize = dims.iter().product();
        // All of it is bone; or every second voxel has no number.
        let cases: [Case; 3] = [
            ("bone", |_| 1500.0),
            ("holes", |n| if n % 2 == 0 { 1500.0 } else { f32::NAN }),
            ("endless", |n| if n % 3 == 0 { f32::INFINITY } else { f32::NAN }),
        ];
        for (what, value) in cases {
            let volume = volume(dims, value);
            let kept = bone_mask::without_bone(&volume, 0, &goes_on);
            if let Some(kept) = &kept {
                assert_eq!(kept.dims(), dims, "{what}");
                assert!(kept.count() < count, "{what} {dims:?}: something is removed");
            }
            // 8 mm³ a voxel: from 63 voxels on, it is more than a plaque.
            if what == "bone" {
                assert_eq!(kept.is_some(), count >= 63, "{dims:?}");
                assert!(kept.is_none_or(|kept| kept.count() == 0), "{dims:?}");
            }
            let body = body_mask::without_table(&volume, 0, &goes_on);
            assert!(
                body.is_none_or(|body| body.dims() == dims && body.count() < count),
                "{what}"
            );
        }
    }
    // Whoever stops gets nothing.
    let bone = volume([24, 20, 9], |_| 1500.0);
    assert_eq!(bone_mask::without_bone(&bone, 0, &|done, _| done < 3), None);
    assert_eq!(body_mask::without_table(&bone, 0, &|done, _| done < 3), None);
}
