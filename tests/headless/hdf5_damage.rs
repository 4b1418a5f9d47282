//! HDF5 files that are cut, damaged or lie: an answer, never a panic, never memory out of proportion, never without end.

use std::path::Path;
use std::time::{Duration, Instant};

use isocenter::io::{Progress, load, scan};

use crate::hdf5_file::{Array, Attribute, Kind, Layout, bytes};
use crate::made_nifti::file;

/// What a damaged file of some kilobytes may ask for: what was never written takes no room in a file, so that a flipped bit of a
/// dimension can ask for more than there is, up to a limit.
const MOST_BYTES: usize = 256 << 20;
/// No file here takes a hundredth of it.
const LONGEST: Duration = Duration::from_secs(20);

fn made(layout: &Layout) -> Vec<u8> {
    let array = Array {
        layout: layout.clone(),
        kind: Kind::Whole(2, false, false),
        data: (0..240_u16).flat_map(u16::to_le_bytes).collect(),
        ..Array::u8("group/label", &[6, 5, 8], |_| 0)
    };
    let array = array
        .with_numbers("element_size_um", &[3.0, 2.0, 1.0])
        .with("axes", Attribute::Text("zyx".to_owned()));
    bytes(
        &[array, Array::u8("raw", &[3, 4, 5], |n| n as u8)],
        &[("link", "/group"), ("group/again", "/link")],
        0,
    )
}

fn layouts() -> [Layout; 3] {
    let chunked = Layout::Chunked {
        chunk: vec![2, 5, 8],
        shuffle: true,
        deflate: true,
        checksum: true,
    };
    [Layout::Contiguous, Layout::Compact, chunked]
}

/// Opens a file and reads what it says is in it. Says how many volumes that were, and whether any doubt was told.
fn survives(path: &Path, what: &str) -> (usize, bool) {
    let start = Instant::now();
    let Ok(opened) = scan(&[path.to_owned()], &Progress::silent()) else {
        return (0, true);
    };
    let mut has_doubts = !opened.skipped.is_empty();
    for skipped in &opened.skipped {
        // What a panic that was caught is told as.
        assert!(
            !skipped.reason.is_empty() && !skipped.reason.contains("broke"),
            "{what}: {}",
            skipped.reason
        );
    }
    for open in &opened.volumes {
        let bytes = open.volume.voxels.byte_size();
        assert!(bytes <= 4 * MOST_BYTES, "{what} asks for {bytes} bytes");
        // Reading hundreds of megabytes of nothing, a thousand times, would only take time.
        if bytes < 1 << 24 {
            let report = load(open, &Progress::silent());
            has_doubts |= !report.warnings.is_empty();
            assert!(
                report.warnings.iter().all(|told| !told.contains("broke")),
                "{what}: {:?}",
                report.warnings
            );
            assert!(open.volume.voxels.is_complete() || report.failed_slabs > 0, "{what}");
        }
    }
    assert!(start.elapsed() < LONGEST, "{what} took {:?}", start.elapsed());
    (opened.volumes.len(), has_doubts)
}

#[test]
fn cut_files_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    for layout in layouts() {
        let whole = made(&layout);
        assert_eq!(survives(&file(folder.path(), "x.h5", &whole), "whole").0, 2);
        for cut in (0..whole.len()).step_by(64) {
            let path = file(folder.path(), "x.h5", &whole[..cut]);
            // The root group is the last thing in these files.
            assert_eq!(survives(&path, &format!("{layout:?} cut at {cut}")).0, 0);
        }
    }
}

#[test]
fn flipped_bits_never_break_it() {
    let folder = tempfile::tempdir().unwrap();
    for layout in layouts() {
        let whole = made(&layout);
        // Three has no part in eight: every place in a byte is met.
        for bit in (0..whole.len() * 8).step_by(3) {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let path = file(folder.path(), "x.h5", &bytes);
            survives(&path, &format!("{layout:?} bit {bit}"));
        }
    }
}

