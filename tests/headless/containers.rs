//! Files of other files: archives and DICOMDIRs, good and hostile.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use isocenter::io::zip::{Limits, unpack};
use isocenter::io::{self, Opened, Progress, Skipped};
use isocenter::model::volume::Value;

use crate::dicom_builder::{CtSeries, DIRECTORY, Dataset, EXPLICIT_LITTLE};
use crate::zip_file::{Entry, archive};

const SMALL: Limits = Limits {
    entries: 5,
    bytes: 1 << 20,
    ratio: 10,
    harmless_bytes: 1000,
};

fn scan(path: &Path) -> Opened {
    io::scan(&[path.to_owned()], &Progress::silent()).unwrap_or_else(|err| panic!("{err}"))
}

fn slices(count: usize, folder: &str) -> Vec<Entry> {
    let series = CtSeries::new(count);
    (0..count)
        .map(|k| {
            let file = series.slice(k).file(EXPLICIT_LITTLE);
            Entry::deflated(&format!("{folder}slice {k}.dcm"), &file)
        })
        .collect()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a test folder can be written");
    path
}

/// Names behind the archive's and reasons, of what an archive of some entries left out.
fn skipped_of(entries: &[Entry], limits: &Limits) -> (usize, Vec<(String, String)>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "packed.zip", &archive(entries));
    let members = unpack(&path, limits, &Progress::silent()).expect("it is an archive");
    let inner = |skipped: Skipped| {
        let path = skipped.path.to_string_lossy().into_owned();
        let (_, name) = path.split_once("packed.zip").expect("it names the archive");
        (name.to_owned(), skipped.reason)
    };
    let count = members.files.len();
    (count, members.skipped.into_iter().map(inner).collect())
}

fn every_value(opened: &Opened) -> Vec<Value> {
    let open = &opened.volumes[0];
    io::load(open, &Progress::silent());
    let [nx, ny, nz] = open.volume.dims();
    (0..nx * ny * nz)
        .filter_map(|n| open.volume.value([n % nx, n / nx % ny, n / nx / ny], 0))
        .collect()
}

#[test]
fn a_series_in_an_archive_is_the_series_in_a_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let unpacked = folder.path().join("unpacked");
    std::fs::create_dir(&unpacked).expect("a folder");
    CtSeries::new(4).write(&unpacked);
    let mut entries = slices(4, "inner/deeper/");
    entries.push(Entry::stored("inner/", &[]));
    entries.push(Entry::stored("inner/notes.txt", b"not an image"));
    let path = write(folder.path(), "no ending", &archive(&entries));
    let packed = scan(&path);
    let plain = scan(&unpacked);
    let notes = path.join("inner/notes.txt");
    assert_eq!(packed.volumes.len(), 1);
    assert_eq!(packed.skipped.len(), 1);
    assert_eq!(packed.skipped[0].path, notes);
    assert_eq!(packed.volumes[0].volume.placement, plain.volumes[0].volume.placement);
    // The voxels are read after the archive has gone: what was unpacked is kept.
    std::fs::remove_file(&path).expect("it can be removed");
    let values = every_value(&packed);
    assert_eq!(values.len(), 8 * 6 * 4);
    assert_eq!(values, every_value(&plain));
}

#[test]
fn what_was_unpacked_goes_when_nobody_reads_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "packed.zip", &archive(&slices(2, "")));
    let members = unpack(&path, &SMALL, &Progress::silent()).expect("it is an archive");
    let unpacked = members.files[0].path().to_owned();
    let kept = members.files[1].clone();
    drop(members);
    assert!(unpacked.is_file(), "another file of the folder is in use");
    drop(kept);
    assert!(!unpacked.exists() && !unpacked.parent().is_some_and(Path::exists));
}

#[test]
fn entries_never_choose_where_they_are_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let names = [
        "../../slip",
        "/tmp/isocenter slip",
        "a/../../../slip.img",
        "..\\slip",
        "",
    ];
    let entries: Vec<Entry> = names.iter().map(|name| Entry::stored(name, b"x")).collect();
    let path = write(folder.path(), "packed.zip", &archive(&entries));
    let members = unpack(&path, &SMALL, &Progress::silent()).expect("it is an archive");
    let parents: BTreeSet<_> = members.files.iter().map(|file| file.path().parent()).collect();
    assert_eq!((members.files.len(), parents.len()), (names.len(), 1));
    for (file, name) in members.files.iter().zip(names) {
        assert!(file.path().is_file());
        let own = file.path().file_name().unwrap_or_default().to_string_lossy();
        assert!(own.starts_with(|first: char| first.is_ascii_digit()), "{own}");
        assert!(file.to_string().ends_with(&format!("packed.zip/{name}")), "{file}");
    }
}

