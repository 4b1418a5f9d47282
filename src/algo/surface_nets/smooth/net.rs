//! The net of one label in a box of labels: its cells, points and squares, and how points are drawn to their neighbours.

use std::ops::Range;

use glam::{DMat3, DVec3, Vec3A};

use super::super::cells::{CELLS, NONE, edge};
use super::{MARGIN, NORMAL_ROUNDS, PULL, ROUNDS};
use crate::algo::gradient::voxel_from_patient_at;
use crate::model::geometry::Geometry;

/// No cell.
const NOWHERE: u32 = u32::MAX;

/// A cell that the surface passes; it has the place of its lowest corner.
pub(super) struct Passed {
    pub(super) at: [u16; 3],
    inside: u8,
    /// The number of its first point.
    first: u32,
}

impl Passed {
    /// Its point that belongs to one of its edges.
    fn point_of(&self, edge: usize) -> Option<u32> {
        let of = CELLS[usize::from(self.inside)].loop_of[edge];
        (of != NONE).then_some(self.first + u32::from(of))
    }
}

/// A square of the surface, around an edge between two voxels.
pub(super) struct Quad {
    /// The cell of the edge's first voxel.
    pub(super) cell: u32,
    /// In the cells at [`PLACES`] before that one.
    pub(super) points: [u32; 4],
    axis: u8,
    /// Whether the first voxel is inside.
    is_inside: bool,
}

/// Steps back along the two axes across an edge to the cells around it.
const PLACES: [[u8; 2]; 4] = [[0, 0], [1, 0], [1, 1], [0, 1]];

impl Quad {
    /// Its corners counter-clockwise seen from outside.
    pub(super) fn ring(&self) -> [usize; 4] {
        if self.is_inside { [0, 1, 2, 3] } else { [3, 2, 1, 0] }
    }

    /// A corner, from the lowest corner of its cell.
    #[inline]
    pub(super) fn corner(&self, n: usize, points: &[Vec3A]) -> Vec3A {
        let [du, dv] = PLACES[n].map(f32::from);
        let back = match self.axis {
            0 => Vec3A::new(0.0, du, dv),
            1 => Vec3A::new(dv, 0.0, du),
            _ => Vec3A::new(du, dv, 0.0),
        };
        points[self.points[n] as usize] - back
    }
}

/// A link between two points: that of the nearer and that of the farther cell along an axis.
struct Link {
    near: u32,
    far: u32,
    axis: u8,
}

/// Passed cells in the order of their places.
pub(super) struct Net {
    pub(super) cells: Vec<Passed>,
    /// The cell of each point.
    pub(super) cell_of: Vec<u32>,
    pub(super) quads: Vec<Quad>,
    /// For each point where its links begin, and all links: the other's number, and which way it is, in the lowest bits.
    begins: Vec<u32>,
    links: Vec<u32>,
}

/// Points and normals as they are in the end.
pub(super) struct Relaxed {
    /// From the lowest corners of their cells, voxels.
    pub(super) points: Vec<Vec3A>,
    /// In the patient, outwards.
    pub(super) normals: Vec<Vec3A>,
}

/// Ways to a neighbour: along each axis back and ahead.
const WAYS: [Vec3A; 6] = [
    Vec3A::new(-1.0, 0.0, 0.0),
    Vec3A::new(1.0, 0.0, 0.0),
    Vec3A::new(0.0, -1.0, 0.0),
    Vec3A::new(0.0, 1.0, 0.0),
    Vec3A::new(0.0, 0.0, -1.0),
    Vec3A::new(0.0, 0.0, 1.0),
];
const WAY_BITS: u32 = 3;

/// A bit for each voxel of a box, rows of words.
struct Rows {
    words: usize,
    rows: usize,
    first: [usize; 3],
    bits: Vec<u64>,
}

impl Rows {
    /// Where a label is, in a box beyond which it is not, in one more column before it and one more row and slice around.
    fn new(labels: &[u16], dims: [usize; 3], label: u16, [columns, rows, slices]: &[Range<usize>; 3]) -> Self {
        let first = columns.start.saturating_sub(1);
        let words = (columns.end - first).div_ceil(64);
        let mut all = Self {
            words,
            rows: rows.len() + 2,
            first: [first, rows.start, slices.start],
            bits: vec![0; words * (rows.len() + 2) * (slices.len() + 2)],
        };
        for k in slices.clone() {
            for j in rows.clone() {
                let start = (k * dims[1] + j) * dims[0];
                let row = labels.get(start + first..start + columns.end).unwrap_or_default();
                let to = all.place(j + 1, k + 1);
                for (word, part) in all.bits[to..to + words].iter_mut().zip(row.chunks(64)) {
                    for (byte, eight) in part.chunks(8).enumerate() {
                        let mut here = 0;
                        for (n, other) in eight.iter().enumerate() {
                            here |= u64::from(*other == label) << n;
                        }
                        *word |= here << (8 * byte);
                    }
                }
            }
        }
        all
    }

