//! Segments in a header, as a `.seg.nrrd` has them: 3D Slicer's fields `Segment0_Name`, `Segment0_LabelValue`, `Segment0_Layer` and so on.
//!
//! Segments that overlap lie in several layers, each a frame of the volume. In the file a label may stand for one segment in
//! one layer and for another in the next; in memory labels are unique, so that a later one gets the next free number.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Relabel;
use crate::model::coding::{Code, Coding};
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
    coding: Option<Coding>,
    tags: Vec<String>,
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
            coding: field("Tags").and_then(coding),
            tags: field("Tags").map(other_tags).unwrap_or_default(),
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
        let mut read = Segment {
            layer: segment.layer,
            ..Segment::new(label, name, segment.color.unwrap_or_else(|| default_color(label)))
        };
        if let Some(coding) = segment.coding.clone() {
            read.set_coding(coding);
        }
        if !segment.tags.is_empty() {
            let mut detail = read.detail.as_deref().cloned().unwrap_or_default();
            detail.tags.clone_from(&segment.tags);
            read.detail = Some(Arc::new(detail));
        }
        table.push(read);
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

/// Beginning of the entry of a segment's `Tags` that says how far it is, and how far it is where nobody said it.
const STATUS: &str = "Segmentation.Status:";
const USUAL_STATUS: &str = "inprogress";
/// Beginning of the entry of a segment's `Tags` that says what it is, and the lists that Slicer has its terms from.
const TERMINOLOGY: &str = "TerminologyEntry:";
const TERMS: &str = "Segmentation category and type - 3D Slicer General Anatomy list";
const REGIONS: &str = "Anatomic codes - DICOM master list";

/// What was said that a segment is. What its name alone says is not written down as if somebody had.
fn told(segment: &Segment) -> Coding {
    let told = segment.detail.as_ref().and_then(|detail| detail.coding.clone());
    told.unwrap_or_else(Coding::unknown)
}

/// The field `Tags`, which holds entries that end with `|`. What a segment is stands in one of them: the list of terms,
/// category, type and its modifier, the list of regions, region and its modifier, with `~` between them, and each term is
/// scheme, value and meaning with `^` between them. `others` are the entries of the file that it was read from.
fn tags(coding: &Coding, others: &[String]) -> String {
    let clean = |text: &str| -> String {
        let is_plain = |c: char| !c.is_control() && !['^', '~', '|', '\\'].contains(&c);
        text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect()
    };
    let term = |code: Option<&Code>| match code {
        Some(code) => [&code.scheme, &code.value, &code.meaning]
            .map(|part| clean(part))
            .join("^"),
        None => "^^".to_owned(),
    };
    let parts = [
        TERMS.to_owned(),
        term(Some(&coding.category)),
        term(Some(&coding.kind)),
        term(coding.modifier.as_ref()),
        REGIONS.to_owned(),
        term(coding.region.as_ref()),
        term(coding.region_modifier.as_ref()),
    ];
    let mut entries = others.to_vec();
    if !entries.iter().any(|entry| entry.starts_with(STATUS)) {
        entries.insert(0, format!("{STATUS}{USUAL_STATUS}"));
    }
    entries.push(format!("{TERMINOLOGY}{}", parts.join("~")));
    entries.iter().map(|entry| format!("{entry}|")).collect()
}

/// The entries of the field `Tags` that are not told by what a segment is.
fn other_tags(tags: &str) -> Vec<String> {
    let entries = tags.split('|').map(str::trim).filter(|entry| !entry.is_empty());
    let is_usual = |entry: &str| entry.strip_prefix(STATUS) == Some(USUAL_STATUS);
    entries
        .filter(|entry| !entry.starts_with(TERMINOLOGY) && !is_usual(entry))
        .map(str::to_owned)
        .collect()
}

/// What the field `Tags` says that a segment is. That it is tissue is what stands there of everything of which nothing is
/// known.
fn coding(tags: &str) -> Option<Coding> {
    let entry = tags
        .split('|')
        .find_map(|entry| entry.trim().strip_prefix(TERMINOLOGY))?;
    let parts: Vec<&str> = entry.split('~').collect();
    let term = |at: usize| {
        let mut parts = parts.get(at)?.splitn(3, '^').map(str::trim);
        let (scheme, value, meaning) = (parts.next()?, parts.next()?, parts.next()?);
        (!scheme.is_empty() && !value.is_empty()).then(|| Code {
            value: value.to_owned(),
            scheme: scheme.to_owned(),
            meaning: if meaning.is_empty() { value } else { meaning }.to_owned(),
        })
    };
    let coding = Coding {
        category: term(1)?,
        kind: term(2)?,
        modifier: term(3),
        region: term(5),
        region_modifier: term(6),
    };
    (!coding.is_unknown()).then_some(coding)
}

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
            (
                "Tags",
                tags(
                    &told(segment),
                    segment.detail.as_ref().map_or(&[], |detail| detail.tags.as_slice()),
                ),
            ),
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

    #[test]
    fn what_a_segment_is_comes_back() {
        let mut table = SegmentTable::from_segments(
            (1..=4)
                .map(|n| Segment::new(n, format!("name {n}"), [n as u8, 128, 255]))
                .collect(),
        );
        let odd = Code {
            value: "A|1".to_owned(),
            scheme: "99X".to_owned(),
            meaning: "a^b~c\nd".to_owned(),
        };
        table.segments[0].set_coding(Coding::of_name("kidney left"));
        table.segments[1].set_coding(Coding::of_name("lung nodule right"));
        table.segments[2].set_coding(Coding::of_kind(odd));
        let read = segments(&segment_fields(&table, [2, 3, 4]), 1).unwrap().table;
        for n in [0, 1, 3] {
            assert_eq!(read.segments[n], table.segments[n]);
        }
        // What would end a term is a blank.
        let kind = read.segments[2].coding().kind;
        assert_eq!((kind.value.as_str(), kind.meaning.as_str()), ("A 1", "a b c d"));
    }

    #[test]
    fn entries_that_nobody_here_knows_stay() {
        let told =
            "Segmentation.Status:completed|Reader:Anna|TerminologyEntry:a~SCT^85756007^Tissue~SCT^85756007^Tissue|";
        let read = segments(&pairs(&[("Segment0_Name", "a"), ("Segment0_Tags", told)]), 1).unwrap();
        let written = segment_fields(&read.table, [2, 3, 4]);
        let text = &written.iter().find(|(field, _)| field == "Segment0_Tags").unwrap().1;
        assert!(
            text.starts_with("Segmentation.Status:completed|Reader:Anna|TerminologyEntry:"),
            "{text}"
        );
        assert_eq!(segments(&written, 1).unwrap().table, read.table);
    }

    #[test]
    fn slicers_own_entry_is_understood() {
        // As 3D Slicer 5 writes it for its left kidney.
        let told = coding(
            "Segmentation.Status:inprogress|TerminologyEntry:Segmentation category and type - 3D Slicer General Anatomy \
             list~SCT^123037004^Anatomical Structure~SCT^64033007^Kidney~SCT^7771000^Left~Anatomic codes - DICOM master \
             list~^^~^^|",
        )
        .unwrap();
        assert_eq!(told.text(), "Kidney, left");
        assert_eq!(told.category.value, "123037004");
        for odd in [
            "",
            "TerminologyEntry:",
            "TerminologyEntry:x~y~z|",
            "TerminologyEntry:a~^^~^^~",
            "Tags:SCT^1^2",
        ] {
            assert_eq!(coding(odd), None, "{odd}");
        }
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
