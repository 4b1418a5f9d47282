//! Writes DICOM files by hand, element by element, for tests: good ones in every encoding, and the raw material for
//! broken ones. Knows nothing of the program's own reader or writer.

#![allow(dead_code, reason = "shared between test binaries, none of which uses all of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Transfer syntaxes that tests write.
pub const IMPLICIT_LITTLE: &str = "1.2.840.10008.1.2";
pub const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";
pub const EXPLICIT_BIG: &str = "1.2.840.10008.1.2.2";
pub const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
pub const RLE: &str = "1.2.840.10008.1.2.5";

pub const CT_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.2";
pub const DIRECTORY: &str = "1.2.840.10008.1.3.10";
pub const ENHANCED_MR_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.4.1";

/// How a data set is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    ImplicitLittle,
    ExplicitLittle,
    ExplicitBig,
}

#[derive(Clone)]
enum Value {
    Text(String),
    Words(Vec<u16>),
    Bytes(Vec<u8>),
    Items(Vec<Dataset>),
    /// The offset table, and what follows it.
    Fragments(Vec<u32>, Vec<Vec<u8>>),
}

/// Elements by tag.
#[derive(Clone, Default)]
pub struct Dataset {
    elements: BTreeMap<(u16, u16), (String, Value)>,
}

impl Dataset {
    pub fn new() -> Self {
        Self::default()
    }

    /// A text, with values separated by backslashes. `vr` as in `DS`.
    pub fn text(mut self, tag: (u16, u16), vr: &str, text: &str) -> Self {
        self.elements.insert(tag, (vr.to_owned(), Value::Text(text.to_owned())));
        self
    }

    /// Decimal strings.
    pub fn decimals(self, tag: (u16, u16), numbers: &[f64]) -> Self {
        let text: Vec<String> = numbers.iter().map(f64::to_string).collect();
        self.text(tag, "DS", &text.join("\\"))
    }

    /// Unsigned 16-bit numbers (US).
    pub fn words(mut self, tag: (u16, u16), words: &[u16]) -> Self {
        self.elements
            .insert(tag, ("US".to_owned(), Value::Words(words.to_vec())));
        self
    }

    /// Bytes as they are.
    pub fn bytes(mut self, tag: (u16, u16), vr: &str, bytes: &[u8]) -> Self {
        self.elements.insert(tag, (vr.to_owned(), Value::Bytes(bytes.to_vec())));
        self
    }

    /// 16-bit pixels.
    pub fn pixels(mut self, pixels: &[i16]) -> Self {
        let words = pixels.iter().map(|pixel| pixel.cast_unsigned()).collect();
        self.elements
            .insert((0x7fe0, 0x10), ("OW".to_owned(), Value::Words(words)));
        self
    }

    /// Encapsulated pixels, the offset table left empty.
    pub fn fragments(self, fragments: &[Vec<u8>]) -> Self {
        self.fragments_with_table(&[], fragments)
    }

    /// Encapsulated pixels with a Basic Offset Table.
    pub fn fragments_with_table(mut self, table: &[u32], fragments: &[Vec<u8>]) -> Self {
        let value = Value::Fragments(table.to_vec(), fragments.to_vec());
        self.elements.insert((0x7fe0, 0x10), ("OB".to_owned(), value));
        self
    }

    /// A sequence of undefined length, its items too.
    pub fn sequence(mut self, tag: (u16, u16), items: Vec<Self>) -> Self {
        self.elements.insert(tag, ("SQ".to_owned(), Value::Items(items)));
        self
    }

    pub fn without(mut self, tag: (u16, u16)) -> Self {
        self.elements.remove(&tag);
        self
    }

