//! Grey JPEG of 12 bits (extended sequential, ISO 10918-1), which the decoders of the usual crates refuse: Huffman
//! coded, one component. Everything else of JPEG goes through them.

use crate::say;

/// Coefficients of a block.
const BLOCK: usize = 64;

/// Places of the coefficients in the order of the stream (figure 5 of the standard).
const ZIGZAG: [u8; BLOCK] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// A picture that was decoded.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Numbers of 12 bits, row by row.
    pub samples: Vec<u16>,
    /// The stream ended early.
    pub is_short: bool,
}

/// Decodes a picture of known size. The error is the reason for the user.
pub fn decode(stream: &[u8], columns: usize, rows: usize) -> Result<Decoded, String> {
    read(stream, columns, rows).ok_or_else(|| say!("io-dicom-jpeg-damaged"))
}

/// The tables that marker segments define.
#[derive(Default)]
struct Tables {
    quantization: [Option<[u16; BLOCK]>; 4],
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    /// Which quantization table the component has.
    quantized_by: usize,
    restart_interval: usize,
}

/// One after another the marker segments, up to the scan.
fn read(stream: &[u8], columns: usize, rows: usize) -> Option<Decoded> {
    let mut tables = Tables::default();
    let mut rest = stream.get(2..)?;
    loop {
        let [0xff, marker, tail @ ..] = rest else {
            return None;
        };
        if *marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes(*tail.first_chunk::<2>()?));
        let segment = tail.get(2..length)?;
        rest = tail.get(length..)?;
        match marker {
            0xdb => tables.read_quantization(segment)?,
            0xc4 => tables.read_huffman(segment)?,
            0xdd => {
                tables.restart_interval = usize::from(u16::from_be_bytes(*segment.first_chunk::<2>()?));
            }
            // Precision, height, width, one component: its name, sampling and table.
            0xc1 => tables.quantized_by = usize::from(*segment.get(8)?),
            // Arithmetic, progressive, lossless: other processes than this.
            0xc0 | 0xc2..=0xcf => return None,
            0xda => {
                let selectors = usize::from(*segment.get(2)?);
                return tables.scan(rest, selectors >> 4, selectors & 15, columns, rows);
            }
            _ => {}
        }
    }
}

impl Tables {
    fn read_quantization(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((head, tail)) = segment.split_first() {
            let is_wide = head >> 4 != 0;
            let bytes = tail.get(..if is_wide { 2 * BLOCK } else { BLOCK })?;
            let mut table = [0; BLOCK];
            for (n, value) in table.iter_mut().enumerate() {
                *value = if is_wide {
                    u16::from_be_bytes([bytes[2 * n], bytes[2 * n + 1]])
                } else {
                    bytes[n].into()
                };
            }
            *self.quantization.get_mut(usize::from(head & 15))? = Some(table);
            segment = &tail[bytes.len()..];
        }
        Some(())
    }

    fn read_huffman(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((head, tail)) = segment.split_first() {
            let counts = tail.first_chunk::<16>()?;
            let total = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            let values = tail.get(16..16 + total)?;
            let tables = if head >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(head & 15))? = Some(Huffman::new(counts, values));
            segment = tail.get(16 + total..)?;
        }
        Some(())
    }

    /// The blocks of a scan, row by row; of one component they are never interleaved (A.2.2).
    fn scan(&self, data: &[u8], dc: usize, ac: usize, columns: usize, rows: usize) -> Option<Decoded> {
        let quantization = self.quantization.get(self.quantized_by)?.as_ref()?;
        let (dc, ac) = (self.dc.get(dc)?.as_ref()?, self.ac.get(ac)?.as_ref()?);
        let cosines = Cosines::new();
        let mut bits = Bits {
            data,
            at: 0,
            buffer: 0,
            count: 0,
            is_short: false,
        };
        let mut samples = vec![0; columns.checked_mul(rows)?];
        let (across, down) = (columns.div_ceil(8), rows.div_ceil(8));
        let mut level = 0_i32;
        for index in 0..across * down {
            if self.restart_interval > 0 && index > 0 && index % self.restart_interval == 0 {
                bits.restart();
                level = 0;
            }
            let mut block = [0.0; BLOCK];
            level = bits.difference(dc)?.saturating_add(level);
            block[0] = f64::from(level) * f64::from(quantization[0]);
            bits.read_ac(ac, quantization, &mut block)?;
            let pixels = cosines.inverse(&block);
            let (x, y) = (index % across * 8, index / across * 8);
            for (row, values) in pixels.chunks_exact(8).enumerate().take(rows - y) {
                let start = (y + row) * columns + x;
                let width = (columns - x).min(8);
                for (place, value) in samples[start..start + width].iter_mut().zip(values) {
                    *place = (value + 2048.5).floor().clamp(0.0, 4095.0) as u16;
                }
            }
            if bits.is_short {
                break;
            }
        }
        Some(Decoded {
            samples,
            is_short: bits.is_short,
        })
    }
}

/// A Huffman table in the form of annex F.2.2.3: for each length the first code and where its values begin.
struct Huffman {
    first_code: [i32; 17],
    first_value: [i32; 17],
    counts: [u8; 16],
    values: Vec<u8>,
}

impl Huffman {
    fn new(counts: &[u8; 16], values: &[u8]) -> Self {
        let (mut first_code, mut first_value) = ([0; 17], [0; 17]);
        let (mut code, mut index) = (0, 0);
        for length in 1..=16 {
            first_code[length] = code;
            first_value[length] = index;
            code = (code + i32::from(counts[length - 1])) << 1;
            index += i32::from(counts[length - 1]);
        }
        Self {
            first_code,
            first_value,
            counts: *counts,
            values: values.to_vec(),
        }
    }
}

