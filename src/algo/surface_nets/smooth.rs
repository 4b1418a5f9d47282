//! Smooth surfaces of painted label maps, block by block, so that a stroke costs what it touched.
//!
//! The points of the net (see the module above) are drawn to the mean of their neighbours, several times, and each stays
//! in the middle of its cell (S. Gibson, "Constrained elastic surface nets", MICCAI 1998): steps between voxels are
//! evened out, and what is as thin as a voxel stays. Normals are those of the faces around a point, evened out as well.
//!
//! A point depends on labels within [`REACH`] voxels of it and on nothing else, and is reckoned from its cell's own
//! corner: two blocks that both need it find the same numbers to the last bit. So a block is extracted from a window of
//! its own labels and those around it, without seams, and has to be only when a block of its neighbourhood changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use glam::{DVec3, Vec3A};
use rayon::prelude::*;

use super::cells::{CELLS, NONE, edge};
use crate::algo::gradient::voxel_from_patient_at;
use crate::model::geometry::Geometry;
use crate::model::label_map::{BLOCK_SIDE, BlockLabels, LabelMap};
use crate::model::mesh::Mesh;
use crate::model::surface::{Surface, SurfacePart};

/// How often points are drawn to their neighbours, and how far each time.
const ROUNDS: usize = 12;
const PULL: f32 = 0.6;
/// A point stays so far from the faces of its cell, voxels.
const MARGIN: f32 = 0.15;
/// How often normals are evened out.
const NORMAL_ROUNDS: usize = 2;
/// How far labels matter, voxels: each round looks one cell farther, and a normal is that of faces around a point.
pub const REACH: usize = ROUNDS + NORMAL_ROUNDS + 2;
/// Voxels of a window along each edge: a row is a word of bits.
const WINDOW: usize = BLOCK_SIDE + 2 * REACH;
const _: () = assert!(WINDOW == 64 && REACH <= BLOCK_SIDE);

/// No cell.
const NOWHERE: u32 = u32::MAX;

/// The surfaces of all labels of a map, by blocks of it.
#[derive(Clone, Debug, Default)]
pub struct BlockSurfaces {
    blocks: Vec<Arc<Extracted>>,
    by_label: BTreeMap<u16, Arc<Surface>>,
}

/// What was found in a block.
#[derive(Debug)]
struct Extracted {
    /// Of the block and all around it.
    stamps: [u64; 27],
    parts: Vec<(u16, Arc<SurfacePart>)>,
}

impl BlockSurfaces {
    /// The surfaces of a map, as far as possible from those of an earlier state of it, and how many blocks were looked
    /// into. `is_over` is asked now and then whether to stop; `None` then.
    pub fn of(
        map: &LabelMap,
        geometry: &Geometry,
        before: Option<&Self>,
        is_over: &(dyn Fn() -> bool + Sync),
    ) -> Option<(Self, usize)> {
        let count = map.block_count();
        let known = before.filter(|before| before.blocks.len() == count);
        let all: Option<Vec<(Arc<Extracted>, bool)>> = (0..count)
            .into_par_iter()
            .map(|block| {
                let around = Around::new(map, block);
                let stamps = around.stamps(map);
                if let Some(same) = known.and_then(|known| known.blocks.get(block))
                    && same.stamps == stamps
                {
                    return Some((Arc::clone(same), false));
                }
                if is_over() {
                    return None;
                }
                let is_plain = around.is_of_one_label(map);
                let parts = if is_plain {
                    Vec::new()
                } else {
                    Window::new(map, &around).parts(geometry)
                };
                Some((Arc::new(Extracted { stamps, parts }), !is_plain))
            })
            .collect();
        let all = all?;
        let looked_into = all.iter().filter(|(_, is_new)| *is_new).count();
        let blocks: Vec<Arc<Extracted>> = all.into_iter().map(|(block, _)| block).collect();
        let mut surfaces: BTreeMap<u16, Surface> = BTreeMap::new();
        for (label, part) in blocks.iter().flat_map(|block| &block.parts) {
            surfaces.entry(*label).or_default().parts.push(Arc::clone(part));
        }
        let by_label = surfaces.into_iter().map(|(label, surface)| (label, Arc::new(surface)));
        Some((
            Self {
                by_label: by_label.collect(),
                blocks,
            },
            looked_into,
        ))
    }

