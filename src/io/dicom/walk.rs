//! The walk over the elements of a file: no recursion, no length believed that the bytes left do not bear out.

use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::bytes::ByteSource;
use super::elements::{Elements, Node};
use super::encoding::{Encoding, Head, ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, read_head};
use super::fragments::read_fragments;
use super::prescan::{PixelData, PixelPlace};
use crate::io::scan::plain;
use crate::say;

/// Sequences nested deeper than this are refused; structured reports stay below 15.
const MAX_DEPTH: usize = 64;
/// A header larger than this is refused.
const MAX_HEADER: u64 = 256 << 20;
/// What is read of a file at first: most headers are shorter.
pub(super) const FIRST_READ: u64 = 32 << 10;

/// A sequence or item that is open.
struct Level {
    kind: LevelKind,
    /// Where it ends, if its length is known.
    end: Option<u64>,
    /// Its node.
    node: usize,
    /// Encoding of what is around it, to return to.
    outer: Encoding,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LevelKind {
    Sequence,
    Item,
    /// Encapsulated pixel data inside an item (an icon): its items are not data sets.
    Fragments,
}

/// Where the walk is, and what it has met.
pub(super) struct Walker {
    source: ByteSource,
    pub elements: Elements,
    pub at: u64,
    pub encoding: Encoding,
    levels: Vec<Level>,
    pub has_recovered: bool,
}

/// Why walking stopped.
enum Fault {
    /// Bytes contradict themselves here.
    Damaged,
    /// Nothing can be done about it; the reason.
    Fatal(String),
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self::Fatal(reason)
    }
}

impl Walker {
    pub fn new(source: ByteSource) -> Self {
        Self {
            source,
            elements: Elements::default(),
            at: 0,
            encoding: Encoding::EXPLICIT_LITTLE,
            levels: Vec::new(),
            has_recovered: false,
        }
    }

    /// Makes sure that bytes up to `end` have been read, if there are so many; says whether there are.
    pub fn fetch(&mut self, end: u64) -> Result<bool, String> {
        let have = self.elements.bytes.len() as u64;
        if end <= have {
            return Ok(true);
        }
        if have >= self.source.len() {
            return Ok(false);
        }
        if end > MAX_HEADER && self.source.len() > MAX_HEADER {
            return Err(say!("io-dicom-header-too-large"));
        }
        let wanted = end.max(have * 2).max(FIRST_READ).min(self.source.len());
        let more = self.source.read_vec(have, wanted - have).map_err(|err| plain(&err))?;
        if self.elements.bytes.is_empty() {
            self.elements.bytes = more;
        } else {
            self.elements.bytes.extend_from_slice(&more);
        }
        Ok(end <= self.elements.bytes.len() as u64)
    }

    /// Replaces the source by the unpacked data set.
    pub fn inflate(&mut self) -> Result<(), String> {
        let source = std::mem::replace(&mut self.source, ByteSource::Memory([].into()));
        self.source = source.inflated(self.at).map_err(|_| say!("io-dicom-cannot-inflate"))?;
        // The values of the meta group are wanted no more: only the transfer syntax was, and that is known.
        self.elements = Elements::default();
        self.at = 0;
        Ok(())
    }

    fn head(&mut self) -> Result<Option<Head>, String> {
        self.fetch(self.at + 12)?;
        let from = usize::try_from(self.at).unwrap_or(usize::MAX);
        Ok(self
            .elements
            .bytes
            .get(from..)
            .and_then(|rest| read_head(rest, self.encoding)))
    }

    /// What encoding the next element seems to have, if it can be told.
    pub fn sniff(&mut self) -> Result<Option<Encoding>, String> {
        self.fetch(self.at + 12)?;
        let from = usize::try_from(self.at).unwrap_or(usize::MAX);
        Ok(self.elements.bytes.get(from..).and_then(Encoding::sniff))
    }

    /// Reads elements of group 2. Group Length is not believed: the group ends where another begins.
    pub fn walk_meta(&mut self) -> Result<bool, String> {
        let before = self.elements.nodes.len();
        while let Some(head) = self.head()? {
            if head.tag.group() != 2 || head.length == UNDEFINED {
                break;
            }
            self.leaf(head).map_err(|fault| self.reason(fault))?;
        }
        Ok(self.elements.nodes.len() > before)
    }

    /// Reads the data set up to its pixel data or its end.
    pub fn walk_dataset(&mut self) -> Result<Option<PixelData>, String> {
        loop {
            match self.step() {
                Ok(Step::On) => {}
                Ok(Step::End) => return Ok(None),
                Ok(Step::Pixels(pixels)) => return Ok(Some(pixels)),
                Err(fault) => self.recover(fault)?,
            }
        }
    }

    /// Damage inside a sequence of known length costs that sequence only.
    fn recover(&mut self, fault: Fault) -> Result<(), String> {
        let outermost = self
            .levels
            .first()
            .and_then(|level| level.end.map(|end| (level.node, end, level.outer)));
        let Some((node, end, outer)) = outermost.filter(|_| matches!(fault, Fault::Damaged)) else {
            return Err(self.reason(fault));
        };
        self.levels.clear();
        self.elements.nodes.truncate(node + 1);
        self.close(node);
        self.encoding = outer;
        self.at = end;
        self.has_recovered = true;
        Ok(())
    }

    fn reason(&self, fault: Fault) -> String {
        match fault {
            Fault::Damaged => say!("io-dicom-damaged", place = self.at),
            Fault::Fatal(reason) => reason,
        }
    }

    fn close(&mut self, node: usize) {
        let behind = self.elements.nodes.len() as u32;
        if let Some(node) = self.elements.nodes.get_mut(node) {
            node.next = behind;
        }
    }

