//! Smooth surfaces of label maps, block by block: whole, where the labels are, and the same however they came about.

use std::collections::{BTreeMap, BTreeSet};

use glam::{DAffine3, DMat3, DVec3};
use isocenter::algo::surface_nets::smooth::BlockSurfaces;
use isocenter::model::geometry::Geometry;
use isocenter::model::label_map::LabelMap;
use isocenter::model::surface::Surface;

fn geometry(dims: [usize; 3], matrix3: DMat3) -> Geometry {
    let translation = DVec3::new(-80.0, 33.0, 900.0);
    Geometry::from_affine(dims, DAffine3 { matrix3, translation }).unwrap()
}

fn all(map: &LabelMap, geometry: &Geometry) -> BlockSurfaces {
    BlockSurfaces::of(map, geometry, None, &|| false).unwrap().0
}

/// Gives a ball of voxels a label.
fn dab(map: &mut LabelMap, center: [f64; 3], radius: f64, label: u16) {
    let reach = std::array::from_fn(|axis| {
        let low = (center[axis] - radius).floor().max(0.0) as usize;
        low..((center[axis] + radius).ceil().max(0.0) as usize + 1).min(map.dims()[axis])
    });
    let changed = map
        .blocks_in(&reach)
        .into_iter()
        .map(|block| {
            let mut labels = map.block(block).to_vec();
            let own = map.voxels_of(block);
            for [i, j, k] in own[2]
                .clone()
                .flat_map(|k| own[1].clone().map(move |j| (j, k)))
                .flat_map(|(j, k)| own[0].clone().map(move |i| [i, j, k]))
            {
                let at = DVec3::new(i as f64, j as f64, k as f64);
                if at.distance(DVec3::from_array(center)) <= radius {
                    labels[((k - own[2].start) * 32 + j - own[1].start) * 32 + i - own[0].start] = label;
                }
            }
            (block, map.block_of(block, labels))
        })
        .collect();
    map.replace(changed);
}

fn bits(place: DVec3) -> [u64; 3] {
    place.to_array().map(f64::to_bits)
}

/// All triangles by the places of their corners, from the first corner on.
fn triangles(surface: &Surface) -> BTreeSet<[[u64; 3]; 3]> {
    let mesh = surface.to_mesh();
    let of = |triangle: &[u32; 3]| {
        let mut corners = mesh.corners(*triangle).map(bits);
        let first = (0..3).min_by_key(|n| corners[*n]).unwrap();
        corners.rotate_left(first);
        corners
    };
    mesh.triangles.iter().map(of).collect()
}

fn assert_same(a: &BlockSurfaces, b: &BlockSurfaces, what: &str) {
    let labels = |found: &BlockSurfaces| found.by_label().keys().copied().collect::<Vec<_>>();
    assert_eq!(labels(a), labels(b), "{what}");
    for (label, surface) in a.by_label() {
        assert!(
            triangles(surface) == triangles(&b.by_label()[label]),
            "{what}: label {label}"
        );
    }
}

/// Every edge has one triangle on each side, also where blocks meet.
fn assert_closed(surface: &Surface, what: &str) {
    let mut edges: BTreeMap<([u64; 3], [u64; 3]), i32> = BTreeMap::new();
    for [a, b, c] in triangles(surface) {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            *edges.entry((from, to)).or_default() += 1;
        }
    }
    for ((from, to), count) in &edges {
        assert_eq!(Some(count), edges.get(&(*to, *from)), "{what}: an open edge");
    }
}

