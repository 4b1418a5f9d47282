//! The attributes of a segmentation, module by module (PS3.3 A.51, C.8.20, C.7.6.16, C.7.6.17).

use std::collections::BTreeMap;

use dicom_core::{PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use glam::DVec3;

use super::super::codes::{algorithm_word, dicom_code, item, series_items};
use super::super::ground::Ground;
use super::super::modules::Elements;
use super::super::study::{NewObject, Study, now};
use super::super::text::{decimal_string, decimal_strings, line};
use super::super::uid::{is_uid, new_uid};
use super::frames::{FramePlace, Frames, MOST_FRACTION};
use super::{Numbered, SegmentationKind, SegmentationToWrite};
use crate::io::dicom::references::SourceImage;
use crate::io::dicom::seg::lab_of_srgb;
use crate::model::coding::AlgorithmKind;

/// The object with its pixels.
pub(super) fn build(
    what: &SegmentationToWrite<'_>,
    kind: SegmentationKind,
    ground: &Ground,
    study: &Study,
    segments: &[Numbered<'_>],
    frames: &Frames<'_>,
) -> InMemDicomObject {
    let mut elements = Elements::new();
    study.put(
        &mut elements,
        &NewObject {
            class_uid: match kind {
                SegmentationKind::LabelMap => uids::LABEL_MAP_SEGMENTATION_STORAGE,
                _ => uids::SEGMENTATION_STORAGE,
            },
            modality: "SEG",
            description: &what.volume.series.description,
            series_number: "300",
        },
    );
    put_image(&mut elements, kind, study, frames);
    let mut items: Vec<InMemDicomObject> = segments.iter().map(|one| segment_item(one, kind)).collect();
    if kind == SegmentationKind::LabelMap {
        items.insert(0, background_item());
    }
    elements.items(tags::SEGMENT_SEQUENCE, items);
    let series = series_items(ground, tags::REFERENCED_INSTANCE_SEQUENCE);
    if !series.is_empty() {
        elements.items(tags::REFERENCED_SERIES_SEQUENCE, series);
    }
    put_groups(&mut elements, kind, ground, segments, frames);
    let [columns, rows, _] = ground.dims();
    elements.short(tags::ROWS, u16::try_from(rows).unwrap_or(u16::MAX));
    elements.short(tags::COLUMNS, u16::try_from(columns).unwrap_or(u16::MAX));
    let pixels = frames.pixel_data();
    if frames.bits_per_pixel() == 16 {
        let words = pixels.as_chunks().0.iter().map(|word| u16::from_le_bytes(*word));
        elements.put(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(words.collect()));
    } else {
        elements.put(tags::PIXEL_DATA, VR::OB, PrimitiveValue::U8(pixels.into()));
    }
    elements.into_object()
}

/// Segmentation Image (C.8.20.2) and Image Pixel.
fn put_image(elements: &mut Elements, kind: SegmentationKind, study: &Study, frames: &Frames<'_>) {
    let (date, time) = now();
    for (tag, vr, value) in [
        (tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY"),
        (tags::CONTENT_LABEL, VR::CS, "SEGMENTATION"),
        (tags::CONTENT_DESCRIPTION, VR::LO, ""),
        (tags::CONTENT_CREATOR_NAME, VR::PN, ""),
        (tags::CONTENT_DATE, VR::DA, date.as_str()),
        (tags::CONTENT_TIME, VR::TM, time.as_str()),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        (
            tags::LOSSY_IMAGE_COMPRESSION,
            VR::CS,
            if study.is_lossy { "01" } else { "00" },
        ),
    ] {
        elements.text(tag, vr, value);
    }
    let bits = frames.bits_per_pixel() as u16;
    elements.short(tags::SAMPLES_PER_PIXEL, 1);
    elements.short(tags::BITS_ALLOCATED, bits);
    elements.short(tags::BITS_STORED, bits);
    elements.short(tags::HIGH_BIT, bits - 1);
    elements.short(tags::PIXEL_REPRESENTATION, 0);
    elements.text(tags::NUMBER_OF_FRAMES, VR::IS, frames.places.len().to_string());
    elements.text(
        tags::SEGMENTS_OVERLAP,
        VR::CS,
        if frames.do_overlap { "YES" } else { "NO" },
    );
    match kind {
        SegmentationKind::Binary => elements.text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY"),
        SegmentationKind::LabelMap => {
            elements.text(tags::SEGMENTATION_TYPE, VR::CS, "LABELMAP");
            elements.short(tags::PIXEL_PADDING_VALUE, 0);
        }
        SegmentationKind::Fractional | SegmentationKind::Occupancy => {
            let is_occupancy = kind == SegmentationKind::Occupancy;
            let word = if is_occupancy { "OCCUPANCY" } else { "PROBABILITY" };
            elements.text(tags::SEGMENTATION_TYPE, VR::CS, "FRACTIONAL");
            elements.text(tags::SEGMENTATION_FRACTIONAL_TYPE, VR::CS, word);
            elements.short(tags::MAXIMUM_FRACTIONAL_VALUE, u16::from(MOST_FRACTION));
        }
    }
}

/// Segment Description (C.8.20.4).
fn segment_item(one: &Numbered<'_>, kind: SegmentationKind) -> InMemDicomObject {
    let segment = &one.segment;
    let detail = segment.detail.as_deref().cloned().unwrap_or_default();
    item(|elements| {
        elements.short(tags::SEGMENT_NUMBER, one.number);
        let name = line(&segment.name, 64);
        elements.text(
            tags::SEGMENT_LABEL,
            VR::LO,
            if name.is_empty() { one.number.to_string() } else { name },
        );
        let usual = match kind {
            SegmentationKind::Fractional | SegmentationKind::Occupancy => AlgorithmKind::Automatic,
            SegmentationKind::Binary | SegmentationKind::LabelMap => AlgorithmKind::Semiautomatic,
        };
        let (algorithm, program) = detail.algorithm.unwrap_or((usual, String::new()));
        elements.text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, algorithm_word(algorithm));
        if algorithm != AlgorithmKind::Manual || !program.is_empty() {
            let program = line(&program, 64);
            elements.text(
                tags::SEGMENT_ALGORITHM_NAME,
                VR::LO,
                if program.is_empty() {
                    "Isocenter".to_owned()
                } else {
                    program
                },
            );
        }
        elements.coding(&segment.coding(), tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE);
        let lab = lab_of_srgb(segment.color).to_vec();
        elements.put(
            tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE,
            VR::US,
            PrimitiveValue::U16(lab.into()),
        );
        if let Some((id, uid)) = detail.tracking.filter(|(id, uid)| !id.trim().is_empty() && is_uid(uid)) {
            elements.text(tags::TRACKING_ID, VR::UT, id);
            elements.text(tags::TRACKING_UID, VR::UI, uid);
        }
    })
}

/// What is no segment of a label map is one there, with the number 0.
fn background_item() -> InMemDicomObject {
    let background = dicom_code("125040", "Background");
    item(|elements| {
        elements.short(tags::SEGMENT_NUMBER, 0);
        elements.text(tags::SEGMENT_LABEL, VR::LO, "Background");
        elements.text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, "MANUAL");
        elements.code(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, &background);
        elements.code(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, &background);
        elements.put(
            tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE,
            VR::US,
            PrimitiveValue::U16(lab_of_srgb([0; 3]).to_vec().into()),
        );
    })
}

/// Functional groups and dimensions: by segment (of a label map not), then by place in the patient.
fn put_groups(
    elements: &mut Elements,
    kind: SegmentationKind,
    ground: &Ground,
    segments: &[Numbered<'_>],
    frames: &Frames<'_>,
) {
    let organization = new_uid();
    elements.one(tags::DIMENSION_ORGANIZATION_SEQUENCE, |inside| {
        inside.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, organization.as_str());
    });
    let dimension = |pointer: Tag, group: Tag, name: &str| {
        item(|inside| {
            inside.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, organization.as_str());
            inside.put(tags::DIMENSION_INDEX_POINTER, VR::AT, PrimitiveValue::from(pointer));
            inside.put(tags::FUNCTIONAL_GROUP_POINTER, VR::AT, PrimitiveValue::from(group));
            inside.text(tags::DIMENSION_DESCRIPTION_LABEL, VR::LO, name);
        })
    };
    let by_place = dimension(
        tags::IMAGE_POSITION_PATIENT,
        tags::PLANE_POSITION_SEQUENCE,
        "Image Position (Patient)",
    );
    let by_segment = dimension(
        tags::REFERENCED_SEGMENT_NUMBER,
        tags::SEGMENT_IDENTIFICATION_SEQUENCE,
        "Segment",
    );
    let has_segments = kind != SegmentationKind::LabelMap;
    elements.items(
        tags::DIMENSION_INDEX_SEQUENCE,
        if has_segments {
            vec![by_segment, by_place]
        } else {
            vec![by_place]
        },
    );
    elements.one(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, |shared| {
        put_shared(shared, ground);
    });
    let mut slices: Vec<usize> = frames.places.iter().map(|place| place.slice).collect();
    slices.sort_unstable();
    slices.dedup();
    let rank: BTreeMap<usize, u32> = slices.into_iter().zip(1..).collect();
    let group = |place: &FramePlace| {
        let number = segments.get(place.segment).map_or(1, |one| one.number);
        let at = rank.get(&place.slice).copied().unwrap_or(1);
        item(|inside| {
            put_sources(inside, ground, place.slice);
            inside.one(tags::FRAME_CONTENT_SEQUENCE, |content| {
                let values = if has_segments {
                    vec![u32::from(number), at]
                } else {
                    vec![at]
                };
                content.put(tags::DIMENSION_INDEX_VALUES, VR::UL, PrimitiveValue::U32(values.into()));
            });
            let origin = ground.geometry.patient_at(DVec3::new(0.0, 0.0, place.slice as f64));
            inside.one(tags::PLANE_POSITION_SEQUENCE, |plane| {
                plane.text(
                    tags::IMAGE_POSITION_PATIENT,
                    VR::DS,
                    decimal_strings(&origin.to_array()),
                );
            });
            if has_segments {
                inside.one(tags::SEGMENT_IDENTIFICATION_SEQUENCE, |segment| {
                    segment.short(tags::REFERENCED_SEGMENT_NUMBER, number);
                });
            }
        })
    };
    elements.items(
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
        frames.places.iter().map(group).collect(),
    );
}

