//! Series that are made here, with every fault that series have: the volume must stand where its slices stand, and
//! say what is doubtful about them.

use std::path::PathBuf;

use glam::DVec3;
use isocenter::io::{self, OpenVolume, Opened, Progress};
use isocenter::model::volume::{PixelScale, Placement, StackGrid, Value};
use isocenter::model::window::WindowFunction;

use crate::dicom_builder::{CtSeries, Dataset, EXPLICIT_LITTLE};

fn open(files: &[(String, Vec<u8>)]) -> (tempfile::TempDir, Opened) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a test folder can be written");
    }
    let opened = io::scan(&[folder.path().to_owned()], &Progress::silent()).expect("there is a volume");
    (folder, opened)
}

fn open_series(series: &CtSeries) -> (tempfile::TempDir, OpenVolume) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    series.write(folder.path());
    let opened = io::scan(&[folder.path().to_owned()], &Progress::silent()).expect("there is a volume");
    assert_eq!(opened.volumes.len(), 1, "{:?}", opened.skipped);
    assert_eq!(opened.skipped, []);
    (folder, opened.volumes.into_iter().next().expect("one volume"))
}

/// Every voxel has its number and its place.
fn check(series: &CtSeries, warnings: &[&str]) {
    let (_folder, open) = open_series(series);
    let report = io::load(&open, &Progress::silent());
    assert_eq!((report.failed_slabs, &report.warnings), (0, &Vec::new()));
    let volume = &open.volume;
    let depth = series.slices.len();
    assert_eq!(
        volume.dims(),
        [usize::from(series.columns), usize::from(series.rows), depth]
    );
    let geometry = volume.geometry().expect("it stands in the patient");
    let mut by_place: Vec<usize> = (0..depth).collect();
    by_place.sort_by(|a, b| series.slices[*a][0].total_cmp(&series.slices[*b][0]));
    let (row, column) = (
        DVec3::from_slice(&series.orientation[..3]) * series.spacing[1],
        DVec3::from_slice(&series.orientation[3..]) * series.spacing[0],
    );
    for (k, original) in by_place.iter().enumerate() {
        for (i, j) in [(0, 0), (7, 0), (0, 5), (3, 2)] {
            let stored = CtSeries::stored(i, j, *original);
            assert_eq!(
                volume.value([i, j, k], 0),
                Some(Value::Scalar(f64::from(stored) - 1024.0)),
                "voxel {i},{j},{k}"
            );
            let expected = DVec3::from_array(series.origin(*original)) + row * i as f64 + column * j as f64;
            let got = geometry.patient_at(DVec3::new(i as f64, j as f64, k as f64));
            assert!(
                (got - expected).length() < 0.006,
                "voxel {i},{j},{k}: {got} instead of {expected}"
            );
            assert!((geometry.voxel_at(expected) - DVec3::new(i as f64, j as f64, k as f64)).length() < 0.02);
        }
    }
    assert_eq!(volume.warnings.len(), warnings.len(), "{:?}", volume.warnings);
    for (got, expected) in volume.warnings.iter().zip(warnings) {
        assert!(got.contains(expected), "{got:?} does not say {expected:?}");
    }
}

#[test]
fn slices_are_sorted_by_place_whatever_they_are_called() {
    check(&CtSeries::new(5), &[]);
    let mut backwards = CtSeries::new(5);
    backwards.slices.reverse();
    check(&backwards, &[]);
}

