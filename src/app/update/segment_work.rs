//! Begins work on a whole segment, and takes in what came of it as one step.

use std::sync::Arc;

use super::super::command::Effect;
use super::super::paint_rule::Rule;
use super::super::painting::{self, IslandWork};
use super::super::preview::{Preview, RangeKey, RangeRequest, RangeSeen};
use super::super::segment_work::{SegmentWork, Work, WorkDone, WorkRequest};
use super::super::state::{JobSubject, Level, State};
use super::super::tool_work::ToolWork;
use super::{file, paint};
use crate::algo::segment::otsu;
use crate::model::label_map::LabelMap;
use crate::say;

/// Begins work on the segment that is painted.
pub(super) fn begin(state: &mut State, work: SegmentWork, is_preview: bool) -> Vec<Effect> {
    super::pointer::settle(state);
    state.preview = None;
    let Some((index, segment)) = painting::segment(state) else {
        return Vec::new();
    };
    let name = work.step_name(&segment.name);
    let label = segment.label;
    let request = request(state, Work::Whole(work), (index, label), false, name);
    let request = request.map(|request| WorkRequest { is_preview, ..request });
    request.into_iter().flat_map(|request| start(state, request)).collect()
}

/// Does what a tool has found to be done: at once if it costs little.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    forget_stale(state);
    let range = range_due(state);
    range.into_iter().chain(tool_due(state)).collect()
}

fn tool_due(state: &mut State) -> Vec<Effect> {
    let Some((work, erases)) = state.tool_work.take() else {
        return Vec::new();
    };
    let (segment, name) = match &work {
        ToolWork::Island { at, .. } => (painting::segment_at(state, *at), say!("app-step-island")),
        work => {
            let segment = painting::segment(state).map(|(index, segment)| (index, segment.label));
            let name = match (work, erases) {
                (ToolWork::CopySlice { .. }, _) => say!("app-step-copy-slice"),
                (ToolWork::Around { is_through: true, .. }, _) => say!("app-step-scissors"),
                (_, true) => say!("app-step-erase"),
                (_, false) => say!("app-step-fill"),
            };
            (segment, name)
        }
    };
    let Some(segment) = segment else {
        state.tell(Level::Note, say!("app-no-segment-there"));
        return Vec::new();
    };
    let is_quick = work.is_quick();
    let Some(request) = request(state, Work::Tool(work), segment, erases, name) else {
        return Vec::new();
    };
    if is_quick {
        done(state, request.carry_out(&|| false));
        return Vec::new();
    }
    start(state, request)
}

/// What is to be done with a segment of the map that is painted, unless it is locked.
fn request(
    state: &mut State,
    work: Work,
    (index, label): (usize, u32),
    erases: bool,
    name: String,
) -> Option<WorkRequest> {
    let entry = state.document.entries.get(index)?;
    let overlay = entry.overlay.as_ref()?;
    let given = match work {
        Work::Tool(ToolWork::Island {
            work: IslandWork::Give,
            to,
            ..
        }) => Some(u32::from(to)),
        _ => None,
    };
    let table = overlay.table.clone();
    let segment = table.get(label)?;
    for label in [Some(label), given].into_iter().flatten() {
        if let Some(segment) = table.get(label).filter(|segment| segment.is_locked) {
            let name = segment.name.clone();
            state.tell(Level::Note, say!("app-segment-locked", name = name));
            return None;
        }
    }
    let given_layer = given.and_then(|label| table.get(label)).map(|segment| segment.layer);
    if given_layer.is_some_and(|layer| layer != segment.layer) {
        state.tell(Level::Note, say!("app-segments-overlap"));
        return None;
    }
    Some(WorkRequest {
        work,
        rule: Rule::new(state, erases, u16::try_from(label).ok()?, overlay, entry.volume())?,
        volume: Arc::clone(entry.volume()),
        layer: segment.layer,
        table,
        name,
        is_preview: false,
    })
}

