//! How many voxels each label has, and where they lie.

use std::collections::BTreeMap;

use glam::{DVec2, DVec3};
use rayon::prelude::*;

use crate::algo::agreement::slice_shares;
use crate::model::geometry::Geometry;
use crate::model::label_grid::{IndexBox, LabelGrid};

/// How large a label is, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Its voxels.
    pub voxels: u64,
    /// Its volume in mm³; slices that are not evenly spaced count as far as half way to their neighbours.
    pub volume_mm3: f64,
    /// The mean of its voxels' centres, LPS mm.
    pub centroid: DVec3,
    /// The box around its voxels.
    pub bounds: IndexBox,
}

/// The extents of all labels, without 0. `None` if the map has not the size of its geometry.
pub fn extents(map: &LabelGrid, geometry: &Geometry) -> Option<BTreeMap<u16, Extent>> {
    if map.dims() != geometry.dims() {
        return None;
    }
    let slices = map.dims()[2];
    let thickness = slice_shares(geometry);
    // So few parts that tables of many labels cost nothing, and so many that every core has one.
    let parts = (4 * rayon::current_num_threads()).min(slices);
    let found = (0..parts)
        .into_par_iter()
        .map(|part| {
            let mut table = Table::default();
            for k in part * slices / parts..(part + 1) * slices / parts {
                table.add_slice(map, k, geometry, thickness.get(k).copied().unwrap_or(1.0));
            }
            table
        })
        .reduce(Table::default, Table::joined);
    let voxel_mm3 = geometry.patient_from_voxel().matrix3.determinant().abs();
    let labels = found.rows.into_iter().enumerate();
    Some(
        labels
            .filter_map(|(label, row)| {
                let extent = Extent {
                    voxels: row.voxels,
                    volume_mm3: row.volume * voxel_mm3,
                    centroid: row.place / row.voxels as f64,
                    bounds: row.bounds?,
                };
                Some((label as u16, extent))
            })
            .collect(),
    )
}

#[derive(Clone, Copy, Default)]
struct Row {
    voxels: u64,
    /// In voxels of the mean slice step.
    volume: f64,
    /// The sum of its voxels' places.
    place: DVec3,
    bounds: Option<IndexBox>,
    /// Of the slice that is gone through: voxels, and the sum of their indices.
    in_slice: u64,
    index_sum: DVec2,
}

#[derive(Default)]
struct Table {
    rows: Vec<Row>,
    /// The labels of the slice that is gone through.
    touched: Vec<u16>,
}

impl Table {
    fn add_slice(&mut self, map: &LabelGrid, k: usize, geometry: &Geometry, thickness: f64) {
        for j in 0..map.dims()[1] {
            let row = map.row(j, k);
            let mut start = 0;
            while let Some(label) = row.get(start).copied() {
                let end = start + run_length(row.get(start..).unwrap_or_default());
                if label > 0 {
                    self.add_run(label, start, end, j, k);
                }
                start = end;
            }
        }
        for label in std::mem::take(&mut self.touched) {
            if let Some(row) = self.rows.get_mut(usize::from(label)) {
                let count = row.in_slice as f64;
                let mean = row.index_sum / count;
                // Within a slice the map is affine.
                row.place += count * geometry.patient_at(mean.extend(k as f64));
                row.voxels += row.in_slice;
                row.volume += count * thickness;
                (row.in_slice, row.index_sum) = (0, DVec2::ZERO);
            }
        }
    }

    fn add_run(&mut self, label: u16, start: usize, end: usize, j: usize, k: usize) {
        let at = usize::from(label);
        if at >= self.rows.len() {
            self.rows.resize(at + 1, Row::default());
        }
        let row = &mut self.rows[at];
        if row.in_slice == 0 {
            self.touched.push(label);
        }
        let count = (end - start) as f64;
        row.in_slice += (end - start) as u64;
        row.index_sum += DVec2::new((start + end - 1) as f64 / 2.0, j as f64) * count;
        let run = IndexBox {
            low: [start, j, k],
            high: [end - 1, j, k],
        };
        row.bounds = Some(row.bounds.map_or(run, |bounds| bounds.joined(run)));
    }

    fn joined(self, other: Self) -> Self {
        let (mut more, less) = if self.rows.len() < other.rows.len() {
            (other, self)
        } else {
            (self, other)
        };
        for (to, from) in more.rows.iter_mut().zip(&less.rows) {
            to.voxels += from.voxels;
            to.volume += from.volume;
            to.place += from.place;
            to.bounds = match (to.bounds, from.bounds) {
                (Some(a), Some(b)) => Some(a.joined(b)),
                (a, b) => a.or(b),
            };
        }
        more
    }
}

/// How many labels at the beginning of a row are alike; at least one of a row that is not empty.
#[inline]
pub(super) fn run_length(row: &[u16]) -> usize {
    const STEP: usize = 16;
    let Some(label) = row.first().copied() else { return 0 };
    let mut length = 0;
    while let Some(next) = row.get(length..length + STEP) {
        if next.iter().fold(0, |bits, other| bits | (other ^ label)) != 0 {
            break;
        }
        length += STEP;
    }
    length + row.iter().skip(length).take_while(|other| **other == label).count()
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DMat3};

    use super::*;

    #[test]
    fn extents_are_those_of_single_voxels() {
        let dims = [37, 8, 6];
        let count = 37 * 8 * 6;
        let labels: Vec<u16> = (0..count).map(|n| (n / 5 * (n / 41 + 3) % 4) as u16).collect();
        let map = LabelGrid::new(dims, labels).unwrap();
        let step_k = DVec3::new(0.4, 0.3, 2.5);
        let sheared = DMat3::from_cols(DVec3::new(0.0, 0.6, 0.0), DVec3::new(-0.8, 0.0, 0.1), step_k);
        let origins: Vec<DVec3> = (0..6).map(|k| step_k * (k * k + k) as f64).collect();
        let grids = [
            Geometry::from_affine(dims, DAffine3::from_mat3(sheared)).unwrap(),
            Geometry::from_slices(37, 8, -sheared.y_axis, sheared.x_axis, &origins, 1e-3).unwrap(),
        ];
        for geometry in grids {
            let found = extents(&map, &geometry).unwrap();
            for label in 1..4u16 {
                let at = |n: usize| [n % 37, n / 37 % 8, n / (37 * 8)];
                let places: Vec<[usize; 3]> = (0..count).filter(|n| map.labels()[*n] == label).map(at).collect();
                let sum: DVec3 = places
                    .iter()
                    .map(|at| geometry.patient_at(DVec3::from_array(at.map(|n| n as f64))))
                    .sum();
                let one = found[&label];
                assert_eq!(one.voxels, places.len() as u64);
                assert!(one.centroid.distance(sum / places.len() as f64) < 1e-9);
                let boxes = places.iter().map(|at| IndexBox { low: *at, high: *at });
                assert_eq!(Some(one.bounds), boxes.reduce(IndexBox::joined));
            }
            assert!(!found.contains_key(&0));
        }
    }
}
