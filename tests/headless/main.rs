//! Tests that need no GPU and no window.

#![cfg(test)]

mod geometry;
mod layers;
mod nifti;
mod sources;
mod tidy;
mod window;
mod words;