/// Has it done beside the window, unless something is being done to the map already.
fn start(state: &mut State, request: WorkRequest) -> Vec<Effect> {
    let id = request.volume.id;
    let mut jobs = state.jobs.values();
    if jobs.any(|status| status.subject == JobSubject::Segment(id)) {
        state.tell(Level::Note, say!("app-segment-busy"));
        return Vec::new();
    }
    let title = say!("app-job-segment", name = request.name.clone());
    let job = file::begin(state, title, JobSubject::Segment(id));
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
    if let Some(why) = done.refused {
        return state.tell(Level::Note, why);
    }
    let map = entry.volume().voxels.label_map(done.layer);
    let is_known = entry.overlay.as_ref().zip(done.tables.as_ref());
    let is_current = map.is_some_and(|map| map.revision() == done.revision)
        && is_known.is_none_or(|(overlay, (before, _))| overlay.table == *before)
        && state.stroke.is_none();
    let table = done.tables.as_ref().map(|(_, after)| after);
    let table = table.or_else(|| entry.overlay.as_ref().map(|overlay| &overlay.table));
    let is_allowed = done.change.as_ref().is_none_or(|(_, delta)| {
        // Segments may have been removed or locked meanwhile.
        let mut labels = delta.labels().into_iter();
        labels.all(
            |(label, gains)| match table.and_then(|table| table.get(u32::from(label))) {
                Some(segment) => !segment.is_locked,
                None => !gains,
            },
        )
    });
    match done.change {
        Some(_) if is_current && !is_allowed => {
            state.tell(Level::Note, say!("app-segment-gone", name = done.name));
        }
        Some(change) if is_current && done.is_preview => {
            let before = state.preview.as_ref().map(|preview| preview.seen.id);
            let done = WorkDone {
                change: Some(change),
                is_preview: false,
                refused: None,
                ..done
            };
            state.preview = Preview::of(state, done, before);
        }
        Some((after, delta)) if is_current => {
            paint::set_layer(state, done.id, done.layer, after);
            paint::note_change(state, (done.id, done.layer), delta, done.tables, done.name);
        }
        Some(_) => state.tell(Level::Note, say!("app-segment-changed", name = done.name)),
        None if done.tells_nothing => state.tell(Level::Note, say!("app-segment-same", name = done.name)),
        None => {}
    }
}

/// Takes over what was shown.
pub(super) fn accept(state: &mut State) {
    if let Some(preview) = state.preview.take() {
        done(state, preview.done);
    }
}

/// Forgets what was shown of a state that is no more.
fn forget_stale(state: &mut State) {
    let revision = |id| {
        let entry = state.document.entry(id)?;
        Some(entry.volume().voxels.painted_revision())
    };
    let is_true = state.preview.as_ref().is_none_or(|preview| {
        let map = state
            .document
            .entry(preview.done.id)
            .and_then(|entry| entry.volume().voxels.label_map(preview.done.layer));
        map.is_some_and(|map| map.revision() == preview.done.revision)
    });
    let is_range_true = state
        .range_seen
        .as_ref()
        .is_none_or(|range| revision(range.key.target()).is_some());
    if !is_true {
        state.preview = None;
    }
    if !is_range_true {
        state.range_seen = None;
    }
}

/// Has it found out what the range of values would paint, if that is to be seen and is not known.
fn range_due(state: &mut State) -> Option<Effect> {
    let Some(request) = RangeRequest::of(state) else {
        state.range_seen = None;
        return None;
    };
    let is_known = state.range_seen.as_ref().is_some_and(|seen| seen.key == request.key);
    let mut jobs = state.jobs.values();
    if is_known || jobs.any(|status| matches!(status.subject, JobSubject::Range(_))) {
        return None;
    }
    let subject = JobSubject::Range(request.key.target());
    let job = file::begin(state, say!("app-job-range"), subject);
    Some(Effect::FindRange {
        job,
        request: Box::new(request),
    })
}

/// What the range of values would paint was found out; if things have changed since, it is found out once more.
pub(super) fn range_found(state: &mut State, key: RangeKey, map: LabelMap) {
    if RangeRequest::of(state).is_some() {
        state.range_seen = RangeSeen::of(state, key, map);
    }
}

/// Sets the range of values to those above the threshold that parts the image's values best.
pub(super) fn find_threshold(state: &mut State) {
    let found = state.shown().and_then(|entry| {
        let histogram = &entry.histogram.as_ref()?.histogram;
        Some([otsu::threshold(histogram)?, histogram.high()])
    });
    match found {
        Some(range) => {
            state.painting.range = Some(range);
            state.painting.shows_range = true;
        }
        None => state.tell(Level::Note, say!("app-no-threshold")),
    }
}
