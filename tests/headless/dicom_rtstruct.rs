//! Contours of DICOM: filled on their image's grid, with names, colours, holes and layers; and what is wrong with them.

use std::path::{Path, PathBuf};

use isocenter::io::{self, OpenVolume, Progress};
use isocenter::model::volume::Value;
use serde_json::Value as Json;

use crate::dicom_builder::{CtSeries, Dataset, EXPLICIT_LITTLE};

const STRUCTURE_SET: &str = "1.2.840.10008.5.1.4.1.1.481.3";

fn contour(kind: &str, points: &[f64]) -> Dataset {
    Dataset::new()
        .text((0x3006, 0x42), "CS", kind)
        .decimals((0x3006, 0x50), points)
}

/// A square around the centres of the voxels from..=to of a slice of the small series.
fn square(series: &CtSeries, k: usize, from: [f64; 2], to: [f64; 2]) -> Vec<f64> {
    let [x, y, z] = series.origin(k);
    let (left, right) = (x + (from[0] - 0.4) * 0.5, x + (to[0] + 0.4) * 0.5);
    let (top, bottom) = (y + (from[1] - 0.4) * 0.75, y + (to[1] + 0.4) * 0.75);
    vec![left, top, z, right, top, z, right, bottom, z, left, bottom, z]
}

fn structure_set(rois: &[(u16, &str, Vec<Dataset>)]) -> Dataset {
    let regions = rois.iter().map(|(number, name, _)| {
        Dataset::new()
            .text((0x3006, 0x22), "IS", &number.to_string())
            .text((0x3006, 0x26), "LO", name)
    });
    let contours = rois.iter().map(|(number, _, contours)| {
        Dataset::new()
            .text((0x3006, 0x2a), "IS", "10\\200\\30")
            .text((0x3006, 0x84), "IS", &number.to_string())
            .sequence((0x3006, 0x40), contours.clone())
    });
    Dataset::new()
        .text((8, 0x16), "UI", STRUCTURE_SET)
        .text((8, 0x18), "UI", "1.2.826.55.1")
        .text((8, 0x60), "CS", "RTSTRUCT")
        .text((0x20, 0xe), "UI", "1.2.826.55")
        .sequence((0x3006, 0x20), regions.collect())
        .sequence((0x3006, 0x39), contours.collect())
}

/// The same, with the series that it was drawn on.
fn drawn_on(series: &CtSeries, rois: &[(u16, &str, Vec<Dataset>)]) -> Dataset {
    let of_series = Dataset::new().text((0x20, 0xe), "UI", &series.series_uid);
    let of_study = Dataset::new().sequence((0x3006, 0x14), vec![of_series]);
    let frame = Dataset::new().sequence((0x3006, 0x12), vec![of_study]);
    structure_set(rois).sequence((0x3006, 0x10), vec![frame])
}

fn open(paths: &[PathBuf]) -> OpenVolume {
    let opened = io::scan(paths, &Progress::silent()).expect("it can be opened");
    let mut volumes = opened.volumes.into_iter();
    let found = volumes.find(|open| open.volume.series.modality == "RTSTRUCT");
    let found = found.expect("a structure set");
    io::load(&found, &Progress::silent());
    found
}

/// Voxels of a region in its layer.
fn count(open: &OpenVolume, label: u32, layer: usize) -> usize {
    let [nx, ny, nz] = open.volume.dims();
    let is_label = |n: &usize| {
        let index = [n % nx, n / nx % ny, n / nx / ny];
        open.volume.value(index, layer) == Some(Value::Scalar(f64::from(label)))
    };
    (0..nx * ny * nz).filter(is_label).count()
}

#[test]
fn contours_are_filled_on_their_image() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let series = CtSeries::new(3);
    series.write(folder.path());
    let closed = |k, from, to| contour("CLOSED_PLANAR", &square(&series, k, from, to));
    let rois = [
        (
            1,
            "Donut",
            vec![closed(1, [1.0, 1.0], [6.0, 4.0]), closed(1, [3.0, 2.0], [4.0, 3.0])],
        ),
        (2, "Inside", vec![closed(1, [3.0, 2.0], [4.0, 3.0])]),
        (
            700,
            "Across",
            vec![closed(1, [0.0, 0.0], [3.0, 3.0]), closed(2, [0.0, 0.0], [0.0, 0.0])],
        ),
        (4, "Isocentre", vec![contour("POINT", &[0.0, 0.0, 0.0])]),
        (5, "Broken", vec![contour("CLOSED_PLANAR", &[1.0, 2.0, 3.0, 4.0])]),
    ];
    let path = folder.path().join("rs.dcm");
    let file = drawn_on(&series, &rois).file_of_class(STRUCTURE_SET, EXPLICIT_LITTLE);
    std::fs::write(&path, file).expect("a test folder can be written");
    let open = open(&[folder.path().to_owned()]);
    assert_eq!(open.volume.dims(), [8, 6, 3]);
    assert_eq!(open.volume.warnings.len(), 2, "{:?}", open.volume.warnings);
    let table = open.source.segments().expect("a table");
    let names: Vec<(u32, &str)> = table
        .segments
        .iter()
        .map(|segment| (segment.label, segment.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (1, "Donut"),
            (2, "Inside"),
            (4, "Isocentre"),
            (5, "Broken"),
            (700, "Across")
        ]
    );
    assert_eq!(table.segments[0].color, [10, 200, 30]);
    assert_eq!((table.segments[1].layer, table.segments[4].layer), (0, 1));
    assert_eq!(count(&open, 1, 0), 20);
    assert_eq!(count(&open, 2, 0), 4);
    assert_eq!(count(&open, 700, 1), 17);
}

