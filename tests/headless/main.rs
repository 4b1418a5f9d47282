//! Tests that need no GPU and no window.

#![cfg(test)]

mod layers;
mod sources;
mod tidy;
mod words;
//! Tests without a window and without a GPU.
mod nifti;
