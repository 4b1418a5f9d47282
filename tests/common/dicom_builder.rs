//! Writes DICOM files by hand, element by element, for tests: good ones in every encoding, and the raw material for
//! broken ones. Knows nothing of the program's own reader or writer.

#![allow(
    dead_code,
    reason = "shared between test binaries, none of which uses all of it"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Transfer syntaxes that tests write.
pub const IMPLICIT_LITTLE: &str = "1.2.840.10008.1.2";
pub const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";
pub const EXPLICIT_BIG: &str = "1.2.840.10008.1.2.2";
pub const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
pub const RLE: &str = "1.2.840.10008.1.2.5";

pub const CT_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.2";
pub const ENHANCED_MR_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.4.1";

#[derive(Clone)]
enum Value {
    Text(String),
    Words(Vec<u16>),
    Bytes(Vec<u8>),
    Items(Vec<Dataset>),
    Fragments(Vec<Vec<u8>>),
}

/// Elements by tag.
#[derive(Clone, Default)]
pub struct Dataset {
    elements: BTreeMap<(u16, u16), ([u8; 2], Value)>,
}

impl Dataset {
    pub fn new() -> Self {
        Self::default()
    }

    /// A text, with values separated by backslashes. `vr` as in `b"DS"`.
    pub fn text(mut self, tag: (u16, u16), vr: &[u8; 2], text: &str) -> Self {
        self.elements
            .insert(tag, (*vr, Value::Text(text.to_owned())));
        self
    }

    /// Decimal strings.
    pub fn decimals(self, tag: (u16, u16), numbers: &[f64]) -> Self {
        let text: Vec<String> = numbers.iter().map(f64::to_string).collect();
        self.text(tag, b"DS", &text.join("\\"))
    }

    /// Unsigned 16-bit numbers (US).
    pub fn words(mut self, tag: (u16, u16), words: &[u16]) -> Self {
        self.elements
            .insert(tag, (*b"US", Value::Words(words.to_vec())));
        self
    }

    /// Bytes as they are.
    pub fn bytes(mut self, tag: (u16, u16), vr: &[u8; 2], bytes: &[u8]) -> Self {
        self.elements
            .insert(tag, (*vr, Value::Bytes(bytes.to_vec())));
        self
    }

    /// 16-bit pixels.
    pub fn pixels(mut self, pixels: &[i16]) -> Self {
        let words = pixels.iter().map(|pixel| pixel.cast_unsigned()).collect();
        self.elements
            .insert((0x7fe0, 0x10), (*b"OW", Value::Words(words)));
        self
    }

    /// Encapsulated pixels, the offset table left empty.
    pub fn fragments(mut self, fragments: &[Vec<u8>]) -> Self {
        self.elements.insert(
            (0x7fe0, 0x10),
            (*b"OB", Value::Fragments(fragments.to_vec())),
        );
        self
    }

    /// A sequence of undefined length, its items too.
    pub fn sequence(mut self, tag: (u16, u16), items: Vec<Dataset>) -> Self {
        self.elements.insert(tag, (*b"SQ", Value::Items(items)));
        self
    }

    pub fn without(mut self, tag: (u16, u16)) -> Self {
        self.elements.remove(&tag);
        self
    }

