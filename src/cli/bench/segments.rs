//! Work on label maps that is timed: what the panels and tools do, each alone and with its inputs ready, so that a peer
//! can be timed beside it on the same files.

use std::path::Path;
use std::time::Instant;

use cpu_time::ProcessTime;

use super::{Failure, Timed, ms};
use crate::algo::agreement::{overlaps, surface_distances};
use crate::algo::bits::Bits;
use crate::algo::components::Components;
use crate::algo::segment::between::filled_between;
use crate::algo::segment::distance::squared_distances;
use crate::algo::segment::grow::{Ground, grown};
use crate::algo::segment::{Region, bounds};
use crate::algo::statistics::value_statistics;
use crate::algo::surface_nets::smooth::BlockSurfaces;
use crate::algo::{label_grid, percentile};
use crate::cli::label_maps::LabelMap as ReadMap;
use crate::model::geometry::Geometry;
use crate::model::label_grid::LabelGrid;
use crate::model::label_map::LabelMap;
use crate::model::volume::{Value, Volume};
use crate::say;

/// Voxels brighter than this are parted into connected pieces (bone of a CT).
const BRIGHT: f64 = 200.0;
/// How far the second reader's map is off the first, voxels.
const SHIFT: [usize; 3] = [3, 2, 1];
/// Of how many slices one was painted before those between are filled.
const PAINTED_EVERY: usize = 10;
/// Seeds of each label.
const SEEDS: usize = 300;
/// Seeds outside all labels.
const OUTER_SEEDS: usize = 1500;

/// The image and its map, with what several kinds of work need.
struct Material<'a> {
    image: &'a Volume,
    geometry: &'a Geometry,
    grid: LabelGrid,
    map: LabelMap,
    /// The label in the middle of the list, of which one alone is asked.
    label: u16,
}

/// Times every kind of work so many times, on the labels of a path, which lie on the image's grid.
pub(super) fn segments(image: &Volume, labels: &Path, repeats: u32, quiet: bool) -> Result<Vec<Timed>, Failure> {
    let read = ReadMap::read(labels, quiet)?;
    let other_grid = || Failure(say!("cli-bench-other-grid", path = labels.display().to_string()));
    let geometry = image.geometry().ok_or_else(other_grid)?;
    if read.open.volume.dims() != image.dims() {
        return Err(other_grid());
    }
    let grid = label_grid::label_grid(&read.open.volume, 0).ok_or_else(other_grid)?;
    let map = LabelMap::from_dense(grid.dims(), grid.labels());
    let known: Vec<u16> = map.counts().into_keys().filter(|label| *label != 0).collect();
    let label = known.get(known.len().saturating_sub(1) / 2).copied().unwrap_or(1);
    let material = Material {
        image,
        geometry,
        grid,
        map,
        label,
    };
    let mut all = Vec::new();
    let mut time = |what: &str, work: &dyn Fn()| all.push(timed(what, repeats, work));
    material.pieces(&mut time);
    material.agreement(&mut time);
    material.measures(&mut time);
    material.between(&mut time, &known);
    material.seeds(&mut time, &known);
    Ok(all)
}

/// A name and what is to be timed under it.
type Time<'a> = dyn FnMut(&str, &dyn Fn()) + 'a;

