//! Presets of transfer functions: a data file in `assets/`, read once.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::presets::parse_color;
use crate::model::transfer_function::{GradientPoint, Material, TransferFunction, TransferPoint};
use crate::model::volume::Volume;
use crate::model::window::Window;
use crate::words;

/// A transfer function that people know by name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferPreset {
    /// Its name on the command line and in commands: lower case with dashes.
    pub name: String,
    /// The modality that it is meant for: `CT`, `MR`, `PT`.
    pub modality: String,
    /// What its values are.
    pub scale: Scale,
    /// Value, opacity, colour `#rrggbb`.
    points: Vec<(f64, f64, String)>,
    /// Change of value per mm, and what opacity is multiplied by.
    #[serde(default)]
    gradient: Vec<(f64, f64)>,
    /// The thickness of material that has the opacity of the points, mm.
    #[serde(default = "one")]
    unit_mm: f64,
    #[serde(default)]
    material: Material,
    iso: f64,
}

/// What the values of a preset are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scale {
    /// Hounsfield units.
    #[serde(rename = "HU")]
    Hounsfield,
    /// Shares of the way from the 0.5th to the 99.5th percentile of the data.
    #[serde(rename = "share")]
    Share,
}

impl Scale {
    /// Slope and shift from a preset's values to those of a volume whose values mostly lie in a window.
    pub(super) fn to_values(self, values: Window) -> (f64, f64) {
        match self {
            Self::Hounsfield => (1.0, 0.0),
            Self::Share => (values.width.max(1e-12), values.center - values.width / 2.0),
        }
    }
}

fn one() -> f64 {
    1.0
}

impl TransferPreset {
    /// Its name in menus.
    pub fn title(&self) -> String {
        words::lookup(&format!("app-transfer-{}", self.name), &[])
    }

    /// The function for a volume whose values mostly lie in a window.
    pub fn function(&self, values: Window) -> TransferFunction {
        let (slope, shift) = self.scale.to_values(values);
        let point = |(value, opacity, color): &(f64, f64, String)| TransferPoint {
            value: *value,
            opacity: *opacity,
            color: parse_color(color).unwrap_or([255; 3]),
        };
        let gradient = |(per_mm, factor): &(f64, f64)| GradientPoint {
            per_mm: *per_mm,
            factor: *factor,
        };
        TransferFunction::new(
            self.points.iter().map(point).collect(),
            self.gradient.iter().map(gradient).collect(),
            self.unit_mm,
            self.material,
        )
        .mapped(slope, shift)
    }

    /// The value of its surface in such a volume.
    pub fn iso(&self, values: Window) -> f64 {
        let (slope, shift) = self.scale.to_values(values);
        self.iso * slope + shift
    }
}

/// All presets, in the order of menus.
pub fn transfer_presets() -> &'static [TransferPreset] {
    // What cannot be read is not offered; a test insists that all of it can.
    static PRESETS: LazyLock<Vec<TransferPreset>> =
        LazyLock::new(|| serde_json::from_str(TRANSFER_PRESETS).unwrap_or_default());
    &PRESETS
}

/// The preset with a name.
pub fn transfer_preset(name: &str) -> Option<&'static TransferPreset> {
    transfer_presets().iter().find(|preset| preset.name == name)
}

/// Whether a volume's values are Hounsfield units.
pub fn is_ct(volume: &Volume) -> bool {
    volume.series.modality == "CT" || volume.unit.as_deref() == Some("HU")
}

/// The modality whose presets are meant for a volume: its own, if there are any; else that of presets which follow the
/// data.
pub fn modality_for(volume: &Volume) -> &str {
    let modality = volume.series.modality.as_str();
    if is_ct(volume) {
        "CT"
    } else if transfer_presets().iter().any(|preset| preset.modality == modality) {
        modality
    } else {
        "MR"
    }
}

/// Whether values that mostly lie in a window begin as those of a CT do: with air, or what scanners write around it.
fn begin_with_air(values: Window) -> bool {
    /// Air, the lowest number of 12 bits, and what some scanners write where they did not look, HU.
    const BEGINNINGS: [std::ops::RangeInclusive<f64>; 2] = [-1100.0..=-900.0, -3100.0..=-2900.0];
    let [low, high] = [values.center - values.width / 2.0, values.center + values.width / 2.0];
    BEGINNINGS.iter().any(|range| range.contains(&low)) && (0.0..2500.0).contains(&high)
}

/// What a volume whose values mostly lie in a window is shown with at first: the first preset of its modality; of what
/// has no Hounsfield units, and of no known modality, the first that follows the data, unless the data look like a CT's.
pub fn first_for(volume: &Volume, values: Window) -> Option<&'static TransferPreset> {
    let is_nameless = volume.series.modality.is_empty() && volume.voxels.components() == 1;
    let modality = if is_nameless && begin_with_air(values) {
        "CT"
    } else {
        modality_for(volume)
    };
    transfer_presets()
        .iter()
        .find(|preset| preset.modality == modality)
        .or_else(|| transfer_presets().iter().find(|preset| preset.scale == Scale::Share))
}

const TRANSFER_PRESETS: &str = include_str!("../../assets/transfer_presets.json");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_begin_with_air_look_like_a_ct() {
        for (low, high, is_so) in [
            (-1024.0, 400.0, true),
            (-1000.0, 1500.0, true),
            (-3024.0, 300.0, true),
            (0.0, 900.0, false),
            (-500.0, 500.0, false),
            (-1000.0, -950.0, false),
            (-1024.0, 3000.0, false),
            // Phases of an MR.
            (-4096.0, 4094.0, false),
        ] {
            assert_eq!(begin_with_air(Window::between(low, high)), is_so, "{low} {high}");
        }
    }

    #[test]
    fn transfer_presets_can_be_read() {
        let presets: Vec<TransferPreset> = serde_json::from_str(TRANSFER_PRESETS).unwrap();
        assert_eq!(presets, transfer_presets());
        assert!(presets.len() >= 12);
        for preset in &presets {
            assert!(preset.points.len() >= 2, "{}", preset.name);
            assert!(
                preset.points.iter().all(|point| parse_color(&point.2).is_some()),
                "{}",
                preset.name
            );
            assert!(preset.points.is_sorted_by(|a, b| a.0 <= b.0), "{}", preset.name);
            let function = preset.function(Window::linear(500.0, 1000.0));
            assert_eq!(function.points().len(), preset.points.len());
            assert!(function.most_opacity(f64::MIN, f64::MAX) > 0.0);
            assert!(!preset.title().is_empty());
        }
    }
}
