//! The types of numbers in HDF5, and which of them are read.

use hdf5_reader::{ByteOrder, Dataset, Datatype, VarLenKind};

use super::reason;
use crate::io::raw::Stored;
use crate::model::voxels::SampleType;
use crate::say;

/// The numbers of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) kind: NumberKind,
    pub(super) is_big_endian: bool,
}

/// What they are in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberKind {
    /// As other formats have them.
    Stored(Stored),
    /// 16 bits of IEEE 754.
    Half,
    /// True and false, which h5py keeps as an enumeration.
    Truth,
}

impl Number {
    /// Bytes of one element in the file.
    pub(super) fn byte_size(self) -> usize {
        match self.kind {
            NumberKind::Stored(stored) => stored.voxel_bytes(),
            NumberKind::Half => 2,
            NumberKind::Truth => 1,
        }
    }

    /// The type in memory.
    pub(super) fn sample_type(self) -> SampleType {
        match self.kind {
            NumberKind::Stored(stored) => stored.sample_type(),
            NumberKind::Half => SampleType::F32,
            NumberKind::Truth => SampleType::U8,
        }
    }

    /// The name shown to people.
    pub(super) fn name(self) -> &'static str {
        match self.kind {
            NumberKind::Stored(stored) => stored.name(),
            NumberKind::Half => "f16",
            NumberKind::Truth => "bool",
        }
    }

    /// Whether they are whole, whatever keeps them in memory.
    pub(super) fn is_whole(self) -> bool {
        match self.kind {
            NumberKind::Stored(Stored::Plain(SampleType::F32 | SampleType::F64)) | NumberKind::Half => false,
            NumberKind::Stored(_) | NumberKind::Truth => true,
        }
    }
}

/// The numbers of an array. The error is the reason for the user.
pub(super) fn number(dataset: &Dataset) -> Result<Number, String> {
    let odd = || say!("io-hdf5-odd-number");
    let (kind, order) = match dataset.dtype() {
        Datatype::FixedPoint {
            size,
            signed,
            byte_order,
        } => {
            let stored = whole(*size, *signed).ok_or_else(odd)?;
            (NumberKind::Stored(stored), *byte_order)
        }
        Datatype::FloatingPoint { size, byte_order } => (fraction(*size).ok_or_else(odd)?, *byte_order),
        Datatype::Enum { base, .. } => match base.as_ref() {
            Datatype::FixedPoint {
                size: 1, byte_order, ..
            } => (NumberKind::Truth, *byte_order),
            _ => return Err(say!("io-hdf5-kind", kind = say!("io-hdf5-enumeration"))),
        },
        other => return Err(say!("io-hdf5-kind", kind = kind_name(other))),
    };
    let number = Number {
        kind,
        is_big_endian: order == ByteOrder::BigEndian,
    };
    // The reader does not say where the bits lie; the message does.
    let message = dataset.raw_datatype().map_err(|err| reason(&err))?;
    if number.kind != NumberKind::Truth && !is_usual(&message, number) {
        return Err(odd());
    }
    Ok(number)
}

fn whole(size: u8, signed: bool) -> Option<Stored> {
    Some(match (size, signed) {
        (1, false) => Stored::Plain(SampleType::U8),
        (1, true) => Stored::Plain(SampleType::I8),
        (2, false) => Stored::Plain(SampleType::U16),
        (2, true) => Stored::Plain(SampleType::I16),
        (4, false) => Stored::Plain(SampleType::U32),
        (4, true) => Stored::Plain(SampleType::I32),
        (8, false) => Stored::U64,
        (8, true) => Stored::I64,
        _ => return None,
    })
}

fn fraction(size: u8) -> Option<NumberKind> {
    Some(match size {
        2 => NumberKind::Half,
        4 => NumberKind::Stored(Stored::Plain(SampleType::F32)),
        8 => NumberKind::Stored(Stored::Plain(SampleType::F64)),
        _ => return None,
    })
}

/// Whether all bits of whole numbers count, and fractions are those of IEEE 754 (HDF5 file format, IV.A.2.d). The message
/// begins with class and version, 3 bytes of flags, 4 of the size; then bit offset and precision, 2 bytes each, and of
/// fractions the place and length of exponent and mantissa and the exponent's bias.
fn is_usual(message: &[u8], number: Number) -> bool {
    let size = number.byte_size();
    let bits = (8 * size) as u16;
    let short = |at: usize| {
        let pair = message.get(at..at + 2).and_then(|pair| pair.try_into().ok());
        pair.map(u16::from_le_bytes)
    };
    let covers_all = short(8) == Some(0) && short(10) == Some(bits);
    if number.is_whole() {
        return covers_all;
    }
    // Bit 6 of the flags is the VAX's order; bits 4 and 5 say that the mantissa's highest bit is not kept.
    let flags = message.get(1).copied().unwrap_or(0);
    let usual: (&[u8], u32) = match size {
        2 => (&[10, 5, 0, 10], 15),
        4 => (&[23, 8, 0, 23], 127),
        _ => (&[52, 11, 0, 52], 1023),
    };
    let bias = message.get(16..20).and_then(|all| all.try_into().ok());
    covers_all
        && flags & 0b0111_0000 == 0b0010_0000
        && message.get(12..16) == Some(usual.0)
        && bias.map(u32::from_le_bytes) == Some(usual.1)
        && message.get(2).copied() == Some((bits - 1) as u8)
}

fn kind_name(kind: &Datatype) -> String {
    match kind {
        Datatype::String { .. }
        | Datatype::VarLen {
            kind: VarLenKind::String,
            ..
        } => say!("io-hdf5-text"),
        Datatype::Compound { .. } => say!("io-hdf5-compound"),
        Datatype::Reference { .. } => say!("io-hdf5-references"),
        Datatype::Enum { .. } => say!("io-hdf5-enumeration"),
        Datatype::VarLen { .. } | Datatype::Array { .. } => say!("io-hdf5-lists"),
        _ => say!("io-hdf5-bytes"),
    }
}

/// The number of 16 bits of IEEE 754.
pub(super) fn from_half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10) & 31, u32::from(bits & 0x3ff));
    let magnitude = match exponent {
        // Zero and what is below the smallest normal number: steps of 2⁻²⁴.
        0 => (fraction as f32 / 16_777_216.0).to_bits(),
        31 => 0x7f80_0000 | fraction << 13,
        _ => (exponent + 112) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_those_of_the_standard() {
        // IEEE 754: 1, -2, the largest, the smallest normal and the smallest at all.
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 0.000_061_035_156),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
            (0x0000, 0.0),
        ] {
            assert_eq!(from_half(bits), value, "{bits:#06x}");
        }
        assert!(from_half(0x8000).is_sign_negative());
        assert_eq!(from_half(0xfc00), f32::NEG_INFINITY);
        assert!(from_half(0x7e00).is_nan());
    }
}