fn put_shared(shared: &mut Elements, ground: &Ground) {
    let matrix = ground.geometry.patient_from_voxel().matrix3;
    let spacing = ground.geometry.spacing();
    let (right, down) = (matrix.x_axis / spacing.x, matrix.y_axis / spacing.y);
    shared.one(tags::PLANE_ORIENTATION_SEQUENCE, |plane| {
        plane.text(
            tags::IMAGE_ORIENTATION_PATIENT,
            VR::DS,
            decimal_strings(&[right.to_array(), down.to_array()].concat()),
        );
    });
    let step = matrix.z_axis.dot(ground.geometry.normal()).abs();
    shared.one(tags::PIXEL_MEASURES_SEQUENCE, |measures| {
        measures.text(tags::PIXEL_SPACING, VR::DS, decimal_strings(&[spacing.y, spacing.x]));
        measures.text(tags::SLICE_THICKNESS, VR::DS, decimal_string(step));
        // Uneven slices have no spacing.
        if ground.geometry.slice_table().is_none() {
            measures.text(tags::SPACING_BETWEEN_SLICES, VR::DS, decimal_string(step));
        }
    });
}

/// Derivation Image (C.7.6.16.2.6): the images that a frame was drawn on.
fn put_sources(group: &mut Elements, ground: &Ground, slice: usize) {
    let sources: Vec<&SourceImage> = ground.sources(slice).collect();
    if sources.is_empty() {
        return;
    }
    let source = |image: &SourceImage| {
        item(|inside| {
            inside.image(image);
            inside.code(
                tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
                &dicom_code("121322", "Source image for image processing operation"),
            );
            inside.text(tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES");
        })
    };
    group.one(tags::DERIVATION_IMAGE_SEQUENCE, |derivation| {
        derivation.items(tags::SOURCE_IMAGE_SEQUENCE, sources.into_iter().map(source).collect());
        derivation.code(tags::DERIVATION_CODE_SEQUENCE, &dicom_code("113076", "Segmentation"));
    });
}
