//! Encapsulated pixel data: where its fragments are, and which of them make which frame (PS3.5 A.4).

use std::io;
use std::ops::Range;

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
    /// Whether it begins as JPEG and JPEG-LS do, with SOI and another marker, or JPEG 2000, with SOC and SIZ.
    pub begins_picture: bool,
}

/// Bytes of an item's head.
const HEAD: u64 = 8;

/// Reads the heads of the fragments from `offset` on, and of their content the first bytes.
pub fn read_fragments(source: &mut ByteSource, offset: u64, length: u64) -> io::Result<Fragments> {
    let end = offset.saturating_add(length).min(source.len());
    let mut found = Fragments {
        is_cut: true,
        ..Fragments::default()
    };
    let mut at = offset;
    let mut is_table = true;
    while at + HEAD <= end {
        let mut head = [0; HEAD as usize + 3];
        if source.read_at(at, &mut head)? < HEAD as usize {
            break;
        }
        let [a, b, c, d, l0, l1, l2, l3, begin @ ..] = head;
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
                begins_picture: length >= 3 && matches!(begin, [0xff, 0xd8 | 0x4f, 0xff]),
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
    /// Which fragments are frame n, as ranges of `parts`: of all `declared` frames, or of the first of them where the
    /// rest is not there. `None` if it cannot be told.
    ///
    /// `extended` is the Extended Offset Table (7FE0,0001), which stands where offsets are too large for the basic one.
    pub fn of_frames(&self, declared: usize, extended: &[u64]) -> Option<Vec<Range<usize>>> {
        let one_each = || (0..self.parts.len()).map(|n| n..n + 1).collect();
        if declared <= 1 {
            return Some(std::iter::once(0..self.parts.len()).collect());
        }
        let by_table = [extended, &self.offsets]
            .into_iter()
            .filter(|offsets| offsets.len() == declared)
            .find_map(|offsets| self.starts_by_table(offsets));
        if let Some(starts) = by_table {
            return Some(self.ranges(&starts));
        }
        // Of a cut file it is chance if there are as many fragments as frames.
        if self.parts.len() == declared && !self.is_cut {
            return Some(one_each());
        }
        let starts = self.starts_by_content();
        if starts.first() == Some(&0) && starts.len() <= declared {
            return Some(self.ranges(&starts));
        }
        (self.parts.len() <= declared).then(one_each)
    }

    /// The first fragment of each frame by an offset table; `None` if the table contradicts the fragments.
    fn starts_by_table(&self, offsets: &[u64]) -> Option<Vec<usize>> {
        let base = self.parts.first()?.offset;
        let last = self.parts.last()?.offset - base;
        let starts: Vec<usize> = offsets
            .iter()
            .take_while(|offset| !self.is_cut || **offset <= last)
            .map(|offset| self.parts.binary_search_by_key(offset, |part| part.offset - base).ok())
            .collect::<Option<_>>()?;
        let ascends = starts.is_sorted_by(|a, b| a < b);
        (ascends && !starts.is_empty()).then_some(starts)
    }

    /// The fragments that begin like a compressed picture.
    fn starts_by_content(&self) -> Vec<usize> {
        let parts = self.parts.iter().enumerate();
        parts
            .filter_map(|(index, part)| part.begins_picture.then_some(index))
            .collect()
    }

    /// From each of the fragments to the one before the next.
    fn ranges(&self, starts: &[usize]) -> Vec<Range<usize>> {
        let ends = starts.iter().skip(1).copied();
        starts
            .iter()
            .copied()
            .zip(ends.chain(std::iter::once(self.parts.len())))
            .map(|(from, to)| from..to)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fragments of 10 bytes; `true` begins a picture.
    fn fragments(begins: &[bool], offsets: &[u64], is_cut: bool) -> Fragments {
        let part = |(n, begins): (usize, &bool)| Fragment {
            offset: 1000 + 18 * n as u64,
            length: 10,
            begins_picture: *begins,
        };
        Fragments {
            parts: begins.iter().enumerate().map(part).collect(),
            offsets: offsets.to_vec(),
            is_cut,
        }
    }

    #[test]
    fn tables_come_first_and_must_agree_with_the_fragments() {
        let four = |offsets: &[u64], is_cut| fragments(&[false; 4], offsets, is_cut);
        assert_eq!(four(&[0, 54], false).of_frames(2, &[]), Some(vec![0..3, 3..4]));
        assert_eq!(four(&[0, 54], false).of_frames(2, &[0, 18]), Some(vec![0..1, 1..4]));
        for wrong in [[0, 17], [18, 18], [36, 0], [0, 1 << 40]] {
            assert_eq!(four(&wrong, false).of_frames(2, &[]), None, "{wrong:?}");
        }
        assert_eq!(
            four(&[0, 36, 72, 108], true).of_frames(4, &[]),
            Some(vec![0..2, 2..4]),
            "two frames are cut off"
        );
    }

    #[test]
    fn without_a_table_the_content_tells_else_the_count() {
        let pairs = [true, false, true, false];
        let two = Some(vec![0..2, 2..4]);
        assert_eq!(fragments(&pairs, &[], false).of_frames(2, &[]), two);
        assert_eq!(fragments(&pairs, &[], true).of_frames(4, &[]), two);
        let each = Some(vec![0..1, 1..2, 2..3, 3..4]);
        assert_eq!(fragments(&pairs, &[], false).of_frames(4, &[]), each);
        assert_eq!(fragments(&[false; 4], &[], true).of_frames(9, &[]), each);
        assert_eq!(fragments(&[false; 4], &[], false).of_frames(3, &[]), None);
        assert_eq!(
            fragments(&[false; 4], &[], false).of_frames(1, &[]),
            Some(std::iter::once(0..4).collect())
        );
    }
}
