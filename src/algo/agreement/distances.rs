//! How far the surfaces of a label in two maps lie apart.
//!
//! Surface voxels have a neighbour across a face outside the set; distances are those of voxel centres in the patient,
//! so that a sheared or uneven grid is measured as it lies.

use glam::DVec3;
use rayon::prelude::*;

use super::nearest::NearestPoint;
use super::surface::surface_voxels;
use crate::algo::bits::Bits;
use crate::algo::label_grid::bits_of;
use crate::algo::percentile::percentile;
use crate::model::geometry::Geometry;
use crate::model::label_grid::{IndexBox, LabelGrid};

/// Distances of two surfaces in mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurfaceDistances {
    /// The larger of the two directed maxima (Hausdorff).
    pub hausdorff_mm: f64,
    /// The larger of the two directed 95th percentiles, linear between ranks.
    pub hd95_mm: f64,
    /// The mean over both directed sets together.
    pub mean_mm: f64,
}

/// The distances of a label's surfaces. `within` is the box around the label in each map; `None` if one is empty, for
/// there is no distance to nothing.
pub fn surface_distances(
    maps: [&LabelGrid; 2],
    label: u16,
    within: [Option<IndexBox>; 2],
    geometry: &Geometry,
) -> Option<SurfaceDistances> {
    let [box_a, box_b] = [within[0]?, within[1]?];
    let (a, b) = rayon::join(
        || surface_points(maps[0], label, &box_a, geometry),
        || surface_points(maps[1], label, &box_b, geometry),
    );
    between(&a, &b)
}

/// The distances of two sets of points, each in an order in which neighbours are near each other.
fn between(a: &[DVec3], b: &[DVec3]) -> Option<SurfaceDistances> {
    let (mut from_a, mut from_b) = rayon::join(|| directed(a, b), || directed(b, a));
    let count = from_a.len() + from_b.len();
    let sum = from_a.iter().sum::<f64>() + from_b.iter().sum::<f64>();
    let most = |distances: &[f64]| distances.iter().copied().reduce(f64::max);
    Some(SurfaceDistances {
        hausdorff_mm: most(&from_a)?.max(most(&from_b)?),
        hd95_mm: percentile(&mut from_a, 95.0)?.max(percentile(&mut from_b, 95.0)?),
        mean_mm: sum / count as f64,
    })
}

/// The distance of each point to the nearest of the others; nothing if there are no others.
fn directed(from: &[DVec3], to: &[DVec3]) -> Vec<f64> {
    let tree = NearestPoint::new(to);
    if tree.is_empty() {
        return Vec::new();
    }
    from.par_chunks(1024)
        .flat_map_iter(|chunk| {
            let mut hint = DVec3::INFINITY;
            let tree = &tree;
            chunk.iter().filter_map(move |at| {
                let (squared, point) = tree.nearest(*at, hint)?;
                hint = point;
                Some(squared.sqrt())
            })
        })
        .collect()
}

/// The places of a label's surface voxels, along a Morton curve.
fn surface_points(map: &LabelGrid, label: u16, within: &IndexBox, geometry: &Geometry) -> Vec<DVec3> {
    let surface = surface_voxels(&bits_of(map, label, within));
    let mut codes: Vec<u64> = (0..surface.dims()[2])
        .into_par_iter()
        .flat_map_iter(|k| codes_of_slice(&surface, k))
        .collect();
    codes.par_sort_unstable();
    codes
        .par_iter()
        .map(|code| {
            let at = |axis: usize| (gathered(code >> axis) as usize + within.low[axis]) as f64;
            geometry.patient_at(DVec3::new(at(0), at(1), at(2)))
        })
        .collect()
}

fn codes_of_slice(surface: &Bits, k: usize) -> Vec<u64> {
    let mut codes = Vec::new();
    for j in 0..surface.dims()[1] {
        let of_row = spread(j as u64) << 1 | spread(k as u64) << 2;
        for (w, word) in surface.row(j, k).iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                let i = w * 64 + left.trailing_zeros() as usize;
                codes.push(of_row | spread(i as u64));
                left &= left - 1;
            }
        }
    }
    codes
}

/// The lowest 21 bits with two empty bits between each.
fn spread(number: u64) -> u64 {
    let mut bits = number & 0x1f_ffff;
    bits = (bits | bits << 32) & 0x001f_0000_0000_ffff;
    bits = (bits | bits << 16) & 0x001f_0000_ff00_00ff;
    bits = (bits | bits << 8) & 0x100f_00f0_0f00_f00f;
    bits = (bits | bits << 4) & 0x10c3_0c30_c30c_30c3;
    (bits | bits << 2) & 0x1249_2492_4924_9249
}

