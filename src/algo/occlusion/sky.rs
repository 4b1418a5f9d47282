//! How much of the sky every cell sees.

use glam::DVec3;
use rayon::prelude::*;

use super::Grid;

/// The share of the sky that is seen over a plane; it counts as all of it.
const OPEN: f32 = 0.5;
/// Whole numbers add up to the same in any order, and so to the same picture: this many stand for the whole sky.
const WHOLE: f32 = (1_u32 << 24) as f32;

/// One of the ways to a neighbour.
struct Way {
    /// Cells along i, j, k, each −1, 0 or 1.
    step: [isize; 3],
    /// The part of the sphere around it.
    share: f32,
    /// What is left of what a neighbour's sky counts.
    left: f32,
    /// What a cell lets through on this way, by its opacity.
    through: Vec<f32>,
}

/// 0 to 255 for every cell, i fastest; `None` if it was told to stop.
pub(super) fn openness(grid: &Grid, opacity: &[u8], is_over: &(dyn Fn() -> bool + Sync)) -> Option<Vec<u8>> {
    let count = opacity.len();
    let sums = ways(grid)
        .into_par_iter()
        .fold(
            || vec![0_u32; count],
            |mut sums, way| {
                if !is_over() {
                    sweep(grid.cells, opacity, &way, &mut sums);
                }
                sums
            },
        )
        .reduce(
            || vec![0; count],
            |mut sums, others| {
                for (sum, other) in sums.iter_mut().zip(others) {
                    *sum += other;
                }
                sums
            },
        );
    if is_over() {
        return None;
    }
    // What is seen from within material is that of the places before it: a surface lies between both.
    let weights: Vec<f32> = opacity.iter().map(|part| 1.03 - f32::from(*part) / 255.0).collect();
    let seen = sums
        .iter()
        .zip(&weights)
        .map(|(sum, weight)| *sum as f32 / WHOLE * weight)
        .collect();
    let (seen, weights) = (blurred(grid.cells, seen), blurred(grid.cells, weights));
    let level = |(seen, weight): (f32, f32)| ((seen / weight / OPEN).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    Some(seen.into_iter().zip(weights).map(level).collect())
}

/// All ways along which there are cells, with their parts of the sphere.
fn ways(grid: &Grid) -> Vec<Way> {
    let steps = (-1..=1).flat_map(|k| (-1..=1).flat_map(move |j| (-1..=1).map(move |i| [i, j, k])));
    let steps: Vec<[isize; 3]> = steps.filter(|step| *step != [0; 3]).collect();
    let vector = |step: &[isize; 3]| -> DVec3 { (0..3).map(|axis| grid.edges[axis] * step[axis] as f64).sum() };
    let vectors: Vec<DVec3> = steps.iter().map(vector).collect();
    let mut counts = vec![0_u32; steps.len()];
    /// Directions that are evenly spread over the sphere (a spiral of the golden angle).
    const SPREAD: u32 = 4000;
    for n in 0..SPREAD {
        let z = 1.0 - (2.0 * f64::from(n) + 1.0) / f64::from(SPREAD);
        let turn = f64::from(n) * 2.399_963_229_728_653;
        let flat = (1.0 - z * z).sqrt();
        let direction = DVec3::new(flat * turn.cos(), flat * turn.sin(), z);
        let nearness = |n: usize| {
            vectors
                .get(n)
                .map_or(-2.0, |way| way.normalize_or_zero().dot(direction))
        };
        let nearest = (0..steps.len()).max_by(|a, b| nearness(*a).total_cmp(&nearness(*b)));
        if let Some(count) = nearest.and_then(|n| counts.get_mut(n)) {
            *count += 1;
        }
    }
    let way = |((step, vector), count): (([isize; 3], DVec3), u32)| {
        let length_mm = vector.length();
        let through = |opacity: usize| {
            let clear = 1.0 - opacity as f64 / 255.0;
            clear.powf(length_mm / grid.side_mm) as f32
        };
        Way {
            step,
            share: count as f32 / SPREAD as f32,
            left: (-length_mm / grid.reach_mm).exp() as f32,
            through: (0..256).map(through).collect(),
        }
    };
    let all = steps.into_iter().zip(vectors).zip(counts);
    all.map(way).filter(|way| way.share > 0.0).collect()
}

/// Adds what every cell sees along a way: the neighbour's material, and through it what that sees. Beyond the grid is
/// nothing but sky.
fn sweep([columns, rows, layers]: [usize; 3], opacity: &[u8], way: &Way, sums: &mut [u32]) {
    let [di, dj, dk] = way.step;
    let plane = columns * rows;
    let mut now = vec![1.0_f32; plane];
    let mut before = now.clone();
    let full = WHOLE * way.share;
    for n in 0..layers {
        // Neighbours come first.
        let k = if dk > 0 { layers - 1 - n } else { n };
        if dk != 0 {
            std::mem::swap(&mut now, &mut before);
        }
        for m in 0..rows {
            let j = if dj > 0 { rows - 1 - m } else { m };
            let neighbour = inside(j, dj, rows).zip(inside(k, dk, layers));
            let row = j * columns..(j + 1) * columns;
            if let Some((j_on, k_on)) = neighbour {
                let first = k_on * plane + j_on * columns;
                let material = opacity.get(first..first + columns).unwrap_or_default();
                let (own, others) = if dk != 0 {
                    (
                        now.get_mut(row.clone()),
                        before.get(j_on * columns..(j_on + 1) * columns),
                    )
                } else if j_on == j {
                    (now.get_mut(row.clone()), None)
                } else {
                    split(&mut now, j * columns, j_on * columns, columns)
                };
                let own = own.unwrap_or_default();
                match others {
                    Some(others) => along(own, others, material, way),
                    None => within(own, material, way, di),
                }
            } else if let Some(own) = now.get_mut(row.clone()) {
                own.fill(1.0);
            }
            let first = k * plane + j * columns;
            let sums = sums.get_mut(first..first + columns).unwrap_or_default();
            for (sum, seen) in sums.iter_mut().zip(now.get(row).unwrap_or_default()) {
                *sum += (*seen * full) as u32;
            }
        }
    }
}

/// A neighbour's place, if it is in the grid.
fn inside(at: usize, step: isize, side: usize) -> Option<usize> {
    at.checked_add_signed(step).filter(|at| *at < side)
}

/// One run to be written and another to be read, of the same numbers.
fn split(numbers: &mut [f32], own: usize, other: usize, length: usize) -> (Option<&mut [f32]>, Option<&[f32]>) {
    if own < other {
        let (low, high) = numbers.split_at_mut(other);
        (low.get_mut(own..own + length), high.get(..length))
    } else {
        let (low, high) = numbers.split_at_mut(own);
        (high.get_mut(..length), low.get(other..other + length))
    }
}

/// What a cell sees past a neighbour.
#[inline(always)]
fn past(way: &Way, material: u8, seen: f32) -> f32 {
    let through = way.through.get(usize::from(material)).copied().unwrap_or(1.0);
    through * (1.0 - way.left + way.left * seen)
}

/// A row from a row beside it.
fn along(own: &mut [f32], others: &[f32], material: &[u8], way: &Way) {
    let di = way.step[0];
    // The row ends with the sky.
    let (own, others, material) = match di {
        1 => {
            if let Some(last) = own.last_mut() {
                *last = 1.0;
            }
            (own, others.get(1..), material.get(1..))
        }
        -1 => {
            let Some((first, rest)) = own.split_first_mut() else {
                return;
            };
            *first = 1.0;
            (rest, Some(others), Some(material))
        }
        _ => (own, Some(others), Some(material)),
    };
    let neighbours = others.unwrap_or_default().iter().zip(material.unwrap_or_default());
    for (seen, (other, material)) in own.iter_mut().zip(neighbours) {
        *seen = past(way, *material, *other);
    }
}

/// A row from its own cells, one after the other.
fn within(own: &mut [f32], material: &[u8], way: &Way, di: isize) {
    let mut last = None;
    let mut step = |(seen, material): (&mut f32, &u8)| {
        *seen = last.map_or(1.0, |(other, material)| past(way, material, other));
        last = Some((*seen, *material));
    };
    if di > 0 {
        own.iter_mut().zip(material).rev().for_each(&mut step);
    } else {
        own.iter_mut().zip(material).for_each(&mut step);
    }
}

/// Numbers with a quarter of each neighbour along all axes; the outermost go on.
fn blurred([columns, rows, layers]: [usize; 3], mut numbers: Vec<f32>) -> Vec<f32> {
    let plane = columns * rows;
    for (side, stride, run) in [
        (columns, 1, columns),
        (rows, columns, plane),
        (layers, plane, plane * layers),
    ] {
        if side < 2 {
            continue;
        }
        numbers.par_chunks_mut(run).for_each(|run| {
            let mut before: Vec<f32> = run.get(..stride).unwrap_or_default().to_vec();
            for first in (0..run.len()).step_by(stride) {
                for (n, before) in before.iter_mut().enumerate() {
                    let at = first + n;
                    let now = run[at];
                    let behind = run.get(at + stride).copied().unwrap_or(now);
                    run[at] = 0.25 * *before + 0.5 * now + 0.25 * behind;
                    *before = now;
                }
            }
        });
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(cells: [usize; 3], edges: [DVec3; 3]) -> Grid {
        Grid {
            voxels_per_cell: [2; 3],
            cells,
            edges,
            side_mm: 1.0,
            reach_mm: 4.0,
        }
    }

    #[test]
    fn parts_of_the_sphere_follow_the_patient() {
        let even = ways(&grid([9; 3], DVec3::AXES));
        assert_eq!(even.len(), 26);
        let sum: f32 = even.iter().map(|way| way.share).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        // Slices four times as far apart: along them is most of what is not within them.
        let apart = ways(&grid([9; 3], [DVec3::X, DVec3::Y, DVec3::Z * 4.0]));
        let of = |ways: &[Way], step: [isize; 3]| {
            let way = ways.iter().find(|way| way.step == step);
            way.map_or(0.0, |way| way.share)
        };
        assert!(of(&apart, [0, 0, 1]) < of(&even, [0, 0, 1]));
        assert!(of(&apart, [1, 0, 0]) > 1.5 * of(&even, [1, 0, 0]));
    }

    #[test]
    fn an_empty_sky_is_open_and_the_inside_of_a_rock_is_not() {
        let grid = grid([7, 6, 5], DVec3::AXES);
        let empty = openness(&grid, &[0; 210], &|| false).unwrap();
        assert!(empty.iter().all(|open| *open == 255));
        let rock = openness(&grid, &[255; 210], &|| false).unwrap();
        // The middle of 7 × 6 × 5 cells.
        assert_eq!(rock[(2 * 6 + 3) * 7 + 3], 0);
        assert!(rock[0] > 0, "a corner sees some of it");
        assert_eq!(openness(&grid, &[0; 210], &|| true), None);
    }

    #[test]
    fn a_sweep_counts_material_by_its_distance() {
        // One opaque cell at the end of a row: seen along it as exp(−d / 4) tells.
        let grid = grid([4, 1, 1], DVec3::AXES);
        let mut way = ways(&grid).into_iter().find(|way| way.step == [1, 0, 0]).unwrap();
        way.share = 1.0;
        let mut sums = vec![0; 4];
        sweep(grid.cells, &[0, 0, 0, 255], &way, &mut sums);
        let seen: Vec<f64> = sums.iter().map(|sum| f64::from(*sum) / f64::from(WHOLE)).collect();
        let left = (-0.25_f64).exp();
        // From cell to cell: 0 beside it, then (1 − left) + left × that of the neighbour.
        let expected = [1.0 - left * left, 1.0 - left, 0.0, 1.0];
        for (seen, expected) in seen.iter().zip(expected) {
            assert!((seen - expected).abs() < 1e-5, "{seen} {expected}");
        }
    }

    #[test]
    fn blurring_keeps_what_is_even() {
        let mut numbers = vec![0.0; 27];
        numbers[13] = 8.0;
        let soft = blurred([3; 3], numbers);
        assert_eq!(soft[13], 1.0);
        assert_eq!(soft[0], 0.125);
        assert!(blurred([1, 1, 5], vec![0.3; 5]).iter().all(|n| (n - 0.3).abs() < 1e-6));
    }
}
