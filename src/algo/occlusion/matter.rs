//! How opaque each cell is.

use glam::DVec3;
use rayon::prelude::*;

use super::{Grid, Matter, OcclusionRequest};
use crate::algo::gradient::scalar;
use crate::model::geometry::Geometry;
use crate::model::volume::{Value, Volume};

/// Voxels of a cell that are looked at along an axis, at most.
const LOOKS: usize = 2;
/// Entries of the table of opacities.
const ROWS: usize = 4096;

/// Opacity of as much material as a cell is wide, by value.
struct Curve {
    low: f64,
    per_value: f64,
    rows: Vec<f32>,
    /// At and above this value nothing is seen through; below nothing is seen.
    above: Option<f64>,
}

impl Curve {
    fn new(request: &OcclusionRequest, side_mm: f64) -> Self {
        let transfer = match &request.matter {
            Matter::Above(value) => {
                return Self {
                    low: 0.0,
                    per_value: 0.0,
                    rows: Vec::new(),
                    above: Some(*value),
                };
            }
            Matter::Transfer(transfer) => transfer,
        };
        let [low, high] = transfer.range().unwrap_or([0.0; 2]);
        // A little more than the range: there may be a step at its ends.
        let more = (high - low).max(low.abs()).max(high.abs()).max(1e-6) * 1e-4;
        let (low, span) = (low - more, high - low + 2.0 * more);
        let shown = f64::from(request.image.opacity.clamp(0.0, 1.0));
        let row = |n: usize| {
            let seen = transfer.at(low + span * n as f64 / (ROWS - 1) as f64);
            (transfer.over_step(seen.opacity, side_mm) * shown) as f32
        };
        Self {
            low,
            per_value: (ROWS - 1) as f64 / span,
            rows: (0..ROWS).map(row).collect(),
            above: None,
        }
    }

    fn opacity(&self, value: f64) -> f32 {
        if let Some(least) = self.above {
            return if value >= least { 1.0 } else { 0.0 };
        }
        if value.is_nan() {
            return 0.0;
        }
        let row = ((value - self.low) * self.per_value).clamp(0.0, (ROWS - 1) as f64);
        self.rows.get((row + 0.5) as usize).copied().unwrap_or_default()
    }
}

/// The mean opacity of every cell, i fastest, 0 to 255; `None` if it was told to stop.
pub(super) fn opacity(request: &OcclusionRequest, grid: &Grid, is_over: &(dyn Fn() -> bool + Sync)) -> Option<Vec<u8>> {
    let geometry = request.image.volume.geometry()?;
    let curve = Curve::new(request, grid.side_mm);
    let [columns, rows, layers] = grid.cells;
    let layer = |k: usize| {
        let mut opacity = Vec::with_capacity(columns * rows);
        if !is_over() {
            for j in 0..rows {
                opacity.extend((0..columns).map(|i| {
                    let kept = kept(request, grid, geometry, [i, j, k]);
                    if kept > 0.0 {
                        (of_cell(request, grid, geometry, &curve, [i, j, k]) * kept * 255.0 + 0.5) as u8
                    } else {
                        0
                    }
                }));
            }
        }
        opacity
    };
    let layers: Vec<Vec<u8>> = (0..layers).into_par_iter().map(layer).collect();
    (!is_over()).then(|| layers.concat())
}

/// How much of a cell is not cut away.
fn kept(request: &OcclusionRequest, grid: &Grid, geometry: &Geometry, cell: [usize; 3]) -> f32 {
    let mut kept = 1.0;
    let mut place = None;
    for plane in request.cuts.half_spaces() {
        let middle = |axis: usize| (cell[axis] as f64 + 0.5) * grid.voxels_per_cell[axis] as f64 - 0.5;
        let place = *place.get_or_insert_with(|| geometry.patient_at(DVec3::new(middle(0), middle(1), middle(2))));
        let inside = (plane.normal.dot(place) - plane.offset_mm) / grid.side_mm;
        kept *= (inside + 0.5).clamp(0.0, 1.0);
    }
    kept as f32
}

/// The voxels of a cell along an axis that are looked at; in place of those beyond the volume's end the last one.
fn looks(side: usize, cell: usize, voxels: usize) -> impl Iterator<Item = usize> {
    let count = side.min(LOOKS);
    (0..count).map(move |n| (cell * side + (2 * n + 1) * side / (2 * count)).min(voxels.saturating_sub(1)))
}

fn of_cell(request: &OcclusionRequest, grid: &Grid, geometry: &Geometry, curve: &Curve, [i, j, k]: [usize; 3]) -> f32 {
    let image = &request.image;
    let dims = image.volume.dims();
    let mask = request.mask.as_ref().filter(|mask| mask.dims() == dims);
    let (mut sum, mut count) = (0.0, 0.0);
    let looks = |axis: usize, cell: usize| looks(grid.voxels_per_cell[axis], cell, dims[axis]);
    for k in looks(2, k) {
        for j in looks(1, j) {
            for i in looks(0, i) {
                count += 1.0;
                let opacity = value(&image.volume, [i, j, k], image.frame).map_or(0.0, |value| curve.opacity(value));
                let is_kept = || mask.is_none_or(|mask| mask.keeps((k * dims[1] + j) * dims[0] + i));
                if opacity > 0.0 && is_kept() {
                    sum += opacity * factor(request, geometry, [i, j, k]);
                }
            }
        }
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The value of a voxel, by which it is classified.
fn value(volume: &Volume, voxel: [usize; 3], frame: usize) -> Option<f64> {
    let part = |part: usize| volume.voxels.stored(voxel, frame, part);
    if volume.voxels.components() == 3 {
        Some(scalar(Value::Rgb([part(0)?, part(1)?, part(2)?])))
    } else {
        Some(volume.rescale.value(part(0)?))
    }
}

/// What opacity is multiplied by for the change of values around a voxel.
fn factor(request: &OcclusionRequest, geometry: &Geometry, voxel: [usize; 3]) -> f32 {
    let Matter::Transfer(transfer) = &request.matter else {
        return 1.0;
    };
    if transfer.gradient().is_empty() {
        return 1.0;
    }
    let image = &request.image;
    let dims = image.volume.dims();
    let along = |axis: usize| {
        let tap = |at: usize| {
            let mut neighbour = voxel;
            neighbour[axis] = at.min(dims[axis] - 1);
            value(&image.volume, neighbour, image.frame)
        };
        let ends = tap(voxel[axis] + 1).zip(tap(voxel[axis].saturating_sub(1)));
        ends.map_or(0.0, |(ahead, behind)| (ahead - behind) / 2.0)
    };
    let per_voxel = DVec3::new(along(0), along(1), along(2));
    let slope = geometry.voxel_from_patient().matrix3.transpose() * per_voxel;
    let per_mm = slope.length();
    if per_mm.is_nan() {
        return 0.0;
    }
    transfer.gradient_factor(per_mm) as f32
}

#[cfg(test)]
mod tests {
    use super::looks;

    #[test]
    fn a_cell_at_the_far_border_is_looked_at_as_far_as_there_is_any_of_it() {
        let looked_at = |cell, voxels| looks(4, cell, voxels).collect::<Vec<_>>();
        assert_eq!(looked_at(0, 9), [1, 3]);
        assert_eq!(
            looked_at(2, 9),
            [8, 8],
            "its only voxel lies before the first that is looked at"
        );
        assert_eq!(looked_at(2, 11), [9, 10]);
        assert_eq!(looks(1, 3, 4).collect::<Vec<_>>(), [3]);
    }
}
