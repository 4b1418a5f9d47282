//! .zip archives (APPNOTE 6.3): their files are unpacked to a temporary folder and are then read like any others.
//!
//! An archive is a stranger's. The names of its entries are only told, never used as paths; its sizes are not believed;
//! entries, bytes and the size of its directory are bounded. An archive in an archive is not unpacked.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use tempfile::TempDir;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::place::{FilePlace, Members};
use super::progress::{Progress, ProgressEvent};
use super::scan::plain;
use super::source::Skipped;
use crate::say;

/// How much of an archive is unpacked.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries.
    pub entries: usize,
    /// Bytes, from whatever archive.
    pub bytes: u64,
    /// Bytes for each byte of the archive. Images seldom shrink to a tenth; bombs to a thousandth.
    pub ratio: u64,
    /// Bytes that are unpacked whatever the ratio: an empty label map shrinks like a bomb.
    pub harmless_bytes: u64,
}

impl Limits {
    /// Those of the program.
    pub const USUAL: Self = Self {
        entries: 200_000,
        bytes: 32 << 30,
        ratio: 100,
        harmless_bytes: 1 << 30,
    };

    fn bytes_of(&self, archive_bytes: u64) -> u64 {
        archive_bytes
            .saturating_mul(self.ratio)
            .max(self.harmless_bytes)
            .min(self.bytes)
    }
}

/// Most bytes that are read to learn what is in an archive: 200 000 entries with long names need 40 million.
const MAX_DIRECTORY_BYTES: u64 = 64 << 20;
/// Bytes copied at a time.
const CHUNK_BYTES: usize = 1 << 16;
/// Endings that stay, because the two files of a NIfTI pair find each other by name.
const ENDINGS_OF_PAIRS: [&str; 4] = [".hdr", ".img", ".hdr.gz", ".img.gz"];

/// Whether a file is an archive, by its first bytes. What is DICOM behind its preamble is DICOM.
pub fn is_archive(beginning: &[u8]) -> bool {
    (beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"PK\x05\x06"))
        && beginning.get(128..132) != Some(b"DICM")
}

/// Unpacks an archive to a temporary folder, which lasts as long as any of the files that are returned. The error is the
/// reason why there is none at all. When it is cancelled, what was unpacked by then is returned.
pub fn unpack(path: &Path, limits: &Limits, progress: &Progress<'_>) -> Result<Members, String> {
    let file = File::open(path).map_err(|err| plain(&err))?;
    let archive_bytes = file.metadata().map_err(|err| plain(&err))?.len();
    let readable = Rc::new(Cell::new(MAX_DIRECTORY_BYTES));
    let metered = Metered {
        file,
        readable: Rc::clone(&readable),
    };
    let mut archive = ZipArchive::new(BufReader::new(metered)).map_err(|err| reason(&err))?;
    readable.set(u64::MAX);
    let folder = tempfile::Builder::new()
        .prefix("isocenter-")
        .tempdir()
        .map_err(|err| say!("io-zip-cannot-write", why = plain(&err)))?;
    let mut job = Job {
        archive: path,
        folder: Arc::new(folder),
        bytes_left: limits.bytes_of(archive_bytes),
        numbers: BTreeMap::new(),
        progress,
    };
    let mut members = Members::default();
    let total = archive.len().min(limits.entries);
    for index in 0..total {
        if progress.is_cancelled() {
            break;
        }
        match job.entry(&mut archive, index) {
            Ok(file) => members.files.extend(file),
            Err(skipped) => members.skipped.push(skipped),
        }
        progress.tell(ProgressEvent::Scanning { done: index + 1, total });
    }
    if archive.len() > total {
        members.skipped.push(Skipped {
            path: path.to_owned(),
            reason: say!("io-too-many-files", count = limits.entries),
        });
    }
    Ok(members)
}

/// One archive while it is unpacked.
struct Job<'a> {
    archive: &'a Path,
    folder: Arc<TempDir>,
    bytes_left: u64,
    /// Numbers of the names that may belong to a pair, without their endings.
    numbers: BTreeMap<String, usize>,
    progress: &'a Progress<'a>,
}

