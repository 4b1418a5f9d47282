//! Tests that need no GPU and no window.

#![cfg(test)]

mod demo;
mod geometry;
mod layers;
mod nifti;
#[path = "../common/nifti_file.rs"]
mod nifti_file;
mod program;
mod sources;
mod tidy;
mod window;
mod words;
