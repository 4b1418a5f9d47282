//! The codes that NIfTI has for types of numbers (the field `datatype`).

use crate::io::raw::Stored;
use crate::model::voxels::SampleType;
use crate::say;

/// The type behind a code; the error says in words what the code means.
pub(super) fn stored_of(code: i64) -> Result<Stored, String> {
    Ok(match code {
        2 => Stored::Plain(SampleType::U8),
        4 => Stored::Plain(SampleType::I16),
        8 => Stored::Plain(SampleType::I32),
        16 => Stored::Plain(SampleType::F32),
        64 => Stored::Plain(SampleType::F64),
        256 => Stored::Plain(SampleType::I8),
        512 => Stored::Plain(SampleType::U16),
        768 => Stored::Plain(SampleType::U32),
        32 => Stored::Complex64,
        128 => Stored::Rgb24,
        1024 => Stored::I64,
        1280 => Stored::U64,
        1792 => Stored::Complex128,
        2304 => Stored::Rgba32,
        1 => return Err(say!("io-nifti-type-binary")),
        1536 | 2048 => return Err(say!("io-nifti-type-wide")),
        other => return Err(say!("io-nifti-type-unknown", code = other)),
    })
}

/// The code of a type that is kept as it is.
pub(super) fn code_of(sample_type: SampleType) -> i64 {
    match sample_type {
        SampleType::U8 => 2,
        SampleType::I16 => 4,
        SampleType::I32 => 8,
        SampleType::F32 => 16,
        SampleType::F64 => 64,
        SampleType::I8 => 256,
        SampleType::U16 => 512,
        SampleType::U32 => 768,
    }
}
