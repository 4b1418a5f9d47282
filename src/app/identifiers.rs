//! What is shown of who was examined: everything, or, for demonstrations, nothing that identifies. Every text in the
//! window that could name a patient comes through here.
//!
//! When hidden, patients are numbered, dates of studies and names of files are left out, and from all other texts
//! (messages, descriptions, doubts) paths and the words that identify are cut. Age and sex are no identifiers.

use std::path::Path;

use super::browser;
use super::state::{Entry, State};
use crate::model::volume::Patient;
use crate::say;

/// Shorter words are left alone: initials identify nobody, and single letters are everywhere.
const SHORTEST: usize = 2;
/// What stands in place of what was cut.
const CUT: &str = "…";

/// Whether identifiers are hidden.
pub fn are_hidden(state: &State) -> bool {
    state.view.hides_identifiers
}

/// Who: name and ID, or a number. Empty where the file says nothing.
pub fn patient(state: &State, patient: &Patient) -> String {
    if are_hidden(state) {
        let is_it = |(name, id): &(String, String)| *name == patient.name && *id == patient.id;
        let number = state.document.patients.iter().position(is_it).map_or(0, |n| n + 1);
        return say!("app-patient-number", number = number.to_string());
    }
    joined([browser::readable_name(&patient.name), patient.id.clone()])
}

/// When and what for: date and description of a study.
pub fn study(state: &State, date: &str, description: &str) -> String {
    if are_hidden(state) {
        text(state, description)
    } else {
        joined([browser::readable_date(date), description.to_owned()])
    }
}

/// What a series is called; empty if it has no name.
pub fn series(state: &State, entry: &Entry) -> String {
    if !are_hidden(state) {
        return browser::title(entry);
    }
    let series = &entry.volume().series;
    if matches!(series.format, "dicom" | "demo") {
        return text(state, &browser::title(entry));
    }
    // The description of such files is often their name.
    let id = entry.volume().id;
    let index = state.document.entries.iter().position(|other| other.volume().id == id);
    let number = index.map_or(0, |index| index + 1).to_string();
    joined([series.modality.clone(), say!("app-series-hidden", number = number)])
}

/// The name of a file.
pub fn file(state: &State, path: &Path) -> String {
    if are_hidden(state) {
        return say!("app-file-hidden");
    }
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// A whole path.
pub fn path(state: &State, path: &Path) -> String {
    if are_hidden(state) {
        say!("app-file-hidden")
    } else {
        path.display().to_string()
    }
}

/// Any other text.
pub fn text(state: &State, text: &str) -> String {
    if !are_hidden(state) {
        return text.to_owned();
    }
    let words = words(state);
    let mut left = without_paths(text);
    for word in &words {
        left = without(&left, word);
    }
    left
}

fn joined<const N: usize>(parts: [String; N]) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("  ")
}

/// The words that identify a patient of the document, longest first.
fn words(state: &State) -> Vec<String> {
    let mut words = Vec::new();
    for entry in &state.document.entries {
        let series = &entry.volume().series;
        let patient = &series.patient;
        let separators = ['^', '=', ' ', ','];
        words.extend(patient.name.split(separators).map(str::to_owned));
        words.push(patient.id.clone());
        words.push(patient.birth_date.clone());
        if !series.study_date.is_empty() {
            words.push(series.study_date.clone());
            words.push(browser::readable_date(&series.study_date));
        }
        words.extend([series.study_uid.clone(), series.series_uid.clone()]);
        if let Some(file) = entry.open.source.file() {
            words.extend(names(file.name()));
        }
    }
    words.extend(state.document.skipped.iter().flat_map(|skipped| names(&skipped.path)));
    words.retain(|word| word.trim().chars().count() >= SHORTEST);
    words.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    words.dedup();
    words
}

/// The name of a file with and without its endings.
fn names(path: &Path) -> Vec<String> {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return Vec::new();
    };
    let stem = name.split('.').next().unwrap_or_default().to_owned();
    vec![name, stem]
}

/// Cuts paths: from the word that a slash is in to the next ": ", behind which a reason stands, or to the end.
fn without_paths(text: &str) -> String {
    let parts: Vec<String> = text
        .split(": ")
        .map(|part| match path_start(part) {
            Some(start) => format!("{}{CUT}", part.get(..start).unwrap_or_default()),
            None => part.to_owned(),
        })
        .collect();
    parts.join(": ")
}

/// Where a path begins: at the beginning of the first word with a slash that is no unit ("Bq/ml") and no choice.
fn path_start(text: &str) -> Option<usize> {
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let inner = word.trim_matches(|c: char| c.is_whitespace() || "()\"',;".contains(c));
        if inner.contains(['/', '\\']) && !is_ratio(inner) {
            return Some(start);
        }
        start += word.len();
    }
    None
}

/// Two short words with a slash between them.
fn is_ratio(word: &str) -> bool {
    let is_short = |part: &str| (1..=4).contains(&part.chars().count()) && part.chars().all(char::is_alphanumeric);
    word.split_once('/').is_some_and(|(a, b)| is_short(a) && is_short(b))
}

/// Cuts a word wherever it stands by itself, whatever its case.
fn without(text: &str, word: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let stands_alone = |end: &str| {
            before.is_none_or(|c| !c.is_alphanumeric()) && end.chars().next().is_none_or(|c| !c.is_alphanumeric())
        };
        if let Some(end) = after(rest, word).filter(|end| stands_alone(end)) {
            left.push_str(CUT);
            before = word.chars().last();
            rest = end;
        } else {
            left.push(first);
            before = Some(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    left
}

/// What follows a word that a text begins with.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in word.chars() {
        let found = rest.next()?;
        if found != expected && !found.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_where_they_stand_alone() {
        assert_eq!(without("CT of DOE, Jane; doemain", "Doe"), "CT of …, Jane; doemain");
        assert_eq!(without("STS_001_CT", "sts_001"), "…_CT");
        assert_eq!(without("Ünal und ünal", "Ünal"), "… und …");
        assert_eq!(without("Liver", "Li"), "Liver");
    }

    #[test]
    fn paths_are_cut_and_reasons_stay() {
        for (text, expected) in [
            ("Reading /data/anna smith/CT", "Reading …"),
            ("cannot open C:\\Scans\\Doe: not found", "cannot open …: not found"),
            ("scans/doe/1.dcm: no pixels (/x/y)", "…: no pixels …"),
            ("values in Bq/ml", "values in Bq/ml"),
            ("the slices lean", "the slices lean"),
        ] {
            assert_eq!(without_paths(text), expected);
        }
    }
}
