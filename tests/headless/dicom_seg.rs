//! DICOM segmentations: voxels, layers, places, names and colours; and bytes that are wrong.

use std::path::{Path, PathBuf};

use isocenter::io::dicom::references::{References, SourceImage};
use isocenter::io::dicom::{SegmentationKind, SegmentationToWrite, write_segmentation};
use isocenter::io::{self, OpenVolume, Progress};
use isocenter::model::volume::{Value, VolumeKind};
use serde_json::Value as Json;

use crate::dicom_builder::{CtSeries, DEFLATED, Dataset, EXPLICIT_LITTLE};

const SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.4";

/// One frame: its segment, the slice that it lies on, and the pixels that are set.
type Frame<'a> = (u16, usize, &'a [[usize; 2]]);

/// A binary segmentation on the grid of a series, its bits packed across frames.
fn binary(series: &CtSeries, frames: &[Frame<'_>]) -> Dataset {
    let (columns, rows) = (usize::from(series.columns), usize::from(series.rows));
    let mut bits = vec![0_u8; (columns * rows * frames.len()).div_ceil(8)];
    for (n, (_, _, pixels)) in frames.iter().enumerate() {
        for [i, j] in *pixels {
            let at = (n * rows + j) * columns + i;
            bits[at / 8] |= 1 << (at % 8);
        }
    }
    let groups = frames.iter().map(|(number, slice, _)| {
        Dataset::new()
            .sequence(
                (0x20, 0x9113),
                vec![Dataset::new().decimals((0x20, 0x32), &series.origin(*slice))],
            )
            .sequence((0x62, 0xa), vec![Dataset::new().words((0x62, 0xb), &[*number])])
    });
    let shared = Dataset::new()
        .sequence(
            (0x20, 0x9116),
            vec![Dataset::new().decimals((0x20, 0x37), &series.orientation)],
        )
        .sequence(
            (0x28, 0x9110),
            vec![
                Dataset::new()
                    .decimals((0x28, 0x30), &series.spacing)
                    .decimals((0x18, 0x88), &[2.5]),
            ],
        );
    let segment = |number: u16, name: &str| {
        Dataset::new()
            .words((0x62, 4), &[number])
            .text((0x62, 5), "LO", name)
            .words((0x62, 0xd), &[34886, 53485, 50171])
    };
    Dataset::new()
        .text((8, 0x16), "UI", SEGMENTATION)
        .text((8, 0x18), "UI", "1.2.826.99.1")
        .text((8, 0x60), "CS", "SEG")
        .text((0x20, 0xe), "UI", "1.2.826.99")
        .words((0x28, 2), &[1])
        .text((0x28, 4), "CS", "MONOCHROME2")
        .text((0x28, 8), "IS", &frames.len().to_string())
        .words((0x28, 0x10), &[series.rows])
        .words((0x28, 0x11), &[series.columns])
        .words((0x28, 0x100), &[1])
        .words((0x28, 0x101), &[1])
        .words((0x28, 0x102), &[0])
        .words((0x28, 0x103), &[0])
        .text((0x62, 1), "CS", "BINARY")
        .sequence((0x62, 2), vec![segment(1, "Liver"), segment(300, "Lesion")])
        .sequence((0x5200, 0x9229), vec![shared])
        .sequence((0x5200, 0x9230), groups.collect())
        .bytes((0x7fe0, 0x10), "OB", &bits)
}

fn open(paths: &[PathBuf]) -> OpenVolume {
    let opened = io::scan(paths, &Progress::silent()).expect("it can be opened");
    let found = opened
        .volumes
        .into_iter()
        .find(|open| open.volume.series.kind == VolumeKind::Segmentation);
    let found = found.expect("a segmentation");
    let report = io::load(&found, &Progress::silent());
    assert_eq!((report.failed_slabs, report.warnings), (0, Vec::new()));
    found
}

fn at(open: &OpenVolume, index: [usize; 3], layer: usize) -> Option<f64> {
    match open.volume.value(index, layer)? {
        Value::Scalar(value) => Some(value),
        Value::Rgb(_) => None,
    }
}

/// Voxels of a segment in its layer.
fn count(open: &OpenVolume, label: u32, layer: usize) -> usize {
    let [nx, ny, nz] = open.volume.dims();
    (0..nx * ny * nz)
        .filter(|n| at(open, [n % nx, n / nx % ny, n / nx / ny], layer) == Some(f64::from(label)))
        .count()
}

#[test]
fn frames_lie_where_they_say_and_overlaps_are_layers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let series = CtSeries::new(4);
    let frames: &[Frame<'_>] = &[
        (300, 3, &[[7, 5], [2, 2]]),
        (1, 3, &[[2, 2]]),
        (1, 1, &[[0, 0], [3, 4]]),
    ];
    let path = folder.path().join("seg.dcm");
    for syntax in [EXPLICIT_LITTLE, DEFLATED] {
        let file = binary(&series, frames).file_of_class(SEGMENTATION, syntax);
        std::fs::write(&path, file).expect("a test folder can be written");
        let alone = open(std::slice::from_ref(&path));
        assert_eq!(alone.volume.dims(), [8, 6, 3], "from its first plane to its last");
        assert_eq!(alone.volume.voxels.frames(), 2);
        let table = alone.source.segments().expect("a table");
        let names: Vec<(u32, &str, usize)> = table
            .segments
            .iter()
            .map(|segment| (segment.label, segment.name.as_str(), segment.layer))
            .collect();
        assert_eq!(names, [(1, "Liver", 0), (300, "Lesion", 1)]);
        assert_eq!(at(&alone, [0, 0, 0], 0), Some(1.0));
        assert_eq!(at(&alone, [3, 4, 0], 0), Some(1.0));
        assert_eq!(at(&alone, [2, 2, 2], 0), Some(1.0));
        assert_eq!(at(&alone, [2, 2, 2], 1), Some(300.0));
        assert_eq!(at(&alone, [7, 5, 2], 1), Some(300.0));
        assert_eq!((count(&alone, 1, 0), count(&alone, 300, 1)), (3, 2));
    }
    let ct = folder.path().join("ct");
    std::fs::create_dir(&ct).expect("a test folder can be written");
    series.write(&ct);
    let beside = open(&[folder.path().to_owned()]);
    assert_eq!(beside.volume.dims(), [8, 6, 4], "the grid of the image");
    assert_eq!(at(&beside, [3, 4, 1], 0), Some(1.0));
    assert_eq!(at(&beside, [7, 5, 3], 1), Some(300.0));
    assert_eq!((count(&beside, 1, 0), count(&beside, 300, 1)), (3, 2));
}

