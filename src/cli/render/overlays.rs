//! The segmentations that `isocenter render` lays over a plane.

use std::sync::Arc;

use super::args::RenderArgs;
use crate::algo::label_counts::label_counts;
use crate::app::overlays;
use crate::cli::{Failure, Outcome, source};
use crate::model::segment::{LabelColors, MOST_LABEL};
use crate::say;
use crate::scene::{LabelLayer, Scene};

/// Width of outlines in pixels.
const OUTLINE_PX: u32 = 1;

/// Reads the segmentations and adds them to the scene.
pub(super) fn lay_over(args: &RenderArgs, scene: &mut Scene, quiet: bool) -> Outcome {
    if args.overlay.is_empty() {
        return Ok(());
    }
    let Scene::Slice(slice) = scene else {
        return Err(Failure(say!("cli-overlay-needs-plane")));
    };
    for path in &args.overlay {
        let open = source::open_one(path, None, quiet)?;
        let shown = || path.display().to_string();
        let is_near = slice
            .layers
            .iter()
            .any(|layer| overlays::overlaps(&layer.volume, &open.volume));
        if !is_near {
            return Err(Failure(say!("cli-overlay-elsewhere", path = shown())));
        }
        source::load(&open, quiet)?;
        let counts = label_counts(&open.volume, 0, MOST_LABEL as usize + 1, &|| false);
        let counts = counts.ok_or_else(|| {
            Failure(say!(
                "cli-overlay-no-labels",
                path = shown(),
                most = MOST_LABEL.to_string()
            ))
        })?;
        let highest = counts.keys().next_back().copied().unwrap_or(0);
        slice.labels.push(LabelLayer::new(
            Arc::clone(&open.volume),
            Arc::new(LabelColors::up_to(highest)),
            args.overlay_opacity,
            OUTLINE_PX,
        ));
    }
    Ok(())
}
