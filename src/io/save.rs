//! Writing files so that nothing is ever half written: a new file beside the target, synced, then renamed over it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::say;

/// A file could not be written. The message is one sentence that names the file and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{}", say!("io-cannot-write", path = path.display().to_string(), why = why.to_string()))]
pub struct SaveError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub why: io::Error,
}

/// Writes a file whole or not at all.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), SaveError> {
    let fail = |why| SaveError {
        path: path.to_owned(),
        why,
    };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let temporary = tempfile::Builder::new()
        .prefix(".isocenter-")
        .suffix(".tmp")
        .tempfile_in(folder)
        .map_err(fail)?;
    {
        let mut out = BufWriter::new(temporary.as_file());
        write(&mut out).and_then(|()| out.flush()).map_err(fail)?;
    }
    temporary.as_file().sync_all().map_err(fail)?;
    make_readable(temporary.as_file(), path).map_err(fail)?;
    temporary.persist(path).map_err(|err| fail(err.error))?;
    // The rename itself is on disk only when the folder is; where folders cannot be synced there is nothing to do.
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().ok();
    }
    Ok(())
}

/// Temporary files are private; a saved file gets the mode of the one it replaces, or the usual 0644.
#[cfg(unix)]
fn make_readable(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_or(0o644, |old| old.permissions().mode() & 0o777);
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn make_readable(_file: &File, _path: &Path) -> io::Result<()> {
    Ok(())
}
