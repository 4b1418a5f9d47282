//! Numbers written as text, and bytes written as hexadecimal digits, read as the bytes that they stand for.

use std::io::{self, BufRead, Read};

use super::Stored;
use crate::model::voxels::SampleType;
use crate::say;

/// No number is written with more characters.
const MAX_NUMBER_CHARS: usize = 64;

/// Numbers apart by blanks or commas, as bytes of the stored type in little endian order.
pub(super) struct Numbers<R> {
    from: R,
    stored: Stored,
    bytes: [u8; 8],
    at: usize,
}

impl<R: BufRead> Numbers<R> {
    pub(super) fn new(from: R, stored: Stored) -> Self {
        Self {
            from,
            stored,
            bytes: [0; 8],
            at: usize::MAX,
        }
    }

    /// The next number as text; empty at the end.
    fn word(&mut self) -> io::Result<String> {
        let mut word = String::new();
        loop {
            let buffer = self.from.fill_buf()?;
            let Some(byte) = buffer.first().copied() else {
                return Ok(word);
            };
            self.from.consume(1);
            if byte.is_ascii_whitespace() || matches!(byte, b',' | b';') {
                if !word.is_empty() {
                    return Ok(word);
                }
            } else if word.len() < MAX_NUMBER_CHARS && byte.is_ascii() {
                word.push(char::from(byte));
            } else {
                return Err(no_number());
            }
        }
    }

    fn encode(&self, word: &str) -> Option<[u8; 8]> {
        macro_rules! bytes {
            ($type:ty) => {{
                let mut bytes = [0; 8];
                let number = word.parse::<$type>().ok()?.to_le_bytes();
                bytes.get_mut(..number.len())?.copy_from_slice(&number);
                bytes
            }};
        }
        Some(match self.stored {
            Stored::Plain(SampleType::U8) => bytes!(u8),
            Stored::Plain(SampleType::I8) => bytes!(i8),
            Stored::Plain(SampleType::U16) => bytes!(u16),
            Stored::Plain(SampleType::I16) => bytes!(i16),
            Stored::Plain(SampleType::U32) => bytes!(u32),
            Stored::Plain(SampleType::I32) => bytes!(i32),
            Stored::Plain(SampleType::F32) => bytes!(f32),
            Stored::Plain(SampleType::F64) => bytes!(f64),
            Stored::I64 => bytes!(i64),
            Stored::U64 => bytes!(u64),
            _ => return None,
        })
    }
}

impl<R: BufRead> Read for Numbers<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.stored.voxel_bytes().min(8);
        let mut done = 0;
        while let Some(place) = into.get_mut(done) {
            if self.at >= length {
                let word = self.word()?;
                if word.is_empty() {
                    break;
                }
                self.bytes = self.encode(&word).ok_or_else(no_number)?;
                self.at = 0;
            }
            *place = self.bytes.get(self.at).copied().unwrap_or(0);
            self.at += 1;
            done += 1;
        }
        Ok(done)
    }
}

/// Two digits for each byte; blanks do not count.
pub(super) struct Hex<R>(pub(super) R);

impl<R: BufRead> Hex<R> {
    fn digit(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(byte) = self.0.fill_buf()?.first().copied() else {
                return Ok(None);
            };
            self.0.consume(1);
            if byte.is_ascii_whitespace() {
                continue;
            }
            let digit = char::from(byte).to_digit(16).ok_or_else(no_number)?;
            return Ok(Some(digit as u8));
        }
    }
}

impl<R: BufRead> Read for Hex<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        for (done, place) in into.iter_mut().enumerate() {
            let (Some(high), Some(low)) = (self.digit()?, self.digit()?) else {
                return Ok(done);
            };
            *place = high << 4 | low;
        }
        Ok(into.len())
    }
}

fn no_number() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, say!("io-raw-no-number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_digits_become_bytes() {
        let mut bytes = Vec::new();
        let stored = Stored::Plain(SampleType::I16);
        Numbers::new(&b" 1 -2,\n300"[..], stored)
            .read_to_end(&mut bytes)
            .unwrap();
        assert_eq!(bytes, [1, 0, 254, 255, 44, 1]);
        bytes.clear();
        Hex(&b"0a FF\n1"[..]).read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, [10, 255]);
        for damaged in ["1 x", "70000", "1.5", "é"] {
            assert!(
                Numbers::new(damaged.as_bytes(), stored)
                    .read_to_end(&mut Vec::new())
                    .is_err()
            );
        }
        let endless = "1".repeat(1000);
        assert!(
            Numbers::new(endless.as_bytes(), stored)
                .read_to_end(&mut Vec::new())
                .is_err()
        );
        assert!(Hex(&b"0g"[..]).read_to_end(&mut Vec::new()).is_err());
    }
}
