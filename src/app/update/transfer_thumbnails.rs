//! Small pictures with presets of the transfer function: one job at a time, of the volume that is shown and read.

use std::sync::Arc;

use super::super::command::Effect;
use super::super::state::{JobSubject, LoadState, State};
use super::super::transfer_thumbnail::ThumbnailRequest;
use super::{file, transfer};
use crate::say;

/// Takes note of what is seen in the panel.
pub(super) fn want(state: &mut State, presets: Vec<String>) -> Vec<Effect> {
    state.transfer_thumbnails.want(presets);
    next(state).into_iter().collect()
}

/// Begins with those that are missing, if the volume is there and no other are being made.
pub(super) fn next(state: &mut State) -> Option<Effect> {
    let is_occupied = state
        .jobs
        .values()
        .any(|status| matches!(status.subject, JobSubject::TransferThumbnails(_)));
    let entry = state
        .shown()
        .filter(|entry| entry.load == LoadState::Loaded && !is_occupied)?;
    let volume = Arc::clone(entry.volume());
    let presets: Vec<_> = state
        .transfer_thumbnails
        .missing(volume.id)
        .into_iter()
        .filter_map(|name| {
            let colors = transfer::preset_for(state, entry, &name)?;
            Some((name, colors))
        })
        .collect();
    if presets.is_empty() {
        return None;
    }
    let frame = entry.display.frame;
    let job = file::begin(
        state,
        say!("app-job-thumbnail"),
        JobSubject::TransferThumbnails(volume.id),
    );
    let request = Box::new(ThumbnailRequest { volume, frame, presets });
    Some(Effect::StartTransferThumbnails { job, request })
}
