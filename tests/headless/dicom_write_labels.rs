//! DICOM segmentations and structure sets that are written: what comes back is what was there, on every grid.

use std::path::Path;
use std::sync::Arc;

use glam::{DMat3, DVec3};
use isocenter::io::dicom::{
    SegmentationKind, SegmentationToWrite, list_tags, write_contours, write_segmentation, write_series,
};
use isocenter::io::{self, OpenVolume, Progress, load};
use isocenter::model::coding::{AlgorithmKind, Code, Coding, Detail};
use isocenter::model::geometry::Geometry;
use isocenter::model::segment::{Segment, SegmentTable};
use isocenter::model::volume::{Rescale, Value, Volume, VolumeKind};
use isocenter::model::voxels::{SampleType, Samples};

use super::nifti_write::{turned, volume};

const DIMS: [usize; 3] = [13, 11, 6];

/// Labels of the first layer: a ring, a piece in the ring, one voxel, two that touch at a corner, and one at the border.
fn label_at([i, j, k]: [usize; 3]) -> u16 {
    let r2 = (i as i64 - 5).pow(2) + (j as i64 - 5).pow(2);
    match (i, j, k) {
        (12, 10, 5) => 3,
        (0, 0..=3, _) => 4,
        (11, 1, 2) | (12, 2, 2) => 5,
        (_, _, 1..=3) if (6..=20).contains(&r2) => 1,
        (5, 5, 2) => 2,
        _ => 0,
    }
}

/// The segment of the second layer, which overlaps the first ones.
fn is_over([i, j, k]: [usize; 3]) -> bool {
    k == 2 && (3..9).contains(&i) && j < 9
}

fn labels(geometry: Geometry, layers: usize) -> (Volume, SegmentTable) {
    let [columns, rows, slices] = geometry.dims();
    let fill = |slab: usize, count: usize| {
        let slabs = slices.div_ceil(2);
        let (layer, first) = (slab / slabs, slab % slabs * 2);
        let at = |n: usize| [n % columns, n / columns % rows, first + n / (columns * rows)];
        let label = |n: usize| {
            if layer == 0 {
                label_at(at(n))
            } else {
                9 * u16::from(is_over(at(n)))
            }
        };
        Samples::U16((0..count).map(label).collect())
    };
    let mut made = volume(geometry, layers, 1, SampleType::U16, Rescale::IDENTITY, fill);
    made.unit = None;
    made.series.kind = VolumeKind::Segmentation;
    let names = ["Liver", "Liver tumor", "kidney_left", "Rand: ä", "Ecken", "Empty"];
    let mut segments: Vec<Segment> = (1..)
        .zip(names)
        .map(|(label, name)| Segment::new(label, name.to_owned(), [label as u8 * 40, 250 - label as u8 * 30, 77]))
        .collect();
    if layers > 1 {
        segments.push(Segment {
            layer: 1,
            ..Segment::new(9, "Over".to_owned(), [1, 2, 3])
        });
    }
    segments[1].detail = Some(Arc::new(Detail {
        coding: Some(Coding {
            region: Some(Code::snomed("10200004", "Liver")),
            ..Coding::of_name("cyst")
        }),
        algorithm: Some((AlgorithmKind::Manual, String::new())),
        tracking: Some(("lesion 1".to_owned(), "1.2.3.4.99".to_owned())),
        tags: Vec::new(),
    }));
    (made, SegmentTable::from_segments(segments))
}

fn grids() -> Vec<(&'static str, Geometry)> {
    let tilt = DMat3::from_cols(DVec3::X, DVec3::Y, DVec3::new(0.0, 0.3, 1.0));
    vec![
        ("oblique", turned(DIMS, [0.7, 0.9, 2.5], DMat3::IDENTITY)),
        ("tilted", turned(DIMS, [0.7, 0.9, 2.5], tilt)),
        ("mirrored", turned(DIMS, [-0.7, 0.9, 2.5], DMat3::IDENTITY)),
    ]
}

