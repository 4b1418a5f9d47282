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
    let outcome = write_segmentation(&path, &to_write(&table), SegmentationKind::Fractional);
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

/// A map with one voxel of each of some labels, in a row.
fn row_of(labels: &[u16]) -> Volume {
    let geometry = turned([labels.len(), 1, 1], [1.0; 3], DMat3::IDENTITY);
    let mut made = volume(geometry, 1, 1, SampleType::U16, Rescale::IDENTITY, |_, _| {
        Samples::U16(labels.to_vec())
    });
    made.series.kind = VolumeKind::Segmentation;
    made
}

#[test]
fn numbers_beyond_16_bits_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.dcm");
    let short = row_of(&[0, 1, 2]);
    let segment = |label: u32| Segment::new(label, format!("s{label}"), [1, 2, 3]);
    let refused = |volume: &Volume, segments: Vec<Segment>, word: &str| {
        let table = SegmentTable { segments };
        let what = SegmentationToWrite {
            volume,
            table: &table,
            frame: None,
            reference: None,
        };
        for kind in [SegmentationKind::Binary, SegmentationKind::LabelMap] {
            let why = write_segmentation(&path, &what, kind).unwrap_err().to_string();
            assert!(why.contains(word) && !why.contains('\n'), "{why:?} should say {word:?}");
        }
        let why = write_contours(&path, &what).unwrap_err().to_string();
        assert!(why.contains(word) && !why.contains('\n'), "{why:?} should say {word:?}");
    };
    refused(&short, (1..=65_536).map(segment).collect(), "65536 segments");
    refused(&short, vec![segment(0), segment(1), segment(2)], "has the label 0");
    refused(
        &short,
        vec![segment(1), segment(2), segment(70_000)],
        "has the label 70000",
    );
    // Nothing of a map is left out in silence.
    refused(&short, vec![segment(1)], "none of its segments has");
    let wide = row_of(&vec![1; 65_536]);
    refused(&wide, vec![segment(1)], "65536 × 1 pixels are too large");
    let table = SegmentTable {
        segments: vec![segment(1)],
    };
    let what = SegmentationToWrite {
        volume: &wide,
        table: &table,
        frame: None,
        reference: None,
    };
    let why = write_contours(&path, &what).unwrap_err().to_string();
    assert!(why.contains("too large for DICOM"), "{why}");
    let why = write_series(&folder.path().join("series"), &wide, None)
        .unwrap_err()
        .to_string();
    assert!(why.contains("too large for DICOM"), "{why}");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is left behind"
    );
    // The widest picture and the highest label that there are.
    let mut labels = vec![65_535; 65_535];
    labels[0] = 0;
    let widest = row_of(&labels);
    let table = SegmentTable {
        segments: vec![segment(65_535)],
    };
    let what = SegmentationToWrite {
        volume: &widest,
        table: &table,
        ..what
    };
    for kind in [SegmentationKind::Binary, SegmentationKind::LabelMap] {
        write_segmentation(&path, &what, kind).unwrap();
    }
}

/// A segment with codes that no file may have as they are.
fn oddly_coded(label: u32, name: &str, long: &str) -> Segment {
    let mut segment = Segment::new(label, name.to_owned(), [9, 8, 7]);
    segment.set_coding(Coding {
        category: Code::snomed("", "\\"),
        kind: Code {
            value: format!("{long}{label}"),
            scheme: long.to_owned(),
            meaning: name.to_owned(),
        },
        modifier: Some(Code {
            value: "urn:oid:1.2.3".to_owned(),
            scheme: String::new(),
            meaning: String::new(),
        }),
        region: None,
        region_modifier: None,
    });
    segment
}

