//! The stored numbers of a volume between its voxels, in `f32`.

use glam::{DVec3, Vec3A, Vec4};

use super::path::{ONE, Place};

/// A type of stored numbers.
pub(super) trait Stored: Copy + PartialOrd + Send + Sync {
    /// No number is lower.
    const LOWEST: Self;
    /// No number is higher.
    const HIGHEST: Self;

    /// As a number; exact.
    fn number(self) -> f32;

    /// Whether it is no finite number.
    fn is_odd(self) -> bool {
        false
    }
}

macro_rules! stored {
    ($($whole:ty)*) => {$(
        impl Stored for $whole {
            const LOWEST: Self = Self::MIN;
            const HIGHEST: Self = Self::MAX;

            #[inline]
            fn number(self) -> f32 {
                f32::from(self)
            }
        }
    )*};
}
stored!(u8 i8 u16 i16);

impl Stored for f32 {
    const LOWEST: Self = Self::NEG_INFINITY;
    const HIGHEST: Self = Self::INFINITY;

    #[inline]
    fn number(self) -> f32 {
        self
    }

    #[inline]
    fn is_odd(self) -> bool {
        !self.is_finite()
    }
}

/// All slices of a frame.
pub(super) struct Field<'a, T> {
    pub(super) slices: Vec<&'a [T]>,
    pub(super) dims: [usize; 3],
    /// Whether some numbers are not finite, so that every voxel has to be looked at.
    pub(super) is_odd: bool,
}

/// The part of a place behind the point.
#[inline(always)]
fn fraction(at: i64) -> f32 {
    const UNIT: f32 = 1.0 / 16_777_216.0;
    ((at as u32) >> 8) as i32 as f32 * UNIT
}

#[inline(always)]
fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

#[inline(always)]
fn vec4<T: Stored>([a, b, c, d]: [T; 4]) -> Vec4 {
    Vec4::new(a.number(), b.number(), c.number(), d.number())
}

/// Between four numbers of two rows.
#[inline(always)]
fn square(four: Vec4, x: f32, y: f32) -> f32 {
    mix(mix(four.x, four.y, x), mix(four.z, four.w, x), y)
}

/// Between eight voxels.
#[inline(always)]
pub(super) fn blend<T: Stored>([a, b, c, d, e, f, g, h]: [T; 8], at: Place) -> f32 {
    let (low, high) = (vec4([a, b, c, d]), vec4([e, f, g, h]));
    let between = low + (high - low) * fraction(at[2]);
    square(between, fraction(at[0]), fraction(at[1]))
}

/// The greatest of eight voxels.
#[inline(always)]
pub(super) fn most<T: Stored>([a, b, c, d, e, f, g, h]: [T; 8]) -> f32 {
    let more = |a: T, b: T| if b > a { b } else { a };
    more(more(more(a, b), more(c, d)), more(more(e, f), more(g, h))).number()
}

/// The least of eight voxels.
#[inline(always)]
pub(super) fn least<T: Stored>([a, b, c, d, e, f, g, h]: [T; 8]) -> f32 {
    let less = |a: T, b: T| if b < a { b } else { a };
    less(less(less(a, b), less(c, d)), less(less(e, f), less(g, h))).number()
}

