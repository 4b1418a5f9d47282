//! What values a volume has: the automatic window. From the slabs that have arrived.

use std::collections::BTreeSet;

use crate::model::volume::Volume;
use crate::model::window::Window;

/// So many slices, evenly spaced, stand for the volume in the automatic window: a first picture stays cheap.
const AUTO_SLICES: usize = 5;
/// The share of values that the automatic window shows as black, and as white. Percent.
const AUTO_PERCENTILES: (f64, f64) = (0.5, 99.5);
/// The same for maximum intensity projections: what is dark in slices is behind something brighter in most rays, and
/// the few brightest voxels fill the picture. Percent.
const PROJECTION_PERCENTILES: (f64, f64) = (80.0, 99.95);

/// The slices from which the automatic window is taken.
fn auto_slices(volume: &Volume) -> BTreeSet<usize> {
    let slices = volume.dims()[2];
    let count = AUTO_SLICES.min(slices);
    (0..count).map(|n| (2 * n + 1) * slices / (2 * count)).collect()
}

/// The slabs that the automatic window needs.
pub fn auto_window_slabs(volume: &Volume, frame: usize) -> BTreeSet<usize> {
    if frame >= volume.voxels.frames() {
        return BTreeSet::new();
    }
    auto_slices(volume)
        .into_iter()
        .map(|slice| volume.voxels.slab_of(slice, frame))
        .collect()
}

/// The window from the 0.5th to the 99.5th percentile of an evenly spaced subset of slices, padding left out, and of
/// MR zeros too. `None` where none of these slices has arrived, or for colour.
pub fn auto_window(volume: &Volume, frame: usize) -> Option<Window> {
    percentile_window(volume, frame, AUTO_PERCENTILES)
}

/// A window for maximum intensity projections, from the same slices as [`auto_window`].
pub fn projection_window(volume: &Volume, frame: usize) -> Option<Window> {
    percentile_window(volume, frame, PROJECTION_PERCENTILES)
}

fn percentile_window(volume: &Volume, frame: usize, (low, high): (f64, f64)) -> Option<Window> {
    if volume.voxels.components() != 1 {
        return None;
    }
    let mut values: Vec<f64> = auto_slices(volume)
        .into_iter()
        .flat_map(|slice| slice_values(volume, slice, frame))
        .collect();
    if volume.series.modality == "MR" && values.iter().any(|value| *value != 0.0) {
        values.retain(|value| *value != 0.0);
    }
    let low = percentile(&mut values, low)?;
    let high = percentile(&mut values, high)?;
    // A volume of one value is shown in the middle of the scale.
    Some(if high > low {
        Window::between(low, high)
    } else {
        Window::between(low - 0.5, low + 0.5)
    })
}

/// Values of a slice that are measurements: no padding, no NaN or infinity.
fn slice_values(volume: &Volume, slice: usize, frame: usize) -> Vec<f64> {
    let voxels = &volume.voxels;
    let slab = voxels.slab_of(slice, frame);
    let Some(samples) = voxels.slab(slab) else {
        return Vec::new();
    };
    let first = (slice - voxels.slab_range(slab).first_slice) * voxels.slice_samples();
    measured(
        volume,
        (first..first + voxels.slice_samples()).filter_map(|n| samples.get(n)),
    )
    .collect()
}

fn measured<'a>(volume: &'a Volume, stored: impl Iterator<Item = f64> + 'a) -> impl Iterator<Item = f64> + 'a {
    let is_padding = |stored: f64| volume.padding.is_some_and(|(low, high)| (low..=high).contains(&stored));
    stored
        .filter(move |stored| !is_padding(*stored))
        .map(|stored| volume.rescale.value(stored))
        .filter(|value| value.is_finite())
}

/// A percentile, linear between ranks (numpy's default). Reorders `values`; none may be NaN. `None` of nothing.
pub fn percentile(values: &mut [f64], percent: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let rank = (percent / 100.0).clamp(0.0, 1.0) * last as f64;
    let (_, low, above) = values.select_nth_unstable_by(rank.floor() as usize, f64::total_cmp);
    let low = *low;
    let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + (rank - rank.floor()) * (next - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_linear_between_ranks() {
        let mut values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(percentile(&mut values, 0.0), Some(1.0));
        assert_eq!(percentile(&mut values, 50.0), Some(2.5));
        assert_eq!(percentile(&mut values, 90.0), Some(3.7));
        assert_eq!(percentile(&mut values, 100.0), Some(4.0));
        assert_eq!(percentile(&mut [], 50.0), None);
    }
}
