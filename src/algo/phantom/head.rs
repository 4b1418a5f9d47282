//! Head of the phantom: skin, skull, face, brain with a bleeding on the left. Numbers are mm in LPS and HU.

use glam::{DMat3, DVec3};

use super::noise::Field;
use super::painter::Slice;
use super::solid::{Convex, Solid};
use super::{Builder, Phantom, face};

fn both_sides(at: [f64; 3], body: impl Fn([f64; 3]) -> Solid) -> [Solid; 2] {
    [body(at), body([-at[0], at[1], at[2]])]
}

const CRANIUM: ([f64; 3], [f64; 3]) = ([0.0, 4.0, 156.0], [77.0, 97.0, 92.0]);

/// The cranium, `inset` mm below the skin.
fn cranium(inset: f64) -> Convex {
    Convex::ellipsoid(CRANIUM.0, CRANIUM.1.map(|radius| radius - inset))
}

/// Folds the surface of the brain: where a smooth field is near zero runs a furrow, filled with fluid near the surface
/// and lined with grey matter deeper down.
pub(super) fn fold_brain(phantom: &Phantom, slice: &Slice, labels: &mut [u8]) {
    let label = |name| phantom.structure(name).map_or(0, |structure| structure.label);
    let (grey, white, fluid) = (
        label("grey matter"),
        label("white matter"),
        label("cerebrospinal fluid"),
    );
    if !labels.contains(&grey) {
        return;
    }
    let step = [slice.across.x, slice.down.y];
    let folds = Field::new(slice.start, step, slice.size, 15.0, 61);
    let small = Field::new(slice.start, step, slice.size, 6.0, 62);
    let (center, radii) = (DVec3::from_array(CRANIUM.0), DVec3::from_array(CRANIUM.1) - 15.0);
    for (row, labels) in labels.chunks_exact_mut(slice.size[0].max(1)).enumerate() {
        let start = slice.start + slice.down * row as f64;
        for (column, (label, (fold, small))) in labels.iter_mut().zip(folds.row(row).zip(small.row(row))).enumerate() {
            if *label != grey && *label != white {
                continue;
            }
            // 1 at the surface of the brain, 0 in the middle of the head.
            let depth = ((start + slice.across * column as f64 - center) / radii).length() as f32;
            let furrow = (fold + 0.25 * small).abs();
            let open = 0.16 * ((depth - 0.74) / 0.26).clamp(0.0, 1.0);
            let lined = 0.34 * ((depth - 0.58) / 0.35).clamp(0.0, 1.0);
            if furrow < open {
                *label = fluid;
            } else if *label == white && furrow < lined {
                *label = grey;
            }
        }
    }
}

/// Everything above the floor of the skull, which rises to the front.
fn above_floor(mm: f64) -> Convex {
    Convex::between([0.0, 0.0, 110.0 + mm], [0.0, 174.0, 510.0 + mm])
}

pub(super) fn add(phantom: &mut Builder) {
    let ears = both_sides([78.0, 16.0, 130.0], |at| {
        Solid::of(Convex::turned_ellipsoid(
            at,
            [5.0, 15.0, 27.0],
            DMat3::from_rotation_z(-0.4 * at[0].signum()),
        ))
    });
    let with_cranium = |inset: f64, scalp: f64| {
        let mut parts = face::outline(inset);
        parts.push(Solid::of(cranium(scalp)));
        parts
    };
    phantom.add(
        "scalp and face",
        25,
        face::outline(0.0)
            .into_iter()
            .chain([Solid::of(cranium(0.0))])
            .chain(ears),
    );
    phantom
        .add("fat of the face", -88, with_cranium(2.4, 2.5))
        .coarse(14.0)
        .fine(8.0);
    phantom
        .add("muscles of the head", 52, with_cranium(11.0, 5.0))
        .coarse(9.0)
        .strands();
    add_skull(phantom);
    face::add(phantom);
    add_brain(phantom);
}

