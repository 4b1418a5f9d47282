//! The attributes of the images that are written, module by module (PS3.3 A.3 CT, A.4 MR, A.8.1 Secondary Capture,
//! A.21 PET).

use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use glam::DVec3;

use super::pet::{PetAcquisition, put_pet};
use super::pixels::PixelPlan;
use super::text::{decimal_string, decimal_strings, fitting, line, person_name};
use super::uid::{is_uid, new_uid};
use crate::model::geometry::Geometry;
use crate::model::orientation::letters;
use crate::model::volume::{PixelScale, Placement, Rescale, Volume};
use crate::model::window::{NamedWindow, WindowFunction};

/// Which kind of image object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageClass {
    Ct,
    Mr,
    /// Only with a [`PetAcquisition`]: the object must state corrections and timing that a volume does not know, and to
    /// make them up would falsify uptake values.
    Pet,
    /// Everything else.
    SecondaryCapture,
}

impl ImageClass {
    pub(super) fn of(volume: &Volume) -> Self {
        let has_place = volume.geometry().is_some() && volume.voxels.components() == 1;
        match volume.series.modality.as_str() {
            "CT" if has_place && volume.unit.as_deref().is_none_or(|unit| unit == "HU") => Self::Ct,
            "MR" if has_place => Self::Mr,
            _ => Self::SecondaryCapture,
        }
    }

    fn uid(self) -> &'static str {
        match self {
            Self::Ct => uids::CT_IMAGE_STORAGE,
            Self::Mr => uids::MR_IMAGE_STORAGE,
            Self::Pet => uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE,
            Self::SecondaryCapture => uids::SECONDARY_CAPTURE_IMAGE_STORAGE,
        }
    }
}

/// Which picture of the volume.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    pub(super) slice: usize,
    /// Time point, and how many there are.
    pub(super) frame: usize,
    pub(super) frames: usize,
}

/// What all images of the new series have in common.
pub(super) struct SeriesWriter<'a> {
    volume: &'a Volume,
    class: ImageClass,
    plan: PixelPlan,
    pet: Option<&'a PetAcquisition>,
    study_uid: String,
    series_uid: String,
    frame_of_reference_uid: String,
}

/// Elements that are put one after the other.
pub(super) struct Elements(InMemDicomObject);

impl Elements {
    pub(super) fn new() -> Self {
        Self(InMemDicomObject::new_empty())
    }

    pub(super) fn into_object(self) -> InMemDicomObject {
        self.0
    }

    /// One or several numbers, or bytes.
    pub(super) fn put(&mut self, tag: Tag, vr: VR, value: impl Into<PrimitiveValue>) {
        self.0.put(DataElement::new(tag, vr, value.into()));
    }

    pub(super) fn text(&mut self, tag: Tag, vr: VR, value: impl Into<String>) {
        let value: String = value.into();
        self.0.put(DataElement::new(
            tag,
            vr,
            if value.is_empty() {
                PrimitiveValue::Empty
            } else {
                PrimitiveValue::from(value)
            },
        ));
    }

    pub(super) fn empty(&mut self, tags: &[(Tag, VR)]) {
        for (tag, vr) in tags {
            self.0.put(DataElement::new(*tag, *vr, PrimitiveValue::Empty));
        }
    }

    pub(super) fn sequence(&mut self, tag: Tag, items: DataSetSequence<InMemDicomObject>) {
        self.0.put(DataElement::new(tag, VR::SQ, items));
    }

    pub(super) fn short(&mut self, tag: Tag, value: u16) {
        self.0.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
    }
}

impl<'a> SeriesWriter<'a> {
    pub(super) fn new(volume: &'a Volume, class: ImageClass, plan: PixelPlan) -> Self {
        let kept = |uid: &str| {
            if is_uid(uid) { uid.to_owned() } else { new_uid() }
        };
        Self {
            volume,
            class,
            plan,
            pet: None,
            study_uid: kept(&volume.series.study_uid),
            series_uid: new_uid(),
            frame_of_reference_uid: kept(&volume.series.frame_of_reference_uid),
        }
    }

    /// The same as a PET series.
    pub(super) fn with_pet(mut self, pet: Option<&'a PetAcquisition>) -> Self {
        self.pet = pet;
        self
    }

