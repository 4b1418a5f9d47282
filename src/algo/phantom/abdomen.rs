//! Upper abdomen of the phantom: liver on the right, stomach and spleen on the left, kidneys. mm in LPS and HU.

use glam::DMat3;

use super::Builder;
use super::chest::capsule;
use super::solid::{Convex, Solid};

pub(super) fn add(phantom: &mut Builder) {
    let dome = |inset: f64| {
        let center = [0.0, 0.0, -236.0];
        let whole = Solid::of(Convex::ellipsoid(center, [128.0 - inset, 78.0 - inset, 116.0 - inset]));
        // The spine and the vessels before it stay.
        whole.without(&[Convex::tube([6.0, 62.0, 0.0], [6.0, 62.0, 1.0], [26.0, 40.0])])
    };
    phantom.add("diaphragm", 55, [dome(0.0)]);
    phantom.add("abdominal fat", -90, [dome(3.5)]);
    phantom.add(
        "liver",
        110,
        [
            Solid::of(Convex::ellipsoid([-58.0, -6.0, -184.0], [62.0, 60.0, 58.0])),
            Solid::of(Convex::ellipsoid([0.0, -34.0, -172.0], [46.0, 28.0, 30.0])),
        ],
    );
    let vessels = [
        capsule([-20.0, 14.0, -196.0], [-58.0, -4.0, -176.0], 5.5),
        capsule([-58.0, -4.0, -176.0], [-92.0, -24.0, -162.0], 3.6),
        capsule([-58.0, -4.0, -176.0], [-84.0, 22.0, -158.0], 3.4),
    ];
    phantom.add("liver vessels", 165, vessels.into_iter().flatten());
    phantom.add(
        "gallbladder",
        10,
        [Solid::of(Convex::ellipsoid([-38.0, -50.0, -212.0], [12.0, 15.0, 22.0]))],
    );
    add_left(phantom);
    phantom.add(
        "inferior vena cava",
        140,
        capsule([-22.0, 32.0, -262.0], [-20.0, 20.0, -120.0], 10.0),
    );
    phantom.add_target(
        "liver lesion",
        45,
        Convex::ellipsoid([-86.0, -8.0, -190.0], [15.0, 13.0, 14.0]),
    );
}

fn add_left(phantom: &mut Builder) {
    let turn = DMat3::from_rotation_y(0.5);
    let stomach =
        |inset: f64| Convex::turned_ellipsoid([64.0, -16.0, -192.0], [44.0 - inset, 38.0 - inset, 34.0 - inset], turn);
    phantom.add("stomach wall", 60, [Solid::of(stomach(0.0))]);
    phantom.add("stomach content", 20, [Solid::of(stomach(4.0))]);
    // Gas rises to the front of a patient who lies on the back.
    phantom.add(
        "stomach gas",
        -970,
        [Solid::of(stomach(4.0)).within(Convex::between([0.0, -200.0, 0.0], [0.0, -28.0, 0.0]))],
    );
    phantom.add(
        "spleen",
        125,
        [Solid::of(Convex::turned_ellipsoid(
            [94.0, 36.0, -184.0],
            [20.0, 34.0, 42.0],
            DMat3::from_rotation_z(0.5),
        ))],
    );
    let kidneys = |inset: f64| {
        [[54.0, 44.0, -226.0], [-56.0, 46.0, -236.0]].map(|at| {
            Solid::of(Convex::turned_ellipsoid(
                at,
                [25.0 - inset, 21.0 - inset, 44.0 - inset],
                DMat3::from_rotation_y(0.16 * f64::signum(at[0])),
            ))
        })
    };
    phantom.add("kidneys", 190, kidneys(0.0));
    phantom.add("renal medulla", 120, kidneys(9.0));
    phantom.add("renal pelvis", -60, kidneys(15.0));
}
