//! The transfer function of an open volume: chosen for it at first, a preset, or the user's own.

use std::sync::Arc;

use super::transfer_presets::{self, TransferPreset};
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::Volume;
use crate::model::window::Window;

/// How a volume's values become colour and opacity.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// The preset that it is, as long as it was not changed.
    pub preset: Option<String>,
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
            function: Arc::new(preset.function(values)),
            iso: preset.iso(values),
        }
    }

    /// What a volume is shown with at first.
    pub fn first(volume: &Volume, values: Window) -> Option<Self> {
        transfer_presets::first_for(volume).map(|preset| Self::of_preset(preset, values))
    }
}
