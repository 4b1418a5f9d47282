//! NIfTI reading: every type, byte order and version; places; damage; the `nifti` crate and real files as oracles.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use glam::DVec3;
use isocenter::io::nifti::{NiftiFile, read_header};
use isocenter::io::{OpenVolume, Progress, load, load_slabs, scan};
use isocenter::model::volume::{Value, VolumeKind};

/// A NIfTI file made byte by byte, independently of the program's own writer.
#[derive(Clone)]
struct Made {
    is_two: bool,
    is_big: bool,
    dim: Vec<i64>,
    datatype: i16,
    bits: i16,
    /// Little endian voxels; turned round by `bytes` in units of `unit` bytes.
    voxels: Vec<u8>,
    unit: usize,
    slope: f64,
    inter: f64,
    pixdim: [f64; 4],
    quaternion: Option<[f64; 3]>,
    offset: [f64; 3],
    srow: Option<[[f64; 4]; 3]>,
    units: u8,
    intent: i16,
    magic: Option<&'static [u8; 4]>,
    vox_offset: Option<f64>,
}

impl Made {
    fn new(dim: &[i64], datatype: i16, bits: i16, unit: usize, voxels: Vec<u8>) -> Self {
        let srow = Some([
            [2.0, 0.0, 0.0, -10.0],
            [0.0, 3.0, 0.0, -20.0],
            [0.0, 0.0, 4.0, -30.0],
        ]);
        Self {
            is_two: false,
            is_big: false,
            dim: dim.to_vec(),
            datatype,
            bits,
            voxels,
            unit,
            slope: 0.0,
            inter: 0.0,
            pixdim: [1.0, 2.0, 3.0, 4.0],
            quaternion: None,
            offset: [0.0; 3],
            srow,
            units: 2,
            intent: 0,
            magic: None,
            vox_offset: None,
        }
    }

    fn i16(dim: &[i64], values: impl Iterator<Item = i16>) -> Self {
        Self::new(dim, 4, 16, 2, values.flat_map(i16::to_le_bytes).collect())
    }

    fn header_bytes(&self) -> usize {
        if self.is_two { 540 } else { 348 }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = vec![0; self.header_bytes() + 4];
        let mut put = |at: usize, number: f64, one: char, two: char| {
            let kind = if self.is_two { two } else { one };
            let mut bytes = match kind {
                'b' => vec![number as u8],
                'h' => (number as i16).to_le_bytes().to_vec(),
                'i' => (number as i32).to_le_bytes().to_vec(),
                'q' => (number as i64).to_le_bytes().to_vec(),
                'f' => (number as f32).to_le_bytes().to_vec(),
                _ => number.to_le_bytes().to_vec(),
            };
            if self.is_big {
                bytes.reverse();
            }
            out[at..at + bytes.len()].copy_from_slice(&bytes);
        };
        let two = self.is_two;
        let pick = |one: usize, other: usize| if two { other } else { one };
        put(0, self.header_bytes() as f64, 'i', 'i');
        put(pick(40, 16), self.dim.len() as f64, 'h', 'q');
        for (n, side) in self.dim.iter().enumerate() {
            put(pick(42, 24) + n * pick(2, 8), *side as f64, 'h', 'q');
        }
        put(pick(68, 504), self.intent.into(), 'h', 'i');
        put(pick(70, 12), self.datatype.into(), 'h', 'h');
        put(pick(72, 14), self.bits.into(), 'h', 'h');
        for (n, size) in self.pixdim.iter().enumerate() {
            put(pick(76, 104) + n * pick(4, 8), *size, 'f', 'd');
        }
        let is_single = self.magic.is_none_or(|magic| magic[1] == b'+');
        put(
            pick(108, 168),
            self.vox_offset.unwrap_or(if is_single {
                pick(352, 544) as f64
            } else {
                0.0
            }),
            'f',
            'q',
        );
        put(pick(112, 176), self.slope, 'f', 'd');
        put(pick(116, 184), self.inter, 'f', 'd');
        put(pick(123, 500), self.units.into(), 'b', 'i');
        put(
            pick(252, 344),
            f64::from(u8::from(self.quaternion.is_some())),
            'h',
            'i',
        );
        put(
            pick(254, 348),
            f64::from(u8::from(self.srow.is_some())),
            'h',
            'i',
        );
        for (n, part) in self
            .quaternion
            .unwrap_or_default()
            .into_iter()
            .chain(self.offset)
            .enumerate()
        {
            put(pick(256, 352) + n * pick(4, 8), part, 'f', 'd');
        }
        for (n, entry) in self
            .srow
            .unwrap_or_default()
            .into_iter()
            .flatten()
            .enumerate()
        {
            put(pick(280, 400) + n * pick(4, 8), entry, 'f', 'd');
        }
        if two {
            out[4..12].copy_from_slice(b"n+2\0\r\n\x1a\n");
        } else {
            out[344..348].copy_from_slice(self.magic.unwrap_or(b"n+1\0"));
        }
        if !is_single {
            return out[..348].to_vec();
        }
        out.extend(self.image());
        out
    }

