//! Pixels drawn tile by tile, so that neighbours meet the same voxels while these are in the cache.

use rayon::prelude::*;

use crate::algo::raycast::over;
use crate::scene::{Background, VolumeScene};

/// Pixels that are drawn together.
const COLUMNS: usize = 16;
const ROWS: usize = 8;

/// A picture of a size from its pixels, drawn from left to right and from the top. What `begin` makes goes along from
/// pixel to pixel.
pub(super) fn draw<S>(
    [width, height]: [u32; 2],
    begin: impl Fn() -> S + Sync,
    pixel: impl Fn(&mut S, u32, u32) -> [u8; 4] + Sync,
) -> Vec<u8> {
    let columns = width.max(1) as usize;
    let mut picture = vec![[0; 4]; width as usize * height as usize];
    picture
        .par_chunks_mut(columns * ROWS)
        .zip((0..height).step_by(ROWS).collect::<Vec<_>>())
        .for_each(|(band, top)| {
            let mut along = begin();
            for left in (0..width).step_by(COLUMNS) {
                for (row, y) in band.chunks_exact_mut(columns).zip(top..) {
                    let tile = row.iter_mut().zip(0..width).skip(left as usize);
                    for (place, x) in tile.take(COLUMNS) {
                        *place = pixel(&mut along, x, y);
                    }
                }
            }
        });
    picture.into_flattened()
}

/// The pixel where nothing is seen, if it is the same in every row.
pub(super) fn plain_background(scene: &VolumeScene) -> Option<[u8; 4]> {
    let is_plain = match scene.background {
        Background::Transparent => true,
        Background::Colors([top, bottom]) => top == bottom,
    };
    is_plain.then(|| over(scene, 0, [0.0; 4]))
}
