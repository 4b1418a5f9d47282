//! NRRD and MetaImage reading: types, encodings, places, orders of axes, files beside headers, segments, and files from
//! strangers. Both directions of both formats.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bzip2::write::BzEncoder;
use flate2::write::ZlibEncoder;
use glam::DVec3;
use isocenter::io::meta_image::write_meta_image;
use isocenter::io::nrrd::write_nrrd;
use isocenter::io::{OpenError, OpenVolume, Opened, Progress, load, load_slabs, scan};
use isocenter::model::volume::{Value, VolumeKind};

use super::made_nifti::{file, gzip, scalar};

const SPACE: &str =
    "space: left-posterior-superior\nspace directions: (2,0,0) (0,3,0) (0,0,4)\nspace origin: (10,20,30)\n";

/// A header with its data behind it.
fn nrrd(fields: &str, data: &[u8]) -> Vec<u8> {
    [b"NRRD0004\n", fields.as_bytes(), b"\n", data].concat()
}

fn mha(fields: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("ObjectType = Image\n{fields}ElementDataFile = LOCAL\n");
    [header.as_bytes(), data].concat()
}

fn look(path: &Path) -> Result<Opened, OpenError> {
    scan(&[path.to_owned()], &Progress::silent())
}

/// Opens a file and reads all of it, in one go and slab by slab; warnings of both.
fn read(path: &Path) -> (OpenVolume, Vec<String>) {
    let open = || look(path).unwrap().volumes.remove(0);
    let whole = open();
    let report = load(&whole, &Progress::silent());
    let slabs = open();
    let all = (0..slabs.volume.voxels.slab_count()).rev().collect();
    load_slabs(&slabs, &all, &Progress::silent());
    for slab in 0..whole.volume.voxels.slab_count() {
        assert_eq!(whole.volume.voxels.slab(slab), slabs.volume.voxels.slab(slab));
    }
    let warnings = [whole.volume.warnings.clone(), report.warnings].concat();
    (whole, warnings)
}

fn reason(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    look(&file(folder.path(), "x", bytes))
        .err()
        .map_or_else(String::new, |err| err.message)
}

