//! The voxels of an array, slab by slab.

use hdf5_reader::error::Error;
use hdf5_reader::{Dataset, Datatype, H5Type, SliceInfo, SliceInfoElem};

use super::number::{Number, NumberKind, from_half};
use super::reason;
use crate::io::place::FilePlace;
use crate::io::raw::{Stored, decode};
use crate::io::source::{SlabError, SlabRead, SlabSource};
use crate::io::unplaced::Unplaced;
use crate::model::voxels::{SampleType, Samples, Voxels};
use crate::say;

/// One volume of an array.
pub(super) struct ArraySource {
    pub(super) dataset: Dataset,
    pub(super) number: Number,
    /// The axes of space, the slowest first.
    pub(super) space: Vec<usize>,
    /// The index along each other axis.
    pub(super) fixed: Vec<(usize, u64)>,
    /// How the volume is cut into slabs; nothing is ever published here.
    pub(super) slabs: Voxels,
    /// What the file does not say of its place.
    pub(super) unplaced: Option<Unplaced>,
    /// Dropped after the array, which has it open: what was unpacked from an archive goes with it.
    pub(super) file: FilePlace,
}

/// The bytes of one element as the file has them, whatever they mean.
#[derive(Clone, Copy, bytemuck::TransparentWrapper)]
#[repr(transparent)]
struct Element<const N: usize>([u8; N]);

impl<const N: usize> H5Type for Element<N> {
    fn hdf5_type() -> Datatype {
        Datatype::Opaque {
            size: N as u32,
            tag: String::new(),
        }
    }

    fn from_bytes(bytes: &[u8], _: &Datatype) -> Result<Self, Error> {
        let whole = bytes.get(..N).and_then(|bytes| bytes.try_into().ok());
        whole.map(Self).ok_or(Error::UnexpectedEof {
            offset: 0,
            needed: N as u64,
            available: bytes.len() as u64,
        })
    }

    fn element_size(_: &Datatype) -> usize {
        N
    }

    fn native_copy_compatible(kind: &Datatype) -> bool {
        hdf5_reader::dtype_element_size(kind).is_ok_and(|size| size == N)
    }
}

impl ArraySource {
    /// The part of the array that a slab is.
    fn selection(&self, slab: usize) -> SliceInfo {
        let range = self.slabs.slab_range(slab);
        let first = range.first_slice as u64;
        let all = || SliceInfoElem::Slice {
            start: 0,
            end: u64::MAX,
            step: 1,
        };
        let mut selections: Vec<SliceInfoElem> = (0..self.dataset.ndim()).map(|_| all()).collect();
        for (axis, index) in &self.fixed {
            if let Some(selection) = selections.get_mut(*axis) {
                *selection = SliceInfoElem::Index(*index);
            }
        }
        if let [slowest, _, _] = self.space.as_slice()
            && let Some(selection) = selections.get_mut(*slowest)
        {
            *selection = SliceInfoElem::Slice {
                start: first,
                end: first + range.slice_count as u64,
                step: 1,
            };
        }
        SliceInfo { selections }
    }

    /// The samples of a slab whose elements have `N` bytes.
    fn read<const N: usize>(&self, slab: usize) -> Result<SlabRead, String> {
        let array = self.dataset.read_slice::<Element<N>>(&self.selection(slab));
        let (elements, offset) = array.map_err(|err| reason(&err))?.into_raw_vec_and_offset();
        let elements = elements.get(offset.unwrap_or(0)..).unwrap_or_default();
        let bytes: &[[u8; N]] = bytemuck::TransparentWrapper::peel_slice(elements);
        self.samples(bytes.as_flattened())
    }

    fn samples(&self, mut bytes: &[u8]) -> Result<SlabRead, String> {
        let is_big_endian = self.number.is_big_endian;
        let stored = match self.number.kind {
            NumberKind::Half => {
                let halves = bytes.as_chunks::<2>().0.iter().map(|pair| {
                    from_half(if is_big_endian {
                        u16::from_be_bytes(*pair)
                    } else {
                        u16::from_le_bytes(*pair)
                    })
                });
                return Ok(SlabRead {
                    samples: Samples::F32(halves.collect()),
                    warnings: Vec::new(),
                });
            }
            NumberKind::Truth => Stored::Plain(SampleType::U8),
            NumberKind::Stored(stored) => stored,
        };
        let voxels = bytes.len() / stored.voxel_bytes();
        let decoded = decode(&mut bytes, stored, voxels, is_big_endian).map_err(|err| crate::io::plain(&err))?;
        Ok(SlabRead {
            samples: decoded.samples,
            warnings: decoded.is_rounded.then(|| say!("io-raw-rounded")).into_iter().collect(),
        })
    }
}

impl SlabSource for ArraySource {
    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let read = match self.number.byte_size() {
            1 => self.read::<1>(slab),
            2 => self.read::<2>(slab),
            4 => self.read::<4>(slab),
            _ => self.read::<8>(slab),
        };
        read.map_err(|why| SlabError {
            message: say!("io-cannot-read", path = self.file.to_string(), why = why),
        })
    }

    fn file(&self) -> Option<&FilePlace> {
        Some(&self.file)
    }

    fn unplaced(&self) -> Option<&Unplaced> {
        self.unplaced.as_ref()
    }
}