    /// The surface of each label that has one.
    pub fn by_label(&self) -> &BTreeMap<u16, Arc<Surface>> {
        &self.by_label
    }
}

/// A block and the 26 around it.
struct Around {
    /// The first voxel of the block, and the one behind its last.
    voxels: [[usize; 2]; 3],
    /// i fastest; `None` beyond the map.
    blocks: [Option<usize>; 27],
}

impl Around {
    fn new(map: &LabelMap, block: usize) -> Self {
        let voxels = map.voxels_of(block).map(|side| [side.start, side.end]);
        let across = map.dims().map(|side| side.div_ceil(BLOCK_SIDE));
        let at = voxels.map(|[start, _]| start / BLOCK_SIDE);
        let blocks = std::array::from_fn(|n| {
            let [i, j, k] = [n % 3, n / 3 % 3, n / 9];
            let place = |axis: usize, step: usize| {
                let place = (at[axis] + step).checked_sub(1)?;
                (place < across[axis]).then_some(place)
            };
            Some((place(2, k)? * across[1] + place(1, j)?) * across[0] + place(0, i)?)
        });
        Self { voxels, blocks }
    }

    fn stamps(&self, map: &LabelMap) -> [u64; 27] {
        self.blocks.map(|block| block.map_or(0, |block| map.stamp(block)))
    }

    /// Whether there is no surface because there is one label everywhere. Beyond the map there is none.
    fn is_of_one_label(&self, map: &LabelMap) -> bool {
        let label = |block: Option<usize>| match block.map(|block| map.block(block)) {
            None => Some(0),
            Some(BlockLabels::Uniform(label)) => Some(*label),
            Some(BlockLabels::Dense(_)) => None,
        };
        let first = label(self.blocks[0]);
        first.is_some() && self.blocks.iter().all(|block| label(*block) == first)
    }
}

/// The labels of a block and around it.
struct Window {
    /// The place of its first voxel in the map.
    first: [i64; 3],
    /// The voxels whose edges are the block's, in the window: from the first to before the last. Edges that begin before
    /// the map are its first blocks'.
    own: [[usize; 2]; 3],
    labels: Vec<u16>,
}

/// A cell that a surface passes.
struct Passed {
    at: [usize; 3],
    inside: u8,
    /// The number of its first point.
    first: u32,
}

/// The way to a neighbour.
struct Link {
    to: u32,
    /// From this cell's corner to the neighbour's.
    offset: Vec3A,
}

impl Window {
    fn new(map: &LabelMap, around: &Around) -> Self {
        let reach = REACH as i64;
        let first = around.voxels.map(|[start, _]| start as i64 - reach);
        let own = around.voxels.map(|[start, end]| {
            let before = usize::from(start == 0);
            [REACH - before, REACH + end - start]
        });
        let mut labels = vec![0; WINDOW * WINDOW * WINDOW];
        for block in around.blocks.iter().flatten() {
            let content = map.block(*block);
            if matches!(content, BlockLabels::Uniform(0)) {
                continue;
            }
            let voxels = map.voxels_of(*block);
            let side = |axis: usize| {
                let start = (voxels[axis].start as i64).max(first[axis]);
                let end = (voxels[axis].end as i64).min(first[axis] + WINDOW as i64);
                start..end.max(start)
            };
            for k in side(2) {
                for j in side(1) {
                    let row = side(0);
                    let to = ((k - first[2]) as usize * WINDOW + (j - first[1]) as usize) * WINDOW
                        + (row.start - first[0]) as usize;
                    let length = (row.end - row.start) as usize;
                    let Some(to) = labels.get_mut(to..to + length) else {
                        continue;
                    };
                    match content {
                        BlockLabels::Uniform(label) => to.fill(*label),
                        BlockLabels::Dense(all) => {
                            let within = |at: i64, axis: usize| at as usize - voxels[axis].start;
                            let from = (within(k, 2) * BLOCK_SIDE + within(j, 1)) * BLOCK_SIDE + within(row.start, 0);
                            if let Some(from) = all.get(from..from + length) {
                                to.copy_from_slice(from);
                            }
                        }
                    }
                }
            }
        }
        Self { first, own, labels }
    }

