//! Movies, headless: the pictures that the window would show one after another, drawn by the same GPU code.

use std::io;

use super::Outcome;
use super::output::Bar;
use crate::app::annotations::annotate;
use crate::app::movie::{Film, write};
use crate::gpu::Gpu;

/// Draws and writes a movie.
pub(super) fn save(film: &Film, gpu: &mut Gpu, quiet: bool) -> Outcome {
    let bar = Bar::new(quiet);
    let mut next = |n: usize| {
        bar.at(n, film.movie.frames);
        let scene = film.movie.frame(n);
        let mut picture = gpu.picture(&scene).map_err(|err| io::Error::other(err.to_string()))?;
        if let Some(beside) = &film.annotations {
            annotate(&mut picture, &scene, beside).map_err(io::Error::other)?;
        }
        Ok(picture)
    };
    Ok(write(&film.path, &film.settings, &mut next)?)
}
