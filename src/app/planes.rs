//! Which three planes to show of a volume: its own, or the patient's.

use glam::{DMat3, DVec3};
use serde::{Deserialize, Serialize};

use crate::model::geometry::Geometry;
use crate::model::plane::{Axes, View};

/// What the planes are aligned with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alignment {
    /// The volume's own slices, rows and columns: native slices are shown as they were taken.
    #[default]
    Acquisition,
    /// The patient's axes.
    Anatomical,
    /// Turned by hand.
    Oblique,
}

/// The axes of the three plane panes (axial, coronal, sagittal), along the volume's own directions.
///
/// Of a sheared stack the slice plane is kept as it is and the other planes are perpendicular to it.
pub fn acquisition_axes(geometry: &Geometry) -> [Axes; 3] {
    let rotation = nearest_rotation(geometry);
    View::ALL.map(|view| {
        let axes = view.axes();
        Axes {
            right: rotation * axes.right,
            down: rotation * axes.down,
        }
    })
}

/// The axes of the three plane panes along the patient's.
pub fn anatomical_axes() -> [Axes; 3] {
    View::ALL.map(View::axes)
}

/// Of all the ways to name the volume's three perpendicular directions x, y and z, the proper rotation that turns the
/// patient's axes the least.
fn nearest_rotation(geometry: &Geometry) -> DMat3 {
    let matrix = geometry.patient_from_voxel().matrix3;
    let i = matrix.x_axis.normalize_or(DVec3::X);
    let normal = geometry.normal();
    let j = normal.cross(i);
    let own = [i, j, normal];
    let mut best = (f64::NEG_INFINITY, DMat3::IDENTITY);
    for (x, y) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
        for (sign_x, sign_y) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
            let (x_axis, y_axis) = (own[x] * sign_x, own[y] * sign_y);
            let rotation = DMat3::from_cols(x_axis, y_axis, x_axis.cross(y_axis));
            let trace = rotation.x_axis.x + rotation.y_axis.y + rotation.z_axis.z;
            if trace > best.0 + 1e-12 {
                best = (trace, rotation);
            }
        }
    }
    // A volume on the patient's axes shows exactly these, without the last bits of a cross product.
    DMat3::from_cols_array(
        &best
            .1
            .to_cols_array()
            .map(|v| if (v - v.round()).abs() < 1e-12 { v.round() } else { v }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::{DAffine3, DQuat};

    fn geometry(columns: [DVec3; 3]) -> Geometry {
        let affine = DAffine3 {
            matrix3: DMat3::from_cols(columns[0], columns[1], columns[2]),
            translation: DVec3::ZERO,
        };
        Geometry::from_affine([4, 5, 6], affine).unwrap()
    }

    #[test]
    fn all_axis_orders_and_flips_give_the_patients_axes() {
        let axes = [DVec3::X, DVec3::Y, DVec3::Z];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            for flips in 0..8 {
                let column = |n: usize| axes[order[n]] * if flips >> n & 1 == 1 { -1.5 } else { 1.5 };
                assert_eq!(
                    acquisition_axes(&geometry([column(0), column(1), column(2)])),
                    anatomical_axes(),
                    "{order:?} {flips}"
                );
            }
        }
    }

    #[test]
    fn an_oblique_volume_keeps_its_own_planes() {
        let turn = DQuat::from_euler(glam::EulerRot::XYZ, 0.2, -0.1, 0.3);
        let axes = acquisition_axes(&geometry([turn * DVec3::X, turn * DVec3::Y, turn * DVec3::Z * 3.0]));
        assert!((axes[0].right - turn * DVec3::X).length() < 1e-12);
        assert!((axes[2].normal() - turn * DVec3::NEG_X).length() < 1e-12);
    }

    #[test]
    fn gantry_tilt_keeps_the_slice_plane() {
        let tilt = 15f64.to_radians();
        let axes = acquisition_axes(&geometry([
            DVec3::X,
            DVec3::new(0.0, tilt.cos(), -tilt.sin()),
            DVec3::Z * 5.0,
        ]));
        assert!((axes[0].down - DVec3::new(0.0, tilt.cos(), -tilt.sin())).length() < 1e-12);
        assert!((axes[2].normal() - DVec3::NEG_X).length() < 1e-12);
    }
}