#[test]
fn a_ball_over_many_blocks_is_round_and_whole() {
    for (what, matrix) in [
        ("upright", DMat3::from_diagonal(DVec3::new(0.7, 0.7, 0.9))),
        ("mirrored", DMat3::from_diagonal(DVec3::new(-0.7, 0.7, 0.9))),
        (
            "sheared",
            DMat3::from_cols(DVec3::X, DVec3::new(0.2, 1.0, 0.1), DVec3::new(0.0, -0.2, 1.2)),
        ),
    ] {
        let dims = [90, 80, 85];
        let geometry = geometry(dims, matrix);
        let mut map = LabelMap::empty(dims);
        let center = [44.0, 40.0, 41.0];
        dab(&mut map, center, 30.0, 7);
        let voxels = map.counts()[&7] as f64;
        let found = all(&map, &geometry);
        let surface = &found.by_label()[&7];
        assert_closed(surface, what);
        let volume = surface.to_mesh().volume_mm3() / (voxels * matrix.determinant().abs());
        assert!((volume - 1.0).abs() < 0.02, "{what}: {volume} of its volume");
        // Within half a voxel of the ball, and lit like one.
        let (mut farthest, mut most_turned) = (0.0_f64, 0.0_f64);
        for part in &surface.parts {
            for (place, normal) in part.mesh().vertices.iter().zip(part.normals()) {
                let voxel = geometry.voxel_at(*place) - DVec3::from_array(center);
                farthest = farthest.max((voxel.length() - 30.0).abs());
                let true_normal = matrix.inverse().transpose() * voxel;
                let turned = normal.as_dvec3().angle_between(true_normal);
                most_turned = most_turned.max(turned.to_degrees());
            }
        }
        assert!(farthest < 0.6, "{what}: {farthest} voxels off");
        assert!(most_turned < 12.0, "{what}: {most_turned} degrees");
    }
}

/// Balls that come and go, over each other and at the border; back again by the maps that were.
#[test]
fn after_any_strokes_it_is_as_if_made_anew() {
    let dims = [100, 70, 66];
    let geometry = geometry(dims, DMat3::from_diagonal(DVec3::new(0.8, 0.8, 1.5)));
    let mut map = LabelMap::empty(dims);
    let mut found = all(&map, &geometry);
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut before = Vec::new();
    for stroke in 0..24 {
        before.push(map.clone());
        let center = dims.map(|side| next(side + 8) as f64 - 4.0);
        dab(&mut map, center, 2.0 + next(11) as f64, next(4) as u16);
        found = BlockSurfaces::of(&map, &geometry, Some(&found), &|| false).unwrap().0;
        assert_same(&found, &all(&map, &geometry), &format!("stroke {stroke}"));
    }
    for (undone, map) in before.into_iter().enumerate().rev() {
        found = BlockSurfaces::of(&map, &geometry, Some(&found), &|| false).unwrap().0;
        if undone % 6 == 0 {
            assert_same(&found, &all(&map, &geometry), &format!("back to {undone}"));
        }
    }
    assert!(found.by_label().is_empty());
}

#[test]
fn a_stroke_costs_the_same_in_any_volume() {
    let looked_into = |dims: [usize; 3]| {
        let geometry = geometry(dims, DMat3::IDENTITY);
        let mut map = LabelMap::empty(dims);
        // A rod through all of it.
        for k in (0..dims[2]).step_by(3) {
            dab(&mut map, [80.0, 80.0, k as f64], 6.0, 1);
        }
        let (found, first) = BlockSurfaces::of(&map, &geometry, None, &|| false).unwrap();
        dab(&mut map, [80.0, 80.0, 80.0], 9.0, 2);
        let (_, again) = BlockSurfaces::of(&map, &geometry, Some(&found), &|| false).unwrap();
        let (_, same) = BlockSurfaces::of(&map, &geometry, Some(&found), &|| false).unwrap();
        assert_eq!(again, same);
        (first, again)
    };
    let (small, in_small) = looked_into([160, 160, 160]);
    let (large, in_large) = looked_into([320, 256, 448]);
    assert!(large > 2 * small, "{small} and {large} blocks at first");
    assert_eq!(in_small, in_large);
    assert!(
        (1..=27).contains(&in_small),
        "{in_small} blocks for a stroke within one"
    );
}

#[test]
fn it_ends_when_it_is_asked_to() {
    let dims = [64; 3];
    let mut map = LabelMap::empty(dims);
    dab(&mut map, [30.0; 3], 9.0, 1);
    assert!(BlockSurfaces::of(&map, &geometry(dims, DMat3::IDENTITY), None, &|| true).is_none());
}