#[test]
fn every_orientation_stands_where_it_stands() {
    let oblique = DVec3::new(0.6, 0.64, 0.48);
    let across = oblique.cross(DVec3::Z).normalize();
    let mut series = CtSeries::new(4);
    for orientation in [
        [0.0, 1.0, 0.0, 0.0, 0.0, -1.0],
        [-1.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        [oblique.x, oblique.y, oblique.z, across.x, across.y, across.z],
    ] {
        series.orientation = orientation;
        check(&series, &[]);
    }
}

#[test]
fn a_tilted_gantry_is_a_shear_and_is_said() {
    let mut series = CtSeries::new(6);
    series.slices = (0..6).map(|k| [f64::from(k) * 2.5, f64::from(k) * -0.9]).collect();
    check(&series, &["leans by 19.8 degrees"]);
}

#[test]
fn gaps_and_uneven_steps_are_kept_and_said() {
    let mut series = CtSeries::new(12);
    series.slices.remove(4);
    series.slices.remove(8);
    series.slices.remove(8);
    check(
        &series,
        &[
            "one slice seems to be missing between slices 4 and 5, which are 5.00 mm apart",
            "2 slices seem to be missing between slices 8 and 9",
        ],
    );
    series.slices = [0.0, 2.0, 5.0, 5.5, 9.0, 10.0, 14.0].map(|at| [at, 0.0]).to_vec();
    check(&series, &["not evenly spaced: 0.50 to 4.00 mm apart"]);
    series.slices.iter_mut().for_each(|slice| slice[1] = slice[0] * 0.2);
    check(&series, &["not evenly spaced", "leans by 11.3 degrees"]);
}

#[test]
fn one_slice_has_the_thickness_that_it_says() {
    let slice = CtSeries::new(1).slice(0).decimals((0x18, 0x50), &[3.5]);
    let (_folder, opened) = open(&[("a".to_owned(), slice.file(EXPLICIT_LITTLE))]);
    let geometry = opened.volumes[0].volume.geometry().expect("a place");
    assert!((geometry.spacing() - DVec3::new(0.5, 0.75, 3.5)).length() < 1e-9);
}

#[test]
fn localizers_and_other_orientations_are_volumes_of_their_own() {
    let mut coronal = CtSeries::new(1);
    coronal.orientation = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0];
    let axial = CtSeries::new(4);
    let mut files: Vec<(String, Vec<u8>)> = (0..4)
        .map(|k| (format!("{k}"), axial.slice(k).file(EXPLICIT_LITTLE)))
        .collect();
    let scout = coronal.slice(0).text((8, 0x18), "UI", "1.2.9");
    files.push(("scout".to_owned(), scout.file(EXPLICIT_LITTLE)));
    let (_folder, opened) = open(&files);
    let mut depths: Vec<usize> = opened.volumes.iter().map(|v| v.volume.dims()[2]).collect();
    depths.sort_unstable();
    assert_eq!(depths, [1, 4]);
    for open in &opened.volumes {
        assert!(open.volume.warnings[0].contains("they make 2 volumes"));
    }
}

#[test]
fn several_images_at_every_position_are_time_points() {
    let series = CtSeries::new(3);
    let mut files = Vec::new();
    for time in 0..2_u16 {
        for k in 0..3_usize {
            let pixels: Vec<i16> = vec![(usize::from(time) * 1000 + k) as i16; 48];
            // Instance numbers run through each time point in turn, backwards.
            let slice = series
                .slice(k)
                .text((8, 0x18), "UI", &format!("1.5.{time}.{k}"))
                .text((0x20, 0x13), "IS", &(time * 10 + 9 - k as u16).to_string())
                .pixels(&pixels);
            files.push((format!("{k}{time}"), slice.file(EXPLICIT_LITTLE)));
        }
    }
    let (_folder, opened) = open(&files);
    assert_eq!(opened.volumes.len(), 1);
    let open = &opened.volumes[0];
    assert_eq!((open.volume.dims()[2], open.volume.voxels.frames()), (3, 2));
    io::load(open, &Progress::silent());
    for (frame, k) in [(0, 0), (0, 2), (1, 1)] {
        assert_eq!(
            open.volume.value([0, 0, k], frame),
            Some(Value::Scalar((frame * 1000 + k) as f64 - 1024.0))
        );
    }
}

