//! NIfTI reading: every type, byte order and version; places; pairs; the `nifti` crate and real files as oracles.

use std::path::Path;

use glam::DVec3;
use isocenter::io::{OpenVolume, Progress, load, load_slabs, scan};
use isocenter::model::volume::{Value, VolumeKind};

use super::made_nifti::{Made, file, gzip, open, scalar};

/// A type: code, bits, bytes of a number, and how to encode a value.
type TypeRow = (&'static str, i16, i16, usize, fn(i32) -> Vec<u8>);

const TYPES: [TypeRow; 12] = [
    ("u8", 2, 8, 1, |v| (v as u8).to_le_bytes().to_vec()),
    ("i16", 4, 16, 2, |v| (v as i16).to_le_bytes().to_vec()),
    ("i32", 8, 32, 4, |v| v.to_le_bytes().to_vec()),
    ("f32", 16, 32, 4, |v| (v as f32).to_le_bytes().to_vec()),
    ("f64", 64, 64, 8, |v| f64::from(v).to_le_bytes().to_vec()),
    ("i8", 256, 8, 1, |v| (v as i8).to_le_bytes().to_vec()),
    ("u16", 512, 16, 2, |v| (v as u16).to_le_bytes().to_vec()),
    ("u32", 768, 32, 4, |v| (v as u32).to_le_bytes().to_vec()),
    ("i64", 1024, 64, 8, |v| i64::from(v).to_le_bytes().to_vec()),
    ("u64", 1280, 64, 8, |v| (v as u64).to_le_bytes().to_vec()),
    ("complex64", 32, 64, 4, |v| {
        [(v as f32) * 0.6, (v as f32) * 0.8]
            .iter()
            .flat_map(|part| part.to_le_bytes())
            .collect()
    }),
    ("complex128", 1792, 128, 8, |v| {
        [f64::from(v) * 0.6, f64::from(v) * 0.8]
            .iter()
            .flat_map(|part| part.to_le_bytes())
            .collect()
    }),
];

#[test]
fn every_type_byte_order_and_version() {
    let folder = tempfile::tempdir().unwrap();
    let dim = [5, 4, 3, 2];
    for (name, datatype, bits, unit, encode) in TYPES {
        for (is_two, is_big, is_packed) in [
            (false, false, false),
            (false, true, true),
            (true, false, true),
            (true, true, false),
        ] {
            let made = Made {
                is_two,
                is_big,
                slope: 0.5,
                inter: -3.0,
                ..Made::new(&dim, datatype, bits, unit, (0..120).flat_map(encode).collect())
            };
            let bytes = if is_packed { gzip(&made.bytes()) } else { made.bytes() };
            // The name must not matter.
            let opened = open(&file(folder.path(), "some file", &bytes)).unwrap();
            let report = load(&opened, &Progress::silent());
            assert!(report.warnings.is_empty(), "{name}: {report:?}");
            assert_eq!(
                (
                    opened.volume.series.stored_type.as_str(),
                    opened.volume.dims(),
                    opened.volume.voxels.frames()
                ),
                (name, [5, 4, 3], 2)
            );
            for (n, (index, frame)) in [
                ([0, 0, 0], 0),
                ([1, 0, 0], 0),
                ([0, 1, 0], 0),
                ([0, 0, 1], 0),
                ([0, 0, 0], 1),
                ([4, 3, 2], 1),
            ]
            .into_iter()
            .enumerate()
            {
                let stored = [0.0, 1.0, 5.0, 20.0, 60.0, 119.0][n];
                let value = scalar(&opened, index, frame);
                assert!(
                    (value - (stored * 0.5 - 3.0)).abs() < 1e-4,
                    "{name} {is_two} {is_big} {index:?}: {value}"
                );
            }
        }
    }
}

#[test]
fn colour_keeps_three_components() {
    let folder = tempfile::tempdir().unwrap();
    for (datatype, bits, parts) in [(128, 24, 3usize), (2304, 32, 4)] {
        let voxels: Vec<u8> = (0..12u8)
            .flat_map(|v| [v, 100 + v, 200 + v, 9].into_iter().take(parts))
            .collect();
        let opened = open(&file(
            folder.path(),
            "c.nii",
            &Made::new(&[3, 2, 2], datatype, bits, 1, voxels).bytes(),
        ))
        .unwrap();
        load(&opened, &Progress::silent());
        assert_eq!(
            opened.volume.value([2, 1, 1], 0),
            Some(Value::Rgb([11.0, 111.0, 211.0]))
        );
    }
}

#[test]
fn agrees_with_the_nifti_crate() {
    use nifti::{NiftiObject as _, NiftiVolume as _, RandomAccessNiftiVolume as _, ReaderOptions};
    let folder = tempfile::tempdir().unwrap();
    for (name, datatype, bits, unit, encode) in TYPES.into_iter().filter(|row| !row.0.starts_with("complex")) {
        for is_big in [false, true] {
            let made = Made {
                is_big,
                slope: 1.5,
                inter: 2.0,
                ..Made::new(
                    &[5, 4, 3],
                    datatype,
                    bits,
                    unit,
                    (0..60).map(|v| v * 2 + 1).flat_map(encode).collect(),
                )
            };
            let path = file(folder.path(), &format!("{name}-{is_big}.nii"), &made.bytes());
            let theirs = ReaderOptions::new().read_file(&path).unwrap();
            let opened = open(&path).unwrap();
            load(&opened, &Progress::silent());
            assert_eq!(theirs.volume().dim(), [5, 4, 3]);
            for (i, j, k) in [(0u16, 0u16, 0u16), (1, 2, 0), (4, 3, 2), (2, 0, 1)] {
                let their_value = theirs.volume().get_f64(&[i, j, k]).unwrap();
                let ours = scalar(&opened, [i, j, k].map(usize::from), 0);
                assert!(
                    (their_value - ours).abs() < 1e-6,
                    "{name} at {i} {j} {k}: {their_value} and {ours}"
                );
            }
        }
    }
}

/// Where voxel (1, 1, 1) lies, and what is doubtful about it.
fn place(made: &Made) -> (DVec3, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let opened = open(&file(folder.path(), "p.nii", &made.bytes())).unwrap();
    let geometry = opened.volume.geometry().unwrap();
    (geometry.patient_at(DVec3::ONE), opened.volume.warnings.clone())
}

fn near(got: DVec3, want: [f64; 3]) {
    let apart = (got - DVec3::from_array(want)).length();
    assert!(apart < 1e-5, "{got} is not {want:?}");
}

#[test]
fn the_qform_turns_and_mirrors() {
    let mut made = Made::i16(&[5, 4, 3], 0..60);
    made.srow = None;
    made.offset = [5.0, 6.0, 7.0];
    // Half a turn about z, with qfac −1: x and y change sign in RAS, z goes down.
    made.quaternion = Some([0.0, 0.0, 1.0]);
    made.pixdim = [-1.0, 2.0, 3.0, 4.0];
    let (at, warnings) = place(&made);
    near(at, [-3.0, -3.0, 3.0]);
    assert!(warnings.is_empty(), "{warnings:?}");
    // A quarter of a turn about x: RAS (2, 3·cos − 4·sin, 3·sin + 4·cos) = (2, −4, 3).
    made.quaternion = Some([0.5f64.sqrt(), 0.0, 0.0]);
    made.pixdim = [1.0, 2.0, 3.0, 4.0];
    near(place(&made).0, [-7.0, -2.0, 10.0]);
}

#[test]
fn sform_then_qform_then_sizes() {
    let doubtful = |made: &Made, want: [f64; 3], word: &str| {
        let (at, warnings) = place(made);
        near(at, want);
        assert!(warnings.len() == 1 && warnings[0].contains(word), "{warnings:?}");
    };
    let base = Made::i16(&[5, 4, 3], 0..60);
    near(place(&base).0, [8.0, 17.0, -26.0]);
    let mut both = base.clone();
    both.quaternion = Some([0.0; 3]);
    doubtful(&both, [8.0, 17.0, -26.0], "mm apart");
    let mut none = base.clone();
    none.srow = None;
    doubtful(&none, [-2.0, -3.0, 4.0], "left and right");
    let mut broken = base.clone();
    broken.srow = Some([[f64::NAN; 4]; 3]);
    doubtful(&broken, [-2.0, -3.0, 4.0], "not finite");
    let mut micron = base;
    micron.units = 3;
    micron.srow = Some([
        [2000.0, 500.0, 0.0, 0.0],
        [0.0, 3000.0, 0.0, 0.0],
        [0.0, 0.0, 4000.0, 0.0],
    ]);
    near(place(&micron).0, [-2.5, -3.0, 4.0]);
}

#[test]
fn either_file_of_a_pair_opens_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let made = Made {
        magic: Some(b"ni1\0"),
        intent: 1002,
        ..Made::i16(&[5, 4, 3], 0..60)
    };
    let header = file(folder.path(), "A.HDR", &made.bytes());
    let image = file(folder.path(), "A.IMG", &made.image());
    let packed = tempfile::tempdir().unwrap();
    let packed_header = file(packed.path(), "b.hdr.gz", &gzip(&made.bytes()));
    file(packed.path(), "b.img.gz", &gzip(&made.image()));
    for given in [
        vec![header.clone()],
        vec![image],
        vec![folder.path().to_owned()],
        vec![packed_header],
        vec![packed.path().to_owned()],
    ] {
        let opened = scan(&given, &Progress::silent()).unwrap();
        assert_eq!(
            (opened.volumes.len(), opened.skipped.len()),
            (1, 0),
            "{given:?}: {:?}",
            opened.skipped
        );
        let opened = &opened.volumes[0];
        load(opened, &Progress::silent());
        assert_eq!(
            (
                scalar(opened, [4, 3, 2], 0),
                opened.volume.series.files,
                opened.volume.series.kind
            ),
            (59.0, 2, VolumeKind::Segmentation)
        );
    }
    std::fs::remove_file(folder.path().join("A.IMG")).unwrap();
    assert!(open(&header).err().unwrap().contains("not beside it"));
}

