//! Movies, headless: the pictures that the window would show one after another, drawn by the same code.

use std::io;

use super::output::Bar;
use super::picture::LazyGpu;
use super::{Failure, Outcome};
use crate::app::movie::{Film, write};

/// Draws and writes a movie.
pub(super) fn save(film: &Film, gpu: &mut LazyGpu, quiet: bool) -> Outcome {
    let bar = Bar::new(quiet);
    let mut draw = |n: usize| {
        bar.is_at(n, film.movie.frames);
        let mut picture = match film.developed(n, &|| false) {
            Some(picture) => picture,
            None => gpu.get()?.picture(&film.movie.frame(n))?,
        };
        film.annotate(n, &mut picture)?;
        Ok(picture)
    };
    let mut next = |n: usize| draw(n).map_err(|Failure(why)| io::Error::other(why));
    Ok(write(&film.path, &film.settings, &mut next)?)
}
