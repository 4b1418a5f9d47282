//! Voxels of a NIfTI file, slab by slab.
//!
//! A plain file is read at the place of the slab, in any order. A gzipped one has to be unpacked from its beginning:
//! a whole load runs through it once, and single slabs go on from where the slab before them ended, if they can.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::input::{Unpacked, read_up_to};
use super::stored::{Decoded, Stored, decode};
use crate::io::place::FilePlace;
use crate::io::scan::plain;
use crate::io::source::{SlabError, SlabRead, SlabSource};
use crate::model::volume::Volume;
use crate::say;

/// After the last voxel, this much of a gzip stream is unpacked to come to its checksum.
const CHECKSUM_WITHIN_BYTES: u64 = 1 << 20;

/// Where the voxels of a volume are.
pub(super) struct NiftiSource {
    pub(super) volume: Arc<Volume>,
    pub(super) is_gzip: bool,
    pub(super) is_big_endian: bool,
    pub(super) data_offset: u64,
    pub(super) stored: Stored,
    /// A gzip stream that stands at the beginning of a slab.
    pub(super) stream: Mutex<Option<(usize, Unpacked)>>,
    /// The file. Dropped after the stream: what was unpacked from an archive goes with it, and must be closed by then.
    pub(super) file: FilePlace,
}

impl NiftiSource {
    /// Voxels of one slab.
    fn slab_voxels(&self, slab: usize) -> usize {
        self.volume.voxels.slab_samples(slab) / self.stored.components()
    }

    /// Where a slab begins in the unpacked file. Header checks have made sure that it can be counted.
    fn slab_offset(&self, slab: usize) -> u64 {
        let [columns, rows, slices] = self.volume.dims();
        let range = self.volume.voxels.slab_range(slab);
        let slices_before = range.frame as u64 * slices as u64 + range.first_slice as u64;
        self.data_offset + slices_before * columns as u64 * rows as u64 * self.stored.voxel_bytes() as u64
    }

    fn open_at(&self, slab: usize) -> io::Result<Unpacked> {
        let mut reader = Unpacked::open(self.file.path(), self.is_gzip)?;
        reader.skip(self.slab_offset(slab))?;
        Ok(reader)
    }

    fn read_from(&self, reader: &mut Unpacked, slab: usize) -> io::Result<Decoded> {
        decode(reader, self.stored, self.slab_voxels(slab), self.is_big_endian)
    }

    fn error(&self, why: &io::Error) -> SlabError {
        SlabError {
            message: say!("io-cannot-read", path = self.file.to_string(), why = plain(why)),
        }
    }

    /// That voxels are missing from a slab on, and why.
    fn cut(&self, slab: usize, decoded: &Decoded) -> String {
        let [columns, rows, _] = self.volume.dims();
        let slice = self.volume.voxels.slab_range(slab).first_slice + decoded.voxels_read / (columns * rows).max(1);
        let why = decoded.stopped_by.as_ref().map_or_else(|| say!("io-nifti-ends"), plain);
        say!(
            "io-nifti-cut-at",
            path = self.file.to_string(),
            slice = slice,
            why = why
        )
    }

    fn rounded(&self, decoded: &Decoded) -> Option<String> {
        decoded.is_rounded.then(|| say!("io-nifti-rounded"))
    }

    fn read_plain(&self, slab: usize) -> io::Result<SlabRead> {
        let decoded = self.read_from(&mut self.open_at(slab)?, slab)?;
        // That a plain file is too short is known, and told, since its header was read.
        let warnings = self
            .rounded(&decoded)
            .into_iter()
            .chain(decoded.stopped_by.as_ref().map(|_| self.cut(slab, &decoded)))
            .collect();
        Ok(SlabRead {
            samples: decoded.samples,
            warnings,
        })
    }

    fn read_gzip(&self, slab: usize) -> Result<SlabRead, SlabError> {
        // A panic of another thread while it held the stream has lost that stream and nothing else.
        let mut kept = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = match kept.take() {
            Some((at, mut reader)) if at <= slab => {
                reader
                    .skip(self.slab_offset(slab) - self.slab_offset(at))
                    .map_err(|err| self.error(&err))?;
                reader
            }
            _ => self.open_at(slab).map_err(|err| self.error(&err))?,
        };
        let decoded = self.read_from(&mut reader, slab).map_err(|err| self.error(&err))?;
        let is_whole = decoded.voxels_read == self.slab_voxels(slab);
        if decoded.voxels_read == 0 {
            return Err(SlabError {
                message: self.cut(slab, &decoded),
            });
        }
        if is_whole && slab + 1 < self.volume.voxels.slab_count() {
            *kept = Some((slab + 1, reader));
        }
        let warnings = self
            .rounded(&decoded)
            .into_iter()
            .chain((!is_whole).then(|| self.cut(slab, &decoded)))
            .collect();
        Ok(SlabRead {
            samples: decoded.samples,
            warnings,
        })
    }

    fn stream(&self, publish: &mut dyn FnMut(usize, SlabRead) -> bool) -> Result<(), SlabError> {
        let mut reader = self.open_at(0).map_err(|err| self.error(&err))?;
        let mut is_rounding_told = false;
        for slab in 0..self.volume.voxels.slab_count() {
            let decoded = self.read_from(&mut reader, slab).map_err(|err| self.error(&err))?;
            let is_whole = decoded.voxels_read == self.slab_voxels(slab);
            let cut = (!is_whole).then(|| SlabError {
                message: self.cut(slab, &decoded),
            });
            let warnings: Vec<String> = self
                .rounded(&decoded)
                .filter(|_| !is_rounding_told)
                .into_iter()
                .collect();
            is_rounding_told |= decoded.is_rounded;
            let goes_on = decoded.voxels_read == 0
                || publish(
                    slab,
                    SlabRead {
                        samples: decoded.samples,
                        warnings,
                    },
                );
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
            match read_up_to(reader, &mut rest) {
                (_, Some(_)) => {
                    return Err(SlabError {
                        message: say!("io-nifti-checksum", path = self.file.to_string()),
                    });
                }
                (count, None) if count < rest.len() => return Ok(()),
                (count, None) => seen += count as u64,
            }
        }
        Ok(())
    }
}

impl SlabSource for NiftiSource {
    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        if self.is_gzip {
            self.read_gzip(slab)
        } else {
            self.read_plain(slab).map_err(|err| self.error(&err))
        }
    }

    fn file(&self) -> Option<&FilePlace> {
        Some(&self.file)
    }

    fn streams(&self) -> bool {
        self.is_gzip
    }

    fn read_in_order(&self, publish: &mut dyn FnMut(usize, SlabRead) -> bool) -> Option<Result<(), SlabError>> {
        self.is_gzip.then(|| self.stream(publish))
    }
}
