//! The slices between those that were painted: shapes that change steadily from one to the next (Raya and Udupa,
//! "Shape-based interpolation of multidimensional objects", 1990), led from the middle of one to that of the other.

use rayon::prelude::*;

use crate::model::geometry::{Geometry, SliceRow};

use super::distance::squared_distances;
use super::{Region, Stop};

/// The planes of a region across one of its axes, each with a rim of one voxel that is outside.
struct Planes {
    /// The axes along the rows and the columns of a plane, and that across.
    axes: [usize; 3],
    /// Voxels along them, without the rim.
    sides: [usize; 3],
    /// From one voxel to the next along them.
    strides: [usize; 3],
}

/// A painted plane: its distances to the border, below 0 inside, and its middle.
struct Shape {
    signed: Vec<f32>,
    middle: [f64; 2],
}

/// Fills the empty planes between two that have voxels, each where it lies between them in patient space. The planes are
/// those in which was painted: across the axis along which what has voxels is thinnest. Within a plane distances count
/// along the voxels' edges.
#[must_use]
pub fn filled_between(mut region: Region, geometry: &Geometry, stop: Stop<'_>) -> Region {
    let thickness = |axis: usize| {
        let painted = Planes::new(&region, axis).painted(&region);
        let runs: Vec<usize> = painted.chunk_by(|a, b| b - a == 1).map(<[usize]>::len).collect();
        let thinnest = *runs.iter().min()?;
        (runs.len() > 1).then(|| (thinnest, painted.len() as f64 / runs.len() as f64))
    };
    // Of equals the slices as they were acquired.
    let known = [2, 1, 0].into_iter().filter_map(|axis| Some((axis, thickness(axis)?)));
    let Some((axis, _)) = known.min_by(|(_, a), (_, b)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))) else {
        return region;
    };
    let planes = Planes::new(&region, axis);
    let size = planes.size();
    let spacing = geometry.spacing().to_array();
    let spacing = [spacing[planes.axes[0]], spacing[planes.axes[1]]];
    let first_slice = region.voxels[2].start;
    let row = |n: usize| {
        let table = geometry.slice_table().filter(|_| axis == 2);
        let row = table.and_then(|table| table.get(first_slice + n));
        row.copied().unwrap_or(SliceRow {
            step: n as f64,
            shift_i: 0.0,
            shift_j: 0.0,
        })
    };
    for pair in planes.painted(&region).windows(2) {
        let (first, last) = (pair[0], pair[1]);
        if last - first < 2 || stop() {
            continue;
        }
        let shapes = [first, last].map(|n| Shape::of(&planes.plane(&region, n), size, spacing));
        let ends = [row(first), row(last)];
        let made: Vec<(usize, Vec<bool>)> = (first + 1..last)
            .into_par_iter()
            .map(|n| {
                let own = row(n);
                let share = (own.step - ends[0].step) / (ends[1].step - ends[0].step);
                // From middle to middle in patient space, as seen from the plane.
                let shifts = ends.map(|end| [end.shift_i - own.shift_i, end.shift_j - own.shift_j]);
                (n, mixed(&shapes, shifts, share, size, spacing))
            })
            .collect();
        for (n, plane) in made {
            planes.put(&mut region, n, &plane);
        }
    }
    region
}

impl Planes {
    fn new(region: &Region, across: usize) -> Self {
        let axes = [[1, 2, 0], [0, 2, 1], [0, 1, 2]][across];
        let dims = region.dims();
        let strides = [1, dims[0], dims[0] * dims[1]];
        Self {
            axes,
            sides: axes.map(|axis| dims[axis]),
            strides: axes.map(|axis| strides[axis]),
        }
    }

    /// Voxels of a plane along its rows and its columns, with the rim.
    fn size(&self) -> [usize; 2] {
        [self.sides[0] + 2, self.sides[1] + 2]
    }

    /// Where the voxels of a plane are in the region, with where they are in the plane.
    fn places(&self, n: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let [along, down, across] = self.strides;
        let [side, height, _] = self.sides;
        let places = (0..height).flat_map(move |y| (0..side).map(move |x| (x, y)));
        places.map(move |(x, y)| (x * along + y * down + n * across, (y + 1) * (side + 2) + x + 1))
    }

