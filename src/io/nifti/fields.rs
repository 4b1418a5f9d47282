//! The fields of a NIfTI header, as tables: name, type and number of entries in file order.
//!
//! One table serves reading, writing and listing. What the fields mean is in `header.rs`.
//! Source: nifti1.h and nifti2.h (the NIfTI-1.1 and NIfTI-2 data formats).

/// How a field is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Text,
    U8,
    I16,
    I32,
    I64,
    F32,
    F64,
}

impl Encoding {
    const fn byte_size(self) -> usize {
        match self {
            Self::Text | Self::U8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::I64 | Self::F64 => 8,
        }
    }
}

type FieldRow = (&'static str, Encoding, usize);

/// The 348 bytes of NIfTI-1.
const NIFTI_1: [FieldRow; 43] = {
    use Encoding::{F32, I16, I32, Text, U8};
    [
        ("sizeof_hdr", I32, 1),
        ("data_type", Text, 10),
        ("db_name", Text, 18),
        ("extents", I32, 1),
        ("session_error", I16, 1),
        ("regular", Text, 1),
        ("dim_info", U8, 1),
        ("dim", I16, 8),
        ("intent_p1", F32, 1),
        ("intent_p2", F32, 1),
        ("intent_p3", F32, 1),
        ("intent_code", I16, 1),
        ("datatype", I16, 1),
        ("bitpix", I16, 1),
        ("slice_start", I16, 1),
        ("pixdim", F32, 8),
        ("vox_offset", F32, 1),
        ("scl_slope", F32, 1),
        ("scl_inter", F32, 1),
        ("slice_end", I16, 1),
        ("slice_code", U8, 1),
        ("xyzt_units", U8, 1),
        ("cal_max", F32, 1),
        ("cal_min", F32, 1),
        ("slice_duration", F32, 1),
        ("toffset", F32, 1),
        ("glmax", I32, 1),
        ("glmin", I32, 1),
        ("descrip", Text, 80),
        ("aux_file", Text, 24),
        ("qform_code", I16, 1),
        ("sform_code", I16, 1),
        ("quatern_b", F32, 1),
        ("quatern_c", F32, 1),
        ("quatern_d", F32, 1),
        ("qoffset_x", F32, 1),
        ("qoffset_y", F32, 1),
        ("qoffset_z", F32, 1),
        ("srow_x", F32, 4),
        ("srow_y", F32, 4),
        ("srow_z", F32, 4),
        ("intent_name", Text, 16),
        ("magic", Text, 4),
    ]
};

/// The 540 bytes of NIfTI-2.
const NIFTI_2: [FieldRow; 37] = {
    use Encoding::{F64, I16, I32, I64, Text, U8};
    [
        ("sizeof_hdr", I32, 1),
        ("magic", Text, 8),
        ("datatype", I16, 1),
        ("bitpix", I16, 1),
        ("dim", I64, 8),
        ("intent_p1", F64, 1),
        ("intent_p2", F64, 1),
        ("intent_p3", F64, 1),
        ("pixdim", F64, 8),
        ("vox_offset", I64, 1),
        ("scl_slope", F64, 1),
        ("scl_inter", F64, 1),
        ("cal_max", F64, 1),
        ("cal_min", F64, 1),
        ("slice_duration", F64, 1),
        ("toffset", F64, 1),
        ("slice_start", I64, 1),
        ("slice_end", I64, 1),
        ("descrip", Text, 80),
        ("aux_file", Text, 24),
        ("qform_code", I32, 1),
        ("sform_code", I32, 1),
        ("quatern_b", F64, 1),
        ("quatern_c", F64, 1),
        ("quatern_d", F64, 1),
        ("qoffset_x", F64, 1),
        ("qoffset_y", F64, 1),
        ("qoffset_z", F64, 1),
        ("srow_x", F64, 4),
        ("srow_y", F64, 4),
        ("srow_z", F64, 4),
        ("slice_code", I32, 1),
        ("xyzt_units", I32, 1),
        ("intent_code", I32, 1),
        ("intent_name", Text, 16),
        ("dim_info", U8, 1),
        ("unused_str", Text, 15),
    ]
};

/// Which of the two formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// NIfTI-1: sides up to 32767, 32-bit numbers.
    One,
    /// NIfTI-2: 64-bit sides and numbers.
    Two,
}

impl Version {
    /// Bytes of the header.
    pub const fn header_bytes(self) -> usize {
        match self {
            Self::One => 348,
            Self::Two => 540,
        }
    }

    fn rows(self) -> &'static [FieldRow] {
        match self {
            Self::One => &NIFTI_1,
            Self::Two => &NIFTI_2,
        }
    }
}

/// The entries of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue {
    /// Characters, without the zeros at the end.
    Text(String),
    /// Whole numbers.
    Integers(Vec<i64>),
    /// Real numbers.
    Reals(Vec<f64>),
}

/// All fields of a header, in file order, as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields {
    version: Version,
    is_big_endian: bool,
    values: Vec<(&'static str, FieldValue)>,
}

impl Fields {
    /// A header of zeros.
    pub(super) fn zeroed(version: Version) -> Self {
        Self::decode(&vec![0; version.header_bytes()], version, false)
    }

    /// Takes a header apart. Bytes that are not there read as zero.
    pub(super) fn decode(bytes: &[u8], version: Version, is_big_endian: bool) -> Self {
        let mut at = 0;
        let mut values = Vec::with_capacity(version.rows().len());
        for (name, encoding, count) in version.rows().iter().copied() {
            let end = at + encoding.byte_size() * count;
            values.push((
                name,
                decode_field(bytes.get(at..end).unwrap_or_default(), encoding, is_big_endian),
            ));
            at = end;
        }
        Self {
            version,
            is_big_endian,
            values,
        }
    }

