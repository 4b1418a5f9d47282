//! Small NIfTI-1 files written by hand, byte by byte, so that tests do not lean on the code under test.

use std::path::{Path, PathBuf};

/// Writes a little-endian `i16` volume; `ras_from_voxel` holds the three rows of the sform.
pub fn write_i16(
    folder: &Path,
    name: &str,
    dims: [usize; 3],
    ras_from_voxel: [[f32; 4]; 3],
    value: impl Fn(usize, usize, usize) -> i16,
) -> PathBuf {
    let mut bytes = vec![0u8; 352];
    let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
    put(0, &348i32.to_le_bytes());
    let dim = [3, dims[0] as i16, dims[1] as i16, dims[2] as i16, 1, 1, 1, 1];
    for (n, size) in dim.iter().enumerate() {
        put(40 + 2 * n, &size.to_le_bytes());
    }
    put(70, &4i16.to_le_bytes());
    put(72, &16i16.to_le_bytes());
    for n in 0..4 {
        put(76 + 4 * n, &1f32.to_le_bytes());
    }
    put(108, &352f32.to_le_bytes());
    put(123, &[2]);
    put(254, &1i16.to_le_bytes());
    for (row, numbers) in ras_from_voxel.iter().enumerate() {
        for (column, number) in numbers.iter().enumerate() {
            put(280 + 16 * row + 4 * column, &number.to_le_bytes());
        }
    }
    put(344, b"n+1\0");
    for k in 0..dims[2] {
        for j in 0..dims[1] {
            for i in 0..dims[0] {
                bytes.extend(value(i, j, k).to_le_bytes());
            }
        }
    }
    let path = folder.join(name);
    std::fs::File::create(&path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, &bytes))
        .expect("the test's own folder can be written");
    path
}

/// The sform of voxels of a size in mm whose i, j, k run to the patient's left, back and head, from an origin in LPS.
pub fn lps_grid(spacing: [f32; 3], origin_lps: [f32; 3]) -> [[f32; 4]; 3] {
    [
        [-spacing[0], 0.0, 0.0, -origin_lps[0]],
        [0.0, -spacing[1], 0.0, -origin_lps[1]],
        [0.0, 0.0, spacing[2], origin_lps[2]],
    ]
}
