//! Tables that say what the numbers of a label map stand for: names and colours, in the forms that other programs write.
//!
//! A file is recognised by its content: ITK-SNAP's label descriptions, FreeSurfer's and 3D Slicer's colour tables, lists
//! with commas or tabs, plain lists, and JSON in the forms of nnU-Net, TotalSegmentator, dcmqi and our own `truth.json`.

mod attach;
mod delimited;
mod json;
mod rows;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub(super) use attach::{FoundTable, attach};

use super::scan::plain;
use crate::model::segment::{MOST_LABEL, Segment, SegmentTable, default_color};

/// Longer files are no tables of labels: 65 535 of them with long names need a third of it.
const MAX_BYTES: u64 = 16 << 20;
/// Characters of a name that are kept.
const MAX_NAME_CHARS: usize = 256;

/// One line of a table.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    label: u32,
    name: String,
    color: Option<[u8; 3]>,
    is_visible: bool,
}

impl Row {
    fn new(label: u32, name: &str) -> Self {
        Self {
            label,
            name: name.to_owned(),
            color: None,
            is_visible: true,
        }
    }
}

/// Reads a table of labels; `None` if the file is something else. The error is the reason for the user.
pub fn read_table(path: &Path) -> Result<Option<SegmentTable>, String> {
    let file = File::open(path).map_err(|err| plain(&err))?;
    let mut bytes = Vec::new();
    // What begins with a zero or with DICOM's preamble is no text; images are not read to their end.
    let mut beginning = file.take(1 << 10);
    beginning.read_to_end(&mut bytes).map_err(|err| plain(&err))?;
    if bytes.is_empty() || bytes.contains(&0) {
        return Ok(None);
    }
    let file = beginning.into_inner();
    if file.metadata().map_err(|err| plain(&err))?.len() > MAX_BYTES {
        return Ok(None);
    }
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|err| plain(&err))?;
    parse(&bytes)
}

/// The table in the bytes of a file; `None` if they are something else.
fn parse(bytes: &[u8]) -> Result<Option<SegmentTable>, String> {
    if bytes.contains(&0) {
        return Ok(None);
    }
    let text = text_of(bytes);
    let text = text.trim();
    let rows = if text.starts_with(['{', '[']) {
        json::rows(text)?
    } else if let Some(rows) = rows::colored(text)? {
        Some(rows)
    } else if let Some(rows) = delimited::rows(text) {
        Some(rows)
    } else {
        rows::named(text)
    };
    Ok(rows.map(|rows| table(&rows)).filter(|table| !table.segments.is_empty()))
}

