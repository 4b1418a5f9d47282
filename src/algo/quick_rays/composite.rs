//! Material front to back.

use glam::Vec3A;

use super::field::Stored;
use super::lamp::Gaze;
use super::layer::{Layer, Matter};
use super::path::{Path, Place};
use super::view::Sight;

/// Where so little light is left nothing more is seen.
const DARK: f32 = 0.004;

/// A ray on its way through a volume.
pub(super) struct Walk {
    path: Path,
    gaze: Gaze,
    /// The next sample, and where it is.
    next: i32,
    at: Place,
    /// Samples before this one lie in a brick with something to see.
    until: i32,
}

/// A sample that is seen.
pub(super) struct Glimpse {
    /// Its number, counted from the plane through the target.
    pub(super) number: f64,
    pub(super) color: Vec3A,
    pub(super) opacity: f32,
}

impl Walk {
    #[inline]
    fn advance(&mut self, samples: i32) {
        self.next += samples;
        for (at, step) in self.at.iter_mut().zip(self.path.step) {
            *at += step * i64::from(samples);
        }
    }
}

impl<T: Stored> Matter<'_, T> {
    /// Colour and opacity of a sample; `None` if nothing is seen of it.
    #[inline]
    fn look(&self, gaze: &Gaze, at: Place, stored: f32) -> Option<(Vec3A, f32)> {
        let index = self.tables.index(stored);
        let opacity = self.tables.opacity(index);
        if opacity <= 0.0 {
            return None;
        }
        let color = self.tables.color(index);
        if !self.lamp.is_on && self.tables.steepness.is_none() {
            return Some((color, opacity));
        }
        let gradient = self.gradient * self.field.double_slope(at);
        let opacity = match &self.tables.steepness {
            None => opacity,
            Some(steepness) => steepness.opacity(opacity, gradient.length()),
        };
        if opacity <= 0.0 {
            return None;
        }
        if self.lamp.is_on {
            Some((self.lamp.shine(gaze, gradient).on(color), opacity))
        } else {
            Some((color, opacity))
        }
    }

    #[inline]
    fn start(&self, sight: &Sight) -> Option<Walk> {
        let path = self.path(sight)?;
        Some(Walk {
            gaze: self.lamp.gaze(sight.ray.direction.as_vec3a()),
            next: 0,
            at: path.first,
            until: 0,
            path,
        })
    }

    /// The next sample that is seen: its number on the path, colour and opacity.
    #[inline]
    fn step(&self, walk: &mut Walk) -> Option<(i32, Vec3A, f32)> {
        let [enter, leave] = walk.path.inner;
        loop {
            while walk.next < walk.until {
                let (m, at) = (walk.next, walk.at);
                walk.advance(1);
                let stored = if self.field.is_odd {
                    self.field.at(at, true)
                } else {
                    self.field.between(at)
                };
                if let Some(stored) = stored
                    && let Some((color, opacity)) = self.look(&walk.gaze, at, stored)
                {
                    return Some((m, color, opacity));
                }
            }
            let m = walk.next;
            if m >= walk.path.count {
                return None;
            }
            if m >= enter && m < leave {
                let brick = Path::brick(walk.at);
                let distance = self.leaps.distance(brick);
                let within = walk.path.samples_within(walk.at, brick, (distance - 1).max(0));
                let within = within.min(leave - m);
                if distance > 0 {
                    walk.advance(within);
                } else {
                    walk.until = m + within;
                }
                continue;
            }
            let at = walk.at;
            walk.advance(1);
            if let Some(stored) = self.field.at(at, false)
                && let Some((color, opacity)) = self.look(&walk.gaze, at, stored)
            {
                return Some((m, color, opacity));
            }
        }
    }

    /// See [`Layer::composite`].
    pub(super) fn all(&self, sight: &Sight) -> [f32; 4] {
        let mut sum = Sum::default();
        if let Some(mut walk) = self.start(sight) {
            while let Some((_, color, opacity)) = self.step(&mut walk) {
                if sum.add(color, opacity) {
                    break;
                }
            }
        }
        sum.done()
    }

    /// See [`Layer::walk`].
    pub(super) fn begin(&self, sight: &Sight) -> Option<Walk> {
        self.start(sight)
    }

    /// See [`Layer::next`].
    pub(super) fn go_on(&self, walk: &mut Walk) -> Option<Glimpse> {
        let (m, color, opacity) = self.step(walk)?;
        Some(Glimpse {
            number: walk.path.number + f64::from(m),
            color,
            opacity,
        })
    }
}

/// Light that has come together.
struct Sum {
    color: Vec3A,
    left: f32,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            color: Vec3A::ZERO,
            left: 1.0,
        }
    }
}

impl Sum {
    /// Adds what lies behind; whether it is dark now.
    #[inline]
    fn add(&mut self, color: Vec3A, opacity: f32) -> bool {
        let share = self.left * opacity;
        self.color += color * share;
        self.left -= share;
        self.left < DARK
    }

    fn done(self) -> [f32; 4] {
        let opacity = 1.0 - self.left;
        // What little was not looked at is as what was.
        let (color, opacity) = if self.left < DARK {
            (self.color / opacity, 1.0)
        } else {
            (self.color, opacity)
        };
        [color.x, color.y, color.z, opacity]
    }
}

/// All volumes of a ray: colour, multiplied by the opacity, and opacity.
pub(super) fn through(layers: &[Box<dyn Layer + '_>], sight: &Sight) -> [f32; 4] {
    if let [layer] = layers {
        return layer.composite(sight);
    }
    let mut walks: Vec<(usize, Walk, Glimpse)> = layers
        .iter()
        .enumerate()
        .filter_map(|(n, layer)| {
            let mut walk = layer.walk(sight)?;
            let first = layer.next(&mut walk)?;
            Some((n, walk, first))
        })
        .collect();
    let mut sum = Sum::default();
    // Nearest first; at one place in the order of the layers.
    while let Some(nearest) = (0..walks.len()).min_by(|a, b| walks[*a].2.number.total_cmp(&walks[*b].2.number)) {
        let (n, walk, glimpse) = &mut walks[nearest];
        if sum.add(glimpse.color, glimpse.opacity) {
            break;
        }
        match layers[*n].next(walk) {
            Some(next) => *glimpse = next,
            None => drop(walks.remove(nearest)),
        }
    }
    sum.done()
}
