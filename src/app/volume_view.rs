//! How the volume view shows what it shows: state that is the view's and not a volume's.

use serde::{Deserialize, Serialize};

use crate::scene::{Background, Cuts, Light, VolumeMode};

/// How volumes are rendered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VolumeView {
    /// What becomes of the samples along a ray.
    pub mode: VolumeMode,
    /// The light.
    pub light: Light,
    /// What is cut away.
    pub cuts: Cuts,
    /// What is seen behind.
    pub background: Background,
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
    /// A preset of the shown volume's transfer function, by name.
    Preset(String),
    /// The shown volume's transfer function.
    Transfer(crate::model::transfer_function::TransferFunction),
    /// The value of the shown volume's surface.
    Iso(f64),
}
