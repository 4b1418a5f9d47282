//! Compressed pictures: one frame's bytes in, plain samples out, through the codecs of dicom-rs and our own RLE.
//!
//! The size that a codestream announces is compared with the header before anything is allocated for it.

use std::borrow::Cow;
use std::io::Read as _;

use dicom_core::value::C;
use dicom_dictionary_std::uids;
use dicom_encoding::adapters::{PixelDataObject, RawPixelData};
use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use flate2::read::DeflateDecoder;

use super::codestream::{StreamInfo, stream_info, tells_its_colors};
use super::encoding::EXPLICIT_VR_BIG_ENDIAN;
use super::layout::{ColorModel, Layout};
use super::{jpeg_lossless, jpeg12, jpegxl, rle};
use crate::say;

/// A decoded picture: little endian samples, colours of a pixel together.
#[derive(Debug)]
pub struct Decoded {
    /// The bytes; their number is `pixels × samples × bytes of a sample`.
    pub bytes: Vec<u8>,
    /// How colour is stored now: codecs turn some models to RGB.
    pub color: ColorModel,
    /// The stream ended early.
    pub is_short: bool,
}

/// Whether the pixel data of a transfer syntax are plain samples.
pub fn is_native(transfer_syntax: &str) -> bool {
    matches!(
        transfer_syntax,
        uids::IMPLICIT_VR_LITTLE_ENDIAN
            | uids::EXPLICIT_VR_LITTLE_ENDIAN
            | EXPLICIT_VR_BIG_ENDIAN
            | uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
            | uids::ENCAPSULATED_UNCOMPRESSED_EXPLICIT_VR_LITTLE_ENDIAN
    )
}

/// Whether the bytes of a decoded picture are arranged as the header says: planes, byte order, chroma.
pub fn keeps_arrangement(transfer_syntax: &str) -> bool {
    is_native(transfer_syntax) || transfer_syntax == uids::DEFLATED_IMAGE_FRAME_COMPRESSION
}

/// Why pictures of a transfer syntax cannot be decoded; `None` if they can.
pub fn reason_against(transfer_syntax: &str) -> Option<String> {
    if is_native(transfer_syntax) {
        return None;
    }
    match TransferSyntaxRegistry.get(transfer_syntax) {
        None => Some(say!("io-dicom-unknown-syntax", uid = transfer_syntax.to_owned())),
        Some(syntax) if syntax.pixel_data_reader().is_none() => {
            Some(say!("io-dicom-unsupported-syntax", name = syntax.name().to_owned()))
        }
        Some(_) => None,
    }
}

/// Decodes one frame; the error is the reason for the user.
pub fn decode(transfer_syntax: &str, stream: &[u8], layout: &Layout) -> Result<Decoded, String> {
    let sample_bytes = layout.bits().div_ceil(8) as usize;
    let expected = layout.pixel_count() * layout.samples * sample_bytes;
    let plain = |bytes: Vec<u8>| Decoded {
        is_short: bytes.len() < expected,
        bytes,
        color: layout.color,
    };
    match transfer_syntax {
        uids::RLE_LOSSLESS => {
            let (bytes, is_short) = rle::decode(stream, layout.pixel_count(), layout.samples, sample_bytes)?;
            // RLE of YBR_FULL_422 does not exist: its planes are all of full size.
            let color = full_size(layout.color);
            Ok(Decoded { bytes, color, is_short })
        }
        uids::DEFLATED_IMAGE_FRAME_COMPRESSION => {
            let mut bytes = Vec::new();
            // What comes beyond the picture is not unpacked; what came before an error is kept.
            let outcome = DeflateDecoder::new(stream)
                .take(expected as u64)
                .read_to_end(&mut bytes);
            match outcome {
                Err(_) if bytes.is_empty() => Err(say!("io-dicom-cannot-inflate")),
                _ => Ok(plain(bytes)),
            }
        }
        _ if is_native(transfer_syntax) => Ok(plain(stream.to_vec())),
        _ => decode_codestream(transfer_syntax, stream, layout, expected),
    }
}

