//! Smoothing: by the majority of a ball (median), by a Gaussian, and of several segments together, so that they go on
//! touching each other without gaps.

use rayon::prelude::*;

use super::Region;

/// A Gaussian reaches so many standard deviations.
const REACH: f64 = 3.0;

/// How far smoothing by a Gaussian reaches, mm.
pub fn gaussian_reach_mm(sigma_mm: f64) -> f64 {
    REACH * sigma_mm
}

/// The voxels of a region of which more than half of a ball around them is in it: a median of yes and no. Beyond the box
/// nothing is in it. It must have room to grow.
#[must_use]
pub fn median(mut region: Region, mm: f64, spacing: [f64; 3]) -> Region {
    let dims @ [columns, rows, slices] = region.dims();
    let rays = ball(mm, spacing);
    let size: usize = rays.iter().map(|ray| 2 * ray.half + 1).sum();
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
    region.is_in = (0..rows * slices)
        .into_par_iter()
        .flat_map_iter(|row| {
            let (j, k) = (row % rows, row / rows);
            let mut counts = vec![0_u32; columns];
            for ray in &rays {
                let (Some(j), Some(k)) = (j.checked_add_signed(ray.j), k.checked_add_signed(ray.k)) else {
                    continue;
                };
                if j >= dims[1] || k >= dims[2] {
                    continue;
                }
                let start = (k * rows + j) * width;
                let Some(sums) = sums.get(start..start + width) else {
                    continue;
                };
                for (i, count) in counts.iter_mut().enumerate() {
                    *count += sums[(i + ray.half + 1).min(columns)] - sums[i.saturating_sub(ray.half)];
                }
            }
            counts.into_iter().map(move |count| 2 * count as usize > size)
        })
        .collect();
    region
}

/// A row of a ball: where it lies, and how many voxels to each side of its middle.
struct Ray {
    j: isize,
    k: isize,
    half: usize,
}

fn ball(mm: f64, spacing: [f64; 3]) -> Vec<Ray> {
    let reach = |axis: usize| (mm / spacing[axis]).floor().clamp(0.0, 1e4) as isize;
    let mut rays = Vec::new();
    for k in -reach(2)..=reach(2) {
        for j in -reach(1)..=reach(1) {
            let beside = (j as f64 * spacing[1]).powi(2) + (k as f64 * spacing[2]).powi(2);
            let left = mm * mm * (1.0 + 1e-9) - beside;
            if left >= 0.0 {
                let half = (left.sqrt() / spacing[0]).floor() as usize;
                rays.push(Ray { j, k, half });
            }
        }
    }
    rays
}

/// The voxels of a region whose share in a Gaussian around them is at least a half. It must have room to grow.
#[must_use]
pub fn gaussian(mut region: Region, sigma_mm: f64, spacing: [f64; 3]) -> Region {
    let shares = blurred(&region.is_in, region.dims(), sigma_mm, spacing);
    region.is_in = shares.into_iter().map(|share| share >= 0.5).collect();
    region
}

/// Shares of a set in a Gaussian around each voxel; at the edge of the box, of what there is of it.
fn blurred(is_in: &[bool], dims: [usize; 3], sigma_mm: f64, spacing: [f64; 3]) -> Vec<f32> {
    let mut values: Vec<f32> = is_in.iter().map(|is_in| f32::from(u8::from(*is_in))).collect();
    for (axis, step_mm) in spacing.into_iter().enumerate() {
        let kernel = kernel(sigma_mm / step_mm);
        if kernel.len() > 1 {
            values = along(&values, dims, axis, &kernel);
        }
    }
    values
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
pub fn joint(labels: &[u16], dims: [usize; 3], sigma_mm: f64, spacing: [f64; 3]) -> Vec<u16> {
    let mut there: Vec<u16> = labels.to_vec();
    there.sort_unstable();
    there.dedup();
    let mut best = vec![(0.0_f32, 0_u16); labels.len()];
    for label in there {
        let is_in: Vec<bool> = labels.iter().map(|other| *other == label).collect();
        let shares = blurred(&is_in, dims, sigma_mm, spacing);
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
    use super::*;

    const DIMS: [usize; 3] = [17, 14, 9];
    const SPACING: [f64; 3] = [0.8, 1.1, 2.5];

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

    fn offset_mm(a: usize, b: usize) -> [f64; 3] {
        let (a, b) = (index(a), index(b));
        std::array::from_fn(|n| (a[n] as f64 - b[n] as f64) * SPACING[n])
    }

    /// The share of a set by summing over all voxels.
    fn share(is_in: &[bool], at: usize, sigma: f64) -> f64 {
        let (mut inside, mut all) = (0.0, 0.0);
        for (n, is_in) in is_in.iter().enumerate() {
            let away = offset_mm(at, n);
            // Each axis reaches whole voxels.
            let (from, to) = (index(at), index(n));
            let is_reached =
                (0..3).all(|axis| from[axis].abs_diff(to[axis]) as f64 <= (3.0 * sigma / SPACING[axis]).floor());
            if is_reached {
                let weight = (-0.5 * away.iter().map(|mm| mm * mm).sum::<f64>() / (sigma * sigma)).exp();
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
            voxels: DIMS.map(|side| 0..side),
            is_in: is_in.clone(),
        };
        for mm in [1.2, 2.6] {
            let medians = median(region.clone(), mm, SPACING);
            let gaussians = gaussian(region.clone(), mm, SPACING);
            let whole: usize = ball(mm, SPACING).iter().map(|ray| 2 * ray.half + 1).sum();
            for n in 0..is_in.len() {
                let near = |other: &usize| offset_mm(n, *other).iter().map(|mm| mm * mm).sum::<f64>() <= mm * mm + 1e-9;
                let count = (0..is_in.len()).filter(|other| is_in[*other] && near(other)).count();
                assert_eq!(medians.is_in[n], 2 * count > whole, "median {mm} {:?}", index(n));
                let share = share(&is_in, n, mm);
                if (share - 0.5).abs() > 1e-5 {
                    assert_eq!(gaussians.is_in[n], share > 0.5, "gaussian {mm} {:?} {share}", index(n));
                }
            }
        }
    }

    #[test]
    fn segments_that_are_smoothed_together_touch_as_a_plain_vote_says() {
        let labels = labels(9);
        let together = joint(&labels, DIMS, 1.3, SPACING);
        assert_ne!(together, labels);
        for n in 0..labels.len() {
            let shares = [0, 1, 2, 3].map(|label| {
                let is_in: Vec<bool> = labels.iter().map(|other| *other == label).collect();
                share(&is_in, n, 1.3)
            });
            let mut sorted = shares;
            sorted.sort_by(f64::total_cmp);
            if sorted[3] - sorted[2] > 1e-5 {
                assert!(
                    (shares[usize::from(together[n])] - sorted[3]).abs() < 1e-12,
                    "{:?}",
                    index(n)
                );
            }
        }
    }
}