    /// The elements as bytes.
    pub fn encode(&self, is_explicit: bool, is_big: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let word = |value: u16| {
            if is_big {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            }
        };
        let long = |value: u32| {
            if is_big {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            }
        };
        let delimiter = |out: &mut Vec<u8>, element: u16, length: u32| {
            out.extend(word(0xfffe));
            out.extend(word(element));
            out.extend(long(length));
        };
        for ((group, element), (vr, value)) in &self.elements {
            out.extend(word(*group));
            out.extend(word(*element));
            let (bytes, length) = match value {
                Value::Text(text) => {
                    let mut bytes = text.as_bytes().to_vec();
                    if bytes.len() % 2 == 1 {
                        bytes.push(if vr == b"UI" { 0 } else { b' ' });
                    }
                    let length = bytes.len() as u32;
                    (bytes, length)
                }
                Value::Words(words) => (
                    words.iter().flat_map(|value| word(*value)).collect(),
                    words.len() as u32 * 2,
                ),
                Value::Bytes(bytes) => {
                    let mut bytes = bytes.clone();
                    if bytes.len() % 2 == 1 {
                        bytes.push(0);
                    }
                    let length = bytes.len() as u32;
                    (bytes, length)
                }
                Value::Items(items) => {
                    let mut bytes = Vec::new();
                    for item in items {
                        delimiter(&mut bytes, 0xe000, u32::MAX);
                        bytes.extend(item.encode(is_explicit, is_big));
                        delimiter(&mut bytes, 0xe00d, 0);
                    }
                    delimiter(&mut bytes, 0xe0dd, 0);
                    (bytes, u32::MAX)
                }
                Value::Fragments(fragments) => {
                    let mut bytes = Vec::new();
                    delimiter(&mut bytes, 0xe000, 0);
                    for fragment in fragments {
                        let padded = fragment.len().next_multiple_of(2);
                        delimiter(&mut bytes, 0xe000, padded as u32);
                        bytes.extend(fragment);
                        bytes.resize(bytes.len() + padded - fragment.len(), 0);
                    }
                    delimiter(&mut bytes, 0xe0dd, 0);
                    (bytes, u32::MAX)
                }
            };
            if !is_explicit {
                out.extend(long(length));
            } else if [b"OB", b"OW", b"SQ", b"UN", b"UT", b"OF"].contains(&vr) {
                out.extend(vr);
                out.extend([0, 0]);
                out.extend(long(length));
            } else {
                out.extend(vr);
                out.extend(word(length as u16));
            }
            out.extend(bytes);
        }
        out
    }

    /// A whole file: preamble, meta group, data set.
    pub fn file(&self, transfer_syntax: &str) -> Vec<u8> {
        let meta = Dataset::new()
            .bytes((2, 1), b"OB", &[0, 1])
            .text((2, 2), b"UI", CT_IMAGE)
            .text((2, 3), b"UI", "1.2.3")
            .text((2, 0x10), b"UI", transfer_syntax)
            .encode(true, false);
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        bytes.extend([2, 0, 0, 0, b'U', b'L', 4, 0]);
        bytes.extend((meta.len() as u32).to_le_bytes());
        bytes.extend(meta);
        let is_explicit = transfer_syntax != IMPLICIT_LITTLE;
        let data = self.encode(is_explicit, transfer_syntax == EXPLICIT_BIG);
        if transfer_syntax == DEFLATED {
            bytes.extend(deflate(&data));
        } else {
            bytes.extend(data);
        }
        bytes
    }
}

/// Packs bytes as the deflated transfer syntax wants them.
pub fn deflate(data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
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
            .text((8, 0x16), b"UI", CT_IMAGE)
            .text((8, 0x18), b"UI", &format!("{}.{k}", self.series_uid))
            .text((8, 0x60), b"CS", "CT")
            .text((0x10, 0x10), b"PN", "Doe^Jane")
            .text((0x10, 0x20), b"LO", "4711")
            .text((0x20, 0x0d), b"UI", "1.2.826.7")
            .text((0x20, 0x0e), b"UI", &self.series_uid)
            .text((0x20, 0x11), b"IS", "3")
            .text((0x20, 0x13), b"IS", &(k + 1).to_string())
            .decimals((0x20, 0x32), &self.origin(k))
            .decimals((0x20, 0x37), &self.orientation)
            .words((0x28, 2), &[1])
            .text((0x28, 4), b"CS", "MONOCHROME2")
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
                std::fs::write(&path, self.slice(k).file(self.transfer_syntax))
                    .expect("a test folder can be written");
                path
            })
            .collect()
    }
}