#[test]
fn a_bomb_stops_at_the_limit_whatever_it_declares() {
    let zeros = vec![0; 4 << 20];
    let too_large =
        "it was left out because the archive unpacks to suspiciously many bytes; unpack it first if you trust it";
    let honest = Entry::deflated("bomb", &zeros);
    let liar = Entry::deflated("liar", &zeros).declaring(10);
    let (files, skipped) = skipped_of(&[Entry::stored("small", b"x"), honest], &SMALL);
    assert_eq!(files, 1);
    assert_eq!(skipped, [("/bomb".to_owned(), too_large.to_owned())]);
    let (files, skipped) = skipped_of(&[liar], &SMALL);
    assert_eq!((files, skipped.len()), (0, 1), "{skipped:?}");
    // Stored bytes are no bomb, but have an end too.
    let (files, skipped) = skipped_of(&[Entry::stored("large", &vec![7; 2 << 20])], &SMALL);
    assert_eq!(files, 0);
    assert_eq!(skipped, [("/large".to_owned(), too_large.to_owned())]);
}

#[test]
fn many_entries_have_an_end() {
    let entries: Vec<Entry> = (0..9).map(|n| Entry::stored(&n.to_string(), b"x")).collect();
    let (files, skipped) = skipped_of(&entries, &SMALL);
    assert_eq!(files, 5);
    let reason = "it lists more than 5 files; the rest was left out; open their folders one by one";
    assert_eq!(skipped, [(String::new(), reason.to_owned())]);
}

#[test]
fn entries_that_cannot_be_unpacked_are_named() {
    let entries = [
        Entry::stored("secret", b"x").encrypted(),
        Entry::stored("odd", b"x").by_method(12),
        Entry::stored("wrong", b"x").damaged(),
        Entry::deflated("good", b"x"),
    ];
    let (files, skipped) = skipped_of(&entries, &SMALL);
    assert_eq!(files, 1);
    let told: Vec<(&str, &str)> = skipped
        .iter()
        .map(|(name, reason)| (name.as_str(), reason.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("/secret", "it is encrypted; unpack it with its password first"),
            ("/odd", "it is packed by a method other than deflate; unpack it first"),
            (
                "/wrong",
                "it is damaged or cut short; fetch it again from where it came"
            ),
        ]
    );
}

#[test]
fn every_prefix_and_every_flipped_byte_of_an_archive_is_answered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = archive(&slices(1, "inner/"));
    let answer = |bytes: &[u8]| {
        let path = write(folder.path(), "cut.zip", bytes);
        io::scan(&[path], &Progress::silent())
            .map(|opened| opened.volumes.len())
            .map_err(|err| err.message)
    };
    assert_eq!(answer(&whole), Ok(1));
    for length in (4..whole.len()).step_by(7) {
        let message = answer(&whole[..length]).expect_err("its directory is at the end");
        assert!(
            message.ends_with("cut.zip: it is damaged or cut short; fetch it again from where it came"),
            "{message}"
        );
    }
    for at in 4..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        if let Err(message) = answer(&bytes) {
            assert!(!message.contains("broke the decoder"), "byte {at}: {message}");
        }
    }
}

#[test]
fn archives_inside_are_to_be_opened_by_themselves() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inner = archive(&slices(1, ""));
    let mut entries = slices(2, "");
    entries.push(Entry::stored("inner.zip", &inner));
    write(folder.path(), "outer.zip", &archive(&entries));
    CtSeries::new(1).write(folder.path());
    for path in [folder.path().to_owned(), folder.path().join("outer.zip")] {
        let opened = scan(&path);
        assert_eq!((opened.volumes.len(), opened.skipped.len()), (1, 1));
        assert_eq!(opened.skipped[0].reason, "it is an archive; open it by itself");
    }
}

#[test]
fn unpacking_can_be_cancelled() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "packed.zip", &archive(&slices(3, "")));
    let cancelled = AtomicBool::new(true);
    let progress = Progress::new(&cancelled, &|_| {});
    let members = unpack(&path, &SMALL, &progress).expect("it is an archive");
    assert!(members.files.is_empty());
    let err = io::scan(&[path], &progress).map(|_| ()).expect_err("it was cancelled");
    assert!(err.is_cancelled);
}

#[test]
fn a_nifti_pair_in_an_archive_stays_a_pair() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut header = vec![0; 352];
    header[..4].copy_from_slice(&348_i32.to_le_bytes());
    for (n, short) in [3_i16, 4, 3, 2, 1, 1, 1, 1].into_iter().enumerate() {
        header[40 + 2 * n..42 + 2 * n].copy_from_slice(&short.to_le_bytes());
    }
    header[70..72].copy_from_slice(&2_i16.to_le_bytes());
    header[72..74].copy_from_slice(&8_i16.to_le_bytes());
    for n in 0..4 {
        header[76 + 4 * n..80 + 4 * n].copy_from_slice(&1_f32.to_le_bytes());
    }
    header[344..348].copy_from_slice(b"ni1\0");
    let voxels: Vec<u8> = (0..24).collect();
    let entries = [
        Entry::deflated("sub/brain.img", &voxels),
        Entry::deflated("sub/brain.hdr", &header),
    ];
    let opened = scan(&write(folder.path(), "pair.zip", &archive(&entries)));
    assert_eq!((opened.volumes.len(), opened.skipped.len()), (1, 0));
    assert_eq!(opened.volumes[0].volume.series.description, "brain");
    assert_eq!(
        every_value(&opened),
        (0..24).map(|n| Value::Scalar(f64::from(n))).collect::<Vec<_>>()
    );
}

