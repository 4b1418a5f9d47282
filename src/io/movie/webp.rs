//! Movies as animated WebP (RFC 9649): every picture whole and exact. The pictures are encoded by a crate, which knows
//! still pictures only; what holds them together is written here.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::Path;

use image_webp::{ColorType, WebPEncoder};

use super::apng::opaque;
use super::{Frames, MovieSettings};
use crate::io::save::{SaveError, write_atomically};
use crate::say;

/// Bytes before the first chunk: `RIFF`, a size, `WEBP`.
const RIFF_HEADER: usize = 12;

/// In VP8X: there is an animation; pictures may be seen through.
const HAS_ANIMATION: u8 = 0x02;
const HAS_ALPHA: u8 = 0x10;

/// In ANMF: the picture takes the place of the one before, and is not laid over it.
const DO_NOT_BLEND: u8 = 0x02;

/// Writes a movie.
pub(super) fn write(path: &Path, mut frames: Frames<'_, '_>) -> Result<(), SaveError> {
    let settings = *frames.settings;
    write_atomically(path, |out| {
        out.write_all(b"RIFF\0\0\0\0WEBP")?;
        let flags = HAS_ANIMATION | if settings.is_transparent { HAS_ALPHA } else { 0 };
        let [width, height] = settings.size.map(|side| uint24(side - 1));
        let canvas = [&[flags, 0, 0, 0][..], &width, &height].concat();
        chunk(out, *b"VP8X", &canvas)?;
        // The colour behind, which nobody shows, and how often it is played: 0 for ever.
        let times = u16::from(!settings.repeats).to_le_bytes();
        chunk(out, *b"ANIM", &[&[0; 4][..], &times].concat())?;
        for n in 0..settings.frames {
            let picture = still(&settings, &frames.get(n)?)?;
            chunk(out, *b"ANMF", &placed(&settings, n, &picture))?;
        }
        put_size(out)
    })
}

/// The size of everything after itself goes to the front.
fn put_size(out: &mut BufWriter<&File>) -> io::Result<()> {
    let end = out.stream_position()?;
    let size = u32::try_from(end.saturating_sub(8));
    let size = size.map_err(|_| io::Error::other(say!("io-movie-webp-too-large")))?;
    out.seek(SeekFrom::Start(4))?;
    out.write_all(&size.to_le_bytes())
}

fn uint24(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}

fn chunk(out: &mut impl Write, name: [u8; 4], content: &[u8]) -> io::Result<()> {
    let size = u32::try_from(content.len()).map_err(|_| io::Error::other(say!("io-movie-webp-too-large")))?;
    out.write_all(&name)?;
    out.write_all(&size.to_le_bytes())?;
    out.write_all(content)?;
    // Chunks begin at even places.
    out.write_all(&[0][..content.len() % 2])
}

/// A picture as chunks, without the header of a file.
fn still(settings: &MovieSettings, rgba: &[u8]) -> io::Result<Vec<u8>> {
    let [width, height] = settings.size;
    let mut file = Vec::new();
    let encoder = WebPEncoder::new(&mut file);
    let encoded = if settings.is_transparent {
        encoder.encode(rgba, width, height, ColorType::Rgba8)
    } else {
        encoder.encode(&opaque(rgba), width, height, ColorType::Rgb8)
    };
    encoded.map_err(io::Error::other)?;
    Ok(file.split_off(RIFF_HEADER.min(file.len())))
}

/// The content of an ANMF chunk: where, how large, how long, and the picture.
fn placed(settings: &MovieSettings, n: usize, picture: &[u8]) -> Vec<u8> {
    let [width, height] = settings.size.map(|side| uint24(side - 1));
    let duration_ms = uint24(settings.duration(n, 1000.0));
    [&[0; 6][..], &width, &height, &duration_ms, &[DO_NOT_BLEND], picture].concat()
}
