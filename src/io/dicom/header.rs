//! What one DICOM file says about its pictures: the values that grouping, geometry and pixels need.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use dicom_dictionary_std::{tags, uids};

use super::codec::reason_against;
use super::elements::{Element, Item};
use super::frames::{FrameInfo, read_frames};
use super::layout::{Layout, SampleFormat};
use super::pixel_size::PixelSize;
use super::prescan::{PixelPlace, Prescan, prescan_file};
use super::present::frames_present;
use super::reasons::reason_without_pixels;
use super::rtstruct::ContourFile;
use super::seg::SegHeader;
use super::windows::{note_overlays, read_windows};
use crate::io::place::FilePlace;
use crate::model::volume::Patient;
use crate::model::window::NamedWindow;
use crate::say;

/// One DICOM file whose header was read. Keeps no pixels.
#[derive(Debug)]
pub struct DicomFile {
    /// Where it is, and where its pixels are in it.
    pub pixels: Arc<FilePixels>,
    /// Whom it shows and how it was made.
    pub identity: Identity,
    /// Its pictures, in the order of the file.
    pub frames: Vec<FrameInfo>,
    /// What the numbers mean.
    pub meaning: Meaning,
    /// Size of a pixel where the picture has no place in the patient.
    pub pixel_size: PixelSize,
    /// What was odd about it, each a sentence.
    pub warnings: Vec<String>,
    /// What makes it a segmentation.
    pub(super) seg: Option<SegHeader>,
}

/// Whether an object is a segmentation of pixels: Segmentation, or Label Map Segmentation.
fn is_segmentation(sop_class: &str) -> bool {
    [uids::SEGMENTATION_STORAGE, "1.2.840.10008.5.1.4.1.1.66.7"].contains(&sop_class)
}

/// What is needed to read the pixels of a file later.
#[derive(Debug)]
pub struct FilePixels {
    /// The file.
    pub file: FilePlace,
    /// SOP Class UID.
    pub class_uid: String,
    /// SOP Instance UID.
    pub instance_uid: String,
    /// Transfer Syntax UID.
    pub transfer_syntax: String,
    /// Where the deflated data set begins, if it is one.
    pub deflated_from: Option<u64>,
    /// Where the pixel data are.
    pub place: PixelPlace,
    /// Which fragments are frame n; empty where the pixel data are not encapsulated.
    pub frame_fragments: Vec<Range<usize>>,
    /// How a picture is stored.
    pub layout: Layout,
    /// Pictures in the file.
    pub frame_count: usize,
    /// The unpacked bytes of a deflated file of many pictures, from when the first of them is read.
    pub inflated: Mutex<Option<Arc<[u8]>>>,
}

/// The words and identifiers of a file.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "each is the attribute of this name")]
pub struct Identity {
    pub patient: Patient,
    pub study_uid: String,
    pub study_description: String,
    pub study_date: String,
    pub series_uid: String,
    pub series_number: Option<i64>,
    pub series_description: String,
    pub modality: String,
    pub sop_class: String,
    pub instance_uid: String,
    pub instance_number: Option<i64>,
    pub frame_of_reference_uid: String,
    /// Image Type (0008,0008) says LOCALIZER.
    pub is_localizer: bool,
    /// Image Type says MOSAIC: a sheet of many small slices (Siemens).
    pub is_mosaic: bool,
}

/// What the numbers of the file mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meaning {
    /// Unit of the values, if known.
    pub unit: Option<String>,
    /// The file's windows.
    pub windows: Vec<NamedWindow>,
    /// Pixel Padding Value and its limit, as stored numbers, ascending.
    pub padding: Option<(f64, f64)>,
    /// MONOCHROME1.
    pub is_inverted: bool,
}

/// What a DICOM file holds.
#[derive(Debug)]
pub enum DicomObject {
    /// Pictures.
    Pictures(Box<DicomFile>),
    /// Contours.
    Contours(Box<ContourFile>),
}

/// Reads the header of a file of pictures, or contours; the error is the reason for the user.
pub fn read_object(file: &FilePlace) -> Result<DicomObject, String> {
    let scanned = prescan_file(file.path())?;
    match ContourFile::read(file, &scanned) {
        Some(contours) => Ok(DicomObject::Contours(Box::new(contours))),
        None => Ok(DicomObject::Pictures(Box::new(header_of(file, &scanned)?))),
    }
}

/// Reads the header of a file; the error is the reason for the user.
pub fn read_header(file: &FilePlace) -> Result<DicomFile, String> {
    header_of(file, &prescan_file(file.path())?)
}

