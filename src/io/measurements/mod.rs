//! Measurements on disk: in `isocenter-measurements.json` beside the study, or in the user's own folder where that
//! cannot be written.
//!
//! Nothing that stands in such a file is ever lost: what this version does not know is written back as it was, a file
//! that cannot be understood gets another name, and one of a newer version is not touched. Several programs may keep
//! theirs in one file: each brings only what it changed.

mod document;
mod export;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::home::Home;
use super::lock::Turn;
use super::source::OpenVolume;
use crate::model::measurement::{Measurement, MeasurementId};
use crate::model::series_key::SeriesKey;
use crate::model::volume::Volume;
use crate::say;

use document::{Document, Trouble};
pub use export::{Listed, from_json, to_csv, to_json};

/// The file beside a study.
pub const FILE_NAME: &str = "isocenter-measurements.json";

/// How the names of files begin that could not be understood and were set aside.
const SET_ASIDE: &str = "isocenter-measurements.damaged";

/// The kind of data in the user's own folder.
const AT_HOME: &str = "measurements";

/// Whether a file is one of these, going by its name.
pub fn is_own_file(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| {
        let is_lock = name.strip_prefix('.').and_then(|rest| rest.strip_suffix(".lock")) == Some(FILE_NAME);
        name == FILE_NAME || is_lock || (name.starts_with(SET_ASIDE) && name.ends_with(".json"))
    })
}

/// Where the measurements of a series are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The file beside the study; `None` of an archive or of what was made and not read.
    pub beside: Option<PathBuf>,
    /// The file in the user's own folder; `None` for a program without a home.
    pub at_home: Option<PathBuf>,
}

/// The lasting name of an opened volume.
pub fn key_of(open: &OpenVolume) -> SeriesKey {
    let name = open.source.file().map_or_else(
        || format!("{}:{}", open.volume.series.format, open.volume.series.description),
        super::FilePlace::file_name,
    );
    SeriesKey::of(&open.volume, &name)
}

/// Where the measurements of an opened volume are kept.
pub fn places_of(open: &OpenVolume, key: &SeriesKey, home: Option<&Home>) -> Places {
    let beside = open.source.file().filter(|file| !file.is_unpacked()).map(|file| {
        let folder = file.path().parent().unwrap_or_else(|| Path::new(""));
        folder.join(FILE_NAME)
    });
    Places {
        beside,
        at_home: home.map(|home| home.data_folder(AT_HOME).join(format!("{}.json", key.digest()))),
    }
}

/// What was found of one series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Its measurements, in their order.
    pub list: Vec<Measurement>,
    /// What the user should know about the files, each a sentence.
    pub notes: Vec<String>,
}

/// A change of one measurement: what it is now, or `None` if it was deleted.
pub type Changes = BTreeMap<MeasurementId, Option<Measurement>>;

/// Something to be written.
#[derive(Clone, Debug)]
pub struct ToSave {
    /// Whose.
    pub key: SeriesKey,
    /// Where to.
    pub places: Places,
    /// What the program changed since the last time.
    pub changes: Changes,
    /// The ids of all that the program knows, in their order.
    pub order: Vec<MeasurementId>,
    /// How the series stands and what it is called.
    pub volume: Arc<Volume>,
    /// Who writes: what one writer wrote later is not undone by what it wrote before.
    pub writer: u64,
    /// Counts the changes of the writer.
    pub revision: u64,
}

/// The newest revision that each writer wrote. One program writes one file at a time.
static WRITTEN: Mutex<BTreeMap<u64, u64>> = Mutex::new(BTreeMap::new());

