//! Tests that need no GPU and no window.

#![cfg(test)]

mod demo;
mod geometry;
mod layers;
mod nifti;
mod nifti_write;
mod sources;
mod tidy;
mod window;
mod words;
