//! Segments in a header, as a `.seg.nrrd` has them: 3D Slicer's fields `Segment0_Name`, `Segment0_LabelValue`, `Segment0_Layer` and so on.
//!
//! Segments that overlap lie in several layers, each a frame of the volume. In the file a label may stand for one segment in
//! one layer and for another in the next; in memory labels are unique, so that a later one gets the next free number.

use std::collections::{BTreeMap, BTreeSet};

use super::Relabel;
use crate::model::segment::{MOST_LABEL, Segment, SegmentTable, default_color};
use crate::say;

/// What a header says of its segments.
#[derive(Debug)]
pub(in crate::io) struct Segments {
    pub(in crate::io) table: SegmentTable,
    /// Numbers to be changed, one an entry a layer; empty where none are.
    pub(in crate::io) relabels: Vec<Relabel>,
    /// Doubts, each a sentence.
    pub(in crate::io) warnings: Vec<String>,
}

/// One segment's fields.
type Entry<'a> = BTreeMap<&'a str, &'a str>;

/// The segments among the pairs of a header with so many layers; `None` if there are none.
pub(in crate::io) fn segments(pairs: &[(String, String)], layers: usize) -> Option<Segments> {
    let mut entries: BTreeMap<u32, Entry<'_>> = BTreeMap::new();
    for (key, value) in pairs {
        if let Some((number, field)) = key.strip_prefix("Segment").and_then(|rest| rest.split_once('_'))
            && let Ok(number) = number.parse()
            && number < MOST_LABEL
        {
            entries.entry(number).or_default().insert(field, value);
        }
    }
    if !entries
        .values()
        .any(|entry| entry.contains_key("ID") || entry.contains_key("Name"))
    {
        return None;
    }
    let stored: Vec<Stored<'_>> = entries
        .iter()
        .map(|(number, entry)| Stored::new(*number, entry, layers))
        .collect();
    Some(numbered(&stored, layers))
}

/// A segment as the file numbers it.
struct Stored<'a> {
    name: &'a str,
    color: Option<[u8; 3]>,
    label: u32,
    layer: usize,
}

impl<'a> Stored<'a> {
    fn new(number: u32, entry: &Entry<'a>, layers: usize) -> Self {
        let field = |name: &str| entry.get(name).copied();
        let label = field("LabelValue").and_then(|text| text.trim().parse().ok());
        let layer = field("Layer").and_then(|text| text.trim().parse().ok());
        // Before there were layers each segment had a frame of its own, and 1 was its number there.
        let is_old = layers > 1 && label.is_none();
        Self {
            name: field("Name").or(field("ID")).unwrap_or_default(),
            color: field("Color").and_then(color),
            label: label.unwrap_or(if is_old { 1 } else { number + 1 }),
            layer: layer.unwrap_or(if is_old { number as usize } else { 0 }),
        }
    }
}

