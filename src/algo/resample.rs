//! A volume on an even, upright grid, for formats that cannot hold uneven slices or a shear.

use glam::{DAffine3, DMat3, DVec3};
use rayon::prelude::*;

use super::sample::{Sample, sample};
use crate::model::geometry::{Geometry, GeometryError};
use crate::model::volume::{Placement, Value, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Samples, Voxels, VoxelsError};
use crate::say;
use crate::scene::Interpolation;

/// More slices than this are a slip of the hand.
const MOST_SLICES: f64 = 65_536.0;

/// Why a volume cannot be resampled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ResampleError {
    /// A stack of pictures without a place in space.
    #[error("{}", say!("algo-no-place"))]
    NoPlace,
    /// The distance of slices is no distance, or makes too many of them.
    #[error("{}", say!("algo-no-step", step = .0.to_string()))]
    Step(f64),
    /// The new grid is none.
    #[error(transparent)]
    Geometry(#[from] GeometryError),
    /// The new voxels cannot be held.
    #[error(transparent)]
    Voxels(#[from] VoxelsError),
    /// Not all voxels have arrived.
    #[error("{}", say!("algo-not-loaded"))]
    NotLoaded,
}

/// The volume on a grid with perpendicular axes and slices `step_mm` apart (the usual distance of its own slices
/// where `None`). Columns and rows keep their direction and spacing; the grid is large enough for every slice.
///
/// Values are trilinear (labels: nearest), rounded where the type is whole; where there was nothing, they are the
/// padding value, else the lowest of all.
pub fn onto_even_grid(volume: &Volume, step_mm: Option<f64>) -> Result<Volume, ResampleError> {
    let geometry = volume.geometry().ok_or(ResampleError::NoPlace)?;
    if !volume.voxels.is_complete() {
        return Err(ResampleError::NotLoaded);
    }
    let grid = even_grid(geometry, step_mm.unwrap_or_else(|| usual_step_mm(geometry)))?;
    let [columns, rows, slices] = grid.dims();
    let (frames, parts, sample_type) = (
        volume.voxels.frames(),
        volume.voxels.components(),
        volume.voxels.sample_type(),
    );
    let voxels = Voxels::new(grid.dims(), frames, parts, sample_type, 1)?;
    let interpolation = if volume.series.kind == VolumeKind::Segmentation {
        Interpolation::Nearest
    } else {
        Interpolation::Linear
    };
    let outside = volume.padding.map_or_else(|| lowest(&volume.voxels), |(low, _)| low);
    (0..slices * frames).into_par_iter().try_for_each(|slab| {
        let (frame, k) = (slab / slices, slab % slices);
        let mut stored = Vec::with_capacity(columns * rows * parts);
        for (j, i) in (0..rows).flat_map(|j| (0..columns).map(move |i| (j, i))) {
            let patient = grid.patient_at(DVec3::new(i as f64, j as f64, k as f64));
            match sample(volume, geometry.voxel_at(patient), frame, interpolation) {
                Sample::Value(Value::Rgb(rgb)) => stored.extend(rgb),
                Sample::Value(Value::Scalar(value)) => {
                    stored.push((value - volume.rescale.intercept) / volume.rescale.slope);
                }
                Sample::Nothing | Sample::Pending => {
                    stored.extend(std::iter::repeat_n(outside, parts));
                }
            }
        }
        voxels.publish(slab, samples_of(&stored, sample_type))
    })?;
    Ok(Volume {
        id: VolumeId::fresh(),
        series: volume.series.clone(),
        placement: Placement::Patient(grid),
        voxels,
        rescale: volume.rescale,
        unit: volume.unit.clone(),
        windows: volume.windows.clone(),
        is_inverted: volume.is_inverted,
        padding: volume.padding,
        warnings: volume.warnings.clone(),
    })
}

/// The median distance of neighbouring slices along the normal.
fn usual_step_mm(geometry: &Geometry) -> f64 {
    let across = geometry
        .patient_from_voxel()
        .matrix3
        .z_axis
        .dot(geometry.normal())
        .abs();
    let Some(positions) = geometry.slice_positions_mm() else {
        return across;
    };
    let mut steps: Vec<f64> = positions.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(across)
}

/// Perpendicular axes around every slice.
fn even_grid(geometry: &Geometry, step_mm: f64) -> Result<Geometry, ResampleError> {
    let spacing = geometry.spacing();
    let right = geometry.patient_from_voxel().matrix3.x_axis / spacing.x;
    let normal = geometry.normal();
    let down = normal.cross(right);
    let [columns, rows, slices] = geometry.dims();
    let (last_i, last_j) = (columns as f64 - 1.0, rows as f64 - 1.0);
    let corners = (0..slices).flat_map(|k| {
        [(0.0, 0.0), (last_i, 0.0), (0.0, last_j), (last_i, last_j)]
            .map(|(i, j)| geometry.patient_at(DVec3::new(i, j, k as f64)))
    });
    let (mut low, mut high) = (DVec3::INFINITY, DVec3::NEG_INFINITY);
    for corner in corners {
        let at = DVec3::new(corner.dot(right), corner.dot(down), corner.dot(normal));
        (low, high) = (low.min(at), high.max(at));
    }
    let steps = DVec3::new(spacing.x, spacing.y, step_mm);
    // A last voxel that is missed by rounding alone is not lost.
    let counts = ((high - low) / steps + 1e-6).floor() + 1.0;
    if !(step_mm > 0.0 && counts.z <= MOST_SLICES) {
        return Err(ResampleError::Step(step_mm));
    }
    let axes = DMat3::from_cols(right, down, normal);
    let affine = DAffine3 {
        matrix3: axes * DMat3::from_diagonal(steps),
        translation: axes * low,
    };
    Ok(Geometry::from_affine(
        counts.to_array().map(|count| count as usize),
        affine,
    )?)
}

/// The lowest stored number that is a number.
fn lowest(voxels: &Voxels) -> f64 {
    let slabs: Vec<&Samples> = (0..voxels.slab_count())
        .filter_map(|slab| voxels.slab(slab).map(AsRef::as_ref))
        .collect();
    let low = slabs
        .par_iter()
        .map(|samples| {
            (0..samples.len())
                .filter_map(|n| samples.get(n))
                .fold(f64::INFINITY, f64::min)
        })
        .reduce(|| f64::INFINITY, f64::min);
    if low.is_finite() { low } else { 0.0 }
}

/// Numbers as samples of a type, rounded to the nearest where it is whole.
fn samples_of(numbers: &[f64], sample_type: SampleType) -> Samples {
    macro_rules! rounded {
        ($type:ty) => {
            numbers.iter().map(|number| number.round() as $type).collect()
        };
    }
    match sample_type {
        SampleType::U8 => Samples::U8(rounded!(u8)),
        SampleType::I8 => Samples::I8(rounded!(i8)),
        SampleType::U16 => Samples::U16(rounded!(u16)),
        SampleType::I16 => Samples::I16(rounded!(i16)),
        SampleType::U32 => Samples::U32(rounded!(u32)),
        SampleType::I32 => Samples::I32(rounded!(i32)),
        SampleType::F32 => Samples::F32(numbers.iter().map(|number| *number as f32).collect()),
        SampleType::F64 => Samples::F64(numbers.to_vec()),
    }
}
