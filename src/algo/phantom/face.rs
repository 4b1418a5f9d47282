//! The face: its bones and sinuses, eyes, nose, jaws and teeth, tongue and chewing muscles. Numbers are mm in LPS and HU.

use glam::DMat3;

use super::Builder;
use super::chest::chain;
use super::solid::{Convex, Solid};

/// The same on both sides; `x` is that of the left.
fn both(at: [f64; 3], body: impl Fn([f64; 3]) -> Solid) -> [Solid; 2] {
    [body(at), body([-at[0], at[1], at[2]])]
}

fn ball(radii: [f64; 3]) -> impl Fn([f64; 3]) -> Solid {
    move |at| Solid::of(Convex::ellipsoid(at, radii))
}

/// A chain of rods on both sides.
fn chains(points: &[[f64; 3]], radius: f64) -> Vec<Solid> {
    let other: Vec<[f64; 3]> = points.iter().map(|[x, y, z]| [-x, *y, *z]).collect();
    chain(points, radius).into_iter().chain(chain(&other, radius)).collect()
}

/// Behind a place, given by its y.
fn behind(y: f64) -> Convex {
    Convex::between([0.0, y, 0.0], [0.0, y + 200.0, 0.0])
}

pub(super) fn add(phantom: &mut Builder) {
    add_bones(phantom);
    add_orbits(phantom);
    add_cavities(phantom);
    add_mouth(phantom);
}

/// Walls of the sinuses and the orbits, cheek bones, brow, palate.
fn add_bones(phantom: &mut Builder) {
    let cheek = [
        [26.0, -74.0, 119.0],
        [45.0, -69.0, 117.0],
        [57.0, -50.0, 118.0],
        [65.0, -24.0, 119.0],
        [66.0, -2.0, 121.0],
    ];
    let brow = [
        [8.0, -84.0, 154.0],
        [30.0, -82.0, 157.0],
        [48.0, -70.0, 149.0],
        [52.0, -60.0, 133.0],
        [48.0, -62.0, 120.0],
    ];
    let wings = [[13.0, -25.0, 124.0], [14.0, -20.0, 98.0]];
    let walls = both([26.0, -60.0, 107.0], ball([18.0, 20.0, 18.0]))
        .into_iter()
        .chain(both([31.0, -60.0, 137.0], |at| {
            Solid::of(Convex::ellipsoid(at, [19.6, 24.6, 17.6])).within(behind(-68.0))
        }))
        .chain([
            Solid::of(Convex::ellipsoid([0.0, -58.0, 136.0], [14.0, 27.0, 17.0])),
            Solid::of(Convex::ellipsoid([0.0, -56.0, 91.5], [24.0, 30.0, 3.4])),
            Solid::of(Convex::ellipsoid([0.0, -20.0, 131.0], [19.0, 17.0, 14.0])),
            Solid::rod([0.0, -90.0, 148.0], [0.0, -98.0, 130.0], [3.2, 2.4]),
        ]);
    let bones: Vec<Solid> = walls
        .chain(chains(&cheek, 4.4))
        .chain(chains(&brow, 4.6))
        .chain(chains(&wings, 2.2))
        .collect();
    phantom.add("facial bones", 900, bones).coarse(140.0).fine(120.0);
}

/// Fat behind the eye, the muscles that move it, its nerve, the eye and its lens.
fn add_orbits(phantom: &mut Builder) {
    phantom
        .add("orbital fat", -88, both([31.0, -60.0, 137.0], ball([18.0, 23.0, 16.0])))
        .fine(8.0);
    let mut muscles = Vec::new();
    for [aside, up] in [[9.5, 0.0], [-9.5, 0.0], [0.0, 10.0], [0.0, -10.0]] {
        let way = [
            [31.0 + aside, -62.0, 137.0 + up],
            [27.0 + aside, -50.0, 137.5 + up * 0.9],
            [20.0, -38.0, 138.0],
        ];
        muscles.extend(chains(&way, 1.9));
    }
    muscles.extend(chains(
        &[[31.0, -58.0, 137.0], [25.0, -46.0, 138.0], [18.0, -34.0, 139.0]],
        1.9,
    ));
    phantom.add("eye muscles and optic nerves", 50, muscles);
    phantom.add(
        "walls of the eyes",
        48,
        both([31.0, -70.0, 137.0], ball([12.6, 12.6, 12.6])),
    );
    phantom.add("eyes", 12, both([31.0, -70.0, 137.0], ball([11.4, 11.4, 11.4])));
    phantom.add("lenses", 78, both([31.0, -76.8, 137.0], ball([4.8, 2.2, 4.8])));
    phantom.add("eyelids", 30, both([30.0, -83.0, 137.0], ball([11.5, 3.2, 8.0])));
}

