//! Which slabs a picture needs, so that a first picture decodes only those.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use glam::DVec3;

use crate::model::geometry::Geometry;
use crate::scene::{ImageLayer, Interpolation, Scene, SliceScene};

use super::sample::SNAP;

/// The slabs that each layer of a scene needs, in the order of the layers.
pub fn needed_slabs(scene: &Scene) -> Vec<BTreeSet<usize>> {
    scene
        .layers()
        .map(|layer| slabs_of(layer, needed_slices(scene, layer)))
        .collect()
}

fn slabs_of(layer: &ImageLayer, slices: Option<RangeInclusive<usize>>) -> BTreeSet<usize> {
    let voxels = &layer.volume.voxels;
    if layer.frame >= voxels.frames() {
        return BTreeSet::new();
    }
    slices
        .into_iter()
        .flatten()
        .map(|slice| voxels.slab_of(slice, layer.frame))
        .collect()
}

fn needed_slices(scene: &Scene, layer: &ImageLayer) -> Option<RangeInclusive<usize>> {
    let slices = layer.volume.dims()[2];
    match scene {
        Scene::Stack(scene) => (scene.slice < slices).then_some(scene.slice..=scene.slice),
        Scene::Volume(_) => layer.volume.geometry().map(|_| 0..=slices - 1),
        Scene::Slice(scene) => {
            let geometry = layer.volume.geometry()?;
            let (low, high) = slice_extent(scene, geometry)?;
            Some(with_support(low, high, slices, layer.interpolation))
        }
    }
}

/// The lowest and highest fractional slice index under the picture, as far as it lies in the volume.
fn slice_extent(scene: &SliceScene, geometry: &Geometry) -> Option<(f64, f64)> {
    let [columns, rows, slices] = geometry.dims().map(|side| side as f64);
    let shifts = |pick: fn(&crate::model::geometry::SliceRow) -> f64| {
        geometry
            .slice_table()
            .unwrap_or_default()
            .iter()
            .map(pick)
            .fold((0.0f64, 0.0f64), |(low, high), at| (low.min(at), high.max(at)))
    };
    let (left, right) = shifts(|row| row.shift_i);
    let (top, bottom) = shifts(|row| row.shift_j);
    // Half a voxel around the outermost centres, and a little for the arithmetic.
    let margin = 0.5 + 2.0 * SNAP;
    let walls = [
        (DVec3::X, margin - left),
        (DVec3::NEG_X, columns - 1.0 + margin + right),
        (DVec3::Y, margin - top),
        (DVec3::NEG_Y, rows - 1.0 + margin + bottom),
    ];
    let mut extent: Option<(f64, f64)> = None;
    for face in faces(scene, geometry) {
        for corner in walls
            .iter()
            .fold(face.to_vec(), |polygon, wall| clipped(&polygon, *wall))
        {
            let (low, high) = extent.unwrap_or((corner.z, corner.z));
            extent = Some((low.min(corner.z), high.max(corner.z)));
        }
    }
    // The true slice index grows with the mean one, so the ends stay the ends.
    let true_slice = |step: f64| geometry.voxel_from_mean(DVec3::new(0.0, 0.0, step)).z;
    let (low, high) = extent.map(|(low, high)| (true_slice(low), true_slice(high)))?;
    let is_met = high >= -margin && low <= slices - 1.0 + margin;
    is_met.then_some((low, high))
}

/// The faces of the box that the pixel centres of a slab span, in mean voxel indices. Of a plane all lie in it.
fn faces(scene: &SliceScene, geometry: &Geometry) -> [[DVec3; 4]; 6] {
    let [half_width, half_height] = scene
        .size
        .map(|side| (f64::from(side.max(1)) - 1.0) / 2.0 * scene.mm_per_pixel);
    let half_depth = scene.slab.map_or(0.0, |slab| slab.thickness_mm / 2.0);
    let corner = |n: usize| {
        let pick = |bit: usize, half: f64| if n >> bit & 1 == 1 { half } else { -half };
        let patient = scene.plane.patient_at(pick(0, half_width), pick(1, half_height))
            + scene.plane.axes.normal() * pick(2, half_depth);
        geometry.voxel_from_patient().transform_point3(patient)
    };
    [
        [0, 1, 3, 2],
        [4, 5, 7, 6],
        [0, 1, 5, 4],
        [2, 3, 7, 6],
        [0, 2, 6, 4],
        [1, 3, 7, 5],
    ]
    .map(|face| face.map(corner))
}

/// The part of a convex polygon where `normal · point + offset ≥ 0`.
fn clipped(polygon: &[DVec3], (normal, offset): (DVec3, f64)) -> Vec<DVec3> {
    let height = |point: DVec3| normal.dot(point) + offset;
    let mut kept = Vec::with_capacity(polygon.len() + 1);
    for (n, from) in polygon.iter().enumerate() {
        let to = polygon[(n + 1) % polygon.len()];
        let (a, b) = (height(*from), height(to));
        if a >= 0.0 {
            kept.push(*from);
        }
        if (a >= 0.0) != (b >= 0.0) {
            kept.push(from.lerp(to, a / (a - b)));
        }
    }
    kept
}

/// The slices that interpolation between two places along the stack reads.
fn with_support(low: f64, high: f64, slices: usize, interpolation: Interpolation) -> RangeInclusive<usize> {
    // Narrower than what the samplers call zero, so that they never ask for a slice that is left out here.
    let noise = SNAP / 2.0;
    let (first, last) = match interpolation {
        Interpolation::Nearest => ((low + 0.5 - noise).floor(), (high + 0.5 + 2.0 * SNAP).floor()),
        Interpolation::Linear => ((low + noise).floor(), (high - noise).ceil()),
        Interpolation::Cubic => {
            let (first, last) = ((low + noise).floor(), (high - noise).ceil());
            if last <= first {
                (first, first)
            } else {
                (first - 1.0, last + 1.0)
            }
        }
    };
    let clamp = |slice: f64| slice.clamp(0.0, slices as f64 - 1.0) as usize;
    clamp(first.min(last))..=clamp(first.max(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_on_a_slice_needs_that_slice() {
        for interpolation in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
            assert_eq!(with_support(7.0 - 1e-9, 7.0 + 1e-9, 20, interpolation), 7..=7);
        }
    }

    #[test]
    fn between_slices_the_support_counts() {
        assert_eq!(with_support(7.2, 7.2, 20, Interpolation::Nearest), 7..=7);
        assert_eq!(with_support(7.2, 7.2, 20, Interpolation::Linear), 7..=8);
        assert_eq!(with_support(7.2, 7.2, 20, Interpolation::Cubic), 6..=9);
        assert_eq!(with_support(-0.4, 19.4, 20, Interpolation::Cubic), 0..=19);
    }

    #[test]
    fn clipping_keeps_what_lies_above() {
        let square = [
            DVec3::new(-1.0, -1.0, 0.0),
            DVec3::new(1.0, -1.0, 2.0),
            DVec3::new(1.0, 1.0, 2.0),
            DVec3::new(-1.0, 1.0, 0.0),
        ];
        let right = clipped(&square, (DVec3::X, 0.0));
        assert!(right.iter().all(|p| p.x >= 0.0 && p.z >= 1.0), "{right:?}");
        assert!(clipped(&square, (DVec3::X, -5.0)).is_empty());
    }
}
