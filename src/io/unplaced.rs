//! Arrays of plain numbers whose files do not say where they lie. Labels that have as many voxels as the image lie on the
//! image's grid, and say so.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use glam::{DAffine3, DMat3, DVec3};

use super::source::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::volume::{Placement, Volume, VolumeKind};
use crate::say;

/// The axes of an image as they are, and the other way around.
const AS_IMAGE: [usize; 3] = [0, 1, 2];
const REVERSED: [usize; 3] = [2, 1, 0];

/// Two lengths are one if they differ by less than this part of them.
const SAME_LENGTH: f64 = 1e-3;

/// What is known all the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unplaced {
    /// Whether it is laid on an image: labels, and what else may have been computed from one.
    pub follows_image: bool,
    /// Size of the voxels along i, j, k, where the file has it.
    pub spacing_mm: Option<DVec3>,
    /// Whether the file says where the first voxel is.
    pub has_origin: bool,
    /// Which axis of an image (0, 1 and 2 for x, y and z) i, j and k are, where the file says it.
    pub axes_named: Option<[usize; 3]>,
    /// The sentence among the volume's warnings that says what is not known.
    pub doubt: String,
}

/// Whether nobody knows where it lies: its file does not say it, and it was not laid on an image.
pub fn is_adrift(open: &OpenVolume) -> bool {
    let unplaced = open.source.unplaced();
    unplaced.is_some_and(|unplaced| open.volume.warnings.contains(&unplaced.doubt))
}

/// The same volume on the grid of an image with as many voxels, and with a warning that says so; `None` if it has a place of
/// its own, has one already by this, or does not fit. If its file names the axes, they are taken as it names them. Else, if it
/// fits only with its axes in the opposite order (as nibabel has them in memory), they are taken so.
pub fn lie_on(open: &OpenVolume, image: &Volume) -> Option<OpenVolume> {
    let unplaced = open.source.unplaced()?;
    let volume = &open.volume;
    if !unplaced.follows_image || unplaced.has_origin || !is_adrift(open) {
        return None;
    }
    let grid = image.geometry()?;
    let fits = |axes: &[usize; 3]| volume.dims() == axes.map(|axis| image.dims().get(axis).copied().unwrap_or(0));
    let axes = match unplaced.axes_named {
        Some(named) => Some(named).filter(fits),
        None => [AS_IMAGE, REVERSED].into_iter().find(fits),
    }?;
    let geometry = with_axes(grid, axes)?;
    let name = image.series.description.clone();
    let said = match axes {
        AS_IMAGE => say!("io-unplaced-follows", image = name),
        REVERSED => say!("io-unplaced-reversed", image = name),
        _ => say!("io-unplaced-turned", image = name),
    };
    let is_same = |told: DVec3| {
        (told - geometry.spacing())
            .abs()
            .cmple(geometry.spacing() * SAME_LENGTH)
            .all()
    };
    if !unplaced.spacing_mm.is_none_or(is_same) {
        return None;
    }
    let mut placed = volume.with_voxels(volume.voxels.unread());
    placed.placement = Placement::Patient(geometry);
    placed.series.frame_of_reference_uid = image.series.frame_of_reference_uid.clone();
    placed.warnings.retain(|warning| *warning != unplaced.doubt);
    placed.warnings.push(said);
    Some(OpenVolume {
        volume: Arc::new(placed),
        source: Arc::clone(&open.source),
    })
}

/// The same grid with its axes in another order; `None` where that moves slices that are not evenly spaced.
fn with_axes(grid: &Geometry, axes: [usize; 3]) -> Option<Geometry> {
    if axes == AS_IMAGE {
        return Some(grid.clone());
    }
    if grid.slice_table().is_some() {
        return None;
    }
    let map = grid.patient_from_voxel();
    let [i, j, k] = axes.map(|axis| map.matrix3.col(axis.min(2)));
    let turned = DAffine3 {
        matrix3: DMat3::from_cols(i, j, k),
        translation: map.translation,
    };
    Geometry::from_affine(axes.map(|axis| grid.dims()[axis.min(2)]), turned).ok()
}

/// Lays every volume without a place on the image among `volumes` and `others` that it fits: on one of its own file, if there
/// is one. Where images of several grids would fit, none is taken.
pub fn settle(volumes: &mut [OpenVolume], others: &[OpenVolume]) {
    let is_movable = |open: &OpenVolume| {
        let unplaced = open.source.unplaced();
        unplaced.is_some_and(|unplaced| unplaced.follows_image && !unplaced.has_origin) && is_adrift(open)
    };
    if !volumes.iter().any(is_movable) {
        return;
    }
    let images = Images::of(volumes.iter().chain(others));
    for open in volumes.iter_mut().filter(|open| is_movable(open)) {
        if let Some(placed) = images.lay(open) {
            *open = placed;
        }
    }
}

/// Images of one grid in one file; the first of them stands for all.
struct Image {
    path: Option<PathBuf>,
    volume: Arc<Volume>,
}

/// Images by the lengths of their sides in ascending order: files of a thousand arrays are settled at once.
struct Images(BTreeMap<[usize; 3], Vec<Image>>);

impl Images {
    fn of<'a>(volumes: impl Iterator<Item = &'a OpenVolume>) -> Self {
        let mut all: BTreeMap<[usize; 3], Vec<Image>> = BTreeMap::new();
        for open in volumes.filter(|open| is_image(open)) {
            let alike = all.entry(sides(&open.volume)).or_default();
            let path = path_of(open);
            let is_known = |image: &Image| image.path == path && image.volume.placement == open.volume.placement;
            // Arrays of one file follow each other.
            if !alike.iter().rev().any(is_known) {
                alike.push(Image {
                    path,
                    volume: Arc::clone(&open.volume),
                });
            }
        }
        Self(all)
    }

    /// A volume on the one grid that it fits: of those in its own file, if it fits one there.
    fn lay(&self, open: &OpenVolume) -> Option<OpenVolume> {
        let path = path_of(open);
        let alike = self.0.get(&sides(&open.volume))?;
        for is_own in [true, false] {
            let mut found: Option<OpenVolume> = None;
            for image in alike.iter().filter(|image| (image.path == path) == is_own) {
                let placed = lie_on(open, &image.volume);
                match (&found, &placed) {
                    (Some(one), Some(other)) if one.volume.placement != other.volume.placement => return None,
                    (None, Some(_)) => found = placed,
                    _ => {}
                }
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

fn sides(volume: &Volume) -> [usize; 3] {
    let mut sides = volume.dims();
    sides.sort_unstable();
    sides
}

fn path_of(open: &OpenVolume) -> Option<PathBuf> {
    open.source.file().map(|file| file.path().to_owned())
}

/// Whether a volume is an image with a place of its own, or at least voxels of a known size that follow nothing.
fn is_image(open: &OpenVolume) -> bool {
    let has_place = open
        .source
        .unplaced()
        .is_none_or(|unplaced| unplaced.spacing_mm.is_some() && !unplaced.follows_image);
    has_place && open.volume.series.kind == VolumeKind::Image && open.volume.geometry().is_some()
}