    /// One image with its pixels.
    pub(super) fn image(&self, picture: Picture, pixels: Vec<u8>) -> InMemDicomObject {
        let mut elements = Elements::new();
        self.put_common(&mut elements, picture);
        self.put_patient_and_study(&mut elements);
        match &self.volume.placement {
            Placement::Patient(geometry) => self.put_plane(&mut elements, geometry, picture.slice),
            Placement::Stack(grid) => {
                elements.empty(&[(tags::PATIENT_ORIENTATION, VR::CS)]);
                let tag = match grid.pixel_scale {
                    PixelScale::Patient => Some(tags::PIXEL_SPACING),
                    PixelScale::Detector => Some(tags::IMAGER_PIXEL_SPACING),
                    PixelScale::Unknown => None,
                };
                if let Some(tag) = tag {
                    elements.text(tag, VR::DS, decimal_strings(&[grid.pixel_size[1], grid.pixel_size[0]]));
                }
            }
        }
        match self.class {
            ImageClass::Ct => elements.empty(&[(tags::KVP, VR::DS)]),
            ImageClass::Mr => put_mr(&mut elements),
            ImageClass::Pet => {
                if let Some(pet) = self.pet {
                    put_pet(&mut elements, pet, picture.slice, self.volume.dims()[2]);
                }
            }
            ImageClass::SecondaryCapture => elements.text(tags::CONVERSION_TYPE, VR::CS, "WSD"),
        }
        if picture.frames > 1 {
            elements.text(
                tags::TEMPORAL_POSITION_IDENTIFIER,
                VR::IS,
                (picture.frame + 1).to_string(),
            );
            elements.text(tags::NUMBER_OF_TEMPORAL_POSITIONS, VR::IS, picture.frames.to_string());
        }
        self.put_meaning(&mut elements);
        self.put_pixels(&mut elements, pixels);
        elements.0
    }

    fn put_common(&self, elements: &mut Elements, picture: Picture) {
        let instance = picture.frame * self.volume.dims()[2] + picture.slice + 1;
        elements.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
        elements.text(
            tags::IMAGE_TYPE,
            VR::CS,
            match self.class {
                ImageClass::Ct => "DERIVED\\SECONDARY\\AXIAL",
                ImageClass::Mr | ImageClass::Pet | ImageClass::SecondaryCapture => "DERIVED\\SECONDARY\\OTHER",
            },
        );
        elements.text(tags::SOP_CLASS_UID, VR::UI, self.class.uid());
        elements.text(tags::SOP_INSTANCE_UID, VR::UI, new_uid());
        elements.text(tags::INSTANCE_NUMBER, VR::IS, instance.to_string());
        elements.text(tags::ACQUISITION_NUMBER, VR::IS, (picture.frame + 1).to_string());
        elements.text(tags::MANUFACTURER, VR::LO, "Isocenter");
        elements.text(tags::SOFTWARE_VERSIONS, VR::LO, env!("CARGO_PKG_VERSION"));
        elements.text(
            tags::DERIVATION_DESCRIPTION,
            VR::ST,
            "Converted by Isocenter. Not a medical device, not for diagnosis.",
        );
    }

