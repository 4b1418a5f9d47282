//! A camera that turns about a point of the patient.

use glam::DVec3;
use serde::{Deserialize, Serialize};

use crate::model::plane::Axes;

/// A camera on a turntable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// What is in the middle of the picture, LPS mm.
    pub target: DVec3,
    /// Turned to the patient's left; 0 stands in front of the patient. Degrees.
    pub azimuth_deg: f64,
    /// Lifted towards the head. Degrees, −90 to 90.
    pub elevation_deg: f64,
    /// How large a pixel is in the plane through the target that the camera faces.
    pub mm_per_pixel: f64,
    /// The angle that the picture's height has for the viewer; 0: rays are parallel.
    #[serde(default)]
    pub perspective_deg: f64,
}

/// The ray under a pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ray {
    /// Where it meets the plane through the target, LPS mm.
    pub origin: DVec3,
    /// Away from the viewer, of length 1.
    pub direction: DVec3,
    /// From `origin` to the eye, mm along the ray; infinite where rays are parallel. Nothing behind the eye is seen.
    pub to_eye_mm: f64,
}

impl Camera {
    /// A wider angle is not drawn.
    pub const MOST_PERSPECTIVE_DEG: f64 = 120.0;

    /// The screen's right and down; their normal is the direction of view.
    pub fn axes(&self) -> Axes {
        let (sin_a, cos_a) = self.azimuth_deg.to_radians().sin_cos();
        let (sin_e, cos_e) = self.elevation_deg.to_radians().sin_cos();
        let right = DVec3::new(cos_a, sin_a, 0.0);
        let ahead = DVec3::new(-sin_a, cos_a, 0.0);
        let forward = ahead * cos_e - DVec3::Z * sin_e;
        Axes {
            right,
            down: forward.cross(right),
        }
    }

    /// From the eye to the target in a picture of `height` pixels, mm; `None` where rays are parallel.
    pub fn distance_mm(&self, height: u32) -> Option<f64> {
        let angle = self.perspective_deg.min(Self::MOST_PERSPECTIVE_DEG);
        (angle > 1e-3).then(|| f64::from(height) * self.mm_per_pixel / 2.0 / (angle.to_radians() / 2.0).tan())
    }

    /// The ray through a place of a picture, in pixels from its top left corner (the first pixel's centre is ½, ½).
    pub fn ray(&self, size: [u32; 2], x: f64, y: f64) -> Ray {
        let axes = self.axes();
        let [width, height] = size.map(f64::from);
        let right_mm = (x - width / 2.0) * self.mm_per_pixel;
        let down_mm = (y - height / 2.0) * self.mm_per_pixel;
        let origin = self.target + axes.right * right_mm + axes.down * down_mm;
        match self.distance_mm(size[1]) {
            None => Ray {
                origin,
                direction: axes.normal(),
                to_eye_mm: f64::INFINITY,
            },
            Some(distance_mm) => {
                let eye = self.target - axes.normal() * distance_mm;
                Ray {
                    origin,
                    direction: (origin - eye).normalize_or(axes.normal()),
                    to_eye_mm: (origin - eye).length(),
                }
            }
        }
    }

    /// Where a place is seen in a picture, in pixels from its top left corner; `None` behind the eye.
    pub fn pixel_of(&self, size: [u32; 2], place: DVec3) -> Option<[f64; 2]> {
        let axes = self.axes();
        let from_target = place - self.target;
        let nearer = match self.distance_mm(size[1]) {
            None => 1.0,
            Some(distance_mm) => {
                let depth = distance_mm + from_target.dot(axes.normal());
                if depth <= distance_mm * 1e-6 {
                    return None;
                }
                distance_mm / depth
            }
        };
        let [width, height] = size.map(f64::from);
        Some([
            from_target.dot(axes.right) * nearer / self.mm_per_pixel + width / 2.0,
            from_target.dot(axes.down) * nearer / self.mm_per_pixel + height / 2.0,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_on_a_ray_is_seen_in_its_pixel() {
        for perspective_deg in [0.0, 30.0, 90.0] {
            let camera = Camera {
                target: DVec3::new(3.0, -20.0, 100.0),
                azimuth_deg: 37.0,
                elevation_deg: -21.0,
                mm_per_pixel: 0.8,
                perspective_deg,
            };
            for (x, y) in [(0.5, 0.5), (100.0, 60.0), (63.25, 99.0)] {
                let ray = camera.ray([200, 120], x, y);
                assert!((ray.direction.length() - 1.0).abs() < 1e-12);
                for t in [-20.0, 0.0, 45.0] {
                    let seen = camera.pixel_of([200, 120], ray.origin + ray.direction * t).unwrap();
                    assert!((seen[0] - x).abs() < 1e-9 && (seen[1] - y).abs() < 1e-9, "{seen:?}");
                }
            }
        }
    }

    #[test]
    fn the_angle_of_view_is_the_picture_s_height() {
        let camera = Camera {
            target: DVec3::ZERO,
            azimuth_deg: 0.0,
            elevation_deg: 0.0,
            mm_per_pixel: 1.0,
            perspective_deg: 60.0,
        };
        let top = camera.ray([100, 80], 50.0, 0.0).direction;
        let bottom = camera.ray([100, 80], 50.0, 80.0).direction;
        assert!((top.angle_between(bottom).to_degrees() - 60.0).abs() < 1e-9);
        assert_eq!(
            camera.pixel_of([100, 80], DVec3::new(0.0, -1000.0, 0.0)),
            None,
            "behind the eye"
        );
    }
}
