//! Writing files so that nothing is ever half written: a new file beside the target, synced, then renamed over it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::say;

/// How names of files and folders begin that are being written.
const PREFIX: &str = ".isocenter-";
/// How they end; six letters and digits are between.
const SUFFIX: &str = ".tmp";

/// A file could not be written. The message is one sentence that names the file and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{}", say!("io-cannot-write", path = path.display().to_string(), why = super::plain(why)))]
pub struct SaveError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub why: io::Error,
}

impl SaveError {
    /// A file that is not written, for a reason that the user can do something about.
    pub fn refused(path: &Path, why: String) -> Self {
        Self {
            path: path.to_owned(),
            why: io::Error::other(why),
        }
    }
}

/// Writes a file whole or not at all.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), SaveError> {
    write_checked(path, write, |_| Ok(()))
}

/// Writes a file whole or not at all, and only if `check` finds what was written to be good: it gets the path of the
/// new file before that takes its place.
pub fn write_checked(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
    check: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), SaveError> {
    put_in_place(path, |temporary| {
        {
            let mut out = BufWriter::new(temporary.as_file());
            write(&mut out).and_then(|()| out.flush())?;
        }
        temporary.as_file().sync_all()?;
        check(temporary.path())
    })
}

/// Has another program write a file whole or not at all: `write` gets the path of a new, empty file beside the target.
pub fn write_by_path(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), SaveError> {
    put_in_place(path, |temporary| {
        write(temporary.path())?;
        temporary.as_file().sync_all()
    })
}

/// Makes a file beside the target, which takes its place once `fill` has filled it.
fn put_in_place(path: &Path, fill: impl FnOnce(&tempfile::NamedTempFile) -> io::Result<()>) -> Result<(), SaveError> {
    let fail = |why| SaveError {
        path: path.to_owned(),
        why,
    };
    let folder = folder_of(path);
    let temporary = tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .tempfile_in(folder)
        .map_err(fail)?;
    fill(&temporary).map_err(fail)?;
    make_readable(temporary.as_file(), path).map_err(fail)?;
    temporary.persist(path).map_err(|err| fail(err.error))?;
    sync_folder(folder);
    Ok(())
}

/// Puts a finished file from another folder of the same disk into its place, with the mode of the one that was there.
pub(super) fn replace(new: &Path, path: &Path) -> io::Result<()> {
    make_readable(&File::open(new)?, path)?;
    std::fs::rename(new, path)?;
    sync_folder(folder_of(path));
    Ok(())
}

/// Writes a folder of files whole or not at all: `fill` gets a new folder beside the target, which then takes its
/// place. A folder that is there must be empty.
pub fn write_folder(path: &Path, fill: impl FnOnce(&Path) -> Result<(), SaveError>) -> Result<(), SaveError> {
    let fail = |why| SaveError {
        path: path.to_owned(),
        why,
    };
    match std::fs::read_dir(path).map(|mut entries| entries.next().is_none()) {
        Ok(true) => {}
        Ok(false) => return Err(SaveError::refused(path, say!("io-folder-not-empty"))),
        Err(err) if err.kind() == io::ErrorKind::NotFound => {}
        Err(err) => return Err(fail(err)),
    }
    let parent = folder_of(path);
    let temporary = working_folder(parent).map_err(fail)?;
    fill(temporary.path())?;
    sync_folder(temporary.path());
    open_to_read(temporary.path()).map_err(fail)?;
    // Not every system renames over an empty folder.
    if path.is_dir() {
        std::fs::remove_dir(path).map_err(fail)?;
    }
    std::fs::rename(temporary.path(), path).map_err(fail)?;
    // It is no longer there to be removed.
    let _moved = temporary.keep();
    sync_folder(parent);
    Ok(())
}

/// A folder in another one, which is gone with all that is in it when it is dropped.
pub(super) fn working_folder(parent: &Path) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .tempdir_in(parent)
}

/// Takes away what programs were writing in a folder when they were killed: what has a name of our kind and has not
/// been touched for a day.
pub(super) fn remove_leftovers(folder: &Path) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let is_ours = |name: &str| {
        let middle = name.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(SUFFIX));
        middle.is_some_and(|middle| middle.len() == 6 && middle.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_ours)) {
        // Of a link this is the link itself.
        let Ok(metadata) = entry.metadata() else { continue };
        let age = metadata.modified().ok().and_then(|changed| changed.elapsed().ok());
        if age.is_none_or(|age| age < DAY) {
            continue;
        }
        if metadata.is_dir() {
            std::fs::remove_dir_all(entry.path()).ok();
        } else {
            std::fs::remove_file(entry.path()).ok();
        }
    }
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A rename is on disk only when its folder is; where folders cannot be synced there is nothing to do.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().ok();
    }
}

/// Temporary folders are private; a saved one gets the usual 0755.
#[cfg(unix)]
fn open_to_read(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_read(_folder: &Path) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_leftovers_of_ours_are_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            ".isocenter-Ab3dE6.tmp",
            ".isocenter-Ab3dE7.tmp",
            ".isocenter-mine.tmp",
            "Ab3dE6.tmp",
        ];
        let paths = names.map(|name| folder.path().join(name));
        for path in &paths {
            std::fs::write(path, b"x").unwrap();
        }
        let two_days = std::time::SystemTime::now() - Duration::from_secs(48 * 60 * 60);
        for path in [&paths[0], &paths[2], &paths[3]] {
            let file = File::options().append(true).open(path).unwrap();
            file.set_modified(two_days).unwrap();
        }
        remove_leftovers(folder.path());
        assert_eq!(paths.map(|path| path.exists()), [false, true, true, true]);
    }
}
