//! What compressed pictures announce about themselves, read without decoding: JPEG and JPEG-LS frame headers
//! (ISO 10918-1 B.2.2) and the size marker of JPEG 2000 (ISO 15444-1 A.5.1).

/// Size and kind of a compressed picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Samples of a pixel.
    pub components: usize,
    /// Bits of a sample.
    pub precision: u8,
    /// JPEG 2000: the decoder turns the components back to RGB.
    pub has_color_transform: bool,
}

/// Reads it; `None` for streams of other kinds and for broken ones (the decoder will say why).
pub fn stream_info(stream: &[u8]) -> Option<StreamInfo> {
    match stream {
        [0xff, 0xd8, rest @ ..] => jpeg(rest),
        [0xff, 0x4f, 0xff, 0x51, ..] => jpeg_2000(stream),
        // The boxes of a JP2 file, which DICOM forbids and some writers keep; the codestream is in one of them.
        [0, 0, 0, 12, b'j', b'P', ..] => {
            jpeg_2000(stream.get(stream.windows(4).position(|four| four == [0xff, 0x4f, 0xff, 0x51])?..)?)
        }
        _ => None,
    }
}

/// One after another the marker segments of a JPEG stream, up to the frame header.
fn jpeg(mut rest: &[u8]) -> Option<StreamInfo> {
    loop {
        let [0xff, marker, tail @ ..] = rest else {
            return None;
        };
        match marker {
            // Fill bytes may stand before a marker.
            0xff => rest = &rest[1..],
            0x01 | 0xd0..=0xd7 => rest = tail,
            // Frame headers: SOF0 to SOF15 but for DHT, JPG and DAC; SOF55 of JPEG-LS.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf | 0xf7 => {
                let [_, _, precision, h1, h0, w1, w0, components, ..] = tail else {
                    return None;
                };
                let two = |high: &u8, low: &u8| usize::from(u16::from_be_bytes([*high, *low]));
                return Some(StreamInfo {
                    width: two(w1, w0),
                    height: two(h1, h0),
                    components: (*components).into(),
                    precision: *precision,
                    has_color_transform: false,
                });
            }
            _ => {
                let length = usize::from(u16::from_be_bytes([*tail.first()?, *tail.get(1)?]));
                rest = tail.get(length.max(2)..)?;
            }
        }
    }
}

/// Whether a JPEG stream (without its first marker) says what its colours are: a JFIF header, Adobe's marker, or
/// components that are called R, G and B.
pub fn tells_its_colors(mut rest: &[u8]) -> bool {
    loop {
        match rest {
            [0xff, 0xff, ..] => rest = &rest[1..],
            [0xff, 0xe0, _, _, b'J', b'F', b'I', b'F', ..] => return true,
            // Shorter, and Adobe's marker has no room for the transform.
            [0xff, 0xee, high, low, b'A', b'd', b'o', b'b', b'e', ..] if u16::from_be_bytes([*high, *low]) >= 14 => {
                return true;
            }
            [0xff, 0xc0..=0xc3, _, _, _, _, _, _, _, 3, parts @ ..] => {
                return parts.iter().step_by(3).take(3).eq(b"RGB");
            }
            [0xff, _, high, low, ..] => match rest.get(2 + usize::from(u16::from_be_bytes([*high, *low])).max(2)..) {
                Some(next) => rest = next,
                None => return false,
            },
            _ => return false,
        }
    }
}

/// SIZ, and the transform flag of COD.
fn jpeg_2000(stream: &[u8]) -> Option<StreamInfo> {
    let four = |at: usize| {
        stream
            .get(at..)?
            .first_chunk::<4>()
            .map(|bytes| u32::from_be_bytes(*bytes))
    };
    let (x1, y1, x0, y0) = (four(8)?, four(12)?, four(16)?, four(20)?);
    let components = u16::from_be_bytes(*stream.get(40..)?.first_chunk::<2>()?);
    let precision = (stream.get(42)? & 0x7f) + 1;
    let mut rest = stream.get(2..)?;
    let mut has_color_transform = false;
    // Marker segments of the main header, which ends at the first tile (SOT).
    while let [0xff, marker, h, l, tail @ ..] = rest {
        match marker {
            0x90 => break,
            0x52 => has_color_transform = tail.get(4).is_some_and(|flag| *flag == 1),
            _ => {}
        }
        rest = rest.get(2 + usize::from(u16::from_be_bytes([*h, *l])).max(2)..)?;
    }
    Some(StreamInfo {
        width: x1.checked_sub(x0)? as usize,
        height: y1.checked_sub(y0)? as usize,
        components: components.into(),
        precision,
        has_color_transform,
    })
}
