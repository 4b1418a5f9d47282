//! The pre-scan: walks the bytes of a DICOM file without recursion and without trust, and gives a table of elements
//! up to the pixel data, and the place of the pixel data. It reads no pixels.
//!
//! Every length is checked against the bytes that are left, nesting is at most [`MAX_DEPTH`] deep, and memory is
//! bounded by the bytes that were really read. Files with and without meta header, with an encoding that their
//! transfer syntax contradicts, and with pixel data cut short are read (PS3.5 section 7, PS3.10 section 7).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};
use std::path::Path;

use super::bytes::ByteSource;
use super::charset::Charset;
use super::elements::{Elements, Node};
use super::encoding::{Encoding, Head, ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, read_head};
use super::fragments::{Fragments, read_fragments};
use crate::io::scan::plain;
use crate::say;

/// Sequences nested deeper than this are refused; structured reports stay below 15.
pub const MAX_DEPTH: usize = 64;
/// A header larger than this is refused.
const MAX_HEADER: u64 = 256 << 20;
/// What is read of a file at first: most headers are shorter.
const FIRST_READ: u64 = 32 << 10;

/// What the pre-scan found.
#[derive(Debug)]
pub struct Prescan {
    /// The elements of the meta group and of the data set up to the pixel data.
    pub elements: Elements,
    /// Transfer Syntax UID of the meta header; the one that the bytes suggest where it is missing or wrong.
    pub transfer_syntax: String,
    /// Whether the data set is big endian.
    pub is_big_endian: bool,
    /// Where the pixel data are.
    pub pixels: Option<PixelData>,
    /// Where the deflated data set begins in the file; all other places then count in the unpacked bytes.
    pub deflated_from: Option<u64>,
    /// What was odd about the file, each a sentence.
    pub warnings: Vec<String>,
}

/// The pixel data element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PixelData {
    /// (7FE0,0010), or (7FE0,0008) for floats, or (7FE0,0009) for doubles.
    pub tag: Tag,
    /// How its words are stored: OB or OW.
    pub vr: VR,
    /// Where its bytes are.
    pub place: PixelPlace,
}

/// Where the bytes of pixel data are, in the file or in the unpacked data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PixelPlace {
    /// In one run.
    Native {
        /// First byte.
        offset: u64,
        /// Bytes that are there; fewer than the element says where the file ends early.
        length: u64,
    },
    /// In fragments.
    Encapsulated(Fragments),
}

/// Pre-scans a file; the error is the reason for the user.
pub fn prescan_file(path: &Path) -> Result<Prescan, String> {
    prescan(ByteSource::open(path).map_err(|err| plain(&err))?)
}

/// Pre-scans bytes; the error is the reason for the user.
pub fn prescan(source: ByteSource) -> Result<Prescan, String> {
    let mut walker = Walker::new(source);
    walker.fetch(FIRST_READ)?;
    let start = find_start(&walker.elements.bytes)?;
    walker.at = start.at;
    let mut warnings = Vec::new();
    let mut transfer_syntax = String::new();
    let mut has_meta = false;
    if start.has_meta {
        walker.encoding = Encoding::EXPLICIT_LITTLE;
        has_meta = walker.walk_meta()?;
        transfer_syntax = walker
            .elements
            .root()
            .text(tags::TRANSFER_SYNTAX_UID)
            .unwrap_or_default();
    }
    let mut deflated_from = None;
    if transfer_syntax == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN {
        deflated_from = Some(walker.at);
        walker.inflate()?;
    }
    let declared = Encoding::of_transfer_syntax(&transfer_syntax);
    let sniffed = walker.sniff()?;
    walker.encoding = sniffed.or(declared).unwrap_or(Encoding::IMPLICIT_LITTLE);
    if transfer_syntax.is_empty() {
        transfer_syntax = walker.encoding.transfer_syntax().to_owned();
        warnings.push(if has_meta {
            say!("io-dicom-no-transfer-syntax")
        } else {
            say!("io-dicom-no-meta")
        });
    } else if declared != Some(walker.encoding) && declared.is_some() {
        warnings.push(say!("io-dicom-other-encoding"));
    }
    let dataset_begins = walker.elements.nodes.len();
    let pixels = walker.walk_dataset()?;
    if walker.elements.nodes.len() == dataset_begins && pixels.is_none() {
        return Err(if has_meta {
            say!("io-dicom-empty")
        } else {
            say!("io-dicom-not-dicom")
        });
    }
    if walker.has_recovered {
        warnings.push(say!("io-dicom-damaged-sequence"));
    }
    let codes = walker.elements.root().texts(tags::SPECIFIC_CHARACTER_SET);
    walker.elements.charset = Charset::from_codes(&codes);
    let is_big_endian = walker.encoding.is_big_endian;
    if !has_meta && !looks_like_dicom(&walker.elements) {
        return Err(say!("io-dicom-not-dicom"));
    }
    Ok(Prescan {
        elements: walker.elements,
        transfer_syntax,
        is_big_endian,
        pixels,
        deflated_from,
        warnings,
    })
}

