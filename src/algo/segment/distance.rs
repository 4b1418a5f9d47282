//! How far each voxel is from the nearest of a set, exactly: axis by axis the lower envelope of parabolas (Felzenszwalb
//! and Huttenlocher, "Distance transforms of sampled functions", 2012).

use rayon::prelude::*;

/// Squared distances in mm² from each voxel's centre to the nearest one of the set; infinite where there is none.
/// `is_in` has i fastest.
pub fn squared_distances(is_in: &[bool], dims: [usize; 3], spacing: [f64; 3]) -> Vec<f32> {
    let [columns, rows, slices] = dims;
    let mut squared: Vec<f32> = is_in
        .iter()
        .map(|is_in| if *is_in { 0.0 } else { f32::INFINITY })
        .collect();
    squared
        .par_chunks_mut(columns.max(1))
        .for_each_init(Scratch::default, |scratch, row| {
            scratch.line(row, spacing[0]);
        });
    let plane = columns * rows;
    squared.par_chunks_mut(plane.max(1)).for_each_init(
        || (Scratch::default(), vec![0.0; rows]),
        |(scratch, line), slice| {
            for i in 0..columns {
                for (j, at) in line.iter_mut().enumerate() {
                    *at = slice.get(j * columns + i).copied().unwrap_or(f32::INFINITY);
                }
                scratch.line(line, spacing[1]);
                for (j, at) in line.iter().enumerate() {
                    if let Some(place) = slice.get_mut(j * columns + i) {
                        *place = *at;
                    }
                }
            }
        },
    );
    if slices > 1 {
        // Lines across slices: row by row, gathered, and scattered again.
        let done: Vec<Vec<f32>> = (0..rows)
            .into_par_iter()
            .map_init(
                || (Scratch::default(), vec![0.0; slices]),
                |(scratch, line), j| {
                    let mut all = vec![0.0; columns * slices];
                    for i in 0..columns {
                        for (k, at) in line.iter_mut().enumerate() {
                            *at = squared
                                .get((k * rows + j) * columns + i)
                                .copied()
                                .unwrap_or(f32::INFINITY);
                        }
                        scratch.line(line, spacing[2]);
                        for (k, at) in line.iter().enumerate() {
                            if let Some(place) = all.get_mut(k * columns + i) {
                                *place = *at;
                            }
                        }
                    }
                    all
                },
            )
            .collect();
        squared.par_chunks_mut(plane.max(1)).enumerate().for_each(|(k, slice)| {
            for (row, all) in slice.chunks_mut(columns.max(1)).zip(&done) {
                if let Some(from) = all.get(k * columns..(k + 1) * columns) {
                    row.copy_from_slice(from);
                }
            }
        });
    }
    squared
}

/// What one line after the other needs.
#[derive(Default)]
struct Scratch {
    /// Where the parabolas stand that are lowest somewhere, and their heights.
    feet: Vec<(f64, f64)>,
    /// From where on each of them is.
    from: Vec<f64>,
}

impl Scratch {
    fn line(&mut self, line: &mut [f32], spacing: f64) {
        self.feet.clear();
        self.from.clear();
        for (n, height) in line.iter().enumerate().filter(|(_, height)| height.is_finite()) {
            let (at, height) = (n as f64 * spacing, f64::from(*height));
            let mut start = f64::NEG_INFINITY;
            while let (Some((other, low)), Some(from)) = (self.feet.last(), self.from.last()) {
                start = ((height + at * at) - (low + other * other)) / (2.0 * (at - other));
                if start > *from {
                    break;
                }
                self.feet.pop();
                self.from.pop();
                start = f64::NEG_INFINITY;
            }
            self.feet.push((at, height));
            self.from.push(start);
        }
        let mut lowest = 0;
        for (n, place) in line.iter_mut().enumerate() {
            let at = n as f64 * spacing;
            while self.from.get(lowest + 1).is_some_and(|from| *from < at) {
                lowest += 1;
            }
            *place = self.feet.get(lowest).map_or(f32::INFINITY, |(foot, height)| {
                ((at - foot) * (at - foot) + height) as f32
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_equals_a_search() {
        let dims = [13, 9, 7];
        let spacing = [0.7, 1.3, 2.9];
        let count = dims.iter().product::<usize>();
        for share in [3, 40, 400] {
            let is_in: Vec<bool> = (0..count).map(|n| n * 7919 % 1009 % share == 1).collect();
            let place = |n: usize| {
                let index = [n % 13, n / 13 % 9, n / (13 * 9)];
                [0, 1, 2].map(|axis| index[axis] as f64 * spacing[axis])
            };
            let squared = squared_distances(&is_in, dims, spacing);
            for (n, got) in squared.iter().enumerate() {
                let expected = (0..count)
                    .filter(|other| is_in[*other])
                    .map(|other| {
                        (0..3)
                            .map(|axis| (place(n)[axis] - place(other)[axis]).powi(2))
                            .sum::<f64>()
                    })
                    .fold(f64::INFINITY, f64::min);
                let got = f64::from(*got);
                assert!(
                    got == expected || (got - expected).abs() <= 1e-5 * expected,
                    "{n}: {got} {expected}"
                );
            }
        }
        assert!(
            squared_distances(&[false; 8], [2, 2, 2], spacing)
                .iter()
                .all(|d| d.is_infinite())
        );
    }
}
