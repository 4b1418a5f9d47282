//! Tests that need no GPU and no window.

#![cfg(test)]

mod layers;
mod nifti;
mod sources;
mod tidy;
mod words;
