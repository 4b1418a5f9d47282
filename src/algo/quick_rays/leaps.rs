//! How far rays may leap: which bricks hold anything that is seen, and how far from each the next one is.

use super::bricks::Bricks;
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::Rescale;

/// Farther leaps are not known.
const FARTHEST: u8 = 16;

/// Stored numbers between which (ends left out) something is seen.
pub(super) type Seen = Vec<[f32; 2]>;

/// The stored numbers at which a transfer function shows anything.
pub(super) fn seen(transfer: &TransferFunction, rescale: &Rescale) -> Seen {
    let points = transfer.points();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let inner = points.windows(2).filter_map(|pair| {
        let [a, b] = pair else { return None };
        (a.opacity > 0.0 || b.opacity > 0.0).then_some([(a.value, a.opacity), (b.value, b.opacity)])
    });
    let below = [(f64::NEG_INFINITY, 1.0), (first.value, first.opacity)];
    let above = [(last.value, last.opacity), (f64::INFINITY, 1.0)];
    let ends = [(below, first.opacity), (above, last.opacity)];
    let ends = ends
        .into_iter()
        .filter(|(_, opacity)| *opacity > 0.0)
        .map(|(range, _)| range);
    let stored = |(value, opacity): (f64, f64)| (((value - rescale.intercept) / rescale.slope) as f32, opacity);
    let outwards = |[low, high]: [(f64, f64); 2]| {
        let (low, high) = if rescale.slope < 0.0 {
            (stored(high), stored(low))
        } else {
            (stored(low), stored(high))
        };
        // Where it is seen at the end itself, the end belongs to it.
        [
            if low.1 > 0.0 { low.0.next_down() } else { low.0 },
            if high.1 > 0.0 { high.0.next_up() } else { high.0 },
        ]
    };
    inner.chain(ends).map(outwards).collect()
}

/// Leaps for some seen numbers.
#[derive(Debug)]
pub(super) struct Leaps {
    sides: [usize; 3],
    /// Bricks to the nearest one with anything seen, the longest of the three ways; 0: it is one itself.
    distances: Vec<u8>,
}

impl Leaps {
    pub(super) fn new(bricks: &Bricks, seen: &[[f32; 2]]) -> Self {
        let is_seen = |[low, high]: &[f32; 2]| seen.iter().any(|[from, to]| high > from && low < to && low <= high);
        let mut reached: Vec<u8> = bricks.ranges.iter().map(|range| u8::from(is_seen(range))).collect();
        let mut distances: Vec<u8> = reached.iter().map(|is_seen| (1 - is_seen) * FARTHEST).collect();
        let mut spare = reached.clone();
        for distance in 1..FARTHEST {
            grow(&mut reached, &mut spare, bricks.sides);
            for (known, is_reached) in distances.iter_mut().zip(&reached) {
                *known = (*known).min(if *is_reached > 0 { distance } else { FARTHEST });
            }
            if !reached.contains(&0) {
                break;
            }
        }
        Self {
            sides: bricks.sides,
            distances,
        }
    }

    /// How many bricks away the nearest one is that holds anything seen, counted along the longest of the three ways.
    #[inline(always)]
    pub(super) fn distance(&self, brick: [i32; 3]) -> i32 {
        let distance = self.distances.get(Bricks::index(self.sides, brick));
        i32::from(distance.copied().unwrap_or_default())
    }
}

/// Every brick that is set sets its neighbours along all axes and between them.
fn grow(set: &mut Vec<u8>, spare: &mut Vec<u8>, sides: [usize; 3]) {
    for (distance, run) in [
        (1, sides[0]),
        (sides[0], sides[0] * sides[1]),
        (sides[0] * sides[1], set.len()),
    ] {
        for (line, old) in spare.chunks_exact_mut(run).zip(set.chunks_exact(run)) {
            line.copy_from_slice(old);
            let behind = old.get(distance..).unwrap_or_default();
            for (place, neighbour) in line.iter_mut().zip(behind) {
                *place |= *neighbour;
            }
            for (place, neighbour) in line.iter_mut().skip(distance).zip(old) {
                *place |= *neighbour;
            }
        }
        std::mem::swap(set, spare);
    }
}