    /// Where the row at j − 1 and k − 1 begins.
    fn place(&self, j: usize, k: usize) -> usize {
        ((k - self.first[2]) * self.rows + j - self.first[1]) * self.words
    }
}

impl Net {
    /// Of a label that is in a part of a box of labels and nowhere else in it. `near` knows no cells, and so again in the
    /// end: it is handed from label to label.
    pub(super) fn new(
        labels: &[u16],
        dims: [usize; 3],
        label: u16,
        within: &[Range<usize>; 3],
        near: &mut Near,
    ) -> Self {
        let rows = Rows::new(labels, dims, label, within);
        let mut net = Self {
            cells: Vec::new(),
            cell_of: Vec::new(),
            quads: Vec::new(),
            begins: Vec::new(),
            links: Vec::new(),
        };
        let mut links = Vec::new();
        let mut before = 0..0;
        for k in within[2].start.saturating_sub(1)..within[2].end.min(dims[2] - 1) {
            let begin = net.cells.len();
            for j in within[1].start.saturating_sub(1)..within[1].end.min(dims[1] - 1) {
                net.pass_row(&rows, [dims[0], j, k], near, &mut links);
            }
            near.rise(&net.cells[before]);
            before = begin..net.cells.len();
        }
        near.rise(&net.cells[before]);
        net.sort_links(&links);
        net
    }

    /// Finds the cells of a row.
    fn pass_row(&mut self, rows: &Rows, [columns, j, k]: [usize; 3], near: &mut Near, links: &mut Vec<Link>) {
        let places = [(1, 1), (2, 1), (1, 2), (2, 2)].map(|(dj, dk)| rows.place(j + dj, k + dk));
        for word in 0..rows.words {
            let low = places.map(|place| rows.bits[place + word]);
            let high = places.map(|place| {
                let next = if word + 1 < rows.words {
                    rows.bits[place + word + 1]
                } else {
                    0
                };
                rows.bits[place + word] >> 1 | next << 63
            });
            let any = low.iter().chain(&high).fold(0, |any, word| any | word);
            let all = low.iter().chain(&high).fold(u64::MAX, |all, word| all & word);
            let mut mixed = any & !all;
            while mixed != 0 {
                let bit = mixed.trailing_zeros() as usize;
                mixed &= mixed - 1;
                let i = rows.first[0] + 64 * word + bit;
                // The last voxel has no cell.
                if i + 1 >= columns {
                    break;
                }
                let inside = (0..4).fold(0, |inside, n| {
                    inside | (low[n] >> bit & 1) << (2 * n) | (high[n] >> bit & 1) << (2 * n + 1)
                }) as u8;
                self.pass([i, j, k], inside, near, links);
            }
        }
    }

    /// Takes a cell, with its links and squares to those before.
    fn pass(&mut self, at: [usize; 3], inside: u8, near: &mut Near, links: &mut Vec<Link>) {
        let kind = &CELLS[usize::from(inside)];
        let number = self.cells.len() as u32;
        let cell = Passed {
            at: at.map(|at| at as u16),
            inside,
            first: self.cell_of.len() as u32,
        };
        near.here[at[1] * near.columns + at[0]] = number;
        self.cell_of
            .extend(std::iter::repeat_n(number, usize::from(kind.loops)));
        for axis in 0..3 {
            let mut back = [0; 3];
            back[axis] = 1;
            let Some(other) = near.cell(at, back).and_then(|other| self.cells.get(other as usize)) else {
                continue;
            };
            for [own, there] in kind.links[axis] {
                if own != NONE
                    && let Some(other) = other.point_of(usize::from(there))
                {
                    links.push(Link {
                        near: other,
                        far: cell.first + u32::from(own),
                        axis: axis as u8,
                    });
                }
            }
        }
        self.cells.push(cell);
        let is_inside = inside & 1 == 1;
        for axis in 0..3 {
            if is_inside == (inside >> (1 << axis) & 1 == 1) {
                continue;
            }
            let mut points = [0; 4];
            let is_whole = PLACES.iter().zip(&mut points).all(|([du, dv], point)| {
                let mut back = [0; 3];
                back[(axis + 1) % 3] = usize::from(*du);
                back[(axis + 2) % 3] = usize::from(*dv);
                let cell = near.cell(at, back).and_then(|other| self.cells.get(other as usize));
                let found = cell.and_then(|cell| cell.point_of(edge(axis, usize::from(*du), usize::from(*dv))));
                *point = found.unwrap_or_default();
                found.is_some()
            });
            if is_whole {
                self.quads.push(Quad {
                    cell: number,
                    points,
                    axis: axis as u8,
                    is_inside,
                });
            }
        }
    }

