//! How long a label is: its longest diameter, and the longest in an axial plane with the one across it.
//!
//! A label reaches half a voxel beyond its outermost centres along each axis of the grid, so that a single voxel is as
//! long as it is; between these places its hull is straight.

use glam::{DVec2, DVec3};
use rayon::prelude::*;

use crate::algo::bits::Bits;
use crate::algo::label_grid::bits_of;
use crate::model::geometry::Geometry;
use crate::model::label_grid::{IndexBox, LabelGrid};

/// Lengths in mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diameters {
    /// The longest line between two places of the label in one plane of the grid that is nearest to axial.
    pub axial_mm: f64,
    /// In the same plane: the longest line across it at a right angle, within the hull of the label.
    pub perpendicular_mm: f64,
    /// The longest line between any two places of the label.
    pub longest_mm: f64,
}

/// The diameters of a label whose voxels lie in a box; `None` if there are none.
pub fn diameters(map: &LabelGrid, label: u16, within: &IndexBox, geometry: &Geometry) -> Option<Diameters> {
    let bits = bits_of(map, label, within);
    let ends = row_ends(&bits, within);
    let across = axial_axis(geometry);
    let planes = if across == 0 {
        plane_ends(&bits, within)
    } else {
        ends.clone()
    };
    let (axial_mm, perpendicular_mm) = longest_in_planes(planes, across, geometry)?;
    Some(Diameters {
        axial_mm,
        perpendicular_mm,
        longest_mm: longest(ends, geometry)?,
    })
}

type Index = [i64; 3];

/// The axis of the grid whose planes are nearest to axial.
fn axial_axis(geometry: &Geometry) -> usize {
    // The normal of the planes of an axis is the gradient of its index.
    let gradients = geometry.voxel_from_patient().matrix3.transpose();
    let leaning = |axis: usize| gradients.col(axis).normalize_or_zero().z.abs();
    // A tie goes to the slices.
    (0..3).max_by(|a, b| leaning(*a).total_cmp(&leaning(*b))).unwrap_or(2)
}

/// The first and last voxel of every row.
fn row_ends(bits: &Bits, within: &IndexBox) -> Vec<Index> {
    let [_, rows, slices] = bits.dims();
    let mut ends = Vec::new();
    for (k, j) in (0..slices).flat_map(|k| (0..rows).map(move |j| (k, j))) {
        let row = bits.row(j, k);
        let first = row.iter().position(|word| *word != 0);
        let last = row.iter().rposition(|word| *word != 0);
        if let (Some(first), Some(last)) = (first, last) {
            let low = first * 64 + row[first].trailing_zeros() as usize;
            let high = last * 64 + 63 - row[last].leading_zeros() as usize;
            ends.push(placed([low, j, k], within));
            if high > low {
                ends.push(placed([high, j, k], within));
            }
        }
    }
    ends
}

/// The first and last voxel of every column (along j), for planes across i.
fn plane_ends(bits: &Bits, within: &IndexBox) -> Vec<Index> {
    let [_, rows, slices] = bits.dims();
    let mut ends = Vec::new();
    for k in 0..slices {
        let upwards: Vec<usize> = (0..rows).collect();
        let downwards: Vec<usize> = (0..rows).rev().collect();
        for order in [upwards, downwards] {
            let mut seen = vec![0u64; bits.row(0, k).len()];
            for j in order {
                for (w, (word, seen)) in bits.row(j, k).iter().zip(&mut seen).enumerate() {
                    let mut fresh = word & !*seen;
                    *seen |= word;
                    while fresh != 0 {
                        ends.push(placed([w * 64 + fresh.trailing_zeros() as usize, j, k], within));
                        fresh &= fresh - 1;
                    }
                }
            }
        }
    }
    ends
}

fn placed(index: [usize; 3], within: &IndexBox) -> Index {
    std::array::from_fn(|axis| (index[axis] + within.low[axis]) as i64)
}

