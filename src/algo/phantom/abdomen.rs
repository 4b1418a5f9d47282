//! Upper abdomen of the phantom: liver on the right, stomach and spleen on the left, kidneys. mm in LPS and HU.

use glam::{DMat3, DVec3};

use super::Builder;
use super::chest::{capsule, chain};
use super::solid::{Convex, Solid};
use super::tree::{Branch, Growth, grow};

pub(super) fn add(phantom: &mut Builder) {
    let dome = |inset: f64| {
        let center = [0.0, 0.0, -236.0];
        let whole = Solid::of(Convex::ellipsoid(center, [128.0 - inset, 78.0 - inset, 116.0 - inset]));
        // The spine and the vessels before it stay.
        whole.without(&[Convex::tube([6.0, 62.0, 0.0], [6.0, 62.0, 1.0], [26.0, 40.0])])
    };
    // Below the dome the cavity goes on as a tube.
    let cavity = |inset: f64| {
        Solid::of(Convex::tube(
            [0.0, -4.0, 0.0],
            [0.0, -4.0, 1.0],
            [126.0 - inset, 74.0 - inset],
        ))
        .within(Convex::between([0.0, 0.0, -460.0], [0.0, 0.0, -232.0]))
        .without(&[Convex::tube([2.0, 62.0, 0.0], [2.0, 62.0, 1.0], [46.0, 44.0])])
    };
    phantom.add("diaphragm", 55, [dome(0.0)]);
    phantom
        .add("abdominal fat", -98, [dome(3.0), cavity(3.0)])
        .coarse(14.0)
        .fine(10.0);
    let crura = [[-14.0, 40.0, 0.0], [16.0, 42.0, 0.0]]
        .map(|at: [f64; 3]| Solid::of(Convex::ellipsoid([at[0], at[1], -206.0], [7.0, 10.0, 40.0])));
    phantom
        .add("crura of the diaphragm", 56, crura)
        .over(|name| name == "abdominal fat");
    let psoas =
        [-1.0, 1.0].map(|side: f64| Solid::rod([24.0 * side, 52.0, -240.0], [46.0 * side, 44.0, -430.0], [15.0, 17.0]));
    phantom.add("psoas muscles", 60, psoas).coarse(8.0);
    phantom
        .add(
            "liver",
            110,
            [
                Solid::of(Convex::ellipsoid([-58.0, -6.0, -184.0], [62.0, 60.0, 58.0])),
                Solid::of(Convex::ellipsoid([0.0, -34.0, -172.0], [46.0, 28.0, 30.0])),
                Solid::of(Convex::ellipsoid([-72.0, 22.0, -206.0], [44.0, 42.0, 54.0])),
            ],
        )
        .coarse(7.0)
        .fine(4.0);
    phantom
        .add("liver vessels", 168, liver_vessels())
        .over(|name| name == "liver")
        .coarse(3.0);
    phantom.add(
        "gallbladder",
        10,
        [Solid::of(Convex::ellipsoid([-38.0, -50.0, -212.0], [12.0, 15.0, 22.0]))],
    );
    add_left(phantom);
    phantom.add(
        "inferior vena cava",
        140,
        capsule([-18.0, 34.0, -420.0], [-20.0, 20.0, -120.0], 10.0),
    );
    phantom.add_target(
        "liver lesion",
        45,
        Convex::ellipsoid([-86.0, -8.0, -190.0], [15.0, 13.0, 14.0]),
    );
    phantom.add_target(
        "small liver lesion",
        62,
        Convex::ellipsoid([-48.0, -34.0, -176.0], [8.0, 7.0, 7.5]),
    );
}

