//! What two label maps on one grid have in common, label by label.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::model::geometry::Geometry;
use crate::model::label_grid::{IndexBox, LabelGrid};

/// What was counted of one label in both maps. Ratios whose denominator is nothing are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlap {
    /// Voxels of the grid.
    pub voxels: u64,
    /// Voxels of the label in A, the reference.
    pub a: u64,
    /// Voxels of the label in B, which is judged.
    pub b: u64,
    /// Voxels that have the label in both.
    pub both: u64,
    /// The box around the label in A.
    pub box_a: Option<IndexBox>,
    /// The box around the label in B.
    pub box_b: Option<IndexBox>,
    /// Volume in A in mm³.
    pub volume_a_mm3: f64,
    /// Volume in B in mm³.
    pub volume_b_mm3: f64,
}

impl Overlap {
    /// 2 |A∩B| / (|A| + |B|); 1 where both are empty.
    pub fn dice(&self) -> f64 {
        ratio(2 * self.both, self.a + self.b).unwrap_or(1.0)
    }

    /// |A∩B| / |A∪B|; 1 where both are empty.
    pub fn jaccard(&self) -> f64 {
        ratio(self.both, self.a + self.b - self.both).unwrap_or(1.0)
    }

    /// The share of A that B has found.
    pub fn sensitivity(&self) -> Option<f64> {
        ratio(self.both, self.a)
    }

    /// The share of what is not in A that is not in B, over the whole grid. It depends on how much of the patient the
    /// grid holds.
    pub fn specificity(&self) -> Option<f64> {
        let outside = self.voxels - self.a;
        ratio(outside - (self.b - self.both), outside)
    }

