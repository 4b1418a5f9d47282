//! The title of the window: whom and what it shows.

use crate::app::{State, identifiers, overlays};
use crate::say;

/// The title for what is shown.
pub fn of(state: &State) -> String {
    let Some(entry) = state.shown() else {
        return say!("ui-start-title");
    };
    let patient = identifiers::patient(state, &entry.volume().series.patient);
    let parts = [patient, identifiers::series(state, entry), say!("ui-start-title")];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let title = parts.join(" – ");
    // As editors do: a dot before the name says that something is in no file yet.
    if overlays::any_unsaved(state) {
        say!("ui-title-unsaved", title = title)
    } else {
        title
    }
}
