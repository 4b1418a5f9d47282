//! HDF5 reading: types, layouts, packing, axes, places, what is no volume, and labels that lie on an image. Files made by h5py
//! are compared by hand (see the commit that brought this).

use std::path::{Path, PathBuf};
use std::process::{Command as Process, Output};

use glam::DVec3;
use isocenter::app::Command;
use isocenter::app::overlays;
use isocenter::io::{OpenVolume, Opened, Progress, load, load_slabs, scan};
use isocenter::model::volume::VolumeKind;

use crate::driver::{program_on, run, wait};
use crate::hdf5_file::{Array, Attribute, Kind, Layout, bytes};
use crate::made_nifti::{file, scalar};
use crate::nifti_file::{lps_grid, write_i16};

/// 64-bit labels, halves and everything between.
const KINDS: [Kind; 22] = [
    Kind::Whole(1, false, false),
    Kind::Whole(1, true, false),
    Kind::Whole(2, false, false),
    Kind::Whole(2, true, false),
    Kind::Whole(4, false, false),
    Kind::Whole(4, true, false),
    Kind::Whole(8, false, false),
    Kind::Whole(8, true, false),
    Kind::Whole(1, false, true),
    Kind::Whole(1, true, true),
    Kind::Whole(2, false, true),
    Kind::Whole(2, true, true),
    Kind::Whole(4, false, true),
    Kind::Whole(4, true, true),
    Kind::Whole(8, false, true),
    Kind::Whole(8, true, true),
    Kind::Fraction(2, false),
    Kind::Fraction(4, false),
    Kind::Fraction(8, false),
    Kind::Fraction(2, true),
    Kind::Fraction(4, true),
    Kind::Fraction(8, true),
];

/// A number of a kind as bytes; 0 to 100 are numbers of every kind.
fn element(kind: Kind, value: u64) -> Vec<u8> {
    let (mut bytes, is_big) = match kind {
        Kind::Whole(size, _, is_big) => (value.to_le_bytes()[..size].to_vec(), is_big),
        Kind::Fraction(8, is_big) => ((value as f64).to_le_bytes().to_vec(), is_big),
        Kind::Fraction(4, is_big) => ((value as f32).to_le_bytes().to_vec(), is_big),
        // Whole numbers up to 2047 are exact in half floats: exponent and mantissa by hand.
        Kind::Fraction(_, is_big) => {
            let half = match value {
                0 => 0,
                _ => {
                    let power = value.ilog2() as u64;
                    (power + 15) << 10 | (value << 10 >> power) & 0x3ff
                }
            };
            (half.to_le_bytes()[..2].to_vec(), is_big)
        }
        Kind::Truth => (vec![u8::from(value != 0)], false),
        Kind::Text(size) => (vec![b'x'; size], false),
    };
    if is_big {
        bytes.reverse();
    }
    bytes
}

fn look(path: &Path) -> Opened {
    scan(&[path.to_owned()], &Progress::silent()).unwrap()
}

/// Opens a file of one array and reads all of it, in one go and slab by slab.
fn read(path: &Path) -> OpenVolume {
    let whole = look(path).volumes.remove(0);
    let report = load(&whole, &Progress::silent());
    assert_eq!(report.warnings, Vec::<String>::new());
    let slabs = look(path).volumes.remove(0);
    for slab in (0..slabs.volume.voxels.slab_count()).rev() {
        load_slabs(&slabs, &[slab].into(), &Progress::silent());
        assert_eq!(whole.volume.voxels.slab(slab), slabs.volume.voxels.slab(slab));
    }
    whole
}

#[test]
fn every_type_in_every_layout_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let shape = [5, 4, 3];
    let chunked = |chunk: [u64; 3], shuffle, deflate, checksum| Layout::Chunked {
        chunk: chunk.to_vec(),
        shuffle,
        deflate,
        checksum,
    };
    let layouts = [
        Layout::Contiguous,
        Layout::Compact,
        chunked([5, 4, 3], false, false, false),
        chunked([2, 3, 2], false, true, false),
        chunked([2, 3, 2], true, true, true),
        chunked([1, 4, 3], true, false, true),
    ];
    for kind in KINDS {
        for layout in &layouts {
            let array = Array {
                kind,
                data: (0..60).flat_map(|n| element(kind, n % 101)).collect(),
                layout: layout.clone(),
                ..Array::u8("scan", &shape, |_| 0)
            };
            let open = read(&file(folder.path(), "x.h5", &bytes(&[array], &[], 0)));
            assert_eq!(open.volume.dims(), [3, 4, 5], "the last axis is x");
            for n in 0..60_usize {
                let at = [n % 3, n / 3 % 4, n / 12];
                assert_eq!(scalar(&open, at, 0), n as f64, "{kind:?} {layout:?} {at:?}");
            }
        }
    }
}

