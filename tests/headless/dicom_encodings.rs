//! One slice in every way that DICOM has to write it, proper and improper: always the same voxels.

use isocenter::io::{self, OpenVolume, Progress};
use isocenter::model::volume::Value;
use isocenter::model::voxels::Samples;

use crate::dicom_builder::{
    CtSeries, DEFLATED, Dataset, EXPLICIT_BIG, EXPLICIT_LITTLE, Encoding, IMPLICIT_LITTLE, RLE,
};

fn open(bytes: &[u8]) -> (tempfile::TempDir, OpenVolume) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).expect("a test folder can be written");
    let opened = io::scan(&[path], &Progress::silent()).unwrap_or_else(|err| panic!("{}", err.message));
    (folder, opened.volumes.into_iter().next().expect("one volume"))
}

/// The slice's own numbers come out, and the header is understood.
fn check(what: &str, bytes: &[u8], warning: &str) {
    let (_folder, open) = open(bytes);
    let report = io::load(&open, &Progress::silent());
    assert_eq!((report.failed_slabs, report.warnings), (0, Vec::new()), "{what}");
    for (i, j) in [(0, 0), (7, 5), (3, 2)] {
        let expected = f64::from(CtSeries::stored(i, j, 0)) - 1024.0;
        assert_eq!(
            open.volume.value([i, j, 0], 0),
            Some(Value::Scalar(expected)),
            "{what} at {i},{j}"
        );
    }
    assert_eq!(open.volume.series.patient.name, "Doe^Jane", "{what}");
    let told = open.volume.warnings.join("; ");
    assert_eq!(told.is_empty(), warning.is_empty(), "{what}: {told}");
    assert!(told.contains(warning), "{what}: {told}");
}

fn slice() -> Dataset {
    let inner = Dataset::new().text((8, 0x1150), "UI", "1.2.3.4");
    let nested = Dataset::new().sequence((8, 0x1140), vec![inner.clone(), inner]);
    CtSeries::new(1)
        .slice(0)
        .sequence((8, 0x1110), vec![nested, Dataset::new()])
        .sequence((9, 0x1010), vec![Dataset::new().words((9, 0x1011), &[7])])
}

#[test]
fn plain_encodings() {
    for syntax in [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED] {
        check(syntax, &slice().file(syntax), "");
    }
}

#[test]
fn without_a_meta_header() {
    let guessed = "how it is encoded was guessed";
    for encoding in [
        Encoding::ImplicitLittle,
        Encoding::ExplicitLittle,
        Encoding::ExplicitBig,
    ] {
        let bare = slice().encode(encoding);
        check("bare", &bare, guessed);
        let mut with_preamble = vec![0; 128];
        with_preamble.extend(b"DICM");
        with_preamble.extend(&bare);
        check("preamble only", &with_preamble, guessed);
    }
    let file = slice().file(EXPLICIT_LITTLE);
    check("meta header without preamble", &file[132..], "");
    let mut without_length = file[..132].to_vec();
    without_length.extend(&file[144..]);
    check("no group length", &without_length, "");
}

#[test]
fn encoded_otherwise_than_the_transfer_syntax_says() {
    let meta_of = |syntax: &str| {
        let file = Dataset::new().file(syntax);
        file[..].to_vec()
    };
    let otherwise = "not encoded as its transfer syntax says";
    for (declared, encoding) in [
        (EXPLICIT_LITTLE, Encoding::ImplicitLittle),
        (IMPLICIT_LITTLE, Encoding::ExplicitLittle),
        (EXPLICIT_LITTLE, Encoding::ExplicitBig),
        (EXPLICIT_BIG, Encoding::ExplicitLittle),
    ] {
        let mut bytes = meta_of(declared);
        bytes.extend(slice().encode(encoding));
        check(declared, &bytes, otherwise);
    }
}

