//! Reads the slices of a segmentation: every frame that lies in one, put together.

use std::sync::Arc;

use super::super::header::FilePixels;
use super::super::references::References;
use super::super::source::{read_picture, zeros};
use super::SegKind;
use crate::io::place::FilePlace;
use crate::io::source::{SlabError, SlabRead, SlabSource};
use crate::model::segment::SegmentTable;
use crate::model::voxels::{SampleType, Samples};
use crate::say;

/// One frame of a slice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Index in the file.
    pub frame: usize,
    /// Its segment.
    pub label: u32,
    /// Column of the grid where it begins.
    pub left: usize,
    /// Row of the grid where it begins.
    pub top: usize,
}

/// The frames of a segmentation, by layer and slice.
pub(super) struct SegSource {
    pub pixels: Arc<FilePixels>,
    pub kind: SegKind,
    /// Columns of the grid.
    pub columns: usize,
    /// Rows of the grid.
    pub rows: usize,
    pub sample_type: SampleType,
    /// One list a slab; a plane without frames is empty.
    pub parts: Vec<Vec<Part>>,
    pub table: SegmentTable,
    /// What it was drawn on.
    pub references: Option<Arc<References>>,
}

impl SlabSource for SegSource {
    fn file(&self) -> Option<&FilePlace> {
        Some(&self.pixels.file)
    }

    fn segments(&self) -> Option<SegmentTable> {
        Some(self.table.clone())
    }

    fn references(&self) -> Option<Arc<References>> {
        self.references.clone()
    }

    fn is_occupancy(&self) -> bool {
        matches!(self.kind, SegKind::Fractional { is_occupancy: true, .. })
    }

    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let path = || self.pixels.file.to_string();
        let mut samples = zeros(self.sample_type, self.columns * self.rows);
        let mut warnings = Vec::new();
        let mut lost = 0;
        for part in self.parts.get(slab).into_iter().flatten() {
            let read = read_picture(&self.pixels, part.frame).map_err(|why| SlabError {
                message: say!("io-cannot-open", path = path(), why = why),
            })?;
            if read.is_short || read.present < read.samples.len() {
                warnings.push(say!("io-dicom-short-stream", path = path()));
            }
            lost += self.put(&mut samples, &read.samples, part);
        }
        if lost > 0 {
            warnings.push(say!("io-seg-overlap-lost", path = path(), count = lost));
        }
        Ok(SlabRead { samples, warnings })
    }
}

impl SegSource {
    /// Puts a frame into a slice; what is empty of it leaves the slice as it is. Says how many voxels another segment has lost
    /// to it: none, unless the file says of segments that overlap that they do not.
    fn put(&self, into: &mut Samples, from: &Samples, part: &Part) -> usize {
        let mut lost = 0;
        let width = self.pixels.layout.columns;
        for row in 0..self.pixels.layout.rows {
            for column in 0..width {
                let Some(value) = from.get(row * width + column).filter(|value| *value != 0.0) else {
                    continue;
                };
                let (i, j) = (part.left + column, part.top + row);
                if i >= self.columns || j >= self.rows {
                    continue;
                }
                let at = j * self.columns + i;
                let value = match self.kind {
                    SegKind::Binary => f64::from(part.label),
                    SegKind::Fractional { most, .. } => value / most,
                    SegKind::LabelMap => value,
                };
                let before = into.get(at).unwrap_or(0.0);
                lost += usize::from(self.kind == SegKind::Binary && before != 0.0 && before != value);
                match into {
                    Samples::U8(v) => v[at] = value as u8,
                    Samples::U16(v) => v[at] = value as u16,
                    Samples::U32(v) => v[at] = value as u32,
                    Samples::F32(v) => v[at] = value as f32,
                    Samples::I8(v) => v[at] = value as i8,
                    Samples::I16(v) => v[at] = value as i16,
                    Samples::I32(v) => v[at] = value as i32,
                    Samples::F64(v) => v[at] = value,
                }
            }
        }
        lost
    }
}
