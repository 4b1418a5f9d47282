//! Smoothing: by the majority of a ball (median), by a Gaussian, and of several segments together, so that they go on
//! touching each other without gaps.

use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::label_map::VoxelBox;

use super::lattice::{Lattice, Ray};
use super::{Region, Stop};

/// A Gaussian reaches so many standard deviations.
const REACH: f64 = 3.0;

/// How far smoothing by a Gaussian reaches, mm.
pub fn gaussian_reach_mm(sigma_mm: f64) -> f64 {
    REACH * sigma_mm
}

/// The voxels of a region of which more than half of a ball around them is in it: a median of yes and no. Beyond the box
/// nothing is in it. It must have room to grow.
#[must_use]
pub fn median(mut region: Region, mm: f64, geometry: &Geometry, stop: Stop<'_>) -> Region {
    let [columns, rows, slices] = region.dims();
    let lattice = Lattice::new(geometry, &region.voxels);
    // How many of a row lie before each of its places.
    let sums: Vec<u32> = region
        .is_in
        .chunks(columns.max(1))
        .flat_map(|row| {
            let mut sum = 0;
            std::iter::once(0).chain(row.iter().map(move |is_in| {
                sum += u32::from(*is_in);
                sum
            }))
        })
        .collect();
    let width = columns + 1;
    let slice = |k: usize| {
        let ball = lattice.ball(k as isize, mm, usize::MAX >> 1);
        let size: usize = ball.iter().map(|ray| (ray.high - ray.low + 1).unsigned_abs()).sum();
        let mut is_in = Vec::with_capacity(columns * rows);
        for j in 0..rows {
            let mut counts = vec![0_u32; columns];
            for ray in ball.iter().filter(|_| !stop()) {
                let at = j.checked_add_signed(ray.j).zip(k.checked_add_signed(ray.k));
                let Some((j, k)) = at.filter(|(j, k)| *j < rows && *k < slices) else {
                    continue;
                };
                let start = (k * rows + j) * width;
                let Some(sums) = sums.get(start..start + width) else {
                    continue;
                };
                let place = |at: isize| usize::try_from(at).unwrap_or(0).min(columns);
                for (i, count) in counts.iter_mut().enumerate() {
                    let i = i as isize;
                    *count += sums[place(i + ray.high + 1)] - sums[place(i + ray.low)];
                }
            }
            is_in.extend(counts.into_iter().map(|count| 2 * count as usize > size));
        }
        is_in
    };
    region.is_in = (0..slices).into_par_iter().flat_map_iter(slice).collect();
    region
}

/// The voxels of a region whose share in a Gaussian around them is at least a half. It must have room to grow.
#[must_use]
pub fn gaussian(mut region: Region, sigma_mm: f64, geometry: &Geometry, stop: Stop<'_>) -> Region {
    let shares = blurred(&region.is_in, &region.voxels, sigma_mm, geometry, stop);
    region.is_in = shares.into_iter().map(|share| share >= 0.5).collect();
    region
}

/// Shares of a set in a Gaussian around each voxel; at the edge of the box, of what there is of it.
fn blurred(is_in: &[bool], voxels: &VoxelBox, sigma_mm: f64, geometry: &Geometry, stop: Stop<'_>) -> Vec<f32> {
    let dims = voxels.clone().map(|side| side.len());
    let mut values: Vec<f32> = is_in.iter().map(|is_in| f32::from(u8::from(*is_in))).collect();
    let lattice = Lattice::new(geometry, voxels);
    let Some(spacing) = lattice.upright() else {
        return weighed(&values, dims, sigma_mm, &lattice, stop);
    };
    for (axis, step_mm) in spacing.into_iter().enumerate() {
        let kernel = kernel(sigma_mm / step_mm);
        if kernel.len() > 1 && !stop() {
            values = along(&values, dims, axis, &kernel);
        }
    }
    values
}