type TypeRow = (&'static str, &'static str, &'static str, fn(i32) -> Vec<u8>);

const TYPES: [TypeRow; 10] = [
    ("i8", "signed char", "MET_CHAR", |v| (v as i8).to_le_bytes().to_vec()),
    ("u8", "uchar", "MET_UCHAR", |v| (v as u8).to_le_bytes().to_vec()),
    ("i16", "short", "MET_SHORT", |v| (v as i16).to_le_bytes().to_vec()),
    ("u16", "uint16_t", "MET_USHORT", |v| (v as u16).to_le_bytes().to_vec()),
    ("i32", "int", "MET_INT", |v| v.to_le_bytes().to_vec()),
    ("u32", "unsigned int", "MET_ULONG", |v| {
        (v as u32).to_le_bytes().to_vec()
    }),
    ("i64", "long long", "MET_LONG_LONG", |v| {
        i64::from(v).to_le_bytes().to_vec()
    }),
    ("u64", "uint64", "MET_ULONG_LONG", |v| (v as u64).to_le_bytes().to_vec()),
    ("f32", "float", "MET_FLOAT", |v| (v as f32).to_le_bytes().to_vec()),
    ("f64", "double", "MET_DOUBLE", |v| f64::from(v).to_le_bytes().to_vec()),
];

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn every_type_encoding_and_byte_order() {
    let folder = tempfile::tempdir().unwrap();
    for (name, in_nrrd, in_mha, encode) in TYPES {
        let mut files = Vec::new();
        for is_big in [false, true] {
            let bytes: Vec<u8> = (0..24)
                .flat_map(|v| {
                    let mut bytes = encode(v);
                    if is_big {
                        bytes.reverse();
                    }
                    bytes
                })
                .collect();
            let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            let text: Vec<String> = (0..24).map(|v| v.to_string()).collect();
            let encodings = [
                ("raw", bytes.clone()),
                ("gzip", gzip(&bytes)),
                ("hex", hex.into_bytes()),
                ("ascii", text.join(" ").into_bytes()),
                ("bz2", bzip2(&bytes)),
            ];
            let endian = if is_big { "big" } else { "little" };
            files.extend(encodings.iter().map(|(encoding, data)| {
                let fields = format!(
                    "type: {in_nrrd}\ndimension: 3\nsizes: 4 3 2\n{SPACE}encoding: {encoding}\nendian: {endian}\n"
                );
                nrrd(&fields, data)
            }));
            let order = if is_big { "True" } else { "False" };
            let fields = format!(
                "NDims = 3\nDimSize = 4 3 2\nBinaryDataByteOrderMSB = {order}\nElementType = {in_mha}\n\
                 TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 10 20 30\nElementSpacing = 2 3 4\n"
            );
            files.push(mha(&fields, &bytes));
            files.push(mha(&format!("{fields}CompressedData = True\n"), &zlib(&bytes)));
        }
        for bytes in files {
            let (open, warnings) = read(&file(folder.path(), "some file", &bytes));
            assert!(warnings.is_empty(), "{name}: {warnings:?}");
            assert_eq!(open.volume.series.stored_type, name);
            for n in 0..24 {
                assert_eq!(scalar(&open, [n % 4, n / 4 % 3, n / 12], 0), n as f64, "{name}");
            }
            let at = open.volume.geometry().unwrap().patient_at(DVec3::ONE);
            assert_eq!(at, DVec3::new(12.0, 23.0, 34.0));
        }
    }
}

/// Where voxel (1, 1, 1) of a NRRD lies, and what is doubtful about it.
fn place(fields: &str) -> (DVec3, usize) {
    let folder = tempfile::tempdir().unwrap();
    let fields = format!("type: uchar\nencoding: raw\n{fields}");
    let (open, warnings) = read(&file(folder.path(), "x.nrrd", &nrrd(&fields, &[7; 16])));
    (open.volume.geometry().unwrap().patient_at(DVec3::ONE), warnings.len())
}

#[test]
fn every_space_becomes_lps() {
    let head = "dimension: 3\nsizes: 2 2 2\n";
    let rest = "space directions: (1,0,0) (0,2,0) (0.5,0,3)\nspace origin: (10,20,30)\n";
    // The file has 8 voxels and 16 bytes: one doubt.
    for (space, lps, doubts) in [
        ("left-posterior-superior", [11.5, 22.0, 33.0], 1),
        ("LPS", [11.5, 22.0, 33.0], 1),
        ("right-anterior-superior", [-11.5, -22.0, 33.0], 1),
        ("left-anterior-superior", [11.5, -22.0, 33.0], 1),
        ("scanner-xyz", [11.5, 22.0, 33.0], 2),
    ] {
        assert_eq!(
            place(&format!("{head}space: {space}\n{rest}")),
            (DVec3::from_array(lps), doubts),
            "{space}"
        );
    }
    let units = "space: RAS\nspace units: \"cm\" \"cm\" \"cm\"\n";
    assert_eq!(
        place(&format!("{head}{units}{rest}")).0,
        DVec3::new(-115.0, -220.0, 330.0)
    );
    assert_eq!(
        place(&format!("{head}spacings: 1 2 3\naxis mins: 5 6 7\n")).0,
        DVec3::new(6.0, 8.0, 10.0)
    );
    let cells = "axis mins: 0 0 0\naxis maxs: 2 4 6\ncenters: cell cell cell\n";
    assert_eq!(place(&format!("{head}{cells}")).0, DVec3::new(1.5, 3.0, 4.5));
    // A picture has a thickness across itself.
    let picture = "dimension: 2\nsizes: 4 4\nspace: LPS\nspace directions: (1,0,0) (0,0,-2)\n";
    assert_eq!(place(picture), (DVec3::new(1.0, 1.0, -2.0), 0));
}

#[test]
fn axes_without_direction_are_frames_or_colours_wherever_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let open = |fields: &str, data: Vec<u8>| {
        let fields = format!("type: uchar\nencoding: gzip\nspace: LPS\n{fields}");
        read(&file(folder.path(), "x.nrrd", &nrrd(&fields, &gzip(&data)))).0
    };
    let vectors = "(1,0,0) (0,1,0) (0,0,1)";
    let last = open(
        &format!("dimension: 4\nsizes: 2 2 2 3\nspace directions: {vectors} none\n"),
        (0..24).collect(),
    );
    assert_eq!((last.volume.voxels.frames(), scalar(&last, [1, 1, 1], 2)), (3, 23.0));
    let first = open(
        &format!("dimension: 4\nsizes: 3 2 2 2\nspace directions: none {vectors}\nkinds: list domain domain domain\n"),
        (0..24).collect(),
    );
    assert_eq!((first.volume.voxels.frames(), scalar(&first, [1, 0, 0], 2)), (3, 5.0));
    let colors = open(
        &format!(
            "dimension: 4\nsizes: 3 2 2 2\nspace directions: none {vectors}\nkinds: RGB-color domain domain domain\n"
        ),
        (0..24).collect(),
    );
    assert_eq!(colors.volume.value([1, 0, 0], 0), Some(Value::Rgb([3.0, 4.0, 5.0])));
    let folder = tempfile::tempdir().unwrap();
    let fields = "NDims = 3\nDimSize = 2 2 2\nElementNumberOfChannels = 3\nElementType = MET_UCHAR\n";
    let bytes: Vec<u8> = (0..24).collect();
    let (colors, _) = read(&file(folder.path(), "x.mha", &mha(fields, &bytes)));
    assert_eq!(colors.volume.value([1, 0, 0], 0), Some(Value::Rgb([3.0, 4.0, 5.0])));
    let fields = fields
        .replace("= 3\nElementType", "= 2\nElementType")
        .replace("UCHAR", "SHORT");
    let (vectors, _) = read(&file(
        folder.path(),
        "y.mha",
        &mha(&fields, &[[1, 0], [2, 0]].concat().repeat(8)),
    ));
    assert_eq!(
        (vectors.volume.voxels.frames(), scalar(&vectors, [1, 1, 1], 1)),
        (2, 2.0)
    );
}

