//! Where a NRRD header says that its voxels lie, in LPS mm.

use glam::{DAffine3, DMat3, DVec3};

use super::fields::Fields;
use crate::io::raw::{Axis, Role};
use crate::model::geometry::{Geometry, GeometryError};
use crate::say;

/// The vectors of `space directions`, one an axis: `None` where an axis has no direction in space. `None` of all where the
/// header has no such field. The error is the reason for the user.
pub(super) fn directions(fields: &Fields) -> Result<Option<Vec<Option<DVec3>>>, String> {
    if fields.get("space directions").is_none() {
        return Ok(None);
    }
    let words = fields.words("space directions");
    // All vectors are of one space.
    let count = |word: &&String| word.matches(',').count();
    let odd = words.iter().filter(|word| word.contains(',')).find(|word| {
        let first = words.iter().find(|word| word.contains(','));
        first.as_ref().map(count) != Some(count(word))
    });
    if let Some(odd) = odd {
        return Err(say!("io-nrrd-vector", text = odd.clone()));
    }
    let vectors = words.iter().map(|word| match word.to_ascii_lowercase().as_str() {
        "none" | "???" => Ok(None),
        _ => vector(word)
            // An axis of time has no part in space; some write NaN where there is no direction.
            .map(|vector| Some(vector).filter(|vector| vector.is_finite() && *vector != DVec3::ZERO))
            .ok_or_else(|| say!("io-nrrd-vector", text = word.clone())),
    });
    let vectors: Vec<Option<DVec3>> = vectors.collect::<Result<_, String>>()?;
    Ok(Some(vectors).filter(|vectors| vectors.iter().any(Option::is_some)))
}

/// Two to four numbers, of which the first three are in space.
fn vector(text: &str) -> Option<DVec3> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse().ok())
        .collect::<Option<_>>()?;
    match numbers[..] {
        [x, y] => Some(DVec3::new(x, y, 0.0)),
        [x, y, z] | [x, y, z, _] => Some(DVec3::new(x, y, z)),
        _ => None,
    }
}

/// The geometry of a header whose axes are known.
pub(super) fn place(
    fields: &Fields,
    axes: &[Axis],
    vectors: Option<&[Option<DVec3>]>,
    dims: [usize; 3],
    warnings: &mut Vec<String>,
) -> Result<Geometry, GeometryError> {
    let space: Vec<usize> = (0..axes.len())
        .filter(|at| axes.get(*at).is_some_and(|axis| axis.role == Role::Space))
        .collect();
    let mut columns = Vec::new();
    let mut translation = DVec3::ZERO;
    if let Some(vectors) = vectors {
        columns.extend(space.iter().filter_map(|at| vectors.get(*at).copied().flatten()));
        translation = fields
            .words("space origin")
            .first()
            .and_then(|word| vector(word))
            .unwrap_or_default();
    } else {
        for (n, at) in space.iter().enumerate() {
            let (spacing, first) = spacing_and_first(fields, *at, axes);
            let axis = [DVec3::X, DVec3::Y, DVec3::Z].get(n).copied().unwrap_or_default();
            columns.push(axis * spacing);
            translation += axis * first;
        }
        if let Some(origin) = fields.words("space origin").first().and_then(|word| vector(word)) {
            translation = origin;
        }
    }
    let to_lps = to_lps(fields, warnings) * unit_mm(fields, warnings);
    let matrix = DMat3::from_diagonal(to_lps) * matrix(&columns);
    let translation = to_lps * translation;
    Geometry::from_affine(
        dims,
        DAffine3 {
            matrix3: matrix,
            translation,
        },
    )
}

/// Three columns; what is missing stands across the others, 1 long.
fn matrix(columns: &[DVec3]) -> DMat3 {
    match *columns {
        [x] => {
            let y = x.try_normalize().unwrap_or(DVec3::X).any_orthonormal_vector();
            DMat3::from_cols(x, y, x.cross(y).normalize_or_zero())
        }
        [x, y] => DMat3::from_cols(x, y, x.cross(y).normalize_or_zero()),
        [x, y, z, ..] => DMat3::from_cols(x, y, z),
        [] => DMat3::IDENTITY,
    }
}

/// Distance of voxels along an axis, and where the first centre is, where there are no directions.
fn spacing_and_first(fields: &Fields, at: usize, axes: &[Axis]) -> (f64, f64) {
    let number = |name: &str| {
        let words = fields.words(name);
        words.get(at)?.parse::<f64>().ok().filter(|number| number.is_finite())
    };
    let size = axes.get(at).map_or(1, |axis| axis.size).max(1) as f64;
    let is_cell = fields
        .words("centers")
        .get(at)
        .or(fields.words("centerings").get(at))
        .is_some_and(|word| word == "cell");
    let (low, high) = (number("axis mins"), number("axis maxs"));
    let from_ends = low.zip(high).map(|(low, high)| {
        let steps = if is_cell { size } else { (size - 1.0).max(1.0) };
        (high - low) / steps
    });
    let spacing = number("spacings")
        .or(from_ends)
        .filter(|spacing| *spacing != 0.0)
        .unwrap_or(1.0);
    let first = low.map_or(0.0, |low| if is_cell { low + spacing / 2.0 } else { low });
    (spacing, first)
}

/// Signs that lead from the header's space to LPS.
fn to_lps(fields: &Fields, warnings: &mut Vec<String>) -> DVec3 {
    let name = fields.get("space").unwrap_or_default().to_ascii_lowercase();
    let name = name
        .strip_suffix("-time")
        .or_else(|| name.strip_suffix('t'))
        .unwrap_or(&name);
    match name {
        "left-posterior-superior" | "lps" => DVec3::ONE,
        "right-anterior-superior" | "ras" => DVec3::new(-1.0, -1.0, 1.0),
        "left-anterior-superior" | "las" => DVec3::new(1.0, -1.0, 1.0),
        "" => {
            warnings.push(say!("io-nrrd-no-space"));
            DVec3::ONE
        }
        other => {
            warnings.push(say!("io-nrrd-other-space", space = other.to_owned()));
            DVec3::ONE
        }
    }
}

/// Millimetres of the header's unit of length.
fn unit_mm(fields: &Fields, warnings: &mut Vec<String>) -> f64 {
    let words = fields.words("space units");
    match words
        .first()
        .map(|unit| unit.to_lowercase())
        .unwrap_or_default()
        .as_str()
    {
        "" | "mm" | "millimeter" | "millimeters" | "millimetre" | "???" | "none" => 1.0,
        "um" | "µm" | "μm" | "micron" | "microns" | "micrometer" | "micrometers" => 1e-3,
        "nm" | "nanometer" | "nanometers" => 1e-6,
        "cm" | "centimeter" | "centimeters" => 10.0,
        "m" | "meter" | "meters" => 1e3,
        other => {
            warnings.push(say!("io-nrrd-unit", unit = other.to_owned()));
            1.0
        }
    }
}
