//! The volume view: a coarse picture while it moves, a fine one in tiles when it rests, and never so much of either
//! that the other panes wait.

use std::time::{Duration, Instant};

use egui::{Rect, pos2};

use crate::gpu::GpuError;
use crate::scene::{Scene, VolumeScene, Whole};
use crate::ui::picture::{Canvas, Picture, Shown, Slot, WHOLE};

/// How long it must rest before the fine picture is begun.
const REST: Duration = Duration::from_millis(150);

/// What a frame may spend on tiles where the processor draws.
pub const TILE_TIME: Duration = Duration::from_millis(25);

/// Side of a tile in pixels where the processor draws.
pub const TILE_PIXELS: u32 = 96;

/// A coarse picture that nobody holds in hand is drawn again after this many times what the last one took.
const SHARE: u32 = 3;

/// A coarse picture that takes longer than this would be felt in the hand that paints.
const UNFELT: Duration = Duration::from_millis(4);

/// A coarse picture may take so long while the view turns: 15 a second.
const FLUENT: Duration = Duration::from_millis(66);

/// Pixels of the pane along a pixel of the coarse picture, at least and at most.
const SHRINK: [u32; 2] = [2, 6];

/// What the hand does while the view is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Nothing that matters here.
    Free,
    /// It turns the view.
    Turns,
    /// It paints in another pane, where the stroke has to follow it.
    Paints,
}

/// The pictures of the volume view.
pub struct Refined {
    coarse: Option<Slot>,
    tiles: Vec<Option<Slot>>,
    finished: Vec<Picture>,
    /// What should be said about these.
    notice: Option<String>,
    /// The fine scene with its voxels' revision, and when it came to be.
    wanted: Option<(Scene, usize, Instant)>,
    /// When the last coarse picture was finished, and how long it took.
    last: Option<(Instant, Duration)>,
    /// Pixels of the pane along a pixel of the coarse picture: as many as it takes to follow the hand.
    shrink: u32,
}

impl Default for Refined {
    fn default() -> Self {
        Self {
            coarse: None,
            tiles: Vec::new(),
            finished: Vec::new(),
            wanted: None,
            last: None,
            shrink: SHRINK[0],
            notice: None,
        }
    }
}

impl Refined {
    /// Pixels of the pane along a pixel of the coarse picture that is wanted.
    pub fn shrink(&self) -> u32 {
        self.shrink
    }

    /// Brings the view up to date as far as there is time.
    pub fn show(&mut self, canvas: &mut Canvas, still: &Scene, moving: &Scene, hand: Hand) -> Result<Shown, GpuError> {
        if has_to_wait(hand, self.last.map(|(_, cost)| cost)) {
            return Ok(self.shown(None));
        }
        let is_held = hand == Hand::Turns;
        let now = Instant::now();
        let revision = still.voxel_revision();
        let since = match &self.wanted {
            Some((scene, drawn, since)) if *drawn == revision && scene.same_picture(still) => *since,
            _ => {
                self.wanted = Some((still.clone(), revision, now));
                self.finished.clear();
                self.notice = None;
                now
            }
        };
        let mut again = self.draw_coarse(canvas, moving, is_held, now)?;
        if again.is_none() && !is_held {
            again = match REST.checked_sub(now - since) {
                Some(left) if !left.is_zero() => Some(left),
                _ => self.draw_tiles(canvas, still)?,
            };
        }
        Ok(self.shown(again))
    }

    fn shown(&self, again: Option<Duration>) -> Shown {
        let coarse = self.coarse.as_ref().map(|slot| Picture {
            texture: slot.texture(),
            part: WHOLE,
        });
        let notice = match self.coarse.as_ref().and_then(Slot::notice) {
            Some(notice) if self.finished.is_empty() => Some(notice.to_owned()),
            _ => self.notice.clone(),
        };
        Shown {
            pictures: coarse.into_iter().chain(self.finished.iter().copied()).collect(),
            notice,
            again,
            ..Shown::default()
        }
    }

    /// Draws the coarse picture, unless it is there or others are to have their turn first. Answers when to come back.
    fn draw_coarse(
        &mut self,
        canvas: &mut Canvas,
        moving: &Scene,
        is_held: bool,
        now: Instant,
    ) -> Result<Option<Duration>, GpuError> {
        if Canvas::is_current(&self.coarse, moving) {
            return Ok(None);
        }
        if let Some((end, cost)) = self.last.filter(|_| !is_held)
            && let Some(left) = (cost * SHARE).checked_sub(now - end)
            && !left.is_zero()
        {
            return Ok(Some(left));
        }
        let (_, is_complete) = canvas.draw(&mut self.coarse, moving, eframe::wgpu::FilterMode::Linear)?;
        canvas.finish();
        let end = Instant::now();
        self.last = Some((end, end - now));
        if is_held && is_complete {
            self.shrink = fluent(self.shrink, end - now);
        }
        Ok((!is_complete).then_some(Duration::ZERO))
    }

