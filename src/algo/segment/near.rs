//! The voxels that are near one of a set.

use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::label_map::VoxelBox;

use super::Stop;
use super::distance::squared_distances;
use super::lattice::{Lattice, ROOM};

/// No voxel of the set from here on.
const NONE: i32 = i32::MAX;

/// Whether the centre of each voxel of a box is no further than `mm` from one of the set. `is_in` has i fastest.
pub fn near(is_in: &[bool], voxels: &VoxelBox, mm: f64, geometry: &Geometry, stop: Stop<'_>) -> Vec<bool> {
    let dims = voxels.clone().map(|side| side.len());
    let lattice = Lattice::new(geometry, voxels);
    let Some(spacing) = lattice.upright() else {
        return in_balls(is_in, dims, mm, &lattice, stop);
    };
    let reach = (mm * ROOM).powi(2);
    squared_distances(is_in, dims, spacing)
        .into_iter()
        .map(|squared| f64::from(squared) <= reach)
        .collect()
}

/// On any grid: whether a voxel of the set lies in the ball around each voxel, row by row.
fn in_balls(is_in: &[bool], dims: [usize; 3], mm: f64, lattice: &Lattice<'_>, stop: Stop<'_>) -> Vec<bool> {
    let [columns, rows, slices] = dims;
    let mut found = vec![false; is_in.len()];
    if found.is_empty() {
        return found;
    }
    let ahead = ahead(is_in, columns);
    found.par_chunks_mut(columns * rows).enumerate().for_each(|(k, slice)| {
        let ball = lattice.ball(k as isize, mm, slices);
        for (j, row) in slice.chunks_mut(columns).enumerate() {
            if stop() {
                return;
            }
            for ray in &ball {
                let at = j.checked_add_signed(ray.j).zip(k.checked_add_signed(ray.k));
                let Some((j, k)) = at.filter(|(j, k)| *j < rows && *k < slices) else {
                    continue;
                };
                let start = (k * rows + j) * columns;
                if let Some(ahead) = ahead.get(start..start + columns)
                    && ahead.first().is_some_and(|first| *first != NONE)
                {
                    add_ray(row, ahead, [ray.low, ray.high]);
                }
            }
        }
    });
    found
}

/// The place of the first voxel of the set in its row from each voxel on.
fn ahead(is_in: &[bool], columns: usize) -> Vec<i32> {
    let mut ahead = vec![NONE; is_in.len()];
    let rows = ahead.par_chunks_mut(columns).zip(is_in.par_chunks(columns));
    rows.for_each(|(row, is_in)| {
        let mut next = NONE;
        for (i, (place, is_in)) in row.iter_mut().zip(is_in).enumerate().rev() {
            if *is_in {
                next = i as i32;
            }
            *place = next;
        }
    });
    ahead
}

/// Adds the voxels of a row for which the set has one of another row so many voxels further on.
fn add_ray(row: &mut [bool], ahead: &[i32], [low, high]: [isize; 2]) {
    let columns = row.len() as isize;
    let (low, high) = (low.clamp(-columns, columns), high.clamp(-columns, columns));
    // Whoever would look before the row's start looks from there.
    let before = low.min(0).unsigned_abs();
    let first = ahead.first().copied().unwrap_or(NONE);
    for (i, is_near) in row.iter_mut().take(before).enumerate() {
        *is_near |= i64::from(first) <= i as i64 + high as i64;
    }
    let from = ahead.iter().skip(low.max(0).unsigned_abs());
    for (n, (is_near, next)) in row.iter_mut().skip(before).zip(from).enumerate() {
        *is_near |= i64::from(*next) <= (n + before) as i64 + high as i64;
    }
}
