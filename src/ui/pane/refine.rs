//! The volume view: a coarse picture while it moves, a fine one in tiles when it rests, and never so much of either
//! that the other panes wait.

use std::time::{Duration, Instant};

use egui::{Rect, pos2};

use crate::gpu::GpuError;
use crate::scene::{Camera, Scene, VolumeScene};
use crate::ui::picture::{Canvas, Picture, Shown, Slot, WHOLE};

/// How long it must rest before the fine picture is begun.
const REST: Duration = Duration::from_millis(150);

/// What a frame may spend on tiles where the processor draws.
const TILE_TIME: Duration = Duration::from_millis(25);

/// Side of a tile in pixels where the processor draws.
const TILE_PIXELS: u32 = 96;

/// A coarse picture that nobody holds in hand is drawn again after this many times what the last one took.
const SHARE: u32 = 3;

/// The pictures of the volume view.
#[derive(Default)]
pub struct Refined {
    coarse: Option<Slot>,
    tiles: Vec<Option<Slot>>,
    finished: Vec<Picture>,
    /// The fine scene with its voxels' revision, and when it came to be.
    wanted: Option<(Scene, usize, Instant)>,
    /// When the last coarse picture was finished, and how long it took.
    last: Option<(Instant, Duration)>,
}

impl Refined {
    /// Brings the view up to date as far as there is time. `is_held`: the user turns it just now.
    pub fn show(
        &mut self,
        canvas: &mut Canvas,
        still: &Scene,
        moving: &Scene,
        is_held: bool,
    ) -> Result<Shown, GpuError> {
        let now = Instant::now();
        let revision = still.voxel_revision();
        let since = match &self.wanted {
            Some((scene, drawn, since)) if *drawn == revision && scene.same_picture(still) => *since,
            _ => {
                self.wanted = Some((still.clone(), revision, now));
                self.finished.clear();
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
        let coarse = self.coarse.as_ref().map(|slot| Picture {
            texture: slot.texture(),
            part: WHOLE,
        });
        Ok(Shown {
            pictures: coarse.into_iter().chain(self.finished.iter().copied()).collect(),
            notice: None,
            again,
        })
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
        let tiles = tiles(scene.camera, scene.size, side);
        let began = Instant::now();
        while let Some(tile) = tiles.get(self.finished.len()) {
            let n = self.finished.len();
            if n > 0 && began.elapsed() >= TILE_TIME {
                return Ok(Some(Duration::ZERO));
            }
            self.tiles.resize_with(self.tiles.len().max(n + 1), || None);
            let picture = Scene::Volume(VolumeScene {
                camera: tile.camera,
                size: tile.size,
                ..scene.clone()
            });
            let nearest = eframe::wgpu::FilterMode::Nearest;
            let (texture, is_complete) = canvas.draw(&mut self.tiles[n], &picture, nearest)?;
            canvas.finish();
            if !is_complete {
                return Ok(Some(Duration::ZERO));
            }
            self.finished.push(Picture {
                texture,
                part: tile.part,
            });
        }
        Ok(None)
    }
}

/// A part of a picture.
struct Tile {
    camera: Camera,
    /// Width and height in pixels.
    size: [u32; 2],
    /// The part of the whole that it fills: 0 to 1 in both directions.
    part: Rect,
}

/// A picture of `size` pixels cut into tiles of at most `side`, each with a camera of its own.
fn tiles(camera: Camera, [width, height]: [u32; 2], side: u32) -> Vec<Tile> {
    let starts = |length: u32| (0..length).step_by(side.max(1) as usize);
    let axes = camera.axes();
    // The middle of a tile, in pixels from the middle of the whole.
    let offset =
        |start: u32, length: u32, whole: u32| f64::from(start) + f64::from(length) / 2.0 - f64::from(whole) / 2.0;
    let share = |at: u32, whole: u32| at as f32 / whole as f32;
    starts(height)
        .flat_map(|y| starts(width).map(move |x| (x, y)))
        .map(|(x, y)| {
            let size = [side.min(width - x), side.min(height - y)];
            let shift = axes.right * offset(x, size[0], width) + axes.down * offset(y, size[1], height);
            Tile {
                camera: Camera {
                    target: camera.target + shift * camera.mm_per_pixel,
                    ..camera
                },
                size,
                part: Rect::from_min_max(
                    pos2(share(x, width), share(y, height)),
                    pos2(share(x + size[0], width), share(y + size[1], height)),
                ),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec3;

    /// Where the centre of a pixel lies on the plane through the camera's target.
    fn place(camera: Camera, size: [u32; 2], x: u32, y: u32) -> DVec3 {
        let offset = |at: u32, length: u32| f64::from(at) + 0.5 - f64::from(length) / 2.0;
        let axes = camera.axes();
        camera.target + (axes.right * offset(x, size[0]) + axes.down * offset(y, size[1])) * camera.mm_per_pixel
    }

    #[test]
    fn tiles_see_what_the_whole_sees_and_cover_it_once() {
        let whole = [205, 97];
        let camera = Camera {
            target: DVec3::new(3.0, -40.0, 120.0),
            azimuth_deg: 33.0,
            elevation_deg: -12.0,
            mm_per_pixel: 0.7,
        };
        let mut covered = 0;
        for Tile {
            camera: own,
            size,
            part,
        } in tiles(camera, whole, 64)
        {
            let left = (part.min.x * 205.0).round() as u32;
            let top = (part.min.y * 97.0).round() as u32;
            covered += size[0] * size[1];
            for (x, y) in [(0, 0), (size[0] - 1, size[1] - 1)] {
                let apart = place(own, size, x, y) - place(camera, whole, left + x, top + y);
                assert!(apart.length() < 1e-9, "{apart}");
            }
        }
        assert_eq!(covered, 205 * 97);
        assert_eq!(tiles(camera, whole, u32::MAX).len(), 1);
    }
}
