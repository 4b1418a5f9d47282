//! Painting a label map: which voxels get which label, block by block on all cores.

use rayon::prelude::*;

use crate::model::label_map::{BLOCK_SIDE, LabelMap, VoxelBox};

use super::brush::Cover;

/// Gives voxels of a box other labels: `label` is told the index of a voxel and its label and answers the new one. Only
/// blocks that `may_change` are looked at. Answers whether anything changed.
pub fn repaint(
    map: &mut LabelMap,
    voxels: &VoxelBox,
    may_change: impl Fn(&VoxelBox) -> bool + Sync,
    label: impl Fn([usize; 3], u16) -> u16 + Sync,
) -> bool {
    let shared = &*map;
    let changed: Vec<_> = shared
        .blocks_in(voxels)
        .into_par_iter()
        .filter_map(|block| {
            let own = shared.voxels_of(block);
            let part: VoxelBox = std::array::from_fn(|axis| {
                own[axis].start.max(voxels[axis].start)..own[axis].end.min(voxels[axis].end)
            });
            if !may_change(&part) {
                return None;
            }
            let before = shared.block(block);
            let mut after: Option<Vec<u16>> = None;
            for k in part[2].clone() {
                for j in part[1].clone() {
                    let row = ((k - own[2].start) * BLOCK_SIDE + j - own[1].start) * BLOCK_SIDE;
                    for i in part[0].clone() {
                        let at = row + i - own[0].start;
                        let old = before.get(at);
                        let new = label([i, j, k], old);
                        if new != old
                            && let Some(place) = after.get_or_insert_with(|| before.to_vec()).get_mut(at)
                        {
                            *place = new;
                        }
                    }
                }
            }
            after.map(|labels| (block, shared.block_of(block, labels)))
        })
        .collect();
    map.replace(changed)
}

/// Paints a stroke. `label` as in [`repaint`], of the voxels that the stroke covers.
pub fn stroke(map: &mut LabelMap, cover: &Cover<'_>, label: impl Fn([usize; 3], u16) -> u16 + Sync) -> bool {
    let may_change = |part: &VoxelBox| cover.may_touch(part);
    repaint(map, &cover.bounds(), may_change, |index, old| {
        if cover.has(index) { label(index, old) } else { old }
    })
}

/// A label map of the whole numbers 0 to 65535 of a frame, each voxel's label told by `label`.
pub fn label_map(dims: [usize; 3], label: impl Fn([usize; 3]) -> u16 + Sync) -> LabelMap {
    let mut map = LabelMap::empty(dims);
    repaint(&mut map, &dims.map(|side| 0..side), |_| true, |index, _| label(index));
    map
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DMat3, DVec3};

    use super::*;
    use crate::algo::brush::{Footprint, Stroke};
    use crate::model::geometry::Geometry;

    /// The distance to a line by looking for the nearest of many places on it, refined.
    fn distance_by_search(place: DVec3, from: DVec3, to: DVec3) -> f64 {
        let at = |share: f64| place.distance(from + (to - from) * share);
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..200 {
            let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if at(a) < at(b) {
                high = b;
            } else {
                low = a;
            }
        }
        at((low + high) / 2.0)
    }

    #[test]
    fn strokes_equal_a_search_for_the_distance() {
        let matrix = DMat3::from_cols(
            DVec3::new(0.6, 0.1, 0.0),
            DVec3::new(-0.2, 0.8, 0.1),
            DVec3::new(0.2, 0.3, 1.9),
        );
        let geometry = Geometry::from_affine(
            [64, 50, 40],
            DAffine3::from_mat3_translation(matrix, DVec3::new(3.0, -9.0, 2.0)),
        )
        .unwrap();
        let ends = [
            ([10.0, 12.0, 8.0], [50.5, 40.0, 31.0]),
            ([33.3, 20.0, 20.0], [33.3, 20.0, 20.0]),
            ([-5.0, -3.0, -2.0], [12.0, 70.0, 60.0]),
        ];
        for (from, to) in ends {
            let (from, to) = (geometry.patient_at(from.into()), geometry.patient_at(to.into()));
            let radius_mm = 3.7;
            let cover = Cover::new(
                Stroke {
                    from,
                    to,
                    radius_mm,
                    footprint: Footprint::Ball,
                },
                &geometry,
            );
            let mut map = LabelMap::empty(geometry.dims());
            stroke(&mut map, &cover, |_, _| 3);
            let mut count = 0;
            for k in 0..40 {
                for j in 0..50 {
                    for i in 0..64 {
                        let place = geometry.patient_at(DVec3::new(i as f64, j as f64, k as f64));
                        let distance = distance_by_search(place, from, to);
                        if (distance - radius_mm).abs() < 1e-6 {
                            continue;
                        }
                        let expected = if distance < radius_mm { 3 } else { 0 };
                        assert_eq!(map.get([i, j, k]), Some(expected), "{i} {j} {k}: {distance}");
                        count += usize::from(expected == 3);
                    }
                }
            }
            assert!(count > 100, "{count}");
        }
    }

    #[test]
    fn what_the_rule_keeps_stays() {
        let geometry = Geometry::from_affine([50, 50, 50], DAffine3::IDENTITY).unwrap();
        let mut map = label_map([50, 50, 50], |[i, _, _]| if i < 25 { 2 } else { 0 });
        let at = DVec3::splat(25.0);
        let cover = Cover::new(
            Stroke {
                from: at,
                to: at,
                radius_mm: 4.0,
                footprint: Footprint::Ball,
            },
            &geometry,
        );
        assert!(stroke(&mut map, &cover, |_, old| if old == 2 { old } else { 5 }));
        assert_eq!(map.get([24, 25, 25]), Some(2));
        assert_eq!(map.get([25, 25, 25]), Some(5));
        assert_eq!(map.get([29, 25, 25]), Some(5));
        assert_eq!(map.get([30, 25, 25]), Some(0));
        assert!(!stroke(&mut map, &cover, |_, old| if old == 2 { old } else { 5 }));
    }
}
