//! The labels of some blocks and of what is around them, and the surfaces in these blocks.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use glam::DVec3;

use super::net::{Near, Net, Quad, Relaxed};
use super::{Parts, REACH};
use crate::model::geometry::Geometry;
use crate::model::label_map::{BLOCK_SIDE, BlockLabels, LabelMap};
use crate::model::mesh::Mesh;
use crate::model::surface::SurfacePart;

/// No number.
const NOWHERE: u32 = u32::MAX;

/// A box of labels.
pub(super) struct Window {
    /// The place of its first voxel in the map.
    first: [i64; 3],
    dims: [usize; 3],
    /// i fastest; 0 beyond the map.
    labels: Vec<u16>,
}

/// Voxels of a window, from the first to before the last.
type Sides = [Range<usize>; 3];

impl Window {
    /// Around these blocks.
    pub(super) fn new(map: &LabelMap, blocks: &[usize]) -> Self {
        let reach = REACH as i64;
        let (mut low, mut high) = ([i64::MAX; 3], [0; 3]);
        for block in blocks {
            for (axis, side) in map.voxels_of(*block).into_iter().enumerate() {
                low[axis] = low[axis].min(side.start as i64);
                high[axis] = high[axis].max(side.end as i64);
            }
        }
        let first = low.map(|low| if blocks.is_empty() { 0 } else { low - reach });
        let dims = std::array::from_fn(|axis| (high[axis] + reach - first[axis]).max(0) as usize);
        let mut window = Self {
            first,
            dims,
            labels: vec![0; dims.iter().product()],
        };
        let within = std::array::from_fn(|axis| {
            let end = first[axis] + dims[axis] as i64;
            first[axis].max(0) as usize..end.max(0) as usize
        });
        for block in map.blocks_in(&within) {
            window.copy(map, block, &within);
        }
        window
    }

    /// Copies what of a block lies in a box.
    fn copy(&mut self, map: &LabelMap, block: usize, within: &Sides) {
        let content = map.block(block);
        if matches!(content, BlockLabels::Uniform(0)) {
            return;
        }
        let voxels = map.voxels_of(block);
        let [columns, rows, slices] = std::array::from_fn(|axis| {
            voxels[axis].start.max(within[axis].start)..voxels[axis].end.min(within[axis].end)
        });
        let own = |at: usize, axis: usize| (at as i64 - self.first[axis]) as usize;
        for k in slices {
            for j in rows.clone() {
                let start = (own(k, 2) * self.dims[1] + own(j, 1)) * self.dims[0] + own(columns.start, 0);
                let Some(to) = self.labels.get_mut(start..start + columns.len()) else {
                    continue;
                };
                match content {
                    BlockLabels::Uniform(label) => to.fill(*label),
                    BlockLabels::Dense(all) => {
                        let row = (k - voxels[2].start) * BLOCK_SIDE + j - voxels[1].start;
                        let start = row * BLOCK_SIDE + columns.start - voxels[0].start;
                        if let Some(from) = all.get(start..start + columns.len()) {
                            to.copy_from_slice(from);
                        }
                    }
                }
            }
        }
    }

    /// The surfaces of all labels at the edges of each of these blocks. An edge between two voxels is the first one's
    /// block's; those that begin before the map are its first blocks'.
    pub(super) fn parts(&self, map: &LabelMap, blocks: &[usize], geometry: &Geometry) -> Vec<(usize, Parts)> {
        let across = map.dims().map(|side| side.div_ceil(BLOCK_SIDE));
        let numbers: BTreeMap<usize, usize> = blocks.iter().copied().zip(0..).collect();
        let mut parts: Vec<Parts> = vec![Vec::new(); blocks.len()];
        let mut near = Near::new(self.dims);
        for (label, sides) in self.label_boxes() {
            let net = Net::new(&self.labels, self.dims, label, &sides, &mut near);
            let mut quads: Vec<Vec<&Quad>> = vec![Vec::new(); blocks.len()];
            for quad in &net.quads {
                let at = net.cells[quad.cell as usize].at;
                let [i, j, k] = std::array::from_fn(|axis| {
                    ((self.first[axis] + i64::from(at[axis])).max(0) as usize / BLOCK_SIDE).min(across[axis])
                });
                let block = (k * across[1] + j) * across[0] + i;
                let is_in = i < across[0] && j < across[1] && k < across[2];
                if let Some(number) = numbers.get(&block).filter(|_| is_in)
                    && self.is_own(at)
                {
                    quads[*number].push(quad);
                }
            }
            if quads.iter().all(Vec::is_empty) {
                continue;
            }
            let relaxed = net.relaxed(geometry, |at| self.voxel(at));
            let mut corners = vec![NOWHERE; relaxed.points.len()];
            for (parts, quads) in parts.iter_mut().zip(&quads) {
                if !quads.is_empty()
                    && let Some(part) = self.part(&net, &relaxed, quads, &mut corners, geometry)
                {
                    parts.push((label, Arc::new(part)));
                }
            }
        }
        blocks.iter().copied().zip(parts).collect()
    }

