//! What pictures need of a volume that is on the device in part: bricks of its voxels, those that matter most first.

use std::collections::HashSet;

use crate::algo::convex_region::{ConvexRegion, Nearness};
use crate::algo::needed_bricks::BrickGrid;
use crate::algo::sample::is_inside;
use crate::model::geometry::Geometry;
use crate::model::volume::Volume;
use crate::scene::{ImageLayer, Interpolation, LabelLayer, Scene, SliceScene, VolumeLayer, VolumeMode, VolumeScene};

use super::bricks::{DetailRanges, Range};
use super::format::VoxelFormat;
use super::resident::Resident;

/// A volume or label map in a picture.
#[derive(Clone, Copy)]
pub(super) enum Need<'a> {
    /// An image in a slice or a stack.
    Image(&'a Scene, &'a ImageLayer),
    /// A label map over a slice.
    Labels(&'a SliceScene, &'a LabelLayer),
    /// A volume under the rays of a camera.
    Volume(&'a VolumeScene, &'a VolumeLayer),
    /// A label map under them.
    VolumeLabels(&'a VolumeScene, &'a LabelLayer),
}

/// Lights look a voxel further.
const GRADIENT: f64 = 1.0;

impl Need<'_> {
    /// The bricks. `None` if it is not known yet: what rays see is chosen when everything has arrived.
    pub(super) fn bricks(&self, resident: &Resident) -> Option<Vec<usize>> {
        match self {
            Self::Image(scene, layer) => Some(of_image(scene, layer)),
            Self::Labels(scene, layer) => Some(of_labels(scene, layer)),
            Self::Volume(scene, layer) => of_volume(scene, layer, resident),
            Self::VolumeLabels(scene, layer) => of_volume_labels(scene, layer, resident),
        }
    }
}

fn grid(volume: &Volume, interpolation: Interpolation, beyond: f64) -> BrickGrid {
    BrickGrid::new(volume.dims(), volume.geometry(), interpolation, beyond)
}

fn of_image(scene: &Scene, layer: &ImageLayer) -> Vec<usize> {
    let volume = &layer.volume;
    let (region, nearness, grid) = match (scene, volume.geometry()) {
        (Scene::Slice(scene), Some(geometry)) => (
            // What reaches a floor has an outline where a pixel near it does not.
            ConvexRegion::of_slice(
                scene,
                geometry,
                false,
                layer.floor.map_or(0, |floor| floor.outline_width()),
            ),
            Nearness::of_slice(scene, geometry),
            grid(volume, layer.interpolation, 0.0),
        ),
        (Scene::Stack(scene), _) => (
            ConvexRegion::of_stack(scene),
            Nearness::of_stack(scene),
            // Stored slices lie one upon the other.
            BrickGrid::new(volume.dims(), None, layer.interpolation, 0.0),
        ),
        _ => return Vec::new(),
    };
    grid.read_in(&region, &nearness, |_| true)
}

fn of_labels(scene: &SliceScene, layer: &LabelLayer) -> Vec<usize> {
    let Some(geometry) = layer.volume.geometry() else {
        return Vec::new();
    };
    let region = ConvexRegion::of_slice(scene, geometry, true, layer.outline_width());
    let grid = grid(&layer.volume, Interpolation::Nearest, 0.0);
    grid.read_in(&region, &Nearness::of_slice(scene, geometry), |_| true)
}

fn of_volume(scene: &VolumeScene, layer: &VolumeLayer, resident: &Resident) -> Option<Vec<usize>> {
    let volume = &layer.image.volume;
    let geometry = volume.geometry()?;
    let ranges = resident.known_ranges()?;
    let beyond = if scene.mode.is_projection() { 0.0 } else { GRADIENT };
    let grid = grid(volume, layer.image.interpolation, beyond);
    let nearness = Nearness::of_view(scene, geometry);
    let values = Values::of(volume, resident.format, ranges, layer.image.interpolation);
    let shows_inside = resident.format == VoxelFormat::Float32 || shows_inside(scene, layer, geometry);
    let mut seen = grid.read_in(&ConvexRegion::of_view(scene, geometry, true), &nearness, |brick| {
        let is_inside_seen = shows_inside || grid.is_outermost(brick);
        is_seen(scene, layer, is_inside_seen, values.around(brick))
    });
    match scene.mode {
        VolumeMode::Mip => seen.sort_by(|a, b| values.around(*b)[1].total_cmp(&values.around(*a)[1])),
        VolumeMode::MinIp => seen.sort_by(|a, b| values.around(*a)[0].total_cmp(&values.around(*b)[0])),
        VolumeMode::Average => {}
        VolumeMode::Composite | VolumeMode::Iso => {
            let is_first = scene.layers.first().is_some_and(|first| std::ptr::eq(first, layer));
            let planes = scene.slices.iter().filter(|_| is_first);
            let in_slices: Vec<usize> = planes
                .flat_map(|plane| {
                    let normal = plane.axes.normal();
                    let region = ConvexRegion::of_view(scene, geometry, false);
                    let region = region.in_plane(geometry, normal, normal.dot(plane.center));
                    grid.read_in(&region, &nearness, |_| true)
                })
                .collect();
            let mut known = HashSet::new();
            seen = in_slices
                .into_iter()
                .chain(seen)
                .filter(|brick| known.insert(*brick))
                .collect();
        }
    }
    Some(seen)
}