/// The header of a file that was pre-scanned.
pub fn header_of(file: &FilePlace, scanned: &Prescan) -> Result<DicomFile, String> {
    let root = scanned.elements.root();
    let identity = read_identity(root);
    if let Some(reason) = reason_without_pixels(&identity.sop_class, scanned.pixels.is_some(), &scanned.transfer_syntax)
    {
        return Err(reason);
    }
    let data = scanned.pixels.as_ref().ok_or_else(|| say!("io-dicom-no-pixels"))?;
    if let Some(reason) = reason_against(&scanned.transfer_syntax) {
        return Err(reason);
    }
    let mut warnings = scanned.warnings.clone();
    let mut layout = Layout::read(root, data, scanned.is_big_endian, &mut warnings)?;
    let is_seg = is_segmentation(&identity.sop_class);
    if is_seg {
        layout = layout.into_numbers();
    }
    let declared = root.integer(tags::NUMBER_OF_FRAMES).unwrap_or(1).max(1);
    let extended_offsets: Vec<u64> = root
        .get(tags::EXTENDED_OFFSET_TABLE)
        .and_then(Element::numbers)
        .unwrap_or_default()
        .iter()
        .map(|offset| *offset as u64)
        .collect();
    let present = frames_present(
        usize::try_from(declared).unwrap_or(usize::MAX),
        &layout,
        &data.place,
        &extended_offsets,
        &mut warnings,
    )?;
    let meaning = read_meaning(root, &identity, &layout, &mut warnings);
    note_overlays(root, &mut warnings);
    let frames = read_frames(root, &identity, present.frames);
    let pixels = FilePixels {
        file: file.clone(),
        class_uid: identity.sop_class.clone(),
        instance_uid: identity.instance_uid.clone(),
        transfer_syntax: scanned.transfer_syntax.clone(),
        deflated_from: scanned.deflated_from,
        place: data.place.clone(),
        frame_fragments: present.fragments,
        layout,
        frame_count: present.frames,
        inflated: Mutex::new(None),
    };
    Ok(DicomFile {
        pixels: Arc::new(pixels),
        frames,
        meaning,
        pixel_size: PixelSize::read(root, &identity.modality),
        warnings,
        seg: is_seg.then(|| SegHeader::read(root, present.frames)),
        identity,
    })
}

/// The words and identifiers of a data set.
pub(super) fn read_identity(root: Item<'_>) -> Identity {
    let text = |tag| root.text(tag).unwrap_or_default();
    let image_type = root.texts(tags::IMAGE_TYPE);
    let says = |word: &str| image_type.iter().any(|value| value.eq_ignore_ascii_case(word));
    Identity {
        patient: Patient {
            name: text(tags::PATIENT_NAME),
            id: text(tags::PATIENT_ID),
            birth_date: text(tags::PATIENT_BIRTH_DATE),
            sex: text(tags::PATIENT_SEX),
        },
        study_uid: text(tags::STUDY_INSTANCE_UID),
        study_description: text(tags::STUDY_DESCRIPTION),
        study_date: text(tags::STUDY_DATE),
        series_uid: text(tags::SERIES_INSTANCE_UID),
        series_number: root.integer(tags::SERIES_NUMBER),
        series_description: text(tags::SERIES_DESCRIPTION),
        modality: text(tags::MODALITY),
        sop_class: text(tags::SOP_CLASS_UID),
        instance_uid: text(tags::SOP_INSTANCE_UID),
        instance_number: root.integer(tags::INSTANCE_NUMBER),
        frame_of_reference_uid: text(tags::FRAME_OF_REFERENCE_UID),
        is_localizer: says("LOCALIZER"),
        is_mosaic: says("MOSAIC"),
    }
}

fn read_meaning(root: Item<'_>, identity: &Identity, layout: &Layout, warnings: &mut Vec<String>) -> Meaning {
    Meaning {
        unit: read_unit(root, identity),
        windows: read_windows(root, warnings),
        padding: read_padding(root, layout),
        is_inverted: layout.is_inverted,
    }
}

/// The unit of the values. `None` where the file does not say: an MR has none.
fn read_unit(root: Item<'_>, identity: &Identity) -> Option<String> {
    if let Some(units) = root.text(tags::UNITS) {
        return match units.as_str() {
            "NONE" => None,
            "BQML" => Some("Bq/ml".to_owned()),
            "CNTS" => Some("counts".to_owned()),
            "CPS" => Some("counts/s".to_owned()),
            "GML" => Some("g/ml".to_owned()),
            "PCNT" => Some("%".to_owned()),
            _ => Some(units),
        };
    }
    if identity.modality == "RTDOSE" {
        return root
            .text(tags::DOSE_UNITS)
            .filter(|units| units == "GY")
            .map(|_| "Gy".to_owned());
    }
    let transform = || {
        root.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE)?
            .item(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE)
    };
    let rescale_type = root
        .text(tags::RESCALE_TYPE)
        .or_else(|| transform()?.text(tags::RESCALE_TYPE));
    match rescale_type.as_deref() {
        None if identity.modality == "CT" => {
            let is_rescaled = root.get(tags::RESCALE_INTERCEPT).is_some()
                || transform().is_some()
                || root.get(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).is_some();
            is_rescaled.then(|| "HU".to_owned())
        }
        // `US` is the standard's word for unspecified.
        Some("US" | "normalized") | None => None,
        Some(other) => Some(other.to_owned()),
    }
}

/// Pixel Padding Value, to its Range Limit (PS3.3 C.7.5.1.1.2), as stored numbers. `None` where a table
/// turns these into something else: the numbers that it makes do not tell which of them were padding.
fn read_padding(root: Item<'_>, layout: &Layout) -> Option<(f64, f64)> {
    if layout.lookup.is_some() || layout.palette.is_some() {
        return None;
    }
    let stored = |tag| {
        let number = root.number(tag)?;
        // Without a VR of its own, or with the wrong one, the bits stand for what the pixels are.
        let wraps = matches!(layout.format, SampleFormat::Integer { is_signed: true, .. })
            && number > 32767.0
            && number <= 65535.0;
        Some(if wraps { number - 65536.0 } else { number })
    };
    let value = stored(tags::PIXEL_PADDING_VALUE)?;
    let limit = stored(tags::PIXEL_PADDING_RANGE_LIMIT).unwrap_or(value);
    Some((value.min(limit), value.max(limit)))
}
