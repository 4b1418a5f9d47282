//! All files below a folder. Links are followed, each folder once, so that links in a circle end.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::source::Skipped;
use super::{measurements, plain};
use crate::say;

/// Folders nested deeper than this are not looked at.
const MAX_DEPTH: usize = 32;

/// Adds every regular file below a folder to `files`, and what is none, or cannot be looked at, to `skipped`.
pub(super) fn walk(folder: &Path, progress: &Progress<'_>, files: &mut Vec<PathBuf>, skipped: &mut Vec<Skipped>) {
    let mut seen = HashSet::new();
    let mut pending = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = pending.pop() {
        if progress.is_cancelled() {
            return;
        }
        let real = std::fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        if !seen.insert(real) {
            continue;
        }
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(err) => {
                skipped.push(Skipped {
                    path: folder,
                    reason: plain(&err),
                });
                continue;
            }
        };
        // What the program itself keeps beside a study is no part of it.
        let strangers = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| !measurements::is_own_file(path));
        for path in strangers {
            let reason = match std::fs::metadata(&path) {
                Ok(meta) if meta.is_dir() && depth < MAX_DEPTH => {
                    pending.push((path, depth + 1));
                    continue;
                }
                Ok(meta) if meta.is_file() => {
                    files.push(path);
                    continue;
                }
                Ok(meta) if meta.is_dir() => say!("io-too-deep"),
                Ok(_) => say!("io-not-a-file"),
                Err(err) => plain(&err),
            };
            skipped.push(Skipped { path, reason });
        }
    }
}
