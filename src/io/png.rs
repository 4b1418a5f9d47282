//! PNG pictures.

use std::path::Path;

use super::save::{SaveError, write_atomically};

/// Writes RGBA pixels (8 bit, rows from the top) as a PNG; grey or colour without alpha where the pixels are so.
pub fn write_png(path: &Path, size: [u32; 2], rgba: &[u8]) -> Result<(), SaveError> {
    let pixels = rgba.as_chunks::<4>().0;
    let is_opaque = pixels.iter().all(|p| p[3] == 255);
    let is_gray = is_opaque && pixels.iter().all(|p| p[0] == p[1] && p[1] == p[2]);
    let (color, data): (png::ColorType, Vec<u8>) = if is_gray {
        (png::ColorType::Grayscale, pixels.iter().map(|p| p[0]).collect())
    } else if is_opaque {
        (
            png::ColorType::Rgb,
            pixels.iter().flat_map(|p| [p[0], p[1], p[2]]).collect(),
        )
    } else {
        (png::ColorType::Rgba, rgba.to_vec())
    };
    write_atomically(path, |out| {
        let mut encoder = png::Encoder::new(out, size[0], size[1]);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&data)?;
        writer.finish()?;
        Ok(())
    })
}
