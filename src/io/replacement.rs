//! Files that take the places of others, several at once, each keeping what was there under a second name.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::save::{SaveError, replace};

/// A new file that is to take the place of another. It lies in a folder that nobody else writes in, on the same disk.
pub(super) struct Replacement {
    new: PathBuf,
    path: PathBuf,
    /// The file that was there, under another name beside the new one.
    held: Option<PathBuf>,
    /// The one that was kept before, beside the new one.
    older: Option<PathBuf>,
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(ending);
    path.with_file_name(name)
}

impl Replacement {
    pub(super) fn new(new: PathBuf, path: PathBuf) -> Self {
        Self {
            new,
            path,
            held: None,
            older: None,
        }
    }

    fn kept(&self) -> PathBuf {
        with_ending(&self.path, ".bak")
    }

    /// Gives the file that is there a second name. What goes wrong changes nothing.
    fn hold(&mut self) -> Result<(), SaveError> {
        if !self.path.exists() {
            return Ok(());
        }
        let held = with_ending(&self.new, ".held");
        // Not every file system has files with two names.
        if std::fs::hard_link(&self.path, &held).is_err() {
            let copied = std::fs::copy(&self.path, &held).and_then(|_| File::open(&held)?.sync_all());
            copied.map_err(|why| SaveError { path: self.kept(), why })?;
        }
        self.held = Some(held);
        Ok(())
    }

    /// The file that was there is kept, and the new one takes its place: in this order, so that at no moment either is
    /// in neither place.
    fn carry_out(&mut self) -> Result<(), SaveError> {
        let kept = self.kept();
        if let Some(held) = self.held.take() {
            let older = with_ending(&self.new, ".older");
            // A folder of that name stays where it is.
            if kept.is_file() && std::fs::rename(&kept, &older).is_ok() {
                self.older = Some(older);
            }
            if let Err(why) = std::fs::rename(&held, &kept) {
                self.put_older_back();
                return Err(SaveError { path: kept, why });
            }
        }
        replace(&self.new, &self.path).map_err(|why| {
            self.put_older_back();
            SaveError {
                path: self.path.clone(),
                why,
            }
        })
    }

    fn put_older_back(&mut self) {
        if let Some(older) = self.older.take() {
            std::fs::rename(older, self.kept()).ok();
        }
    }

    /// Makes it as it was before.
    fn take_back(&mut self, was_there: bool) {
        if was_there {
            std::fs::rename(self.kept(), &self.path).ok();
        } else {
            std::fs::remove_file(&self.path).ok();
        }
        self.put_older_back();
    }
}

/// All of them take their places, or none.
pub(super) fn replace_all(all: &mut [Replacement]) -> Result<(), SaveError> {
    for one in all.iter_mut() {
        one.hold()?;
    }
    let were_there: Vec<bool> = all.iter().map(|one| one.held.is_some()).collect();
    for n in 0..all.len() {
        let outcome = all.get_mut(n).map_or(Ok(()), Replacement::carry_out);
        if outcome.is_err() {
            for (done, was_there) in all.iter_mut().zip(&were_there).take(n) {
                done.take_back(*was_there);
            }
            return outcome;
        }
    }
    Ok(())
}
