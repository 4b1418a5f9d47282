//! How volumes are rendered.

use super::super::command::Effect;
use super::super::look::{Look, LookPart};
use super::super::pane::PaneId;
use super::super::state::{LoadState, State};
use super::super::tool::crop;
use super::super::volume_view::{MOST_CLIP_PLANES, VolumeChange};
use super::{file, look, mask, transfer};
use crate::model::volume::VolumeId;
use crate::scene::{Camera, ClipPlane, Cuts, VolumeMode};

/// Applies a change. Numbers that are none change nothing.
pub(super) fn change(state: &mut State, change: VolumeChange) {
    let Some((part, is_of_several)) = LookPart::of(&change) else {
        return apply(state, change);
    };
    let before = Look::of(&state.view.volume);
    if change == VolumeChange::ResetCuts {
        transfer::settle(state);
        apply(state, change);
        let mask = mask::reset(state);
        return look::reset_cuts(state, before, mask);
    }
    apply(state, change);
    look::changed(state, before, part, is_of_several);
}

fn apply(state: &mut State, change: VolumeChange) {
    let around = state
        .shown()
        .and_then(|entry| entry.volume().geometry())
        .map(crop::around);
    let (axes, crosshair) = (state.view.camera.axes(), state.view.crosshair);
    let view = &mut state.view.volume;
    match change {
        VolumeChange::Mode(mode) => {
            view.mode = mode;
            view.is_cinematic &= mode == VolumeMode::Composite;
        }
        VolumeChange::Cinematic(yes) => {
            view.is_cinematic = yes;
            if yes {
                view.mode = VolumeMode::Composite;
            }
        }
        VolumeChange::Light(light) => view.light = light,
        VolumeChange::Cuts(cuts) => view.cuts = cuts,
        VolumeChange::ShowCrop(shows) => {
            view.shows_crop = shows;
            if shows {
                view.cuts.crop = view.cuts.crop.or(around);
            }
        }
        VolumeChange::SliceCut { pane, cut } => {
            let of_pane = PaneId::PLANES
                .iter()
                .zip(&mut view.slice_cuts)
                .find(|(id, _)| **id == pane);
            if let Some((_, slice_cut)) = of_pane {
                *slice_cut = cut;
            }
        }
        VolumeChange::ShowSlices(shows) => view.shows_slices = shows,
        VolumeChange::Also { index, yes } => {
            if let Some(entry) = state.document.entries.get_mut(index) {
                let id = entry.open.volume.id;
                if entry.load == LoadState::Stopped {
                    entry.load = LoadState::Header;
                }
                view.also.retain(|other| *other != id);
                if yes {
                    view.also.push(id);
                }
            }
        }
        VolumeChange::ResetCuts => {
            view.cuts = Cuts::default();
            view.slice_cuts = Default::default();
            view.cuts.crop = around.filter(|_| view.shows_crop);
        }
        VolumeChange::AddClipPlane if view.cuts.planes.len() < MOST_CLIP_PLANES => {
            let normal = axes.normal();
            view.cuts.planes.push(ClipPlane {
                normal,
                offset_mm: normal.dot(crosshair),
            });
        }
        VolumeChange::CutOutside(yes) => view.cuts_outside = yes,
        VolumeChange::Background(background) => view.background = background,
        VolumeChange::Perspective(degrees) if degrees.is_finite() => {
            state.view.camera.perspective_deg = degrees.clamp(0.0, Camera::MOST_PERSPECTIVE_DEG);
        }
        other => transfer::change(state, other),
    }
}

/// Volumes that are to be rendered with the shown one, and that nobody has read yet.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    let is_unread = |id: &VolumeId| {
        state
            .document
            .entry(*id)
            .is_some_and(|entry| entry.load == LoadState::Header)
    };
    let wanted: Vec<VolumeId> = state.view.volume.also.iter().copied().filter(is_unread).collect();
    wanted.into_iter().filter_map(|id| file::load(state, id)).collect()
}
