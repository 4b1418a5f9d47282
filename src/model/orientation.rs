//! Names of directions in the patient: L, R, A, P, H (head), F (feet).

use glam::DVec3;

/// Below this share of the direction (about 3°) a second letter is left out.
const SECOND_LETTER_FROM: f64 = 0.05;

/// The letter or letters of a direction in patient space, the strongest first; two when it is oblique.
///
/// DICOM's letters (PS3.3 C.7.6.1.1.1): L, R, A, P, H, F.
pub fn letters(direction: DVec3) -> String {
    let parts = [
        (direction.x, 'L', 'R'),
        (direction.y, 'P', 'A'),
        (direction.z, 'H', 'F'),
    ];
    let mut named: Vec<(f64, char)> = parts
        .iter()
        .map(|(part, plus, minus)| (part.abs(), if *part < 0.0 { *minus } else { *plus }))
        .collect();
    named.sort_by(|a, b| b.0.total_cmp(&a.0));
    let length = direction.length().max(1e-12);
    named
        .iter()
        .take(2)
        .enumerate()
        .filter(|(n, (part, _))| *n == 0 || part / length >= SECOND_LETTER_FROM)
        .map(|(_, (_, letter))| letter)
        .collect()
}

/// The angle between a direction and the nearest of the patient's axes, degrees.
pub fn degrees_from_axis(direction: DVec3) -> f64 {
    let length = direction.length().max(1e-12);
    (direction.abs().max_element() / length)
        .clamp(-1.0, 1.0)
        .acos()
        .to_degrees()
}