#[test]
fn segments_that_overlap_against_the_files_word_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("seg.dcm");
    let frames: &[Frame<'_>] = &[(1, 0, &[[1, 1], [2, 2]]), (300, 0, &[[2, 2]]), (300, 1, &[[2, 2]])];
    for (word, told) in [("NO", 1), ("YES", 0)] {
        let file = binary(&CtSeries::new(2), frames).text((0x62, 0x13), "CS", word);
        std::fs::write(&path, file.file_of_class(SEGMENTATION, EXPLICIT_LITTLE)).expect("it can be written");
        let opened = io::scan(std::slice::from_ref(&path), &Progress::silent()).expect("it can be opened");
        let report = io::load(&opened.volumes[0], &Progress::silent());
        assert_eq!(report.warnings.len(), told, "{:?}", report.warnings);
        assert!(report.warnings.iter().all(|said| said.contains("do not overlap")));
    }
}

#[test]
fn small_files_make_no_large_grids() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("seg.dcm");
    // 200 segments in one voxel need 200 layers, and one frame far away as many slices.
    let mut series = CtSeries::new(1);
    series.slices.push([2.5 * 60_000.0, 0.0]);
    let mut frames: Vec<Frame<'_>> = (1..=200).map(|number| (number, 0, &[[1, 1]][..])).collect();
    frames.push((1, 1, &[[0, 0]]));
    let file = binary(&series, &frames).file_of_class(SEGMENTATION, EXPLICIT_LITTLE);
    std::fs::write(&path, file).expect("a test folder can be written");
    let why = io::scan(std::slice::from_ref(&path), &Progress::silent())
        .err()
        .expect("an error");
    assert!(
        why.message.contains("200 layers on a grid of 60001 slices"),
        "{}",
        why.message
    );
}

#[test]
fn a_fractional_segment_without_a_frame_keeps_its_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("seg.dcm");
    // Only the second segment has a frame: it must not be taken for the first.
    let file = binary(&CtSeries::new(1), &[(300, 0, &[])])
        .without((0x62, 1))
        .without((0x28, 0x100))
        .without((0x28, 0x101))
        .without((0x28, 0x102))
        .without((0x7fe0, 0x10))
        .text((0x62, 1), "CS", "FRACTIONAL")
        .text((0x62, 0x10), "CS", "OCCUPANCY")
        .words((0x62, 0xe), &[200])
        .words((0x28, 0x100), &[8])
        .words((0x28, 0x101), &[8])
        .words((0x28, 0x102), &[7])
        .bytes((0x7fe0, 0x10), "OB", &[50; 48]);
    std::fs::write(&path, file.file_of_class(SEGMENTATION, EXPLICIT_LITTLE)).expect("it can be written");
    let open = open(&[path]);
    let table = open.source.segments().expect("a table");
    let layers: Vec<(u32, usize)> = table.segments.iter().map(|one| (one.label, one.layer)).collect();
    assert_eq!(layers, [(1, 0), (300, 1)]);
    assert_eq!(
        (at(&open, [3, 3, 0], 0), at(&open, [3, 3, 0], 1)),
        (Some(0.0), Some(0.25))
    );
    assert!(open.source.is_occupancy());
}