    /// The voxels in the file's byte order.
    fn image(&self) -> Vec<u8> {
        let mut voxels = self.voxels.clone();
        if self.is_big {
            voxels.chunks_exact_mut(self.unit).for_each(<[u8]>::reverse);
        }
        voxels
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn open(path: &Path) -> Result<OpenVolume, String> {
    read_header(path).map(|file| {
        file.map(NiftiFile::into_open_volume)
            .expect("it is a NIfTI file")
    })
}

fn scalar(open: &OpenVolume, index: [usize; 3], frame: usize) -> f64 {
    match open.volume.value(index, frame) {
        Some(Value::Scalar(value)) => value,
        other => panic!("no number at {index:?}: {other:?}"),
    }
}

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
                ..Made::new(
                    &dim,
                    datatype,
                    bits,
                    unit,
                    (0..120).flat_map(encode).collect(),
                )
            };
            let bytes = if is_packed {
                gzip(&made.bytes())
            } else {
                made.bytes()
            };
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
    for (name, datatype, bits, unit, encode) in TYPES
        .into_iter()
        .filter(|row| !row.0.starts_with("complex"))
    {
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
            let path = file(
                folder.path(),
                &format!("{name}-{is_big}.nii"),
                &made.bytes(),
            );
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

#[test]
fn sform_then_qform_then_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let place = |made: &Made| {
        let opened = open(&file(folder.path(), "p.nii", &made.bytes())).unwrap();
        let at = opened
            .volume
            .geometry()
            .unwrap()
            .patient_at(DVec3::new(1.0, 1.0, 1.0));
        (at, opened.volume.warnings.clone())
    };
    let near = |got: DVec3, want: [f64; 3]| {
        assert!(
            (got - DVec3::from_array(want)).length() < 1e-5,
            "{got} is not {want:?}"
        )
    };
    let base = Made::i16(&[5, 4, 3], 0..60);
    near(place(&base).0, [8.0, 17.0, -26.0]);
    // Half a turn about z, with qfac −1: x and y change sign in RAS, z goes down.
    let turned = Made {
        srow: None,
        quaternion: Some([0.0, 0.0, 1.0]),
        pixdim: [-1.0, 2.0, 3.0, 4.0],
        offset: [5.0, 6.0, 7.0],
        ..base.clone()
    };
    let (at, warnings) = place(&turned);
    near(at, [-3.0, -3.0, 3.0]);
    assert!(warnings.is_empty(), "{warnings:?}");
    // A quarter of a turn about x: RAS (2, 3·cos − 4·sin, 3·sin + 4·cos) = (2, −4, 3).
    let half = 0.5f64.sqrt();
    near(
        place(&Made {
            quaternion: Some([half, 0.0, 0.0]),
            pixdim: [1.0, 2.0, 3.0, 4.0],
            ..turned.clone()
        })
        .0,
        [-7.0, -2.0, 10.0],
    );
    let (at, warnings) = place(&Made {
        quaternion: Some([0.0; 3]),
        ..base.clone()
    });
    near(at, [8.0, 17.0, -26.0]);
    assert!(
        warnings.iter().any(|text| text.contains("mm apart")),
        "{warnings:?}"
    );
    let (at, warnings) = place(&Made {
        srow: None,
        ..base.clone()
    });
    near(at, [-2.0, -3.0, 4.0]);
    assert!(
        warnings.iter().any(|text| text.contains("left and right")),
        "{warnings:?}"
    );
    let micron = Made {
        units: 3,
        srow: Some([
            [2000.0, 500.0, 0.0, 0.0],
            [0.0, 3000.0, 0.0, 0.0],
            [0.0, 0.0, 4000.0, 0.0],
        ]),
        ..base.clone()
    };
    near(place(&micron).0, [-2.5, -3.0, 4.0]);
    let (at, warnings) = place(&Made {
        srow: Some([[f64::NAN; 4]; 3]),
        ..base
    });
    near(at, [-2.0, -3.0, 4.0]);
    assert_eq!(warnings.len(), 1);
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

#[test]
fn a_cut_file_shows_what_is_there_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let whole = Made::i16(&[5, 4, 30], 1..601).bytes();
    for cut in (0..whole.len()).step_by(37) {
        let path = file(folder.path(), "cut.nii", &whole[..cut]);
        match read_header(&path) {
            Ok(None) => assert!(cut < 348),
            Err(reason) => assert!(
                !reason.is_empty() && cut < 352 + 1200 / 16 + 1,
                "{cut}: {reason}"
            ),
            Ok(Some(read)) => {
                let opened = read.into_open_volume();
                assert_eq!(opened.volume.warnings.len(), 1);
                load(&opened, &Progress::silent());
                let present = (cut - 352) / 2;
                let value = |n: usize| scalar(&opened, [n % 5, n / 5 % 4, n / 20], 0);
                assert_eq!((value(present - 1), value(present)), (present as f64, 0.0));
            }
        }
    }
    let packed = gzip(&whole);
    let mut told = 0;
    for cut in (0..packed.len()).step_by(13) {
        let Ok(Some(read)) = read_header(&file(folder.path(), "cut.nii.gz", &packed[..cut])) else {
            continue;
        };
        let opened = read.into_open_volume();
        told += usize::from(!load(&opened, &Progress::silent()).warnings.is_empty());
        assert!(opened.volume.voxels.is_complete());
    }
    assert!(told > 10, "{told} cut files were read and said so");
}

#[test]
fn flipped_bits_never_break_it() {
    let folder = tempfile::tempdir().unwrap();
    for is_two in [false, true] {
        let whole = Made {
            is_two,
            slope: 1.0,
            ..Made::i16(&[5, 4, 3], 0..60)
        }
        .bytes();
        for bit in 0..(whole.len() * 8) {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(Some(read)) = read_header(&file(folder.path(), "flip.nii", &bytes)) {
                let opened = read.into_open_volume();
                assert!(
                    opened.volume.voxels.byte_size() < 1 << 20,
                    "bit {bit} asks for memory"
                );
                load(&opened, &Progress::silent());
                assert!(opened.volume.voxels.is_complete(), "bit {bit}");
            }
        }
    }
    // In a gzip stream every flip of a voxel is noticed: it breaks the stream or the checksum.
    let whole =
        gzip(&Made::i16(&[16, 16, 16], (0..4096).map(|n| (n * 7919 % 1009) as i16)).bytes());
    for bit in (400 * 8..whole.len() * 8).step_by(61) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(Some(read)) = read_header(&file(folder.path(), "flip.nii.gz", &bytes)) {
            let report = load(&read.into_open_volume(), &Progress::silent());
            assert!(!report.warnings.is_empty(), "bit {bit} was not noticed");
        }
    }
}

