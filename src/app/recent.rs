//! What was opened last, as it stands in menus and on the start page. Names of patients are not among it.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::date::date_of_day;

use serde::{Deserialize, Serialize};

use super::state::Entry;

/// How many are remembered.
pub const LIMIT: usize = 12;

/// Files that are remembered one by one; of more, the folder is.
const FILES: usize = 4;

/// Something that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Files and folders, absolute.
    pub paths: Vec<PathBuf>,
    /// When, in seconds since 1970 (UTC).
    pub opened: u64,
}

/// What the user opened to see an entry, that in which it is first: of what is remembered the newest, else its file. An image
/// that is one file is never its folder, where others are that look as if they were it.
pub(super) fn opened_with(recent: &[Recent], entry: Option<&Entry>) -> Vec<PathBuf> {
    let file = entry.and_then(|entry| entry.from_file().source.file().map(|file| (entry, file)));
    let Some((entry, file)) = file else {
        return Vec::new();
    };
    let path = absolute(file.name());
    let is_alone = entry.volume().series.files <= 1 && !file.is_unpacked();
    let has_it = |opened: &PathBuf| {
        if is_alone {
            path == *opened
        } else {
            path.starts_with(opened)
        }
    };
    let mut paths = match recent.iter().find(|recent| recent.paths.iter().any(has_it)) {
        Some(recent) => recent.paths.clone(),
        None if file.is_unpacked() => Vec::new(),
        // A series of several files is its folder.
        None if !is_alone => path.parent().map(Path::to_owned).into_iter().collect(),
        None => vec![path.clone()],
    };
    if let Some(at) = paths.iter().position(has_it) {
        paths[..=at].rotate_right(1);
    }
    paths
}

/// Whether an entry is read from one of these files or folders.
pub(super) fn lies_in(entry: &Entry, paths: &[PathBuf]) -> bool {
    let file = entry.from_file().source.file();
    file.is_some_and(|file| {
        let path = absolute(file.name());
        paths.iter().any(|opened| belongs(&path, &absolute(opened)))
    })
}

/// Whether a file was read by opening another: it is that, in that folder, the data beside a header, or listed by a
/// DICOMDIR.
fn belongs(path: &Path, opened: &Path) -> bool {
    if path.starts_with(opened) {
        return true;
    }
    let (Some(folder), Some(name), Some(stem)) = (opened.parent(), opened.file_name(), opened.file_stem()) else {
        return false;
    };
    if name.eq_ignore_ascii_case("DICOMDIR") {
        return path.starts_with(folder);
    }
    let header = opened.extension().is_some_and(|end| {
        let headers = ["mhd", "nhdr", "hdr"];
        headers.iter().any(|header| end.eq_ignore_ascii_case(header))
    });
    let data = path.file_name().unwrap_or_default().to_string_lossy();
    let rest = data.strip_prefix(&*stem.to_string_lossy());
    header && path.parent() == Some(folder) && rest.is_some_and(|rest| rest.starts_with('.'))
}

/// Of a file in an archive the name begins with the archive's.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl Recent {
    /// What was opened now. `None` if there is no sensible way to say what: files from all over the disk.
    pub(super) fn now(paths: &[PathBuf]) -> Option<Self> {
        Some(Self {
            paths: remembered(paths)?,
            opened: seconds_now(),
        })
    }

    /// What it is called: the name of the file or folder, of several the first one's.
    pub fn name(&self) -> String {
        self.paths.first().map_or_else(String::new, |path| {
            path.file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned()
        })
    }

    /// The folder that it is in.
    pub fn folder(&self) -> Option<&Path> {
        self.paths.first()?.parent()
    }
}

/// Puts something at the head of a list.
pub(super) fn remember(list: &mut Vec<Recent>, recent: Recent) {
    list.retain(|other| other.paths != recent.paths);
    list.insert(0, recent);
    list.truncate(LIMIT);
}

/// Two lists that began as `base` and went their own ways, as one: what one of them gained or renewed is there, what
/// one of them lost is gone.
pub(super) fn merged(base: &[Recent], ours: &[Recent], theirs: &[Recent]) -> Vec<Recent> {
    let time = |list: &[Recent], paths: &[PathBuf]| list.iter().find(|other| other.paths == paths).map(|r| r.opened);
    let stays = |recent: &Recent, other: &[Recent]| {
        time(other, &recent.paths).is_some() || time(base, &recent.paths).is_none_or(|then| recent.opened > then)
    };
    let mut all: Vec<Recent> = ours.iter().filter(|recent| stays(recent, theirs)).cloned().collect();
    for recent in theirs.iter().filter(|recent| stays(recent, ours)) {
        match all.iter_mut().find(|other| other.paths == recent.paths) {
            Some(known) => known.opened = known.opened.max(recent.opened),
            None => all.push(recent.clone()),
        }
    }
    all.sort_by_key(|recent| std::cmp::Reverse(recent.opened));
    all.truncate(LIMIT);
    all
}

/// Now, in seconds since 1970 (UTC).
pub fn seconds_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

