//! The stored numbers of a volume, in slabs that arrive one by one.
//!
//! A slab is a run of whole slices of one frame. Each is published once; readers see either nothing or the whole
//! slab, so loading threads fill a volume that panes already draw, without locks.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::label_map::LabelMap;
use crate::say;

/// The type in which samples are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SampleType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    F64,
}

impl SampleType {
    /// Bytes of one sample.
    pub fn byte_size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// The stored number that is full brightness where samples are parts of a colour: 65535 of 16 bits, else 255.
    pub fn color_max(self) -> f64 {
        if self == Self::U16 { 65535.0 } else { 255.0 }
    }

    /// The name used on the command line: `i16`, `f32`, ….
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::U16 => "u16",
            Self::I16 => "i16",
            Self::U32 => "u32",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}

/// A run of samples of one type: i fastest, then j, then k; components of a pixel stand together.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Samples {
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// Runs the same expression on whichever vector the samples hold.
#[macro_export]
macro_rules! for_samples {
    ($samples:expr, $vec:ident => $body:expr) => {
        match $samples {
            $crate::model::voxels::Samples::U8($vec) => $body,
            $crate::model::voxels::Samples::I8($vec) => $body,
            $crate::model::voxels::Samples::U16($vec) => $body,
            $crate::model::voxels::Samples::I16($vec) => $body,
            $crate::model::voxels::Samples::U32($vec) => $body,
            $crate::model::voxels::Samples::I32($vec) => $body,
            $crate::model::voxels::Samples::F32($vec) => $body,
            $crate::model::voxels::Samples::F64($vec) => $body,
        }
    };
}

impl Samples {
    /// Number of samples.
    pub fn len(&self) -> usize {
        for_samples!(self, v => v.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the samples.
    pub fn sample_type(&self) -> SampleType {
        match self {
            Self::U8(_) => SampleType::U8,
            Self::I8(_) => SampleType::I8,
            Self::U16(_) => SampleType::U16,
            Self::I16(_) => SampleType::I16,
            Self::U32(_) => SampleType::U32,
            Self::I32(_) => SampleType::I32,
            Self::F32(_) => SampleType::F32,
            Self::F64(_) => SampleType::F64,
        }
    }

    /// One sample as a number, exactly (every type fits into `f64`).
    #[inline]
    #[expect(clippy::unnecessary_cast, reason = "the same arm serves every type")]
    pub fn get(&self, index: usize) -> Option<f64> {
        for_samples!(self, v => v.get(index).map(|s| *s as f64))
    }
}

/// All stored samples of a volume. Dimensions and type are fixed; slabs are filled in as they are read. What can be
/// painted is a label map for each frame instead, all of it there.
#[derive(Debug)]
pub struct Voxels {
    dims: [usize; 3],
    frames: usize,
    components: usize,
    sample_type: SampleType,
    slices_per_slab: usize,
    /// Empty until it is known; `None` where a slab cannot be read.
    slabs: Vec<OnceLock<Option<Arc<Samples>>>>,
    published: AtomicUsize,
    /// Empty unless these can be painted; else one for each frame.
    labels: Vec<LabelMap>,
}

/// Why voxels cannot be set up or a slab cannot be published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoxelsError {
    /// The sizes multiply to more than can be addressed.
    #[error("{}", say!("model-too-large", dims = format!("{:?}", .0), frames = *.1))]
    TooLarge([usize; 3], usize),
    /// A slab came with the wrong number or type of samples.
    #[error("{}", say!("model-wrong-slab", slab = *slab, expected = *expected, wanted = *sample_type, got = *got, found = *got_type))]
    WrongSlab {
        /// Index of the slab.
        slab: usize,
        /// Samples that it must have.
        expected: usize,
        /// The volume's type.
        sample_type: &'static str,
        /// Samples that came.
        got: usize,
        /// Their type.
        got_type: &'static str,
    },
}

/// What a slab holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlabRange {
    /// The frame (time point) it belongs to.
    pub frame: usize,
    /// Its first slice.
    pub first_slice: usize,
    /// How many slices it has.
    pub slice_count: usize,
}

impl Voxels {
    /// Bytes that a slab should have about, where reading one costs no more than reading its part of a file.
    pub const SLAB_BYTES: usize = 8 << 20;

