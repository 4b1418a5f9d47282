//! Noise that is the same on every computer, in every order of asking: integers hashed to numbers, and smooth fields
//! of them.

use glam::DVec3;

/// A well mixed hash of a place on a lattice (the finaliser of SplitMix64 over mixed coordinates).
fn hash(x: i64, y: i64, z: i64, seed: u64) -> u64 {
    let mut bits = (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
        ^ (z as u64).wrapping_mul(0x1656_67b1_9e37_79f9)
        ^ seed.wrapping_mul(0xd6e8_feb8_6659_fd93);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Evenly spread over −1 to 1.
pub(super) fn even(x: i64, y: i64, z: i64, seed: u64) -> f32 {
    // 24 bits are what a float holds exactly.
    (hash(x, y, z, seed) >> 40) as f32 / 8_388_607.5 - 1.0
}

/// About normal, mean 0 and standard deviation 1: four even numbers of 16 bits added.
pub(super) fn normal(x: i64, y: i64, z: i64, seed: u64) -> f32 {
    let bits = hash(x, y, z, seed);
    let sum: u32 = (0..4).map(|n| ((bits >> (16 * n)) & 0xffff) as u32).sum();
    // The sum has mean 2 · 65535 and variance 65536² / 3.
    (sum as f32 - 131_070.0) / 37_837.2
}

/// A smooth field in one slice: even numbers on a lattice in the patient, cubic steps between them.
pub(super) struct Field {
    /// Along a row of voxels: which node is to the left, and how far the way to the next one is gone, smoothed.
    columns: Vec<(u32, f32)>,
    /// The same down the slice.
    rows: Vec<(u32, f32)>,
    nodes: Vec<f32>,
    nodes_in_row: usize,
}

fn smooth(part: f64) -> f32 {
    (part * part * (3.0 - 2.0 * part)) as f32
}

impl Field {
    /// The field of a slice whose voxel (i, j) lies at `start` + (i·step.x, j·step.y, 0), LPS mm; its hills are about
    /// `wavelength_mm` apart.
    pub(super) fn new(start: DVec3, step: [f64; 2], size: [usize; 2], wavelength_mm: f64, seed: u64) -> Self {
        let axis = |from: f64, by: f64, count: usize| {
            let place = |n: usize| (from + by * n as f64) / wavelength_mm;
            let ends = [place(0), place(count.saturating_sub(1))];
            let first = ends[0].min(ends[1]).floor() as i64;
            let count_of_nodes = (ends[0].max(ends[1]).floor() as i64 - first + 2) as usize;
            let at: Vec<(u32, f32)> = (0..count)
                .map(|n| {
                    let node = place(n).floor();
                    ((node as i64 - first) as u32, smooth(place(n) - node))
                })
                .collect();
            (at, first, count_of_nodes)
        };
        let (columns, first_x, nodes_in_row) = axis(start.x, step[0], size[0]);
        let (rows, first_y, rows_of_nodes) = axis(start.y, step[1], size[1]);
        let below = (start.z / wavelength_mm).floor();
        let part = smooth(start.z / wavelength_mm - below);
        let node = |x: i64, y: i64| {
            let z = below as i64;
            let [low, high] = [even(x, y, z, seed), even(x, y, z + 1, seed)];
            low + (high - low) * part
        };
        let nodes = (0..rows_of_nodes)
            .flat_map(|y| (0..nodes_in_row).map(move |x| (x, y)))
            .map(|(x, y)| node(first_x + x as i64, first_y + y as i64))
            .collect();
        Self {
            columns,
            rows,
            nodes,
            nodes_in_row,
        }
    }

    /// Its values along a row of voxels, −1 to 1.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        let (node_row, down) = self.rows.get(row).copied().unwrap_or_default();
        let nodes = |n: usize| {
            let start = (node_row as usize + n) * self.nodes_in_row;
            self.nodes.get(start..start + self.nodes_in_row).unwrap_or_default()
        };
        let (upper, lower) = (nodes(0), nodes(1));
        let at = move |column: usize| match (upper.get(column), lower.get(column)) {
            (Some(upper), Some(lower)) => upper + (lower - upper) * down,
            _ => 0.0,
        };
        self.columns.iter().map(move |(node, across)| {
            let left = at(*node as usize);
            left + (at(*node as usize + 1) - left) * across
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_are_normal() {
        let numbers: Vec<f64> = (0..100_000).map(|n| f64::from(normal(n, 3 * n, 7, 1))).collect();
        let mean = numbers.iter().sum::<f64>() / 1e5;
        let variance = numbers.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    }

    #[test]
    fn a_field_is_smooth_and_the_same_from_every_start() {
        let whole = Field::new(DVec3::new(-20.0, 5.0, 3.3), [0.8, 0.8], [200, 3], 9.0, 4);
        let part = Field::new(DVec3::new(-20.0 + 80.0, 5.8, 3.3), [0.8, 0.8], [100, 2], 9.0, 4);
        let row: Vec<f32> = whole.row(1).collect();
        for (a, b) in row[100..].iter().zip(part.row(0)) {
            assert!((a - b).abs() < 1e-5);
        }
        assert!(row.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.4));
        assert!(row.iter().any(|value| value.abs() > 0.3));
    }
}
