//! Pan, zoom and turning the camera.

use glam::{DVec2, DVec3};

use crate::scene::Camera;

/// Smallest and largest magnification.
pub const ZOOM_RANGE: std::ops::RangeInclusive<f64> = 0.1..=200.0;

/// Points of a vertical drag that double or halve the magnification.
const POINTS_PER_DOUBLING: f64 = 120.0;

/// Degrees that a point of drag turns the camera.
const DEGREES_PER_POINT: f64 = 0.5;

/// How much a drag magnifies: upwards magnifies.
pub fn zoom_factor(delta: DVec2) -> f64 {
    2f64.powf(-delta.y / POINTS_PER_DOUBLING)
}

/// A magnification within its range.
pub fn clamped(zoom: f64) -> f64 {
    if zoom.is_finite() {
        zoom.clamp(*ZOOM_RANGE.start(), *ZOOM_RANGE.end())
    } else {
        1.0
    }
}

/// The camera after a drag: the body follows the pointer, and turns about a place that is seen where it was.
pub fn turned(camera: Camera, pivot: DVec3, delta: DVec2) -> Camera {
    let turned = Camera {
        azimuth_deg: (camera.azimuth_deg - delta.x * DEGREES_PER_POINT).rem_euclid(360.0),
        elevation_deg: (camera.elevation_deg + delta.y * DEGREES_PER_POINT).clamp(-90.0, 90.0),
        ..camera
    };
    let (before, now) = (camera.axes(), turned.axes());
    let apart = camera.target - pivot;
    let target = pivot
        + now.right * apart.dot(before.right)
        + now.down * apart.dot(before.down)
        + now.normal() * apart.dot(before.normal());
    Camera { target, ..turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_hold_of_stays_under_the_pointer_s_first_place() {
        for perspective_deg in [0.0, 45.0] {
            let camera = Camera {
                target: DVec3::new(10.0, 20.0, 30.0),
                azimuth_deg: 12.0,
                elevation_deg: 34.0,
                mm_per_pixel: 0.5,
                perspective_deg,
            };
            let pivot = DVec3::new(-20.0, 5.0, 60.0);
            let seen = camera.pixel_of([300, 200], pivot).unwrap();
            let after = turned(camera, pivot, DVec2::new(70.0, -31.0));
            assert_ne!(after.azimuth_deg, camera.azimuth_deg);
            let now = after.pixel_of([300, 200], pivot).unwrap();
            assert!((seen[0] - now[0]).abs() < 1e-9 && (seen[1] - now[1]).abs() < 1e-9);
        }
    }
}
