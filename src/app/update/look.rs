//! How volumes are rendered, in steps that can be undone: each gesture is one.

use super::super::history::{Edit, LookEdit, MaskEdit, Step};
use super::super::look::{Look, LookPart};
use super::super::state::State;
use super::{mask, transfer};
use crate::say;
use crate::scene::CropBox;

/// A part of the look was changed, from `before`, by one of several changes that are one gesture, or by one alone.
pub(super) fn changed(state: &mut State, before: Look, part: LookPart, is_of_several: bool) {
    let is_going_on = state
        .view
        .volume
        .trying_look
        .as_ref()
        .is_some_and(|(other, _)| *other == part);
    if is_of_several && is_going_on {
        return;
    }
    // What was changed before this is a step of its own.
    let now = Look::of(&state.view.volume);
    before.give(&mut state.view.volume);
    transfer::settle(state);
    now.give(&mut state.view.volume);
    if before == now {
        return;
    }
    if is_of_several {
        state.view.volume.trying_look = Some((part, before));
    } else {
        did(state, before, None, name(part));
    }
}

/// What was being changed stays, as one step.
pub(super) fn settle(state: &mut State) {
    if let Some((part, before)) = state.view.volume.trying_look.take() {
        did(state, before, None, name(part));
    }
}

/// What was being changed is as before.
pub(super) fn take_back(state: &mut State) {
    if let Some((_, before)) = state.view.volume.trying_look.take() {
        before.give(&mut state.view.volume);
    }
}

/// The crop box was dragged by a handle.
pub(super) fn dragged_crop(state: &mut State, before: Option<CropBox>) {
    let before = Look::of(&state.view.volume).with_crop(before);
    did(state, before, None, name(LookPart::Cuts));
}

/// Nothing is cut away any more, also by masks: one step.
pub(super) fn reset_cuts(state: &mut State, before: Look, mask: Option<MaskEdit>) {
    did(state, before, mask, say!("app-step-reset-masks"));
}

fn name(part: LookPart) -> String {
    match part {
        LookPart::Mode => say!("app-step-mode"),
        LookPart::Light => say!("app-step-light"),
        LookPart::Background => say!("app-step-background"),
        LookPart::Cuts => say!("app-step-cuts"),
        LookPart::Slices => say!("app-step-slices"),
    }
}

fn did(state: &mut State, before: Look, mask: Option<MaskEdit>, name: String) {
    let after = Look::of(&state.view.volume);
    if before != after || mask.is_some() {
        let edit = Edit::Look(Box::new(LookEdit { before, after, mask }));
        state.history.did(Step { name, edit });
    }
}

/// Goes one step back or on.
pub(super) fn apply_edit(state: &mut State, edit: &LookEdit) {
    edit.after.give(&mut state.view.volume);
    if let Some(edit) = &edit.mask {
        mask::apply_edit(state, edit);
    }
}