#[test]
fn true_and_false_are_labels_and_what_is_no_number_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let truth = Array {
        kind: Kind::Truth,
        ..Array::u8("here", &[2, 3, 4], |n| u8::from(n % 5 == 0))
    };
    let text = Array {
        kind: Kind::Text(1),
        ..Array::u8("words", &[2, 3, 4], |_| b'x')
    };
    let arrays = [
        truth,
        text,
        Array::u8("inner/deep/row", &[7], |_| 0),
        Array::u8("inner/scalar", &[], |_| 0),
        Array::u8("none", &[4, 0, 4], |_| 0),
        Array::u8("slice", &[5, 6], |n| n as u8),
    ];
    // Links in a circle, to nothing, and to an array that is there already.
    let links = [
        ("inner/up", "/inner"),
        ("gone", "/nowhere"),
        ("again", "/here"),
        ("a", "/b"),
        ("b", "/a"),
    ];
    for user_block in [0, 512, 2048] {
        let path = file(folder.path(), "named.dat", &bytes(&arrays, &links, user_block));
        let opened = look(&path);
        let names: Vec<&str> = opened
            .volumes
            .iter()
            .map(|open| open.volume.series.description.as_str())
            .collect();
        assert_eq!(names, ["again", "slice"], "whatever link is first names it");
        assert_eq!(opened.volumes[0].volume.series.kind, VolumeKind::Segmentation);
        assert_eq!(opened.volumes[1].volume.dims(), [6, 5, 1]);
        let skipped: Vec<(String, &str)> = opened
            .skipped
            .iter()
            .map(|skipped| {
                (
                    skipped.path.strip_prefix(&path).unwrap().display().to_string(),
                    skipped.reason.as_str(),
                )
            })
            .collect();
        let nowhere = |path: &str| format!("it is a link to {path}, where there is no array");
        let rank = "and an image has two or three, or up to two more of channels";
        assert_eq!(
            skipped,
            [
                ("a".to_owned(), nowhere("/b").as_str()),
                ("b".to_owned(), nowhere("/a").as_str()),
                ("gone".to_owned(), nowhere("/nowhere").as_str()),
                ("inner/deep/row".to_owned(), format!("it has one axis, {rank}").as_str()),
                ("inner/scalar".to_owned(), format!("it has 0 axes, {rank}").as_str()),
                ("none".to_owned(), "it has no voxels: the length of an axis is 0"),
                ("words".to_owned(), "it holds text, which are no voxels"),
            ]
        );
    }
}

#[test]
fn channels_are_volumes_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let first = Array::u8("first", &[2, 5, 4, 3], |n| n as u8);
    let mut last = Array::u8("last", &[5, 4, 3, 2], |n| n as u8);
    last.layout = Layout::Chunked {
        chunk: vec![2, 4, 3, 2],
        shuffle: false,
        deflate: true,
        checksum: false,
    };
    let opened = look(&file(folder.path(), "x.hdf5", &bytes(&[first, last], &[], 0)));
    let names: Vec<&str> = opened
        .volumes
        .iter()
        .map(|open| open.volume.series.description.as_str())
        .collect();
    assert_eq!(names, ["first[0]", "first[1]", "last[0]", "last[1]"]);
    for (open, value) in
        opened
            .volumes
            .iter()
            .zip([(|n| n) as fn(usize) -> usize, |n| 60 + n, |n| 2 * n, |n| 2 * n + 1])
    {
        load(open, &Progress::silent());
        assert_eq!(open.volume.dims(), [3, 4, 5]);
        for n in 0..60 {
            assert_eq!(scalar(open, [n % 3, n / 3 % 4, n / 12], 0), value(n) as f64);
        }
    }
}

