//! Connected parts of a set of voxels: voxels that share a face belong together.

use super::bits::Bits;

/// Voxels of a row that stand side by side.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u32,
    end: u32,
    /// The part to which it belongs; while parts are joined, a run nearer to the part's first.
    part: u32,
}

/// The parts of a set. Kept as runs of rows, so memory follows the surface and not the volume.
#[derive(Clone, Debug)]
pub struct Components {
    dims: [usize; 3],
    runs: Vec<Run>,
    /// Where the runs of each row begin, and where the last ends.
    firsts: Vec<usize>,
    sizes: Vec<usize>,
}

impl Components {
    /// Finds the parts.
    pub fn of(bits: &Bits) -> Self {
        let dims @ [_, rows, slices] = bits.dims();
        let mut found = Self {
            dims,
            runs: Vec::new(),
            firsts: vec![0],
            sizes: Vec::new(),
        };
        for n in 0..rows * slices {
            found.add_row(bits.row(n % rows, n / rows));
            found.firsts.push(found.runs.len());
            if n % rows > 0 {
                found.join_rows(n - 1, n);
            }
            if n >= rows {
                found.join_rows(n - rows, n);
            }
        }
        found.number();
        found
    }

    /// How many voxels each part has.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// A voxel of each part: the one that is nearest to the mean of the part's indices, with `spacing` in mm.
    pub fn middles(&self, spacing: [f64; 3]) -> Vec<[usize; 3]> {
        let place = |row: usize| [(row % self.dims[1]) as f64, (row / self.dims[1]) as f64];
        let mut sums = vec![[0.0; 3]; self.sizes.len()];
        for (row, runs) in self.rows() {
            let [j, k] = place(row);
            for run in runs {
                let count = f64::from(run.end - run.start);
                if let Some(sum) = sums.get_mut(run.part as usize) {
                    sum[0] += count * f64::from(run.start + run.end - 1) / 2.0;
                    sum[1] += count * j;
                    sum[2] += count * k;
                }
            }
        }
        let mut nearest = vec![(f64::INFINITY, [0; 3]); self.sizes.len()];
        for (row, runs) in self.rows() {
            let [j, k] = place(row);
            for run in runs {
                let part = run.part as usize;
                let (Some(sum), Some(size), Some(best)) = (sums.get(part), self.sizes.get(part), nearest.get_mut(part))
                else {
                    continue;
                };
                let mean = sum.map(|sum| sum / *size as f64);
                let i = mean[0].round().clamp(f64::from(run.start), f64::from(run.end - 1));
                let apart = [i - mean[0], j - mean[1], k - mean[2]];
                let squared: f64 = apart
                    .iter()
                    .zip(spacing)
                    .map(|(apart, step)| (apart * step).powi(2))
                    .sum();
                if squared < best.0 {
                    *best = (squared, [i as usize, row % self.dims[1], row / self.dims[1]]);
                }
            }
        }
        nearest.into_iter().map(|(_, at)| at).collect()
    }

    /// The part that a voxel belongs to, if it is in the set.
    pub fn part_at(&self, [i, j, k]: [usize; 3]) -> Option<usize> {
        if j >= self.dims[1] {
            return None;
        }
        let row = k * self.dims[1] + j;
        let runs = self.runs.get(*self.firsts.get(row)?..*self.firsts.get(row + 1)?)?;
        let at = runs.partition_point(|run| run.end as usize <= i);
        let run = runs.get(at).filter(|run| run.start as usize <= i)?;
        Some(run.part as usize)
    }

    /// The voxels of some parts.
    pub fn select(&self, is_in: impl Fn(usize) -> bool) -> Bits {
        let mut bits = Bits::none(self.dims);
        for (row, runs) in self.rows() {
            for run in runs.iter().filter(|run| is_in(run.part as usize)) {
                bits.add_run(
                    row % self.dims[1],
                    row / self.dims[1],
                    run.start as usize,
                    run.end as usize,
                );
            }
        }
        bits
    }

    /// Which parts have a voxel in common with a set.
    pub fn touched(&self, by: &Bits) -> Vec<bool> {
        let mut touched = vec![false; self.sizes.len()];
        for (row, runs) in self.rows() {
            let words = by.row(row % self.dims[1], row / self.dims[1]);
            for run in runs {
                let hits = (run.start / 64..=(run.end - 1) / 64).any(|w| {
                    let low = run.start.max(w * 64) - w * 64;
                    let count = run.end.min(w * 64 + 64) - w * 64 - low;
                    let bits = (u64::MAX >> (64 - count)) << low;
                    words.get(w as usize).is_some_and(|word| word & bits != 0)
                });
                if hits && let Some(part) = touched.get_mut(run.part as usize) {
                    *part = true;
                }
            }
        }
        touched
    }

