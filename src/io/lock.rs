//! Taking turns: who reads a file, changes it and writes it again keeps other programs from doing so in between.

use std::fs::File;
use std::path::{Path, PathBuf};

/// The turn at a file, until it is dropped. The system takes it back from a program that ends in any way.
///
/// What is locked is a file of its own beside the other, since that one is replaced at each writing. It is gone when
/// nobody writes.
#[derive(Debug)]
pub struct Turn {
    /// `None` where the folder or the file system knows no locks: then nobody has any.
    lock: Option<(PathBuf, File)>,
}

impl Turn {
    /// Waits for the turn at a file, which need not be there. A turn takes milliseconds.
    pub fn at(path: &Path) -> Self {
        let Some(name) = path.file_name() else {
            return Self { lock: None };
        };
        let mut lock_name = std::ffi::OsString::from(".");
        lock_name.push(name);
        lock_name.push(".lock");
        let lock_path = path.with_file_name(lock_name);
        loop {
            // A folder in which nothing can be made says so when the file itself is written.
            let Ok(file) = File::options()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&lock_path)
            else {
                return Self { lock: None };
            };
            if file.lock().is_err() {
                return Self { lock: None };
            }
            // Whoever had it before took its name away: then the next one's has the name, and that is waited for.
            if is_named(&file, &lock_path) {
                return Self {
                    lock: Some((lock_path, file)),
                };
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((path, file)) = &self.lock {
            // Only where a waiting program sees that the name is gone; before the lock is, so that it cannot miss it.
            if cfg!(unix) {
                std::fs::remove_file(path).ok();
            }
            file.unlock().ok();
        }
    }
}

/// Whether a path still means this file.
#[cfg(unix)]
fn is_named(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), path.symlink_metadata()) {
        (Ok(own), Ok(named)) => (own.dev(), own.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Nobody takes the name away.
#[cfg(not(unix))]
fn is_named(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_has_the_turn_and_nothing_stays_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("count");
        std::fs::write(&path, "0").unwrap();
        let add = || {
            for _ in 0..50 {
                let turn = Turn::at(&path);
                let count: u32 = std::fs::read_to_string(&path).unwrap().parse().unwrap();
                std::thread::yield_now();
                let next = path.with_extension(format!("{:?}", std::thread::current().id()));
                std::fs::write(&next, (count + 1).to_string()).unwrap();
                std::fs::rename(&next, &path).unwrap();
                drop(turn);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(add);
            }
        });
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "200");
        if cfg!(unix) {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }
}
