//! How the volume view shows what it shows: state that is the view's and not a volume's.

use glam::DVec2;
use serde::{Deserialize, Serialize};

use super::look::{Look, LookPart};
use super::pane::PaneId;
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
    /// Whether what is lit is path-traced while the view rests.
    pub is_cinematic: bool,
    /// Volumes that are rendered together with the shown one.
    pub also: Vec<VolumeId>,
    /// Whether the slices of the plane panes stand in the volume.
    pub shows_slices: bool,
    /// Whether the crop box is drawn, with handles to move it by.
    pub shows_crop: bool,
    /// What is cut away at the slices of the plane panes, in the order of [`PaneId::PLANES`].
    pub slice_cuts: [SliceCut; 3],
    /// The line that the scalpel draws, in points from the pane's top left; empty while it draws none.
    pub lasso: Vec<DVec2>,
    /// Whether the scalpel cuts away what lies outside its line.
    pub cuts_outside: bool,
    /// What is seen behind.
    pub background: Background,
    /// The transfer function of a volume before what is being changed now.
    pub(super) trying: Option<(VolumeId, Transfer)>,
    /// The look before what is being changed of it now.
    pub(super) trying_look: Option<(LookPart, Look)>,
}

impl VolumeView {
    /// Whether a part of the look is being changed, in a gesture that is to be settled.
    pub fn is_being_changed(&self) -> bool {
        self.trying_look.is_some()
    }
}

impl Default for VolumeView {
    fn default() -> Self {
        Self {
            mode: VolumeMode::Composite,
            light: Light::default(),
            cuts: Cuts::default(),
            shows_crop: false,
            slice_cuts: [SliceCut::None; 3],
            shows_slices: false,
            also: Vec::new(),
            lasso: Vec::new(),
            cuts_outside: false,
            background: Background::default(),
            is_cinematic: false,
            trying: None,
            trying_look: None,
        }
    }
}

/// What is cut away at the slice that a plane pane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SliceCut {
    /// Nothing.
    #[default]
    None,
    /// What lies before the slice, as the pane looks at it.
    Before,
    /// What lies behind it.
    Behind,
}

impl SliceCut {
    /// The sign of the slice's direction of view on whose side everything is kept; `None` if nothing is cut.
    pub fn kept_sign(self) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Before => Some(1.0),
            Self::Behind => Some(-1.0),
        }
    }
}

/// A part of a volume that is found by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// Everything that is not the body.
    Table,
    /// Bones, so that vessels with contrast are seen.
    Bone,
}

/// More clip planes than this are not offered.
pub const MOST_CLIP_PLANES: usize = 6;

/// A change of the volume view. As JSON: `{"volume_view":{"mode":"iso"}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumeChange {
    /// What becomes of the samples along a ray.
    Mode(VolumeMode),
    /// Whether what is lit is path-traced while the view rests. Projections become composites by it.
    Cinematic(bool),
    /// The light. Several in a row are one step that can be undone, up to [`Self::Settle`].
    Light(Light),
    /// What is cut away; a step like [`Self::Light`].
    Cuts(Cuts),
    /// Whether the crop box is drawn with its handles; there is one around the volume if there was none.
    ShowCrop(bool),
    /// What is cut away at the slice of a plane pane.
    SliceCut {
        /// The pane.
        pane: PaneId,
        /// What.
        cut: SliceCut,
    },
    /// Whether the slices of the plane panes stand in the volume.
    ShowSlices(bool),
    /// Whether a volume is rendered together with the shown one.
    Also {
        /// Its place in the document, counted from 0.
        index: usize,
        /// With it.
        yes: bool,
    },
    /// Whether the scalpel cuts away what lies outside its line, instead of what lies inside.
    CutOutside(bool),
    /// A part of the shown volume is looked for and no longer rendered; a step that can be undone.
    Remove(Removal),
    /// Nothing is cut away any more.
    ResetCuts,
    /// One more plane through the crosshair, which cuts away what is nearer to the viewer.
    AddClipPlane,
    /// What is seen behind; a step like [`Self::Light`].
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
    /// The change of the transfer function, or of the look, is complete.
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