#[test]
fn contours_that_name_nothing_are_on_no_image() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let series = CtSeries::new(3);
    series.write(folder.path());
    let rois = [(
        1,
        "One",
        vec![contour("CLOSED_PLANAR", &square(&series, 1, [1.0, 1.0], [6.0, 4.0]))],
    )];
    // Neither the structure set nor the series has a frame of reference: that is none in common.
    let file = structure_set(&rois).file_of_class(STRUCTURE_SET, EXPLICIT_LITTLE);
    std::fs::write(folder.path().join("rs.dcm"), file).expect("a test folder can be written");
    let open = open(&[folder.path().to_owned()]);
    assert_ne!(open.volume.dims(), [8, 6, 3]);
    let said = open.volume.warnings.join("\n");
    assert!(said.contains("a grid of their own"), "{said}");
}

#[test]
fn broken_contours_are_answered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rs.dcm");
    let series = CtSeries::new(3);
    let wild = [1e300, -1e300, 0.0, 1e4, 1.0, 9e4, -5.0, 3.0, 2.0];
    let rois = [
        (
            1,
            "One",
            vec![contour("CLOSED_PLANAR", &square(&series, 0, [0.0, 0.0], [2.0, 2.0]))],
        ),
        (1, "Again", vec![contour("CLOSED_PLANAR", &wild)]),
        (
            3,
            "Far",
            vec![contour(
                "CLOSED_PLANAR",
                &[9e4, 0.0, 0.0, 0.0, 9e4, 9e4, 0.0, 0.0, -9e4],
            )],
        ),
    ];
    let good = structure_set(&rois).file_of_class(STRUCTURE_SET, EXPLICIT_LITTLE);
    let survive = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("a test folder can be written");
        match io::scan(std::slice::from_ref(&path), &Progress::silent()) {
            Ok(opened) => opened.volumes.iter().for_each(|open| {
                assert!(open.volume.voxels.byte_size() < 8 << 30, "{:?}", open.volume.dims());
            }),
            Err(err) => assert!(!err.message.contains("broke the decoder"), "{}", err.message),
        }
    };
    survive(&good);
    (0..good.len()).for_each(|length| survive(&good[..length]));
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

/// Volumes of regions on their image against the areas of their polygons as pydicom reads them.
#[test]
fn regions_have_the_volume_of_their_polygons() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let Ok(text) = std::fs::read_to_string(data.join("expected.json")) else {
        println!("skipped: there is no ../shared/data");
        return;
    };
    let json: Json = serde_json::from_str(&text).expect("expected.json can be read");
    let items = json["items"].as_array().into_iter().flatten();
    let path = "generated/dicom/rtstruct/rs.dcm";
    let want = items
        .flat_map(|item| item["files"].as_array().into_iter().flatten())
        .find(|file| file["path"] == path);
    let rois = want.map(|want| want["rtstruct"]["rois"].clone()).expect("the regions");
    let open = open(&[data.join(path), data.join("generated/dicom/ct_axial")]);
    assert_eq!(open.volume.dims()[..2], [96, 96], "on the image");
    let voxel_mm3 = open
        .volume
        .geometry()
        .expect("a place")
        .patient_from_voxel()
        .matrix3
        .determinant();
    let table = open.source.segments().expect("a table");
    let mut checked = 0;
    for roi in rois.as_array().into_iter().flatten() {
        let number = roi["number"].as_u64().expect("a number") as u32;
        let segment = table.get(number).expect("the region");
        assert_eq!(Some(segment.name.as_str()), roi["name"].as_str());
        let Some(area) = roi["sum_of_polygon_areas_mm2"].as_f64().filter(|area| *area > 0.0) else {
            assert_eq!(count(&open, number, segment.layer), 0);
            continue;
        };
        // A donut is told by the sum of its areas, the hole's included.
        if segment.name.contains("XOR") {
            continue;
        }
        let got = count(&open, number, segment.layer) as f64 * voxel_mm3 / 5.0;
        assert!((got / area - 1.0).abs() < 0.06, "{}: {got} of {area} mm²", segment.name);
        checked += 1;
    }
    assert!(checked >= 4, "only {checked} regions were compared");
}
