//! The slices between those that were painted: shapes that change steadily from one to the next (Raya and Udupa,
//! "Shape-based interpolation of multidimensional objects", 1990), led from the middle of one to that of the other.

use rayon::prelude::*;

use crate::model::geometry::{Geometry, SliceRow};

use super::distance::squared_distances;
use super::{Region, Stop};

/// A painted slice: its distances to the border, below 0 inside, and its middle.
struct Shape {
    signed: Vec<f32>,
    middle: [f64; 2],
}

/// Fills the empty slices along k between two that have voxels, each where it lies between them in patient space.
#[must_use]
pub fn filled_between(mut region: Region, geometry: &Geometry, stop: Stop<'_>) -> Region {
    let dims @ [columns, rows, slices] = region.dims();
    let spacing = geometry.spacing().to_array();
    let first_slice = region.voxels[2].start;
    let row = |k: usize| {
        let table = geometry.slice_table().and_then(|table| table.get(first_slice + k));
        table.copied().unwrap_or(SliceRow {
            step: (first_slice + k) as f64,
            shift_i: 0.0,
            shift_j: 0.0,
        })
    };
    let plane = columns * rows;
    let painted: Vec<usize> = (0..slices)
        .filter(|k| {
            region
                .is_in
                .get(k * plane..(k + 1) * plane)
                .is_some_and(|slice| slice.contains(&true))
        })
        .collect();
    for pair in painted.windows(2) {
        let (first, last) = (pair[0], pair[1]);
        if last - first < 2 || stop() {
            continue;
        }
        let (Some(below), Some(above)) = (
            shape(&region, dims, first, spacing),
            shape(&region, dims, last, spacing),
        ) else {
            continue;
        };
        let ends = [row(first), row(last)];
        let made: Vec<(usize, Vec<bool>)> = (first + 1..last)
            .into_par_iter()
            .map(|k| {
                let own = row(k);
                let share = (own.step - ends[0].step) / (ends[1].step - ends[0].step);
                // From middle to middle in patient space, as seen from the slice.
                let shifts = ends.map(|end| [end.shift_i - own.shift_i, end.shift_j - own.shift_j]);
                (k, mixed([&below, &above], shifts, share, [columns, rows]))
            })
            .collect();
        for (k, slice) in made {
            if let Some(place) = region.is_in.get_mut(k * plane..(k + 1) * plane) {
                place.copy_from_slice(&slice);
            }
        }
    }
    region
}

fn shape(region: &Region, [columns, rows, _]: [usize; 3], k: usize, spacing: [f64; 3]) -> Option<Shape> {
    let plane = columns * rows;
    let inside = region.is_in.get(k * plane..(k + 1) * plane)?;
    let outside: Vec<bool> = inside.iter().map(|is_in| !is_in).collect();
    let size = [columns, rows, 1];
    let (to_inside, to_outside) = (
        squared_distances(inside, size, spacing),
        squared_distances(&outside, size, spacing),
    );
    // A slice that is full has no outside: far away.
    let far = (spacing[0] * columns as f64 + spacing[1] * rows as f64) as f32;
    let signed = to_inside.iter().zip(&to_outside);
    let signed = signed
        .map(|(to_in, to_out)| to_in.sqrt().min(far) - to_out.sqrt().min(far))
        .collect();
    let (mut sum, mut count) = ([0.0; 2], 0.0);
    for (n, _) in inside.iter().enumerate().filter(|(_, is_in)| **is_in) {
        sum[0] += (n % columns) as f64;
        sum[1] += (n / columns) as f64;
        count += 1.0;
    }
    Some(Shape {
        signed,
        middle: sum.map(|sum| sum / count),
    })
}

/// Two shapes, each displaced by so many voxels against the slice that is made.
fn mixed(shapes: [&Shape; 2], shifts: [[f64; 2]; 2], share: f64, size: [usize; 2]) -> Vec<bool> {
    let [columns, rows] = size;
    let middle: [f64; 2] = std::array::from_fn(|n| {
        let [below, above] = [0, 1].map(|end| shapes[end].middle[n] + shifts[end][n]);
        below * (1.0 - share) + above * share
    });
    let [below, above] = shapes.map(|shape| Moved::new(shape, size, middle));
    let (mut low, mut high) = (vec![0.0; columns], vec![0.0; columns]);
    let mut slice = Vec::with_capacity(columns * rows);
    for j in 0..rows {
        below.row(j, &mut low);
        above.row(j, &mut high);
        let mixed = low.iter().zip(&high);
        slice.extend(mixed.map(|(low, high)| f64::from(*low) * (1.0 - share) + f64::from(*high) * share < 0.0));
    }
    slice
}

/// A shape whose middle was moved to another place.
struct Moved<'a> {
    signed: &'a [f32],
    size: [usize; 2],
    /// From its own place to that of the shape.
    way: [f64; 2],
    /// Whole voxels of it, and what is left.
    whole: [i64; 2],
    part: [f32; 2],
}

impl<'a> Moved<'a> {
    fn new(shape: &'a Shape, size: [usize; 2], middle: [f64; 2]) -> Self {
        let way: [f64; 2] = std::array::from_fn(|n| shape.middle[n] - middle[n]);
        Self {
            signed: &shape.signed,
            size,
            way,
            whole: way.map(|way| way.floor() as i64),
            part: way.map(|way| (way - way.floor()) as f32),
        }
    }

