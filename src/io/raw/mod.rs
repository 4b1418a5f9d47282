//! Voxels that a file holds as plain numbers, packed or not: what NIfTI, NRRD and MetaImage have in common.

mod input;
mod order;
mod segments;
mod source;
mod stored;
mod text;
mod volume;
mod write;

pub(in crate::io) use input::{Packing, beginning, unpacked_length};
pub(in crate::io) use order::{Axis, Order, OrderError, Role};
pub(in crate::io) use segments::{segment_fields, segments};
pub(in crate::io) use source::{RawSource, Relabel};
pub(in crate::io) use stored::{Stored, decode};
pub(in crate::io) use volume::{CheckedVolume, DataFile, RawVolume, data_file};
pub(in crate::io) use write::{Numbers, Sums, check};

/// More repeats of one grid than any examination has; a bound on tables that are made before voxels are read.
pub(in crate::io) const MAX_FRAMES: usize = 1 << 16;

/// A plain file that holds less than one part in so many of the voxels of its header is not a cut one but a wrong one.
pub(in crate::io) const SMALLEST_SHARE: u64 = 16;