fn patient(geometry: &Geometry, index: Index, half: [f64; 3]) -> DVec3 {
    geometry.patient_at(DVec3::from_array(index.map(|n| n as f64)) + DVec3::from_array(half))
}

/// The other two axes.
fn others(axis: usize) -> [usize; 2] {
    match axis {
        0 => [1, 2],
        1 => [0, 2],
        _ => [0, 1],
    }
}

/// The places of each plane across an axis, one plane after another.
fn by_plane(mut places: Vec<Index>, axis: usize) -> Vec<Vec<Index>> {
    let [u, v] = others(axis);
    places.sort_unstable_by_key(|at| (at[axis], at[u], at[v]));
    places.dedup();
    places
        .chunk_by(|a, b| a[axis] == b[axis])
        .map(<[Index]>::to_vec)
        .collect()
}

/// The corners of the hull of places in one plane that are sorted by (u, v), in order around it (Andrew's chain).
fn hull(sorted: &[Index], axis: usize) -> Vec<Index> {
    let [u, v] = others(axis);
    let turns_left =
        |a: &Index, b: &Index, c: &Index| (b[u] - a[u]) * (c[v] - a[v]) - (b[v] - a[v]) * (c[u] - a[u]) > 0;
    let half = |places: &mut dyn Iterator<Item = &Index>| {
        let mut chain: Vec<Index> = Vec::new();
        for at in places {
            while let [.., a, b] = chain.as_slice()
                && !turns_left(a, b, at)
            {
                chain.pop();
            }
            chain.push(*at);
        }
        chain
    };
    if sorted.len() < 3 {
        return sorted.to_vec();
    }
    let mut around = half(&mut sorted.iter());
    let back = half(&mut sorted.iter().rev());
    around.pop();
    around.extend(back.iter().take(back.len() - 1));
    around
}

