//! From labels to CT numbers as a scanner makes them: the texture of tissue, the blur of the detector, noise that grows
//! with what the rays have to cross, and streaks where that is most.

use super::noise::{self, Field};
use super::painter::Slice;
use super::{AIR_HU, Phantom, Texture};

/// Standard deviation of the blur within a slice, mm.
const BLUR_MM: f64 = 0.62;
/// Noise of a slice of air, and what a slice full of body adds, HU.
const NOISE_HU: [f32; 2] = [1.6, 19.0];
/// Streaks begin where the body is wider than this, mm, and gain this many HU with each
/// further mm, up to a limit.
const STREAKS_FROM_MM: f32 = 330.0;
const STREAKS_HU_MM: f32 = 0.05;
const MOST_STREAKS_HU: f32 = 4.0;
/// Fat between muscles, HU, and how thin its sheets are: the part of the field's range that they take.
const STRAND_HU: f32 = -85.0;
const STRAND_PART: f32 = 0.055;
/// Least CT number that is stored, as scanners do.
const LEAST_HU: f32 = -1024.0;

/// The CT numbers of a slice.
pub(super) fn scan(phantom: &Phantom, slice: &Slice, labels: &[u8]) -> Vec<i16> {
    let mut values = tissue(phantom, slice, labels);
    let sigma = [slice.across.length(), slice.down.length()].map(|mm| BLUR_MM / mm);
    blur(&mut values, slice.size, sigma);
    add_noise(&mut values, slice, labels);
    values
        .into_iter()
        .map(|value| value.max(LEAST_HU).round() as i16)
        .collect()
}

/// CT number and texture of what each voxel is in.
fn tissue(phantom: &Phantom, slice: &Slice, labels: &[u8]) -> Vec<f32> {
    let air = (f32::from(AIR_HU), Texture::default());
    let mut table = [air; 256];
    for structure in phantom.structures() {
        table[usize::from(structure.label)] = (f32::from(structure.hu), structure.texture);
    }
    let step = [slice.across.x, slice.down.y];
    let field = |wavelength_mm, seed| Field::new(slice.start, step, slice.size, wavelength_mm, seed);
    let (coarse, fine, sheets) = (field(11.0, 31), field(2.6, 32), field(21.0, 33));
    let columns = slice.size[0].max(1);
    let mut values = Vec::with_capacity(labels.len());
    for (row, labels) in labels.chunks_exact(columns).enumerate() {
        let y = (slice.start.y + slice.down.y * row as f64) as f32;
        let fields = coarse.row(row).zip(fine.row(row)).zip(sheets.row(row));
        values.extend(labels.iter().zip(fields).map(|(label, ((coarse, fine), sheet))| {
            let (hu, texture) = table[usize::from(*label)];
            let strand = if texture.has_strands && (sheet + 0.35 * coarse).abs() < STRAND_PART {
                STRAND_HU - hu
            } else {
                0.0
            };
            hu + texture.coarse_hu * coarse + texture.fine_hu * fine + texture.gradient_hu_mm * y + strand
        }));
    }
    values
}

/// Gaussian blur with a standard deviation below a voxel or little more, so that five taps hold it.
fn blur(values: &mut [f32], [columns, rows]: [usize; 2], sigma: [f64; 2]) {
    let taps = |sigma: f64| {
        let weight = |n: f64| (-(n * n) / (2.0 * sigma * sigma).max(1e-9)).exp();
        let sum = 1.0 + 2.0 * (weight(1.0) + weight(2.0));
        [1.0 / sum, weight(1.0) / sum, weight(2.0) / sum].map(|weight| weight as f32)
    };
    let [middle, near, far] = taps(sigma[0]);
    let mut copy = vec![0.0; columns];
    for row in values.chunks_exact_mut(columns.max(1)) {
        copy.copy_from_slice(row);
        for (value, five) in row.iter_mut().skip(2).zip(copy.windows(5)) {
            *value = middle * five[2] + near * (five[1] + five[3]) + far * (five[0] + five[4]);
        }
    }
    if rows < 5 {
        return;
    }
    let [middle, near, far] = taps(sigma[1]);
    // The rows above, as they were before they were blurred.
    let mut above = [values[..columns].to_vec(), values[columns..2 * columns].to_vec()];
    for row in 2..rows - 2 {
        let (before, after) = values.split_at_mut((row + 1) * columns);
        let this = &mut before[row * columns..];
        let (one, two) = after[..2 * columns].split_at(columns);
        copy.copy_from_slice(this);
        let [first, second] = &above;
        for (column, value) in this.iter_mut().enumerate() {
            *value = middle * *value + near * (second[column] + one[column]) + far * (first[column] + two[column]);
        }
        above.swap(0, 1);
        above[1].copy_from_slice(&copy);
    }
}

/// Noise with the grain of a soft kernel, and streaks along the rows where the body is wide.
fn add_noise(values: &mut [f32], slice: &Slice, labels: &[u8]) {
    let columns = slice.size[0].max(1);
    let seed = 77;
    let z = slice.number as i64;
    let widths: Vec<f32> = labels
        .chunks_exact(columns)
        .map(|row| row.iter().filter(|label| **label != 0).count() as f32 * slice.across.length() as f32)
        .collect();
    let widest = widths.iter().copied().fold(0.0, f32::max);
    let noise_hu = NOISE_HU[0] + NOISE_HU[1] * (widest / 400.0).powf(2.2);
    // Rows of white noise blurred by 1-2-1 in both directions; the factor gives the deviation back.
    let white = |row: i64| -> Vec<f32> {
        let raw: Vec<f32> = (-1..=columns as i64).map(|i| noise::normal(i, row, z, seed)).collect();
        raw.windows(3)
            .map(|three| 0.25 * three[0] + 0.5 * three[1] + 0.25 * three[2])
            .collect()
    };
    let restored = 1.0 / 0.375;
    let mut three = [white(-1), white(0), white(1)];
    let mut wide = 0.0;
    for (row, values) in values.chunks_exact_mut(columns).enumerate() {
        let width = widths.get(row).copied().unwrap_or(0.0);
        // The width that counts changes slowly from row to row.
        wide += 0.1 * (width - wide);
        let streaks_hu = ((wide - STREAKS_FROM_MM) * STREAKS_HU_MM).clamp(0.0, MOST_STREAKS_HU);
        let mut streak = 0.0;
        for (column, value) in values.iter_mut().enumerate() {
            let grain = 0.25 * three[0][column] + 0.5 * three[1][column] + 0.25 * three[2][column];
            streak += 0.04 * (three[1][column] * 8.0 - streak);
            *value += grain * restored * noise_hu + streak * streaks_hu;
        }
        three.rotate_left(1);
        three[2] = white(row as i64 + 2);
    }
}