/// Text in UTF-8, or in Latin-1 if it is not.
fn text_of(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

fn table(rows: &[Row]) -> SegmentTable {
    let segments = rows
        .iter()
        .filter(|row| (1..=MOST_LABEL).contains(&row.label))
        .map(|row| {
            let color = row.color.unwrap_or_else(|| default_color(row.label));
            Segment {
                is_visible: row.is_visible,
                ..Segment::new(row.label, tidy(&row.name), color)
            }
        });
    SegmentTable::from_segments(segments.collect())
}

/// A name without what would disturb a line of text.
fn tidy(name: &str) -> String {
    let clean = name.trim().chars().take(MAX_NAME_CHARS);
    clean.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `#rrggbb`, with or without the sign.
fn hex_color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    if digits.len() != 6 && digits.len() != 8 || !digits.is_ascii() {
        return None;
    }
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// Red, green, blue: 0 to 255, or 0 to 1 if none is larger and one is a fraction.
fn color_of(parts: [f64; 3], is_fraction: bool) -> Option<[u8; 3]> {
    let highest = parts.iter().copied().fold(0.0, f64::max);
    let scale = if is_fraction && highest <= 1.0 { 255.0 } else { 1.0 };
    let parts = parts.map(|part| (part * scale).round());
    parts
        .iter()
        .all(|part| (0.0..=255.0).contains(part))
        .then(|| parts.map(|part| part as u8))
}

/// Three numbers in texts.
fn color_of_texts(parts: [&str; 3]) -> Option<[u8; 3]> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let numbers = [number(parts[0])?, number(parts[1])?, number(parts[2])?];
    color_of(numbers, parts.iter().any(|part| part.contains('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, String, [u8; 3])> {
        let table = parse(text.as_bytes()).unwrap().unwrap_or_default();
        let segments = table.segments.into_iter();
        segments
            .map(|segment| (segment.label, segment.name, segment.color))
            .collect()
    }

    fn names(text: &str) -> Vec<(u32, String)> {
        read(text).into_iter().map(|(label, name, _)| (label, name)).collect()
    }

    fn two() -> Vec<(u32, String)> {
        vec![(1, "spleen".to_owned()), (7, "left kidney".to_owned())]
    }

    #[test]
    fn every_form_of_table_is_read() {
        for text in [
            "# ITK-SnAP Label Description File\n    0   0 0 0  0 0 0 \"Clear Label\"\n    1 255 0 0  1 1 1 \"spleen\"\n\
             7 0 255 0  1 0 1    \"left kidney\"\r\n",
            "#No. Label Name:   R G B A\n\n0 Unknown 0 0 0 0\n1 \tspleen \t255 0 0 0\n7 left kidney 0 255 0 0\n",
            "label,name\n1,spleen\n7,left kidney\n",
            "1,spleen\n7,\"left kidney\"\n",
            "name\tindex\tabbreviation\nspleen\t1\tSP\nleft kidney\t7\tLK\n",
            "LabelValue,Name,Color_R,Color_G,Color_B\n1,spleen,1,2,3\n7,left kidney,4,5,6\n",
            "1 spleen\n7: left kidney\n",
            "1=spleen\n7 = left kidney",
            r#"{"1": "spleen", "7": "left kidney"}"#,
            r#"{"spleen": 1, "left kidney": 7, "background": 0}"#,
            r#"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "spleen": 1, "left kidney": [7], "both": [1, 7]}}"#,
            r#"{"labels": {"0": "background", "1": "spleen", "7": "left kidney"}, "modality": {"0": "CT"}}"#,
            r#"{"labels": ["background", "spleen", "", "", "", "", "", "left kidney"]}"#,
            r#"{"segments": [{"label": 1, "name": "spleen", "voxels": 3}, {"label": 7, "name": "left kidney"}]}"#,
            r#"[{"value": 1, "name": "spleen"}, {"value": 7, "name": "left kidney"}]"#,
            r#"{"segmentAttributes": [[{"labelID": 1, "SegmentLabel": "spleen"}], [{"labelID": 7, "SegmentLabel": "left kidney"}]]}"#,
            r#"{"1": {"name": "spleen"}, "7": {"name": "left kidney"}}"#,
            "\u{feff}label;name\n1;spleen\n7;left kidney\n",
        ] {
            assert_eq!(names(text), two(), "{text}");
        }
    }

    #[test]
    fn colours_and_visibility_come_along() {
        let red = |text: &str| read(text)[0].2;
        for text in [
            "1 255 16 0 1 1 1 \"a\"",
            "1 a 255 16 0 0",
            "1,a,255,16,0",
            "1,a,#ff1000",
            "label,name,color\n1,a,255 16 0",
            "label,name,r,g,b\n1,a,1.0,0.0627,0.0",
            r##"{"labels": [{"label": 1, "name": "a", "color": "#ff1000"}]}"##,
            r#"[{"label": 1, "name": "a", "recommendedDisplayRGBValue": [255, 16, 0]}]"#,
        ] {
            assert_eq!(red(text), [255, 16, 0], "{text}");
        }
        let table = parse(b"1 255 0 0 1 0 1 \"hidden\"").unwrap().unwrap();
        assert!(!table.segments[0].is_visible);
        // Latin-1.
        assert_eq!(
            parse(b"1 255 0 0 1 1 1 \"c\xf4lon\"").unwrap().unwrap().segments[0].name,
            "côlon"
        );
    }

    #[test]
    fn what_is_no_table_is_none_and_what_is_damaged_is_told() {
        for text in [
            "",
            "not an image",
            "Three patients, of whom two came back.\n",
            r#"{"EchoTime": 0.03, "Manufacturer": "Nobody", "EchoNumber": 1}"#,
            r#"{"SeriesNumber": 3, "AcquisitionNumber": 3}"#,
            "[1, 2, 3]",
            "{}",
            "time,dose\n1.5,2.5\n",
            "a,b\nc,d\n",
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(None), "{text}");
        }
        for text in [
            "{\"labels\": {\"1\": \"spl",
            "1 255 0 0 1 1 1 \"a\"\n2 255 0",
            "1 a 1 2 3 0\n2 b 1 2 300 0",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn cut_or_disturbed_tables_do_no_harm() {
        for text in [
            "# ITK-SnAP Label Description File\n1 255 0 0 1 1 1 \"spleen\"\n7 0 255 0 1 0 1 \"left kidney\"\n",
            "label,name,color\n1,\"spl\"\"een\",#ff0000\n7,left kidney,1 2 3\n",
            r##"{"labels": [{"label": 1, "name": "a", "color": "#ff1000"}, {"label": 4294967297, "name": "b"}]}"##,
        ] {
            for end in 0..text.len() {
                let _whatever = parse(&text.as_bytes()[..end]);
                for bit in 0..8 {
                    let mut bytes = text.as_bytes().to_vec();
                    bytes[end] ^= 1 << bit;
                    let _whatever = parse(&bytes);
                }
            }
        }
        let deep = "[".repeat(100_000);
        assert!(parse(deep.as_bytes()).is_err());
    }
}