    /// The elements as bytes.
    pub fn encode(&self, encoding: Encoding) -> Vec<u8> {
        let is_big = encoding == Encoding::ExplicitBig;
        let mut out = Vec::new();
        for ((group, element), (vr, value)) in &self.elements {
            let (bytes, length) = encode_value(vr, value, encoding);
            out.extend(word(*group, is_big));
            out.extend(word(*element, is_big));
            if encoding == Encoding::ImplicitLittle {
                out.extend(long(length, is_big));
            } else if ["OB", "OW", "SQ", "UN", "UT", "OF"].contains(&vr.as_str()) {
                out.extend(vr.as_bytes());
                out.extend([0, 0]);
                out.extend(long(length, is_big));
            } else {
                out.extend(vr.as_bytes());
                out.extend(word(length as u16, is_big));
            }
            out.extend(bytes);
        }
        out
    }

    /// A whole file: preamble, meta group, data set.
    pub fn file(&self, transfer_syntax: &str) -> Vec<u8> {
        self.file_of_class(CT_IMAGE, transfer_syntax)
    }

    /// The same with another Media Storage SOP Class UID.
    pub fn file_of_class(&self, class: &str, transfer_syntax: &str) -> Vec<u8> {
        let meta = Self::new()
            .bytes((2, 1), "OB", &[0, 1])
            .text((2, 2), "UI", class)
            .text((2, 3), "UI", "1.2.3")
            .text((2, 0x10), "UI", transfer_syntax)
            .encode(Encoding::ExplicitLittle);
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        bytes.extend([2, 0, 0, 0, b'U', b'L', 4, 0]);
        bytes.extend((meta.len() as u32).to_le_bytes());
        bytes.extend(meta);
        let data = self.encode(match transfer_syntax {
            IMPLICIT_LITTLE => Encoding::ImplicitLittle,
            EXPLICIT_BIG => Encoding::ExplicitBig,
            _ => Encoding::ExplicitLittle,
        });
        if transfer_syntax == DEFLATED {
            bytes.extend(deflate(&data));
        } else {
            bytes.extend(data);
        }
        bytes
    }
}

fn word(value: u16, is_big: bool) -> [u8; 2] {
    match is_big {
        true => value.to_be_bytes(),
        false => value.to_le_bytes(),
    }
}

fn long(value: u32, is_big: bool) -> [u8; 4] {
    match is_big {
        true => value.to_be_bytes(),
        false => value.to_le_bytes(),
    }
}

/// The head of an item or a delimiter.
fn item_head(element: u16, length: u32, is_big: bool) -> Vec<u8> {
    let mut head = word(0xfffe, is_big).to_vec();
    head.extend(word(element, is_big));
    head.extend(long(length, is_big));
    head
}

/// The bytes of a value and the length that its element declares.
fn encode_value(vr: &str, value: &Value, encoding: Encoding) -> (Vec<u8>, u32) {
    let is_big = encoding == Encoding::ExplicitBig;
    let padded = |mut bytes: Vec<u8>, with: u8| {
        if bytes.len() % 2 == 1 {
            bytes.push(with);
        }
        let length = bytes.len() as u32;
        (bytes, length)
    };
    match value {
        Value::Text(text) => padded(text.as_bytes().to_vec(), if vr == "UI" { 0 } else { b' ' }),
        Value::Words(words) => padded(words.iter().flat_map(|w| word(*w, is_big)).collect(), 0),
        Value::Bytes(bytes) => padded(bytes.clone(), 0),
        Value::Items(items) => {
            let mut bytes = Vec::new();
            for item in items {
                bytes.extend(item_head(0xe000, u32::MAX, is_big));
                bytes.extend(item.encode(encoding));
                bytes.extend(item_head(0xe00d, 0, is_big));
            }
            bytes.extend(item_head(0xe0dd, 0, is_big));
            (bytes, u32::MAX)
        }
        Value::Fragments(table, fragments) => {
            let mut bytes = item_head(0xe000, 4 * table.len() as u32, is_big);
            bytes.extend(table.iter().flat_map(|offset| long(*offset, is_big)));
            for fragment in fragments {
                let (fragment, length) = padded(fragment.clone(), 0);
                bytes.extend(item_head(0xe000, length, is_big));
                bytes.extend(fragment);
            }
            bytes.extend(item_head(0xe0dd, 0, is_big));
            (bytes, u32::MAX)
        }
    }
}

