//! The window by accessible label, on the software driver and without a screen, and one real window. Without an adapter
//! these tests say that they are skipped, unless `REQUIRE_GPU=1`.

#![cfg(test)]

mod browser;
mod desktop;
#[path = "../common/dicom_builder.rs"]
mod dicom_builder;
#[path = "../common/float_file.rs"]
mod float_file;
mod identifiers;
mod keys;
mod measure;
mod movies;
#[path = "../common/nifti_file.rs"]
mod nifti_file;
mod opening;
mod overlays;
mod panels;
mod panes;
mod probability;
mod real_window;
mod segment_work;
mod shell;
mod support;
mod volume;
