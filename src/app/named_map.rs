//! A segmentation as it is compared and measured: its labels, layer by layer, where they lie, and what they are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::algo::label_grid::{label_grid, resampled};
use crate::model::geometry::Geometry;
use crate::model::label_grid::LabelGrid;
use crate::model::segment::{Segment, SegmentTable};
use crate::model::volume::Volume;

/// Labels with names and a place.
#[derive(Clone, Debug)]
pub struct NamedMap {
    /// One, or several where segments overlap.
    pub layers: Vec<LabelGrid>,
    /// Where all of them lie.
    pub geometry: Geometry,
    /// What is known of its labels; there may be others in it.
    pub segments: SegmentTable,
}

/// Labels of two maps that are one thing, paired by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairing {
    /// The second map's own numbers by those under which they are compared, where these differ.
    pub own_numbers: BTreeMap<u16, u16>,
}

impl NamedMap {
    /// Of a volume that is loaded. `None` if it is no label map, or has no place in space.
    pub fn new(volume: &Volume, segments: SegmentTable) -> Option<Self> {
        let last = segments.segments.iter().map(|segment| segment.layer).max().unwrap_or(0);
        let count = (last + 1).min(volume.voxels.frames());
        let layers: Option<Vec<LabelGrid>> = (0..count).map(|layer| label_grid(volume, layer)).collect();
        Some(Self {
            layers: layers?,
            geometry: volume.geometry()?.clone(),
            segments,
        })
    }

    /// Samples it at the voxels of another grid. `None` if that is too large.
    pub fn bring_onto(&mut self, onto: &Geometry) -> Option<()> {
        let sampled = self.layers.iter().map(|layer| resampled(layer, &self.geometry, onto));
        self.layers = sampled.collect::<Option<Vec<LabelGrid>>>()?;
        self.geometry = onto.clone();
        Some(())
    }

    /// The layer in which a label is.
    pub fn layer_of(&self, label: u16) -> usize {
        self.segments.get(u32::from(label)).map_or(0, |segment| segment.layer)
    }

    /// The name of a label; nothing if it has none.
    pub fn name(&self, label: u16) -> String {
        let segment = self.segments.get(u32::from(label));
        segment.map(|segment| segment.name.clone()).unwrap_or_default()
    }

    /// Labels that are in the table, in the map or not.
    pub fn named(&self) -> impl Iterator<Item = u16> + '_ {
        let labels = self.segments.segments.iter().map(|segment| segment.label);
        labels.filter_map(|label| u16::try_from(label).ok())
    }

    /// Its names, as they are compared.
    fn keys(&self) -> BTreeSet<String> {
        let keys = self.segments.segments.iter().map(|segment| key(&segment.name));
        keys.filter(|key| !key.is_empty()).collect()
    }

    /// Whether it has names at all.
    pub fn has_names(&self) -> bool {
        !self.keys().is_empty()
    }

    /// Whether some names are in both maps.
    pub fn shares_names(&self, other: &Self) -> bool {
        !self.keys().is_disjoint(&other.keys())
    }

    /// Gives labels the numbers that the same names have in another map. Those without a partner keep theirs, or get
    /// free ones where the number is something else there.
    pub fn pair_by_name(&mut self, other: &Self) -> Pairing {
        let mut number_of_name: BTreeMap<String, u16> = BTreeMap::new();
        for label in other.named() {
            number_of_name.entry(key(&other.name(label))).or_insert(label);
        }
        let mut taken: BTreeSet<u16> = other.named().chain(other.labels()).collect();
        let labels: BTreeSet<u16> = self.named().chain(self.labels()).collect();
        let partner = |label: &u16| number_of_name.get(&key(&self.name(*label))).copied();
        let (paired, lonely): (Vec<u16>, Vec<u16>) = labels.iter().partition(|label| partner(label).is_some());
        let mut numbers: BTreeMap<u16, u16> = BTreeMap::new();
        numbers.extend(paired.iter().filter_map(|label| Some((*label, partner(label)?))));
        for label in lonely {
            let mut candidates = std::iter::once(label).chain(1..=u16::MAX);
            let number = candidates.find(|number| !taken.contains(number)).unwrap_or(label);
            taken.insert(number);
            numbers.insert(label, number);
        }
        let own_numbers: BTreeMap<u16, u16> = numbers
            .iter()
            .filter(|(own, number)| own != number)
            .map(|(own, number)| (*number, *own))
            .collect();
        if !own_numbers.is_empty() {
            self.renumber(|label| numbers.get(&label).copied().unwrap_or(label));
        }
        Pairing { own_numbers }
    }

    fn renumber(&mut self, number: impl Fn(u16) -> u16) {
        let layers = std::mem::take(&mut self.layers);
        self.layers = layers.into_iter().map(|layer| layer.renumbered(&number)).collect();
        let renumbered = self.segments.segments.iter().map(|segment| Segment {
            label: u16::try_from(segment.label).map_or(segment.label, |label| u32::from(number(label))),
            ..segment.clone()
        });
        self.segments = SegmentTable::from_segments(renumbered.collect());
    }

    /// The labels that are in the map.
    pub fn labels(&self) -> BTreeSet<u16> {
        let mut found = BTreeSet::new();
        for layer in &self.layers {
            let mut last = 0;
            for label in layer.labels().iter().copied().filter(|label| *label > 0) {
                if label != last {
                    found.insert(label);
                }
                last = label;
            }
        }
        found
    }
}

/// Names are the same whatever the case of their letters and the spaces around them.
fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use glam::DAffine3;

    use super::*;

    /// A map of one row whose labels have these names.
    fn map(labels: &[u16], names: &[(u16, &str)]) -> NamedMap {
        let dims = [labels.len(), 1, 1];
        let segment = |(label, name): &(u16, &str)| Segment::new(u32::from(*label), (*name).to_owned(), [0; 3]);
        NamedMap {
            layers: vec![LabelGrid::new(dims, labels.to_vec()).unwrap()],
            geometry: Geometry::from_affine(dims, DAffine3::IDENTITY).unwrap(),
            segments: SegmentTable::from_segments(names.iter().map(segment).collect()),
        }
    }

    #[test]
    fn labels_are_paired_by_name() {
        let a = map(&[1, 2, 3, 0], &[(1, "Liver"), (2, "Spleen")]);
        let mut b = map(&[2, 1, 5, 3], &[(1, " spleen"), (2, "liver"), (3, "heart")]);
        assert!(a.shares_names(&b) && !a.shares_names(&map(&[1], &[])));
        let pairing = b.pair_by_name(&a);
        // Heart cannot stay 3, which is something else in A.
        assert_eq!(b.layers[0].labels(), [1, 2, 5, 4]);
        assert_eq!((b.name(4), b.name(1)), ("heart".to_owned(), "liver".to_owned()));
        assert_eq!(pairing.own_numbers, BTreeMap::from([(1, 2), (2, 1), (4, 3)]));
    }
}