/// Packs bytes as the deflated transfer syntax wants them.
pub fn deflate(data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// A CT series of small slices, whose voxel (i, j, k) is stored as `i + 10 j + 100 k`.
#[derive(Clone)]
pub struct CtSeries {
    pub columns: u16,
    pub rows: u16,
    /// Place of each slice along the normal, mm, and its displacement along columns (a tilted gantry), mm.
    pub slices: Vec<[f64; 2]>,
    /// Distance of rows, distance of columns, mm.
    pub spacing: [f64; 2],
    /// Direction of rows, then of columns.
    pub orientation: [f64; 6],
    pub transfer_syntax: &'static str,
    pub series_uid: String,
}

impl CtSeries {
    /// Axial slices of 8 x 6 voxels, 2.5 mm apart.
    pub fn new(count: usize) -> Self {
        Self {
            columns: 8,
            rows: 6,
            slices: (0..count).map(|k| [k as f64 * 2.5, 0.0]).collect(),
            spacing: [0.75, 0.5],
            orientation: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            transfer_syntax: EXPLICIT_LITTLE,
            series_uid: "1.2.826.77".to_owned(),
        }
    }

    /// The stored number of a voxel.
    pub fn stored(i: usize, j: usize, k: usize) -> i16 {
        (i + 10 * j + 100 * k) as i16
    }

    /// The place of voxel (0, 0, k), LPS mm.
    pub fn origin(&self, k: usize) -> [f64; 3] {
        let [r, c] = [&self.orientation[..3], &self.orientation[3..]];
        let normal = [
            r[1] * c[2] - r[2] * c[1],
            r[2] * c[0] - r[0] * c[2],
            r[0] * c[1] - r[1] * c[0],
        ];
        let [along, shift] = self.slices[k];
        std::array::from_fn(|n| [-20.0, -30.0, 40.0][n] + along * normal[n] + shift * c[n])
    }

    /// The data set of slice `k`.
    pub fn slice(&self, k: usize) -> Dataset {
        let (columns, rows) = (usize::from(self.columns), usize::from(self.rows));
        let pixels: Vec<i16> = (0..rows)
            .flat_map(|j| (0..columns).map(move |i| Self::stored(i, j, k)))
            .collect();
        Dataset::new()
            .text((8, 0x16), "UI", CT_IMAGE)
            .text((8, 0x18), "UI", &format!("{}.{k}", self.series_uid))
            .text((8, 0x60), "CS", "CT")
            .text((0x10, 0x10), "PN", "Doe^Jane")
            .text((0x10, 0x20), "LO", "4711")
            .text((0x20, 0x0d), "UI", "1.2.826.7")
            .text((0x20, 0x0e), "UI", &self.series_uid)
            .text((0x20, 0x11), "IS", "3")
            .text((0x20, 0x13), "IS", &(k + 1).to_string())
            .decimals((0x20, 0x32), &self.origin(k))
            .decimals((0x20, 0x37), &self.orientation)
            .words((0x28, 2), &[1])
            .text((0x28, 4), "CS", "MONOCHROME2")
            .words((0x28, 0x10), &[self.rows])
            .words((0x28, 0x11), &[self.columns])
            .decimals((0x28, 0x30), &self.spacing)
            .words((0x28, 0x100), &[16])
            .words((0x28, 0x101), &[16])
            .words((0x28, 0x102), &[15])
            .words((0x28, 0x103), &[1])
            .decimals((0x28, 0x1052), &[-1024.0])
            .decimals((0x28, 0x1053), &[1.0])
            .pixels(&pixels)
    }

    /// Writes the series to a folder, under names whose order has nothing to do with the slices'.
    pub fn write(&self, folder: &Path) -> Vec<PathBuf> {
        (0..self.slices.len())
            .map(|k| {
                let path = folder.join(format!("{:03}", (k * 7 + 3) % 11 * 100 + k));
                std::fs::write(&path, self.slice(k).file(self.transfer_syntax)).expect("a test folder can be written");
                path
            })
            .collect()
    }
}
