//! Which file is meant: where its bytes are, and what to call it. They differ for a file that came out of an archive.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::segmentation::Stamp;
use super::source::Skipped;

/// A file to read.
#[derive(Clone, Debug)]
pub struct FilePlace {
    path: PathBuf,
    unpacked: Option<Unpacked>,
    stamp: Option<Stamp>,
}

/// Where an unpacked file came from.
#[derive(Clone, Debug)]
struct Unpacked {
    name: PathBuf,
    /// The folder that it was unpacked to. It is deleted when nobody can read from it any more.
    _folder: Arc<TempDir>,
}

/// The files that a file stands for: what an archive holds, what a directory of files names.
#[derive(Default)]
pub struct Members {
    /// To be looked at.
    pub files: Vec<FilePlace>,
    /// Not to be had, each with the reason.
    pub skipped: Vec<Skipped>,
}

impl FilePlace {
    /// A file of an archive that was unpacked to `path`, which lies in `folder`. `name` is the archive's path with the
    /// entry's name behind it; nothing is ever opened by it.
    pub fn unpacked(path: PathBuf, name: PathBuf, folder: &Arc<TempDir>) -> Self {
        Self {
            path,
            unpacked: Some(Unpacked {
                name,
                _folder: Arc::clone(folder),
            }),
            stamp: None,
        }
    }

    /// The same, with how the file is now: it is about to be read.
    pub(super) fn stamped(&self) -> Self {
        Self {
            stamp: Stamp::of(&self.path),
            ..self.clone()
        }
    }

    /// How the file was before its header was read, if that was looked at.
    pub fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// Whether the file has become another one since its header was read.
    pub fn has_changed(&self) -> bool {
        self.stamp.is_some() && self.stamp != Stamp::of(&self.path)
    }

    /// Where its bytes are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a person knows it by.
    pub fn name(&self) -> &Path {
        self.unpacked.as_ref().map_or(&self.path, |unpacked| &unpacked.name)
    }

    /// Whether it came out of an archive, so that nothing can be kept beside it.
    pub fn is_unpacked(&self) -> bool {
        self.unpacked.is_some()
    }

    /// The last part of its name.
    pub fn file_name(&self) -> String {
        self.name()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Another file that belongs to this one and shares its name (the two files of a NIfTI pair).
    pub fn partner(&self, path: PathBuf) -> Self {
        Self {
            path,
            unpacked: self.unpacked.clone(),
            stamp: None,
        }
    }
}

impl From<&Path> for FilePlace {
    fn from(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            unpacked: None,
            stamp: None,
        }
    }
}

impl fmt::Display for FilePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().display().fmt(f)
    }
}
