//! The grid of a segmentation: that of an image which it fits, else an even one that spans its planes.

use std::collections::BTreeSet;

use glam::{DAffine3, DMat3, DVec3};

use super::super::frames::Plane;
use super::super::header::DicomFile;
use super::{SegHeader, SegKind};
use crate::io::source::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::volume::{Placement, Volume};
use crate::say;

/// Where a frame lies in the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub slice: usize,
    pub left: usize,
    pub top: usize,
}

/// A grid and where each frame lies in it.
pub(super) struct Grid {
    pub dims: [usize; 3],
    pub placement: Placement,
    pub spots: Vec<Spot>,
}

/// Empty planes may make a grid this much larger than its frames, in voxels.
const MOST_EMPTY: usize = 256 << 20;

impl Grid {
    /// The grid of a segmentation; the error is the reason for the user.
    pub fn of(file: &DicomFile, header: &SegHeader, images: &[OpenVolume]) -> Result<Self, String> {
        let planes: Option<Vec<Plane>> = file.frames.iter().map(|frame| frame.plane.ok()).collect();
        let Some(planes) = planes.filter(|planes| !planes.is_empty()) else {
            return Ok(Self::of_pictures(file, header));
        };
        // Of the images that it fits, the one that it was drawn on.
        let is_named = |open: &&OpenVolume| {
            let series = &open.volume.series.series_uid;
            header.referenced_series.iter().any(|(named, _)| named == series)
        };
        let (named, others): (Vec<_>, Vec<_>) = images.iter().partition(is_named);
        let on_image = named
            .into_iter()
            .chain(others)
            .find_map(|open| Self::on_image(file, &planes, &open.volume));
        match on_image {
            Some(grid) => Ok(grid),
            None => Self::of_planes(file, &planes),
        }
    }

    /// Frames that have no place in the patient: the n-th of each segment is picture n.
    fn of_pictures(file: &DicomFile, header: &SegHeader) -> Self {
        let mut counts = std::collections::BTreeMap::new();
        let spots: Vec<Spot> = (0..file.pixels.frame_count)
            .map(|frame| {
                let number = match header.kind {
                    SegKind::LabelMap => None,
                    _ => header.frame_segments.get(frame).copied().flatten(),
                };
                let next: &mut usize = counts.entry(number).or_default();
                let slice = *next;
                *next += 1;
                Spot { slice, left: 0, top: 0 }
            })
            .collect();
        let depth = counts.values().max().copied().unwrap_or(1);
        let dims = [file.pixels.layout.columns, file.pixels.layout.rows, depth];
        Self {
            dims,
            placement: Placement::Stack(file.pixel_size.grid(dims)),
            spots,
        }
    }

    /// On the voxels of an image, if every frame lies on them.
    fn on_image(file: &DicomFile, planes: &[Plane], image: &Volume) -> Option<Self> {
        let geometry = image.geometry()?;
        if image.series.frame_of_reference_uid != file.identity.frame_of_reference_uid {
            return None;
        }
        let dims = geometry.dims();
        let layout = &file.pixels.layout;
        let matrix = geometry.patient_from_voxel().matrix3;
        let is_same = |a: DVec3, b: DVec3| (a - b).length() <= 1e-3 * b.length();
        let spot = |plane: &Plane| {
            if !is_same(plane.step_i, matrix.x_axis) || !is_same(plane.step_j, matrix.y_axis) {
                return None;
            }
            let at = geometry.voxel_at(plane.origin);
            let near = at.round();
            let is_on = (at - near).abs().max_element() < 0.05 && near.min_element() >= 0.0;
            let [left, top, slice] = near.to_array().map(|n| n as usize);
            let is_inside = left.checked_add(layout.columns)? <= dims[0]
                && top.checked_add(layout.rows)? <= dims[1]
                && slice < dims[2];
            (is_on && is_inside).then_some(Spot { slice, left, top })
        };
        Some(Self {
            dims,
            placement: Placement::Patient(geometry.clone()),
            spots: planes.iter().map(spot).collect::<Option<_>>()?,
        })
    }

