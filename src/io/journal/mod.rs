//! The journal of a segmentation: every change of it, on disk moments after it was made, until it is in a file.
//!
//! A journal only grows. It begins with what the segmentation is and the labels it had, and each change follows as a
//! entry of records with length and checksum; an entry that was cut short by the end of the program or of the power is
//! left out when it is read, and so is all behind it. It is locked by the program that writes it, so that another one offers
//! only work that nobody has any more.

mod head;
mod record;
mod state;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::home::Home;
use crate::say;

pub use head::Head;
use record::MOST_BYTES;
pub use state::State;

/// The kind of data in the user's own folder.
const AT_HOME: &str = "journal";
/// How the names of journals end.
const ENDING: &str = "journal";

/// A journal that is written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Locked as long as it is open; `None` once the journal is not needed any more.
    file: Mutex<Option<File>>,
}

/// A journal could not be written or read, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JournalError {
    /// What happened.
    pub message: String,
}

impl JournalError {
    fn new(path: &Path, why: &io::Error) -> Self {
        Self {
            message: say!(
                "io-journal-broke",
                path = path.display().to_string(),
                why = super::plain(why)
            ),
        }
    }
}

/// Work that is in no file, left behind by a program that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// Its journal.
    pub path: PathBuf,
    /// What it is about.
    pub head: Head,
    /// When it was last written, in seconds since 1970.
    pub changed: u64,
}

impl Journal {
    /// Begins a journal with a state.
    pub fn begin(home: &Home, head: &Head, state: &State) -> Result<Self, JournalError> {
        let folder = home.data_folder(AT_HOME);
        let trouble = |why: &io::Error| JournalError::new(&folder, why);
        std::fs::create_dir_all(&folder).map_err(|why| trouble(&why))?;
        let (path, mut file) = new_file(&folder).map_err(|why| trouble(&why))?;
        let fail = |why: &io::Error| {
            std::fs::remove_file(&path).ok();
            JournalError::new(&path, why)
        };
        // Where the file system knows no locks, another program may offer the work too: better twice than never.
        // One that looks for work may have it for a moment.
        file.lock().ok();
        let mut bytes = record::MAGIC.to_vec();
        state::push_entry(&mut bytes, Some(head), None, state)
            .and_then(|()| file.write_all(&bytes))
            .and_then(|()| file.sync_all())
            .map_err(|why| fail(&why))?;
        super::save::sync_folder(&folder);
        Ok(Self {
            path,
            file: Mutex::new(Some(file)),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds what leads from one state to another, and a new head if that has changed. It is on the disk when this comes
    /// back.
    pub fn add(&self, head: Option<&Head>, before: &State, after: &State) -> Result<(), JournalError> {
        let fail = |why: &io::Error| JournalError::new(&self.path, why);
        let mut bytes = Vec::new();
        state::push_entry(&mut bytes, head, Some(before), after).map_err(|why| fail(&why))?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = file.as_mut().filter(|_| !bytes.is_empty()) else {
            return Ok(());
        };
        // What was cut short is cut off again, so that the next record can be read.
        let length = file.metadata().map_err(|why| fail(&why))?.len();
        file.write_all(&bytes).and_then(|()| file.sync_data()).map_err(|why| {
            file.set_len(length).ok();
            fail(&why)
        })
    }

    /// The work is in a file: the journal goes.
    pub fn end(&self) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.take().is_some() {
            std::fs::remove_file(&self.path).ok();
        }
    }

    /// Goes on with a journal that was left behind. `None` if another program has it, if only to look at it.
    pub fn take_over(path: &Path) -> Result<Option<(Self, Head, State)>, JournalError> {
        let fail = |why: &io::Error| JournalError::new(path, why);
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(path)
            .map_err(|why| fail(&why))?;
        if matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        (&file)
            .take(MOST_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|why| fail(&why))?;
        let damaged = || JournalError {
            message: say!("io-journal-damaged", path = path.display().to_string()),
        };
        let read = state::read(&bytes).ok_or_else(damaged)?;
        file.set_len(read.whole as u64).map_err(|why| fail(&why))?;
        file.flush().ok();
        let journal = Self {
            path: path.to_owned(),
            file: Mutex::new(Some(file)),
        };
        Ok(Some((journal, read.head, read.state)))
    }
}

/// Work that programs left behind which have ended, the newest first.
pub fn left(home: &Home) -> Vec<Left> {
    let Ok(entries) = std::fs::read_dir(home.data_folder(AT_HOME)) else {
        return Vec::new();
    };
    let mut all: Vec<Left> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .filter_map(|path| look_at(&path))
        .collect();
    all.sort_by_key(|left| std::cmp::Reverse(left.changed));
    all
}

/// Throws work away that was left behind, unless another program has it.
pub fn discard(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().append(true).open(path)?;
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => Ok(()),
        _ => std::fs::remove_file(path),
    }
}

fn look_at(path: &Path) -> Option<Left> {
    let file = OpenOptions::new().read(true).append(true).open(path).ok()?;
    if matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)) {
        return None;
    }
    let mut bytes = Vec::new();
    // The head stands at the beginning; places of slices make it long.
    (&file).take(8 << 20).read_to_end(&mut bytes).ok()?;
    let head = record::records(&bytes).next().and_then(|found| found.head())?;
    let changed = file.metadata().ok()?.modified().ok()?;
    let changed = changed
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    Some(Left {
        path: path.to_owned(),
        head,
        changed,
    })
}

