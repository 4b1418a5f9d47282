//! The source of a volume that was made in the program and is in no file yet: zeros everywhere.

use std::sync::Arc;

use super::source::{SlabError, SlabRead, SlabSource};
use crate::model::volume::Volume;
use crate::model::voxels::Samples;

struct Blank {
    samples_per_slab: Vec<usize>,
}

impl SlabSource for Blank {
    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let samples = self.samples_per_slab.get(slab).copied().unwrap_or(0);
        Ok(SlabRead {
            samples: Samples::U16(vec![0; samples]),
            warnings: Vec::new(),
        })
    }
}

/// The source of a volume of `u16`.
pub fn source(volume: &Volume) -> Arc<dyn SlabSource> {
    let slabs = 0..volume.voxels.slab_count();
    Arc::new(Blank {
        samples_per_slab: slabs.map(|slab| volume.voxels.slab_samples(slab)).collect(),
    })
}
