//! Tests that need no GPU and no window.

#![cfg(test)]

mod demo;
mod layers;
mod nifti;
mod sources;
mod tidy;
mod words;
