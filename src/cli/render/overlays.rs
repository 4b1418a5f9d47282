//! The probability maps and segmentations that `isocenter render` lays over a plane.

use std::path::Path;
use std::sync::Arc;

use super::args::RenderArgs;
use crate::algo::label_counts::label_counts;
use crate::algo::value_range::value_range;
use crate::app::overlays;
use crate::app::probability::{Probability, certain_value};
use crate::cli::{Failure, Outcome, label_maps, source};
use crate::io::OpenVolume;
use crate::model::segment::{LabelColors, MOST_LABEL};
use crate::model::volume::VolumeKind;
use crate::say;
use crate::scene::{ImageLayer, LabelLayer, Scene, SliceScene};

/// Width of outlines in pixels.
const OUTLINE_PX: u32 = 1;

/// Reads the probability maps and the segmentations and adds them to the scene.
pub(super) fn lay_over(args: &RenderArgs, scene: &mut Scene, quiet: bool) -> Outcome {
    if args.overlay.is_empty() && args.probability.is_empty() {
        return Ok(());
    }
    let Scene::Slice(slice) = scene else {
        return Err(Failure(say!("cli-overlay-needs-plane")));
    };
    for path in &args.probability {
        let layer = probability_layer(args, slice, path, quiet)?;
        slice.layers.push(layer);
    }
    for path in &args.overlay {
        let open = load_over(args, slice, label_maps::open_map(path, quiet)?, path, quiet)?;
        let shown = || path.display().to_string();
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

/// Reads what is to lie over a picture, if it lies where that does.
fn load_over(
    args: &RenderArgs,
    slice: &SliceScene,
    alone: OpenVolume,
    path: &Path,
    quiet: bool,
) -> Result<OpenVolume, Failure> {
    let open = over(alone, path, &args.path, quiet)?;
    let image = slice.layers.first();
    if !image.is_some_and(|image| overlays::overlaps(&image.volume, &open.volume)) {
        let path = path.display().to_string();
        return Err(Failure(say!("cli-overlay-elsewhere", path = path)));
    }
    source::load(&open, quiet)?;
    Ok(open)
}

/// A probability map as a layer.
fn probability_layer(args: &RenderArgs, slice: &SliceScene, path: &Path, quiet: bool) -> Result<ImageLayer, Failure> {
    let open = load_over(args, slice, label_maps::open_probabilities(path, quiet)?, path, quiet)?;
    let range = value_range(&open.volume).unwrap_or([0.0, 1.0]);
    let certain = certain_value(range).filter(|_| open.volume.voxels.components() == 1);
    let map = Probability {
        threshold: args.threshold,
        color_map: Arc::clone(&args.probability_colormap),
        opacity: args.probability_opacity,
        ..Probability::new(certain)
    };
    map.layer(&open.volume, 0, OUTLINE_PX).ok_or_else(|| {
        let [low, high] = range.map(|end| end.to_string());
        let path = path.display().to_string();
        Failure(say!("cli-probability-odd", path = path, low = low, high = high))
    })
}

/// Opens a segmentation. One in DICOM, or in a file that does not say where it lies, is opened with its image, whose grid it
/// takes where it fits.
pub(super) fn open_over(path: &Path, image: &Path, quiet: bool) -> Result<OpenVolume, Failure> {
    over(label_maps::open_map(path, quiet)?, path, image, quiet)
}

/// What was opened of a path, together with its image where that says where it lies.
fn over(alone: OpenVolume, path: &Path, image: &Path, quiet: bool) -> Result<OpenVolume, Failure> {
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