#[test]
fn every_series_keeps_its_images() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let image = |uid: &str| {
        Dataset::new()
            .text((8, 0x1150), "UI", "1.2.840.10008.5.1.4.1.1.2")
            .text((8, 0x1155), "UI", uid)
    };
    let series = |uid: &str, images: &[&str]| {
        Dataset::new()
            .text((0x20, 0xe), "UI", uid)
            .sequence((8, 0x114a), images.iter().map(|uid| image(uid)).collect())
    };
    let sources = vec![image("1.2.3.1"), image("1.2.4.1")];
    let group = Dataset::new().sequence((8, 0x9124), vec![Dataset::new().sequence((8, 0x2112), sources)]);
    let small = CtSeries::new(1);
    let place = Dataset::new().decimals((0x20, 0x32), &small.origin(0));
    let group = group
        .sequence((0x20, 0x9113), vec![place])
        .sequence((0x62, 0xa), vec![Dataset::new().words((0x62, 0xb), &[1])]);
    let file = binary(&small, &[(1, 0, &[[1, 1]])])
        .without((0x5200, 0x9230))
        .sequence((0x5200, 0x9230), vec![group])
        .sequence(
            (8, 0x1115),
            vec![series("1.2.3", &["1.2.3.1"]), series("1.2.4", &["1.2.4.1", "1.2.4.2"])],
        );
    let path = folder.path().join("seg.dcm");
    std::fs::write(&path, file.file_of_class(SEGMENTATION, EXPLICIT_LITTLE)).expect("it can be written");
    let read = open(&[path]);
    let told = read.source.references().expect("references");
    let of = |references: &References| -> (String, Vec<String>, Vec<String>) {
        let uids = |images: &[SourceImage]| images.iter().map(|image| image.instance_uid.clone()).collect();
        (
            references.series_uid.clone(),
            uids(&references.slices.concat()),
            references.instances().into_iter().map(|(_, uid)| uid).collect(),
        )
    };
    let check = |told: &References| {
        let all: Vec<_> = told.series().map(of).collect();
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(all[0], ("1.2.3".to_owned(), texts(&["1.2.3.1"]), texts(&["1.2.3.1"])));
        let second = ("1.2.4".to_owned(), texts(&["1.2.4.1"]), texts(&["1.2.4.1", "1.2.4.2"]));
        assert_eq!(all[1..], [second]);
    };
    check(&told);
    // And once more when it is written again.
    let table = read.source.segments().expect("a table");
    let what = SegmentationToWrite {
        volume: &read.volume,
        table: &table,
        frame: None,
        reference: Some(&read),
    };
    let again = folder.path().join("again.dcm");
    write_segmentation(&again, &what, SegmentationKind::Binary).expect("it can be written");
    check(&open(&[again]).source.references().expect("references"));
}

#[test]
fn broken_segmentations_are_answered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("seg.dcm");
    let frames: &[Frame<'_>] = &[(1, 0, &[[1, 1]]), (2, 0, &[[1, 1]]), (65535, 2, &[[2, 2]])];
    let good = binary(&CtSeries::new(4), frames).file_of_class(SEGMENTATION, EXPLICIT_LITTLE);
    let survive = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("a test folder can be written");
        match io::scan(std::slice::from_ref(&path), &Progress::silent()) {
            Ok(opened) => opened.volumes.iter().for_each(|open| {
                io::load(open, &Progress::silent());
                assert!(open.volume.voxels.is_complete());
            }),
            Err(err) => assert!(!err.message.contains("broke the decoder"), "{}", err.message),
        }
    };
    (0..good.len()).step_by(7).for_each(|length| survive(&good[..length]));
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..1500 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut bad = good.clone();
        let at = 132 + (random >> 8) as usize % (good.len() - 132);
        bad[at] ^= 1 << (random % 8);
        survive(&bad);
    }
}

/// Every segmentation of the data beside the checkout, by voxels of each segment as highdicom and pydicom count them.
#[test]
fn segments_have_as_many_voxels_as_others_count() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let Ok(text) = std::fs::read_to_string(folder.join("expected.json")) else {
        println!("skipped: there is no ../shared/data");
        return;
    };
    let json: Json = serde_json::from_str(&text).expect("expected.json can be read");
    let items = json["items"].as_array().into_iter().flatten();
    let mut checked = 0;
    for want in items.flat_map(|item| item["files"].as_array().into_iter().flatten()) {
        let (Some(path), Some(segments)) = (want["path"].as_str(), want["seg"]["segments"].as_array()) else {
            continue;
        };
        if want["seg"]["type"] == "FRACTIONAL" {
            continue;
        }
        let open = open(&[folder.join(path)]);
        let table = open.source.segments().expect("a table");
        for segment in segments.iter().filter(|segment| segment["number"] != 0) {
            let number = segment["number"].as_u64().expect("a number") as u32;
            let found = table.get(number).expect("the segment");
            assert_eq!(Some(found.name.as_str()), segment["label"].as_str(), "{path}");
            let voxels = segment["nonzero_voxels"].as_u64().expect("a count") as usize;
            assert_eq!(count(&open, number, found.layer), voxels, "{path}: {number}");
            checked += 1;
        }
    }
    assert!(checked >= 15, "only {checked} segments were compared");
}