/// The longest diameter in a plane across an axis, and the one across it in the same plane.
fn longest_in_planes(ends: Vec<Index>, axis: usize, geometry: &Geometry) -> Option<(f64, f64)> {
    let [u, v] = others(axis);
    // Twice the index, so that half voxels are whole numbers.
    let widened = |plane: &Vec<Index>| -> Vec<Index> {
        let around = hull(plane, axis).into_iter().flat_map(|at| {
            [(u, 1), (u, -1), (v, 1), (v, -1)].map(|(axis, step)| {
                let mut doubled = at.map(|n| 2 * n);
                doubled[axis] += step;
                doubled
            })
        });
        let mut around: Vec<Index> = around.collect();
        around.sort_unstable_by_key(|at| (at[u], at[v]));
        around.dedup();
        hull(&around, axis)
    };
    let of_plane = |plane: &Vec<Index>| {
        let place = |at: &Index| geometry.patient_at(DVec3::from_array(at.map(|n| n as f64 / 2.0)));
        let outline: Vec<DVec3> = widened(plane).iter().map(place).collect();
        let (mut best, mut ends) = (0.0, None);
        for (n, a) in outline.iter().enumerate() {
            for b in outline.iter().skip(n + 1) {
                let squared = a.distance_squared(*b);
                if squared > best {
                    (best, ends) = (squared, Some((*a, *b)));
                }
            }
        }
        let (a, b) = ends?;
        Some((best.sqrt(), perpendicular(&outline, a, b)))
    };
    let planes = by_plane(ends, axis);
    let all = planes.par_iter().filter_map(of_plane);
    all.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// The longest line within an outline that stands at a right angle to the line from `a` to `b`.
fn perpendicular(outline: &[DVec3], a: DVec3, b: DVec3) -> f64 {
    let along = (b - a).normalize_or_zero();
    // Of an outline, the corner that is farthest from the line spans the plane with it.
    let aside = |at: &DVec3| (*at - a).reject_from(b - a);
    let farthest = outline
        .iter()
        .map(aside)
        .max_by(|a, b| a.length_squared().total_cmp(&b.length_squared()));
    let across = farthest.unwrap_or_default().normalize_or_zero();
    let corners: Vec<DVec2> = outline
        .iter()
        .map(|at| DVec2::new((*at - a).dot(along), (*at - a).dot(across)))
        .collect();
    let next = |n: usize| corners.get((n + 1) % corners.len()).copied().unwrap_or_default();
    // The length is greatest where the line goes through a corner.
    let length_at = |x: f64| {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (n, from) in corners.iter().enumerate() {
            let to = next(n);
            let run = to.x - from.x;
            let t = if run.abs() < 1e-12 { 0.0 } else { (x - from.x) / run };
            if (0.0..=1.0).contains(&t) && (x - from.x - t * run).abs() < 1e-9 {
                let y = from.y + t * (to.y - from.y);
                (low, high) = (low.min(y), high.max(y));
            }
        }
        (high - low).max(0.0)
    };
    corners.iter().map(|corner| length_at(corner.x)).fold(0.0, f64::max)
}

/// The longest line between any two places.
fn longest(ends: Vec<Index>, geometry: &Geometry) -> Option<f64> {
    // Only corners of the hull can be its ends, and these are corners in every plane that they lie in. Where slices are
    // shifted against each other, only slices are planes.
    let axes: &[usize] = if geometry.slice_table().is_some() {
        &[2]
    } else {
        &[2, 1, 0]
    };
    let mut places = ends;
    for axis in axes {
        places = by_plane(places, *axis)
            .par_iter()
            .flat_map_iter(|plane| hull(plane, *axis))
            .collect();
    }
    let mut points: Vec<DVec3> = places.iter().map(|at| patient(geometry, *at, [0.0; 3])).collect();
    let middle = points.iter().sum::<DVec3>() / points.len().max(1) as f64;
    points.sort_by(|a, b| b.distance_squared(middle).total_cmp(&a.distance_squared(middle)));
    let radii: Vec<f64> = points.iter().map(|at| at.distance(middle)).collect();
    // From half a voxel outside one end to half a voxel outside the other.
    let matrix = geometry.patient_from_voxel().matrix3;
    let halves: Vec<DVec3> = (0..3)
        .flat_map(|axis| [matrix.col(axis) / 2.0, matrix.col(axis) / -2.0])
        .collect();
    let reaches: Vec<DVec3> = halves
        .iter()
        .flat_map(|a| halves.iter().map(move |b| *a - *b))
        .collect();
    let reach = reaches.iter().map(|reach| reach.length()).fold(0.0, f64::max);
    let farthest_from = |n: usize| {
        let mut best: f64 = 0.0;
        for (m, radius) in radii.iter().enumerate().skip(n) {
            if radii[n] + radius + reach <= best {
                break;
            }
            let between = points[m] - points[n];
            let least = best - reach;
            if least > 0.0 && between.length_squared() <= least * least {
                continue;
            }
            let with_reach = reaches
                .iter()
                .map(|reach| (between + *reach).length_squared())
                .fold(0.0, f64::max);
            best = best.max(with_reach.sqrt());
        }
        best
    };
    (0..points.len())
        .into_par_iter()
        .map(farthest_from)
        .reduce_with(f64::max)
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DMat3};

    use super::*;

    fn of(map: &LabelGrid, geometry: &Geometry) -> Diameters {
        let all = super::super::extents(map, geometry).unwrap();
        diameters(map, 1, &all[&1].bounds, geometry).unwrap()
    }

    fn made(dims: [usize; 3], is_in: impl Fn(DVec3) -> bool) -> LabelGrid {
        let at = |n: usize| [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]].map(|n| n as f64);
        let count = dims.iter().product();
        let labels = (0..count).map(|n| u16::from(is_in(DVec3::from_array(at(n)))));
        LabelGrid::new(dims, labels.collect()).unwrap()
    }

    #[test]
    fn one_voxel_is_as_long_as_it_is() {
        let geometry = Geometry::from_affine([3, 3, 3], DAffine3::from_scale(DVec3::new(2.0, 0.5, 3.0))).unwrap();
        let found = of(&made([3, 3, 3], |at| at == DVec3::ONE), &geometry);
        assert!(
            (found.axial_mm - 2.0).abs() < 1e-12 && (found.perpendicular_mm - 0.5).abs() < 1e-12,
            "{found:?}"
        );
        assert!((found.longest_mm - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_ball_is_as_long_in_every_direction_on_every_grid() {
        // Rotated and stored so that axial planes are those of i, j or k.
        let turn = DMat3::from_axis_angle(DVec3::new(0.1, 0.2, 0.3).normalize(), 0.2);
        let step = DVec3::new(1.0, 0.8, 1.5);
        for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
            let columns = order.map(|axis| turn.col(axis) * step[axis]);
            let affine = DAffine3::from_mat3(DMat3::from_cols(columns[0], columns[1], columns[2]));
            let dims = [40, 40, 40];
            let geometry = Geometry::from_affine(dims, affine).unwrap();
            let middle = geometry.center();
            let map = made(dims, |at| geometry.patient_at(at).distance(middle) < 12.0);
            let found = of(&map, &geometry);
            for mm in [found.axial_mm, found.perpendicular_mm, found.longest_mm] {
                // Half the longest edge beyond both ends at most.
                assert!((22.8..25.5).contains(&mm), "{order:?} {found:?}");
            }
        }
    }

    #[test]
    fn the_longest_line_is_that_of_brute_force() {
        let dims = [17, 14, 9];
        let sheared = DMat3::from_cols(
            DVec3::new(0.6, 0.1, 0.0),
            DVec3::new(-0.2, 0.8, 0.1),
            DVec3::new(0.4, 0.3, 2.5),
        );
        let geometry = Geometry::from_affine(dims, DAffine3::from_mat3(sheared)).unwrap();
        for seed in 1..8 {
            let map = made(dims, |at| {
                let n = at.x as usize + 17 * (at.y as usize + 14 * at.z as usize);
                n * 7919 % 1009 < 3 * seed
            });
            let mut ends = Vec::new();
            for n in (0..17 * 14 * 9).filter(|n| map.labels()[*n] == 1) {
                let at = [n % 17, n / 17 % 14, n / (17 * 14)];
                for axis in 0..3 {
                    for half in [-0.5, 0.5] {
                        let mut place = DVec3::from_array(at.map(|n| n as f64));
                        place[axis] += half;
                        ends.push((at[2], axis, geometry.patient_at(place)));
                    }
                }
            }
            let brute = |in_plane: bool| {
                let pairs = ends.iter().flat_map(|a| ends.iter().map(move |b| (a, b)));
                let allowed = pairs.filter(|(a, b)| !in_plane || (a.0 == b.0 && a.1 < 2 && b.1 < 2));
                allowed.map(|(a, b)| a.2.distance(b.2)).fold(0.0, f64::max)
            };
            let found = of(&map, &geometry);
            assert!((found.longest_mm - brute(false)).abs() < 1e-9, "{seed}");
            assert!((found.axial_mm - brute(true)).abs() < 1e-9, "{seed}");
        }
    }

    #[test]
    fn a_box_has_its_diagonal_and_what_crosses_it() {
        // 9 × 4 voxels of 1 mm reach 8 by 3 mm between centres.
        let geometry = Geometry::from_affine([12, 8, 3], DAffine3::IDENTITY).unwrap();
        let found = of(
            &made([12, 8, 3], |at| at.x < 9.0 && at.y < 4.0 && at.z == 1.0),
            &geometry,
        );
        // From half a voxel before one corner to half a voxel beyond the other.
        assert!((found.axial_mm - 9f64.hypot(3.0)).abs() < 1e-12, "{found:?}");
        // Across this diagonal of slope 1/3 a line of slope −3 goes from the lower to the upper side, 4 mm apart.
        assert!(
            (found.perpendicular_mm - 4.0 * (10f64).sqrt() / 3.0).abs() < 1e-9,
            "{found:?}"
        );
    }
}
