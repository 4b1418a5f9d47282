//! Look-up tables of numbers: the Modality LUT (PS3.3 C.11.1), and how tables are stored at all.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::elements::Item;

/// A table from stored numbers to values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The stored number of the first entry; lower ones take the first value.
    first: i64,
    values: Vec<u16>,
}

impl Lookup {
    /// The Modality LUT of a data set, if it has one that can be used.
    pub fn read(root: Item<'_>, is_signed: bool) -> Option<Self> {
        let item = root.item(tags::MODALITY_LUT_SEQUENCE)?;
        let descriptor = item
            .numbers(tags::LUT_DESCRIPTOR)
            .filter(|numbers| numbers.len() == 3)?;
        // Without a VR of its own the first number has the sign of the pixels.
        let first = if is_signed && descriptor[1] > 32767.0 {
            descriptor[1] - 65536.0
        } else {
            descriptor[1]
        };
        let values = read_table(item, tags::LUT_DATA, entry_count(descriptor[0]), descriptor[2] > 8.0)?;
        (!values.is_empty()).then_some(Self {
            first: first as i64,
            values,
        })
    }

    /// The value of a stored number; beyond the table, its nearest end.
    pub fn value(&self, stored: i64) -> u16 {
        let index = usize::try_from(stored - self.first).unwrap_or(0);
        self.values
            .get(index)
            .or(self.values.last())
            .copied()
            .unwrap_or_default()
    }
}

/// Entries that a descriptor's first number announces: 0 stands for 65536, which does not fit its 16 bits.
pub fn entry_count(number: f64) -> usize {
    (if number <= 0.0 { number + 65536.0 } else { number }) as usize
}

/// The entries of a table: 16-bit words, or bytes where 8 bits are declared and the length shows that they are packed.
pub fn read_table(item: Item<'_>, tag: Tag, entries: usize, is_wide: bool) -> Option<Vec<u16>> {
    let element = item.get(tag)?;
    let bytes = element.bytes();
    let word = |pair: &[u8; 2]| {
        if element.is_big_endian() {
            u16::from_be_bytes(*pair)
        } else {
            u16::from_le_bytes(*pair)
        }
    };
    if !is_wide && bytes.len() < entries * 2 {
        return Some(bytes.iter().take(entries).map(|byte| u16::from(*byte)).collect());
    }
    let words = bytes.as_chunks::<2>().0.iter().map(word).take(entries);
    // 8-bit entries in words have them in the low byte; some writers fill the high one instead.
    Some(if is_wide {
        words.collect()
    } else {
        words.map(|word| if word > 255 { word >> 8 } else { word }).collect()
    })
}
