//! DICOM writing and listing: what is written is what the reader finds, wherever it stands and whatever its type.

use std::path::Path;

use glam::{DMat3, DVec3};
use isocenter::io::dicom::{TagContent, TagRow, list_tags, write_series};
use isocenter::io::{OpenVolume, Progress, load, scan};
use isocenter::model::geometry::Geometry;
use isocenter::model::volume::{Rescale, Value, Volume};
use isocenter::model::voxels::SampleType;
use isocenter::model::window::{NamedWindow, Window};

use super::nifti_write::{EVERY_TYPE, counting, turned, volume};

fn written(made: &Volume, frame: Option<usize>) -> (tempfile::TempDir, Vec<OpenVolume>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let series = folder.path().join("series");
    let warnings = write_series(&series, made, frame).unwrap();
    let opened = scan(&[series], &Progress::silent()).unwrap();
    assert!(opened.skipped.is_empty(), "{:?}", opened.skipped);
    for open in &opened.volumes {
        let report = load(open, &Progress::silent());
        assert!(report.warnings.is_empty(), "{report:?}");
    }
    (folder, opened.volumes, warnings)
}

/// The value at every place of `made` is the value there in `back`, whatever the order of its slices.
fn same_in_space(made: &Volume, back: &Volume, frame: usize, tolerance: f64) {
    let (here, there) = (made.geometry().unwrap(), back.geometry().unwrap());
    let [x, y, z] = made.dims();
    assert_eq!(made.dims(), back.dims());
    for [i, j, k] in (0..z).flat_map(|k| (0..y).flat_map(move |j| (0..x).map(move |i| [i, j, k]))) {
        let index = DVec3::new(i as f64, j as f64, k as f64);
        let at = there.voxel_at(here.patient_at(index));
        assert!(
            (at - at.round()).length() < 1e-3,
            "{index} lies between voxels, at {at}"
        );
        let found = back.nearest_voxel(at).and_then(|index| back.value(index, frame));
        let is_same = match (made.value([i, j, k], frame), found) {
            (Some(Value::Scalar(a)), Some(Value::Scalar(b))) => (a - b).abs() <= tolerance,
            (a, b) => a == b && a.is_some(),
        };
        assert!(
            is_same,
            "at {index}: {:?} became {found:?}",
            made.value([i, j, k], frame)
        );
    }
}

#[test]
fn every_type_comes_back() {
    for modality in ["CT", "MR", "PT"] {
        for sample_type in EVERY_TYPE {
            let mut made = volume(
                turned([5, 4, 5], [0.7, 0.9, 2.5], DMat3::IDENTITY),
                1,
                1,
                sample_type,
                Rescale {
                    slope: 0.5,
                    intercept: -100.0,
                },
                counting(sample_type),
            );
            made.series.modality = modality.to_owned();
            made.unit = match modality {
                "CT" => Some("HU".to_owned()),
                "PT" => Some("Bq/ml".to_owned()),
                _ => None,
            };
            let (_folder, back, warnings) = written(&made, None);
            assert_eq!(back.len(), 1);
            // Only these two do not fit into 16 bits.
            let is_rounded = matches!(sample_type, SampleType::I32 | SampleType::F32);
            assert_eq!(warnings.len(), usize::from(is_rounded), "{sample_type:?}: {warnings:?}");
            let tolerance = match sample_type {
                SampleType::I32 => 0.5 * 99e6 * 0.5 / 65535.0 + 1e-3,
                SampleType::F32 => 1e-4,
                _ => 1e-6,
            };
            same_in_space(&made, &back[0].volume, 0, tolerance);
            assert_eq!(back[0].volume.unit, made.unit);
            let series = &back[0].volume.series;
            assert_eq!(
                (
                    series.modality.as_str(),
                    series.patient.name.as_str(),
                    series.study_uid.as_str()
                ),
                (modality, "Müller^Änne", "1.2.3.4")
            );
            assert_eq!(
                (
                    series.frame_of_reference_uid.as_str(),
                    series.patient.birth_date.as_str(),
                    series.files
                ),
                ("1.2.3.4.6", "19700102", 5)
            );
            assert_ne!(series.series_uid, "1.2.3.4.5");
        }
    }
}

#[test]
fn tilt_gaps_and_mirrored_axes_stand_where_they_stand() {
    let tilt = DMat3::from_cols(DVec3::X, DVec3::Y, DVec3::new(0.0, 0.3, 1.0));
    let gaps: Vec<DVec3> = [0.0, 2.0, 4.0, 9.0, 11.0]
        .iter()
        .map(|z| DVec3::new(3.0 + 0.1 * z, 4.0, *z))
        .collect();
    let geometries = [
        turned([5, 4, 5], [0.7, 0.9, 2.5], tilt),
        turned([5, 4, 5], [-0.7, 0.9, 2.5], DMat3::IDENTITY),
        turned([5, 4, 5], [0.7, 0.9, -2.5], DMat3::IDENTITY),
        Geometry::from_slices(
            5,
            4,
            DVec3::X * 0.8,
            DVec3::Z * -0.9,
            &gaps.iter().map(|at| DVec3::new(at.x, at.z, at.y)).collect::<Vec<_>>(),
            0.01,
        )
        .unwrap(),
    ];
    for geometry in geometries {
        let is_uneven = geometry.slice_table().is_some();
        let made = volume(
            geometry,
            1,
            1,
            SampleType::I16,
            Rescale::IDENTITY,
            counting(SampleType::I16),
        );
        let (_folder, back, _) = written(&made, None);
        assert_eq!(
            (back.len(), back[0].volume.geometry().unwrap().slice_table().is_some()),
            (1, is_uneven)
        );
        same_in_space(&made, &back[0].volume, 0, 0.0);
    }
    let shear = DMat3::from_cols(DVec3::X, DVec3::new(0.2, 1.0, 0.0), DVec3::Z);
    let made = volume(
        turned([5, 4, 5], [1.0; 3], shear),
        1,
        1,
        SampleType::I16,
        Rescale::IDENTITY,
        counting(SampleType::I16),
    );
    let folder = tempfile::tempdir().unwrap();
    assert!(
        write_series(&folder.path().join("x"), &made, None)
            .unwrap_err()
            .to_string()
            .contains("--resample")
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is left behind"
    );
}

