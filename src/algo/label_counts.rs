//! Which labels a map holds, how many voxels of each, and a place inside each.

use std::collections::BTreeMap;

use glam::DVec3;
use rayon::prelude::*;

use super::value_range::ToNumber;
use crate::for_samples;
use crate::model::geometry::Geometry;
use crate::model::label_map::{BLOCK_SIDE, LabelMap};
use crate::model::segment::MOST_LABEL;
use crate::model::volume::Volume;

/// What was found of a label.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LabelCount {
    /// Its voxels.
    pub voxels: u64,
    /// The mean of their indices.
    pub centroid: DVec3,
    /// The index of that voxel of the label that is nearest to its centroid in the patient: inside the label even
    /// where the centroid is not, as of a horseshoe.
    pub inside: [usize; 3],
}

#[derive(Clone, Copy, Default)]
struct Sums {
    voxels: u64,
    index: DVec3,
}

/// A label map that was read: its labels, and the map itself to be painted.
#[derive(Clone, Debug)]
pub struct LabelsRead {
    /// What was found of each label, all frames together.
    pub counts: BTreeMap<u32, LabelCount>,
    /// The map of each frame.
    pub maps: Vec<LabelMap>,
}

/// So few labels are believed of any map of whole numbers.
const FEW: usize = 40;
/// Of more, at least this share of neighbours has one label in a label map; in images of 8 bits it is less, for they have
/// noise.
const ALIKE: f64 = 0.35;

impl LabelsRead {
    /// Whether the numbers are more likely labels than the values of an image: where there are many, each lies together.
    pub fn look_like_labels(&self) -> bool {
        self.counts.len() <= FEW || self.maps.iter().any(|map| alike(map) >= ALIKE)
    }
}

/// The share of neighbours in a row that have the same label, of those that are not both empty.
fn alike(map: &LabelMap) -> f64 {
    let dense = map.to_dense();
    let rows = dense.par_chunks(map.dims()[0].max(1)).map(|row| {
        row.array_windows().fold((0_u64, 0_u64), |(alike, all), [a, b]| {
            let counts = *a != 0 || *b != 0;
            (alike + u64::from(counts && a == b), all + u64::from(counts))
        })
    });
    let (alike, all) = rows.reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    alike as f64 / all.max(1) as f64
}

/// Reads all frames of a label map. `None` as of [`label_counts`].
pub fn read_labels(volume: &Volume, most_labels: usize, is_cancelled: &dyn Fn() -> bool) -> Option<LabelsRead> {
    let mut counts: BTreeMap<u32, LabelCount> = BTreeMap::new();
    let mut maps = Vec::new();
    for frame in 0..volume.voxels.frames() {
        for (label, count) in label_counts(volume, frame, most_labels, is_cancelled)? {
            counts
                .entry(label)
                .and_modify(|known| known.voxels += count.voxels)
                .or_insert(count);
        }
        maps.push(label_map(volume, frame)?);
    }
    Some(LabelsRead { counts, maps })
}

/// The label map of a frame of whole numbers 0 to 65535, read by layers of blocks on all cores. `None` where slabs are
/// missing.
pub fn label_map(volume: &Volume, frame: usize) -> Option<LabelMap> {
    let [columns, rows, slices] = volume.dims();
    let layers: Option<Vec<LabelMap>> = (0..slices.div_ceil(BLOCK_SIDE))
        .into_par_iter()
        .map(|layer| {
            let first = layer * BLOCK_SIDE;
            let depth = BLOCK_SIDE.min(slices - first);
            let mut dense: Vec<u16> = Vec::with_capacity(columns * rows * depth);
            for k in first..first + depth {
                let slab = volume.voxels.slab_of(k, frame);
                let in_slab = k - volume.voxels.slab_range(slab).first_slice;
                let start = in_slab * columns * rows;
                let samples = volume.voxels.slab(slab)?;
                for_samples!(&**samples, numbers => {
                    let slice = numbers.get(start..start + columns * rows)?;
                    dense.extend(slice.iter().map(|number| volume.rescale.value(number.number()) as u16));
                });
            }
            Some(LabelMap::from_dense([columns, rows, depth], &dense))
        })
        .collect();
    Some(LabelMap::stacked(layers?))
}

