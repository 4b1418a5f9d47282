//! Solids painted into a slice: each row of voxels is filled between exact intersections of its line with the solids.

use glam::DVec3;

use super::Structure;
use super::solid::Solid;
use crate::model::geometry::Geometry;

/// One slice of a grid.
pub(super) struct Slice {
    /// Columns and rows.
    pub(super) size: [usize; 2],
    /// Centre of voxel (0, 0), LPS mm.
    pub(super) start: DVec3,
    /// From a voxel to the next one in its row, mm.
    pub(super) across: DVec3,
    /// From a voxel to the next one in its column, mm.
    pub(super) down: DVec3,
    /// Its number in the grid.
    pub(super) number: usize,
}

impl Slice {
    pub(super) fn of(geometry: &Geometry, number: usize) -> Self {
        let [columns, rows, _] = geometry.dims();
        let matrix = geometry.patient_from_voxel().matrix3;
        Self {
            size: [columns, rows],
            start: geometry.patient_at(DVec3::new(0.0, 0.0, number as f64)),
            across: matrix.x_axis,
            down: matrix.y_axis,
            number,
        }
    }

    /// Centre of a voxel, LPS mm.
    fn at(&self, column: usize, row: usize) -> DVec3 {
        self.start + self.across * column as f64 + self.down * row as f64
    }
}

/// A solid that meets the slice, and what it paints.
struct Painted<'a> {
    solid: &'a Solid,
    structure: &'a Structure,
    /// By label: whether it may be covered; `None` for all.
    covers: Option<[bool; 256]>,
}

/// Paints those structures that `is_wanted` into the labels of a slice, in voxel order.
pub(super) fn paint(
    structures: &[Structure],
    is_wanted: impl Fn(&Structure) -> bool,
    slice: &Slice,
    labels: &mut [u8],
) {
    let [columns, rows] = slice.size;
    let corners = [slice.at(0, 0), slice.at(columns.max(1) - 1, rows.max(1) - 1)];
    let painted: Vec<Painted<'_>> = structures
        .iter()
        .filter(|structure| is_wanted(structure))
        .flat_map(|structure| structure.parts.iter().map(move |solid| (structure, solid)))
        .filter(|(_, solid)| solid.bounds().may_meet(corners[0], corners[1]))
        .map(|(structure, solid)| Painted {
            solid,
            structure,
            covers: structure.only_over.map(|may_cover| {
                let mut covers = [false; 256];
                for other in structures.iter().filter(|other| may_cover(other.name)) {
                    covers[usize::from(other.label)] = true;
                }
                covers
            }),
        })
        .collect();
    for (n, row) in labels.chunks_exact_mut(columns.max(1)).enumerate() {
        let ends = [slice.at(0, n), slice.at(columns.max(1) - 1, n)];
        for paint in &painted {
            if paint.solid.bounds().may_meet(ends[0], ends[1]) {
                paint_row(row, paint, ends[0], slice.across);
            }
        }
    }
}

fn paint_row(row: &mut [u8], paint: &Painted<'_>, start: DVec3, step: DVec3) {
    let label = paint.structure.label;
    let Some(last_column) = row.len().checked_sub(1) else {
        return;
    };
    for [from, to] in paint.solid.spans(start, step).into_iter().flatten() {
        let first = from.ceil().max(0.0);
        let last = to.floor().min(last_column as f64);
        if first > last {
            continue;
        }
        let span = &mut row[first as usize..=last as usize];
        match &paint.covers {
            None => span.fill(label),
            Some(covers) => span
                .iter_mut()
                .filter(|below| covers[usize::from(**below)])
                .for_each(|below| *below = label),
        }
    }
}
