//! Where voxels lie: all axis orders and flips, tilt, gaps, and the letters at the edges.

use glam::{DAffine3, DMat3, DVec3};
use isocenter::model::geometry::{Geometry, GeometryError};
use isocenter::model::orientation::{degrees_from_axis, letters};
use isocenter::model::plane::{Axes, View};

const AXES: [DVec3; 3] = [DVec3::X, DVec3::Y, DVec3::Z];

/// All 48 ways to store a box along the patient's axes, with voxels of 1, 2 and 3 mm.
fn orientations() -> impl Iterator<Item = DMat3> {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    orders.into_iter().flat_map(|order| {
        (0..8).map(move |flips| {
            let column = |n: usize| AXES[order[n]] * (n as f64 + 1.0) * if flips >> n & 1 == 1 { -1.0 } else { 1.0 };
            DMat3::from_cols(column(0), column(1), column(2))
        })
    })
}

fn assert_near(a: DVec3, b: DVec3, tolerance: f64) {
    assert!((a - b).abs().max_element() <= tolerance, "{a} is not {b}");
}

/// Deterministic places in and a little around a volume.
fn places(dims: [usize; 3]) -> Vec<DVec3> {
    let mut seed = 7u64;
    let mut next = move || {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..60)
        .map(|_| DVec3::from_array(dims.map(|n| next() * (n as f64 + 2.0) - 1.5)))
        .collect()
}

#[test]
fn every_axis_order_and_flip_leads_there_and_back() {
    let mut count = 0;
    for matrix3 in orientations() {
        let affine = DAffine3 {
            matrix3,
            translation: DVec3::new(-100.5, 30.25, 812.0),
        };
        let geometry = Geometry::from_affine([5, 6, 7], affine).unwrap();
        assert_eq!(geometry.spacing(), DVec3::new(1.0, 2.0, 3.0));
        assert_eq!(geometry.shortest_edge_mm(), 1.0);
        for voxel in places([5, 6, 7]) {
            // The definition, spelled out: origin + i·step_i + j·step_j + k·step_k.
            let expected =
                affine.translation + matrix3.x_axis * voxel.x + matrix3.y_axis * voxel.y + matrix3.z_axis * voxel.z;
            assert_near(geometry.patient_at(voxel), expected, 1e-9);
            assert_near(geometry.voxel_at(expected), voxel, 1e-9);
        }
        count += 1;
    }
    assert_eq!(count, 48);
}

#[test]
fn a_volume_ends_half_a_voxel_beyond_its_outermost_centres() {
    let geometry = Geometry::from_affine([4, 5, 6], DAffine3::from_scale(DVec3::new(1.0, 2.0, 3.0))).unwrap();
    assert!(geometry.contains(DVec3::splat(-0.5)) && geometry.contains(DVec3::new(3.5, 4.5, 5.5)));
    assert!(!geometry.contains(DVec3::new(-0.51, 0.0, 0.0)) && !geometry.contains(DVec3::new(0.0, 0.0, 5.51)));
    assert!(!geometry.contains(DVec3::NAN));
    assert_eq!(geometry.extent_along(DVec3::Z), (-1.5, 16.5));
    assert_eq!(geometry.center(), DVec3::new(1.5, 4.0, 7.5));
}

#[test]
fn gantry_tilt_stays_a_shear() {
    let tilt = 18.5f64.to_radians();
    let step_j = DVec3::new(0.0, tilt.cos(), -tilt.sin()) * 0.5;
    let origins: Vec<DVec3> = (0..10).map(|k| DVec3::new(0.0, 0.0, 5.0 * f64::from(k))).collect();
    let geometry = Geometry::from_slices(8, 8, DVec3::X * 0.5, step_j, &origins, 0.01).unwrap();
    assert!(geometry.slice_table().is_none());
    assert_near(
        geometry.patient_from_voxel().matrix3.z_axis,
        DVec3::new(0.0, 0.0, 5.0),
        1e-12,
    );
    assert_near(
        geometry.patient_at(DVec3::new(2.0, 4.0, 3.0)),
        DVec3::X + step_j * 4.0 + origins[3],
        1e-12,
    );
    let angle = geometry.normal().angle_between(DVec3::Z).to_degrees();
    assert!((angle - 18.5).abs() < 1e-9, "{angle}");
}

