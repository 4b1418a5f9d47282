//! How the volume view shows what it shows: state that is the view's and not a volume's.

use serde::{Deserialize, Serialize};

use super::transfer::Transfer;
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::VolumeId;
use crate::scene::{Background, Cuts, Light, VolumeMode};

/// How volumes are rendered.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeView {
    /// What becomes of the samples along a ray.
    pub mode: VolumeMode,
    /// The light.
    pub light: Light,
    /// What is cut away.
    pub cuts: Cuts,
    /// What is seen behind.
    pub background: Background,
    /// The transfer function of a volume before what is being changed now.
    pub(super) trying: Option<(VolumeId, Transfer)>,
}

impl Default for VolumeView {
    fn default() -> Self {
        Self {
            mode: VolumeMode::Composite,
            light: Light::default(),
            cuts: Cuts::default(),
            background: Background::default(),
            trying: None,
        }
    }
}

/// A change of the volume view. As JSON: `{"volume_view":{"mode":"iso"}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumeChange {
    /// What becomes of the samples along a ray.
    Mode(VolumeMode),
    /// The light.
    Light(Light),
    /// What is cut away.
    Cuts(Cuts),
    /// What is seen behind.
    Background(Background),
    /// The angle of view over the picture's height, degrees; 0: parallel rays.
    Perspective(f64),
    /// A preset of the shown volume's transfer function, built in or the user's own, by name.
    Preset(String),
    /// The preset that the transfer function came from, without what was changed.
    ResetTransfer,
    /// The shown volume's transfer function. Several in a row are one step that can be undone, up to [`Self::Settle`].
    Transfer(TransferFunction),
    /// The value of the shown volume's surface; a step like [`Self::Transfer`].
    Iso(f64),
    /// The change of the transfer function is complete.
    Settle,
    /// The window of the shown volume's projections.
    Window {
        /// Centre in the volume's unit.
        center: f64,
        /// Width in the volume's unit.
        width: f64,
    },
    /// The automatic window of projections.
    AutoWindow,
    /// Keeps the shown volume's transfer function among the user's presets, instead of one that had the name.
    SavePreset(String),
    /// Gives one of the user's presets another name; one that is taken changes nothing.
    RenamePreset {
        /// The name that it has.
        from: String,
        /// The name that it gets.
        to: String,
    },
    /// Forgets one of the user's presets.
    DeletePreset(String),
}
