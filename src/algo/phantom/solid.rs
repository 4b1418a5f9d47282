//! Bodies made of balls, tubes and slabs: what lies inside, exactly, for a point and for a whole line at once.

use glam::{DAffine3, DMat3, DVec3};

/// A box along the patient's axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Its corner with the least coordinates.
    pub(super) min: DVec3,
    /// Its corner with the greatest.
    pub(super) max: DVec3,
}

impl Bounds {
    /// Everything.
    const ENDLESS: Self = Self {
        min: DVec3::NEG_INFINITY,
        max: DVec3::INFINITY,
    };

    fn around(center: DVec3, half: DVec3) -> Self {
        Self {
            min: center - half,
            max: center + half,
        }
    }

    /// What lies in both.
    fn and(self, other: Self) -> Self {
        Self {
            min: self.min.max(other.min),
            max: self.max.min(other.max),
        }
    }

    /// Whether a line from one point to another may touch it.
    pub(super) fn may_meet(&self, from: DVec3, to: DVec3) -> bool {
        from.min(to).cmple(self.max).all() && from.max(to).cmpge(self.min).all()
    }
}

/// A convex body: the image of a unit body under a map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Convex {
    unit_from_patient: DAffine3,
    /// Which coordinates of the unit body are bounded: x² + y² + z² ≤ 1 over those that are.
    bounded: DVec3,
    /// Volume in mm³, where it is finite.
    volume_mm3: Option<f64>,
    bounds: Bounds,
}

impl Convex {
    fn new(patient_from_unit: DAffine3, bounded: DVec3) -> Self {
        let volume_mm3 = (bounded == DVec3::ONE)
            .then(|| patient_from_unit.matrix3.determinant().abs() * std::f64::consts::PI * 4.0 / 3.0);
        // Of an ellipsoid, the extent along an axis is the length of that row of its map.
        let bounds = if bounded == DVec3::ONE {
            let rows = patient_from_unit.matrix3.transpose();
            let half = DVec3::new(rows.x_axis.length(), rows.y_axis.length(), rows.z_axis.length());
            Bounds::around(patient_from_unit.translation, half)
        } else {
            Bounds::ENDLESS
        };
        Self {
            unit_from_patient: patient_from_unit.inverse(),
            bounded,
            volume_mm3,
            bounds,
        }
    }

    /// An ellipsoid along the patient's axes.
    pub(super) fn ellipsoid(center: [f64; 3], radii_mm: [f64; 3]) -> Self {
        Self::turned_ellipsoid(center, radii_mm, DMat3::IDENTITY)
    }

    /// An ellipsoid whose axes are turned.
    pub(super) fn turned_ellipsoid(center: [f64; 3], radii_mm: [f64; 3], turn: DMat3) -> Self {
        let matrix3 = turn * DMat3::from_diagonal(DVec3::from_array(radii_mm));
        Self::new(
            DAffine3 {
                matrix3,
                translation: DVec3::from_array(center),
            },
            DVec3::ONE,
        )
    }

    /// An endless elliptic tube around the line from one point to another; its x radius lies across the patient.
    pub(super) fn tube(from: [f64; 3], to: [f64; 3], radii_mm: [f64; 2]) -> Self {
        let axis = (DVec3::from_array(to) - DVec3::from_array(from)).normalize_or(DVec3::Z);
        let aside = if axis.x.abs() > 0.9 { DVec3::Y } else { DVec3::X };
        let x = (aside - axis * axis.dot(aside)).normalize();
        let matrix3 = DMat3::from_cols(x * radii_mm[0], axis.cross(x) * radii_mm[1], axis);
        Self::new(
            DAffine3 {
                matrix3,
                translation: DVec3::from_array(from),
            },
            DVec3::new(1.0, 1.0, 0.0),
        )
    }

    /// Everything between the two planes through two points, across the line between them.
    pub(super) fn between(from: [f64; 3], to: [f64; 3]) -> Self {
        let (from, to) = (DVec3::from_array(from), DVec3::from_array(to));
        let axis = (to - from).normalize_or(DVec3::Z);
        let (x, y) = axis.any_orthonormal_pair();
        let matrix3 = DMat3::from_cols(x, y, (to - from) * 0.5);
        Self::new(
            DAffine3 {
                matrix3,
                translation: (from + to) * 0.5,
            },
            DVec3::new(0.0, 0.0, 1.0),
        )
    }