#[test]
fn slabs_of_a_packed_file_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    // Three frames make three slabs.
    let bytes = gzip(&Made::i16(&[5, 4, 3, 3], 0..180).bytes());
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let opened = open(&file(folder.path(), "s.nii.gz", &bytes)).unwrap();
        for slab in order {
            load_slabs(&opened, &[slab].into(), &Progress::silent());
            assert_eq!(scalar(&opened, [0, 0, 0], slab), 60.0 * slab as f64);
        }
        assert!(opened.volume.voxels.is_complete());
    }
}

/// Facts that nibabel wrote down about real and generated files.
#[test]
fn real_files_are_what_nibabel_says() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let Ok(text) = std::fs::read(data.join("expected.json")) else {
        return println!("skipped: there is no shared data beside this checkout");
    };
    let expected: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let files = expected["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|item| item["files"].as_array().into_iter().flatten());
    let mut checked = 0;
    for want in files.filter(|want| want["affine_ras"].is_array() && want["error"].is_null()) {
        let path = data.join(want["path"].as_str().unwrap());
        let opened = open(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let report = load(&opened, &Progress::silent());
        assert!(report.warnings.is_empty(), "{}: {report:?}", path.display());
        check_place(&opened, want, &path);
        for sample in want["samples"].as_array().into_iter().flatten() {
            let index: Vec<usize> = sample["ijk"]
                .as_array()
                .unwrap()
                .iter()
                .map(|n| n.as_u64().unwrap() as usize)
                .collect();
            let (Some(value), [i, j, k, rest @ ..]) = (sample["value"].as_f64(), &index[..]) else {
                continue;
            };
            let got = scalar(&opened, [*i, *j, *k], rest.last().copied().unwrap_or(0));
            assert!(
                (got - value).abs() <= 1e-6 * (1.0 + value.abs()),
                "{} at {index:?}: {got} is not {value}",
                path.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} samples were there to compare");
}

fn check_place(opened: &OpenVolume, want: &serde_json::Value, path: &Path) {
    if want["qform_code"] == 0 && want["sform_code"] == 0 {
        return;
    }
    let geometry = opened.volume.geometry().unwrap();
    let mm = match want["units"][0].as_str() {
        Some("micron") => 1e-3,
        Some("meter") => 1e3,
        _ => 1.0,
    };
    let number = |row: usize, column: usize| mm * want["affine_ras"][row][column].as_f64().unwrap();
    for corner in geometry
        .dims()
        .map(|side| side as f64 - 1.0)
        .into_iter()
        .enumerate()
        .map(|(axis, last)| DVec3::AXES[axis] * last)
        .chain([DVec3::ZERO])
    {
        let ras: [f64; 3] = std::array::from_fn(|row| {
            number(row, 0) * corner.x + number(row, 1) * corner.y + number(row, 2) * corner.z + number(row, 3)
        });
        let apart = (geometry.patient_at(corner) - DVec3::new(-ras[0], -ras[1], ras[2])).length();
        assert!(
            apart < 1e-3 * geometry.shortest_edge_mm(),
            "{}: corner {corner} is {apart} mm off",
            path.display()
        );
    }
}
