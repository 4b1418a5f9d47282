//! Where two segmentations disagree: every voxel's verdict, and the pieces of disagreement, largest first.

use rayon::prelude::*;

use crate::algo::components::Components;
use crate::algo::label_grid::bits_where;
use crate::model::label_grid::LabelGrid;

/// The verdict on a voxel, as a label of the map of differences.
pub const AGREED: u8 = 1;
/// In the reference and not in the judged map.
pub const MISSED: u8 = 2;
/// In the judged map and not in the reference.
pub const FALSE: u8 = 3;
/// In both, but as something else.
pub const MISTAKEN: u8 = 4;

/// A connected piece of disagreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its voxels.
    pub voxels: usize,
    /// A voxel of it near its middle.
    pub at: [usize; 3],
}

/// Where two maps agree and where not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences {
    /// Voxels along i, j, k.
    pub dims: [usize; 3],
    /// A verdict for each voxel, i fastest; 0 where neither has anything.
    pub verdicts: Vec<u8>,
    /// Voxels that share a face and are not agreed on, as pieces, the largest first.
    pub pieces: Vec<Piece>,
}

/// Compares two segmentations of one grid, each in one layer or in several. `None` if the sizes differ or there is no
/// layer.
pub fn differences(a: &[LabelGrid], b: &[LabelGrid], spacing: [f64; 3]) -> Option<Differences> {
    let dims = a.first()?.dims();
    if b.is_empty() || a.iter().chain(b).any(|layer| layer.dims() != dims) {
        return None;
    }
    let size = dims[0] * dims[1];
    let mut verdicts = vec![0u8; size * dims[2]];
    verdicts.par_chunks_mut(size).enumerate().for_each(|(k, slice)| {
        if let ([a], [b]) = (a, b) {
            let pairs = a.slice(k).iter().zip(b.slice(k));
            slice
                .iter_mut()
                .zip(pairs)
                .for_each(|(to, (a, b))| *to = verdict(*a, *b));
        } else {
            for (n, to) in slice.iter_mut().enumerate() {
                *to = verdict_of_layers(a, b, k * size + n);
            }
        }
    });
    let bits = bits_where(dims, &verdicts, |verdict| verdict > AGREED);
    let parts = Components::of(&bits);
    let places = parts.middles(spacing);
    let mut pieces: Vec<Piece> = parts
        .sizes()
        .iter()
        .zip(places)
        .map(|(voxels, at)| Piece { voxels: *voxels, at })
        .collect();
    pieces.sort_by_key(|piece| (std::cmp::Reverse(piece.voxels), piece.at));
    Some(Differences { dims, verdicts, pieces })
}

fn verdict(a: u16, b: u16) -> u8 {
    match (a, b) {
        (0, 0) => 0,
        (a, b) if a == b => AGREED,
        (_, 0) => MISSED,
        (0, _) => FALSE,
        _ => MISTAKEN,
    }
}

fn verdict_of_layers(a: &[LabelGrid], b: &[LabelGrid], n: usize) -> u8 {
    let at = |layers: &[LabelGrid], wanted: u16| layers.iter().any(|layer| layer.labels().get(n) == Some(&wanted));
    let labels = |layers: &[LabelGrid]| -> Vec<u16> {
        let all = layers.iter().filter_map(|layer| layer.labels().get(n)).copied();
        all.filter(|label| *label > 0).collect()
    };
    let (in_a, in_b) = (labels(a), labels(b));
    let is_missed = in_a.iter().any(|label| !at(b, *label));
    let is_false = in_b.iter().any(|label| !at(a, *label));
    match (is_missed, is_false) {
        (true, true) => MISTAKEN,
        (true, false) => MISSED,
        (false, true) => FALSE,
        (false, false) => u8::from(!in_a.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_largest_first_and_are_found_inside() {
        let grid = |labels: &[u16]| LabelGrid::new([12, 1, 1], labels.to_vec()).unwrap();
        let a = grid(&[1, 1, 0, 2, 2, 2, 0, 1, 1, 0, 0, 3]);
        let b = grid(&[1, 0, 0, 2, 1, 0, 5, 0, 1, 0, 3, 3]);
        let found = differences(std::slice::from_ref(&a), std::slice::from_ref(&b), [1.0; 3]).unwrap();
        assert_eq!(found.verdicts, [1, 2, 0, 1, 4, 2, 3, 2, 1, 0, 3, 1]);
        let sizes: Vec<usize> = found.pieces.iter().map(|piece| piece.voxels).collect();
        assert_eq!(sizes, [4, 1, 1]);
        assert!((4..8).contains(&found.pieces[0].at[0]));
        assert_eq!((found.pieces[1].at, found.pieces[2].at), ([1, 0, 0], [10, 0, 0]));
        // The same by layers, and a second layer that agrees everywhere changes nothing but what it covers.
        let empty = grid(&[0; 12]);
        let layered = differences(&[a.clone(), empty.clone()], &[empty.clone(), b], [1.0; 3]).unwrap();
        assert_eq!(layered, found);
        assert!(differences(&[a], &[], [1.0; 3]).is_none());
    }
}