#[test]
fn a_missing_time_point_of_one_slice_does_not_mix_the_others() {
    let series = CtSeries::new(3);
    let mut files = Vec::new();
    for time in 0..4_u16 {
        for k in 0..3_usize {
            if (time, k) == (1, 1) {
                continue;
            }
            let slice = series
                .slice(k)
                .text((8, 0x18), "UI", &format!("1.5.{time}.{k}"))
                .text((0x20, 0x100), "IS", &(time + 1).to_string())
                .pixels(&[time as i16; 48]);
            files.push((format!("{k}{time}"), slice.file(EXPLICIT_LITTLE)));
        }
    }
    let (_folder, opened) = open(&files);
    let shown: usize = opened
        .volumes
        .iter()
        .map(|open| open.volume.dims()[2] * open.volume.voxels.frames())
        .sum();
    assert_eq!(shown, 11, "nothing is dropped");
    for open in &opened.volumes {
        io::load(open, &Progress::silent());
        for frame in 0..open.volume.voxels.frames() {
            let values: Vec<_> = (0..open.volume.dims()[2])
                .map(|k| open.volume.value([0, 0, k], frame))
                .collect();
            assert!(
                values.windows(2).all(|pair| pair[0] == pair[1]),
                "one time point: {values:?}"
            );
        }
        assert!(!open.volume.warnings.is_empty());
    }
}

#[test]
fn a_stray_duplicate_is_apart_and_a_copy_is_skipped() {
    let series = CtSeries::new(4);
    let mut files: Vec<(String, Vec<u8>)> = (0..4)
        .map(|k| (format!("{k}"), series.slice(k).file(EXPLICIT_LITTLE)))
        .collect();
    let stray = series
        .slice(2)
        .text((8, 0x18), "UI", "1.2.99")
        .text((0x20, 0x13), "IS", "77");
    files.push(("stray".to_owned(), stray.file(EXPLICIT_LITTLE)));
    files.push(("zz copy".to_owned(), series.slice(1).file(EXPLICIT_LITTLE)));
    let (_folder, opened) = open(&files);
    let depths: Vec<usize> = opened.volumes.iter().map(|v| v.volume.dims()[2]).collect();
    assert_eq!(depths, [4, 1]);
    assert!(opened.volumes[0].volume.warnings[0].contains("the surplus is apart"));
    assert!(opened.volumes[1].volume.warnings[0].contains("this image lies"));
    assert_eq!(opened.skipped.len(), 1);
    assert_eq!(opened.skipped[0].reason, "it is a copy of 1, so nothing is missing");
}

#[test]
fn rescale_per_slice_becomes_values() {
    let series = CtSeries::new(3);
    let files: Vec<(String, Vec<u8>)> = (0..3)
        .map(|k| {
            let slice = series.slice(k).decimals((0x28, 0x1053), &[1.0 + 0.5 * k as f64]);
            (format!("{k}"), slice.file(EXPLICIT_LITTLE))
        })
        .collect();
    let (_folder, opened) = open(&files);
    let open = &opened.volumes[0];
    io::load(open, &Progress::silent());
    assert_eq!(
        open.volume.value([3, 1, 2], 0),
        Some(Value::Scalar(213.0 * 2.0 - 1024.0))
    );
    assert_eq!(open.volume.series.stored_type, "i16");
    assert!(open.volume.warnings[0].contains("slope or intercept differ"));
}

