//! The slices of filled contours.

use std::sync::Arc;

use super::super::references::References;
use super::super::source::zeros;
use crate::algo::rasterize::RowRun;
use crate::io::place::FilePlace;
use crate::io::source::{SlabError, SlabRead, SlabSource};
use crate::model::segment::SegmentTable;
use crate::model::voxels::{SampleType, Samples};

/// A region in a slice.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub label: u16,
    pub runs: Vec<RowRun>,
}

/// Regions by layer and slice.
pub(super) struct ContourSource {
    pub file: FilePlace,
    pub columns: usize,
    pub rows: usize,
    /// `u8` or `u16`.
    pub sample_type: SampleType,
    /// One list a slab.
    pub parts: Vec<Vec<Part>>,
    pub table: SegmentTable,
    /// What it was drawn on.
    pub references: Option<Arc<References>>,
}

impl SlabSource for ContourSource {
    fn file(&self) -> Option<&FilePlace> {
        Some(&self.file)
    }

    fn segments(&self) -> Option<SegmentTable> {
        Some(self.table.clone())
    }

    fn references(&self) -> Option<Arc<References>> {
        self.references.clone()
    }

    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let mut samples = zeros(self.sample_type, self.columns * self.rows);
        for part in self.parts.get(slab).into_iter().flatten() {
            for run in &part.runs {
                let row = run.row as usize * self.columns;
                let range = row + run.from as usize..row + run.to as usize;
                match &mut samples {
                    Samples::U8(v) => v.get_mut(range).into_iter().for_each(|run| run.fill(part.label as u8)),
                    Samples::U16(v) => v.get_mut(range).into_iter().for_each(|run| run.fill(part.label)),
                    _ => {}
                }
            }
        }
        Ok(SlabRead {
            samples,
            warnings: Vec::new(),
        })
    }
}
