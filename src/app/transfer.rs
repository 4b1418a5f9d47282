//! The transfer function of an open volume: chosen for it at first, a preset, or the user's own.

use std::sync::Arc;

use super::transfer_presets::{self, TransferPreset};
use super::user_presets::UserPreset;
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::Volume;
use crate::model::window::Window;

/// How a volume's values become colour and opacity.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// The preset that it is, as long as it was not changed.
    pub preset: Option<String>,
    /// The preset that it came from, to which it can be reset.
    pub origin: Option<String>,
    /// The function.
    pub function: Arc<TransferFunction>,
    /// The value of the surface.
    pub iso: f64,
}

impl Transfer {
    /// A preset for a volume whose values mostly lie in a window.
    pub fn of_preset(preset: &TransferPreset, values: Window) -> Self {
        Self {
            preset: Some(preset.name.clone()),
            origin: Some(preset.name.clone()),
            function: Arc::new(preset.function(values)),
            iso: preset.iso(values),
        }
    }

    /// One of the user's own presets.
    pub fn of_user_preset(name: &str, preset: &UserPreset, values: Window) -> Self {
        Self {
            preset: Some(name.to_owned()),
            origin: Some(name.to_owned()),
            function: Arc::new(preset.function(values)),
            iso: preset.iso(values),
        }
    }

    /// What a volume is shown with at first.
    pub fn first(volume: &Volume, values: Window) -> Option<Self> {
        transfer_presets::first_for(volume, values).map(|preset| Self::of_preset(preset, values))
    }

    /// The same preset's colours with another function.
    #[must_use]
    pub fn changed(&self, function: TransferFunction) -> Self {
        Self {
            preset: None,
            origin: self.origin.clone(),
            function: Arc::new(function),
            iso: self.iso,
        }
    }
}
