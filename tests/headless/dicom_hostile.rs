//! Bytes that want to hurt: every answer comes quickly, in bounded memory, as a volume or as a reason.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use isocenter::io::dicom::ByteSource;
use isocenter::io::dicom::prescan::prescan;
use isocenter::io::{self, Progress};

use crate::dicom_builder::{
    CtSeries, DEFLATED, Dataset, EXPLICIT_BIG, EXPLICIT_LITTLE, Encoding, IMPLICIT_LITTLE, RLE, deflate,
};

/// Looks at a file as the program would: header, then pixels. The answer itself does not matter.
fn survive(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("a test folder can be written");
    let asked = PathBuf::from(path);
    match io::scan(&[asked], &Progress::silent()) {
        Ok(opened) => {
            for open in &opened.volumes {
                let report = io::load(open, &Progress::silent());
                assert!(open.volume.voxels.is_complete(), "every slab is there: {report:?}");
            }
            assert!(opened.skipped.iter().all(|file| !file.reason.is_empty()));
        }
        Err(err) => {
            assert!(!err.message.is_empty());
            assert!(!err.message.contains("broke the decoder"), "{}", err.message);
        }
    }
}

fn rle_file() -> Vec<u8> {
    let mut stream: Vec<u8> = [2_u32, 64, 66].iter().flat_map(|w| w.to_le_bytes()).collect();
    stream.resize(64, 0);
    stream.extend([0xd1, 0, 0xd1, 9]);
    CtSeries::new(1).slice(0).fragments(&[stream]).file(RLE)
}

/// Five good files of different build.
fn good_files() -> Vec<Vec<u8>> {
    let inner = Dataset::new().decimals((0x28, 0x1053), &[2.0]);
    let nested = CtSeries::new(1).slice(0).sequence(
        (0x5200, 0x9229),
        vec![Dataset::new().sequence((0x28, 0x9145), vec![inner])],
    );
    vec![
        CtSeries::new(1).slice(0).file(EXPLICIT_LITTLE),
        CtSeries::new(1).slice(0).file(EXPLICIT_BIG),
        CtSeries::new(1).slice(0).file(IMPLICIT_LITTLE),
        nested.file(EXPLICIT_LITTLE),
        rle_file(),
    ]
}

#[test]
fn every_prefix_is_answered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("prefix");
    for file in good_files() {
        for length in (0..file.len()).step_by(3) {
            survive(&path, &file[..length]);
        }
    }
}

#[test]
fn ten_thousand_flipped_bits_are_answered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("flipped");
    let began = Instant::now();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    for file in good_files() {
        for _ in 0..2000 {
            let mut bytes = file.clone();
            // The preamble means nothing; damage goes where it counts.
            let at = 128 + next(file.len() - 128);
            bytes[at] ^= 1 << next(8);
            survive(&path, &bytes);
        }
    }
    assert!(began.elapsed() < Duration::from_secs(120), "{:?}", began.elapsed());
}

#[test]
fn nesting_has_a_limit() {
    let mut bytes = CtSeries::new(1).slice(0).without((0x7fe0, 0x10)).file(EXPLICIT_LITTLE);
    for _ in 0..100_000 {
        bytes.extend([0x40, 0, 0x30, 0xa7, b'S', b'Q', 0, 0, 255, 255, 255, 255]);
        bytes.extend([0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255]);
    }
    let err = prescan(ByteSource::Memory(bytes.into())).expect_err("it is refused");
    assert_eq!(
        err,
        "its sequences are nested too deep; ask for the series again, as a fresh export"
    );
}

#[test]
fn lengths_beyond_the_file_are_not_believed() {
    for vr in [b"OB", b"UN", b"SQ", b"UT"] {
        let mut bytes = CtSeries::new(1).slice(0).without((0x7fe0, 0x10)).file(EXPLICIT_LITTLE);
        bytes.extend([0x40, 0x40, 0x10, 0, vr[0], vr[1], 0, 0, 0xfe, 255, 255, 255]);
        bytes.extend([0; 64]);
        let began = Instant::now();
        let err = prescan(ByteSource::Memory(bytes.into())).expect_err("it is refused");
        assert_eq!(
            err,
            "the file ends within its header; fetch it again from where it came"
        );
        assert!(began.elapsed() < Duration::from_secs(1));
    }
}