/// A number that no writer has had yet.
pub fn new_writer() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Reads the measurements of some series. Files that are not there hold none.
pub fn load(series: &[(SeriesKey, Places)]) -> Vec<(SeriesKey, Found)> {
    let mut read: BTreeMap<PathBuf, Result<Document, Trouble>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut all = Vec::new();
    for (key, places) in series {
        let mut found = Found::default();
        // What is at home was put there because it could not be put beside: it is the newer.
        let mut hidden = BTreeSet::new();
        for path in places.at_home.iter().chain(&places.beside) {
            let document = match read.entry(path.clone()).or_insert_with(|| Document::read(path)) {
                Ok(document) => document,
                Err(trouble) => {
                    if told.insert(path.clone()) {
                        found.notes.push(trouble.sentence(path));
                    }
                    continue;
                }
            };
            let (list, unknown) = document.list(key);
            let known: BTreeSet<MeasurementId> = found.list.iter().map(|entry| entry.id).collect();
            let is_new = |entry: &Measurement| !known.contains(&entry.id) && !hidden.contains(&entry.id);
            found.list.extend(list.into_iter().filter(is_new));
            hidden.extend(document.removed(key));
            if unknown > 0 {
                found.notes.push(say!(
                    "io-measurements-unknown",
                    count = unknown,
                    path = path.display().to_string()
                ));
            }
        }
        all.push((key.clone(), found));
    }
    all
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// Everything that is kept of the series now, what other programs wrote included.
    pub list: Vec<Measurement>,
    /// Where it is.
    pub path: PathBuf,
    /// What the user should know about the files, each a sentence.
    pub notes: Vec<String>,
}

/// Writes changes beside the study, else at home. `None` if newer ones of the writer have been written already. The error
/// is a sentence for the user.
pub fn save(request: &ToSave) -> Result<Option<Saved>, String> {
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if written
        .get(&request.writer)
        .is_some_and(|last| *last > request.revision)
    {
        return Ok(None);
    }
    let mut notes = Vec::new();
    let mut why = None;
    if let Some(path) = &request.places.beside {
        match write(request, path, true, &mut notes) {
            Ok(()) => {
                // What is beside the study need not be said at home any more.
                if let Some(home) = request.places.at_home.as_ref().filter(|home| home.exists()) {
                    write_forgetting(request, home, &mut notes);
                }
                written.insert(request.writer, request.revision);
                return Ok(Some(saved(request, path, notes)));
            }
            Err(trouble) => why = Some(trouble.sentence(path)),
        }
    }
    if let Some(path) = &request.places.at_home {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).ok();
        }
        match write(request, path, false, &mut notes) {
            Ok(()) => {
                written.insert(request.writer, request.revision);
                return Ok(Some(saved(request, path, notes)));
            }
            Err(trouble) => why = Some(trouble.sentence(path)),
        }
    }
    Err(say!(
        "io-measurements-only-here",
        why = why.unwrap_or_else(|| say!("io-measurements-no-place"))
    ))
}

fn saved(request: &ToSave, path: &Path, mut notes: Vec<String>) -> Saved {
    let mut all = load(&[(request.key.clone(), request.places.clone())]);
    let found = all.pop().map(|(_, found)| found).unwrap_or_default();
    notes.extend(found.notes);
    Saved {
        list: found.list,
        path: path.to_owned(),
        notes,
    }
}

/// Reads a file, changes it, and writes it whole.
fn write(request: &ToSave, path: &Path, is_beside: bool, notes: &mut Vec<String>) -> Result<(), Trouble> {
    let _turn = Turn::at(path);
    let mut document = match Document::read(path) {
        Err(Trouble::Damaged) => {
            let aside = set_aside(path)?;
            notes.push(say!(
                "io-measurements-set-aside",
                path = path.display().to_string(),
                aside = aside.display().to_string()
            ));
            Document::default()
        }
        read => read?,
    };
    document.apply(&request.key, &request.volume, &request.changes, !is_beside);
    document.sort(&request.key, &request.order);
    document.write(path)
}

/// Takes out of the file at home what was changed beside the study.
fn write_forgetting(request: &ToSave, path: &Path, notes: &mut Vec<String>) {
    let _turn = Turn::at(path);
    let Ok(mut document) = Document::read(path) else { return };
    if document.forget(&request.key, &request.changes)
        && let Err(trouble) = document.write(path)
    {
        notes.push(trouble.sentence(path));
    }
}

/// Gives a file that cannot be understood another name.
fn set_aside(path: &Path) -> Result<PathBuf, Trouble> {
    for number in 1..1000 {
        let aside = path.with_file_name(format!("{SET_ASIDE}-{number}.json"));
        // A link fails if the name is taken, a rename would not.
        if aside.symlink_metadata().is_err() {
            std::fs::rename(path, &aside).map_err(Trouble::Unreachable)?;
            return Ok(aside);
        }
    }
    Err(Trouble::Damaged)
}
