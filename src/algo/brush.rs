//! The brush: which voxels a stroke covers. A stroke from one place to the next is a swept ball or disc in the patient,
//! so that fast drags leave no gaps, oblique planes no holes, and voxels of any shape are right.

use glam::DVec3;

use super::plane_layer::{self, PlaneLayer};
use crate::model::geometry::Geometry;
use crate::model::label_map::VoxelBox;

/// What the brush is moved along its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Footprint {
    /// A ball.
    Ball,
    /// A disc in a plane, as thick as the voxels are along its normal.
    Disc {
        /// The unit normal of the plane.
        normal: DVec3,
    },
}

/// The way of a brush from one place to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Where it begins, LPS mm.
    pub from: DVec3,
    /// Where it ends, LPS mm. Of a disc in the same plane.
    pub to: DVec3,
    /// Radius in mm.
    pub radius_mm: f64,
    /// What is moved.
    pub footprint: Footprint,
}

/// A stroke on a grid.
#[derive(Clone, Copy, Debug)]
pub struct Cover<'a> {
    stroke: Stroke,
    geometry: &'a Geometry,
    /// Of a disc: the voxels that it may cover.
    layer: Option<PlaneLayer>,
}

impl<'a> Cover<'a> {
    /// What a stroke covers of a grid.
    pub fn new(stroke: Stroke, geometry: &'a Geometry) -> Self {
        let layer = match stroke.footprint {
            Footprint::Ball => None,
            Footprint::Disc { normal } => Some(PlaneLayer::at(geometry, stroke.from, normal)),
        };
        Self {
            stroke,
            geometry,
            layer,
        }
    }

    /// Whether the centre of a voxel is in it.
    #[inline]
    pub fn has(&self, index: [usize; 3]) -> bool {
        let place = self.geometry.patient_at(DVec3::from_array(index.map(|at| at as f64)));
        let mut away = self.away(place);
        if let (Footprint::Disc { normal }, Some(layer)) = (self.stroke.footprint, self.layer) {
            if !layer.has(index, place) {
                return false;
            }
            away -= normal * normal.dot(away);
        }
        away.length_squared() <= self.stroke.radius_mm * self.stroke.radius_mm
    }

    /// From the nearest place of the way.
    fn away(&self, place: DVec3) -> DVec3 {
        let Stroke { from, to, .. } = self.stroke;
        let (way, at) = (to - from, place - from);
        let length_squared = way.length_squared();
        let share = if length_squared > 0.0 {
            (at.dot(way) / length_squared).clamp(0.0, 1.0)
        } else {
            0.0
        };
        at - way * share
    }

    /// Whether it can cover anything in a box of voxels: never false where it does.
    pub fn may_touch(&self, voxels: &VoxelBox) -> bool {
        let corners = plane_layer::corners(self.geometry, voxels);
        let middle = corners.iter().sum::<DVec3>() / 8.0;
        let reach = corners.iter().map(|corner| corner.distance(middle)).fold(0.0, f64::max);
        // Slices that do not stand evenly can lie beyond their corners' middle; their reach is that of the corners.
        self.away(middle).length() <= self.stroke.radius_mm + self.thickness() + reach + 1e-6
    }

    fn thickness(&self) -> f64 {
        self.layer.map_or(0.0, |layer| layer.thickness_mm(self.geometry))
    }

    /// A box around all that it covers.
    pub fn bounds(&self) -> VoxelBox {
        let dims = self.geometry.dims();
        let reach = self.stroke.radius_mm + self.thickness();
        let (mut low, mut high) = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let per_mm = self.geometry.voxel_from_patient().matrix3;
        // How far a mm in the patient reaches along each index, at most.
        let along = DVec3::new(per_mm.row(0).length(), per_mm.row(1).length(), per_mm.row(2).length()) * reach;
        for end in [self.stroke.from, self.stroke.to] {
            let at = self.geometry.voxel_from_patient().transform_point3(end);
            low = low.min(at - along);
            high = high.max(at + along);
        }
        // Before the slice table; behind it rows may be shifted and slices stand elsewhere.
        if self.geometry.slice_table().is_some() {
            let ends = [self.geometry.voxel_from_mean(low), self.geometry.voxel_from_mean(high)];
            (low, high) = (low.min(ends[0]).min(ends[1]), high.max(ends[0]).max(ends[1]));
            low -= DVec3::new(0.0, 0.0, 1.0);
            high += DVec3::new(0.0, 0.0, 1.0);
            low.x = low.x.min(0.0);
            low.y = low.y.min(0.0);
            high.x = high.x.max(dims[0] as f64);
            high.y = high.y.max(dims[1] as f64);
        }
        let (low, high) = (low.to_array(), high.to_array());
        std::array::from_fn(|axis| {
            let side = dims[axis] as f64;
            let start = (low[axis].floor() - 1.0).clamp(0.0, side) as usize;
            let end = (high[axis].ceil() + 2.0).clamp(0.0, side) as usize;
            start..end.max(start)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::{DAffine3, DMat3};

    fn sheared() -> Geometry {
        let matrix = DMat3::from_cols(
            DVec3::new(0.7, 0.1, 0.0),
            DVec3::new(-0.1, 0.9, 0.2),
            DVec3::new(0.3, 0.4, 2.5),
        );
        let affine = DAffine3::from_mat3_translation(matrix, DVec3::new(-12.0, 7.0, 3.0));
        Geometry::from_affine([40, 36, 20], affine).unwrap()
    }

    fn all(dims: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
        (0..dims[2]).flat_map(move |k| (0..dims[1]).flat_map(move |j| (0..dims[0]).map(move |i| [i, j, k])))
    }

    #[test]
    fn everything_that_it_covers_is_in_its_box_and_in_blocks_that_it_may_touch() {
        let geometry = sheared();
        let from = geometry.patient_at(DVec3::new(9.0, 8.0, 4.0));
        let to = geometry.patient_at(DVec3::new(30.2, 28.0, 15.0));
        for footprint in [
            Footprint::Ball,
            Footprint::Disc {
                normal: (to - from).normalize().any_orthonormal_vector(),
            },
        ] {
            let stroke = Stroke {
                from,
                to,
                radius_mm: 4.3,
                footprint,
            };
            let cover = Cover::new(stroke, &geometry);
            let bounds = cover.bounds();
            let mut count = 0;
            for index in all(geometry.dims()).filter(|index| cover.has(*index)) {
                count += 1;
                assert!(
                    (0..3).all(|axis| bounds[axis].contains(&index[axis])),
                    "{index:?} {bounds:?}"
                );
                assert!(cover.may_touch(&index.map(|at| at..at + 1)));
            }
            assert!(count > 200, "{count}");
        }
    }

    #[test]
    fn a_disc_along_the_slices_covers_one_of_them() {
        let geometry = sheared();
        for at in [3.0, 3.4, 3.6] {
            let place = geometry.patient_at(DVec3::new(20.0, 18.0, at));
            let stroke = Stroke {
                from: place,
                to: place,
                radius_mm: 5.0,
                footprint: Footprint::Disc {
                    normal: geometry.normal(),
                },
            };
            let cover = Cover::new(stroke, &geometry);
            let slices: std::collections::BTreeSet<usize> = all(geometry.dims())
                .filter(|index| cover.has(*index))
                .map(|index| index[2])
                .collect();
            assert_eq!(slices.into_iter().collect::<Vec<_>>(), [at.round() as usize]);
        }
    }
}