fn numbered(stored: &[Stored<'_>], layers: usize) -> Segments {
    let mut warnings = Vec::new();
    let mut taken = BTreeSet::new();
    let mut owned = BTreeSet::new();
    let mut next = stored.iter().map(|segment| segment.label).max().unwrap_or(0);
    let mut relabels = vec![Relabel::default(); layers];
    let mut table = Vec::new();
    for segment in stored {
        let name = segment.name.to_owned();
        let mut label = segment.label;
        if !(1..=MOST_LABEL).contains(&label) {
            warnings.push(say!("io-raw-segment-label", name = name, label = label));
            continue;
        }
        if segment.layer >= layers {
            warnings.push(say!("io-raw-segment-layer", name = name, layer = segment.layer));
            continue;
        }
        if !owned.insert((segment.layer, label)) {
            warnings.push(say!("io-raw-segment-twice", name = name, label = label));
            continue;
        }
        if !taken.insert(label) {
            next = next.saturating_add(1);
            label = next;
            if label > MOST_LABEL || !taken.insert(label) {
                warnings.push(say!("io-raw-segment-label", name = name, label = segment.label));
                continue;
            }
            if let Some(relabel) = relabels.get_mut(segment.layer) {
                relabel.0.push((segment.label, label));
            }
        }
        table.push(Segment {
            layer: segment.layer,
            ..Segment::new(label, name, segment.color.unwrap_or_else(|| default_color(label)))
        });
    }
    if relabels.iter().all(|relabel| relabel.0.is_empty()) {
        relabels.clear();
    }
    Segments {
        table: SegmentTable::from_segments(table),
        relabels,
        warnings,
    }
}

/// Three numbers from 0 to 1.
fn color(text: &str) -> Option<[u8; 3]> {
    let parts: Vec<f64> = text.split_whitespace().map_while(|part| part.parse().ok()).collect();
    let [r, g, b] = parts[..] else {
        return None;
    };
    // What is no number becomes 0.
    Some([r, g, b].map(|part: f64| (part * 255.0).round().clamp(0.0, 255.0) as u8))
}

/// What Slicer writes of a segment of which nothing but its name is known: tissue, by SNOMED CT.
const TAGS: &str = "Segmentation.Status:inprogress|TerminologyEntry:Segmentation category and type - 3D Slicer General \
    Anatomy list~SCT^85756007^Tissue~SCT^85756007^Tissue~^^~Anatomic codes - DICOM master list~^^~^^|";

/// The fields of all segments of a grid, in the order of their labels.
pub(in crate::io) fn segment_fields(table: &SegmentTable, dims: [usize; 3]) -> Vec<(String, String)> {
    let [i, j, k] = dims.map(|side| side.saturating_sub(1));
    let extent = format!("0 {i} 0 {j} 0 {k}");
    let mut fields = Vec::new();
    for (n, segment) in table.segments.iter().enumerate() {
        let color = segment
            .color
            .map(|part| (f64::from(part) / 255.0).to_string())
            .join(" ");
        let all = [
            ("Color", color),
            ("ColorAutoGenerated", "0".to_owned()),
            ("Extent", extent.clone()),
            ("ID", format!("Segment_{}", segment.label)),
            ("LabelValue", segment.label.to_string()),
            ("Layer", segment.layer.to_string()),
            ("Name", segment.name.replace(['\n', '\r'], " ")),
            ("NameAutoGenerated", "0".to_owned()),
            ("Tags", TAGS.to_owned()),
        ];
        fields.extend(all.map(|(field, value)| (format!("Segment{n}_{field}"), value)));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut table = SegmentTable::from_segments(
            (1..=3)
                .map(|n| Segment::new(n * 100, format!("name {n}"), [n as u8, 128, 255]))
                .collect(),
        );
        table.segments[1].layer = 1;
        let read = segments(&segment_fields(&table, [2, 3, 4]), 2).unwrap();
        assert_eq!(read.table, table);
        assert!(read.warnings.is_empty() && read.relabels.is_empty());
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn labels_of_several_layers_are_unique_in_memory() {
        let found = segments(
            &pairs(&[
                ("Segment0_Name", "a"),
                ("Segment0_LabelValue", "1"),
                ("Segment0_Color", "1 0.5 0"),
                ("Segment1_Name", "b"),
                ("Segment1_LabelValue", "4"),
                ("Segment2_ID", "c"),
                ("Segment2_LabelValue", "1"),
                ("Segment2_Layer", "1"),
                ("Segment3_Name", "nowhere"),
                ("Segment3_LabelValue", "2"),
                ("Segment3_Layer", "9"),
                ("Segmentation_MasterRepresentation", "Binary labelmap"),
            ]),
            2,
        )
        .unwrap();
        let seen: Vec<_> = found
            .table
            .segments
            .iter()
            .map(|s| (s.label, s.name.as_str(), s.layer))
            .collect();
        assert_eq!(seen, [(1, "a", 0), (4, "b", 0), (5, "c", 1)]);
        assert_eq!(found.table.segments[0].color, [255, 128, 0]);
        assert_eq!(found.relabels, [Relabel::default(), Relabel(vec![(1, 5)])]);
        assert_eq!(found.warnings.len(), 1);
        assert!(segments(&pairs(&[("Segmentation_X", "y"), ("other", "z")]), 1).is_none());
    }

    #[test]
    fn old_files_have_a_frame_for_each_segment() {
        let found = segments(&pairs(&[("Segment0_Name", "a"), ("Segment1_Name", "b")]), 2).unwrap();
        let seen: Vec<_> = found.table.segments.iter().map(|s| (s.label, s.layer)).collect();
        assert_eq!(seen, [(1, 0), (2, 1)]);
    }
}
