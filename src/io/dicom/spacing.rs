//! What the distances of slices give cause to doubt: gaps, uneven steps, a tilted gantry. In words; the geometry itself
//! holds the slices where they are.

use glam::DVec3;

use super::frames::Plane;
use crate::say;

/// A step that differs from the usual one by less than this share of it is called even.
const EVEN_SHARE: f64 = 0.02;
/// A step this many times the usual one has room for a missing slice.
const GAP_FROM: f64 = 1.5;
/// A stack that leans less than this is called straight.
const STRAIGHT_DEGREES: f64 = 0.1;

/// Doubts about the places of slices, each a sentence. `origins` ascend along the plane's normal, LPS mm.
pub fn spacing_doubts(plane: &Plane, origins: &[DVec3]) -> Vec<String> {
    let mut doubts = Vec::new();
    let (Some(first), Some(last)) = (origins.first(), origins.last()) else {
        return doubts;
    };
    let normal = plane.normal();
    let steps: Vec<f64> = origins.windows(2).map(|pair| (pair[1] - pair[0]).dot(normal)).collect();
    let mut sorted = steps.clone();
    sorted.sort_by(f64::total_cmp);
    let Some(median) = sorted.get(sorted.len() / 2).copied() else {
        return doubts;
    };
    let (least, most) = (
        sorted.first().copied().unwrap_or(median),
        sorted.last().copied().unwrap_or(median),
    );
    let is_even = |step: f64| (step - median).abs() <= EVEN_SHARE * median;
    if !steps.iter().all(|step| is_even(*step)) {
        let gaps: Vec<usize> = (0..steps.len()).filter(|n| steps[*n] >= GAP_FROM * median).collect();
        let others_even = steps.iter().all(|step| *step >= GAP_FROM * median || is_even(*step));
        // A few wide steps among even ones are gaps; anything else is a stack that was made unevenly.
        if others_even && gaps.len() * 4 <= steps.len().max(4) {
            doubts.extend(gaps.iter().map(|n| gap(*n, steps[*n], median)));
        } else {
            doubts.push(say!("io-dicom-uneven", least = mm(least), most = mm(most)));
        }
    }
    let along = (*last - *first).normalize_or_zero();
    let degrees = along.dot(normal).clamp(-1.0, 1.0).acos().to_degrees();
    if degrees > STRAIGHT_DEGREES {
        doubts.push(say!("io-dicom-tilt", degrees = format!("{degrees:.1}")));
    }
    doubts
}

fn gap(after: usize, step: f64, usual: f64) -> String {
    let missing = (step / usual).round().max(2.0) - 1.0;
    // People count slices from 1.
    say!(
        "io-dicom-gap",
        count = missing,
        before = after + 1,
        behind = after + 2,
        step = mm(step),
        usual = mm(usual)
    )
}

fn mm(length: f64) -> String {
    format!("{length:.2}")
}
