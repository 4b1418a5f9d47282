//! Movies as numbered PNG files.

use std::path::{Path, PathBuf};

use super::Frames;
use crate::io::png::write_png;
use crate::io::save::{SaveError, folder_of, sync_folder, working_folder};

/// A name with a place for a number: `F-%03d.png`.
pub(super) struct Numbered {
    /// The whole of it.
    path: PathBuf,
    before: String,
    after: String,
    /// The number has zeros in front up to so many digits.
    digits: usize,
}

/// More zeros nobody writes.
const MOST_DIGITS: usize = 9;

impl Numbered {
    /// Reads a name; `None` if there is no place for a number in it, or more than one.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (before, rest) = name.split_once('%')?;
        let (digits, after) = rest.split_once('d')?;
        let digits = match digits {
            "" => 1,
            _ if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            _ => return None,
        };
        (digits <= MOST_DIGITS && !after.contains('%')).then(|| Self {
            path: path.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            digits,
        })
    }

    fn name(&self, n: usize) -> String {
        let Self {
            before, after, digits, ..
        } = self;
        format!("{before}{n:0digits$}{after}")
    }

    fn number(&self, name: &str) -> Option<usize> {
        let number = name.strip_prefix(&self.before)?.strip_suffix(&self.after)?;
        let number = number.parse().ok()?;
        (self.name(number) == name).then_some(number)
    }

    /// A picture of a longer movie of the same name, and how many more of them there are. Half of it would be left
    /// behind this one.
    pub(super) fn beyond(&self, frames: usize) -> Option<(String, usize)> {
        let mut names: Vec<String> = std::fs::read_dir(folder_of(&self.path))
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| self.number(name).is_some_and(|number| number >= frames))
            .collect();
        names.sort_unstable();
        let more = names.len().checked_sub(1)?;
        names.into_iter().next().map(|name| (name, more))
    }

    /// Writes all pictures into a folder of their own, and moves them to their places when they are whole.
    pub(super) fn write(&self, mut frames: Frames<'_, '_>) -> Result<(), SaveError> {
        let settings = *frames.settings;
        let fail = |why| SaveError {
            path: self.path.clone(),
            why,
        };
        let folder = folder_of(&self.path);
        let new = working_folder(folder).map_err(fail)?;
        let old = working_folder(folder).map_err(fail)?;
        for n in 0..settings.frames {
            let rgba = frames.get(n).map_err(fail)?;
            write_png(&new.path().join(self.name(n)), settings.size, &rgba).map_err(|err| fail(err.why))?;
        }
        let mut moved = Moved::default();
        for n in 0..settings.frames {
            let name = self.name(n);
            let place = folder.join(&name);
            let put = moved
                .aside(&place, old.path().join(&name))
                .and_then(|()| moved.put(&new.path().join(&name), place));
            if let Err(err) = put {
                moved.take_back();
                return Err(fail(err));
            }
        }
        sync_folder(folder);
        Ok(())
    }
}

/// What was moved so far, and how to take it back.
#[derive(Default)]
struct Moved {
    /// From where to where.
    aside: Vec<(PathBuf, PathBuf)>,
    placed: Vec<PathBuf>,
}

impl Moved {
    /// Makes room, if something stands there.
    fn aside(&mut self, place: &Path, aside: PathBuf) -> std::io::Result<()> {
        match std::fs::rename(place, &aside) {
            Ok(()) => {
                self.aside.push((place.to_owned(), aside));
                Ok(())
            }
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(err) => Err(err),
        }
    }

    fn put(&mut self, from: &Path, place: PathBuf) -> std::io::Result<()> {
        std::fs::rename(from, &place)?;
        self.placed.push(place);
        Ok(())
    }

    /// As it was, as far as the system lets us.
    fn take_back(self) {
        for place in self.placed {
            std::fs::remove_file(place).ok();
        }
        for (place, aside) in self.aside {
            std::fs::rename(aside, place).ok();
        }
    }
}

pub(super) fn numbered_name(path: &Path) -> PathBuf {
    if Numbered::of(path).is_some() {
        return path.to_owned();
    }
    // A percent sign of another meaning would be in the way.
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().replace('%', ""));
    path.with_file_name(format!("{}-%03d.png", stem.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_where_the_name_says() {
        let name = |pattern: &str, n| Numbered::of(Path::new(pattern)).map(|numbered| numbered.name(n));
        assert_eq!(name("a/F-%03d.png", 7).as_deref(), Some("F-007.png"));
        assert_eq!(name("F-%03d.png", 1234).as_deref(), Some("F-1234.png"));
        assert_eq!(name("%dth.png", 7).as_deref(), Some("7th.png"));
        assert_eq!(name("F%2d.png", 7).as_deref(), Some("F07.png"));
        for wrong in [
            "F.png",
            "F%.png",
            "F%xd.png",
            "F%d-%d.png",
            "F%99d.png",
            "F%s.png",
            "F%-3d.png",
        ] {
            assert_eq!(name(wrong, 0), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_is_made_one_with_a_number() {
        let numbered = |path: &str| numbered_name(Path::new(path)).display().to_string();
        assert_eq!(numbered("a/turn.png"), "a/turn-%03d.png");
        assert_eq!(numbered("turn-%05d.png"), "turn-%05d.png");
        assert_eq!(numbered("50%.gif"), "50-%03d.png");
    }
}
