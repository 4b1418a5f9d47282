//! How large the surface of a label is, without a mesh.
//!
//! The faces between voxels inside and outside are a staircase and too large together. Each counts as far as it looks
//! the way that the surface there does: a face's area vector times the surface's unit normal. Over a plane that is its
//! area exactly, whatever its direction (Lenoir, Malgouyres and Revenu 1996; Coeurjolly, Flin, Teytaud and Tougne 2003).
//! The normal is the first moment of the voxels inside a ball around the face, in mm and against the ball's own second
//! moments, so anisotropic and sheared grids are measured as they lie. Of uneven slices the mean step is taken.

use glam::{DMat3, DVec3};
use rayon::prelude::*;

use crate::algo::label_grid::bits_of;
use crate::model::geometry::Geometry;
use crate::model::label_grid::{IndexBox, LabelGrid};

/// The ball's radius: in edges of a cube as large as a voxel, and in the longest edge.
const RADIUS_EDGES: f64 = 3.0;
/// See [`RADIUS_EDGES`].
const RADIUS_LONGEST: f64 = 2.0;
/// The most voxels that the ball reaches along an axis.
const MOST_REACH: i64 = 14;

/// The surface of a label whose voxels lie in a box, in mm².
pub fn surface_area_mm2(map: &LabelGrid, label: u16, within: &IndexBox, geometry: &Geometry) -> f64 {
    let steps = geometry.patient_from_voxel().matrix3;
    let voxels = Padded::new(map, label, within);
    (0..3).map(|axis| Faces::new(steps, axis).area(&voxels)).sum()
}

/// The surface of a ball of this volume as a share of the surface: 1 for a ball, less for everything else.
pub fn sphericity(volume_mm3: f64, surface_mm2: f64) -> f64 {
    std::f64::consts::PI.cbrt() * (6.0 * volume_mm3).powf(2.0 / 3.0) / surface_mm2
}

/// Voxels with empty ones around them, a word on both sides of a row.
struct Padded {
    rows: usize,
    slices: usize,
    row_words: usize,
    words: Vec<u64>,
}

impl Padded {
    const MARGIN: usize = MOST_REACH as usize + 1;

    fn new(map: &LabelGrid, label: u16, within: &IndexBox) -> Self {
        let bits = bits_of(map, label, within);
        let [columns, rows, slices] = bits.dims();
        let row_words = columns.div_ceil(64) + 2;
        let mut padded = Self {
            rows: rows + 2 * Self::MARGIN,
            slices: slices + 2 * Self::MARGIN,
            row_words,
            words: Vec::new(),
        };
        padded.words.resize(row_words * padded.rows * padded.slices, 0);
        for (k, j) in (0..slices).flat_map(|k| (0..rows).map(move |j| (k, j))) {
            let first = padded.first_word(j + Self::MARGIN, k + Self::MARGIN) + 1;
            let row = bits.row(j, k);
            if let Some(to) = padded.words.get_mut(first..first + row.len()) {
                to.copy_from_slice(row);
            }
        }
        padded
    }

    fn first_word(&self, j: usize, k: usize) -> usize {
        (k * self.rows + j) * self.row_words
    }

    fn row(&self, j: usize, k: usize) -> &[u64] {
        let first = self.first_word(j, k);
        self.words.get(first..first + self.row_words).unwrap_or_default()
    }
}

/// A row of the ball: which voxels of it are within, and what each of their patterns adds to the moment.
struct BallRow {
    j: i64,
    k: i64,
    /// The first voxel, counted from the face's own.
    first: i64,
    /// For each eight voxels, by their bits: the first moment in mm.
    tables: Vec<Vec<DVec3>>,
}

/// The faces across one axis, between a voxel and the next one.
struct Faces {
    axis: usize,
    /// Area of one, pointing to where the index grows, mm².
    vector: DVec3,
    ball: Vec<BallRow>,
    /// The ball's voxels are not spread alike in all directions; this makes up for it.
    even: DMat3,
}

