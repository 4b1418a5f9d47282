//! Which voxels of a volume lie under a closed line that was drawn over the volume view.

use std::ops::Range;

use glam::{DVec2, DVec3};
use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::voxel_mask::VoxelMask;
use crate::scene::{Camera, Cuts};

/// A row that is shorter than this in the picture, in pixels, is looked at voxel by voxel.
const SHORTEST: f64 = 1e-4;
/// What is less far before the eye than this part of the distance to the target is not seen.
const NEAREST: f64 = 1e-6;

/// A closed line over a picture, and what is cut away.
#[derive(Clone, Copy, Debug)]
pub struct Lasso<'a> {
    /// Its corners in pixels from the picture's top left corner; the last is joined to the first. Where it crosses
    /// itself, what is enclosed an odd number of times is inside.
    pub corners: &'a [DVec2],
    /// The camera of the picture.
    pub camera: &'a Camera,
    /// Width and height of the picture in pixels.
    pub size: [u32; 2],
    /// What lies outside the line is cut away instead of what lies inside.
    pub is_outside: bool,
}

/// What is left of a volume: voxels whose centre is seen inside the line (or outside) are no longer kept. Voxels that
/// the cuts hide, and voxels behind the eye, stay as they are: nobody saw them. `None` if nothing changes.
pub fn cut(lasso: &Lasso<'_>, geometry: &Geometry, cuts: &Cuts, before: Option<&VoxelMask>) -> Option<VoxelMask> {
    let dims = geometry.dims();
    if lasso.corners.len() < 3 || !lasso.corners.iter().all(|corner| corner.is_finite()) {
        return None;
    }
    let view = View::new(lasso);
    let [columns, rows, slices] = dims;
    let gone: Vec<Range<usize>> = (0..slices)
        .into_par_iter()
        .flat_map_iter(|k| {
            let mut gone = Vec::new();
            for j in 0..rows {
                view.row(geometry, cuts, [j, k], columns, &mut |found| {
                    let first = (k * rows + j) * columns;
                    gone.push(first + found.start..first + found.end);
                });
            }
            gone
        })
        .collect();
    let count = dims.iter().product::<usize>();
    let mut words = before.filter(|mask| mask.dims() == dims).map_or_else(
        || {
            let mut all = vec![u64::MAX; count.div_ceil(64)];
            if let (Some(last), used @ 1..) = (all.last_mut(), count % 64) {
                *last = u64::MAX >> (64 - used);
            }
            all
        },
        |mask| mask.words().to_vec(),
    );
    let mut has_changed = false;
    for range in gone {
        has_changed |= clear(&mut words, range);
    }
    has_changed.then(|| VoxelMask::from_words(dims, words))
}

/// Clears a range of bits; true if any of them was set.
fn clear(words: &mut [u64], range: Range<usize>) -> bool {
    let mut any = 0;
    let mut at = range.start;
    while at < range.end {
        let (word, bit) = (at / 64, at % 64);
        let count = (64 - bit).min(range.end - at);
        let bits = (u64::MAX >> (64 - count)) << bit;
        if let Some(word) = words.get_mut(word) {
            any |= *word & bits;
            *word &= !bits;
        }
        at += count;
    }
    any != 0
}

/// A place in the picture before it is divided by its depth: x, y and depth, all linear in the place.
type Flat = DVec3;

/// The line and the camera, ready to look at rows of voxels.
struct View<'a> {
    lasso: &'a Lasso<'a>,
    right: DVec3,
    down: DVec3,
    /// Per mm, and what it is at the target; a constant 1 of parallel rays.
    ahead: DVec3,
    depth: f64,
    low: DVec2,
    high: DVec2,
}

impl<'a> View<'a> {
    fn new(lasso: &'a Lasso<'a>) -> Self {
        let axes = lasso.camera.axes();
        let corners = lasso.corners.iter().copied();
        let (ahead, depth) = match lasso.camera.distance_mm(lasso.size[1]) {
            None => (DVec3::ZERO, 1.0),
            Some(distance_mm) => (axes.normal() / distance_mm, 1.0),
        };
        Self {
            lasso,
            right: axes.right / lasso.camera.mm_per_pixel,
            down: axes.down / lasso.camera.mm_per_pixel,
            ahead,
            depth,
            low: corners.clone().fold(DVec2::INFINITY, DVec2::min),
            high: corners.fold(DVec2::NEG_INFINITY, DVec2::max),
        }
    }

