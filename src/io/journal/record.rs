//! The records of a journal: length, checksum, kind and content, one after the other.

use std::io;

use flate2::Crc;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Head;
use crate::model::label_delta::{BlockDelta, LabelDelta, Run};

/// The first bytes of a journal of this form.
pub(super) const MAGIC: &[u8; 8] = b"isojrn2\n";
/// More of a journal is not read.
pub(super) const MOST_BYTES: u64 = 16 << 30;
/// Bytes in front of a record's content: length and checksum, four bytes each, and the kind.
const FRONT: usize = 9;

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the journal is about.
    Head = 1,
    /// The segments from now on.
    Table = 2,
    /// A change of a layer.
    Delta = 3,
    /// An entry is whole.
    End = 4,
}

/// A whole record.
pub(super) struct Found<'a> {
    kind: Kind,
    content: &'a [u8],
}

impl Found<'_> {
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.content).ok()
    }

    /// The head, if it is one.
    pub(super) fn head(&self) -> Option<Head> {
        (self.kind == Kind::Head).then(|| self.json()).flatten()
    }

    /// A layer, and what changes in it.
    pub(super) fn delta(&self, dims: [usize; 3]) -> Option<(usize, LabelDelta)> {
        let mut rest = self.content;
        let mut next = |bytes: usize| -> Option<u32> {
            let (number, behind) = rest.split_at_checked(bytes)?;
            rest = behind;
            Some(number.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte)))
        };
        let layer = next(4)? as usize;
        let count = next(4)?;
        let mut blocks = Vec::new();
        for _ in 0..count {
            let block = next(4)?;
            let runs = (0..next(4)?)
                .map(|_| {
                    let mut short = || next(2).map(|number| number as u16);
                    Some(Run {
                        start: short()?,
                        length: short()?,
                        old: short()?,
                        new: short()?,
                    })
                })
                .collect::<Option<Vec<Run>>>()?;
            blocks.push(BlockDelta { block, runs });
        }
        Some((layer, LabelDelta { dims, blocks }))
    }
}

/// The whole records of a journal, up to the first that is not.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// See [`Records`].
pub(super) fn records(bytes: &[u8]) -> Records<'_> {
    let is_one = bytes.starts_with(MAGIC);
    Records {
        bytes: if is_one { bytes } else { &[] },
        at: MAGIC.len(),
    }
}

impl Records<'_> {
    /// Bytes up to the end of the last record.
    pub(super) fn read_so_far(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Found<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..)?;
        let (front, rest) = rest.split_at_checked(FRONT)?;
        let number = |at: usize| {
            front
                .get(at..at + 4)
                .and_then(|four| four.try_into().ok())
                .map(u32::from_le_bytes)
        };
        let length = number(0)? as usize;
        let content = rest.get(..length)?;
        let kind = match front.get(8)? {
            1 => Kind::Head,
            2 => Kind::Table,
            3 => Kind::Delta,
            4 => Kind::End,
            _ => return None,
        };
        if number(4)? != checksum(kind, content) {
            return None;
        }
        self.at += FRONT + length;
        Some(Found { kind, content })
    }
}

fn checksum(kind: Kind, content: &[u8]) -> u32 {
    let mut sum = Crc::new();
    sum.update(&[kind as u8]);
    sum.update(content);
    sum.sum()
}

fn push(bytes: &mut Vec<u8>, kind: Kind, content: &[u8]) -> io::Result<()> {
    let length = u32::try_from(content.len()).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
    bytes.extend(length.to_le_bytes());
    bytes.extend(checksum(kind, content).to_le_bytes());
    bytes.push(kind as u8);
    bytes.extend_from_slice(content);
    Ok(())
}

/// Adds a record in JSON.
pub(super) fn push_json(bytes: &mut Vec<u8>, kind: Kind, value: &impl Serialize) -> io::Result<()> {
    push(bytes, kind, &serde_json::to_vec(value).map_err(io::Error::other)?)
}

/// Ends an entry.
pub(super) fn push_end(bytes: &mut Vec<u8>) -> io::Result<()> {
    push(bytes, Kind::End, &[])
}

/// Adds records of a change, in parts that are not too long for one.
pub(super) fn push_delta(bytes: &mut Vec<u8>, layer: usize, delta: &LabelDelta) -> io::Result<()> {
    /// Blocks of a record: with the most runs that they can have some 500 MB.
    const BLOCKS: usize = 2048;
    for blocks in delta.blocks.chunks(BLOCKS) {
        let mut content = Vec::new();
        content.extend((layer as u32).to_le_bytes());
        content.extend((blocks.len() as u32).to_le_bytes());
        for block in blocks {
            content.extend(block.block.to_le_bytes());
            content.extend((block.runs.len() as u32).to_le_bytes());
            for run in &block.runs {
                for number in [run.start, run.length, run.old, run.new] {
                    content.extend(number.to_le_bytes());
                }
            }
        }
        push(bytes, Kind::Delta, &content)?;
    }
    Ok(())
}
