//! NIfTI writing: what is written is what is read, by our reader and by the `nifti` crate; resampling; refusals.

use std::path::Path;
use std::sync::Arc;

use glam::{DAffine3, DMat3, DVec3, EulerRot};
use isocenter::algo::resample::{ResampleError, onto_even_grid};
use isocenter::io::nifti::{read_fields, read_header, write_nifti};
use isocenter::io::{Progress, load};
use isocenter::model::geometry::Geometry;
use isocenter::model::volume::{Patient, Placement, Rescale, SeriesInfo, Value, Volume, VolumeId, VolumeKind};
use isocenter::model::voxels::{SampleType, Samples, Voxels};
use isocenter::model::window::{NamedWindow, Window};

pub fn series() -> SeriesInfo {
    SeriesInfo {
        format: "dicom",
        kind: VolumeKind::Image,
        modality: "CT".to_owned(),
        description: "Thorax native".to_owned(),
        patient: Patient {
            name: "Müller^Änne".to_owned(),
            id: "4711".to_owned(),
            birth_date: "19700102".to_owned(),
            sex: "F".to_owned(),
        },
        study_uid: "1.2.3.4".to_owned(),
        study_description: "Study".to_owned(),
        study_date: "20200304".to_owned(),
        series_uid: "1.2.3.4.5".to_owned(),
        series_number: Some(3),
        transfer_syntax: String::new(),
        frame_of_reference_uid: "1.2.3.4.6".to_owned(),
        files: 1,
        stored_type: "i16".to_owned(),
    }
}

/// A volume whose slabs hold what `fill` makes of their number.
pub fn volume(
    geometry: Geometry,
    frames: usize,
    components: usize,
    sample_type: SampleType,
    rescale: Rescale,
    fill: impl Fn(usize, usize) -> Samples,
) -> Volume {
    let voxels = Voxels::new(geometry.dims(), frames, components, sample_type, 2).unwrap();
    for slab in 0..voxels.slab_count() {
        voxels.publish(slab, fill(slab, voxels.slab_samples(slab))).unwrap();
    }
    Volume {
        id: VolumeId::fresh(),
        series: series(),
        placement: Placement::Patient(geometry),
        voxels,
        rescale,
        unit: Some("HU".to_owned()),
        windows: Vec::new(),
        is_inverted: false,
        padding: None,
        warnings: Vec::new(),
    }
}

pub fn turned(dims: [usize; 3], steps: [f64; 3], shear: DMat3) -> Geometry {
    let turn = DMat3::from_euler(EulerRot::ZYX, 0.3, -0.2, 2.0);
    Geometry::from_affine(
        dims,
        DAffine3 {
            matrix3: turn * shear * DMat3::from_diagonal(DVec3::from_array(steps)),
            translation: DVec3::new(-100.5, 33.0, 812.25),
        },
    )
    .unwrap()
}

fn ramp(slab: usize, count: usize) -> Samples {
    Samples::I16((0..count).map(|n| (n * 37 + slab * 1009) as i16).collect())
}

fn read(path: &Path) -> Arc<Volume> {
    let opened = read_header(path).unwrap().unwrap().into_open_volume();
    assert!(load(&opened, &Progress::silent()).warnings.is_empty());
    assert!(opened.volume.warnings.is_empty(), "{:?}", opened.volume.warnings);
    opened.volume
}

fn same_voxels(a: &Volume, b: &Volume, frame: usize) {
    let [x, y, z] = a.dims();
    for index in (0..z).flat_map(|k| (0..y).flat_map(move |j| (0..x).map(move |i| [i, j, k]))) {
        assert_eq!(a.value(index, frame), b.value(index, frame), "{index:?}");
    }
}

fn same_place(a: &Volume, b: &Volume) {
    let corners = |volume: &Volume| volume.geometry().unwrap().corners();
    let apart = corners(a)
        .iter()
        .zip(corners(b))
        .map(|(a, b)| (*a - b).length())
        .fold(0.0, f64::max);
    assert!(apart < 1e-3, "{apart} mm apart");
}

/// Every type that samples can have.
pub const EVERY_TYPE: [SampleType; 8] = [
    SampleType::U8,
    SampleType::I8,
    SampleType::U16,
    SampleType::I16,
    SampleType::U32,
    SampleType::I32,
    SampleType::F32,
    SampleType::F64,
];

