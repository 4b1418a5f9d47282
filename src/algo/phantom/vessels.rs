//! Vessels and airways of the phantom: the aorta with its branches, veins, and the trees of the lungs. Numbers are mm in
//! LPS and HU.

use glam::DVec3;

use super::Builder;
use super::chest::{LEFT_LUNG, RIGHT_LUNG, both_sides, chain, is_lung};
use super::solid::{Convex, Solid};
use super::tree::{Branch, Growth, grow};

pub(super) fn add(phantom: &mut Builder) {
    add_trees(phantom);
    add_veins(phantom);
    add_pulmonary_trunk(phantom);
    add_aorta(phantom);
    add_airways(phantom);
}

/// The right or the left lung: −1 or 1 on the patient's x axis.
fn sides() -> [(f64, Convex); 2] {
    [(-1.0, RIGHT_LUNG), (1.0, LEFT_LUNG)].map(|(side, (center, radii))| {
        let inner = Convex::ellipsoid(center, radii.map(|radius: f64| radius - 3.0));
        (side, inner)
    })
}

/// Trees that start at each hilum, thick branches first.
fn trees(hilum: [f64; 3], radius_mm: f64, growth: Growth) -> Vec<Branch> {
    let ways = [
        [0.45, -0.2, 1.0],
        [0.9, -0.75, 0.35],
        [0.9, 0.1, 0.4],
        [0.5, 0.8, 0.45],
        [0.8, -0.5, -0.5],
        [0.5, 0.25, -1.0],
        [0.9, 0.3, -0.5],
        [0.5, 0.8, -0.55],
    ];
    sides()
        .into_iter()
        .enumerate()
        .flat_map(|(n, (side, lung))| {
            let from = DVec3::new(hilum[0] * side, hilum[1], hilum[2]);
            ways.iter().enumerate().flat_map(move |(m, way)| {
                let way = DVec3::new(way[0] * side, way[1], way[2]).normalize();
                let stem = Branch {
                    from,
                    to: from + way * 24.0,
                    radius_mm,
                };
                let growth = Growth {
                    seed: growth.seed + 10 * m as u64 + 100 * n as u64,
                    ..growth
                };
                grow(stem, &growth, &|at| Solid::of(lung).contains(at))
            })
        })
        .collect()
}

fn rods(branches: &[Branch], extra_mm: f64) -> Vec<Solid> {
    branches
        .iter()
        .flat_map(|branch| {
            let radius = branch.radius_mm + extra_mm;
            let (from, to) = (branch.from.to_array(), branch.to.to_array());
            [
                Solid::rod(from, to, [radius; 2]),
                // A ball at the joint, so that forks do not gape.
                Solid::of(Convex::ellipsoid(to, [radius; 3])),
            ]
        })
        .collect()
}

fn add_trees(phantom: &mut Builder) {
    let arteries = Growth {
        least_radius_mm: 0.5,
        slenderness: 10.5,
        thinning: [0.84, 0.66],
        seed: 500,
    };
    let veins = Growth { seed: 900, ..arteries };
    let bronchi = Growth {
        least_radius_mm: 0.9,
        slenderness: 8.5,
        thinning: [0.79, 0.66],
        seed: 1300,
    };
    phantom
        .add(
            "pulmonary veins",
            190,
            rods(&trees([30.0, 8.0, -86.0], 3.6, veins), 0.0),
        )
        .over(is_lung);
    let airways = trees([42.0, 22.0, -82.0], 3.4, bronchi);
    phantom
        .add("bronchial walls", -60, rods(&airways, 0.8))
        .over(|name| is_lung(name) || name == "pulmonary veins");
    phantom
        .add("bronchi", -985, rods(&airways, 0.0))
        .over(|name| is_lung(name) || name == "bronchial walls")
        .coarse(0.0);
    phantom
        .add(
            "pulmonary arterial branches",
            205,
            rods(&trees([36.0, 10.0, -68.0], 4.3, arteries), 0.0),
        )
        .over(|name| is_lung(name) || name == "bronchial walls");
}

