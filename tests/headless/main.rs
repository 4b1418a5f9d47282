//! Tests without a window and without a GPU.

mod nifti;
