//! Begins work on a whole segment, and takes in what came of it as one step.

use std::sync::Arc;

use super::super::command::Effect;
use super::super::painting;
use super::super::segment_work::{SegmentWork, WorkDone, WorkRequest};
use super::super::state::{JobSubject, Level, State};
use super::{file, paint};
use crate::algo::segment::otsu;
use crate::say;

/// Begins work on the segment that is painted.
pub(super) fn begin(state: &mut State, work: SegmentWork) -> Vec<Effect> {
    super::pointer::cancel(state);
    let Some((index, segment)) = painting::segment(state) else {
        return Vec::new();
    };
    if segment.is_locked {
        let name = segment.name.clone();
        state.tell(Level::Note, say!("app-segment-locked", name = name));
        return Vec::new();
    }
    let name = work.step_name(&segment.name);
    let (Ok(label), layer) = (u16::try_from(segment.label), segment.layer) else {
        return Vec::new();
    };
    let Some((entry, overlay)) = state
        .document
        .entries
        .get(index)
        .and_then(|entry| Some((entry, entry.overlay.as_ref()?)))
    else {
        return Vec::new();
    };
    let locked = overlay.table.segments.iter().filter(|segment| segment.is_locked);
    let request = WorkRequest {
        work,
        volume: Arc::clone(entry.volume()),
        layer,
        label,
        over: state.painting.over,
        locked: locked.filter_map(|segment| u16::try_from(segment.label).ok()).collect(),
        image: state
            .shown()
            .map(|shown| (Arc::clone(shown.volume()), shown.display.frame)),
        name: name.clone(),
    };
    let id = request.volume.id;
    if state
        .jobs
        .values()
        .any(|status| status.subject == JobSubject::Segment(id))
    {
        return Vec::new();
    }
    let job = file::begin(state, say!("app-job-segment", name = name), JobSubject::Segment(id));
    vec![Effect::WorkOnSegment {
        job,
        request: Box::new(request),
    }]
}

/// Takes in what came of it.
pub(super) fn done(state: &mut State, done: WorkDone) {
    let Some(entry) = state.document.entry(done.id) else {
        return;
    };
    let map = entry.volume().voxels.label_map(done.layer);
    let is_current = map.is_some_and(|map| map.revision() == done.revision) && state.stroke.is_none();
    match done.change {
        Some((after, delta)) if is_current => {
            paint::set_layer(state, done.id, done.layer, after);
            paint::note_change(state, done.id, done.layer, delta, done.name);
        }
        Some(_) => state.tell(Level::Note, say!("app-segment-changed", name = done.name)),
        None => state.tell(Level::Note, say!("app-segment-same", name = done.name)),
    }
}

/// Sets the range of values to those above the threshold that parts the image's values best.
pub(super) fn find_threshold(state: &mut State) {
    let found = state.shown().and_then(|entry| {
        let histogram = &entry.histogram.as_ref()?.histogram;
        Some([otsu::threshold(histogram)?, histogram.high()])
    });
    match found {
        Some(range) => state.painting.range = Some(range),
        None => state.tell(Level::Note, say!("app-no-threshold")),
    }
}