#[test]
fn damaged_chunks_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let [.., chunked] = layouts();
    let whole = made(&chunked);
    // The first chunk stands right behind the superblock; its last four bytes are its checksum.
    for bit in (100 * 8..140 * 8).step_by(3) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (count, has_doubts) = survives(&file(folder.path(), "x.h5", &bytes), "chunk");
        assert!(count == 2 && has_doubts, "bit {bit} was not noticed");
    }
}

#[test]
fn files_that_lie_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |array: Array, word: &str| {
        let opened = scan(
            &[
                file(folder.path(), "lie.h5", &bytes(&[array], &[], 0)),
                file(
                    folder.path(),
                    "good.h5",
                    &bytes(&[Array::u8("raw", &[2, 2, 2], |_| 0)], &[], 0),
                ),
            ],
            &Progress::silent(),
        )
        .unwrap();
        let reasons: Vec<&str> = opened.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
        assert!(
            reasons.iter().any(|reason| reason.contains(word)),
            "{reasons:?} should say {word:?}"
        );
        assert_eq!(opened.volumes.len(), 1);
    };
    let of = |shape: &[u64]| Array {
        data: Vec::new(),
        shape: shape.to_vec(),
        ..Array::u8("label", &[0], |_| 0)
    };
    refused(of(&[1 << 20; 3]), "cannot hold");
    refused(of(&[1 << 40, 1, 1]), "cannot hold");
    refused(of(&[u64::MAX; 3]), "cannot hold");
    refused(of(&[1 << 33, 4, 4, 8]), "volumes");
    let odd = Array {
        kind: Kind::Whole(3, false, false),
        data: vec![0; 24],
        ..of(&[2, 2, 2])
    };
    refused(odd, "size or an order of bits");
    let empty = file(folder.path(), "empty.h5", &bytes(&[], &[], 0));
    let err = scan(&[empty], &Progress::silent()).err().unwrap();
    assert!(err.message.ends_with("it holds no arrays"), "{}", err.message);
}

#[test]
fn a_damaged_array_costs_none_of_its_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let arrays = [
        Array::u8("a", &[2, 3, 5], |n| n as u8),
        Array::u8("b", &[5, 7, 9], |n| n as u8),
        Array::u8("group/c", &[2, 3, 4], |n| n as u8),
    ];
    let mut bytes = bytes(&arrays, &[("nowhere", "/x/y"), ("same", "/a"), ("z", "other.h5:/a")], 0);
    // The sides of the second array stand in its header, behind the version of the message that they are in.
    let sides: Vec<u8> = [5_u64, 7, 9].iter().flat_map(|side| side.to_le_bytes()).collect();
    let at = bytes.windows(24).position(|part| part == sides).unwrap();
    bytes[at - 8] = 99;
    let path = file(folder.path(), "x.h5", &bytes);
    let opened = scan(std::slice::from_ref(&path), &Progress::silent()).unwrap();
    let names = opened
        .volumes
        .iter()
        .map(|open| open.volume.series.description.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["a", "group/c"]);
    let skipped = opened
        .skipped
        .iter()
        .map(|skipped| skipped.path.file_name().unwrap().to_str().unwrap());
    assert_eq!(skipped.collect::<Vec<_>>(), ["b", "nowhere", "z"]);
    assert!(
        opened.skipped[2].reason.contains("another file (other.h5)"),
        "{:?}",
        opened.skipped[2]
    );
}

#[test]
fn one_file_makes_so_many_volumes_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let array = |n: usize| Array::u8(&format!("a{n:02}"), &[64, 5, 5, 5], |_| 0);
    let arrays: Vec<Array> = (0..17).map(array).collect();
    let path = file(folder.path(), "x.h5", &bytes(&arrays, &[], 0));
    let opened = scan(std::slice::from_ref(&path), &Progress::silent()).unwrap();
    assert_eq!((opened.volumes.len(), opened.skipped.len()), (1024, 1));
    assert!(opened.skipped[0].path.ends_with("a16"), "{:?}", opened.skipped);
}
