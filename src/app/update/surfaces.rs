//! Surfaces of segments: found again, in a job, whenever the labels that are seen have changed.

use std::sync::Arc;

use super::super::command::Effect;
use super::super::overlays;
use super::super::pane::PaneId;
use super::super::state::{JobSubject, State};
use super::super::surfaces::{self, FoundSurfaces, SurfacesRequest, VolumeLook};
use super::file;
use crate::model::volume::VolumeId;
use crate::say;

/// Begins to find the surfaces that are to be seen and are not those of the labels as they are. One job a map at a
/// time: what is painted meanwhile is found by the next.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    if !state.view.layout.panes().contains(&PaneId::Volume) {
        return Vec::new();
    }
    let is_under_way = |state: &State, id: VolumeId| {
        let mut jobs = state.jobs.values();
        jobs.any(|status| status.subject == JobSubject::Surfaces(id))
    };
    let requests: Vec<SurfacesRequest> = surfaces::wanted(state)
        .filter(|(entry, overlay)| {
            let revision = entry.volume().voxels.painted_revision();
            let is_known = overlay
                .surfaces
                .as_ref()
                .is_some_and(|found| found.revision == revision);
            !is_known && !is_under_way(state, entry.volume().id)
        })
        .map(|(entry, overlay)| SurfacesRequest {
            volume: Arc::clone(entry.volume()),
            frames: overlays::frames(entry, overlay),
            before: overlay.surfaces.clone(),
        })
        .collect();
    let begin = |request: SurfacesRequest| {
        let subject = JobSubject::Surfaces(request.volume.id);
        let job = file::begin(state, say!("app-job-surfaces"), subject);
        let request = Box::new(request);
        Effect::FindSurfaces { job, request }
    };
    requests.into_iter().map(begin).collect()
}

/// Surfaces were found.
pub(super) fn found(state: &mut State, id: VolumeId, found: Arc<FoundSurfaces>) {
    if let Some(overlay) = state.document.entry_mut(id).and_then(|entry| entry.overlay.as_mut()) {
        overlay.surfaces = Some(found);
    }
}

/// What a map is in the volume view.
pub(super) fn set_look(state: &mut State, index: usize, look: VolumeLook) {
    let entry = state.document.entries.get_mut(index);
    if let Some(overlay) = entry.and_then(|entry| entry.overlay.as_mut()) {
        overlay.look = look;
    }
}

/// How opaque all surfaces are.
pub(super) fn set_opacity(state: &mut State, opacity: f32) {
    if opacity.is_finite() {
        state.view.overlays.surface_opacity = opacity.clamp(0.0, 1.0);
        super::overlay::remember_view(state);
    }
}
