//! The file of measurements as JSON: understood as far as this version goes, and otherwise kept as it is.
//!
//! `{"format": "isocenter-measurements", "version": 1, "series": [{"series_uid" | "file", "fingerprint", "description",
//! "measurements": [{"id", "name", "kind": "length", "space": "patient", "points": [[x, y, z], [x, y, z]], …}]}]}`

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::Changes;
use crate::io::{plain, save};
use crate::model::measurement::{Measurement, MeasurementId};
use crate::model::series_key::SeriesKey;
use crate::model::volume::Volume;
use crate::say;

/// What the file says that it is.
pub(super) const FORMAT: &str = "isocenter-measurements";

/// The version that this program writes. It changes only when older programs would misread what is written.
const VERSION: u64 = 1;

/// No honest file is larger.
const MAX_BYTES: u64 = 64 << 20;

/// Why a file cannot be used.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It cannot be read or written.
    Unreachable(io::Error),
    /// It is no file of measurements, or a broken one.
    Damaged,
    /// A newer program wrote it.
    Newer,
}

impl Trouble {
    /// What it is, for the user.
    pub(super) fn sentence(&self, path: &Path) -> String {
        let path = path.display().to_string();
        match self {
            Self::Unreachable(why) => say!("io-measurements-unreachable", path = path, why = plain(why)),
            Self::Damaged => say!("io-measurements-damaged", path = path),
            Self::Newer => say!("io-measurements-newer", path = path),
        }
    }
}

/// A file of measurements.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document(Map<String, Value>);

impl Default for Document {
    fn default() -> Self {
        let mut map = Map::new();
        map.insert("format".to_owned(), FORMAT.into());
        map.insert("version".to_owned(), VERSION.into());
        map.insert("series".to_owned(), Value::Array(Vec::new()));
        Self(map)
    }
}