    /// Those with a voxel, in order.
    fn painted(&self, region: &Region) -> Vec<usize> {
        let is_in = |place: usize| region.is_in.get(place) == Some(&true);
        let has_any = |n: &usize| self.places(*n).any(|(place, _)| is_in(place));
        (0..self.sides[2]).filter(has_any).collect()
    }

    fn plane(&self, region: &Region, n: usize) -> Vec<bool> {
        let mut plane = vec![false; self.size().iter().product()];
        for (from, to) in self.places(n) {
            if let (Some(to), Some(from)) = (plane.get_mut(to), region.is_in.get(from)) {
                *to = *from;
            }
        }
        plane
    }

    fn put(&self, region: &mut Region, n: usize, plane: &[bool]) {
        for (to, from) in self.places(n) {
            if let (Some(to), Some(from)) = (region.is_in.get_mut(to), plane.get(from)) {
                *to = *from;
            }
        }
    }
}

impl Shape {
    fn of(inside: &[bool], [columns, rows]: [usize; 2], spacing: [f64; 2]) -> Self {
        let outside: Vec<bool> = inside.iter().map(|is_in| !is_in).collect();
        let distances = |set: &[bool]| squared_distances(set, [columns, rows, 1], [spacing[0], spacing[1], 1.0]);
        let signed = distances(inside).into_iter().zip(distances(&outside));
        let (mut sum, mut count) = ([0.0; 2], 0.0);
        for (n, _) in inside.iter().enumerate().filter(|(_, is_in)| **is_in) {
            sum[0] += (n % columns) as f64;
            sum[1] += (n / columns) as f64;
            count += 1.0;
        }
        Self {
            signed: signed.map(|(to_in, to_out)| to_in.sqrt() - to_out.sqrt()).collect(),
            middle: sum.map(|sum| sum / count),
        }
    }
}

/// Two shapes, each displaced by so many voxels against the plane that is made.
fn mixed(shapes: &[Shape; 2], shifts: [[f64; 2]; 2], share: f64, size: [usize; 2], spacing: [f64; 2]) -> Vec<bool> {
    let [columns, rows] = size;
    let middle: [f64; 2] = std::array::from_fn(|n| {
        let [below, above] = [0, 1].map(|end| shapes[end].middle[n] + shifts[end][n]);
        below * (1.0 - share) + above * share
    });
    let [below, above] = shapes.each_ref().map(|shape| Moved::new(shape, size, spacing, middle));
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
    spacing: [f64; 2],
    /// From its own place to that of the shape.
    way: [f64; 2],
    /// Whole voxels of it, and what is left.
    whole: [i64; 2],
    part: [f32; 2],
}

