//! Sequences that writers of segmentations and contours share: coded terms and references to images.

use dicom_core::value::DataSetSequence;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::super::references::{References, SourceImage};
use super::modules::Elements;
use super::text::line;
use crate::model::coding::Code;

/// A term of DICOM's own.
pub(super) fn dicom_code(value: &str, meaning: &str) -> Code {
    Code {
        value: value.to_owned(),
        scheme: "DCM".to_owned(),
        meaning: meaning.to_owned(),
    }
}

/// One item from what `fill` puts.
pub(super) fn item(fill: impl FnOnce(&mut Elements)) -> InMemDicomObject {
    let mut elements = Elements::new();
    fill(&mut elements);
    elements.into_object()
}

impl Elements {
    /// A sequence of one item.
    pub(super) fn one(&mut self, tag: Tag, fill: impl FnOnce(&mut Self)) {
        self.sequence(tag, DataSetSequence::from(vec![item(fill)]));
    }

    /// A sequence of several items.
    pub(super) fn items(&mut self, tag: Tag, items: Vec<InMemDicomObject>) {
        self.sequence(tag, DataSetSequence::from(items));
    }

    /// A code sequence (PS3.3 8.8) with what stands inside its item.
    pub(super) fn code_with(&mut self, tag: Tag, code: &Code, inside: impl FnOnce(&mut Self)) {
        self.one(tag, |elements| {
            if code.value.chars().count() > 16 {
                elements.text(tags::LONG_CODE_VALUE, VR::UC, code.value.as_str());
            } else {
                elements.text(tags::CODE_VALUE, VR::SH, line(&code.value, 16));
            }
            elements.text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, line(&code.scheme, 16));
            elements.text(tags::CODE_MEANING, VR::LO, line(&code.meaning, 64));
            inside(elements);
        });
    }

    /// A code sequence.
    pub(super) fn code(&mut self, tag: Tag, code: &Code) {
        self.code_with(tag, code, |_| {});
    }

    /// Referenced SOP Class, Instance and Frame.
    pub(super) fn image(&mut self, image: &SourceImage) {
        self.text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, image.class_uid.as_str());
        self.text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, image.instance_uid.as_str());
        if let Some(frame) = image.frame {
            self.text(tags::REFERENCED_FRAME_NUMBER, VR::IS, frame.to_string());
        }
    }
}

/// An item for each image of a series, frames left out.
pub(super) fn image_items(references: &References) -> Vec<InMemDicomObject> {
    let instances = references.instances().into_iter();
    instances
        .map(|(class_uid, instance_uid)| {
            item(|elements| {
                elements.image(&SourceImage {
                    class_uid,
                    instance_uid,
                    frame: None,
                });
            })
        })
        .collect()
}
