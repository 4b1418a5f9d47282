//! Surfaces of label maps: closed, never crossing themselves along an edge, counter-clockwise seen from outside.
//!
//! Every cell of eight voxel centres that the surface passes has a point for each of its sheets, and every pair of neighbours
//! of which one is inside has a square of the four points around it (S. Gibson, "Constrained elastic surface nets", MICCAI
//! 1998, without the relaxation). Where two sheets of two neighbouring cells would share an edge (see [`cells`]), each gets
//! a point of its own in between, so that every edge has exactly two triangles.

mod cells;
mod grow;
pub mod smooth;

use std::collections::BTreeMap;

use glam::DVec3;
use rayon::prelude::*;

use self::cells::{CELLS, NONE, edge};
use super::bits::Bits;
use super::label_grid::bits_of;
use crate::model::geometry::Geometry;
use crate::model::label_grid::{IndexBox, LabelGrid};
use crate::model::mesh::Mesh;

/// The farthest that a round of growing moves a point, in shortest voxel edges.
const MOST_GROWN: f64 = 0.2;

/// The boxes of all labels of a map but 0.
pub fn label_boxes(map: &LabelGrid) -> BTreeMap<u16, IndexBox> {
    let [columns, rows, slices] = map.dims();
    let of_slice = |k: usize| {
        let mut boxes: BTreeMap<u16, IndexBox> = BTreeMap::new();
        for j in 0..rows {
            let row = map.row(j, k);
            let mut start = 0;
            while let Some(label) = row.get(start).copied() {
                let rest = row.get(start..columns).unwrap_or_default();
                let end = start + rest.iter().position(|other| *other != label).unwrap_or(rest.len());
                if label > 0 {
                    add(
                        &mut boxes,
                        label,
                        IndexBox {
                            low: [start, j, k],
                            high: [end - 1, j, k],
                        },
                    );
                }
                start = end;
            }
        }
        boxes
    };
    let all = (0..slices).into_par_iter().map(of_slice);
    all.reduce(BTreeMap::new, |mut boxes, others| {
        for (label, other) in others {
            add(&mut boxes, label, other);
        }
        boxes
    })
}

fn add(boxes: &mut BTreeMap<u16, IndexBox>, label: u16, other: IndexBox) {
    boxes
        .entry(label)
        .and_modify(|known| *known = known.joined(other))
        .or_insert(other);
}

/// The surface of one label within its box, in the patient. It encloses what the voxels of the label do. `shift` moves all of
/// it by so many voxels along each axis: surfaces that touch stay apart for programs that join equal points. `None` if it has
/// more points than can be numbered.
pub fn label_surface(map: &LabelGrid, label: u16, within: &IndexBox, geometry: &Geometry, shift: f64) -> Option<Mesh> {
    let bits = bits_of(map, label, within);
    let net = net(&bits)?;
    // Cells begin one voxel before the box.
    let first = DVec3::from_array(within.low.map(|low| low as f64)) - 1.0 + shift;
    let vertices = net
        .points
        .par_iter()
        .map(|point| geometry.patient_at(*point + first))
        .collect();
    let mut triangles = net.triangles;
    let voxel_mm3 = geometry.patient_from_voxel().matrix3.determinant();
    if voxel_mm3 < 0.0 {
        triangles.par_iter_mut().for_each(|triangle| triangle.swap(1, 2));
    }
    let mut mesh = Mesh { vertices, triangles };
    // Where slices are not evenly spaced, voxels have no one volume.
    if geometry.slice_table().is_none() {
        let volume_mm3 = bits.count() as f64 * voxel_mm3.abs();
        grow::to_volume(&mut mesh, volume_mm3, MOST_GROWN * geometry.shortest_edge_mm());
    }
    Some(mesh)
}

/// A surface in the coordinates of its cells: cell (0, 0, 0) has the first voxel as its highest corner.
struct Net {
    points: Vec<DVec3>,
    triangles: Vec<[u32; 3]>,
}

/// A cell that the surface passes.
#[derive(Clone, Copy)]
struct Passed {
    i: u32,
    inside: u8,
    /// The number of its first point.
    first: u32,
}

/// The passed cells of one layer of cells, row by row.
struct Layer {
    cells: Vec<Passed>,
    /// Where each row begins, and where the last one ends.
    rows: Vec<usize>,
    points: u32,
}

/// One corner of a polygon.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Corner {
    Point(u32),
    /// A point on a face between two cells: normal axis and lowest corner of the face, and the corner of it that is inside.
    Between([usize; 4], [usize; 3]),
}

/// Corners in a circle, counter-clockwise seen from outside.
type Polygon = Vec<Corner>;

