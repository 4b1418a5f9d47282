//! How large the pixels of pictures without a place are, and whether that holds in the patient.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::elements::Item;
use crate::model::volume::{PixelScale, StackGrid};
use crate::say;

/// Spacings that differ by less than this share are the same number, written twice.
const SAME: f64 = 1e-4;

/// What casts shadows onto a detector: things are larger there than they are.
const PROJECTIONS: [&str; 9] = ["CR", "DX", "IO", "MG", "PX", "RF", "RG", "XA", "XF"];

/// Size of a pixel: width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelSize {
    /// mm, or only a ratio, as `scale` says.
    pub size: [f64; 2],
    /// Where it holds.
    pub scale: PixelScale,
    /// Whether the file leaves open where it holds.
    is_guess: bool,
}

impl PixelSize {
    /// Reads it from the header of a file, by the rules of PS3.3 10.7.1.1: Pixel Spacing holds in the patient if it was
    /// calibrated, which Pixel Spacing Calibration Type says, or its difference from the spacing at the detector. Of a
    /// projection without either nobody can tell, and it is taken as that at the detector.
    pub fn read(root: Item<'_>, modality: &str) -> Self {
        // The distance of rows comes first (PS3.3 10.7.1.3): the height.
        let pair = |tag: Tag| {
            let numbers = root.numbers(tag)?;
            let (height, width) = (*numbers.first()?, *numbers.get(1)?);
            let is_size = |side: f64| side.is_finite() && side > 0.0;
            (is_size(height) && is_size(width)).then_some([width, height])
        };
        let at_detector = pair(tags::IMAGER_PIXEL_SPACING).or_else(|| pair(tags::NOMINAL_SCANNED_PIXEL_SPACING));
        let is_calibrated = root.text(tags::PIXEL_SPACING_CALIBRATION_TYPE).is_some();
        let is_projection = PROJECTIONS.contains(&modality);
        let known = |size, scale| Self {
            size,
            scale,
            is_guess: false,
        };
        match (pair(tags::PIXEL_SPACING), at_detector) {
            (Some(size), _) if is_calibrated => known(size, PixelScale::Patient),
            (Some(size), Some(detector)) if is_same(size, detector) => known(detector, PixelScale::Detector),
            (Some(size), None) if is_projection => Self {
                size,
                scale: PixelScale::Detector,
                is_guess: true,
            },
            (Some(size), _) => known(size, PixelScale::Patient),
            (None, Some(size)) => known(size, PixelScale::Detector),
            (None, None) => known(
                pair(tags::PIXEL_ASPECT_RATIO).unwrap_or([1.0, 1.0]),
                PixelScale::Unknown,
            ),
        }
    }

    /// The grid of pictures with such pixels.
    pub fn grid(&self, dims: [usize; 3]) -> StackGrid {
        StackGrid {
            dims,
            pixel_size: self.size,
            pixel_scale: self.scale,
        }
    }

    /// What a reader of lengths has to know, a sentence.
    pub fn doubt(&self) -> Option<String> {
        match (self.scale, self.is_guess) {
            (PixelScale::Detector, false) => Some(say!("io-dicom-detector-spacing")),
            (PixelScale::Detector, true) => Some(say!("io-dicom-doubtful-spacing")),
            (PixelScale::Patient | PixelScale::Unknown, _) => None,
        }
    }
}

fn is_same(a: [f64; 2], b: [f64; 2]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SAME * b)
}