    /// Whether a cell is not at the rim, where not all is known.
    fn is_own(&self, at: [u16; 3]) -> bool {
        (0..3).all(|axis| (REACH - 1..self.dims[axis] - REACH).contains(&usize::from(at[axis])))
    }

    /// Where each label is that is in the inner part or right beside it.
    fn label_boxes(&self) -> BTreeMap<u16, Sides> {
        let mut boxes: BTreeMap<u16, (Sides, bool)> = BTreeMap::new();
        let inner: Sides = self.dims.map(|side| REACH - 1..side - REACH + 1);
        for (n, row) in self.labels.chunks_exact(self.dims[0].max(1)).enumerate() {
            let (j, k) = (n % self.dims[1], n / self.dims[1]);
            let is_inner = inner[1].contains(&j) && inner[2].contains(&k);
            let mut start = 0;
            for run in row.chunk_by(|a, b| a == b) {
                let end = start + run.len();
                if let Some(label) = run.first().filter(|label| **label > 0) {
                    let is_in = is_inner && start < inner[0].end && end > inner[0].start;
                    let (sides, was_in) = boxes
                        .entry(*label)
                        .or_insert_with(|| ([start..end, j..j + 1, k..k + 1], false));
                    let own = [start..end, j..j + 1, k..k + 1];
                    for (side, own) in sides.iter_mut().zip(own) {
                        *side = side.start.min(own.start)..side.end.max(own.end);
                    }
                    *was_in |= is_in;
                }
                start = end;
            }
        }
        boxes
            .into_iter()
            .filter(|(_, (_, is_in))| *is_in)
            .map(|(label, (sides, _))| (label, sides))
            .collect()
    }

    /// A place of the window in the map.
    fn voxel(&self, at: [u16; 3]) -> DVec3 {
        DVec3::from_array(std::array::from_fn(|axis| {
            (self.first[axis] + i64::from(at[axis])) as f64
        }))
    }

    /// A piece of a surface. `numbers` has [`NOWHERE`] for every point, and has so again in the end.
    fn part(
        &self,
        net: &Net,
        relaxed: &Relaxed,
        quads: &[&Quad],
        numbers: &mut [u32],
        geometry: &Geometry,
    ) -> Option<SurfacePart> {
        let is_mirrored = geometry.patient_from_voxel().matrix3.determinant() < 0.0;
        let mut mesh = Mesh::default();
        mesh.triangles.reserve_exact(2 * quads.len());
        mesh.vertices.reserve(quads.len());
        let mut normals = Vec::with_capacity(quads.len());
        for quad in quads {
            let ring = quad.ring();
            let corners = ring.map(|corner| {
                let point = quad.points[corner] as usize;
                let number = &mut numbers[point];
                if *number == NOWHERE {
                    *number = mesh.vertices.len() as u32;
                    let cell = net.cells[net.cell_of[point] as usize].at;
                    let voxel = self.voxel(cell) + relaxed.points[point].as_dvec3();
                    mesh.vertices.push(geometry.patient_at(voxel));
                    normals.push(relaxed.normals[point].into());
                }
                *number
            });
            let [a, b, c, d] = if is_mirrored {
                [corners[3], corners[2], corners[1], corners[0]]
            } else {
                corners
            };
            // The shorter diagonal bends less.
            let from = |n: usize| quad.corner(ring[n], &relaxed.points);
            let is_even = from(0).distance_squared(from(2)) <= from(1).distance_squared(from(3));
            let halves = match (is_even, is_mirrored) {
                (true, false) | (false, true) => [[a, b, c], [a, c, d]],
                _ => [[b, c, d], [b, d, a]],
            };
            mesh.triangles.extend(halves);
        }
        for point in quads.iter().flat_map(|quad| quad.points) {
            numbers[point as usize] = NOWHERE;
        }
        SurfacePart::new(mesh, normals)
    }
}
