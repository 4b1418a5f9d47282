//! Which voxels of a volume are seen: the scalpel, table and bone. Each change is a step that can be undone.

use std::sync::Arc;

use super::super::command::Effect;
use super::super::history::{Edit, MaskEdit, Step};
use super::super::mask;
use super::super::state::{JobSubject, Level, State};
use super::super::tool::scalpel;
use super::super::volume_view::Removal;
use super::file;
use crate::model::volume::VolumeId;
use crate::model::voxel_mask::VoxelMask;
use crate::say;

/// Cuts along the line that was drawn; `other_side` exchanges inside and outside.
pub(super) fn cut(state: &mut State, other_side: bool) {
    let lasso = std::mem::take(&mut state.view.volume.lasso);
    let is_outside = state.view.volume.cuts_outside != other_side;
    if let (Some(mask), Some(id)) = (scalpel::cut(state, &lasso, is_outside), state.view.shown) {
        set(state, id, Some(Arc::new(mask)), say!("app-step-scalpel"));
    }
}

/// Has something looked for in the shown volume, to be removed.
pub(super) fn remove(state: &mut State, removal: Removal) -> Vec<Effect> {
    let Some(entry) = state.shown().filter(|_| mask::can_remove(state)) else {
        return Vec::new();
    };
    let (volume, frame) = (Arc::clone(entry.volume()), entry.display.frame);
    let title = match removal {
        Removal::Table => say!("app-job-remove-table"),
        Removal::Bone => say!("app-job-remove-bone"),
    };
    let job = file::begin(state, title, JobSubject::Mask(volume.id));
    vec![Effect::StartMask {
        job,
        volume,
        frame,
        removal,
    }]
}

/// What is to be removed was found, or nothing was.
pub(super) fn found(state: &mut State, id: VolumeId, removal: Removal, kept: Option<VoxelMask>) {
    let Some(kept) = kept else {
        let text = match removal {
            Removal::Table => say!("app-no-table"),
            Removal::Bone => say!("app-no-bone"),
        };
        return state.tell(Level::Note, text);
    };
    let Some(entry) = state.document.entry(id) else { return };
    let after = entry.display.mask.as_ref().map_or(kept.clone(), |mask| mask.and(&kept));
    let name = match removal {
        Removal::Table => say!("app-step-remove-table"),
        Removal::Bone => say!("app-step-remove-bone"),
    };
    set(state, id, Some(Arc::new(after)), name);
}

/// All voxels of the shown volume are seen again: what is to be a step with whatever else is reset.
pub(super) fn reset(state: &mut State) -> Option<MaskEdit> {
    let entry = state.shown_mut()?;
    let before = entry.display.mask.take()?;
    Some(MaskEdit {
        volume: entry.volume().id,
        before: Some(before),
        after: None,
    })
}

fn set(state: &mut State, volume: VolumeId, after: Option<Arc<VoxelMask>>, name: String) {
    super::transfer::settle(state);
    let Some(entry) = state.document.entry_mut(volume) else {
        return;
    };
    let before = std::mem::replace(&mut entry.display.mask, after.clone());
    if before != after {
        let edit = Edit::Mask(MaskEdit { volume, before, after });
        state.history.did(Step { name, edit });
    }
}

/// Goes one step back or on.
pub(super) fn apply_edit(state: &mut State, edit: &MaskEdit) {
    if let Some(entry) = state.document.entry_mut(edit.volume) {
        entry.display.mask = edit.after.clone();
    }
}