impl Material<'_> {
    fn pieces(&self, time: &mut Time<'_>) {
        let Some(bits) = Bits::between(self.image, 0, BRIGHT, f64::MAX) else {
            return;
        };
        time("connected components", &|| {
            std::hint::black_box(Components::of(&bits));
        });
    }

    fn agreement(&self, time: &mut Time<'_>) {
        let Some(judged) = shifted(&self.grid) else { return };
        time("overlaps", &|| {
            std::hint::black_box(overlaps(&self.grid, &judged, self.geometry));
        });
        let found = overlaps(&self.grid, &judged, self.geometry).unwrap_or_default();
        let boxes = found.get(&self.label).map(|found| [found.box_a, found.box_b]);
        time("surface distances of a label", &|| {
            std::hint::black_box(surface_distances(
                [&self.grid, &judged],
                self.label,
                boxes.unwrap_or_default(),
                self.geometry,
            ));
        });
    }

    fn measures(&self, time: &mut Time<'_>) {
        time("statistics of values", &|| {
            std::hint::black_box(value_statistics(&self.grid, self.geometry, self.image, 0, true));
        });
        time("surfaces", &|| {
            std::hint::black_box(BlockSurfaces::of(&self.map, self.geometry, None, &|| false));
        });
        let is_in: Vec<bool> = self.grid.labels().iter().map(|label| *label != self.label).collect();
        let spacing = self.geometry.spacing().to_array();
        time("distances in a label", &|| {
            std::hint::black_box(squared_distances(&is_in, self.grid.dims(), spacing));
        });
    }

    /// On every second voxel of each axis.
    fn between(&self, time: &mut Time<'_>, known: &[u16]) {
        let (dims, labels) = thinned(&self.grid, 2);
        let plane = dims[0] * dims[1];
        let sparse: Vec<u16> = labels
            .iter()
            .enumerate()
            .map(|(n, label)| {
                if (n / plane.max(1)).is_multiple_of(PAINTED_EVERY) {
                    *label
                } else {
                    0
                }
            })
            .collect();
        let map = LabelMap::from_dense(dims, &sparse);
        let Some(geometry) = sparser(self.geometry, dims, 2) else {
            return;
        };
        time("fill between slices", &|| {
            for label in known {
                let region = bounds(&map, *label).and_then(|_| Region::of(&map, *label, [1, 1, 0]));
                std::hint::black_box(region.map(|region| filled_between(region, &geometry, &|| false)));
            }
        });
    }

    /// On every fourth voxel of each axis, from scattered seeds of each label and of what has none.
    fn seeds(&self, time: &mut Time<'_>, known: &[u16]) {
        const STRIDE: usize = 4;
        let (dims, labels) = thinned(&self.grid, STRIDE);
        let values: Vec<f32> = indices(dims)
            .map(|index| match self.image.value(index.map(|at| at * STRIDE), 0) {
                Some(Value::Scalar(value)) => value as f32,
                Some(Value::Rgb(_)) | None => f32::NAN,
            })
            .collect();
        let mut seeds = vec![0; labels.len()];
        let outside = known.iter().max().map_or(1, |most| most.saturating_add(1));
        for label in known.iter().copied().chain([0]) {
            let places: Vec<usize> = (0..labels.len()).filter(|n| labels.get(*n) == Some(&label)).collect();
            let count = if label == 0 { OUTER_SEEDS } else { SEEDS };
            for place in places.iter().step_by((places.len() / count).max(1)) {
                if let Some(seed) = seeds.get_mut(*place) {
                    *seed = if label == 0 { outside } else { label };
                }
            }
        }
        let ground = Ground {
            dims,
            spacing: self.geometry.spacing().to_array().map(|edge| edge * STRIDE as f64),
            values: &values,
            wall: u16::MAX,
        };
        time("grow from seeds", &|| {
            std::hint::black_box(grown(&ground, &seeds, &|| false));
        });
    }
}

fn timed(what: &str, repeats: u32, work: &dyn Fn()) -> Timed {
    let (mut times, mut cpu_ms) = (Vec::new(), Vec::new());
    for _ in 0..repeats.max(1) {
        let (begun, cpu) = (Instant::now(), ProcessTime::now());
        work();
        times.push(ms(begun));
        cpu_ms.push(cpu.elapsed().as_secs_f64() * 1e3);
    }
    let median = |times: &mut Vec<f64>| percentile::percentile(times, 50.0).unwrap_or(f64::NAN);
    Timed {
        what: what.to_owned(),
        median_ms: median(&mut times),
        cpu_ms: median(&mut cpu_ms),
    }
}

fn indices([columns, rows, slices]: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    (0..slices).flat_map(move |k| (0..rows).flat_map(move |j| (0..columns).map(move |i| [i, j, k])))
}

/// A grid with every so many voxels of each axis, so many in all.
fn sparser(geometry: &Geometry, dims: [usize; 3], stride: usize) -> Option<Geometry> {
    let mut affine = *geometry.patient_from_voxel();
    affine.matrix3 = affine.matrix3.mul_scalar(stride as f64);
    Geometry::from_affine(dims, affine).ok()
}

/// Every so many voxels of each axis.
fn thinned(grid: &LabelGrid, stride: usize) -> ([usize; 3], Vec<u16>) {
    let dims = grid.dims().map(|side| side.div_ceil(stride));
    let labels = indices(dims).map(|index| grid.get(index.map(|at| at * stride)));
    (dims, labels.collect())
}

/// The map of a second reader: the same, moved, and round the corner where it leaves the grid.
fn shifted(grid: &LabelGrid) -> Option<LabelGrid> {
    let dims = grid.dims();
    let labels = indices(dims).map(|index| {
        grid.get(std::array::from_fn(|axis| {
            (index[axis] + dims[axis] - SHIFT[axis] % dims[axis].max(1)) % dims[axis].max(1)
        }))
    });
    LabelGrid::new(dims, labels.collect())
}
