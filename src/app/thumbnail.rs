//! Small pictures of volumes for the study browser, each made from one slice before the voxels are loaded.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::planes::acquisition_axes;
use super::presets;
use super::probability::{self, Probability};
use crate::algo::{self, percentile};
use crate::io::{self, OpenVolume};
use crate::model::color_map::{ColorMap, ColorStop};
use crate::model::plane::Plane;
use crate::model::volume::{Volume, VolumeId, VolumeKind};
use crate::model::voxels::{Samples, Voxels};
use crate::model::window::Window;
use crate::scene::{ImageLayer, Interpolation, Scene, SliceScene, StackScene};

/// The longer side in pixels.
pub const SIDE: u32 = 96;
/// Each pixel is the mean of so many by so many.
const FINER: u32 = 3;
/// Thumbnails kept at most; a few megabytes.
const KEPT: usize = 300;
/// The slices that are tried one after the other, as shares of all: the first that is not empty is shown.
const TRIED: [usize; 5] = [16, 12, 20, 8, 24];
/// What [`TRIED`] counts in.
const TRIED_OF: usize = 32;

/// A small picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Width and height in pixels; the longer one is [`SIDE`].
    pub size: [u32; 2],
    /// RGBA, rows from the top, opaque.
    pub rgba: Vec<u8>,
}

/// The thumbnails that there are, and those that are wanted.
#[derive(Default)]
pub struct Thumbnails {
    made: BTreeMap<VolumeId, Option<Arc<Thumbnail>>>,
    wanted: Vec<VolumeId>,
}

impl Thumbnails {
    /// The thumbnail of a volume, if it was made and could be.
    pub fn get(&self, id: VolumeId) -> Option<&Arc<Thumbnail>> {
        self.made.get(&id)?.as_ref()
    }

    /// Whether it is known by now what a volume looks like, or that it cannot be read.
    pub fn is_settled(&self, id: VolumeId) -> bool {
        self.made.contains_key(&id)
    }

    /// Those that were asked for last.
    pub fn wanted(&self) -> &[VolumeId] {
        &self.wanted
    }

    pub(super) fn want(&mut self, wanted: Vec<VolumeId>) {
        self.wanted = wanted;
    }

    pub(super) fn put(&mut self, id: VolumeId, thumbnail: Option<Thumbnail>) {
        self.made.insert(id, thumbnail.map(Arc::new));
        // The oldest that nobody looks at go first.
        let unseen: Vec<VolumeId> = self
            .made
            .keys()
            .copied()
            .filter(|made| *made != id && !self.wanted.contains(made))
            .take(self.made.len().saturating_sub(KEPT))
            .collect();
        for id in unseen {
            self.made.remove(&id);
        }
    }

    pub(super) fn forget(&mut self, id: VolumeId) {
        self.made.remove(&id);
        self.wanted.retain(|wanted| *wanted != id);
    }
}

/// Reads one slice and draws it as a pane would: on its own plane, with the file's window, else the automatic one of
/// the slice. Nothing that was read stays. `None` where the slice cannot be read.
pub fn make(open: &OpenVolume) -> Option<Thumbnail> {
    let mut drawn = None;
    for share in TRIED {
        let slice = open.volume.dims()[2] * share / TRIED_OF;
        let picture = of_slice(open, slice)?;
        let is_empty = picture
            .rgba
            .as_chunks::<4>()
            .0
            .windows(2)
            .all(|pair| pair[0] == pair[1]);
        if !is_empty {
            return Some(picture);
        }
        // If all of them are, the middle one is as good as any.
        drawn = drawn.or(Some(picture));
        if open.source.streams() {
            break;
        }
    }
    drawn
}

fn of_slice(open: &OpenVolume, slice: usize) -> Option<Thumbnail> {
    let volume = Arc::new(with_one_slab(open, slice)?);
    let (window, color_map) = match volume.series.kind {
        VolumeKind::Segmentation if probability::says_so(&volume) => (Probability::window(1.0), presets::gray()),
        // Labels count from 0; each has its colour.
        VolumeKind::Segmentation => (Window::between(0.0, 255.0), Arc::new(label_colors()?)),
        VolumeKind::Image => (image_window(&volume), presets::gray()),
    };
    let layer = ImageLayer {
        frame: 0,
        window,
        invert: volume.is_inverted,
        color_map,
        // Nothing but this slice is there to interpolate with; there are several samples a pixel.
        interpolation: Interpolation::Nearest,
        opacity: 1.0,
        floor: None,
        volume,
    };
    let scene = scene(layer, slice);
    let size = scene.size().map(|side| side / FINER);
    Some(Thumbnail {
        size,
        rgba: smaller(&algo::draw(&scene), size),
    })
}

/// A volume of its own with the slab of one slice, so that reading it leaves nothing behind in the one that is open.
fn with_one_slab(open: &OpenVolume, slice: usize) -> Option<Volume> {
    let from = &open.volume;
    let slab = from.voxels.slab_of(slice, 0);
    let samples: Samples = match from.voxels.slab(slab) {
        Some(samples) => Samples::clone(samples),
        None => io::load::read_slab(open, slab).ok()?.samples,
    };
    let voxels = Voxels::new(
        from.dims(),
        from.voxels.frames(),
        from.voxels.components(),
        from.voxels.sample_type(),
        from.voxels.slab_range(0).slice_count,
    )
    .ok()?;
    voxels.publish(slab, samples).ok()?;
    Some(Volume {
        id: VolumeId::fresh(),
        series: from.series.clone(),
        placement: from.placement.clone(),
        voxels,
        rescale: from.rescale,
        unit: None,
        windows: from.windows.clone(),
        is_inverted: from.is_inverted,
        padding: from.padding,
        warnings: Vec::new(),
    })
}

