//! DICOMDIR (PS3.3 Annex F, PS3.10 section 8): the files that a directory of files names. What they hold is read from
//! themselves, not from the directory's records.
//!
//! A directory is a stranger's list of paths: only regular files below its own folder are opened.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use dicom_dictionary_std::{tags, uids};

use super::elements::Item;
use super::prescan::prescan_file;
use crate::io::place::{FilePlace, Members};
use crate::io::scan::plain;
use crate::io::source::Skipped;
use crate::say;

/// References beyond these are not followed.
const MAX_REFERENCES: usize = 200_000;
/// Parts of a reference; the standard allows 8 (PS3.10 8.2.1).
const MAX_PARTS: usize = 16;

/// Whether a file may be a DICOMDIR, by its first kilobyte.
pub fn may_be_directory(beginning: &[u8]) -> bool {
    let uid = uids::MEDIA_STORAGE_DIRECTORY_STORAGE.as_bytes();
    beginning.get(128..132) == Some(b"DICM") && beginning.windows(uid.len()).any(|window| window == uid)
}

/// The files that a DICOMDIR names, each once; `None` if it is another file. The error is the reason for the user.
pub fn files_named_by(path: &Path) -> Result<Option<Members>, String> {
    let scanned = prescan_file(path)?;
    let root = scanned.elements.root();
    let class = root.text(tags::MEDIA_STORAGE_SOP_CLASS_UID);
    if class.as_deref() != Some(uids::MEDIA_STORAGE_DIRECTORY_STORAGE) {
        return Ok(None);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut resolver = Resolver {
        folder,
        root: folder.canonicalize().map_err(|err| plain(&err))?,
        seen: BTreeSet::new(),
        listings: BTreeMap::new(),
    };
    let mut members = Members::default();
    let mut references = root.items(tags::DIRECTORY_RECORD_SEQUENCE).filter_map(reference);
    for parts in references.by_ref().take(MAX_REFERENCES) {
        match resolver.resolve(&parts) {
            Ok(found) => members.files.extend(found.as_deref().map(FilePlace::from)),
            Err(reason) => members.skipped.push(Skipped {
                path: format!("{}/{}", folder.display(), parts.join("/")).into(),
                reason,
            }),
        }
    }
    if references.next().is_some() {
        members.skipped.push(Skipped {
            path: path.to_owned(),
            reason: say!("io-too-many-files", count = MAX_REFERENCES),
        });
    }
    Ok(Some(members))
}

/// Referenced File ID (0004,1500) of a record that is in use: folders, then the file. Some writers put slashes where the
/// standard wants backslashes.
fn reference(record: Item<'_>) -> Option<Vec<String>> {
    if record.integer(tags::RECORD_IN_USE_FLAG) == Some(0) {
        return None;
    }
    let parts: Vec<String> = record
        .texts(tags::REFERENCED_FILE_ID)
        .iter()
        .flat_map(|part| part.split('/').map(str::to_owned))
        .collect();
    parts.iter().any(|part| !part.is_empty()).then_some(parts)
}

/// Finds files below one folder.
struct Resolver<'a> {
    folder: &'a Path,
    /// The folder without links.
    root: PathBuf,
    /// Files found before, without links.
    seen: BTreeSet<PathBuf>,
    /// Names in a folder, by their small letters.
    listings: BTreeMap<PathBuf, BTreeMap<String, PathBuf>>,
}

impl Resolver<'_> {
    /// The file; `None` if it was named before. The error is the reason for the user.
    fn resolve(&mut self, parts: &[String]) -> Result<Option<PathBuf>, String> {
        if !parts.iter().all(|part| is_plain_name(part)) {
            return Err(say!("io-dicomdir-outside"));
        }
        if parts.len() > MAX_PARTS {
            return Err(say!("io-dicomdir-missing"));
        }
        let path = parts
            .iter()
            .fold(self.folder.to_owned(), |folder, part| self.step(&folder, part));
        let real = path.canonicalize().map_err(|err| match err.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => say!("io-dicomdir-missing"),
            _ => plain(&err),
        })?;
        if !real.starts_with(&self.root) {
            return Err(say!("io-dicomdir-outside"));
        }
        if !real.is_file() {
            return Err(say!("io-not-a-file"));
        }
        Ok(self.seen.insert(real).then_some(path))
    }

    /// What has a name in a folder. References are in capitals; copies of a medium often are not.
    fn step(&mut self, folder: &Path, name: &str) -> PathBuf {
        let exact = folder.join(name);
        if exact.symlink_metadata().is_ok() {
            return exact;
        }
        let listing = self
            .listings
            .entry(folder.to_owned())
            .or_insert_with(|| listing(folder));
        listing.get(&name.to_lowercase()).cloned().unwrap_or(exact)
    }
}

/// The entries of a folder by their names in small letters; of names that differ in case only, the first.
fn listing(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort_unstable_by(|a, b| b.cmp(a));
    paths
        .into_iter()
        .filter_map(|path| Some((path.file_name()?.to_str()?.to_lowercase(), path)))
        .collect()
}

/// Whether a part of a reference is the name of something in a folder and leads nowhere else.
fn is_plain_name(part: &str) -> bool {
    let mut components = Path::new(part).components();
    matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(_)), None)
    ) && !part.contains('\0')
}
