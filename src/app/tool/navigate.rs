//! Pan, zoom and turning the camera.

use glam::DVec2;

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

/// The camera after a drag: the body follows the pointer.
pub fn turned(camera: Camera, delta: DVec2) -> Camera {
    Camera {
        azimuth_deg: (camera.azimuth_deg - delta.x * DEGREES_PER_POINT).rem_euclid(360.0),
        elevation_deg: (camera.elevation_deg + delta.y * DEGREES_PER_POINT).clamp(-90.0, 90.0),
        ..camera
    }
}
