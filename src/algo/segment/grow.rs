//! Segments grown from seeds: each voxel goes to the seed from which it is reached with the least change of the image's
//! values on the way (Zhu et al., "An effective interactive medical image segmentation method using Fast GrowCut", 2014):
//! shortest paths on the grid, found with a queue of buckets, since costs are small whole numbers.

use super::Stop;

/// Steps into which the image's values are parted.
const LEVELS: u32 = 1024;
/// A step along a longer edge of the voxels costs more, up to this.
const MOST_STEP: f64 = 16.0;
/// Larger boxes are not grown in: places are kept in 32 bits.
pub const MOST_VOXELS: usize = u32::MAX as usize;

/// What a box of voxels grows in.
pub struct Ground<'a> {
    /// Voxels along i, j, k.
    pub dims: [usize; 3],
    /// Lengths of their edges, mm.
    pub spacing: [f64; 3],
    /// The image's values, i fastest; where it has none, nothing grows.
    pub values: &'a [f32],
    /// The number that stands for what stays empty and is not gone through: no label has it.
    pub wall: u16,
}

/// Costs: what is a step along each axis, and each voxel's value as a whole number.
struct Costs {
    steps: [u32; 3],
    levels: Vec<u16>,
}

impl Costs {
    fn of(ground: &Ground<'_>) -> Option<Self> {
        let [low, high] = bulk(ground.values)?;
        let shortest = ground.spacing.into_iter().fold(f64::INFINITY, f64::min);
        let scale = if high > low {
            (LEVELS - 1) as f32 / (high - low)
        } else {
            0.0
        };
        Some(Self {
            steps: ground
                .spacing
                .map(|step| (step / shortest).round().clamp(1.0, MOST_STEP) as u32),
            levels: ground
                .values
                .iter()
                // A cast stops at the ends of what there is.
                .map(|value| ((value - low) * scale).clamp(0.0, (LEVELS - 1) as f32) as u16)
                .collect(),
        })
    }

    #[inline]
    fn between(&self, axis: usize, a: usize, b: usize) -> u32 {
        self.steps[axis] + u32::from(self.levels[a].abs_diff(self.levels[b]))
    }
}

/// The values between which nearly all of them lie: metal shall not make all tissue alike.
fn bulk(values: &[f32]) -> Option<[f32; 2]> {
    const MOST_SAMPLES: usize = 100_000;
    let stride = values.len() / MOST_SAMPLES + 1;
    let mut samples: Vec<f32> = values
        .iter()
        .copied()
        .step_by(stride)
        .filter(|value| value.is_finite())
        .collect();
    samples.sort_unstable_by(f32::total_cmp);
    let last = samples.len().checked_sub(1)?;
    Some([samples[last / 200], samples[last - last / 200]])
}

/// The places of all seeds, which are at no distance.
fn sown(labels: &[u16], wall: u16, distances: &mut [u32]) -> Vec<u32> {
    let mut places = Vec::new();
    for (at, (label, distance)) in labels.iter().zip(distances).enumerate() {
        if *label != 0 && *label != wall {
            *distance = 0;
            places.push(at as u32);
        }
    }
    places
}

