//! The 256 ways in which a surface can pass through a cell of eight voxel centres.
//!
//! A cell's corners are numbered by bits: 1 for +i, 2 for +j, 4 for +k. The edge along axis a at offsets du, dv along the
//! two axes behind it (i → j → k → i) is number 4a + du + 2dv. On a face whose corners alternate the inside is kept apart,
//! so that voxels hang together by faces alone. Crossed edges that are linked by faces are a loop, and each loop has one
//! point of the surface: their mean (G. Nielson, "Dual marching cubes", IEEE Visualization 2004).

use std::sync::LazyLock;

/// No loop.
pub(super) const NONE: u8 = u8::MAX;

/// What is the same for all cells with the same corners inside.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    /// How many loops there are.
    pub(super) loops: u8,
    /// The loop of each edge.
    pub(super) loop_of: [u8; 12],
    /// The point of each loop, from the cell's lowest corner.
    pub(super) points: [[f64; 3]; 4],
    /// Faces, 2 · axis + side, whose corners alternate and whose two links are of one loop.
    pub(super) doubled: u8,
    /// For each axis what passes into the cell before along it, at most twice: the loop here, [`NONE`] where there is no
    /// more, and an edge there that has the loop there.
    pub(super) links: [[[u8; 2]; 2]; 3],
}

/// By the corners that are inside.
pub(super) static CELLS: LazyLock<[Cell; 256]> = LazyLock::new(|| std::array::from_fn(cell));

/// The number of an edge.
pub(super) fn edge(axis: usize, du: usize, dv: usize) -> usize {
    4 * axis + du + 2 * dv
}

/// The edge between two neighbouring corners.
fn edge_between(a: usize, b: usize) -> usize {
    let axis = (a ^ b).trailing_zeros() as usize;
    let bit = |axis: usize| a >> (axis % 3) & 1;
    edge(axis, bit(axis + 1), bit(axis + 2))
}

/// The four corners of a face, in a circle.
fn face(axis: usize, side: usize) -> [usize; 4] {
    let (u, v) = (1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3));
    [0, u, u | v, v].map(|corner| corner | side << axis)
}

fn cell(inside: usize) -> Cell {
    let is_inside = |corner: usize| inside >> corner & 1 == 1;
    // Every edge points to another edge of its loop, or to itself.
    let mut parent: [usize; 12] = std::array::from_fn(|n| n);
    let root = |parent: &[usize; 12], mut at: usize| {
        while parent[at] != at {
            at = parent[at];
        }
        at
    };
    let mut alternating = Vec::new();
    for (axis, side) in (0..3).flat_map(|axis| [(axis, 0), (axis, 1)]) {
        let corners = face(axis, side);
        let crossed: Vec<usize> = (0..4)
            .filter(|n| is_inside(corners[*n]) != is_inside(corners[(n + 1) % 4]))
            .collect();
        let on = |n: usize| edge_between(corners[n % 4], corners[(n + 1) % 4]);
        let mut link = |a: usize, b: usize| {
            let (a, b) = (root(&parent, a), root(&parent, b));
            parent[a] = b;
        };
        match crossed[..] {
            [a, b] => link(on(a), on(b)),
            [..] if crossed.len() == 4 => {
                // Each inside corner is cut off by itself.
                let first = usize::from(!is_inside(corners[0]));
                for corner in [first, first + 2] {
                    link(on(corner), on(corner + 3));
                }
                alternating.push((2 * axis + side, on(first), on(first + 2)));
            }
            _ => {}
        }
    }
    let mut cell = Cell {
        loops: 0,
        loop_of: [NONE; 12],
        points: [[0.0; 3]; 4],
        doubled: 0,
        links: [[[NONE; 2]; 2]; 3],
    };
    let mut roots = Vec::new();
    let mut counts = [0.0; 4];
    for (axis, du, dv) in (0..12).map(|n| (n / 4, n % 2, n % 4 / 2)) {
        let from = du << ((axis + 1) % 3) | dv << ((axis + 2) % 3);
        if is_inside(from) == is_inside(from | 1 << axis) {
            continue;
        }
        let root = root(&parent, edge(axis, du, dv));
        let at = roots.iter().position(|known| *known == root).unwrap_or_else(|| {
            roots.push(root);
            roots.len() - 1
        });
        cell.loop_of[edge(axis, du, dv)] = at as u8;
        let mut middle = [0.5; 3];
        middle[(axis + 1) % 3] = du as f64;
        middle[(axis + 2) % 3] = dv as f64;
        counts[at] += 1.0;
        for (sum, part) in cell.points[at].iter_mut().zip(middle) {
            *sum += part;
        }
    }
    cell.loops = roots.len() as u8;
    for (point, count) in cell.points.iter_mut().zip(counts) {
        point.iter_mut().for_each(|sum| *sum /= f64::max(count, 1.0));
    }
    for (face, one, other) in alternating {
        if cell.loop_of[one] == cell.loop_of[other] {
            cell.doubled |= 1 << face;
        }
    }
    cell.links = std::array::from_fn(|axis| links_back(&cell.loop_of, axis));
    cell
}

/// See [`Cell::links`].
fn links_back(loop_of: &[u8; 12], axis: usize) -> [[u8; 2]; 2] {
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
    // The edges of the face here and there; the first two are of two links where there are two.
    let edges = [
        (edge(u, 0, 0), edge(u, 0, 1)),
        (edge(u, 1, 0), edge(u, 1, 1)),
        (edge(v, 0, 0), edge(v, 1, 0)),
        (edge(v, 0, 1), edge(v, 1, 1)),
    ];
    let crossed: Vec<_> = edges.into_iter().filter(|(here, _)| loop_of[*here] != NONE).collect();
    let mut links = [[NONE; 2]; 2];
    for ((here, there), link) in crossed.iter().take(crossed.len() / 2).zip(&mut links) {
        *link = [loop_of[*here], *there as u8];
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_of_plain_cells() {
        assert_eq!(CELLS[0].loops, 0);
        assert_eq!(CELLS[255].loops, 0);
        // One corner; two along an edge; two across a face and across the cell; every second one.
        for (inside, loops) in [(1, 1), (3, 1), (9, 2), (129, 2), (0b0110_1001, 4)] {
            assert_eq!(CELLS[inside].loops, loops, "{inside:b}");
        }
        assert_eq!(CELLS[1].points[0], [1.0 / 6.0; 3]);
        assert_eq!(CELLS[0b1111].points[0], [0.5; 3]);
        // All but two corners across a face: the inside hangs together around them.
        assert_eq!(CELLS[255 ^ 9].doubled.count_ones(), 1);
    }

    #[test]
    fn every_loop_has_three_edges_or_more() {
        for cell in CELLS.iter() {
            for at in 0..cell.loops {
                assert!(cell.loop_of.iter().filter(|of| **of == at).count() >= 3);
            }
        }
    }
}