    /// Empty voxels of a size. Allocates nothing but the slab table.
    pub fn new(
        dims: [usize; 3],
        frames: usize,
        components: usize,
        sample_type: SampleType,
        slices_per_slab: usize,
    ) -> Result<Self, VoxelsError> {
        let too_large = || VoxelsError::TooLarge(dims, frames);
        let count = [dims[0], dims[1], dims[2], frames, components, sample_type.byte_size()]
            .iter()
            .try_fold(1usize, |a, n| a.checked_mul(*n));
        let bytes = count.ok_or_else(too_large)?;
        if bytes == 0 || bytes > isize::MAX as usize || slices_per_slab == 0 {
            return Err(too_large());
        }
        let slab_count = dims[2]
            .div_ceil(slices_per_slab)
            .checked_mul(frames)
            .ok_or_else(too_large)?;
        let slabs = (0..slab_count).map(|_| OnceLock::new()).collect();
        Ok(Self {
            dims,
            frames,
            components,
            sample_type,
            slices_per_slab,
            slabs,
            published: AtomicUsize::new(0),
            labels: Vec::new(),
        })
    }

    /// The labels of maps of one size, one for each frame, as `u16`.
    pub fn of_labels(labels: Vec<LabelMap>) -> Result<Self, VoxelsError> {
        let dims = labels.first().map_or([0; 3], LabelMap::dims);
        let slices = Self::slices_for_slab_bytes(dims, 1, SampleType::U16);
        if labels.iter().any(|map| map.dims() != dims) {
            return Err(VoxelsError::TooLarge(dims, labels.len()));
        }
        let mut voxels = Self::new(dims, labels.len(), 1, SampleType::U16, slices)?;
        voxels.labels = labels;
        Ok(voxels)
    }

    /// The label map of a frame, where these can be painted.
    pub fn label_map(&self, frame: usize) -> Option<&LabelMap> {
        self.labels.get(frame)
    }

    /// All label maps; none where these cannot be painted.
    pub fn label_maps(&self) -> &[LabelMap] {
        &self.labels
    }

    /// Voxels of the same size and type of which nothing has arrived.
    pub fn unread(&self) -> Self {
        Self {
            slabs: self.slabs.iter().map(|_| OnceLock::new()).collect(),
            published: AtomicUsize::new(0),
            labels: Vec::new(),
            ..*self
        }
    }

    /// The same as slabs that have all arrived, for who reads these.
    pub fn to_slabs(&self) -> Result<Self, VoxelsError> {
        let slabs = Self::new(
            self.dims,
            self.frames,
            self.components,
            self.sample_type,
            self.slices_per_slab,
        )?;
        for slab in 0..slabs.slab_count() {
            let range = slabs.slab_range(slab);
            let slices = range.first_slice..range.first_slice + range.slice_count;
            match self.labels.get(range.frame) {
                Some(map) => slabs.publish(slab, Samples::U16(map.dense_slices(slices)))?,
                None => slabs.settle(slab, self.slab(slab).cloned()),
            }
        }
        Ok(slabs)
    }

    /// How many slices make a slab of about [`Self::SLAB_BYTES`].
    pub fn slices_for_slab_bytes(dims: [usize; 3], components: usize, sample_type: SampleType) -> usize {
        let slice_bytes = dims[0]
            .saturating_mul(dims[1])
            .saturating_mul(components)
            .saturating_mul(sample_type.byte_size());
        (Self::SLAB_BYTES / slice_bytes.max(1)).clamp(1, dims[2].max(1))
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        self.dims
    }

    /// Time points (or other repeats of the same grid).
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Samples of one voxel: 1, or 3 for colour.
    pub fn components(&self) -> usize {
        self.components
    }

    /// The type of the samples.
    pub fn sample_type(&self) -> SampleType {
        self.sample_type
    }

    /// Bytes of all samples.
    pub fn byte_size(&self) -> usize {
        self.dims.iter().product::<usize>() * self.frames * self.components * self.sample_type.byte_size()
    }

    /// Number of slabs, all frames together.
    pub fn slab_count(&self) -> usize {
        self.slabs.len()
    }

    /// Slabs of one frame.
    pub fn slabs_per_frame(&self) -> usize {
        self.dims[2].div_ceil(self.slices_per_slab)
    }

    /// The slab that holds a slice of a frame.
    pub fn slab_of(&self, slice: usize, frame: usize) -> usize {
        frame * self.slabs_per_frame() + slice / self.slices_per_slab
    }