#[test]
fn attributes_give_size_axes_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let open = |array: Array| {
        look(&file(folder.path(), "x.h5", &bytes(&[array], &[], 0)))
            .volumes
            .remove(0)
    };
    let plain = || Array::u8("scan", &[5, 4, 3], |n| n as u8);
    let spacing = |open: &OpenVolume| open.volume.geometry().unwrap().spacing();
    let doubts = |open: &OpenVolume| open.volume.warnings.join("\n");

    let bare = open(plain());
    assert_eq!(spacing(&bare), DVec3::ONE);
    assert!(doubts(&bare).contains("1 mm was taken"), "{}", doubts(&bare));

    // Fiji: z, y, x in µm.
    let sized = open(plain().with_numbers("element_size_um", &[4000.0, 500.0, 250.0]));
    assert!(spacing(&sized).abs_diff_eq(DVec3::new(0.25, 0.5, 4.0), 1e-12));
    assert!(doubts(&sized).contains("left and right"), "{}", doubts(&sized));

    let placed = open(
        plain()
            .with_numbers("spacing", &[4.0, 3.0, 2.0])
            .with_numbers("origin", &[30.0, 20.0, 10.0]),
    );
    let geometry = placed.volume.geometry().unwrap();
    assert_eq!(
        geometry.patient_at(DVec3::new(1.0, 1.0, 1.0)),
        DVec3::new(12.0, 23.0, 34.0)
    );

    // nibabel: indices along the file's axes to RAS. Index (4, 2, 1) in the file is (1, 2, 4) in memory.
    #[rustfmt::skip]
    let affine = [2.0, 0.0, 0.0, -10.0,  0.0, 3.0, 0.0, -20.0,  0.0, 0.5, 4.0, -30.0,  0.0, 0.0, 0.0, 1.0];
    let nibabel = open(plain().with("affine", Attribute::Numbers(vec![4, 4], affine.to_vec())));
    let ras = DVec3::new(2.0 * 4.0 - 10.0, 3.0 * 2.0 - 20.0, 0.5 * 2.0 + 4.0 - 30.0);
    let lps = nibabel.volume.geometry().unwrap().patient_at(DVec3::new(1.0, 2.0, 4.0));
    assert!(lps.abs_diff_eq(ras * DVec3::new(-1.0, -1.0, 1.0), 1e-12), "{lps}");
    assert!(doubts(&nibabel).contains("nibabel"));

    // vigra's tags: here the first axis is x, and the last one holds channels.
    let tags = r#"{"axes": [{"key": "x", "typeFlags": 2}, {"key": "y"}, {"key": "z"}, {"key": "c", "typeFlags": 1}]}"#;
    let tagged = open(
        Array::u8("exported_data", &[5, 4, 3, 1], |n| n as u8)
            .with("axistags", Attribute::Text(tags.to_owned()))
            .with_numbers("spacing", &[1.0, 2.0, 3.0, 1.0]),
    );
    let geometry = tagged.volume.geometry().unwrap();
    assert_eq!(tagged.volume.dims(), [3, 4, 5]);
    assert_eq!(geometry.patient_at(DVec3::new(0.0, 0.0, 1.0)), DVec3::X);
    assert_eq!(geometry.patient_at(DVec3::new(1.0, 0.0, 0.0)), DVec3::Z * 3.0);
    for name in ["axes", "DIMENSION_LABELS"] {
        let named = open(plain().with(name, Attribute::Text("XYZ".to_owned())));
        assert_eq!(named.volume.geometry().unwrap().patient_at(DVec3::X), DVec3::Z);
    }

    for (name, numbers) in [
        ("spacing", &[0.0, 1.0, 1.0][..]),
        ("spacing", &[1.0]),
        ("element_size_um", &[-1.0, 1.0, 1.0]),
        ("affine", &[0.0; 16]),
        ("affine", &[1.0; 9]),
        ("origin", &[1.0]),
    ] {
        let odd = open(plain().with_numbers(name, numbers));
        assert_eq!(spacing(&odd), DVec3::ONE);
        assert!(doubts(&odd).contains(name), "{}", doubts(&odd));
    }
    for odd in ["zyxc", "zzx", "yx"] {
        let named = open(plain().with("axes", Attribute::Text(odd.to_owned())));
        assert!(doubts(&named).contains("attribute axes"), "{}", doubts(&named));
    }
    // The last row of an affine may be left out.
    let short = open(plain().with("affine", Attribute::Numbers(vec![3, 4], affine[..12].to_vec())));
    assert_eq!(short.volume.placement, nibabel.volume.placement);
}

/// Label 3 in a box of 2 × 3 × 4 voxels of a grid of 10 × 11 × 12.
fn labels(n: u64) -> u8 {
    let [i, j, k] = [n % 10, n / 10 % 11, n / 110];
    u8::from((2..4).contains(&i) && (5..8).contains(&j) && (3..7).contains(&k)) * 3
}