/// On any grid: the mean of the values in a ball around each voxel, weighted by a Gaussian.
fn weighed(values: &[f32], dims: [usize; 3], sigma_mm: f64, lattice: &Lattice<'_>, stop: Stop<'_>) -> Vec<f32> {
    let [columns, rows, slices] = dims;
    let mut means = vec![0.0; values.len()];
    if means.is_empty() {
        return means;
    }
    means.par_chunks_mut(columns * rows).enumerate().for_each(|(k, slice)| {
        // Each row of the ball as far as the box goes, and its weights.
        let ends = [columns, rows].map(|side| side as isize - 1);
        let ball: Vec<(Ray, Vec<f32>)> = lattice
            .ball(k as isize, gaussian_reach_mm(sigma_mm), slices)
            .into_iter()
            .filter(|ray| ray.j.abs() <= ends[1] && !stop())
            .map(|ray| {
                let ray = Ray {
                    low: ray.low.max(-ends[0]),
                    high: ray.high.min(ends[0]),
                    ..ray
                };
                let first = lattice.way(k as isize, [0, ray.j, ray.k]);
                let squared = |i: isize| (first + lattice.step_i() * i as f64).length_squared();
                let weight = |i| (-0.5 * squared(i) / (sigma_mm * sigma_mm)).exp() as f32;
                (ray, (ray.low..=ray.high).map(weight).collect())
            })
            .collect();
        let mut totals = vec![0.0; columns];
        for (j, row) in slice.chunks_mut(columns).enumerate() {
            if stop() {
                return;
            }
            totals.fill(0.0);
            for (ray, weights) in ball.iter().filter(|_| !stop()) {
                let at = j.checked_add_signed(ray.j).zip(k.checked_add_signed(ray.k));
                let Some((j, k)) = at.filter(|(j, k)| *j < rows && *k < slices) else {
                    continue;
                };
                let start = (k * rows + j) * columns;
                let from = values.get(start..start + columns).unwrap_or_default();
                for (step, weight) in (ray.low..).zip(weights) {
                    let (before, skipped) = (step.min(0).unsigned_abs(), step.max(0).unsigned_abs());
                    let sums = row.iter_mut().zip(&mut totals).skip(before);
                    for ((sum, total), value) in sums.zip(from.iter().skip(skipped)) {
                        *sum += weight * value;
                        *total += weight;
                    }
                }
            }
            for (sum, total) in row.iter_mut().zip(&totals) {
                *sum /= total;
            }
        }
    });
    means
}

/// Weights from the middle outwards, not normalised.
fn kernel(sigma: f64) -> Vec<f32> {
    let reach = (REACH * sigma).floor().clamp(0.0, 1e4) as usize;
    (0..=reach)
        .map(|n| {
            if n == 0 {
                1.0
            } else {
                (-0.5 * (n as f64 / sigma).powi(2)).exp() as f32
            }
        })
        .collect()
}

fn along(values: &[f32], dims: [usize; 3], axis: usize, kernel: &[f32]) -> Vec<f32> {
    let [columns, rows, _] = dims;
    let stride = [1, columns, columns * rows][axis];
    let side = dims[axis];
    // What the weights sum to at each place along the axis.
    let totals: Vec<f32> = (0..side)
        .map(|at| {
            let weights = kernel.iter().enumerate();
            weights
                .map(|(n, weight)| {
                    let sides = u8::from(n <= at) + u8::from(n > 0 && at + n < side);
                    weight * f32::from(sides)
                })
                .sum()
        })
        .collect();
    let mut out = vec![0.0; values.len()];
    out.par_chunks_mut(columns.max(1)).enumerate().for_each(|(row, out)| {
        let start = row * columns;
        for (i, out) in out.iter_mut().enumerate() {
            let n = start + i;
            let at = n / stride % side;
            let mut sum = 0.0;
            for (step, weight) in kernel.iter().enumerate() {
                if step <= at {
                    sum += weight * values[n - step * stride];
                }
                if step > 0 && at + step < side {
                    sum += weight * values[n + step * stride];
                }
            }
            *out = sum / totals[at];
        }
    });
    out
}

/// Gives each voxel of a box the label with the largest share in a Gaussian around it, none (0) included: segments that
/// touch go on touching. Of equal shares the voxel's own label wins, then the lowest.
pub fn joint(labels: &[u16], voxels: &VoxelBox, sigma_mm: f64, geometry: &Geometry, stop: Stop<'_>) -> Vec<u16> {
    let mut there: Vec<u16> = labels.to_vec();
    there.sort_unstable();
    there.dedup();
    let mut best = vec![(0.0_f32, 0_u16); labels.len()];
    for label in there {
        let is_in: Vec<bool> = labels.iter().map(|other| *other == label).collect();
        let shares = blurred(&is_in, voxels, sigma_mm, geometry, stop);
        best.par_iter_mut()
            .zip(shares.par_iter().zip(labels))
            .for_each(|(best, (share, own))| {
                if *share > best.0 || (*share >= best.0 && *own == label) {
                    *best = (*share, label);
                }
            });
    }
    best.into_iter().map(|(_, label)| label).collect()
}