/// The bits of a scan, stuffed zeros left out. Behind a marker or the end come zeros.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    buffer: u32,
    count: u32,
    is_short: bool,
}

impl Bits<'_> {
    fn bit(&mut self) -> u32 {
        if self.count == 0 {
            self.buffer = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.at += 2;
                    0xff
                }
                (Some(0xff) | None, _) => {
                    self.is_short = true;
                    0
                }
                (Some(byte), _) => {
                    self.at += 1;
                    (*byte).into()
                }
            };
            self.count = 8;
        }
        self.count -= 1;
        self.buffer >> self.count & 1
    }

    /// A number of `size` bits, extended as F.2.2.1 says: those that begin with 0 are negative.
    fn number(&mut self, size: u8) -> i32 {
        let value = (0..size).fold(0, |value, _| value << 1 | self.bit()).cast_signed();
        if size > 0 && value < 1 << (size - 1) {
            value - (1 << size) + 1
        } else {
            value
        }
    }

    fn symbol(&mut self, table: &Huffman) -> Option<u8> {
        let mut code = 0;
        for length in 1..=16 {
            code = code << 1 | self.bit().cast_signed();
            let offset = code - table.first_code[length];
            if offset < table.counts[length - 1].into() {
                return table
                    .values
                    .get(usize::try_from(table.first_value[length] + offset).ok()?)
                    .copied();
            }
        }
        None
    }

    /// How far the mean of a block lies from that of the block before.
    fn difference(&mut self, table: &Huffman) -> Option<i32> {
        let size = self.symbol(table)?;
        (size <= 15).then(|| self.number(size))
    }

    fn read_ac(&mut self, table: &Huffman, quantization: &[u16; BLOCK], block: &mut [f64; BLOCK]) -> Option<()> {
        let mut n = 1;
        while n < BLOCK {
            let symbol = self.symbol(table)?;
            let (run, size) = (usize::from(symbol >> 4), symbol & 15);
            match (run, size) {
                (15, 0) => n += 16,
                (_, 0) => break,
                _ => {
                    n += run;
                    let (place, step) = (*ZIGZAG.get(n)?, *quantization.get(n)?);
                    block[usize::from(place)] = f64::from(self.number(size)) * f64::from(step);
                    n += 1;
                }
            }
        }
        Some(())
    }

    /// Goes behind the next restart marker.
    fn restart(&mut self) {
        self.count = 0;
        let rest = self.data.get(self.at..).unwrap_or_default();
        match rest.windows(2).position(|pair| matches!(pair, [0xff, 0xd0..=0xd7])) {
            Some(skip) => self.at += skip + 2,
            None => self.is_short = true,
        }
    }
}

/// The cosines of the inverse transform (A.3.3), with their norms.
struct Cosines([[f64; 8]; 8]);

impl Cosines {
    fn new() -> Self {
        let norm = |u: usize| {
            if u == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 }
        };
        let cosine =
            |x: usize, u: usize| 0.5 * norm(u) * ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos();
        Self(std::array::from_fn(|x| std::array::from_fn(|u| cosine(x, u))))
    }

    /// Pixels of a block, rows one after another.
    fn inverse(&self, block: &[f64; BLOCK]) -> [f64; BLOCK] {
        let mut rows = [0.0; BLOCK];
        for (v, row) in block.chunks_exact(8).enumerate() {
            for (x, cosines) in self.0.iter().enumerate() {
                rows[v * 8 + x] = row.iter().zip(cosines).map(|(a, b)| a * b).sum();
            }
        }
        let mut pixels = [0.0; BLOCK];
        for (y, cosines) in self.0.iter().enumerate() {
            for x in 0..8 {
                pixels[y * 8 + x] = cosines
                    .iter()
                    .enumerate()
                    .map(|(v, cosine)| rows[v * 8 + x] * cosine)
                    .sum();
            }
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of one block whose mean is given by a code of the table, and nothing else in it.
    fn flat(data: &[u8]) -> Vec<u8> {
        let mut stream = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
        stream.extend([8; BLOCK]);
        stream.extend([0xff, 0xc1, 0, 11, 12, 0, 2, 0, 3, 1, 1, 0x11, 0]);
        // One code of one bit: a difference of 9 bits.
        stream.extend([0xff, 0xc4, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
        // One code of one bit: the end of the block.
        stream.extend([
            0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ]);
        stream.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
        stream.extend(data);
        stream
    }

    #[test]
    fn a_flat_block_has_its_mean() {
        // 0, then 1 0010 1100 (300), then 0: a mean of 300 x 8 / 8 above the middle.
        let stream = flat(&[0b0100_1011, 0b0001_1111, 0xff, 0xd9]);
        let expected = Decoded {
            samples: vec![2348; 6],
            is_short: false,
        };
        assert_eq!(decode(&stream, 3, 2), Ok(expected));
    }

    #[test]
    fn cut_and_foreign_streams_are_short_or_errors() {
        assert!(decode(&flat(&[]), 3, 2).is_ok_and(|decoded| decoded.is_short));
        let stream = flat(&[0b0100_1011, 0b0001_1111]);
        for length in 0..stream.len() - 2 {
            let outcome = decode(&stream[..length], 3, 2);
            assert!(
                outcome.is_err() || outcome.is_ok_and(|decoded| decoded.is_short),
                "{length} bytes"
            );
        }
    }
}
