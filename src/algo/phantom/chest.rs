//! Trunk of the phantom: table, skin, ribs, spine, lungs, heart, great vessels. Numbers are mm in LPS and HU.

use glam::{DMat3, DVec3, EulerRot};

use super::Builder;
use super::solid::{Convex, Solid};

const RIGHT_LUNG: ([f64; 3], [f64; 3]) = ([-68.0, 2.0, -85.0], [57.0, 70.0, 105.0]);
const LEFT_LUNG: ([f64; 3], [f64; 3]) = ([68.0, 2.0, -85.0], [55.0, 70.0, 105.0]);

/// A rod with round ends.
pub(super) fn capsule(from: [f64; 3], to: [f64; 3], radius: f64) -> [Solid; 3] {
    let ball = |at| Solid::of(Convex::ellipsoid(at, [radius; 3]));
    [Solid::rod(from, to, [radius; 2]), ball(from), ball(to)]
}

fn both_sides(at: [f64; 3]) -> [[f64; 3]; 2] {
    [at, [-at[0], at[1], at[2]]]
}

/// Trunk and shoulders, `inset` mm below the skin.
fn trunk(inset: f64) -> [Solid; 2] {
    let barrel = Solid::of(Convex::tube(
        [0.0, 2.0, 0.0],
        [0.0, 2.0, 1.0],
        [163.0 - inset, 106.0 - inset],
    ));
    [
        barrel.within(Convex::between([0.0, 0.0, -400.0], [0.0, 0.0, -32.0])),
        Solid::of(Convex::ellipsoid(
            [0.0, 8.0, -32.0],
            [176.0 - inset, 86.0 - inset, 62.0 - inset],
        )),
    ]
}

pub(super) fn add_body(phantom: &mut Builder) {
    let slab = |front: f64, back: f64, width: f64| {
        Solid::of(Convex::between([0.0, front, 0.0], [0.0, back, 0.0]))
            .within(Convex::between([-width, 0.0, 0.0], [width, 0.0, 0.0]))
    };
    phantom.add("table", 60, [slab(112.0, 136.0, 190.0)]);
    phantom.add("table foam", -820, [slab(115.0, 133.0, 187.0)]);
    let neck = |inset: f64| Solid::rod([0.0, 22.0, -20.0], [0.0, 12.0, 95.0], [59.0 - inset, 60.0 - inset]);
    phantom.add("skin", 15, trunk(0.0).into_iter().chain([neck(0.0)]));
    phantom.add("fat", -95, trunk(3.0).into_iter().chain([neck(3.0)]));
    phantom.add("muscle", 55, trunk(15.0).into_iter().chain([neck(8.0)]));
}

pub(super) fn add_organs(phantom: &mut Builder) {
    add_bones(phantom);
    let lung = |(center, radii)| Solid::of(Convex::ellipsoid(center, radii));
    phantom.add("right lung", -860, [lung(RIGHT_LUNG)]);
    phantom.add("left lung", -850, [lung(LEFT_LUNG)]);
    phantom.add("lung vessels", 40, lung_vessels());
    phantom.add(
        "mediastinum",
        25,
        [Solid::of(Convex::ellipsoid([2.0, 2.0, -62.0], [32.0, 54.0, 92.0]))],
    );
    add_spine(phantom);
    add_heart(phantom);
    add_great_vessels(phantom);
    let airway = [
        Solid::rod([0.0, 14.0, -48.0], [0.0, -10.0, 84.0], [8.0, 7.0]),
        Solid::rod([0.0, 14.0, -46.0], [-42.0, 22.0, -82.0], [6.0, 6.0]),
        Solid::rod([0.0, 14.0, -46.0], [44.0, 24.0, -78.0], [5.5, 5.5]),
    ];
    phantom.add("airways", -990, airway);
}

