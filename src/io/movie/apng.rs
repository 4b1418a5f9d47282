//! Movies as animated PNG (PNG specification, third edition, 11.3.6): every picture whole and exact.

use std::path::Path;

use super::{Frames, MovieSettings};
use crate::io::save::{SaveError, write_atomically};

/// Writes a movie.
pub(super) fn write(path: &Path, mut frames: Frames<'_, '_>) -> Result<(), SaveError> {
    let settings = *frames.settings;
    write_atomically(path, |out| {
        let [width, height] = settings.size;
        let mut encoder = png::Encoder::new(out, width, height);
        // All pictures of a movie have one colour type.
        encoder.set_color(if settings.is_transparent {
            png::ColorType::Rgba
        } else {
            png::ColorType::Rgb
        });
        encoder.set_depth(png::BitDepth::Eight);
        let plays = u32::from(!settings.repeats);
        encoder.set_animated(settings.frames as u32, plays)?;
        let (numerator, denominator) = delay(&settings);
        encoder.set_frame_delay(numerator, denominator)?;
        let mut writer = encoder.write_header()?;
        for n in 0..settings.frames {
            let rgba = frames.get(n)?;
            if settings.is_transparent {
                writer.write_image_data(&rgba)?;
            } else {
                writer.write_image_data(&opaque(&rgba))?;
            }
        }
        writer.finish()?;
        Ok(())
    })
}

/// Red, green and blue alone.
pub(super) fn opaque(rgba: &[u8]) -> Vec<u8> {
    rgba.as_chunks::<4>()
        .0
        .iter()
        .flat_map(|p| [p[0], p[1], p[2]])
        .collect()
}

/// Seconds that a picture is seen, as a fraction.
fn delay(settings: &MovieSettings) -> (u16, u16) {
    (100, (settings.fps * 100.0).round().clamp(1.0, 65_535.0) as u16)
}
