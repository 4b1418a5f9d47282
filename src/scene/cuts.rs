//! What is cut away from volumes before they are looked at: a box and planes, which leave a convex rest.

use glam::DVec3;
use serde::{Deserialize, Serialize};

/// A plane; what lies on the side of its normal is kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClipPlane {
    /// Towards what is kept, LPS, of length 1.
    pub normal: DVec3,
    /// Where it lies: `normal · p = offset_mm`.
    pub offset_mm: f64,
}

/// A box along the patient's axes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CropBox {
    /// The lowest x, y, z that is kept, LPS mm.
    pub low: DVec3,
    /// The highest.
    pub high: DVec3,
}

/// All cuts; what is left is convex, so that a ray meets it in one piece.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cuts {
    /// Only what is inside is kept.
    #[serde(default)]
    pub crop: Option<CropBox>,
    /// Only what lies before all of these is kept.
    #[serde(default)]
    pub planes: Vec<ClipPlane>,
}

impl Cuts {
    /// All as planes.
    pub fn half_spaces(&self) -> impl Iterator<Item = ClipPlane> + '_ {
        let sides = self.crop.iter().flat_map(|crop| {
            DVec3::AXES.into_iter().flat_map(|axis| {
                [
                    ClipPlane {
                        normal: axis,
                        offset_mm: crop.low.dot(axis),
                    },
                    ClipPlane {
                        normal: -axis,
                        offset_mm: -crop.high.dot(axis),
                    },
                ]
            })
        });
        sides.chain(self.planes.iter().copied())
    }

    /// The part of a ray that is kept: from where to where, in lengths of `direction`. Empty (first beyond last) where
    /// nothing is.
    pub fn range(&self, origin: DVec3, direction: DVec3) -> [f64; 2] {
        self.half_spaces()
            .fold([f64::NEG_INFINITY, f64::INFINITY], |[near, far], plane| {
                let beyond = plane.normal.dot(origin) - plane.offset_mm;
                let slope = plane.normal.dot(direction);
                if slope.abs() < 1e-12 {
                    return if beyond >= 0.0 { [near, far] } else { [1.0, 0.0] };
                }
                let at = -beyond / slope;
                if slope > 0.0 {
                    [near.max(at), far]
                } else {
                    [near, far.min(at)]
                }
            })
    }

    /// Whether a place is kept.
    pub fn keeps(&self, place: DVec3) -> bool {
        self.half_spaces()
            .all(|plane| plane.normal.dot(place) >= plane.offset_mm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_is_kept_where_its_places_are() {
        let cuts = Cuts {
            crop: Some(CropBox {
                low: DVec3::new(-10.0, -5.0, 0.0),
                high: DVec3::new(10.0, 5.0, 20.0),
            }),
            planes: vec![ClipPlane {
                normal: DVec3::new(1.0, 1.0, 0.0).normalize(),
                offset_mm: -2.0,
            }],
        };
        let (origin, direction) = (DVec3::new(-30.0, 1.0, 4.0), DVec3::new(1.0, -0.04, 0.2).normalize());
        let [near, far] = cuts.range(origin, direction);
        assert!(near < far);
        for n in 0..600 {
            let t = f64::from(n) * 0.1;
            assert_eq!(cuts.keeps(origin + direction * t), (near..=far).contains(&t), "{t}");
        }
        let [near, far] = cuts.range(DVec3::new(0.0, 9.0, 5.0), DVec3::X);
        assert!(near > far, "a ray along a side and outside of it");
    }

    #[test]
    fn nothing_is_cut_without_cuts() {
        let [near, far] = Cuts::default().range(DVec3::ZERO, DVec3::X);
        assert!(near == f64::NEG_INFINITY && far == f64::INFINITY);
    }
}
