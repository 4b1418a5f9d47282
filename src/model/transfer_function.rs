//! From the value of a voxel to colour and opacity in the volume view.

use serde::{Deserialize, Serialize};

/// Colour and opacity at a value; straight lines run from point to point, and beyond the ends they stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferPoint {
    /// In the unit of the volume's values.
    pub value: f64,
    /// 0 to 1, of [`TransferFunction::unit_mm`] of material.
    pub opacity: f64,
    /// Red, green, blue (sRGB).
    pub color: [u8; 3],
}

/// How far opacity counts where values change so much from place to place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradientPoint {
    /// Length of the gradient, units of the values per mm.
    pub per_mm: f64,
    /// What opacity is multiplied by, 0 to 1.
    pub factor: f64,
}

/// How light comes back from a material (Blinn and Phong).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// Share of the colour that is seen without any light.
    pub ambient: f64,
    /// Share that comes back evenly to all sides.
    pub diffuse: f64,
    /// Share of the light that is mirrored.
    pub specular: f64,
    /// How small the mirrored spot is.
    pub shininess: f64,
}

impl Default for Material {
    fn default() -> Self {
        Self {
            ambient: 0.2,
            diffuse: 0.8,
            specular: 0.2,
            shininess: 10.0,
        }
    }
}

impl Material {
    /// A mirrored spot is never smaller.
    const SMALLEST_SPOT: f64 = 1000.0;

    /// Numbers that are none are those of the usual material; the others are kept where light makes sense.
    fn tidy(&mut self) {
        let usual = Self::default();
        let within = |part: f64, usual: f64, most: f64| if part.is_nan() { usual } else { part.clamp(0.0, most) };
        *self = Self {
            ambient: within(self.ambient, usual.ambient, 1.0),
            diffuse: within(self.diffuse, usual.diffuse, 1.0),
            specular: within(self.specular, usual.specular, 1.0),
            shininess: within(self.shininess, usual.shininess, Self::SMALLEST_SPOT),
        };
    }
}

/// Colour and opacity of a value that was looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Classified {
    /// Red, green, blue, 0 to 1.
    pub color: [f64; 3],
    /// Of [`TransferFunction::unit_mm`] of material, 0 to 1.
    pub opacity: f64,
}

/// What is seen of a volume, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferFunction {
    /// In ascending order of values; of two with one value the second counts from there on (a step).
    points: Vec<TransferPoint>,
    /// In ascending order; none: the gradient does not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gradient: Vec<GradientPoint>,
    /// The thickness of material that has the opacity of the points, mm.
    #[serde(default = "one")]
    unit_mm: f64,
    /// How it is lit.
    #[serde(default)]
    pub material: Material,
}

impl Default for TransferFunction {
    /// Nothing is seen.
    fn default() -> Self {
        Self::new(Vec::new(), Vec::new(), 1.0, Material::default())
    }
}

fn one() -> f64 {
    1.0
}

impl TransferFunction {
    /// From points in any order. What is no number is left out, opacities are kept between 0 and 1, and a thickness
    /// that is not above zero becomes 1 mm.
    pub fn new(points: Vec<TransferPoint>, gradient: Vec<GradientPoint>, unit_mm: f64, material: Material) -> Self {
        let mut function = Self {
            points,
            gradient,
            unit_mm,
            material,
        };
        function.tidy();
        function
    }

