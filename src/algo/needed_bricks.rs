//! Which bricks of a volume a picture reads, those that matter most first.
//!
//! A brick is [`BRICK_SIDE`] voxels along each edge, like the blocks of label maps. A sample reads the voxels around it,
//! so a brick counts as read by places a little outside of it.

use std::ops::Range;

use glam::DVec3;

use crate::model::geometry::Geometry;
use crate::model::label_map::BLOCK_SIDE;
use crate::scene::Interpolation;

use super::convex_region::{ConvexRegion, Nearness, Relation};
use super::sample::SNAP;

/// Voxels along each edge of a brick.
pub const BRICK_SIDE: usize = BLOCK_SIDE;

/// Bricks along i, j, k.
pub fn bricks_along(dims: [usize; 3]) -> [usize; 3] {
    dims.map(|side| side.div_ceil(BRICK_SIDE))
}

/// Half a voxel around the outermost centres, and a little for the arithmetic.
const MARGIN: f64 = 0.5 + 2.0 * SNAP;

/// The bricks of a volume, each with all places from which its voxels are read.
#[derive(Clone, Debug)]
pub struct BrickGrid {
    dims: [usize; 3],
    across: [usize; 3],
    /// How far outside of a brick's voxels the places are that read them.
    reach: f64,
    /// Of uneven slices, where each layer of bricks is read.
    layers: Option<Vec<Layer>>,
}

/// Where a layer of bricks is read on the mean grid: slices, and how far rows and columns are shifted.
#[derive(Clone, Copy, Debug)]
struct Layer {
    slices: [f64; 2],
    shift_i: [f64; 2],
    shift_j: [f64; 2],
}

fn united(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0].min(b[0]), a[1].max(b[1])]
}

impl BrickGrid {
    /// Of a volume that is sampled with some interpolation, also `beyond` voxels before and behind each place.
    pub fn new(dims: [usize; 3], geometry: Option<&Geometry>, interpolation: Interpolation, beyond: f64) -> Self {
        // Where a voxel's weight is noise it is not read; half-way between two, noise decides which is the nearest.
        let reach = match interpolation {
            Interpolation::Nearest => 0.5 + 2.0 * SNAP,
            Interpolation::Linear => 1.0 - SNAP / 4.0,
            Interpolation::Cubic => 2.0 - SNAP / 4.0,
        };
        let mut grid = Self {
            dims,
            across: bricks_along(dims),
            reach: reach + beyond,
            layers: None,
        };
        grid.layers = geometry
            .filter(|geometry| geometry.slice_table().is_some())
            .map(|geometry| {
                (0..grid.across[2])
                    .map(|layer| Layer::of(geometry, grid.places(2, &(layer..layer + 1))))
                    .collect()
            });
        grid
    }

    /// Bricks along i, j, k.
    pub fn across(&self) -> [usize; 3] {
        self.across
    }

    /// Whether a brick is at a side of the volume.
    pub fn is_outermost(&self, brick: usize) -> bool {
        self.place_of(brick)
            .into_iter()
            .zip(self.across)
            .any(|(at, count)| at == 0 || at + 1 == count)
    }

    /// The places along an axis that read some bricks, in voxels: the outermost go on to the volume's end.
    fn places(&self, axis: usize, bricks: &Range<usize>) -> [f64; 2] {
        let end = self.dims[axis] as f64 - 1.0 + MARGIN;
        let low = (bricks.start * BRICK_SIDE) as f64 - self.reach;
        let high = (bricks.end * BRICK_SIDE) as f64 - 1.0 + self.reach;
        [
            if bricks.start == 0 { -MARGIN } else { low.max(-MARGIN) },
            if bricks.end >= self.across[axis] {
                end
            } else {
                high.min(end)
            },
        ]
    }

    /// The box around all places that read some bricks, on the mean grid.
    fn reading(&self, bricks: &[Range<usize>; 3]) -> [DVec3; 2] {
        let [mut i, mut j, mut k] = [0, 1, 2].map(|axis| self.places(axis, &bricks[axis]));
        let layers = self.layers.as_ref().and_then(|layers| layers.get(bricks[2].clone()));
        if let Some((first, rest)) = layers.and_then(|layers| layers.split_first()) {
            let all = rest.iter().fold(*first, |all, layer| Layer {
                slices: united(all.slices, layer.slices),
                shift_i: united(all.shift_i, layer.shift_i),
                shift_j: united(all.shift_j, layer.shift_j),
            });
            k = all.slices;
            i = [i[0] + all.shift_i[0], i[1] + all.shift_i[1]];
            j = [j[0] + all.shift_j[0], j[1] + all.shift_j[1]];
        }
        [DVec3::new(i[0], j[0], k[0]), DVec3::new(i[1], j[1], k[1])]
    }

