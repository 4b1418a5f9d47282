//! The segmentations that `isocenter render` lays over a plane.

use std::path::Path;
use std::sync::Arc;

use super::args::RenderArgs;
use crate::algo::label_counts::label_counts;
use crate::app::overlays;
use crate::cli::{Failure, Outcome, label_maps, source};
use crate::io::OpenVolume;
use crate::model::segment::{LabelColors, MOST_LABEL};
use crate::model::volume::VolumeKind;
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
        let open = open_over(path, &args.path, quiet)?;
        let shown = || path.display().to_string();
        let is_near = slice
            .layers
            .iter()
            .any(|layer| overlays::overlaps(&layer.volume, &open.volume));
        if !is_near {
            return Err(Failure(say!("cli-overlay-elsewhere", path = shown())));
        }
        source::load(&open, quiet)?;
        // Segments that overlap are in layers, one a frame.
        let table = open.source.segments().unwrap_or_default();
        for frame in 0..table.layers().min(open.volume.voxels.frames()) {
            let counts = label_counts(&open.volume, frame, MOST_LABEL as usize + 1, &|| false);
            let counts = counts.ok_or_else(|| {
                Failure(say!(
                    "cli-overlay-no-labels",
                    path = shown(),
                    most = MOST_LABEL.to_string()
                ))
            })?;
            let highest = counts.keys().next_back().copied().unwrap_or(0);
            let colors = if table.segments.is_empty() {
                LabelColors::up_to(highest)
            } else {
                table.colors_up_to(highest)
            };
            let mut layer = LabelLayer::new(
                Arc::clone(&open.volume),
                Arc::new(colors),
                args.overlay_opacity,
                OUTLINE_PX,
            );
            layer.frame = frame;
            slice.labels.push(layer);
        }
    }
    Ok(())
}

/// Opens a segmentation. One in DICOM, or in a file that does not say where it lies, is opened with its image, whose grid it
/// takes where it fits.
pub(super) fn open_over(path: &Path, image: &Path, quiet: bool) -> Result<OpenVolume, Failure> {
    let alone = label_maps::open_map(path, quiet)?;
    let file = |open: &OpenVolume| open.source.file().map(|file| file.path().to_owned());
    let series = &alone.volume.series;
    let is_dicom = series.format == "dicom" && series.kind == VolumeKind::Segmentation;
    let follows = is_dicom || alone.source.unplaced().is_some();
    if !follows || file(&alone).is_none() {
        return Ok(alone);
    }
    let both = source::scan(&[path.to_owned(), image.to_owned()], quiet)?;
    // Several arrays of one file differ by their names.
    let is_it = |open: &OpenVolume| {
        file(open) == file(&alone) && (is_dicom || open.volume.series.description == series.description)
    };
    let found = both.volumes.into_iter().find(is_it);
    Ok(found.unwrap_or(alone))
}