/// Counts the labels of a map, without 0. `None` if it is no label map (values that are not whole, negative, above
/// 65535, or more than `most_labels` different ones), if slabs are missing, or if it `is_cancelled`.
pub fn label_counts(
    volume: &Volume,
    frame: usize,
    most_labels: usize,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<BTreeMap<u32, LabelCount>> {
    let mut found: Vec<Sums> = vec![Sums::default(); MOST_LABEL as usize + 1];
    let mut distinct = 0;
    each_voxel(volume, frame, is_cancelled, |label, index| {
        let label = label?;
        let sums = found.get_mut(label)?;
        distinct += usize::from(sums.voxels == 0);
        sums.voxels += 1;
        sums.index += index;
        (distinct <= most_labels).then_some(())
    })?;
    let centroids: Vec<Option<DVec3>> = found
        .iter()
        .map(|sums| (sums.voxels > 0).then(|| sums.index / sums.voxels as f64))
        .collect();
    let mut nearest = vec![(f64::INFINITY, DVec3::ZERO); centroids.len()];
    let spacing = volume.geometry().map_or(DVec3::ONE, Geometry::spacing);
    each_voxel(volume, frame, is_cancelled, |label, index| {
        let label = label?;
        if label > 0
            && let Some(Some(centroid)) = centroids.get(label)
            && let Some(best) = nearest.get_mut(label)
        {
            let distance = ((index - *centroid) * spacing).length_squared();
            if distance < best.0 {
                *best = (distance, index);
            }
        }
        Some(())
    })?;
    let counted = found.iter().enumerate().skip(1).filter(|(_, sums)| sums.voxels > 0);
    Some(
        counted
            .map(|(label, sums)| {
                let inside = nearest.get(label).map_or(DVec3::ZERO, |best| best.1);
                let count = LabelCount {
                    voxels: sums.voxels,
                    centroid: sums.index / sums.voxels as f64,
                    inside: inside.to_array().map(|index| index as usize),
                };
                (label as u32, count)
            })
            .collect(),
    )
}

/// Hands each voxel's label (`None` if it is none) and index to `take`, until that answers `None`.
fn each_voxel(
    volume: &Volume,
    frame: usize,
    is_cancelled: &dyn Fn() -> bool,
    mut take: impl FnMut(Option<usize>, DVec3) -> Option<()>,
) -> Option<()> {
    let [columns, rows, slices] = volume.dims();
    let mut k = 0;
    while k < slices {
        if is_cancelled() {
            return None;
        }
        let slab = volume.voxels.slab_of(k, frame);
        let range = volume.voxels.slab_range(slab);
        let samples = volume.voxels.slab(slab)?;
        let skipped = (k - range.first_slice) * columns * rows;
        let here = (range.first_slice + range.slice_count).min(slices) - k;
        for_samples!(&**samples, numbers => {
            for (n, number) in numbers.iter().skip(skipped).take(here * columns * rows).enumerate() {
                let value = volume.rescale.value(number.number());
                let is_label = value >= 0.0 && value <= f64::from(MOST_LABEL) && value.fract() == 0.0;
                let index = [n % columns, n / columns % rows, k + n / (columns * rows)];
                take(is_label.then_some(value as usize), DVec3::from_array(index.map(|at| at as f64)))?;
            }
        });
        k += here.max(1);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algo::paint;

    fn read(map: LabelMap) -> LabelsRead {
        let counts = map.counts().into_keys().filter(|label| *label != 0);
        LabelsRead {
            counts: counts.map(|label| (u32::from(label), LabelCount::default())).collect(),
            maps: vec![map],
        }
    }

    #[test]
    fn many_labels_lie_together_and_the_values_of_an_image_do_not() {
        let dims = [60, 50, 40];
        // Cells of 5 voxels a side, each with a label, with a seam that has none.
        let cells = paint::label_map(dims, |index| {
            let [i, j, k] = index.map(|at| at / 6);
            let is_seam = index.iter().any(|at| at % 6 == 0);
            if is_seam { 0 } else { (1 + i + 10 * j + 90 * k) as u16 }
        });
        assert!(read(cells).look_like_labels());
        // A slope of 8 bits with some noise.
        let image = paint::label_map(dims, |[i, j, k]| {
            let noise = (i * 7919 + j * 104_729 + k * 1_299_709) % 11;
            (40 + 2 * i + j + noise) as u16
        });
        assert!(!read(image).look_like_labels());
        let two = paint::label_map(dims, |[i, j, k]| ((i + j + k) % 3) as u16);
        assert!(read(two).look_like_labels());
    }
}