#[test]
fn headers_that_lie_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let base = Made::i16(&[5, 4, 3], 0..60);
    let refused = |made: Made, word: &str| {
        let reason = open(&file(folder.path(), "lie.nii", &made.bytes()))
            .err()
            .unwrap_or_default();
        assert!(reason.contains(word), "{reason:?} should say {word:?}");
    };
    refused(
        Made {
            dim: vec![],
            ..base.clone()
        },
        "0 dimensions",
    );
    refused(
        Made {
            dim: vec![5, -4, 3],
            ..base.clone()
        },
        "dimension 2 has -4",
    );
    refused(
        Made {
            dim: vec![32767, 32767, 32767],
            ..base.clone()
        },
        "can hold only",
    );
    refused(
        Made {
            dim: vec![1, 1, 1, 32767, 32767],
            ..base.clone()
        },
        "repeats",
    );
    refused(
        Made {
            is_two: true,
            dim: vec![1 << 31, 1 << 31, 1 << 31],
            ..base.clone()
        },
        "more voxels than",
    );
    refused(
        Made {
            is_two: true,
            dim: vec![1 << 40, 1, 1],
            ..base.clone()
        },
        "dimension 1",
    );
    refused(
        Made {
            datatype: 9999,
            ..base.clone()
        },
        "9999",
    );
    refused(
        Made {
            datatype: 1536,
            ..base.clone()
        },
        "128-bit",
    );
    for offset in [f64::NAN, -8.0, 1e30, f64::INFINITY, 352.5] {
        refused(
            Made {
                vox_offset: Some(offset),
                ..base.clone()
            },
            "no place in a file",
        );
    }
    refused(
        Made {
            vox_offset: Some(1e6),
            ..base
        },
        "before its voxels begin",
    );
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
    assert!(
        checked > 200,
        "only {checked} samples were there to compare"
    );
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
            number(row, 0) * corner.x
                + number(row, 1) * corner.y
                + number(row, 2) * corner.z
                + number(row, 3)
        });
        let apart = (geometry.patient_at(corner) - DVec3::new(-ras[0], -ras[1], ras[2])).length();
        assert!(
            apart < 1e-3 * geometry.shortest_edge_mm(),
            "{}: corner {corner} is {apart} mm off",
            path.display()
        );
    }
}

#[test]
fn malformed_files_are_answered() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/generated/malformed");
    let Ok(entries) = std::fs::read_dir(data) else {
        return println!("skipped: there is no shared data beside this checkout");
    };
    for path in entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains(".nii"))
    {
        match read_header(&path) {
            Ok(None) => assert!(path.ends_with("text_named.nii")),
            Ok(Some(read)) => {
                let opened = read.into_open_volume();
                load(&opened, &Progress::silent());
                assert!(opened.volume.voxels.is_complete());
            }
            Err(reason) => assert!(reason.len() > 20, "{}: {reason}", path.display()),
        }
    }
}
