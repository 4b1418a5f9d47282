//! What the label of a voxel becomes that a tool covers: what may be painted over, between which values, and where.

use std::collections::BTreeSet;
use std::sync::Arc;

use glam::DVec3;

use super::overlays::{self, Overlay};
use super::painting::{Over, Painting, Within};
use super::state::State;
use crate::model::label_map::LabelMap;
use crate::model::volume::{Value, Volume};

/// A rule for one tool and one segment.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The segment.
    pub label: u16,
    over: Over,
    is_erasing: bool,
    locked: BTreeSet<u16>,
    /// The image under the map, and its time point.
    image: Option<(Arc<Volume>, usize)>,
    range: Option<[f64; 2]>,
    limit: Limit,
    grid: Arc<Volume>,
    is_same_grid: bool,
}

/// Where painting is limited to, of one map.
#[derive(Clone, Debug)]
enum Limit {
    Nowhere,
    /// Labels of the layer that is painted, and layers that must (or must not) have other labels.
    Own(BTreeSet<u16>),
    Inside(LabelMap, BTreeSet<u16>),
    Outside(Vec<LabelMap>),
}

impl Rule {
    /// The rule for painting `label` into a layer of a map on a grid, or for taking it away.
    pub fn new(state: &State, is_erasing: bool, label: u16, overlay: &Overlay, grid: &Arc<Volume>) -> Option<Self> {
        let Painting { over, range, .. } = state.painting;
        let segments = &overlay.table.segments;
        let locked = segments.iter().filter(|segment| segment.is_locked);
        let image = state
            .shown()
            .map(|entry| (Arc::clone(entry.volume()), entry.display.frame));
        grid.geometry()?;
        Some(Self {
            label,
            over,
            is_erasing,
            locked: locked.filter_map(|segment| u16::try_from(segment.label).ok()).collect(),
            is_same_grid: image
                .as_ref()
                .is_some_and(|(volume, _)| overlays::same_grid(volume, grid)),
            image,
            range,
            limit: limit(state, label, overlay, grid),
            grid: Arc::clone(grid),
        })
    }

    /// The same with other values of the image, from and to, outside of which nothing is painted.
    #[must_use]
    pub fn with_range(mut self, range: Option<[f64; 2]>) -> Self {
        self.range = range;
        self
    }

    /// The label that a voxel gets.
    pub fn label(&self, index: [usize; 3], old: u16) -> u16 {
        let new = if self.is_erasing { 0 } else { self.label };
        // The value is asked for last: it costs the most.
        if new != old && self.may_cover(old) && self.is_within(index, old) && self.is_in_range(index) {
            new
        } else {
            old
        }
    }

    /// The label that a voxel of the segment keeps where work on it takes it away: none, unless painting is limited to
    /// other places.
    pub fn without(&self, index: [usize; 3], old: u16) -> u16 {
        if self.is_within(index, old) && self.is_in_range(index) {
            0
        } else {
            old
        }
    }

    /// Whether a label may be covered, or taken away.
    pub fn may_cover(&self, old: u16) -> bool {
        match (self.over, self.is_erasing) {
            (Over::All, _) => true,
            // The eraser takes the segment that is painted, and leaves the others.
            (_, true) => old == self.label && !self.locked.contains(&old),
            (Over::Unlocked, false) => !self.locked.contains(&old),
            // Where only another segment's inside is painted, there is no background.
            (Over::Background, false) => {
                let is_inside = matches!(&self.limit, Limit::Own(labels) if labels.contains(&old));
                old == 0 || (is_inside && !self.locked.contains(&old))
            }
        }
    }

    fn is_within(&self, index: [usize; 3], old: u16) -> bool {
        match &self.limit {
            Limit::Nowhere => true,
            Limit::Own(labels) => labels.contains(&old),
            Limit::Inside(map, labels) => map.get(index).is_some_and(|label| labels.contains(&label)),
            Limit::Outside(maps) => {
                (old == 0 || old == self.label) && maps.iter().all(|map| map.get(index).is_none_or(|label| label == 0))
            }
        }
    }

    /// Whether painting may go to a voxel without a label at all.
    pub fn may_paint(&self, index: [usize; 3]) -> bool {
        self.is_within(index, 0) && self.is_in_range(index)
    }

    /// Whether the segment stays as it is whatever is done.
    pub fn is_locked(&self, label: u16) -> bool {
        self.locked.contains(&label)
    }

    fn is_in_range(&self, index: [usize; 3]) -> bool {
        let Some([low, high]) = self.range else { return true };
        // Where there is no image, no value limits painting.
        self.image.is_none() || self.value(index).is_some_and(|value| value >= low && value <= high)
    }

    /// Values outside of which nothing is painted.
    pub fn range(&self) -> Option<[f64; 2]> {
        self.range
    }

    /// The value of the image at a voxel of the map.
    pub fn value(&self, index: [usize; 3]) -> Option<f64> {
        let (image, frame) = self.image.as_ref()?;
        let index = if self.is_same_grid {
            index
        } else {
            let place = self
                .grid
                .geometry()?
                .patient_at(DVec3::from_array(index.map(|at| at as f64)));
            image.nearest_voxel(image.geometry()?.voxel_at(place))?
        };
        match image.value(index, *frame)? {
            Value::Scalar(value) => Some(value),
            Value::Rgb(_) => None,
        }
    }
}

fn limit(state: &State, label: u16, overlay: &Overlay, grid: &Volume) -> Limit {
    let own_layer = overlay.table.get(u32::from(label)).map_or(0, |segment| segment.layer);
    let maps = grid.voxels.label_maps();
    match state.painting.within {
        Within::Anywhere => Limit::Nowhere,
        Within::Segment(other) => {
            let layer = overlay.table.get(other).map(|segment| segment.layer);
            let labels: BTreeSet<u16> = u16::try_from(other).into_iter().collect();
            match layer.and_then(|layer| maps.get(layer)) {
                Some(map) if layer != Some(own_layer) => Limit::Inside(map.clone(), labels),
                Some(_) => Limit::Own(labels),
                // The segment is gone: it limits nothing any more.
                None => Limit::Nowhere,
            }
        }
        Within::Visible => {
            let seen = overlay.table.segments.iter().filter(|segment| segment.is_visible);
            let own = seen.filter(|segment| segment.layer == own_layer);
            Limit::Own(own.filter_map(|segment| u16::try_from(segment.label).ok()).collect())
        }
        Within::OutsideOthers => {
            let others = maps.iter().enumerate().filter(|(layer, _)| *layer != own_layer);
            Limit::Outside(others.map(|(_, map)| map.clone()).collect())
        }
    }
}
