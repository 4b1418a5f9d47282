//! The lowest and highest value of a volume.

use rayon::prelude::*;

use crate::for_samples;
use crate::model::volume::Volume;

/// Lowest and highest value (padding included, NaN and infinities left out) of the slabs that have arrived.
pub fn value_range(volume: &Volume) -> Option<[f64; 2]> {
    let stored = (0..volume.voxels.slab_count())
        .into_par_iter()
        .filter_map(|slab| volume.voxels.slab(slab))
        .map(|samples| for_samples!(samples.as_ref(), v => extremes(v)))
        .reduce(
            || (f64::INFINITY, f64::NEG_INFINITY),
            |a, b| (a.0.min(b.0), a.1.max(b.1)),
        );
    let (a, b) = (volume.rescale.value(stored.0), volume.rescale.value(stored.1));
    // A negative slope turns them round.
    (stored.0 <= stored.1).then(|| [a.min(b), a.max(b)])
}

fn extremes<T: Copy + PartialOrd + ToNumber>(samples: &[T]) -> (f64, f64) {
    let mut bounds: Option<(T, T)> = None;
    for &sample in samples.iter().filter(|sample| sample.number().is_finite()) {
        let (low, high) = bounds.unwrap_or((sample, sample));
        bounds = Some((
            if sample < low { sample } else { low },
            if sample > high { sample } else { high },
        ));
    }
    bounds.map_or((f64::INFINITY, f64::NEG_INFINITY), |(low, high)| {
        (low.number(), high.number())
    })
}

/// A sample as a number.
pub(super) trait ToNumber {
    fn number(&self) -> f64;
}

macro_rules! to_number {
    ($($t:ty),*) => { $(impl ToNumber for $t {
        #[inline]
        fn number(&self) -> f64 {
            f64::from(*self)
        }
    })* };
}

to_number!(u8, i8, u16, i16, u32, i32, f32, f64);