    /// Its distances in a row.
    fn row(&self, j: usize, to: &mut [f32]) {
        let [columns, rows] = self.size;
        let at_border = |i: usize| {
            let at = [i as f64 + self.way[0], j as f64 + self.way[1]];
            interpolated(self.signed, self.size, at)
        };
        // Where all four voxels are, the same shares of each.
        let first = (-self.whole[0]).clamp(0, columns as i64) as usize;
        let end = (columns as i64 - 1 - self.whole[0]).clamp(first as i64, columns as i64) as usize;
        let upper = usize::try_from(j as i64 + self.whole[1]);
        let Some(upper) = upper.ok().filter(|upper| upper + 1 < rows) else {
            to.iter_mut().enumerate().for_each(|(i, place)| *place = at_border(i));
            return;
        };
        let [u, v] = self.part;
        let from = |row: usize| {
            let start = row * columns + (first as i64 + self.whole[0]).max(0) as usize;
            self.signed.get(start..start + (end - first) + 1).unwrap_or_default()
        };
        let pairs = from(upper).windows(2).zip(from(upper + 1).windows(2));
        for (place, (upper, lower)) in to.iter_mut().skip(first).zip(pairs) {
            let upper = upper[0] * (1.0 - u) + upper[1] * u;
            let lower = lower[0] * (1.0 - u) + lower[1] * u;
            *place = upper * (1.0 - v) + lower * v;
        }
        for i in (0..first).chain(end..columns) {
            if let Some(place) = to.get_mut(i) {
                *place = at_border(i);
            }
        }
    }
}

/// Between four voxels; beyond the edge that of the edge.
fn interpolated(values: &[f32], [columns, rows]: [usize; 2], at: [f64; 2]) -> f32 {
    let x = at[0].clamp(0.0, columns as f64 - 1.0);
    let y = at[1].clamp(0.0, rows as f64 - 1.0);
    let (i, j) = (x.floor() as usize, y.floor() as usize);
    let (u, v) = ((x - x.floor()) as f32, (y - y.floor()) as f32);
    let value = |i: usize, j: usize| {
        let at = j.min(rows - 1) * columns + i.min(columns - 1);
        values.get(at).copied().unwrap_or(f32::INFINITY)
    };
    let upper = value(i, j) * (1.0 - u) + value(i + 1, j) * u;
    let lower = value(i, j + 1) * (1.0 - u) + value(i + 1, j + 1) * u;
    upper * (1.0 - v) + lower * v
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DVec3};

    use super::*;
    use crate::algo::paint;

    const DIMS: [usize; 3] = [60, 50, 30];

    /// Even slices, and ones that are neither even nor on a line.
    fn geometries() -> [Geometry; 2] {
        let origins: Vec<DVec3> = (0..DIMS[2])
            .map(|k| DVec3::new([0.0, 4.0, -3.0][k % 3], 0.0, k as f64 + 3.0 * (k / 7) as f64))
            .collect();
        [
            Geometry::from_affine(DIMS, DAffine3::IDENTITY).unwrap(),
            Geometry::from_slices(DIMS[0], DIMS[1], DVec3::X, DVec3::Y, &origins, 1e-3).unwrap(),
        ]
    }

    /// An oblique cone with every fifth slice painted.
    #[test]
    fn a_cone_comes_back_from_every_fifth_slice() {
        for geometry in geometries() {
            let is_in = |index: [usize; 3]| {
                let at = geometry.patient_at(DVec3::from_array(index.map(|n| n as f64)));
                let (x, y) = (at.x - 20.0 - at.z * 0.5, at.y - 24.0);
                (5..26).contains(&index[2]) && x * x + y * y <= (14.0 - at.z * 0.2).powi(2)
            };
            let map = paint::label_map(DIMS, |index| u16::from(is_in(index) && index[2] % 5 == 0));
            let region = Region::of(&map, 1, [2, 2, 0]).unwrap();
            let filled = filled_between(region, &geometry, &|| false);
            let (mut both, mut either) = (0, 0);
            for k in 0..30 {
                for j in 0..50 {
                    for i in 0..60 {
                        let (got, expected) = (filled.has([i, j, k]), is_in([i, j, k]));
                        both += usize::from(got && expected);
                        either += usize::from(got) + usize::from(expected);
                    }
                }
            }
            let dice = 2.0 * both as f64 / either as f64;
            assert!(dice > 0.97, "{dice}");
        }
    }

    #[test]
    fn a_moved_row_is_that_of_every_place_by_itself() {
        let size = [13, 7];
        let shape = Shape {
            signed: (0..13 * 7).map(|n| (n * 37 % 101) as f32 - 40.0).collect(),
            middle: [6.25, 3.5],
        };
        for way in [
            [0.0, 0.0],
            [2.3, -1.7],
            [-4.75, 3.25],
            [30.5, 0.25],
            [-40.0, -9.5],
            [0.25, 6.75],
        ] {
            let middle = std::array::from_fn(|n| shape.middle[n] - way[n]);
            let moved = Moved::new(&shape, size, middle);
            let mut row = vec![f32::NAN; size[0]];
            for j in 0..size[1] {
                moved.row(j, &mut row);
                for (i, got) in row.iter().enumerate() {
                    let at = [i as f64 + way[0], j as f64 + way[1]];
                    let expected = interpolated(&shape.signed, size, at);
                    assert!((got - expected).abs() < 1e-4, "{way:?} {i} {j}: {got} {expected}");
                }
            }
        }
    }
}
