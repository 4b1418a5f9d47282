//! Writes .zip files by hand, entry by entry, for tests: good ones, and such as no tool would write. Knows nothing of
//! the program's own reader.

use flate2::Crc;

use crate::dicom_builder::deflate;

/// One entry.
pub struct Entry {
    name: String,
    flags: u16,
    method: u16,
    packed: Vec<u8>,
    crc: u32,
    size: u32,
}

impl Entry {
    /// Bytes as they are.
    pub fn stored(name: &str, bytes: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        Self {
            name: name.to_owned(),
            flags: 0,
            method: 0,
            packed: bytes.to_vec(),
            crc: crc.sum(),
            size: bytes.len() as u32,
        }
    }

    /// Bytes by deflate.
    pub fn deflated(name: &str, bytes: &[u8]) -> Self {
        Self {
            method: 8,
            packed: deflate(bytes),
            ..Self::stored(name, bytes)
        }
    }

    /// Says that it is encrypted.
    pub fn encrypted(mut self) -> Self {
        self.flags |= 1;
        self
    }

    /// Says that it is packed by another method.
    pub fn by_method(mut self, method: u16) -> Self {
        self.method = method;
        self
    }

    /// Has another checksum.
    pub fn damaged(mut self) -> Self {
        self.crc ^= 1;
        self
    }

    /// Says that it is longer or shorter than it is.
    pub fn declaring(mut self, size: u32) -> Self {
        self.size = size;
        self
    }

    /// What the local header and the directory have in common (APPNOTE 4.3.7 from "version needed" on).
    fn common(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for short in [20, self.flags, self.method, 0, 0x21] {
            bytes.extend(short.to_le_bytes());
        }
        for long in [self.crc, self.packed.len() as u32, self.size] {
            bytes.extend(long.to_le_bytes());
        }
        bytes.extend((self.name.len() as u16).to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }
}

/// A whole archive.
pub fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = bytes.len() as u32;
        bytes.extend(b"PK\x03\x04");
        bytes.extend(entry.common());
        bytes.extend(entry.name.as_bytes());
        bytes.extend(&entry.packed);
        directory.extend(b"PK\x01\x02");
        directory.extend([20, 3]);
        directory.extend(entry.common());
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        bytes.extend((entries.len() as u16).to_le_bytes());
    }
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}
