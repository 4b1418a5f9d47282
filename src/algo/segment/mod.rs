//! Work on a whole segment: margins, smoothing, islands, holes, slices between slices. Sets of voxels in, sets out.
//!
//! Distances are those between voxel centres in patient space, on leaning and uneven grids as well. Work that takes long
//! asks now and then whether it shall stop; what it returns then is of no use.

pub mod between;
pub mod distance;
pub mod flood;
pub mod grow;
mod lattice;
mod near;
pub mod otsu;
pub mod smooth;

use crate::model::geometry::Geometry;
use crate::model::label_map::{BLOCK_SIDE, BlockLabels, LabelMap, VoxelBox};

use super::bits::Bits;
use super::components::Components;
pub use lattice::room;
use near::near;

/// Whether work shall stop.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// The voxels of a label within the smallest box around them, and some voxels more to each side as far as the map goes.
#[derive(Clone, Debug)]
pub struct Region {
    /// Where it lies in the map.
    pub voxels: VoxelBox,
    /// Whether each of its voxels is in it, i fastest.
    pub is_in: Vec<bool>,
}

impl Region {
    /// Of a label, or nothing if no voxel has it.
    pub fn of(map: &LabelMap, label: u16, margin: [usize; 3]) -> Option<Self> {
        let tight = bounds(map, label)?;
        let dims = map.dims();
        let voxels: VoxelBox = std::array::from_fn(|axis| {
            let side = &tight[axis];
            side.start.saturating_sub(margin[axis])..side.end.saturating_add(margin[axis]).min(dims[axis])
        });
        let mut is_in = Vec::with_capacity(voxels.iter().map(ExactSizeIterator::len).product());
        for k in voxels[2].clone() {
            for j in voxels[1].clone() {
                is_in.extend(voxels[0].clone().map(|i| map.get([i, j, k]) == Some(label)));
            }
        }
        Some(Self { voxels, is_in })
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        self.voxels.clone().map(|side| side.len())
    }

    /// A voxel of the map counted from the corner of the box; `None` before it.
    pub fn own(&self, [i, j, k]: [usize; 3]) -> Option<[usize; 3]> {
        Some([
            i.checked_sub(self.voxels[0].start)?,
            j.checked_sub(self.voxels[1].start)?,
            k.checked_sub(self.voxels[2].start)?,
        ])
    }

    /// Whether a voxel of the map is in it.
    pub fn has(&self, index: [usize; 3]) -> bool {
        let [columns, rows, _] = self.dims();
        let Some([i, j, k]) = self.own(index) else {
            return false;
        };
        i < columns && j < rows && self.is_in.get((k * rows + j) * columns + i) == Some(&true)
    }

    /// With every voxel whose centre is no further than `mm` from one of it; below 0 without those that are no further
    /// than that from one outside. It must have [`room`] to grow.
    #[must_use]
    pub fn with_margin(mut self, mm: f64, geometry: &Geometry, stop: Stop<'_>) -> Self {
        if mm > 0.0 {
            self.is_in = near(&self.is_in, &self.voxels, mm, geometry, stop);
        } else if mm < 0.0 {
            let outside: Vec<bool> = self.is_in.iter().map(|is_in| !is_in).collect();
            let taken = near(&outside, &self.voxels, -mm, geometry, stop);
            self.is_in = taken.into_iter().map(|is_taken| !is_taken).collect();
        }
        self
    }

    /// Without gaps and without bumps that are thinner than twice `mm`: closed, then opened, with a ball.
    #[must_use]
    pub fn smoothed(self, mm: f64, geometry: &Geometry, stop: Stop<'_>) -> Self {
        self.with_margin(mm, geometry, stop)
            .with_margin(-2.0 * mm, geometry, stop)
            .with_margin(mm, geometry, stop)
    }

    /// Its rim of a thickness, inwards.
    #[must_use]
    pub fn hollow(self, mm: f64, geometry: &Geometry, stop: Stop<'_>) -> Self {
        let inner = self.clone().with_margin(-mm, geometry, stop);
        let is_in = self
            .is_in
            .iter()
            .zip(&inner.is_in)
            .map(|(is_in, is_inner)| *is_in && !is_inner);
        Self {
            is_in: is_in.collect(),
            voxels: self.voxels,
        }
    }