impl Job<'_> {
    /// Unpacks one entry; `None` if it is a folder.
    fn entry<R: Read + Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        index: usize,
    ) -> Result<Option<FilePlace>, Skipped> {
        let mut path = PathBuf::from(self.archive);
        let skip = |path: &Path, reason: String| Skipped {
            path: path.to_owned(),
            reason,
        };
        let entry = archive.by_index_data(index).map_err(|err| skip(&path, reason(&err)))?;
        if entry.is_dir() {
            return Ok(None);
        }
        let inner = entry.name().map_or_else(
            |_| String::from_utf8_lossy(entry.name_raw()).into_owned(),
            std::borrow::Cow::into_owned,
        );
        // Text behind text: joining as paths would let an absolute name drop the archive's.
        path.as_mut_os_string().push(format!("/{inner}"));
        if entry.encrypted() {
            return Err(skip(&path, say!("io-zip-encrypted")));
        }
        if !matches!(
            entry.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            return Err(skip(&path, say!("io-zip-method")));
        }
        if entry.is_symlink() {
            return Err(skip(&path, say!("io-not-a-file")));
        }
        let own_name = self.own_name(&inner, index);
        let on_disk = self.folder.path().join(own_name);
        let outcome = match archive.by_index(index) {
            Ok(mut content) => self.copy(&mut content, &on_disk),
            Err(err) => Err(reason(&err)),
        };
        match outcome {
            Ok(()) => Ok(Some(FilePlace::unpacked(on_disk, path, &self.folder))),
            Err(reason) => Err(skip(&path, reason)),
        }
    }

    /// A number, the same one for the two files of a pair.
    fn own_name(&mut self, inner: &str, index: usize) -> String {
        let parts = ENDINGS_OF_PAIRS.iter().find_map(|ending| {
            let (stem, end) = inner.split_at_checked(inner.len().checked_sub(ending.len())?)?;
            end.eq_ignore_ascii_case(ending).then_some((stem, end))
        });
        parts.map_or_else(
            || index.to_string(),
            |(stem, end)| {
                let number = self.numbers.entry(stem.to_owned()).or_insert(index);
                format!("{number}{end}")
            },
        )
    }

    /// Writes what an entry holds. A file that could not be written whole is removed.
    fn copy(&mut self, from: &mut impl Read, to: &Path) -> Result<(), String> {
        let cannot_write = |err: &io::Error| say!("io-zip-cannot-write", why = plain(err));
        let mut out = File::create_new(to).map_err(|err| cannot_write(&err))?;
        let mut chunk = vec![0; CHUNK_BYTES];
        let outcome = loop {
            if self.progress.is_cancelled() {
                break Err(say!("io-cancelled"));
            }
            let count = match from.read(&mut chunk) {
                Ok(0) => break Ok(()),
                Ok(count) => count,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => continue,
                Err(err) => break Err(reason(&ZipError::Io(err))),
            };
            let Some(left) = self.bytes_left.checked_sub(count as u64) else {
                self.bytes_left = 0;
                break Err(say!("io-zip-too-large"));
            };
            self.bytes_left = left;
            if let Err(err) = out.write_all(chunk.get(..count).unwrap_or_default()) {
                break Err(cannot_write(&err));
            }
        };
        drop(out);
        if outcome.is_err() {
            std::fs::remove_file(to).ok();
        }
        outcome
    }
}

/// Why an archive or an entry cannot be read, in our words.
fn reason(err: &ZipError) -> String {
    match err {
        ZipError::Io(err) if err.raw_os_error().is_some() => plain(err),
        ZipError::CompressionMethodNotSupported(_) => say!("io-zip-method"),
        ZipError::UnsupportedArchive(_) => say!("io-zip-unsupported"),
        _ => say!("io-zip-damaged"),
    }
}

/// A file of which only so much may be read: the directory of an archive is held in memory, and says itself how long it is.
struct Metered {
    file: File,
    readable: Rc<Cell<u64>>,
}

impl Read for Metered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        let left = self.readable.get().checked_sub(count as u64);
        self.readable
            .set(left.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?);
        Ok(count)
    }
}

impl Seek for Metered {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
