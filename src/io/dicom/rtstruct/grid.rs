//! The grid on which contours are filled: their image's, else one of their own.

use glam::{DAffine3, DMat3, DVec3};

use super::ContourFile;
use crate::io::source::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::volume::VolumeKind;
use crate::say;

/// Edge of the pixels where contours are filled without their image, mm; wider where they would be too many.
const PIXEL_MM: f64 = 1.0;
/// The most pixels along a side of such a grid.
const MOST_PIXELS: f64 = 512.0;
/// The most slices of such a grid.
const MOST_SLICES: f64 = 1024.0;
/// Planes closer than this are one, mm.
const SAME_PLANE_MM: f64 = 0.01;

/// The grid for a structure set: of the series that it refers to, else of the largest image with its frame of reference,
/// else an upright one around the outlines. The error is the reason for the user.
pub(super) fn grid_for(
    file: &ContourFile,
    images: &[OpenVolume],
    warnings: &mut Vec<String>,
) -> Result<Geometry, String> {
    // Two that name no frame of reference may lie in two.
    let frame_uid = Some(&file.series.frame_of_reference_uid).filter(|uid| !uid.is_empty());
    let fits = images.iter().filter(|open| {
        let series = &open.volume.series;
        series.kind == VolumeKind::Image
            && open.volume.geometry().is_some()
            && (file.referenced_series.contains(&series.series_uid)
                || frame_uid == Some(&series.frame_of_reference_uid))
    });
    let best = fits.max_by_key(|open| {
        let is_named = file.referenced_series.contains(&open.volume.series.series_uid);
        (is_named, open.volume.dims().iter().product::<usize>())
    });
    match best.and_then(|open| open.volume.geometry()) {
        Some(grid) => Ok(grid.clone()),
        None => {
            if frame_uid.is_none() && file.referenced_series.is_empty() {
                warnings.push(say!("io-rtstruct-no-image"));
            }
            upright(file)
        }
    }
}

/// An axial grid around the outlines, with slices where their planes are.
fn upright(file: &ContourFile) -> Result<Geometry, String> {
    let outlines = || file.regions.iter().flat_map(|region| &region.outlines);
    let mut low = DVec3::INFINITY;
    let mut high = DVec3::NEG_INFINITY;
    for point in outlines().flatten() {
        low = low.min(*point);
        high = high.max(*point);
    }
    if !low.is_finite() || !high.is_finite() {
        return Err(say!("io-rtstruct-empty"));
    }
    let mut planes: Vec<f64> = outlines()
        .filter_map(|outline| outline.first())
        .map(|point| point.z)
        .collect();
    planes.sort_by(f64::total_cmp);
    planes.dedup_by(|next, kept| *next - *kept <= SAME_PLANE_MM);
    let mut gaps: Vec<f64> = planes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    // Most planes are one slice apart; a few regions skip some.
    let step = gaps.get(gaps.len() / 2).copied().unwrap_or(PIXEL_MM);
    let depth_mm = planes.last().copied().unwrap_or(low.z) - planes.first().copied().unwrap_or(low.z);
    let step = step.max(depth_mm / (MOST_SLICES - 1.0));
    let slices = (depth_mm / step).round() + 1.0;
    let size = high - low;
    let pixel = PIXEL_MM.max(size.x.max(size.y) / (MOST_PIXELS - 3.0));
    let across = |mm: f64| (mm / pixel).ceil() as usize + 3;
    let affine = DAffine3 {
        matrix3: DMat3::from_diagonal(DVec3::new(pixel, pixel, step)),
        translation: DVec3::new(low.x - pixel, low.y - pixel, planes.first().copied().unwrap_or(low.z)),
    };
    Geometry::from_affine([across(size.x), across(size.y), slices as usize], affine).map_err(|err| err.to_string())
}
