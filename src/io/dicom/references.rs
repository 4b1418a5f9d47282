//! Which images something was drawn on: what a segmentation says of its source, and what is said again when it is written.

use std::collections::BTreeSet;

use dicom_dictionary_std::tags;

use super::elements::Item;

/// An image, or one frame of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceImage {
    /// SOP Class UID.
    pub class_uid: String,
    /// SOP Instance UID.
    pub instance_uid: String,
    /// Its frame, from 1, where it has several.
    pub frame: Option<u32>,
}

impl SourceImage {
    /// From an item with Referenced SOP Class and Instance UID.
    pub(super) fn read(item: Item<'_>) -> Option<Self> {
        Some(Self {
            class_uid: item.text(tags::REFERENCED_SOP_CLASS_UID)?,
            instance_uid: item.text(tags::REFERENCED_SOP_INSTANCE_UID)?,
            frame: item
                .integer(tags::REFERENCED_FRAME_NUMBER)
                .and_then(|frame| u32::try_from(frame).ok()),
        })
    }
}

/// The images of one series that a grid stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Series Instance UID.
    pub series_uid: String,
    /// The images of each slice of the grid; none where these are not known.
    pub slices: Vec<Vec<SourceImage>>,
    /// Images of which no slice is known.
    pub others: Vec<SourceImage>,
    /// The same of further series, as of the PET beside the CT; these have none themselves.
    pub further: Vec<Self>,
}

impl References {
    /// This series and the further ones.
    pub fn series(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.further)
    }

    /// The same images without the slices that they are of: what is known where a map lies on another grid.
    pub(super) fn without_slices(&self) -> Self {
        let mut others = self.slices.concat();
        others.extend(self.others.iter().cloned());
        Self {
            series_uid: self.series_uid.clone(),
            slices: Vec::new(),
            others,
            further: self.further.iter().map(Self::without_slices).collect(),
        }
    }

    /// Every image of this series once, as class and instance.
    pub fn instances(&self) -> Vec<(String, String)> {
        let all = self.slices.iter().flatten().chain(&self.others);
        let mut seen = BTreeSet::new();
        all.filter(|image| seen.insert(image.instance_uid.clone()))
            .map(|image| (image.class_uid.clone(), image.instance_uid.clone()))
            .collect()
    }
}
