//! Measurements: points in a series, and what is measured between them.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::plane::{Axes, View};
use super::volume::{PixelScale, Placement, StackGrid};

/// Names a measurement for good, in every program that ever reads it: 128 random bits, written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MeasurementId(u128);

impl MeasurementId {
    /// An id that no measurement has had yet.
    pub fn fresh() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // The keys of the standard library's hash maps are random numbers of the system; a second counts beside them.
        let now = std::time::SystemTime::now();
        let half = |salt: u8| u128::from(RandomState::new().hash_one((salt, now, count)));
        Self(half(0) << 64 | half(1))
    }
}

impl std::fmt::Display for MeasurementId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl From<MeasurementId> for String {
    fn from(id: MeasurementId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for MeasurementId {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        u128::from_str_radix(&text, 16).map(Self)
    }
}

/// Which coordinates the points of a measurement are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Space {
    /// The patient's, LPS mm.
    Patient,
    /// Those of stored pictures that have no place in space: column, row (fractional; centres are whole), picture.
    Picture,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shape {
    /// The straight distance of two points.
    Length {
        /// The ends, in the order in which they were set.
        points: [DVec3; 2],
    },
}

impl Shape {
    /// The name of the kind, as files have it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Length { .. } => "length",
        }
    }

    /// All points.
    pub fn points(&self) -> &[DVec3] {
        match self {
            Self::Length { points } => points,
        }
    }

    /// All points, to be moved.
    pub fn points_mut(&mut self) -> &mut [DVec3] {
        match self {
            Self::Length { points } => points,
        }
    }

    /// The place in the middle of its points.
    pub fn middle(&self) -> DVec3 {
        let points = self.points();
        points.iter().sum::<DVec3>() / points.len().max(1) as f64
    }
}

/// The plane in which something was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawnIn {
    /// The pane.
    pub view: View,
    /// Its axes in the patient, in the radiological convention.
    pub axes: Axes,
}

/// A measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Its id.
    pub id: MeasurementId,
    /// What the user calls it.
    pub name: String,
    /// Whether it is drawn.
    #[serde(default = "yes")]
    pub is_visible: bool,
    /// What its points are counted in.
    pub space: Space,
    /// What is measured, and where.
    #[serde(flatten)]
    pub shape: Shape,
    /// In which plane it was drawn, if in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_in: Option<DrawnIn>,
}

fn yes() -> bool {
    true
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Millimetres.
    #[serde(rename = "mm")]
    Millimetres,
    /// Millimetres at the detector of a radiograph; in the patient the length is shorter.
    #[serde(rename = "mm at detector")]
    DetectorMillimetres,
    /// Pixels, where nobody knows how large they are.
    #[serde(rename = "px")]
    Pixels,
}

impl Unit {
    /// The unit's symbol.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Millimetres => "mm",
            Self::DetectorMillimetres => "mm at detector",
            Self::Pixels => "px",
        }
    }
}

/// A number and what it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The number.
    pub value: f64,
    /// What it counts.
    pub unit: Unit,
}

impl Measurement {
    /// What was measured, in a series that stands like this.
    ///
    /// Between points of the patient: their distance in mm. On pictures without a place: mm where the pixel size is
    /// known, in the patient or at the detector (DICOM PS3.3 10.7.1.1), else pixels. Of pixels that are not square, one
    /// pixel is then as long as a pixel is wide.
    pub fn quantity(&self, placement: &Placement) -> Quantity {
        let millimetres = |grid: &StackGrid| DVec3::new(grid.pixel_size[0], grid.pixel_size[1], 0.0);
        let (step, unit) = match (self.space, placement) {
            (Space::Patient, _) => (DVec3::ONE, Unit::Millimetres),
            (Space::Picture, Placement::Stack(grid)) if grid.pixel_scale == PixelScale::Patient => {
                (millimetres(grid), Unit::Millimetres)
            }
            (Space::Picture, Placement::Stack(grid)) if grid.pixel_scale == PixelScale::Detector => {
                (millimetres(grid), Unit::DetectorMillimetres)
            }
            (Space::Picture, Placement::Stack(grid)) => {
                let [width, height] = grid.pixel_size;
                let aspect = height / width;
                let aspect = if aspect.is_finite() && aspect > 0.0 {
                    aspect
                } else {
                    1.0
                };
                (DVec3::new(1.0, aspect, 0.0), Unit::Pixels)
            }
            (Space::Picture, Placement::Patient(_)) => (DVec3::new(1.0, 1.0, 0.0), Unit::Pixels),
        };
        let value = match self.shape {
            Shape::Length { points: [a, b] } => ((b - a) * step).length(),
        };
        Quantity { value, unit }
    }

    /// The same with its points moved.
    pub fn moved(&self, by: DVec3) -> Self {
        let mut moved = self.clone();
        for point in moved.shape.points_mut() {
            *point += by;
        }
        moved
    }

    /// Whether all of its points are numbers.
    pub fn is_finite(&self) -> bool {
        self.shape.points().iter().all(|point| point.is_finite())
    }
}

/// Decimals with which a length is written: one, or as many as a voxel of this size deserves.
pub fn decimals(voxel_mm: f64) -> usize {
    if voxel_mm > 0.0 && voxel_mm < 0.1 {
        (-voxel_mm.log10()).ceil().clamp(1.0, 6.0) as usize
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(space: Space, a: [f64; 3], b: [f64; 3]) -> Measurement {
        Measurement {
            id: MeasurementId::fresh(),
            name: "a".to_owned(),
            is_visible: true,
            space,
            shape: Shape::Length {
                points: [a.into(), b.into()],
            },
            drawn_in: None,
        }
    }

    fn stack(pixel_size: [f64; 2], pixel_scale: PixelScale) -> Placement {
        Placement::Stack(StackGrid {
            dims: [10, 10, 2],
            pixel_size,
            pixel_scale,
        })
    }

    #[test]
    fn pictures_are_measured_in_mm_only_where_that_is_known() {
        let line = length(Space::Picture, [1.0, 1.0, 1.0], [4.0, 5.0, 1.0]);
        let known = line.quantity(&stack([0.2, 0.3], PixelScale::Patient));
        assert!((known.value - (0.6f64.powi(2) + 1.2f64.powi(2)).sqrt()).abs() < 1e-12);
        assert_eq!(known.unit, Unit::Millimetres);
        let detector = line.quantity(&stack([0.2, 0.3], PixelScale::Detector));
        assert_eq!(
            (detector.value, detector.unit),
            (known.value, Unit::DetectorMillimetres)
        );
        let unknown = line.quantity(&stack([1.0, 1.0], PixelScale::Unknown));
        assert_eq!((unknown.value, unknown.unit), (5.0, Unit::Pixels));
        let tall = line.quantity(&stack([1.0, 2.0], PixelScale::Unknown));
        assert_eq!((tall.value, tall.unit), (73f64.sqrt(), Unit::Pixels));
    }

    #[test]
    fn ids_differ_and_are_read_back() {
        let (a, b) = (MeasurementId::fresh(), MeasurementId::fresh());
        assert_ne!(a, b);
        assert_eq!(MeasurementId::try_from(a.to_string()).unwrap(), a);
    }

    #[test]
    fn fine_voxels_get_more_decimals() {
        for (mm, expected) in [(5.0, 1), (0.7, 1), (0.1, 1), (0.05, 2), (0.004, 3), (0.0, 1)] {
            assert_eq!(decimals(mm), expected, "{mm}");
        }
    }
}
