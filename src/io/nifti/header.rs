//! What a NIfTI header says, checked against the bytes that its file can hold.

use super::datatype::stored_of;
use super::fields::{Fields, Version};
use crate::io::raw::{MAX_FRAMES, SMALLEST_SHARE, Stored};
use crate::model::volume::Rescale;
use crate::say;

/// The intent code of label maps.
const INTENT_LABEL: i64 = 1002;

/// A header that can be believed.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) fields: Fields,
    /// Whether the voxels are in another file.
    pub(super) is_pair: bool,
    /// Voxels along i, j, k.
    pub(super) dims: [usize; 3],
    /// Everything beyond the third dimension, in one row.
    pub(super) frames: usize,
    pub(super) stored: Stored,
    /// Where the voxels begin, bytes.
    pub(super) data_offset: u64,
    pub(super) rescale: Rescale,
    /// `cal_min` and `cal_max`, if they are a window.
    pub(super) display_range: Option<(f64, f64)>,
    pub(super) is_label_map: bool,
    /// Doubts, each a sentence.
    pub(super) warnings: Vec<String>,
}

/// Takes the beginning of a file for what it is; `None` if it is no NIfTI header.
pub(super) fn recognise(bytes: &[u8]) -> Option<Result<Fields, String>> {
    let size: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
    let sizes = [(u32::from_le_bytes(size), false), (u32::from_be_bytes(size), true)];
    let has_magic = |at: usize, magics: [&[u8]; 2]| bytes.get(at..at + 4).is_some_and(|magic| magics.contains(&magic));
    let version = if has_magic(344, [b"n+1\0", b"ni1\0"]) {
        Version::One
    } else if has_magic(4, [b"n+2\0", b"ni2\0"]) {
        Version::Two
    } else if sizes.iter().any(|(size, _)| *size == 348) && bytes.get(38) == Some(&b'r') {
        return Some(Err(say!("io-nifti-analyze")));
    } else {
        return None;
    };
    let Some((_, is_big_endian)) = sizes
        .into_iter()
        .find(|(size, _)| *size as usize == version.header_bytes())
    else {
        return Some(Err(say!("io-nifti-header-size", size = sizes[0].0)));
    };
    if bytes.len() < version.header_bytes() {
        return Some(Err(say!("io-nifti-header-cut", bytes = bytes.len())));
    }
    Some(Ok(Fields::decode(bytes, version, is_big_endian)))
}

impl Header {
    /// Checks everything but sizes against the file, which [`Self::check_bytes`] does.
    pub(super) fn new(fields: Fields) -> Result<Self, String> {
        let mut warnings = Vec::new();
        let (dims, frames) = sides(&fields, &mut warnings)?;
        let stored = stored_of(fields.integer("datatype", 0))?;
        warnings.extend(stored.loss());
        let bits = fields.integer("bitpix", 0);
        if bits != stored.voxel_bytes() as i64 * 8 {
            warnings.push(say!("io-nifti-bits", bits = bits, kind = stored.name()));
        }
        let is_pair = fields.text("magic").starts_with("ni");
        let data_offset = data_offset(&fields, is_pair, &mut warnings)?;
        let (slope, intercept) = (fields.real("scl_slope", 0), fields.real("scl_inter", 0));
        let rescale = if slope.is_finite() && slope != 0.0 && stored.components() == 1 {
            Rescale {
                slope,
                intercept: if intercept.is_finite() { intercept } else { 0.0 },
            }
        } else {
            Rescale::IDENTITY
        };
        let (low, high) = (fields.real("cal_min", 0), fields.real("cal_max", 0));
        let display_range = (low.is_finite() && high.is_finite() && low < high).then_some((low, high));
        let is_label_map = fields.integer("intent_code", 0) == INTENT_LABEL && stored.components() == 1;
        Ok(Self {
            fields,
            is_pair,
            dims,
            frames,
            stored,
            data_offset,
            rescale,
            display_range,
            is_label_map,
            warnings,
        })
    }

    /// Bytes of all voxels. Cannot overflow: `sides` has checked the product.
    pub(super) fn voxel_bytes(&self) -> u64 {
        self.dims.iter().map(|side| *side as u64).product::<u64>()
            * self.frames as u64
            * self.stored.voxel_bytes() as u64
    }

    /// Compares what the header asks for with the most that the file can hold. `is_exact` where `capacity` is the
    /// very number of bytes (of a plain file; a packed one is known only when it is unpacked).
    pub(super) fn check_bytes(&mut self, capacity: u64, is_exact: bool) -> Result<(), String> {
        let asked = self.voxel_bytes();
        let present = capacity.saturating_sub(self.data_offset);
        if present == 0 {
            return Err(say!("io-nifti-no-voxels", offset = self.data_offset));
        }
        let believable = if is_exact {
            present.saturating_mul(SMALLEST_SHARE)
        } else {
            present
        };
        if believable < asked {
            return Err(say!("io-nifti-too-few-bytes", asked = asked, present = present));
        }
        if is_exact && present < asked {
            self.warnings
                .push(say!("io-nifti-cut", asked = asked, present = present));
        }
        Ok(())
    }
}

/// Sides of the grid and number of frames, from `dim`.
fn sides(fields: &Fields, warnings: &mut Vec<String>) -> Result<([usize; 3], usize), String> {
    let rank = fields.integer("dim", 0);
    if !(1..=7).contains(&rank) {
        return Err(say!("io-nifti-rank", rank = rank));
    }
    // Dimensions beyond the rank are 1 whatever stands there (nifti1.h).
    let mut all = [1usize; 7];
    for (axis, side) in all.iter_mut().enumerate().take(rank as usize) {
        let told = fields.integer("dim", axis + 1);
        *side = usize::try_from(told)
            .ok()
            .filter(|side| (1..=u32::MAX as usize).contains(side))
            .ok_or_else(|| say!("io-nifti-side", axis = axis + 1, side = told))?;
    }
    let [i, j, k, repeats @ ..] = all;
    let too_many = || {
        say!(
            "io-nifti-too-many",
            count = repeats.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
        )
    };
    let frames = repeats
        .iter()
        .try_fold(1usize, |product, side| product.checked_mul(*side))
        .filter(|frames| *frames <= MAX_FRAMES)
        .ok_or_else(too_many)?;
    // 16 bytes are the largest voxel.
    [i, j, k, frames, 16]
        .iter()
        .try_fold(1u64, |product, side| product.checked_mul(*side as u64))
        .ok_or_else(|| say!("io-nifti-too-large"))?;
    if repeats[1..].iter().any(|side| *side > 1) {
        warnings.push(say!("io-nifti-fifth-axis", frames = frames));
    }
    Ok(([i, j, k], frames))
}

/// Where the voxels begin. In a single file they cannot begin inside the header.
fn data_offset(fields: &Fields, is_pair: bool, warnings: &mut Vec<String>) -> Result<u64, String> {
    let told = fields.real("vox_offset", 0);
    if !((0.0..1e15).contains(&told) && told.fract() == 0.0) {
        return Err(say!("io-nifti-offset", offset = told.to_string()));
    }
    let smallest = if is_pair {
        0
    } else {
        fields.version().header_bytes() as u64 + 4
    };
    if (told as u64) < smallest {
        warnings.push(say!("io-nifti-offset-in-header", offset = told as u64, used = smallest));
    }
    Ok((told as u64).max(smallest))
}
