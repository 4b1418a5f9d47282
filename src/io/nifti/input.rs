//! Bytes of a file that may be gzipped: the beginning, a place in the middle, or all in order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::GzDecoder;

/// The first bytes of a gzip stream (RFC 1952 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Deflate cannot make more than this many bytes out of one (RFC 1951: 258 bytes from two bits).
const GZIP_MAX_RATIO: u64 = 1032;

/// The beginning of a file, unpacked.
pub(super) struct Beginning {
    /// Up to as many bytes as were asked for; fewer if the file is shorter or damaged.
    pub(super) bytes: Vec<u8>,
    /// Whether the file is gzipped.
    pub(super) is_gzip: bool,
    /// The most bytes that the file can hold, unpacked.
    pub(super) capacity: u64,
}

/// Reads the first `count` bytes of a file, unpacked if it is gzipped.
pub(super) fn beginning(path: &Path, count: usize) -> io::Result<Beginning> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    file.take(count as u64).read_to_end(&mut bytes)?;
    let is_gzip = bytes.starts_with(&GZIP_MAGIC);
    if is_gzip {
        bytes.clear();
        // What can be unpacked before the damage is enough to say what it is.
        Unpacked::open(path, true)?
            .take(count as u64)
            .read_to_end(&mut bytes)
            .ok();
    }
    Ok(Beginning {
        bytes,
        is_gzip,
        capacity: if is_gzip {
            length.saturating_mul(GZIP_MAX_RATIO)
        } else {
            length
        },
    })
}

/// A file read from the beginning, unpacked if it is gzipped. Several gzip members in a row are one stream;
/// what follows them and is no gzip is not read (RFC 1952 2.2, as gzip itself does).
pub(super) enum Unpacked {
    Plain(BufReader<File>),
    Gzip(Box<Option<GzDecoder<BufReader<File>>>>),
}

impl Unpacked {
    pub(super) fn open(path: &Path, is_gzip: bool) -> io::Result<Self> {
        let reader = BufReader::with_capacity(1 << 17, File::open(path)?);
        Ok(if is_gzip {
            Self::Gzip(Box::new(Some(GzDecoder::new(reader))))
        } else {
            Self::Plain(reader)
        })
    }

    /// Goes forward by `count` bytes: by seeking where that is possible, else by unpacking.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<()> {
        match self {
            Self::Plain(reader) => reader
                .seek(SeekFrom::Current(i64::try_from(count).map_err(io::Error::other)?))
                .map(|_| ()),
            Self::Gzip(_) => io::copy(&mut self.take(count), &mut io::sink()).map(|_| ()),
        }
    }
}

impl Read for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let decoder = match self {
            Self::Plain(reader) => return reader.read(into),
            Self::Gzip(decoder) => decoder,
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
                **decoder = Some(GzDecoder::new(reader));
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
