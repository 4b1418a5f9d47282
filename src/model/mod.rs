//! What things are: space, geometry, voxels, volumes, windows. No files, threads, GPU or egui here.
//!
//! One coordinate system runs through everything: DICOM's patient space, LPS (+x to the patient's left,
//! +y to the back, +z to the head), in millimetres, in `f64`. Names of transforms say the target first.

pub mod coding;
pub mod color_map;
pub mod contour;
pub mod date;
pub mod geometry;
pub mod label_delta;
pub mod label_grid;
pub mod label_map;
pub mod measurement;
pub mod mesh;
pub mod occlusion;
pub mod orientation;
pub mod plane;
pub mod scale;
pub mod segment;
pub mod series_key;
pub mod surface;
pub mod transfer_function;
pub mod volume;
pub mod voxel_mask;
pub mod voxels;
pub mod window;
