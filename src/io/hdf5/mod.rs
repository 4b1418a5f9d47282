//! HDF5: the arrays of a file, each a volume (h5py, pytorch-3dunet, ilastik, Fiji, MATLAB 7.3).
//!
//! The container is read by the crate `hdf5-reader`. It is given the file as something to be asked for ranges of bytes:
//! strangers' files are never mapped into memory. What it would believe too readily is checked here: how much memory an
//! array asks for, how many arrays there are, and whether numbers are what this program means by their type.

mod array;
mod attributes;
mod axes;
mod links;
mod lzf;
mod number;
mod place;
mod source;
mod walk;

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use hdf5_reader::{FileStorage, FilterRegistry, Hdf5File, OpenOptions};

use super::place::FilePlace;
use super::scan::plain;
use super::source::{OpenVolume, Skipped};
use crate::say;

/// The first bytes of a file, or those at 512, 1024 or 2048 behind a block of the user's (MATLAB has 512 bytes there).
const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";
const SIGNATURE_PLACES: [usize; 4] = [0, 512, 1024, 2048];

/// The most bytes of one chunk: each is decoded whole, on every core at once.
const MAX_CHUNK_BYTES: usize = 256 << 20;
/// The most volumes that the arrays of a file make together.
const MAX_VOLUMES: usize = 1024;
/// The most bytes of one object's header; real ones have some thousand.
const MAX_HEADER_BYTES: usize = 4 << 20;

/// What was found in a file.
pub(super) struct Arrays {
    /// The arrays that are volumes, in the order of their paths.
    pub(super) volumes: Vec<OpenVolume>,
    /// Those that are none, each with the reason; their paths are that of the file with the array's behind it.
    pub(super) skipped: Vec<Skipped>,
}

/// Reads the headers of all arrays of a file; `None` if it is no HDF5. The error is the reason for the user.
pub(super) fn read_arrays_of(file: &FilePlace) -> Result<Option<Arrays>, String> {
    if !has_signature(file).map_err(|err| plain(&err))? {
        return Ok(None);
    }
    let bytes = std::fs::metadata(file.path()).map_err(|err| plain(&err))?.len();
    let opened = open(file)?;
    let found = walk::arrays(&opened).map_err(|err| reason(&err))?;
    let mut arrays = Arrays {
        volumes: Vec::new(),
        skipped: Vec::new(),
    };
    let skip = |path: &str, reason: String| Skipped {
        path: file.name().join(path.trim_start_matches('/')),
        reason,
    };
    let mut place = |path: &str, outcome: Result<Vec<OpenVolume>, String>| match outcome {
        Ok(volumes) if arrays.volumes.len() + volumes.len() > MAX_VOLUMES => {
            arrays
                .skipped
                .push(skip(path, say!("io-hdf5-too-many-volumes", most = MAX_VOLUMES)));
        }
        Ok(mut volumes) => arrays.volumes.append(&mut volumes),
        Err(reason) => arrays.skipped.push(skip(path, reason)),
    };
    let is_empty = found.arrays.is_empty() && found.unreadable.is_empty();
    for one in &found.arrays {
        place(&one.path, array::volumes(file, bytes, one));
    }
    for (path, reason) in found.unreadable {
        place(&path, Err(reason));
    }
    if is_empty {
        return Err(say!("io-hdf5-no-arrays"));
    }
    Ok(Some(arrays))
}

fn has_signature(file: &FilePlace) -> std::io::Result<bool> {
    let mut start = Vec::new();
    let most = SIGNATURE_PLACES.iter().max().copied().unwrap_or(0) + SIGNATURE.len();
    File::open(file.path())?.take(most as u64).read_to_end(&mut start)?;
    Ok(SIGNATURE_PLACES
        .iter()
        .any(|at| start.get(*at..).is_some_and(|rest| rest.starts_with(&SIGNATURE))))
}

fn open(file: &FilePlace) -> Result<Hdf5File, String> {
    let storage = FileStorage::open(file.path()).map_err(|err| reason(&err))?;
    let mut filters = FilterRegistry::new();
    filters.register(
        lzf::FILTER,
        Box::new(|filter, packed, _| {
            // The third number is the size of a chunk.
            let told = filter
                .client_data
                .get(2)
                .map_or(MAX_CHUNK_BYTES, |bytes| *bytes as usize);
            lzf::unpacked(packed, told.min(MAX_CHUNK_BYTES))
        }),
    );
    // Each chunk is decoded once, by the slab that it lies in: keeping it would only cost memory.
    let options = OpenOptions::default()
        .with_filter_registry(filters)
        .with_chunk_cache_bytes(0)
        .with_max_chunk_bytes(MAX_CHUNK_BYTES)
        .with_max_object_header_bytes(MAX_HEADER_BYTES);
    Hdf5File::from_storage_with_options(Arc::new(storage), options).map_err(|err| reason(&err))
}

/// What the reader could not do, as one sentence.
fn reason(error: &hdf5_reader::error::Error) -> String {
    use hdf5_reader::error::Error;
    match error {
        Error::Io(why) => plain(why),
        Error::Context { source, .. } => reason(source),
        Error::UnsupportedFilter(filter) => say!("io-hdf5-filter", filter = filter_name(filter)),
        Error::ResourceLimit(_) => say!("io-hdf5-too-large"),
        Error::UnsupportedEncoding(what) => say!("io-hdf5-unsupported", what = what.clone()),
        other => say!("io-hdf5-damaged", why = other.to_string()),
    }
}

/// The name of a filter that the reader calls by its number (HDF5's list of registered filters).
fn filter_name(told: &str) -> String {
    let names = [
        ("32001", "Blosc"),
        ("32004", "LZ4"),
        ("32008", "bitshuffle"),
        ("32013", "ZFP"),
        ("32015", "Zstandard"),
        ("32017", "SZ"),
        ("32026", "Blosc2"),
    ];
    let known = names.iter().find(|(number, _)| told.ends_with(number));
    known.map_or_else(|| told.to_owned(), |(_, name)| (*name).to_owned())
}