/// Air in the sinuses, the nose, the throat behind it and the ear canals, and what hangs in it.
fn add_cavities(phantom: &mut Builder) {
    let mut air: Vec<Solid> = both([26.0, -60.0, 107.0], ball([16.4, 18.2, 16.4])).into();
    // The nose is narrow above and wide below.
    air.extend(both([5.0, -66.0, 110.0], ball([4.4, 36.0, 19.0])));
    air.extend(both([8.0, -60.0, 101.0], ball([6.4, 32.0, 9.0])));
    air.extend(chains(&[[5.0, -94.0, 104.0], [5.0, -78.0, 104.0]], 3.8));
    air.push(Solid::of(Convex::ellipsoid([0.0, -20.0, 94.0], [13.0, 10.0, 24.0])));
    // Cells between the eyes, and the sinuses behind and above them.
    for (n, y) in [-76.0, -66.5, -57.0, -47.5].into_iter().enumerate() {
        for (m, z) in [132.0, 142.5].into_iter().enumerate() {
            let wide = 4.4 + 0.5 * ((n + m) % 3) as f64;
            air.extend(both([6.4, y, z + n as f64], ball([wide, 4.3, 4.7])));
        }
    }
    for (at, radii) in [
        ([8.0, -20.0, 131.0], [7.6, 13.0, 10.0]),
        ([-8.5, -19.0, 130.0], [7.4, 12.0, 9.0]),
        ([10.0, -81.0, 160.0], [10.0, 5.5, 11.0]),
        ([-10.0, -81.0, 158.0], [9.0, 5.0, 8.0]),
    ] {
        air.push(Solid::of(Convex::ellipsoid(at, radii)));
    }
    air.extend(chains(&[[82.0, 10.0, 119.0], [52.0, 10.0, 120.0]], 3.2));
    air.extend(both([48.0, 10.0, 121.0], ball([4.0, 5.0, 6.0])));
    phantom.add("air of nose and sinuses", -1000, air);
    let mut lining = Vec::new();
    for (z, radius) in [(101.0, 3.8), (112.0, 3.0), (121.0, 2.2)] {
        lining.extend(both([7.4, -58.0, z], ball([radius, 24.0, radius * 1.2])));
    }
    // One sinus is swollen at its floor.
    lining.push(Solid::of(Convex::ellipsoid([29.0, -58.0, 94.0], [9.0, 11.0, 6.0])));
    phantom.add("nasal mucosa", 45, lining);
    phantom.add(
        "nasal septum",
        180,
        [Solid::of(Convex::between([-0.7, 0.0, 0.0], [0.9, 0.0, 0.0]))
            .within(Convex::ellipsoid([0.0, -66.0, 112.0], [8.0, 34.0, 24.0]))],
    );
}

