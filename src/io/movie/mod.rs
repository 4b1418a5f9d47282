//! Movies: pictures one after another, as numbered PNG files, animated pictures or videos. Each picture is written as
//! soon as it is there, and the movie takes its name only when it is whole.

mod apng;
mod gif;
mod numbered;
mod video;
mod webp;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::save::SaveError;
use crate::say;
use numbered::Numbered;

/// What a movie is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MovieFormat {
    /// One PNG file a picture, numbered from 0 where the name says `%03d`.
    Pngs,
    /// Animated PNG: exact, with transparency.
    Apng,
    /// Animated WebP: exact, with transparency, and half as large.
    WebP,
    /// GIF: at most 256 colours a picture; a pixel is seen through or it is not.
    Gif,
    /// H.264 video, by ffmpeg; without transparency.
    Mp4,
    /// VP9 video, by ffmpeg; with transparency.
    WebM,
}

impl MovieFormat {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 6] = [Self::WebP, Self::Apng, Self::Gif, Self::Pngs, Self::Mp4, Self::WebM];

    /// The one that a file's name asks for: `F-%03d.png`, `F.png` or `F.apng`, `F.webp`, `F.gif`, `F.mp4`, `F.webm`.
    pub fn by_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "png" if Numbered::of(path).is_some() => Self::Pngs,
            "png" | "apng" => Self::Apng,
            "webp" => Self::WebP,
            "gif" => Self::Gif,
            "mp4" => Self::Mp4,
            "webm" => Self::WebM,
            _ => return None,
        })
    }

    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pngs | Self::Apng => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Mp4 => "mp4",
            Self::WebM => "webm",
        }
    }

    /// Whether what lies behind can be seen through the pictures.
    pub fn keeps_transparency(self) -> bool {
        self != Self::Mp4
    }

    /// Whether ffmpeg makes it.
    pub fn needs_ffmpeg(self) -> bool {
        matches!(self, Self::Mp4 | Self::WebM)
    }

    /// The largest side of a picture, in pixels.
    fn most_side(self) -> u32 {
        match self {
            // Sides are stored in 14 bits (RFC 9649, VP8L).
            Self::WebP => 16_384,
            Self::Gif | Self::Pngs | Self::Apng | Self::WebM => 65_535,
            // The highest level of H.264 ends here (ITU-T H.264, table A-1).
            Self::Mp4 => 16_384,
        }
    }

    /// The most pictures a second.
    fn most_fps(self) -> f64 {
        match self {
            // Times are in hundredths of a second, and what is shorter than two of them browsers take for ten.
            Self::Gif => 50.0,
            _ => MOST_FPS,
        }
    }
}

/// More pictures make no movie.
pub const MOST_FRAMES: usize = 10_000;

/// More pictures a second no screen shows.
pub const MOST_FPS: f64 = 120.0;

/// Fewer pictures a second are a lecture.
pub const LEAST_FPS: f64 = 0.1;

/// More pixels in all pictures together are not written: a day's work of a computer, and larger than its disk.
const MOST_PIXELS: u64 = 100_000_000_000;

/// What a movie is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovieSettings {
    /// Width and height of its pictures in pixels.
    pub size: [u32; 2],
    /// How many pictures.
    pub frames: usize,
    /// Pictures a second.
    pub fps: f64,
    /// Whether it begins again when it is over, where its format can say so.
    pub repeats: bool,
    /// Whether its pictures may be seen through.
    pub is_transparent: bool,
}

impl MovieSettings {
    /// How long the n-th picture is seen, in parts of a second: whole ones, and none is lost over all pictures.
    fn duration(&self, n: usize, parts: f64) -> u32 {
        let until = |n: usize| (n as f64 * parts / self.fps).round();
        (until(n + 1) - until(n)) as u32
    }

    fn bytes(&self) -> usize {
        self.size[0] as usize * self.size[1] as usize * 4
    }
}

/// Gives the n-th picture: RGBA, 8 bits, rows from the top. An error ends the movie, and nothing of it stays.
pub type NextFrame<'a> = dyn FnMut(usize) -> io::Result<Vec<u8>> + 'a;

/// Pictures as an encoder asks for them.
struct Frames<'a, 'b> {
    settings: &'a MovieSettings,
    next: &'a mut NextFrame<'b>,
}

