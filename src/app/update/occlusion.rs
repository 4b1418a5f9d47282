//! How open the places of rendered volumes are: found again, in a job, when what is seen of them has changed.

use std::sync::Arc;

use super::super::command::Effect;
use super::super::pane::PaneId;
use super::super::scenes;
use super::super::state::{JobSubject, State};
use super::file;
use crate::algo::occlusion::OcclusionRequest;
use crate::model::occlusion::Occlusion;
use crate::model::volume::VolumeId;
use crate::say;

/// Begins to find what is not known of the volumes that are rendered, one job a volume at a time. A curve that is being
/// dragged is waited for: what was found before is drawn meanwhile.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    let view = &state.view.volume;
    let is_seen = view.light.is_shaded
        && view.light.occlusion > 0.0
        && view.trying.is_none()
        && state.view.layout.panes().contains(&PaneId::Volume);
    if !is_seen {
        return Vec::new();
    }
    let cuts = scenes::cuts(state);
    let wanted: Vec<OcclusionRequest> = scenes::volume_layers(state)
        .filter_map(|layer| OcclusionRequest::new(&layer, view.mode, &cuts))
        .filter(|request| is_new(state, request))
        .collect();
    let begin = |request: OcclusionRequest| {
        let id = request.volume().id;
        if let Some(entry) = state.document.entry_mut(id) {
            entry.occlusion_asked = Some(request.clone());
        }
        let job = file::begin(state, say!("app-job-occlusion"), JobSubject::Occlusion(id));
        let request = Box::new(request);
        Effect::FindOcclusion { job, request }
    };
    wanted.into_iter().map(begin).collect()
}

/// Whether nobody has asked for it yet, and no job for the volume is under way.
fn is_new(state: &State, request: &OcclusionRequest) -> bool {
    let id = request.volume().id;
    let is_under_way = state
        .jobs
        .values()
        .any(|status| status.subject == JobSubject::Occlusion(id));
    let asked = state
        .document
        .entry(id)
        .and_then(|entry| entry.occlusion_asked.as_ref());
    !is_under_way && asked != Some(request)
}

/// A field was found, or there is none.
pub(super) fn found(state: &mut State, id: VolumeId, field: Option<Arc<Occlusion>>) {
    if let Some(entry) = state.document.entry_mut(id) {
        entry.occlusion = field;
    }
}
