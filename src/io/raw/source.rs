//! Voxels of a file of plain numbers, slab by slab.
//!
//! A plain file is read at the place of the slab, in any order. A packed one has to be unpacked from its beginning:
//! a whole load runs through it once, and single slabs go on from where the slab before them ended, if they can.
//! Where frames are woven into each other, the slabs of the same slices are read together, as one block.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::input::{Packing, Unpacked, read_up_to};
use super::order::Order;
use super::stored::{Decoded, Stored, decode};
use crate::io::place::FilePlace;
use crate::io::scan::plain;
use crate::io::source::{SlabError, SlabRead, SlabSource};
use crate::model::segment::SegmentTable;
use crate::model::volume::Volume;
use crate::model::voxels::{SampleType, Samples};
use crate::say;

/// After the last voxel, this much of a packed stream is unpacked to come to its checksum.
const CHECKSUM_WITHIN_BYTES: u64 = 1 << 20;

/// Where the voxels of a volume are, and how they become its samples.
pub(in crate::io) struct RawSource {
    pub(in crate::io) volume: Arc<Volume>,
    pub(in crate::io) packing: Packing,
    pub(in crate::io) is_big_endian: bool,
    /// Where the packed bytes begin in the file.
    pub(in crate::io) start: u64,
    /// Where the voxels begin in what was unpacked.
    pub(in crate::io) data_offset: u64,
    pub(in crate::io) stored: Stored,
    pub(in crate::io) order: Order,
    /// Numbers to be changed in each frame; empty where none are.
    pub(in crate::io) relabels: Vec<Relabel>,
    /// What the file says of its labels.
    pub(in crate::io) segments: Option<SegmentTable>,
    /// Whether bytes behind the last voxel are a doubt: in formats that have nothing there.
    pub(in crate::io) ends_with_voxels: bool,
    /// A packed stream that stands at the beginning of a block.
    pub(in crate::io) stream: Mutex<Option<(usize, Unpacked)>>,
    /// The file. Dropped after the stream: what was unpacked from an archive goes with it, and must be closed by then.
    pub(in crate::io) file: FilePlace,
}

/// Numbers that become other numbers, so that labels are unique over all layers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::io) struct Relabel(pub(in crate::io) Vec<(u32, u32)>);

impl Relabel {
    /// Changes the numbers, in a type that holds the new ones.
    fn apply(&self, samples: Samples, sample_type: SampleType) -> Samples {
        let highest = self.0.iter().map(|(from, _)| *from).max().unwrap_or(0);
        let mut table: Vec<u32> = (0..=highest).collect();
        for (from, to) in &self.0 {
            if let Some(place) = table.get_mut(*from as usize) {
                *place = *to;
            }
        }
        let changed = |number: i64| -> i64 {
            let place = usize::try_from(number).ok().and_then(|number| table.get(number));
            place.map_or(number, |number| i64::from(*number))
        };
        macro_rules! change {
            ($all:expr, $variant:ident, $type:ty) => {
                Samples::$variant(
                    $all.into_iter()
                        .map(|number| changed(number as i64) as $type)
                        .collect(),
                )
            };
        }
        match (samples, sample_type) {
            (Samples::U8(all), SampleType::U16) => change!(all, U16, u16),
            (Samples::U8(all), _) => change!(all, U8, u8),
            (Samples::I8(all), SampleType::I16) => change!(all, I16, i16),
            (Samples::I8(all), _) => change!(all, I8, i8),
            (Samples::U16(all), _) => change!(all, U16, u16),
            (Samples::I16(all), _) => change!(all, I16, i16),
            (Samples::U32(all), _) => change!(all, U32, u32),
            (Samples::I32(all), _) => change!(all, I32, i32),
            (Samples::F32(all), _) => change!(all, F32, f32),
            (Samples::F64(all), _) => change!(all, F64, f64),
        }
    }
}

impl RawSource {
    /// The volume's slabs with the same slices, of frames that are woven into each other, are one block.
    fn block_of(&self, slab: usize) -> usize {
        let per_frame = self.volume.voxels.slabs_per_frame();
        let outer = slab / per_frame / self.order.inner();
        outer * per_frame + slab % per_frame
    }

