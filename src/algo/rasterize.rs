//! Contours to voxels: in each slice the voxels whose centres lie inside an odd number of outlines.

use std::collections::BTreeMap;

use glam::DVec3;

use crate::model::contour::Region;
use crate::model::geometry::Geometry;

/// Voxels of one row, from..to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowRun {
    /// The row.
    pub row: u32,
    /// First column.
    pub from: u32,
    /// Behind the last column.
    pub to: u32,
}

/// A region on a grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RasterRegion {
    /// Its voxels by slice, by row and column.
    pub slices: BTreeMap<usize, Vec<RowRun>>,
    /// Outlines that lie on no slice: beyond the grid, or across its slices.
    pub left_out: usize,
}

/// Outlines whose planes are closer than this share of a slice are in one plane.
const SAME_PLANE: f64 = 0.02;

/// Fills a region on a grid. An outline belongs to the slice that it is nearest to, at most half a slice away; where
/// outlines of several planes come to one slice, those of the nearest plane are filled.
pub fn rasterize(region: &Region, grid: &Geometry) -> RasterRegion {
    let mut raster = RasterRegion::default();
    let mut by_slice: BTreeMap<usize, Vec<(f64, Vec<DVec3>)>> = BTreeMap::new();
    for outline in region.outlines.iter().filter(|outline| outline.len() > 2) {
        let points: Vec<DVec3> = outline.iter().map(|point| grid.voxel_at(*point)).collect();
        let (low, high) = points
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
                (low.min(at.z), high.max(at.z))
            });
        let middle = f64::midpoint(low, high);
        let is_on = high - low <= 0.5 && middle >= -0.5 && middle < grid.dims()[2] as f64 - 0.5;
        if is_on {
            let slice = (middle + 0.5).floor().max(0.0) as usize;
            by_slice.entry(slice).or_default().push((middle, points));
        } else {
            raster.left_out += 1;
        }
    }
    for (slice, outlines) in by_slice {
        let away = |at: f64| (at - slice as f64).abs();
        let nearest = outlines
            .iter()
            .map(|(at, _)| *at)
            .min_by(|a, b| away(*a).total_cmp(&away(*b)))
            .unwrap_or(slice as f64);
        let flat = outlines
            .iter()
            .filter(|(at, _)| (at - nearest).abs() <= SAME_PLANE)
            .map(|(_, points)| points.as_slice());
        let runs = fill(flat, grid.dims()[0], grid.dims()[1]);
        if !runs.is_empty() {
            raster.slices.insert(slice, runs);
        }
    }
    raster
}

/// The pixels whose centres are inside an odd number of outlines (x and y in pixels).
///
/// Edge flags (B. Ackland and N. Weste, "The edge flag algorithm", 1981): every edge flips the first pixel to its right
/// in each row that it crosses, and inside is where an odd number of flips came before. Memory is the picture alone,
/// however many points there are.
fn fill<'a>(outlines: impl Iterator<Item = &'a [DVec3]>, columns: usize, rows: usize) -> Vec<RowRun> {
    // One column more, for what lies to the right of the picture.
    let width = columns + 1;
    let mut flips = vec![false; width * rows];
    for points in outlines {
        let next = points.iter().skip(1).chain(points.first());
        for (a, b) in points.iter().zip(next) {
            let (top, bottom) = if a.y <= b.y { (a, b) } else { (b, a) };
            // Rows with top < row <= bottom, so that a corner counts once.
            let first = (top.y.floor() + 1.0).clamp(0.0, rows as f64) as usize;
            let last = (bottom.y.floor() + 1.0).clamp(0.0, rows as f64) as usize;
            let slope = (bottom.x - top.x) / (bottom.y - top.y);
            for row in first..last {
                let x = top.x + (row as f64 - top.y) * slope;
                let column = x.ceil().clamp(0.0, columns as f64) as usize;
                if let Some(flip) = flips.get_mut(row * width + column) {
                    *flip = !*flip;
                }
            }
        }
    }
    let mut runs = Vec::new();
    for (row, flips) in flips.chunks(width).enumerate() {
        let turns: Vec<u32> = (0..columns as u32)
            .filter(|i| flips.get(*i as usize) == Some(&true))
            .collect();
        for pair in turns.chunks(2) {
            let to = pair.get(1).copied().unwrap_or(columns as u32);
            runs.extend(pair.first().map(|from| RowRun {
                row: row as u32,
                from: *from,
                to,
            }));
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DMat3};

    use super::*;

    fn square(low: f64, high: f64, z: f64) -> Vec<DVec3> {
        [[low, low], [high, low], [high, high], [low, high]]
            .map(|[x, y]| DVec3::new(x, y, z))
            .to_vec()
    }

    fn count(outlines: Vec<Vec<DVec3>>, grid: &Geometry) -> Vec<usize> {
        let region = Region {
            number: 1,
            name: String::new(),
            color: None,
            coding: None,
            outlines,
        };
        let raster = rasterize(&region, grid);
        (0..grid.dims()[2])
            .map(|k| {
                let runs = raster.slices.get(&k).into_iter().flatten();
                runs.map(|run| (run.to - run.from) as usize).sum()
            })
            .collect()
    }

    #[test]
    fn holes_are_left_and_planes_go_to_the_nearest_slice() {
        let grid = Geometry::from_affine([40, 40, 3], DAffine3::from_scale(DVec3::new(1.0, 1.0, 2.0))).expect("a grid");
        assert_eq!(count(vec![square(4.5, 24.5, 2.0)], &grid), [0, 400, 0]);
        let donut = vec![square(4.5, 24.5, 2.0), square(9.5, 14.5, 2.0)];
        assert_eq!(count(donut, &grid), [0, 375, 0]);
        // Two planes near one slice: the nearer one, not one without the other.
        let twice = vec![square(4.5, 24.5, 2.0), square(4.5, 14.5, 2.8)];
        assert_eq!(count(twice, &grid), [0, 400, 0]);
        // Reaching beyond the grid, and wholly beyond it.
        assert_eq!(count(vec![square(-100.0, 9.5, 3.9)], &grid), [0, 0, 100]);
        assert_eq!(count(vec![square(0.0, 9.5, 90.0)], &grid), [0, 0, 0]);
        // A keyhole: out and back along one line.
        let mut keyhole = square(4.5, 24.5, 2.0);
        keyhole.push(DVec3::new(4.5, 4.5, 2.0));
        keyhole.extend(square(9.5, 14.5, 2.0));
        keyhole.push(DVec3::new(9.5, 9.5, 2.0));
        assert_eq!(count(vec![keyhole], &grid), [0, 375, 0]);
    }

    #[test]
    fn a_sheared_grid_takes_outlines_in_its_own_planes() {
        let shear = DMat3::from_cols(DVec3::X, DVec3::Y, DVec3::new(0.0, 0.7, 2.0));
        let affine = DAffine3 {
            matrix3: shear,
            translation: DVec3::ZERO,
        };
        let grid = Geometry::from_affine([40, 40, 3], affine).expect("a grid");
        assert_eq!(count(vec![square(4.6, 24.6, 4.0)], &grid), [0, 0, 400]);
    }
}
