//! Movies of panes.

use std::path::{Path, PathBuf};

use super::super::command::Effect;
use super::super::job::JobId;
use super::super::movie::{self, MovieStyle};
use super::super::pane::PaneId;
use super::super::state::{JobSubject, Level, State};
use super::file;
use crate::model::volume::Volume;
use crate::say;

/// Has a movie of a pane drawn and written as the pane is now, whatever becomes of it in the meantime.
pub(super) fn save(state: &mut State, pane: PaneId, path: PathBuf, style: &MovieStyle) -> Vec<Effect> {
    let Some(film) = movie::film(state, pane, path, style) else {
        state.tell(Level::Error, say!("app-movie-nothing"));
        return Vec::new();
    };
    let scene = &film.movie.scene;
    let is_read = |volume: &Volume| volume.voxels.is_complete();
    let are_read = scene.layers().all(|layer| is_read(&layer.volume));
    if !are_read || !scene.labels().iter().all(|layer| is_read(&layer.volume)) {
        state.tell(Level::Error, say!("app-movie-not-read"));
        return Vec::new();
    }
    if let Err(err) = movie::check(&film.path, &film.settings) {
        state.tell(Level::Error, err.to_string());
        return Vec::new();
    }
    vec![Effect::SaveMovie(Box::new(film))]
}

/// A movie is about to be written.
pub(in crate::app) fn begin_movie(state: &mut State, path: &Path) -> JobId {
    let title = say!("app-job-movie", path = path.display().to_string());
    file::begin(state, title, JobSubject::Movie)
}
