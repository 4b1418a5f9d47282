//! Probability maps: which volume is one, what of them is seen, and segmentations that are cut out of them.

use std::sync::Arc;

use super::super::command::Effect;
use super::super::job::JobId;
use super::super::overlays::{self, Becomes};
use super::super::presets;
use super::super::probability::{self, CERTAINTIES, Cut, CutRequest, Probability, ProbabilityChange, certain_value};
use super::super::state::{JobSubject, Level, LoadState, State};
use super::overlay::GivenUp;
use super::{file, overlay, paint};
use crate::model::volume::VolumeId;
use crate::say;

/// Those of the new volumes that are probability maps by their names become such, if there is an image to lie over.
pub(super) fn take_named(state: &mut State, known: usize) {
    let entries = &state.document.entries;
    let is_named: Vec<bool> = entries
        .iter()
        .enumerate()
        .map(|(n, entry)| n >= known && !entry.lies_over() && probability::is_named_so(entry))
        .collect();
    let lies_over_image = |n: usize| {
        let mut images = entries.iter().zip(&is_named).filter(|(_, is_named)| !**is_named);
        images.any(|(image, _)| !image.lies_over() && overlays::shares_space(image.volume(), entries[n].volume()))
    };
    let maps: Vec<usize> = (known..entries.len())
        .filter(|n| is_named[*n] && lies_over_image(*n))
        .collect();
    for n in maps {
        if let Some(entry) = state.document.entries.get_mut(n) {
            // The demo's map waits until it is asked for, as its label maps do.
            let is_visible = entry.volume().series.format != "demo";
            entry.probability = Some(Probability {
                is_visible,
                ..Probability::new(None)
            });
        }
    }
}

/// Begins to read the maps that are to be seen and whose values are not known.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    if !state.view.overlays.is_on {
        return Vec::new();
    }
    let wanted: Vec<VolumeId> = probability::over_shown(state)
        .filter(|(_, _, map)| map.is_visible && map.certain.is_none())
        .map(|(_, entry, _)| entry.volume().id)
        .collect();
    wanted.into_iter().filter_map(|id| begin_reading(state, id)).collect()
}

fn begin_reading(state: &mut State, id: VolumeId) -> Option<Effect> {
    if is_busy(state, id) {
        return None;
    }
    let open = state.document.entry(id)?.open.clone();
    let title = say!("app-job-probability", name = open.volume.series.description.clone());
    let job = file::begin(state, title, JobSubject::Probability(id));
    Some(Effect::StartProbability { job, open })
}

fn is_busy(state: &State, id: VolumeId) -> bool {
    let mut jobs = state.jobs.values();
    jobs.any(|status| [JobSubject::Probability(id), JobSubject::Cut(id)].contains(&status.subject))
}

/// A map was read: its values say what is certain, or that they are no probabilities.
pub(super) fn read(state: &mut State, id: VolumeId, range: Option<[f64; 2]>) -> Vec<Effect> {
    let Some(entry) = state.document.entry_mut(id) else {
        return Vec::new();
    };
    if entry.volume().voxels.is_complete() {
        entry.load = LoadState::Loaded;
    }
    let Some(map) = &mut entry.probability else {
        return Vec::new();
    };
    let certain = range.map_or(Some(1.0), certain_value);
    if certain.is_some() {
        map.certain = certain;
        return Vec::new();
    }
    entry.probability = None;
    let [low, high] = range.unwrap_or_default();
    let name = entry.volume().series.description.clone();
    let text = say!(
        "app-probability-odd",
        name = name,
        low = low.to_string(),
        high = high.to_string()
    );
    state.tell(Level::Error, text);
    // Whatever it is called, it may be a label map.
    let entries = &state.document.entries;
    let is_map = state
        .document
        .entry(id)
        .is_some_and(|entry| overlay::may_be_map(entry, entries));
    let effect = is_map.then(|| overlay::read(state, id)).flatten();
    effect.into_iter().collect()
}