    /// On a grid of its own, even where the planes allow it.
    fn of_planes(file: &DicomFile, planes: &[Plane]) -> Result<Self, String> {
        let odd = || say!("io-seg-planes");
        let first = planes.first().ok_or_else(odd)?;
        let normal = first.normal();
        let is_same = |a: DVec3, b: DVec3| (a - b).length() <= 1e-3 * b.length();
        if !planes
            .iter()
            .all(|plane| is_same(plane.step_i, first.step_i) && is_same(plane.step_j, first.step_j))
        {
            return Err(odd());
        }
        let mut order: Vec<(f64, DVec3)> = planes
            .iter()
            .map(|plane| (plane.origin.dot(normal), plane.origin))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        order.dedup_by(|next, kept| next.0 - kept.0 <= 1e-3);
        let (Some(lowest), Some(highest)) = (order.first().copied(), order.last().copied()) else {
            return Err(odd());
        };
        let layout = &file.pixels.layout;
        let told = file.frames.iter().find_map(|frame| frame.depth_mm);
        let smallest = order
            .windows(2)
            .map(|pair| pair[1].0 - pair[0].0)
            .fold(f64::INFINITY, f64::min);
        let wholes = |step: f64| {
            order
                .iter()
                .all(|(at, _)| ((at - lowest.0) / step - ((at - lowest.0) / step).round()).abs() < 0.05)
        };
        let step = [told, Some(smallest).filter(|gap| gap.is_finite())]
            .into_iter()
            .flatten()
            .find(|step| *step > 1e-3 && wholes(*step));
        let count = step.map(|step| ((highest.0 - lowest.0) / step).round() + 1.0);
        let empty = |count: f64| (count - order.len() as f64) * layout.pixel_count() as f64;
        let geometry = match (step, count) {
            (Some(step), Some(count)) if count < 65536.0 && empty(count) <= MOST_EMPTY as f64 => {
                // A stack may be sheared: the step leads from plane to plane, not along the normal.
                let along = highest.1 - lowest.1;
                let step_k = if count > 1.0 {
                    along / (count - 1.0)
                } else {
                    normal * step
                };
                let affine = DAffine3 {
                    matrix3: DMat3::from_cols(first.step_i, first.step_j, step_k),
                    translation: lowest.1,
                };
                Geometry::from_affine([layout.columns, layout.rows, count as usize], affine)
            }
            _ => {
                let origins: Vec<DVec3> = order.iter().map(|(_, origin)| *origin).collect();
                Geometry::from_slices(layout.columns, layout.rows, first.step_i, first.step_j, &origins, 0.005)
            }
        }
        .map_err(|err| err.to_string())?
        .with_single_slice_step(told.unwrap_or(1.0));
        Self::placed(geometry, planes, order.len()).ok_or_else(odd)
    }

    /// Planes on a grid, at so many different places; `None` where one of them lies beside it.
    fn placed(geometry: Geometry, planes: &[Plane], places: usize) -> Option<Self> {
        let slices: Vec<Spot> = planes
            .iter()
            .map(|plane| {
                let slice = geometry.voxel_at(plane.origin).z.round().max(0.0) as usize;
                Spot { slice, left: 0, top: 0 }
            })
            .collect();
        // Planes that begin elsewhere than the stack does would be drawn in the wrong place.
        let distinct: BTreeSet<usize> = slices.iter().map(|spot| spot.slice).collect();
        let is_placed = planes.iter().zip(&slices).all(|(plane, spot)| {
            let there = geometry.patient_at(DVec3::new(0.0, 0.0, spot.slice as f64));
            there.distance(plane.origin) <= 0.25 * plane.step_i.length().min(plane.step_j.length())
        });
        (is_placed && distinct.len() >= places).then(|| Self {
            dims: geometry.dims(),
            placement: Placement::Patient(geometry),
            spots: slices,
        })
    }
}
