//! Where an array lies, by its attributes, in LPS mm.

use glam::{DAffine3, DMat3, DVec3};

use super::attributes::Told;
use super::axes::Axes;
use crate::io::unplaced::Unplaced;
use crate::model::geometry::Geometry;
use crate::say;

/// RAS to LPS.
const FLIP: DVec3 = DVec3::new(-1.0, -1.0, 1.0);

/// A place, and what is not known of it.
pub(super) struct Place {
    pub(super) geometry: Geometry,
    /// Present unless the file says all.
    pub(super) unplaced: Option<Unplaced>,
    /// Doubts, each a sentence.
    pub(super) warnings: Vec<String>,
}

/// The place of an array with so many voxels along i, j, k. An `affine` is taken as nibabel's: from indices along the axes of
/// space, in the order of the file, to RAS mm. Sizes and `origin` are in the order of the file's axes too. The error is the
/// reason for the user.
pub(super) fn place(dims: [usize; 3], rank: usize, axes: &Axes, told: &Told) -> Result<Place, String> {
    let mut warnings = Vec::new();
    if let Some(affine) = &told.affine {
        match by_affine(dims, affine).filter(|_| axes.space.len() == 3) {
            Some(geometry) => {
                warnings.push(say!("io-hdf5-affine"));
                return Ok(Place {
                    geometry,
                    unplaced: None,
                    warnings,
                });
            }
            None => warnings.push(say!("io-hdf5-unusable", name = "affine")),
        }
    }
    let mut size = |name: &'static str, numbers: &Option<Vec<f64>>, scale: f64| {
        let numbers = numbers.as_deref()?;
        let of_axes = of_space(numbers, rank, axes).map(|all| all.iter().map(|size| size * scale).collect::<Vec<_>>());
        let usable = of_axes.filter(|all| all.iter().all(|size| *size > 0.0 && size.is_finite()));
        if usable.is_none() {
            warnings.push(say!("io-hdf5-unusable", name = name));
        }
        usable
    };
    let sizes = size("element_size_um", &told.element_size_um, 1e-3).or_else(|| size("spacing", &told.spacing_mm, 1.0));
    let mut columns = [DVec3::ZERO; 3];
    let mut translation = DVec3::ZERO;
    let unit = |at: usize| [DVec3::X, DVec3::Y, DVec3::Z].get(at).copied().unwrap_or(DVec3::Z);
    let origin = told
        .origin_mm
        .as_deref()
        .and_then(|numbers| of_space(numbers, rank, axes));
    if told.origin_mm.is_some() && origin.is_none() {
        warnings.push(say!("io-hdf5-unusable", name = "origin"));
    }
    for (n, direction) in axes.directions.iter().enumerate() {
        let step = sizes.as_ref().and_then(|sizes| sizes.get(n)).copied().unwrap_or(1.0);
        // The last axis of the file is the first in memory.
        if let Some(column) = columns.get_mut(axes.directions.len() - 1 - n) {
            *column = unit(*direction) * step;
        }
        translation += unit(*direction) * origin.as_ref().and_then(|all| all.get(n)).copied().unwrap_or(0.0);
    }
    if axes.directions.len() == 2 {
        columns[2] = DVec3::Z;
    }
    let [i, j, k] = columns;
    let geometry = Geometry::from_affine(
        dims,
        DAffine3 {
            matrix3: DMat3::from_cols(i, j, k),
            translation,
        },
    )
    .map_err(|err| err.to_string())?;
    let doubt = if sizes.is_some() {
        say!("io-hdf5-no-sides")
    } else {
        say!("io-hdf5-no-place")
    };
    warnings.push(doubt.clone());
    let unplaced = Unplaced {
        spacing_mm: sizes.is_some().then(|| geometry.spacing()),
        has_origin: origin.is_some(),
        doubt,
        ..Unplaced::default()
    };
    Ok(Place {
        geometry,
        unplaced: Some(unplaced),
        warnings,
    })
}

/// The numbers of the axes of space, of a list with one for each of them or one for each axis.
fn of_space(numbers: &[f64], rank: usize, axes: &Axes) -> Option<Vec<f64>> {
    if numbers.len() == axes.space.len() {
        Some(numbers.to_vec())
    } else if numbers.len() == rank {
        axes.space.iter().map(|axis| numbers.get(*axis).copied()).collect()
    } else {
        None
    }
}

/// Sixteen numbers, or twelve, to which the last row is added.
fn by_affine(dims: [usize; 3], affine: &[f64]) -> Option<Geometry> {
    let at = |row: usize, column: usize| affine.get(4 * row + column).copied().unwrap_or(f64::NAN);
    let is_affine = match affine.len() {
        12 => true,
        16 => affine.get(12..) == Some(&[0.0, 0.0, 0.0, 1.0]),
        _ => false,
    };
    let column = |column: usize| FLIP * DVec3::new(at(0, column), at(1, column), at(2, column));
    // The file's first axis is the last in memory.
    let map = DAffine3 {
        matrix3: DMat3::from_cols(column(2), column(1), column(0)),
        translation: column(3),
    };
    is_affine.then(|| Geometry::from_affine(dims, map).ok()).flatten()
}