    fn bits(&self, wanted: bool) -> Bits {
        let dims = self.dims();
        let mut bits = Bits::none(dims);
        for (n, row) in self.is_in.chunks(dims[0].max(1)).enumerate() {
            let mut start = 0;
            while start < row.len() {
                let Some(first) = row.iter().skip(start).position(|is_in| *is_in == wanted) else {
                    break;
                };
                let first = start + first;
                let length = row.iter().skip(first).take_while(|is_in| **is_in == wanted).count();
                bits.add_run(n % dims[1], n / dims[1], first, first + length);
                start = first + length;
            }
        }
        bits
    }

    fn from_bits(voxels: VoxelBox, bits: &Bits) -> Self {
        let [columns, rows, slices] = bits.dims();
        let mut is_in = Vec::with_capacity(columns * rows * slices);
        for k in 0..slices {
            for j in 0..rows {
                is_in.extend((0..columns).map(|i| bits.has([i, j, k])));
            }
        }
        Self { voxels, is_in }
    }

    /// With what it encloses: the parts of its outside that do not reach the edge of its box.
    #[must_use]
    pub fn filled(self) -> Self {
        let outside = Components::of(&self.bits(false));
        let mut edge = Bits::none(self.dims());
        let [columns, rows, slices] = self.dims();
        for k in 0..slices {
            for j in 0..rows {
                if j == 0 || k == 0 || j + 1 == rows || k + 1 == slices {
                    edge.add_run(j, k, 0, columns);
                } else {
                    edge.add_run(j, k, 0, 1);
                    edge.add_run(j, k, columns - 1, columns);
                }
            }
        }
        let reaches_edge = outside.touched(&edge);
        let holes = outside.select(|part| !reaches_edge.get(part).copied().unwrap_or(true));
        Self::from_bits(self.voxels.clone(), &self.bits(true).or(&holes))
    }

    /// Its connected parts: voxels that share a face belong together. They are counted from the corner of its box.
    pub fn parts(&self) -> Components {
        Components::of(&self.bits(true))
    }

    /// Only its largest part, or those of at least so many voxels. Voxels that share a face belong together.
    #[must_use]
    pub fn islands(self, keep: Islands) -> Self {
        let parts = self.parts();
        let sizes = parts.sizes();
        let largest = (0..sizes.len()).max_by_key(|part| (sizes[*part], std::cmp::Reverse(*part)));
        let kept = parts.select(|part| match keep {
            Islands::Largest => Some(part) == largest,
            Islands::OfAtLeast(voxels) => sizes.get(part).is_some_and(|size| *size >= voxels),
        });
        Self::from_bits(self.voxels.clone(), &kept)
    }
}

/// Which parts of a segment stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Islands {
    /// The largest one.
    Largest,
    /// Those of at least so many voxels.
    OfAtLeast(usize),
}

/// The smallest box around the voxels of a label.
pub fn bounds(map: &LabelMap, label: u16) -> Option<VoxelBox> {
    let mut low = [usize::MAX; 3];
    let mut high = [0; 3];
    for block in 0..map.block_count() {
        let voxels = map.voxels_of(block);
        let labels = map.block(block);
        if let BlockLabels::Uniform(uniform) = labels {
            if *uniform == label {
                for axis in 0..3 {
                    low[axis] = low[axis].min(voxels[axis].start);
                    high[axis] = high[axis].max(voxels[axis].end);
                }
            }
            continue;
        }
        for k in voxels[2].clone() {
            for j in voxels[1].clone() {
                let row = ((k - voxels[2].start) * BLOCK_SIDE + j - voxels[1].start) * BLOCK_SIDE;
                for i in voxels[0].clone() {
                    if labels.get(row + i - voxels[0].start) == label {
                        for (axis, at) in [i, j, k].into_iter().enumerate() {
                            low[axis] = low[axis].min(at);
                            high[axis] = high[axis].max(at + 1);
                        }
                    }
                }
            }
        }
    }
    (low[0] < high[0]).then(|| std::array::from_fn(|axis| low[axis]..high[axis]))
}