/// Tongue, chewing muscles and the fat of the cheeks, the lower jaw, and teeth one by one.
fn add_mouth(phantom: &mut Builder) {
    let mut cheeks: Vec<Solid> = both([44.0, -56.0, 92.0], ball([8.0, 13.0, 18.0])).into();
    cheeks.extend(both([21.0, -6.0, 88.0], ball([7.0, 8.0, 20.0])));
    phantom.add("fat of the cheeks", -92, cheeks).fine(8.0);
    let mut chewing: Vec<Solid> = vec![Solid::of(Convex::ellipsoid([0.0, -46.0, 74.0], [25.0, 33.0, 17.0]))];
    chewing.extend(both([49.5, -28.0, 92.0], ball([4.5, 13.0, 20.0])));
    chewing.extend(both([33.0, -18.0, 92.0], ball([7.0, 12.0, 20.0])));
    phantom.add("tongue and chewing muscles", 60, chewing).coarse(7.0);
    let jaw = [
        [0.0, -86.0, 58.0],
        [18.0, -80.0, 58.5],
        [33.0, -60.0, 61.0],
        [42.0, -34.0, 66.0],
        [46.0, -16.0, 76.0],
        [47.0, -8.0, 96.0],
        [47.0, -2.0, 114.0],
    ];
    let raised = |mm: f64| jaw.map(|[x, y, z]| [x, y, if z < 70.0 { z + mm } else { z }]);
    let rods = |radius: f64| -> Vec<Solid> {
        [-4.0, 2.0, 7.0]
            .iter()
            .flat_map(|mm| chains(&raised(*mm), radius))
            .collect()
    };
    let mut mandible = rods(5.6);
    mandible.extend(both([46.5, -16.0, 90.0], ball([2.8, 12.0, 24.0])));
    phantom.add("mandible", 1150, mandible).fine(60.0);
    phantom.add("mandible marrow", 300, rods(3.4)).fine(110.0);
    add_teeth(phantom);
}

fn add_teeth(phantom: &mut Builder) {
    let (mut crowns, mut roots) = (Vec::new(), Vec::new());
    // Cosine and sine of the eight teeth of a quarter along half an ellipse.
    let places: [[f64; 2]; 8] = [
        [0.995, 0.10],
        [0.955, 0.296],
        [0.877, 0.48],
        [0.766, 0.643],
        [0.629, 0.777],
        [0.45, 0.893],
        [0.24, 0.971],
        [0.02, 1.0],
    ];
    for (n, [ahead, aside]) in places.into_iter().enumerate() {
        let size = [2.9, 2.9, 2.9, 3.3, 3.4, 4.7, 4.7, 4.4][n];
        for (root, middle, z) in [(7.0, -42.0, 86.0), (-12.0, -41.0, 76.5)] {
            let at = [aside * 28.0, middle - ahead * 42.0, z];
            crowns.extend(both(at, ball([size, size * 0.95, 4.4])));
            let way = |at: [f64; 3]| Solid::rod(at, [at[0] * 0.97, at[1] + 1.5, z + root], [size * 0.62; 2]);
            roots.extend(both(at, way));
        }
    }
    phantom.add("teeth", 2350, crowns).coarse(0.0);
    phantom.add("roots of the teeth", 1450, roots).coarse(0.0);
}

/// The soft outline of the face below the skin by some mm, without the cranium.
pub(super) fn outline(inset: f64) -> Vec<Solid> {
    let smaller = |radii: [f64; 3]| radii.map(|radius| radius - inset);
    let mut parts = vec![
        Solid::of(Convex::ellipsoid([0.0, -46.0, 104.0], smaller([60.0, 54.0, 66.0]))),
        Solid::of(Convex::ellipsoid([0.0, -60.0, 62.0], smaller([33.0, 36.0, 25.0]))),
    ];
    if inset < 6.0 {
        let tip = DMat3::from_rotation_x(-0.35);
        parts.push(Solid::of(Convex::turned_ellipsoid(
            [0.0, -97.0, 121.0],
            smaller([9.5, 14.0, 22.0]),
            tip,
        )));
        parts.push(Solid::of(Convex::ellipsoid(
            [0.0, -108.0, 107.0],
            smaller([8.5, 9.0, 8.0]),
        )));
        parts.extend(both([9.5, -98.0, 106.0], ball(smaller([7.0, 10.0, 7.5]))));
        parts.push(Solid::of(Convex::ellipsoid(
            [0.0, -95.0, 84.5],
            smaller([24.0, 8.0, 5.2]),
        )));
        parts.push(Solid::of(Convex::ellipsoid(
            [0.0, -94.0, 75.5],
            smaller([21.0, 8.0, 5.2]),
        )));
    }
    parts
}
