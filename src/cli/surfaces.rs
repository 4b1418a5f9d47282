//! The surfaces of a label map's segments, for `convert`.

use super::Failure;
use crate::algo::label_grid::label_grid;
use crate::algo::surface_nets::{label_boxes, label_surface};
use crate::io::surface::NamedMesh;
use crate::model::segment::{Segment, SegmentTable};
use crate::model::volume::Volume;
use crate::say;

/// Surfaces in one file stand this much of a voxel apart where their segments touch, each one this much farther along every
/// axis: programs that join equal points would tie them together, and they would no longer be closed.
const APART_VOXELS: f64 = 1.0 / 4096.0;
/// After so many, the first place is free again: 255 of them are a sixteenth of a voxel.
const PLACES: usize = 256;

/// Surfaces of all segments that have voxels, or of those that were asked for by number or name.
pub(super) fn of_labels(
    volume: &Volume,
    table: &SegmentTable,
    wanted: &[String],
    frame: Option<usize>,
) -> Result<Vec<NamedMesh>, Failure> {
    let geometry = volume.geometry().ok_or_else(|| Failure(say!("cli-surface-nowhere")))?;
    let is_wanted = |segment: &Segment, word: &String| {
        word.parse() == Ok(segment.label) || word.trim().to_lowercase() == segment.name.trim().to_lowercase()
    };
    if let Some(word) = wanted
        .iter()
        .find(|word| !table.segments.iter().any(|segment| is_wanted(segment, word)))
    {
        return Err(Failure(say!("cli-surface-no-segment", name = word.clone())));
    }
    let mut surfaces = Vec::new();
    let layers = table.segments.iter().map(|segment| segment.layer).max().unwrap_or(0);
    for layer in 0..=layers {
        let grid =
            label_grid(volume, frame.unwrap_or(layer)).ok_or_else(|| Failure(say!("cli-surface-no-segments")))?;
        let boxes = label_boxes(&grid);
        let segments = table.segments.iter().filter(|segment| segment.layer == layer);
        for segment in
            segments.filter(|segment| wanted.is_empty() || wanted.iter().any(|word| is_wanted(segment, word)))
        {
            let label = u16::try_from(segment.label).unwrap_or(0);
            let Some(within) = boxes.get(&label) else {
                continue;
            };
            let shift = (surfaces.len() % PLACES) as f64 * APART_VOXELS;
            let mesh = label_surface(&grid, label, within, geometry, shift);
            surfaces.push(NamedMesh {
                name: segment.name.clone(),
                color: segment.color,
                mesh: mesh.ok_or_else(|| Failure(say!("cli-surface-too-large", name = segment.name.clone())))?,
            });
        }
    }
    if surfaces.is_empty() {
        return Err(Failure(say!("cli-surface-no-segments")));
    }
    Ok(surfaces)
}
