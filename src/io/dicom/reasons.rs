//! Why a DICOM file is not shown as an image, in plain words.

use dicom_dictionary_std::uids;

use crate::say;

/// The reason for an object that is no image, or whose pixels nobody here can decode; `None` for images.
pub fn reason_without_pixels(sop_class: &str, has_pixels: bool, transfer_syntax: &str) -> Option<String> {
    let storage = |number: &str| {
        sop_class
            .strip_prefix("1.2.840.10008.5.1.4.1.1.")
            .is_some_and(|rest| rest.starts_with(number))
    };
    if sop_class == uids::MEDIA_STORAGE_DIRECTORY_STORAGE {
        return Some(say!("io-dicom-is-directory"));
    }
    if is_video(transfer_syntax) {
        return Some(say!("io-dicom-is-video"));
    }
    if has_pixels {
        return None;
    }
    Some(match sop_class {
        uids::RT_PLAN_STORAGE | uids::RT_ION_PLAN_STORAGE => say!("io-dicom-is-rtplan"),
        uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE => say!("io-dicom-is-key-objects"),
        uids::REAL_WORLD_VALUE_MAPPING_STORAGE => say!("io-dicom-is-value-mapping"),
        uids::RAW_DATA_STORAGE => say!("io-dicom-is-raw"),
        _ if storage("88.") => say!("io-dicom-is-report"),
        _ if storage("11.") => say!("io-dicom-is-presentation"),
        _ if storage("104.") => say!("io-dicom-is-document"),
        _ if storage("9.") => say!("io-dicom-is-waveform"),
        _ if storage("66.") => say!("io-dicom-is-registration"),
        _ => say!("io-dicom-no-pixels"),
    })
}

/// MPEG and HEVC streams (PS3.5 A.4.5 to A.4.9).
fn is_video(transfer_syntax: &str) -> bool {
    let number = transfer_syntax
        .strip_prefix("1.2.840.10008.1.2.4.")
        .and_then(|rest| rest.split('.').next())
        .and_then(|number| number.parse::<u32>().ok());
    number.is_some_and(|number| (100..=108).contains(&number))
}
