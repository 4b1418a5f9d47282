//! The surface where values pass a given one.

use glam::Vec3A;

use super::Sheet;
use super::bricks::SIDE;
use super::composite::Sum;
use super::field::Stored;
use super::layer::{Layer, Matter};
use super::path::{ONE, Path};
use super::view::Sight;
use crate::algo::sample::SNAP;

/// Halves of a step until a surface is met.
const HALVINGS: u32 = 16;

impl<T: Stored> Matter<'_, T> {
    #[inline]
    fn is_within(&self, stored: Option<f32>) -> bool {
        let (iso, is_above) = self.iso;
        stored.is_some_and(|stored| if is_above { stored >= iso } else { stored <= iso })
    }

    /// The first sample that lies within.
    fn first_within(&self, path: &Path) -> Option<i32> {
        let [enter, leave] = path.inner;
        let mut m = 0;
        while m < path.count {
            let at = path.at(m);
            if m < enter || m >= leave {
                if self.leaps.distance(self.brick(at)) == 0 && self.is_within(self.at(at, false)) {
                    return Some(m);
                }
                m += 1;
                continue;
            }
            let brick = Path::box_of::<SIDE>(at);
            let distance = self.leaps.distance(brick);
            let end = m + path
                .samples_within::<SIDE>(at, brick, (distance - 1).max(0))
                .min(leave - m);
            if distance == 0 {
                let mut at = at;
                for m in m..end {
                    if self.is_within(self.at(at, true)) {
                        return Some(m);
                    }
                    at = path.after(at);
                }
            }
            m = end;
        }
        None
    }

    /// See [`Layer::surface`].
    pub(super) fn first_surface(&self, sight: &Sight) -> Option<(f64, Vec3A, f32)> {
        let path = self.path(sight)?;
        let m = self.first_within(&path)?;
        let [enter, leave] = path.inner;
        // In 65536ths of the step before the sample.
        let place = |part: i64| {
            let at = path.at(m);
            std::array::from_fn::<i64, 3, _>(|axis| at[axis] - ((path.step[axis] >> 16) * (65536 - part)))
        };
        let kept = (sight.kept[0] - (path.number + f64::from(m) - 1.0)) * 65536.0;
        let margin = ((0.5 + SNAP) * ONE) as i64;
        let is_inner = m > enter && m < leave;
        let is_in = |part: i64| {
            let at = place(part);
            part as f64 >= kept
                && (is_inner
                    || at
                        .iter()
                        .zip(self.field.dims)
                        .all(|(at, side)| *at >= -margin && *at <= ((side as i64 - 1) << 32) + margin))
                && self.is_within(self.at(at, is_inner))
        };
        let (mut out, mut within) = (0, 65536);
        for _ in 0..HALVINGS {
            let middle = (out + within) / 2;
            if is_in(middle) {
                within = middle;
            } else {
                out = middle;
            }
        }
        let color = if self.lamp.is_on {
            let at = place(within);
            let gradient = self.gradient * self.field.double_slope(at);
            let gaze = self.lamp.gaze(sight.ray.direction.as_vec3a());
            self.shine(&gaze, gradient, at).on(self.iso_color)
        } else {
            self.iso_color
        };
        let number = path.number + f64::from(m) - 1.0 + within as f64 / 65536.0;
        Some((number, color, self.opacity))
    }
}

/// The nearest surfaces of all volumes along a ray, and the sheets between.
pub(super) fn through(layers: &[Box<dyn Layer + '_>], sight: &Sight, sheets: &[Sheet]) -> Sum {
    let hits = layers.iter().filter_map(|layer| layer.surface(sight));
    let own = sheets
        .iter()
        .map(|sheet| (sheet.at_mm / sight.step_mm, sheet.color, sheet.opacity));
    let mut all: Vec<(f64, Vec3A, f32)> = own.chain(hits).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sum = Sum::default();
    for (_, color, opacity) in all {
        sum.add(color, opacity);
    }
    sum
}
