//! The pre-scan: walks the bytes of a DICOM file without recursion and without trust, and gives a table of elements
//! up to the pixel data, and the place of the pixel data. It reads no pixels.
//!
//! Every length is checked against the bytes that are left, nesting is of bounded depth, and memory is
//! bounded by the bytes that were really read. Files with and without meta header, with an encoding that their
//! transfer syntax contradicts, and with pixel data cut short are read (PS3.5 section 7, PS3.10 section 7).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};
use std::path::Path;

use super::bytes::ByteSource;
use super::charset::Charset;
use super::elements::Elements;
use super::encoding::Encoding;
use super::fragments::Fragments;
use super::walk::{FIRST_READ, Walker};
use crate::io::scan::plain;
use crate::say;

/// What the pre-scan found.
#[derive(Debug)]
pub struct Prescan {
    /// The elements of the meta group and of the data set up to the pixel data.
    pub elements: Elements,
    /// Transfer Syntax UID of the meta header; the one that the bytes suggest where it is missing or wrong.
    pub transfer_syntax: String,
    /// Whether the data set is big endian.
    pub is_big_endian: bool,
    /// Where the pixel data are.
    pub pixels: Option<PixelData>,
    /// Where the deflated data set begins in the file; all other places then count in the unpacked bytes.
    pub deflated_from: Option<u64>,
    /// What was odd about the file, each a sentence.
    pub warnings: Vec<String>,
}

/// The pixel data element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PixelData {
    /// (7FE0,0010), or (7FE0,0008) for floats, or (7FE0,0009) for doubles.
    pub tag: Tag,
    /// How its words are stored: OB or OW.
    pub vr: VR,
    /// Where its bytes are.
    pub place: PixelPlace,
}

/// Where the bytes of pixel data are, in the file or in the unpacked data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PixelPlace {
    /// In one run.
    Native {
        /// First byte.
        offset: u64,
        /// Bytes that are there; fewer than the element says where the file ends early.
        length: u64,
    },
    /// In fragments.
    Encapsulated(Fragments),
}

/// Pre-scans a file; the error is the reason for the user.
pub fn prescan_file(path: &Path) -> Result<Prescan, String> {
    prescan(ByteSource::open(path).map_err(|err| plain(&err))?)
}

/// Pre-scans bytes; the error is the reason for the user.
pub fn prescan(source: ByteSource) -> Result<Prescan, String> {
    let mut walker = Walker::new(source);
    walker.fetch(FIRST_READ)?;
    let start = find_start(&walker.elements.bytes)?;
    walker.at = start.at;
    let mut warnings = Vec::new();
    let mut transfer_syntax = String::new();
    let mut has_meta = false;
    if start.has_meta {
        walker.encoding = Encoding::EXPLICIT_LITTLE;
        has_meta = walker.walk_meta()?;
        transfer_syntax = walker
            .elements
            .root()
            .text(tags::TRANSFER_SYNTAX_UID)
            .unwrap_or_default();
    }
    let mut deflated_from = None;
    if transfer_syntax == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN {
        deflated_from = Some(walker.at);
        walker.inflate()?;
    }
    let declared = Encoding::of_transfer_syntax(&transfer_syntax);
    let sniffed = walker.sniff()?;
    walker.encoding = sniffed.or(declared).unwrap_or(Encoding::IMPLICIT_LITTLE);
    if transfer_syntax.is_empty() {
        transfer_syntax = walker.encoding.transfer_syntax().to_owned();
        warnings.push(if has_meta {
            say!("io-dicom-no-transfer-syntax")
        } else {
            say!("io-dicom-no-meta")
        });
    } else if declared != Some(walker.encoding) && declared.is_some() {
        warnings.push(say!("io-dicom-other-encoding"));
    }
    let dataset_begins = walker.elements.nodes.len();
    let pixels = walker.walk_dataset()?;
    if walker.elements.nodes.len() == dataset_begins && pixels.is_none() {
        return Err(if has_meta {
            say!("io-dicom-empty")
        } else {
            say!("io-dicom-not-dicom")
        });
    }
    if walker.has_recovered {
        warnings.push(say!("io-dicom-damaged-sequence"));
    }
    let codes = walker.elements.root().texts(tags::SPECIFIC_CHARACTER_SET);
    walker.elements.charset = Charset::from_codes(&codes);
    let is_big_endian = walker.encoding.is_big_endian;
    if !has_meta && !looks_like_dicom(&walker.elements) {
        return Err(say!("io-dicom-not-dicom"));
    }
    Ok(Prescan {
        elements: walker.elements,
        transfer_syntax,
        is_big_endian,
        pixels,
        deflated_from,
        warnings,
    })
}

/// Without a meta header, only what names itself is taken for DICOM.
fn looks_like_dicom(elements: &Elements) -> bool {
    let root = elements.root();
    [
        tags::SOP_CLASS_UID,
        tags::MODALITY,
        tags::STUDY_INSTANCE_UID,
        tags::ROWS,
    ]
    .iter()
    .any(|tag| root.get(*tag).is_some())
}

struct Start {
    at: u64,
    has_meta: bool,
}

/// Finds where the elements begin: behind preamble and `DICM`, or at once.
fn find_start(bytes: &[u8]) -> Result<Start, String> {
    if bytes.is_empty() {
        return Err(say!("io-dicom-empty-file"));
    }
    let meta_at = |at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with(&[2, 0]));
    if bytes.get(128..132) == Some(b"DICM") {
        return Ok(Start {
            at: 132,
            has_meta: meta_at(132),
        });
    }
    if bytes.starts_with(b"DICM") {
        return Ok(Start {
            at: 4,
            has_meta: meta_at(4),
        });
    }
    if meta_at(0) {
        return Ok(Start { at: 0, has_meta: true });
    }
    // A bare data set begins with one of the low groups, whichever way its bytes run.
    match bytes {
        [0x08 | 0x10, 0, ..] | [0, 0x08 | 0x10, ..] if bytes.len() > 16 => Ok(Start { at: 0, has_meta: false }),
        _ => Err(say!("io-dicom-not-dicom")),
    }
}
