//! Tables in JSON: number to name, name to number, or a list of segments.

use serde_json::{Map, Value};

use super::{Row, color_of, hex_color};
use crate::say;

/// Keys under which whole tables stand.
const TABLES: [&str; 4] = ["labels", "segments", "segmentAttributes", "label_names"];
/// Keys of an entry's number, name and colour, the surest first.
const NUMBERS: [&str; 7] = ["labelID", "labelValue", "label_value", "label", "value", "index", "id"];
const NAMES: [&str; 7] = [
    "name",
    "SegmentLabel",
    "labelName",
    "label_name",
    "SegmentDescription",
    "structure",
    "label",
];
const COLORS: [&str; 4] = ["color", "colour", "rgb", "recommendedDisplayRGBValue"];

/// The rows of a table; `None` if the document is something else.
pub(super) fn rows(text: &str) -> Result<Option<Vec<Row>>, String> {
    // serde_json goes no deeper than 128 levels.
    let document: Value = serde_json::from_str(text).map_err(|err| say!("io-table-json", why = err.to_string()))?;
    Ok(match &document {
        Value::Object(object) => match TABLES.iter().find_map(|key| object.get(*key)) {
            Some(Value::Object(table)) => numbered(table).or_else(|| named(table)),
            Some(Value::Array(list)) => listed(list),
            _ => numbered(object).or_else(|| named(object)),
        },
        Value::Array(list) => listed(list),
        _ => None,
    }
    .filter(|rows| !rows.is_empty()))
}

/// `{"1": "spleen"}` or `{"1": {"name": "spleen", …}}`: every key must be a number.
fn numbered(object: &Map<String, Value>) -> Option<Vec<Row>> {
    object
        .iter()
        .map(|(key, value)| {
            let label = key.trim().parse().ok()?;
            match value {
                Value::String(name) => Some(Row::new(label, name)),
                Value::Object(entry) => {
                    let name = NAMES.iter().find_map(|key| entry.get(*key)?.as_str())?;
                    Some(Row {
                        color: color(entry),
                        ..Row::new(label, name)
                    })
                }
                _ => None,
            }
        })
        .collect()
}

/// `{"spleen": 1}`: every value must be another whole number, and 1 one of them; a sidecar with two numbers is no table.
/// Regions of several labels (nnU-Net) are none by themselves.
fn named(object: &Map<String, Value>) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, value) in object {
        let number = match value {
            Value::Array(list) if list.len() != 1 => {
                list.iter().all(Value::is_u64).then_some(())?;
                continue;
            }
            Value::Array(list) => list.first()?.as_u64()?,
            Value::String(text) => text.trim().parse().ok()?,
            other => other.as_u64()?,
        };
        rows.push(Row::new(u32::try_from(number).ok()?, name));
    }
    let mut labels: Vec<u32> = rows.iter().map(|row| row.label).collect();
    labels.sort_unstable();
    labels.dedup();
    (labels.len() == rows.len() && labels.contains(&1)).then_some(rows)
}

/// A list of names, each at its number, or of entries. Lists in the list (dcmqi) are one.
fn listed(list: &[Value]) -> Option<Vec<Row>> {
    if list.iter().all(Value::is_string) {
        let names = list.iter().enumerate();
        return names
            .filter(|(_, name)| name.as_str() != Some(""))
            .map(|(label, name)| Some(Row::new(u32::try_from(label).ok()?, name.as_str()?)))
            .collect();
    }
    let mut entries: Vec<&Value> = Vec::new();
    for value in list {
        match value {
            Value::Array(inner) => entries.extend(inner),
            other => entries.push(other),
        }
    }
    entries
        .into_iter()
        .map(|entry| {
            let entry = entry.as_object()?;
            let number = NUMBERS.iter().find_map(|key| entry.get(*key)?.as_u64())?;
            let name = NAMES.iter().find_map(|key| entry.get(*key)?.as_str())?;
            Some(Row {
                color: color(entry),
                ..Row::new(u32::try_from(number).ok()?, name)
            })
        })
        .collect()
}

fn color(entry: &Map<String, Value>) -> Option<[u8; 3]> {
    COLORS.iter().find_map(|key| match entry.get(*key)? {
        Value::String(text) => hex_color(text),
        Value::Array(parts) => {
            let number = |at: usize| parts.get(at).and_then(Value::as_f64);
            let is_fraction = parts.iter().any(Value::is_f64);
            color_of([number(0)?, number(1)?, number(2)?], is_fraction)
        }
        _ => None,
    })
}
