//! Where a NIfTI header says that its voxels lie: sform, else qform, else the voxel sizes alone.

use glam::{DAffine3, DMat3, DVec3};

use super::fields::Fields;
use crate::model::geometry::{Geometry, GeometryError};
use crate::say;

/// The geometry of a header, in LPS mm, and doubts about it.
///
/// NIfTI speaks RAS+ and the file's own unit; `index_to_lps` = diag(−1, −1, 1) · affine · unit. Nothing is
/// orthogonalised: a sheared sform stays sheared.
pub(super) fn place(fields: &Fields, dims: [usize; 3], warnings: &mut Vec<String>) -> Result<Geometry, GeometryError> {
    let unit_mm = unit_mm(fields, warnings);
    let to_lps =
        |affine: DAffine3| DAffine3::from_mat3(DMat3::from_diagonal(DVec3::new(-unit_mm, -unit_mm, unit_mm))) * affine;
    let geometry_of = |affine: DAffine3| Geometry::from_affine(dims, to_lps(with_depth(affine, dims, fields)));
    let sform = (fields.integer("sform_code", 0) > 0).then(|| geometry_of(sform(fields)));
    let qform = (fields.integer("qform_code", 0) > 0).then(|| geometry_of(qform(fields)));
    match (sform, qform) {
        (Some(Ok(sform)), Some(Ok(qform))) => {
            note_disagreement(&sform, &qform, warnings);
            Ok(sform)
        }
        (Some(Ok(geometry)), None) | (None, Some(Ok(geometry))) => Ok(geometry),
        (Some(Err(err)), Some(Ok(geometry))) => {
            warnings.push(say!("io-nifti-sform-unusable", why = err.to_string()));
            Ok(geometry)
        }
        (Some(Ok(geometry)), Some(Err(err))) => {
            warnings.push(say!("io-nifti-qform-unusable", why = err.to_string()));
            Ok(geometry)
        }
        (sform, qform) => {
            match sform.and_then(Result::err).or(qform.and_then(Result::err)) {
                Some(err) => warnings.push(say!("io-nifti-forms-unusable", why = err.to_string())),
                None => warnings.push(say!("io-nifti-no-form")),
            }
            geometry_of(DAffine3::from_scale(spacing(fields, warnings)))
        }
    }
}

/// Millimetres of the file's unit of length (`xyzt_units`, bits 0 to 2).
fn unit_mm(fields: &Fields, warnings: &mut Vec<String>) -> f64 {
    match fields.integer("xyzt_units", 0) & 7 {
        1 => 1000.0,
        0 | 2 => 1.0,
        3 => 0.001,
        _ => {
            warnings.push(say!("io-nifti-unit"));
            1.0
        }
    }
}

/// Voxel sizes (`pixdim`); one that is no size becomes 1.
fn spacing(fields: &Fields, warnings: &mut Vec<String>) -> DVec3 {
    let mut is_usable = true;
    let sizes = [1, 2, 3].map(|axis| {
        let size = fields.real("pixdim", axis).abs();
        let is_size = size.is_finite() && size > 0.0;
        is_usable &= is_size || axis as i64 > fields.integer("dim", 0);
        if is_size { size } else { 1.0 }
    });
    if !is_usable {
        warnings.push(say!("io-nifti-no-spacing"));
    }
    DVec3::from_array(sizes)
}

fn sform(fields: &Fields) -> DAffine3 {
    let column = |n| {
        DVec3::new(
            fields.real("srow_x", n),
            fields.real("srow_y", n),
            fields.real("srow_z", n),
        )
    };
    DAffine3 {
        matrix3: DMat3::from_cols(column(0), column(1), column(2)),
        translation: column(3),
    }
}

/// Quaternion, offset and voxel sizes to a map (nifti1.h, "method 2").
fn qform(fields: &Fields) -> DAffine3 {
    let [mut b, mut c, mut d] = ["quatern_b", "quatern_c", "quatern_d"].map(|name| fields.real(name, 0));
    let rest = 1.0 - (b * b + c * c + d * d);
    let a = if rest < 1e-7 {
        // Rounding has made it longer than 1: half a turn.
        let scale = 1.0 / (b * b + c * c + d * d).sqrt();
        (b, c, d) = (b * scale, c * scale, d * scale);
        0.0
    } else {
        rest.sqrt()
    };
    let rotation = DMat3::from_cols(
        DVec3::new(
            a * a + b * b - c * c - d * d,
            2.0 * (b * c + a * d),
            2.0 * (b * d - a * c),
        ),
        DVec3::new(
            2.0 * (b * c - a * d),
            a * a + c * c - b * b - d * d,
            2.0 * (c * d + a * b),
        ),
        DVec3::new(
            2.0 * (b * d + a * c),
            2.0 * (c * d - a * b),
            a * a + d * d - b * b - c * c,
        ),
    );
    let mut sizes = spacing(fields, &mut Vec::new());
    if fields.real("pixdim", 0) < 0.0 {
        sizes.z = -sizes.z;
    }
    let offset = ["qoffset_x", "qoffset_y", "qoffset_z"].map(|name| fields.real(name, 0));
    DAffine3 {
        matrix3: rotation * DMat3::from_diagonal(sizes),
        translation: DVec3::from_array(offset),
    }
}

/// A single picture whose header gives it no thickness gets one, across its plane.
fn with_depth(mut affine: DAffine3, dims: [usize; 3], fields: &Fields) -> DAffine3 {
    let matrix = &mut affine.matrix3;
    if dims[2] == 1 && (matrix.z_axis == DVec3::ZERO || fields.integer("dim", 0) < 3 && matrix.determinant() == 0.0) {
        let thickness = Some(fields.real("pixdim", 3).abs())
            .filter(|size| size.is_finite() && *size > 0.0)
            .unwrap_or(1.0);
        matrix.z_axis = matrix.x_axis.cross(matrix.y_axis).normalize_or_zero() * thickness;
    }
    affine
}

/// Both forms may be there and mean different spaces; the user should know when they do.
fn note_disagreement(sform: &Geometry, qform: &Geometry, warnings: &mut Vec<String>) {
    let apart_mm = sform
        .corners()
        .iter()
        .zip(qform.corners())
        .map(|(a, b)| (*a - b).length())
        .fold(0.0, f64::max);
    let noticeable_mm = 0.1 * sform.shortest_edge_mm();
    if apart_mm > noticeable_mm {
        warnings.push(say!("io-nifti-forms-differ", apart = format!("{apart_mm:.1}")));
    }
}