impl<'a> Moved<'a> {
    fn new(shape: &'a Shape, size: [usize; 2], spacing: [f64; 2], middle: [f64; 2]) -> Self {
        let way: [f64; 2] = std::array::from_fn(|n| shape.middle[n] - middle[n]);
        Self {
            signed: &shape.signed,
            size,
            spacing,
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
            interpolated(self.signed, self.size, self.spacing, at)
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

/// Between four voxels; beyond the edge that of the edge, where all is outside, and the way there.
fn interpolated(values: &[f32], [columns, rows]: [usize; 2], spacing: [f64; 2], at: [f64; 2]) -> f32 {
    let x = at[0].clamp(0.0, columns as f64 - 1.0);
    let y = at[1].clamp(0.0, rows as f64 - 1.0);
    let beyond = ((at[0] - x) * spacing[0]).hypot((at[1] - y) * spacing[1]);
    let (i, j) = (x.floor() as usize, y.floor() as usize);
    let (u, v) = ((x - x.floor()) as f32, (y - y.floor()) as f32);
    let value = |i: usize, j: usize| {
        let at = j.min(rows - 1) * columns + i.min(columns - 1);
        values.get(at).copied().unwrap_or(f32::INFINITY)
    };
    let upper = value(i, j) * (1.0 - u) + value(i + 1, j) * u;
    let lower = value(i, j + 1) * (1.0 - u) + value(i + 1, j + 1) * u;
    upper * (1.0 - v) + lower * v + beyond as f32
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DVec3};

    use super::*;
    use crate::algo::paint;

    const DIMS: [usize; 3] = [60, 50, 30];
    const SPACING: [f64; 2] = [0.7, 1.3];

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

    fn even(dims: [usize; 3]) -> Geometry {
        Geometry::from_affine(dims, DAffine3::IDENTITY).unwrap()
    }

    /// Voxels in the slice in the middle between two that have squares, of which the smallest box holds the label.
    fn middle(dims: [usize; 3], squares: [[[usize; 2]; 2]; 2]) -> Vec<[usize; 2]> {
        let is_in = |[i, j, k]: [usize; 3]| {
            let square = match k {
                0 => squares[0],
                4 => squares[1],
                _ => return false,
            };
            let [from, side] = square;
            (from[0]..from[0] + side[0]).contains(&i) && (from[1]..from[1] + side[1]).contains(&j)
        };
        let map = paint::label_map(dims, |index| u16::from(is_in(index)));
        let filled = filled_between(Region::of(&map, 1, [1; 3]).unwrap(), &even(dims), &|| false);
        let all = (0..dims[1]).flat_map(|j| (0..dims[0]).map(move |i| [i, j]));
        all.filter(|[i, j]| filled.has([*i, *j, 2])).collect()
    }

    #[test]
    fn shapes_are_not_stretched_at_the_edge_of_their_box_or_of_the_image() {
        // From one side of the image half way to the other, as it is.
        for j in [5, 0] {
            let found = middle([40, 10 + 2 * j, 5], [[[0, j], [10, 10]], [[20, j], [10, 10]]]);
            let expected: Vec<[usize; 2]> = (j..j + 10).flat_map(|j| (10..20).map(move |i| [i, j])).collect();
            assert_eq!(found, expected, "{j}");
        }
        // A small one beside a large one: between them, and as far from the middle to all sides.
        let found = middle([60, 41, 5], [[[0, 19], [3, 3]], [[30, 10], [21, 21]]]);
        let columns: Vec<usize> = found.iter().map(|[i, _]| *i).collect();
        let (low, high) = (columns.iter().min().unwrap(), columns.iter().max().unwrap());
        let rows: Vec<usize> = found.iter().map(|[_, j]| *j).collect();
        let height = rows.iter().max().unwrap() - rows.iter().min().unwrap();
        assert!((high - low).abs_diff(height) <= 1, "{low} to {high}, {height}");
    }

    /// Two vessels far from each other: what lies between them is not their slices.
    #[test]
    fn what_stands_apart_is_not_joined() {
        let dims = [90, 14, 20];
        let is_vessel = |i: usize, j: usize| ((2..14).contains(&i) || (74..86).contains(&i)) && (1..13).contains(&j);
        let map = paint::label_map(dims, |[i, j, k]| u16::from(is_vessel(i, j) && (k < 13 || k == 17)));
        let filled = filled_between(Region::of(&map, 1, [1; 3]).unwrap(), &even(dims), &|| false);
        assert!(filled.has([5, 5, 15]) && !filled.has([40, 5, 5]));
    }

    #[test]
    fn what_was_painted_in_another_direction_is_filled_in_it() {
        let dims = [31, 24, 20];
        let is_in = |[i, j, k]: [usize; 3]| {
            let squared = |a: usize, b: f64| (a as f64 - b).powi(2);
            squared(j, 12.0) + squared(k, 10.0) <= (4.0 + i as f64 * 0.1).powi(2)
        };
        let map = paint::label_map(dims, |index| u16::from(is_in(index) && index[0] % 6 == 0));
        let filled = filled_between(Region::of(&map, 1, [1; 3]).unwrap(), &even(dims), &|| false);
        let wrong = (0..31)
            .flat_map(|i| (0..24).flat_map(move |j| (0..20).map(move |k| [i, j, k])))
            .filter(|index| filled.has(*index) != is_in(*index))
            .count();
        assert!(wrong < 150, "{wrong}");
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
            let moved = Moved::new(&shape, size, SPACING, middle);
            let mut row = vec![f32::NAN; size[0]];
            for j in 0..size[1] {
                moved.row(j, &mut row);
                for (i, got) in row.iter().enumerate() {
                    let at = [i as f64 + way[0], j as f64 + way[1]];
                    let expected = interpolated(&shape.signed, size, SPACING, at);
                    assert!((got - expected).abs() < 1e-4, "{way:?} {i} {j}: {got} {expected}");
                }
            }
        }
    }
}