#[test]
fn data_beside_a_header_are_found_there_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("in");
    std::fs::create_dir(&inner).unwrap();
    let data: Vec<u8> = (0..8).collect();
    file(folder.path(), "out.raw", &data);
    file(&inner, "a b.raw", &data);
    file(&inner, "lines.raw", &[b"one\ntwo\n".as_slice(), &data].concat());
    file(&inner, "packed.gz", &gzip(&[&[9; 5], data.as_slice()].concat()));
    let head = format!("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\n{SPACE}");
    for (n, (fields, is_good)) in [
        ("encoding: raw\ndata file: a b.raw\n", true),
        ("encoding: raw\ndatafile: ./a b.raw\n\n", true),
        ("encoding: raw\nline skip: 2\ndata file: lines.raw\n", true),
        (
            "encoding: raw\nline skip: 1\nbyte skip: 4\ndata file: lines.raw\n",
            true,
        ),
        ("encoding: raw\nbyte skip: -1\ndata file: lines.raw\n", true),
        ("encoding: gzip\nbyte skip: 5\ndata file: packed.gz\n", true),
        ("encoding: gzip\nbyte skip: -1\ndata file: packed.gz\n", true),
        ("encoding: raw\nbyte skip: -2\ndata file: a b.raw\n", false),
        ("encoding: raw\ndata file: ../out.raw\n", false),
        ("encoding: raw\ndata file: ..\n", false),
        ("encoding: raw\ndata file: missing.raw\n", false),
        ("encoding: raw\ndata file: LIST\na b.raw\n", false),
        ("encoding: raw\ndata file: a%02d.raw 1 2 1\n", false),
        ("encoding: raw\n", false),
    ]
    .into_iter()
    .enumerate()
    {
        let path = file(&inner, &format!("{n}.nhdr"), format!("{head}{fields}").as_bytes());
        if is_good {
            let (open, warnings) = read(&path);
            assert!(warnings.is_empty(), "{fields}: {warnings:?}");
            assert_eq!(
                (scalar(&open, [1, 1, 1], 0), open.volume.series.files),
                (7.0, 2),
                "{fields}"
            );
        } else {
            assert!(look(&path).is_err(), "{fields}");
        }
    }
    let absolute = format!(
        "{head}encoding: raw\ndata file: {}\n",
        folder.path().join("out.raw").display()
    );
    assert!(look(&file(&inner, "absolute.nhdr", absolute.as_bytes())).is_err());
    let head = "ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementType = MET_UCHAR\n";
    for (name, is_good) in [
        ("a b.raw", true),
        ("../out.raw", false),
        ("LIST", false),
        ("a%d.raw 1 2 1", false),
    ] {
        let path = file(&inner, "x.mhd", format!("{head}ElementDataFile = {name}\n").as_bytes());
        assert_eq!(look(&path).is_ok(), is_good, "{name}");
    }
    // The data are part of what is shown, not something that was skipped.
    let pair = tempfile::tempdir().unwrap();
    file(
        pair.path(),
        "x.mhd",
        format!("{head}ElementDataFile = x.raw\n").as_bytes(),
    );
    file(pair.path(), "x.raw", &data);
    let opened = look(pair.path()).unwrap();
    assert_eq!((opened.volumes.len(), opened.skipped.len()), (1, 0));
}