/// The image of a map, as a DICOM series that was written and read.
fn image_of(geometry: &Geometry, folder: &Path) -> OpenVolume {
    let fill = |_: usize, count: usize| Samples::I16((0..count).map(|n| n as i16).collect());
    let mut made = volume(geometry.clone(), 1, 1, SampleType::I16, Rescale::IDENTITY, fill);
    made.series.modality = "CT".to_owned();
    write_series(folder, &made, None).unwrap();
    io::scan(&[folder.to_owned()], &Progress::silent())
        .unwrap()
        .volumes
        .remove(0)
}

/// A file, and its image beside it.
fn read_with(path: &Path, image: &Path) -> OpenVolume {
    let opened = io::scan(&[path.to_owned(), image.to_owned()], &Progress::silent()).unwrap();
    assert!(opened.skipped.is_empty(), "{:?}", opened.skipped);
    let found = opened.volumes.into_iter().find(|open| open.source.segments().is_some());
    let found = found.expect("a segmentation");
    let report = load(&found, &Progress::silent());
    assert_eq!((report.failed_slabs, report.warnings), (0, Vec::new()));
    found
}

/// The number in a file of what has a label in memory is `number(label)`; every voxel, wherever it now is.
fn same_in_space(what: &str, made: &Volume, table: &SegmentTable, back: &OpenVolume, number: impl Fn(u32) -> u32) {
    let told = back.source.segments().unwrap();
    let (here, there) = (made.geometry().unwrap(), back.volume.geometry().unwrap());
    let [x, y, z] = made.dims();
    for segment in &table.segments {
        let read = told
            .get(number(segment.label))
            .unwrap_or_else(|| panic!("{what}: {}", segment.name));
        assert_eq!((&read.name, read.color), (&segment.name, segment.color), "{what}");
        for [i, j, k] in (0..z).flat_map(|k| (0..y).flat_map(move |j| (0..x).map(move |i| [i, j, k]))) {
            let is_in = made.value([i, j, k], segment.layer) == Some(Value::Scalar(f64::from(segment.label)));
            let at = there.voxel_at(here.patient_at(DVec3::new(i as f64, j as f64, k as f64)));
            assert!((at - at.round()).length() < 1e-3, "{what}: voxels lie on voxels");
            let value = back
                .volume
                .nearest_voxel(at)
                .and_then(|at| back.volume.value(at, read.layer));
            let is_back = value == Some(Value::Scalar(f64::from(read.label)));
            assert_eq!(is_in, is_back, "{what}: {} at {i} {j} {k}", segment.name);
        }
    }
}

/// Binary files number segments from 1.
fn consecutive(table: &SegmentTable) -> impl Fn(u32) -> u32 {
    let labels: Vec<u32> = table.segments.iter().map(|segment| segment.label).collect();
    move |label| labels.iter().position(|one| *one == label).unwrap() as u32 + 1
}