    /// The same with everything in order, for what was read from a file.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.tidy();
        self
    }

    fn tidy(&mut self) {
        self.material.tidy();
        self.points
            .retain(|point| point.value.is_finite() && point.opacity.is_finite());
        self.points.sort_by(|a, b| a.value.total_cmp(&b.value));
        for point in &mut self.points {
            point.opacity = point.opacity.clamp(0.0, 1.0);
        }
        self.gradient
            .retain(|point| point.per_mm.is_finite() && point.factor.is_finite());
        self.gradient.sort_by(|a, b| a.per_mm.total_cmp(&b.per_mm));
        for point in &mut self.gradient {
            point.factor = point.factor.clamp(0.0, 1.0);
        }
        if !(self.unit_mm.is_finite() && self.unit_mm > 0.0) {
            self.unit_mm = 1.0;
        }
    }

    /// The points, ascending.
    pub fn points(&self) -> &[TransferPoint] {
        &self.points
    }

    /// What the gradient does to opacity, ascending; nothing if empty.
    pub fn gradient(&self) -> &[GradientPoint] {
        &self.gradient
    }

    /// The thickness of material that has the opacity of the points, mm.
    pub fn unit_mm(&self) -> f64 {
        self.unit_mm
    }

    /// Colour and opacity of a value. Nothing is seen without points.
    pub fn at(&self, value: f64) -> Classified {
        let next = self.points.partition_point(|point| point.value <= value);
        let low = next.checked_sub(1).and_then(|n| self.points.get(n));
        let of = |point: &TransferPoint| Classified {
            color: point.color.map(|part| f64::from(part) / 255.0),
            opacity: point.opacity,
        };
        match (low, self.points.get(next)) {
            (Some(low), Some(high)) => {
                let t = (value - low.value) / (high.value - low.value);
                let (a, b) = (of(low), of(high));
                Classified {
                    color: std::array::from_fn(|c| a.color[c] + t * (b.color[c] - a.color[c])),
                    opacity: a.opacity + t * (b.opacity - a.opacity),
                }
            }
            (Some(end), None) | (None, Some(end)) => of(end),
            (None, None) => Classified::default(),
        }
    }

    /// What opacity is multiplied by where the gradient has this length, in units per mm.
    pub fn gradient_factor(&self, per_mm: f64) -> f64 {
        let next = self.gradient.partition_point(|point| point.per_mm <= per_mm);
        let low = next.checked_sub(1).and_then(|n| self.gradient.get(n));
        match (low, self.gradient.get(next)) {
            (Some(low), Some(high)) => {
                low.factor + (per_mm - low.per_mm) / (high.per_mm - low.per_mm) * (high.factor - low.factor)
            }
            (Some(end), None) | (None, Some(end)) => end.factor,
            (None, None) => 1.0,
        }
    }

    /// Opacity of `step_mm` of material that has `opacity` in [`Self::unit_mm`] (Beer and Lambert).
    pub fn over_step(&self, opacity: f64, step_mm: f64) -> f64 {
        1.0 - (1.0 - opacity).powf(step_mm / self.unit_mm)
    }

    /// The highest opacity that any value from `low` to `high` has.
    pub fn most_opacity(&self, low: f64, high: f64) -> f64 {
        let inside = self.points.iter().filter(|point| (low..=high).contains(&point.value));
        let ends = [self.at(low).opacity, self.at(high).opacity];
        inside.map(|point| point.opacity).chain(ends).fold(0.0, f64::max)
    }

    /// Every value moved: `value * scale + shift`. For what follows the data (`scale` above zero).
    #[must_use]
    pub fn mapped(&self, scale: f64, shift: f64) -> Self {
        let mut moved = self.clone();
        for point in &mut moved.points {
            point.value = point.value * scale + shift;
        }
        for point in &mut moved.gradient {
            point.per_mm *= scale;
        }
        moved.tidy();
        moved
    }

    /// Lowest and highest value of all points; `None` without points.
    pub fn range(&self) -> Option<[f64; 2]> {
        Some([self.points.first()?.value, self.points.last()?.value])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: f64, opacity: f64, grey: u8) -> TransferPoint {
        TransferPoint {
            value,
            opacity,
            color: [grey; 3],
        }
    }

    fn function(points: Vec<TransferPoint>) -> TransferFunction {
        TransferFunction::new(points, Vec::new(), 1.0, Material::default())
    }

    #[test]
    fn lines_run_between_points_and_stay_beyond_them() {
        let ramp = function(vec![point(100.0, 0.5, 255), point(0.0, 0.0, 0)]);
        assert_eq!(ramp.at(50.0).opacity, 0.25);
        assert_eq!(ramp.at(50.0).color, [0.5; 3]);
        assert_eq!(ramp.at(-1e9).opacity, 0.0);
        assert_eq!(ramp.at(1e9).opacity, 0.5);
        assert_eq!(ramp.range(), Some([0.0, 100.0]));
    }

    #[test]
    fn no_material_gives_more_light_than_there_is() {
        let odd = Material {
            ambient: f64::NAN,
            diffuse: -3.0,
            specular: 1e300,
            shininess: f64::INFINITY,
        };
        let material = TransferFunction::new(Vec::new(), Vec::new(), 1.0, odd).material;
        let expected = Material {
            diffuse: 0.0,
            specular: 1.0,
            shininess: 1000.0,
            ..Material::default()
        };
        assert_eq!(material, expected);
    }

    #[test]
    fn two_points_at_one_value_are_a_step() {
        let step = function(vec![point(10.0, 0.0, 0), point(10.0, 1.0, 255)]);
        assert_eq!(step.at(9.999).opacity, 0.0);
        assert_eq!(step.at(10.0).opacity, 1.0);
    }

    #[test]
    fn nothing_is_seen_without_points() {
        let nothing = function(vec![point(f64::NAN, 1.0, 255)]);
        assert_eq!(nothing.at(3.0), Classified::default());
        assert_eq!(nothing.range(), None);
    }

    #[test]
    fn the_most_opacity_of_a_range_is_at_a_point_or_at_an_end() {
        let peak = function(vec![point(0.0, 0.0, 0), point(10.0, 0.8, 0), point(20.0, 0.0, 0)]);
        assert_eq!(peak.most_opacity(5.0, 15.0), 0.8);
        assert_eq!(peak.most_opacity(-5.0, 5.0), 0.4);
        assert_eq!(peak.most_opacity(30.0, 40.0), 0.0);
    }

    #[test]
    fn thin_steps_add_up_to_the_whole() {
        let even = function(vec![point(0.0, 0.6, 0)]);
        let half = even.over_step(0.6, 0.5);
        assert!((1.0 - (1.0 - half) * (1.0 - half) - 0.6).abs() < 1e-12);
    }

    #[test]
    fn the_gradient_counts_where_it_was_asked_to() {
        let steep = vec![
            GradientPoint {
                per_mm: 10.0,
                factor: 0.0,
            },
            GradientPoint {
                per_mm: 20.0,
                factor: 1.0,
            },
        ];
        let edges = TransferFunction::new(vec![point(0.0, 1.0, 0)], steep, 1.0, Material::default());
        assert_eq!(edges.gradient_factor(0.0), 0.0);
        assert_eq!(edges.gradient_factor(15.0), 0.5);
        assert_eq!(edges.gradient_factor(99.0), 1.0);
        assert_eq!(edges.mapped(2.0, 0.0).gradient_factor(30.0), 0.5);
        assert_eq!(function(Vec::new()).gradient_factor(5.0), 1.0);
    }
}
