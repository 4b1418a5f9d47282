//! Segments as smooth surfaces in the volume view.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::overlays::{self, Overlay};
use super::state::{Entry, State};
use crate::algo::surface_nets::smooth::BlockSurfaces;
use crate::model::segment::LabelColors;
use crate::model::volume::Volume;
use crate::scene::{LabelLayer, SurfaceLayer};

/// What a label map is in the volume view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumeLook {
    /// Smooth surfaces of its segments.
    #[default]
    Surfaces,
    /// Its voxels, which colour the volume too.
    Voxels,
    /// Nothing.
    Hidden,
}

impl VolumeLook {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 3] = [Self::Surfaces, Self::Voxels, Self::Hidden];
}

/// The surfaces of a label map as it was at a moment.
#[derive(Clone, Debug)]
pub struct FoundSurfaces {
    /// The revision of its labels.
    pub revision: u64,
    /// Of each frame that is seen.
    pub frames: Vec<(usize, BlockSurfaces)>,
    /// How many blocks were looked into for this state of the map.
    pub looked_into: usize,
}

/// What a job needs to find surfaces.
#[derive(Clone)]
pub struct SurfacesRequest {
    /// The label map.
    pub volume: Arc<Volume>,
    /// Which frames of it.
    pub frames: std::ops::Range<usize>,
    /// What was found in an earlier state.
    pub before: Option<Arc<FoundSurfaces>>,
}

impl SurfacesRequest {
    /// Finds them; `None` if it was told to stop, or if there is no map.
    pub fn find(&self, is_over: &(dyn Fn() -> bool + Sync)) -> Option<FoundSurfaces> {
        let geometry = self.volume.geometry()?;
        let before = |frame: usize| {
            let frames = self.before.as_ref()?.frames.iter();
            frames
                .clone()
                .find(|(known, _)| *known == frame)
                .map(|(_, found)| found)
        };
        let mut looked_into = 0;
        let mut frames = Vec::new();
        for frame in self.frames.clone() {
            let map = self.volume.voxels.label_map(frame)?;
            let (found, count) = BlockSurfaces::of(map, geometry, before(frame), is_over)?;
            looked_into += count;
            frames.push((frame, found));
        }
        Some(FoundSurfaces {
            revision: self.volume.voxels.painted_revision(),
            frames,
            looked_into,
        })
    }
}

/// The surfaces of labels that are drawn, in their colours.
pub fn layers(found: &BlockSurfaces, colors: &LabelColors, opacity: f32) -> Vec<SurfaceLayer> {
    let of_label = found.by_label().iter().filter_map(|(label, surface)| {
        Some(SurfaceLayer {
            surface: Arc::clone(surface),
            color: colors.get(u32::from(*label))?,
            opacity,
        })
    });
    of_label.collect()
}

/// Whether a map's labels can have surfaces: those that can be painted.
fn can_have(entry: &Entry) -> bool {
    entry.volume().voxels.label_map(0).is_some()
}

/// The maps that are surfaces in the volume view.
pub(super) fn wanted(state: &State) -> impl Iterator<Item = (&Entry, &Overlay)> {
    let is_on = state.view.overlays.is_on && !state.view.volume.mode.is_projection();
    overlays::over_shown(state)
        .filter(move |(_, _, overlay)| is_on && overlay.is_visible && overlay.look == VolumeLook::Surfaces)
        .map(|(_, entry, overlay)| (entry, overlay))
        .filter(|(entry, _)| can_have(entry))
}

/// All surfaces of the volume view, as far as they were found.
pub(super) fn in_volume(state: &State) -> Vec<SurfaceLayer> {
    let opacity = state.view.overlays.surface_opacity;
    wanted(state)
        .filter_map(|(_, overlay)| Some((overlay, overlay.surfaces.as_ref()?)))
        .flat_map(|(overlay, found)| found.frames.iter().map(move |(_, found)| (overlay, found)))
        .flat_map(|(overlay, found)| layers(found, &overlay.colors, opacity))
        .collect()
}

/// The label maps whose voxels are in the volume view: also those that can have no surfaces.
pub(super) fn voxels_in_volume(state: &State, pixels_per_point: f64) -> Vec<LabelLayer> {
    overlays::layers_where(state, pixels_per_point, false, |entry, overlay| match overlay.look {
        VolumeLook::Surfaces => !can_have(entry),
        VolumeLook::Voxels => true,
        VolumeLook::Hidden => false,
    })
}
