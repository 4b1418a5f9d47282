//! The threshold that parts the values of a picture best in two (Otsu, "A threshold selection method from gray-level
//! histograms", 1979).

use crate::algo::histogram::Histogram;

/// The value that parts the counted values into two classes whose means are furthest apart, each weighed by its share;
/// `None` if there are no two different values.
pub fn threshold(histogram: &Histogram) -> Option<f64> {
    let counts = histogram.counts();
    let total: f64 = counts.iter().map(|count| *count as f64).sum();
    let moment = |range: std::ops::Range<usize>| -> f64 {
        let part = counts.get(range.clone()).unwrap_or_default();
        part.iter()
            .zip(range)
            .map(|(count, bin)| *count as f64 * bin as f64)
            .sum()
    };
    let whole = moment(0..counts.len());
    let (mut below, mut below_moment) = (0.0, 0.0);
    let mut best: Option<(f64, usize, usize)> = None;
    for (bin, count) in counts.iter().enumerate() {
        below += *count as f64;
        below_moment += *count as f64 * bin as f64;
        let above = total - below;
        if below <= 0.0 || above <= 0.0 {
            continue;
        }
        let apart = below_moment / below - (whole - below_moment) / above;
        let spread = below * above * apart * apart;
        match &mut best {
            // Between the classes the measure is flat: the middle of the gap parts them.
            Some((most, _, last)) if spread <= *most && spread >= *most * (1.0 - 1e-12) => *last = bin,
            Some((most, ..)) if spread <= *most => {}
            _ => best = Some((spread, bin, bin)),
        }
    }
    let (_, first, last) = best?;
    let width = (histogram.high() - histogram.low()) / counts.len() as f64;
    Some(histogram.low() + (first + last + 2) as f64 / 2.0 * width)
}
