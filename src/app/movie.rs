//! Movies of panes: the volume view turns once around, planes and stored pictures go through the volume.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::annotations::Beside;
use super::pane::PaneId;
use super::scenes;
use super::state::State;
pub use crate::io::movie::{
    LEAST_FPS, MOST_FPS, MOST_FRAMES, MovieFormat, MovieSettings, NextFrame, check, has_ffmpeg, numbered_name, write,
};
use crate::scene::{Background, Movie, Scene};

/// How a movie is made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MovieStyle {
    /// How many pictures.
    pub frames: usize,
    /// Pictures a second.
    pub fps: f64,
    /// Width and height in pixels; those of the pane if absent.
    pub size: Option<[u32; 2]>,
    /// Nothing is seen behind volumes, whatever the background is.
    pub transparent: bool,
    /// It begins again when it is over.
    pub repeats: bool,
    /// With orientation letters, a scale bar, and who and what it shows.
    pub annotated: bool,
}

impl Default for MovieStyle {
    fn default() -> Self {
        Self {
            frames: 72,
            fps: DEFAULT_FPS,
            size: None,
            transparent: false,
            repeats: true,
            annotated: false,
        }
    }
}

/// Pictures a second where nobody says.
pub const DEFAULT_FPS: f64 = 20.0;

/// A movie that is to be drawn and written.
#[derive(Clone, Debug)]
pub struct Film {
    /// Where to; the name says the format.
    pub path: PathBuf,
    /// What is seen.
    pub movie: Movie,
    /// What its file is like.
    pub settings: MovieSettings,
    /// What is written on its pictures, if anything.
    pub annotations: Option<Beside>,
}

impl Film {
    /// A movie with its file.
    pub fn new(path: PathBuf, movie: Movie, fps: f64, repeats: bool, annotations: Option<Beside>) -> Self {
        let settings = MovieSettings {
            size: movie.scene.size(),
            frames: movie.frames,
            fps,
            repeats,
            is_transparent: movie.is_transparent(),
        };
        Self {
            path,
            movie,
            settings,
            annotations,
        }
    }
}

/// Size of the pictures of a pane in pixels.
pub fn size(state: &State, pane: PaneId, style: &MovieStyle) -> [u32; 2] {
    style.size.unwrap_or_else(|| scenes::picture_size(state, pane, 1.0))
}

/// The movie of a pane as it is now; `None` while there is nothing to show in it.
pub fn film(state: &State, pane: PaneId, path: PathBuf, style: &MovieStyle) -> Option<Film> {
    let mut scene = scenes::picture(state, pane, size(state, pane, style))?;
    if let Scene::Volume(scene) = &mut scene
        && style.transparent
    {
        scene.background = Background::Transparent;
    }
    let frames = style.frames;
    // Measurements lie in one slice and belong to one picture.
    let annotations = style.annotated.then(|| Beside {
        hides_identifiers: super::identifiers::are_hidden(state),
        ..Beside::default()
    });
    Some(Film::new(
        path,
        Movie { scene, frames },
        style.fps,
        style.repeats,
        annotations,
    ))
}
