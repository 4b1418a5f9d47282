//! The stored numbers of a volume between its voxels, in `f32`.

use glam::{DVec3, Vec3A};

use super::path::{ONE, Place};
use crate::model::voxels::{Samples, Voxels};

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

/// The slices of a frame, each a run of samples; `None` if any could not be read.
pub(super) fn slices<'a, T>(
    voxels: &'a Voxels,
    frame: usize,
    of_type: impl Fn(&'a Samples) -> Option<&'a [T]>,
) -> Option<Vec<&'a [T]>> {
    let [columns, rows, count] = voxels.dims();
    let size = columns * rows;
    (0..count)
        .map(|slice| {
            let slab = voxels.slab_of(slice, frame);
            let first = (slice - voxels.slab_range(slab).first_slice) * size;
            of_type(voxels.slab(slab)?)?.get(first..first + size)
        })
        .collect()
}

/// All slices of a frame.
pub(super) struct Field<'a, T> {
    pub(super) slices: Vec<&'a [T]>,
    pub(super) dims: [usize; 3],
    /// Whether some numbers are not finite, so that every voxel has to be looked at.
    pub(super) is_odd: bool,
}

/// The part of a place behind the point.
#[inline]
fn fraction(at: i64) -> f32 {
    const UNIT: f32 = 1.0 / 16_777_216.0;
    ((at as u32) >> 8) as i32 as f32 * UNIT
}

#[inline]
fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

impl<T: Stored> Field<'_, T> {
    /// The last index along each axis.
    pub(super) fn last(&self) -> DVec3 {
        DVec3::from_array(self.dims.map(|side| side as f64 - 1.0))
    }

    /// The number between eight voxels; `None` where there are none.
    #[inline]
    pub(super) fn between(&self, at: Place) -> Option<f32> {
        let [i, j, k] = at.map(|part| (part >> 32) as usize);
        let [x, y, z] = at.map(fraction);
        let [low, high] = self.slices.get(k..k + 2)? else {
            return None;
        };
        let first = j * self.dims[0] + i;
        let ([a, b, c, d], [e, f, g, h]) = (self.four(low, first)?, self.four(high, first)?);
        let (ae, bf, cg, dh) = (mix(a, e, z), mix(b, f, z), mix(c, g, z), mix(d, h, z));
        Some(mix(mix(ae, bf, x), mix(cg, dh, x), y))
    }

    /// The four voxels of a slice that begin at `first`.
    #[inline]
    fn four(&self, slice: &[T], first: usize) -> Option<[f32; 4]> {
        let four = slice.get(first..first + self.dims[0] + 2)?;
        let [a, b] = *four.first_chunk()?;
        let [c, d] = *four.last_chunk()?;
        Some([a.number(), b.number(), c.number(), d.number()])
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
    #[inline]
    pub(super) fn double_slope(&self, at: Place) -> Vec3A {
        if !self.is_odd
            && let Some(slope) = self.inner_slope(at)
        {
            return slope;
        }
        self.slope_anywhere(loose(at))
    }

    #[inline]
    fn inner_slope(&self, at: Place) -> Option<Vec3A> {
        let columns = self.dims[0];
        if at.iter().any(|part| *part < 0) {
            return None;
        }
        let [i, j, k] = at.map(|part| (part >> 32) as usize);
        let [x, y, z] = at.map(fraction);
        if i + 2 >= columns {
            return None;
        }
        let [a, b, c, d] = self.slices.get(k.checked_sub(1)?..k + 3)? else {
            return None;
        };
        let first = j.checked_sub(1)? * columns + i.checked_sub(1)?;
        let (b, c) = (self.twelve(b, first)?, self.twelve(c, first)?);
        let middle = (j * columns) + i;
        let (a, d) = (self.four(a, middle)?, self.four(d, middle)?);
        // Between the slices first: twelve numbers that say how things change along i and j.
        let between: [f32; 12] = std::array::from_fn(|n| mix(b[n], c[n], z));
        let [above0, above1, l0, l1, l2, l3, r0, r1, r2, r3, below0, below1] = between;
        let along_i = mix(mix(l2 - l0, l3 - l1, x), mix(r2 - r0, r3 - r1, x), y);
        let along_j = mix(mix(r1 - above0, r2 - above1, x), mix(below0 - l1, below1 - l2, x), y);
        let square = |four: [f32; 4]| mix(mix(four[0], four[1], x), mix(four[2], four[3], x), y);
        let [b, c] = [b, c].map(|twelve| square([twelve[3], twelve[4], twelve[7], twelve[8]]));
        let along_k = mix(c - square(a), square(d) - b, z);
        Some(Vec3A::new(along_i, along_j, along_k))
    }

    /// Twelve voxels of a slice: two, four, four and two of four rows, above one another.
    #[inline]
    fn twelve(&self, slice: &[T], first: usize) -> Option<[f32; 12]> {
        let columns = self.dims[0];
        let all = slice.get(first..first + 3 * columns + 4)?;
        let [_, a, b] = *all.first_chunk()?;
        let [c, d, e, f] = *all.get(columns..)?.first_chunk()?;
        let [g, h, i, j] = *all.get(2 * columns..)?.first_chunk()?;
        let [k, l, _] = *all.last_chunk()?;
        Some([a, b, c, d, e, f, g, h, i, j, k, l].map(Stored::number))
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
