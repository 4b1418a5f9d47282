//! A picture of the whole window, taken when everything in it has settled.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use egui::ColorImage;

/// Frames without a change after which the window counts as settled: one lays out, one catches up, one is drawn.
const QUIET_FRAMES: u32 = 4;

/// A picture of the window that was asked for and is not there yet.
pub struct Capture {
    path: PathBuf,
    quiet_frames: u32,
    /// Set when the picture was asked for; the window's drawing thread puts it in.
    taken: Option<Arc<Mutex<Option<Arc<ColorImage>>>>>,
}

impl Capture {
    /// One that will be written to `path`.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            quiet_frames: 0,
            taken: None,
        }
    }

    /// Where it will be written to.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// To be called in each frame until it answers: size in pixels, and RGBA with rows from the top.
    /// `is_settled` says that nothing is being loaded, computed or refined.
    pub fn advance(&mut self, ctx: &egui::Context, is_settled: bool) -> Option<([u32; 2], Vec<u8>)> {
        ctx.request_repaint();
        if let Some(taken) = &self.taken {
            let image = taken.lock().unwrap_or_else(PoisonError::into_inner).take()?;
            let size = image.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
            return Some((size, image.pixels.iter().flat_map(egui::Color32::to_array).collect()));
        }
        self.quiet_frames = if is_settled { self.quiet_frames + 1 } else { 0 };
        if self.quiet_frames >= QUIET_FRAMES {
            let taken = Arc::new(Mutex::new(None));
            self.taken = Some(Arc::clone(&taken));
            ctx.request_screenshot(move |image| {
                *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(image);
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_until_the_window_is_quiet() {
        let ctx = egui::Context::default();
        let mut capture = Capture::new(PathBuf::from("window.png"));
        for _ in 0..QUIET_FRAMES - 1 {
            assert!(capture.advance(&ctx, true).is_none());
        }
        assert!(capture.advance(&ctx, false).is_none());
        assert!(capture.taken.is_none(), "a change begins the count anew");
        for _ in 0..QUIET_FRAMES {
            assert!(capture.advance(&ctx, true).is_none());
        }
        let image = ColorImage::filled([2, 1], egui::Color32::RED);
        let taken = capture.taken.clone().expect("it was asked for");
        *taken.lock().expect("no panic") = Some(Arc::new(image));
        let (size, rgba) = capture.advance(&ctx, true).expect("it is there");
        assert_eq!((size, rgba), ([2, 1], vec![255, 0, 0, 255, 255, 0, 0, 255]));
    }
}