/// These labels in two files that say nothing of their place: with the last axis as x, as h5py's users have it, and with
/// the first, as nibabel's arrays have it.
fn unplaced_maps(folder: &Path) -> [PathBuf; 2] {
    let turned = |n: u64| labels(n / 132 + n / 12 % 11 * 10 + n % 12 * 110);
    let pred = Array::u8("exported_data", &[12, 11, 10], labels);
    let turned = Array::u8("label", &[10, 11, 12], turned);
    [("pred.h5", pred), ("turned.h5", turned)].map(|(name, array)| file(folder, name, &bytes(&[array], &[], 0)))
}

#[test]
fn labels_without_a_place_lie_on_the_image() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let image = write_i16(folder.path(), "scan.nii", [10, 11, 12], grid, |i, _, _| i as i16);
    let [pred, turned] = unplaced_maps(folder.path());
    let both = scan(&[image.clone(), pred.clone()], &Progress::silent()).unwrap();
    let find = |opened: &Opened, format: &str| {
        let found = opened.volumes.iter().find(|open| open.volume.series.format == format);
        found.unwrap().clone()
    };
    let (scanned, map) = (find(&both, "nifti"), find(&both, "hdf5"));
    assert_eq!(map.volume.placement, scanned.volume.placement, "exactly");
    let said = map.volume.warnings.join("\n");
    assert!(said.contains("voxel on voxel") && !said.contains("1 mm"), "{said}");

    let reversed = find(
        &scan(&[image.clone(), turned.clone()], &Progress::silent()).unwrap(),
        "hdf5",
    );
    let (one, other) = (reversed.volume.geometry().unwrap(), scanned.volume.geometry().unwrap());
    assert_eq!(
        one.patient_at(DVec3::new(7.0, 5.0, 3.0)),
        other.patient_at(DVec3::new(3.0, 5.0, 7.0))
    );
    assert!(reversed.volume.warnings.join("\n").contains("opposite order"));

    // Other sizes, and two images of one size on different grids, are no answer.
    let small = file(
        folder.path(),
        "small.h5",
        &bytes(&[Array::u8("label", &[9, 11, 10], |_| 0)], &[], 0),
    );
    let alone = find(&scan(&[image.clone(), small], &Progress::silent()).unwrap(), "hdf5");
    assert!(alone.volume.warnings.join("\n").contains("1 mm was taken"));
    let elsewhere = write_i16(
        folder.path(),
        "other.nii",
        [10, 11, 12],
        lps_grid([1.0; 3], [0.0; 3]),
        |i, _, _| i as i16,
    );
    let three = scan(&[image.clone(), elsewhere, pred.clone()], &Progress::silent()).unwrap();
    assert!(
        find(&three, "hdf5")
            .volume
            .warnings
            .join("\n")
            .contains("1 mm was taken")
    );
}

#[test]
fn axes_that_a_file_names_are_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let image = write_i16(folder.path(), "scan.nii", [5, 5, 5], grid, |i, _, _| i as i16);
    let one = scan(std::slice::from_ref(&image), &Progress::silent())
        .unwrap()
        .volumes
        .remove(0);
    let there = one.volume.geometry().unwrap().patient_at(DVec3::new(2.0, 3.0, 4.0));
    // One voxel of the image, in every order of axes; the image is as long along each.
    for (letters, at) in [
        ("zyx", [4, 3, 2]),
        ("xyz", [2, 3, 4]),
        ("yzx", [3, 4, 2]),
        ("zxy", [4, 2, 3]),
    ] {
        let [a, b, c]: [u64; 3] = at;
        let array = Array::u8("label", &[5, 5, 5], |n| u8::from(n == 25 * a + 5 * b + c));
        let array = array.with("axes", Attribute::Text(letters.to_owned()));
        let map = file(folder.path(), "map.h5", &bytes(&[array], &[], 0));
        let both = scan(&[image.clone(), map], &Progress::silent()).unwrap();
        let map = both
            .volumes
            .iter()
            .find(|open| open.volume.series.format == "hdf5")
            .unwrap();
        load(map, &Progress::silent());
        let in_memory = DVec3::new(c as f64, b as f64, a as f64);
        assert_eq!(scalar(map, [c as usize, b as usize, a as usize], 0), 1.0);
        let found = map.volume.geometry().unwrap().patient_at(in_memory);
        assert!(found.abs_diff_eq(there, 1e-9), "{letters}: {found} {there}");
    }
}

