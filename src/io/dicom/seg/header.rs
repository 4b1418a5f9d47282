//! What a segmentation says about its segments and frames (PS3.3 C.8.20.2 and C.8.20.4).

use std::sync::Arc;

use dicom_dictionary_std::tags;

use super::super::codes::coding_of;
use super::super::elements::Item;
use super::super::references::SourceImage;
use super::color::srgb_of_lab;
use crate::model::coding::{AlgorithmKind, Detail};

/// How segments are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::io::dicom) enum SegKind {
    /// A frame holds one segment: 1 where it is.
    Binary,
    /// A frame holds one segment as a share of `most`.
    Fractional {
        /// Maximum Fractional Value.
        most: f64,
        /// Segmentation Fractional Type: how much of a voxel it fills, and not how probable it is there.
        is_occupancy: bool,
    },
    /// A frame holds segment numbers.
    LabelMap,
}

/// One item of the Segment Sequence.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::io::dicom) struct SegmentInfo {
    /// Segment Number; 0 stands for the background of a label map.
    pub number: u32,
    /// Segment Label.
    pub name: String,
    /// Recommended Display CIELab Value.
    pub color: Option<[u8; 3]>,
    /// Its codes, algorithm and tracking.
    pub detail: Option<Arc<Detail>>,
}

/// What makes a file a segmentation.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::io::dicom) struct SegHeader {
    /// How segments are stored.
    pub kind: SegKind,
    /// The segments.
    pub segments: Vec<SegmentInfo>,
    /// The segment of each frame that has functional groups.
    pub frame_segments: Vec<Option<u32>>,
    /// The file says that no two segments share a voxel.
    pub is_disjoint: bool,
    /// The series that it was drawn on, as far as it says, with their images.
    pub referenced_series: Vec<(String, Vec<SourceImage>)>,
    /// The images that each frame was drawn on.
    pub frame_sources: Vec<Vec<SourceImage>>,
}

impl SegHeader {
    /// Reads it from a data set with `frames` frames.
    pub fn read(root: Item<'_>, frames: usize) -> Self {
        let says = |tag, word: &str| root.text(tag).is_some_and(|text| text.eq_ignore_ascii_case(word));
        let kind = if says(tags::SEGMENTATION_TYPE, "LABELMAP") {
            SegKind::LabelMap
        } else if says(tags::SEGMENTATION_TYPE, "FRACTIONAL") {
            let most = root.number(tags::MAXIMUM_FRACTIONAL_VALUE).filter(|most| *most > 0.0);
            SegKind::Fractional {
                most: most.unwrap_or(255.0),
                is_occupancy: says(tags::SEGMENTATION_FRACTIONAL_TYPE, "OCCUPANCY"),
            }
        } else {
            SegKind::Binary
        };
        let number_in = |item: Item<'_>, tag| item.short(tag).map(u32::from);
        let segments = root
            .items(tags::SEGMENT_SEQUENCE)
            .filter_map(|item| {
                let lab = item
                    .numbers(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE)
                    .and_then(|numbers| numbers.first_chunk::<3>().copied());
                Some(SegmentInfo {
                    number: number_in(item, tags::SEGMENT_NUMBER)?,
                    name: item.text(tags::SEGMENT_LABEL).unwrap_or_default(),
                    color: lab.map(srgb_of_lab),
                    detail: detail_of(item),
                })
            })
            .collect();
        let segment_of = |group: Item<'_>| {
            let item = group.item(tags::SEGMENT_IDENTIFICATION_SEQUENCE)?;
            number_in(item, tags::REFERENCED_SEGMENT_NUMBER).filter(|number| *number > 0)
        };
        let shared = root.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).and_then(segment_of);
        let mut frame_segments: Vec<Option<u32>> = root
            .items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
            .take(frames)
            .map(|group| segment_of(group).or(shared))
            .collect();
        frame_segments.resize(frames, shared);
        let referenced_series = root.items(tags::REFERENCED_SERIES_SEQUENCE).filter_map(|series| {
            let images = series.items(tags::REFERENCED_INSTANCE_SEQUENCE);
            Some((
                series.text(tags::SERIES_INSTANCE_UID)?,
                images.filter_map(SourceImage::read).collect(),
            ))
        });
        let sources_of = |group: Item<'_>| -> Vec<SourceImage> {
            let derivations = group.items(tags::DERIVATION_IMAGE_SEQUENCE);
            let images = derivations.flat_map(|item| item.items(tags::SOURCE_IMAGE_SEQUENCE));
            images.filter_map(SourceImage::read).collect()
        };
        let groups = root.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).take(frames);
        Self {
            kind,
            segments,
            frame_segments,
            is_disjoint: says(tags::SEGMENTS_OVERLAP, "NO"),
            referenced_series: referenced_series.collect(),
            frame_sources: groups.map(sources_of).collect(),
        }
    }
}

/// What is told of a segment beside its name and colour (PS3.3 C.8.20.4).
fn detail_of(item: Item<'_>) -> Option<Arc<Detail>> {
    let kind = match item.text(tags::SEGMENT_ALGORITHM_TYPE).as_deref() {
        Some("AUTOMATIC") => Some(AlgorithmKind::Automatic),
        Some("SEMIAUTOMATIC") => Some(AlgorithmKind::Semiautomatic),
        Some("MANUAL") => Some(AlgorithmKind::Manual),
        _ => None,
    };
    let detail = Detail {
        // What is known of nothing is written as tissue, which tells nobody anything.
        coding: coding_of(item, tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE).filter(|coding| !coding.is_unknown()),
        algorithm: kind.map(|kind| (kind, item.text(tags::SEGMENT_ALGORITHM_NAME).unwrap_or_default())),
        tracking: item.text(tags::TRACKING_ID).zip(item.text(tags::TRACKING_UID)),
        tags: Vec::new(),
    };
    (detail != Detail::default()).then(|| Arc::new(detail))
}