    /// What a slab holds.
    pub fn slab_range(&self, slab: usize) -> SlabRange {
        let per_frame = self.slabs_per_frame();
        let first_slice = slab % per_frame * self.slices_per_slab;
        SlabRange {
            frame: slab / per_frame,
            first_slice,
            slice_count: self.slices_per_slab.min(self.dims[2] - first_slice),
        }
    }

    /// Samples of one slice.
    pub fn slice_samples(&self) -> usize {
        self.dims[0] * self.dims[1] * self.components
    }

    /// Samples that a slab must have.
    pub fn slab_samples(&self, slab: usize) -> usize {
        self.slice_samples() * self.slab_range(slab).slice_count
    }

    /// Makes a slab visible to everybody. A slab that is there already stays as it is.
    pub fn publish(&self, slab: usize, samples: Samples) -> Result<(), VoxelsError> {
        let expected = if slab < self.slabs.len() {
            self.slab_samples(slab)
        } else {
            0
        };
        if samples.len() != expected || samples.sample_type() != self.sample_type {
            return Err(VoxelsError::WrongSlab {
                slab,
                expected,
                sample_type: self.sample_type.name(),
                got: samples.len(),
                got_type: samples.sample_type().name(),
            });
        }
        self.settle(slab, Some(Arc::new(samples)));
        Ok(())
    }

    /// Says that a slab cannot be read. Its voxels have no value: nothing is drawn or read out there.
    pub fn publish_unreadable(&self, slab: usize) {
        self.settle(slab, None);
    }

    fn settle(&self, slab: usize, samples: Option<Arc<Samples>>) {
        if let Some(place) = self.slabs.get(slab)
            && place.set(samples).is_ok()
        {
            self.published.fetch_add(1, Ordering::Release);
        }
    }

    /// Whether it is known by now what a slab holds, or that it cannot be read.
    pub fn is_settled(&self, slab: usize) -> bool {
        !self.labels.is_empty() || self.slabs.get(slab).is_some_and(|place| place.get().is_some())
    }

    /// A slab, if it has arrived and can be read.
    pub fn slab(&self, slab: usize) -> Option<&Arc<Samples>> {
        self.slabs.get(slab)?.get()?.as_ref()
    }

    /// Every slab of some frames, in order; `None` unless all have arrived and can be read.
    pub fn slabs_of_frames(&self, frames: Range<usize>) -> Option<Vec<&Samples>> {
        let per_frame = self.slabs_per_frame();
        (frames.start * per_frame..frames.end * per_frame)
            .map(|slab| self.slab(slab).map(AsRef::as_ref))
            .collect()
    }

    /// Whether a slice of a frame has arrived.
    pub fn has_slice(&self, slice: usize, frame: usize) -> bool {
        frame < self.labels.len() || self.slab(self.slab_of(slice, frame)).is_some()
    }

    /// Grows by one with every slab that arrives or turns out unreadable: who has drawn revision n needs to look again when it changes.
    /// Painted voxels are at another revision after every change.
    pub fn revision(&self) -> usize {
        self.published
            .load(Ordering::Acquire)
            .wrapping_add(self.painted_revision() as usize)
    }

    /// Painted voxels of one revision are the same; 0 of those that cannot be painted.
    pub fn painted_revision(&self) -> u64 {
        self.labels.iter().map(LabelMap::revision).fold(0, u64::wrapping_add)
    }

    /// Whether every slab has arrived or is known to be unreadable.
    pub fn is_complete(&self) -> bool {
        !self.labels.is_empty() || self.revision() == self.slabs.len()
    }

    /// One stored sample, if its slab has arrived and the index lies inside.
    #[inline]
    pub fn stored(&self, index: [usize; 3], frame: usize, component: usize) -> Option<f64> {
        let [i, j, k] = index;
        if i >= self.dims[0]
            || j >= self.dims[1]
            || k >= self.dims[2]
            || frame >= self.frames
            || component >= self.components
        {
            return None;
        }
        if let Some(map) = self.labels.get(frame) {
            return map.get(index).map(f64::from);
        }
        let samples = self.slab(self.slab_of(k, frame))?;
        let in_slab = k % self.slices_per_slab;
        samples.get(((in_slab * self.dims[1] + j) * self.dims[0] + i) * self.components + component)
    }
}
