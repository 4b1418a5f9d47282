//! Where the bytes of a DICOM file come from: a file that is read in places, or memory (a deflated data set).

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use flate2::read::DeflateDecoder;

/// Bytes that can be read anywhere. Never reads more than it is asked for.
pub enum ByteSource {
    /// A file and its length when it was opened.
    File(File, u64),
    /// Bytes in memory.
    Memory(Arc<[u8]>),
}

/// A deflated data set may unpack to this much whatever its size; beyond, to [`MOST_INFLATION`] times its size.
const ALWAYS_INFLATED: u64 = 64 << 20;
/// Deflate cannot pack more than 1032 to 1; images come nowhere near this.
const MOST_INFLATION: u64 = 64;

impl ByteSource {
    /// Opens a file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Self::File(file, len))
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        match self {
            Self::File(_, len) => *len,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads from `offset` as many bytes as fit into `into` and are there; says how many.
    pub fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file, _) => {
                file.seek(SeekFrom::Start(offset))?;
                let mut done = 0;
                while done < into.len() {
                    match file.read(&mut into[done..]) {
                        Ok(0) => break,
                        Ok(count) => done += count,
                        Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                        Err(err) => return Err(err),
                    }
                }
                Ok(done)
            }
            Self::Memory(bytes) => {
                let rest = usize::try_from(offset)
                    .ok()
                    .and_then(|offset| bytes.get(offset..))
                    .unwrap_or_default();
                let count = rest.len().min(into.len());
                into[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
        }
    }

    /// Reads `length` bytes from `offset`, or fewer where the source ends. Allocates no more than is there.
    pub fn read_vec(&mut self, offset: u64, length: u64) -> io::Result<Vec<u8>> {
        let length = length.min(self.len().saturating_sub(offset));
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        let count = self.read_at(offset, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Unpacks everything from `offset` on (PS3.5 A.5), up to a bound that no honest file reaches. A stream that ends
    /// early gives what came before its end.
    pub fn inflated(mut self, offset: u64) -> io::Result<Self> {
        let packed = self.read_vec(offset, u64::MAX)?;
        let bound = ALWAYS_INFLATED.max((packed.len() as u64).saturating_mul(MOST_INFLATION));
        let mut unpacked = Vec::new();
        let outcome = DeflateDecoder::new(&packed[..]).take(bound).read_to_end(&mut unpacked);
        match outcome {
            Err(err) if unpacked.is_empty() => Err(err),
            _ => Ok(Self::Memory(unpacked.into())),
        }
    }
}