fn image_window(volume: &Volume) -> Window {
    volume
        .windows
        .first()
        .map(|named| named.window)
        .filter(|_| volume.voxels.components() == 1)
        .or_else(|| percentile::auto_window(volume, 0))
        // Colours are shown as stored; their window is not looked at.
        .unwrap_or(Window::linear(128.0, 256.0))
}

/// The slice as large as it fits, at its own aspect.
fn scene(layer: ImageLayer, slice: usize) -> Scene {
    let volume = &layer.volume;
    let [columns, rows, _] = volume.dims();
    let side = f64::from(SIDE * FINER);
    let size_of = |width: f64, height: f64| {
        let scale = side / width.max(height);
        [width, height].map(|length| ((length * scale / f64::from(FINER)).round().max(1.0) as u32) * FINER)
    };
    if let Some(geometry) = volume.geometry() {
        let normal = geometry.normal();
        let axes = acquisition_axes(geometry)
            .into_iter()
            .max_by(|a, b| f64::total_cmp(&a.normal().dot(normal).abs(), &b.normal().dot(normal).abs()));
        if let Some(axes) = axes {
            let spacing = geometry.spacing();
            let i = geometry.patient_from_voxel().matrix3.x_axis.normalize_or_zero();
            let lengths = [columns as f64 * spacing.x, rows as f64 * spacing.y];
            let is_turned = axes.right.dot(i).abs() < axes.down.dot(i).abs();
            let [width, height] = if is_turned { [lengths[1], lengths[0]] } else { lengths };
            let middle = glam::DVec3::new((columns as f64 - 1.0) / 2.0, (rows as f64 - 1.0) / 2.0, slice as f64);
            return Scene::Slice(SliceScene {
                plane: Plane {
                    center: geometry.patient_at(middle),
                    axes,
                },
                mm_per_pixel: width.max(height) / side,
                size: size_of(width, height),
                slab: None,
                layers: vec![layer],
                labels: Vec::new(),
            });
        }
    }
    let [width, height] = StackScene::pixel_size(volume);
    let size = size_of(columns as f64 * width, rows as f64 * height);
    let (center, units_per_pixel) = StackScene::fit(volume, size);
    Scene::Stack(StackScene {
        layer,
        slice,
        center,
        units_per_pixel,
        size,
    })
}

/// The mean of squares of pixels.
fn smaller(rgba: &[u8], [width, height]: [u32; 2]) -> Vec<u8> {
    let pixels = rgba.as_chunks::<4>().0;
    let row = (width * FINER) as usize;
    let count = FINER * FINER;
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let mut sum = [count / 2; 4];
            for (dx, dy) in (0..FINER).flat_map(|dy| (0..FINER).map(move |dx| (dx, dy))) {
                let at = (y * FINER + dy) as usize * row + (x * FINER + dx) as usize;
                for (sum, part) in sum.iter_mut().zip(pixels.get(at).unwrap_or(&[0; 4])) {
                    *sum += u32::from(*part);
                }
            }
            sum.map(|sum| (sum / count) as u8)
        })
        .collect()
}

/// A colour for each of the first 256 labels, neighbours far apart on the wheel; 0 is black.
fn label_colors() -> Option<ColorMap> {
    let stops: Vec<ColorStop> = (0..=255u8)
        .map(|label| ColorStop {
            at: f64::from(label) / 255.0,
            color: if label == 0 {
                [0; 3]
            } else {
                hue(f64::from(label) * 0.381_966)
            },
        })
        .collect();
    ColorMap::from_stops("labels", &stops)
}

/// A bright colour of the wheel; whole turns make no difference.
fn hue(turns: f64) -> [u8; 3] {
    [0.0, 1.0 / 3.0, 2.0 / 3.0].map(|offset| {
        let distance = ((turns + offset).fract() - 0.5).abs() * 6.0;
        (70.0 + 170.0 * (distance - 1.0).clamp(0.0, 1.0)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_are_kept_and_those_in_sight_stay() {
        let thumbnail = || {
            Some(Thumbnail {
                size: [1, 1],
                rgba: vec![0; 4],
            })
        };
        let mut thumbnails = Thumbnails::default();
        thumbnails.want(vec![VolumeId(0), VolumeId(1)]);
        for id in 0..KEPT as u64 + 50 {
            thumbnails.put(VolumeId(id), thumbnail());
        }
        assert_eq!(thumbnails.made.len(), KEPT);
        assert!(thumbnails.is_settled(VolumeId(0)) && thumbnails.is_settled(VolumeId(1)));
        assert!(!thumbnails.is_settled(VolumeId(2)));
        assert!(thumbnails.is_settled(VolumeId(KEPT as u64 + 49)));
    }

    #[test]
    fn labels_next_to_each_other_are_told_apart() {
        let colors = label_colors().expect("there are stops");
        assert_eq!(colors.color(0), [0; 3]);
        for label in 1..255 {
            let (a, b) = (colors.color(label), colors.color(label + 1));
            let apart: i32 = (0..3).map(|part| (i32::from(a[part]) - i32::from(b[part])).abs()).sum();
            assert!(apart > 100, "{label}: {a:?} {b:?}");
        }
    }
}