/// Fills slabs with different numbers of a type, negative ones too where it has them.
pub fn counting(sample_type: SampleType) -> impl Fn(usize, usize) -> Samples {
    move |slab, count| {
        let numbers = (0..count).map(move |n| (slab * count + n) as f64 - 50.0);
        match sample_type {
            SampleType::U8 => Samples::U8(numbers.map(|n| (n + 50.0) as u8).collect()),
            SampleType::I8 => Samples::I8(numbers.map(|n| n as i8).collect()),
            SampleType::U16 => Samples::U16(numbers.map(|n| (n.abs() * 500.0) as u16).collect()),
            SampleType::I16 => Samples::I16(numbers.map(|n| (n * 500.0) as i16).collect()),
            SampleType::U32 => Samples::U32(numbers.map(|n| (3e9 + n * 500.0) as u32).collect()),
            SampleType::I32 => Samples::I32(numbers.map(|n| (n * 1e6) as i32).collect()),
            SampleType::F32 => Samples::F32(numbers.map(|n| (n / 7.0) as f32).collect()),
            SampleType::F64 => Samples::F64(numbers.map(|n| n * 200.0).collect()),
        }
    }
}

#[test]
fn every_type_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let rescale = Rescale {
        slope: 0.25,
        intercept: -1024.0,
    };
    for sample_type in EVERY_TYPE {
        let made = volume(
            turned([5, 4, 5], [0.7, 0.9, 2.5], DMat3::IDENTITY),
            2,
            1,
            sample_type,
            rescale,
            counting(sample_type),
        );
        for name in ["a.nii", "a.nii.gz"] {
            let path = folder.path().join(name);
            write_nifti(&path, &made, None).unwrap();
            let back = read(&path);
            assert_eq!(
                (back.voxels.sample_type(), back.voxels.frames(), back.rescale),
                (sample_type, 2, rescale)
            );
            same_voxels(&made, &back, 0);
            same_voxels(&made, &back, 1);
            same_place(&made, &back);
        }
        let path = folder.path().join("one.nii");
        write_nifti(&path, &made, Some(1)).unwrap();
        assert_eq!(read(&path).voxels.frames(), 1);
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        3,
        "nothing else is left"
    );
}

#[test]
fn shear_is_in_the_sform_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.nii");
    let tilt = DMat3::from_cols(DVec3::X, DVec3::Y, DVec3::new(0.0, 0.3, 1.0));
    for (shear, qform_code) in [(DMat3::IDENTITY, 1), (tilt, 0)] {
        for flip in [1.0, -1.0] {
            let made = volume(
                turned([5, 4, 5], [0.7, 0.9 * flip, 2.5], shear),
                1,
                1,
                SampleType::I16,
                Rescale::IDENTITY,
                ramp,
            );
            write_nifti(&path, &made, None).unwrap();
            same_place(&made, &read(&path));
            let fields = read_fields(&path).unwrap().unwrap();
            let code = fields
                .iter()
                .find(|(name, _)| *name == "qform_code")
                .map(|(_, value)| value.clone());
            assert_eq!(code, Some(isocenter::io::nifti::FieldValue::Integers(vec![qform_code])));
        }
    }
}

#[test]
fn the_nifti_crate_reads_what_was_written() {
    use nifti::{NiftiObject as _, RandomAccessNiftiVolume as _, ReaderOptions};
    let folder = tempfile::tempdir().unwrap();
    let mut made = volume(
        turned([5, 4, 5], [0.7, 0.9, 2.5], DMat3::IDENTITY),
        1,
        1,
        SampleType::I16,
        Rescale {
            slope: 2.0,
            intercept: -5.0,
        },
        ramp,
    );
    made.windows.push(NamedWindow {
        name: String::new(),
        window: Window::linear(40.0, 400.0),
    });
    let path = folder.path().join("x.nii.gz");
    write_nifti(&path, &made, None).unwrap();
    let theirs = ReaderOptions::new().read_file(&path).unwrap();
    for index in [[0, 0, 0], [4, 3, 4], [1, 2, 3]] {
        assert_eq!(
            Some(Value::Scalar(theirs.volume().get_f64(&index).unwrap())),
            made.value(index.map(usize::from), 0)
        );
    }
    let header = theirs.header();
    assert_eq!((header.cal_min, header.cal_max), (-160.0, 239.0));
    assert_eq!(
        header
            .descrip
            .iter()
            .copied()
            .take_while(|byte| *byte != 0)
            .collect::<Vec<u8>>(),
        b"Thorax native"
    );
    // Their affine (of the qform) is ours.
    let [x, y, z] = [1.0, 2.0, 3.0];
    let at = made.geometry().unwrap().patient_at(DVec3::new(x, y, z));
    let row = |row: [f32; 4]| f64::from(row[0]) * x + f64::from(row[1]) * y + f64::from(row[2]) * z + f64::from(row[3]);
    assert!((DVec3::new(-row(header.srow_x), -row(header.srow_y), row(header.srow_z)) - at).length() < 1e-3);
}

