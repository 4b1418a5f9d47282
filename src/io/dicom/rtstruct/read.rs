//! Reads the regions of an RT Structure Set from its elements.

use std::collections::BTreeMap;
use std::path::Path;

use dicom_dictionary_std::{tags, uids};
use glam::DVec3;

use super::super::codes::coding_of;
use super::super::elements::Item;
use super::super::header::{Identity, read_identity};
use super::super::prescan::Prescan;
use super::super::references::{References, SourceImage};
use crate::io::place::FilePlace;
use crate::model::contour::Region;
use crate::model::segment::MOST_LABEL;
use crate::model::volume::{SeriesInfo, VolumeKind};
use crate::say;

/// The modality of a structure set.
pub const MODALITY: &str = "RTSTRUCT";

/// Points beyond this many mm from the origin are no places in a patient.
const FARTHEST_MM: f64 = 1e5;

/// A structure set that was read.
#[derive(Debug)]
pub struct ContourFile {
    /// The file.
    pub(super) file: FilePlace,
    /// Its words and identifiers.
    pub(super) series: SeriesInfo,
    /// The images that it was drawn on, as far as it says.
    pub(super) references: Option<References>,
    /// The series that it was drawn on, as far as it says.
    pub(super) referenced_series: Vec<String>,
    /// Regions with their closed outlines, by number, each number once.
    pub(super) regions: Vec<Region>,
    /// What was odd about it, each a sentence.
    pub(super) warnings: Vec<String>,
}

impl ContourFile {
    /// Which file it is.
    pub fn path(&self) -> &Path {
        self.file.name()
    }

    /// Reads it, if the file is a structure set.
    pub fn read(file: &FilePlace, scanned: &Prescan) -> Option<Self> {
        let root = scanned.elements.root();
        let identity = read_identity(root);
        if identity.sop_class != uids::RT_STRUCTURE_SET_STORAGE {
            return None;
        }
        let mut warnings = scanned.warnings.clone();
        let frames: Vec<Item<'_>> = root.items(tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE).collect();
        let of_regions = || {
            root.items(tags::STRUCTURE_SET_ROI_SEQUENCE)
                .find_map(|item| item.text(tags::REFERENCED_FRAME_OF_REFERENCE_UID))
        };
        let frame_of_reference_uid = frames
            .iter()
            .find_map(|item| item.text(tags::FRAME_OF_REFERENCE_UID))
            .or_else(of_regions)
            .unwrap_or_default();
        let studies: Vec<Item<'_>> = frames
            .iter()
            .flat_map(|item| item.items(tags::RT_REFERENCED_STUDY_SEQUENCE))
            .collect();
        let references_of = |series: Item<'_>| {
            let images = series.items(tags::CONTOUR_IMAGE_SEQUENCE);
            Some(References {
                series_uid: series.text(tags::SERIES_INSTANCE_UID)?,
                others: images.filter_map(SourceImage::read).collect(),
                ..References::default()
            })
        };
        let series = |study: &Item<'_>| -> Vec<References> {
            let series = study.items(tags::RT_REFERENCED_SERIES_SEQUENCE);
            series.filter_map(references_of).collect()
        };
        let all = studies.iter().flat_map(series);
        let referenced_series = all.map(|series| series.series_uid).collect();
        // What is written again is in one study.
        let study_of = |study: &Item<'_>| study.text(tags::REFERENCED_SOP_INSTANCE_UID);
        let first = studies.first().map(study_of);
        let mut all = studies
            .iter()
            .filter(|study| Some(study_of(study)) == first)
            .flat_map(series);
        let references = all.next().map(|first| References {
            further: all.collect(),
            ..first
        });
        let label = root.text(tags::STRUCTURE_SET_LABEL);
        Some(Self {
            file: file.clone(),
            regions: regions_of(root, &mut warnings),
            series: series_info(identity, label, frame_of_reference_uid, &scanned.transfer_syntax),
            references,
            referenced_series,
            warnings,
        })
    }
}

