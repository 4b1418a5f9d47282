//! How one picture is stored: its size and its samples (PS3.3 C.7.6.3.1, PS3.5 section 8).

use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::elements::Item;
use super::lookup::Lookup;
use super::palette::Palette;
use super::prescan::PixelData;
use crate::model::voxels::SampleType;
use crate::say;

/// What the samples of a picture are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleFormat {
    /// Whole numbers in some of the allocated bits.
    Integer {
        /// Bits that a sample takes up: 1, 8, 16 or 32.
        allocated: u32,
        /// Bits that count.
        stored: u32,
        /// The highest bit that counts.
        high_bit: u32,
        /// Two's complement.
        is_signed: bool,
    },
    /// 32-bit floats (7FE0,0008).
    Float,
    /// 64-bit floats (7FE0,0009).
    Double,
}

/// How colours are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorModel {
    /// One grey number a pixel.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Luma and chroma of full range (PS3.3 C.7.6.3.1.2).
    YbrFull,
    /// The same, chroma at half the columns.
    YbrFull422,
    /// An index into a table of colours.
    Palette,
}

/// How a picture is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Pixels in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// Samples of a pixel in the file: 1 or 3.
    pub samples: usize,
    /// What they are.
    pub format: SampleFormat,
    /// How colour is stored.
    pub color: ColorModel,
    /// The table of colours.
    pub palette: Option<Palette>,
    /// Modality LUT: stored numbers become these values.
    pub lookup: Option<Lookup>,
    /// Whether each colour has a plane of its own (Planar Configuration 1).
    pub is_planar: bool,
    /// Whether samples are big endian.
    pub is_big_endian: bool,
    /// Bytes in 16-bit words of a big endian file: each pair is swapped.
    pub swaps_byte_pairs: bool,
    /// MONOCHROME1.
    pub is_inverted: bool,
    /// Photometric Interpretation as the file has it.
    pub photometric: String,
}