fn add_bones(phantom: &mut Builder) {
    let cage = |inset: f64| Convex::ellipsoid([0.0, 2.0, -110.0], [141.0 - inset, 86.0 - inset, 150.0 - inset]);
    // Ribs fall towards the front.
    let fall = DVec3::new(0.0, 0.26, 1.0).normalize();
    let rib = |height: f64, inset: f64| {
        let middle = DVec3::new(0.0, 2.0, height);
        let half = fall * (5.5 - inset);
        Solid::of(cage(inset))
            .within(Convex::between((middle - half).to_array(), (middle + half).to_array()))
            .without(&[cage(9.0 - inset)])
    };
    let heights: Vec<f64> = (0..9).map(|n| -8.0 - 23.0 * f64::from(n)).collect();
    phantom.add("ribs", 650, heights.iter().map(|height| rib(*height, 0.0)));
    phantom.add("rib marrow", 180, heights.iter().map(|height| rib(*height, 2.2)));
    phantom.add(
        "sternum",
        320,
        [Solid::of(Convex::turned_ellipsoid(
            [0.0, -75.0, -88.0],
            [17.0, 6.0, 66.0],
            DMat3::from_rotation_x(-0.12),
        ))],
    );
    phantom.add(
        "clavicles",
        600,
        both_sides([128.0, -6.0, -2.0])
            .into_iter()
            .flat_map(|end| capsule([end[0] * 0.12, -66.0, -14.0], end, 6.5)),
    );
    phantom.add(
        "humeral heads",
        700,
        both_sides([139.0, 8.0, -30.0]).map(|at| Solid::of(Convex::ellipsoid(at, [21.0, 23.0, 23.0]))),
    );
    phantom.add(
        "humeral marrow",
        220,
        both_sides([139.0, 8.0, -30.0]).map(|at| Solid::of(Convex::ellipsoid(at, [18.0, 20.0, 20.0]))),
    );
    phantom.add(
        "scapulae",
        500,
        both_sides([92.0, 70.0, -48.0]).map(|at| {
            let turn = DMat3::from_rotation_z(-0.5 * at[0].signum());
            Solid::of(Convex::turned_ellipsoid(at, [34.0, 4.5, 46.0], turn))
        }),
    );
}

/// Vertebrae with discs between them; the column bends forward in the neck.
fn add_spine(phantom: &mut Builder) {
    let (low, high, top) = ([0.0, 58.0, -270.0], [0.0, 56.0, 0.0], [0.0, 34.0, 94.0]);
    let behind = |at: [f64; 3], mm: f64| [at[0], at[1] + mm, at[2]];
    let column = |rx: f64, ry: f64| {
        [
            Solid::rod(low, high, [rx, ry]),
            Solid::rod(high, top, [rx * 0.72, ry * 0.78]),
        ]
    };
    phantom.add("discs", 95, column(19.0, 15.5));
    let levels: Vec<(f64, f64)> = (0..10)
        .map(|n| (-258.0 + 27.0 * f64::from(n), 10.5))
        .chain((0..5).map(|n| (14.0 + 19.0 * f64::from(n), 7.2)))
        .collect();
    let level =
        |(z, half): (f64, f64), inset: f64| Convex::between([0.0, 0.0, z - half + inset], [0.0, 0.0, z + half - inset]);
    let bodies = |rx: f64, ry: f64, inset: f64| -> Vec<Solid> {
        levels
            .iter()
            .flat_map(|at| column(rx, ry).map(|piece| piece.within(level(*at, inset))))
            .collect()
    };
    phantom.add("vertebrae", 480, bodies(20.0, 16.5, 0.0));
    phantom.add("vertebral marrow", 210, bodies(17.5, 14.0, 2.0));
    let along = |mm: f64, r: f64| {
        [
            Solid::rod(behind(low, mm), behind(high, mm), [r, r * 0.9]),
            Solid::rod(behind(high, mm), behind(top, mm * 0.75), [r * 0.85, r * 0.8]),
        ]
    };
    phantom.add(
        "vertebral arches",
        420,
        levels
            .iter()
            .flat_map(|at| along(23.0, 15.0).map(|piece| piece.within(level(*at, 1.5)))),
    );
    phantom.add(
        "spinous processes",
        420,
        levels.iter().map(|(z, half)| {
            let y = if *z < 0.0 { 93.0 } else { 82.0 - 0.2 * z };
            Solid::of(Convex::ellipsoid([0.0, y, z - 6.0], [3.0, 9.0, half * 0.6]))
        }),
    );
    phantom.add("spinal canal", 18, along(23.0, 9.5));
    phantom.add("spinal cord", 38, along(23.0, 5.0));
}