    /// The bricks that are read from places in a region, of those that are `wanted`, nearest first. Bricks are counted i
    /// fastest.
    pub fn read_in(&self, region: &ConvexRegion, nearness: &Nearness, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut found: Vec<(f64, usize)> = Vec::new();
        let mut waiting = vec![self.across.map(|count| 0..count)];
        while let Some(bricks) = waiting.pop() {
            let [low, high] = self.reading(&bricks);
            let relation = region.relation(low, high);
            if relation == Relation::Misses {
                continue;
            }
            let longest = (0..3).max_by_key(|axis| bricks[*axis].len()).unwrap_or(0);
            let Range { start, end } = bricks[longest].clone();
            if end - start > 1 && relation == Relation::MayMeet {
                for half in [start..start.midpoint(end), start.midpoint(end)..end] {
                    let mut part = bricks.clone();
                    part[longest] = half;
                    waiting.push(part);
                }
                continue;
            }
            for brick in self.indices(&bricks).filter(|brick| wanted(*brick)) {
                found.push((nearness.distance(self.middle(brick)), brick));
            }
        }
        found.sort_unstable_by(|(a, m), (b, n)| a.total_cmp(b).then(m.cmp(n)));
        found.into_iter().map(|(_, brick)| brick).collect()
    }

    fn indices(&self, bricks: &[Range<usize>; 3]) -> impl Iterator<Item = usize> {
        let [columns, rows, layers] = bricks.clone();
        let [across_i, across_j, _] = self.across;
        layers.flat_map(move |k| {
            let columns = columns.clone();
            let rows = rows.clone().map(move |j| (k * across_j + j) * across_i);
            rows.flat_map(move |row| columns.clone().map(move |i| row + i))
        })
    }

    /// The middle of a brick on the mean grid, as far as it matters for its distance.
    fn middle(&self, brick: usize) -> DVec3 {
        let at = self.place_of(brick).map(|at| (at * BRICK_SIDE + BRICK_SIDE / 2) as f64);
        let layer = self
            .layers
            .as_ref()
            .and_then(|layers| layers.get(self.place_of(brick)[2]));
        let slice = layer.map_or(at[2], |layer| layer.slices[0].midpoint(layer.slices[1]));
        DVec3::new(at[0], at[1], slice)
    }

    /// Column, row and layer of a brick.
    fn place_of(&self, brick: usize) -> [usize; 3] {
        let [across_i, across_j, _] = self.across.map(|count| count.max(1));
        [
            brick % across_i,
            brick / across_i % across_j,
            brick / (across_i * across_j),
        ]
    }
}

