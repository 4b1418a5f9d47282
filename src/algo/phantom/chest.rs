//! Trunk of the phantom: table, skin, muscle, ribs, spine, lungs, heart. Numbers are mm in LPS and HU.

use glam::{DMat3, DVec3, EulerRot};

use super::Builder;
use super::segments::NODULE;
use super::solid::{Convex, Solid};

/// Centre and radii of the lungs, before heart and diaphragm press into them.
pub(super) const RIGHT_LUNG: ([f64; 3], [f64; 3]) = ([-70.0, 4.0, -88.0], [58.0, 72.0, 112.0]);
pub(super) const LEFT_LUNG: ([f64; 3], [f64; 3]) = ([70.0, 4.0, -88.0], [56.0, 72.0, 110.0]);

/// A rod with round ends.
pub(super) fn capsule(from: [f64; 3], to: [f64; 3], radius: f64) -> [Solid; 3] {
    let ball = |at| Solid::of(Convex::ellipsoid(at, [radius; 3]));
    [Solid::rod(from, to, [radius; 2]), ball(from), ball(to)]
}

/// Round rods from point to point.
pub(super) fn chain(points: &[[f64; 3]], radius: f64) -> Vec<Solid> {
    points
        .windows(2)
        .flat_map(|ends| capsule(ends[0], ends[1], radius))
        .collect()
}

pub(super) fn both_sides(at: [f64; 3]) -> [[f64; 3]; 2] {
    [at, [-at[0], at[1], at[2]]]
}

pub(super) fn is_lung(name: &str) -> bool {
    name.ends_with(" lung")
}

/// Trunk, shoulders and upper arms, `inset` mm below the skin.
fn trunk(inset: f64) -> Vec<Solid> {
    let ball = |at, radii: [f64; 3]| Solid::of(Convex::ellipsoid(at, radii.map(|radius| radius - inset)));
    // Tubes that close like a dome under the shoulders.
    let barrel = |aside: f64, rx: f64, ry: f64| {
        let dome = [230.0, 150.0, 175.0].map(|radius: f64| radius - inset);
        let tube = Convex::tube([aside, 2.0, 0.0], [aside, 2.0, 1.0], [rx - inset, ry - inset]);
        let below = Convex::between([0.0, 0.0, -460.0], [0.0, 0.0, -210.0]);
        [below, Convex::ellipsoid([0.0, 4.0, -210.0], dome)].map(|part| Solid::of(tube).within(part))
    };
    // Two tubes side by side are flatter in front and behind than one.
    let barrels = [(0.0, 152.0, 106.0), (46.0, 106.0, 104.0), (-46.0, 106.0, 104.0)];
    let mut parts: Vec<Solid> = barrels
        .into_iter()
        .flat_map(|(aside, rx, ry)| barrel(aside, rx, ry))
        .collect();
    parts.extend([
        ball([0.0, -8.0, -60.0], [130.0, 96.0, 80.0]),
        ball([0.0, 10.0, -44.0], [172.0, 84.0, 60.0]),
        ball([0.0, 16.0, -6.0], [112.0, 62.0, 46.0]),
    ]);
    parts.extend(both_sides([142.0, 10.0, -42.0]).map(|at| ball(at, [46.0, 48.0, 50.0])));
    // From the neck to the shoulders, over the clavicles.
    parts.extend(both_sides([80.0, 2.0, -6.0]).map(|at| ball(at, [62.0, 50.0, 40.0])));
    parts.extend(both_sides([64.0, -82.0, -112.0]).map(|at| ball(at, [66.0, 28.0, 52.0])));
    parts
}

pub(super) fn add_body(phantom: &mut Builder) {
    add_table(phantom);
    let neck = |inset: f64| Solid::rod([0.0, 22.0, -20.0], [0.0, 16.0, 95.0], [57.0 - inset, 58.0 - inset]);
    let arm = |inset: f64| {
        both_sides([1.0, 0.0, 0.0]).map(|side| {
            Solid::rod(
                [144.0 * side[0], 12.0, -40.0],
                [180.0 * side[0], 30.0, -420.0],
                [33.0 - inset; 2],
            )
        })
    };
    phantom.add("skin of the arms", 20, arm(0.0)).fine(8.0);
    phantom.add("fat of the arms", -102, arm(2.2)).coarse(9.0).fine(6.0);
    phantom.add("muscles of the arms", 58, arm(9.0)).coarse(9.0).strands();
    let with_neck = |trunk_inset: f64, neck_inset: f64| trunk(trunk_inset).into_iter().chain([neck(neck_inset)]);
    phantom.add("skin", 20, with_neck(0.0, 0.0)).fine(8.0);
    phantom
        .add("subcutaneous fat", -102, with_neck(2.4, 2.2))
        .coarse(9.0)
        .fine(6.0);
    phantom.add("muscle", 58, with_neck(17.0, 8.0)).coarse(9.0).strands();
    let pectoral = both_sides([62.0, -76.0, -84.0]).map(|at| {
        let turn = DMat3::from_rotation_z(0.35 * at[0].signum());
        Solid::of(Convex::turned_ellipsoid(at, [58.0, 11.0, 46.0], turn))
    });
    phantom.add("pectoral muscles", 58, pectoral).coarse(8.0).strands();
}