    fn contains(&self, at: DVec3) -> bool {
        let unit = self.unit_from_patient.transform_point3(at) * self.bounded;
        unit.length_squared() <= 1.0
    }

    /// From where to where the line `start + t · step` lies inside.
    fn span(&self, start: DVec3, step: DVec3) -> Option<[f64; 2]> {
        let start = self.unit_from_patient.transform_point3(start) * self.bounded;
        let step = self.unit_from_patient.transform_vector3(step) * self.bounded;
        let (a, b, c) = (step.length_squared(), start.dot(step), start.length_squared() - 1.0);
        if a < 1e-24 {
            return (c <= 0.0).then_some([f64::NEG_INFINITY, f64::INFINITY]);
        }
        let discriminant = b * b - a * c;
        if discriminant < 0.0 {
            return None;
        }
        let root = discriminant.sqrt();
        Some([(-b - root) / a, (-b + root) / a])
    }
}

/// What lies in all of `keep` and not in all of `cut`.
#[derive(Clone, Debug)]
pub(super) struct Solid {
    keep: Vec<Convex>,
    cut: Vec<Convex>,
    bounds: Bounds,
}

impl Solid {
    pub(super) fn of(body: Convex) -> Self {
        Self {
            keep: vec![body],
            cut: Vec::new(),
            bounds: body.bounds,
        }
    }

    /// Part of a tube, from one point to another.
    pub(super) fn rod(from: [f64; 3], to: [f64; 3], radii_mm: [f64; 2]) -> Self {
        Self {
            keep: vec![Convex::tube(from, to, radii_mm), Convex::between(from, to)],
            cut: Vec::new(),
            bounds: {
                let (from, to) = (DVec3::from_array(from), DVec3::from_array(to));
                let reach = DVec3::splat(radii_mm[0].max(radii_mm[1]));
                Bounds {
                    min: from.min(to) - reach,
                    max: from.max(to) + reach,
                }
            },
        }
    }

    /// The same, only where it lies in another body too.
    pub(super) fn within(mut self, body: Convex) -> Self {
        self.keep.push(body);
        self.bounds = self.bounds.and(body.bounds);
        self
    }

    /// The same without what lies in all of these bodies.
    pub(super) fn without(mut self, bodies: &[Convex]) -> Self {
        self.cut.extend_from_slice(bodies);
        self
    }

    /// Volume in mm³ where it is that of one ellipsoid.
    pub(super) fn volume_mm3(&self) -> Option<f64> {
        match (&self.keep[..], &self.cut[..]) {
            ([only], []) => only.volume_mm3,
            _ => None,
        }
    }

    /// A box around it.
    pub(super) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    pub(super) fn contains(&self, at: DVec3) -> bool {
        let is_cut = !self.cut.is_empty() && self.cut.iter().all(|body| body.contains(at));
        !is_cut && self.keep.iter().all(|body| body.contains(at))
    }

    /// The (at most two) stretches of a line inside, as parameters; an empty stretch has its end before its start.
    pub(super) fn spans(&self, start: DVec3, step: DVec3) -> Option<[[f64; 2]; 2]> {
        let common = |bodies: &[Convex]| {
            bodies
                .iter()
                .try_fold([f64::NEG_INFINITY, f64::INFINITY], |[low, high], body| {
                    let [from, to] = body.span(start, step)?;
                    let both = [low.max(from), high.min(to)];
                    (both[0] <= both[1]).then_some(both)
                })
        };
        let inside = common(&self.keep)?;
        let nothing = [1.0, 0.0];
        let hole = if self.cut.is_empty() { None } else { common(&self.cut) };
        let Some([from, to]) = hole else {
            return Some([inside, nothing]);
        };
        Some([
            [inside[0], inside[1].min(from.next_down())],
            [inside[0].max(to.next_up()), inside[1]],
        ])
    }
}
