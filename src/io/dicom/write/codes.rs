//! Sequences that writers of segmentations and contours share: coded terms and references to images.

use dicom_core::value::DataSetSequence;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::super::references::{References, SourceImage};
use super::ground::Ground;
use super::modules::Elements;
use super::text::line;
use super::uid::is_uid;
use crate::model::coding::{AlgorithmKind, Code, Coding};

/// A term of DICOM's own.
pub(super) fn dicom_code(value: &str, meaning: &str) -> Code {
    Code {
        value: value.to_owned(),
        scheme: "DCM".to_owned(),
        meaning: meaning.to_owned(),
    }
}

/// Segment Algorithm Type and ROI Generation Algorithm, which have the same words.
pub(super) fn algorithm_word(kind: AlgorithmKind) -> &'static str {
    match kind {
        AlgorithmKind::Automatic => "AUTOMATIC",
        AlgorithmKind::Semiautomatic => "SEMIAUTOMATIC",
        AlgorithmKind::Manual => "MANUAL",
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

    /// A code sequence (PS3.3 8.8) with what stands inside its item. Value, scheme and meaning must not be empty: what is, is
    /// made of the others.
    pub(super) fn code_with(&mut self, tag: Tag, code: &Code, inside: impl FnOnce(&mut Self)) {
        let [value, scheme, meaning] = [&code.value, &code.scheme, &code.meaning].map(|text| line(text, usize::MAX));
        let first = |some: [&str; 3]| {
            some.into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or_default()
                .to_owned()
        };
        let value = first([&value, &meaning, "UNKNOWN"]);
        self.one(tag, |elements| {
            if value.starts_with("urn:") || value.contains("://") {
                elements.text(tags::URN_CODE_VALUE, VR::UR, value.as_str());
            } else if value.chars().count() > 16 {
                elements.text(tags::LONG_CODE_VALUE, VR::UC, value.as_str());
            } else {
                elements.text(tags::CODE_VALUE, VR::SH, value.as_str());
            }
            // Schemes of one's own begin with 99 (PS3.3 8.2).
            let scheme = first([&scheme, "99UNKNOWN", ""]);
            elements.text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, line(&scheme, 16));
            elements.text(tags::CODE_MEANING, VR::LO, line(&first([&meaning, &value, ""]), 64));
            inside(elements);
        });
    }

    /// What a segment is: category, type in a sequence of its own, region, and their modifiers (PS3.3 C.8.20.4, C.8.8.8).
    pub(super) fn coding(&mut self, coding: &Coding, kind: Tag) {
        self.code(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, &coding.category);
        let with = |tag: Tag, modifier: &Option<Code>| {
            let modifier = modifier.clone();
            move |inside: &mut Self| {
                if let Some(modifier) = &modifier {
                    inside.code(tag, modifier);
                }
            }
        };
        let modifier = with(tags::SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE, &coding.modifier);
        self.code_with(kind, &coding.kind, modifier);
        if let Some(region) = &coding.region {
            let modifier = with(tags::ANATOMIC_REGION_MODIFIER_SEQUENCE, &coding.region_modifier);
            self.code_with(tags::ANATOMIC_REGION_SEQUENCE, region, modifier);
        }
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

/// An item for each series that a map was drawn on, its images in the sequence `images`.
pub(super) fn series_items(ground: &Ground, images: Tag) -> Vec<InMemDicomObject> {
    let all = ground.references.iter().flat_map(|references| references.series());
    all.filter(|series| is_uid(&series.series_uid))
        .map(|series| (series, image_items(series)))
        .filter(|(_, items)| !items.is_empty())
        .map(|(series, items)| {
            item(|elements| {
                elements.text(tags::SERIES_INSTANCE_UID, VR::UI, series.series_uid.as_str());
                elements.items(images, items);
            })
        })
        .collect()
}

/// An item for each image of a series, frames left out.
fn image_items(references: &References) -> Vec<InMemDicomObject> {
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