    /// The surfaces of all labels at the block's edges.
    fn parts(&self, geometry: &Geometry) -> Vec<(u16, Arc<SurfacePart>)> {
        let mut own = BTreeSet::new();
        let [columns, rows, slices] = self.own;
        for k in slices[0]..=slices[1] {
            for j in rows[0]..=rows[1] {
                let row = (k * WINDOW + j) * WINDOW;
                let labels = self.labels.get(row + columns[0]..=row + columns[1]).unwrap_or_default();
                for run in labels.chunk_by(|a, b| a == b) {
                    own.extend(run.first().filter(|label| **label > 0));
                }
            }
        }
        own.into_iter()
            .filter_map(|label| Some((label, Arc::new(self.part(label, geometry)?))))
            .collect()
    }

    /// The surface of a label at the block's edges.
    fn part(&self, label: u16, geometry: &Geometry) -> Option<SurfacePart> {
        let cells = self.cells(label);
        let points_count = cells.last().map_or(0, |cell| {
            cell.first as usize + usize::from(CELLS[usize::from(cell.inside)].loops)
        });
        let mut place = vec![NOWHERE; WINDOW * WINDOW * WINDOW];
        for (cell, n) in cells.iter().zip(0..) {
            place[index(cell.at)] = n;
        }
        let net = Net { cells, place };
        let links = net.links(points_count);
        let points = net.drawn_together(&links);
        let quads = net.quads();
        if !quads.iter().any(|quad| self.owns(quad.at)) {
            return None;
        }
        let normals = self.normals(&net, &links, &points, &quads, geometry);
        let is_mirrored = geometry.patient_from_voxel().matrix3.determinant() < 0.0;
        let mut mesh = Mesh::default();
        let mut numbers = vec![NOWHERE; points.len()];
        let mut own_normals = Vec::new();
        for quad in quads.iter().filter(|quad| self.owns(quad.at)) {
            let corners = quad.corners.map(|(cell, point)| {
                let number = &mut numbers[point as usize];
                if *number == NOWHERE {
                    *number = mesh.vertices.len() as u32;
                    let voxel = self.voxel(net.cells[cell as usize].at) + points[point as usize].as_dvec3();
                    mesh.vertices.push(geometry.patient_at(voxel));
                    own_normals.push(normals[point as usize].into());
                }
                *number
            });
            let [a, b, c, d] = if is_mirrored {
                [corners[3], corners[2], corners[1], corners[0]]
            } else {
                corners
            };
            // The shorter diagonal bends less.
            let from = |n: usize| net.corner_of(quad, n, &points);
            let across = |m: usize, n: usize| from(m).distance_squared(from(n));
            let is_even = across(0, 2) <= across(1, 3);
            let halves = match (is_even, is_mirrored) {
                (true, false) | (false, true) => [[a, b, c], [a, c, d]],
                _ => [[b, c, d], [b, d, a]],
            };
            mesh.triangles.extend(halves);
        }
        SurfacePart::new(mesh, own_normals)
    }

    fn owns(&self, at: [usize; 3]) -> bool {
        (0..3).all(|axis| (self.own[axis][0]..self.own[axis][1]).contains(&at[axis]))
    }

    /// A place of the window in the map.
    fn voxel(&self, at: [usize; 3]) -> DVec3 {
        DVec3::from_array(std::array::from_fn(|axis| (self.first[axis] + at[axis] as i64) as f64))
    }

