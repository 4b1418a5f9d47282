//! How voxels lie to each other in patient space: their edges may lean (gantry tilt), their slices may be uneven.

use glam::DVec3;

use crate::model::geometry::{Geometry, SliceRow};
use crate::model::label_map::VoxelBox;

/// Edges whose cosine is no larger stand upright: directions in files have six decimals, or 32 bits, and over a hundred
/// voxels this is a hundredth of one.
const UPRIGHT: f64 = 1e-4;
/// Distances are compared with this much room, so that a voxel exactly at a distance is within it, in 32 bits too.
pub(super) const ROOM: f64 = 1.0 + 1e-6;

/// The voxels of a box of a grid; slices are counted from the box, and go on beyond it.
pub struct Lattice<'a> {
    geometry: &'a Geometry,
    first: isize,
    steps: [DVec3; 2],
    normal: DVec3,
}

/// Voxels in one row, counted from the voxel that they are near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ray {
    /// Rows further on.
    pub j: isize,
    /// Slices further on.
    pub k: isize,
    /// From so many voxels further on.
    pub low: isize,
    /// To so many, this one included.
    pub high: isize,
}

impl<'a> Lattice<'a> {
    /// Of the voxels of a box.
    pub fn new(geometry: &'a Geometry, voxels: &VoxelBox) -> Self {
        let matrix = geometry.patient_from_voxel().matrix3;
        Self {
            geometry,
            first: voxels[2].start as isize,
            steps: [matrix.x_axis, matrix.y_axis],
            normal: geometry.normal(),
        }
    }

    /// The lengths of the voxels' edges in mm where they stand upright on each other and all slices are even.
    pub fn upright(&self) -> Option<[f64; 3]> {
        let matrix = self.geometry.patient_from_voxel().matrix3;
        let [i, j, k] = [matrix.x_axis, matrix.y_axis, matrix.z_axis].map(DVec3::normalize);
        let is_upright = [i.dot(j), j.dot(k), k.dot(i)]
            .iter()
            .all(|cosine| cosine.abs() <= UPRIGHT);
        (is_upright && self.geometry.slice_table().is_none()).then(|| self.geometry.spacing().to_array())
    }

    /// The place of voxel (0, 0, k), LPS mm.
    fn origin(&self, k: isize) -> DVec3 {
        self.geometry.patient_at(DVec3::new(0.0, 0.0, (self.first + k) as f64))
    }

    /// From one voxel to another one that is so many voxels further on, from slice `k`, mm.
    pub(super) fn way(&self, k: isize, [i, j, slices]: [isize; 3]) -> DVec3 {
        self.origin(k + slices) - self.origin(k) + self.steps[0] * i as f64 + self.steps[1] * j as f64
    }

    /// From one voxel of a row to the next, mm.
    pub(super) fn step_i(&self) -> DVec3 {
        self.steps[0]
    }

    /// All voxels whose centres are no further than `mm` from that of a voxel of slice `k`, no more than so many slices
    /// away.
    pub fn ball(&self, k: isize, mm: f64, slices: usize) -> Vec<Ray> {
        let mut rays = Vec::new();
        let reach = mm * ROOM;
        let slices = slices as isize;
        let beside = |direction: isize| (1..=slices).map(move |n| n * direction);
        for further in std::iter::once(0).chain(beside(1)) {
            if !self.add_slice(k, further, reach, &mut rays) {
                break;
            }
        }
        for further in beside(-1) {
            if !self.add_slice(k, further, reach, &mut rays) {
                break;
            }
        }
        rays
    }

    /// Adds what a ball has in a slice; whether the slice is near enough to have something.
    fn add_slice(&self, k: isize, further: isize, reach: f64, rays: &mut Vec<Ray>) -> bool {
        let [step_i, step_j] = self.steps;
        let way = self.way(k, [0, 0, further]);
        if way.dot(self.normal).abs() > reach {
            return false;
        }
        // Across the rows only what does not lead along them counts.
        let across = |vector: DVec3| vector - step_i * (vector.dot(step_i) / step_i.length_squared());
        if let Some([low, high]) = steps_within(across(way), across(step_j), reach) {
            for j in low..=high {
                if let Some([low, high]) = steps_within(way + step_j * j as f64, step_i, reach) {
                    rays.push(Ray {
                        j,
                        k: further,
                        low,
                        high,
                    });
                }
            }
        }
        true
    }
}

