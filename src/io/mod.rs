//! Files to models and back. Bytes from files are never trusted: checked sizes, limits before allocation, errors in
//! one plain sentence, and one bad file costs that file only.
//!
//! Reading has two steps. [`scan()`] reads headers and says which volumes there are; [`load()`] (or [`load_slabs`], where
//! only a few slices are needed) decodes their voxels into the volumes that `scan` made.

pub mod blank;
pub mod cases;
pub mod demo;
pub mod demo_save;
pub mod dicom;
pub mod home;
pub mod journal;
pub mod label_table;
pub mod load;
pub mod lock;
pub mod measurements;
pub mod meta_image;
pub mod movie;
pub mod nifti;
pub mod nrrd;
pub mod place;
pub mod png;
pub mod progress;
pub mod save;
pub mod segmentation;
pub mod source;
pub mod surface;
pub mod transfer;
pub mod unplaced;
pub mod zip;

pub(crate) mod folders;
mod hdf5;
mod raw;
mod replacement;
mod scan;

pub use load::{load, load_slabs};
pub use place::FilePlace;
pub use progress::Progress;
pub(crate) use scan::plain;
pub use scan::{OpenError, scan};
pub use source::{OpenVolume, Opened, Skipped, SlabError, SlabRead, SlabSource};
