//! The elements of a data set that the pre-scan has checked: a flat table over the header's bytes, and how to ask it.
//!
//! Nothing here allocates by what a file claims: every value is a slice of bytes that were read.

use dicom_core::{Tag, VR};

use super::charset::Charset;

/// One element, item or sequence. A subtree follows its root; `next` leads behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub tag: Tag,
    pub vr: VR,
    pub is_big_endian: bool,
    /// Place of the value in the bytes. Of sequences and items: where their content begins.
    pub start: u32,
    /// Bytes of the value; 0 for sequences and items, whose content are nodes.
    pub length: u32,
    /// Index of the node behind the subtree of this one.
    pub next: u32,
}

/// The header of a file: its bytes up to the pixel data, and where each element lies in them.
#[derive(Debug, Default)]
pub struct Elements {
    pub(super) bytes: Vec<u8>,
    pub(super) nodes: Vec<Node>,
    pub(super) charset: Charset,
}

impl Elements {
    /// The elements of the file meta group and of the data set, in their order.
    pub fn root(&self) -> Item<'_> {
        Item {
            elements: self,
            first: 0,
            end: self.nodes.len() as u32,
        }
    }
}

/// The elements of the data set or of one item of a sequence.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    elements: &'a Elements,
    first: u32,
    end: u32,
}

/// One element.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    elements: &'a Elements,
    index: u32,
    node: &'a Node,
}

impl<'a> Item<'a> {
    /// The elements in their order.
    pub fn elements(self) -> impl Iterator<Item = Element<'a>> {
        let mut index = self.first;
        std::iter::from_fn(move || {
            let node = self.elements.nodes.get(index as usize).filter(|_| index < self.end)?;
            let element = Element {
                elements: self.elements,
                index,
                node,
            };
            // A subtree is never empty, so this always advances.
            index = node.next.max(index + 1);
            Some(element)
        })
    }

    /// The first element with a tag.
    pub fn get(self, tag: Tag) -> Option<Element<'a>> {
        self.elements().find(|element| element.tag() == tag)
    }

    /// The items of a sequence; none if it is absent.
    pub fn items(self, tag: Tag) -> impl Iterator<Item = Self> {
        self.get(tag).into_iter().flat_map(Element::items)
    }

    /// The first item of a sequence.
    pub fn item(self, tag: Tag) -> Option<Self> {
        self.get(tag)?.items().next()
    }

    /// The first value as text; `None` if absent or empty.
    pub fn text(self, tag: Tag) -> Option<String> {
        self.texts(tag).into_iter().next().filter(|text| !text.is_empty())
    }

    /// All values as text; none if absent.
    pub fn texts(self, tag: Tag) -> Vec<String> {
        self.get(tag).map(Element::texts).unwrap_or_default()
    }

    /// The first value as a finite number.
    pub fn number(self, tag: Tag) -> Option<f64> {
        self.get(tag)?.numbers_up_to(1)?.first().copied()
    }

    /// All values as numbers; `None` if absent, empty, or if one of them is none.
    pub fn numbers(self, tag: Tag) -> Option<Vec<f64>> {
        self.get(tag)?.numbers()
    }

    /// The first value as a whole number.
    pub fn integer(self, tag: Tag) -> Option<i64> {
        self.number(tag)
            .filter(|number| number.fract() == 0.0 && number.abs() < 9e15)
            .map(|number| number as i64)
    }

    /// The first value as a count that fits `u16` (the VR US).
    pub fn short(self, tag: Tag) -> Option<u16> {
        self.integer(tag).and_then(|number| u16::try_from(number).ok())
    }
}

impl<'a> Element<'a> {
    /// Its tag.
    pub fn tag(self) -> Tag {
        self.node.tag
    }

    /// Its value representation, from the file or, where the file has none, from the dictionary.
    pub fn vr(self) -> VR {
        self.node.vr
    }

    /// Whether its value is stored most significant byte first.
    pub fn is_big_endian(self) -> bool {
        self.node.is_big_endian
    }

