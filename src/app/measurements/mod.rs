//! The measurements of everything that is open, and what of them still has to be written to disk.

pub mod shown;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::job::JobId;
use super::readout;
use super::state::{Entry, State};
use crate::io::measurements::{Changes, Found, Places, Saved, ToSave};
use crate::model::measurement::{self, Measurement, MeasurementId, Quantity, Unit};
use crate::model::series_key::SeriesKey;
use crate::model::volume::{Placement, Volume, VolumeId};
use crate::say;

pub use shown::{ShownLine, lines_in, lines_in_picture};

/// The measurements of all series.
#[derive(Default)]
pub struct Measurements {
    /// By what each open volume is recognised.
    keys: BTreeMap<VolumeId, SeriesKey>,
    series: BTreeMap<SeriesKey, SeriesMeasurements>,
    /// The one that is being drawn or moved: shown in place of the one with the same id.
    pub(super) draft: Option<Measurement>,
    /// The one that keys act on.
    pub(super) selected: Option<MeasurementId>,
}

/// The measurements of one series.
pub struct SeriesMeasurements {
    /// In their order.
    pub list: Vec<Measurement>,
    /// Why they are not on disk, if they should be and are not.
    pub trouble: Option<String>,
    volume: Arc<Volume>,
    places: Places,
    changes: Changes,
    writer: u64,
    /// Counts changes.
    revision: u64,
    /// The job that writes, and the revision that it writes.
    saving: Option<(JobId, u64)>,
    /// The revision that could not be written.
    failed: Option<u64>,
}

impl Measurements {
    /// The lasting name of an open volume.
    pub fn key(&self, volume: VolumeId) -> Option<&SeriesKey> {
        self.keys.get(&volume)
    }

    /// The measurements of a volume.
    pub fn of(&self, volume: VolumeId) -> Option<&SeriesMeasurements> {
        self.series.get(self.keys.get(&volume)?)
    }

    /// The measurements of a series, to be changed.
    pub(super) fn series_mut(&mut self, key: &SeriesKey) -> Option<&mut SeriesMeasurements> {
        self.series.get_mut(key)
    }

    /// The one that is being drawn or moved.
    pub fn draft(&self) -> Option<&Measurement> {
        self.draft.as_ref()
    }

    /// The one that keys act on.
    pub fn selected(&self) -> Option<MeasurementId> {
        self.selected
    }

    /// A volume was opened: from now on its series can have measurements.
    pub(super) fn register(&mut self, volume: &Arc<Volume>, key: SeriesKey, places: Places) {
        self.series.entry(key.clone()).or_insert_with(|| SeriesMeasurements {
            list: Vec::new(),
            trouble: None,
            volume: Arc::clone(volume),
            places,
            changes: Changes::new(),
            writer: crate::io::measurements::new_writer(),
            revision: 0,
            saving: None,
            failed: None,
        });
        self.keys.insert(volume.id, key);
    }

    /// Everything is closed.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// A job broke off: what it was to write is written at the next change.
    pub(super) fn broke(&mut self, job: JobId) {
        for series in self.series.values_mut() {
            series.broke(job);
        }
    }

    /// What has to be written and is not being written, as `(series, what)`. `job` names the jobs that will do it.
    pub(super) fn due(&mut self, mut job: impl FnMut() -> JobId) -> Vec<(JobId, ToSave)> {
        let mut due = Vec::new();
        for (key, series) in &mut self.series {
            let is_waiting = !series.changes.is_empty() && series.failed != Some(series.revision);
            if is_waiting && series.saving.is_none() {
                let job = job();
                series.saving = Some((job, series.revision));
                due.push((job, series.to_save(key)));
            }
        }
        due
    }

    /// What nobody may ever have written when the program ends or the study is closed.
    pub(super) fn unsaved(&self) -> Vec<ToSave> {
        self.series
            .iter()
            .filter(|(_, series)| !series.changes.is_empty() && series.failed != Some(series.revision))
            .map(|(key, series)| series.to_save(key))
            .collect()
    }
}

impl SeriesMeasurements {
    fn to_save(&self, key: &SeriesKey) -> ToSave {
        ToSave {
            key: key.clone(),
            places: self.places.clone(),
            changes: self.changes.clone(),
            order: self.list.iter().map(|entry| entry.id).collect(),
            volume: Arc::clone(&self.volume),
            writer: self.writer,
            revision: self.revision,
        }
    }