/// As many voxels along i, j and k as a way of so many mm can lead over, and one more.
pub fn room(geometry: &Geometry, mm: f64) -> [usize; 3] {
    let mm = mm.max(0.0);
    // Of a way of one mm, as much as can be along an axis.
    let matrix = geometry.voxel_from_patient().matrix3.transpose();
    let mut voxels = [matrix.x_axis, matrix.y_axis, matrix.z_axis].map(|row| mm * row.length());
    if let Some(table) = geometry.slice_table() {
        let spread = |of: fn(&SliceRow) -> f64| {
            let all = table.iter().map(of);
            let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(at), high.max(at)));
            high - low
        };
        let steps = table.windows(2).map(|pair| pair[1].step - pair[0].step);
        voxels[0] += spread(|row| row.shift_i);
        voxels[1] += spread(|row| row.shift_j);
        voxels[2] /= steps.fold(1.0, f64::min).max(1e-6);
    }
    voxels.map(|voxels| voxels.ceil().min(1e6) as usize + 1)
}

/// The first and last number of steps that, after a way, lead to places no further than `reach`.
fn steps_within(way: DVec3, step: DVec3, reach: f64) -> Option<[isize; 2]> {
    const MOST: f64 = 1e6;
    let square = step.length_squared();
    let along = way.dot(step) / square;
    // Nearest to the middle of the ball, and as far from there to both sides.
    let nearest = (way - step * along).length_squared();
    let half = (reach * reach - nearest) / square;
    if half.is_nan() || half < 0.0 {
        return None;
    }
    let half = half.sqrt();
    let low = (-along - half).ceil().clamp(-MOST, MOST) as isize;
    let high = (-along + half).floor().clamp(-MOST, MOST) as isize;
    (low <= high).then_some([low, high])
}

#[cfg(test)]
pub(super) mod tests {
    use glam::{DAffine3, DMat3};

    use super::*;

    /// Upright, tilted in all directions, and slices that are neither even nor on a line.
    pub fn geometries(dims: [usize; 3]) -> [Geometry; 3] {
        let [i, j, k] = [
            DVec3::new(0.8, 0.0, 0.0),
            DVec3::new(0.0, 1.1, 0.0),
            DVec3::new(0.0, 0.0, 2.5),
        ];
        let affine = |matrix3| DAffine3 {
            matrix3,
            translation: DVec3::new(-40.0, 12.0, 7.0),
        };
        let tilted = DMat3::from_cols(i, j + DVec3::X * 0.2, k + DVec3::Y * 0.9 - DVec3::X * 0.4);
        let origins: Vec<DVec3> = (0..dims[2])
            .map(|n| DVec3::new((n % 3) as f64 * 0.7, 0.0, n as f64 * 2.0 + (n / 4) as f64 * 1.5))
            .collect();
        [
            Geometry::from_affine(dims, affine(DMat3::from_cols(i, j, k))).unwrap(),
            Geometry::from_affine(dims, affine(tilted)).unwrap(),
            Geometry::from_slices(dims[0], dims[1], i, j, &origins, 1e-3).unwrap(),
        ]
    }

    #[test]
    fn a_ball_has_every_voxel_that_is_near_and_no_other() {
        let dims = [17, 15, 9];
        for (n, geometry) in geometries(dims).iter().enumerate() {
            let voxels: VoxelBox = [0..17, 0..15, 2..9];
            let lattice = Lattice::new(geometry, &voxels);
            assert_eq!(lattice.upright().is_some(), n == 0);
            let patient = |index: [usize; 3]| geometry.patient_at(DVec3::from_array(index.map(|n| n as f64)));
            let middle = [8_usize, 7, 4];
            for mm in [0.0, 2.5, 4.3] {
                let ball = lattice.ball(2, mm, 20);
                let room = room(geometry, mm);
                let mut count = 0;
                for index in (0..dims.iter().product::<usize>()).map(|n| [n % 17, n / 17 % 15, n / (17 * 15)]) {
                    let [i, j, k] = std::array::from_fn(|n| index[n] as isize - middle[n] as isize);
                    let has = ball
                        .iter()
                        .any(|ray| ray.j == j && ray.k == k && (ray.low..=ray.high).contains(&i));
                    let is_near = (patient(index) - patient(middle)).length() <= mm + 1e-9;
                    assert_eq!(has, is_near, "{n} {mm} {index:?}");
                    let is_in_room = [i, j, k].iter().zip(room).all(|(at, room)| at.unsigned_abs() <= room);
                    assert!(!is_near || is_in_room, "{n} {mm} {index:?} {room:?}");
                    count += usize::from(is_near);
                }
                assert_eq!(
                    ball.iter().map(|ray| (ray.high - ray.low + 1) as usize).sum::<usize>(),
                    count
                );
            }
        }
    }
}
