//! The part of a volume that a picture sees, as a convex region: a slab under the pixels of a slice, or what lies under
//! those of a camera and is not cut away.

use glam::{DMat3, DVec3};

use crate::model::geometry::Geometry;
use crate::scene::{SliceScene, StackScene, VolumeScene};

/// What lies between pairs of parallel planes, in voxel indices on the mean grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConvexRegion {
    spans: Vec<Span>,
}

/// Between two parallel planes: `low ≤ axis · place ≤ high`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    /// Of length 1.
    axis: DVec3,
    low: f64,
    high: f64,
}

impl ConvexRegion {
    /// Of the pixel centres of a slice, through the whole of its slab unless `is_plane`, with some pixels more around it.
    pub fn of_slice(scene: &SliceScene, geometry: &Geometry, is_plane: bool, more_px: u32) -> Self {
        let axes = &scene.plane.axes;
        let [width, height] = scene
            .size
            .map(|side| f64::from(side.max(1) - 1 + 2 * more_px) * scene.mm_per_pixel);
        let depth = scene.slab.filter(|_| !is_plane).map_or(0.0, |slab| slab.thickness_mm);
        let edges = [axes.right * width, axes.down * height, axes.normal() * depth];
        let corner = scene.plane.center - (edges[0] + edges[1] + edges[2]) / 2.0;
        let voxel = geometry.voxel_from_patient();
        Self::of_prism(
            voxel.transform_point3(corner),
            edges.map(|edge| voxel.transform_vector3(edge)),
        )
    }

    /// Of the pixel centres of a stored slice.
    pub fn of_stack(scene: &StackScene) -> Self {
        let pixel = StackScene::pixel_size(&scene.layer.volume);
        let [width, height]: [f64; 2] =
            std::array::from_fn(|n| f64::from(scene.size[n].max(1) - 1) * scene.units_per_pixel / pixel[n]);
        let corner = scene.center.extend(scene.slice as f64) - DVec3::new(width, height, 0.0) / 2.0;
        Self::of_prism(corner, [DVec3::X * width, DVec3::Y * height, DVec3::ZERO])
    }

    /// Of the rays of a camera, before the eye and, if `is_cut`, as far as it is not cut away.
    pub fn of_view(scene: &VolumeScene, geometry: &Geometry, is_cut: bool) -> Self {
        let forward = scene.camera.axes().normal();
        let [width, height] = scene.size.map(f64::from);
        let at = |x: f64, y: f64| scene.ray(x, y);
        let corners = [at(0.0, 0.0), at(width, 0.0), at(width, height), at(0.0, height)];
        let middle = at(width / 2.0, height / 2.0).origin;
        let mut region = Self::default();
        for (n, one) in corners.iter().enumerate() {
            let other = &corners[(n + 1) % corners.len()];
            // Both rays and what is between them lie in it.
            let normal = (other.origin - one.origin).cross(one.direction).normalize_or_zero();
            let inwards = normal * (middle - one.origin).dot(normal).signum();
            region.add_in_patient(geometry, inwards, inwards.dot(one.origin), f64::INFINITY);
        }
        if let Some(distance_mm) = scene.camera.distance_mm(scene.whole().size[1]) {
            let eye = scene.camera.target - forward * distance_mm;
            region.add_in_patient(geometry, forward, forward.dot(eye), f64::INFINITY);
        }
        for cut in scene.cuts.half_spaces().filter(|_| is_cut) {
            region.add_in_patient(geometry, cut.normal, cut.offset_mm, f64::INFINITY);
        }
        region
    }

    /// What of it lies in a plane, `normal · p = offset_mm` in LPS mm.
    #[must_use]
    pub fn in_plane(mut self, geometry: &Geometry, normal: DVec3, offset_mm: f64) -> Self {
        self.add_in_patient(geometry, normal, offset_mm, offset_mm);
        self
    }