#[test]
fn frames_colours_and_windows() {
    let mut made = volume(
        turned([5, 4, 5], [0.7, 0.9, 2.5], DMat3::IDENTITY),
        3,
        1,
        SampleType::I16,
        Rescale::IDENTITY,
        counting(SampleType::I16),
    );
    made.series.modality = "MR".to_owned();
    let window = |name: &str, window| NamedWindow {
        name: name.to_owned(),
        window,
    };
    made.windows = vec![
        window("Weichteil", Window::linear(40.0, 400.0)),
        window("Lunge", Window::linear(-600.5, 1500.0)),
    ];
    let (_folder, back, _) = written(&made, None);
    assert_eq!((back.len(), back[0].volume.voxels.frames()), (1, 3));
    assert_eq!(back[0].volume.windows, made.windows);
    (0..3).for_each(|frame| same_in_space(&made, &back[0].volume, frame, 0.0));
    let (_folder, back, _) = written(&made, Some(2));
    assert_eq!(back[0].volume.voxels.frames(), 1);
    assert_eq!(back[0].volume.value([1, 2, 0], 0), made.value([1, 2, 0], 2));
    let colours = volume(
        turned([5, 3, 3], [1.0; 3], DMat3::IDENTITY),
        1,
        3,
        SampleType::U8,
        Rescale::IDENTITY,
        counting(SampleType::U8),
    );
    let (_folder, back, _) = written(&colours, None);
    assert_eq!(back[0].volume.voxels.components(), 3);
    same_in_space(&colours, &back[0].volume, 0, 0.0);
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
    let made = volume(
        turned([5, 4, 5], [1.0; 3], DMat3::IDENTITY),
        1,
        1,
        SampleType::I16,
        Rescale::IDENTITY,
        counting(SampleType::I16),
    );
    assert!(
        write_series(folder.path(), &made, None)
            .unwrap_err()
            .to_string()
            .contains("not empty")
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    write_series(&empty, &made, None).unwrap();
    assert_eq!(
        (
            std::fs::read_dir(&empty).unwrap().count(),
            std::fs::read_dir(folder.path()).unwrap().count()
        ),
        (5, 2)
    );
}

fn row<'a>(rows: &'a [TagRow], path: &str) -> &'a TagRow {
    rows.iter()
        .find(|row| row.path == path)
        .unwrap_or_else(|| panic!("no {path} among {} rows", rows.len()))
}

#[test]
fn tags_of_a_written_file() {
    let made = volume(
        turned([5, 4, 5], [1.0; 3], DMat3::IDENTITY),
        1,
        1,
        SampleType::I16,
        Rescale::IDENTITY,
        counting(SampleType::I16),
    );
    let folder = tempfile::tempdir().unwrap();
    let series = folder.path().join("s");
    write_series(&series, &made, None).unwrap();
    let rows = list_tags(&series.join("IM00002.dcm")).unwrap();
    let name = row(&rows, "PatientName");
    assert_eq!(
        (name.tag.as_str(), name.vr.as_str(), name.depth, &name.content),
        (
            "(0010,0010)",
            "PN",
            0,
            &TagContent::Values(vec!["Müller^Änne".to_owned()])
        )
    );
    assert_eq!(row(&rows, "Rows").content, TagContent::Values(vec!["4".to_owned()]));
    assert_eq!(row(&rows, "PixelData").content, TagContent::Bytes(40));
    assert!(
        rows.windows(2).all(|pair| pair[0].tag < pair[1].tag),
        "in the order of the file"
    );
}

#[test]
fn tags_in_sequences() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/generated/dicom/rtstruct/rs.dcm");
    if !path.exists() {
        return println!("skipped: there is no shared data beside this checkout");
    }
    let rows = list_tags(&path).unwrap();
    let second = row(&rows, "StructureSetROISequence[1].ROIName");
    assert_eq!(
        (second.depth, &second.content),
        (1, &TagContent::Values(vec!["Läsion größer".to_owned()]))
    );
    assert_eq!(row(&rows, "StructureSetROISequence").content, TagContent::Items(8));
    assert_eq!(
        row(&rows, "ROIContourSequence[1].ContourSequence[8].ContourGeometricType").depth,
        2
    );
}