    fn block_count(&self) -> usize {
        self.volume.voxels.slab_count() / self.order.inner()
    }

    /// The slabs of a block, in the order of their frames.
    fn slabs_of(&self, block: usize) -> impl Iterator<Item = usize> {
        let per_frame = self.volume.voxels.slabs_per_frame();
        let (outer, part) = (block / per_frame, block % per_frame);
        let inner = self.order.inner();
        (0..inner).map(move |frame| (outer * inner + frame) * per_frame + part)
    }

    fn block_slices(&self, block: usize) -> usize {
        let slab = self.slabs_of(block).next().unwrap_or(0);
        self.volume.voxels.slab_range(slab).slice_count
    }

    /// Elements of one block.
    fn block_elements(&self, block: usize) -> usize {
        self.block_slices(block) * self.order.slice_elements
    }

    /// Where a block begins in the unpacked file. Header checks have made sure that it can be counted.
    fn block_offset(&self, block: usize) -> u64 {
        let [.., slices] = self.volume.dims();
        let per_frame = self.volume.voxels.slabs_per_frame();
        let first_slice = self.volume.voxels.slab_range(block % per_frame).first_slice;
        let slices_before = (block / per_frame) as u64 * slices as u64 + first_slice as u64;
        self.data_offset + slices_before * self.order.slice_elements as u64 * self.stored.voxel_bytes() as u64
    }

    fn open_at(&self, block: usize) -> io::Result<Unpacked> {
        let mut reader = Unpacked::open(self.file.path(), self.packing, self.start, self.stored)?;
        reader.skip(self.block_offset(block))?;
        Ok(reader)
    }

    fn read_from(&self, reader: &mut Unpacked, block: usize) -> io::Result<Decoded> {
        decode(reader, self.stored, self.block_elements(block), self.is_big_endian)
    }

    /// The samples of one frame of a block.
    fn frame_of(&self, decoded: &mut Decoded, block: usize, inner: usize) -> Samples {
        let samples = if self.order.is_plain() {
            std::mem::replace(&mut decoded.samples, Samples::U8(Vec::new()))
        } else {
            self.order.frame_of(&decoded.samples, self.block_slices(block), inner)
        };
        let outer = block / self.volume.voxels.slabs_per_frame();
        match self.relabels.get(outer * self.order.inner() + inner) {
            Some(relabel) => relabel.apply(samples, self.volume.voxels.sample_type()),
            None => samples,
        }
    }

    fn error(&self, why: &io::Error) -> SlabError {
        SlabError {
            message: say!("io-cannot-read", path = self.file.to_string(), why = plain(why)),
        }
    }

    /// That voxels are missing from a block on, and why.
    fn cut(&self, block: usize, decoded: &Decoded) -> String {
        let per_frame = self.volume.voxels.slabs_per_frame();
        let first = self.volume.voxels.slab_range(block % per_frame).first_slice;
        let slice = first + decoded.voxels_read / self.order.slice_elements.max(1);
        let why = decoded.stopped_by.as_ref().map_or_else(|| say!("io-raw-ends"), plain);
        say!("io-raw-cut-at", path = self.file.to_string(), slice = slice, why = why)
    }

    fn rounded(&self, decoded: &Decoded) -> Option<String> {
        decoded.is_rounded.then(|| say!("io-raw-rounded"))
    }

    fn inner_of(&self, slab: usize) -> usize {
        slab / self.volume.voxels.slabs_per_frame() % self.order.inner()
    }

    fn read_plain(&self, slab: usize) -> io::Result<SlabRead> {
        let block = self.block_of(slab);
        let mut decoded = self.read_from(&mut self.open_at(block)?, block)?;
        // That a plain file is too short is known, and told, since its header was read.
        let warnings = self
            .rounded(&decoded)
            .into_iter()
            .chain(decoded.stopped_by.as_ref().map(|_| self.cut(block, &decoded)))
            .collect();
        Ok(SlabRead {
            samples: self.frame_of(&mut decoded, block, self.inner_of(slab)),
            warnings,
        })
    }

