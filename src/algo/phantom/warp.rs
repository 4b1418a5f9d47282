//! Outlines bent as anatomy is: what is at a place comes from a place some millimetres beside it in the same slice, by
//! a field that changes smoothly within and across slices.

use super::noise::Field;
use super::painter::Slice;

/// Wavelength and height of the hills of the field, mm.
const HILLS: [(f64, f32); 2] = [(56.0, 6.5), (17.0, 1.5)];

/// From here on to the back the field fades, and behind the second it is nothing: the table is straight. LPS y, mm.
const TABLE_MM: [f64; 2] = [88.0, 106.0];

/// Skulls differ less than bellies do: between these heights the field sinks to the part that bends the head. LPS z, mm.
const NECK_MM: [f64; 2] = [40.0, 110.0];
const HEAD_PART: f32 = 0.4;

/// Bends a slice of labels.
pub(super) fn bend(slice: &Slice, straight: &[u8]) -> Vec<u8> {
    let [columns, rows] = slice.size;
    let step = [slice.across.x, slice.down.y];
    let field = |wavelength_mm, seed| Field::new(slice.start, step, slice.size, wavelength_mm, seed);
    let [aside_wide, aside_near] = [field(HILLS[0].0, 11), field(HILLS[1].0, 12)];
    let [front_wide, front_near] = [field(HILLS[0].0, 21), field(HILLS[1].0, 22)];
    let up = ((slice.start.z - NECK_MM[0]) / (NECK_MM[1] - NECK_MM[0])).clamp(0.0, 1.0) as f32;
    let height = HILLS.map(|(_, height)| height * (1.0 - up * (1.0 - HEAD_PART)));
    let per_mm = step.map(|mm| (1.0 / mm) as f32);
    let mut bent = Vec::with_capacity(straight.len());
    for row in 0..rows {
        let y = slice.start.y + slice.down.y * row as f64;
        let fading = ((TABLE_MM[1] - y) / (TABLE_MM[1] - TABLE_MM[0])).clamp(0.0, 1.0) as f32;
        let aside = aside_wide.row(row).zip(aside_near.row(row));
        let front = front_wide.row(row).zip(front_near.row(row));
        for (column, (aside, front)) in aside.zip(front).enumerate() {
            let mm = |(wide, near): (f32, f32)| (wide * height[0] + near * height[1]) * fading;
            let from = |place: usize, shift: f32, count: usize| {
                ((place as f32 + shift).round().max(0.0) as usize).min(count.saturating_sub(1))
            };
            let i = from(column, mm(aside) * per_mm[0], columns);
            let j = from(row, mm(front) * per_mm[1], rows);
            bent.push(straight.get(j * columns + i).copied().unwrap_or(0));
        }
    }
    bent
}