fn add_table(phantom: &mut Builder) {
    // A cradle of carbon over foam, on a flat base.
    let round = |radius: f64| Convex::tube([0.0, -190.0, 0.0], [0.0, -190.0, 1.0], [radius; 2]);
    let low = Convex::between([0.0, 40.0, 0.0], [0.0, 400.0, 0.0]);
    let shell = |outer: f64, inner: f64, width: f64| {
        Solid::of(round(outer))
            .within(low)
            .within(Convex::between([-width, 0.0, 0.0], [width, 0.0, 0.0]))
            .without(&[round(inner)])
    };
    phantom.add("table", 40, [shell(327.0, 301.0, 196.0)]).coarse(0.0);
    phantom
        .add("table foam", -910, [shell(325.2, 302.6, 194.0)])
        .coarse(0.0)
        .fine(6.0);
    phantom
        .add("mattress", -940, [shell(301.0, 296.5, 188.0)])
        .coarse(0.0)
        .fine(10.0);
}

pub(super) fn add_organs(phantom: &mut Builder) {
    add_bones(phantom);
    let lung = |(center, radii)| Solid::of(Convex::ellipsoid(center, radii));
    let pleura = |(center, radii): ([f64; 3], [f64; 3])| lung((center, radii.map(|radius| radius + 4.0)));
    phantom
        .add("intercostal tissue", 40, [RIGHT_LUNG, LEFT_LUNG].map(pleura))
        .over(|name| matches!(name, "muscle" | "subcutaneous fat" | "pectoral muscles"))
        .coarse(25.0);
    for (name, hu, place) in [("right lung", -862, RIGHT_LUNG), ("left lung", -858, LEFT_LUNG)] {
        phantom
            .add(name, hu, [lung(place)])
            .coarse(26.0)
            .fine(34.0)
            .gradient(0.55);
    }
    phantom
        .add(
            "mediastinal fat",
            -92,
            [
                Solid::of(Convex::ellipsoid([2.0, -2.0, -62.0], [29.0, 58.0, 92.0])),
                Solid::of(Convex::ellipsoid([4.0, 40.0, -120.0], [26.0, 34.0, 150.0])),
            ],
        )
        .coarse(22.0)
        .fine(10.0);
    add_back(phantom);
    add_spine(phantom);
    add_heart(phantom);
}

fn add_bones(phantom: &mut Builder) {
    let cage = |inset: f64| Convex::ellipsoid([0.0, 4.0, -112.0], [143.0 - inset, 88.0 - inset, 154.0 - inset]);
    // Ribs fall towards the front.
    let fall = DVec3::new(0.0, -0.36, 1.0).normalize();
    let rib = |height: f64, inset: f64| {
        let middle = DVec3::new(0.0, 4.0, height);
        let half = fall * (5.8 - inset);
        Solid::of(cage(inset))
            .within(Convex::between((middle - half).to_array(), (middle + half).to_array()))
            .without(&[cage(9.5 - inset)])
    };
    let heights: Vec<f64> = (0..10).map(|n| 4.0 - 23.5 * f64::from(n)).collect();
    phantom
        .add("ribs", 760, heights.iter().map(|height| rib(*height, 0.0)))
        .fine(60.0);
    phantom
        .add("rib marrow", 190, heights.iter().map(|height| rib(*height, 1.9)))
        .coarse(40.0)
        .fine(60.0);
    // The ends of the ribs in front are cartilage.
    phantom
        .add(
            "costal cartilage",
            105,
            // A little more than the ribs, so that nothing of their shells is left.
            heights
                .iter()
                .map(|height| rib(*height, -0.3).within(Convex::ellipsoid([0.0, -90.0, -110.0], [74.0, 56.0, 165.0]))),
        )
        .over(|name| matches!(name, "ribs" | "rib marrow"))
        .coarse(18.0);
    let sternum = |inset: f64| {
        Solid::of(Convex::turned_ellipsoid(
            [0.0, -80.0, -92.0],
            [18.0 - inset, 6.5 - inset, 72.0 - inset],
            DMat3::from_rotation_x(-0.12),
        ))
    };
    phantom.add("sternum", 560, [sternum(0.0)]).fine(50.0);
    phantom
        .add("sternal marrow", 150, [sternum(1.8)])
        .coarse(30.0)
        .fine(45.0);
    add_shoulders(phantom);
    add_scapulae(phantom);
}