/// Slices at 0, 2, 4, 10 (two are missing), 11 mm, the fourth displaced sideways.
fn uneven() -> (Geometry, Vec<DVec3>) {
    let origins: Vec<DVec3> = [0.0, 2.0, 4.0, 10.0, 11.0]
        .iter()
        .enumerate()
        .map(|(k, z)| DVec3::new(if k == 3 { 1.5 } else { 0.0 }, -0.25 * k as f64, *z))
        .collect();
    (
        Geometry::from_slices(6, 7, DVec3::X * 0.5, DVec3::Y * 0.75, &origins, 0.01).unwrap(),
        origins,
    )
}

#[test]
fn uneven_slices_stand_where_they_stand() {
    let (geometry, origins) = uneven();
    for (k, origin) in origins.iter().enumerate() {
        assert_near(geometry.patient_at(DVec3::new(0.0, 0.0, k as f64)), *origin, 1e-9);
        assert_near(
            geometry.voxel_at(*origin + DVec3::new(1.0, 1.5, 0.0)),
            DVec3::new(2.0, 2.0, k as f64),
            1e-9,
        );
    }
    // Half way between two slices is half way between their origins.
    assert_near(
        geometry.patient_at(DVec3::new(0.0, 0.0, 2.5)),
        (origins[2] + origins[3]) / 2.0,
        1e-9,
    );
    for voxel in places([6, 7, 5]) {
        assert_near(geometry.voxel_at(geometry.patient_at(voxel)), voxel, 1e-9);
    }
    let positions = geometry.slice_positions_mm().unwrap();
    for (position, expected) in positions.iter().zip([0.0, 2.0, 4.0, 10.0, 11.0]) {
        assert!((position - expected).abs() < 1e-9, "{positions:?}");
    }
    assert_eq!(geometry.shortest_edge_mm(), 0.5);
}

#[test]
fn what_is_no_geometry_is_refused() {
    let unit = DAffine3::IDENTITY;
    assert_eq!(Geometry::from_affine([0, 1, 1], unit), Err(GeometryError::Dims(0)));
    assert_eq!(
        Geometry::from_affine([1, 1, 1], DAffine3::from_translation(DVec3::NAN)),
        Err(GeometryError::NotFinite)
    );
    assert_eq!(
        Geometry::from_affine([1, 1, 1], DAffine3::from_scale(DVec3::new(1.0, 1.0, 0.0))),
        Err(GeometryError::Singular)
    );
    let flat = DMat3::from_cols(DVec3::X, DVec3::Y, DVec3::X + DVec3::Y);
    assert_eq!(
        Geometry::from_affine(
            [1, 1, 1],
            DAffine3 {
                matrix3: flat,
                translation: DVec3::ZERO
            }
        ),
        Err(GeometryError::Singular)
    );
    let back = [DVec3::ZERO, DVec3::Z, DVec3::Z * 0.5];
    assert_eq!(
        Geometry::from_slices(2, 2, DVec3::X, DVec3::Y, &back, 0.01),
        Err(GeometryError::NotAscending(2))
    );
    // Micrometre voxels are as good as millimetre ones.
    assert!(Geometry::from_affine([9, 9, 9], DAffine3::from_scale(DVec3::splat(1e-4))).is_ok());
}

#[test]
fn directions_have_letters() {
    for (direction, expected) in [
        (DVec3::X, "L"),
        (DVec3::NEG_X, "R"),
        (DVec3::Y, "P"),
        (DVec3::NEG_Y, "A"),
        (DVec3::Z, "H"),
        (DVec3::NEG_Z, "F"),
    ] {
        assert_eq!(letters(direction), expected);
    }
    assert_eq!(letters(DVec3::new(-0.9, -0.4, 0.1)), "RA");
    assert_eq!(letters(DVec3::new(0.999, 0.0, -0.02)), "L");
    assert!((degrees_from_axis(DVec3::new(1.0, 1.0, 0.0)) - 45.0).abs() < 1e-9);
}

#[test]
fn views_are_the_radiological_ones() {
    // The patient's left is on the right of the screen, the nose looks up in axial and to the left in sagittal pictures.
    assert_eq!(
        letters(View::Axial.axes().right) + &letters(View::Axial.axes().down),
        "LP"
    );
    assert_eq!(
        letters(View::Coronal.axes().right) + &letters(View::Coronal.axes().down),
        "LF"
    );
    assert_eq!(
        letters(View::Sagittal.axes().right) + &letters(View::Sagittal.axes().down),
        "PF"
    );
    assert_eq!(View::Axial.axes().normal(), DVec3::Z);
    let axes = Axes::from_normal_up(DVec3::Z, DVec3::NEG_Y).unwrap();
    assert_near(axes.right, DVec3::X, 1e-12);
    assert_near(axes.down, DVec3::Y, 1e-12);
    assert!(Axes::from_normal_up(DVec3::Z, DVec3::Z).is_none());
}