    /// The bytes of its value; empty for sequences.
    pub fn bytes(self) -> &'a [u8] {
        let start = self.node.start as usize;
        start
            .checked_add(self.node.length as usize)
            .and_then(|end| self.elements.bytes.get(start..end))
            .unwrap_or_default()
    }

    /// The items, if it is a sequence.
    pub fn items(self) -> impl Iterator<Item = Item<'a>> {
        let children = Item {
            elements: self.elements,
            first: self.index + 1,
            end: self.node.next,
        };
        children.elements().map(|child| Item {
            elements: self.elements,
            first: child.index + 1,
            end: child.node.next,
        })
    }

    /// The values as text, without padding; numbers of binary VRs are written out.
    pub fn texts(self) -> Vec<String> {
        match self.node.vr {
            VR::SQ => Vec::new(),
            VR::US | VR::SS | VR::UL | VR::SL | VR::UV | VR::SV | VR::FL | VR::FD => {
                self.numbers().unwrap_or_default().iter().map(f64::to_string).collect()
            }
            // These have one value that may hold backslashes, and no trimming at the front (PS3.5 6.2).
            VR::LT | VR::ST | VR::UT | VR::UR => {
                vec![self.decoded().trim_end_matches(PADDING).to_owned()]
            }
            _ => self
                .decoded()
                .split('\\')
                .map(|value| value.trim_matches(PADDING).to_owned())
                .collect(),
        }
    }

    fn decoded(self) -> String {
        match self.node.vr {
            VR::LO | VR::LT | VR::PN | VR::SH | VR::ST | VR::UC | VR::UT | VR::UN => {
                self.elements.charset.decode(self.bytes())
            }
            _ => self.bytes().iter().map(|byte| char::from(*byte)).collect(),
        }
    }

    /// The values as finite numbers; `None` if it is empty or one of them is none.
    pub fn numbers(self) -> Option<Vec<f64>> {
        self.numbers_up_to(usize::MAX)
    }

    fn numbers_up_to(self, most: usize) -> Option<Vec<f64>> {
        let bytes = self.bytes();
        let numbers: Vec<f64> = match self.node.vr {
            VR::US | VR::OW | VR::OB | VR::UN | VR::AT => {
                self.words(bytes, most, |word: [u8; 2]| u16::from_le_bytes(word).into())
            }
            VR::SS => self.words(bytes, most, |word: [u8; 2]| i16::from_le_bytes(word).into()),
            VR::UL | VR::OL => self.words(bytes, most, |word: [u8; 4]| u32::from_le_bytes(word).into()),
            VR::SL => self.words(bytes, most, |word: [u8; 4]| i32::from_le_bytes(word).into()),
            VR::UV | VR::OV => self.words(bytes, most, |word: [u8; 8]| u64::from_le_bytes(word) as f64),
            VR::SV => self.words(bytes, most, |word: [u8; 8]| i64::from_le_bytes(word) as f64),
            VR::FL | VR::OF => self.words(bytes, most, |word: [u8; 4]| f32::from_le_bytes(word).into()),
            VR::FD | VR::OD => self.words(bytes, most, f64::from_le_bytes),
            _ => {
                let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
                let values: Option<Vec<f64>> = text
                    .split('\\')
                    .take(most)
                    .map(|value| value.trim_matches(PADDING).parse().ok())
                    .collect();
                values?
            }
        };
        (!numbers.is_empty() && numbers.iter().all(|number| number.is_finite())).then_some(numbers)
    }

    fn words<const N: usize>(self, bytes: &[u8], most: usize, number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        let turned = |mut word: [u8; N]| {
            if self.node.is_big_endian {
                word.reverse();
            }
            number(word)
        };
        bytes
            .as_chunks::<N>()
            .0
            .iter()
            .take(most)
            .map(|word| turned(*word))
            .collect()
    }
}

/// What pads values to an even length: spaces, and in UIDs (and broken files) NUL.
const PADDING: [char; 2] = [' ', '\0'];