#[test]
fn sequences_of_unknown_vr_are_implicit_inside() {
    let mut head = slice().file(EXPLICIT_LITTLE);
    let pixels = head.len() - 12 - 96;
    let tail = head.split_off(pixels);
    // (5000,0010) UN of undefined length, one item with an implicit element.
    head.extend([0x00, 0x50, 0x10, 0, b'U', b'N', 0, 0, 255, 255, 255, 255]);
    head.extend([0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255]);
    head.extend([8, 0, 0x60, 0, 2, 0, 0, 0, b'M', b'R']);
    head.extend([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0]);
    head.extend([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
    head.extend(tail);
    check("UN sequence", &head, "");
}

#[test]
fn damage_inside_a_sequence_of_known_length_costs_the_sequence() {
    let mut head = slice().file(EXPLICIT_LITTLE);
    let pixels = head.len() - 12 - 96;
    let tail = head.split_off(pixels);
    head.extend([0x00, 0x50, 0x10, 0, b'S', b'Q', 0, 0, 12, 0, 0, 0]);
    head.extend([0xfe, 0xff, 0, 0xe0, 0x77, 0x77, 0x77, 0x77, 1, 2, 3, 4]);
    head.extend(tail);
    check("damaged sequence", &head, "a sequence in the header is damaged");
}

#[test]
fn rle_in_one_fragment_and_in_several() {
    let pixels: Vec<i16> = (0..6)
        .flat_map(|j| (0..8).map(move |i| CtSeries::stored(i, j, 0)))
        .collect();
    let plane = |shift: u32| {
        let mut packed = vec![47_u8];
        packed.extend(pixels.iter().map(|pixel| (pixel >> shift) as u8));
        packed.push(0x80);
        packed
    };
    let (high, low) = (plane(8), plane(0));
    let mut stream: Vec<u8> = [2, 64, 64 + high.len() as u32]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    stream.resize(64, 0);
    stream.extend(high);
    stream.extend(low);
    check("one fragment", &slice().fragments(&[stream.clone()]).file(RLE), "");
    let parts: Vec<Vec<u8>> = stream.chunks(50).map(<[u8]>::to_vec).collect();
    check("several fragments", &slice().fragments(&parts).file(RLE), "");
}

#[test]
fn bits_of_every_depth() {
    let expected = |what: &str, dataset: Dataset, numbers: [f64; 2], name: &str| {
        let dataset = dataset
            .words((0x28, 0x10), &[1])
            .words((0x28, 0x11), &[2])
            .without((0x28, 0x1052))
            .without((0x28, 0x1053));
        for syntax in [EXPLICIT_LITTLE, EXPLICIT_BIG] {
            let (_folder, open) = open(&dataset.file(syntax));
            io::load(&open, &Progress::silent());
            let got = [0, 1].map(|i| open.volume.value([i, 0, 0], 0));
            assert_eq!(
                got,
                numbers.map(|number| Some(Value::Scalar(number))),
                "{what} in {syntax}"
            );
            assert_eq!(open.volume.series.stored_type, name, "{what}");
        }
    };
    let bits = |allocated: u16, stored: u16, high: u16, sign: u16| {
        CtSeries::new(1)
            .slice(0)
            .words((0x28, 0x100), &[allocated])
            .words((0x28, 0x101), &[stored])
            .words((0x28, 0x102), &[high])
            .words((0x28, 0x103), &[sign])
    };
    expected(
        "12 bits, signed, rubbish above",
        bits(16, 12, 11, 1).pixels(&[0x7fff, 0x7801_u16.cast_signed()]),
        [-1.0, -2047.0],
        "i16",
    );
    expected(
        "12 high bits",
        bits(16, 12, 15, 0).pixels(&[-1, 0x120]),
        [4095.0, 18.0],
        "u16",
    );
    expected(
        "8 bits",
        bits(8, 8, 7, 0).bytes((0x7fe0, 0x10), "OB", &[200, 3]),
        [200.0, 3.0],
        "u8",
    );
    expected(
        "8 bits, signed",
        bits(8, 8, 7, 1).bytes((0x7fe0, 0x10), "OB", &[200, 3]),
        [-56.0, 3.0],
        "i8",
    );
}

#[test]
fn frames_without_a_place_are_pictures_of_a_stack() {
    let pixels: Vec<i16> = (0..3 * 48).collect();
    let dataset = CtSeries::new(1)
        .slice(0)
        .without((0x20, 0x32))
        .without((0x20, 0x37))
        .text((0x28, 8), "IS", "3")
        .pixels(&pixels);
    let (_folder, open) = open(&dataset.file(EXPLICIT_LITTLE));
    assert_eq!(open.volume.dims(), [8, 6, 3]);
    io::load(&open, &Progress::silent());
    assert_eq!(open.volume.value([1, 2, 2], 0), Some(Value::Scalar(113.0 - 1024.0)));
}

/// Three pictures without a place: pixel n of all has the number n.
fn three_frames() -> Dataset {
    CtSeries::new(1)
        .slice(0)
        .without((0x20, 0x32))
        .without((0x20, 0x37))
        .text((0x28, 8), "IS", "3")
        .pixels(&(0..3 * 48).collect::<Vec<i16>>())
}

#[test]
fn a_deflated_file_is_unpacked_once_for_all_its_frames() {
    let (folder, open) = open(&three_frames().file(DEFLATED));
    let first = |slab| match open.source.read_slab(slab).map(|read| read.samples) {
        Ok(Samples::I16(samples)) => samples[0],
        other => panic!("{other:?}"),
    };
    assert_eq!(first(0), 0);
    std::fs::remove_file(folder.path().join("file")).expect("the test's own file");
    assert_eq!([first(1), first(2)], [48, 96]);
}

/// Frame `n` of [`three_frames`] in RLE: one literal run for each plane of bytes.
fn rle_frame(n: u8) -> Vec<u8> {
    let mut stream: Vec<u8> = [2_u32, 64, 114].iter().flat_map(|word| word.to_le_bytes()).collect();
    stream.resize(64, 0);
    stream.push(47);
    stream.resize(64 + 49, 0);
    stream.push(0x80);
    stream.push(47);
    stream.extend(48 * n..48 * (n + 1));
    stream.push(0x80);
    stream
}

#[test]
fn frames_of_a_cut_file_keep_their_fragments() {
    let halves: Vec<Vec<u8>> = (0..3)
        .flat_map(|n| {
            let frame = rle_frame(n);
            [frame[..80].to_vec(), frame[80..].to_vec()]
        })
        .collect();
    // Two heads of 8 bytes and 164 of content.
    let table = [0, 180, 360];
    let whole = three_frames().fragments_with_table(&table, &halves).file(RLE);
    // The delimiter, the last frame and the second half of the middle one are gone: three fragments of three frames.
    let cut = &whole[..whole.len() - 8 - 180 - (8 + 84)];
    let (_folder, open) = open(cut);
    assert_eq!(open.volume.dims(), [8, 6, 2]);
    let told = open.volume.warnings.join("; ");
    assert!(told.contains("only 2 of 3 frames are there"), "{told}");
    assert!(told.contains("the pixel data end early"), "{told}");
    io::load(&open, &Progress::silent());
    for (i, j) in [(0, 0), (7, 5)] {
        assert_eq!(
            open.volume.value([i, j, 0], 0),
            Some(Value::Scalar((i + 8 * j) as f64 - 1024.0))
        );
    }
}

#[test]
fn fragments_that_cannot_be_told_apart_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("file");
    let dataset = three_frames().fragments(&vec![vec![0; 80]; 5]);
    std::fs::write(&path, dataset.file(RLE)).expect("a test folder can be written");
    let err = io::scan(&[path], &Progress::silent())
        .map(|_| ())
        .expect_err("it is refused");
    assert!(
        err.message.contains("which fragments of its pixel data"),
        "{}",
        err.message
    );
}

#[test]
fn padding_means_nothing_behind_a_table_of_values() {
    let table: Vec<u16> = (0..64).map(|stored| 1000 - stored).collect();
    let lookup = Dataset::new()
        .words((0x28, 0x3002), &[64, 0, 16])
        .text((0x28, 0x3004), "LO", "US")
        .words((0x28, 0x3006), &table);
    let mut bytes = CtSeries::new(1)
        .slice(0)
        .without((0x28, 0x1052))
        .without((0x28, 0x1053))
        .words((0x28, 0x120), &[5])
        .sequence((0x28, 0x3000), vec![lookup])
        .file(EXPLICIT_LITTLE);
    bytes.truncate(bytes.len() - 48);
    let (_folder, open) = open(&bytes);
    assert_eq!(open.volume.padding, None);
    io::load(&open, &Progress::silent());
    let value = |i, j| open.volume.value([i, j, 0], 0);
    assert_eq!(value(5, 0), Some(Value::Scalar(995.0)));
    assert_eq!(
        value(0, 3),
        Some(Value::Scalar(973.0)),
        "what is missing has the lowest value"
    );
}

#[test]
fn an_intercept_without_a_slope_counts() {
    let transform = Dataset::new().decimals((0x28, 0x1052), &[-1000.0]);
    let shared = Dataset::new().sequence((0x28, 0x9145), vec![transform]);
    let bare = CtSeries::new(1)
        .slice(0)
        .without((0x28, 0x1052))
        .without((0x28, 0x1053));
    let enhanced = bare.clone().sequence((0x5200, 0x9229), vec![shared]);
    for dataset in [enhanced, bare.decimals((0x28, 0x1052), &[-1000.0])] {
        let (_folder, open) = open(&dataset.file(EXPLICIT_LITTLE));
        io::load(&open, &Progress::silent());
        assert_eq!(open.volume.value([3, 2, 0], 0), Some(Value::Scalar(23.0 - 1000.0)));
    }
}
