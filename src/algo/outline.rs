//! A closed line on a plane, and which voxels it encloses: those at the plane, or all before and behind it.

use glam::{DVec2, DVec3};

use super::plane_layer::{self, PlaneLayer};
use crate::model::geometry::Geometry;
use crate::model::label_map::VoxelBox;
use crate::model::plane::Plane;

/// Strips into which a line is parted along y, at most: a point is asked only for the edges of its own.
const MOST_STRIPS: usize = 2048;

/// A closed line. Where it crosses itself, what it encloses an odd number of times is inside.
#[derive(Clone, Debug)]
pub struct Polygon {
    low: DVec2,
    high: DVec2,
    /// Edges by the strips that they go through.
    strips: Vec<Vec<[DVec2; 2]>>,
}

impl Polygon {
    /// From its corners, the last of which is joined to the first. `None` if they enclose nothing or are no numbers.
    pub fn new(corners: &[DVec2]) -> Option<Self> {
        let low = corners.iter().copied().fold(DVec2::INFINITY, DVec2::min);
        let high = corners.iter().copied().fold(DVec2::NEG_INFINITY, DVec2::max);
        let is_line = !(high - low).cmpgt(DVec2::ZERO).all();
        if corners.len() < 3 || is_line || !corners.iter().all(|corner| corner.is_finite()) {
            return None;
        }
        let mut polygon = Self {
            low,
            high,
            strips: vec![Vec::new(); corners.len().next_power_of_two().min(MOST_STRIPS)],
        };
        let before = corners.iter().cycle().skip(corners.len() - 1);
        for (a, b) in before.zip(corners) {
            let (first, last) = (polygon.strip(a.y.min(b.y)), polygon.strip(a.y.max(b.y)));
            for strip in polygon.strips.get_mut(first..=last).into_iter().flatten() {
                strip.push([*a, *b]);
            }
        }
        Some(polygon)
    }

    fn strip(&self, y: f64) -> usize {
        let share = (y - self.low.y) / (self.high.y - self.low.y);
        // A cast stops at the ends of what there is.
        ((share * self.strips.len() as f64) as usize).min(self.strips.len() - 1)
    }

    /// Whether it encloses a point, by the even–odd rule.
    #[inline]
    pub fn encloses(&self, point: DVec2) -> bool {
        if point.cmplt(self.low).any() || point.cmpgt(self.high).any() {
            return false;
        }
        let mut is_inside = false;
        for [a, b] in self.strips.get(self.strip(point.y)).into_iter().flatten() {
            if (a.y > point.y) != (b.y > point.y) && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x) {
                is_inside = !is_inside;
            }
        }
        is_inside
    }

    /// The corners of the box around it.
    pub fn bounds(&self) -> [DVec2; 2] {
        [self.low, self.high]
    }
}

/// What a line on a plane encloses of a grid.
#[derive(Clone, Debug)]
pub struct Enclosed<'a> {
    polygon: &'a Polygon,
    plane: Plane,
    /// Only at the plane.
    layer: Option<PlaneLayer>,
    geometry: &'a Geometry,
}

impl<'a> Enclosed<'a> {
    /// Of the voxels at the plane alone, or of all along its normal. The line is in mm right of and below the middle of
    /// the plane.
    pub fn new(polygon: &'a Polygon, plane: Plane, is_through: bool, geometry: &'a Geometry) -> Self {
        let layer = (!is_through).then(|| PlaneLayer::at(geometry, plane.center, plane.axes.normal()));
        Self {
            polygon,
            plane,
            layer,
            geometry,
        }
    }

    /// Whether the centre of a voxel is inside.
    #[inline]
    pub fn has(&self, index: [usize; 3]) -> bool {
        let place = self.geometry.patient_at(DVec3::from_array(index.map(|at| at as f64)));
        self.layer.is_none_or(|layer| layer.has(index, place))
            && self.polygon.encloses(self.plane.coordinates_of(place).truncate())
    }

