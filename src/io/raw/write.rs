//! What writers of plain numbers share: the samples of a volume as the numbers to write, slice by slice, and the check that
//! what was written says the same.

use std::io::{self, Write};
use std::path::Path;

use flate2::Crc;

use crate::for_samples;
use crate::io::place::FilePlace;
use crate::io::source::OpenVolume;
use crate::model::volume::{Rescale, Volume};
use crate::model::voxels::{SampleType, Samples};
use crate::say;

/// The numbers of a volume as they go to a file that knows no slope and intercept.
pub(in crate::io) struct Numbers<'a> {
    volume: &'a Volume,
    frames: Vec<usize>,
    /// The type to write.
    pub(in crate::io) sample_type: SampleType,
    rescale: Rescale,
}

impl<'a> Numbers<'a> {
    /// All frames of a volume, or one. Values with slope and intercept become whole numbers where they are, else `f32`
    /// (of numbers of more than 16 bits `f64`); labels (`is_map`) kept as fractions become whole numbers again. The error
    /// is the reason for the user.
    pub(in crate::io) fn of(volume: &'a Volume, frame: Option<usize>, is_map: bool) -> Result<Self, String> {
        let frames = frame.map_or(0..volume.voxels.frames(), |frame| frame..frame + 1);
        let slabs = volume
            .voxels
            .slabs_of_frames(frames.clone())
            .ok_or_else(|| say!("io-not-loaded"))?;
        let rescale = match volume.voxels.components() {
            1 => volume.rescale,
            _ => Rescale::IDENTITY,
        };
        let stored = volume.voxels.sample_type();
        let is_whole = rescale.slope.fract() == 0.0 && rescale.intercept.fract() == 0.0;
        let is_float = matches!(stored, SampleType::F32 | SampleType::F64);
        let keeps_type = if is_float {
            !is_map
        } else {
            rescale == Rescale::IDENTITY
        };
        let sample_type = if keeps_type {
            stored
        } else {
            let ends = slabs
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY, true), |ends, slab| range(slab, ends));
            let (low, high) = (rescale.value(ends.0), rescale.value(ends.1));
            let fits = |least: f64, most: f64| low.min(high) >= least && low.max(high) <= most;
            match () {
                () if !(is_whole && ends.2) => match stored.byte_size() {
                    1 | 2 => SampleType::F32,
                    _ => SampleType::F64,
                },
                () if is_map && fits(0.0, 255.0) => SampleType::U8,
                () if is_map && fits(0.0, 65_535.0) => SampleType::U16,
                () if fits(-32_768.0, 32_767.0) => SampleType::I16,
                () if fits(0.0, 65_535.0) => SampleType::U16,
                () if fits(f64::from(i32::MIN), f64::from(i32::MAX)) => SampleType::I32,
                () => SampleType::F64,
            }
        };
        Ok(Self {
            volume,
            frames: frames.collect(),
            sample_type,
            rescale,
        })
    }

    /// How many frames are written.
    pub(in crate::io) fn frames(&self) -> usize {
        self.frames.len()
    }

    /// One slice of the n-th written frame, in little endian order.
    fn slice(&self, n: usize, slice: usize, out: &mut Vec<u8>) {
        out.clear();
        let voxels = &self.volume.voxels;
        let slab = self.frames.get(n).map(|frame| voxels.slab_of(slice, *frame));
        let Some((slab, samples)) = slab.and_then(|slab| Some((slab, voxels.slab(slab)?))) else {
            return;
        };
        let count = voxels.slice_samples();
        let first = (slice - voxels.slab_range(slab).first_slice) * count;
        put(samples, first..first + count, self.sample_type, self.rescale, out);
    }

    /// Every slice of every frame, one after another; or, `woven`, the frames of each voxel together.
    pub(in crate::io) fn write(&self, out: &mut dyn Write, woven: bool, sums: &mut Sums) -> io::Result<()> {
        let [.., slices] = self.volume.dims();
        let mut bytes = Vec::new();
        if !woven {
            for n in 0..self.frames() {
                for slice in 0..slices {
                    self.slice(n, slice, &mut bytes);
                    sums.add(n, slice, &bytes);
                    out.write_all(&bytes)?;
                }
            }
            return Ok(());
        }
        let size = self.sample_type.byte_size() * self.volume.voxels.components();
        for slice in 0..slices {
            let mut all = vec![Vec::new(); self.frames()];
            for (n, frame) in all.iter_mut().enumerate() {
                self.slice(n, slice, frame);
                sums.add(n, slice, frame);
            }
            let voxels = all.first().map_or(0, Vec::len) / size.max(1);
            bytes.clear();
            for voxel in 0..voxels {
                for frame in &all {
                    bytes.extend_from_slice(frame.get(voxel * size..(voxel + 1) * size).unwrap_or_default());
                }
            }
            out.write_all(&bytes)?;
        }
        Ok(())
    }
}

