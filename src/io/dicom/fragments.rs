//! Encapsulated pixel data: where its fragments are, and which of them make which frame (PS3.5 A.4).

use std::io;

use super::bytes::ByteSource;

/// The fragments of encapsulated pixel data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragments {
    /// Place and length of each fragment, the offset table left out.
    pub parts: Vec<Fragment>,
    /// Basic Offset Table: where each frame begins, counted from the head of the first fragment. Often empty.
    pub offsets: Vec<u64>,
    /// Whether the file ends before the delimiter.
    pub is_cut: bool,
}

/// One fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// First byte of its value.
    pub offset: u64,
    /// Bytes that are there.
    pub length: u64,
}

/// Bytes of an item's head.
const HEAD: u64 = 8;

/// Reads the heads of the fragments from `offset` on; not their content.
pub fn read_fragments(source: &mut ByteSource, offset: u64, length: u64) -> io::Result<Fragments> {
    let end = offset.saturating_add(length).min(source.len());
    let mut found = Fragments {
        is_cut: true,
        ..Fragments::default()
    };
    let mut at = offset;
    let mut is_table = true;
    while at + HEAD <= end {
        let mut head = [0; HEAD as usize];
        if source.read_at(at, &mut head)? < head.len() {
            break;
        }
        let [a, b, c, d, l0, l1, l2, l3] = head;
        if [a, b, c, d] != [0xfe, 0xff, 0x00, 0xe0] {
            // The delimiter, or rubbish: either way the fragments end here.
            found.is_cut = [a, b, c, d] != [0xfe, 0xff, 0xdd, 0xe0];
            break;
        }
        let declared = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
        let start = at + HEAD;
        let length = declared.min(end - start);
        if is_table {
            let bytes = source.read_vec(start, length)?;
            found.offsets = bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|four| u32::from_le_bytes(*four).into())
                .collect();
            is_table = false;
        } else {
            found.parts.push(Fragment {
                offset: start,
                length,
            });
        }
        at = start + declared;
        // A defined length without a delimiter ends where it says.
        if at == end && end < source.len() {
            found.is_cut = false;
        }
    }
    Ok(found)
}

impl Fragments {
    /// The fragments of one frame of `frames`; `None` if it cannot be told or there are none.
    ///
    /// `extended` is the Extended Offset Table (7FE0,0001), which stands where offsets are too large for the basic one.
    pub fn of_frame(&self, frame: usize, frames: usize, extended: &[u64]) -> Option<&[Fragment]> {
        if frames <= 1 {
            return (frame == 0 && !self.parts.is_empty()).then_some(&self.parts[..]);
        }
        let offsets = if extended.len() == frames {
            extended
        } else {
            &self.offsets
        };
        if self.parts.len() == frames {
            return self.parts.get(frame..=frame);
        }
        if offsets.len() != frames {
            return None;
        }
        let base = self.parts.first()?.offset - HEAD;
        let index_of = |offset: u64| {
            self.parts
                .iter()
                .position(|part| part.offset - HEAD - base == offset)
        };
        let from = index_of(*offsets.get(frame)?)?;
        let to = offsets
            .get(frame + 1)
            .map_or(Some(self.parts.len()), |offset| index_of(*offset))?;
        self.parts.get(from..to).filter(|parts| !parts.is_empty())
    }

    /// The fragments of one frame where no table tells: those from one that begins like a compressed picture to the next.
    pub fn of_frame_by_start(
        &self,
        source: &mut ByteSource,
        frame: usize,
        frames: usize,
    ) -> io::Result<Option<&[Fragment]>> {
        let mut starts = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            let mut first = [0; 3];
            // JPEG and JPEG-LS begin with SOI and another marker, JPEG 2000 with SOC and SIZ.
            if source.read_at(part.offset, &mut first)? == first.len()
                && matches!(first, [0xff, 0xd8 | 0x4f, 0xff])
            {
                starts.push(index);
            }
        }
        if starts.len() != frames {
            return Ok(None);
        }
        let to = starts.get(frame + 1).copied().unwrap_or(self.parts.len());
        Ok(starts.get(frame).and_then(|from| self.parts.get(*from..to)))
    }
}
