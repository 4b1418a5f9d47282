//! Whom and what a new object belongs to: patient, study and frame of reference of the image that it was made on.

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

use super::super::prescan::prescan_file;
use super::modules::Elements;
use super::text::{fitting, line};
use super::uid::{is_uid, new_uid};
use crate::io::source::OpenVolume;
use crate::model::date::date_of_day;
use crate::model::volume::{SeriesInfo, Volume};

/// What objects of one study have in common (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2, C.7.4.1). Empty where nobody knows it.
const COPIED: [(Tag, VR, bool); 19] = [
    (tags::PATIENT_NAME, VR::PN, true),
    (tags::PATIENT_ID, VR::LO, true),
    (tags::ISSUER_OF_PATIENT_ID, VR::LO, false),
    (tags::PATIENT_BIRTH_DATE, VR::DA, true),
    (tags::PATIENT_SEX, VR::CS, true),
    (tags::PATIENT_AGE, VR::AS, false),
    (tags::PATIENT_SIZE, VR::DS, false),
    (tags::PATIENT_WEIGHT, VR::DS, false),
    (tags::PATIENT_IDENTITY_REMOVED, VR::CS, false),
    (tags::DEIDENTIFICATION_METHOD, VR::LO, false),
    (tags::STUDY_DATE, VR::DA, true),
    (tags::STUDY_TIME, VR::TM, true),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN, true),
    (tags::STUDY_ID, VR::SH, true),
    (tags::ACCESSION_NUMBER, VR::SH, true),
    (tags::STUDY_DESCRIPTION, VR::LO, false),
    (tags::POSITION_REFERENCE_INDICATOR, VR::LO, true),
    (tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, false),
    (tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS, false),
];

/// Those that may have several values.
const MULTIPLE: [Tag; 3] = [
    tags::DEIDENTIFICATION_METHOD,
    tags::LOSSY_IMAGE_COMPRESSION_RATIO,
    tags::LOSSY_IMAGE_COMPRESSION_METHOD,
];

/// The study that a new object goes into.
pub(super) struct Study {
    texts: Vec<(Tag, VR, String)>,
    /// Study Instance UID.
    pub(super) study_uid: String,
    /// Frame of Reference UID.
    pub(super) frame_of_reference_uid: String,
    /// The image was compressed with loss (Lossy Image Compression).
    pub(super) is_lossy: bool,
}

impl Study {
    /// That of an image, or, without one, a new one with what is known of a volume.
    pub(super) fn of(reference: Option<&OpenVolume>, volume: &Volume) -> Self {
        let series = reference.map_or(&volume.series, |open| &open.volume.series);
        let from_file = reference
            .filter(|open| open.volume.series.format == "dicom")
            .and_then(|open| prescan_file(open.source.file()?.path()).ok());
        let mut is_lossy = false;
        let texts_of = |tag: Tag| -> Vec<String> {
            let Some(scanned) = &from_file else {
                return vec![known(series, tag)];
            };
            let root = scanned.elements.root();
            let texts = root.texts(tag);
            if texts.is_empty() && tag == tags::DEIDENTIFICATION_METHOD {
                // How a patient's identity was removed must be told, in words or in codes; codes are told in their words.
                let codes = root.items(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE);
                return codes.filter_map(|code| code.text(tags::CODE_MEANING)).collect();
            }
            // All others have one value, whatever a file may have.
            if MULTIPLE.contains(&tag) {
                texts
            } else {
                vec![texts.join(" ")]
            }
        };
        let text_of = |tag: Tag, vr: VR| {
            let values: Vec<String> = texts_of(tag).iter().map(|text| fitting(vr, text)).collect();
            values.join("\\")
        };
        let texts = COPIED
            .iter()
            .map(|(tag, vr, is_always)| (*tag, *vr, *is_always, text_of(*tag, *vr)))
            .filter(|(_, _, is_always, text)| *is_always || !text.is_empty())
            .map(|(tag, vr, _, text)| (tag, vr, text))
            .collect();
        if let Some(scanned) = &from_file {
            is_lossy = scanned.elements.root().text(tags::LOSSY_IMAGE_COMPRESSION).as_deref() == Some("01");
        }
        let kept = |uid: &str| if is_uid(uid) { uid.to_owned() } else { new_uid() };
        Self {
            texts,
            study_uid: kept(&series.study_uid),
            frame_of_reference_uid: kept(&series.frame_of_reference_uid),
            is_lossy,
        }
    }

    /// Puts it, with the identity of a new series of a program's making.
    pub(super) fn put(&self, elements: &mut Elements, new: &NewObject<'_>) {
        let (date, time) = now();
        elements.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
        elements.text(tags::SOP_CLASS_UID, VR::UI, new.class_uid);
        elements.text(tags::SOP_INSTANCE_UID, VR::UI, new_uid());
        elements.text(tags::INSTANCE_CREATION_DATE, VR::DA, date.as_str());
        elements.text(tags::INSTANCE_CREATION_TIME, VR::TM, time.as_str());
        for (tag, vr, text) in &self.texts {
            elements.text(*tag, *vr, text.as_str());
        }
        elements.text(tags::STUDY_INSTANCE_UID, VR::UI, self.study_uid.as_str());
        elements.text(tags::SERIES_INSTANCE_UID, VR::UI, new_uid());
        elements.text(tags::SERIES_DATE, VR::DA, date.as_str());
        elements.text(tags::SERIES_TIME, VR::TM, time.as_str());
        elements.text(tags::SERIES_NUMBER, VR::IS, new.series_number);
        elements.text(tags::INSTANCE_NUMBER, VR::IS, "1");
        elements.text(tags::MODALITY, VR::CS, new.modality);
        let description = line(new.description, 64);
        if !description.is_empty() {
            elements.text(tags::SERIES_DESCRIPTION, VR::LO, description);
        }
        elements.text(
            tags::FRAME_OF_REFERENCE_UID,
            VR::UI,
            self.frame_of_reference_uid.as_str(),
        );
        elements.text(tags::MANUFACTURER, VR::LO, "Isocenter");
        elements.text(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Isocenter");
        elements.text(tags::DEVICE_SERIAL_NUMBER, VR::LO, "0");
        elements.text(tags::SOFTWARE_VERSIONS, VR::LO, env!("CARGO_PKG_VERSION"));
    }
}

/// What is new about an object.
pub(super) struct NewObject<'a> {
    pub(super) class_uid: &'a str,
    pub(super) modality: &'a str,
    pub(super) description: &'a str,
    pub(super) series_number: &'a str,
}

/// What a volume of another format knows.
fn known(series: &SeriesInfo, tag: Tag) -> String {
    match tag {
        tags::PATIENT_NAME => series.patient.name.clone(),
        tags::PATIENT_ID => line(&series.patient.id, 64),
        tags::PATIENT_BIRTH_DATE => series.patient.birth_date.clone(),
        tags::PATIENT_SEX if ["M", "F", "O"].contains(&series.patient.sex.trim()) => {
            series.patient.sex.trim().to_owned()
        }
        tags::STUDY_DATE => series.study_date.clone(),
        tags::STUDY_DESCRIPTION => line(&series.study_description, 64),
        _ => String::new(),
    }
}

/// Date and time (UTC) as DA and TM.
pub(super) fn now() -> (String, String) {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let (year, month, day) = date_of_day(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    (
        format!("{year:04}{month:02}{day:02}"),
        format!("{hour:02}{minute:02}{second:02}"),
    )
}