/// Two layers that use the same number.
fn layered(folder: &Path) -> PathBuf {
    let fields = "type: uchar\ndimension: 4\nsizes: 2 2 2 2\nspace: LPS\nkinds: list domain domain domain\n\
        space directions: none (1,0,0) (0.25,1,0) (0,0,1)\nspace origin: (0.1,0.2,0.3)\nencoding: gzip\n\
        Segment0_ID:=a\nSegment0_Name:=liver\nSegment0_Color:=1 0 0\nSegment0_LabelValue:=1\nSegment0_Layer:=0\n\
        Segment1_ID:=b\nSegment1_Name:=tumour\nSegment1_Color:=0 1 0\nSegment1_LabelValue:=1\nSegment1_Layer:=1\n";
    let data = [[1, 1], [1, 0], [0, 1], [0, 0], [1, 1], [0, 0], [0, 0], [1, 0]].concat();
    file(folder, "layers.seg.nrrd", &nrrd(fields, &gzip(&data)))
}

#[test]
fn layers_of_a_segmentation_are_frames_with_labels_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (open, warnings) = read(&layered(folder.path()));
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(open.volume.series.kind, VolumeKind::Segmentation);
    let seen: Vec<_> = open.source.segments().unwrap().segments;
    let seen: Vec<_> = seen
        .iter()
        .map(|s| (s.label, s.name.as_str(), s.color, s.layer))
        .collect();
    assert_eq!(seen, [(1, "liver", [255, 0, 0], 0), (2, "tumour", [0, 255, 0], 1)]);
    assert_eq!((scalar(&open, [0, 0, 0], 0), scalar(&open, [0, 0, 0], 1)), (1.0, 2.0));
    assert_eq!((scalar(&open, [1, 0, 0], 1), scalar(&open, [0, 1, 0], 1)), (0.0, 2.0));
    // And back, bit for bit.
    let path = folder.path().join("again.seg.nrrd");
    write_nrrd(&path, &open.volume, None, open.source.segments().as_ref()).unwrap();
    let (again, warnings) = read(&path);
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(again.source.segments(), open.source.segments());
    assert_eq!(again.volume.placement, open.volume.placement);
    for slab in 0..open.volume.voxels.slab_count() {
        assert_eq!(again.volume.voxels.slab(slab), open.volume.voxels.slab(slab));
    }
    // MetaImage cannot lean.
    let sheared = write_meta_image(&folder.path().join("x.mha"), &open.volume, None, None);
    assert!(sheared.is_err() && !folder.path().join("x.mha").exists());
}

#[test]
fn what_is_written_is_read_back_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = "space: RAS\nspace directions: (0.8,0.1,0) (-0.1,0.8,0) (0,0,1.7)\nspace origin: (0.1,-0.2,1e-7)\n";
    for (name, in_nrrd, _, encode) in TYPES.into_iter().filter(|row| !row.0.ends_with("64")) {
        for frames in [1, 3] {
            let data: Vec<u8> = (0..60 * frames).flat_map(|v| encode(v - 3)).collect();
            let (dimension, none) = if frames > 1 { ("4", " none") } else { ("3", "") };
            let sizes = if frames > 1 { "5 4 3 3" } else { "5 4 3" };
            let vectors = vectors.replace("1.7)", &format!("1.7){none}"));
            let fields = format!(
                "type: {in_nrrd}\ndimension: {dimension}\nsizes: {sizes}\n{vectors}encoding: raw\nendian: little\n"
            );
            let (open, _) = read(&file(folder.path(), "x.nrrd", &nrrd(&fields, &data)));
            for target in ["y.nrrd", "y.mha"] {
                let path = folder.path().join(target);
                if target == "y.mha" {
                    write_meta_image(&path, &open.volume, None, None).unwrap();
                } else {
                    write_nrrd(&path, &open.volume, None, None).unwrap();
                }
                let (again, warnings) = read(&path);
                assert!(warnings.is_empty(), "{name} {target}: {warnings:?}");
                assert_eq!(again.volume.series.kind, VolumeKind::Image);
                for slab in 0..open.volume.voxels.slab_count() {
                    assert_eq!(
                        again.volume.voxels.slab(slab),
                        open.volume.voxels.slab(slab),
                        "{name} {target}"
                    );
                }
                let corners = again.volume.geometry().unwrap().corners();
                for (a, b) in corners.iter().zip(open.volume.geometry().unwrap().corners()) {
                    assert!(a.distance(b) < 1e-12, "{name} {target}");
                }
            }
        }
    }
}