#[test]
fn every_kind_comes_back_on_every_grid() {
    for (what, geometry) in grids() {
        let folder = tempfile::tempdir().unwrap();
        let ct = folder.path().join("ct");
        let image = image_of(&geometry, &ct);
        let path = folder.path().join("made.dcm");
        for layers in [1, 2] {
            let (made, table) = labels(geometry.clone(), layers);
            let to_write = SegmentationToWrite {
                volume: &made,
                table: &table,
                frame: None,
                reference: Some(&image),
            };
            let warnings = write_segmentation(&path, &to_write, SegmentationKind::Binary).unwrap();
            assert_eq!(warnings.len(), layers - 1, "label 9 is number 7: {warnings:?}");
            let back = read_with(&path, &ct);
            same_in_space(what, &made, &table, &back, consecutive(&table));
            assert_eq!(back.volume.dims(), DIMS, "on the image's grid");
            assert_eq!(back.volume.series.study_uid, image.volume.series.study_uid);
            assert_eq!(back.volume.series.patient, image.volume.series.patient);
            assert_eq!(
                back.volume.series.frame_of_reference_uid,
                image.volume.series.frame_of_reference_uid
            );
            let told = back.source.segments().unwrap();
            assert_eq!(told.get(2).unwrap().detail, table.get(2).unwrap().detail);
            assert_eq!(told.get(3).unwrap().coding().text(), "Kidney, left");
            let of_image = image.source.references().unwrap();
            let of_map = back.source.references().unwrap();
            assert_eq!(of_map.series_uid, of_image.series_uid);
            assert_eq!(of_map.slices[2], of_image.slices[2], "each slice names its image");
            // Once more, from what was read: everything stays.
            let again = folder.path().join("again.dcm");
            let to_write = SegmentationToWrite {
                volume: &back.volume,
                table: &told,
                frame: None,
                reference: Some(&back),
            };
            write_segmentation(&again, &to_write, SegmentationKind::Binary).unwrap();
            let twice = read_with(&again, &ct);
            assert_eq!(twice.source.segments().unwrap(), told);
            assert_eq!(twice.source.references().unwrap().slices, of_map.slices);
            same_in_space(what, &made, &table, &twice, consecutive(&table));

            let to_write = SegmentationToWrite {
                volume: &made,
                table: &table,
                frame: None,
                reference: Some(&image),
            };
            write_contours(&path, &to_write).unwrap();
            let contours = read_with(&path, &ct);
            same_in_space(what, &made, &table, &contours, |label| label);
            let outcome = write_segmentation(&path, &to_write, SegmentationKind::LabelMap);
            if layers > 1 {
                assert!(outcome.unwrap_err().to_string().contains("overlap"));
            } else {
                outcome.unwrap();
                same_in_space(what, &made, &table, &read_with(&path, &ct), |label| label);
            }
        }
    }
}

#[test]
fn a_map_in_another_order_of_axes_lands_on_the_images_slices() {
    let folder = tempfile::tempdir().unwrap();
    let ct = folder.path().join("ct");
    let geometry = turned(DIMS, [0.7, 0.9, 2.5], DMat3::IDENTITY);
    let image = image_of(&geometry, &ct);
    // The same voxels with rows from below and slices as columns, as other formats store them.
    let map = *geometry.patient_from_voxel();
    let order = DMat3::from_cols(map.matrix3.z_axis, map.matrix3.x_axis, -map.matrix3.y_axis);
    let affine = glam::DAffine3 {
        matrix3: order,
        translation: geometry.patient_at(DVec3::new(0.0, DIMS[1] as f64 - 1.0, 0.0)),
    };
    let other = Geometry::from_affine([DIMS[2], DIMS[0], DIMS[1]], affine).unwrap();
    let (made, table) = labels(other, 1);
    let path = folder.path().join("made.dcm");
    for kind in [SegmentationKind::Binary, SegmentationKind::LabelMap] {
        let to_write = SegmentationToWrite {
            volume: &made,
            table: &table,
            frame: None,
            reference: Some(&image),
        };
        assert!(write_segmentation(&path, &to_write, kind).unwrap().is_empty());
        let back = read_with(&path, &ct);
        assert_eq!(back.volume.dims(), DIMS);
        same_in_space("turned", &made, &table, &back, |label| label);
        assert!(
            back.source
                .references()
                .unwrap()
                .slices
                .iter()
                .any(|images| !images.is_empty())
        );
    }
}

