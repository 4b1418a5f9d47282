//! The journal of a segmentation: every change of it, on disk moments after it was made, until it is in a file.
//!
//! A journal only grows. It begins with what the segmentation is and the labels it had, and each change follows as a
//! record of its own with length and checksum; one that was cut short by the end of the program or of the power is left
//! out when it is read, and so is all behind it. It is locked by the program that writes it, so that another one offers
//! only work that nobody has any more.

mod record;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use glam::{DAffine3, DMat3, DVec3};
use serde::{Deserialize, Serialize};

use super::home::Home;
use crate::model::geometry::Geometry;
use crate::model::label_delta::LabelDelta;
use crate::model::label_map::LabelMap;
use crate::model::segment::{Segment, SegmentTable};
use crate::say;

use record::{Kind, MOST_BYTES};

/// The kind of data in the user's own folder.
const AT_HOME: &str = "journal";
/// Slices that stand even so far beside their places stand evenly, mm.
const EVEN_MM: f64 = 1e-6;
/// How the names of journals end.
const ENDING: &str = "journal";

/// What a journal says of the segmentation that it is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Head {
    /// What it is called.
    pub name: String,
    /// The file that it was read from or saved to last, if any.
    pub file: Option<PathBuf>,
    /// What was opened when it was painted, so that it can be opened again.
    pub opened: Vec<PathBuf>,
    /// Frame of Reference UID of its image; empty if there is none.
    pub frame_of_reference_uid: String,
    /// Voxels along i, j, k.
    pub dims: [usize; 3],
    /// How many layers it has.
    pub layers: usize,
    /// From voxel to voxel along rows and along columns, LPS mm.
    pub steps: [[f64; 3]; 2],
    /// The place of the first voxel of each slice and of the one behind the last, LPS mm.
    pub origins: Vec<[f64; 3]>,
    /// When it was begun, in seconds since 1970.
    pub begun: u64,
}

impl Head {
    /// Puts a grid down.
    pub fn set_grid(&mut self, geometry: &Geometry) {
        let matrix = geometry.patient_from_voxel().matrix3;
        self.dims = geometry.dims();
        self.steps = [matrix.x_axis.to_array(), matrix.y_axis.to_array()];
        self.origins = (0..=self.dims[2])
            .map(|slice| geometry.patient_at(DVec3::new(0.0, 0.0, slice as f64)).to_array())
            .collect();
    }

    /// The grid that was put down, if it can be one.
    pub fn grid(&self) -> Option<Geometry> {
        let places: Vec<DVec3> = self.origins.iter().copied().map(DVec3::from_array).collect();
        let [columns, rows, slices] = self.dims;
        let (first, behind) = (*places.first()?, *places.get(slices)?);
        let [step_i, step_j] = self.steps.map(DVec3::from_array);
        // One more than there are slices, so that even one has a thickness.
        let step_k = (behind - first) / slices as f64;
        let affine = DAffine3 {
            matrix3: DMat3::from_cols(step_i, step_j, step_k),
            translation: first,
        };
        let is_even = places
            .iter()
            .enumerate()
            .all(|(k, place)| place.distance(first + step_k * k as f64) < EVEN_MM);
        if is_even {
            Geometry::from_affine(self.dims, affine).ok()
        } else {
            Geometry::from_slices(columns, rows, step_i, step_j, places.get(..slices)?, EVEN_MM).ok()
        }
    }
}

/// A segment as a journal keeps it.
#[derive(Serialize, Deserialize)]
struct KeptSegment {
    label: u32,
    name: String,
    color: [u8; 3],
    visible: bool,
    locked: bool,
    layer: usize,
}