    /// The share of B that is in A.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.both, self.b)
    }

    /// Sensitivity / (1 − specificity).
    pub fn positive_likelihood_ratio(&self) -> Option<f64> {
        let false_alarms = ratio(self.b - self.both, self.voxels - self.a)?;
        (false_alarms > 0.0).then_some(self.sensitivity()? / false_alarms)
    }

    /// (1 − sensitivity) / specificity.
    pub fn negative_likelihood_ratio(&self) -> Option<f64> {
        let specificity = self.specificity()?;
        (specificity > 0.0).then_some(ratio(self.a - self.both, self.a)? / specificity)
    }

    /// The box around the label in both maps.
    pub fn joint_box(&self) -> Option<IndexBox> {
        match (self.box_a, self.box_b) {
            (Some(a), Some(b)) => Some(a.joined(b)),
            (a, b) => a.or(b),
        }
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Every label that is in one of the maps, without 0.
pub type Overlaps = BTreeMap<u16, Overlap>;

/// Counts all labels of two maps in one pass. `None` if the maps have not the size of `geometry`, the grid of both.
pub fn overlaps(a: &LabelGrid, b: &LabelGrid, geometry: &Geometry) -> Option<Overlaps> {
    let dims @ [_, _, slices] = geometry.dims();
    if a.dims() != dims || b.dims() != dims {
        return None;
    }
    let thickness = slice_shares(geometry);
    // So few parts that tables of many labels cost nothing, and so many that every core has one.
    let parts = (4 * rayon::current_num_threads()).min(slices);
    let found = (0..parts)
        .into_par_iter()
        .map(|part| {
            let mut table = Table::default();
            for k in part * slices / parts..(part + 1) * slices / parts {
                table.add_slice(a, b, k, thickness.get(k).copied().unwrap_or(1.0));
            }
            table
        })
        .reduce(Table::default, Table::joined);
    let voxels = dims.iter().map(|n| *n as u64).product();
    let voxel_mm3 = geometry.patient_from_voxel().matrix3.determinant().abs();
    let labels = found.rows.into_iter().enumerate();
    Some(
        labels
            .filter(|(_, row)| row.a + row.b > 0)
            .map(|(label, row)| {
                let overlap = Overlap {
                    voxels,
                    volume_a_mm3: row.volume_a_mm3 * voxel_mm3,
                    volume_b_mm3: row.volume_b_mm3 * voxel_mm3,
                    ..row
                };
                (label as u16, overlap)
            })
            .collect(),
    )
}

/// How thick each slice is, in mean slice steps: it reaches half way to its neighbours, and the outermost as far
/// outwards as inwards.
pub(crate) fn slice_shares(geometry: &Geometry) -> Vec<f64> {
    let Some(table) = geometry.slice_table() else {
        return vec![1.0; geometry.dims()[2]];
    };
    let step = |k: usize| table.get(k).map(|row| row.step);
    (0..table.len())
        .map(|k| {
            let below = k.checked_sub(1).and_then(step);
            match (below, step(k), step(k + 1)) {
                (Some(below), _, Some(above)) => (above - below) / 2.0,
                (None, Some(here), Some(above)) => above - here,
                (Some(below), Some(here), None) => here - below,
                _ => 1.0,
            }
        })
        .collect()
}

/// Counts by label; volumes in voxels of the mean slice step.
#[derive(Default)]
struct Table {
    rows: Vec<Overlap>,
}

impl Table {
    fn row(&mut self, label: u16) -> &mut Overlap {
        let at = usize::from(label);
        if at >= self.rows.len() {
            self.rows.resize(at + 1, Overlap::default());
        }
        &mut self.rows[at]
    }

    fn add_slice(&mut self, a: &LabelGrid, b: &LabelGrid, k: usize, thickness: f64) {
        for j in 0..a.dims()[1] {
            let (row_a, row_b) = (a.row(j, k), b.row(j, k));
            let mut start = 0;
            while let (Some(label_a), Some(label_b)) = (row_a.get(start).copied(), row_b.get(start).copied()) {
                let end = run_end(row_a, row_b, start, label_a, label_b);
                let (count, run) = ((end - start) as u64, run_box(start, end, j, k));
                let volume = count as f64 * thickness;
                if label_a > 0 {
                    let row = self.row(label_a);
                    row.a += count;
                    row.volume_a_mm3 += volume;
                    row.box_a = join(row.box_a, Some(run));
                    if label_a == label_b {
                        row.both += count;
                    }
                }
                if label_b > 0 {
                    let row = self.row(label_b);
                    row.b += count;
                    row.volume_b_mm3 += volume;
                    row.box_b = join(row.box_b, Some(run));
                }
                start = end;
            }
        }
    }

    fn joined(self, other: Self) -> Self {
        let (mut more, less) = if self.rows.len() < other.rows.len() {
            (other, self)
        } else {
            (self, other)
        };
        for (to, from) in more.rows.iter_mut().zip(&less.rows) {
            to.a += from.a;
            to.b += from.b;
            to.both += from.both;
            to.volume_a_mm3 += from.volume_a_mm3;
            to.volume_b_mm3 += from.volume_b_mm3;
            to.box_a = join(to.box_a, from.box_a);
            to.box_b = join(to.box_b, from.box_b);
        }
        more
    }
}

fn join(a: Option<IndexBox>, b: Option<IndexBox>) -> Option<IndexBox> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.joined(b)),
        (a, b) => a.or(b),
    }
}

fn run_box(start: usize, end: usize, j: usize, k: usize) -> IndexBox {
    IndexBox {
        low: [start, j, k],
        high: [end - 1, j, k],
    }
}

