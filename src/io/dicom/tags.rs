//! Every element of a DICOM file as text, for people and scripts that want to see what is there.

use std::path::Path;

use dicom_core::dictionary::{DataDictionary as _, DataDictionaryEntry as _};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;

use super::elements::{Element, Item};
use super::prescan::{PixelPlace, prescan_file};

/// One element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRow {
    /// How many sequences it is in.
    pub depth: usize,
    /// Its tag: `(0008,0060)`.
    pub tag: String,
    /// Its value representation: `CS`.
    pub vr: String,
    /// Its keyword in the dictionary; empty for private and unknown elements.
    pub keyword: String,
    /// Where it is: keywords (or tags) from the outermost sequence inwards, items counted from 0.
    pub path: String,
    /// What it holds.
    pub content: TagContent,
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagContent {
    /// Text, or numbers as text.
    Values(Vec<String>),
    /// So many bytes that are no text.
    Bytes(u64),
    /// Pixels in so many pieces.
    Fragments(usize),
    /// So many items, whose elements follow.
    Items(usize),
}

type ElementIter<'a> = Box<dyn Iterator<Item = Element<'a>> + 'a>;

/// Lists the elements of a DICOM file in their order, those of sequences behind the sequence; the error is the reason
/// for the user. Pixels are not read, what follows them is not listed.
pub fn list_tags(path: &Path) -> Result<Vec<TagRow>, String> {
    let scanned = prescan_file(path)?;
    let mut rows = Vec::new();
    // What is still to be listed, the next last: depth, path and elements. The pre-scan has bounded all of them.
    let mut pending: Vec<(usize, String, ElementIter<'_>)> =
        vec![(0, String::new(), Box::new(scanned.elements.root().elements()))];
    while let Some((depth, place, elements)) = pending.last_mut() {
        let depth = *depth;
        let Some(element) = elements.next() else {
            pending.pop();
            continue;
        };
        let row = row(element, depth, place);
        let items: Vec<Item<'_>> = if element.vr() == VR::SQ {
            element.items().collect()
        } else {
            Vec::new()
        };
        // The first item is listed next, so it comes last.
        for (n, item) in items.into_iter().enumerate().rev() {
            pending.push((depth + 1, format!("{}[{n}].", row.path), Box::new(item.elements())));
        }
        rows.push(row);
    }
    if let Some(pixels) = &scanned.pixels {
        let content = match &pixels.place {
            PixelPlace::Native { length, .. } => TagContent::Bytes(*length),
            PixelPlace::Encapsulated(fragments) => TagContent::Fragments(fragments.parts.len()),
        };
        let keyword = keyword(pixels.tag);
        rows.push(TagRow {
            depth: 0,
            tag: written(pixels.tag),
            vr: pixels.vr.to_string().to_owned(),
            path: keyword.clone(),
            keyword,
            content,
        });
    }
    Ok(rows)
}

fn row(element: Element<'_>, depth: usize, place: &str) -> TagRow {
    let keyword = keyword(element.tag());
    let tag = written(element.tag());
    let path = format!("{place}{}", if keyword.is_empty() { &tag } else { &keyword });
    let content = match element.vr() {
        VR::SQ => TagContent::Items(element.items().count()),
        VR::OB | VR::OW | VR::OD | VR::OF | VR::OL | VR::OV | VR::UN => TagContent::Bytes(element.bytes().len() as u64),
        VR::AT => TagContent::Values(tags_in(element)),
        _ if element.bytes().is_empty() => TagContent::Values(Vec::new()),
        _ => TagContent::Values(element.texts()),
    };
    TagRow {
        depth,
        tag,
        vr: element.vr().to_string().to_owned(),
        keyword,
        path,
        content,
    }
}

/// The tags that an element of VR AT names.
fn tags_in(element: Element<'_>) -> Vec<String> {
    let number = |pair: [u8; 2]| {
        if element.is_big_endian() {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    };
    element
        .bytes()
        .as_chunks::<4>()
        .0
        .iter()
        .map(|[a, b, c, d]| written(Tag(number([*a, *b]), number([*c, *d]))))
        .collect()
}

fn written(tag: Tag) -> String {
    format!("({:04X},{:04X})", tag.group(), tag.element())
}

fn keyword(tag: Tag) -> String {
    StandardDataDictionary
        .by_tag(tag)
        .map(|entry| entry.alias().to_owned())
        .unwrap_or_default()
}