    /// Puts a header together, little endian. Numbers that do not fit their field take its nearest end.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.version.header_bytes());
        for (name, encoding, count) in self.version.rows().iter().copied() {
            let start = bytes.len();
            if let Some(value) = self.value(name) {
                encode_field(&mut bytes, value, encoding);
            }
            bytes.resize(start + encoding.byte_size() * count, 0);
        }
        bytes
    }

    /// Which format.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether the numbers of header and voxels are big endian.
    pub fn is_big_endian(&self) -> bool {
        self.is_big_endian
    }

    /// Every field with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &FieldValue)> {
        self.values.iter().map(|(name, value)| (*name, value))
    }

    fn value(&self, name: &str) -> Option<&FieldValue> {
        self.values
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }

    /// Replaces a field; one that the format does not have is left out.
    pub(super) fn set(&mut self, name: &str, value: FieldValue) {
        if let Some((_, place)) = self.values.iter_mut().find(|(other, _)| *other == name) {
            *place = value;
        }
    }

    pub(super) fn integer(&self, name: &str, entry: usize) -> i64 {
        match self.value(name) {
            Some(FieldValue::Integers(all)) => all.get(entry).copied().unwrap_or_default(),
            _ => 0,
        }
    }

    /// A number; whole ones too.
    pub(super) fn real(&self, name: &str, entry: usize) -> f64 {
        match self.value(name) {
            Some(FieldValue::Reals(all)) => all.get(entry).copied().unwrap_or_default(),
            Some(FieldValue::Integers(all)) => all.get(entry).copied().unwrap_or_default() as f64,
            _ => 0.0,
        }
    }

    pub(super) fn text(&self, name: &str) -> &str {
        match self.value(name) {
            Some(FieldValue::Text(text)) => text,
            _ => "",
        }
    }
}

fn decode_field(bytes: &[u8], encoding: Encoding, is_big_endian: bool) -> FieldValue {
    macro_rules! numbers {
        ($type:ty) => {
            bytes.as_chunks().0.iter().map(|entry| {
                if is_big_endian {
                    <$type>::from_be_bytes(*entry)
                } else {
                    <$type>::from_le_bytes(*entry)
                }
            })
        };
    }
    match encoding {
        Encoding::Text => {
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            FieldValue::Text(String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned())
        }
        Encoding::U8 => FieldValue::Integers(bytes.iter().map(|byte| i64::from(*byte)).collect()),
        Encoding::I16 => FieldValue::Integers(numbers!(i16).map(i64::from).collect()),
        Encoding::I32 => FieldValue::Integers(numbers!(i32).map(i64::from).collect()),
        Encoding::I64 => FieldValue::Integers(numbers!(i64).collect()),
        Encoding::F32 => FieldValue::Reals(numbers!(f32).map(f64::from).collect()),
        Encoding::F64 => FieldValue::Reals(numbers!(f64).collect()),
    }
}

fn encode_field(bytes: &mut Vec<u8>, value: &FieldValue, encoding: Encoding) {
    match value {
        FieldValue::Text(text) => bytes.extend_from_slice(text.as_bytes()),
        FieldValue::Integers(all) => {
            for number in all {
                match encoding {
                    Encoding::U8 => bytes.push((*number).clamp(0, 255) as u8),
                    Encoding::I16 => bytes.extend(
                        (*number)
                            .clamp(i16::MIN.into(), i16::MAX.into())
                            .to_le_bytes()
                            .iter()
                            .take(2),
                    ),
                    Encoding::I32 => bytes.extend(
                        (*number)
                            .clamp(i32::MIN.into(), i32::MAX.into())
                            .to_le_bytes()
                            .iter()
                            .take(4),
                    ),
                    _ => bytes.extend(number.to_le_bytes()),
                }
            }
        }
        FieldValue::Reals(all) => {
            for number in all {
                if encoding == Encoding::F32 {
                    bytes.extend((*number as f32).to_le_bytes());
                } else {
                    bytes.extend(number.to_le_bytes());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_the_size_of_the_header() {
        for version in [Version::One, Version::Two] {
            let bytes: usize = version
                .rows()
                .iter()
                .map(|(_, encoding, count)| encoding.byte_size() * count)
                .sum();
            assert_eq!(bytes, version.header_bytes());
        }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for version in [Version::One, Version::Two] {
            let bytes: Vec<u8> = (0..version.header_bytes()).map(|n| (n % 11) as u8 + 32).collect();
            let fields = Fields::decode(&bytes, version, false);
            assert_eq!(fields.encode(), bytes);
        }
    }

    #[test]
    fn fields_stand_at_the_offsets_of_nifti1_h() {
        let mut bytes = vec![0; 348];
        bytes[112..116].copy_from_slice(&2.5f32.to_be_bytes());
        bytes[254..256].copy_from_slice(&3i16.to_be_bytes());
        bytes[324..328].copy_from_slice(&7.25f32.to_be_bytes());
        bytes[344..348].copy_from_slice(b"n+1\0");
        let fields = Fields::decode(&bytes, Version::One, true);
        assert_eq!(
            (
                fields.real("scl_slope", 0),
                fields.integer("sform_code", 0),
                fields.real("srow_z", 3),
                fields.text("magic")
            ),
            (2.5, 3, 7.25, "n+1")
        );
    }
}