impl Faces {
    fn new(steps: DMat3, axis: usize) -> Self {
        let edges = [0, 1, 2].map(|axis| steps.col(axis));
        let normal = edges[(axis + 1) % 3].cross(edges[(axis + 2) % 3]);
        let cube = steps.determinant().abs().cbrt();
        let longest = edges.iter().map(|edge| edge.length()).fold(0.0, f64::max);
        let radius = (RADIUS_EDGES * cube).max(RADIUS_LONGEST * longest);
        // So far the ball reaches along each axis: the planes of an axis are as far apart as its gradient says.
        let gradients = steps.inverse().transpose();
        let reach = |axis: usize| ((radius * gradients.col(axis).length()).ceil() as i64).clamp(1, MOST_REACH - 1);
        let [reach_i, reach_j, reach_k] = [0, 1, 2].map(reach);
        let offset = |i: i64, j: i64, k: i64| {
            // From the middle of the face to a voxel's centre.
            let mut index = DVec3::new(i as f64, j as f64, k as f64);
            index[axis] -= 0.5;
            steps * index
        };
        let weight = |at: DVec3| (1.0 - at.length_squared() / (radius * radius)).max(0.0);
        let row = |j: i64, k: i64| {
            let inside = (-reach_i..=reach_i + 1).filter(|i| weight(offset(*i, j, k)) > 0.0);
            let (first, last) = inside.fold((i64::MAX, i64::MIN), |(low, high), i| (low.min(i), high.max(i)));
            let tables = (0..(last.checked_sub(first)?.max(-1) + 1 + 7) / 8).map(|part| {
                let moment = |bit: i64| {
                    let i = first + part * 8 + bit;
                    let at = offset(i, j, k);
                    if i > last { DVec3::ZERO } else { at * weight(at) }
                };
                let moments: Vec<DVec3> = (0..8).map(moment).collect();
                let of_byte = |byte: usize| {
                    let set = moments.iter().enumerate().filter(|(bit, _)| byte >> bit & 1 == 1);
                    set.map(|(_, moment)| *moment).sum()
                };
                (0..256).map(of_byte).collect()
            });
            Some(BallRow {
                j,
                k,
                first,
                tables: tables.collect(),
            })
        };
        let mut spread = DMat3::ZERO;
        for (k, j) in (-reach_k..=reach_k + 1).flat_map(|k| (-reach_j..=reach_j + 1).map(move |j| (k, j))) {
            for at in (-reach_i..=reach_i + 1).map(|i| offset(i, j, k)) {
                spread += weight(at) * DMat3::from_cols(at * at.x, at * at.y, at * at.z);
            }
        }
        let rows = (-reach_k..=reach_k + 1).flat_map(|k| (-reach_j..=reach_j + 1).map(move |j| (j, k)));
        Self {
            axis,
            vector: normal * normal.dot(edges[axis]).signum(),
            ball: rows.filter_map(|(j, k)| row(j, k)).collect(),
            even: spread.inverse(),
        }
    }

    /// What all faces of the surface come to.
    fn area(&self, voxels: &Padded) -> f64 {
        let first = Padded::MARGIN - 1;
        (first..voxels.slices - first - 1)
            .into_par_iter()
            .map(|k| {
                let rows = first..voxels.rows - first - 1;
                rows.map(|j| self.area_of_row(voxels, j, k)).sum::<f64>()
            })
            .sum()
    }

