//! Small NIfTI-1 files of `f32`, made of those of `i16`.

use std::path::{Path, PathBuf};

use crate::nifti_file::write_i16;

/// The same as [`write_i16`] with other numbers.
pub fn write_f32(
    folder: &Path,
    name: &str,
    dims: [usize; 3],
    ras_from_voxel: [[f32; 4]; 3],
    value: impl Fn(usize, usize, usize) -> f32,
) -> PathBuf {
    let path = write_i16(folder, name, dims, ras_from_voxel, |_, _, _| 0);
    let mut bytes = std::fs::read(&path).expect("it was just written");
    bytes.truncate(352);
    bytes[70..72].copy_from_slice(&16i16.to_le_bytes());
    bytes[72..74].copy_from_slice(&32i16.to_le_bytes());
    for k in 0..dims[2] {
        for j in 0..dims[1] {
            for i in 0..dims[0] {
                bytes.extend(value(i, j, k).to_le_bytes());
            }
        }
    }
    std::fs::write(&path, bytes).expect("the test's own folder can be written");
    path
}