/// The structures by their numbers, without what is inside.
fn named_regions(root: Item<'_>, warnings: &mut Vec<String>) -> BTreeMap<u32, Region> {
    let mut regions: BTreeMap<u32, Region> = BTreeMap::new();
    let mut odd_numbers = 0;
    for item in root.items(tags::STRUCTURE_SET_ROI_SEQUENCE) {
        let number = item
            .integer(tags::ROI_NUMBER)
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (1..=MOST_LABEL).contains(number) && !regions.contains_key(number));
        let Some(number) = number else {
            odd_numbers += 1;
            continue;
        };
        let name = item.text(tags::ROI_NAME);
        regions.insert(
            number,
            Region {
                number,
                name: name.unwrap_or_else(|| say!("app-segment", label = number)),
                color: None,
                coding: None,
                outlines: Vec::new(),
            },
        );
    }
    if odd_numbers > 0 {
        warnings.push(say!(
            "io-seg-bad-numbers",
            count = odd_numbers,
            most = MOST_LABEL.to_string()
        ));
    }
    regions
}

fn regions_of(root: Item<'_>, warnings: &mut Vec<String>) -> Vec<Region> {
    let mut regions = named_regions(root, warnings);
    let (mut broken, mut open) = (0, 0);
    for item in root.items(tags::ROI_CONTOUR_SEQUENCE) {
        let number = item.integer(tags::REFERENCED_ROI_NUMBER);
        let region = number
            .and_then(|number| u32::try_from(number).ok())
            .and_then(|number| regions.get_mut(&number));
        let Some(region) = region else { continue };
        let color = item.numbers(tags::ROI_DISPLAY_COLOR);
        region.color = color
            .and_then(|color| color.first_chunk::<3>().copied())
            .map(|color| color.map(|part| part.clamp(0.0, 255.0) as u8));
        for contour in item.items(tags::CONTOUR_SEQUENCE) {
            let is_closed = contour
                .text(tags::CONTOUR_GEOMETRIC_TYPE)
                .is_none_or(|kind| kind.starts_with("CLOSED"));
            if !is_closed {
                open += 1;
                continue;
            }
            match contour
                .numbers(tags::CONTOUR_DATA)
                .and_then(|numbers| points_of(&numbers))
            {
                Some(points) => region.outlines.push(points),
                None => broken += 1,
            }
        }
    }
    for item in root.items(tags::RTROI_OBSERVATIONS_SEQUENCE) {
        let number = item.integer(tags::REFERENCED_ROI_NUMBER);
        let region = number
            .and_then(|number| u32::try_from(number).ok())
            .and_then(|number| regions.get_mut(&number));
        if let Some(region) = region {
            region.coding =
                coding_of(item, tags::RTROI_IDENTIFICATION_CODE_SEQUENCE).filter(|coding| !coding.is_unknown());
        }
    }
    if broken > 0 {
        warnings.push(say!("io-rtstruct-broken", count = broken));
    }
    if open > 0 {
        warnings.push(say!("io-rtstruct-open", count = open));
    }
    regions.into_values().collect()
}

/// Points of an outline; `None` where the numbers make none.
fn points_of(numbers: &[f64]) -> Option<Vec<DVec3>> {
    let (points, rest) = numbers.as_chunks::<3>();
    let is_sound = rest.is_empty() && numbers.iter().all(|mm| mm.abs() <= FARTHEST_MM);
    (is_sound && points.len() > 2).then(|| points.iter().map(|xyz| DVec3::from_array(*xyz)).collect())
}

fn series_info(
    identity: Identity,
    label: Option<String>,
    frame_of_reference_uid: String,
    transfer_syntax: &str,
) -> SeriesInfo {
    let description = if identity.series_description.is_empty() {
        label.unwrap_or_default()
    } else {
        identity.series_description
    };
    SeriesInfo {
        format: "dicom",
        kind: VolumeKind::Segmentation,
        modality: MODALITY.to_owned(),
        description,
        patient: identity.patient,
        study_uid: identity.study_uid,
        study_description: identity.study_description,
        study_date: identity.study_date,
        series_uid: identity.series_uid,
        series_number: identity.series_number,
        transfer_syntax: transfer_syntax.to_owned(),
        frame_of_reference_uid,
        files: 1,
        stored_type: "contours".to_owned(),
    }
}
