//! Whether parts of a volume can be looked for, to be removed from the volume view.

use super::state::{JobSubject, LoadState, State};

/// Whether something can be looked for: in a CT that has been read, with a place in space, while nothing else is looked
/// for in it.
pub fn can_remove(state: &State) -> bool {
    let Some(entry) = state.shown() else { return false };
    let volume = entry.volume();
    let is_looking = state
        .jobs
        .values()
        .any(|status| status.subject == JobSubject::Mask(volume.id));
    // Files of other formats do not say what they are.
    let may_be_ct = volume.series.modality.is_empty() || volume.series.modality == "CT";
    entry.load == LoadState::Loaded
        && volume.geometry().is_some()
        && volume.voxels.components() == 1
        && may_be_ct
        && !is_looking
}