    fn area_of_row(&self, voxels: &Padded, j: usize, k: usize) -> f64 {
        let here = voxels.row(j, k);
        let beyond = match self.axis {
            0 => here,
            1 => voxels.row(j + 1, k),
            _ => voxels.row(j, k + 1),
        };
        let mut area = 0.0;
        for (w, word) in here.iter().enumerate() {
            let next = if self.axis == 0 {
                word >> 1 | here.get(w + 1).copied().unwrap_or(0) << 63
            } else {
                beyond.get(w).copied().unwrap_or(0)
            };
            let mut left = word ^ next;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let inwards = self.even * self.moment(voxels, [w * 64 + bit as usize, j, k]);
                // The face looks away from the side that is inside.
                let looks = if word >> bit & 1 == 1 {
                    self.vector
                } else {
                    -self.vector
                };
                let length = inwards.length();
                area += if length > 0.0 {
                    (-looks.dot(inwards) / length).max(0.0)
                } else {
                    self.vector.length()
                };
            }
        }
        area
    }

    /// The first moment of the voxels inside the ball around the face behind a voxel.
    fn moment(&self, voxels: &Padded, [i, j, k]: [usize; 3]) -> DVec3 {
        let mut moment = DVec3::ZERO;
        for row in &self.ball {
            let words = voxels.row(
                j.wrapping_add_signed(row.j as isize),
                k.wrapping_add_signed(row.k as isize),
            );
            let start = i.wrapping_add_signed(row.first as isize);
            let low = words.get(start / 64).copied().unwrap_or(0) >> (start % 64);
            let high = words.get(start / 64 + 1).copied().unwrap_or(0);
            let bits = low | high.checked_shl(64 - (start % 64) as u32).unwrap_or(0);
            for (part, table) in row.tables.iter().enumerate() {
                let byte = (bits >> (8 * part)) & 0xff;
                if let (1.., Some(add)) = (byte, table.get(byte as usize)) {
                    moment += *add;
                }
            }
        }
        moment
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use glam::DAffine3;

    use super::*;

    /// The surface that is found of what lies within a shape in the patient.
    fn area(steps: DMat3, dims: [usize; 3], is_in: impl Fn(DVec3) -> bool) -> f64 {
        let geometry = Geometry::from_affine(dims, DAffine3::from_mat3(steps)).unwrap();
        let middle = geometry.center();
        let labels = (0..dims.iter().product()).map(|n: usize| {
            let at = [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]];
            u16::from(is_in(
                geometry.patient_at(DVec3::from_array(at.map(|n| n as f64))) - middle,
            ))
        });
        let map = LabelGrid::new(dims, labels.collect()).unwrap();
        let all = super::super::extents(&map, &geometry).unwrap();
        surface_area_mm2(&map, 1, &all[&1].bounds, &geometry)
    }

    #[test]
    fn a_ball_has_the_surface_of_a_ball() {
        let turn = DMat3::from_axis_angle(DVec3::new(0.3, 0.5, 0.8).normalize(), 0.6);
        let sheared = DMat3::from_cols(DVec3::X * 0.8, DVec3::Y * 0.8, DVec3::new(0.3, 0.2, 1.0));
        for (steps, dims) in [
            (DMat3::IDENTITY, [44, 44, 44]),
            (turn, [48, 48, 48]),
            (DMat3::from_diagonal(DVec3::new(0.7, 0.7, 2.5)), [64, 64, 18]),
            (DMat3::from_diagonal(DVec3::new(0.5, 0.5, 4.0)), [90, 90, 12]),
            (sheared, [64, 60, 46]),
        ] {
            for radius in [8.3, 12.0, 19.5] {
                let found = area(steps, dims, |at| at.length() < radius);
                let error = found / (4.0 * PI * radius * radius) - 1.0;
                assert!(error.abs() < 0.02, "{steps:?} {radius}: {error}");
            }
        }
    }

    #[test]
    fn flat_sides_are_exact_and_edges_are_hardly_rounded() {
        let found = area(DMat3::IDENTITY, [44; 3], |at| at.abs().max_element() < 20.0);
        assert!((found / 9600.0 - 1.0).abs() < 0.03, "{found}");
        // One slice: both of its sides and its rim, which is rounded more.
        let sheet = area(DMat3::from_diagonal(DVec3::new(1.0, 1.0, 3.0)), [42, 42, 3], |at| {
            at.z.abs() < 1.0 && at.truncate().abs().max_element() < 20.0
        });
        assert!((sheet / (2.0 * 1600.0 + 480.0) - 1.0).abs() < 0.08, "{sheet}");
        let one = area(DMat3::from_diagonal(DVec3::new(1.0, 2.0, 3.0)), [3; 3], |at| {
            at.length() < 0.5
        });
        assert!((one - 22.0).abs() < 1e-9, "{one}");
    }

    #[test]
    fn a_ball_is_the_roundest() {
        assert!((sphericity(4.0 / 3.0 * PI * 8.0, 16.0 * PI) - 1.0).abs() < 1e-12);
        assert!((sphericity(1.0, 6.0) - 0.806).abs() < 1e-3);
    }
}