    /// Of a single slice: the parts of no more than `most` voxels that do not reach its edge.
    pub(super) fn inner(&self, most: usize) -> Bits {
        let mut reaches = vec![false; self.sizes.len()];
        for (row, runs) in self.rows() {
            for run in runs {
                let is_edge = row == 0 || row + 1 == self.dims[1] || run.start == 0 || run.end as usize == self.dims[0];
                if is_edge && let Some(part) = reaches.get_mut(run.part as usize) {
                    *part = true;
                }
            }
        }
        self.select(|part| reaches.get(part) == Some(&false) && self.sizes.get(part).is_some_and(|size| *size <= most))
    }

    fn rows(&self) -> impl Iterator<Item = (usize, &[Run])> + '_ {
        self.firsts.windows(2).enumerate().map(|(row, bounds)| {
            let runs = bounds
                .first()
                .zip(bounds.last())
                .and_then(|(a, b)| self.runs.get(*a..*b));
            (row, runs.unwrap_or_default())
        })
    }

    fn add_row(&mut self, words: &[u64]) {
        let row_first = self.runs.len();
        for (n, word) in words.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                let start = left.trailing_zeros();
                let length = (left >> start).trailing_ones();
                let (from, to) = (n as u32 * 64 + start, n as u32 * 64 + start + length);
                let is_row_new = self.runs.len() == row_first;
                match self.runs.last_mut().filter(|last| !is_row_new && last.end == from) {
                    Some(last) => last.end = to,
                    None => {
                        let part = self.runs.len() as u32;
                        self.runs.push(Run {
                            start: from,
                            end: to,
                            part,
                        });
                    }
                }
                left &= if start + length == 64 {
                    0
                } else {
                    u64::MAX << (start + length)
                };
            }
        }
    }

    fn join_rows(&mut self, a: usize, b: usize) {
        let (mut x, mut y) = (self.firsts[a], self.firsts[b]);
        let ends = (self.firsts[a + 1], self.firsts[b + 1]);
        while x < ends.0 && y < ends.1 {
            let (one, other) = (self.runs[x], self.runs[y]);
            if one.start < other.end && other.start < one.end {
                self.join(x, y);
            }
            if one.end <= other.end {
                x += 1;
            } else {
                y += 1;
            }
        }
    }

    fn root(&mut self, mut run: usize) -> usize {
        while self.runs[run].part as usize != run {
            let above = self.runs[run].part as usize;
            self.runs[run].part = self.runs[above].part;
            run = above;
        }
        run
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The first run of a part comes before its others.
        self.runs[a.max(b)].part = a.min(b) as u32;
    }

    /// From roots to numbers of parts.
    fn number(&mut self) {
        for n in 0..self.runs.len() {
            let above = self.runs[n].part as usize;
            if above == n {
                self.runs[n].part = self.sizes.len() as u32;
                self.sizes.push(0);
            } else {
                // What comes before has its number already.
                self.runs[n].part = self.runs[above].part;
            }
            let Run { start, end, part } = self.runs[n];
            self.sizes[part as usize] += (end - start) as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_what_flooding_finds() {
        for (dims, step) in [([70, 9, 6], 2), ([130, 7, 3], 3), ([5, 5, 5], 5)] {
            let mut bits = Bits::none(dims);
            let at = |n: usize| [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]];
            let count: usize = dims.iter().product();
            for n in (0..count).filter(|n| (n * 7919 + n / 13 * 31) % 97 % (step + 1) != 0) {
                let [i, j, k] = at(n);
                bits.add_run(j, k, i, i + 1);
            }
            let found = Components::of(&bits);
            let mut seen = vec![false; count];
            let mut sizes = Vec::new();
            for n in 0..count {
                if seen[n] || !bits.has(at(n)) {
                    continue;
                }
                let (mut stack, mut size) = (vec![n], 0);
                seen[n] = true;
                while let Some(n) = stack.pop() {
                    size += 1;
                    let here = at(n);
                    for axis in 0..3 {
                        for step in [usize::MAX, 1] {
                            let mut next = here;
                            next[axis] = next[axis].wrapping_add(step);
                            let index = (next[2].wrapping_mul(dims[1]).wrapping_add(next[1]))
                                .wrapping_mul(dims[0])
                                .wrapping_add(next[0]);
                            if (0..3).all(|a| next[a] < dims[a]) && bits.has(next) && !seen[index] {
                                seen[index] = true;
                                stack.push(index);
                            }
                        }
                    }
                }
                sizes.push(size);
            }
            assert_eq!(found.sizes(), sizes);
            assert_eq!(found.select(|_| true), bits);
            let mut seed = Bits::none(dims);
            seed.add_run(0, 0, 0, dims[0]);
            let touched = found.touched(&seed);
            for (part, is_touched) in touched.iter().enumerate() {
                let overlaps = !found.select(|other| other == part).and(&seed).is_empty();
                assert_eq!(overlaps, *is_touched);
            }
        }
    }
}
