//! Bytes of a file that may be packed: the beginning, a place in the middle, or all in order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::{GzDecoder, ZlibDecoder};

use super::Stored;
use super::text::{Hex, Numbers};

/// The first bytes of a gzip stream (RFC 1952 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Deflate cannot make more than this many bytes out of one (RFC 1951: 258 bytes from two bits).
const DEFLATE_MAX_RATIO: u64 = 1032;

/// A bzip2 block of some forty bytes can stand for 900 000 bytes, each five of them for up to 259.
const BZIP2_MAX_RATIO: u64 = 1_200_000;

/// How the numbers of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::io) enum Packing {
    Plain,
    Gzip,
    Zlib,
    Bzip2,
    /// Numbers as text.
    Text,
    /// Bytes as hexadecimal digits.
    Hex,
}

impl Packing {
    /// The most bytes of voxels that a file of so many bytes can hold.
    pub(in crate::io) fn capacity(self, length: u64, stored: Stored) -> u64 {
        match self {
            Self::Plain => length,
            Self::Gzip | Self::Zlib => length.saturating_mul(DEFLATE_MAX_RATIO),
            Self::Bzip2 => length.saturating_mul(BZIP2_MAX_RATIO),
            // A digit and a blank for each number.
            Self::Text => (length / 2 + 1).saturating_mul(stored.voxel_bytes() as u64),
            Self::Hex => length / 2,
        }
    }
}

/// The beginning of a file, unpacked.
pub(in crate::io) struct Beginning {
    /// Up to as many bytes as were asked for; fewer if the file is shorter or damaged.
    pub(in crate::io) bytes: Vec<u8>,
    /// Whether the file is gzipped.
    pub(in crate::io) is_gzip: bool,
    /// The most bytes that the file can hold, unpacked.
    pub(in crate::io) capacity: u64,
}

/// Reads the first `count` bytes of a file, unpacked if it is gzipped.
pub(in crate::io) fn beginning(path: &Path, count: usize) -> io::Result<Beginning> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    file.take(count as u64).read_to_end(&mut bytes)?;
    let is_gzip = bytes.starts_with(&GZIP_MAGIC);
    if is_gzip {
        bytes.clear();
        // What can be unpacked before the damage is enough to say what it is.
        Unpacked::gzip(BufReader::new(File::open(path)?))
            .take(count as u64)
            .read_to_end(&mut bytes)
            .ok();
    }
    Ok(Beginning {
        bytes,
        is_gzip,
        capacity: if is_gzip {
            length.saturating_mul(DEFLATE_MAX_RATIO)
        } else {
            length
        },
    })
}

/// How many bytes a file holds from `start` on, unpacked; an error where there are more than `most`.
pub(in crate::io) fn unpacked_length(
    path: &Path,
    packing: Packing,
    start: u64,
    stored: Stored,
    most: u64,
) -> io::Result<u64> {
    let mut reader = Unpacked::open(path, packing, start, stored)?.take(most.saturating_add(1));
    match io::copy(&mut reader, &mut io::sink())? {
        length if length <= most => Ok(length),
        _ => Err(io::Error::from(io::ErrorKind::FileTooLarge)),
    }
}

/// A file read from some place on, unpacked if it is packed. Several gzip members in a row are one stream;
/// what follows them and is no gzip is not read (RFC 1952 2.2, as gzip itself does).
pub(super) enum UnpackedKind {
    Plain(BufReader<File>),
    Gzip(Option<GzDecoder<BufReader<File>>>),
    Zlib(ZlibDecoder<BufReader<File>>),
    Bzip2(MultiBzDecoder<BufReader<File>>),
    Text(Numbers<BufReader<File>>),
    Hex(Hex<BufReader<File>>),
}

/// See [`UnpackedKind`]. Boxed: some decoders are large.
pub(in crate::io) struct Unpacked(Box<UnpackedKind>);

impl Unpacked {
    /// Opens a file whose packed numbers begin at byte `start`.
    pub(in crate::io) fn open(path: &Path, packing: Packing, start: u64, stored: Stored) -> io::Result<Self> {
        let mut file = File::open(path)?;
        if start > 0 {
            file.seek(SeekFrom::Start(start))?;
        }
        let reader = BufReader::with_capacity(1 << 17, file);
        Ok(Self(Box::new(match packing {
            Packing::Plain => UnpackedKind::Plain(reader),
            Packing::Gzip => return Ok(Self::gzip(reader)),
            Packing::Zlib => UnpackedKind::Zlib(ZlibDecoder::new(reader)),
            Packing::Bzip2 => UnpackedKind::Bzip2(MultiBzDecoder::new(reader)),
            Packing::Text => UnpackedKind::Text(Numbers::new(reader, stored)),
            Packing::Hex => UnpackedKind::Hex(Hex(reader)),
        })))
    }

    fn gzip(reader: BufReader<File>) -> Self {
        Self(Box::new(UnpackedKind::Gzip(Some(GzDecoder::new(reader)))))
    }

    /// Goes forward by `count` bytes: by seeking where that is possible, else by unpacking.
    pub(in crate::io) fn skip(&mut self, count: u64) -> io::Result<()> {
        match self.0.as_mut() {
            UnpackedKind::Plain(reader) => reader
                .seek(SeekFrom::Current(i64::try_from(count).map_err(io::Error::other)?))
                .map(|_| ()),
            _ => io::copy(&mut self.take(count), &mut io::sink()).map(|_| ()),
        }
    }
}

impl Read for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let decoder = match self.0.as_mut() {
            UnpackedKind::Plain(reader) => return reader.read(into),
            UnpackedKind::Zlib(reader) => return reader.read(into),
            UnpackedKind::Bzip2(reader) => return reader.read(into),
            UnpackedKind::Text(reader) => return reader.read(into),
            UnpackedKind::Hex(reader) => return reader.read(into),
            UnpackedKind::Gzip(decoder) => decoder,
        };
        while let Some(member) = decoder.as_mut() {
            let got = member.read(into)?;
            if got > 0 || into.is_empty() {
                return Ok(got);
            }
            // The member has ended and its checksum was right.
            let mut rest = decoder.take().map(GzDecoder::into_inner);
            if let Some(mut reader) = rest.take()
                && reader.fill_buf()?.starts_with(&GZIP_MAGIC)
            {
                *decoder = Some(GzDecoder::new(reader));
            }
        }
        Ok(0)
    }
}

/// Reads until `into` is full or the bytes end; says how many came and what stopped it, if not the end.
pub(super) fn read_up_to(reader: &mut impl Read, into: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut done = 0;
    while let Some(rest) = into.get_mut(done..)
        && !rest.is_empty()
    {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            Err(err) => return (done, Some(err)),
        }
    }
    (done, None)
}
