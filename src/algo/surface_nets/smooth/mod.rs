//! Smooth surfaces of painted label maps, block by block, so that a stroke costs what it touched.
//!
//! The points of the net (see the module above) are drawn to the mean of their neighbours, several times, and each stays
//! in the middle of its cell (S. Gibson, "Constrained elastic surface nets", MICCAI 1998): steps between voxels are
//! evened out, and what is as thin as a voxel stays. Normals are those of the faces around a point, evened out as well.
//!
//! A point depends on labels within [`REACH`] voxels of it and on nothing else, and is reckoned from its cell's own
//! corner: whoever needs it finds the same numbers to the last bit. So blocks are extracted from a window of their own
//! labels and those around them ([`window`]), as many neighbours together as have to be, without seams; and a block has
//! to be only when one of its neighbourhood changed.

mod net;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use self::window::Window;
use crate::model::geometry::Geometry;
use crate::model::label_map::{BLOCK_SIDE, BlockLabels, LabelMap};
use crate::model::surface::{Surface, SurfacePart};

/// How often points are drawn to their neighbours, and how far each time.
const ROUNDS: usize = 12;
const PULL: f32 = 0.6;
/// A point stays so far from the faces of its cell, voxels.
const MARGIN: f32 = 0.15;
/// How often normals are evened out.
const NORMAL_ROUNDS: usize = 2;
/// How far labels matter, voxels: each round looks one cell farther, and a normal is that of faces around a point.
pub const REACH: usize = ROUNDS + NORMAL_ROUNDS + 2;
const _: () = assert!(REACH <= BLOCK_SIDE);

/// Blocks along a cube of them that are extracted together: what lies around it is looked at once for all of them. The
/// first that leaves every thread some cubes, else the last.
const TOGETHER: [usize; 2] = [8, 4];
/// Cubes for a thread that even out what they cost.
const CUBES_PER_THREAD: usize = 2;

/// The surfaces of all labels of a map, by blocks of it.
#[derive(Clone, Debug, Default)]
pub struct BlockSurfaces {
    blocks: Vec<Arc<Extracted>>,
    by_label: BTreeMap<u16, Arc<Surface>>,
}

/// What was found in a block.
#[derive(Debug)]
struct Extracted {
    /// Of the block and all around it.
    stamps: [u64; 27],
    parts: Parts,
}

/// The pieces of a block's surfaces, by label.
type Parts = Vec<(u16, Arc<SurfacePart>)>;

/// What is known of a block before anything is extracted.
enum Known {
    /// All of it.
    All(Arc<Extracted>),
    /// The stamps of it and all around it.
    Stamps(Box<[u64; 27]>),
}

impl BlockSurfaces {
    /// The surfaces of a map, as far as possible from those of an earlier state of it, and how many blocks were looked
    /// into. `is_over` is asked now and then whether to stop; `None` then.
    pub fn of(
        map: &LabelMap,
        geometry: &Geometry,
        before: Option<&Self>,
        is_over: &(dyn Fn() -> bool + Sync),
    ) -> Option<(Self, usize)> {
        let count = map.block_count();
        let before = before.filter(|before| before.blocks.len() == count);
        let known: Vec<Known> = (0..count)
            .into_par_iter()
            .map(|block| {
                let around = Around::new(map, block);
                let stamps = around.stamps(map);
                if let Some(same) = before.and_then(|before| before.blocks.get(block))
                    && same.stamps == stamps
                {
                    return Known::All(Arc::clone(same));
                }
                if around.is_of_one_label(map) {
                    let parts = Vec::new();
                    return Known::All(Arc::new(Extracted { stamps, parts }));
                }
                Known::Stamps(Box::new(stamps))
            })
            .collect();
        let unknown = known.iter().enumerate();
        let unknown = unknown.filter(|(_, known)| matches!(known, Known::Stamps(_)));
        let groups = groups(map, &unknown.map(|(block, _)| block).collect::<Vec<_>>());
        let extracted: Option<Vec<Vec<(usize, Parts)>>> = groups
            .par_iter()
            .map(|blocks| (!is_over()).then(|| Window::new(map, blocks).parts(map, blocks, geometry)))
            .collect();
        let mut extracted: BTreeMap<usize, Parts> = extracted?.into_iter().flatten().collect();
        let looked_into = extracted.len();
        let blocks: Vec<Arc<Extracted>> = known
            .into_iter()
            .enumerate()
            .map(|(block, known)| match known {
                Known::All(extracted) => extracted,
                Known::Stamps(stamps) => Arc::new(Extracted {
                    stamps: *stamps,
                    parts: extracted.remove(&block).unwrap_or_default(),
                }),
            })
            .collect();
        let mut surfaces: BTreeMap<u16, Surface> = BTreeMap::new();
        for (label, part) in blocks.iter().flat_map(|block| &block.parts) {
            surfaces.entry(*label).or_default().parts.push(Arc::clone(part));
        }
        let by_label = surfaces.into_iter().map(|(label, surface)| (label, Arc::new(surface)));
        Some((
            Self {
                by_label: by_label.collect(),
                blocks,
            },
            looked_into,
        ))
    }

    /// The surface of each label that has one.
    pub fn by_label(&self) -> &BTreeMap<u16, Arc<Surface>> {
        &self.by_label
    }
}

/// Blocks by the cubes of them in which they are extracted.
fn groups(map: &LabelMap, blocks: &[usize]) -> Vec<Vec<usize>> {
    let cubes = |together: usize| {
        let mut cubes: BTreeMap<[usize; 3], Vec<usize>> = BTreeMap::new();
        for block in blocks {
            let cube = map.voxels_of(*block).map(|side| side.start / (BLOCK_SIDE * together));
            cubes.entry(cube).or_default().push(*block);
        }
        cubes
    };
    let wanted = CUBES_PER_THREAD * rayon::current_num_threads();
    let [large, small] = TOGETHER.map(cubes);
    let chosen = if large.len() >= wanted { large } else { small };
    chosen.into_values().collect()
}

/// A block and the 26 around it, i fastest; `None` beyond the map.
struct Around([Option<usize>; 27]);

impl Around {
    fn new(map: &LabelMap, block: usize) -> Self {
        let across = map.dims().map(|side| side.div_ceil(BLOCK_SIDE));
        let at = map.voxels_of(block).map(|side| side.start / BLOCK_SIDE);
        Self(std::array::from_fn(|n| {
            let [i, j, k] = [n % 3, n / 3 % 3, n / 9];
            let place = |axis: usize, step: usize| {
                let place = (at[axis] + step).checked_sub(1)?;
                (place < across[axis]).then_some(place)
            };
            Some((place(2, k)? * across[1] + place(1, j)?) * across[0] + place(0, i)?)
        }))
    }

    fn stamps(&self, map: &LabelMap) -> [u64; 27] {
        self.0.map(|block| block.map_or(0, |block| map.stamp(block)))
    }

    /// Whether there is no surface because there is one label everywhere. Beyond the map there is none.
    fn is_of_one_label(&self, map: &LabelMap) -> bool {
        let label = |block: Option<usize>| match block.map(|block| map.block(block)) {
            None => Some(0),
            Some(BlockLabels::Uniform(label)) => Some(*label),
            Some(BlockLabels::Dense(_)) => None,
        };
        let first = label(self.0[0]);
        first.is_some() && self.0.iter().all(|block| label(*block) == first)
    }
}