fn add_veins(phantom: &mut Builder) {
    let cava = chain(
        &[[-22.0, -20.0, -84.0], [-20.0, -14.0, -50.0], [-19.0, -22.0, -14.0]],
        9.5,
    );
    let innominate = chain(
        &[
            [-19.0, -24.0, -16.0],
            [6.0, -38.0, -4.0],
            [34.0, -36.0, 8.0],
            [62.0, -34.0, 10.0],
        ],
        6.5,
    );
    let jugular = both_sides([1.0, 0.0, 0.0]).into_iter().flat_map(|side| {
        chain(
            &[
                [22.0 * side[0], -22.0, -6.0],
                [31.0 * side[0], -6.0, 40.0],
                [33.0 * side[0], 6.0, 104.0],
            ],
            5.8,
        )
    });
    phantom
        .add("veins", 168, cava.into_iter().chain(innominate).chain(jugular))
        .coarse(5.0);
    phantom.add(
        "azygos vein",
        150,
        chain(&[[8.0, 38.0, -380.0], [-6.0, 36.0, -120.0], [-8.0, 34.0, -46.0]], 3.4),
    );
}

fn add_pulmonary_trunk(phantom: &mut Builder) {
    let trunk = [
        chain(&[[13.0, -38.0, -84.0], [14.0, -24.0, -64.0], [8.0, -8.0, -54.0]], 12.0),
        chain(&[[8.0, -8.0, -55.0], [-18.0, 0.0, -60.0], [-38.0, 8.0, -68.0]], 9.0),
        chain(&[[10.0, -8.0, -54.0], [28.0, 6.0, -54.0], [40.0, 12.0, -66.0]], 9.0),
    ];
    phantom
        .add("pulmonary arteries", 212, trunk.into_iter().flatten())
        .coarse(6.0);
}

fn add_aorta(phantom: &mut Builder) {
    let pieces = [
        ([[2.0, -18.0, -88.0], [-5.0, -24.0, -66.0]], 15.5),
        ([[-5.0, -24.0, -66.0], [-7.0, -22.0, -42.0]], 15.0),
        ([[-7.0, -22.0, -42.0], [-2.0, -14.0, -26.0]], 14.0),
        ([[-2.0, -14.0, -26.0], [8.0, 0.0, -18.0]], 13.5),
        ([[8.0, 0.0, -18.0], [18.0, 18.0, -22.0]], 13.0),
        ([[18.0, 18.0, -22.0], [23.0, 32.0, -40.0]], 12.5),
        ([[23.0, 32.0, -40.0], [23.0, 37.0, -90.0]], 12.0),
        ([[23.0, 37.0, -90.0], [19.0, 36.0, -170.0]], 11.5),
        ([[19.0, 36.0, -170.0], [5.0, 32.0, -400.0]], 10.0),
    ];
    let wall = |thick: f64| {
        pieces
            .iter()
            .flat_map(move |(ends, radius)| chain(ends, radius + thick))
            .collect::<Vec<_>>()
    };
    phantom.add("aortic wall", 62, wall(1.4)).coarse(3.0);
    phantom.add("aorta", 246, wall(0.0)).coarse(6.0);
    let calcified = [
        [[12.0, 10.0, -8.5], [16.0, 16.0, -10.5]],
        [[12.6, 43.0, -196.0], [11.6, 43.5, -205.0]],
    ];
    phantom.add(
        "calcified plaque",
        780,
        calcified.iter().flat_map(|ends| chain(ends, 1.7)),
    );
    add_branches(phantom);
}

