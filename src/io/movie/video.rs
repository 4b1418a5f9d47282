//! Movies as videos, by ffmpeg if it is installed: pixels go in at its standard input.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Frames, MovieFormat, MovieSettings};
use crate::io::save::{SaveError, write_by_path};
use crate::say;

/// ffmpeg, where the system looks for programs.
pub(super) fn find_ffmpeg() -> Option<PathBuf> {
    let name = format!("ffmpeg{}", std::env::consts::EXE_SUFFIX);
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        // An empty entry means the folder one happens to be in.
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

/// Writes a movie.
pub(super) fn write(path: &Path, format: MovieFormat, mut frames: Frames<'_, '_>) -> Result<(), SaveError> {
    write_by_path(path, |temporary| {
        let ffmpeg = find_ffmpeg().ok_or_else(|| io::Error::other(say!("io-movie-no-ffmpeg")))?;
        let complaints = tempfile::tempfile()?;
        let child = Command::new(ffmpeg)
            .args(arguments(frames.settings, format))
            .arg(temporary)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(complaints.try_clone()?)
            .spawn()?;
        encode(Running(child), complaints, &mut frames)
    })
}

/// A process that does not outlive us.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where all went well.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn encode(mut ffmpeg: Running, complaints: File, frames: &mut Frames<'_, '_>) -> io::Result<()> {
    let mut input = ffmpeg.0.stdin.take();
    for n in 0..frames.settings.frames {
        let rgba = frames.get(n)?;
        if let Some(input) = &mut input
            && input.write_all(&rgba).is_err()
        {
            // It gave up; it has said why.
            break;
        }
    }
    drop(input);
    let status = ffmpeg.0.wait()?;
    if status.success() {
        return Ok(());
    }
    let why = last_line(complaints).unwrap_or_else(|| status.to_string());
    Err(io::Error::other(say!("io-movie-ffmpeg-failed", why = why)))
}

fn last_line(mut complaints: File) -> Option<String> {
    let mut text = Vec::new();
    complaints.rewind().ok()?;
    complaints.take(1 << 16).read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text);
    text.lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .map(str::to_owned)
}

/// Raw pixels in, one file out; its name follows. Sides are made even, as these formats want them.
fn arguments(settings: &MovieSettings, format: MovieFormat) -> Vec<String> {
    let [width, height] = settings.size;
    let size = format!("{width}x{height}");
    let rate = settings.fps.to_string();
    let even = "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=black@0";
    let mut words = vec![
        "-nostdin",
        "-loglevel",
        "error",
        "-y",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba",
        "-s",
        &size,
        "-r",
        &rate,
        "-i",
        "pipe:0",
        "-an",
        "-vf",
        even,
    ];
    words.extend(match (format, settings.is_transparent) {
        (MovieFormat::WebM, true) => &["-pix_fmt", "yuva420p", "-c:v", "libvpx-vp9", "-crf", "20", "-b:v", "0"][..],
        (MovieFormat::WebM, false) => &["-pix_fmt", "yuv420p", "-c:v", "libvpx-vp9", "-crf", "20", "-b:v", "0"],
        _ => &[
            "-pix_fmt",
            "yuv420p",
            "-c:v",
            "libx264",
            "-crf",
            "16",
            "-movflags",
            "+faststart",
        ],
    });
    words.extend(["-f", format.extension()]);
    words.into_iter().map(str::to_owned).collect()
}