impl Document {
    /// Reads a file; one that is not there is an empty one.
    pub(super) fn read(path: &Path) -> Result<Self, Trouble> {
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(err) => return Err(Trouble::Unreachable(err)),
        };
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(Trouble::Unreachable)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Trouble::Damaged);
        }
        Self::from_bytes(&bytes)
    }

    /// Understands the bytes of a file.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Trouble> {
        let Ok(Value::Object(map)) = serde_json::from_slice(bytes) else {
            return Err(Trouble::Damaged);
        };
        if map.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(Trouble::Damaged);
        }
        match map.get("version").and_then(Value::as_u64) {
            Some(version) if version > VERSION => return Err(Trouble::Newer),
            Some(_) => {}
            None => return Err(Trouble::Damaged),
        }
        let are_objects = map
            .get("series")
            .and_then(Value::as_array)
            .is_some_and(|series| series.iter().all(Value::is_object));
        if are_objects {
            Ok(Self(map))
        } else {
            Err(Trouble::Damaged)
        }
    }

    /// The document as text.
    pub(super) fn text(&self) -> Result<String, String> {
        serde_json::to_string_pretty(&self.0).map_err(|err| err.to_string())
    }

    /// Writes the file whole, and reads it again before it takes its place.
    pub(super) fn write(&self, path: &Path) -> Result<(), Trouble> {
        let written = save::write_checked(
            path,
            |out| serde_json::to_writer_pretty(&mut *out, &self.0).map_err(io::Error::from),
            |new| match Self::read(new) {
                Ok(read) if read == *self => Ok(()),
                _ => Err(io::Error::other(say!("io-read-back"))),
            },
        );
        written.map_err(|err| Trouble::Unreachable(err.why))
    }

    fn series(&self, key: &SeriesKey) -> Option<&Map<String, Value>> {
        let all = self.0.get("series")?.as_array()?;
        all.iter()
            .filter_map(Value::as_object)
            .find(|series| is_of(series, key))
    }

    fn series_mut(&mut self, key: &SeriesKey) -> Option<&mut Map<String, Value>> {
        let all = self.0.get_mut("series")?.as_array_mut()?;
        all.iter_mut()
            .filter_map(Value::as_object_mut)
            .find(|series| is_of(series, key))
    }

    /// Names of all series in it.
    pub(super) fn keys(&self) -> Vec<SeriesKey> {
        let all = self.0.get("series").and_then(Value::as_array);
        all.into_iter()
            .flatten()
            .filter_map(|series| serde_json::from_value(series.clone()).ok())
            .collect()
    }

    /// The measurements of a series, and how many there are that this version does not know.
    pub(super) fn list(&self, key: &SeriesKey) -> (Vec<Measurement>, usize) {
        let entries = self
            .series(key)
            .and_then(|series| series.get("measurements")?.as_array())
            .map_or(&[][..], Vec::as_slice);
        let known: Vec<Measurement> = entries.iter().filter_map(measurement).collect();
        let unknown = entries.len() - known.len();
        (known, unknown)
    }

    /// Measurements that were deleted here but may still stand in a file that could not be written.
    pub(super) fn removed(&self, key: &SeriesKey) -> BTreeSet<MeasurementId> {
        let ids = self.series(key).and_then(|series| series.get("removed")?.as_array());
        ids.into_iter()
            .flatten()
            .filter_map(|id| serde_json::from_value(id.clone()).ok())
            .collect()
    }

    /// Puts changes in. `notes_removed` also notes down what was deleted, for files elsewhere.
    pub(super) fn apply(&mut self, key: &SeriesKey, volume: &Volume, changes: &Changes, notes_removed: bool) {
        if self.series(key).is_none() {
            let Some(all) = self.0.get_mut("series").and_then(Value::as_array_mut) else {
                return;
            };
            let mut series = Map::new();
            if let Ok(Value::Object(named)) = serde_json::to_value(key) {
                series.extend(named.into_iter().filter(|(_, value)| *value != ""));
            }
            series.insert("description".to_owned(), volume.series.description.clone().into());
            all.push(Value::Object(series));
        }
        let Some(series) = self.series_mut(key) else { return };
        let entries = series.entry("measurements").or_insert_with(|| json!([]));
        let Some(entries) = entries.as_array_mut() else { return };
        let mut removed = Vec::new();
        for (id, change) in changes {
            let at = entries.iter().position(|entry| id_of(entry) == Some(*id));
            match (at, change) {
                (Some(at), Some(measurement)) => {
                    if let Some(entry) = entries.get_mut(at) {
                        update_entry(entry, measurement, volume);
                    }
                }
                (None, Some(measurement)) => {
                    let mut entry = json!({});
                    update_entry(&mut entry, measurement, volume);
                    entries.push(entry);
                }
                (Some(at), None) => {
                    entries.remove(at);
                    removed.push(*id);
                }
                (None, None) => removed.push(*id),
            }
        }
        if notes_removed {
            let noted = series.entry("removed").or_insert_with(|| json!([]));
            if let Some(noted) = noted.as_array_mut() {
                noted.retain(|id| !changes.keys().any(|changed| *id == changed.to_string()));
                noted.extend(removed.iter().map(|id| Value::from(id.to_string())));
            }
        }
    }

    /// Puts measurements in this order; others stay where they are.
    pub(super) fn sort(&mut self, key: &SeriesKey, order: &[MeasurementId]) {
        let entries = self.series_mut(key).and_then(|series| series.get_mut("measurements"));
        let Some(entries) = entries.and_then(Value::as_array_mut) else {
            return;
        };
        let rank = |entry: &Value| id_of(entry).and_then(|id| order.iter().position(|known| *known == id));
        let mut known: Vec<Value> = entries.iter().filter(|entry| rank(entry).is_some()).cloned().collect();
        known.sort_by_key(rank);
        let mut sorted = known.into_iter();
        for entry in entries.iter_mut().filter(|entry| rank(entry).is_some()) {
            if let Some(next) = sorted.next() {
                *entry = next;
            }
        }
    }

    /// Takes out everything about some measurements. True if there was anything.
    pub(super) fn forget(&mut self, key: &SeriesKey, changes: &Changes) -> bool {
        let Some(series) = self.series_mut(key) else {
            return false;
        };
        let is_changed = |id: Option<&str>| changes.keys().any(|changed| id == Some(&changed.to_string()));
        let mut forgot = false;
        if let Some(entries) = series.get_mut("measurements").and_then(Value::as_array_mut) {
            let before = entries.len();
            entries.retain(|entry| !is_changed(entry.get("id").and_then(Value::as_str)));
            forgot |= entries.len() != before;
        }
        if let Some(noted) = series.get_mut("removed").and_then(Value::as_array_mut) {
            let before = noted.len();
            noted.retain(|id| !is_changed(id.as_str()));
            forgot |= noted.len() != before;
        }
        forgot
    }
}

fn is_of(series: &Map<String, Value>, key: &SeriesKey) -> bool {
    let text = |name: &str| series.get(name).and_then(Value::as_str).unwrap_or_default();
    text("series_uid") == key.series_uid && text("file") == key.file && text("fingerprint") == key.fingerprint
}

fn id_of(entry: &Value) -> Option<MeasurementId> {
    entry.get("id")?.as_str()?.to_owned().try_into().ok()
}

/// A measurement of a file, if this version knows its kind.
fn measurement(entry: &Value) -> Option<Measurement> {
    serde_json::from_value::<Measurement>(entry.clone())
        .ok()
        .filter(Measurement::is_finite)
}

/// Writes a measurement over an entry; what else stands there stays.
fn update_entry(entry: &mut Value, measurement: &Measurement, volume: &Volume) {
    let quantity = measurement.quantity(&volume.placement);
    let (Some(old), Ok(Value::Object(new))) = (entry.as_object_mut(), serde_json::to_value(measurement)) else {
        return;
    };
    old.extend(new);
    old.insert("value".to_owned(), quantity.value.into());
    old.insert("unit".to_owned(), quantity.unit.symbol().into());
}