    fn put_patient_and_study(&self, elements: &mut Elements) {
        let series = &self.volume.series;
        let patient = &series.patient;
        let sex = if ["M", "F", "O"].contains(&patient.sex.trim()) {
            patient.sex.trim()
        } else {
            ""
        };
        elements.text(tags::PATIENT_NAME, VR::PN, person_name(&patient.name));
        elements.text(tags::PATIENT_ID, VR::LO, line(&patient.id, 64));
        elements.text(tags::PATIENT_BIRTH_DATE, VR::DA, fitting(VR::DA, &patient.birth_date));
        elements.text(tags::PATIENT_SEX, VR::CS, sex);
        elements.text(tags::STUDY_INSTANCE_UID, VR::UI, self.study_uid.as_str());
        elements.text(tags::STUDY_DATE, VR::DA, fitting(VR::DA, &series.study_date));
        elements.empty(&[
            (tags::STUDY_TIME, VR::TM),
            (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
            (tags::STUDY_ID, VR::SH),
            (tags::ACCESSION_NUMBER, VR::SH),
        ]);
        for (tag, text) in [
            (tags::STUDY_DESCRIPTION, &series.study_description),
            (tags::SERIES_DESCRIPTION, &series.description),
        ] {
            if !text.is_empty() {
                elements.text(tag, VR::LO, line(text, 64));
            }
        }
        let is_code = |text: &str| {
            !text.is_empty()
                && text.len() <= 16
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        elements.text(
            tags::MODALITY,
            VR::CS,
            if is_code(&series.modality) {
                series.modality.as_str()
            } else {
                "OT"
            },
        );
        elements.text(tags::SERIES_INSTANCE_UID, VR::UI, self.series_uid.as_str());
        // Which side a paired organ is of is not known.
        elements.empty(&[(tags::LATERALITY, VR::CS)]);
        elements.text(
            tags::SERIES_NUMBER,
            VR::IS,
            series
                .series_number
                .and_then(|number| i32::try_from(number).ok())
                .map_or_else(String::new, |number| number.to_string()),
        );
    }

    /// Image Plane and Frame of Reference (PS3.3 C.7.6.2, C.7.4.1).
    fn put_plane(&self, elements: &mut Elements, geometry: &Geometry, slice: usize) {
        let matrix = geometry.patient_from_voxel().matrix3;
        let spacing = geometry.spacing();
        let (right, down) = (matrix.x_axis / spacing.x, matrix.y_axis / spacing.y);
        let origin = geometry.patient_at(DVec3::new(0.0, 0.0, slice as f64));
        elements.text(
            tags::IMAGE_POSITION_PATIENT,
            VR::DS,
            decimal_strings(&origin.to_array()),
        );
        elements.text(
            tags::IMAGE_ORIENTATION_PATIENT,
            VR::DS,
            decimal_strings(&[right.to_array(), down.to_array()].concat()),
        );
        elements.text(tags::PIXEL_SPACING, VR::DS, decimal_strings(&[spacing.y, spacing.x]));
        elements.text(
            tags::FRAME_OF_REFERENCE_UID,
            VR::UI,
            self.frame_of_reference_uid.as_str(),
        );
        elements.empty(&[
            (tags::POSITION_REFERENCE_INDICATOR, VR::LO),
            (tags::PATIENT_POSITION, VR::CS),
        ]);
        if self.class == ImageClass::SecondaryCapture {
            let letters = format!("{}\\{}", letters(right), letters(down));
            elements.text(tags::PATIENT_ORIENTATION, VR::CS, letters);
        }
        // How thick the slices are is not known; where they are even, they are taken to touch.
        let step = matrix.z_axis.dot(geometry.normal()).abs();
        let is_even = geometry.slice_table().is_none();
        elements.text(
            tags::SLICE_THICKNESS,
            VR::DS,
            if is_even { decimal_string(step) } else { String::new() },
        );
        if is_even && self.class == ImageClass::Mr {
            elements.text(tags::SPACING_BETWEEN_SLICES, VR::DS, decimal_string(step));
        }
    }

    /// What the pixels mean: rescale, unit, windows, padding.
    fn put_meaning(&self, elements: &mut Elements) {
        let Rescale { slope, intercept } = self.plan.rescale;
        if self.volume.voxels.components() == 1
            && (matches!(self.class, ImageClass::Ct | ImageClass::Pet) || self.plan.rescale != Rescale::IDENTITY)
        {
            elements.text(tags::RESCALE_INTERCEPT, VR::DS, decimal_string(intercept));
            elements.text(tags::RESCALE_SLOPE, VR::DS, decimal_string(slope));
            elements.text(
                tags::RESCALE_TYPE,
                VR::LO,
                if self.volume.unit.as_deref() == Some("HU") {
                    "HU"
                } else {
                    "US"
                },
            );
        }
        if self.class == ImageClass::SecondaryCapture
            && let Some(unit) = self.volume.unit.as_ref().filter(|unit| *unit != "HU")
        {
            elements.text(tags::UNITS, VR::CS, units_code(unit));
        }
        put_windows(elements, &self.volume.windows);
        if let Some((low, high)) = self.volume.padding
            && self.plan.rescale == self.volume.rescale
            && low == high
        {
            let value = if self.plan.is_signed {
                PrimitiveValue::from(low as i16)
            } else {
                PrimitiveValue::from(low as u16)
            };
            elements.0.put(DataElement::new(
                tags::PIXEL_PADDING_VALUE,
                if self.plan.is_signed { VR::SS } else { VR::US },
                value,
            ));
        }
    }

    /// Image Pixel (PS3.3 C.7.6.3).
    fn put_pixels(&self, elements: &mut Elements, pixels: Vec<u8>) {
        let [columns, rows, _] = self.volume.dims();
        let is_colour = self.volume.voxels.components() == 3;
        elements.short(tags::SAMPLES_PER_PIXEL, if is_colour { 3 } else { 1 });
        elements.text(
            tags::PHOTOMETRIC_INTERPRETATION,
            VR::CS,
            match (is_colour, self.volume.is_inverted) {
                (true, _) => "RGB",
                (false, true) => "MONOCHROME1",
                (false, false) => "MONOCHROME2",
            },
        );
        if is_colour {
            elements.short(tags::PLANAR_CONFIGURATION, 0);
        }
        // The caller has made sure that the sides fit.
        elements.short(tags::ROWS, u16::try_from(rows).unwrap_or(u16::MAX));
        elements.short(tags::COLUMNS, u16::try_from(columns).unwrap_or(u16::MAX));
        elements.short(tags::BITS_ALLOCATED, self.plan.bits);
        elements.short(tags::BITS_STORED, self.plan.bits);
        elements.short(tags::HIGH_BIT, self.plan.bits - 1);
        elements.short(tags::PIXEL_REPRESENTATION, u16::from(self.plan.is_signed));
        if self.plan.bits == 8 {
            elements
                .0
                .put(DataElement::new(tags::PIXEL_DATA, VR::OB, PrimitiveValue::from(pixels)));
        } else {
            let words: Vec<u16> = pixels
                .as_chunks()
                .0
                .iter()
                .map(|word| u16::from_le_bytes(*word))
                .collect();
            elements.0.put(DataElement::new(
                tags::PIXEL_DATA,
                VR::OW,
                PrimitiveValue::U16(words.into()),
            ));
        }
    }
}

/// A unit as the code that Units (0054,1001) has for it (PS3.3 C.8.9.1.1.3); other units as they are.
fn units_code(unit: &str) -> String {
    match unit {
        "Bq/ml" => "BQML".to_owned(),
        "g/ml" => "GML".to_owned(),
        "counts" => "CNTS".to_owned(),
        "counts/s" => "CPS".to_owned(),
        "%" => "PCNT".to_owned(),
        other => line(&other.to_uppercase(), 16),
    }
}

/// MR Image (PS3.3 C.8.3.1): how it was acquired is not known, which "research mode" says best.
fn put_mr(elements: &mut Elements) {
    elements.text(tags::SCANNING_SEQUENCE, VR::CS, "RM");
    elements.text(tags::SEQUENCE_VARIANT, VR::CS, "NONE");
    elements.empty(&[
        (tags::SCAN_OPTIONS, VR::CS),
        (tags::MR_ACQUISITION_TYPE, VR::CS),
        (tags::REPETITION_TIME, VR::DS),
        (tags::ECHO_TIME, VR::DS),
        (tags::ECHO_TRAIN_LENGTH, VR::IS),
    ]);
}

/// VOI LUT (PS3.3 C.11.2): the windows that share the first one's function, which an image has only one of.
fn put_windows(elements: &mut Elements, windows: &[NamedWindow]) {
    let Some(function) = windows.first().map(|named| named.window.function) else {
        return;
    };
    let windows: Vec<&NamedWindow> = windows
        .iter()
        .filter(|named| named.window.function == function)
        .collect();
    let numbers =
        |pick: fn(&NamedWindow) -> f64| decimal_strings(&windows.iter().map(|named| pick(named)).collect::<Vec<f64>>());
    elements.text(tags::WINDOW_CENTER, VR::DS, numbers(|named| named.window.center));
    elements.text(tags::WINDOW_WIDTH, VR::DS, numbers(|named| named.window.width));
    if windows.iter().all(|named| !named.name.is_empty()) {
        elements.text(
            tags::WINDOW_CENTER_WIDTH_EXPLANATION,
            VR::LO,
            windows
                .iter()
                .map(|named| line(&named.name, 64))
                .collect::<Vec<_>>()
                .join("\\"),
        );
    }
    elements.text(
        tags::VOILUT_FUNCTION,
        VR::CS,
        match function {
            WindowFunction::Linear => "LINEAR",
            WindowFunction::LinearExact => "LINEAR_EXACT",
            WindowFunction::Sigmoid => "SIGMOID",
        },
    );
}