/// Takes [`spread`] back.
fn gathered(code: u64) -> u64 {
    let mut bits = code & 0x1249_2492_4924_9249;
    bits = (bits | bits >> 2) & 0x10c3_0c30_c30c_30c3;
    bits = (bits | bits >> 4) & 0x100f_00f0_0f00_f00f;
    bits = (bits | bits >> 8) & 0x001f_0000_ff00_00ff;
    bits = (bits | bits >> 16) & 0x001f_0000_0000_ffff;
    (bits | bits >> 32) & 0x1f_ffff
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DMat3};

    use super::super::overlaps;
    use super::*;

    #[test]
    fn codes_know_their_index() {
        for number in [0, 1, 2, 77, 511, 65_535, 1_234_567, (1 << 21) - 1] {
            assert_eq!(gathered(spread(number)), number);
            assert_eq!(gathered((spread(number) << 1 | spread(5)) >> 1), number);
        }
    }

    /// Distances as the definition says, voxel by voxel.
    fn brute(maps: [&LabelGrid; 2], label: u16, geometry: &Geometry) -> Option<SurfaceDistances> {
        let [columns, rows, slices] = geometry.dims();
        let [a, b] = maps.map(|map| {
            let mut points = Vec::new();
            for n in 0..columns * rows * slices {
                let at = [n % columns, n / columns % rows, n / columns / rows];
                let has_outside = (0..3).any(|axis| {
                    [usize::MAX, 1].into_iter().any(|step| {
                        let mut next = at;
                        next[axis] = next[axis].wrapping_add(step);
                        map.get(next) != label
                    })
                });
                if map.get(at) == label && has_outside {
                    points.push(geometry.patient_at(DVec3::from_array(at.map(|n| n as f64))));
                }
            }
            points
        });
        let directed = |from: &[DVec3], to: &[DVec3]| -> Vec<f64> {
            let nearest = |at: &DVec3| to.iter().map(|point| point.distance(*at)).fold(f64::INFINITY, f64::min);
            from.iter().map(nearest).collect()
        };
        let (mut from_a, mut from_b) = (directed(&a, &b), directed(&b, &a));
        from_a.sort_by(f64::total_cmp);
        from_b.sort_by(f64::total_cmp);
        let at_95 = |sorted: &[f64]| {
            let rank = 0.95 * (sorted.len() as f64 - 1.0);
            let low = sorted[rank as usize];
            low + rank.fract() * (sorted[(rank.ceil() as usize).min(sorted.len() - 1)] - low)
        };
        if a.is_empty() || b.is_empty() {
            return None;
        }
        Some(SurfaceDistances {
            hausdorff_mm: from_a[from_a.len() - 1].max(from_b[from_b.len() - 1]),
            hd95_mm: at_95(&from_a).max(at_95(&from_b)),
            mean_mm: from_a.iter().chain(&from_b).sum::<f64>() / (from_a.len() + from_b.len()) as f64,
        })
    }

    fn blobs(dims: [usize; 3], seed: u64) -> LabelGrid {
        let mut state = seed;
        let mut random = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1u64 << 31) as f64
        };
        let balls: Vec<(DVec3, f64, u16)> = (0..7)
            .map(|n| {
                let at = DVec3::new(random(), random(), random()) * DVec3::from_array(dims.map(|n| n as f64));
                (at, 2.0 + 4.0 * random(), (n % 3 + 1) as u16)
            })
            .collect();
        let count = dims.iter().product();
        let label = |n: usize| {
            let at = [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]];
            let at = DVec3::from_array(at.map(|n| n as f64));
            let ball = balls.iter().find(|(center, radius, _)| center.distance(at) < *radius);
            ball.map_or(0, |(_, _, label)| *label)
        };
        LabelGrid::new(dims, (0..count).map(label).collect()).unwrap()
    }

    #[test]
    fn distances_are_those_of_brute_force_on_any_grid() {
        let dims = [23, 17, 13];
        let sheared = DMat3::from_cols(
            DVec3::new(0.6, 0.1, 0.0),
            DVec3::new(-0.2, 0.8, 0.1),
            DVec3::new(0.4, 0.3, 2.5),
        );
        let uneven: Vec<DVec3> = (0..13)
            .map(|k| DVec3::new(0.1 * k as f64, 0.0, (k * k) as f64 * 0.2 + k as f64))
            .collect();
        let grids = [
            Geometry::from_affine(dims, DAffine3::from_scale(DVec3::new(0.7, 0.7, 3.0))).unwrap(),
            Geometry::from_affine(dims, DAffine3::from_mat3(sheared)).unwrap(),
            Geometry::from_slices(23, 17, DVec3::X, DVec3::Y, &uneven, 1e-3).unwrap(),
        ];
        for (n, geometry) in grids.iter().enumerate() {
            for seed in 0..6 {
                let (a, b) = (blobs(dims, seed * 2 + 1), blobs(dims, seed * 2 + 2));
                let all = overlaps(&a, &b, geometry).unwrap();
                for label in 1..=3u16 {
                    let boxes = all.get(&label).map_or([None; 2], |one| [one.box_a, one.box_b]);
                    let found = surface_distances([&a, &b], label, boxes, geometry);
                    match (found, brute([&a, &b], label, geometry)) {
                        (Some(found), Some(expected)) => {
                            let apart = [
                                found.hausdorff_mm - expected.hausdorff_mm,
                                found.hd95_mm - expected.hd95_mm,
                                found.mean_mm - expected.mean_mm,
                            ];
                            assert!(
                                apart.iter().all(|apart| apart.abs() < 1e-9),
                                "{n} {seed} {label} {apart:?}"
                            );
                        }
                        (found, expected) => assert_eq!(found, expected),
                    }
                }
            }
        }
    }

    #[test]
    fn one_voxel_beside_another() {
        let dims = [5, 1, 4];
        let at = |n: usize| {
            let mut labels = vec![0; 20];
            labels[n] = 9;
            LabelGrid::new(dims, labels).unwrap()
        };
        let geometry = Geometry::from_affine(dims, DAffine3::from_scale(DVec3::new(3.0, 1.0, 4.0))).unwrap();
        let (a, b) = (at(0), at(6));
        let one = overlaps(&a, &b, &geometry).unwrap()[&9];
        let found = surface_distances([&a, &b], 9, [one.box_a, one.box_b], &geometry).unwrap();
        assert_eq!((found.hausdorff_mm, found.hd95_mm, found.mean_mm), (5.0, 5.0, 5.0));
        assert_eq!(surface_distances([&a, &b], 9, [one.box_a, None], &geometry), None);
    }
}