    /// Around a corner of a prism with these edges, some of which may be zero.
    fn of_prism(corner: DVec3, edges: [DVec3; 3]) -> Self {
        let corners: [DVec3; 8] = std::array::from_fn(|n| {
            (0..3)
                .filter(|axis| n >> axis & 1 == 1)
                .fold(corner, |at, axis| at + edges[axis])
        });
        // By the separating axis theorem nothing else parts it from a box: normals of both, and of a pair of edges.
        let own = [(0, 1), (1, 2), (2, 0)].map(|(a, b)| edges[a].cross(edges[b]));
        let pairs = edges.iter().flat_map(|edge| DVec3::AXES.map(|axis| edge.cross(axis)));
        let mut region = Self::default();
        for axis in DVec3::AXES.into_iter().chain(own).chain(pairs) {
            let axis = axis.normalize_or_zero();
            let along = corners.map(|corner| axis.dot(corner));
            let low = along.into_iter().fold(f64::INFINITY, f64::min);
            let high = along.into_iter().fold(f64::NEG_INFINITY, f64::max);
            region.add(Span { axis, low, high });
        }
        region
    }

    /// `low ≤ normal · p ≤ high` in LPS mm.
    fn add_in_patient(&mut self, geometry: &Geometry, normal: DVec3, low: f64, high: f64) {
        let patient = geometry.patient_from_voxel();
        let axis = patient.matrix3.transpose() * normal;
        let (length, offset) = (axis.length(), normal.dot(patient.translation));
        self.add(Span {
            axis: axis.normalize_or_zero(),
            low: (low - offset) / length,
            high: (high - offset) / length,
        });
    }

    /// A direction that is none parts nothing.
    fn add(&mut self, span: Span) {
        if span.axis != DVec3::ZERO && span.axis.is_finite() && !span.low.is_nan() && !span.high.is_nan() {
            self.spans.push(span);
        }
    }

    /// How it lies to a box.
    pub(super) fn relation(&self, low: DVec3, high: DVec3) -> Relation {
        let (middle, half) = ((low + high) / 2.0, (high - low) / 2.0);
        let mut relation = Relation::Holds;
        for span in &self.spans {
            let at = span.axis.dot(middle);
            let reach = span.axis.abs().dot(half);
            if at + reach < span.low || at - reach > span.high {
                return Relation::Misses;
            }
            if at - reach < span.low || at + reach > span.high {
                relation = Relation::MayMeet;
            }
        }
        relation
    }
}

/// How a region lies to a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// Nothing of it is in the box.
    Misses,
    /// Something may be. Of slices it is.
    MayMeet,
    /// All of the box is in it.
    Holds,
}

/// From where places of a volume count as near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Nearness {
    /// To a place, with the size of voxel steps along each axis.
    To(DVec3, DMat3),
    /// Along a direction.
    Along(DVec3),
}

impl Nearness {
    /// To the middle of a slice; distances in mm.
    pub fn of_slice(scene: &SliceScene, geometry: &Geometry) -> Self {
        let middle = geometry.voxel_from_patient().transform_point3(scene.plane.center);
        Self::To(middle, geometry.patient_from_voxel().matrix3)
    }

    /// To the middle of a stored slice.
    pub fn of_stack(scene: &StackScene) -> Self {
        Self::To(scene.center.extend(scene.slice as f64), DMat3::IDENTITY)
    }

    /// To the eye of a camera.
    pub fn of_view(scene: &VolumeScene, geometry: &Geometry) -> Self {
        let forward = scene.camera.axes().normal();
        let patient = geometry.patient_from_voxel().matrix3;
        match scene.camera.distance_mm(scene.whole().size[1]) {
            None => Self::Along(patient.transpose() * forward),
            Some(distance_mm) => {
                let eye = scene.camera.target - forward * distance_mm;
                Self::To(geometry.voxel_from_patient().transform_point3(eye), patient)
            }
        }
    }

    /// How far away a place is, from the nearest to the farthest; a place is a voxel index on the mean grid.
    pub(super) fn distance(&self, place: DVec3) -> f64 {
        match self {
            Self::To(middle, scale) => (*scale * (place - *middle)).length(),
            Self::Along(direction) => direction.dot(place),
        }
    }
}
