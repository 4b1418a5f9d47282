//! What numbers of a table were found of: label maps as they were then.

use super::state::State;
use crate::model::volume::{Volume, VolumeId};

/// Label maps, each with how far it had been painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis(Vec<(VolumeId, u64)>);

impl Basis {
    /// These maps as they are now.
    pub(super) fn of<'a>(maps: impl IntoIterator<Item = &'a Volume>) -> Self {
        let of_map = |map: &Volume| (map.id, map.voxels.painted_revision());
        Self(maps.into_iter().map(of_map).collect())
    }

    /// Whether any of them was painted since.
    pub fn has_changed(&self, state: &State) -> bool {
        self.0.iter().any(|(id, revision)| {
            let entry = state.document.entry(*id);
            entry.is_some_and(|entry| entry.volume().voxels.painted_revision() != *revision)
        })
    }
}
