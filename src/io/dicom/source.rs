//! Reads the pictures of a volume from their files, one slice a slab, so that only what is looked at is decoded.

use std::io;
use std::sync::{Arc, PoisonError};

use super::bytes::ByteSource;
use super::codec::{self, is_native, keeps_arrangement};
use super::header::FilePixels;
use super::layout::{ColorModel, Layout, SampleFormat};
use super::pixels::{fill_missing, samples_of};
use super::prescan::PixelPlace;
use super::references::{References, SourceImage};
use crate::io::place::FilePlace;
use crate::io::scan::plain;
use crate::io::source::{SlabError, SlabRead, SlabSource};
use crate::model::volume::Rescale;
use crate::model::voxels::{SampleType, Samples};
use crate::{for_samples, say};

/// One picture of a volume.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its file.
    pub pixels: Arc<FilePixels>,
    /// Index in the file.
    pub frame: usize,
    /// Its own rescale.
    pub rescale: Rescale,
}

/// The pictures of a volume: all slices of the first frame (time point), then of the next.
pub struct PictureSource {
    /// One a slab.
    pub pictures: Vec<Picture>,
    /// Slices of one frame (time point).
    pub depth: usize,
    /// Series Instance UID.
    pub series_uid: String,
    /// Rescales differ, so values are kept instead of stored numbers.
    pub is_rescaled: bool,
    /// What fills pixels that a file lacks.
    pub padding: Option<f64>,
}

impl SlabSource for PictureSource {
    fn file(&self) -> Option<&FilePlace> {
        self.pictures.first().map(|picture| &picture.pixels.file)
    }

    fn references(&self) -> Option<Arc<References>> {
        let image = |picture: &Picture| {
            let pixels = &picture.pixels;
            vec![SourceImage {
                class_uid: pixels.class_uid.clone(),
                instance_uid: pixels.instance_uid.clone(),
                frame: (pixels.frame_count > 1).then(|| u32::try_from(picture.frame + 1).unwrap_or(u32::MAX)),
            }]
        };
        Some(Arc::new(References {
            series_uid: self.series_uid.clone(),
            slices: self.pictures.iter().take(self.depth).map(image).collect(),
            ..References::default()
        }))
    }

    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let picture = self.pictures.get(slab).ok_or_else(|| SlabError {
            message: say!("io-slab-wrong-size", expected = self.pictures.len(), got = slab),
        })?;
        let path = || picture.pixels.file.to_string();
        let read = read_picture(&picture.pixels, picture.frame).map_err(|why| SlabError {
            message: say!("io-cannot-open", path = path(), why = why),
        })?;
        let mut samples = read.samples;
        if read.present < samples.len() {
            fill_missing(&mut samples, read.present, self.padding);
        }
        if self.is_rescaled {
            samples = rescaled(&samples, picture.rescale);
        }
        let warnings = if read.is_short {
            vec![say!("io-dicom-short-stream", path = path())]
        } else {
            Vec::new()
        };
        Ok(SlabRead { samples, warnings })
    }
}

/// Values in place of stored numbers.
#[expect(clippy::unnecessary_cast, reason = "the same arm serves every type")]
fn rescaled(samples: &Samples, rescale: Rescale) -> Samples {
    Samples::F32(for_samples!(samples, v => v.iter().map(|stored| rescale.value(*stored as f64) as f32).collect()))
}

/// A picture that was read.
pub struct PictureRead {
    /// Its samples.
    pub samples: Samples,
    /// How many of them were there.
    pub present: usize,
    /// The compressed stream ended early; what it lacks is 0.
    pub is_short: bool,
}

/// Reads and decodes one picture. The error is the reason for the user.
pub fn read_picture(pixels: &FilePixels, frame: usize) -> Result<PictureRead, String> {
    let told = |err: io::Error| plain(&err);
    let mut source = open_source(pixels)?;
    let layout = &pixels.layout;
    match &pixels.place {
        PixelPlace::Native { offset, length } => {
            if !is_native(&pixels.transfer_syntax) {
                // Compressed data in a plain element: broken, but all that is needed is there.
                let stream = source.read_vec(*offset, *length).map_err(told)?;
                return decoded(pixels, &stream);
            }
            let place = native_place(layout, *offset, *length, frame).ok_or_else(|| say!("io-dicom-no-pixels"))?;
            let (samples, present) = match read_direct(&mut source, layout, place).map_err(told)? {
                Some(read) => read,
                None => samples_of(&read_native(&mut source, layout, place).map_err(told)?, layout),
            };
            Ok(PictureRead {
                samples,
                present,
                is_short: false,
            })
        }
        PixelPlace::Encapsulated(fragments) => {
            let range = pixels.frame_fragments.get(frame).cloned();
            let parts = range
                .and_then(|range| fragments.parts.get(range))
                .ok_or_else(|| say!("io-dicom-no-pixels"))?;
            let mut stream = Vec::new();
            for part in parts {
                stream.extend_from_slice(&source.read_vec(part.offset, part.length).map_err(told)?);
            }
            decoded(pixels, &stream)
        }
    }
}