/// Whether a surface may be met where all values around are within it: where something is cut away, and by an eye in the
/// volume.
fn shows_inside(scene: &VolumeScene, layer: &VolumeLayer, geometry: &Geometry) -> bool {
    let has_eye_inside = || {
        let distance_mm = scene.camera.distance_mm(scene.whole().size[1])?;
        let eye = scene.camera.target - scene.camera.axes().normal() * distance_mm;
        Some(is_inside(&layer.image.volume, geometry.voxel_at(eye)))
    };
    layer.mask.is_some() || scene.cuts.half_spaces().next().is_some() || has_eye_inside().unwrap_or(false)
}

/// Whether anything that is made of a brick's voxels can be seen, if its values are from the first to the second.
/// `is_inside_seen`: whether a surface may be met where all of them are within it, also where there are no values.
fn is_seen(scene: &VolumeScene, layer: &VolumeLayer, is_inside_seen: bool, [low, high]: [f64; 2]) -> bool {
    if low > high {
        return false;
    }
    let window = &layer.image.window;
    match scene.mode {
        VolumeMode::Composite => layer.transfer.most_opacity(low, high) > 0.0,
        VolumeMode::Mip => window.level(high) > 0,
        VolumeMode::MinIp => window.level(low) < 255,
        VolumeMode::Average => true,
        VolumeMode::Iso => high >= layer.iso && (low <= layer.iso || is_inside_seen),
    }
}

fn of_volume_labels(scene: &VolumeScene, layer: &LabelLayer, resident: &Resident) -> Option<Vec<usize>> {
    let volume = &layer.volume;
    let geometry = volume.geometry()?;
    let grid = grid(volume, Interpolation::Nearest, GRADIENT + 0.5);
    let region = ConvexRegion::of_view(scene, geometry, true);
    let nearness = Nearness::of_view(scene, geometry);
    // Of painted ones most blocks are of one label, which costs nothing.
    if volume.voxels.label_map(layer.frame).is_some() {
        return Some(grid.read_in(&region, &nearness, |_| true));
    }
    let values = Values::of(
        volume,
        resident.format,
        resident.known_ranges()?,
        Interpolation::Nearest,
    );
    Some(grid.read_in(&region, &nearness, |brick| {
        values.around(brick).iter().any(|label| label.round() > 0.0)
    }))
}

/// Ranges of values.
struct Values<'a> {
    ranges: Option<&'a DetailRanges>,
    offset: f64,
    /// How much of the range curves between the voxels leave it by.
    overshoot: f64,
    volume: &'a Volume,
}

impl<'a> Values<'a> {
    fn of(
        volume: &'a Volume,
        format: VoxelFormat,
        ranges: Option<&'a DetailRanges>,
        interpolation: Interpolation,
    ) -> Self {
        // The weights of a cubic curve are 1.25 at most, signs aside, along each of three axes.
        let most_weight: f64 = match interpolation {
            Interpolation::Cubic => 1.25,
            Interpolation::Nearest | Interpolation::Linear => 1.0,
        };
        Self {
            overshoot: (most_weight.powi(3) - 1.0) / 2.0,
            ranges,
            offset: format.texel_offset(volume.voxels.sample_type()),
            volume,
        }
    }

    /// Lowest and highest value that may be around a brick; the other way round if there are none.
    fn around(&self, brick: usize) -> [f64; 2] {
        let Some(ranges) = self.ranges else {
            return [f64::NEG_INFINITY, f64::INFINITY];
        };
        let [low, high]: Range = ranges.around(brick);
        if low > high {
            return [f64::INFINITY, f64::NEG_INFINITY];
        }
        let ends = [low, high].map(|number| self.volume.rescale.value(f64::from(number) + self.offset));
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let beyond = if self.overshoot > 0.0 {
            self.overshoot * (high - low)
        } else {
            0.0
        };
        [low - beyond, high + beyond]
    }
}
