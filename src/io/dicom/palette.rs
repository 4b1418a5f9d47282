//! Tables of colours for PALETTE COLOR pictures (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6).

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::elements::Item;
use super::lookup::{entry_count, read_table};
use crate::model::voxels::SampleType;
use crate::say;

/// A table of colours, with 8 or 16 bits a colour as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// The stored number of the first entry; lower ones take the first colour.
    first: i64,
    colors: Vec<[u16; 3]>,
    is_wide: bool,
}

impl Palette {
    /// From the Palette Color Lookup Table module; the error is the reason for the user.
    pub fn read(root: Item<'_>) -> Result<Self, String> {
        let channels = [
            (
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            ),
            (
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            ),
            (
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            ),
        ];
        let bad = || say!("io-dicom-bad-palette");
        let mut tables = Vec::new();
        let mut first = 0;
        let mut is_wide = false;
        for (descriptor, plain, segmented) in channels {
            let numbers = root
                .numbers(descriptor)
                .filter(|numbers| numbers.len() == 3)
                .ok_or_else(bad)?;
            let entries = entry_count(numbers[0]);
            first = numbers[1] as i64;
            let wide_entries = numbers[2] > 8.0;
            is_wide = wide_entries;
            let table =
                read_table(root, plain, entries, wide_entries).or_else(|| read_segments(root, segmented, entries));
            tables.push(table.filter(|table| !table.is_empty()).ok_or_else(bad)?);
        }
        let length = tables.iter().map(Vec::len).min().unwrap_or(0);
        let mut colors: Vec<[u16; 3]> = (0..length)
            .map(|n| [tables[0][n], tables[1][n], tables[2][n]])
            .collect();
        // Some writers call 8-bit colours 16-bit; tables that never leave 8 bits are taken at their word.
        if is_wide && colors.iter().flatten().all(|value| *value < 256) {
            colors.iter_mut().flatten().for_each(|value| *value *= 257);
        }
        Ok(Self { first, colors, is_wide })
    }

    /// The type of the colours.
    pub fn sample_type(&self) -> SampleType {
        if self.is_wide { SampleType::U16 } else { SampleType::U8 }
    }

    /// The colour of a stored number; beyond the table, its nearest end.
    pub fn color(&self, stored: i64) -> [u16; 3] {
        let last = self.colors.len().saturating_sub(1);
        let index = usize::try_from(stored - self.first).unwrap_or(0).min(last);
        self.colors.get(index).copied().unwrap_or_default()
    }
}

/// A table of discrete and linear segments (PS3.3 C.7.9.2); indirect segments are not in use and end it.
fn read_segments(root: Item<'_>, tag: Tag, entries: usize) -> Option<Vec<u16>> {
    let words: Vec<u16> = root
        .get(tag)?
        .bytes()
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .collect();
    let mut table: Vec<u16> = Vec::new();
    let mut rest = &words[..];
    while let [kind, length, tail @ ..] = rest {
        let length = usize::from(*length);
        if table.len() + length > entries {
            break;
        }
        match kind {
            0 => {
                table.extend_from_slice(tail.get(..length)?);
                rest = tail.get(length..)?;
            }
            1 => {
                let (from, to) = (f64::from(*table.last()?), f64::from(*tail.first()?));
                table.extend((1..=length).map(|n| (from + (to - from) * n as f64 / length as f64).round() as u16));
                rest = tail.get(1..)?;
            }
            _ => break,
        }
    }
    Some(table)
}