fn add_branches(phantom: &mut Builder) {
    let upward = [
        chain(&[[0.0, -12.0, -16.0], [-16.0, -16.0, 8.0], [-21.0, -12.0, 20.0]], 6.2),
        chain(&[[-21.0, -12.0, 20.0], [-26.0, -2.0, 58.0], [-28.0, 0.0, 108.0]], 3.6),
        chain(&[[-20.0, -12.0, 18.0], [-48.0, -18.0, 22.0], [-92.0, -20.0, 2.0]], 4.2),
        chain(
            &[
                [7.0, -4.0, -10.0],
                [18.0, -8.0, 20.0],
                [25.0, -2.0, 58.0],
                [28.0, 0.0, 108.0],
            ],
            3.6,
        ),
        chain(
            &[
                [15.0, 10.0, -12.0],
                [26.0, 6.0, 18.0],
                [54.0, -10.0, 24.0],
                [94.0, -18.0, 4.0],
            ],
            4.4,
        ),
    ];
    let vertebral = both_sides([1.0, 0.0, 0.0]).into_iter().flat_map(|side| {
        chain(
            &[
                [26.0 * side[0], 4.0, 20.0],
                [19.0 * side[0], 36.0, 44.0],
                [18.0 * side[0], 34.0, 100.0],
            ],
            2.0,
        )
    });
    let downward = [
        chain(
            &[
                [15.0, 30.0, -204.0],
                [14.0, 14.0, -208.0],
                [-6.0, 6.0, -206.0],
                [-26.0, 0.0, -200.0],
            ],
            3.4,
        ),
        chain(&[[14.0, 14.0, -208.0], [40.0, 14.0, -200.0], [78.0, 30.0, -190.0]], 2.8),
        chain(&[[13.0, 30.0, -222.0], [11.0, 10.0, -246.0], [4.0, -6.0, -370.0]], 3.6),
        chain(&[[13.0, 34.0, -234.0], [34.0, 44.0, -236.0]], 2.9),
        chain(&[[8.0, 34.0, -240.0], [-34.0, 48.0, -242.0]], 2.9),
    ];
    phantom
        .add(
            "branches of the aorta",
            240,
            upward.into_iter().chain(downward).flatten().chain(vertebral),
        )
        .coarse(5.0);
}

fn add_airways(phantom: &mut Builder) {
    let pieces = |extra: f64| {
        [
            Solid::rod([0.0, 14.0, -50.0], [0.0, -10.0, 40.0], [8.2 + extra, 7.4 + extra]),
            Solid::rod([0.0, -10.0, 38.0], [0.0, -14.0, 62.0], [6.5 + extra, 10.0 + extra]),
            Solid::rod([0.0, -14.0, 60.0], [0.0, -6.0, 88.0], [11.0 + extra, 7.0 + extra]),
            Solid::rod([0.0, 14.0, -48.0], [-44.0, 22.0, -84.0], [6.4 + extra; 2]),
            Solid::rod([0.0, 14.0, -48.0], [46.0, 24.0, -80.0], [5.8 + extra; 2]),
        ]
    };
    phantom.add("airway walls", 35, pieces(1.6));
    phantom
        .add(
            "cartilage of the larynx",
            190,
            [
                Solid::rod([0.0, -12.0, 36.0], [0.0, -15.0, 56.0], [14.0, 16.0]).without(&[Convex::tube(
                    [0.0, -9.0, 36.0],
                    [0.0, -12.0, 56.0],
                    [11.5, 13.5],
                )]),
            ],
        )
        .coarse(30.0);
    phantom.add("airways", -992, pieces(0.0)).coarse(0.0);
    let gullet = [
        [0.0, 24.0, 60.0],
        [6.0, 34.0, -10.0],
        [4.0, 30.0, -90.0],
        [14.0, 20.0, -150.0],
        [30.0, 6.0, -172.0],
    ];
    phantom.add("oesophagus", 42, chain(&gullet, 6.5));
    phantom.add(
        "air of the oesophagus",
        -700,
        chain(&[[5.0, 32.0, -26.0], [5.0, 31.0, -44.0]], 1.8),
    );
    let thyroid = both_sides([17.0, -8.0, 22.0]).map(|at| Solid::of(Convex::ellipsoid(at, [8.5, 11.0, 22.0])));
    phantom
        .add("thyroid", 128, thyroid)
        .over(|name| !matches!(name, "airways" | "airway walls" | "branches of the aorta"));
}