/// Portal and hepatic veins, which branch in the liver from two sides.
fn liver_vessels() -> Vec<Solid> {
    let inside = |at: DVec3| {
        let unit = (at - DVec3::new(-58.0, -4.0, -186.0)) / DVec3::new(60.0, 60.0, 60.0);
        unit.length() < 1.0
    };
    let growth = |seed| Growth {
        least_radius_mm: 1.2,
        slenderness: 7.5,
        thinning: [0.82, 0.7],
        seed,
    };
    let stem = |from: [f64; 3], to: [f64; 3], radius_mm| Branch {
        from: DVec3::from_array(from),
        to: DVec3::from_array(to),
        radius_mm,
    };
    let portal = stem([-14.0, 6.0, -206.0], [-44.0, -4.0, -192.0], 6.0);
    let right = stem([-20.0, 18.0, -146.0], [-56.0, 10.0, -162.0], 5.0);
    let middle = stem([-20.0, 14.0, -146.0], [-38.0, -18.0, -160.0], 4.4);
    [(portal, 2100), (right, 2200), (middle, 2300)]
        .into_iter()
        .flat_map(|(stem, seed)| grow(stem, &growth(seed), &inside))
        .flat_map(|branch| {
            let (from, to) = (branch.from.to_array(), branch.to.to_array());
            capsule(from, to, branch.radius_mm)
        })
        .collect()
}

fn add_left(phantom: &mut Builder) {
    let turn = DMat3::from_rotation_y(0.5);
    let stomach =
        |inset: f64| Convex::turned_ellipsoid([64.0, -16.0, -192.0], [44.0 - inset, 38.0 - inset, 34.0 - inset], turn);
    phantom.add("stomach wall", 60, [Solid::of(stomach(0.0))]);
    phantom
        .add("stomach content", 20, [Solid::of(stomach(4.0))])
        .coarse(16.0);
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
    phantom
        .add("perirenal fat", -100, kidneys(-7.0))
        .over(|name| name == "abdominal fat" || name == "muscle");
    phantom.add("kidneys", 178, kidneys(0.0)).coarse(12.0);
    phantom.add("renal medulla", 132, kidneys(8.0)).coarse(34.0);
    phantom.add("renal sinus", -70, kidneys(14.5)).coarse(20.0);
    let pancreas = [
        [-24.0, -6.0, -228.0],
        [4.0, -12.0, -216.0],
        [36.0, 2.0, -206.0],
        [62.0, 24.0, -200.0],
    ];
    phantom
        .add("pancreas", 92, chain(&pancreas, 9.5))
        .over(|name| name == "abdominal fat")
        .coarse(24.0)
        .fine(14.0);
    add_bowel(phantom);
}

/// The transverse colon in front and loops of the small bowel, as far as the scan reaches.
fn add_bowel(phantom: &mut Builder) {
    let colon = [
        [-96.0, 10.0, -400.0],
        [-92.0, 2.0, -290.0],
        [-84.0, -8.0, -262.0],
        [-74.0, -28.0, -246.0],
        [-34.0, -54.0, -252.0],
        [8.0, -58.0, -258.0],
        [48.0, -50.0, -244.0],
        [88.0, -8.0, -222.0],
        [100.0, 18.0, -290.0],
        [102.0, 20.0, -400.0],
    ];
    let loops = [
        [88.0, -12.0, -236.0],
        [62.0, -44.0, -226.0],
        [30.0, -50.0, -232.0],
        [12.0, -30.0, -240.0],
        [44.0, -20.0, -250.0],
        [76.0, -30.0, -262.0],
        [34.0, -46.0, -270.0],
        [-6.0, -36.0, -276.0],
        [-30.0, -12.0, -276.0],
        [-4.0, -18.0, -266.0],
        [24.0, -6.0, -272.0],
        [46.0, 0.0, -258.0],
        [66.0, -2.0, -276.0],
    ];
    let not_organs = |name: &str| matches!(name, "abdominal fat" | "colon wall" | "colon" | "small bowel");
    phantom.add("colon wall", 58, chain(&colon, 19.0)).over(not_organs);
    phantom
        .add("colon", 24, chain(&colon, 16.5))
        .over(not_organs)
        .coarse(60.0)
        .fine(50.0);
    let gas = chain(&colon, 16.0)
        .into_iter()
        .map(|piece| piece.within(Convex::between([0.0, -300.0, 0.0], [0.0, -50.0, 0.0])));
    phantom
        .add("colon gas", -960, gas)
        .over(|name| name == "colon")
        .coarse(0.0);
    phantom
        .add("small bowel", 48, chain(&loops, 13.0))
        .over(not_organs)
        .coarse(30.0);
}
