//! Grey lossless JPEG (ISO 10918-1 annex H): the decoders of the usual crates take bit after bit, and every CT that is
//! archived this way has a hundred million differences. One component, Huffman codes, predictors 1 to 7; everything
//! else of JPEG goes through those crates.

/// Bits of one look-up. Nearly all differences of a CT have their code and their bits in it.
const LOOK_UP: u32 = 12;

/// Decodes a grey picture of known size to its samples, row by row. `None` where the stream is of another kind or is
/// damaged: then a slower decoder shall say what it is.
pub fn decode(stream: &[u8], columns: usize, rows: usize) -> Option<Vec<u16>> {
    let mut header = Header::default();
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
            0xc4 => header.read_tables(segment)?,
            0xc3 => {
                let [precision, h1, h0, w1, w0, 1, ..] = *segment else {
                    return None;
                };
                let is_wanted = usize::from(u16::from_be_bytes([h1, h0])) == rows
                    && usize::from(u16::from_be_bytes([w1, w0])) == columns
                    && (2..=16).contains(&precision);
                header.precision = Some(is_wanted.then_some(u32::from(precision))?);
            }
            // Other processes; restarts, which nobody writes.
            0xc0..=0xcf | 0xdd => return None,
            0xda => {
                // One component: its name and table; predictor; the end of the band; point transform.
                let [1, _, table, predictor, _, transform, ..] = *segment else {
                    return None;
                };
                let scan = Scan {
                    table: header.tables.get(usize::from(table >> 4))?.as_ref()?,
                    predictor,
                    transform: u32::from(transform & 15),
                    precision: header.precision?,
                };
                return scan.decode(&unstuffed(rest), columns, rows);
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Header {
    tables: [Option<Table>; 4],
    precision: Option<u32>,
}

impl Header {
    /// Huffman tables (B.2.4.2).
    fn read_tables(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((head, tail)) = segment.split_first() {
            let counts = tail.first_chunk::<16>()?;
            let total = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            let values = tail.get(16..16 + total)?;
            *self.tables.get_mut(usize::from(*head))? = Some(Table::new(counts, values)?);
            segment = tail.get(16 + total..)?;
        }
        Some(())
    }
}

/// The bytes of the scan without stuffed zeros, up to the first marker.
fn unstuffed(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some(at) = rest.iter().position(|byte| *byte == 0xff) {
        bytes.extend_from_slice(&rest[..at]);
        match rest.get(at + 1) {
            Some(0) => {
                bytes.push(0xff);
                rest = &rest[at + 2..];
            }
            // Fill bytes may stand before a marker.
            _ => return bytes,
        }
    }
    bytes.extend_from_slice(rest);
    bytes
}

/// What the next bits mean: how many belong to the code and its difference together, and the difference.
#[derive(Clone, Copy, Default)]
struct Entry {
    /// 0 where the code or the difference is longer than the look-up.
    bits: u8,
    difference: i32,
}

/// A Huffman table of the sizes of differences.
struct Table {
    quick: Vec<Entry>,
    /// Of each length: the first code, how many there are, and where their values begin.
    first_code: [u32; 17],
    counts: [u32; 17],
    first_value: [u32; 17],
    values: Vec<u8>,
}

impl Table {
    fn new(counts: &[u8; 16], values: &[u8]) -> Option<Self> {
        let mut table = Self {
            quick: Vec::new(),
            first_code: [0; 17],
            counts: [0; 17],
            first_value: [0; 17],
            values: values.to_vec(),
        };
        let (mut code, mut index) = (0_u32, 0_u32);
        for (length, count) in (1..).zip(counts) {
            table.first_code[length] = code;
            table.counts[length] = u32::from(*count);
            table.first_value[length] = index;
            code += u32::from(*count);
            index += u32::from(*count);
            if code > 1 << length {
                return None;
            }
            code <<= 1;
        }
        table.quick = (0..1_u64 << LOOK_UP)
            .map(|start| {
                let window = start << (64 - LOOK_UP);
                match table.code(window) {
                    Some((size, length)) if length + extra_bits(size) <= LOOK_UP => Entry {
                        bits: (length + extra_bits(size)) as u8,
                        difference: difference(window << length, size),
                    },
                    _ => Entry::default(),
                }
            })
            .collect();
        Some(table)
    }

    /// The value and the length of the code that comes first, highest bit first.
    fn code(&self, window: u64) -> Option<(u8, u32)> {
        (1..=16).find_map(|length| {
            let offset = ((window >> (64 - length)) as u32).wrapping_sub(self.first_code[length]);
            if offset >= self.counts[length] {
                return None;
            }
            let value = self.values.get((self.first_value[length] + offset) as usize)?;
            Some((*value, length as u32))
        })
    }
}

/// Size 16 stands for 32768 and has no bits of its own (H.1.2.2).
fn extra_bits(size: u8) -> u32 {
    if size < 16 { size.into() } else { 0 }
}

/// The difference of a size whose bits come first; those that begin with 0 are negative (F.2.2.1).
fn difference(window: u64, size: u8) -> i32 {
    match size {
        0 => 0,
        1..=15 => {
            let value = (window >> (64 - u32::from(size))) as i32;
            let is_negative = value < 1 << (size - 1);
            value - if is_negative { (1 << size) - 1 } else { 0 }
        }
        _ => 32768,
    }
}

struct Scan<'a> {
    table: &'a Table,
    predictor: u8,
    transform: u32,
    precision: u32,
}

impl Scan<'_> {
    fn decode(&self, data: &[u8], columns: usize, rows: usize) -> Option<Vec<u16>> {
        let origin = 1_u16.checked_shl(self.precision.checked_sub(self.transform + 1)?)?;
        // A sample has a bit at least: a picture of which nearly nothing is there is not allocated.
        let count = columns
            .checked_mul(rows)
            .filter(|count| *count <= data.len().saturating_mul(8))?;
        let mut samples = vec![0_u16; count];
        let mut bits = Bits::new(data);
        let mut above: &[u16] = &[];
        for row in samples.chunks_exact_mut(columns.max(1)) {
            // The first row is predicted from the left; the first of each other row from above (H.1.2.1).
            let first = above.first().copied().unwrap_or(origin);
            let rule = if above.is_empty() { 1 } else { self.predictor };
            match rule {
                1 => self.row(&mut bits, row, above, first, |left, _, _| left)?,
                2 => self.row(&mut bits, row, above, first, |_, above, _| above)?,
                3 => self.row(&mut bits, row, above, first, |_, _, corner| corner)?,
                4 => self.row(&mut bits, row, above, first, |left, above, corner| {
                    left + above - corner
                })?,
                5 => self.row(&mut bits, row, above, first, |left, above, corner| {
                    left + ((above - corner) >> 1)
                })?,
                6 => self.row(&mut bits, row, above, first, |left, above, corner| {
                    above + ((left - corner) >> 1)
                })?,
                7 => self.row(&mut bits, row, above, first, |left, above, _| (left + above) >> 1)?,
                _ => return None,
            }
            above = row;
        }
        if bits.is_overrun() {
            return None;
        }
        if self.transform > 0 {
            samples.iter_mut().for_each(|sample| *sample <<= self.transform);
        }
        Some(samples)
    }

    /// One row; `predict` has what stands left, above, and above on the left.
    #[inline]
    fn row(
        &self,
        bits: &mut Bits<'_>,
        row: &mut [u16],
        above: &[u16],
        first: u16,
        predict: impl Fn(i32, i32, i32) -> i32,
    ) -> Option<()> {
        let (start, others) = row.split_first_mut()?;
        let mut left = i32::from(first.wrapping_add(bits.difference(self.table)? as u16));
        *start = left as u16;
        // Without a row above, the predictor does not ask for it.
        let mut corners = above.iter();
        let mut corner = corners.next().copied().unwrap_or_default();
        for sample in others {
            let over = corners.next().copied().unwrap_or_default();
            let predicted = predict(left, over.into(), corner.into());
            // Differences are modulo 2¹⁶ (H.1.2.1).
            *sample = predicted.wrapping_add(bits.difference(self.table)?) as u16;
            left = (*sample).into();
            corner = over;
        }
        // Damage is found a row later at most.
        (!bits.is_overrun()).then_some(())
    }
}