    fn flat(&self, place: DVec3) -> Flat {
        let from_target = place - self.lasso.camera.target;
        let depth = self.depth + from_target.dot(self.ahead);
        let [width, height] = self.lasso.size.map(f64::from);
        Flat::new(
            from_target.dot(self.right) + width / 2.0 * depth,
            from_target.dot(self.down) + height / 2.0 * depth,
            depth,
        )
    }

    /// Hands the voxels of a row that are to go to `take`, in runs.
    fn row(
        &self,
        geometry: &Geometry,
        cuts: &Cuts,
        [j, k]: [usize; 2],
        columns: usize,
        take: &mut dyn FnMut(Range<usize>),
    ) {
        let origin = geometry.patient_at(DVec3::new(0.0, j as f64, k as f64));
        let step = geometry.patient_at(DVec3::new(1.0, j as f64, k as f64)) - origin;
        let [near, far] = cuts.range(origin, step);
        let seen = whole([near, far], columns);
        let (start, end) = (self.flat(origin), self.flat(origin + step));
        let slope = end - start;
        if seen.is_empty() || !start.is_finite() || !slope.is_finite() {
            return;
        }
        // What lies before the eye is one end of the row, or all of it.
        let before_eye = before_eye(start.z, slope.z, columns);
        let seen = seen.start.max(before_eye.start)..seen.end.min(before_eye.end);
        if seen.is_empty() {
            return;
        }
        let at = |i: usize| start + slope * i as f64;
        let (first, last) = (point(at(seen.start)), point(at(seen.end - 1)));
        if (last - first).length() < SHORTEST {
            self.one_by_one(seen, at, take);
            return;
        }
        let is_beside = first.min(last).cmpgt(self.high).any() || first.max(last).cmplt(self.low).any();
        if is_beside {
            if self.lasso.is_outside {
                take(seen);
            }
            return;
        }
        let mut gone = seen.start;
        for inside in runs(&self.crossings(start, slope), slope.z, &seen) {
            if self.lasso.is_outside {
                if gone < inside.start {
                    take(gone..inside.start);
                }
                gone = gone.max(inside.end);
            } else if !inside.is_empty() {
                take(inside);
            }
        }
        if self.lasso.is_outside && gone < seen.end {
            take(gone..seen.end);
        }
    }

    fn one_by_one(&self, seen: Range<usize>, at: impl Fn(usize) -> Flat, take: &mut dyn FnMut(Range<usize>)) {
        for i in seen {
            if self.encloses(point(at(i))) != self.lasso.is_outside {
                take(i..i + 1);
            }
        }
    }

    /// Whether the line encloses a point, by the even–odd rule.
    fn encloses(&self, point: DVec2) -> bool {
        let mut is_inside = false;
        for (a, b) in self.edges() {
            if (a.y > point.y) != (b.y > point.y) && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x) {
                is_inside = !is_inside;
            }
        }
        is_inside
    }

    fn edges(&self) -> impl Iterator<Item = (DVec2, DVec2)> + '_ {
        let corners = self.lasso.corners;
        let last = corners.last().copied().unwrap_or_default();
        corners.iter().copied().scan(last, |from, to| {
            let edge = (*from, to);
            *from = to;
            Some(edge)
        })
    }

    /// Where the row, made endless, crosses the line: columns, lowest first, those before the eye only.
    fn crossings(&self, start: Flat, slope: Flat) -> Vec<f64> {
        // The row's line in the picture; which side of it a corner lies on.
        let line = start.cross(slope);
        let side = |corner: DVec2| line.dot(corner.extend(1.0)) >= 0.0;
        let mut found = Vec::new();
        for (a, b) in self.edges() {
            if side(a) != side(b) {
                // Where the row meets the line through both corners.
                let edge = a.extend(1.0).cross(b.extend(1.0));
                let at = -edge.dot(start) / edge.dot(slope);
                if at.is_finite() && start.z + slope.z * at > 0.0 {
                    found.push(at);
                }
            }
        }
        found.sort_by(f64::total_cmp);
        found
    }
}