/// Without a meta header, only what names itself is taken for DICOM.
fn looks_like_dicom(elements: &Elements) -> bool {
    let root = elements.root();
    [
        tags::SOP_CLASS_UID,
        tags::MODALITY,
        tags::STUDY_INSTANCE_UID,
        tags::ROWS,
    ]
    .iter()
    .any(|tag| root.get(*tag).is_some())
}

struct Start {
    at: u64,
    has_meta: bool,
}

/// Finds where the elements begin: behind preamble and `DICM`, or at once.
fn find_start(bytes: &[u8]) -> Result<Start, String> {
    if bytes.is_empty() {
        return Err(say!("io-dicom-empty-file"));
    }
    let meta_at = |at: usize| {
        bytes
            .get(at..)
            .is_some_and(|rest| rest.starts_with(&[2, 0]))
    };
    if bytes.get(128..132) == Some(b"DICM") {
        return Ok(Start {
            at: 132,
            has_meta: meta_at(132),
        });
    }
    if bytes.starts_with(b"DICM") {
        return Ok(Start {
            at: 4,
            has_meta: meta_at(4),
        });
    }
    if meta_at(0) {
        return Ok(Start {
            at: 0,
            has_meta: true,
        });
    }
    // A bare data set begins with one of the low groups, whichever way its bytes run.
    match bytes {
        [0x08 | 0x10, 0, ..] | [0, 0x08 | 0x10, ..] if bytes.len() > 16 => Ok(Start {
            at: 0,
            has_meta: false,
        }),
        _ => Err(say!("io-dicom-not-dicom")),
    }
}

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

struct Walker {
    source: ByteSource,
    elements: Elements,
    at: u64,
    encoding: Encoding,
    levels: Vec<Level>,
    has_recovered: bool,
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
    fn new(source: ByteSource) -> Self {
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
    fn fetch(&mut self, end: u64) -> Result<bool, String> {
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
        let more = self
            .source
            .read_vec(have, wanted - have)
            .map_err(|err| plain(&err))?;
        if self.elements.bytes.is_empty() {
            self.elements.bytes = more
        } else {
            self.elements.bytes.extend_from_slice(&more)
        }
        Ok(end <= self.elements.bytes.len() as u64)
    }

    /// Replaces the source by the unpacked data set.
    fn inflate(&mut self) -> Result<(), String> {
        let source = std::mem::replace(&mut self.source, ByteSource::Memory(Vec::new()));
        self.source = source
            .inflated(self.at)
            .map_err(|_| say!("io-dicom-cannot-inflate"))?;
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
    fn sniff(&mut self) -> Result<Option<Encoding>, String> {
        self.fetch(self.at + 12)?;
        let from = usize::try_from(self.at).unwrap_or(usize::MAX);
        Ok(self.elements.bytes.get(from..).and_then(Encoding::sniff))
    }

    /// Reads elements of group 2. Group Length is not believed: the group ends where another begins.
    fn walk_meta(&mut self) -> Result<bool, String> {
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
    fn walk_dataset(&mut self) -> Result<Option<PixelData>, String> {
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
            (Some(LevelKind::Sequence | LevelKind::Fragments), SEQUENCE_END)
            | (Some(LevelKind::Item), ITEM_END) => {
                self.at += head.size;
                self.pop();
                Ok(())
            }
            // Some writers end sequences of known length with a delimiter that nothing opened.
            (None | Some(LevelKind::Item), SEQUENCE_END | ITEM_END) => {
                self.at += head.size;
                Ok(())
            }
            (Some(LevelKind::Sequence | LevelKind::Fragments), _) | (_, ITEM) => {
                Err(Fault::Damaged)
            }
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
        let vr = if head.length == UNDEFINED {
            VR::SQ
        } else {
            head.vr
        };
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
            let count = self
                .source
                .read_at(offset, &mut first)
                .map_err(|err| plain(&err))?;
            count == 4 && first == [0xfe, 0xff, 0x00, 0xe0]
        };
        let length = if head.length == UNDEFINED {
            left
        } else {
            u64::from(head.length).min(left)
        };
        // Of a declared length, fragments are only what begins like a fragment and is not plausible as a number run.
        let place = if has_items && (head.length == UNDEFINED || head.vr == VR::OB) {
            PixelPlace::Encapsulated(
                read_fragments(&mut self.source, offset, length).map_err(|err| plain(&err))?,
            )
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