    /// Whether anything of a box of voxels can be inside: never false where something is.
    pub fn may_touch(&self, voxels: &VoxelBox) -> bool {
        if self.layer.is_some_and(|layer| !layer.may_touch(self.geometry, voxels)) {
            return false;
        }
        let corners = plane_layer::corners(self.geometry, voxels);
        let seen = corners.map(|corner| self.plane.coordinates_of(corner).truncate());
        let low = seen.into_iter().fold(DVec2::INFINITY, DVec2::min);
        let high = seen.into_iter().fold(DVec2::NEG_INFINITY, DVec2::max);
        // Slices that do not stand evenly can lie beyond the corners.
        let spare = if self.geometry.slice_table().is_some() {
            high - low
        } else {
            DVec2::splat(1e-6)
        };
        let [from, to] = self.polygon.bounds();
        (low - spare).cmple(to).all() && (high + spare).cmpge(from).all()
    }
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DMat3};

    use super::*;
    use crate::model::plane::Axes;

    fn star() -> Vec<DVec2> {
        (0..7)
            .map(|n| DVec2::from_angle(f64::from(n * 3) * std::f64::consts::TAU / 7.0) * 11.3 + DVec2::new(2.0, -1.0))
            .collect()
    }

    /// How often the line goes around a point, by the angles under which its edges are seen.
    fn turns(corners: &[DVec2], point: DVec2) -> i64 {
        let mut sum = 0.0;
        for n in 0..corners.len() {
            let (a, b) = (corners[n] - point, corners[(n + 1) % corners.len()] - point);
            sum += a.perp_dot(b).atan2(a.dot(b));
        }
        (sum / std::f64::consts::TAU).round() as i64
    }

    #[test]
    fn it_encloses_what_it_goes_around_an_odd_number_of_times() {
        let corners = star();
        let polygon = Polygon::new(&corners).unwrap();
        let mut inside = 0;
        for y in -130..130 {
            for x in -130..130 {
                let point = DVec2::new(f64::from(x) * 0.1 + 0.013, f64::from(y) * 0.1 + 0.017);
                let expected = turns(&corners, point) % 2 != 0;
                assert_eq!(polygon.encloses(point), expected, "{point}");
                inside += usize::from(expected);
            }
        }
        assert!(inside > 1000);
        for nothing in [&corners[..2], &[DVec2::NAN; 4], &[DVec2::ONE; 5]] {
            assert!(Polygon::new(nothing).is_none());
        }
    }

    #[test]
    fn on_an_oblique_plane_every_voxel_says_for_itself_whether_it_is_inside() {
        let matrix = DMat3::from_cols(
            DVec3::new(0.7, 0.1, 0.0),
            DVec3::new(-0.1, 0.9, 0.2),
            DVec3::new(0.3, 0.4, 2.5),
        );
        let geometry = Geometry::from_affine([40, 36, 20], DAffine3::from_mat3_translation(matrix, DVec3::X)).unwrap();
        let corners = star();
        let polygon = Polygon::new(&corners).unwrap();
        let normal = DVec3::new(0.3, -0.5, 0.8).normalize();
        let axes = Axes::from_normal_up(normal, DVec3::Z).unwrap();
        let center = geometry.center();
        let plane = Plane { center, axes };
        // Half of what a voxel's edges reach along the normal.
        let reach: f64 = (0..3).map(|n| matrix.col(n).dot(axes.normal()).abs()).sum::<f64>() / 2.0;
        for is_through in [false, true] {
            let enclosed = Enclosed::new(&polygon, plane, is_through, &geometry);
            let mut count = 0;
            for n in 0..40 * 36 * 20 {
                let index = [n % 40, n / 40 % 36, n / 1440];
                let place = geometry.patient_at(DVec3::from_array(index.map(|at| at as f64))) - center;
                let height = place.dot(axes.normal());
                let point = DVec2::new(place.dot(axes.right), place.dot(axes.down));
                // What lies on the very edge may be counted either way.
                if !is_through && (height.abs() - reach).abs() < 1e-9 {
                    continue;
                }
                let expected = turns(&corners, point) % 2 != 0 && (is_through || height.abs() < reach);
                assert_eq!(enclosed.has(index), expected, "{index:?}");
                assert!(!expected || enclosed.may_touch(&index.map(|at| at..at + 1)));
                count += usize::from(expected);
            }
            assert!(count > 150, "{count}");
        }
    }
}