fn add_skull(phantom: &mut Builder) {
    phantom
        .add("skull", 1250, [Solid::of(cranium(6.0)).within(above_floor(-7.0))])
        .fine(60.0);
    phantom
        .add("diploe", 560, [Solid::of(cranium(8.0)).within(above_floor(-5.0))])
        .coarse(110.0)
        .fine(130.0);
    phantom
        .add(
            "inner table",
            1150,
            [Solid::of(cranium(11.0)).within(above_floor(-2.0))],
        )
        .fine(60.0);
    let mut base: Vec<Solid> = vec![posterior_fossa(1.5).within(cranium(6.0))];
    base.extend(both_sides([38.0, -22.0, 134.0], |at| {
        Solid::of(Convex::ellipsoid(at, [28.0, 30.0, 20.0]))
    }));
    base.push(Solid::rod([0.0, -6.0, 128.0], [0.0, 6.0, 104.0], [11.0, 8.0]));
    phantom.add("base of the skull", 1150, base).coarse(120.0).fine(90.0);
    let petrous = |at: [f64; 3]| {
        Solid::of(Convex::turned_ellipsoid(
            at,
            [30.0, 11.0, 11.0],
            DMat3::from_rotation_z(0.6 * at[0].signum()),
        ))
    };
    phantom
        .add("petrous bones", 1500, both_sides([42.0, 22.0, 112.0], petrous))
        .coarse(200.0)
        .fine(260.0);
    phantom
        .add(
            "mastoid cells",
            -650,
            both_sides([60.0, 32.0, 104.0], |at| {
                Solid::of(Convex::ellipsoid(at, [7.0, 10.0, 12.0]))
            }),
        )
        .fine(420.0);
}

/// The room of the cerebellum, below and behind.
fn posterior_fossa(inset: f64) -> Solid {
    Solid::of(Convex::ellipsoid(
        [0.0, 44.0, 121.0],
        [58.0 - inset, 46.0 - inset, 36.0 - inset],
    ))
}

fn add_brain(phantom: &mut Builder) {
    let inside = |body: Convex, floor: f64| Solid::of(body).within(above_floor(floor));
    phantom
        .add(
            "cerebrospinal fluid",
            8,
            [inside(cranium(13.5), 0.0), posterior_fossa(6.0).within(cranium(13.5))],
        )
        .coarse(2.0);
    let temples = both_sides([38.0, -22.0, 137.0], |at| {
        Solid::of(Convex::ellipsoid(at, [25.5, 27.5, 19.0])).within(cranium(15.2))
    });
    phantom
        .add(
            "grey matter",
            41,
            [inside(cranium(15.2), 2.0)].into_iter().chain(temples),
        )
        .coarse(2.0);
    let hemisphere = |at: [f64; 3]| inside(Convex::ellipsoid(at, [26.0, 68.0, 55.0]), 8.0);
    phantom.add("white matter", 26, both_sides([29.0, 4.0, 162.0], hemisphere));
    phantom.add(
        "falx",
        62,
        [Solid::of(Convex::between([-0.9, 0.0, 0.0], [0.9, 0.0, 0.0]))
            .within(cranium(13.5))
            .within(Convex::between([0.0, 0.0, 186.0], [0.0, 0.0, 400.0]))],
    );
    add_deep_brain(phantom);
    phantom.add("cerebellum", 42, [posterior_fossa(8.5).within(cranium(15.5))]);
    phantom.add_target(
        "bleeding",
        72,
        Convex::turned_ellipsoid([43.0, -6.0, 170.0], [12.0, 20.0, 14.0], DMat3::from_rotation_z(0.3)),
    );
}

fn add_deep_brain(phantom: &mut Builder) {
    phantom.add(
        "basal ganglia",
        40,
        both_sides([21.0, -8.0, 152.0], |at| {
            Solid::of(Convex::ellipsoid(at, [9.0, 20.0, 12.0]))
        }),
    );
    let ventricle = |at: [f64; 3]| {
        Solid::of(Convex::turned_ellipsoid(
            at,
            [6.0, 30.0, 11.0],
            DMat3::from_rotation_z(0.2 * at[0].signum()),
        ))
    };
    phantom.add(
        "ventricles",
        6,
        both_sides([11.0, 4.0, 166.0], ventricle)
            .into_iter()
            .chain([Solid::of(Convex::ellipsoid([0.0, 0.0, 148.0], [2.5, 12.0, 10.0]))]),
    );
    phantom.add(
        "brain stem",
        34,
        [Solid::rod([0.0, 20.0, 100.0], [0.0, 8.0, 142.0], [13.0, 12.0])],
    );
    phantom.add(
        "pineal gland",
        140,
        [Solid::of(Convex::ellipsoid([0.0, 22.0, 150.0], [3.0, 3.0, 3.0]))],
    );
}