impl Frames<'_, '_> {
    /// The n-th picture; encoders may rely on its size.
    fn get(&mut self, n: usize) -> io::Result<Vec<u8>> {
        let rgba = (self.next)(n)?;
        if rgba.len() == self.settings.bytes() {
            Ok(rgba)
        } else {
            Err(io::Error::other(say!("io-movie-size-differs")))
        }
    }
}

/// Whether a movie can be written, before anything is drawn. The error says what to do.
pub fn check(path: &Path, settings: &MovieSettings) -> Result<MovieFormat, SaveError> {
    let refuse = |why: String| Err(SaveError::refused(path, why));
    let Some(format) = MovieFormat::by_name(path) else {
        return refuse(say!("io-movie-format"));
    };
    let [width, height] = settings.size;
    let most = format.most_side();
    if width == 0 || height == 0 || width > most || height > most {
        return refuse(say!("io-movie-sides", most = most.to_string()));
    }
    if settings.frames == 0 || settings.frames > MOST_FRAMES {
        return refuse(say!("io-movie-frames", most = MOST_FRAMES.to_string()));
    }
    let most = format.most_fps();
    if !(LEAST_FPS..=most).contains(&settings.fps) {
        let (least, most) = (LEAST_FPS.to_string(), most.to_string());
        return refuse(say!("io-movie-fps", least = least, most = most));
    }
    if u64::from(width) * u64::from(height) * settings.frames as u64 > MOST_PIXELS {
        return refuse(say!("io-movie-too-much"));
    }
    if settings.is_transparent && !format.keeps_transparency() {
        return refuse(say!("io-movie-opaque"));
    }
    if format.needs_ffmpeg() && video::find_ffmpeg().is_none() {
        return refuse(say!("io-movie-no-ffmpeg"));
    }
    if let (MovieFormat::Pngs, Some(numbered)) = (format, Numbered::of(path))
        && let Some((file, more)) = numbered.beyond(settings.frames)
    {
        return refuse(say!("io-movie-longer-there", file = file, more = more));
    }
    Ok(format)
}

/// Whether videos can be written on this computer.
pub fn has_ffmpeg() -> bool {
    video::find_ffmpeg().is_some()
}

/// Writes a movie whole or not at all, in the format that its name asks for. Of numbered pictures all take their places
/// together, and those that were there before come back if that does not work.
pub fn write(path: &Path, settings: &MovieSettings, next: &mut NextFrame<'_>) -> Result<(), SaveError> {
    let format = check(path, settings)?;
    let frames = Frames { settings, next };
    match (format, Numbered::of(path)) {
        (MovieFormat::Pngs, Some(numbered)) => numbered.write(frames),
        (MovieFormat::Pngs | MovieFormat::Apng, _) => apng::write(path, frames),
        (MovieFormat::WebP, _) => webp::write(path, frames),
        (MovieFormat::Gif, _) => gif::write(path, frames),
        (MovieFormat::Mp4 | MovieFormat::WebM, _) => video::write(path, format, frames),
    }
}

/// The name under which pictures are numbered: `F.png` becomes `F-%03d.png`; a name with a number in it stays.
pub fn numbered_name(path: &Path) -> PathBuf {
    numbered::numbered_name(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_the_format() {
        for (name, format) in [
            ("a/F-%03d.png", Some(MovieFormat::Pngs)),
            ("F%d.PNG", Some(MovieFormat::Pngs)),
            ("100%.png", Some(MovieFormat::Apng)),
            ("F.apng", Some(MovieFormat::Apng)),
            ("F.WebP", Some(MovieFormat::WebP)),
            ("F.gif", Some(MovieFormat::Gif)),
            ("F.mp4", Some(MovieFormat::Mp4)),
            ("F.webm", Some(MovieFormat::WebM)),
            ("F.avi", None),
            ("png", None),
        ] {
            assert_eq!(MovieFormat::by_name(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn durations_add_up_to_the_length_of_the_movie() {
        for fps in [1.0, 7.0, 12.5, 24.0, 30.0, 50.0] {
            let settings = MovieSettings {
                size: [1, 1],
                frames: 100,
                fps,
                repeats: true,
                is_transparent: false,
            };
            let sum: u32 = (0..100).map(|n| settings.duration(n, 100.0)).sum();
            assert_eq!(sum, (10_000.0 / fps).round() as u32);
            assert!((0..100).all(|n| settings.duration(n, 100.0) >= 2));
        }
    }
}