impl Layer {
    /// Where slices of voxels are on the mean grid.
    fn of(geometry: &Geometry, [low, high]: [f64; 2]) -> Self {
        let mean = |slice: f64| {
            let place = geometry.patient_at(DVec3::new(0.0, 0.0, slice));
            geometry.voxel_from_patient().transform_point3(place).z
        };
        let rows = geometry.slice_table().unwrap_or_default();
        let last = rows.len().saturating_sub(1);
        let own = (low.floor().max(0.0) as usize).min(last)..=(high.ceil().max(0.0) as usize).min(last);
        let shifts = |pick: fn(&crate::model::geometry::SliceRow) -> f64| {
            let own = rows.get(own.clone()).unwrap_or_default().iter().map(pick);
            own.map(|at| [at, at]).reduce(united).unwrap_or_default()
        };
        Self {
            slices: [mean(low), mean(high)],
            shift_i: shifts(|row| row.shift_i),
            shift_j: shifts(|row| row.shift_j),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use glam::{DAffine3, DMat3};

    use super::*;
    use crate::model::plane::{Axes, Plane, View};
    use crate::scene::{Camera, Slab, SlabMode, SliceScene, VolumeMode, VolumeScene};

    const DIMS: [usize; 3] = [150, 97, 70];

    fn grids() -> [Geometry; 3] {
        let affine = |matrix3| {
            let translation = DVec3::new(-40.0, 12.0, 300.0);
            Geometry::from_affine(DIMS, DAffine3 { matrix3, translation }).unwrap()
        };
        let even = affine(DMat3::from_diagonal(DVec3::new(0.7, 0.9, 1.6)));
        let sheared = affine(DMat3::from_cols(
            DVec3::new(0.8, 0.1, 0.0),
            DVec3::new(-0.1, 0.9, 0.2),
            DVec3::new(0.3, 0.4, 1.4),
        ));
        let origins: Vec<DVec3> = (0..DIMS[2])
            .map(|k| {
                let k = k as f64;
                DVec3::new((k * 0.7).sin() * 3.0, 0.3 * k, k + (k / 9.0).sin() * 4.0)
            })
            .collect();
        let uneven = Geometry::from_slices(DIMS[0], DIMS[1], DVec3::X, DVec3::Y, &origins, 1e-3).unwrap();
        assert!(uneven.slice_table().is_some());
        [even, sheared, uneven]
    }

    /// The bricks along an axis that a place reads.
    fn read_along(at: f64, side: usize, interpolation: Interpolation) -> Vec<usize> {
        let (mut base, mut t) = (at.floor(), at - at.floor());
        if t > 1.0 - SNAP {
            (base, t) = (base + 1.0, 0.0);
        }
        let read: &[f64] = match interpolation {
            Interpolation::Nearest => &[(at + 0.5 + SNAP).floor()],
            _ if t < SNAP => &[base],
            Interpolation::Linear => &[base, base + 1.0],
            Interpolation::Cubic => &[base - 1.0, base, base + 1.0, base + 2.0],
        };
        let mut bricks: Vec<usize> = read
            .iter()
            .map(|at| at.clamp(0.0, side as f64 - 1.0) as usize / BRICK_SIDE)
            .collect();
        bricks.dedup();
        bricks
    }

    /// Every brick that a sample reads, found sample by sample.
    fn brute_force(places: &[DVec3], geometry: &Geometry, interpolation: Interpolation) -> BTreeSet<usize> {
        let [across_i, across_j, _] = bricks_along(DIMS);
        let mut bricks = BTreeSet::new();
        for place in places {
            let voxel = geometry.voxel_at(*place);
            if !geometry.contains(voxel) {
                continue;
            }
            let [i, j, k] = [0, 1, 2].map(|axis| read_along(voxel[axis], DIMS[axis], interpolation));
            for k in &k {
                for j in &j {
                    bricks.extend(i.iter().map(|i| (k * across_j + j) * across_i + i));
                }
            }
        }
        bricks
    }

    fn slices(geometry: &Geometry) -> Vec<SliceScene> {
        let oblique = Axes::from_normal_up(DVec3::new(0.4, 0.3, 0.8), DVec3::NEG_Y).unwrap();
        let on_slice = geometry.patient_at(DVec3::new(70.0, 50.0, 31.0));
        let center = geometry.center();
        let mut scenes = Vec::new();
        for (axes, center, mm_per_pixel) in [
            (View::Axial.axes(), on_slice, 1.0),
            (View::Sagittal.axes(), center, 0.6),
            (View::Coronal.axes(), center + DVec3::new(20.0, 3.0, -10.0), 0.2),
            (oblique, center, 0.8),
            (oblique, center + DVec3::new(0.0, 0.0, 22.0), 0.4),
        ] {
            for slab in [None, Some(13.0)] {
                scenes.push(SliceScene {
                    plane: Plane { center, axes },
                    mm_per_pixel,
                    size: [120, 101],
                    slab: slab.map(|thickness_mm| Slab {
                        thickness_mm,
                        mode: SlabMode::Mip,
                    }),
                    layers: Vec::new(),
                    labels: Vec::new(),
                });
            }
        }
        scenes
    }

    /// The places of a slice's samples, and as many again within a pixel so that none of the bricks is missed.
    fn places(scene: &SliceScene, geometry: &Geometry, more: u32) -> Vec<DVec3> {
        let [width, height] = scene.size.map(|side| (side - 1) * more);
        let mm = scene.mm_per_pixel / f64::from(more);
        let depths: Vec<f64> = scene.slab.map_or(vec![0.0], |slab| {
            let steps = slab.steps(geometry.shortest_edge_mm());
            let along = |n| (f64::from(n) / f64::from(steps) - 0.5) * slab.thickness_mm;
            (0..=steps).map(along).collect()
        });
        let mut places = Vec::new();
        for y in 0..=height {
            for x in 0..=width {
                let right = (f64::from(x) - f64::from(width) / 2.0) * mm;
                let down = (f64::from(y) - f64::from(height) / 2.0) * mm;
                let at = scene.plane.patient_at(right, down);
                places.extend(depths.iter().map(|depth| at + scene.plane.axes.normal() * *depth));
            }
        }
        places
    }

    #[test]
    fn slices_read_the_bricks_that_have_a_sample() {
        for (n, geometry) in grids().iter().enumerate() {
            for (m, scene) in slices(geometry).iter().enumerate() {
                let places = places(scene, geometry, if scene.slab.is_some() { 1 } else { 4 });
                for interpolation in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
                    let grid = BrickGrid::new(DIMS, Some(geometry), interpolation, 0.0);
                    let region = ConvexRegion::of_slice(scene, geometry, false, 0);
                    let read = grid.read_in(&region, &Nearness::of_slice(scene, geometry), |_| true);
                    let found: BTreeSet<usize> = read.iter().copied().collect();
                    assert_eq!(found.len(), read.len(), "none comes twice");
                    let wanted = brute_force(&places, geometry, interpolation);
                    let what = format!("grid {n} scene {m} {interpolation:?}");
                    assert!(found.is_superset(&wanted), "{what}: {wanted:?} are read, not {found:?}");
                    assert!(!wanted.is_empty(), "{what}");
                    // Along the grid just these; else there are slivers without a sample, boxes around shifted slices, and
                    // cubic places that are on voxels and read no others.
                    let more = found.len() - wanted.len();
                    let allowed = match interpolation {
                        Interpolation::Cubic => 2 + wanted.len(),
                        _ if n == 0 && m < 6 => 0,
                        _ if n < 2 && scene.slab.is_none() => 1 + wanted.len() / 20,
                        _ => 2 + wanted.len() / 2,
                    };
                    assert!(more <= allowed, "{what}: {more} more than {}", wanted.len());
                }
            }
        }
    }

    #[test]
    fn the_nearest_come_first() {
        let [geometry, ..] = grids();
        let scene = &slices(&geometry)[0];
        let grid = BrickGrid::new(DIMS, Some(&geometry), Interpolation::Linear, 0.0);
        let region = ConvexRegion::of_slice(scene, &geometry, false, 0);
        let read = grid.read_in(&region, &Nearness::of_slice(scene, &geometry), |_| true);
        // On slice 31, so in the lowest layer alone; columns 70 and rows 50 are in the third and second brick.
        assert_eq!(grid.across(), [5, 4, 3]);
        assert_eq!(read[0], 5 + 2);
        assert!(read.iter().all(|brick| *brick < 20), "{read:?}");
    }

    #[test]
    fn rays_read_what_is_before_the_eye_and_not_cut_away() {
        let mut cut_away = 0;
        for geometry in grids() {
            for perspective_deg in [0.0, 70.0] {
                let camera = Camera {
                    target: geometry.center() + DVec3::new(10.0, -20.0, 15.0),
                    azimuth_deg: 25.0,
                    elevation_deg: 30.0,
                    mm_per_pixel: 0.6,
                    perspective_deg,
                };
                let mut scene = VolumeScene::new(camera, [64, 48], VolumeMode::Mip, 0.5, Vec::new());
                scene.cuts.planes = vec![crate::scene::ClipPlane {
                    normal: DVec3::X,
                    offset_mm: geometry.center().x - 8.0,
                }];
                let mut places = Vec::new();
                for y in 0..48 {
                    for x in 0..64 {
                        let ray = scene.ray(f64::from(x) + 0.5, f64::from(y) + 0.5);
                        let from = if ray.to_eye_mm < 200.0 { -ray.to_eye_mm } else { -200.0 };
                        let along = (0..800).map(|n| ray.origin + ray.direction * (from + f64::from(n) * 0.5));
                        places.extend(along.filter(|place| scene.cuts.keeps(*place)));
                    }
                }
                let wanted = brute_force(&places, &geometry, Interpolation::Linear);
                let grid = BrickGrid::new(DIMS, Some(&geometry), Interpolation::Linear, 0.0);
                let nearness = Nearness::of_view(&scene, &geometry);
                let read = grid.read_in(&ConvexRegion::of_view(&scene, &geometry, true), &nearness, |_| true);
                let found: BTreeSet<usize> = read.iter().copied().collect();
                assert!(found.is_superset(&wanted), "{wanted:?} are read, not {found:?}");
                let more = found.len() - wanted.len();
                assert!(
                    !wanted.is_empty() && more <= 6 + wanted.len(),
                    "{more} more than {}",
                    wanted.len()
                );
                let whole = grid.read_in(&ConvexRegion::of_view(&scene, &geometry, false), &nearness, |_| true);
                cut_away += whole.len() - read.len();
            }
        }
        assert!(cut_away > 0);
    }
}