    /// Puts links in the order of the points, both ways; those of a point stay in the order in which they were found.
    fn sort_links(&mut self, links: &[Link]) {
        let mut begins = vec![0; self.cell_of.len() + 1];
        for link in links {
            begins[link.near as usize + 1] += 1;
            begins[link.far as usize + 1] += 1;
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        let mut next = begins.clone();
        self.links = vec![0; 2 * links.len()];
        let mut put = |from: u32, to: u32, way: u32| {
            let place = &mut next[from as usize];
            self.links[*place as usize] = to << WAY_BITS | way;
            *place += 1;
        };
        for link in links {
            let way = 2 * u32::from(link.axis);
            put(link.far, link.near, way);
            put(link.near, link.far, way + 1);
        }
        self.begins = begins;
    }

    fn links_of(&self, point: usize) -> &[u32] {
        &self.links[self.begins[point] as usize..self.begins[point + 1] as usize]
    }

    /// Points drawn to their neighbours, and normals evened out. `voxel` is the place of a cell in the map.
    pub(super) fn relaxed(&self, geometry: &Geometry, voxel: impl Fn([u16; 3]) -> DVec3) -> Relaxed {
        let points = self.drawn_together();
        let normals = self.normals(&points, geometry, voxel);
        Relaxed { points, normals }
    }

    fn drawn_together(&self) -> Vec<Vec3A> {
        let mut points: Vec<Vec3A> = Vec::with_capacity(self.cell_of.len());
        for cell in &self.cells {
            let kind = &CELLS[usize::from(cell.inside)];
            let own = kind.points.iter().take(usize::from(kind.loops));
            points.extend(own.map(|point| Vec3A::from_array(point.map(|part| part as f32))));
        }
        let mut drawn = points.clone();
        let (low, high) = (Vec3A::splat(MARGIN), Vec3A::splat(1.0 - MARGIN));
        for _ in 0..ROUNDS {
            for (n, (own, to)) in points.iter().zip(&mut drawn).enumerate() {
                let links = self.links_of(n);
                let sum = links.iter().fold(Vec3A::ZERO, |sum, link| {
                    sum + (points[(link >> WAY_BITS) as usize] + way(*link))
                });
                if !links.is_empty() {
                    let mean = sum / links.len() as f32;
                    *to = (*own + (mean - *own) * PULL).max(low).min(high);
                }
            }
            std::mem::swap(&mut points, &mut drawn);
        }
        points
    }

    fn normals(&self, points: &[Vec3A], geometry: &Geometry, voxel: impl Fn([u16; 3]) -> DVec3) -> Vec<Vec3A> {
        let mut normals = vec![Vec3A::ZERO; points.len()];
        for quad in &self.quads {
            let [a, b, c, d] = [0, 1, 2, 3].map(|n| quad.corner(n, points));
            let area = (c - a).cross(d - b);
            let area = if quad.is_inside { area } else { -area };
            for point in quad.points {
                normals[point as usize] += area;
            }
        }
        // Normals turn as gradients do.
        let turn = |at: [u16; 3]| voxel_from_patient_at(geometry, voxel(at)).transpose();
        let everywhere: Option<DMat3> = geometry.slice_table().is_none().then(|| turn([0; 3]));
        for (normal, cell) in normals.iter_mut().zip(&self.cell_of) {
            let turn = everywhere.unwrap_or_else(|| turn(self.cells[*cell as usize].at));
            *normal = (turn * normal.as_dvec3()).normalize_or_zero().as_vec3a();
        }
        let mut even = normals.clone();
        for _ in 0..NORMAL_ROUNDS {
            for (n, (own, to)) in normals.iter().zip(&mut even).enumerate() {
                let sum = self
                    .links_of(n)
                    .iter()
                    .fold(*own, |sum, link| sum + normals[(link >> WAY_BITS) as usize]);
                *to = sum.normalize_or(*own);
            }
            std::mem::swap(&mut normals, &mut even);
        }
        normals
    }
}

#[inline]
fn way(link: u32) -> Vec3A {
    WAYS[(link & ((1 << WAY_BITS) - 1)) as usize % WAYS.len()]
}

/// The numbers of the cells of a slice and of the one below, by place.
pub(super) struct Near {
    columns: usize,
    here: Vec<u32>,
    below: Vec<u32>,
}

impl Near {
    /// For a box with these sides, without any cell.
    pub(super) fn new(dims: [usize; 3]) -> Self {
        let slice = dims[0] * dims[1];
        Self {
            columns: dims[0],
            here: vec![NOWHERE; slice],
            below: vec![NOWHERE; slice],
        }
    }

    /// The cell that is so many steps (0 or 1 each) back.
    fn cell(&self, at: [usize; 3], back: [usize; 3]) -> Option<u32> {
        let (i, j) = (at[0].checked_sub(back[0])?, at[1].checked_sub(back[1])?);
        let slice = if back[2] == 0 { &self.here } else { &self.below };
        let cell = slice.get(j * self.columns + i).copied();
        cell.filter(|cell| *cell != NOWHERE)
    }

    /// On to the next slice, where none is known; `below` are the cells of the slice below this one.
    fn rise(&mut self, below: &[Passed]) {
        for cell in below {
            let [i, j, _] = cell.at.map(usize::from);
            self.below[j * self.columns + i] = NOWHERE;
        }
        std::mem::swap(&mut self.here, &mut self.below);
    }
}
