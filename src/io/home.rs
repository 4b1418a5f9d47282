//! The folders in which the program keeps what belongs to its user: settings, and work on studies whose own folder
//! cannot be written to. A program without a home remembers nothing, which is what tests and the command line want.

use std::path::PathBuf;

/// The variable that moves the home elsewhere, for a portable installation and for tests of the whole program.
const MOVED_BY: &str = "ISOCENTER_HOME";

/// Where the user's settings and data are. Neither folder need exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    settings: PathBuf,
    data: PathBuf,
}

impl Home {
    /// Where the system keeps such things for the user who runs the program (XDG's folders on Linux), or where
    /// `ISOCENTER_HOME` says. `None` if the system knows no home for this user.
    pub fn of_user() -> Option<Self> {
        if let Some(named) = Self::named() {
            return Some(named);
        }
        let places = directories::ProjectDirs::from("", "", "isocenter")?;
        Some(Self {
            settings: places.config_dir().to_owned(),
            data: places.data_dir().to_owned(),
        })
    }

    /// Only where `ISOCENTER_HOME` says.
    pub fn named() -> Option<Self> {
        std::env::var_os(MOVED_BY)
            .filter(|folder| !folder.is_empty())
            .map(Self::at)
    }

    /// Everything in one folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self {
            data: folder.join("data"),
            settings: folder,
        }
    }

    /// The file of the settings.
    pub fn settings_file(&self) -> PathBuf {
        self.settings.join("settings.json")
    }

    /// A folder for one kind of data.
    pub fn data_folder(&self, kind: &str) -> PathBuf {
        self.data.join(kind)
    }
}