    fn read_packed(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let block = self.block_of(slab);
        // A panic of another thread while it held the stream has lost that stream and nothing else.
        let mut kept = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = match kept.take() {
            Some((at, mut reader)) if at <= block => {
                reader
                    .skip(self.block_offset(block) - self.block_offset(at))
                    .map_err(|err| self.error(&err))?;
                reader
            }
            _ => self.open_at(block).map_err(|err| self.error(&err))?,
        };
        let mut decoded = self.read_from(&mut reader, block).map_err(|err| self.error(&err))?;
        let is_whole = decoded.voxels_read == self.block_elements(block);
        if decoded.voxels_read == 0 {
            return Err(SlabError {
                message: self.cut(block, &decoded),
            });
        }
        if is_whole && block + 1 < self.block_count() {
            *kept = Some((block + 1, reader));
        }
        let warnings = self
            .rounded(&decoded)
            .into_iter()
            .chain((!is_whole).then(|| self.cut(block, &decoded)))
            .collect();
        Ok(SlabRead {
            samples: self.frame_of(&mut decoded, block, self.inner_of(slab)),
            warnings,
        })
    }

    fn stream(&self, publish: &mut dyn FnMut(usize, SlabRead) -> bool) -> Result<(), SlabError> {
        let mut reader = self.open_at(0).map_err(|err| self.error(&err))?;
        let mut is_rounding_told = false;
        for block in 0..self.block_count() {
            let mut decoded = self.read_from(&mut reader, block).map_err(|err| self.error(&err))?;
            let is_whole = decoded.voxels_read == self.block_elements(block);
            let cut = (!is_whole).then(|| SlabError {
                message: self.cut(block, &decoded),
            });
            let mut warnings: Vec<String> = self
                .rounded(&decoded)
                .filter(|_| !is_rounding_told)
                .into_iter()
                .collect();
            is_rounding_told |= decoded.is_rounded;
            let mut goes_on = true;
            if decoded.voxels_read > 0 {
                for (inner, slab) in self.slabs_of(block).enumerate() {
                    let samples = self.frame_of(&mut decoded, block, inner);
                    let warnings = std::mem::take(&mut warnings);
                    goes_on &= publish(slab, SlabRead { samples, warnings });
                }
            }
            if let Some(err) = cut {
                return Err(err);
            }
            if !goes_on {
                return Ok(());
            }
        }
        self.check_end(&mut reader)
    }

    /// Comes to the checksum at the end of the stream: the only way to know that bits in the middle are right.
    fn check_end(&self, reader: &mut Unpacked) -> Result<(), SlabError> {
        let mut rest = [0; 1 << 12];
        let mut seen = 0;
        while seen < CHECKSUM_WITHIN_BYTES {
            let (count, stopped_by) = read_up_to(reader, &mut rest);
            if stopped_by.is_some() {
                return Err(SlabError {
                    message: say!("io-raw-checksum", path = self.file.to_string()),
                });
            }
            seen += count as u64;
            if count < rest.len() {
                break;
            }
        }
        if seen > 0 && self.ends_with_voxels {
            return Err(SlabError {
                message: say!("io-raw-longer", path = self.file.to_string()),
            });
        }
        Ok(())
    }
}

impl SlabSource for RawSource {
    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        if self.packing == Packing::Plain {
            self.read_plain(slab).map_err(|err| self.error(&err))
        } else {
            self.read_packed(slab)
        }
    }

    fn segments(&self) -> Option<SegmentTable> {
        self.segments.clone()
    }

    fn file(&self) -> Option<&FilePlace> {
        Some(&self.file)
    }

    fn streams(&self) -> bool {
        self.packing != Packing::Plain || self.order.inner() > 1
    }

    fn read_in_order(&self, publish: &mut dyn FnMut(usize, SlabRead) -> bool) -> Option<Result<(), SlabError>> {
        self.streams().then(|| self.stream(publish))
    }
}
