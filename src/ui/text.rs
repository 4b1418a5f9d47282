//! Numbers as a person reads them. Decimals are formatted here, not by the catalogue, so that they line up.

use glam::DVec3;

use crate::app::readout::Readout;
use crate::model::volume::{Value, Volume};
use crate::say;

/// A number with as many decimals as its size deserves: 1234, 57, 3.25, 0.0031.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if value == value.round() && size < 1e7 {
        return format!("{value:.0}");
    }
    match size {
        s if s >= 1e7 || s < 1e-3 => format!("{value:.3e}"),
        s if s >= 100.0 => format!("{value:.1}"),
        s if s >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// Decimals of a number field whose value is about as large as `scale`.
pub fn decimals(scale: f64) -> usize {
    match scale.abs() {
        s if s >= 50.0 => 0,
        s if s >= 5.0 => 1,
        s if s >= 0.5 => 2,
        _ => 4,
    }
}

/// Millimetres or centimetres, whichever is shorter.
pub fn length(mm: f64) -> String {
    if mm >= 10.0 { say!("ui-centimetres", length = number(mm / 10.0)) } else { say!("ui-millimetres", length = number(mm)) }
}

/// A place in the patient.
pub fn place(lps: DVec3) -> String {
    say!("ui-place", x = format!("{:.1}", lps.x), y = format!("{:.1}", lps.y), z = format!("{:.1}", lps.z))
}

/// A voxel.
pub fn voxel([i, j, k]: [usize; 3]) -> String {
    say!("ui-voxel", i = i.to_string(), j = j.to_string(), k = k.to_string())
}

/// A value with its unit.
pub fn value(value: Value, volume: &Volume) -> String {
    match (value, &volume.unit) {
        (Value::Scalar(value), Some(unit)) => say!("ui-value-unit", value = number(value), unit = unit.clone()),
        (Value::Scalar(value), None) => number(value),
        (Value::Rgb([r, g, b]), _) => say!("ui-value-rgb", r = number(r), g = number(g), b = number(b)),
    }
}

/// Everything about the place under the pointer, the value first.
pub fn readout(readout: &Readout, volume: &Volume) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(match (readout.value, readout.voxel) {
        (Some(found), _) => Some(value(found, volume)),
        (None, Some(_)) => Some(say!("ui-not-loaded")),
        (None, None) => Some(say!("ui-outside")),
    });
    lines.extend(readout.voxel.map(voxel));
    lines.extend(readout.lps.map(place));
    lines
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_the_decimals_they_deserve() {
        for (value, text) in [(57.0, "57"), (-1024.0, "-1024"), (1234.56, "1234.6"), (3.254, "3.25"), (0.00312, "0.0031"), (0.0, "0"), (2.5e9, "2.500e9")] {
            assert_eq!(number(value), text);
        }
    }
}
