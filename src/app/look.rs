//! How volumes are rendered, as far as it can be undone.

use super::volume_view::{SliceCut, VolumeChange, VolumeView};
use crate::scene::{Background, Cuts, Light, VolumeMode};

/// What the user makes of the volume view.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    mode: VolumeMode,
    is_cinematic: bool,
    light: Light,
    background: Background,
    cuts: Cuts,
    slice_cuts: [SliceCut; 3],
    shows_crop: bool,
    shows_slices: bool,
}

/// A part of it, changed in one gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LookPart {
    /// What becomes of the samples along a ray.
    Mode,
    /// Light, occlusion, silhouettes.
    Light,
    /// What is seen behind.
    Background,
    /// What is cut away, and whether the box is seen that does it.
    Cuts,
    /// The slices that stand in the volume.
    Slices,
}

impl LookPart {
    /// What a change is of, and whether several in a row are one gesture.
    pub(super) fn of(change: &VolumeChange) -> Option<(Self, bool)> {
        match change {
            VolumeChange::Mode(_) | VolumeChange::Cinematic(_) => Some((Self::Mode, false)),
            VolumeChange::Light(_) => Some((Self::Light, true)),
            VolumeChange::Background(_) => Some((Self::Background, true)),
            VolumeChange::Cuts(_) => Some((Self::Cuts, true)),
            VolumeChange::ShowCrop(_)
            | VolumeChange::SliceCut { .. }
            | VolumeChange::ResetCuts
            | VolumeChange::AddClipPlane => Some((Self::Cuts, false)),
            VolumeChange::ShowSlices(_) => Some((Self::Slices, false)),
            _ => None,
        }
    }
}

impl Look {
    /// That of a view.
    pub(super) fn of(view: &VolumeView) -> Self {
        Self {
            mode: view.mode,
            is_cinematic: view.is_cinematic,
            light: view.light,
            background: view.background,
            cuts: view.cuts.clone(),
            slice_cuts: view.slice_cuts,
            shows_crop: view.shows_crop,
            shows_slices: view.shows_slices,
        }
    }

    /// The same with another crop box.
    pub(super) fn with_crop(mut self, crop: Option<crate::scene::CropBox>) -> Self {
        self.cuts.crop = crop;
        self
    }

    /// Gives a view this look.
    pub(super) fn give(&self, view: &mut VolumeView) {
        let Self {
            mode,
            is_cinematic,
            light,
            background,
            cuts,
            slice_cuts,
            shows_crop,
            shows_slices,
        } = self.clone();
        view.mode = mode;
        view.is_cinematic = is_cinematic;
        view.light = light;
        view.background = background;
        view.cuts = cuts;
        view.slice_cuts = slice_cuts;
        view.shows_crop = shows_crop;
        view.shows_slices = shows_slices;
    }
}