fn net(bits: &Bits) -> Option<Net> {
    let [_, rows, slices] = bits.dims();
    let mut layers: Vec<Layer> = (0..=slices).into_par_iter().map(|k| layer(bits, k)).collect();
    // Numbers of a layer go on where those of the one before it end.
    let mut total = 0_u32;
    for layer in &mut layers {
        layer.cells.par_iter_mut().for_each(|cell| cell.first += total);
        total = total.checked_add(layer.points)?;
    }
    let mut points: Vec<DVec3> = layers
        .par_iter()
        .enumerate()
        .flat_map_iter(|(k, layer)| (0..=rows).flat_map(move |j| points_of(layer, j, k)))
        .collect();
    let made: Vec<(Vec<[u32; 3]>, Vec<Polygon>)> = (0..=slices)
        .into_par_iter()
        .map(|k| {
            let mut polygons = Polygons {
                layers: &layers,
                points: &points,
                triangles: Vec::new(),
                odd: Vec::new(),
            };
            for j in 0..=rows {
                polygons.row(j, k);
            }
            (polygons.triangles, polygons.odd)
        })
        .collect();
    let mut triangles = Vec::with_capacity(made.iter().map(|(all, _)| all.len()).sum());
    let mut between: BTreeMap<Corner, u32> = BTreeMap::new();
    for (plain, odd) in made {
        triangles.extend(plain);
        for polygon in odd {
            let mut numbers = Vec::new();
            for corner in polygon {
                numbers.push(match corner {
                    Corner::Point(number) => number,
                    Corner::Between([axis, face @ ..], inside) => match between.get(&corner) {
                        Some(known) => *known,
                        None => {
                            let number = u32::try_from(points.len()).ok()?;
                            points.push(point_between(axis, face, inside));
                            between.insert(corner, number);
                            number
                        }
                    },
                });
            }
            // A fan from a point between two cells, which no other polygon has together with the points across.
            let start = numbers.iter().position(|number| *number >= total).unwrap_or(0);
            numbers.rotate_left(start);
            let (first, rest) = numbers.split_first()?;
            triangles.extend(rest.windows(2).map(|pair| [*first, pair[0], pair[1]]));
        }
    }
    Some(Net { points, triangles })
}

/// The points of a row of cells.
fn points_of(layer: &Layer, j: usize, k: usize) -> impl Iterator<Item = DVec3> {
    row_of(layer, j).iter().flat_map(move |passed| {
        let cell = &CELLS[usize::from(passed.inside)];
        let low = DVec3::new(f64::from(passed.i), j as f64, k as f64);
        let loops = cell.points.iter().take(usize::from(cell.loops));
        loops.map(move |point| low + DVec3::from_array(*point))
    })
}

fn row_of(layer: &Layer, j: usize) -> &[Passed] {
    match (layer.rows.get(j), layer.rows.get(j + 1)) {
        (Some(start), Some(end)) => layer.cells.get(*start..*end).unwrap_or_default(),
        _ => &[],
    }
}

/// Halfway between the corner that is inside and the middle of the face.
fn point_between(axis: usize, face: [usize; 3], inside: [usize; 3]) -> DVec3 {
    let middle: [f64; 3] = std::array::from_fn(|n| face[n] as f64 + if n == axis { 0.0 } else { 0.5 });
    (DVec3::from_array(middle) + DVec3::from_array(inside.map(|n| n as f64))) / 2.0
}

/// The cells of layer `k` that the surface passes: those whose eight corners are not all alike.
fn layer(bits: &Bits, k: usize) -> Layer {
    let [columns, rows, slices] = bits.dims();
    let mut layer = Layer {
        cells: Vec::new(),
        rows: vec![0],
        points: 0,
    };
    let row = |j: usize, k: usize| -> &[u64] {
        // Cells begin one voxel before the voxels.
        match (j.checked_sub(1), k.checked_sub(1)) {
            (Some(j), Some(k)) if j < rows && k < slices => bits.row(j, k),
            _ => &[],
        }
    };
    for j in 0..=rows {
        // The rows of corners in the order of their bits 2 and 4.
        let corners = [row(j, k), row(j + 1, k), row(j, k + 1), row(j + 1, k + 1)];
        if corners.iter().any(|row| !row.is_empty()) {
            for n in 0..=columns / 64 {
                let high = corners.map(|row| row.get(n).copied().unwrap_or(0));
                let low: [u64; 4] = std::array::from_fn(|at| {
                    let before = n
                        .checked_sub(1)
                        .and_then(|n| corners[at].get(n))
                        .map_or(0, |word| word >> 63);
                    high[at] << 1 | before
                });
                let any = high.iter().chain(&low).fold(0, |any, word| any | word);
                let all = high.iter().chain(&low).fold(u64::MAX, |all, word| all & word);
                let mut mixed = any & !all;
                while mixed != 0 {
                    let bit = mixed.trailing_zeros();
                    mixed &= mixed - 1;
                    let inside = (0..4).fold(0, |inside, at| {
                        inside | (low[at] >> bit & 1) << (2 * at) | (high[at] >> bit & 1) << (2 * at + 1)
                    }) as u8;
                    layer.cells.push(Passed {
                        i: (n * 64) as u32 + bit,
                        inside,
                        first: layer.points,
                    });
                    layer.points += u32::from(CELLS[usize::from(inside)].loops);
                }
            }
        }
        layer.rows.push(layer.cells.len());
    }
    layer
}

