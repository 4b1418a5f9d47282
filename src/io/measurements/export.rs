//! Measurements for other programs: as CSV, and as the JSON that the program itself reads.

use glam::DVec3;
use serde::Deserialize;

use super::document::{Document, Trouble};
use crate::model::measurement::{Measurement, MeasurementId, Shape, Space};
use crate::model::series_key::SeriesKey;
use crate::model::volume::Volume;
use crate::say;

/// The measurements of a series as the JSON document that is also kept beside studies.
pub fn to_json(key: &SeriesKey, volume: &Volume, list: &[Measurement]) -> Result<String, String> {
    let mut document = Document::default();
    // One by one, so that they stand in their order and not in that of their ids.
    for entry in list {
        let change = [(entry.id, Some(entry.clone()))].into();
        document.apply(key, volume, &change, false);
    }
    document.text()
}

/// The measurements of a series as comma-separated values (RFC 4180), with a heading. Points of the patient are in LPS
/// mm, those of pictures without a place are column, row and picture, counted from 0.
pub fn to_csv(key: &SeriesKey, volume: &Volume, list: &[Measurement]) -> String {
    let mut lines = vec!["series,name,kind,value,unit,space,x1,y1,z1,x2,y2,z2".to_owned()];
    let series = if key.series_uid.is_empty() {
        &key.file
    } else {
        &key.series_uid
    };
    for entry in list {
        let quantity = entry.quantity(&volume.placement);
        let mut fields = vec![
            quoted(series),
            quoted(&entry.name),
            entry.shape.kind().to_owned(),
            quantity.value.to_string(),
            quantity.unit.symbol().to_owned(),
            match entry.space {
                Space::Patient => "patient".to_owned(),
                Space::Picture => "picture".to_owned(),
            },
        ];
        let numbers = entry.shape.points().iter().flat_map(DVec3::to_array);
        fields.extend(numbers.map(|number| number.to_string()));
        lines.push(fields.join(","));
    }
    lines.join("\r\n") + "\r\n"
}

/// A field, in quotes where it needs them.
fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A measurement that was listed in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What it is called; may be empty.
    pub name: String,
    /// What its points are counted in.
    pub space: Space,
    /// What is measured.
    pub shape: Shape,
}

/// A measurement of a list that somebody wrote.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    name: String,
    #[serde(default)]
    space: WrittenSpace,
    #[serde(flatten)]
    shape: Shape,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenSpace {
    #[default]
    #[serde(alias = "lps")]
    Patient,
    Voxel,
    #[serde(alias = "pixel")]
    Picture,
}

/// Reads what to measure in a volume: a file that the program wrote (of which the series of the volume is taken), or a
/// list of `{"name", "kind": "length", "points": [[x, y, z], [x, y, z]], "space"}` with points in LPS mm (`"patient"`,
/// if nothing is said), in voxel indices (`"voxel"`), or in column, row and picture (`"picture"`). The error is a
/// sentence for the user.
pub fn from_json(bytes: &[u8], key: &SeriesKey, volume: &Volume) -> Result<Vec<Listed>, String> {
    match Document::from_bytes(bytes) {
        Ok(document) => {
            if !document.keys().contains(key) {
                return Err(say!("io-measurements-other-series"));
            }
            let (list, unknown) = document.list(key);
            if unknown > 0 {
                return Err(say!("io-measurements-unknown-kind", count = unknown));
            }
            let listed = |entry: Measurement| Listed {
                name: entry.name,
                space: entry.space,
                shape: entry.shape,
            };
            return Ok(list.into_iter().map(listed).collect());
        }
        Err(Trouble::Newer) => return Err(say!("io-measurements-newer-export")),
        Err(_) => {}
    }
    let written: Vec<Written> =
        serde_json::from_slice(bytes).map_err(|err| say!("io-measurements-no-list", why = err.to_string()))?;
    written.into_iter().map(|entry| placed(entry, volume)).collect()
}

fn placed(written: Written, volume: &Volume) -> Result<Listed, String> {
    let Written { name, space, mut shape } = written;
    let space = match (space, volume.geometry()) {
        (WrittenSpace::Patient, Some(_)) => Space::Patient,
        (WrittenSpace::Voxel, Some(geometry)) => {
            for point in shape.points_mut() {
                *point = geometry.patient_at(*point);
            }
            Space::Patient
        }
        (WrittenSpace::Voxel | WrittenSpace::Picture, None) => {
            let pictures: Vec<f64> = shape.points().iter().map(|point| point.z).collect();
            if pictures.windows(2).any(|pair| pair[0] != pair[1]) {
                return Err(say!("io-measurements-two-pictures", name = name));
            }
            Space::Picture
        }
        (WrittenSpace::Patient, None) => return Err(say!("io-measurements-no-space", name = name)),
        (WrittenSpace::Picture, Some(_)) => return Err(say!("io-measurements-has-space", name = name)),
    };
    if shape.points().iter().all(|point: &DVec3| point.is_finite()) {
        Ok(Listed { name, space, shape })
    } else {
        Err(say!("io-measurements-not-finite", name = name))
    }
}

impl Listed {
    /// A measurement of its own.
    pub fn measurement(self) -> Measurement {
        Measurement {
            id: MeasurementId::fresh(),
            name: self.name,
            is_visible: true,
            space: self.space,
            shape: self.shape,
            drawn_in: None,
        }
    }
}
