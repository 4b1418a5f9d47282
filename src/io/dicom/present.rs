//! How many of the declared frames are there, wholly or in part. A header cannot make the program allocate what the
//! bytes of its file do not hold.

use std::ops::Range;

use super::fragments::Fragments;
use super::layout::Layout;
use super::prescan::PixelPlace;
use crate::say;

/// Pixels of so many bytes are made without asking whether the bytes of the file can hold them.
const LARGE: u64 = 64 << 20;
/// A file is packed no tighter than this as a whole: about what deflate does with nothing but zeros (1032 to 1).
const MOST_COMPRESSION: u64 = 1024;
/// More frames than any examination has; a bound on the tables that are made of them before pixels are read.
const MAX_FRAMES: usize = 1 << 16;

/// The frames that are there.
pub struct Present {
    /// How many.
    pub frames: usize,
    /// Which fragments are frame n; empty where the pixel data are not encapsulated.
    pub fragments: Vec<Range<usize>>,
}

/// Finds the frames that are there; the error is the reason for the user why there are none, or none that can be used.
///
/// `extended_offsets` is the Extended Offset Table (7FE0,0001), usually empty.
pub fn frames_present(
    declared: usize,
    layout: &Layout,
    place: &PixelPlace,
    extended_offsets: &[u64],
    warnings: &mut Vec<String>,
) -> Result<Present, String> {
    let present = match place {
        PixelPlace::Native { length, .. } => Present {
            frames: native_frames(declared, layout, *length, warnings)?,
            fragments: Vec::new(),
        },
        PixelPlace::Encapsulated(fragments) => {
            let fragments = packed_frames(declared, layout, fragments, extended_offsets, warnings)?;
            Present {
                frames: fragments.len(),
                fragments,
            }
        }
    };
    if present.frames > MAX_FRAMES {
        return Err(say!("io-dicom-too-many-frames", count = present.frames.to_string()));
    }
    if present.frames < declared {
        warnings.push(say!(
            "io-dicom-frames-missing",
            declared = declared.to_string(),
            present = present.frames.to_string()
        ));
    }
    Ok(present)
}

fn native_frames(declared: usize, layout: &Layout, length: u64, warnings: &mut Vec<String>) -> Result<usize, String> {
    let frame_bits = layout.frame_bits().ok_or_else(|| say!("io-dicom-too-large"))?;
    let needed = u128::from(frame_bits) * declared as u128;
    let have = u128::from(length) * 8;
    if have == 0 {
        return Err(say!("io-dicom-no-pixels"));
    }
    // Less than a quarter of a large picture is not worth its memory.
    if frame_bits / 8 > LARGE && have * 4 < u128::from(frame_bits) {
        return Err(say!(
            "io-dicom-pixels-missing",
            have = length.to_string(),
            needed = (needed / 8).to_string()
        ));
    }
    if have < needed {
        warnings.push(say!(
            "io-dicom-truncated",
            have = length.to_string(),
            needed = needed.div_ceil(8).to_string()
        ));
    }
    let present = usize::try_from(have.div_ceil(frame_bits.into())).unwrap_or(usize::MAX);
    Ok(declared.min(present))
}

fn packed_frames(
    declared: usize,
    layout: &Layout,
    fragments: &Fragments,
    extended_offsets: &[u64],
    warnings: &mut Vec<String>,
) -> Result<Vec<Range<usize>>, String> {
    if fragments.parts.is_empty() {
        return Err(say!("io-dicom-no-pixels"));
    }
    let frames = fragments
        .of_frames(declared, extended_offsets)
        .ok_or_else(|| say!("io-dicom-frames-not-told"))?;
    let frame_bits = layout.frame_bits().ok_or_else(|| say!("io-dicom-too-large"))?;
    let packed: u64 = fragments.parts.iter().map(|part| part.length).sum();
    let unpacked = u128::from(frame_bits) * frames.len() as u128 / 8;
    let most = LARGE.max(packed.saturating_mul(MOST_COMPRESSION));
    if unpacked > most.into() {
        return Err(say!(
            "io-dicom-packed-too-small",
            have = packed.to_string(),
            needed = unpacked.to_string()
        ));
    }
    if fragments.is_cut {
        warnings.push(say!("io-dicom-truncated-fragments"));
    }
    Ok(frames)
}
