//! Path-traced pictures: begun when the view rests, dropped as soon as anything changes.

use std::sync::Arc;

use super::super::command::Effect;
use super::super::developing::{self, DevelopingPicture, SAMPLES};
use super::super::job::JobId;
use super::super::state::{JobSubject, State};
use super::file;
use crate::say;

/// Begins the picture of what the volume view shows now, unless it is under way.
pub(super) fn begin(state: &mut State, size: [u32; 2]) -> Vec<Effect> {
    let Some((scene, revision)) = developing::wanted(state, size) else {
        return Vec::new();
    };
    if state
        .developing
        .as_ref()
        .is_some_and(|picture| picture.shows(&scene, revision))
    {
        return Vec::new();
    }
    let mut effects = drop_it(state);
    let job = file::begin(state, say!("app-job-develop"), JobSubject::Developing);
    effects.push(Effect::StartDeveloping {
        job,
        scene: Box::new(scene.clone()),
        samples: SAMPLES,
    });
    state.developing = Some(DevelopingPicture {
        job,
        scene,
        revision,
        samples: 0,
        pixels: None,
    });
    effects
}

/// Drops the picture if the view shows something else by now.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    let is_stale = state.developing.as_ref().is_some_and(|picture| {
        developing::wanted(state, picture.scene.size).is_none_or(|(scene, revision)| !picture.shows(&scene, revision))
    });
    if is_stale { drop_it(state) } else { Vec::new() }
}

fn drop_it(state: &mut State) -> Vec<Effect> {
    let dropped = state.developing.take();
    dropped
        .filter(|picture| state.jobs.remove(&picture.job).is_some())
        .map(|picture| Effect::CancelJob(picture.job))
        .into_iter()
        .collect()
}

/// Another sample is in the picture.
pub(super) fn take_in(state: &mut State, job: JobId, samples: u32, pixels: Arc<Vec<u8>>) {
    if let Some(picture) = state.developing.as_mut().filter(|picture| picture.job == job) {
        picture.samples = samples;
        picture.pixels = Some(pixels);
    }
}
