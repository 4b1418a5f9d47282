//! Movies as GIF (GIF89a): each picture with colours of its own. A pixel is seen through or it is not, so what is less
//! than half there is not.

use std::io;
use std::path::Path;

use ::gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};

use super::{Frames, MovieSettings};
use crate::algo::palette::{Indexed, indexed};
use crate::io::save::{SaveError, write_atomically};

/// Alpha from which on a pixel is there.
const THERE: u8 = 128;

/// Writes a movie.
pub(super) fn write(path: &Path, mut frames: Frames<'_, '_>) -> Result<(), SaveError> {
    let settings = *frames.settings;
    write_atomically(path, |out| {
        let [width, height] = settings.size.map(|side| side as u16);
        let mut encoder = Encoder::new(out, width, height, &[]).map_err(plain)?;
        if settings.repeats {
            encoder.set_repeat(Repeat::Infinite).map_err(plain)?;
        }
        for n in 0..settings.frames {
            let rgba = frames.get(n)?;
            encoder.write_frame(&frame(&settings, n, &rgba)).map_err(plain)?;
        }
        // The trailer is written, and errors of it are told, here.
        encoder.into_inner().map_err(plain)?;
        Ok(())
    })
}

/// What the system said, where it did.
fn plain(err: EncodingError) -> io::Error {
    match err {
        EncodingError::Io(err) => err,
        other => io::Error::other(other),
    }
}

fn frame(settings: &MovieSettings, n: usize, rgba: &[u8]) -> Frame<'static> {
    let pixels = rgba.as_chunks::<4>().0;
    let is_there = |alpha: u8| !settings.is_transparent || alpha >= THERE;
    let seen: Vec<[u8; 3]> = pixels
        .iter()
        .filter(|p| is_there(p[3]))
        .map(|p| [p[0], p[1], p[2]])
        .collect();
    let most = if settings.is_transparent { 255 } else { 256 };
    let Indexed {
        mut colors,
        pixels: mut places,
    } = indexed(&seen, most);
    let mut transparent = None;
    if settings.is_transparent {
        // The place after the colours is no colour.
        let nothing = colors.len() as u8;
        colors.push([0; 3]);
        transparent = Some(nothing);
        let mut seen = places.into_iter();
        places = pixels
            .iter()
            .map(|p| {
                if is_there(p[3]) {
                    seen.next().unwrap_or(nothing)
                } else {
                    nothing
                }
            })
            .collect();
    }
    let [width, height] = settings.size.map(|side| side as u16);
    Frame {
        delay: settings.duration(n, 100.0) as u16,
        // Else the pictures before would be seen through this one.
        dispose: if settings.is_transparent {
            DisposalMethod::Background
        } else {
            DisposalMethod::Keep
        },
        transparent,
        width,
        height,
        palette: Some(colors.into_iter().flatten().collect()),
        buffer: places.into(),
        ..Frame::default()
    }
}