/// The bytes in which the places of the pixels count: the file's own, or those of its data set unpacked. The latter are
/// kept where more pictures will be wanted of them; who comes while they are unpacked waits.
fn open_source(pixels: &FilePixels) -> Result<ByteSource, String> {
    let open = || ByteSource::open(pixels.file.path()).map_err(|err| plain(&err));
    let Some(offset) = pixels.deflated_from else {
        return open();
    };
    let inflate = || open()?.inflated(offset).map_err(|_| say!("io-dicom-cannot-inflate"));
    if pixels.frame_count == 1 {
        return inflate();
    }
    let mut kept = pixels.inflated.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = &*kept {
        return Ok(ByteSource::Memory(Arc::clone(bytes)));
    }
    let source = inflate()?;
    if let ByteSource::Memory(bytes) = &source {
        *kept = Some(Arc::clone(bytes));
    }
    Ok(source)
}

/// Where one native picture is: bytes, and for 1-bit pixels the bit at which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NativePlace {
    /// Where the pixel data begin; byte pairs are counted from here.
    base: u64,
    /// First byte, counted from `base`.
    start: u64,
    /// Bytes that are there.
    length: u64,
    first_bit: usize,
}

fn native_place(layout: &Layout, base: u64, length: u64, frame: usize) -> Option<NativePlace> {
    let frame_bits = layout.frame_bits()?;
    let first = frame_bits.checked_mul(frame as u64)?;
    let end = first.checked_add(frame_bits)?.div_ceil(8).min(length);
    let start = first / 8;
    Some(NativePlace {
        base,
        start,
        length: end.checked_sub(start)?,
        first_bit: (first % 8) as usize,
    })
}

/// So many samples of a type, all 0.
pub(super) fn zeros(sample_type: SampleType, count: usize) -> Samples {
    match sample_type {
        SampleType::U8 => Samples::U8(vec![0; count]),
        SampleType::I8 => Samples::I8(vec![0; count]),
        SampleType::U16 => Samples::U16(vec![0; count]),
        SampleType::I16 => Samples::I16(vec![0; count]),
        SampleType::U32 => Samples::U32(vec![0; count]),
        SampleType::I32 => Samples::I32(vec![0; count]),
        SampleType::F32 => Samples::F32(vec![0.0; count]),
        SampleType::F64 => Samples::F64(vec![0.0; count]),
    }
}

/// Reads samples straight into their vector where the file stores them as memory does.
fn read_direct(source: &mut ByteSource, layout: &Layout, place: NativePlace) -> io::Result<Option<(Samples, usize)>> {
    let SampleFormat::Integer { allocated, stored, .. } = layout.format else {
        return Ok(None);
    };
    let is_plain = cfg!(target_endian = "little")
        && !layout.is_big_endian
        && allocated == stored
        && allocated > 1
        && !layout.is_planar;
    if !is_plain || layout.lookup.is_some() || !matches!(layout.color, ColorModel::Gray | ColorModel::Rgb) {
        return Ok(None);
    }
    let count = layout.decoded_samples();
    if matches!(layout.sample_type(), SampleType::F32 | SampleType::F64) {
        return Ok(None);
    }
    let mut samples = zeros(layout.sample_type(), count);
    let sample_bytes = samples.sample_type().byte_size();
    let got = for_samples!(&mut samples, v => {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut v[..]);
        let wanted = bytes.len().min(usize::try_from(place.length).unwrap_or(usize::MAX));
        source.read_at(place.base + place.start, &mut bytes[..wanted])?
    });
    Ok(Some((samples, got / sample_bytes)))
}

/// The bytes of a native picture, bits and byte pairs put in order.
fn read_native(source: &mut ByteSource, layout: &Layout, place: NativePlace) -> io::Result<Vec<u8>> {
    if layout.swaps_byte_pairs {
        // Bytes in big endian words: pairs are swapped, and a picture may begin in the middle of one.
        let lead = place.start % 2;
        let mut bytes = source.read_vec(place.base + place.start - lead, lead + place.length + 1)?;
        bytes.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        bytes.drain(..(lead as usize).min(bytes.len()));
        return Ok(bytes);
    }
    let bytes = source.read_vec(place.base + place.start, place.length)?;
    if place.first_bit == 0 {
        return Ok(bytes);
    }
    let next = bytes.iter().skip(1).chain(std::iter::once(&0));
    Ok(bytes
        .iter()
        .zip(next)
        .map(|(low, high)| (u16::from_le_bytes([*low, *high]) >> place.first_bit) as u8)
        .collect())
}

fn decoded(pixels: &FilePixels, stream: &[u8]) -> Result<PictureRead, String> {
    let decoded = codec::decode(&pixels.transfer_syntax, stream, &pixels.layout)?;
    let layout = if keeps_arrangement(&pixels.transfer_syntax) {
        pixels.layout.clone()
    } else {
        Layout {
            color: decoded.color,
            is_planar: false,
            is_big_endian: false,
            ..pixels.layout.clone()
        }
    };
    let (samples, present) = samples_of(&decoded.bytes, &layout);
    Ok(PictureRead {
        samples,
        present,
        is_short: decoded.is_short,
    })
}