/// Where the run of two labels side by side ends that begins at `start`.
#[inline]
fn run_end(row_a: &[u16], row_b: &[u16], start: usize, label_a: u16, label_b: u16) -> usize {
    const STEP: usize = 16;
    let mut end = start;
    while let (Some(a), Some(b)) = (row_a.get(end..end + STEP), row_b.get(end..end + STEP)) {
        let differ = a
            .iter()
            .zip(b)
            .fold(0, |bits, (a, b)| bits | (a ^ label_a) | (b ^ label_b));
        if differ != 0 {
            break;
        }
        end += STEP;
    }
    let same = |at: usize| row_a.get(at) == Some(&label_a) && row_b.get(at) == Some(&label_b);
    while same(end) {
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use glam::{DAffine3, DVec3};

    use super::*;

    fn grid(dims: [usize; 3], spacing: DVec3) -> Geometry {
        Geometry::from_affine(dims, DAffine3::from_scale(spacing)).unwrap()
    }

    #[test]
    fn counts_are_those_of_single_voxels() {
        let dims = [53, 9, 7];
        let count = 53 * 9 * 7;
        let make = |seed: usize| {
            let labels = (0..count).map(|n| ((n / 11 + seed) * (n / 37 + 3 * seed) % 5) as u16);
            LabelGrid::new(dims, labels.collect()).unwrap()
        };
        let (a, b) = (make(2), make(3));
        let found = overlaps(&a, &b, &grid(dims, DVec3::new(0.5, 2.0, 3.0))).unwrap();
        for label in 1..5u16 {
            let overlap = found[&label];
            let of = |map: &LabelGrid| map.labels().iter().filter(|other| **other == label).count() as u64;
            let both = a.labels().iter().zip(b.labels());
            let both = both.filter(|(a, b)| **a == label && **b == label).count() as u64;
            assert_eq!((overlap.a, overlap.b, overlap.both), (of(&a), of(&b), both));
            assert_eq!(overlap.volume_a_mm3, of(&a) as f64 * 3.0);
            let at = |n: usize| [n % 53, n / 53 % 9, n / (53 * 9)];
            let places = (0..count).filter(|n| a.labels()[*n] == label).map(at);
            let expected = places.map(|low| IndexBox { low, high: low }).reduce(IndexBox::joined);
            assert_eq!(overlap.box_a, expected);
        }
    }

    #[test]
    fn measures_of_a_case_by_hand() {
        // Ten voxels: A has 4, B has 5, both have 3; one is missed, two are false, four are rightly empty.
        let a = LabelGrid::new([10, 1, 1], vec![1, 1, 1, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        let b = LabelGrid::new([10, 1, 1], vec![0, 1, 1, 1, 1, 1, 0, 0, 0, 0]).unwrap();
        let one = overlaps(&a, &b, &grid([10, 1, 1], DVec3::ONE)).unwrap()[&1];
        assert_eq!(one.dice(), 6.0 / 9.0);
        assert_eq!(one.jaccard(), 0.5);
        assert_eq!(one.sensitivity(), Some(0.75));
        assert_eq!(one.specificity(), Some(4.0 / 6.0));
        assert_eq!(one.precision(), Some(0.6));
        assert!((one.positive_likelihood_ratio().unwrap() - 2.25).abs() < 1e-12);
        assert!((one.negative_likelihood_ratio().unwrap() - 0.375).abs() < 1e-12);
        let nothing = Overlap {
            voxels: 8,
            ..Overlap::default()
        };
        assert_eq!((nothing.dice(), nothing.jaccard()), (1.0, 1.0));
        assert_eq!((nothing.sensitivity(), nothing.precision()), (None, None));
        assert_eq!(nothing.specificity(), Some(1.0));
        assert_eq!(nothing.positive_likelihood_ratio(), None);
    }

    #[test]
    fn uneven_slices_have_their_own_thickness() {
        let origins = [0.0, 1.0, 4.0].map(|z| DVec3::Z * z);
        let geometry = Geometry::from_slices(2, 2, DVec3::X, DVec3::Y, &origins, 1e-3).unwrap();
        let shares = slice_shares(&geometry);
        let mm: Vec<f64> = shares.iter().map(|share| share * 2.0).collect();
        assert_eq!(mm, [1.0, 2.0, 3.0]);
    }
}