#[test]
fn what_dicom_cannot_hold_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.dcm");
    let shear = DMat3::from_cols(DVec3::X, DVec3::new(0.2, 1.0, 0.0), DVec3::Z);
    let (made, table) = labels(turned(DIMS, [1.0; 3], shear), 1);
    let refused = |table: &SegmentTable| {
        let to_write = SegmentationToWrite {
            volume: &made,
            table,
            frame: None,
            reference: None,
        };
        write_segmentation(&path, &to_write, SegmentationKind::Binary)
            .unwrap_err()
            .to_string()
    };
    assert!(refused(&table).contains("not perpendicular"));
    let (made, table) = labels(turned(DIMS, [1.0; 3], DMat3::IDENTITY), 1);
    let to_write = |table| SegmentationToWrite {
        volume: &made,
        table,
        frame: None,
        reference: None,
    };
    let none = SegmentTable::default();
    let outcome = write_segmentation(&path, &to_write(&none), SegmentationKind::Binary);
    assert!(outcome.unwrap_err().to_string().contains("no segments"));
    let one = SegmentTable::from_segments(table.segments[..1].to_vec());
    let outcome = write_segmentation(&path, &to_write(&one), SegmentationKind::Fractional);
    assert!(outcome.unwrap_err().to_string().contains("from 0 to 1"));
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is left behind"
    );
    // A map without a voxel is one frame that is empty, and keeps its segments.
    let empty = volume(
        made.geometry().unwrap().clone(),
        1,
        1,
        SampleType::U16,
        Rescale::IDENTITY,
        |_, count| Samples::U16(vec![0; count]),
    );
    let what = SegmentationToWrite {
        volume: &empty,
        ..to_write(&table)
    };
    for kind in [SegmentationKind::Binary, SegmentationKind::LabelMap] {
        write_segmentation(&path, &what, kind).unwrap();
        let back = io::scan(std::slice::from_ref(&path), &Progress::silent())
            .unwrap()
            .volumes
            .remove(0);
        assert_eq!(back.source.segments().unwrap().segments.len(), 6);
    }
    write_contours(&path, &what).unwrap();
    let rows = list_tags(&path).unwrap();
    assert!(!rows.is_empty());
}

#[test]
fn probabilities_come_back_in_255_steps() {
    let folder = tempfile::tempdir().unwrap();
    let ct = folder.path().join("ct");
    let geometry = turned(DIMS, [0.7, 0.9, 2.5], DMat3::IDENTITY);
    let image = image_of(&geometry, &ct);
    let made = volume(geometry, 2, 1, SampleType::F32, Rescale::IDENTITY, |slab, count| {
        Samples::F32((0..count).map(|n| ((n * 7 + slab * 31) % 101) as f32 / 100.0).collect())
    });
    let table = SegmentTable::from_segments(
        (0..2)
            .map(|layer| Segment {
                layer,
                ..Segment::new(layer as u32 + 1, format!("p{layer}"), [9, 8, 7])
            })
            .collect(),
    );
    let path = folder.path().join("made.dcm");
    let what = SegmentationToWrite {
        volume: &made,
        table: &table,
        frame: None,
        reference: Some(&image),
    };
    write_segmentation(&path, &what, SegmentationKind::Fractional).unwrap();
    let back = read_with(&path, &ct);
    let mut farthest: f64 = 0.0;
    let [x, y, z] = DIMS;
    for [i, j, k] in (0..z).flat_map(|k| (0..y).flat_map(move |j| (0..x).map(move |i| [i, j, k]))) {
        for frame in 0..2 {
            let (Some(Value::Scalar(a)), Some(Value::Scalar(b))) =
                (made.value([i, j, k], frame), back.volume.value([i, j, k], frame))
            else {
                panic!("a value")
            };
            farthest = farthest.max((a - b).abs());
        }
    }
    assert!(farthest > 0.0 && farthest <= 0.5 / 255.0 + 1e-6, "{farthest}");
}

#[test]
fn what_readers_agree_on_names_the_image_that_they_read() {
    let folder = tempfile::tempdir().unwrap();
    let ct = folder.path().join("ct");
    let geometry = turned(DIMS, [0.7, 0.9, 2.5], DMat3::IDENTITY);
    let image = image_of(&geometry, &ct);
    let (made, table) = labels(geometry, 1);
    let to_write = SegmentationToWrite {
        volume: &made,
        table: &table,
        frame: None,
        reference: Some(&image),
    };
    let maps = ["a.dcm", "b.dcm"].map(|name| folder.path().join(name));
    for path in &maps {
        write_segmentation(path, &to_write, SegmentationKind::Binary).unwrap();
    }
    let truth = folder.path().join("truth.dcm");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_isocenter"))
        .arg("readers")
        .args(&maps)
        .arg("--consensus")
        .arg(&truth)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let back = read_with(&truth, &ct);
    assert_eq!(back.volume.series.study_uid, image.volume.series.study_uid);
    let (told, of_image) = (back.source.references().unwrap(), image.source.references().unwrap());
    assert_eq!(
        (&told.series_uid, &told.slices[2]),
        (&of_image.series_uid, &of_image.slices[2])
    );
}
