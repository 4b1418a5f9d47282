//! What DICOM has no room for, and codes of segments: refused in a sentence, or written as it can be.

use std::path::Path;
use std::process::Command as Process;

use glam::DMat3;
use isocenter::io::dicom::{SegmentationKind, SegmentationToWrite, write_contours, write_segmentation, write_series};
use isocenter::io::{self, OpenVolume, Progress};
use isocenter::model::coding::{Code, Coding};
use isocenter::model::segment::{Segment, SegmentTable};
use isocenter::model::volume::{Rescale, Value, Volume, VolumeKind};
use isocenter::model::voxels::{SampleType, Samples};

use super::nifti_write::{turned, volume};

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

/// Probabilities in so many frames of one row, which are `value(frame, i)`.
fn shares(frames: usize, value: impl Fn(usize, usize) -> f32) -> Volume {
    let geometry = turned([4, 1, 1], [1.0; 3], DMat3::IDENTITY);
    volume(
        geometry,
        frames,
        1,
        SampleType::F32,
        Rescale::IDENTITY,
        |frame, count| Samples::F32((0..count).map(|i| value(frame, i)).collect()),
    )
}

fn in_layers(names: &[&str]) -> SegmentTable {
    let segments = names.iter().enumerate().map(|(layer, name)| Segment {
        layer,
        ..Segment::new(layer as u32 + 1, (*name).to_owned(), [9, 8, 7])
    });
    SegmentTable::from_segments(segments.collect())
}

fn read(path: &Path) -> OpenVolume {
    let open = io::scan(&[path.to_owned()], &Progress::silent())
        .unwrap()
        .volumes
        .remove(0);
    io::load(&open, &Progress::silent());
    open
}

#[test]
fn every_frame_of_probabilities_is_one_segments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.dcm");
    let made = shares(2, |frame, i| ((frame * 4 + i) as f32) / 255.0);
    let table = in_layers(&["liver", "spleen"]);
    let what = SegmentationToWrite {
        volume: &made,
        table: &table,
        frame: Some(1),
        reference: None,
    };
    let refused = |what: &SegmentationToWrite<'_>, word: &str| {
        let why = write_segmentation(&path, what, SegmentationKind::Fractional).unwrap_err();
        assert!(why.to_string().contains(word), "{why}");
        assert!(!path.exists());
    };
    refused(&what, "liver and spleen");
    let one = in_layers(&["liver"]);
    let lost = SegmentationToWrite {
        table: &one,
        frame: None,
        ..what
    };
    refused(&lost, "frame 1 of the probabilities has no segment");
    // On the command line the frame brings its own segment along.
    let what = SegmentationToWrite { frame: None, ..what };
    for kind in [SegmentationKind::Fractional, SegmentationKind::Occupancy] {
        assert!(
            write_segmentation(&path, &what, kind).unwrap().is_empty(),
            "exact in 255 steps"
        );
        assert_eq!(read(&path).source.is_occupancy(), kind == SegmentationKind::Occupancy);
    }
    let second = folder.path().join("second.dcm");
    let output = Process::new(env!("CARGO_BIN_EXE_isocenter"))
        .arg("convert")
        .args([&path, &second])
        .args(["--frame", "1"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("numbered from 1"), "{said}");
    let back = read(&second);
    let told = back.source.segments().unwrap().segments;
    assert_eq!((told.len(), told[0].name.as_str(), told[0].label), (1, "spleen", 1));
    for i in 0..4 {
        let expected = f64::from((4 + i) as f32 / 255.0);
        assert_eq!(back.volume.value([i, 0, 0], 0), Some(Value::Scalar(expected)));
    }
    assert!(back.source.is_occupancy(), "as the file before");
    let thirds = shares(2, |_, i| i as f32 / 3.0);
    let what = SegmentationToWrite {
        volume: &thirds,
        ..what
    };
    assert!(
        write_segmentation(&path, &what, SegmentationKind::Fractional)
            .unwrap()
            .is_empty()
    );
    let tenths = shares(2, |_, i| i as f32 / 10.0);
    let what = SegmentationToWrite {
        volume: &tenths,
        ..what
    };
    let warnings = write_segmentation(&path, &what, SegmentationKind::Fractional).unwrap();
    assert!(warnings.len() == 1 && warnings[0].contains("1/255"), "{warnings:?}");
}

#[test]
fn a_layer_that_no_segment_names_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.dcm");
    let geometry = turned([4, 1, 1], [1.0; 3], DMat3::IDENTITY);
    let made = volume(geometry, 2, 1, SampleType::U8, Rescale::IDENTITY, |frame, _| {
        Samples::U8(vec![0, 1, 0, 7 * frame as u8])
    });
    let table = in_layers(&["liver"]);
    let what = SegmentationToWrite {
        volume: &made,
        table: &table,
        frame: None,
        reference: None,
    };
    let why = write_segmentation(&path, &what, SegmentationKind::Binary).unwrap_err();
    assert!(why.to_string().contains("none of its segments has"), "{why}");
    let why = write_contours(&path, &what).unwrap_err();
    assert!(why.to_string().contains("none of its segments has"), "{why}");
    let what = SegmentationToWrite { frame: Some(0), ..what };
    write_segmentation(&path, &what, SegmentationKind::Binary).unwrap();
}
