//! The file of the settings. It is written by several windows of the program at once, by older and newer programs, and
//! by people: what it cannot be read as is set aside under another name, never overwritten.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Settings, VERSION};
use crate::app::{recent, user_presets};
use crate::io::save::{SaveError, write_atomically};
use crate::say;

/// The settings of a file.
pub struct Read {
    /// What it says, or what the program begins with.
    pub settings: Settings,
    /// What the user should know about it.
    pub note: Option<String>,
}

/// Reads the settings. If that is not possible they are as at first, and the note says what became of the file.
pub fn read(path: &Path) -> Read {
    match read_known(path) {
        Ok((_, settings)) => Read { settings, note: None },
        Err(Refusal::SetAside(note) | Refusal::Untouched(note)) => Read {
            settings: Settings::default(),
            note: Some(note),
        },
    }
}

/// The settings of a file that is left as it is, whatever it holds.
pub fn peek(path: &Path) -> Settings {
    let text = std::fs::read(path).unwrap_or_default();
    serde_json::from_slice(&text).map_or_else(|_| Settings::default(), Settings::in_range)
}

/// Writes what has changed from `base` to `ours` over what the file says by now, so that another window of the program
/// keeps what it wrote in the meantime. Answers a note if the file had to be set aside. The error is a sentence.
pub fn write(path: &Path, base: &Settings, ours: &Settings) -> Result<Option<String>, String> {
    let (theirs, known, note) = match read_known(path) {
        Ok((theirs, known)) => (theirs, known, None),
        Err(Refusal::SetAside(note)) => (Map::new(), base.clone(), Some(note)),
        Err(Refusal::Untouched(note)) => return Err(note),
    };
    let merged = merged(base, ours, theirs, &known);
    let fail = |why| SaveError {
        path: path.to_owned(),
        why,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|why| fail(why).to_string())?;
    }
    let written = write_atomically(path, |out| {
        serde_json::to_writer_pretty(&mut *out, &merged)?;
        writeln!(out)
    });
    written.map(|()| note).map_err(|err| err.to_string())
}

/// Each field is ours if we changed it, else theirs; recent files and presets are merged one by one. Fields that only a
/// newer program knows stay as they are.
fn merged(base: &Settings, ours: &Settings, theirs: Map<String, Value>, known: &Settings) -> Map<String, Value> {
    let ours = Settings {
        version: VERSION,
        recent: recent::merged(&base.recent, &ours.recent, &known.recent),
        transfer_presets: user_presets::merged(&base.transfer_presets, &ours.transfer_presets, &known.transfer_presets),
        ..ours.clone()
    };
    let (base, ours) = (base.to_map(), ours.to_map());
    let mut all = theirs;
    for (key, value) in ours {
        let is_always_ours = matches!(key.as_str(), "version" | "recent" | "transfer_presets");
        if is_always_ours || base.get(&key) != Some(&value) || !all.contains_key(&key) {
            all.insert(key, value);
        }
    }
    all
}

impl Settings {
    fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }
}

/// Why a file is not used.
enum Refusal {
    /// It was given another name; the note says which.
    SetAside(String),
    /// It is there and cannot be read nor renamed; the note says why.
    Untouched(String),
}

/// What makes a file useless.
enum Trouble {
    /// It is no file of settings.
    Damaged(String),
    /// A newer program wrote it, in a way that this one would misread.
    Newer,
}

/// What the file says, with and without what only other programs know; no file says nothing.
fn read_known(path: &Path) -> Result<(Map<String, Value>, Settings), Refusal> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return Ok((Map::new(), Settings::default())),
        Err(err) => return Err(Refusal::Untouched(unreadable(path, &err))),
    };
    let damaged = |err: serde_json::Error| set_aside(path, Trouble::Damaged(err.to_string()));
    let map: Map<String, Value> = serde_json::from_slice(&text).map_err(damaged)?;
    let version = map.get("version").and_then(Value::as_u64);
    if version.is_some_and(|version| version > u64::from(VERSION)) {
        return Err(set_aside(path, Trouble::Newer));
    }
    let known: Settings = serde_json::from_value(Value::Object(map.clone())).map_err(damaged)?;
    Ok((map, known.in_range()))
}

fn unreadable(path: &Path, why: &std::io::Error) -> String {
    say!(
        "app-settings-unreadable",
        path = path.display().to_string(),
        why = why.to_string()
    )
}

/// Gives a file another name beside it and says so.
fn set_aside(path: &Path, trouble: Trouble) -> Refusal {
    let word = match trouble {
        Trouble::Damaged(_) => "damaged",
        Trouble::Newer => "newer",
    };
    let kept = free_name(path, word);
    if let Err(err) = std::fs::rename(path, &kept) {
        return Refusal::Untouched(unreadable(path, &err));
    }
    let (path, kept) = (path.display().to_string(), kept.display().to_string());
    Refusal::SetAside(match trouble {
        Trouble::Damaged(why) => say!("app-settings-damaged", path = path, kept = kept, why = why),
        Trouble::Newer => say!("app-settings-newer", path = path, kept = kept),
    })
}

/// `settings-damaged.json`, `settings-damaged-2.json`, …: the first that is not taken.
fn free_name(path: &Path, word: &str) -> PathBuf {
    let stem = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let named = |number: usize| {
        path.with_file_name(if number == 1 {
            format!("{stem}-{word}.json")
        } else {
            format!("{stem}-{word}-{number}.json")
        })
    };
    let mut number = 1;
    while named(number).exists() {
        number += 1;
    }
    named(number)
}
