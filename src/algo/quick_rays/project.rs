//! Highest, lowest and mean numbers along rays.

use super::bricks::{Bricks, HEAP, SIDE};
use super::composite::{Glimpse, Sum, Walk};
use super::field::{Stored, blend, least, most};
use super::layer::{Layer, Matter};
use super::path::{Path, Place};
use super::view::Sight;
use crate::model::window::WindowFunction;
use crate::scene::{ImageLayer, VolumeMode};

/// What is made of stored numbers.
#[derive(Clone, Copy)]
pub(super) enum Gathering {
    Mean,
    Highest(Ends),
    Lowest(Ends),
}

/// Stored numbers beyond which the picture stays as it is.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    /// What is no farther than this looks like it.
    dull: f32,
    /// What is farther than this looks like it.
    settled: f32,
}

/// Where rays through each column of a picture last found their number: samples, counted from the plane through the
/// target. The next ray looks there first, and need not look closely at most others then.
#[derive(Clone)]
pub(super) struct Trail(Vec<f64>);

impl Trail {
    /// For so many columns.
    pub(super) fn new(columns: u32) -> Self {
        Self(vec![f64::NAN; columns as usize])
    }

    /// Where the rays above this column and to its left found theirs.
    fn promising(&self, column: usize) -> [f64; 2] {
        let at = |column: Option<usize>| column.and_then(|column| self.0.get(column)).copied();
        [at(Some(column)), at(column.checked_sub(1))].map(|number| number.unwrap_or(f64::NAN))
    }
}

impl Gathering {
    pub(super) fn new(mode: VolumeMode, image: &ImageLayer) -> Self {
        let is_highest = match mode {
            VolumeMode::Mip => true,
            VolumeMode::MinIp => false,
            VolumeMode::Average | VolumeMode::Composite | VolumeMode::Iso => return Self::Mean,
        };
        let rescale = &image.volume.rescale;
        let [low, high] = image.window.edges();
        let spare = (high - low).abs() * 1e-3 + 1e-3;
        let (dull, settled) = if image.window.function == WindowFunction::Sigmoid {
            (f64::NEG_INFINITY, f64::INFINITY)
        } else {
            (low - spare, high + spare)
        };
        let (dull, settled) = if is_highest { (dull, settled) } else { (settled, dull) };
        let (dull, settled) = if is_highest || image.window.function != WindowFunction::Sigmoid {
            (dull, settled)
        } else {
            (f64::INFINITY, f64::NEG_INFINITY)
        };
        let stored = |value: f64| ((value - rescale.intercept) / rescale.slope) as f32;
        let ends = Ends {
            dull: stored(dull),
            settled: stored(settled),
        };
        // The highest value is the lowest stored number where the slope is negative.
        if is_highest == (rescale.slope > 0.0) {
            Self::Highest(ends)
        } else {
            Self::Lowest(ends)
        }
    }
}

