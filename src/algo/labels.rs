//! Label maps over a picture, pixel by pixel: the CPU twin of `shaders/labels.wgsl`.

use rayon::prelude::*;

use crate::model::volume::Value;
use crate::scene::{Interpolation, LabelLayer, SliceScene};

use super::sample::{Sample, sample};
use super::shade::blend;

/// What a pixel has of a label map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    /// A label that is drawn; 0 is none.
    Drawn(u32),
    /// The voxel has not arrived.
    Pending,
}

/// Lays the label maps of a scene over its picture: RGBA of 8 bits, rows from the top.
pub fn lay_over(picture: &mut [u8], scene: &SliceScene) {
    for layer in &scene.labels {
        lay_one_over(picture, scene, layer);
    }
}

fn lay_one_over(picture: &mut [u8], scene: &SliceScene, layer: &LabelLayer) {
    let [width, height] = scene.size.map(|side| side as usize);
    let margin = layer.outline_width() as usize;
    let near = offsets_within(margin as isize);
    let columns = width + 2 * margin;
    // The labels of the picture and of a margin around it, in which outlines look for their neighbours.
    let mut labels = vec![Label::Drawn(0); columns * (height + 2 * margin)];
    labels.par_chunks_mut(columns).enumerate().for_each(|(row, labels)| {
        let y = row as f64 - margin as f64;
        for (column, label) in labels.iter_mut().enumerate() {
            *label = label_at(scene, layer, column as f64 - margin as f64, y);
        }
    });
    let (pixels, _) = picture.as_chunks_mut::<4>();
    pixels
        .par_chunks_mut(width.max(1))
        .take(height)
        .enumerate()
        .for_each(|(y, row)| {
            for (x, pixel) in row.iter_mut().enumerate() {
                let at = (y + margin) * columns + x + margin;
                let label_of = |at: usize| labels.get(at).copied().unwrap_or(Label::Pending);
                let Label::Drawn(label) = label_of(at) else { continue };
                let Some(color) = layer.colors.get(label) else { continue };
                let is_other = |[dx, dy]: &[isize; 2]| {
                    let other = at.wrapping_add_signed(dx + dy * columns as isize);
                    matches!(label_of(other), Label::Drawn(other) if other != label)
                };
                let is_edge = near.iter().any(is_other);
                let opacity = if is_edge { layer.outline } else { layer.fill };
                blend(pixel, color, opacity.max(layer.fill));
            }
        });
}

/// All steps in pixels that are no longer than `width`, but for that to the pixel itself.
pub(super) fn offsets_within(width: isize) -> Vec<[isize; 2]> {
    (-width..=width)
        .flat_map(|dy| (-width..=width).map(move |dx| [dx, dy]))
        .filter(|[dx, dy]| (1..=width * width).contains(&(dx * dx + dy * dy)))
        .collect()
}

/// The label under a pixel, which may lie beyond the picture.
fn label_at(scene: &SliceScene, layer: &LabelLayer, x: f64, y: f64) -> Label {
    const NONE: Label = Label::Drawn(0);
    let Some(geometry) = layer.volume.geometry() else {
        return NONE;
    };
    let [width, height] = scene.size.map(f64::from);
    let right_mm = (x + 0.5 - width / 2.0) * scene.mm_per_pixel;
    let down_mm = (y + 0.5 - height / 2.0) * scene.mm_per_pixel;
    let place = geometry.voxel_at(scene.plane.patient_at(right_mm, down_mm));
    match sample(&layer.volume, place, layer.frame, Interpolation::Nearest) {
        Sample::Pending => Label::Pending,
        Sample::Value(Value::Scalar(value)) => {
            // What is not finite is no label.
            let label = if value.is_finite() { (value + 0.5).floor() } else { 0.0 };
            // Negative numbers and those beyond the table become labels without a colour.
            let label = label.clamp(0.0, f64::from(u32::MAX)) as u32;
            if layer.colors.get(label).is_some() {
                Label::Drawn(label)
            } else {
                NONE
            }
        }
        Sample::Nothing | Sample::Value(Value::Rgb(_)) => NONE,
    }
}