fn remembered(paths: &[PathBuf]) -> Option<Vec<PathBuf>> {
    // A file that is named by a relative path would be another one next time.
    let mut paths: Vec<PathBuf> = paths
        .iter()
        .map(|path| std::path::absolute(path).ok())
        .collect::<Option<_>>()?;
    if paths.len() > FILES {
        paths = vec![common_folder(&paths)?];
    }
    (!paths.is_empty()).then_some(paths)
}

/// The innermost folder that all paths are in, unless that is the whole disk.
fn common_folder(paths: &[PathBuf]) -> Option<PathBuf> {
    paths
        .first()?
        .ancestors()
        .skip(1)
        .find(|folder| paths.iter().all(|path| path.starts_with(folder)))
        .filter(|folder| folder.parent().is_some())
        .map(Path::to_owned)
}

/// How long ago something was, in the unit that a person would say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ago {
    /// Less than a minute, or by another clock in the future.
    Now,
    /// Minutes.
    Minutes(u64),
    /// Hours.
    Hours(u64),
    /// Days, up to a week.
    Days(u64),
    /// Year, month and day (UTC).
    On(i64, u32, u32),
}

/// How long ago `then` was, both in seconds since 1970.
pub fn ago(then: u64, now: u64) -> Ago {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match now.saturating_sub(then) {
        since if since < MINUTE => Ago::Now,
        since if since < HOUR => Ago::Minutes(since / MINUTE),
        since if since < DAY => Ago::Hours(since / HOUR),
        since if since < 8 * DAY => Ago::Days(since / DAY),
        _ => {
            let (year, month, day) = date_of_day(then / DAY);
            Ago::On(year, month, day)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recent(path: &str, opened: u64) -> Recent {
        Recent {
            paths: vec![PathBuf::from(path)],
            opened,
        }
    }

    #[test]
    fn the_newest_is_first_and_nothing_is_there_twice() {
        let mut list = Vec::new();
        for n in 0..20 {
            remember(&mut list, recent(&format!("/{}", n % 15), n));
        }
        assert_eq!(list.len(), LIMIT);
        let names: Vec<String> = list.iter().map(Recent::name).collect();
        assert_eq!(names, ["4", "3", "2", "1", "0", "14", "13", "12", "11", "10", "9", "8"]);
    }

    #[test]
    fn many_files_are_remembered_by_their_folder() {
        let files: Vec<PathBuf> = (0..300).map(|n| format!("/data/ct/{n}.dcm").into()).collect();
        assert_eq!(remembered(&files), Some(vec![PathBuf::from("/data/ct")]));
        assert_eq!(remembered(&files[..2]), Some(files[..2].to_vec()));
        let scattered: Vec<PathBuf> = ["/a/1", "/b/2", "/c/3", "/d/4", "/e/5"].map(PathBuf::from).to_vec();
        assert_eq!(remembered(&scattered), None);
    }

    #[test]
    fn two_windows_keep_what_each_of_them_opened_and_forgot() {
        let base = [recent("/old", 1), recent("/gone-here", 2), recent("/gone-there", 3)];
        let ours = [recent("/ours", 10), recent("/old", 12), recent("/gone-there", 3)];
        let theirs = [recent("/theirs", 11), recent("/old", 1), recent("/gone-here", 2)];
        let expected = [recent("/old", 12), recent("/theirs", 11), recent("/ours", 10)];
        assert_eq!(merged(&base, &ours, &theirs), expected);
    }

    #[test]
    fn times_are_told_as_people_do() {
        let now = 1_795_651_200;
        assert_eq!(ago(now + 5, now), Ago::Now);
        assert_eq!(ago(now - 61, now), Ago::Minutes(1));
        assert_eq!(ago(now - 7200, now), Ago::Hours(2));
        assert_eq!(ago(now - 3 * 86_400, now), Ago::Days(3));
        // The dates of `date -u -d @…`.
        assert_eq!(ago(951_782_400, now), Ago::On(2000, 2, 29));
        assert_eq!(ago(1_709_164_799, now), Ago::On(2024, 2, 28));
        assert_eq!(ago(0, now), Ago::On(1970, 1, 1));
    }

    #[test]
    fn a_file_belongs_to_what_was_opened_for_it() {
        let belongs = |path: &str, opened: &str| super::belongs(Path::new(path), Path::new(opened));
        for (path, opened) in [
            ("/a/x.nii.gz", "/a/x.nii.gz"),
            ("/a/s/1.dcm", "/a/s"),
            ("/a/x.raw", "/a/x.mhd"),
            ("/a/x.raw.gz", "/a/x.nhdr"),
            ("/a/x.img.gz", "/a/x.hdr"),
            ("/cd/IMAGES/1", "/cd/DICOMDIR"),
        ] {
            assert!(belongs(path, opened), "{path} {opened}");
        }
        for (path, opened) in [
            ("/a/xy.raw", "/a/x.mhd"),
            ("/b/x.raw", "/a/x.mhd"),
            ("/a/x.raw", "/a/x.nii"),
        ] {
            assert!(!belongs(path, opened), "{path} {opened}");
        }
    }
}