#[test]
fn headers_that_cannot_be_are_refused_in_words() {
    let good = "type: short\ndimension: 3\nsizes: 2 2 2\nencoding: raw\nendian: little\n";
    for (from, to) in [
        ("short", "quaternion"),
        ("short", "block"),
        ("dimension: 3", "dimension: -3"),
        ("dimension: 3", "dimension: 99999999999999999999"),
        ("sizes: 2 2 2", "sizes: 2 2"),
        ("sizes: 2 2 2", "sizes: -2 2 2"),
        ("sizes: 2 2 2", "sizes: 0 2 2"),
        ("sizes: 2 2 2", "sizes: 4000000000 4000000000 4000000000"),
        ("sizes: 2 2 2", "sizes: 100000 100000 100000"),
        ("encoding: raw", "encoding: gzip\nbyte skip: 18446744073709551615"),
        ("encoding: raw", "encoding: zrl"),
        (
            "encoding: raw",
            "encoding: raw\nspace directions: (1,0,0) (0,1,0) (0,0)",
        ),
        (
            "encoding: raw",
            "encoding: raw\nspace directions: (1,0,0) (0,1,0) (0,1,0)",
        ),
        ("encoding: raw", "encoding: raw\nline skip: -1"),
        ("encoding: raw\n", ""),
        ("sizes: 2 2 2\n", ""),
        ("little", "sideways"),
    ] {
        let why = reason(&nrrd(&good.replace(from, to), &[0; 16]));
        assert!(why.len() > 20, "{to}: {why}");
    }
    // Packed data that cannot be what the header asks for, before anything is unpacked.
    let bomb = nrrd(
        "type: short\ndimension: 3\nsizes: 60000 60000 60000\nencoding: gzip\nendian: little\n",
        &gzip(&[0; 1000]),
    );
    assert!(!reason(&bomb).is_empty());
    let good = "NDims = 3\nDimSize = 2 2 2\nElementType = MET_SHORT\n";
    for (from, to) in [
        ("= 3", "= 0"),
        ("= 2 2 2", "= 2 2"),
        ("= 2 2 2", "= 2 -2 2"),
        ("= 2 2 2", "= 4000000000 4000000000 4000000000"),
        ("MET_SHORT", "MET_STRING"),
        ("MET_SHORT", "MET_SHORT\nHeaderSize = -7"),
        ("MET_SHORT", "MET_SHORT\nElementNumberOfChannels = 0"),
        ("MET_SHORT", "MET_SHORT\nElementNumberOfChannels = 99999999"),
        ("MET_SHORT", "MET_SHORT\nTransformMatrix = 1 0 0 0 1 0 0 1 0"),
    ] {
        assert!(reason(&mha(&good.replace(from, to), &[0; 16])).len() > 20, "{to}");
    }
}

#[test]
fn more_data_than_asked_for_are_a_doubt_and_never_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let fields = format!("type: uchar\ndimension: 3\nsizes: 2 2 2\n{SPACE}encoding: gzip\n");
    let bomb = nrrd(&fields, &gzip(&vec![3; 50 << 20]));
    let (open, warnings) = read(&file(folder.path(), "x.nrrd", &bomb));
    assert_eq!((warnings.len(), scalar(&open, [1, 1, 1], 0)), (1, 3.0));
}

#[test]
fn cut_and_disturbed_files_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let layers = std::fs::read(layered(folder.path())).unwrap();
    let fields = "NDims = 3\nDimSize = 2 2 2\nElementType = MET_SHORT\nElementSpacing = 1 1 1\nCompressedData = True\n";
    for whole in [layers, mha(fields, &zlib(&[5; 16]))] {
        for end in 0..whole.len() {
            let try_it = |bytes: &[u8]| {
                if let Ok(opened) = look(&file(folder.path(), "x", bytes)) {
                    for open in opened.volumes {
                        load(&open, &Progress::silent());
                    }
                }
            };
            try_it(&whole[..end]);
            let mut disturbed = whole.clone();
            disturbed[end] ^= 1 << (end % 8);
            try_it(&disturbed);
        }
    }
}