fn new_file(folder: &Path) -> io::Result<(PathBuf, File)> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.map_or(0, |since| since.as_millis());
    for n in 0.. {
        let path = folder.join(format!("{now}-{}-{n}.{ENDING}", std::process::id()));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists && n < 1000 => {}
            opened => return opened.map(|file| (path, file)),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::label_map::LabelMap;
    use crate::model::segment::{Segment, SegmentTable};

    const DIMS: [usize; 3] = [40, 33, 50];

    fn map(seed: usize) -> LabelMap {
        let labels: Vec<u16> = (0..DIMS.iter().product::<usize>())
            .map(|n| {
                if n / 64 % (seed + 3) == 1 {
                    (n / 999 % 5) as u16
                } else {
                    0
                }
            })
            .collect();
        LabelMap::from_dense(DIMS, &labels)
    }

    fn state(seed: usize) -> State {
        State {
            maps: vec![map(seed), map(seed + 1)],
            table: SegmentTable {
                segments: vec![Segment::new(seed as u32 + 1, format!("n{seed}"), [1, 2, 3])],
            },
        }
    }

    fn is_same(a: &State, b: &State) -> bool {
        a.table == b.table && a.maps.iter().zip(&b.maps).all(|(a, b)| a.is_same(b))
    }

    fn head() -> Head {
        Head {
            name: "liver".to_owned(),
            dims: DIMS,
            layers: 2,
            ..Head::default()
        }
    }

    #[test]
    fn what_was_added_is_read_back_and_a_torn_record_costs_that_record_only() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let states: Vec<State> = (0..5).map(state).collect();
        let journal = Journal::begin(&home, &head(), &states[0]).unwrap();
        let mut ends = vec![std::fs::metadata(journal.path()).unwrap().len()];
        for pair in states.windows(2) {
            journal.add(None, &pair[0], &pair[1]).unwrap();
            ends.push(std::fs::metadata(journal.path()).unwrap().len());
        }
        assert!(left(&home).is_empty(), "its program is there");
        let path = journal.path().to_owned();
        drop(journal);
        assert_eq!(left(&home)[0].head, head());
        let bytes = std::fs::read(&path).unwrap();
        for cut in (0..bytes.len()).step_by(911) {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let taken = Journal::take_over(&path);
            let last = ends.iter().rposition(|end| *end as usize <= cut);
            match (taken, last) {
                (Ok(Some((journal, read_head, read))), Some(last)) => {
                    assert_eq!(read_head, head());
                    // An entry that was cut short counts for nothing.
                    assert!(is_same(&read, &states[last]), "{cut}");
                    journal.add(None, &read, &states[4]).unwrap();
                    drop(journal);
                    let (_, _, read) = Journal::take_over(&path).unwrap().unwrap();
                    assert!(is_same(&read, &states[4]), "it goes on after {cut}");
                }
                (taken, None) => assert!(taken.is_err(), "{cut}"),
                (taken, last) => panic!("{cut} {last:?} {}", taken.is_err()),
            }
        }
    }

    #[test]
    fn damaged_bytes_never_panic() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let journal = Journal::begin(&home, &head(), &state(0)).unwrap();
        let bytes = std::fs::read(journal.path()).unwrap();
        for at in (0..bytes.len()).step_by(37) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x55;
            let _ = state::read(&bytes);
        }
    }
}
