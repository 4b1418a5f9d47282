//! Movies of panes: the volume view turns once around, planes and stored pictures go through the volume.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::annotations::{Beside, annotate};
use super::pane::PaneId;
use super::scenes;
use super::state::State;
use crate::algo::cinematic::{Developing, Tracking};
pub use crate::io::movie::{
    LEAST_FPS, MOST_FPS, MOST_FRAMES, MovieFormat, MovieSettings, NextFrame, check, has_ffmpeg, numbered_name, write,
};
use crate::scene::{Background, Movie, Scene, VolumeMode};

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
    /// Samples of every pixel where the volume view is path-traced.
    pub samples: u32,
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
            samples: 64,
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
    /// Its pictures are path-traced with so many samples of every pixel.
    pub samples: Option<u32>,
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
            samples: None,
        }
    }

    /// The n-th picture where it is path-traced: RGBA, 8 bits, rows from the top. `None` where a device draws it, and if
    /// it was stopped.
    pub fn developed(&self, n: usize, is_stopped: &dyn Fn() -> bool) -> Option<Vec<u8>> {
        let (Some(samples), Scene::Volume(scene)) = (self.samples, self.movie.frame(n)) else {
            return None;
        };
        let mut developing = Developing::new(scene, Tracking::Bounded);
        while developing.samples() < samples.max(1) {
            if is_stopped() {
                return None;
            }
            developing.add_sample();
        }
        Some(developing.picture())
    }

    /// Writes onto the n-th picture what is to stand on it. The error is a sentence for the user.
    pub fn annotate(&self, n: usize, picture: &mut [u8]) -> Result<(), String> {
        match &self.annotations {
            Some(beside) => annotate(picture, &self.movie.frame(n), beside),
            None => Ok(()),
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
    let is_composite = matches!(&scene, Scene::Volume(scene) if scene.mode == VolumeMode::Composite);
    let is_cinematic = is_composite && state.view.volume.is_cinematic;
    let frames = style.frames;
    // Measurements lie in one slice and belong to one picture.
    let annotations = style.annotated.then(|| Beside {
        hides_identifiers: super::identifiers::are_hidden(state),
        ..Beside::default()
    });
    Some(Film {
        samples: is_cinematic.then_some(style.samples),
        ..Film::new(path, Movie { scene, frames }, style.fps, style.repeats, annotations)
    })
}
