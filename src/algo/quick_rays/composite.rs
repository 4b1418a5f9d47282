//! Material front to back.

use glam::Vec3A;

use super::Sheet;
use super::bricks::SIDE;
use super::field::{Stored, blend, least, most};
use super::lamp::{Gaze, Shine};
use super::layer::{Layer, Matter};
use super::path::{Path, Place};
use super::view::Sight;

/// Where so little light is left nothing more is seen.
const DARK: f32 = 0.004;

/// Samples one behind the other that add less than this to the picture, all together, are lit alike.
const FAINT: f32 = 0.03;

/// A ray on its way through a volume.
pub(super) struct Walk {
    path: Path,
    gaze: Gaze,
    /// The next sample, and where it is.
    next: i32,
    at: Place,
    /// Samples before this one lie in a brick with something to see.
    until: i32,
    /// The light on the last sample that was seen, which sample that was, and what was lit by it since it was found.
    shine: Shine,
    shone: i32,
    lit: f32,
    /// The light that is left.
    left: f32,
}

/// A sample that is seen.
pub(super) struct Glimpse {
    /// Its number, counted from the plane through the target.
    pub(super) number: f64,
    pub(super) color: Vec3A,
    pub(super) opacity: f32,
}

impl Walk {
    #[inline(always)]
    fn advance(&mut self, samples: i32) {
        self.next += samples;
        let by = i64::from(samples);
        let step = self.path.step;
        self.at = [
            self.at[0] + step[0] * by,
            self.at[1] + step[1] * by,
            self.at[2] + step[2] * by,
        ];
    }

    #[inline(always)]
    fn advance_one(&mut self) {
        self.next += 1;
        self.at = self.path.after(self.at);
    }
}