#[cfg(test)]
mod tests {
    use glam::DVec3;

    use super::lattice::tests::geometries;
    use super::*;
    use crate::algo::paint;

    const DIMS: [usize; 3] = [40, 36, 20];

    fn patient(geometry: &Geometry, index: [usize; 3]) -> DVec3 {
        geometry.patient_at(DVec3::from_array(index.map(|n| n as f64)))
    }

    fn upright() -> Geometry {
        let [upright, ..] = geometries(DIMS);
        upright
    }

    fn ball(geometry: &Geometry, center: [usize; 3], radius: f64) -> impl Fn([usize; 3]) -> bool + '_ {
        let center = patient(geometry, center);
        move |index| (patient(geometry, index) - center).length() <= radius
    }

    fn map(is_in: impl Fn([usize; 3]) -> bool + Sync) -> LabelMap {
        paint::label_map(DIMS, |index| u16::from(is_in(index)))
    }

    fn all(dims: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
        (0..dims[2]).flat_map(move |k| (0..dims[1]).flat_map(move |j| (0..dims[0]).map(move |i| [i, j, k])))
    }

    #[test]
    fn margins_equal_a_search_for_the_distance() {
        for geometry in geometries(DIMS) {
            let map = map(ball(&geometry, [20, 18, 10], 6.0));
            let places = |label: u16| -> Vec<DVec3> {
                let found = all(DIMS).filter(|index| map.get(*index) == Some(label));
                found.map(|index| patient(&geometry, index)).collect()
            };
            let (inside, outside) = (places(1), places(0));
            let nearest = |from: &[DVec3], index: [usize; 3]| {
                let at = patient(&geometry, index);
                from.iter()
                    .map(|other| other.distance(at))
                    .fold(f64::INFINITY, f64::min)
            };
            for mm in [3.0, -2.0] {
                let region = Region::of(&map, 1, room(&geometry, mm)).unwrap();
                let region = region.with_margin(mm, &geometry, &|| false);
                for index in all(DIMS).step_by(7) {
                    let expected = if mm > 0.0 {
                        nearest(&inside, index) <= mm
                    } else {
                        map.get(index) == Some(1) && nearest(&outside, index) > -mm
                    };
                    assert_eq!(region.has(index), expected, "{mm} {index:?} {geometry:?}");
                }
            }
        }
    }

    #[test]
    fn holes_are_filled_and_islands_go() {
        let geometry = upright();
        let hull = ball(&geometry, [20, 18, 10], 9.0);
        let hole = ball(&geometry, [20, 18, 10], 3.0);
        let speck = |index: [usize; 3]| index == [1, 1, 1] || index == [2, 1, 1];
        let map = map(|index| speck(index) || hull(index) && !hole(index));
        let region = Region::of(&map, 1, [1, 1, 1]).unwrap();
        let filled = region.clone().filled();
        let (count, hull_count) = (
            all(map.dims()).filter(|index| filled.has(*index)).count(),
            all(map.dims()).filter(|index| hull(*index)).count(),
        );
        assert_eq!(count, hull_count + 2);
        let largest = region.clone().islands(Islands::Largest);
        assert!(!largest.has([1, 1, 1]) && largest.has([20, 18, 7]));
        let two = region.islands(Islands::OfAtLeast(2));
        assert!(two.has([1, 1, 1]));
    }

    #[test]
    fn smoothing_keeps_a_ball_and_takes_a_hair() {
        let geometry = upright();
        let core = ball(&geometry, [20, 18, 10], 8.0);
        let map = map(|index| core(index) || (index[1] == 18 && index[2] == 10 && index[0] < 38));
        let smooth = Region::of(&map, 1, [6, 6, 4])
            .unwrap()
            .smoothed(2.0, &geometry, &|| false);
        assert!(smooth.has([20, 18, 10]) && !smooth.has([35, 18, 10]));
        let hollow = Region::of(&map, 1, [1, 1, 1])
            .unwrap()
            .hollow(2.0, &geometry, &|| false);
        assert!(!hollow.has([20, 18, 10]) && hollow.has([20, 25, 10]));
    }
}