/// A DICOMDIR of a patient's record and of one record a reference.
fn directory(references: &[&str]) -> Vec<u8> {
    let mut records = vec![Dataset::new().text((4, 0x1430), "CS", "PATIENT")];
    records.extend(references.iter().map(|reference| {
        Dataset::new()
            .words((4, 0x1410), &[0xffff])
            .text((4, 0x1430), "CS", "IMAGE")
            .text((4, 0x1500), "CS", reference)
    }));
    Dataset::new()
        .text((4, 0x1130), "CS", "TEST")
        .sequence((4, 0x1220), records)
        .file_of_class(DIRECTORY, EXPLICIT_LITTLE)
}

#[test]
fn a_dicomdir_opens_what_it_names_and_nothing_else() {
    let outer = tempfile::tempdir().expect("a temporary folder");
    let root = outer.path().join("medium");
    std::fs::create_dir_all(root.join("images")).expect("a folder");
    let series = CtSeries::new(4);
    for k in 0..3 {
        let name = format!("images/im{k}");
        write(&root, &name, &series.slice(k).file(EXPLICIT_LITTLE));
    }
    write(&root, "UNNAMED", &series.slice(3).file(EXPLICIT_LITTLE));
    write(outer.path(), "OUTSIDE", &series.slice(3).file(EXPLICIT_LITTLE));
    let absolute = outer.path().join("OUTSIDE").display().to_string();
    let path = write(
        &root,
        "DICOMDIR",
        &directory(&[
            "IMAGES\\IM0",
            "IMAGES\\IM1",
            "IMAGES/IM2",
            "IMAGES\\IM1",
            "IMAGES\\GONE",
            "..\\OUTSIDE",
            "IMAGES",
            &absolute,
        ]),
    );
    let opened = scan(&path);
    assert_eq!(opened.volumes.len(), 1);
    assert_eq!(opened.volumes[0].volume.dims(), [8, 6, 3]);
    let reasons: BTreeSet<(String, String)> = opened
        .skipped
        .into_iter()
        .map(|skipped| {
            let name = skipped.path.file_name().unwrap_or_default();
            (name.to_string_lossy().into_owned(), skipped.reason)
        })
        .collect();
    let outside = "the DICOMDIR names it, but it lies outside the DICOMDIR's folder; open it by itself";
    let missing = "the DICOMDIR names it, but it is not there; copy the whole disc, or open it where it is complete";
    let expected = [
        ("GONE", missing),
        ("IMAGES", "it is not a regular file; copy it into a plain file first"),
        ("OUTSIDE", outside),
    ];
    assert_eq!(
        reasons,
        expected
            .map(|(name, reason)| (name.to_owned(), reason.to_owned()))
            .into()
    );
    // Found in a folder it is one file among others.
    let found = scan(&root);
    assert_eq!(found.volumes[0].volume.dims(), [8, 6, 4]);
    assert_eq!(found.skipped.len(), 1);
    assert_eq!(found.skipped[0].path, path);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_a_dicomdirs_folder_is_not_followed() {
    let outer = tempfile::tempdir().expect("a temporary folder");
    let root = outer.path().join("medium");
    std::fs::create_dir(&root).expect("a folder");
    let target = write(outer.path(), "TARGET", &CtSeries::new(1).slice(0).file(EXPLICIT_LITTLE));
    std::os::unix::fs::symlink(target, root.join("LINK")).expect("a link");
    let path = write(&root, "DICOMDIR", &directory(&["LINK"]));
    let err = io::scan(&[path], &Progress::silent())
        .map(|_| ())
        .expect_err("nothing is left");
    assert!(err.message.contains("outside the DICOMDIR's folder"), "{}", err.message);
}

#[test]
fn every_prefix_of_a_dicomdir_is_answered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "IM", &CtSeries::new(1).slice(0).file(EXPLICIT_LITTLE));
    let whole = directory(&["IM", "GONE"]);
    for length in 1..whole.len() {
        let path = write(folder.path(), "DICOMDIR", &whole[..length]);
        if let Err(err) = io::scan(&[path], &Progress::silent()) {
            assert!(!err.message.is_empty() && !err.message.contains("broke the decoder"));
        }
    }
}
