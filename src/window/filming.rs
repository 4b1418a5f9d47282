//! Movies that are being drawn: a little between the frames of the window, so that the panes go on.

use std::sync::mpsc::TrySendError;
use std::time::{Duration, Instant};

use crate::app::State;
use crate::app::job::{JobId, Pictures};
use crate::app::movie::Film;
use crate::gpu::Gpu;
use crate::scene::{Scene, VolumeScene};
use crate::ui::pane::refine::{TILE_PIXELS, TILE_TIME, Tile, tiles};

/// When to look again whether the writer has room.
const WAIT: Duration = Duration::from_millis(5);

/// A movie under way.
pub(super) struct Filming {
    job: JobId,
    film: Film,
    writer: Pictures,
    /// The picture that is being drawn, counted from 0, and what there is of it.
    n: usize,
    drawn: Drawn,
}

/// A picture in the making.
#[derive(Default)]
struct Drawn {
    pixels: Vec<u8>,
    /// Why there is none.
    failure: Option<String>,
    /// Tiles that are in it.
    tiles: usize,
    is_whole: bool,
}

impl Filming {
    /// The job writes what comes through `writer`.
    pub(super) fn new(film: Film, (job, writer): (JobId, Pictures)) -> Self {
        Self {
            job,
            film,
            writer,
            n: 0,
            drawn: Drawn::default(),
        }
    }

    /// Goes on for a while. Answers when to come back; `None` when it is over.
    pub(super) fn advance(&mut self, state: &State, gpu: &mut Gpu) -> Option<Duration> {
        let began = Instant::now();
        while state.jobs.contains_key(&self.job) && self.n < self.film.movie.frames {
            if !self.drawn.is_whole {
                if let Err(why) = self.draw_on(gpu) {
                    self.drawn.failure = Some(why);
                    self.drawn.is_whole = true;
                }
            } else if !self.hand_over()? {
                return Some(WAIT);
            }
            if began.elapsed() >= TILE_TIME {
                return Some(Duration::ZERO);
            }
        }
        None
    }

    /// Gives the finished picture to the writer, or the reason why there is none. False if the writer has no room for it
    /// yet; `None` if it has gone.
    fn hand_over(&mut self) -> Option<bool> {
        let drawn = &mut self.drawn;
        let picture = match drawn.failure.take() {
            Some(why) => Err(why),
            None => Ok(std::mem::take(&mut drawn.pixels)),
        };
        match self.writer.try_send(picture) {
            Ok(()) => {
                self.n += 1;
                self.drawn = Drawn::default();
                return Some(true);
            }
            Err(TrySendError::Full(Ok(pixels))) => drawn.pixels = pixels,
            Err(TrySendError::Full(Err(why))) => drawn.failure = Some(why),
            Err(TrySendError::Disconnected(_)) => return None,
        }
        Some(false)
    }

    /// Draws a tile of the picture, or all of it where that is quick.
    fn draw_on(&mut self, gpu: &mut Gpu) -> Result<(), String> {
        let scene = self.film.movie.frame(self.n);
        let Drawn {
            pixels,
            tiles: done,
            is_whole,
            failure: _,
        } = &mut self.drawn;
        match &scene {
            Scene::Volume(volume) if gpu.adapter().is_software => {
                let all = tiles(volume.size, TILE_PIXELS);
                if let Some(tile) = all.get(*done) {
                    draw_tile(gpu, volume, tile, pixels)?;
                }
                *done += 1;
                *is_whole = *done >= all.len();
            }
            _ => {
                *pixels = gpu.picture(&scene).map_err(|err| err.to_string())?;
                *is_whole = true;
            }
        }
        if *is_whole {
            self.film.annotate(self.n, pixels)?;
        }
        Ok(())
    }
}

fn draw_tile(gpu: &mut Gpu, scene: &VolumeScene, tile: &Tile, pixels: &mut Vec<u8>) -> Result<(), String> {
    let part = Scene::Volume(VolumeScene {
        size: tile.size,
        whole: Some(tile.whole),
        ..scene.clone()
    });
    let drawn = gpu.picture(&part).map_err(|err| err.to_string())?;
    let [width, height] = scene.size.map(|side| side as usize);
    pixels.resize(width * height * 4, 0);
    let [left, top] = tile.whole.corner.map(|at| at as usize);
    let row_bytes = tile.size[0] as usize * 4;
    for (y, row) in drawn.chunks_exact(row_bytes).enumerate() {
        let start = ((top + y) * width + left) * 4;
        if let Some(place) = pixels.get_mut(start..start + row_bytes) {
            place.copy_from_slice(row);
        }
    }
    Ok(())
}