    fn pop(&mut self) {
        if let Some(level) = self.levels.pop() {
            self.encoding = level.outer;
            self.close(level.node);
        }
    }

    /// Reads one element, item or delimiter.
    fn step(&mut self) -> Result<Step, Fault> {
        while self
            .levels
            .last()
            .is_some_and(|level| level.end.is_some_and(|end| self.at >= end))
        {
            self.pop();
        }
        let Some(head) = self.head()? else {
            return if self.levels.is_empty() && self.is_at_end() {
                Ok(Step::End)
            } else {
                Err(Fault::Fatal(say!("io-dicom-cut-in-header")))
            };
        };
        let inside = self.levels.last().map(|level| level.kind);
        match (inside, head.tag) {
            (Some(LevelKind::Sequence), ITEM) => self.open(head, LevelKind::Item),
            (Some(LevelKind::Fragments), ITEM) => self.leaf(head),
            (Some(LevelKind::Sequence | LevelKind::Fragments), SEQUENCE_END) | (Some(LevelKind::Item), ITEM_END) => {
                self.at += head.size;
                self.pop();
                Ok(())
            }
            // Some writers end sequences of known length with a delimiter that nothing opened.
            (None | Some(LevelKind::Item), SEQUENCE_END | ITEM_END) => {
                self.at += head.size;
                Ok(())
            }
            (Some(LevelKind::Sequence | LevelKind::Fragments), _) | (_, ITEM) => Err(Fault::Damaged),
            (None, tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA) => {
                return self.pixel_data(head).map(Step::Pixels);
            }
            (Some(LevelKind::Item), tags::PIXEL_DATA) if head.length == UNDEFINED => {
                self.open(head, LevelKind::Fragments)
            }
            _ if head.vr == VR::SQ || head.length == UNDEFINED => {
                let implicit = head.vr == VR::UN || head.is_unknown_sequence;
                self.open(head, LevelKind::Sequence)?;
                // A sequence of unknown VR is in implicit little endian whatever is around it (PS3.5 6.2.2).
                if implicit {
                    self.encoding = Encoding::IMPLICIT_LITTLE;
                }
                Ok(())
            }
            _ => self.leaf(head),
        }?;
        Ok(Step::On)
    }

    /// Whether nothing is left, or zeros that pad the file.
    fn is_at_end(&self) -> bool {
        let rest = usize::try_from(self.at)
            .ok()
            .and_then(|at| self.elements.bytes.get(at..))
            .unwrap_or_default();
        rest.iter().all(|byte| *byte == 0)
    }

    /// Where the innermost thing of known length ends.
    fn limit(&self) -> u64 {
        self.levels
            .iter()
            .rev()
            .find_map(|level| level.end)
            .unwrap_or(self.source.len())
    }

    fn push_node(&mut self, head: &Head, start: u64, length: u32) -> Result<usize, Fault> {
        let index = self.elements.nodes.len();
        let start = u32::try_from(start).map_err(|_| Fault::Damaged)?;
        let vr = if head.length == UNDEFINED { VR::SQ } else { head.vr };
        self.elements.nodes.push(Node {
            tag: head.tag,
            vr,
            is_big_endian: self.encoding.is_big_endian,
            start,
            length,
            next: index as u32 + 1,
        });
        Ok(index)
    }

    fn open(&mut self, head: Head, kind: LevelKind) -> Result<(), Fault> {
        if self.levels.len() >= MAX_DEPTH {
            return Err(Fault::Fatal(say!("io-dicom-too-deep")));
        }
        let start = self.at + head.size;
        let end = if head.length == UNDEFINED {
            None
        } else {
            Some(start + u64::from(head.length))
        };
        if end.is_some_and(|end| end > self.limit()) {
            return Err(self.beyond());
        }
        let node = self.push_node(&head, start, 0)?;
        self.levels.push(Level {
            kind,
            end,
            node,
            outer: self.encoding,
        });
        self.at = start;
        Ok(())
    }

    fn leaf(&mut self, head: Head) -> Result<(), Fault> {
        let start = self.at + head.size;
        let end = start + u64::from(head.length);
        if head.length == UNDEFINED || end > self.limit() || !self.fetch(end)? {
            return Err(self.beyond());
        }
        self.push_node(&head, start, head.length)?;
        self.at = end;
        Ok(())
    }

    /// A length leads beyond what it may.
    fn beyond(&self) -> Fault {
        if self.levels.iter().any(|level| level.end.is_some()) {
            Fault::Damaged
        } else {
            Fault::Fatal(say!("io-dicom-cut-in-header"))
        }
    }

    fn pixel_data(&mut self, head: Head) -> Result<PixelData, Fault> {
        let offset = self.at + head.size;
        let left = self.source.len().saturating_sub(offset);
        let has_items = {
            let mut first = [0; 4];
            let count = self.source.read_at(offset, &mut first).map_err(|err| plain(&err))?;
            count == 4 && first == [0xfe, 0xff, 0x00, 0xe0]
        };
        let length = if head.length == UNDEFINED {
            left
        } else {
            u64::from(head.length).min(left)
        };
        // Of a declared length, fragments are only what begins like a fragment and is not plausible as a number run.
        let place = if has_items && (head.length == UNDEFINED || head.vr == VR::OB) {
            PixelPlace::Encapsulated(read_fragments(&mut self.source, offset, length).map_err(|err| plain(&err))?)
        } else {
            PixelPlace::Native { offset, length }
        };
        Ok(PixelData {
            tag: head.tag,
            vr: head.vr,
            place,
        })
    }
}

enum Step {
    On,
    End,
    Pixels(PixelData),
}
