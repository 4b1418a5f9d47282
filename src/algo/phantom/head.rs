//! Head of the phantom: skin, skull, face, brain with a bleeding on the left. Numbers are mm in LPS and HU.

use glam::{DMat3, DVec3};

use super::noise::Field;
use super::painter::Slice;
use super::solid::{Convex, Solid};
use super::{Builder, Phantom};

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
    let face = |inset: f64| {
        Solid::of(Convex::ellipsoid(
            [0.0, -46.0, 104.0],
            [60.0 - inset, 54.0 - inset, 66.0 - inset],
        ))
    };
    let nose = Solid::of(Convex::turned_ellipsoid(
        [0.0, -101.0, 118.0],
        [13.0, 13.0, 25.0],
        DMat3::from_rotation_x(-0.35),
    ));
    let ears = both_sides([78.0, 16.0, 130.0], |at| {
        Solid::of(Convex::turned_ellipsoid(
            at,
            [5.0, 15.0, 27.0],
            DMat3::from_rotation_z(-0.4 * at[0].signum()),
        ))
    });
    phantom.add(
        "scalp and face",
        25,
        [Solid::of(cranium(0.0)), face(0.0), nose].into_iter().chain(ears),
    );
    phantom
        .add("fat of the face", -88, [face(3.0), Solid::of(cranium(2.5))])
        .coarse(14.0)
        .fine(8.0);
    phantom
        .add("muscles of the head", 52, [face(12.0), Solid::of(cranium(5.0))])
        .coarse(9.0)
        .strands();
    add_skull(phantom);
    add_jaw(phantom);
    add_face(phantom);
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
    phantom
        .add(
            "facial bones",
            850,
            [
                Solid::of(Convex::ellipsoid([0.0, -66.0, 116.0], [47.0, 27.0, 33.0])),
                Solid::of(Convex::ellipsoid([0.0, -50.0, 136.0], [58.0, 30.0, 17.0])),
            ],
        )
        .coarse(220.0)
        .fine(160.0);
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
        [0.0, 44.0, 116.0],
        [58.0 - inset, 46.0 - inset, 38.0 - inset],
    ))
}

fn add_jaw(phantom: &mut Builder) {
    // Horseshoes, open to the back: the mandible and the teeth in it.
    let horseshoe = |outer: [f64; 2], width: f64, low: f64, high: f64| {
        let ring = |radii: [f64; 2]| Convex::tube([0.0, -38.0, 0.0], [0.0, -38.0, 1.0], radii);
        Solid::of(ring(outer))
            .within(Convex::between([0.0, 0.0, low], [0.0, 0.0, high]))
            .within(Convex::between([0.0, -200.0, 0.0], [0.0, -26.0, 0.0]))
            .without(&[ring(outer.map(|radius| radius - width))])
    };
    phantom.add("mandible", 1100, [horseshoe([43.0, 47.0], 10.0, 52.0, 72.0)]);
    phantom
        .add("mandible marrow", 300, [horseshoe([40.5, 44.5], 5.0, 55.0, 69.0)])
        .fine(110.0);
    phantom
        .add(
            "teeth",
            2100,
            [
                horseshoe([39.0, 43.0], 8.0, 73.0, 81.0),
                horseshoe([39.0, 43.0], 8.0, 82.0, 90.0),
            ],
        )
        .fine(700.0);
    let ramus = |at: [f64; 3]| Solid::of(Convex::ellipsoid(at, [5.0, 13.0, 30.0]));
    phantom.add("mandibular rami", 950, both_sides([42.0, -24.0, 84.0], ramus));
}

fn add_face(phantom: &mut Builder) {
    let ball = |radii: [f64; 3]| move |at: [f64; 3]| Solid::of(Convex::ellipsoid(at, radii));
    phantom.add(
        "orbital fat",
        -85,
        both_sides([31.0, -60.0, 137.0], ball([18.0, 23.0, 16.0])),
    );
    phantom.add("eyes", 12, both_sides([31.0, -70.0, 137.0], ball([12.0, 12.0, 12.0])));
    phantom.add("lenses", 75, both_sides([31.0, -79.0, 137.0], ball([5.0, 2.2, 5.0])));
    let cavities = both_sides([25.0, -66.0, 108.0], ball([15.0, 17.0, 16.0]))
        .into_iter()
        .chain([
            Solid::of(Convex::ellipsoid([0.0, -72.0, 112.0], [8.0, 34.0, 22.0])),
            Solid::of(Convex::ellipsoid([0.0, -20.0, 92.0], [14.0, 10.0, 26.0])),
            Solid::of(Convex::ellipsoid([0.0, -82.0, 156.0], [20.0, 6.0, 10.0])),
        ]);
    phantom.add("air of nose and sinuses", -1000, cavities);
    phantom.add(
        "nasal septum",
        180,
        [Solid::of(Convex::between([-0.9, 0.0, 0.0], [0.9, 0.0, 0.0]))
            .within(Convex::ellipsoid([0.0, -72.0, 112.0], [8.0, 34.0, 22.0]))],
    );
    phantom.add(
        "tongue",
        60,
        [Solid::of(Convex::ellipsoid([0.0, -46.0, 78.0], [26.0, 32.0, 16.0]))],
    );
}

fn add_brain(phantom: &mut Builder) {
    let inside = |body: Convex, floor: f64| Solid::of(body).within(above_floor(floor));
    phantom
        .add(
            "cerebrospinal fluid",
            8,
            [inside(cranium(13.5), 0.0), posterior_fossa(6.0)],
        )
        .coarse(2.0);
    phantom.add("grey matter", 41, [inside(cranium(15.2), 2.0)]).coarse(2.0);
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
    phantom.add("cerebellum", 42, [posterior_fossa(8.5)]);
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
