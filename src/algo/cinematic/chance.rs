//! Numbers by chance that are the same every time: PCG (O'Neill 2014), begun from pixel and sample.

use std::f32::consts::TAU;

use glam::Vec3A;

/// A row of numbers.
pub(super) struct Chance {
    state: u64,
}

impl Chance {
    /// The row of a pixel's sample.
    pub(super) fn new([x, y]: [u32; 2], sample: u32) -> Self {
        // SplitMix64 spreads what differs in a few bits only.
        let mut seed =
            (u64::from(x) << 40 ^ u64::from(y) << 20 ^ u64::from(sample)).wrapping_add(0x9E37_79B9_7F4A_7C15);
        seed = (seed ^ seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        seed = (seed ^ seed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self {
            state: seed ^ seed >> 31,
        }
    }

    /// The next number, from 0 up to but not 1.
    pub(super) fn next(&mut self) -> f32 {
        let old = self.state;
        self.state = old
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let word = ((old >> 18 ^ old) >> 27) as u32;
        let word = word.rotate_right((old >> 59) as u32);
        (word >> 8) as f32 / 16_777_216.0
    }

    /// A free path in units of the mean one.
    pub(super) fn free_path(&mut self) -> f32 {
        -(1.0 - self.next()).ln()
    }

    /// Any direction, all alike.
    pub(super) fn direction(&mut self) -> Vec3A {
        let z = 1.0 - 2.0 * self.next();
        let (sin, cos) = (TAU * self.next()).sin_cos();
        let around = (1.0 - z * z).max(0.0).sqrt();
        Vec3A::new(around * cos, around * sin, z)
    }

    /// A direction to the side of a normal, as often as its cosine.
    pub(super) fn lambert(&mut self, normal: Vec3A) -> Vec3A {
        (normal + self.direction() * 0.9999).normalize_or(normal)
    }

    /// A direction in a cone about another of length 1, all alike.
    pub(super) fn in_cone(&mut self, about: Vec3A, cos_half: f32) -> Vec3A {
        let cos = 1.0 - self.next() * (1.0 - cos_half);
        let sin = (1.0 - cos * cos).max(0.0).sqrt();
        let (up, across) = (TAU * self.next()).sin_cos();
        let (u, v) = about.any_orthonormal_pair();
        about * cos + (u * across + v * up) * sin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_spread_as_they_say() {
        let mut chance = Chance::new([3, 4], 5);
        const COUNT: u32 = 40_000;
        let mean = |of: &mut dyn FnMut() -> f32| (0..COUNT).map(|_| f64::from(of())).sum::<f64>() / f64::from(COUNT);
        assert!((mean(&mut || chance.next()) - 0.5).abs() < 0.01);
        assert!((mean(&mut || chance.free_path()) - 1.0).abs() < 0.02);
        assert!(mean(&mut || chance.direction().z).abs() < 0.01);
        // The mean cosine of Lambert's law is 2/3.
        let normal = Vec3A::new(1.0, 2.0, -0.5).normalize();
        assert!((mean(&mut || chance.lambert(normal).dot(normal)) - 2.0 / 3.0).abs() < 0.01);
        let cos_half = 0.8;
        assert!((mean(&mut || chance.in_cone(normal, cos_half).dot(normal)) - 0.9).abs() < 0.01);
    }

    #[test]
    fn two_pixels_have_different_rows() {
        let row = |pixel, sample| {
            let mut chance = Chance::new(pixel, sample);
            [chance.next(), chance.next()]
        };
        assert_ne!(row([0, 0], 0), row([1, 0], 0));
        assert_ne!(row([0, 0], 0), row([0, 0], 1));
        assert_eq!(row([7, 9], 2), row([7, 9], 2));
    }
}
