//! The highest or lowest number of a slab under a pixel.

use glam::DVec3;

use super::{Plan, mix};

/// One voxel in fixed point: 32 bits before the point and 32 behind it.
const ONE: f64 = 4_294_967_296.0;

impl Plan<'_> {
    /// The highest number along a ray between voxels; the lowest if `LOWEST`. The sample `promising` is looked at first,
    /// and becomes the one where the number was found: next to it the next pixel has its own, and most others need not
    /// be interpolated then.
    #[inline]
    pub(super) fn farthest<T: Copy + Into<i32>, const LOWEST: bool>(
        &self,
        slices: &[&[T]],
        first: DVec3,
        steps: u32,
        promising: &mut u32,
    ) -> Option<f64> {
        let sign = if LOWEST { -1.0 } else { 1.0 };
        let settled = self.settled.map_or(f64::INFINITY, |stored| stored * sign);
        let mut best = self.dull.map_or(f64::NEG_INFINITY, |stored| stored * sign);
        let mut bound = whole(best);
        let fixed = |v: DVec3| v.to_array().map(|part| (part * ONE) as i64);
        let (start, step) = (fixed(first), fixed(self.depth));
        let early = i64::from((*promising).min(steps));
        let mut at: [i64; 3] = std::array::from_fn(|axis| start[axis] + step[axis] * early);
        for n in -1..=i64::from(steps) {
            // Parts are rounded towards zero and steps too: no place is farther out than the ends of the ray.
            let [i, j, k] = at.map(|part| (part >> 32) as usize);
            let [low, high] = slices.get(k..k + 2)? else {
                return None;
            };
            let corner = j * self.columns + i;
            let (low, high) = (self.four(low, corner)?, self.four(high, corner)?);
            let turned = |stored: i32| if LOWEST { -stored } else { stored };
            let ends = std::array::from_fn::<i32, 4, _>(|n| turned(low[n]).max(turned(high[n])));
            if ends[0].max(ends[1]).max(ends[2].max(ends[3])) > bound {
                let [x, y, z] = at.map(|part| f64::from(part as u32) / ONE);
                let square = |four: [i32; 4]| {
                    let [a, b, c, d] = four.map(f64::from);
                    mix(mix(a, b, x), mix(c, d, x), y)
                };
                let here = mix(square(low), square(high), z) * sign;
                if here > best {
                    best = here;
                    bound = whole(best);
                    *promising = if n < 0 { early as u32 } else { n as u32 };
                    if best >= settled {
                        break;
                    }
                }
            }
            at = if n < 0 {
                start
            } else {
                std::array::from_fn(|axis| at[axis] + step[axis])
            };
        }
        Some(best * sign)
    }
}

/// The greatest whole number that is not above this.
fn whole(number: f64) -> i32 {
    let cut = number as i32;
    cut.saturating_sub(i32::from(f64::from(cut) > number))
}
