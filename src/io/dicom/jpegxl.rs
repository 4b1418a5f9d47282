//! JPEG XL with samples of any depth. The codec of dicom-rs stretches 12 bits to 16; here a sample stays what it was.

use jxl_oxide::{AllocTracker, JxlImage};

use super::layout::Layout;
use crate::say;

/// Memory that a decoder may take for each sample, and beside.
const BYTES_A_SAMPLE: usize = 64;
const BYTES_BESIDE: usize = 64 << 20;

/// Decodes a picture to little endian samples of the layout's width, colours of a pixel together. The error is the
/// reason for the user.
pub fn decode(stream: &[u8], layout: &Layout) -> Result<Vec<u8>, String> {
    let failed = |why: String| say!("io-dicom-cannot-decode", name = "JPEG XL", why = why);
    let count = layout.pixel_count() * layout.samples;
    let memory = AllocTracker::with_limit(count.saturating_mul(BYTES_A_SAMPLE) + BYTES_BESIDE);
    let image = JxlImage::builder()
        .alloc_tracker(memory)
        .read(stream)
        .map_err(|err| failed(err.to_string()))?;
    let bits = image.image_header().metadata.bit_depth.bits_per_sample();
    let channels = if image.pixel_format().is_grayscale() { 1 } else { 3 };
    let size = (image.width() as usize, image.height() as usize);
    if size != (layout.columns, layout.rows) || channels != layout.samples || bits > layout.bits() {
        return Err(say!(
            "io-dicom-codestream-differs",
            got = format!("{} x {} x {channels}, {bits} bit", size.0, size.1),
            expected = layout.described()
        ));
    }
    let picture = image.render_frame(0).map_err(|err| failed(err.to_string()))?;
    let mut shares = vec![0.0_f32; count];
    let got = picture.stream_no_alpha().write_to_buffer(&mut shares);
    shares.truncate(got);
    // The decoder gives shares of the largest number; f32 holds 16 bits of them exactly.
    let largest = f64::from(u32::MAX >> (32 - bits.clamp(1, 32)));
    let sample_bytes = layout.bits().div_ceil(8) as usize;
    let bytes = shares.iter().flat_map(|share| {
        let number = (f64::from(*share) * largest).round().clamp(0.0, largest) as u32;
        number.to_le_bytes().into_iter().take(sample_bytes)
    });
    Ok(bytes.collect())
}
