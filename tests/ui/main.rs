//! The window by accessible label, on the software driver and without a screen. Without an adapter these tests say that
//! they are skipped, unless `REQUIRE_GPU=1`.

#![cfg(test)]

mod keys;
#[path = "../common/nifti_file.rs"]
mod nifti_file;
mod opening;
mod panels;
mod panes;
mod support;