    /// Draws tiles for a while. Answers whether to come back.
    fn draw_tiles(&mut self, canvas: &mut Canvas, still: &Scene) -> Result<Option<Duration>, GpuError> {
        let Scene::Volume(scene) = still else {
            return Ok(None);
        };
        let side = if canvas.gpu.adapter().is_software {
            TILE_PIXELS
        } else {
            u32::MAX
        };
        let tiles = tiles(scene.size, side);
        let began = Instant::now();
        while let Some(tile) = tiles.get(self.finished.len()) {
            let n = self.finished.len();
            if n > 0 && began.elapsed() >= TILE_TIME {
                return Ok(Some(Duration::ZERO));
            }
            self.tiles.resize_with(self.tiles.len().max(n + 1), || None);
            let picture = Scene::Volume(VolumeScene {
                size: tile.size,
                whole: Some(tile.whole),
                ..scene.clone()
            });
            let nearest = eframe::wgpu::FilterMode::Nearest;
            let (texture, is_complete) = canvas.draw(&mut self.tiles[n], &picture, nearest)?;
            canvas.finish();
            if !is_complete {
                return Ok(Some(Duration::ZERO));
            }
            let notice = self.tiles[n].as_ref().and_then(Slot::notice);
            self.notice = self.notice.take().or(notice.map(str::to_owned));
            self.finished.push(Picture {
                texture,
                part: tile.part(),
            });
        }
        Ok(None)
    }
}

/// Whether the view keeps its picture for now. The end of the stroke draws it again.
fn has_to_wait(hand: Hand, last_cost: Option<Duration>) -> bool {
    hand == Hand::Paints && last_cost.is_some_and(|cost| cost > UNFELT)
}

/// How coarse the next picture is while the view turns, after one that took this long.
fn fluent(shrink: u32, cost: Duration) -> u32 {
    let [least, most] = SHRINK;
    let finer = shrink.saturating_sub(1).max(least);
    // What a finer one would take goes with its pixels; some room is left, so that it does not go to and fro.
    let of_finer = cost.mul_f64((f64::from(shrink) / f64::from(finer)).powi(2) * 1.25);
    if cost > FLUENT {
        (shrink + 1).min(most)
    } else if of_finer < FLUENT {
        finer
    } else {
        shrink
    }
}

/// A picture of `size` pixels cut into tiles of at most `side`, row by row.
pub fn tiles(size: [u32; 2], side: u32) -> Vec<Tile> {
    let side = side.max(1);
    let starts = |length: u32| (0..length).step_by(side as usize);
    starts(size[1])
        .flat_map(|y| starts(size[0]).map(move |x| [x, y]))
        .map(|corner| Tile {
            whole: Whole { size, corner },
            size: std::array::from_fn(|n| side.min(size[n] - corner[n])),
        })
        .collect()
}

/// A part of a picture.
pub struct Tile {
    /// Where it is.
    pub whole: Whole,
    /// Width and height in pixels.
    pub size: [u32; 2],
}

impl Tile {
    /// The part of the whole that it fills: 0 to 1 in both directions.
    fn part(&self) -> Rect {
        let Whole { size, corner } = self.whole;
        let share = |n: usize, at: u32| at as f32 / size[n] as f32;
        Rect::from_min_max(
            pos2(share(0, corner[0]), share(1, corner[1])),
            pos2(share(0, corner[0] + self.size[0]), share(1, corner[1] + self.size[1])),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_does_not_wait_for_the_view() {
        let slow = Some(Duration::from_millis(40));
        assert!(has_to_wait(Hand::Paints, slow));
        assert!(!has_to_wait(Hand::Turns, slow) && !has_to_wait(Hand::Free, slow));
        assert!(!has_to_wait(Hand::Paints, Some(Duration::from_millis(1))));
        assert!(
            !has_to_wait(Hand::Paints, None),
            "there is no picture yet that could be kept"
        );
    }

    #[test]
    fn a_slow_view_gets_coarser_until_it_follows_and_stays_there() {
        for whole_ms in [5.0, 200.0, 700.0, 1500.0, 1e5] {
            let cost = |shrink: u32| Duration::from_secs_f64(whole_ms / 1e3 / f64::from(shrink * shrink));
            let mut shrink = SHRINK[0];
            for _ in 0..10 {
                shrink = fluent(shrink, cost(shrink));
            }
            assert_eq!(fluent(shrink, cost(shrink)), shrink, "{whole_ms}");
            assert!(cost(shrink) <= FLUENT || shrink == SHRINK[1], "{whole_ms}");
            // And no coarser than it has to be.
            assert!(
                shrink == SHRINK[0] || cost(shrink - 1).mul_f64(1.25) >= FLUENT,
                "{whole_ms}"
            );
        }
    }

    #[test]
    fn tiles_cover_the_whole_once() {
        let mut covered = vec![0; 205 * 97];
        for tile in tiles([205, 97], 64) {
            assert_eq!(tile.part().width() * 205.0, tile.size[0] as f32);
            for y in 0..tile.size[1] {
                for x in 0..tile.size[0] {
                    let [left, top] = tile.whole.corner;
                    covered[((top + y) * 205 + left + x) as usize] += 1;
                }
            }
        }
        assert!(covered.iter().all(|times| *times == 1));
        assert_eq!(tiles([205, 97], u32::MAX).len(), 1);
    }
}