#[test]
fn what_has_no_place_is_a_stack() {
    let series = CtSeries::new(3);
    let place = |dataset: Dataset, warning: &str| {
        let (_folder, opened) = open(&[("a".to_owned(), dataset.file(EXPLICIT_LITTLE))]);
        let volume = &opened.volumes[0].volume;
        assert!(matches!(volume.placement, Placement::Stack(_)), "{warning}");
        assert!(volume.warnings[0].contains(warning), "{:?}", volume.warnings);
    };
    place(series.slice(0).without((0x20, 0x32)), "where the images lie");
    place(series.slice(0).decimals((0x20, 0x37), &[0.0; 6]), "orientation");
    place(
        series.slice(0).decimals((0x20, 0x37), &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
        "orientation",
    );
    place(
        series.slice(0).decimals((0x28, 0x30), &[0.0, 1.0]),
        "distance of pixels",
    );
    place(series.slice(0).without((0x28, 0x30)), "distance of pixels");
    place(
        series.slice(0).text((8, 8), "CS", "ORIGINAL\\PRIMARY\\M\\MOSAIC"),
        "mosaic",
    );
}

#[test]
fn truncated_pixels_are_filled_and_said() {
    let series = CtSeries::new(3);
    let mut files: Vec<(String, Vec<u8>)> = (0..3)
        .map(|k| (format!("{k}"), series.slice(k).file(EXPLICIT_LITTLE)))
        .collect();
    let half = files[1].1.len() - 48;
    files[1].1.truncate(half);
    let (_folder, opened) = open(&files);
    let open = &opened.volumes[0];
    assert!(
        open.volume.warnings[0].starts_with("1: the pixel data end early (48 of 96 bytes)"),
        "{:?}",
        open.volume.warnings
    );
    io::load(open, &Progress::silent());
    let value = |j| open.volume.value([7, j, 1], 0);
    assert_eq!(value(2), Some(Value::Scalar(127.0 - 1024.0)));
    assert_eq!(value(3), Some(Value::Scalar(100.0 - 1024.0)), "the lowest of the slice");
}

#[test]
fn windows_units_and_padding_are_the_files_own() {
    let slice = CtSeries::new(1)
        .slice(0)
        .decimals((0x28, 0x1050), &[40.0, -600.0, 7.0])
        .decimals((0x28, 0x1051), &[80.0, 1600.0, 0.0])
        .text((0x28, 0x1055), "LO", "BRAIN\\LUNG\\NOTHING")
        .text((0x28, 0x1056), "CS", "LINEAR_EXACT")
        .text((0x28, 4), "CS", "MONOCHROME1")
        .words((0x28, 0x120), &[63536]);
    let (_folder, opened) = open(&[("a".to_owned(), slice.file(EXPLICIT_LITTLE))]);
    let volume = &opened.volumes[0].volume;
    let names: Vec<&str> = volume.windows.iter().map(|w| w.name.as_str()).collect();
    assert_eq!(names, ["BRAIN", "LUNG"]);
    assert_eq!(volume.windows[1].window.center, -600.0);
    assert_eq!(volume.windows[0].window.function, WindowFunction::LinearExact);
    assert_eq!(volume.unit.as_deref(), Some("HU"));
    assert_eq!(volume.padding, Some((-2000.0, -2000.0)));
    assert!(volume.is_inverted);
}

#[test]
fn overlays_are_not_drawn_and_that_is_said() {
    let series = CtSeries::new(3);
    let files: Vec<(String, Vec<u8>)> = (0..3)
        .map(|k| {
            let slice = match k {
                1 => series.slice(k).bytes((0x6002, 0x3000), "OW", &[0; 6]),
                _ => series.slice(k),
            };
            (format!("{k}"), slice.file(EXPLICIT_LITTLE))
        })
        .collect();
    let (_folder, opened) = open(&files);
    assert_eq!(opened.volumes.len(), 1, "{:?}", opened.skipped);
    let warnings = &opened.volumes[0].volume.warnings;
    assert_eq!(
        warnings.iter().filter(|doubt| doubt.contains("overlay")).count(),
        1,
        "{warnings:?}"
    );
}

#[test]
fn two_patients_never_share_a_volume() {
    let series = CtSeries::new(2);
    let other = series
        .slice(1)
        .text((0x10, 0x10), "PN", "Roe^Richard")
        .text((0x10, 0x20), "LO", "0815");
    let (_folder, opened) = open(&[
        ("a".to_owned(), series.slice(0).file(EXPLICIT_LITTLE)),
        ("b".to_owned(), other.file(EXPLICIT_LITTLE)),
    ]);
    assert_eq!(opened.volumes.len(), 2);
}

#[test]
fn bad_files_cost_themselves_only() {
    let series = CtSeries::new(3);
    let mut files: Vec<(String, Vec<u8>)> = (0..3)
        .map(|k| (format!("{k}"), series.slice(k).file(EXPLICIT_LITTLE)))
        .collect();
    files.push(("notes.txt".to_owned(), b"not an image".to_vec()));
    files.push(("empty".to_owned(), Vec::new()));
    files.push(("cut".to_owned(), series.slice(0).file(EXPLICIT_LITTLE)[..300].to_vec()));
    files.push((
        "report".to_owned(),
        series
            .slice(0)
            .without((0x7fe0, 0x10))
            .text((8, 0x16), "UI", "1.2.840.10008.5.1.4.1.1.88.33")
            .file(EXPLICIT_LITTLE),
    ));
    let (folder, opened) = open(&files);
    assert_eq!(opened.volumes.len(), 1);
    let reasons: Vec<(PathBuf, &str)> = opened
        .skipped
        .iter()
        .map(|s| {
            let name = s.path.strip_prefix(folder.path()).expect("in the folder");
            (name.to_owned(), s.reason.as_str())
        })
        .collect();
    assert_eq!(
        reasons,
        [
            (
                PathBuf::from("cut"),
                "the file ends within its header; fetch it again from where it came"
            ),
            (
                PathBuf::from("empty"),
                "the file is empty; fetch it again from where it came"
            ),
            (
                PathBuf::from("notes.txt"),
                "its content is not a medical image of a known format; if it is one, convert it to DICOM or NIfTI"
            ),
            (
                PathBuf::from("report"),
                "it is a structured report, which is not shown yet; dcmtk's dsrdump prints it"
            ),
        ]
    );
}

/// One picture of a projection with these spacings: Pixel Spacing, Imager Pixel Spacing, Calibration Type.
fn projection(modality: &str, spacing: Option<f64>, imager: Option<f64>, calibration: &str) -> StackGrid {
    let mut dataset = Dataset::new()
        .text((0x0008, 0x0016), "UI", "1.2.840.10008.5.1.4.1.1.1")
        .text((0x0008, 0x0018), "UI", "1.2.3.4.5")
        .text((0x0008, 0x0060), "CS", modality)
        .text((0x0020, 0x000e), "UI", "1.2.3.4")
        .words((0x0028, 0x0002), &[1])
        .text((0x0028, 0x0004), "CS", "MONOCHROME2")
        .words((0x0028, 0x0010), &[2])
        .words((0x0028, 0x0011), &[2])
        .words((0x0028, 0x0100), &[16])
        .words((0x0028, 0x0101), &[16])
        .words((0x0028, 0x0102), &[15])
        .words((0x0028, 0x0103), &[0])
        .bytes((0x7fe0, 0x0010), "OW", &[0, 0, 1, 0, 2, 0, 3, 0]);
    if let Some(mm) = spacing {
        dataset = dataset.decimals((0x0028, 0x0030), &[mm, mm]);
    }
    if let Some(mm) = imager {
        dataset = dataset.decimals((0x0018, 0x1164), &[mm, mm]);
    }
    if !calibration.is_empty() {
        dataset = dataset.text((0x0028, 0x0a02), "CS", calibration);
    }
    let (_folder, opened) = open(&[("a.dcm".to_owned(), dataset.file(EXPLICIT_LITTLE))]);
    let volume = &opened.volumes[0].volume;
    let Placement::Stack(grid) = &volume.placement else {
        panic!("{:?}", volume.placement)
    };
    let says = volume.warnings.iter().filter(|text| text.contains("detector")).count();
    assert_eq!(
        says,
        usize::from(grid.pixel_scale == PixelScale::Detector),
        "{:?}",
        volume.warnings
    );
    *grid
}

#[test]
fn lengths_on_radiographs_hold_in_the_patient_only_where_they_were_calibrated() {
    for (modality, spacing, imager, calibration, size, scale) in [
        ("DX", None, Some(0.2), "", 0.2, PixelScale::Detector),
        ("DX", Some(0.2), Some(0.2), "", 0.2, PixelScale::Detector),
        ("DX", Some(0.15), Some(0.2), "", 0.15, PixelScale::Patient),
        ("DX", Some(0.2), Some(0.2), "GEOMETRY", 0.2, PixelScale::Patient),
        ("DX", Some(0.15), Some(0.2), "FIDUCIAL", 0.15, PixelScale::Patient),
        // Nobody can tell.
        ("CR", Some(0.2), None, "", 0.2, PixelScale::Detector),
        ("OT", Some(0.2), None, "", 0.2, PixelScale::Patient),
        ("CR", None, None, "", 1.0, PixelScale::Unknown),
    ] {
        let grid = projection(modality, spacing, imager, calibration);
        let case = format!("{modality} {spacing:?} {imager:?} {calibration}");
        assert_eq!((grid.pixel_size, grid.pixel_scale), ([size; 2], scale), "{case}");
    }
}