impl<T: Stored> Matter<'_, T> {
    /// The number at a place between eight voxels, if anything may be seen there.
    #[inline(always)]
    fn glance(&self, at: Place) -> Option<f32> {
        if self.is_picky {
            return self.at(at, true);
        }
        let corners = self.field.corners(at)?;
        if most(corners) <= self.seen[0] || (self.seen[1] < f32::INFINITY && least(corners) >= self.seen[1]) {
            return None;
        }
        Some(blend(corners, at))
    }

    /// The light at a place where values have this gradient.
    #[inline(always)]
    pub(super) fn shine(&self, gaze: &Gaze, gradient: Vec3A, at: Place) -> Shine {
        let shine = self.lamp.shine(gaze, gradient);
        match &self.veil {
            Some(veil) => shine.in_open(veil.open_at(at)),
            None => shine,
        }
    }

    /// Colour and opacity of sample `m`; `None` if nothing is seen of it.
    #[inline(always)]
    fn look(&self, walk: &mut Walk, m: i32, at: Place, stored: f32) -> Option<(Vec3A, f32)> {
        let index = self.tables.index(stored);
        let opacity = self.tables.opacity(index);
        if opacity <= 0.0 {
            return None;
        }
        let color = self.tables.color(index);
        let Some(steepness) = &self.tables.steepness else {
            if !self.lamp.is_on {
                return Some((color, opacity));
            }
            walk.lit += walk.left * opacity;
            if m != walk.shone + 1 || walk.lit > FAINT {
                walk.lit = 0.0;
                let gradient = self.gradient * self.field.double_slope(at);
                walk.shine = self.shine(&walk.gaze, gradient, at);
            }
            walk.shone = m;
            return Some((walk.shine.on(color), opacity));
        };
        let gradient = self.gradient * self.field.double_slope(at);
        let opacity = steepness.opacity(opacity, gradient.length());
        if opacity <= 0.0 {
            return None;
        }
        if self.lamp.is_on {
            Some((self.shine(&walk.gaze, gradient, at).on(color), opacity))
        } else {
            Some((color, opacity))
        }
    }

    /// See [`Layer::walk`].
    #[inline]
    pub(super) fn begin(&self, sight: &Sight) -> Option<Walk> {
        let path = self.path(sight)?;
        Some(Walk {
            gaze: self.lamp.gaze(sight.ray.direction.as_vec3a()),
            next: 0,
            at: path.first,
            until: 0,
            shine: Shine::default(),
            shone: -2,
            lit: 0.0,
            left: 1.0,
            path,
        })
    }

    /// The next sample that is seen: its number on the path, colour and opacity.
    #[inline(always)]
    fn step(&self, walk: &mut Walk) -> Option<(i32, Vec3A, f32)> {
        let [enter, leave] = walk.path.inner;
        loop {
            while walk.next < walk.until {
                let (m, at) = (walk.next, walk.at);
                walk.advance_one();
                if let Some(stored) = self.glance(at)
                    && let Some((color, opacity)) = self.look(walk, m, at, stored)
                {
                    return Some((m, color, opacity));
                }
            }
            let m = walk.next;
            if m >= walk.path.count {
                return None;
            }
            if m >= enter && m < leave {
                let brick = Path::box_of::<SIDE>(walk.at);
                let distance = self.leaps.distance(brick);
                let within = walk.path.samples_within::<SIDE>(walk.at, brick, (distance - 1).max(0));
                let within = within.min(leave - m);
                if distance > 0 {
                    walk.advance(within);
                } else {
                    walk.until = m + within;
                }
                continue;
            }
            let at = walk.at;
            walk.advance_one();
            if let Some((color, opacity)) = self.look_at_border(walk, m, at) {
                return Some((m, color, opacity));
            }
        }
    }

    /// The same as [`Self::look`], beyond the outermost voxels.
    #[inline(never)]
    fn look_at_border(&self, walk: &mut Walk, m: i32, at: Place) -> Option<(Vec3A, f32)> {
        if self.leaps.distance(self.brick(at)) > 0 {
            return None;
        }
        let stored = self.at(at, false)?;
        self.look(walk, m, at, stored)
    }

    /// See [`Layer::composite`].
    pub(super) fn all(&self, sight: &Sight) -> Sum {
        let mut sum = Sum::default();
        if let Some(mut walk) = self.begin(sight) {
            while let Some((_, color, opacity)) = self.step(&mut walk) {
                if sum.add(color, opacity) {
                    break;
                }
                walk.left = sum.left;
            }
        }
        sum
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
#[derive(Clone, Copy)]
pub(super) struct Sum {
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
    #[inline(always)]
    pub(super) fn add(&mut self, color: Vec3A, opacity: f32) -> bool {
        let share = self.left * opacity;
        self.color += color * share;
        self.left -= share;
        self.left < DARK
    }

    /// Colour, multiplied by the opacity, and opacity.
    pub(super) fn done(self) -> [f32; 4] {
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

/// The material of all volumes along a ray, and the sheets between.
pub(super) fn through(layers: &[Box<dyn Layer + '_>], sight: &Sight, sheets: &[Sheet]) -> Sum {
    // Before a sheet that hides all the ray ends.
    if let ([layer], [] | [Sheet { opacity: 1.0, .. }]) = (layers, sheets) {
        let mut sum = layer.composite(sight);
        for sheet in sheets {
            sum.add(sheet.color, sheet.opacity);
        }
        return sum;
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
    let mut sheets = sheets.iter().peekable();
    let mut sum = Sum::default();
    // Nearest first; at one place in the order of the layers.
    while let Some(nearest) = (0..walks.len()).min_by(|a, b| walks[*a].2.number.total_cmp(&walks[*b].2.number)) {
        let (n, walk, glimpse) = &mut walks[nearest];
        let at_mm = (glimpse.number + sight.shift) * sight.step_mm;
        while let Some(sheet) = sheets.next_if(|sheet| sheet.at_mm <= at_mm) {
            sum.add(sheet.color, sheet.opacity);
        }
        if sum.add(glimpse.color, glimpse.opacity) {
            return sum;
        }
        walk.left = sum.left;
        match layers[*n].next(walk) {
            Some(next) => *glimpse = next,
            None => drop(walks.remove(nearest)),
        }
    }
    for sheet in sheets {
        sum.add(sheet.color, sheet.opacity);
    }
    sum
}