#[cfg(test)]
mod tests {
    use glam::DVec3;

    use super::super::lattice::tests::geometries;
    use super::*;

    const DIMS: [usize; 3] = [17, 14, 9];
    const VOXELS: VoxelBox = [0..DIMS[0], 0..DIMS[1], 0..DIMS[2]];

    fn labels(seed: u32) -> Vec<u16> {
        let mut state = seed;
        (0..DIMS.iter().product())
            .map(|n: usize| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let blob = (n % DIMS[0] / 6 + n / DIMS[0] % DIMS[1] / 7) as u16;
                if state >> 29 == 0 {
                    (state >> 20 & 3) as u16
                } else {
                    blob.min(3)
                }
            })
            .collect()
    }

    fn index(n: usize) -> [usize; 3] {
        [n % DIMS[0], n / DIMS[0] % DIMS[1], n / (DIMS[0] * DIMS[1])]
    }

    fn squared_mm(geometry: &Geometry, a: usize, b: usize) -> f64 {
        let [a, b] = [a, b].map(|n| geometry.patient_at(DVec3::from_array(index(n).map(|n| n as f64))));
        a.distance_squared(b)
    }

    /// The share of a set by summing over all voxels.
    fn share(geometry: &Geometry, is_in: &[bool], at: usize, sigma: f64) -> f64 {
        let spacing = geometry.spacing().to_array();
        let is_upright = Lattice::new(geometry, &VOXELS).upright().is_some();
        let (mut inside, mut all) = (0.0, 0.0);
        for (n, is_in) in is_in.iter().enumerate() {
            let squared = squared_mm(geometry, at, n);
            // On an upright grid each axis reaches whole voxels by itself, elsewhere a ball does.
            let (from, to) = (index(at), index(n));
            let is_reached = if is_upright {
                (0..3).all(|axis| from[axis].abs_diff(to[axis]) as f64 <= (3.0 * sigma / spacing[axis]).floor())
            } else {
                squared <= 9.0 * sigma * sigma
            };
            if is_reached {
                let weight = (-0.5 * squared / (sigma * sigma)).exp();
                all += weight;
                inside += if *is_in { weight } else { 0.0 };
            }
        }
        inside / all
    }

    #[test]
    fn medians_and_gaussians_equal_plain_sums() {
        let labels = labels(5);
        let is_in: Vec<bool> = labels.iter().map(|label| *label == 1).collect();
        let region = Region {
            voxels: VOXELS,
            is_in: is_in.clone(),
        };
        for (geometry, mm) in geometries(DIMS)
            .iter()
            .flat_map(|geometry| [(geometry, 1.2), (geometry, 2.6)])
        {
            let medians = median(region.clone(), mm, geometry, &|| false);
            let gaussians = gaussian(region.clone(), mm, geometry, &|| false);
            for n in 0..is_in.len() {
                let ball = Lattice::new(geometry, &VOXELS).ball(index(n)[2] as isize, mm, 20);
                let whole: usize = ball.iter().map(|ray| (ray.high - ray.low + 1) as usize).sum();
                let near = |other: &usize| squared_mm(geometry, n, *other) <= mm * mm + 1e-9;
                let count = (0..is_in.len()).filter(|other| is_in[*other] && near(other)).count();
                assert_eq!(medians.is_in[n], 2 * count > whole, "median {mm} {:?}", index(n));
                let share = share(geometry, &is_in, n, mm);
                if (share - 0.5).abs() > 1e-5 {
                    assert_eq!(gaussians.is_in[n], share > 0.5, "gaussian {mm} {:?} {share}", index(n));
                }
            }
        }
    }

    #[test]
    fn segments_that_are_smoothed_together_touch_as_a_plain_vote_says() {
        let labels = labels(9);
        for geometry in &geometries(DIMS) {
            let together = joint(&labels, &VOXELS, 1.3, geometry, &|| false);
            assert_ne!(together, labels);
            for n in 0..labels.len() {
                let shares = [0, 1, 2, 3].map(|label| {
                    let is_in: Vec<bool> = labels.iter().map(|other| *other == label).collect();
                    share(geometry, &is_in, n, 1.3)
                });
                let mut sorted = shares;
                sorted.sort_by(f64::total_cmp);
                if sorted[3] - sorted[2] > 1e-5 {
                    let got = shares[usize::from(together[n])];
                    assert!((got - sorted[3]).abs() < 1e-12, "{:?}", index(n));
                }
            }
        }
    }
}
