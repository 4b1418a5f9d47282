//! Which thumbnail is made next. One at a time, and never before the picture that the user waits for.

use super::super::command::Effect;
use super::super::state::{JobSubject, LoadState, State};
use super::file;
use crate::model::volume::VolumeId;
use crate::say;

/// Takes note of what is seen in the browser.
pub(super) fn want(state: &mut State, wanted: Vec<VolumeId>) -> Vec<Effect> {
    state.thumbnails.want(wanted);
    next(state).into_iter().collect()
}

/// Begins with the next one, if one is wanted and nothing more urgent goes on.
pub(super) fn next(state: &mut State) -> Option<Effect> {
    let is_occupied = state
        .jobs
        .values()
        .any(|status| matches!(status.subject, JobSubject::Thumbnail(_) | JobSubject::Paths(_)));
    // The first picture comes first. What is read in one stream is left alone until all else has been read.
    let loading = state
        .shown()
        .filter(|entry| matches!(entry.load, LoadState::Loading(_)));
    let waits_for_picture = loading.is_some_and(|entry| entry.volume().voxels.revision() == 0);
    if is_occupied || waits_for_picture {
        return None;
    }
    let is_loading = loading.is_some();
    let entry = state
        .thumbnails
        .wanted()
        .iter()
        .filter(|id| !state.thumbnails.is_settled(**id))
        .find_map(|id| {
            state
                .document
                .entry(*id)
                .filter(|entry| !(is_loading && entry.open.source.streams()))
        })?;
    let (id, open) = (entry.volume().id, entry.from_file().clone());
    let job = file::begin(state, say!("app-job-thumbnail"), JobSubject::Thumbnail(id));
    Some(Effect::StartThumbnail { job, open })
}
