//! Transfer functions in files of their own.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::save::{SaveError, write_atomically};
use crate::model::transfer_function::TransferFunction;
use crate::say;

/// Why a transfer function could not be read.
#[derive(Debug, Error)]
pub enum TransferError {
    /// The file cannot be opened.
    #[error("{}", say!("io-transfer-unreadable", path = path.display().to_string(), reason = source.to_string()))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{}", say!("io-transfer-wrong", path = path.display().to_string(), reason = reason.clone()))]
    Wrong {
        /// Which.
        path: PathBuf,
        /// What was found instead.
        reason: String,
    },
}

/// More than any curve needs.
const MOST_BYTES: u64 = 1 << 20;
/// Far more than anybody draws by hand; each of them is a handle in the editor.
const MOST_POINTS: usize = 256;

/// Reads `{"points":[{"value":…,"opacity":0…1,"color":[r,g,b]},…]}`, with `gradient`, `unit_mm` and `material` if they
/// are there.
pub fn read(path: &Path) -> Result<TransferFunction, TransferError> {
    let unreadable = |source| TransferError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let wrong = |reason| TransferError::Wrong {
        path: path.to_owned(),
        reason,
    };
    if fs::metadata(path).map_err(unreadable)?.len() > MOST_BYTES {
        return Err(wrong(say!("io-transfer-too-large")));
    }
    let text = fs::read(path).map_err(unreadable)?;
    let function: TransferFunction = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    let function = function.tidied();
    if function.points().len().max(function.gradient().len()) > MOST_POINTS {
        return Err(wrong(say!("io-transfer-too-many", most = MOST_POINTS.to_string())));
    }
    Ok(function)
}

/// Writes what [`read`] reads.
pub fn write(path: &Path, function: &TransferFunction) -> Result<(), SaveError> {
    write_atomically(path, |out| {
        serde_json::to_writer_pretty(&mut *out, function)?;
        writeln!(out)
    })
}
