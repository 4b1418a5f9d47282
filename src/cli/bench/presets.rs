//! The transfer functions that the peers are timed with, so that both draw the same.

use crate::app::transfer_presets;
use crate::cli::render::no_such_transfer;
use crate::model::transfer_function::{Material, TransferFunction, TransferPoint};
use crate::model::window::Window;

/// A transfer function with its name.
#[derive(Clone, Debug)]
pub(super) struct BenchPreset {
    pub(super) name: String,
    pub(super) function: TransferFunction,
    pub(super) iso: f64,
}

/// `vtk-ct` and `vtk-mr`, or any preset of the program; one that follows the data is fitted to the window 220, 760.
pub(super) fn parse_preset(name: &str) -> Result<BenchPreset, String> {
    let (function, iso) = match name {
        "vtk-ct" => (piecewise(&VTK_CT_OPACITY, &VTK_CT_COLOR), 220.0),
        "vtk-mr" => (piecewise(&VTK_MR_OPACITY, &VTK_MR_COLOR), 260.0),
        other => {
            let preset = transfer_presets::transfer_preset(other).ok_or_else(|| no_such_transfer(name))?;
            let values = Window::linear(220.0, 760.0);
            (preset.function(values), preset.iso(values))
        }
    };
    Ok(BenchPreset {
        name: name.to_owned(),
        function,
        iso,
    })
}

type Opacity = (f64, f64);
type Color = (f64, [f64; 3]);

const VTK_CT_OPACITY: [Opacity; 5] = [
    (-1000.0, 0.0),
    (130.0, 0.0),
    (220.0, 0.15),
    (400.0, 0.55),
    (900.0, 0.85),
];
const VTK_CT_COLOR: [Color; 5] = [
    (-200.0, [0.6, 0.3, 0.2]),
    (150.0, [0.8, 0.25, 0.2]),
    (300.0, [0.95, 0.6, 0.4]),
    (500.0, [1.0, 0.95, 0.85]),
    (900.0, [1.0, 1.0, 1.0]),
];
const VTK_MR_OPACITY: [Opacity; 4] = [(150.0, 0.0), (260.0, 0.03), (420.0, 0.15), (600.0, 0.4)];
const VTK_MR_COLOR: [Color; 3] = [
    (150.0, [0.3, 0.2, 0.2]),
    (300.0, [0.8, 0.6, 0.5]),
    (600.0, [1.0, 1.0, 0.95]),
];

/// One curve with all the corners of two.
fn piecewise(opacities: &[Opacity], colors: &[Color]) -> TransferFunction {
    let straight = |at: f64, corners: &mut dyn Iterator<Item = Opacity>| {
        let corners: Vec<Opacity> = corners.collect();
        let next = corners.partition_point(|corner| corner.0 <= at);
        match (next.checked_sub(1).and_then(|n| corners.get(n)), corners.get(next)) {
            (Some(low), Some(high)) => low.1 + (at - low.0) / (high.0 - low.0) * (high.1 - low.1),
            (Some(end), None) | (None, Some(end)) => end.1,
            (None, None) => 0.0,
        }
    };
    let values = opacities
        .iter()
        .map(|corner| corner.0)
        .chain(colors.iter().map(|corner| corner.0));
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let point = |value: f64| TransferPoint {
        value,
        opacity: straight(value, &mut opacities.iter().copied()),
        color: std::array::from_fn(|part| {
            let share = straight(value, &mut colors.iter().map(|corner| (corner.0, corner.1[part])));
            (share * 255.0).round() as u8
        }),
    };
    TransferFunction::new(
        values.into_iter().map(point).collect(),
        Vec::new(),
        1.0,
        Material::default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_curves_are_in_the_one() {
        let function = parse_preset("vtk-ct").unwrap().function;
        assert_eq!(function.at(400.0).opacity, 0.55);
        assert!((function.at(310.0).opacity - 0.35).abs() < 1e-12);
        assert!((function.at(400.0).color[1] - 0.775).abs() < 2.0 / 255.0);
        assert_eq!(function.at(100.0).opacity, 0.0);
        assert!(parse_preset("nothing").is_err());
    }
}