impl Layout {
    /// From the Image Pixel module; the error is the reason for the user.
    pub fn read(
        root: Item<'_>,
        pixels: &PixelData,
        is_big_endian: bool,
        warnings: &mut Vec<String>,
    ) -> Result<Self, String> {
        let side = |tag| root.short(tag).filter(|side| *side > 0).map(usize::from);
        let (Some(rows), Some(columns)) = (side(tags::ROWS), side(tags::COLUMNS)) else {
            return Err(say!("io-dicom-no-size"));
        };
        let samples = root.integer(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        if samples != 1 && samples != 3 {
            return Err(say!("io-dicom-samples", samples = samples.to_string()));
        }
        let format = match pixels.tag {
            tags::FLOAT_PIXEL_DATA => SampleFormat::Float,
            tags::DOUBLE_FLOAT_PIXEL_DATA => SampleFormat::Double,
            _ => integer_format(root, warnings)?,
        };
        let photometric = root.text(tags::PHOTOMETRIC_INTERPRETATION).unwrap_or_default();
        let color = match (samples, photometric.as_str()) {
            (1, "PALETTE COLOR") => ColorModel::Palette,
            (1, _) => ColorModel::Gray,
            (_, "YBR_FULL") => ColorModel::YbrFull,
            (_, "YBR_FULL_422" | "YBR_PARTIAL_422") => ColorModel::YbrFull422,
            _ => ColorModel::Rgb,
        };
        let palette = if color == ColorModel::Palette {
            Some(Palette::read(root)?)
        } else {
            None
        };
        let is_signed = matches!(format, SampleFormat::Integer { is_signed: true, .. });
        let is_integer = matches!(format, SampleFormat::Integer { .. });
        let lookup = if color == ColorModel::Gray && is_integer {
            Lookup::read(root, is_signed)
        } else {
            None
        };
        let is_planar = samples == 3 && root.integer(tags::PLANAR_CONFIGURATION) == Some(1);
        let is_inverted = photometric == "MONOCHROME1";
        let swaps_byte_pairs =
            is_big_endian && pixels.vr == VR::OW && matches!(format, SampleFormat::Integer { allocated: 1 | 8, .. });
        Ok(Self {
            columns,
            rows,
            samples: samples as usize,
            format,
            color,
            palette,
            lookup,
            is_planar,
            is_big_endian,
            swaps_byte_pairs,
            is_inverted,
            photometric,
        })
    }

    /// The same without colours and tables: of a label map, whose palette would turn segment numbers into colours.
    pub fn into_numbers(self) -> Self {
        Self {
            color: ColorModel::Gray,
            palette: None,
            lookup: None,
            samples: 1,
            ..self
        }
    }

    /// Pixels of a picture.
    pub fn pixel_count(&self) -> usize {
        self.rows * self.columns
    }

    /// Samples of a picture once it is decoded.
    pub fn decoded_samples(&self) -> usize {
        self.pixel_count() * self.components()
    }

    /// Numbers of a pixel once it is decoded: 1, or 3 for colour.
    pub fn components(&self) -> usize {
        if self.color == ColorModel::Gray { 1 } else { 3 }
    }

    /// Bits that a sample takes up in the file.
    pub fn bits(&self) -> u32 {
        match self.format {
            SampleFormat::Integer { allocated, .. } => allocated,
            SampleFormat::Float => 32,
            SampleFormat::Double => 64,
        }
    }

    /// Bits of an uncompressed picture in the file; `None` if there are too many to count.
    pub fn frame_bits(&self) -> Option<u64> {
        // Of YBR_FULL_422 every two pixels share their chroma: two samples a pixel.
        let samples = if self.color == ColorModel::YbrFull422 {
            2
        } else {
            self.samples
        };
        (self.pixel_count() as u64)
            .checked_mul(samples as u64)?
            .checked_mul(self.bits().into())
    }

    /// The type in which samples are kept.
    pub fn sample_type(&self) -> SampleType {
        if let Some(palette) = &self.palette {
            return palette.sample_type();
        }
        if self.lookup.is_some() {
            return SampleType::U16;
        }
        self.stored_sample_type()
    }

    /// The type of the stored numbers.
    pub fn stored_sample_type(&self) -> SampleType {
        match self.format {
            SampleFormat::Float => SampleType::F32,
            SampleFormat::Double => SampleType::F64,
            SampleFormat::Integer {
                allocated, is_signed, ..
            } => match (allocated, is_signed) {
                (1 | 8, false) => SampleType::U8,
                (1 | 8, true) => SampleType::I8,
                (16, false) => SampleType::U16,
                (16, true) => SampleType::I16,
                (_, false) => SampleType::U32,
                (_, true) => SampleType::I32,
            },
        }
    }

    /// Size and depth, for the user.
    pub fn described(&self) -> String {
        let (columns, rows, samples) = (self.columns, self.rows, self.samples);
        format!("{columns} x {rows} x {samples}, {} bit", self.bits())
    }

    /// The name of the stored type, for the user.
    pub fn stored_type(&self) -> String {
        let name = if self.palette.is_some() {
            self.sample_type()
        } else {
            self.stored_sample_type()
        }
        .name();
        match (self.components(), name) {
            (1, _) => name.to_owned(),
            (_, "u8") => "rgb24".to_owned(),
            (_, _) => format!("rgb {name}"),
        }
    }
}

fn integer_format(root: Item<'_>, warnings: &mut Vec<String>) -> Result<SampleFormat, String> {
    let number = |tag| root.short(tag).map(u32::from);
    let allocated = number(tags::BITS_ALLOCATED).ok_or_else(|| say!("io-dicom-no-bits"))?;
    if ![1, 8, 16, 32].contains(&allocated) {
        return Err(say!("io-dicom-bits", bits = allocated));
    }
    let mut stored = number(tags::BITS_STORED).unwrap_or(allocated);
    let mut high_bit = number(tags::HIGH_BIT).unwrap_or(stored.saturating_sub(1));
    if stored == 0 || stored > allocated || high_bit >= allocated || high_bit + 1 < stored {
        warnings.push(say!("io-dicom-bad-bits"));
        stored = if stored == 0 { allocated } else { stored.min(allocated) };
        high_bit = stored - 1;
    }
    let is_signed = root.integer(tags::PIXEL_REPRESENTATION) == Some(1);
    Ok(SampleFormat::Integer {
        allocated,
        stored,
        high_bit,
        is_signed,
    })
}