#[test]
fn a_large_picture_needs_a_large_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("large");
    let large = CtSeries::new(1)
        .slice(0)
        .words((0x28, 0x10), &[65535])
        .words((0x28, 0x11), &[65535]);
    std::fs::write(&path, large.file(EXPLICIT_LITTLE)).expect("a test folder can be written");
    let err = io::scan(std::slice::from_ref(&path), &Progress::silent())
        .map(|_| ())
        .expect_err("it is refused");
    assert!(
        err.message.contains("it holds only 96 of 8589672450 bytes"),
        "{}",
        err.message
    );
    let packed = large.fragments(&[vec![0; 64]]).file(RLE);
    let began = Instant::now();
    survive_refused(&path, &packed);
    assert!(began.elapsed() < Duration::from_secs(5));
}

/// A compressed picture of absurd size is refused when its header is read, before anything is allocated for it.
fn survive_refused(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("a test folder can be written");
    let outcome = io::scan(&[PathBuf::from(path)], &Progress::silent()).map(|_| ());
    assert!(outcome.is_err(), "it is refused");
}

#[test]
fn a_million_frames_need_a_million_frames() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("frames");
    let dataset = CtSeries::new(1).slice(0).text((0x28, 8), "IS", "1000000000");
    std::fs::write(&path, dataset.file(EXPLICIT_LITTLE)).expect("a test folder can be written");
    let opened = io::scan(&[path], &Progress::silent()).expect("one frame is there");
    let volume = &opened.volumes[0].volume;
    assert_eq!((volume.dims(), volume.voxels.frames()), ([8, 6, 1], 1));
    assert!(
        volume
            .warnings
            .iter()
            .any(|w| w.contains("only 1 of 1000000000 frames")),
        "{:?}",
        volume.warnings
    );
}

/// Why a file is refused when its header is read.
fn refusal(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("refused");
    std::fs::write(&path, bytes).expect("a test folder can be written");
    match io::scan(&[path], &Progress::silent()) {
        Ok(_) => panic!("it was taken"),
        Err(err) => err.message,
    }
}

#[test]
fn small_fragments_do_not_make_a_large_volume() {
    let frames = 2000;
    let bytes = CtSeries::new(1)
        .slice(0)
        .text((0x28, 8), "IS", &frames.to_string())
        .words((0x28, 0x10), &[8000])
        .words((0x28, 0x11), &[8000])
        .words((0x28, 0x100), &[8])
        .words((0x28, 0x101), &[8])
        .words((0x28, 0x102), &[7])
        .fragments(&vec![vec![0; 2]; frames])
        .file(RLE);
    let told = refusal(&bytes);
    assert!(
        told.contains("its 4000 bytes of compressed data cannot hold 128000000000 bytes of pixels"),
        "{told}"
    );
}

#[test]
fn frames_of_one_bit_have_a_limit() {
    let frames = (1 << 16) + 8;
    let bits = |frames: usize| {
        CtSeries::new(1)
            .slice(0)
            .text((0x28, 8), "IS", &frames.to_string())
            .words((0x28, 0x10), &[1])
            .words((0x28, 0x11), &[1])
            .words((0x28, 0x100), &[1])
            .words((0x28, 0x101), &[1])
            .words((0x28, 0x102), &[0])
            .words((0x28, 0x103), &[0])
            .bytes((0x7fe0, 0x10), "OB", &vec![0; frames / 8])
            .file(EXPLICIT_LITTLE)
    };
    let told = refusal(&bits(frames));
    assert!(told.contains("it holds 65544 frames, which is too many"), "{told}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("few");
    std::fs::write(&path, bits(64)).expect("a test folder can be written");
    let opened = io::scan(&[path], &Progress::silent()).expect("few frames are no harm");
    assert_eq!(opened.volumes[0].volume.dims(), [1, 1, 64]);
}

#[test]
fn a_deflated_bomb_unpacks_to_a_bound() {
    let mut bytes = Dataset::new().file(DEFLATED);
    let empty = deflate(&[]).len();
    bytes.truncate(bytes.len() - empty);
    let mut data = CtSeries::new(1)
        .slice(0)
        .without((0x7fe0, 0x10))
        .encode(Encoding::ExplicitLittle);
    data.extend([0xe0, 0x7f, 0x10, 0, b'O', b'W', 0, 0, 0, 0, 0, 16]);
    data.resize(256 << 20, 0);
    bytes.extend(deflate(&data));
    let found = prescan(ByteSource::Memory(bytes.into())).expect("the header is good");
    let pixels = found.pixels.expect("pixel data");
    let isocenter::io::dicom::prescan::PixelPlace::Native { length, .. } = pixels.place else {
        panic!("it is native")
    };
    assert!(length <= 64 << 20, "{length} bytes were unpacked");
}