/// A state of a segmentation.
#[derive(Clone, Debug)]
pub struct State {
    /// The labels of each layer.
    pub maps: Vec<LabelMap>,
    /// Its segments.
    pub table: SegmentTable,
}

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
        file.try_lock().ok();
        let mut bytes = record::MAGIC.to_vec();
        let write = |bytes: &mut Vec<u8>| -> io::Result<()> {
            record::push_json(bytes, Kind::Head, head)?;
            push_table(bytes, &state.table)?;
            for (layer, map) in state.maps.iter().enumerate() {
                if let Some(delta) = LabelDelta::between(&LabelMap::empty(map.dims()), map) {
                    record::push_delta(bytes, layer, &delta)?;
                }
            }
            Ok(())
        };
        write(&mut bytes)
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

    /// Adds what leads from one state to another. It is on the disk when this comes back.
    pub fn add(&self, before: &State, after: &State) -> Result<(), JournalError> {
        let fail = |why: &io::Error| JournalError::new(&self.path, why);
        let mut bytes = Vec::new();
        let write = |bytes: &mut Vec<u8>| -> io::Result<()> {
            if before.table != after.table {
                push_table(bytes, &after.table)?;
            }
            for (layer, (was, is)) in before.maps.iter().zip(&after.maps).enumerate() {
                if let Some(delta) = LabelDelta::between(was, is) {
                    record::push_delta(bytes, layer, &delta)?;
                }
            }
            Ok(())
        };
        write(&mut bytes).map_err(|why| fail(&why))?;
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

    /// Goes on with a journal that was left behind. `None` if another program has it.
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
        let read = read(&bytes).ok_or_else(damaged)?;
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

fn push_table(bytes: &mut Vec<u8>, table: &SegmentTable) -> io::Result<()> {
    let kept: Vec<KeptSegment> = table
        .segments
        .iter()
        .map(|segment| KeptSegment {
            label: segment.label,
            name: segment.name.clone(),
            color: segment.color,
            visible: segment.is_visible,
            locked: segment.is_locked,
            layer: segment.layer,
        })
        .collect();
    record::push_json(bytes, Kind::Table, &kept)
}

struct WhatWasRead {
    head: Head,
    state: State,
    /// Bytes up to the end of the last whole record.
    whole: usize,
}

/// Reads all whole records. `None` if there is no head, or one that cannot be.
fn read(bytes: &[u8]) -> Option<WhatWasRead> {
    let mut records = record::records(bytes);
    let head = records.next()?.head()?;
    let voxels = head.dims.iter().try_fold(1usize, |all, side| all.checked_mul(*side))?;
    // As large as an adapter's memory, and no more layers than segments in any table.
    if voxels == 0 || voxels > 1 << 36 || head.layers == 0 || head.layers > 4096 {
        return None;
    }
    let mut state = State {
        maps: vec![LabelMap::empty(head.dims); head.layers],
        table: SegmentTable::default(),
    };
    let mut whole = records.read_so_far();
    while let Some(found) = records.next() {
        match found.kind() {
            Kind::Delta => {
                let (layer, delta) = found.delta(head.dims)?;
                // A change of another state: what came before it is whole all the same.
                let applied = state.maps.get_mut(layer).map(|map| delta.apply(map));
                if !matches!(applied, Some(Ok(()))) {
                    break;
                }
            }
            Kind::Table => {
                let Some(kept) = found.json::<Vec<KeptSegment>>() else {
                    break;
                };
                state.table.segments = kept
                    .into_iter()
                    .map(|kept| Segment {
                        is_visible: kept.visible,
                        is_locked: kept.locked,
                        layer: kept.layer,
                        ..Segment::new(kept.label, kept.name, kept.color)
                    })
                    .collect();
                state.table.segments.sort_by_key(|segment| segment.label);
            }
            Kind::Head => break,
        }
        whole = records.read_so_far();
    }
    Some(WhatWasRead { head, state, whole })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            journal.add(&pair[0], &pair[1]).unwrap();
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
                    // Of an entry that was cut short its whole records count.
                    assert!(is_same(&read, &states[last]) || last + 1 < states.len(), "{cut}");
                    journal.add(&read, &states[4]).unwrap();
                    drop(journal);
                    let (_, _, read) = Journal::take_over(&path).unwrap().unwrap();
                    assert!(is_same(&read, &states[4]), "it goes on after {cut}");
                }
                (taken, None) => assert!(taken.is_err() || cut > 100, "{cut}"),
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
            let _ = read(&bytes);
        }
    }

    #[test]
    fn grids_come_back() {
        let matrix = glam::DMat3::from_cols(
            DVec3::new(0.7, 0.1, 0.0),
            DVec3::new(-0.1, 0.9, 0.2),
            DVec3::new(0.3, 0.4, -2.5),
        );
        for slices in [1, 2, 30] {
            let affine = glam::DAffine3::from_mat3_translation(matrix, DVec3::new(-12.0, 7.0, 3.0));
            let geometry = Geometry::from_affine([40, 33, slices], affine).unwrap();
            let mut head = Head::default();
            head.set_grid(&geometry);
            let back = head.grid().unwrap();
            for (a, b) in geometry.corners().iter().zip(back.corners()) {
                assert!(a.distance(b) < 1e-9, "{a} {b}");
            }
        }
        let origins = [0.0, 2.0, 7.0, 8.0].map(|z| DVec3::new(z / 3.0, 1.0, z));
        let uneven = Geometry::from_slices(8, 9, DVec3::X, DVec3::Y, &origins, 1e-3).unwrap();
        let mut head = Head::default();
        head.set_grid(&uneven);
        let back = head.grid().unwrap();
        for k in 0..4 {
            let at = DVec3::new(3.0, 4.0, f64::from(k));
            assert!(back.patient_at(at).distance(uneven.patient_at(at)) < 1e-9);
        }
    }
}
