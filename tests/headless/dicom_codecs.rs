//! Compressed slices: what the encoders of dicom-rs pack, our reader unpacks to the same numbers.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use dicom_core::value::C;
use dicom_encoding::adapters::{EncodeOptions, PixelDataObject, RawPixelData};
use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use isocenter::io::{self, Opened, Progress};
use isocenter::model::volume::Value;

use crate::dicom_builder::CtSeries;

/// A plain picture as the encoders want to see it.
struct Plain(Vec<u8>);

impl PixelDataObject for Plain {
    fn transfer_syntax_uid(&self) -> &str {
        "1.2.840.10008.1.2.1"
    }
    fn rows(&self) -> Option<u16> {
        Some(6)
    }
    fn cols(&self) -> Option<u16> {
        Some(8)
    }
    fn samples_per_pixel(&self) -> Option<u16> {
        Some(1)
    }
    fn bits_allocated(&self) -> Option<u16> {
        Some(16)
    }
    fn bits_stored(&self) -> Option<u16> {
        Some(16)
    }
    fn photometric_interpretation(&self) -> Option<&str> {
        Some("MONOCHROME2")
    }
    fn number_of_frames(&self) -> Option<u32> {
        Some(1)
    }
    fn number_of_fragments(&self) -> Option<u32> {
        None
    }
    fn fragment(&self, _: usize) -> Option<Cow<'_, [u8]>> {
        Some(Cow::Borrowed(&self.0))
    }
    fn offset_table(&self) -> Option<Cow<'_, [u32]>> {
        None
    }
    fn raw_pixel_data(&self) -> Option<RawPixelData> {
        let mut fragments = C::new();
        fragments.push(self.0.clone());
        Some(RawPixelData {
            fragments,
            offset_table: C::new(),
        })
    }
}

fn pixels() -> Vec<i16> {
    (0..6)
        .flat_map(|j| (0..8).map(move |i| CtSeries::stored(i, j, 3)))
        .collect()
}

fn packed(transfer_syntax: &str) -> Vec<u8> {
    let plain = Plain(pixels().iter().flat_map(|p| p.to_le_bytes()).collect());
    let mut options = EncodeOptions::new();
    options.quality = Some(100);
    let mut stream = Vec::new();
    TransferSyntaxRegistry
        .get(transfer_syntax)
        .and_then(|syntax| syntax.pixel_data_writer())
        .expect("there is an encoder")
        .encode_frame(&plain, 0, options, &mut stream)
        .expect("it encodes");
    stream
}

fn open(fragments: &[Vec<u8>], transfer_syntax: &str) -> (tempfile::TempDir, Opened) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("file");
    let dataset = CtSeries::new(4).slice(3).fragments(fragments);
    std::fs::write(&path, dataset.file(transfer_syntax)).expect("a test folder can be written");
    let opened = io::scan(&[path], &Progress::silent()).unwrap_or_else(|err| panic!("{}", err.message));
    (folder, opened)
}

#[test]
fn lossless_codecs_keep_every_number() {
    // JPEG-LS, JPEG XL, deflated frames.
    for syntax in [
        "1.2.840.10008.1.2.4.80",
        "1.2.840.10008.1.2.4.110",
        "1.2.840.10008.1.2.8.1",
    ] {
        let stream = packed(syntax);
        let whole = vec![stream.clone()];
        let pieces: Vec<Vec<u8>> = stream.chunks(20).map(<[u8]>::to_vec).collect();
        for fragments in [whole, pieces] {
            let (_folder, opened) = open(&fragments, syntax);
            let open = &opened.volumes[0];
            let report = io::load(open, &Progress::silent());
            assert_eq!(report.warnings, Vec::<String>::new(), "{syntax}");
            for (n, stored) in pixels().into_iter().enumerate() {
                assert_eq!(
                    open.volume.value([n % 8, n / 8, 0], 0),
                    Some(Value::Scalar(f64::from(stored) - 1024.0)),
                    "{syntax} at {n}"
                );
            }
        }
    }
}

#[test]
fn a_stream_of_another_size_than_the_header_says_is_refused() {
    for syntax in ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.110"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        let dataset = CtSeries::new(1)
            .slice(0)
            .words((0x28, 0x10), &[7])
            .fragments(&[packed(syntax)]);
        std::fs::write(&path, dataset.file(syntax)).expect("a test folder can be written");
        let opened = io::scan(&[path], &Progress::silent()).expect("the header is good");
        let report = io::load(&opened.volumes[0], &Progress::silent());
        assert_eq!(report.failed_slabs, 1);
        assert!(
            report.warnings[0].contains("8 x 6 x 1, 16 bit, but the header says 8 x 7 x 1"),
            "{:?}",
            report.warnings
        );
    }
}

#[test]
fn broken_streams_cost_their_slice_and_say_so() {
    for syntax in [
        "1.2.840.10008.1.2.4.80",
        "1.2.840.10008.1.2.4.110",
        "1.2.840.10008.1.2.8.1",
    ] {
        let stream = packed(syntax);
        for length in (0..stream.len()).step_by(3) {
            let began = Instant::now();
            let (_folder, opened) = open(&[stream[..length].to_vec()], syntax);
            let report = io::load(&opened.volumes[0], &Progress::silent());
            assert!(opened.volumes[0].volume.voxels.is_complete());
            assert!(
                began.elapsed() < Duration::from_secs(5),
                "{syntax} at {length} takes {:?}",
                began.elapsed()
            );
            assert!(
                !report.warnings.iter().any(|w| w.contains("broke the decoder")),
                "{syntax} at {length}: {:?}",
                report.warnings
            );
        }
    }
}

#[test]
fn unknown_and_undecodable_syntaxes_are_skipped_with_a_reason() {
    for (syntax, reason) in [
        (
            "1.2.840.10008.1.2.99",
            "transfer syntax 1.2.840.10008.1.2.99 is not known",
        ),
        ("1.2.840.10008.1.2.4.102", "it is a video"),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        let dataset = CtSeries::new(1).slice(0).fragments(&[vec![0; 16]]);
        std::fs::write(&path, dataset.file(syntax)).expect("a test folder can be written");
        let err = io::scan(&[path], &Progress::silent())
            .map(|_| ())
            .expect_err("it is skipped");
        assert!(err.message.contains(reason), "{}", err.message);
    }
}

/// Real compressed files with flipped bits; a codec may fail or even panic (which is caught), but not stall.
#[test]
fn flipped_bits_in_real_streams_are_answered() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/generated/dicom/ts");
    if !folder.is_dir() {
        println!("skipped: there is no ../shared/data");
        return;
    }
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let path = temporary.path().join("flipped");
    for name in ["j2k.dcm", "jpegls.dcm", "rle.dcm"] {
        let file = std::fs::read(folder.join(name)).expect("the file is there");
        for _ in 0..60 {
            let mut bytes = file.clone();
            // The stream, not the header: that is in the last nine tenths of these files.
            let at = file.len() / 10 + next(file.len() * 9 / 10);
            bytes[at] ^= 1 << next(8);
            std::fs::write(&path, &bytes).expect("a test folder can be written");
            let began = Instant::now();
            if let Ok(opened) = io::scan(std::slice::from_ref(&path), &Progress::silent()) {
                for open in &opened.volumes {
                    io::load(open, &Progress::silent());
                    assert!(open.volume.voxels.is_complete());
                }
            }
            let took = began.elapsed();
            assert!(took < Duration::from_secs(10), "{name} at {at}: {took:?}");
        }
    }
}