    /// The cells that the surface of a label passes; a cell has the number of its lowest corner.
    fn cells(&self, label: u16) -> Vec<Passed> {
        let rows: Vec<u64> = self
            .labels
            .chunks_exact(WINDOW)
            .map(|row| {
                (0..)
                    .zip(row)
                    .fold(0, |bits, (n, other)| bits | u64::from(*other == label) << n)
            })
            .collect();
        let mut cells = Vec::new();
        let mut first = 0;
        for k in 0..WINDOW - 1 {
            for j in 0..WINDOW - 1 {
                let row = |dj: usize, dk: usize| rows[(k + dk) * WINDOW + j + dj];
                let low = [row(0, 0), row(1, 0), row(0, 1), row(1, 1)];
                let high = low.map(|row| row >> 1);
                let any = low.iter().chain(&high).fold(0, |any, word| any | word);
                let all = low.iter().chain(&high).fold(u64::MAX, |all, word| all & word);
                // The last voxel has no cell.
                let mut mixed = any & !all & (u64::MAX >> 1);
                while mixed != 0 {
                    let i = mixed.trailing_zeros() as usize;
                    mixed &= mixed - 1;
                    let inside = (0..4).fold(0, |inside, n| {
                        inside | (low[n] >> i & 1) << (2 * n) | (high[n] >> i & 1) << (2 * n + 1)
                    }) as u8;
                    cells.push(Passed {
                        at: [i, j, k],
                        inside,
                        first,
                    });
                    first += u32::from(CELLS[usize::from(inside)].loops);
                }
            }
        }
        cells
    }

    /// Normals of points, in the patient.
    fn normals(
        &self,
        net: &Net,
        links: &[Vec<Link>],
        points: &[Vec3A],
        quads: &[Quad],
        geometry: &Geometry,
    ) -> Vec<Vec3A> {
        let mut sums = vec![Vec3A::ZERO; points.len()];
        for quad in quads {
            let [a, b, c, d] = [0, 1, 2, 3].map(|n| net.corner_of(quad, n, points));
            let area = (c - a).cross(d - b);
            for (_, point) in quad.corners {
                sums[point as usize] += area;
            }
        }
        let mut normals = sums;
        for cell in &net.cells {
            // Normals turn as gradients do.
            let into_patient = voxel_from_patient_at(geometry, self.voxel(cell.at)).transpose();
            for n in 0..u32::from(CELLS[usize::from(cell.inside)].loops) {
                let normal = &mut normals[(cell.first + n) as usize];
                *normal = (into_patient * normal.as_dvec3()).normalize_or_zero().as_vec3a();
            }
        }
        for _ in 0..NORMAL_ROUNDS {
            normals = links
                .iter()
                .zip(&normals)
                .map(|(links, own)| {
                    let sum = links.iter().fold(*own, |sum, link| sum + normals[link.to as usize]);
                    sum.normalize_or(*own)
                })
                .collect();
        }
        normals
    }
}

fn index([i, j, k]: [usize; 3]) -> usize {
    (k * WINDOW + j) * WINDOW + i
}

/// Passed cells, in the order of their places, and where to find them.
struct Net {
    cells: Vec<Passed>,
    place: Vec<u32>,
}

/// A square of the surface, around an edge between two voxels.
struct Quad {
    /// The first voxel of the edge.
    at: [usize; 3],
    /// Cell and point, counter-clockwise seen from outside.
    corners: [(u32, u32); 4],
}

impl Net {
    /// The cell at some steps from another.
    fn cell_at(&self, at: [usize; 3], step: [i32; 3]) -> Option<u32> {
        let mut place = at;
        for axis in 0..3 {
            place[axis] = at[axis].checked_add_signed(step[axis] as isize)?;
            if place[axis] >= WINDOW {
                return None;
            }
        }
        self.place.get(index(place)).copied().filter(|cell| *cell != NOWHERE)
    }