/// Decodes a compressed picture that says itself how large it is.
fn decode_codestream(
    transfer_syntax: &str,
    stream: &[u8],
    layout: &Layout,
    expected: usize,
) -> Result<Decoded, String> {
    let info = stream_info(stream);
    check_size(info.as_ref(), layout)?;
    let is_12_bit = info.is_some_and(|info| info.precision == 12 && info.components == 1);
    if is_12_bit && transfer_syntax == uids::JPEG_EXTENDED12_BIT && layout.bits() == 16 {
        let jpeg12::Decoded { samples, is_short } = jpeg12::decode(stream, layout.columns, layout.rows)?;
        let bytes = samples.iter().flat_map(|sample| sample.to_le_bytes());
        return Ok(Decoded {
            bytes: bytes.collect(),
            color: layout.color,
            is_short,
        });
    }
    if is_jpeg_lossless(transfer_syntax)
        && let Some(bytes) = gray_lossless(stream, layout)
    {
        return Ok(Decoded {
            bytes,
            color: layout.color,
            is_short: false,
        });
    }
    let bytes = match is_jpeg_xl(transfer_syntax) {
        true => jpegxl::decode(stream, layout)?,
        false => through_registry(transfer_syntax, stream, layout)?,
    };
    if bytes.len() != expected {
        return Err(say!(
            "io-dicom-decoded-size",
            got = bytes.len().to_string(),
            expected = expected.to_string()
        ));
    }
    let color = match layout.samples {
        3 => color_after(transfer_syntax, layout.color, info.as_ref()),
        _ => layout.color,
    };
    Ok(Decoded {
        bytes,
        color,
        is_short: false,
    })
}

/// Decodes grey lossless JPEG with our own decoder; `None` where it is not that, or is damaged.
fn gray_lossless(stream: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    if layout.samples != 1 {
        return None;
    }
    let samples = jpeg_lossless::decode(stream, layout.columns, layout.rows)?;
    match layout.bits() {
        8 => Some(samples.iter().map(|sample| *sample as u8).collect()),
        16 => Some(samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()),
        _ => None,
    }
}

/// Decodes with the codec that dicom-rs has for a transfer syntax.
fn through_registry(transfer_syntax: &str, stream: &[u8], layout: &Layout) -> Result<Vec<u8>, String> {
    let uid = || transfer_syntax.to_owned();
    let syntax = TransferSyntaxRegistry
        .get(transfer_syntax)
        .ok_or_else(|| say!("io-dicom-unknown-syntax", uid = uid()))?;
    let name = || syntax.name().to_owned();
    let reader = syntax
        .pixel_data_reader()
        .ok_or_else(|| say!("io-dicom-unsupported-syntax", name = name()))?;
    let attempt = |stream: &[u8]| {
        let frame = OneFrame {
            transfer_syntax,
            stream,
            layout,
        };
        let mut bytes = Vec::new();
        reader.decode_frame(&frame, 0, &mut bytes).map(|()| bytes)
    };
    let stream = prepared(transfer_syntax, stream, layout);
    attempt(&stream)
        .or_else(|err| match padding_before_end(transfer_syntax, &stream) {
            Some(stream) => attempt(&stream),
            None => Err(err),
        })
        .map_err(|err| say!("io-dicom-cannot-decode", name = name(), why = err.to_string()))
}

fn check_size(info: Option<&StreamInfo>, layout: &Layout) -> Result<(), String> {
    let Some(info) = info else { return Ok(()) };
    let fits = info.width == layout.columns && info.height == layout.rows && info.components == layout.samples;
    // More bits than are allocated would be cut off by the codecs without a word.
    if fits && u32::from(info.precision) <= layout.bits() {
        return Ok(());
    }
    Err(say!(
        "io-dicom-codestream-differs",
        got = format!(
            "{} x {} x {}, {} bit",
            info.width, info.height, info.components, info.precision
        ),
        expected = layout.described()
    ))
}

/// JPEG proper: baseline, extended and lossless.
fn is_jpeg(transfer_syntax: &str) -> bool {
    matches!(
        transfer_syntax,
        uids::JPEG_BASELINE8_BIT | uids::JPEG_EXTENDED12_BIT | uids::JPEG_LOSSLESS | uids::JPEG_LOSSLESS_SV1
    )
}

fn is_jpeg_lossless(transfer_syntax: &str) -> bool {
    matches!(transfer_syntax, uids::JPEG_LOSSLESS | uids::JPEG_LOSSLESS_SV1)
}

fn is_jpeg_ls(transfer_syntax: &str) -> bool {
    matches!(transfer_syntax, uids::JPEGLS_LOSSLESS | uids::JPEGLS_NEAR_LOSSLESS)
}

fn is_jpeg_xl(transfer_syntax: &str) -> bool {
    matches!(
        transfer_syntax,
        uids::JPEGXL | uids::JPEGXL_LOSSLESS | uids::JPEGXLJPEG_RECOMPRESSION
    )
}