fn add_shoulders(phantom: &mut Builder) {
    let clavicle = |radius: f64| {
        both_sides([1.0, 0.0, 0.0]).map(|side| {
            let x = side[0];
            chain(
                &[
                    [14.0 * x, -60.0, -18.0],
                    [52.0 * x, -52.0, -10.0],
                    [96.0 * x, -22.0, -5.0],
                    [130.0 * x, -8.0, -8.0],
                ],
                radius,
            )
        })
    };
    phantom
        .add("clavicles", 820, clavicle(6.6).into_iter().flatten())
        .fine(50.0);
    phantom
        .add("clavicular marrow", 210, clavicle(4.2).into_iter().flatten())
        .fine(55.0);
    let humerus = |inset: f64| {
        both_sides([142.0, 10.0, -36.0]).map(|at| {
            let low = [at[0] * 1.26, at[1] + 20.0, -420.0];
            [
                Solid::of(Convex::ellipsoid(at, [22.0 - inset, 23.0 - inset, 23.0 - inset])),
                Solid::rod(low, at, [12.5 - inset * 1.6; 2]),
            ]
        })
    };
    phantom
        .add("humeri", 780, humerus(0.0).into_iter().flatten())
        .fine(40.0);
    phantom
        .add("humeral marrow", 170, humerus(2.4).into_iter().flatten())
        .coarse(45.0)
        .fine(60.0);
}

fn add_scapulae(phantom: &mut Builder) {
    let blade = |inset: f64| {
        both_sides([98.0, 66.0, -62.0]).map(move |at| {
            let turn = DMat3::from_euler(EulerRot::ZYX, -0.62 * at[0].signum(), 0.12 * at[0].signum(), 0.0);
            Solid::of(Convex::turned_ellipsoid(
                at,
                [36.0 - inset, 4.2 - inset, 56.0 - inset],
                turn,
            ))
        })
    };
    let spine = both_sides([1.0, 0.0, 0.0]).map(|side| {
        let x = side[0];
        chain(
            &[
                [84.0 * x, 76.0, -34.0],
                [118.0 * x, 54.0, -22.0],
                [136.0 * x, 30.0, -12.0],
            ],
            5.0,
        )
    });
    let socket = both_sides([118.0, 22.0, -40.0]).map(|at| Solid::of(Convex::ellipsoid(at, [8.0, 13.0, 18.0])));
    phantom
        .add(
            "scapulae",
            720,
            blade(0.0).into_iter().chain(spine.into_iter().flatten()).chain(socket),
        )
        .fine(60.0);
    phantom.add("scapular marrow", 230, blade(1.9)).fine(60.0);
}

fn add_back(phantom: &mut Builder) {
    let erector = both_sides([30.0, 84.0, 0.0]).map(|at| {
        Solid::of(Convex::tube([at[0], at[1], -460.0], [at[0], at[1], 0.0], [24.0, 17.0]))
            .within(Convex::between([0.0, 0.0, -460.0], [0.0, 0.0, 10.0]))
    });
    phantom
        .add("erector muscles", 58, erector)
        .over(|name| matches!(name, "muscle" | "subcutaneous fat"))
        .coarse(10.0)
        .strands();
}