    /// Puts one in, takes one out, or replaces one, and notes down that it has to be written.
    pub(super) fn change(&mut self, index: usize, id: MeasurementId, after: Option<Measurement>) {
        let at = self.list.iter().position(|entry| entry.id == id);
        match (at, after.clone()) {
            (Some(at), Some(entry)) => {
                if let Some(old) = self.list.get_mut(at) {
                    *old = entry;
                }
            }
            (None, Some(entry)) => self.list.insert(index.min(self.list.len()), entry),
            (Some(at), None) => {
                self.list.remove(at);
            }
            (None, None) => {}
        }
        self.changes.insert(id, after);
        self.revision += 1;
    }

    /// What was found on disk comes in; what was changed in the meantime stays as it is.
    pub(super) fn found(&mut self, found: Found) {
        self.merge(found.list, false);
    }

    /// A job has written, or not. True if the trouble is news.
    pub(super) fn saved(&mut self, job: JobId, outcome: Result<Option<Saved>, String>) -> bool {
        let Some((_, revision)) = self.saving.take_if(|(saving, _)| *saving == job) else {
            return false;
        };
        match outcome {
            Ok(Some(saved)) => {
                self.trouble = None;
                self.failed = None;
                if self.revision == revision {
                    self.changes.clear();
                    self.merge(saved.list, true);
                }
                false
            }
            Ok(None) => false,
            Err(why) => {
                self.failed = Some(revision);
                self.trouble.replace(why.clone()) != Some(why)
            }
        }
    }

    fn broke(&mut self, job: JobId) {
        if let Some((_, revision)) = self.saving.take_if(|(saving, _)| *saving == job) {
            self.failed = Some(revision);
        }
    }

    /// Takes in what other programs wrote: in our order, theirs behind.
    fn merge(&mut self, on_disk: Vec<Measurement>, is_complete: bool) {
        if is_complete {
            self.list
                .retain(|own| on_disk.iter().any(|theirs| theirs.id == own.id) || self.changes.contains_key(&own.id));
        }
        for theirs in on_disk {
            if self.changes.contains_key(&theirs.id) {
                continue;
            }
            match self.list.iter_mut().find(|own| own.id == theirs.id) {
                Some(own) => *own = theirs,
                None => self.list.push(theirs),
            }
        }
    }

    /// A name that none of them has yet.
    pub(super) fn free_name(&self, named: impl Fn(usize) -> String) -> String {
        let first = self.list.len() + 1;
        (first..)
            .map(named)
            .find(|name| self.list.iter().all(|entry| entry.name != *name))
            .unwrap_or_default()
    }
}

/// The measurements of the shown series; none where nothing is shown.
pub fn of_shown(state: &State) -> Option<&SeriesMeasurements> {
    state.measurements.of(state.view.shown?)
}

/// The selected measurement of the shown series: its place in the list, and itself.
pub fn selected(state: &State) -> Option<(usize, &Measurement)> {
    let id = state.measurements.selected?;
    of_shown(state)?
        .list
        .iter()
        .enumerate()
        .find(|(_, entry)| entry.id == id)
}

/// What was measured, as it is written beside the line: "43.2 mm".
pub fn text(measurement: &Measurement, entry: &Entry) -> String {
    quantity_text(
        measurement.quantity(&entry.volume().placement),
        &entry.volume().placement,
    )
}

/// A number with its unit, with as many decimals as the voxels deserve.
pub fn quantity_text(quantity: Quantity, placement: &Placement) -> String {
    let voxel_mm = match (placement, quantity.unit) {
        (Placement::Patient(geometry), _) => geometry.shortest_edge_mm(),
        (Placement::Stack(grid), Unit::Millimetres | Unit::DetectorMillimetres) => {
            grid.pixel_size[0].min(grid.pixel_size[1])
        }
        (Placement::Stack(_), Unit::Pixels) => 1.0,
    };
    let value = format!("{:.*}", measurement::decimals(voxel_mm), quantity.value);
    match quantity.unit {
        Unit::Millimetres => say!("app-length-mm", value = value),
        Unit::DetectorMillimetres => say!("app-length-mm-detector", value = value),
        Unit::Pixels => say!("app-length-px", value = value),
    }
}

/// The slice of the volume in which a measurement lies, counted from 1, and how many there are; `None` where it was
/// drawn between the volume's own directions.
pub fn slice_of(measurement: &Measurement, entry: &Entry) -> Option<(usize, usize)> {
    let middle = measurement.shape.middle();
    let Some(geometry) = entry.volume().geometry() else {
        return Some((middle.z.round().max(0.0) as usize + 1, entry.volume().dims()[2]));
    };
    readout::slice_along(geometry, measurement.drawn_in?.axes.normal(), middle)
}
