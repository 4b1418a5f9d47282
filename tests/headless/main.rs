//! Tests that need no GPU and no window.

#![cfg(test)]

mod demo;
mod dicom_write;
mod geometry;
mod layers;
mod made_nifti;
mod nifti;
mod nifti_damage;
#[path = "../common/nifti_file.rs"]
mod nifti_file;
mod nifti_write;
mod program;
mod sources;
mod tidy;
mod window;
mod words;
