//! DICOM files: headers, series, pixels.
//!
//! The way of a file: [`prescan`] walks its bytes and trusts none of them, [`header`] takes from the elements what is
//! needed, [`series`] groups and sorts the pictures, [`stack`] makes volumes of them, [`source`] reads their pixels
//! when they are asked for. dicom-rs gives the dictionary, the character sets and the codecs.

pub mod directory;
pub mod elements;
pub mod header;
pub mod prescan;
pub mod references;

mod bytes;
mod charset;
mod codec;
mod codes;
mod codestream;
mod encoding;
mod fragments;
mod frames;
mod jpeg12;
mod jpeg_lossless;
mod jpegxl;
mod layout;
mod lookup;
mod palette;
mod pixel_size;
mod pixels;
mod present;
mod reasons;
mod rle;
mod rtstruct;
mod seg;
mod series;
mod source;
mod spacing;
mod stack;
mod tags;
mod walk;
mod windows;
mod write;

pub use bytes::ByteSource;
pub use header::{DicomFile, DicomObject, read_header, read_object};
pub use rtstruct::{ContourFile, MODALITY as CONTOUR_MODALITY};
pub use series::group;
pub use tags::{TagContent, TagRow, list_tags};
pub use write::{
    PetAcquisition, SegmentationKind, SegmentationToWrite, write_contours, write_pet_series, write_segmentation,
    write_series,
};