/// Vertebrae with discs between them; the column bends forward in the neck.
fn add_spine(phantom: &mut Builder) {
    let (low, high, top) = ([0.0, 58.0, -420.0], [0.0, 56.0, 0.0], [0.0, 34.0, 94.0]);
    let behind = |at: [f64; 3], mm: f64| [at[0], at[1] + mm, at[2]];
    let column = |rx: f64, ry: f64| {
        [
            Solid::rod(low, high, [rx, ry]),
            Solid::rod(high, top, [rx * 0.72, ry * 0.78]),
        ]
    };
    phantom.add("discs", 88, column(19.0, 15.5)).coarse(8.0);
    let levels: Vec<(f64, f64)> = (0..15)
        .map(|n| (-393.0 + 27.0 * f64::from(n), 11.2))
        .chain((0..5).map(|n| (9.0 + 20.4 * f64::from(n), 8.2)))
        .collect();
    let level =
        |(z, half): (f64, f64), inset: f64| Convex::between([0.0, 0.0, z - half + inset], [0.0, 0.0, z + half - inset]);
    let bodies = |rx: f64, ry: f64, inset: f64| -> Vec<Solid> {
        levels
            .iter()
            .flat_map(|at| column(rx, ry).map(|piece| piece.within(level(*at, inset))))
            .collect()
    };
    phantom.add("vertebrae", 520, bodies(20.5, 17.0, 0.0)).fine(40.0);
    phantom
        .add("vertebral marrow", 185, bodies(18.9, 15.4, 1.2))
        .coarse(32.0)
        .fine(55.0);
    let along = |mm: f64, rx: f64, ry: f64| {
        [
            Solid::rod(behind(low, mm), behind(high, mm), [rx, ry]),
            Solid::rod(behind(high, mm), behind(top, mm * 0.75), [rx * 0.85, ry * 0.85]),
        ]
    };
    phantom
        .add(
            "vertebral arches",
            470,
            levels
                .iter()
                .flat_map(|at| along(23.0, 16.0, 13.5).map(|piece| piece.within(level(*at, 3.6)))),
        )
        .fine(60.0);
    phantom
        .add(
            "spinous and transverse processes",
            430,
            levels.iter().flat_map(|(z, half)| {
                let y = if *z < 0.0 { 95.0 } else { 84.0 - 0.2 * z };
                let spinous = Solid::of(Convex::turned_ellipsoid(
                    [0.0, y, z - 8.0],
                    [3.2, 12.0, half * 0.62],
                    DMat3::from_rotation_x(0.5),
                ));
                let transverse = both_sides([20.0, y - 12.0, *z]).map(|at| {
                    Solid::of(Convex::turned_ellipsoid(
                        at,
                        [if *z < 0.0 { 15.0 } else { 8.0 }, 4.6, half * 0.42],
                        DMat3::from_rotation_z(0.4 * at[0].signum()),
                    ))
                });
                [spinous].into_iter().chain(transverse)
            }),
        )
        .fine(60.0);
    phantom.add("spinal canal", 12, along(23.0, 10.0, 8.4));
    phantom.add("spinal cord", 36, along(23.0, 5.4, 4.2));
}

fn add_heart(phantom: &mut Builder) {
    // The long axis points to the apex: left, forward, down.
    let turn = DMat3::from_euler(EulerRot::ZYX, -0.7, 0.45, 0.0);
    let oval = |at, radii| Solid::of(Convex::turned_ellipsoid(at, radii, turn));
    phantom
        .add("epicardial fat", -88, [oval([22.0, -27.0, -106.0], [69.0, 48.0, 53.0])])
        .coarse(14.0);
    phantom
        .add("myocardium", 98, [oval([23.0, -26.0, -106.0], [64.0, 43.5, 48.0])])
        .coarse(7.0);
    // Fat in the grooves between the chambers.
    phantom
        .add(
            "atrioventricular groove",
            -70,
            [oval([6.0, -22.0, -94.0], [5.0, 46.0, 50.0])],
        )
        .over(|name| name == "myocardium")
        .coarse(10.0);
    let blood = |phantom: &mut Builder, name, hu, solid| {
        phantom.add(name, hu, [solid]).coarse(6.0);
    };
    blood(
        phantom,
        "left ventricle",
        238,
        oval([41.0, -24.0, -114.0], [32.0, 16.5, 19.5]),
    );
    phantom
        .add(
            "papillary muscles",
            105,
            [
                oval([44.0, -18.0, -120.0], [11.0, 4.0, 4.0]),
                oval([46.0, -31.0, -113.0], [10.0, 3.6, 3.6]),
            ],
        )
        .coarse(4.0);
    blood(
        phantom,
        "right ventricle",
        186,
        oval([22.0, -50.0, -114.0], [37.0, 12.5, 24.0]),
    );
    let left_atrium = Solid::of(Convex::ellipsoid([4.0, 6.0, -86.0], [27.0, 15.0, 19.0]));
    blood(phantom, "left atrium", 232, left_atrium);
    let right_atrium = Solid::of(Convex::ellipsoid([-26.0, -24.0, -96.0], [16.0, 19.0, 27.0]));
    blood(phantom, "right atrium", 178, right_atrium);
}

/// What a reader should find.
pub(super) fn add_findings(phantom: &mut Builder) {
    phantom.add_target("lung nodule", 35, Convex::ellipsoid(NODULE.0, [NODULE.1; 3]));
}
