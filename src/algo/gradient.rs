//! How values change from place to place, in the patient: right on sheared and anisotropic grids and between uneven
//! slices.

use glam::{DMat3, DVec3};

use crate::model::geometry::Geometry;
use crate::model::volume::Value;
use crate::scene::ImageLayer;

use super::sample::value_at;

/// The number by which a value is classified: itself, or the luminance of a colour (ITU-R BT.709).
pub(super) fn scalar(value: Value) -> f64 {
    match value {
        Value::Scalar(value) => value,
        Value::Rgb([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue,
    }
}

/// The gradient at a fractional voxel index, units of the values per mm along x, y, z of the patient: half the
/// difference of the interpolated values one voxel before and behind along i, j and k (the outermost voxel goes on
/// beyond the volume's end), carried into the patient by the grid around the place. A neighbour that has no value
/// counts as `value`, the value of the place itself.
pub fn gradient(layer: &ImageLayer, geometry: &Geometry, voxel: DVec3, value: f64) -> DVec3 {
    let last = DVec3::from_array(layer.volume.dims().map(|side| side as f64 - 1.0));
    let tap = |offset: DVec3| {
        let at = (voxel + offset).clamp(DVec3::ZERO, last);
        value_at(&layer.volume, at, layer.frame, layer.interpolation).map_or(value, scalar)
    };
    let along = |axis: DVec3| {
        let (ahead, behind) = (tap(axis), tap(-axis));
        // Rounding is no slope: it would have a direction.
        if (ahead - behind).abs() <= 1e-12 * (ahead.abs() + behind.abs()) {
            0.0
        } else {
            (ahead - behind) / 2.0
        }
    };
    let per_voxel = DVec3::new(along(DVec3::X), along(DVec3::Y), along(DVec3::Z));
    voxel_from_patient_at(geometry, voxel).transpose() * per_voxel
}

/// Voxels per mm around a fractional voxel index. Between uneven slices it is that of the two slices around it.
pub(super) fn voxel_from_patient_at(geometry: &Geometry, voxel: DVec3) -> DMat3 {
    let affine = geometry.voxel_from_patient().matrix3;
    if geometry.slice_table().is_none() {
        return affine;
    }
    let last = geometry.dims()[2].saturating_sub(1) as f64;
    let low = voxel.z.floor().clamp(0.0, (last - 1.0).max(0.0));
    let step = geometry.patient_at(voxel.with_z(low + 1.0)) - geometry.patient_at(voxel.with_z(low));
    let mean = geometry.patient_from_voxel().matrix3;
    let local = DMat3::from_cols(mean.x_axis, mean.y_axis, step);
    if local.determinant().abs() > 1e-12 {
        local.inverse()
    } else {
        affine
    }
}