/// Grows labels: 0 is free, a wall stays as it is, everything else is a seed. Of seeds that are
/// equally near the lowest label wins. What no seed reaches stays 0.
pub fn grown(ground: &Ground<'_>, seeds: &[u16], stop: Stop<'_>) -> Vec<u16> {
    let mut labels = seeds.to_vec();
    let [columns, rows, slices] = ground.dims;
    let count = columns * rows * slices;
    let Some(costs) = Costs::of(ground).filter(|_| labels.len() == count && u32::try_from(count).is_ok()) else {
        return labels;
    };
    for (label, value) in labels.iter_mut().zip(ground.values) {
        if *label == 0 && !value.is_finite() {
            *label = ground.wall;
        }
    }
    let strides = [1, columns, columns * rows];
    let dearest = costs.steps.into_iter().max().unwrap_or(1) + LEVELS;
    let mut buckets: Vec<Vec<u32>> = vec![Vec::new(); dearest as usize + 1];
    let mut distances = vec![u32::MAX; count];
    buckets[0] = sown(&labels, ground.wall, &mut distances);
    let mut waiting = buckets[0].len();
    let mut distance = 0_u32;
    while waiting > 0 && !stop() {
        let turn = distance as usize % buckets.len();
        // What is found now costs at least one more, so that it never comes into this bucket.
        let now = std::mem::take(&mut buckets[turn]);
        waiting -= now.len();
        for at in &now {
            let at = *at as usize;
            if distances[at] != distance {
                continue;
            }
            let label = labels[at];
            let place = [at % columns, at / columns % rows, at / (columns * rows)];
            for axis in 0..3 {
                for is_up in [false, true] {
                    let is_edge = if is_up {
                        place[axis] + 1 == ground.dims[axis]
                    } else {
                        place[axis] == 0
                    };
                    if is_edge {
                        continue;
                    }
                    let beside = if is_up { at + strides[axis] } else { at - strides[axis] };
                    if labels[beside] == ground.wall {
                        continue;
                    }
                    let reached = distance.saturating_add(costs.between(axis, at, beside));
                    if reached < distances[beside] {
                        distances[beside] = reached;
                        labels[beside] = label;
                        buckets[reached as usize % (dearest as usize + 1)].push(beside as u32);
                        waiting += 1;
                    } else if reached == distances[beside] && label < labels[beside] {
                        labels[beside] = label;
                    }
                }
            }
        }
        let mut emptied = now;
        emptied.clear();
        buckets[turn] = emptied;
        distance += 1;
    }
    for (label, seed) in labels.iter_mut().zip(seeds) {
        if *label == ground.wall {
            *label = if *seed == ground.wall { ground.wall } else { 0 };
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The highest label can be a seed, and the wall one that is in use nowhere.
    const WALL: u16 = 9;

    const DIMS: [usize; 3] = [13, 11, 7];

    fn dice(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        *state >> 33
    }

    /// Relaxes every edge until nothing changes any more.
    fn slowly(ground: &Ground<'_>, seeds: &[u16]) -> Vec<u16> {
        let costs = Costs::of(ground).unwrap();
        let mut best: Vec<(u64, u16)> = seeds
            .iter()
            .map(|label| {
                if *label == 0 || *label == WALL {
                    (u64::MAX, 0)
                } else {
                    (0, *label)
                }
            })
            .collect();
        let at = |[i, j, k]: [usize; 3]| (k * DIMS[1] + j) * DIMS[0] + i;
        loop {
            let mut has_changed = false;
            for n in 0..best.len() {
                let index = [n % DIMS[0], n / DIMS[0] % DIMS[1], n / (DIMS[0] * DIMS[1])];
                for axis in 0..3 {
                    let mut next = index;
                    next[axis] += 1;
                    if next[axis] == DIMS[axis] {
                        continue;
                    }
                    for (from, to) in [(n, at(next)), (at(next), n)] {
                        let is_open = [from, to]
                            .iter()
                            .all(|n| seeds[*n] != WALL && (seeds[*n] != 0 || ground.values[*n].is_finite()));
                        if !is_open || best[from].0 == u64::MAX {
                            continue;
                        }
                        let reached = (best[from].0 + u64::from(costs.between(axis, from, to)), best[from].1);
                        if reached < best[to] {
                            best[to] = reached;
                            has_changed = true;
                        }
                    }
                }
            }
            if !has_changed {
                break;
            }
        }
        let labels = best.iter().zip(seeds);
        labels
            .map(|((_, label), seed)| if *seed == WALL { WALL } else { *label })
            .collect()
    }

    #[test]
    fn it_equals_relaxing_every_edge() {
        let mut state = 7;
        for round in 0..20 {
            let count = DIMS.iter().product();
            let values: Vec<f32> = (0..count)
                .map(|n| {
                    let noise = (dice(&mut state) % (1 + round * 9)) as f32;
                    let step = if n % DIMS[0] < 6 { 0.0 } else { 100.0 };
                    if dice(&mut state).is_multiple_of(40) {
                        f32::NAN
                    } else {
                        step + noise
                    }
                })
                .collect();
            let seeds: Vec<u16> = (0..count)
                .map(|_| match dice(&mut state) % 60 {
                    0 => 1 + (dice(&mut state) % 4) as u16,
                    1 => WALL,
                    _ => 0,
                })
                .collect();
            let ground = Ground {
                dims: DIMS,
                spacing: [0.7, 0.7, 2.5],
                values: &values,
                wall: WALL,
            };
            assert_eq!(grown(&ground, &seeds, &|| false), slowly(&ground, &seeds), "{round}");
        }
    }

    #[test]
    fn two_seeds_meet_at_the_edge_between_them() {
        let values: Vec<f32> = (0..DIMS.iter().product())
            .map(|n: usize| if n % DIMS[0] < 8 { 10.0 } else { 90.0 })
            .collect();
        let mut seeds = vec![0; values.len()];
        seeds[DIMS[0] * 5] = 3;
        seeds[DIMS[0] * 5 + 12] = u16::MAX;
        let ground = Ground {
            dims: DIMS,
            spacing: [1.0; 3],
            values: &values,
            wall: WALL,
        };
        for (n, label) in grown(&ground, &seeds, &|| false).into_iter().enumerate() {
            assert_eq!(label, if n % DIMS[0] < 8 { 3 } else { u16::MAX });
        }
    }
}