/// A job was stopped or broke: a map that it was reading is not drawn, so that it is not begun again at once.
pub(super) fn stopped(state: &mut State, job: JobId) {
    if let Some(JobSubject::Probability(id)) = state.jobs.get(&job).map(|status| status.subject.clone())
        && let Some(map) = state
            .document
            .entry_mut(id)
            .and_then(|entry| entry.probability.as_mut())
        && map.certain.is_none()
    {
        map.is_visible = false;
    }
}

/// Carries out what was asked of a map.
pub(super) fn change(state: &mut State, index: usize, change: ProbabilityChange) -> Vec<Effect> {
    match change {
        ProbabilityChange::Use(yes) => return set_role(state, index, yes),
        ProbabilityChange::Segment => return begin_cut(state, index).into_iter().collect(),
        ProbabilityChange::Visible(is_visible) => {
            overlay::set_visible(state, index, is_visible);
            return Vec::new();
        }
        _ => {}
    }
    let Some(entry) = state.document.entries.get_mut(index) else {
        return Vec::new();
    };
    let frames = entry.volume().voxels.frames();
    let Some(map) = &mut entry.probability else {
        return Vec::new();
    };
    match change {
        ProbabilityChange::Threshold(threshold) if threshold.is_finite() => map.threshold = threshold.clamp(0.0, 1.0),
        ProbabilityChange::Opacity(opacity) if opacity.is_finite() => map.opacity = opacity.clamp(0.0, 1.0),
        ProbabilityChange::Outline(has_outline) => map.has_outline = has_outline,
        ProbabilityChange::Certain(certain) if CERTAINTIES.contains(&certain) => map.certain = Some(certain),
        ProbabilityChange::Frame(frame) if frame < frames => entry.display.frame = frame,
        ProbabilityChange::Colors(name) => {
            if let Some(colors) = presets::color_map(&name) {
                map.color_map = Arc::clone(colors);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// From probability map to image and back.
fn set_role(state: &mut State, index: usize, as_map: bool) -> Vec<Effect> {
    let Some(entry) = state.document.entries.get(index) else {
        return Vec::new();
    };
    let (id, name) = (entry.volume().id, entry.volume().series.description.clone());
    if as_map && (entry.volume().voxels.components() > 1 || entry.volume().geometry().is_none()) {
        state.tell(Level::Error, say!("app-probability-impossible", name = name));
        return Vec::new();
    }
    if as_map && let GivenUp::Not(effects) = overlay::give_up_labels(state, index, Becomes::Probability) {
        return effects;
    }
    let Some(entry) = state.document.entry_mut(id) else {
        return Vec::new();
    };
    if !as_map {
        entry.probability = None;
        return file::show(state, id);
    }
    entry.probability = Some(Probability::new(None));
    state.view.overlays.is_on = true;
    overlay::show_image_of(state, id)
}

/// Begins to make a segmentation of what reaches the threshold.
fn begin_cut(state: &mut State, index: usize) -> Option<Effect> {
    let entry = state.document.entries.get(index)?;
    let map = entry.probability.as_ref()?;
    let (id, frame) = (entry.volume().id, entry.display.frame);
    let request = CutRequest {
        volume: Arc::clone(entry.volume()),
        frame,
        floor: map.threshold * map.certain?,
        threshold: map.threshold,
        segment: probability::segment_of(entry, frame),
        name: probability::name_of(entry, frame),
    };
    if is_busy(state, id) {
        return None;
    }
    let title = say!("app-job-cut", name = request.name.clone());
    let job = file::begin(state, title, JobSubject::Cut(id));
    Some(Effect::CutProbability {
        job,
        request: Box::new(request),
    })
}

/// A segmentation was cut out of a map: it lies over the image, and the map is put away so that it is seen.
pub(super) fn cut(state: &mut State, cut: Cut) {
    let Some(like) = state.document.entry(cut.of).map(|entry| Arc::clone(entry.volume())) else {
        return;
    };
    let before = (state.painting.target, state.painting.label);
    paint::add_made(state, &like, cut.labels);
    // Who is painting goes on in the segmentation that is being painted.
    if state.stroke.is_some() {
        (state.painting.target, state.painting.label) = before;
    }
    let of = state.document.entry_mut(cut.of);
    if let Some(map) = of.and_then(|entry| entry.probability.as_mut()) {
        map.is_visible = false;
    }
}
