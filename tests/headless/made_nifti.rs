//! NIfTI files made byte by byte, for tests.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use isocenter::io::OpenVolume;
use isocenter::io::nifti::{NiftiFile, read_header};
use isocenter::model::volume::Value;

/// A NIfTI file made byte by byte, independently of the program's own writer.
#[derive(Clone)]
pub struct Made {
    pub is_two: bool,
    pub is_big: bool,
    pub dim: Vec<i64>,
    pub datatype: i16,
    pub bits: i16,
    /// Little endian voxels; turned round by `bytes` in units of `unit` bytes.
    pub voxels: Vec<u8>,
    pub unit: usize,
    pub slope: f64,
    pub inter: f64,
    pub pixdim: [f64; 4],
    pub quaternion: Option<[f64; 3]>,
    pub offset: [f64; 3],
    pub srow: Option<[[f64; 4]; 3]>,
    pub units: u8,
    pub intent: i16,
    pub magic: Option<&'static [u8; 4]>,
    pub vox_offset: Option<f64>,
}

impl Made {
    pub fn new(dim: &[i64], datatype: i16, bits: i16, unit: usize, voxels: Vec<u8>) -> Self {
        let srow = Some([[2.0, 0.0, 0.0, -10.0], [0.0, 3.0, 0.0, -20.0], [0.0, 0.0, 4.0, -30.0]]);
        Self {
            is_two: false,
            is_big: false,
            dim: dim.to_vec(),
            datatype,
            bits,
            voxels,
            unit,
            slope: 0.0,
            inter: 0.0,
            pixdim: [1.0, 2.0, 3.0, 4.0],
            quaternion: None,
            offset: [0.0; 3],
            srow,
            units: 2,
            intent: 0,
            magic: None,
            vox_offset: None,
        }
    }

    pub fn i16(dim: &[i64], values: impl Iterator<Item = i16>) -> Self {
        Self::new(dim, 4, 16, 2, values.flat_map(i16::to_le_bytes).collect())
    }

    pub fn header_bytes(&self) -> usize {
        if self.is_two { 540 } else { 348 }
    }

    fn is_single(&self) -> bool {
        self.magic.is_none_or(|magic| magic[1] == b'+')
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = vec![0; self.header_bytes() + 4];
        self.put_grid(&mut out);
        self.put_place(&mut out);
        if self.is_two {
            out[4..12].copy_from_slice(b"n+2\0\r\n\x1a\n");
        } else {
            out[344..348].copy_from_slice(self.magic.unwrap_or(b"n+1\0"));
        }
        if self.is_single() {
            out.extend(self.image());
        } else {
            out.truncate(348);
        }
        out
    }

    /// The offset in NIfTI-1 or in NIfTI-2.
    fn pick(&self, one: usize, two: usize) -> usize {
        if self.is_two { two } else { one }
    }

    /// Writes a number; the letters say its type in NIfTI-1 and in NIfTI-2.
    fn put(&self, out: &mut [u8], at: usize, number: f64, types: [char; 2]) {
        let mut bytes = match types[usize::from(self.is_two)] {
            'b' => vec![number as u8],
            'h' => (number as i16).to_le_bytes().to_vec(),
            'i' => (number as i32).to_le_bytes().to_vec(),
            'q' => (number as i64).to_le_bytes().to_vec(),
            'f' => (number as f32).to_le_bytes().to_vec(),
            _ => number.to_le_bytes().to_vec(),
        };
        if self.is_big {
            bytes.reverse();
        }
        out[at..at + bytes.len()].copy_from_slice(&bytes);
    }

    fn put_grid(&self, out: &mut [u8]) {
        let pick = |one, two| self.pick(one, two);
        let mut put = |at, number, types| self.put(out, at, number, types);
        put(0, self.header_bytes() as f64, ['i', 'i']);
        put(pick(40, 16), self.dim.len() as f64, ['h', 'q']);
        for (n, side) in self.dim.iter().enumerate() {
            put(pick(42, 24) + n * pick(2, 8), *side as f64, ['h', 'q']);
        }
        put(pick(68, 504), self.intent.into(), ['h', 'i']);
        put(pick(70, 12), self.datatype.into(), ['h', 'h']);
        put(pick(72, 14), self.bits.into(), ['h', 'h']);
        let begin = if self.is_single() { pick(352, 544) } else { 0 };
        let vox_offset = self.vox_offset.unwrap_or(begin as f64);
        put(pick(108, 168), vox_offset, ['f', 'q']);
        put(pick(112, 176), self.slope, ['f', 'd']);
        put(pick(116, 184), self.inter, ['f', 'd']);
    }

    fn put_place(&self, out: &mut [u8]) {
        let pick = |one, two| self.pick(one, two);
        let mut put = |at, number, types| self.put(out, at, number, types);
        let code = |is_there: bool| f64::from(u8::from(is_there));
        put(pick(123, 500), self.units.into(), ['b', 'i']);
        put(pick(252, 344), code(self.quaternion.is_some()), ['h', 'i']);
        put(pick(254, 348), code(self.srow.is_some()), ['h', 'i']);
        let mut row = |one, two, numbers: &[f64]| {
            for (n, number) in numbers.iter().enumerate() {
                put(pick(one, two) + n * pick(4, 8), *number, ['f', 'd']);
            }
        };
        row(76, 104, &self.pixdim);
        row(256, 352, &self.quaternion.unwrap_or_default());
        row(268, 376, &self.offset);
        row(280, 400, self.srow.unwrap_or_default().as_flattened());
    }

    /// The voxels in the file's byte order.
    pub fn image(&self) -> Vec<u8> {
        let mut voxels = self.voxels.clone();
        if self.is_big {
            voxels.chunks_exact_mut(self.unit).for_each(<[u8]>::reverse);
        }
        voxels
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

pub fn open(path: &Path) -> Result<OpenVolume, String> {
    read_header(path).map(|file| file.map(NiftiFile::into_open_volume).expect("it is a NIfTI file"))
}

pub fn scalar(open: &OpenVolume, index: [usize; 3], frame: usize) -> f64 {
    match open.volume.value(index, frame) {
        Some(Value::Scalar(value)) => value,
        other => panic!("no number at {index:?}: {other:?}"),
    }
}
