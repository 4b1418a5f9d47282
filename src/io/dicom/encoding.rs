//! How elements are written: value representations explicit or implicit, bytes little or big endian first (PS3.5 7.1).

use dicom_core::dictionary::{DataDictionary as _, DataDictionaryEntry as _};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, uids};

/// Begins an item.
pub const ITEM: Tag = Tag(0xfffe, 0xe000);
/// Ends an item of undefined length.
pub const ITEM_END: Tag = Tag(0xfffe, 0xe00d);
/// Ends a sequence of undefined length.
pub const SEQUENCE_END: Tag = Tag(0xfffe, 0xe0dd);
/// Transfer syntax of old files with the most significant byte first (retired, PS3.5-2016b A.3).
pub const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
/// The length that means: until the delimiter.
pub const UNDEFINED: u32 = u32::MAX;

/// How the elements of a data set are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// Whether each element names its value representation.
    pub is_explicit: bool,
    /// Whether the most significant byte comes first.
    pub is_big_endian: bool,
}

impl Encoding {
    /// Explicit VR Little Endian, which the meta group and most files have.
    pub const EXPLICIT_LITTLE: Self = Self {
        is_explicit: true,
        is_big_endian: false,
    };
    /// Implicit VR Little Endian.
    pub const IMPLICIT_LITTLE: Self = Self {
        is_explicit: false,
        is_big_endian: false,
    };

    /// The encoding that a transfer syntax prescribes; `None` without one.
    pub fn of_transfer_syntax(uid: &str) -> Option<Self> {
        match uid {
            "" => None,
            uids::IMPLICIT_VR_LITTLE_ENDIAN => Some(Self::IMPLICIT_LITTLE),
            EXPLICIT_VR_BIG_ENDIAN => Some(Self {
                is_explicit: true,
                is_big_endian: true,
            }),
            _ => Some(Self::EXPLICIT_LITTLE),
        }
    }

    /// The uncompressed transfer syntax with this encoding.
    pub fn transfer_syntax(self) -> &'static str {
        match (self.is_explicit, self.is_big_endian) {
            (false, _) => uids::IMPLICIT_VR_LITTLE_ENDIAN,
            (true, false) => uids::EXPLICIT_VR_LITTLE_ENDIAN,
            (true, true) => EXPLICIT_VR_BIG_ENDIAN,
        }
    }

    /// What the first element of a data set gives away: its VR, and a group that is low one way round only.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        let head = bytes.first_chunk::<8>()?;
        let is_explicit = VR::from_binary([head[4], head[5]]).is_some();
        let (little, big) = (
            u16::from_le_bytes([head[0], head[1]]),
            u16::from_be_bytes([head[0], head[1]]),
        );
        match little.cmp(&big) {
            std::cmp::Ordering::Less => Some(Self {
                is_explicit,
                is_big_endian: false,
            }),
            // Implicit big endian does not exist outside of very old files.
            std::cmp::Ordering::Greater if is_explicit => Some(Self {
                is_explicit,
                is_big_endian: true,
            }),
            _ => None,
        }
    }
}

/// Tag, VR and length of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its tag.
    pub tag: Tag,
    /// Its VR; the dictionary's where the file gives none. UN for items and delimiters.
    pub vr: VR,
    /// Length of the value in bytes, or [`UNDEFINED`].
    pub length: u32,
    /// Bytes of the head itself.
    pub size: u64,
    /// The file says UN where the dictionary says sequence: its content is implicit little endian.
    pub is_unknown_sequence: bool,
}

impl Head {
    fn new(tag: Tag, vr: VR, length: impl Into<u32>, size: u64) -> Self {
        Self {
            tag,
            vr,
            length: length.into(),
            size,
            is_unknown_sequence: false,
        }
    }
}

/// Reads the head of an element; `None` if the bytes end within it.
pub fn read_head(bytes: &[u8], encoding: Encoding) -> Option<Head> {
    let short = |at: usize| {
        let two = *bytes.get(at..)?.first_chunk::<2>()?;
        Some(match encoding.is_big_endian {
            true => u16::from_be_bytes(two),
            false => u16::from_le_bytes(two),
        })
    };
    let long = |at: usize| {
        let four = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(match encoding.is_big_endian {
            true => u32::from_be_bytes(four),
            false => u32::from_le_bytes(four),
        })
    };
    let tag = Tag(short(0)?, short(2)?);
    if tag.group() == 0xfffe {
        return Some(Head::new(tag, VR::UN, long(4)?, 8));
    }
    let letters = *bytes.get(4..)?.first_chunk::<2>()?;
    let vr = VR::from_binary(letters);
    let is_vr = vr.is_some() || letters.iter().all(u8::is_ascii_uppercase);
    // Letters that cannot be a VR mean a stray implicit element.
    if !encoding.is_explicit || !is_vr {
        return Some(Head::new(tag, dictionary_vr(tag), long(4)?, 8));
    }
    match vr {
        Some(VR::UN) => {
            let known = dictionary_vr(tag);
            // A value that is only called unknown is little endian, which the numbers of a big endian file are not.
            let is_usable = !encoding.is_big_endian || known == VR::SQ;
            let mut head = Head::new(tag, if is_usable { known } else { VR::UN }, long(8)?, 12);
            head.is_unknown_sequence = known == VR::SQ;
            Some(head)
        }
        Some(vr) if has_long_length(vr) => Some(Head::new(tag, vr, long(8)?, 12)),
        Some(vr) => Some(Head::new(tag, vr, short(6)?, 8)),
        // VRs of later standards have the long form, which two zeros give away (PS3.5 7.1.2).
        None if short(6)? == 0 => Some(Head::new(tag, VR::UN, long(8)?, 12)),
        None => Some(Head::new(tag, VR::UN, short(6)?, 8)),
    }
}

/// Whether the explicit form has two reserved bytes and a length of 32 bits (PS3.5 table 7.1-1).
fn has_long_length(vr: VR) -> bool {
    matches!(
        vr,
        VR::OB
            | VR::OD
            | VR::OF
            | VR::OL
            | VR::OV
            | VR::OW
            | VR::SQ
            | VR::SV
            | VR::UC
            | VR::UN
            | VR::UR
            | VR::UT
            | VR::UV
    )
}

/// The VR that the dictionary gives a tag; UN if it does not know it.
pub fn dictionary_vr(tag: Tag) -> VR {
    if tag.group() % 2 == 1 {
        return VR::UN;
    }
    StandardDataDictionary
        .by_tag(tag)
        .map_or(VR::UN, |entry| entry.vr().relaxed())
}
