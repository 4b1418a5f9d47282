//! The segmentations that `isocenter render` shows as surfaces in a volume.

use super::args::RenderArgs;
use super::overlays::open_over;
use crate::algo::label_grid::label_grid;
use crate::algo::surface_nets::smooth::BlockSurfaces;
use crate::app::overlays;
use crate::app::surfaces::layers;
use crate::cli::{Failure, Outcome, source};
use crate::model::label_map::LabelMap;
use crate::model::segment::{LabelColors, MOST_LABEL};
use crate::say;
use crate::scene::Scene;

/// Reads the segmentations and adds the surfaces of their segments to the scene.
pub(super) fn add(args: &RenderArgs, scene: &mut Scene, quiet: bool) -> Outcome {
    if args.surfaces.is_empty() {
        return Ok(());
    }
    let Scene::Volume(scene) = scene else {
        return Err(Failure(say!("cli-surfaces-need-volume")));
    };
    if scene.mode.is_projection() {
        return Err(Failure(say!("cli-surfaces-need-volume")));
    }
    for path in &args.surfaces {
        let open = open_over(path, &args.path, quiet)?;
        let shown = || path.display().to_string();
        let geometry = open.volume.geometry();
        let geometry = geometry.ok_or_else(|| Failure(say!("cli-labels-without-space", path = shown())))?;
        let is_near = scene
            .layers
            .iter()
            .any(|layer| overlays::overlaps(&layer.image.volume, &open.volume));
        if !is_near {
            return Err(Failure(say!("cli-overlay-elsewhere", path = shown())));
        }
        source::load(&open, quiet)?;
        // Segments that overlap are in layers, one a frame.
        let table = open.source.segments().unwrap_or_default();
        for frame in 0..table.layers().min(open.volume.voxels.frames()) {
            let grid = label_grid(&open.volume, frame).ok_or_else(|| {
                Failure(say!(
                    "cli-overlay-no-labels",
                    path = shown(),
                    most = MOST_LABEL.to_string()
                ))
            })?;
            let map = LabelMap::from_dense(grid.dims(), grid.labels());
            // Nobody stops it.
            let found = BlockSurfaces::of(&map, geometry, None, &|| false);
            let found = found.map(|(found, _)| found).unwrap_or_default();
            let highest = found.by_label().keys().next_back().copied().unwrap_or(0);
            let colors = if table.segments.is_empty() {
                LabelColors::up_to(u32::from(highest))
            } else {
                table.colors_up_to(u32::from(highest))
            };
            scene.surfaces.extend(layers(&found, &colors, args.surface_opacity));
        }
    }
    Ok(())
}