/// Makes the polygons around the edges of one layer of cells.
struct Polygons<'a> {
    layers: &'a [Layer],
    points: &'a [DVec3],
    triangles: Vec<[u32; 3]>,
    /// Those with points between cells.
    odd: Vec<Polygon>,
}

impl Polygons<'_> {
    /// The edges that begin at the lowest corners of the cells of a row.
    fn row(&mut self, j: usize, k: usize) {
        let row = |j: Option<usize>, k: Option<usize>| -> &[Passed] {
            let layer = k.and_then(|k| self.layers.get(k));
            layer.zip(j).map_or(&[], |(layer, j)| row_of(layer, j))
        };
        // By how far back they are: 1 for j, 2 for k.
        let rows = [
            row(Some(j), Some(k)),
            row(j.checked_sub(1), Some(k)),
            row(Some(j), k.checked_sub(1)),
            row(j.checked_sub(1), k.checked_sub(1)),
        ];
        let mut cursors = [0; 4];
        for at in 0..rows[0].len() {
            let own = rows[0][at];
            for (row, cursor) in rows.iter().zip(&mut cursors) {
                while row.get(*cursor).is_some_and(|cell| cell.i < own.i) {
                    *cursor += 1;
                }
            }
            // The cell that lies `back` behind, along each axis.
            let cell = |back: [usize; 3]| -> Option<Passed> {
                let n = back[1] + 2 * back[2];
                let i = own.i.checked_sub(back[0] as u32)?;
                let place = if back[0] == 0 {
                    Some(cursors[n])
                } else {
                    cursors[n].checked_sub(1)
                };
                rows[n].get(place?).copied().filter(|cell| cell.i == i)
            };
            let is_inside = |corner: usize| own.inside >> corner & 1 == 1;
            for axis in 0..3 {
                if is_inside(0) != is_inside(1 << axis) {
                    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
                    let back = |du: usize, dv: usize| {
                        let mut back = [0; 3];
                        back[u] = du;
                        back[v] = dv;
                        cell(back)
                    };
                    if let (Some(b), Some(c), Some(d)) = (back(1, 0), back(1, 1), back(0, 1)) {
                        self.around([own, b, c, d], axis, [own.i as usize, j, k], is_inside(0));
                    }
                }
            }
        }
    }

    /// The polygon around the edge along `axis` from `at`, through the four cells around it in a circle.
    fn around(&mut self, four: [Passed; 4], axis: usize, at: [usize; 3], is_start_inside: bool) {
        const PLACES: [(usize, usize); 4] = [(0, 0), (1, 0), (1, 1), (0, 1)];
        let points: [u32; 4] = std::array::from_fn(|n| {
            let (du, dv) = PLACES[n];
            let of = CELLS[usize::from(four[n].inside)].loop_of[edge(axis, du, dv)];
            debug_assert_ne!(of, NONE, "every cell around an edge knows that it is crossed");
            four[n].first + u32::from(of)
        });
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
        let doubled = |n: usize| CELLS[usize::from(four[n].inside)].doubled;
        // Between each cell and the next one: the normal of their face, its side of the first cell, and whether it begins
        // one step back along the other axis.
        let faces = [(u, 0, 0), (v, 0, 1), (u, 1, 1), (v, 1, 0)];
        let is_doubled = |n: usize| {
            let (normal, side, _) = faces[n];
            let bit = |side: usize| 1_u8 << (2 * normal + side);
            doubled(n) & bit(side) != 0 && doubled((n + 1) % 4) & bit(1 - side) != 0
        };
        if (0..4).any(is_doubled) {
            let mut inside = at;
            inside[axis] += usize::from(!is_start_inside);
            let mut polygon = Vec::new();
            for (n, point) in points.into_iter().enumerate() {
                polygon.push(Corner::Point(point));
                if is_doubled(n) {
                    let (normal, _, back) = faces[n];
                    let mut face = at;
                    let along = u + v - normal;
                    face[along] = face[along].saturating_sub(back);
                    polygon.push(Corner::Between([normal, face[0], face[1], face[2]], inside));
                }
            }
            if !is_start_inside {
                polygon.reverse();
            }
            self.odd.push(polygon);
            return;
        }
        let [a, b, c, d] = if is_start_inside {
            points
        } else {
            [points[3], points[2], points[1], points[0]]
        };
        let place = |number: u32| self.points.get(number as usize).copied().unwrap_or_default();
        let across = |one: u32, other: u32| place(one).distance_squared(place(other));
        // The shorter diagonal bends less.
        if across(a, c) <= across(b, d) {
            self.triangles.extend([[a, b, c], [a, c, d]]);
        } else {
            self.triangles.extend([[b, c, d], [b, d, a]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use glam::{DAffine3, DMat3};

    use super::*;

    fn surface(map: &LabelGrid, label: u16, affine: DMat3) -> Mesh {
        let affine = DAffine3 {
            matrix3: affine,
            translation: DVec3::new(-100.0, 40.0, 7.0),
        };
        let geometry = Geometry::from_affine(map.dims(), affine).unwrap();
        let within = label_boxes(map)[&label];
        label_surface(map, label, &within, &geometry, 0.0).unwrap()
    }

    /// Every edge has one triangle on each side, and no triangle touches itself.
    fn assert_closed(mesh: &Mesh, what: &str) {
        let mut edges: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for [a, b, c] in mesh.triangles.iter().copied() {
            assert!(a != b && b != c && c != a, "{what}");
            for edge in [(a, b), (b, c), (c, a)] {
                *edges.entry(edge).or_default() += 1;
            }
        }
        for ((a, b), count) in &edges {
            assert_eq!((*count, edges.get(&(*b, *a))), (1, Some(&1)), "{what}: edge {a} {b}");
        }
    }

    #[test]
    fn any_noise_has_closed_surfaces() {
        let mut state = 1_u64;
        for share in [1, 3, 5, 7, 9] {
            for round in 0..6 {
                let labels = (0..9 * 10 * 11)
                    .map(|_| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        let number = state >> 40;
                        if number % 10 < share {
                            1 + (number / 10 % 2) as u16
                        } else {
                            0
                        }
                    })
                    .map(|label| if round % 2 == 0 { label.min(1) } else { label });
                let map = LabelGrid::new([9, 10, 11], labels.collect()).unwrap();
                for label in label_boxes(&map).into_keys() {
                    let mesh = surface(&map, label, DMat3::IDENTITY);
                    assert_closed(&mesh, &format!("{share} of 10, round {round}"));
                    assert!(mesh.volume_mm3() > 0.0);
                }
            }
        }
    }

    /// A ball, wider than a word of bits.
    fn ball() -> (LabelGrid, f64) {
        let dims = [150, 90, 80];
        let mut labels = vec![0; dims.iter().product()];
        let mut count = 0;
        for (n, label) in labels.iter_mut().enumerate() {
            let at = [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]].map(|n| n as f64);
            if DVec3::from_array(at).distance(DVec3::new(64.0, 45.0, 40.0)) < 30.0 {
                *label = 300;
                count += 1;
            }
        }
        (LabelGrid::new(dims, labels).unwrap(), f64::from(count))
    }

    #[test]
    fn a_ball_has_its_volume_outward_on_every_grid() {
        let (map, count) = ball();
        for (what, affine) in [
            ("upright", DMat3::from_diagonal(DVec3::new(0.7, 0.7, 2.0))),
            ("mirrored", DMat3::from_diagonal(DVec3::new(-0.7, 0.7, 2.0))),
            (
                "sheared",
                DMat3::from_cols(DVec3::X, DVec3::new(0.3, 1.0, 0.2), DVec3::new(0.0, -0.4, 3.0)),
            ),
        ] {
            let mesh = surface(&map, 300, affine);
            assert_closed(&mesh, what);
            let voxels = count * affine.determinant().abs();
            let off = mesh.volume_mm3() / voxels - 1.0;
            assert!(off.abs() < 0.001, "{what}: {off}");
            let middle = mesh.vertices.iter().sum::<DVec3>() / mesh.vertices.len() as f64;
            let centre = affine * DVec3::new(64.0, 45.0, 40.0) + DVec3::new(-100.0, 40.0, 7.0);
            assert!(middle.distance(centre) < 0.5, "{what}: {middle} and {centre}");
        }
    }

    #[test]
    fn labels_at_the_borders_are_closed_too() {
        let map = LabelGrid::new([64, 2, 1], vec![5; 128]).unwrap();
        let mesh = surface(&map, 5, DMat3::IDENTITY);
        assert_closed(&mesh, "a block");
        let one = LabelGrid::new([1, 1, 1], vec![1]).unwrap();
        let mesh = surface(&one, 1, DMat3::IDENTITY);
        assert_closed(&mesh, "one voxel");
        assert_eq!((mesh.vertices.len(), mesh.triangles.len()), (8, 12));
    }
}
