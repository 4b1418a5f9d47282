//! Arrays of plain numbers whose files do not say where they lie. Labels that have as many voxels as the image lie on the
//! image's grid, and say so.

use std::sync::Arc;

use glam::{DAffine3, DMat3, DVec3};

use super::source::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::volume::{Placement, Volume, VolumeKind};
use crate::say;

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
    /// The sentence among the volume's warnings that says what is not known.
    pub doubt: String,
}

/// The same volume on the grid of an image with as many voxels, and with a warning that says so; `None` if it has a place of
/// its own, has one already by this, or does not fit. If it fits only with its axes in the opposite order (as nibabel has them
/// in memory), they are taken so.
pub fn lie_on(open: &OpenVolume, image: &Volume) -> Option<OpenVolume> {
    let unplaced = open.source.unplaced()?;
    let volume = &open.volume;
    let is_open = volume.warnings.contains(&unplaced.doubt);
    if !unplaced.follows_image || unplaced.has_origin || !is_open {
        return None;
    }
    let grid = image.geometry()?;
    let [i, j, k] = volume.dims();
    let (geometry, said) = if image.dims() == [i, j, k] {
        let name = image.series.description.clone();
        (grid.clone(), say!("io-unplaced-follows", image = name))
    } else if image.dims() == [k, j, i] {
        let name = image.series.description.clone();
        (with_axes_reversed(grid)?, say!("io-unplaced-reversed", image = name))
    } else {
        return None;
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

/// The same grid with i and k exchanged; `None` where slices are not evenly spaced.
fn with_axes_reversed(grid: &Geometry) -> Option<Geometry> {
    if grid.slice_table().is_some() {
        return None;
    }
    let [i, j, k] = grid.dims();
    let map = grid.patient_from_voxel();
    let columns = map.matrix3;
    let reversed = DAffine3 {
        matrix3: DMat3::from_cols(columns.z_axis, columns.y_axis, columns.x_axis),
        translation: map.translation,
    };
    Geometry::from_affine([k, j, i], reversed).ok()
}

/// Lays every volume without a place on the image among `volumes` and `others` that it fits: on one of its own file, if there
/// is one. Where images of several grids would fit, none is taken.
pub fn settle(volumes: &mut [OpenVolume], others: &[OpenVolume]) {
    let images: Vec<OpenVolume> = volumes
        .iter()
        .chain(others)
        .filter(|open| is_image(open))
        .cloned()
        .collect();
    let path = |open: &OpenVolume| open.source.file().map(|file| file.path().to_owned());
    for open in volumes {
        if open.source.unplaced().is_none() {
            continue;
        }
        let (own, foreign): (Vec<_>, Vec<_>) = images.iter().partition(|image| path(image) == path(open));
        let on = |images: &[&OpenVolume]| -> Vec<OpenVolume> {
            images.iter().filter_map(|image| lie_on(open, &image.volume)).collect()
        };
        let candidates = [on(&own), on(&foreign)].into_iter().find(|some| !some.is_empty());
        if let Some([first, rest @ ..]) = candidates.as_deref()
            && rest
                .iter()
                .all(|other| other.volume.placement == first.volume.placement)
        {
            *open = first.clone();
        }
    }
}

/// Whether a volume is an image with a place of its own, or at least voxels of a known size that follow nothing.
fn is_image(open: &OpenVolume) -> bool {
    let has_place = open
        .source
        .unplaced()
        .is_none_or(|unplaced| unplaced.spacing_mm.is_some() && !unplaced.follows_image);
    has_place && open.volume.series.kind == VolumeKind::Image && open.volume.geometry().is_some()
}