#[test]
fn what_lies_nowhere_is_laid_on_its_image_before_it_is_converted() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let image = write_i16(folder.path(), "scan.nii", [10, 11, 12], grid, |i, _, _| i as i16);
    let [pred, _] = unplaced_maps(folder.path());
    let out = folder.path().join("out.dcm");
    let convert = |input: &Path, out: &Path, more: &[&str]| {
        Process::new(env!("CARGO_BIN_EXE_isocenter"))
            .arg("convert")
            .args([input, out])
            .args(more)
            .output()
            .unwrap()
    };
    let refused = convert(&pred, &out, &[]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("--reference"), "{said}");
    assert!(!out.exists());
    let placed = scan(std::slice::from_ref(&image), &Progress::silent())
        .unwrap()
        .volumes
        .remove(0);
    let map = folder.path().join("out.nii.gz");
    for (out, has_told) in [(&out, true), (&map, false)] {
        let done = convert(&pred, out, &["--reference", &text(&image)]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success() && said.contains("voxel on voxel"), "{said}");
        let back = scan(std::slice::from_ref(out), &Progress::silent())
            .unwrap()
            .volumes
            .remove(0);
        assert_eq!(back.source.segments().is_some(), has_told);
        let (here, there) = (back.volume.geometry().unwrap(), placed.volume.geometry().unwrap());
        assert!(
            here.patient_at(DVec3::ONE)
                .abs_diff_eq(there.patient_at(DVec3::ONE), 1e-3)
                || *out == folder.path().join("out.dcm")
        );
    }
    // Of an image and its labels in one file, targets of labels take the labels.
    let arrays = [
        Array::u8("label", &[12, 11, 10], labels),
        Array::u8("raw", &[12, 11, 10], |n| n as u8),
    ];
    let both = file(folder.path(), "both.h5", &bytes(&arrays, &[], 0));
    let segments = folder.path().join("both.seg.nrrd");
    let done = convert(&both, &segments, &[]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let back = scan(std::slice::from_ref(&segments), &Progress::silent())
        .unwrap()
        .volumes
        .remove(0);
    assert_eq!(back.source.segments().unwrap().segments.len(), 1);
}

#[test]
fn labels_without_a_place_are_taken_up_by_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
    let image = write_i16(folder.path(), "scan.nii", [10, 11, 12], grid, |i, _, _| i as i16);
    let [pred, turned] = unplaced_maps(folder.path());
    let scanned = scan(std::slice::from_ref(&image), &Progress::silent())
        .unwrap()
        .volumes
        .remove(0);
    // In the program, dropped after the image: 24 voxels of 24 mm³ each.
    for path in [&pred, &turned] {
        let mut program = program_on(&image);
        run(
            &mut program,
            Command::Open {
                paths: vec![path.clone()],
            },
        );
        wait(&mut program);
        let (_, entry, overlay) = overlays::over_shown(program.state()).next().expect("a label map");
        assert_eq!(overlay.counts.as_ref().unwrap()[&3].voxels, 24);
        let place = entry.volume().geometry().unwrap();
        let told = overlays::segments_at(
            program.state(),
            scanned.volume.geometry().unwrap().patient_at(DVec3::new(3.0, 7.0, 6.0)),
        );
        assert_eq!(told.first().map(|(label, _)| *label), Some(3), "{place:?}");
    }

    // And by subcommands, which are given the two apart.
    let said = ran(&["stats", &text(&image), "--labels", &text(&pred), "--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let one = &answer["segments"][0];
    assert_eq!((one["label"].as_u64(), one["voxels"].as_u64()), (Some(3), Some(24)));
    // i is 2 or 3 in it, as often.
    assert_eq!(one["mean"].as_f64(), Some(2.5));
    let reference = file(folder.path(), "truth.nii", &[]);
    write_i16(folder.path(), "truth.nii", [10, 11, 12], grid, |i, j, k| {
        i16::from(labels((i + 10 * j + 110 * k) as u64))
    });
    for pair in [[&reference, &pred], [&pred, &reference], [&turned, &reference]] {
        let said = ran(&["compare", &text(pair[0]), &text(pair[1]), "--json"]);
        let answer: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
        assert_eq!(answer["labels"][0]["dice"].as_f64(), Some(1.0));
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn ran(arguments: &[&str]) -> Output {
    let output = Process::new(env!("CARGO_BIN_EXE_isocenter"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}