#[test]
fn names_of_any_kind_make_a_right_file() {
    let folder = tempfile::tempdir().unwrap();
    let long = "Lobus superior pulmonis sinistri, segmentum apicoposterius, pars lateralis et medialis";
    let odd = [
        (long.to_owned(), long[..64].trim_end().to_owned()),
        ("a\\b".to_owned(), "a b".to_owned()),
        (
            "two\nlines\tand\u{0}nul\u{1b}esc".to_owned(),
            "two lines and nul esc".to_owned(),
        ),
        (
            "Nieren-Läsion ÄÖÜß 肝臓 печень 😀".to_owned(),
            "Nieren-Läsion ÄÖÜß 肝臓 печень 😀".to_owned(),
        ),
        ("肝".repeat(70), "肝".repeat(64)),
        ("  ".to_owned(), String::new()),
        ("^=\"'|~".to_owned(), "^=\"'|~".to_owned()),
    ];
    let labels: Vec<u16> = (0..=odd.len() as u16).collect();
    let mut made = row_of(&labels);
    made.series.patient.name = format!("{long}^\\{long}={}", "山".repeat(80));
    made.series.patient.id = long.to_owned();
    made.series.patient.birth_date = "about 1950".to_owned();
    made.series.description = format!("{long}\\{long}");
    let table = SegmentTable::from_segments(
        (1..)
            .zip(&odd)
            .map(|(label, (name, _))| oddly_coded(label, name, long))
            .collect(),
    );
    let what = SegmentationToWrite {
        volume: &made,
        table: &table,
        frame: None,
        reference: None,
    };
    let path = folder.path().join("made.dcm");
    let check = |kind: &str| {
        let back = io::scan(std::slice::from_ref(&path), &Progress::silent())
            .unwrap()
            .volumes
            .remove(0);
        let read = back.source.segments().unwrap().segments;
        assert_eq!(read.len(), odd.len(), "{kind}");
        for (segment, (_, expected)) in read.iter().zip(&odd) {
            // A segment must have a name: what has none is called by its number.
            let by_number = [segment.label.to_string(), format!("Label {}", segment.label)];
            assert!(
                segment.name == *expected || expected.is_empty() && by_number.contains(&segment.name),
                "{kind}: {:?}",
                segment.name
            );
        }
        assert_eq!(back.volume.series.patient.id, long[..64].trim_end(), "{kind}");
        assert_eq!(back.volume.series.patient.birth_date, "", "{kind}");
        // Every text fits its VR (PS3.5 6.2), counted in characters.
        let object = dicom_object::open_file(&path).unwrap();
        check_texts(&object, kind);
    };
    for kind in [SegmentationKind::Binary, SegmentationKind::LabelMap] {
        write_segmentation(&path, &what, kind).unwrap();
        check(&format!("{kind:?}"));
    }
    write_contours(&path, &what).unwrap();
    check("contours");
}

/// Whether all texts of a data set are as long as they may be, and none is split in two.
fn check_texts(object: &dicom_object::InMemDicomObject, what: &str) {
    use dicom_core::VR;
    for element in object {
        if let Some(items) = element.items() {
            items.iter().for_each(|item| check_texts(item, what));
            continue;
        }
        let most = match element.vr() {
            VR::SH | VR::CS | VR::DS => 16,
            VR::LO | VR::UI => 64,
            VR::DA => 8,
            _ => continue,
        };
        let value = element.to_str().unwrap();
        for part in value.split('\\') {
            assert!(
                part.trim_end_matches(['\0', ' ']).chars().count() <= most,
                "{what}: {element:?}"
            );
        }
        if element.vr() == VR::LO {
            assert!(
                !value.contains(|c: char| c.is_control() || c == '\\'),
                "{what}: {element:?}"
            );
        }
    }
    if let Some(name) = object.get(dicom_dictionary_std::tags::PATIENT_NAME) {
        let name = name.to_str().unwrap();
        assert!(
            name.split('=').all(|group| group.trim_end().chars().count() <= 64),
            "{name}"
        );
    }
}

#[test]
fn what_a_segment_is_comes_back_from_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let made = row_of(&[0, 1, 2, 3]);
    let mut table =
        SegmentTable::from_segments((1..=3).map(|n| Segment::new(n, format!("thing {n}"), [9; 3])).collect());
    let codings = [
        Coding::of_name("kidney left"),
        Coding::of_name("right lung nodule"),
        Coding::unknown(),
    ];
    for (segment, coding) in table.segments.iter_mut().zip(&codings) {
        segment.set_coding(coding.clone());
    }
    assert!(codings[0].modifier.is_some() && codings[1].region_modifier.is_some());
    let what = SegmentationToWrite {
        volume: &made,
        table: &table,
        frame: None,
        reference: None,
    };
    type Writer<'a> = Box<dyn Fn(&Path) + 'a>;
    let writers: [(&str, Writer<'_>); 4] = [
        (
            "binary.dcm",
            Box::new(|path| drop(write_segmentation(path, &what, SegmentationKind::Binary).unwrap())),
        ),
        (
            "map.dcm",
            Box::new(|path| drop(write_segmentation(path, &what, SegmentationKind::LabelMap).unwrap())),
        ),
        (
            "contours.dcm",
            Box::new(|path| drop(write_contours(path, &what).unwrap())),
        ),
        (
            "x.seg.nrrd",
            Box::new(|path| isocenter::io::nrrd::write_nrrd(path, &made, None, Some(&table)).unwrap()),
        ),
    ];
    for (name, write) in writers {
        let path = folder.path().join(name);
        write(&path);
        let back = io::scan(&[path], &Progress::silent()).unwrap().volumes.remove(0);
        let read = back.source.segments().unwrap();
        for (segment, coding) in read.segments.iter().zip(&codings) {
            assert_eq!(segment.coding(), *coding, "{name}");
        }
    }
}
