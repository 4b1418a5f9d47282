//! Movies, headless: the pictures that the window would show one after another, drawn by the same GPU code.

use std::io;

use super::output::Bar;
use super::{Failure, Outcome};
use crate::app::annotations::annotate;
use crate::app::movie::{Film, write};
use crate::scene::Scene;

/// Draws, by `draw`, and writes a movie.
pub(super) fn save(film: &Film, draw: &mut dyn FnMut(&Scene) -> Result<Vec<u8>, Failure>, quiet: bool) -> Outcome {
    let bar = Bar::new(quiet);
    let mut next = |n: usize| {
        bar.is_at(n, film.movie.frames);
        let scene = film.movie.frame(n);
        let mut picture = draw(&scene).map_err(|Failure(why)| io::Error::other(why))?;
        if let Some(beside) = &film.annotations {
            annotate(&mut picture, &scene, beside).map_err(io::Error::other)?;
        }
        Ok(picture)
    };
    Ok(write(&film.path, &film.settings, &mut next)?)
}