/// Lowest and highest number, and whether all are whole.
fn range(samples: &Samples, ends: (f64, f64, bool)) -> (f64, f64, bool) {
    (0..samples.len())
        .filter_map(|at| samples.get(at))
        .fold(ends, |(low, high, whole), number| {
            (low.min(number), high.max(number), whole && number.fract() == 0.0)
        })
}

/// Some samples in another type, in little endian order.
fn put(samples: &Samples, range: std::ops::Range<usize>, to: SampleType, rescale: Rescale, out: &mut Vec<u8>) {
    if samples.sample_type() == to && rescale == Rescale::IDENTITY {
        for_samples!(samples, all => {
            all.get(range).unwrap_or_default().iter().for_each(|sample| out.extend_from_slice(&sample.to_le_bytes()));
        });
        return;
    }
    macro_rules! cast {
        ($value:expr, $($name:ident $type:ty),*) => {
            match to {
                $(SampleType::$name => out.extend_from_slice(&($value as $type).to_le_bytes()),)*
            }
        };
    }
    for at in range {
        let value = rescale.value(samples.get(at).unwrap_or(0.0));
        cast!(value, U8 u8, I8 i8, U16 u16, I16 i16, U32 u32, I32 i32, F32 f32, F64 f64);
    }
}

/// A checksum for each slice of each frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::io) struct Sums {
    slices: usize,
    sums: Vec<u32>,
}

impl Sums {
    /// Of so many frames and slices.
    pub(in crate::io) fn new(frames: usize, slices: usize) -> Self {
        Self {
            slices,
            sums: vec![0; frames * slices],
        }
    }

    fn add(&mut self, frame: usize, slice: usize, bytes: &[u8]) {
        let mut sum = Crc::new();
        sum.update(bytes);
        if let Some(place) = self.sums.get_mut(frame * self.slices + slice) {
            *place = sum.sum();
        }
    }

    /// Those of a file that was just written.
    fn of(open: &OpenVolume) -> io::Result<Self> {
        let voxels = &open.volume.voxels;
        let mut sums = Self::new(voxels.frames(), voxels.dims()[2]);
        let mut bytes = Vec::new();
        let mut take = |slab: usize, samples: &Samples| {
            let range = voxels.slab_range(slab);
            let count = voxels.slice_samples();
            for n in 0..range.slice_count {
                bytes.clear();
                put(
                    samples,
                    n * count..(n + 1) * count,
                    samples.sample_type(),
                    Rescale::IDENTITY,
                    &mut bytes,
                );
                sums.add(range.frame, range.first_slice + n, &bytes);
            }
            true
        };
        match open.source.read_in_order(&mut |slab, read| take(slab, &read.samples)) {
            Some(outcome) => outcome.map_err(io::Error::other)?,
            None => {
                for slab in 0..voxels.slab_count() {
                    take(slab, &open.source.read_slab(slab).map_err(io::Error::other)?.samples);
                }
            }
        }
        Ok(sums)
    }
}

/// Reads a file back: its grid, its place and every number must be those that were to be written.
pub(in crate::io) fn check(
    path: &Path,
    read: impl FnOnce(&FilePlace) -> Result<Option<OpenVolume>, String>,
    numbers: &Numbers<'_>,
    sums: &Sums,
) -> io::Result<OpenVolume> {
    let wrong = || io::Error::other(say!("io-read-back"));
    let read = read(&path.into()).map_err(io::Error::other)?.ok_or_else(wrong)?;
    let (there, here) = (&read.volume, numbers.volume);
    let is_same_grid = there.dims() == here.dims()
        && there.voxels.frames() == numbers.frames()
        && there.voxels.components() == here.voxels.components()
        && there.voxels.sample_type() == numbers.sample_type;
    let is_same_place = match (there.geometry(), here.geometry()) {
        (Some(there), Some(here)) => {
            let pairs = there.corners().into_iter().zip(here.corners());
            let apart_mm = pairs.map(|(a, b)| (a - b).length()).fold(0.0, f64::max);
            apart_mm <= 1e-3 * here.shortest_edge_mm()
        }
        _ => true,
    };
    if is_same_grid && is_same_place && Sums::of(&read)? == *sums {
        Ok(read)
    } else {
        Err(wrong())
    }
}