impl<T: Stored> Matter<'_, T> {
    /// See [`Layer::gathered`].
    fn gather(&self, sight: &Sight, trail: &mut Trail, column: usize) -> Option<f32> {
        let path = self.path(sight)?;
        if let Gathering::Mean = self.gathering {
            return self.mean(&path);
        }
        let mut found = trail.promising(column).map(|number| number - path.number);
        let number = match self.gathering {
            Gathering::Mean => None,
            Gathering::Highest(ends) => self.farthest::<false>(&path, ends.dull, ends.settled, &mut found),
            Gathering::Lowest(ends) => self
                .farthest::<true>(&path, -ends.dull, -ends.settled, &mut found)
                .map(|turned| -turned),
        };
        if let Some(place) = trail.0.get_mut(column) {
            *place = found[0] + path.number;
        }
        number
    }

    fn mean(&self, path: &Path) -> Option<f32> {
        let (mut sum, mut count) = (0.0, 0);
        let mut at = path.first;
        for m in 0..path.count {
            let is_inner = m >= path.inner[0] && m < path.inner[1];
            let stored = if is_inner && !self.is_picky {
                self.field.between(at)
            } else {
                self.at(at, is_inner)
            };
            if let Some(stored) = stored {
                sum += f64::from(stored);
                count += 1;
            }
            at = path.after(at);
        }
        (count > 0).then(|| (sum / f64::from(count)) as f32)
    }

    /// The highest number; if `TURNED`, of the numbers with their signs turned. The samples in `promising` are looked at
    /// first; the first of them becomes the one where the number was found.
    fn farthest<const TURNED: bool>(
        &self,
        path: &Path,
        dull: f32,
        settled: f32,
        promising: &mut [f64; 2],
    ) -> Option<f32> {
        let top = |[low, high]: [f32; 2]| if TURNED { -low } else { high };
        let turned = |stored: f32| if TURNED { -stored } else { stored };
        // Where every sample has a number, those that are too dull need not be looked at.
        let mut best = if self.is_picky { f32::NEG_INFINITY } else { dull };
        let mut found = promising[0];
        for number in *promising {
            if number >= f64::from(path.inner[0]) && number < f64::from(path.inner[1]) {
                let higher = self.beyond::<TURNED>(path.at(number as i32), best);
                if higher > best {
                    (best, found) = (higher, number);
                }
            }
        }
        let bricks = &*self.bricks;
        let mut m = 0;
        while m < path.count && best < settled {
            let at = path.at(m);
            if m < path.inner[0] || m >= path.inner[1] {
                let brick = Bricks::index(bricks.sides, self.brick(at));
                if top(bricks.ranges.get(brick).copied()?) > best
                    && let Some(stored) = self.at(at, false)
                {
                    best = best.max(turned(stored));
                }
                m += 1;
                continue;
            }
            let left = path.inner[1] - m;
            let heap = Path::box_of::<{ SIDE * HEAP }>(at);
            if top(bricks.heaps.get(Bricks::index(bricks.heap_sides, heap)).copied()?) <= best {
                m += path.samples_within::<{ SIDE * HEAP }>(at, heap, 0).min(left);
                continue;
            }
            let brick = Path::box_of::<SIDE>(at);
            let end = m + path.samples_within::<SIDE>(at, brick, 0).min(left);
            if top(bricks.ranges.get(Bricks::index(bricks.sides, brick)).copied()?) > best {
                let mut at = at;
                for m in m..end {
                    let higher = self.beyond::<TURNED>(at, best);
                    if higher > best {
                        (best, found) = (higher, f64::from(m));
                    }
                    at = path.after(at);
                }
            }
            m = end;
        }
        promising[0] = found;
        (best > f32::NEG_INFINITY || !self.is_picky).then_some(best)
    }

    /// The number at a place between eight voxels, if it may be higher than `best`; else `best`.
    #[inline(always)]
    fn beyond<const TURNED: bool>(&self, at: Place, best: f32) -> f32 {
        let turned = |stored: f32| if TURNED { -stored } else { stored };
        if self.is_picky {
            return self.at(at, true).map_or(best, turned);
        }
        let Some(corners) = self.field.corners(at) else {
            return best;
        };
        let top = if TURNED { -least(corners) } else { most(corners) };
        if top > best { turned(blend(corners, at)) } else { best }
    }
}

impl<T: Stored> Layer for Matter<'_, T> {
    fn gathered(&self, sight: &Sight, trail: &mut Trail, column: u32) -> Option<f32> {
        self.gather(sight, trail, column as usize)
    }

    fn composite(&self, sight: &Sight) -> Sum {
        self.all(sight)
    }

    fn walk(&self, sight: &Sight) -> Option<Walk> {
        self.begin(sight)
    }

    fn next(&self, walk: &mut Walk) -> Option<Glimpse> {
        self.go_on(walk)
    }

    fn surface(&self, sight: &Sight) -> Option<(f64, glam::Vec3A, f32)> {
        self.first_surface(sight)
    }
}