fn point(flat: Flat) -> DVec2 {
    flat.truncate() / flat.z
}

/// The columns that lie before the eye.
fn before_eye(start: f64, slope: f64, columns: usize) -> Range<usize> {
    let depth = |i: usize| start + slope * i as f64;
    let is_before = |i: usize| depth(i) > NEAREST;
    if slope >= 0.0 {
        first_that(columns, is_before)..columns
    } else {
        0..first_that(columns, |i| !is_before(i))
    }
}

/// The first number below `count` of which something is true that stays true; `count` if there is none.
fn first_that(count: usize, is_true: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if is_true(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The columns from a place to another, both included.
fn whole([from, to]: [f64; 2], columns: usize) -> Range<usize> {
    // Casts stop at the ends of what there is; nothing is where a bound is no number.
    let first = from.ceil().max(0.0) as usize;
    let end = if to >= 0.0 {
        (to.floor() as usize).saturating_add(1)
    } else {
        0
    };
    first.min(columns)..end.min(columns)
}

/// What is inside, from where the row crosses the line. The end of the row that lies at the eye is far outside the
/// picture, so crossings are paired from there.
fn runs(crossings: &[f64], slope: f64, seen: &Range<usize>) -> Vec<Range<usize>> {
    let bounds: Vec<[f64; 2]> = if slope >= 0.0 {
        let pairs = crossings.chunks(2);
        pairs
            .map(|pair| [pair[0], pair.get(1).copied().unwrap_or(f64::INFINITY)])
            .collect()
    } else {
        let pairs = crossings.rchunks(2).map(|pair| match *pair {
            [from, to] => [from, to],
            _ => [f64::NEG_INFINITY, pair[0]],
        });
        let mut bounds: Vec<_> = pairs.collect();
        bounds.reverse();
        bounds
    };
    let bounds = bounds.into_iter().map(|bounds| whole(bounds, seen.end));
    bounds
        .map(|run| run.start.max(seen.start)..run.end)
        .filter(|run| !run.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DMat3};

    use super::*;
    use crate::scene::{ClipPlane, CropBox};

    const SIZE: [u32; 2] = [200, 160];

    /// Sheared, of unequal steps and turned.
    fn sheared(dims: [usize; 3]) -> Geometry {
        let matrix3 = DMat3::from_rotation_y(0.3)
            * DMat3::from_cols(
                DVec3::new(1.1, 0.0, 0.0),
                DVec3::new(0.2, 0.9, 0.0),
                DVec3::new(0.0, -0.7, 2.3),
            );
        let translation = DVec3::new(5.0, -40.0, 12.0);
        Geometry::from_affine(dims, DAffine3 { matrix3, translation }).unwrap()
    }

    fn camera(geometry: &Geometry, perspective_deg: f64, mm_per_pixel: f64) -> Camera {
        Camera {
            target: geometry.center(),
            azimuth_deg: 31.0,
            elevation_deg: -17.0,
            mm_per_pixel,
            perspective_deg,
        }
    }

    /// Crosses itself.
    fn corners() -> Vec<DVec2> {
        [
            [40.0, 30.5],
            [150.0, 41.0],
            [95.0, 130.0],
            [70.0, 20.0],
            [160.0, 110.0],
            [30.0, 95.0],
        ]
        .map(DVec2::from_array)
        .to_vec()
    }

    fn encloses(corners: &[DVec2], [x, y]: [f64; 2]) -> bool {
        let mut turns = false;
        for n in 0..corners.len() {
            let (a, b) = (corners[n], corners[(n + 1) % corners.len()]);
            if (a.y > y) != (b.y > y) && x < a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x) {
                turns = !turns;
            }
        }
        turns
    }

    fn brute(lasso: &Lasso<'_>, geometry: &Geometry, cuts: &Cuts) -> VoxelMask {
        let [columns, rows, _] = geometry.dims();
        VoxelMask::new(geometry.dims(), |n| {
            let voxel = [n % columns, n / columns % rows, n / columns / rows].map(|at| at as f64);
            let place = geometry.patient_at(DVec3::from_array(voxel));
            let Some(pixel) = lasso.camera.pixel_of(lasso.size, place) else {
                return true;
            };
            !cuts.keeps(place) || encloses(lasso.corners, pixel) == lasso.is_outside
        })
    }

    fn assert_same(lasso: &Lasso<'_>, geometry: &Geometry, cuts: &Cuts) {
        let expected = brute(lasso, geometry, cuts);
        let count: usize = geometry.dims().iter().product();
        match cut(lasso, geometry, cuts, None) {
            Some(mask) => assert_eq!(mask.words(), expected.words(), "{lasso:?}"),
            None => assert_eq!(expected.count(), count, "{lasso:?}"),
        }
    }

    #[test]
    fn it_cuts_what_every_voxel_by_itself_says() {
        let corners = corners();
        let cuts = Cuts {
            crop: Some(CropBox {
                low: DVec3::new(-10.0, -60.0, 10.0),
                high: DVec3::new(40.0, 0.0, 80.0),
            }),
            planes: vec![ClipPlane {
                normal: DVec3::new(0.6, 0.0, 0.8),
                offset_mm: 20.0,
            }],
        };
        for dims in [[37, 41, 29], [64, 3, 5], [1, 9, 7], [130, 2, 2], [1, 1, 1]] {
            let geometry = sheared(dims);
            for (perspective_deg, mm_per_pixel) in [(0.0, 0.5), (40.0, 0.5), (110.0, 0.5), (110.0, 0.05), (0.0, 0.01)] {
                let camera = camera(&geometry, perspective_deg, mm_per_pixel);
                for (is_outside, cuts) in [(false, &Cuts::default()), (true, &Cuts::default()), (true, &cuts)] {
                    let lasso = Lasso {
                        corners: &corners,
                        camera: &camera,
                        size: SIZE,
                        is_outside,
                    };
                    assert_same(&lasso, &geometry, cuts);
                }
            }
        }
    }

    #[test]
    fn rows_along_the_line_of_sight_are_cut_too() {
        let matrix3 = DMat3::IDENTITY;
        let translation = DVec3::ZERO;
        let geometry = Geometry::from_affine([30, 30, 30], DAffine3 { matrix3, translation }).unwrap();
        let corners = corners();
        for (perspective_deg, azimuth_deg) in [(0.0, 90.0), (0.0, 0.0), (60.0, 90.0), (60.0, 0.0)] {
            let camera = Camera {
                azimuth_deg,
                elevation_deg: 0.0,
                ..camera(&geometry, perspective_deg, 0.31)
            };
            for is_outside in [false, true] {
                let lasso = Lasso {
                    corners: &corners,
                    camera: &camera,
                    size: SIZE,
                    is_outside,
                };
                assert_same(&lasso, &geometry, &Cuts::default());
            }
        }
    }

    #[test]
    fn what_is_gone_stays_gone_and_nothing_is_no_change() {
        let geometry = sheared([20, 20, 20]);
        let camera = camera(&geometry, 0.0, 0.5);
        let lasso = |corners, is_outside| Lasso {
            corners,
            camera: &camera,
            size: SIZE,
            is_outside,
        };
        let corners = corners();
        let once = cut(&lasso(&corners, false), &geometry, &Cuts::default(), None).unwrap();
        assert!(cut(&lasso(&corners, false), &geometry, &Cuts::default(), Some(&once)).is_none());
        let both = cut(&lasso(&corners, true), &geometry, &Cuts::default(), Some(&once)).unwrap();
        assert_eq!(both.count(), 0);
        for nothing in [&corners[..2], &[], &[DVec2::NAN; 4], &[DVec2::new(60.0, 60.0); 5]] {
            assert!(cut(&lasso(nothing, false), &geometry, &Cuts::default(), None).is_none());
        }
    }
}