#[test]
fn long_sides_become_nifti_2() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.nii.gz");
    let made = volume(
        turned([40_000, 2, 2], [0.1, 1.0, 1.0], DMat3::IDENTITY),
        1,
        1,
        SampleType::U8,
        Rescale {
            slope: 0.1,
            intercept: 0.0,
        },
        |slab, count| Samples::U8((0..count).map(|n| (n + slab) as u8).collect()),
    );
    write_nifti(&path, &made, None).unwrap();
    let back = read(&path);
    assert_eq!((back.dims(), back.rescale.slope), ([40_000, 2, 2], 0.1));
    same_voxels(&made, &back, 0);
}

#[test]
fn colours_and_labels_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.nii");
    let mut made = volume(
        turned([5, 4, 5], [1.0; 3], DMat3::IDENTITY),
        1,
        3,
        SampleType::U8,
        Rescale::IDENTITY,
        |slab, count| Samples::U8((0..count).map(|n| (n * 3 + slab) as u8).collect()),
    );
    write_nifti(&path, &made, None).unwrap();
    let back = read(&path);
    assert_eq!(
        (back.voxels.components(), back.series.stored_type.as_str()),
        (3, "rgb24")
    );
    same_voxels(&made, &back, 0);
    made = volume(
        turned([5, 4, 5], [1.0; 3], DMat3::IDENTITY),
        1,
        1,
        SampleType::U8,
        Rescale::IDENTITY,
        |slab, count| Samples::U8(vec![slab as u8; count]),
    );
    made.series.kind = VolumeKind::Segmentation;
    write_nifti(&path, &made, None).unwrap();
    assert_eq!(read(&path).series.kind, VolumeKind::Segmentation);
}

/// A stack whose voxels hold ten times the z of their centre.
fn uneven() -> Volume {
    let heights = [0.0, 2.0, 4.0, 6.0, 9.0, 11.0];
    let origins = heights.map(|z| DVec3::new(5.0, 6.0, z));
    let geometry = Geometry::from_slices(4, 3, DVec3::X, DVec3::Y * 2.0, &origins, 0.01).unwrap();
    volume(
        geometry,
        1,
        1,
        SampleType::I16,
        Rescale {
            slope: 0.5,
            intercept: -10.0,
        },
        |slab, count| {
            Samples::I16(
                (0..count)
                    .map(|n| ((heights[slab * 2 + n / 12] * 10.0 + 10.0) / 0.5) as i16)
                    .collect(),
            )
        },
    )
}

#[test]
fn uneven_slices_are_refused_until_they_are_even() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("u.nii");
    std::fs::write(&path, "what was there").unwrap();
    let made = uneven();
    let refused = write_nifti(&path, &made, None).unwrap_err().to_string();
    assert!(
        refused.contains("NIfTI cannot hold; use --resample") && refused.contains("u.nii"),
        "{refused}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), b"what was there");
    for (step, slices) in [(None, 6), (Some(1.0), 12), (Some(0.25), 45)] {
        let even = onto_even_grid(&made, step).unwrap();
        assert_eq!(
            (even.dims(), even.geometry().unwrap().slice_table()),
            ([4, 3, slices], None)
        );
        for k in 0..slices {
            let z = even.geometry().unwrap().patient_at(DVec3::new(1.0, 1.0, k as f64)).z;
            let Some(Value::Scalar(value)) = even.value([1, 1, k], 0) else {
                panic!("no value")
            };
            assert!((value - z * 10.0).abs() <= 0.25, "slice {k} at {z}: {value}");
        }
        write_nifti(&path, &even, None).unwrap();
        same_place(&even, &read(&path));
    }
    assert_eq!(
        onto_even_grid(&made, Some(1e-9)).unwrap_err(),
        ResampleError::Step(1e-9)
    );
    assert_eq!(
        onto_even_grid(&made, Some(-1.0)).unwrap_err(),
        ResampleError::Step(-1.0)
    );
}

#[test]
fn a_tilted_stack_becomes_upright() {
    let tilt = DMat3::from_cols(DVec3::X, DVec3::Y, DVec3::new(0.0, 0.5, 1.0));
    let geometry = Geometry::from_affine(
        [4, 8, 5],
        DAffine3 {
            matrix3: tilt,
            translation: DVec3::ZERO,
        },
    )
    .unwrap();
    let made = volume(geometry, 1, 1, SampleType::F32, Rescale::IDENTITY, |slab, count| {
        Samples::F32(
            (0..count)
                .map(|n| (n / 4 % 8) as f32 + 0.5 * (slab * 2 + n / 32) as f32)
                .collect(),
        )
    });
    let even = onto_even_grid(&made, None).unwrap();
    assert_eq!(even.dims(), [4, 10, 5]);
    // Values are the y of the place, wherever there was something; the lowest value elsewhere.
    for (j, k) in [(0, 0), (2, 4), (9, 4), (5, 2)] {
        assert_eq!(even.value([1, j, k], 0), Some(Value::Scalar(j as f64)), "{j} {k}");
    }
    assert_eq!(even.value([1, 0, 4], 0), Some(Value::Scalar(0.0)));
}