fn add_heart(phantom: &mut Builder) {
    // The long axis points to the apex: left, forward, down.
    let turn = DMat3::from_euler(EulerRot::ZYX, -0.7, 0.45, 0.0);
    phantom.add(
        "heart",
        60,
        [Solid::of(Convex::turned_ellipsoid(
            [22.0, -26.0, -104.0],
            [64.0, 44.0, 47.0],
            turn,
        ))],
    );
    phantom.add(
        "left ventricle",
        190,
        [Solid::of(Convex::turned_ellipsoid(
            [40.0, -26.0, -113.0],
            [34.0, 17.0, 19.0],
            turn,
        ))],
    );
    phantom.add(
        "right ventricle",
        165,
        [Solid::of(Convex::turned_ellipsoid(
            [20.0, -48.0, -112.0],
            [36.0, 13.0, 22.0],
            turn,
        ))],
    );
    phantom.add(
        "left atrium",
        185,
        [Solid::of(Convex::ellipsoid([4.0, 4.0, -84.0], [26.0, 15.0, 18.0]))],
    );
    phantom.add(
        "right atrium",
        160,
        [Solid::of(Convex::ellipsoid([-24.0, -24.0, -92.0], [15.0, 17.0, 24.0]))],
    );
}

fn add_great_vessels(phantom: &mut Builder) {
    let arch = [
        [2.0, -20.0, -84.0],
        [-6.0, -22.0, -40.0],
        [0.0, -10.0, -22.0],
        [10.0, 8.0, -16.0],
        [20.0, 26.0, -24.0],
        [24.0, 36.0, -44.0],
        [21.0, 37.0, -150.0],
        [13.0, 37.0, -270.0],
    ];
    let radii = [15.0, 14.5, 13.5, 13.0, 12.5, 11.5, 10.5];
    phantom.add(
        "aorta",
        230,
        arch.windows(2)
            .zip(radii)
            .flat_map(|(ends, radius)| capsule(ends[0], ends[1], radius)),
    );
    phantom.add(
        "superior vena cava",
        150,
        capsule([-20.0, -14.0, -80.0], [-18.0, -12.0, -8.0], 9.0),
    );
    let trunk = [
        capsule([12.0, -30.0, -76.0], [6.0, -8.0, -52.0], 12.0),
        capsule([6.0, -6.0, -54.0], [-36.0, 6.0, -66.0], 9.0),
        capsule([8.0, -6.0, -54.0], [38.0, 12.0, -58.0], 9.5),
    ];
    phantom.add("pulmonary arteries", 210, trunk.into_iter().flatten());
}

/// Two generations of vessels that fan out from each hilum, cut off at the lung's surface.
fn lung_vessels() -> Vec<Solid> {
    let mut vessels = Vec::new();
    for (side, (center, radii)) in [(-1.0, RIGHT_LUNG), (1.0, LEFT_LUNG)] {
        let lung = Convex::ellipsoid(center, radii.map(|radius| radius - 6.0));
        let hilum = DVec3::new(34.0 * side, 8.0, -70.0);
        for n in 0..14 {
            // Directions spread evenly over the half ball that looks away from the heart.
            let (height, angle) = (1.0 - 2.0 * (f64::from(n) + 0.5) / 14.0, 2.4 * f64::from(n));
            let across = (1.0 - height * height).sqrt();
            let aside = 0.35 + 0.65 * (across * angle.cos()).abs();
            let way = DVec3::new(aside * side, across * angle.sin(), height * 1.2).normalize();
            let fork = hilum + way * 52.0;
            vessels.push(Solid::rod(hilum.to_array(), fork.to_array(), [3.2, 3.2]).within(lung));
            let bend = DVec3::new(0.0, way.z, -way.y) * 0.45;
            for turn in [bend, -bend, DVec3::new(way.z, 0.0, 0.3) * 0.4] {
                let end = fork + (way + turn).normalize() * 60.0;
                vessels.push(Solid::rod(fork.to_array(), end.to_array(), [1.7, 1.7]).within(lung));
            }
        }
    }
    vessels
}

/// What a reader should find.
pub(super) fn add_findings(phantom: &mut Builder) {
    phantom.add_target(
        "lung nodule",
        35,
        Convex::ellipsoid([-82.0, -22.0, -42.0], [8.0, 8.0, 8.0]),
    );
}