/// A colour model whose subsampled chroma was brought to full size.
fn full_size(color: ColorModel) -> ColorModel {
    match color {
        ColorModel::YbrFull422 => ColorModel::YbrFull,
        other => other,
    }
}

/// The colour model of what a codec returns: JPEG comes as RGB; JPEG 2000 too where it has a transform of its own.
fn color_after(transfer_syntax: &str, declared: ColorModel, info: Option<&StreamInfo>) -> ColorModel {
    if is_jpeg(transfer_syntax) || is_jpeg_xl(transfer_syntax) || info.is_some_and(|info| info.has_color_transform) {
        return ColorModel::Rgb;
    }
    // Whatever was subsampled is not any more.
    if declared == ColorModel::YbrFull422 {
        ColorModel::YbrFull
    } else {
        declared
    }
}

/// A stream as the decoders need it.
///
/// JPEG without any marker that tells its colours is taken for YBR by decoders. Where the header says RGB, a marker
/// that says so is put in (Adobe's, transform 0). JPEG-LS that ends without its end marker sends CharLS 2.4 through
/// billions of bits that are not there, so it gets one.
fn prepared<'a>(transfer_syntax: &str, stream: &'a [u8], layout: &Layout) -> Cow<'a, [u8]> {
    if is_jpeg_ls(transfer_syntax) {
        let zeros = stream.iter().rev().take_while(|byte| **byte == 0).count();
        return match stream.get(..stream.len() - zeros) {
            Some([.., 0xff, 0xd9]) => Cow::Borrowed(stream),
            _ => Cow::Owned([stream, &[0xff, 0xd9]].concat()),
        };
    }
    let is_rgb = is_jpeg(transfer_syntax) && layout.samples == 3 && layout.photometric == "RGB";
    match stream {
        [0xff, 0xd8, rest @ ..] if is_rgb && !tells_its_colors(rest) => {
            let adobe = b"\xff\xd8\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00";
            Cow::Owned([&adobe[..], rest].concat())
        }
        _ => Cow::Borrowed(stream),
    }
}

/// Some writers of JPEG-LS put zeros before the end marker, which the decoder takes for a missing marker.
fn padding_before_end(transfer_syntax: &str, stream: &[u8]) -> Option<Vec<u8>> {
    if !is_jpeg_ls(transfer_syntax) {
        return None;
    }
    let end = stream.windows(2).rposition(|pair| pair == [0xff, 0xd9])?;
    let data = stream.get(..end)?;
    let kept = data.len() - data.iter().rev().take_while(|byte| **byte == 0).count();
    (kept < end).then(|| [&data[..kept], &[0xff, 0xd9]].concat())
}

/// One frame as the codecs of dicom-rs want to see it.
struct OneFrame<'a> {
    transfer_syntax: &'a str,
    stream: &'a [u8],
    layout: &'a Layout,
}

impl PixelDataObject for OneFrame<'_> {
    fn transfer_syntax_uid(&self) -> &str {
        self.transfer_syntax
    }

    fn rows(&self) -> Option<u16> {
        u16::try_from(self.layout.rows).ok()
    }

    fn cols(&self) -> Option<u16> {
        u16::try_from(self.layout.columns).ok()
    }

    fn samples_per_pixel(&self) -> Option<u16> {
        u16::try_from(self.layout.samples).ok()
    }

    fn bits_allocated(&self) -> Option<u16> {
        u16::try_from(self.layout.bits()).ok()
    }

    fn bits_stored(&self) -> Option<u16> {
        self.bits_allocated()
    }

    fn photometric_interpretation(&self) -> Option<&str> {
        Some(&self.layout.photometric)
    }

    fn number_of_frames(&self) -> Option<u32> {
        Some(1)
    }

    fn number_of_fragments(&self) -> Option<u32> {
        Some(1)
    }

    fn fragment(&self, fragment: usize) -> Option<Cow<'_, [u8]>> {
        (fragment == 0).then_some(Cow::Borrowed(self.stream))
    }

    fn offset_table(&self) -> Option<Cow<'_, [u32]>> {
        None
    }

    fn raw_pixel_data(&self) -> Option<RawPixelData> {
        let mut fragments = C::new();
        fragments.push(self.stream.to_vec());
        Some(RawPixelData {
            fragments,
            offset_table: C::new(),
        })
    }
}
