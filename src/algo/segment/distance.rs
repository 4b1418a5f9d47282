//! How far each voxel is from the nearest of a set, exactly: axis by axis the lower envelope of parabolas (Felzenszwalb
//! and Huttenlocher, "Distance transforms of sampled functions", 2012).

use rayon::prelude::*;

/// Lines that are taken out of the voxels together: what one line of the processor's cache holds of each row.
const ABREAST: usize = 16;

/// Squared distances in mm² from each voxel's centre to the nearest one of the set; infinite where there is none.
/// `is_in` has i fastest.
pub fn squared_distances(is_in: &[bool], dims: [usize; 3], spacing: [f64; 3]) -> Vec<f32> {
    let [columns, rows, slices] = dims;
    let plane = columns * rows;
    let mut squared = vec![f32::INFINITY; is_in.len()];
    if plane == 0 {
        return squared;
    }
    squared
        .par_chunks_mut(plane)
        .zip(is_in.par_chunks(plane))
        .for_each_init(Scratch::default, |scratch, (slice, is_in)| {
            let mut lines: Vec<&mut [f32]> = slice.chunks_mut(columns).collect();
            for (line, is_in) in lines.iter_mut().zip(is_in.chunks(columns)) {
                along_row(line, is_in, spacing[0]);
            }
            scratch.across(&mut lines, spacing[1]);
        });
    if slices > 1 {
        // The rows of one j of all slices, so that each thread has planes of its own across them.
        let mut planes: Vec<Vec<&mut [f32]>> = (0..rows).map(|_| Vec::with_capacity(slices)).collect();
        for (n, row) in squared.chunks_mut(columns).enumerate() {
            if let Some(plane) = planes.get_mut(n % rows) {
                plane.push(row);
            }
        }
        planes
            .par_iter_mut()
            .for_each_init(Scratch::default, |scratch, rows| scratch.across(rows, spacing[2]));
    }
    squared
}

/// Squared distances along a row, by counting from the last voxel of the set, there and back.
fn along_row(line: &mut [f32], is_in: &[bool], spacing: f64) {
    let squared = |voxels: usize| {
        let mm = voxels as f64 * spacing;
        (mm * mm) as f32
    };
    let mut since = None;
    for (place, is_in) in line.iter_mut().zip(is_in) {
        since = if *is_in {
            Some(0)
        } else {
            since.map(|voxels: usize| voxels + 1)
        };
        *place = since.map_or(f32::INFINITY, squared);
    }
    since = None;
    for (place, is_in) in line.iter_mut().zip(is_in).rev() {
        since = if *is_in {
            Some(0)
        } else {
            since.map(|voxels: usize| voxels + 1)
        };
        if let Some(voxels) = since {
            *place = place.min(squared(voxels));
        }
    }
}

/// What one line after the other needs.
#[derive(Default)]
struct Scratch {
    /// Some neighbouring lines, each in one piece.
    lines: Vec<f32>,
    /// Where the parabolas stand that are lowest somewhere, their heights, and from where on each of them is.
    feet: Vec<Foot>,
}

#[derive(Clone, Copy)]
struct Foot {
    at: f64,
    height: f64,
    from: f64,
}

impl Scratch {
    /// Goes on along the lines that have one number in each of these rows.
    fn across(&mut self, rows: &mut [&mut [f32]], spacing: f64) {
        let length = rows.len();
        let columns = rows.first().map_or(0, |row| row.len());
        self.lines.resize(ABREAST * length, 0.0);
        let mut lines = std::mem::take(&mut self.lines);
        for first in (0..columns).step_by(ABREAST) {
            for (n, row) in rows.iter().enumerate() {
                for (line, number) in lines.chunks_exact_mut(length).zip(row.iter().skip(first)) {
                    line[n] = *number;
                }
            }
            let mut has_changed = false;
            for line in lines.chunks_exact_mut(length).take(columns - first) {
                has_changed |= self.line(line, spacing);
            }
            if !has_changed {
                continue;
            }
            for (n, row) in rows.iter_mut().enumerate() {
                for (line, number) in lines.chunks_exact(length).zip(row.iter_mut().skip(first)) {
                    *number = line[n];
                }
            }
        }
        self.lines = lines;
    }

    /// The lower envelope of the parabolas over a line; whether it is another line then.
    fn line(&mut self, line: &mut [f32], spacing: f64) -> bool {
        // Where all are in the set, or none is near, nothing changes.
        let first = line.first().copied().unwrap_or_default();
        if (first == 0.0 || first == f32::INFINITY) && line.iter().all(|height| *height == first) {
            return false;
        }
        self.feet.clear();
        for (n, height) in line.iter().enumerate() {
            if *height == f32::INFINITY {
                continue;
            }
            let (at, height) = (n as f64 * spacing, f64::from(*height));
            let mut from = f64::NEG_INFINITY;
            while let Some(foot) = self.feet.last() {
                from = ((height + at * at) - (foot.height + foot.at * foot.at)) / (2.0 * (at - foot.at));
                if from > foot.from {
                    break;
                }
                self.feet.pop();
                from = f64::NEG_INFINITY;
            }
            self.feet.push(Foot { at, height, from });
        }
        let mut feet = self.feet.iter().copied();
        let Some(mut lowest) = feet.next() else { return false };
        let mut next = feet.next();
        for (n, place) in line.iter_mut().enumerate() {
            let at = n as f64 * spacing;
            while let Some(foot) = next.filter(|foot| foot.from < at) {
                lowest = foot;
                next = feet.next();
            }
            *place = ((at - lowest.at) * (at - lowest.at) + lowest.height) as f32;
        }
        true
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