/// Bits, the highest first. Behind the end come zeros.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits from the highest on.
    window: u64,
    count: u32,
    /// Bits that were made up behind the end.
    padding: u32,
}

impl<'a> Bits<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            window: 0,
            count: 0,
            padding: 0,
        }
    }

    /// Makes at least 32 bits of it: a code and a difference.
    #[inline]
    fn refill(&mut self) {
        if self.count >= 32 {
            return;
        }
        let four = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<4>());
        let next = match four {
            Some(four) => u32::from_be_bytes(*four),
            None => {
                let rest = self.data.get(self.at..).unwrap_or_default();
                let mut last = [0; 4];
                last[..rest.len()].copy_from_slice(rest);
                self.padding += 32 - 8 * rest.len() as u32;
                u32::from_be_bytes(last)
            }
        };
        self.at = (self.at + 4).min(self.data.len());
        self.window |= u64::from(next) << (32 - self.count);
        self.count += 32;
    }

    #[inline]
    fn consume(&mut self, count: u32) {
        self.window <<= count;
        self.count -= count;
    }

    #[inline]
    fn difference(&mut self, table: &Table) -> Option<i32> {
        self.refill();
        let entry = table.quick.get((self.window >> (64 - LOOK_UP)) as usize)?;
        if entry.bits > 0 {
            self.consume(entry.bits.into());
            return Some(entry.difference);
        }
        let (size, length) = table.code(self.window)?;
        self.consume(length);
        let difference = difference(self.window, size);
        self.consume(extra_bits(size));
        Some(difference)
    }

    fn is_overrun(&self) -> bool {
        self.padding > self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What GDCM 3.2 made of these numbers, a difference of 32768 among them.
    const FROM_GDCM: &str = "ffd8ffc3000b100005000901011100ffc4001b00000301000301000000000000000000000d0e0f0c010a\
        0b10ffda0008010100010000fb8800050dcf1b0c46ac8274f4620255239a782e3010d8eebe1c9c501f06f9fda9fb22a935ca7da621ab\
        a62ca59c4dd76d877a0824cc7d6a099be99ede4ab1090ab8d1894d622345ac81a3c2f28317ca64b5241ea501e2e5ffd9";
    const NUMBERS: [u16; 45] = [
        0, 65535, 32768, 50035, 46805, 18561, 22735, 5608, 38675, 41883, 56265, 62417, 8264, 65367, 52608, 46402,
        12864, 15550, 38897, 43853, 64257, 60700, 25057, 2889, 62724, 63452, 12156, 7307, 48102, 16564, 17795, 29864,
        19757, 55270, 57514, 11788, 11821, 14669, 25149, 56190, 29513, 38910, 43533, 31886, 30209,
    ];

    fn from_hex(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
        digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    /// Packs numbers with a predictor; each size has a code of five bits.
    fn packed(numbers: &[u16], columns: usize, precision: u8, predictor: u8, transform: u8) -> Vec<u8> {
        let rows = numbers.len() / columns;
        let mut stream = vec![
            0xff,
            0xd8,
            0xff,
            0xc3,
            0,
            11,
            precision,
            0,
            rows as u8,
            0,
            columns as u8,
            1,
            1,
            0x11,
            0,
        ];
        stream.extend([0xff, 0xc4, 0, 19 + 17, 0, 0, 0, 0, 0, 17]);
        stream.extend([0; 11]);
        stream.extend(0..17);
        stream.extend([0xff, 0xda, 0, 8, 1, 1, 0, predictor, 0, transform]);
        let at = |x: usize, y: usize| i32::from(numbers[y * columns + x] >> transform);
        let mut bits = String::new();
        for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
            let predicted = match (x, y) {
                (0, 0) => 1 << (precision - transform - 1),
                (0, _) => at(0, y - 1),
                (_, 0) => at(x - 1, 0),
                _ => {
                    let (left, above, corner) = (at(x - 1, y), at(x, y - 1), at(x - 1, y - 1));
                    match predictor {
                        1 => left,
                        2 => above,
                        3 => corner,
                        4 => left + above - corner,
                        5 => left + ((above - corner) >> 1),
                        6 => above + ((left - corner) >> 1),
                        _ => (left + above) >> 1,
                    }
                }
            };
            let difference = (at(x, y) - predicted) as i16;
            let size = 16 - difference.unsigned_abs().leading_zeros();
            bits += &format!("{size:05b}");
            if (1..16).contains(&size) {
                let value = i32::from(difference) + if difference < 0 { (1 << size) - 1 } else { 0 };
                bits += &format!("{value:0width$b}", width = size as usize);
            }
        }
        while !bits.len().is_multiple_of(8) {
            bits.push('1');
        }
        for byte in bits.as_bytes().chunks_exact(8) {
            let byte = byte.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
            stream.push(byte);
            if byte == 0xff {
                stream.push(0);
            }
        }
        stream.extend([0xff, 0xd9]);
        stream
    }

    #[test]
    fn it_reads_what_another_encoder_wrote() {
        assert_eq!(decode(&from_hex(FROM_GDCM), 9, 5), Some(NUMBERS.to_vec()));
    }

    #[test]
    fn all_predictors_and_transforms_give_the_numbers_back() {
        for predictor in 1..=7 {
            assert_eq!(
                decode(&packed(&NUMBERS, 9, 16, predictor, 0), 9, 5),
                Some(NUMBERS.to_vec()),
                "predictor {predictor}"
            );
            let narrow = NUMBERS.map(|number| number >> 6 << 2);
            assert_eq!(
                decode(&packed(&narrow, 9, 12, predictor, 2), 9, 5),
                Some(narrow.to_vec()),
                "predictor {predictor} with a transform"
            );
        }
    }

    #[test]
    fn what_is_not_of_this_kind_is_left_to_others() {
        let whole = from_hex(FROM_GDCM);
        assert_eq!(decode(&whole, 5, 9), None, "another size");
        for (place, byte) in [(3, 0xc1), (11, 3), (1, 0xd9)] {
            let mut other = whole.clone();
            other[place] = byte;
            // The first marker is not looked at again.
            assert_eq!(decode(&other, 9, 5).is_some(), place == 1, "byte {place}");
        }
        assert_eq!(decode(&packed(&NUMBERS, 9, 16, 0, 0), 9, 5), None, "no predictor");
    }

    #[test]
    fn cut_streams_are_none_and_flipped_bits_never_panic() {
        let whole = from_hex(FROM_GDCM);
        for length in 0..whole.len() - 2 {
            assert_eq!(decode(&whole[..length], 9, 5), None, "{length} bytes");
        }
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Some(numbers) = decode(&flipped, 9, 5) {
                assert_eq!(numbers.len(), 45);
            }
        }
    }
}