    /// The point of a cell that belongs to one of its edges.
    fn point_of(&self, cell: u32, edge: usize) -> Option<u32> {
        let cell = self.cells.get(cell as usize)?;
        let of = CELLS[usize::from(cell.inside)].loop_of[edge];
        (of != NONE).then_some(cell.first + u32::from(of))
    }

    /// The neighbours of each point: across every face of its cell, by each edge of the face that the surface crosses.
    fn links(&self, points: usize) -> Vec<Vec<Link>> {
        let mut links: Vec<Vec<Link>> = Vec::with_capacity(points);
        links.resize_with(points, Vec::new);
        for (cell, number) in self.cells.iter().zip(0..) {
            for (axis, side) in (0..3).flat_map(|axis| [(axis, 0), (axis, 1)]) {
                let mut step = [0; 3];
                step[axis] = 2 * side as i32 - 1;
                let Some(next) = self.cell_at(cell.at, step) else {
                    continue;
                };
                let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
                for other in 0..2 {
                    let edges = [
                        (edge(u, other, side), edge(u, other, 1 - side)),
                        (edge(v, side, other), edge(v, 1 - side, other)),
                    ];
                    for (own, there) in edges {
                        if let (Some(from), Some(to)) = (self.point_of(number, own), self.point_of(next, there)) {
                            let offset = Vec3A::from_array(step.map(|part| part as f32));
                            links[from as usize].push(Link { to, offset });
                        }
                    }
                }
            }
        }
        links
    }

    /// All points, from the lowest corners of their cells, drawn to their neighbours.
    fn drawn_together(&self, links: &[Vec<Link>]) -> Vec<Vec3A> {
        let mut points: Vec<Vec3A> = self
            .cells
            .iter()
            .flat_map(|cell| {
                let kind = &CELLS[usize::from(cell.inside)];
                let own = kind.points.iter().take(usize::from(kind.loops));
                own.map(|point| Vec3A::from_array(point.map(|part| part as f32)))
            })
            .collect();
        for _ in 0..ROUNDS {
            points = links
                .iter()
                .zip(&points)
                .map(|(links, own)| {
                    if links.is_empty() {
                        return *own;
                    }
                    let sum = links
                        .iter()
                        .fold(Vec3A::ZERO, |sum, link| sum + (points[link.to as usize] + link.offset));
                    let mean = sum / links.len() as f32;
                    let drawn = *own + (mean - *own) * PULL;
                    drawn.clamp(Vec3A::splat(MARGIN), Vec3A::splat(1.0 - MARGIN))
                })
                .collect();
        }
        points
    }

    /// All squares whose four points are in the window, in the order of their edges.
    fn quads(&self) -> Vec<Quad> {
        const PLACES: [[usize; 2]; 4] = [[0, 0], [1, 0], [1, 1], [0, 1]];
        let mut quads = Vec::new();
        for cell in &self.cells {
            let is_inside = cell.inside & 1 == 1;
            for axis in 0..3 {
                if is_inside == (cell.inside >> (1 << axis) & 1 == 1) {
                    continue;
                }
                let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
                let corners = PLACES.map(|[du, dv]| {
                    let mut step = [0; 3];
                    step[u] = -(du as i32);
                    step[v] = -(dv as i32);
                    let number = self.cell_at(cell.at, step)?;
                    Some((number, self.point_of(number, edge(axis, du, dv))?))
                });
                if let [Some(a), Some(b), Some(c), Some(d)] = corners {
                    let corners = if is_inside { [a, b, c, d] } else { [d, c, b, a] };
                    quads.push(Quad { at: cell.at, corners });
                }
            }
        }
        quads
    }

    /// A corner of a square, from the lowest corner of the cell of its first.
    fn corner_of(&self, quad: &Quad, n: usize, points: &[Vec3A]) -> Vec3A {
        let at = |n: usize| self.cells[quad.corners[n].0 as usize].at.map(|part| part as f32);
        let offset = Vec3A::from_array(at(n)) - Vec3A::from_array(at(0));
        points[quad.corners[n].1 as usize] + offset
    }
}
