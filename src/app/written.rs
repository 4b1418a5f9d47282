//! How pictures and lists of measurements are written.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// How a picture of a pane is made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PictureStyle {
    /// Pixels of the picture for a pixel of the pane.
    pub scale: f32,
    /// With orientation letters, a scale bar, measurements, and who and what it shows.
    pub annotated: bool,
}

impl Default for PictureStyle {
    fn default() -> Self {
        Self {
            scale: 1.0,
            annotated: false,
        }
    }
}

/// What measurements are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasurementsFile {
    /// Comma-separated values, for tables.
    Csv,
    /// The program's own.
    Json,
}

impl MeasurementsFile {
    /// The one that a file's name asks for.
    pub fn by_name(path: &Path) -> Self {
        let is_csv = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if is_csv { Self::Csv } else { Self::Json }
    }

    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}