impl<T: Stored> Field<'_, T> {
    /// The last index along each axis.
    pub(super) fn last(&self) -> DVec3 {
        DVec3::from_array(self.dims.map(|side| side as f64 - 1.0))
    }

    /// The eight voxels around a place, i fastest; `None` where there are not so many.
    #[inline(always)]
    pub(super) fn corners(&self, at: Place) -> Option<[T; 8]> {
        let [i, j, k] = [(at[0] >> 32) as usize, (at[1] >> 32) as usize, (at[2] >> 32) as usize];
        let [low, high] = self.slices.get(k..k + 2)? else {
            return None;
        };
        let first = j * self.dims[0] + i;
        let end = first + self.dims[0] + 2;
        let (low, high) = (low.get(first..end)?, high.get(first..end)?);
        let ([a, b], [c, d]) = (*low.first_chunk()?, *low.last_chunk()?);
        let ([e, f], [g, h]) = (*high.first_chunk()?, *high.last_chunk()?);
        Some([a, b, c, d, e, f, g, h])
    }

    /// The number between eight voxels; `None` where there are none.
    #[inline(always)]
    pub(super) fn between(&self, at: Place) -> Option<f32> {
        Some(blend(self.corners(at)?, at))
    }

    /// The four voxels of a slice that begin at `first`.
    #[inline(always)]
    fn four(&self, slice: &[T], first: usize) -> Option<Vec4> {
        let four = slice.get(first..first + self.dims[0] + 2)?;
        let ([a, b], [c, d]) = (*four.first_chunk()?, *four.last_chunk()?);
        Some(vec4([a, b, c, d]))
    }

    /// The number at any place in the volume, beyond the outermost centres too; `None` if it is not a number.
    pub(super) fn anywhere(&self, at: DVec3) -> Option<f32> {
        let last = self.last();
        let at = at.clamp(DVec3::ZERO, last);
        let low = at.floor();
        let t = at - low;
        let [i, j, k] = low.to_array().map(|index| index as usize);
        let voxel = |i: usize, j: usize, k: usize| {
            let number = self.slices.get(k).and_then(|slice| slice.get(j * self.dims[0] + i));
            number.map_or(f64::NAN, |number| f64::from(number.number()))
        };
        // What has no weight is not looked at, and where nothing changes the sum is exact.
        let mix = |low: &dyn Fn(usize) -> f64, t: f64| {
            let first = low(0);
            if t > 0.0 { first + (low(1) - first) * t } else { first }
        };
        let row = |j: usize, k: usize| mix(&|n| voxel(i + n, j, k), t.x);
        let sum = mix(&|k_on| mix(&|j_on| row(j + j_on, k + k_on), t.y), t.z);
        (!sum.is_nan()).then_some(sum as f32)
    }

    /// The number at any place in the volume.
    #[inline]
    pub(super) fn at(&self, at: Place, is_inner: bool) -> Option<f32> {
        if is_inner && !self.is_odd {
            self.between(at)
        } else {
            self.anywhere(loose(at))
        }
    }

    /// Twice the change of the number from voxel to voxel along i, j and k: half the difference of the interpolated
    /// numbers a voxel before and behind, which is the differences at the eight voxels around, interpolated.
    #[inline(always)]
    pub(super) fn double_slope(&self, at: Place) -> Vec3A {
        if !self.is_odd
            && let Some(slope) = self.inner_slope(at)
        {
            return slope;
        }
        self.slope_anywhere(loose(at))
    }

    #[inline(always)]
    fn inner_slope(&self, at: Place) -> Option<Vec3A> {
        let columns = self.dims[0];
        if at[0] < 0 || at[1] < 0 || at[2] < 0 {
            return None;
        }
        let [i, j, k] = [(at[0] >> 32) as usize, (at[1] >> 32) as usize, (at[2] >> 32) as usize];
        let (x, y, z) = (fraction(at[0]), fraction(at[1]), fraction(at[2]));
        if i + 2 >= columns {
            return None;
        }
        let [a, b, c, d] = self.slices.get(k.checked_sub(1)?..k + 3)? else {
            return None;
        };
        let first = j.checked_sub(1)? * columns + i.checked_sub(1)?;
        let ([b_ends, b_left, b_right], [c_ends, c_left, c_right]) = (self.twelve(b, first)?, self.twelve(c, first)?);
        let middle = j * columns + i;
        let (a, d) = (self.four(a, middle)?, self.four(d, middle)?);
        // Between the slices first: twelve numbers that say how things change along i and j.
        let [ends, left, right] = [
            b_ends + (c_ends - b_ends) * z,
            b_left + (c_left - b_left) * z,
            b_right + (c_right - b_right) * z,
        ];
        let along_i = mix(
            mix(left.z - left.x, left.w - left.y, x),
            mix(right.z - right.x, right.w - right.y, x),
            y,
        );
        let along_j = mix(
            mix(right.y - ends.x, right.z - ends.y, x),
            mix(ends.z - left.y, ends.w - left.z, x),
            y,
        );
        let inner = |left: Vec4, right: Vec4| Vec4::new(left.y, left.z, right.y, right.z);
        let (before, behind) = (inner(c_left, c_right) - a, d - inner(b_left, b_right));
        let along_k = square(before + (behind - before) * z, x, y);
        Some(Vec3A::new(along_i, along_j, along_k))
    }

    /// Twelve voxels of a slice out of four rows, one above the other: the middle two of the outer rows, and four of
    /// each inner row.
    #[inline(always)]
    fn twelve(&self, slice: &[T], first: usize) -> Option<[Vec4; 3]> {
        let columns = self.dims[0];
        let all = slice.get(first..first + 3 * columns + 4)?;
        let [_, a, b] = *all.first_chunk()?;
        let left = *all.get(columns..)?.first_chunk()?;
        let right = *all.get(2 * columns..)?.first_chunk()?;
        let [c, d, _] = *all.last_chunk()?;
        Some([vec4([a, b, c, d]), vec4(left), vec4(right)])
    }

    /// The same at any place in the volume; a neighbour that is no number counts as the place itself.
    fn slope_anywhere(&self, at: DVec3) -> Vec3A {
        let last = self.last();
        let Some(here) = self.anywhere(at) else {
            return Vec3A::ZERO;
        };
        let tap = |offset: DVec3| self.anywhere((at + offset).clamp(DVec3::ZERO, last)).unwrap_or(here);
        let along = |axis: DVec3| tap(axis) - tap(-axis);
        Vec3A::new(along(DVec3::X), along(DVec3::Y), along(DVec3::Z))
    }
}

/// A place as fractions of voxels.
#[inline]
pub(super) fn loose(at: Place) -> DVec3 {
    DVec3::from_array(at.map(|part| part as f64 / ONE))
}
